/* SPDX-License-Identifier: MIT */
/* A record from words in memory: statements of more than five words, and CPUs without a path of
 * their own. */
#include "core/ring.h"

/* How a kind's payload is measured: a table made from PLIM_KINDS, the one place that knows. */
#define MEASURE_NONE                                 PLIM_MEASURE_NONE
#define MEASURE_NUL8                                 PLIM_MEASURE_NUL8
#define MEASURE_NUL16                                PLIM_MEASURE_NUL16
#define MEASURE_NUL32                                PLIM_MEASURE_NUL32
#define MEASURE_COUNTED                              PLIM_MEASURE_COUNTED
#define MEASURE_FIXED16                              PLIM_MEASURE_FIXED16
#define MEASURE_FIXED6                               PLIM_MEASURE_FIXED6
#define KIND_ROW(name, number, words, slot, measure) [number] = {slot, MEASURE_##measure},

static const struct kind_row {
	uint8_t slot;
	uint8_t measure;
} kind_rows[64] = {PLIM_KINDS(KIND_ROW)};

static uint32_t count_units(const void *text, uint32_t unit_bytes)
{
	uint32_t bytes = 0;

	for (; bytes <= PLIM_TEXT_BYTES_MAX; bytes += unit_bytes) {
		const uint8_t *unit = (const uint8_t *)text + bytes;
		uint8_t any = 0;

		for (uint32_t i = 0; i < unit_bytes; i++)
			any |= unit[i];
		if (!any)
			break;
	}
	return bytes;
}

/* The 2-byte slot of a measured word, cut to `room` bytes. */
static uint32_t measure(uint32_t how, const uint64_t *word, uint32_t room)
{
	const void *text = (const void *)(uintptr_t)word[0];
	uint64_t bytes;

	if (!text)
		return PLIM_LENGTH_NULL;
	if (how == PLIM_MEASURE_COUNTED)
		bytes = word[1];
	else if (how == PLIM_MEASURE_FIXED16)
		bytes = 16;
	else if (how == PLIM_MEASURE_FIXED6)
		bytes = 6;
	else
		bytes = count_units(text, how == PLIM_MEASURE_NUL8    ? 1
					  : how == PLIM_MEASURE_NUL16 ? 2
								      : 4);
	if (room > PLIM_TEXT_BYTES_MAX)
		room = PLIM_TEXT_BYTES_MAX;
	return bytes > room ? room | PLIM_LENGTH_CUT : (uint32_t)bytes;
}

static inline struct kind_row kind_row(uint8_t kind)
{
	return kind & PLIM_KIND_ARRAY ? (struct kind_row){2, PLIM_MEASURE_COUNTED}
				      : kind_rows[kind & 63];
}

static inline uint32_t text_bytes(uint32_t slot)
{
	return slot == PLIM_LENGTH_NULL ? 0 : slot & PLIM_LENGTH_MASK;
}

/*
 * One walk over the fields. Without a record it only measures; with one it writes, and trusts what
 * it measures again no further than the room that was reserved. Returns the record's bytes.
 */
static uint32_t walk_fields(const struct plim_site *site, const uint64_t *words,
			    struct plim_record *record, uint32_t room)
{
	uint8_t *slot = (uint8_t *)record + sizeof(*record);
	uint32_t end = site->fixed_bytes;

	for (const uint8_t *kind = site->kinds; kind < site->kinds + site->field_count; kind++) {
		struct kind_row row = kind_row(*kind);
		uint32_t length;

		if (row.measure == PLIM_MEASURE_NONE) {
			if (record)
				plim_port_copy(slot, words, row.slot);
		} else {
			length = measure(row.measure, words, room - end);
			if (record) {
				plim_port_copy(slot, &length, 2);
				plim_port_copy((uint8_t *)record + end,
					       (const void *)(uintptr_t)words[0],
					       text_bytes(length));
			}
			end += text_bytes(length);
			if (row.measure == PLIM_MEASURE_COUNTED)
				words++;
		}
		words++;
		slot += row.slot;
	}
	return end;
}

uint32_t plim_words_header(const struct plim_site *site, const uint64_t *words)
{
	uint32_t room = plim_core.block_bytes - (uint32_t)sizeof(struct plim_block);
	uint32_t bytes = (walk_fields(site, words, NULL, room) + 7) & ~7u;
	uint32_t fixed = plim_record_bytes((uint32_t)site->header);

	return ((uint32_t)site->header & ~PLIM_RECORD_SIZE_MASK) |
	       (bytes > fixed ? bytes : fixed) >> 2;
}

void plim_words_fill(const struct plim_site *site, const uint64_t *words,
		     struct plim_record *record)
{
	walk_fields(site, words, record, plim_record_bytes(record->header));
}
