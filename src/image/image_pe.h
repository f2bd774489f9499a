/* SPDX-License-Identifier: MIT */
/* What the files that read PE share. Private to src/image. */
#ifndef PLIM_IMAGE_IMAGE_PE_H
#define PLIM_IMAGE_IMAGE_PE_H

#include <string.h>

#include "image/image_build.h"

struct plim_pe {
	struct plim_image *image;
	struct plim_builder *builder;
	const uint8_t *bytes;
	size_t size;
	size_t coff;     /* where the COFF header is */
	size_t optional; /* where the optional header is */
	size_t optional_size;
	size_t section_table;
	unsigned section_count;
	size_t strings; /* COFF string table; 0: none */
	size_t strings_size;
};

/** Little-endian numbers in the file; 0 where it has ended. */
static inline uint64_t plim_pe_number(const struct plim_pe *pe, size_t at, unsigned bytes)
{
	uint64_t value = 0;

	if (at <= pe->size && bytes <= pe->size - at)
		memcpy(&value, pe->bytes + at, bytes);
	return value;
}

/** A NUL-terminated name at an RVA, or NULL. */
const char *plim_pe_name(const struct plim_pe *pe, uint32_t rva);

/** A name in the COFF string table, or NULL. */
const char *plim_pe_string(const struct plim_pe *pe, uint64_t offset);

/** Bytes at an RVA, or NULL if not all are there. */
const uint8_t *plim_pe_bytes(const struct plim_pe *pe, uint32_t rva, size_t size);

/** The data directory of this number: its RVA, and its size in *size; 0 if there is none. */
uint32_t plim_pe_directory(const struct plim_pe *pe, unsigned number, uint32_t *size);

/** image_pe_tables.c: imports, exports, relocations, unwind entries; each 0 or -1 (no memory). */
int plim_pe_read_tables(struct plim_pe *pe);

#endif
