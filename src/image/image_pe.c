/* SPDX-License-Identifier: MIT */
/* PE32+ for x64: EXE, DLL, SYS. Source: Microsoft's "PE Format" specification. */
#include "image/image_pe.h"

#include <stdlib.h>

enum {
	MACHINE_AMD64 = 0x8664,
	MAGIC_PE32_PLUS = 0x20b,
	COFF_BYTES = 20,
	SECTION_BYTES = 40,
	SYMBOL_BYTES = 18,
	FILE_DLL = 0x2000,
	SUBSYSTEM_NATIVE = 1,
	SECTION_CODE = 0x20000000,  /* executable */
	SECTION_WRITE = 0x80000000, /* as unsigned */
	CLASS_EXTERNAL = 2,
	CLASS_STATIC = 3,
	CLASS_FILE = 103,
	TYPE_FUNCTION = 2,
};

static int fail(const struct plim_pe *pe, struct plim_error *err, const char *why)
{
	return plim_error_set(err, "%s: %s", pe->image->path, why);
}

uint32_t plim_pe_directory(const struct plim_pe *pe, unsigned number, uint32_t *size)
{
	size_t at = pe->optional + 112 + 8 * (size_t)number;

	*size = 0;
	if (number >= plim_pe_number(pe, pe->optional + 108, 4) ||
	    112 + 8 * (size_t)number + 8 > pe->optional_size)
		return 0;
	*size = (uint32_t)plim_pe_number(pe, at + 4, 4);
	return (uint32_t)plim_pe_number(pe, at, 4);
}

const uint8_t *plim_pe_bytes(const struct plim_pe *pe, uint32_t rva, size_t size)
{
	return plim_image_bytes(pe->image, pe->image->image_base + rva, size);
}

const char *plim_pe_name(const struct plim_pe *pe, uint32_t rva)
{
	uint64_t address = pe->image->image_base + rva;
	const struct plim_section *s = plim_image_section_at(pe->image, address);
	uint64_t offset;

	if (!s || !s->data)
		return NULL;
	offset = address - s->address;
	if (offset >= s->data_bytes ||
	    !plim_name_ends((const char *)s->data + offset, s->data_bytes - offset))
		return NULL;
	return (const char *)s->data + offset;
}

const char *plim_pe_string(const struct plim_pe *pe, uint64_t offset)
{
	const char *name;

	if (!pe->strings || offset < 4 || offset >= pe->strings_size)
		return NULL;
	name = (const char *)pe->bytes + pe->strings + offset;
	return plim_name_ends(name, pe->strings_size - offset) ? name : NULL;
}

static int read_headers(struct plim_pe *pe, struct plim_error *err)
{
	struct plim_image *image = pe->image;
	size_t header;

	if (pe->size < 0x40 || memcmp(pe->bytes, "MZ", 2) != 0)
		return fail(pe, err, "neither an ELF nor a PE binary");
	header = (size_t)plim_pe_number(pe, 0x3c, 4);
	if (plim_pe_number(pe, header, 4) != 0x4550)
		return fail(pe, err, "a DOS program or a PE file that ends within its header");
	pe->coff = header + 4;
	pe->optional = pe->coff + COFF_BYTES;
	pe->optional_size = (size_t)plim_pe_number(pe, pe->coff + 16, 2);
	pe->section_table = pe->optional + pe->optional_size;
	pe->section_count = (unsigned)plim_pe_number(pe, pe->coff + 2, 2);
	if (plim_pe_number(pe, pe->coff, 2) != MACHINE_AMD64 ||
	    plim_pe_number(pe, pe->optional, 2) != MAGIC_PE32_PLUS)
		return fail(pe, err, "a PE file for another CPU; only x64 is read");
	if (pe->optional_size < 112 ||
	    pe->section_table + (size_t)pe->section_count * SECTION_BYTES > pe->size)
		return fail(pe, err, "its headers lie outside the file: cut off or damaged");
	image->format = PLIM_FORMAT_PE;
	image->arch = PLIM_ARCH_X86_64;
	image->address_bytes = 8;
	image->image_base = plim_pe_number(pe, pe->optional + 24, 8);
	/* A base that puts RVAs round the end of the address space cannot be true. */
	if (image->image_base >> 63)
		return fail(pe, err, "its image base cannot be true");
	return 0;
}

static void read_kind(struct plim_pe *pe)
{
	struct plim_image *image = pe->image;
	uint32_t entry = (uint32_t)plim_pe_number(pe, pe->optional + 16, 4);

	if (entry)
		image->entry = image->image_base + entry;
	image->kind = PLIM_IMAGE_EXECUTABLE;
	if (plim_pe_number(pe, pe->coff + 18, 2) & FILE_DLL)
		image->kind = PLIM_IMAGE_SHARED;
	if (plim_pe_number(pe, pe->optional + 68, 2) == SUBSYSTEM_NATIVE)
		image->kind = PLIM_IMAGE_KERNEL_MODULE;
}

/* COFF symbols are followed by their string table, which begins with its size. */
static void find_strings(struct plim_pe *pe)
{
	uint64_t symbols = plim_pe_number(pe, pe->coff + 8, 4);
	uint64_t count = plim_pe_number(pe, pe->coff + 12, 4);
	uint64_t at = symbols + count * SYMBOL_BYTES;
	uint64_t size;

	if (!symbols || at + 4 > pe->size)
		return;
	size = plim_pe_number(pe, (size_t)at, 4);
	if (size < 4 || size > pe->size - at)
		return;
	pe->strings = (size_t)at;
	pe->strings_size = (size_t)size;
}

/* Eight bytes, or "/123": an offset into the string table (long names, which debug sections have). */
static const char *section_name(struct plim_pe *pe, size_t at)
{
	const char *raw = (const char *)pe->bytes + at;
	const char *name;

	if (raw[0] == '/' && raw[1] >= '0' && raw[1] <= '9') {
		char digits[8] = {0};

		memcpy(digits, raw + 1, 7);
		name = plim_pe_string(pe, strtoull(digits, NULL, 10));
		return name ? name : "";
	}
	return plim_arena_string(&pe->image->priv->arena, raw, strnlen(raw, 8));
}

static int add_sections(struct plim_pe *pe, struct plim_error *err)
{
	uint64_t total = 0;

	for (unsigned i = 0; i < pe->section_count; i++) {
		size_t at = pe->section_table + (size_t)i * SECTION_BYTES;
		uint64_t virtual_size = plim_pe_number(pe, at + 8, 4);
		uint64_t raw_size = plim_pe_number(pe, at + 16, 4);
		uint64_t raw_at = plim_pe_number(pe, at + 20, 4);
		uint32_t flags = (uint32_t)plim_pe_number(pe, at + 36, 4);
		bool is_there = raw_at && raw_at <= pe->size && raw_size <= pe->size - raw_at;
		struct plim_section *s = plim_vec_add(&pe->builder->sections, sizeof(*s));

		if (!s)
			return fail(pe, err, "no memory");
		if (flags & SECTION_CODE && raw_size && !is_there)
			return fail(pe, err, "code lies outside the file: cut off or damaged");
		s->name = section_name(pe, at);
		if (!s->name)
			return fail(pe, err, "no memory");
		s->index = i;
		s->address = pe->image->image_base + plim_pe_number(pe, at + 12, 4);
		s->size = virtual_size ? virtual_size : raw_size;
		s->flags = PLIM_SECTION_LOADED;
		s->flags |= flags & SECTION_CODE ? PLIM_SECTION_EXEC : 0;
		s->flags |= flags & (uint32_t)SECTION_WRITE ? PLIM_SECTION_WRITE : 0;
		if (is_there) {
			s->data = pe->bytes + raw_at;
			s->data_bytes = raw_size < s->size ? raw_size : s->size;
		}
		total += s->data_bytes;
		if (total > 2 * pe->size)
			return fail(pe, err, "its sections overlap: damaged");
		if (strcmp(s->name, ".debug_info") == 0)
			pe->image->has_debug_info = true;
	}
	return 0;
}

static const char *symbol_name(struct plim_pe *pe, size_t at)
{
	const char *raw = (const char *)pe->bytes + at;

	if (plim_pe_number(pe, at, 4) == 0)
		return plim_pe_string(pe, plim_pe_number(pe, at + 4, 4));
	return plim_arena_string(&pe->image->priv->arena, raw, strnlen(raw, 8));
}

/* The name of a source file fills the auxiliary records behind its symbol. */
static const char *file_name(struct plim_pe *pe, size_t at, size_t bytes)
{
	const char *raw = (const char *)pe->bytes + at + SYMBOL_BYTES;

	return plim_arena_string(&pe->image->priv->arena, raw, strnlen(raw, bytes));
}

static int add_symbol(struct plim_pe *pe, size_t at, const char *name, const char *unit)
{
	unsigned section = (unsigned)plim_pe_number(pe, at + 12, 2);
	unsigned class = (unsigned)plim_pe_number(pe, at + 16, 1);
	bool is_function = plim_pe_number(pe, at + 14, 2) >> 4 == TYPE_FUNCTION;
	size_t header = pe->section_table + (size_t)(section - 1) * SECTION_BYTES;
	struct plim_symbol *symbol;
	struct plim_candidate *function;
	uint64_t address;

	if (!section || section > pe->section_count || name[0] == '.')
		return 0;
	if (class != CLASS_EXTERNAL && (class != CLASS_STATIC || !is_function))
		return 0;
	address = pe->image->image_base + plim_pe_number(pe, header + 12, 4) +
		  plim_pe_number(pe, at + 8, 4);
	symbol = plim_vec_add(&pe->builder->symbols, sizeof(*symbol));
	if (!symbol)
		return -1;
	symbol->name = name;
	symbol->address = address;
	symbol->is_global = class == CLASS_EXTERNAL;
	if (!is_function)
		return 0;
	function = plim_build_function(pe->builder, name, address, 0, PLIM_RANK_SYMBOL_START,
				       class == CLASS_EXTERNAL ? PLIM_FUNCTION_GLOBAL : 0);
	if (!function)
		return -1;
	function->unit = class == CLASS_EXTERNAL ? NULL : unit;
	return 0;
}

static int read_symbols(struct plim_pe *pe)
{
	uint64_t at = plim_pe_number(pe, pe->coff + 8, 4);
	uint64_t count = plim_pe_number(pe, pe->coff + 12, 4);
	const char *unit = NULL;

	pe->image->is_stripped = !pe->strings || !count;
	for (uint64_t i = 0; pe->strings && i < count; i++, at += SYMBOL_BYTES) {
		uint64_t more;
		const char *name;

		if (at + SYMBOL_BYTES > pe->size)
			break;
		more = plim_pe_number(pe, (size_t)at + 17, 1);
		if (more >= count - i || at + (more + 1) * SYMBOL_BYTES > pe->size)
			more = 0;
		if (plim_pe_number(pe, (size_t)at + 16, 1) == CLASS_FILE) {
			unit = file_name(pe, (size_t)at, (size_t)more * SYMBOL_BYTES);
		} else {
			name = symbol_name(pe, (size_t)at);
			if (name && *name && add_symbol(pe, (size_t)at, name, unit))
				return -1;
		}
		i += more;
		at += more * SYMBOL_BYTES;
	}
	return 0;
}

static int read_contents(struct plim_pe *pe)
{
	struct plim_image *image = pe->image;

	if (read_symbols(pe) || plim_pe_read_tables(pe))
		return -1;
	if (image->entry != PLIM_NO_ADDRESS &&
	    !plim_build_function(pe->builder, "(entry)", image->entry, 0, PLIM_RANK_EXPORT,
				 PLIM_FUNCTION_ENTRY))
		return -1;
	return plim_build_finish(pe->builder);
}

int plim_pe_read(struct plim_image *image, struct plim_error *err)
{
	struct plim_builder builder = {.image = image};
	struct plim_pe pe = {
		.image = image,
		.builder = &builder,
		.bytes = image->priv->bytes,
		.size = image->priv->size,
	};

	if (read_headers(&pe, err))
		return -1;
	read_kind(&pe);
	find_strings(&pe);
	if (add_sections(&pe, err)) {
		plim_vec_free(&builder.sections);
		return -1;
	}
	plim_build_sections(&builder);
	if (read_contents(&pe)) {
		plim_build_free(&builder);
		return fail(&pe, err, "no memory");
	}
	if (!image->function_count)
		return fail(&pe, err, "it holds no code that a symbol or an unwind table tells of");
	return 0;
}
