/* SPDX-License-Identifier: MIT */
/* Two builds of a program: which functions and entries need more stack than before. */
#ifndef PLIM_STACK_DIFF_H
#define PLIM_STACK_DIFF_H

#include <stdio.h>

#include "stack/graph/entry.h"

struct plim_diff_row {
	const char *name, *file;
	const struct plim_node *old, *new; /* either may be NULL */
	int64_t frame_growth, bound_growth;
};

struct plim_diff {
	struct plim_diff_row *rows; /* every function of either, by name */
	size_t count, capacity;
	size_t grown, shrunk, added, removed, newly_open;
	int64_t largest_growth;         /* of any frame or bound that both builds have */
	int64_t old_frames, new_frames; /* sums, over the functions that both have */
};

/** Pairs the functions by name, and those of the same name by file and order. Returns 0, or -1. */
int plim_diff_compute(const struct plim_graph *old, const struct plim_graph *new,
		      struct plim_diff *diff, struct plim_error *err);
void plim_diff_free(struct plim_diff *diff);

/** `old_entries` and `new_entries` come first, then at most `top` (0: 20) functions that changed. */
int plim_diff_text(const struct plim_diff *diff, const struct plim_graph *old,
		   const struct plim_entries *old_entries, const struct plim_graph *new,
		   const struct plim_entries *new_entries, size_t top, FILE *out,
		   struct plim_error *err);

#endif
