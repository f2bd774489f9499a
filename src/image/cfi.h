/* SPDX-License-Identifier: MIT */
/*
 * Call frame information (DWARF 5 section 6.4, and the .eh_frame variant of the LSB): which addresses
 * have an entry, and where its rules are. What the rules say is stack/frame/unwind.c's subject.
 */
#ifndef PLIM_IMAGE_CFI_H
#define PLIM_IMAGE_CFI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image/vec.h"

struct plim_cie {
	uint64_t code_factor;
	int64_t data_factor;
	uint64_t return_register;
	const uint8_t *rules; /* initial ones */
	const uint8_t *rules_end;
	uint64_t offset;  /* of the entry in its section */
	uint8_t encoding; /* DW_EH_PE_* of the addresses of its FDEs */
	uint8_t address_bytes;
	bool has_augmentation_data;
	bool is_signal_frame;
};

struct plim_fde {
	uint64_t start;
	uint64_t end;
	const uint8_t *rules;
	const uint8_t *rules_end;
	uint32_t cie; /* index */
	bool is_debug_frame;
};

/** All entries of an image; `fdes` by start, the first of several for one start. */
struct plim_cfi {
	struct plim_vec cies; /* struct plim_cie */
	struct plim_vec fdes; /* struct plim_fde */
};

struct plim_cfi_section {
	const uint8_t *bytes;
	size_t size;
	uint64_t address;   /* of the section: pc-relative encodings need it */
	uint64_t data_base; /* what datarel encodings add: the .got's address, 0 if unknown */
	uint8_t address_bytes;
	bool is_eh_frame; /* or .debug_frame */
};

/**
 * Adds the entries of one section. Entries that contradict themselves end the walk or are passed
 * over; returns 0, or -1 if there is no memory.
 */
int plim_cfi_add(struct plim_cfi *cfi, const struct plim_cfi_section *section);

/** Sorts; afterwards plim_cfi_find() works. */
void plim_cfi_finish(struct plim_cfi *cfi);

/** The entry that covers an address, or NULL. */
const struct plim_fde *plim_cfi_find(const struct plim_cfi *cfi, uint64_t address);

/** The first entry that starts after an address, or NULL. */
const struct plim_fde *plim_cfi_next(const struct plim_cfi *cfi, uint64_t address);

void plim_cfi_free(struct plim_cfi *cfi);

/** LEB128 with a limit (more than 64 bits: the rest is dropped); false when the bytes end first. */
bool plim_read_uleb(const uint8_t **at, const uint8_t *end, uint64_t *value);
bool plim_read_sleb(const uint8_t **at, const uint8_t *end, int64_t *value);

/** `bytes` (1, 2, 4 or 8) little-endian bytes; false when there are fewer. */
bool plim_read_uint(const uint8_t **at, const uint8_t *end, unsigned bytes, uint64_t *value);

#endif
