/* SPDX-License-Identifier: MIT */
/*
 * Numbered statements: what a record must hold follows from its number, so that a test can tell
 * from a trace alone whether anything is missing, torn or out of place.
 */
#ifndef PLIM_TESTS_NUMBERED_H
#define PLIM_TESTS_NUMBERED_H

#include "../../support/trace_walk.h"

#include <stdbool.h>
#include <stdint.h>

/* A number is writer << 48 | 1, 2, 3 ...: each writer (a thread, its signal handler) counts. */
#define NUMBERED_WRITER_SHIFT 48
#define NUMBERED_WRITERS      64
#define NUMBERED_HANDLERS     8 /* writers from here on are signal handlers */

typedef void numbered_statement(uint64_t number);

enum {
	NUMBERED_FAST, /* two words */
	NUMBERED_FIVE, /* five words, packed */
	NUMBERED_TEXT, /* two words, a string and a blob */
	NUMBERED_MANY, /* seven words */
	NUMBERED_LONG, /* 12 words, two strings */
	NUMBERED_KINDS,
};

extern numbered_statement *const numbered_O0[NUMBERED_KINDS];
extern numbered_statement *const numbered_O2[NUMBERED_KINDS];

static inline uint64_t numbered_mix(uint64_t number)
{
	return (number ^ number >> 29) * 0x9e3779b97f4a7c15ull;
}

/** A string of 0 to 63 bytes that `number` determines. */
static inline const char *numbered_text(uint64_t number)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";

	return letters + number % sizeof(letters);
}

/** Whether a finished record holds what its number says. */
bool numbered_is_intact(const struct walk *walk, const struct walk_record *record);

/** What a trace must hold of each writer. */
struct numbered_expect {
	uint64_t last[NUMBERED_WRITERS]; /* number of the last finished statement, 0: none */
	uint64_t abandoned;              /* statements that were left half way */
	bool (*was_abandoned)(uint64_t number);
	bool may_be_one_more;               /* killed: the statement after the last may be there */
	bool keeps_oldest;                  /* stop mode: from 1 on, instead of up to the last */
	uint64_t present[NUMBERED_WRITERS]; /* out: records found */
};

/**
 * Checks a scanned trace: every record intact, each writer's numbers in order up to its last, and
 * without a gap but of abandoned ones and where blocks of the ring were overwritten. 0, or -1 with
 * walk->error set.
 */
int numbered_check(struct walk *walk, struct numbered_expect *expect);

#endif
