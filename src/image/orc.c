/* SPDX-License-Identifier: MIT */
#include "image/orc.h"

#include <stdlib.h>
#include <string.h>

/* arch/x86/include/asm/orc_types.h: two 16-bit offsets, then four bits each for two registers. */
enum {
	ENTRY_BYTES = 6,
	PLACE_BYTES = 4,
	ORC_REG_BP = 4,
	ORC_REG_SP = 5,
	ORC_REG_R10 = 6,
	ORC_REG_R13 = 7,
};

static uint8_t dwarf_register(unsigned orc)
{
	switch (orc) {
	case ORC_REG_BP: return 6;
	case ORC_REG_SP: return 7;
	case ORC_REG_R10: return 10;
	case ORC_REG_R13: return 13;
	default: return 255;
	}
}

static int compare(const void *a, const void *b)
{
	const struct plim_orc *x = a;
	const struct plim_orc *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return x->reg < y->reg ? -1 : x->reg > y->reg;
}

/* The two sections are parallel arrays; a place is relative to where it is stored itself. */
int plim_orc_read(const struct plim_image *image, struct plim_vec *entries)
{
	const struct plim_section *what = plim_image_section_named(image, ".orc_unwind");
	const struct plim_section *where = plim_image_section_named(image, ".orc_unwind_ip");
	size_t count;

	if (!what || !where || !what->data || !where->data)
		return 0;
	count = what->data_bytes / ENTRY_BYTES;
	if (count > where->data_bytes / PLACE_BYTES)
		count = where->data_bytes / PLACE_BYTES;
	for (size_t i = 0; i < count; i++) {
		struct plim_orc *entry = plim_vec_add(entries, sizeof(*entry));
		int32_t distance;

		if (!entry)
			return -1;
		memcpy(&distance, where->data + i * PLACE_BYTES, sizeof(distance));
		entry->address = where->address + i * PLACE_BYTES + (uint64_t)(int64_t)distance;
		memcpy(&entry->offset, what->data + i * ENTRY_BYTES, sizeof(entry->offset));
		entry->reg = dwarf_register(what->data[i * ENTRY_BYTES + 4] & 15);
	}
	if (entries->count)
		qsort(entries->items, entries->count, sizeof(struct plim_orc), compare);
	return 0;
}
