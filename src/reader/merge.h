/* SPDX-License-Identifier: MIT */
/*
 * All rings of a trace in the order of time, streaming: of each thread that was at work at the
 * same time one block is in memory, whatever the size of the trace.
 */
#ifndef PLIM_READER_MERGE_H
#define PLIM_READER_MERGE_H

#include "reader/block.h"
#include "reader/clock.h"

/** One finished record; valid during the call. */
struct plim_event {
	const struct plim_trace_site *site;
	const uint8_t *record; /* plim_record_needs() of it is within `bytes` */
	uint32_t bytes;
	uint32_t sp;
	uint32_t tid;
	uint64_t time_ns; /* UTC */
};

/** Records that are not in the trace, between two that are. */
struct plim_lost {
	uint64_t count;
	uint32_t tid;
	bool has_tid;
	uint64_t from_ns;
	uint64_t to_ns;
};

/** Who takes what comes. A call that returns anything but 0 ends the run with that value. */
struct plim_sink {
	int (*event)(void *context, const struct plim_event *event);
	int (*lost)(void *context, const struct plim_lost *lost);
	void *context;
};

struct plim_merge {
	struct plim_trace *trace;
	struct plim_clock clock;
	struct plim_list serials; /* struct plim_merge_serial, by number: what was taken of each */
	struct plim_list refs;    /* struct plim_block_ref of this round */
	struct plim_list rings;   /* struct plim_ring_ref of this round */
	struct plim_list spare;   /* buffers that wait for the next serial */
	uint64_t last_ticks;      /* of what was handed out last */
	uint64_t overwritten;     /* records that are told of as lost, by cause */
	uint64_t dropped;
	uint64_t unfinished;
	uint64_t events;
};

void plim_merge_open(struct plim_merge *merge, struct plim_trace *trace);
void plim_merge_close(struct plim_merge *merge);

/**
 * Hands out everything that the trace holds, in order of time. Returns 0, what the sink returned,
 * or -1 and a line in `err`. `follow`: only what can no longer be overtaken by a thread that is
 * still inside its statement; call it again for more, and once without `follow` for the rest.
 */
int plim_merge_run(struct plim_merge *merge, const struct plim_sink *sink, bool follow,
		   struct plim_error *err);

#endif
