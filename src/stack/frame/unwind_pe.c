/* SPDX-License-Identifier: MIT */
/*
 * PE x64 unwind data: the `.pdata` entry of a function tells its `.xdata`, whose codes undo the
 * prologue. Source: "x64 exception handling" of the Microsoft x64 ABI conventions.
 */
#include "stack/frame/unwind_pe.h"

#include <string.h>

#include "image/image_build.h"
#include "stack/frame/unwind.h"

enum {
	UWOP_PUSH_NONVOL = 0,
	UWOP_ALLOC_LARGE = 1,
	UWOP_ALLOC_SMALL = 2,
	UWOP_SET_FPREG = 3,
	UWOP_SAVE_NONVOL = 4,
	UWOP_SAVE_NONVOL_FAR = 5,
	UWOP_EPILOG = 6,
	UWOP_SPARE = 7,
	UWOP_SAVE_XMM128 = 8,
	UWOP_SAVE_XMM128_FAR = 9,
	UWOP_PUSH_MACHFRAME = 10,
	UNW_FLAG_CHAININFO = 4,
	MAX_CHAIN = 8, /* chained parts of one function; a longer chain is a loop */
};

struct prologue {
	struct plim_unwind_row rows[256 + 1];
	unsigned count;
	int64_t depth; /* after all codes */
	bool has_frame_register;
};

static uint16_t u16(const uint8_t *at)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static uint32_t u32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

/* Slots that a code takes, and what it adds to the depth; 0 slots for one that cannot be. */
static unsigned measure_code(const uint8_t *code, unsigned left, int64_t *bytes)
{
	unsigned op = code[1] & 15;
	unsigned info = code[1] >> 4;

	*bytes = 0;
	switch (op) {
	case UWOP_PUSH_NONVOL: *bytes = 8; return 1;
	case UWOP_ALLOC_SMALL: *bytes = 8 * (int64_t)info + 8; return 1;
	case UWOP_ALLOC_LARGE:
		if (info == 0 && left >= 2) {
			*bytes = 8 * (int64_t)u16(code + 2);
			return 2;
		}
		if (info == 1 && left >= 3) {
			*bytes = (int64_t)u32(code + 2);
			return 3;
		}
		return 0;
	case UWOP_SET_FPREG: return 1;
	case UWOP_SAVE_NONVOL:
	case UWOP_SAVE_XMM128:
	case UWOP_EPILOG: return 2;
	case UWOP_SAVE_NONVOL_FAR:
	case UWOP_SAVE_XMM128_FAR:
	case UWOP_SPARE: return 3;
	case UWOP_PUSH_MACHFRAME: *bytes = info ? 48 : 40; return 1;
	default: return 0;
	}
}

/* The codes are in the reverse order of the prologue's instructions; `at` is UNWIND_INFO. */
static bool read_codes(const struct plim_image *image, uint64_t info_address,
		       const uint8_t **codes_at, unsigned *count, const uint8_t **chained)
{
	const uint8_t *info = plim_image_bytes(image, info_address, 4);
	unsigned padded;

	if (!info || ((info[0] & 7) != 1 && (info[0] & 7) != 2))
		return false;
	*count = info[2];
	padded = (*count + 1u) & ~1u;
	*codes_at = plim_image_bytes(image, info_address + 4, 2u * *count);
	*chained = NULL;
	if (info[0] >> 3 & UNW_FLAG_CHAININFO)
		*chained = plim_image_bytes(image, info_address + 4 + 2u * padded, 12);
	return *codes_at || !*count;
}

static bool sum_codes(const uint8_t *codes, unsigned count, int64_t *depth, bool *has_frame)
{
	for (unsigned i = 0; i < count;) {
		int64_t bytes;
		unsigned slots = measure_code(codes + 2u * i, count - i, &bytes);

		if (!slots || slots > count - i)
			return false;
		*depth += bytes;
		*has_frame = *has_frame || (codes[2u * i + 1] & 15) == UWOP_SET_FPREG;
		i += slots;
	}
	return true;
}

/* A chained part begins where its parents' prologues left off. */
static bool sum_parents(const struct plim_image *image, const uint8_t *chained, int64_t *depth,
			bool *has_frame)
{
	for (unsigned i = 0; chained && i < MAX_CHAIN; i++) {
		const uint8_t *codes;
		unsigned count;

		if (!read_codes(image, image->image_base + u32(chained + 8), &codes, &count,
				&chained) ||
		    !sum_codes(codes, count, depth, has_frame))
			return false;
	}
	return !chained;
}

static void add_row(struct prologue *p, uint64_t address, int64_t depth)
{
	p->rows[p->count++] = (struct plim_unwind_row){
		.address = address, .kind = PLIM_UNWIND_REGISTER, .reg = 7, .offset = depth};
}

static bool read_prologue(const struct plim_image *image, uint64_t start, uint64_t info_address,
			  struct prologue *p)
{
	const uint8_t *codes;
	const uint8_t *chained;
	unsigned count;
	uint8_t starts[256];
	unsigned n = 0;
	int64_t depth = 8;

	if (!read_codes(image, info_address, &codes, &count, &chained) ||
	    !sum_parents(image, chained, &depth, &p->has_frame_register))
		return false;
	add_row(p, start, depth);
	for (unsigned i = 0; i < count;) {
		int64_t bytes;
		unsigned slots = measure_code(codes + 2u * i, count - i, &bytes);

		if (!slots || slots > count - i)
			return false;
		starts[n++] = (uint8_t)i;
		i += slots;
	}
	while (n--) {
		const uint8_t *code = codes + 2u * starts[n];
		int64_t bytes;

		measure_code(code, count - starts[n], &bytes);
		p->has_frame_register |= (code[1] & 15) == UWOP_SET_FPREG;
		if (!bytes)
			continue;
		depth += bytes;
		if (p->rows[p->count - 1].address == start + code[0])
			p->rows[p->count - 1].offset = depth;
		else
			add_row(p, start + code[0], depth);
	}
	p->depth = depth;
	return true;
}

static int append(struct plim_vec *rows, const struct plim_unwind_row *row, uint64_t start)
{
	struct plim_unwind_row cut = *row;

	if (cut.address < start)
		cut.address = start;
	return plim_vec_append(rows, &cut, 1, sizeof(cut));
}

static int append_function(const struct plim_image *image, const uint8_t *entry, uint64_t start,
			   uint64_t end, struct plim_vec *rows)
{
	uint64_t begin = image->image_base + u32(entry);
	struct plim_unwind_row none = {.address = start, .kind = PLIM_UNWIND_NONE};
	struct prologue p = {.count = 0};

	if (!read_prologue(image, begin, image->image_base + u32(entry + 8), &p))
		return plim_vec_append(rows, &none, 1, sizeof(none));
	for (unsigned i = 0; i < p.count && p.rows[i].address < end; i++) {
		if (append(rows, &p.rows[i], start))
			return -1;
	}
	return 0;
}

/* Index of the first `.pdata` entry that ends behind the address. */
static size_t find_entry(const struct plim_image *image, uint64_t address)
{
	const struct plim_image_private *priv = image->priv;
	size_t low = 0;
	size_t high = priv->pdata_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (image->image_base + u32(priv->pdata + 12 * middle + 4) <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int plim_unwind_pe_rows(const struct plim_image *image, uint64_t start, uint64_t end,
			struct plim_vec *rows)
{
	const struct plim_image_private *priv = image->priv;
	struct plim_unwind_row none = {.address = start, .kind = PLIM_UNWIND_NONE};

	for (size_t i = find_entry(image, start); i < priv->pdata_count && start < end; i++) {
		const uint8_t *entry = priv->pdata + 12 * i;
		uint64_t begin = image->image_base + u32(entry);
		uint64_t stop = image->image_base + u32(entry + 4);

		if (begin >= end || stop <= start)
			break;
		if (begin > start) {
			none.address = start;
			if (plim_vec_append(rows, &none, 1, sizeof(none)))
				return -1;
			start = begin;
		}
		if (append_function(image, entry, start, stop < end ? stop : end, rows))
			return -1;
		start = stop;
	}
	if (start < end) {
		none.address = start;
		return plim_vec_append(rows, &none, 1, sizeof(none));
	}
	return 0;
}
