/* SPDX-License-Identifier: MIT */
#include "numbered.h"

#include <stdio.h>
#include <string.h>

#define FAIL(walk, ...) (snprintf((walk)->error, sizeof((walk)->error), __VA_ARGS__), -1)

static uint16_t slot_u16(const struct walk_record *record, size_t offset)
{
	uint16_t value;

	memcpy(&value, record->payload + offset, sizeof(value));
	return value;
}

/* The layouts follow from the fields in numbered_statements.c, slot after slot without padding. */
bool numbered_is_intact(const struct walk *walk, const struct walk_record *record)
{
	uint64_t number = walk_u64(record, 0);
	const char *text = numbered_text(number);
	const char *event = walk_event(walk, record->site);
	size_t bytes = strlen(text);

	if (walk_u64(record, 8) != numbered_mix(number))
		return false;
	if (!strcmp(event, "fast"))
		return true;
	if (!strcmp(event, "five"))
		return record->payload[16] == (uint8_t)number &&
		       slot_u16(record, 17) == (uint16_t)~number && walk_u64(record, 19) == ~number;
	if (!strcmp(event, "text"))
		return slot_u16(record, 16) == bytes && slot_u16(record, 18) == 8 &&
		       !memcmp(record->payload + 20, text, bytes);
	if (!strcmp(event, "many")) {
		for (size_t i = 0; i < 5; i++) {
			if (walk_u64(record, 16 + 8 * i) != number + i)
				return false;
		}
		return true;
	}
	if (!strcmp(event, "long"))
		return slot_u16(record, 16) == bytes && slot_u16(record, 18) == bytes &&
		       walk_u64(record, 20 + 8 * 7) == number + 7 &&
		       !memcmp(record->payload + 20 + 8 * 8, text, bytes) &&
		       !memcmp(record->payload + 20 + 8 * 8 + bytes, text, bytes);
	return false;
}

static bool may_be_missing(const struct numbered_expect *expect, uint64_t from, uint64_t to)
{
	for (uint64_t number = from; number < to; number++) {
		if (!expect->was_abandoned || !expect->was_abandoned(number))
			return false;
	}
	return true;
}

static int check_end(struct walk *walk, const struct numbered_expect *expect, uint64_t writer,
		     uint64_t newest)
{
	uint64_t last = expect->last[writer];

	if (expect->keeps_oldest || !newest)
		return 0;
	if (newest > last + expect->may_be_one_more)
		return FAIL(walk, "writer %llu: record %llx, but %llx was the last",
			    (unsigned long long)writer, (unsigned long long)newest,
			    (unsigned long long)last);
	/*
	 * A thread's newest record lies in a block that nobody takes. A handler's may be older than
	 * that, and after abandonment, which holds blocks, so may be any other writer's.
	 */
	if (writer >= NUMBERED_HANDLERS || (expect->abandoned && writer != 1))
		return 0;
	if (newest < last && !may_be_missing(expect, newest + 1, last + 1))
		return FAIL(walk, "writer %llu: records after %llx are missing, %llx was finished",
			    (unsigned long long)writer, (unsigned long long)newest,
			    (unsigned long long)last);
	return 0;
}

int numbered_check(struct walk *walk, struct numbered_expect *expect)
{
	uint64_t newest[NUMBERED_WRITERS] = {0};
	size_t newest_at[NUMBERED_WRITERS] = {0};
	size_t has_gap_since =
		0; /* where records of the ring were overwritten, or it is another's */

	memset(expect->present, 0, sizeof(expect->present));
	for (size_t i = 0; i < walk->record_count; i++) {
		const struct walk_record *record = &walk->records[i];
		uint64_t number, writer;

		if (i && (record->serial != record[-1].serial ||
			  record->number != record[-1].number + 1))
			has_gap_since = i;
		if (!record->finished)
			continue;
		number = walk_u64(record, 0);
		writer = number >> NUMBERED_WRITER_SHIFT;
		if (writer >= NUMBERED_WRITERS || !numbered_is_intact(walk, record))
			return FAIL(walk, "torn: ticket %llu, record %llu, event %s, number %llx",
				    (unsigned long long)record->ticket,
				    (unsigned long long)record->number,
				    walk_event(walk, record->site), (unsigned long long)number);
		/* Not so of a handler: its first may come while its thread takes the last block, be
		 * dropped and counted, and its second find room in that block. */
		if (expect->keeps_oldest && writer < NUMBERED_HANDLERS && !newest[writer] &&
		    (number & ((1ull << NUMBERED_WRITER_SHIFT) - 1)) != 1)
			return FAIL(walk, "writer %llu: starts with %llx",
				    (unsigned long long)writer, (unsigned long long)number);
		if (newest[writer] && (number <= newest[writer] ||
				       (has_gap_since <= newest_at[writer] &&
					!may_be_missing(expect, newest[writer] + 1, number))))
			return FAIL(walk, "writer %llu: %llx follows %llx, ticket %llu",
				    (unsigned long long)writer, (unsigned long long)number,
				    (unsigned long long)newest[writer],
				    (unsigned long long)record->ticket);
		newest[writer] = number;
		newest_at[writer] = i;
		expect->present[writer]++;
	}
	for (uint64_t writer = 0; writer < NUMBERED_WRITERS; writer++) {
		if (check_end(walk, expect, writer, newest[writer]))
			return -1;
	}
	return 0;
}
