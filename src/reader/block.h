/* SPDX-License-Identifier: MIT */
/* Blocks: finding them, copying one out while it may be written, and mending what is damaged. */
#ifndef PLIM_READER_BLOCK_H
#define PLIM_READER_BLOCK_H

#include "reader/trace.h"

/** A block that held records when the file was scanned. */
struct plim_block_ref {
	uint64_t ticket;
	uint64_t first_record;
	uint64_t drops_before;
	uint64_t first_ticks; /* of its first record; 0 if that one is not finished */
	uint32_t serial;
	uint32_t tid;
	uint32_t index;
};

/** A ring as the scan found it. */
struct plim_ring_ref {
	uint64_t drops;
	uint32_t serial;
	uint32_t tid;
};

/** A private copy of a block in which every record from `at` to `end` has been checked. */
struct plim_block_copy {
	uint8_t *bytes;   /* block_bytes of room */
	uint8_t *scratch; /* the first of two looks at a block that is being written */
	uint32_t at;
	uint32_t end;
};

/** The time of the last records of a serial, to see time run backwards and who is wrong. */
struct plim_block_time {
	uint64_t last;
	uint64_t before_last;
};

/** Lists the blocks in order of serial and age. Returns 0, or -1 and a line in `err`. */
int plim_blocks_scan(struct plim_trace *trace, struct plim_list *refs, struct plim_error *err);

/** Lists the rings that were ever taken. */
int plim_rings_scan(struct plim_trace *trace, struct plim_list *rings, struct plim_error *err);

/**
 * Copies a block out and checks its records. Returns false when the block was taken again
 * meanwhile. `next_ticks` is when the serial's next block begins, 0 if unknown.
 */
bool plim_block_load(struct plim_trace *trace, const struct plim_block_ref *ref,
		     uint64_t next_ticks, struct plim_block_time *time,
		     struct plim_block_copy *copy);

#endif
