/* SPDX-License-Identifier: MIT */
/*
 * How a reader of one file format puts an image together: it adds what it finds, in any order, and
 * plim_build_finish() sorts, merges and cross-links it. Private to src/image.
 */
#ifndef PLIM_IMAGE_IMAGE_BUILD_H
#define PLIM_IMAGE_IMAGE_BUILD_H

#include <string.h>

#include "image/cfi.h"
#include "image/image.h"
#include "image/vec.h"

/* Placeholders of imports are this far apart, so that one plus a small addend is not another. */
#define PLIM_PLACEHOLDER_STEP 16u

/* A name that is longer is none: else every symbol of a hostile file could be as long as the file. */
#define PLIM_MAX_NAME 8192u

/** Whether the text ends within `left` bytes and PLIM_MAX_NAME. */
static inline bool plim_name_ends(const char *name, uint64_t left)
{
	return memchr(name, 0, left < PLIM_MAX_NAME ? (size_t)left : PLIM_MAX_NAME) != NULL;
}

/** The bytes of a file, shared by the members of an archive. */
struct plim_file {
	const uint8_t *bytes;
	size_t size;
	unsigned references;
	bool is_mapped;
};

/** From this address on, code is of this kind (ARM ELF mapping symbols $a, $t, $d and $x). */
struct plim_mark {
	uint64_t address;
	char kind;
};

struct plim_image_private {
	struct plim_file *file;
	const uint8_t *bytes; /* this image's part of the file */
	size_t size;
	struct plim_arena arena;
	struct plim_cfi cfi;
	struct plim_vec orc;     /* struct plim_orc, by address */
	struct plim_mark *marks; /* by address */
	size_t mark_count;
	uint32_t *names;                 /* indices of symbols, by name */
	uint32_t *import_of_placeholder; /* which import has the n-th placeholder */
	uint64_t first_placeholder;
	const uint8_t *pdata; /* PE: RUNTIME_FUNCTIONs, 12 bytes each */
	size_t pdata_count;
	struct plim_dwarf *dwarf; /* image_dwarf.c */
	bool dwarf_tried;
	bool is_relocatable;
};

/** How much a source of functions is worth, best first: what several say of one address. */
enum plim_rank {
	PLIM_RANK_SYMBOL,       /* a function symbol with a size */
	PLIM_RANK_SYMBOL_START, /* a function symbol without one */
	PLIM_RANK_LABEL,        /* a global label in code */
	PLIM_RANK_EXPORT,       /* a PE export, an entry point: a start */
	PLIM_RANK_TABLE,        /* an unwind table's entry: nameless, but with a size */
};

struct plim_candidate {
	const char *name; /* NULL for a nameless one */
	const char *unit;
	uint64_t address;
	uint64_t size;
	uint32_t flags;
	enum plim_rank rank;
};

struct plim_builder {
	struct plim_image *image;
	struct plim_vec sections;   /* struct plim_section */
	struct plim_vec candidates; /* struct plim_candidate */
	struct plim_vec symbols;    /* struct plim_symbol */
	struct plim_vec imports;    /* struct plim_import; `address` is given by the builder */
	struct plim_vec pointers; /* struct plim_pointer; `import` may be set to any import added */
	struct plim_vec stubs;    /* struct plim_stub */
	struct plim_vec marks;    /* struct plim_mark */
	uint64_t next_placeholder; /* set by plim_build_sections() */
	bool scan_pointers;        /* no relocations: look for addresses in data */
};

/** Sorts the sections and makes plim_image_section_at() and plim_image_bytes() work. */
int plim_build_sections(struct plim_builder *builder);

/** An import of this name; returns its index (before sorting), PLIM_NONE if there is no memory. */
uint32_t plim_build_import(struct plim_builder *builder, const char *name, const char *library,
			   bool is_weak);

/** Placeholder address of an import by the index that plim_build_import() gave. */
uint64_t plim_build_import_address(const struct plim_builder *builder, uint32_t import);

struct plim_candidate *plim_build_function(struct plim_builder *builder, const char *name,
					   uint64_t address, uint64_t size, enum plim_rank rank,
					   uint32_t flags);

/** Pairs each `.cold` fragment with its function; image_fragment.c. */
int plim_build_fragments(struct plim_image *image);

/** The last step. Returns 0, or -1 (no memory). The builder is empty afterwards. */
int plim_build_finish(struct plim_builder *builder);

void plim_build_free(struct plim_builder *builder);

int plim_elf_read(struct plim_image *image, struct plim_error *err);
int plim_pe_read(struct plim_image *image, struct plim_error *err);
void plim_image_dwarf_free(struct plim_dwarf *dwarf);

#endif
