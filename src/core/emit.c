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

static uint32_t slot_bytes(uint8_t kind)
{
	return kind & PLIM_KIND_ARRAY ? 2 : kind_rows[kind & 63].slot;
}

static uint32_t how_measured(uint8_t kind)
{
	return kind & PLIM_KIND_ARRAY ? (uint32_t)PLIM_MEASURE_COUNTED
				      : kind_rows[kind & 63].measure;
}

/* A unit of up to 4 bytes, aligned as it may be. */
static inline uint32_t unit_at(const uint8_t *text, uint32_t unit_bytes)
{
	uint32_t unit = *text;

	if (unit_bytes >= 2)
		unit |= text[1];
	if (unit_bytes == 4)
		unit |= text[2] | text[3];
	return unit;
}

/*
 * The 2-byte slot of a measured word: its length, cut to PLIM_TEXT_BYTES_MAX, and marks. Not
 * inlined, so that its registers and those of the loops do not add up to a deep frame.
 */
static __attribute__((noinline)) uint32_t measure(uint32_t how, const uint64_t *word)
{
	const uint8_t *text = (const uint8_t *)(uintptr_t)word[0];
	uint64_t bytes = 0;

	if (!text)
		return PLIM_LENGTH_NULL;
	if (how == PLIM_MEASURE_COUNTED) {
		bytes = word[1];
	} else if (how == PLIM_MEASURE_FIXED16) {
		bytes = 16;
	} else if (how == PLIM_MEASURE_FIXED6) {
		bytes = 6;
	} else {
		uint32_t unit = how == PLIM_MEASURE_NUL8 ? 1 : how == PLIM_MEASURE_NUL16 ? 2 : 4;

		while (bytes <= PLIM_TEXT_BYTES_MAX && unit_at(text + bytes, unit))
			bytes += unit;
	}
	return bytes > PLIM_TEXT_BYTES_MAX ? PLIM_TEXT_BYTES_MAX | PLIM_LENGTH_CUT
					   : (uint32_t)bytes;
}

static inline uint32_t text_bytes(uint32_t slot)
{
	return slot == PLIM_LENGTH_NULL ? 0 : slot & PLIM_LENGTH_MASK;
}

uint32_t plim_words_header(const struct plim_site *site, const uint64_t *words)
{
	uint32_t bytes = site->fixed_bytes;
	uint32_t room;

	for (uint32_t i = 0; i < site->field_count; i++) {
		uint32_t how = how_measured(site->kinds[i]);

		if (how != PLIM_MEASURE_NONE) {
			bytes += text_bytes(measure(how, words));
			words += how == PLIM_MEASURE_COUNTED;
		}
		words++;
	}
	bytes = (bytes + 7) & ~7u;
	room = plim_core.block_bytes - (uint32_t)sizeof(struct plim_block);
	if (bytes > room)
		bytes = room;
	if (bytes < plim_record_bytes((uint32_t)site->header))
		bytes = plim_record_bytes((uint32_t)site->header);
	return ((uint32_t)site->header & ~PLIM_RECORD_SIZE_MASK) | bytes >> 2;
}

/* What is measured again is trusted no further than the room that was reserved. */
void plim_words_fill(const struct plim_site *site, const uint64_t *words,
		     struct plim_record *record)
{
	uint8_t *slot = (uint8_t *)(record + 1);
	uint8_t *text = (uint8_t *)record + site->fixed_bytes;

	for (const uint8_t *kind = site->kinds; kind < site->kinds + site->field_count; kind++) {
		uint32_t how = how_measured(*kind);

		if (how == PLIM_MEASURE_NONE) {
			plim_port_copy(slot, words, slot_bytes(*kind));
		} else {
			uint32_t length = measure(how, words);
			uint32_t room = plim_record_bytes(record->header) -
					(uint32_t)(text - (uint8_t *)record);

			if (text_bytes(length) > room)
				length = room | PLIM_LENGTH_CUT;
			slot[0] = (uint8_t)length;
			slot[1] = (uint8_t)(length >> 8);
			length = text_bytes(length);
			plim_port_copy(text, (const void *)(uintptr_t)words[0], length);
			text += length;
			words += how == PLIM_MEASURE_COUNTED;
		}
		words++;
		slot += slot_bytes(*kind);
	}
}
