/* SPDX-License-Identifier: MIT */
/*
 * Logging's share of a frame. A statement is a source line with a call of something that logs. Its
 * extent is every byte of the frame that only logging touches: the variables that DWARF places on
 * that line or in code inlined there, and the slots that its instructions access. Slots of different
 * statements are often the same bytes, so one statement's extent is not what removing it saves; the
 * union is what removing all of them can save, and a diff of two builds is the exact figure.
 */
#ifndef PLIM_STACK_BLAME_H
#define PLIM_STACK_BLAME_H

#include <stdio.h>

#include "stack/graph/callgraph.h"

struct plim_statement {
	const char *file;
	unsigned line;
	uint64_t address; /* of the first call */
	const char *sink; /* the first logging function that it calls */
	size_t calls;
	int64_t extent_bytes;
	int64_t below_bytes; /* the deepest point that its calls reach, from the function's base */
	bool is_open;        /* that is only the known part */
};

struct plim_blame {
	uint32_t node;
	struct plim_statement *statements;
	size_t count, capacity;
	bool has_lines;      /* without debug information only the calls are known */
	int64_t union_bytes; /* touched by logging alone */
	int64_t other_bytes; /* touched by other code, or by both */
	int64_t rest_bytes;  /* touched by no instruction that names them */
};

/** Finds the statements of a function; zero of them is an answer as well. Returns 0, or -1. */
int plim_blame_function(struct plim_callgraph *cg, uint32_t node, struct plim_blame *blame,
			struct plim_error *err);
void plim_blame_free(struct plim_blame *blame);

/** Sets `logging_frame_bytes` of every function; before the bounds are computed. */
int plim_blame_frames(struct plim_callgraph *cg, struct plim_error *err);

/** Text: every function that logs, or (with `node`) one function, statement by statement. */
int plim_blame_text(struct plim_callgraph *cg, const uint32_t *node, size_t top, FILE *out,
		    struct plim_error *err);

#endif
