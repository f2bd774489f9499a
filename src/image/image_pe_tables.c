/* SPDX-License-Identifier: MIT */
/* The data directories of a PE file: imports, exports, base relocations, unwind entries. */
#include <stdio.h>

#include "image/image_pe.h"

enum {
	DIRECTORY_EXPORT = 0,
	DIRECTORY_IMPORT = 1,
	DIRECTORY_EXCEPTION = 3,
	DIRECTORY_RELOCATION = 5,
	IMPORT_BYTES = 20,
	UNWIND_BYTES = 12,
	RELOCATION_DIR64 = 10,
};

static uint32_t u32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static uint64_t u64(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

/* A thunk: by ordinal (the top bit) or the RVA of a two-byte hint and the name. */
static const char *import_name(struct plim_pe *pe, uint64_t thunk)
{
	char text[24];
	int length;

	if (!(thunk >> 63))
		return plim_pe_name(pe, (uint32_t)thunk + 2);
	length = snprintf(text, sizeof(text), "#%u", (unsigned)(thunk & 0xffff));
	return plim_arena_string(&pe->image->priv->arena, text, (size_t)length);
}

static int add_pointer(struct plim_pe *pe, uint64_t place, uint64_t target, uint32_t import)
{
	struct plim_pointer *pointer = plim_vec_add(&pe->builder->pointers, sizeof(*pointer));

	if (!pointer)
		return -1;
	pointer->place = place;
	pointer->target = target;
	pointer->import = import;
	pointer->is_slot = import != PLIM_NONE;
	return 0;
}

static int read_imports_of(struct plim_pe *pe, uint32_t names, uint32_t slots, const char *library)
{
	for (uint32_t i = 0;; i++) {
		const uint8_t *thunk = plim_pe_bytes(pe, names + 8 * i, 8);
		const char *name;
		uint32_t import;

		if (!thunk || !u64(thunk))
			return 0;
		name = import_name(pe, u64(thunk));
		if (!name || !*name)
			return 0;
		import = plim_build_import(pe->builder, name, library, false);
		if (import == PLIM_NONE ||
		    add_pointer(pe, pe->image->image_base + slots + 8 * (uint64_t)i,
				plim_build_import_address(pe->builder, import), import))
			return -1;
	}
}

/* Each descriptor has thunks of its own; together they cannot be more than the file has room for. */
static int read_imports(struct plim_pe *pe)
{
	uint32_t size;
	uint32_t at = plim_pe_directory(pe, DIRECTORY_IMPORT, &size);

	for (uint32_t used = 0; at && used + IMPORT_BYTES <= size; used += IMPORT_BYTES) {
		const uint8_t *d = plim_pe_bytes(pe, at + used, IMPORT_BYTES);
		uint32_t names;

		if (!d || !u32(d + 16) || pe->builder->imports.count > pe->size / 8)
			return 0;
		names = u32(d) ? u32(d) : u32(d + 16);
		if (read_imports_of(pe, names, u32(d + 16), plim_pe_name(pe, u32(d + 12))))
			return -1;
	}
	return 0;
}

static int add_export(struct plim_pe *pe, const char *name, uint32_t rva)
{
	uint64_t address = pe->image->image_base + rva;
	const struct plim_section *s = plim_image_section_at(pe->image, address);
	struct plim_symbol *symbol;

	if (!s)
		return 0;
	if (s->flags & PLIM_SECTION_EXEC &&
	    !plim_build_function(pe->builder, name, address, 0, PLIM_RANK_EXPORT,
				 PLIM_FUNCTION_GLOBAL | PLIM_FUNCTION_EXPORTED))
		return -1;
	if (!pe->image->is_stripped)
		return 0;
	symbol = plim_vec_add(&pe->builder->symbols, sizeof(*symbol));
	if (!symbol)
		return -1;
	symbol->name = name;
	symbol->address = address;
	symbol->is_global = true;
	return 0;
}

static int read_exports(struct plim_pe *pe)
{
	uint32_t size;
	uint32_t at = plim_pe_directory(pe, DIRECTORY_EXPORT, &size);
	const uint8_t *d = at ? plim_pe_bytes(pe, at, 40) : NULL;

	for (uint32_t i = 0; d && i < u32(d + 24); i++) {
		const uint8_t *name_at = plim_pe_bytes(pe, u32(d + 32) + 4 * i, 4);
		const uint8_t *ordinal_at = plim_pe_bytes(pe, u32(d + 36) + 2 * i, 2);
		const uint8_t *function;
		const char *name;
		uint32_t rva;

		if (!name_at || !ordinal_at)
			return 0;
		name = plim_pe_name(pe, u32(name_at));
		function = plim_pe_bytes(
			pe, u32(d + 28) + 4u * (uint32_t)(ordinal_at[0] | ordinal_at[1] << 8), 4);
		if (!name || !function)
			continue;
		rva = u32(function);
		if (rva - at < size)
			continue; /* a forwarder: the name of another DLL's export */
		if (add_export(pe, name, rva))
			return -1;
	}
	return 0;
}

/* Blocks of a page each: its RVA, the block's size, then 16-bit entries. */
static int read_relocations(struct plim_pe *pe)
{
	uint32_t size;
	uint32_t at = plim_pe_directory(pe, DIRECTORY_RELOCATION, &size);
	uint32_t used = 0;

	while (at && size - used >= 8) {
		const uint8_t *block = plim_pe_bytes(pe, at + used, 8);
		uint32_t bytes;

		if (!block)
			return 0;
		bytes = u32(block + 4);
		if (bytes < 8 || bytes > size - used || !plim_pe_bytes(pe, at + used, bytes))
			return 0;
		for (uint32_t i = 8; i + 2 <= bytes; i += 2) {
			unsigned entry = block[i] | (unsigned)block[i + 1] << 8;
			uint32_t place = u32(block) + (entry & 0xfff);
			const uint8_t *word = plim_pe_bytes(pe, place, 8);

			if (entry >> 12 == RELOCATION_DIR64 && word &&
			    add_pointer(pe, pe->image->image_base + place, u64(word), PLIM_NONE))
				return -1;
		}
		used += bytes;
	}
	return 0;
}

static int read_unwind_entries(struct plim_pe *pe)
{
	struct plim_image_private *priv = pe->image->priv;
	uint32_t size;
	uint32_t at = plim_pe_directory(pe, DIRECTORY_EXCEPTION, &size);

	if (!at || size < UNWIND_BYTES)
		return 0;
	priv->pdata = plim_pe_bytes(pe, at, size);
	priv->pdata_count = priv->pdata ? size / UNWIND_BYTES : 0;
	for (size_t i = 0; i < priv->pdata_count; i++) {
		const uint8_t *entry = priv->pdata + UNWIND_BYTES * i;
		uint32_t begin = u32(entry);
		uint32_t end = u32(entry + 4);

		if (end > begin &&
		    !plim_build_function(pe->builder, NULL, pe->image->image_base + begin,
					 end - begin, PLIM_RANK_TABLE, 0))
			return -1;
	}
	return 0;
}

int plim_pe_read_tables(struct plim_pe *pe)
{
	return read_unwind_entries(pe) || read_exports(pe) || read_imports(pe) ||
	       read_relocations(pe);
}
