/* SPDX-License-Identifier: MIT */
/*
 * Rings: how a thread gets room for its next record. docs/architecture.md, "The ring protocol".
 * Everything here may run in a signal handler and uses no library, lock or system call.
 */
#ifndef PLIM_CORE_RING_H
#define PLIM_CORE_RING_H

#include "core/port.h"
#include "core/record.h"
#include "plimsoll/site.h"

/* A statement's words while they are gathered one at a time (core/stage.c, emit_x86_64.S). */
struct plim_stage_slot {
	uint64_t key; /* stack pointer << 17 | site number; 0: free */
	uint32_t count;
	uint32_t pad;
	uint64_t words[PLIM_MAX_WORDS];
};

#define PLIM_STAGE_SLOTS 56
/** Address space a ring's staging slots take; only touched pages exist. */
#define PLIM_STAGE_BYTES 16384

/* The open trace file, as the path sees it. All zero while there is none. */
struct plim_core {
	struct plim_file_header *file;
	struct plim_ring *rings;
	uint8_t *blocks;
	uint8_t *stages;
	uint32_t ring_count;
	uint32_t block_count;
	uint32_t block_bytes;
	uint32_t mode;
	uint32_t is_open;    /* 0 from the moment the session closes; the rest stays as it is */
	uint32_t tid_offset; /* of the thread id from the thread pointer, 0 if not known */
};

extern PLIM_HIDDEN struct plim_core plim_core;
/** The thread's ring. Statements read it themselves, so it is part of the library's interface. */
extern PLIM_EXPORT PLIM_THREAD_LOCAL struct plim_ring *plim_tls_ring;
/** What plim_tls_ring leads to while a thread has no ring: a ring that is always full. */
extern PLIM_HIDDEN struct plim_ring plim_no_ring;
extern PLIM_HIDDEN struct plim_block plim_no_block;

/**
 * Makes room in the ring that the thread has for a record with this header (of which only the size
 * counts). 0: try again; 1: dropped and counted.
 */
PLIM_HIDDEN int plim_ring_advance(uint32_t header);
/** Gives the thread a ring if it has none. 0: it has one; 1: there is none, a drop is counted. */
PLIM_HIDDEN int plim_ring_acquire(void);
/** Gives up the block, if any, that a thread which ended without plim_ring_release() left behind. */
PLIM_HIDDEN void plim_ring_settle(void);
/** Gives the thread's ring back; its records stay. */
PLIM_HIDDEN void plim_ring_release(void);
/** Leads a ring of a file that is being closed nowhere: its thread must take a new one. */
PLIM_HIDDEN void plim_ring_stop(struct plim_ring *ring);

/* Statements from words in memory (core/emit.c): more than five, or no path of their own. */

/** The header of the record, its size measured. */
PLIM_HIDDEN uint32_t plim_words_header(const struct plim_site *site, const uint64_t *words);
/** Writes the fields into a record that was reserved for this header, no further than its size. */
PLIM_HIDDEN void plim_words_fill(const struct plim_site *site, const uint64_t *words,
				 struct plim_record *record);
/** Reserves and stamps a record. NULL: no room in the block; plim_ring_advance() makes it. */
PLIM_HIDDEN struct plim_record *plim_words_reserve(uint32_t header, uint64_t sp,
						   struct plim_block **block);

#endif
