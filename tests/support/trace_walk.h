/* SPDX-License-Identifier: MIT */
/*
 * A second reader of trace files, for tests of the writer: it knows the layout from core/record.h
 * alone, shares no code with src/reader, and is stricter: a quiet file must hold every invariant.
 */
#ifndef PLIM_TESTS_TRACE_WALK_H
#define PLIM_TESTS_TRACE_WALK_H

#include "core/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct walk_record {
	uint32_t serial; /* the ring's turn with its thread */
	uint32_t tid;
	uint64_t ticket; /* of the block */
	uint64_t number; /* in its ring */
	uint64_t ticks;
	uint32_t site;
	uint32_t bytes;
	bool finished;
	const uint8_t *payload; /* in the mapping */
};

struct walk_block {
	const struct plim_block *block;
	uint32_t count;    /* records found, the rest of a left block not counted */
	uint32_t finished; /* of those */
	size_t first;      /* in `records` */
};

struct walk {
	uint8_t *base;
	size_t bytes;
	const struct plim_file_header *header;
	struct walk_record *records; /* by ring and then in the order of the ring */
	size_t record_count, record_room;
	struct walk_block *blocks;
	size_t block_count;
	uint64_t unfinished;
	char error[256]; /* empty, or the first thing that is wrong */
};

/** Maps a file. 0, or -1 with `error` set. */
int walk_open(struct walk *walk, const char *path);
void walk_close(struct walk *walk);

/**
 * Reads all blocks as they are now. 0, or -1 with `error` set: sizes that do not fit, a record
 * behind free room, time or tickets that run backwards, counts that disagree. `is_quiet`: nobody
 * writes and nobody was killed, so that also the counts of every block must be exact.
 */
int walk_scan(struct walk *walk, bool is_quiet);

/** The event's name of a site, "" if the metadata does not know it. */
const char *walk_event(const struct walk *walk, uint32_t site);
/** How many sites the metadata has. */
unsigned int walk_site_count(const struct walk *walk);
/** Records of one event. */
size_t walk_count(const struct walk *walk, const char *event);
/** The statements that were dropped, by all counters of the file. */
uint64_t walk_drops(const struct walk *walk);

static inline uint64_t walk_u64(const struct walk_record *record, size_t offset)
{
	uint64_t value;

	__builtin_memcpy(&value, record->payload + offset, sizeof(value));
	return value;
}

#endif
