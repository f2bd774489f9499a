/* SPDX-License-Identifier: MIT */
/* The bounds of a sealed graph, and what is to be told about them. */
#ifndef PLIM_STACK_BOUND_H
#define PLIM_STACK_BOUND_H

#include "stack/graph/graph.h"

/**
 * Computes `bound`, `quiet`, `is_open`, `component` and `is_cyclic` of every node, adds an open item
 * for every cycle that no rule bounds, and sorts the open items by node. Returns 0, or -1.
 *
 * Recursion: a rule says how many activations of a function p may be on the stack at once, N(p).
 * Take these functions out of a cycle. Let d(v) be the longest way from v to a call of one of them,
 * w(p) the same from p, e(v) the deepest point below v without any of them. A chain of calls passes
 * each p at most N(p) times and adds at most w(p) each time, except for the last p that it passes,
 * from where it may go to e(p); so, entered at any p, the cycle needs at most
 * T = sum of N(p) w(p) + the largest e(p) - w(p), and entered at v the larger of e(v) and d(v) + T.
 * With one rule that is (N - 1) w + e, exactly. A cycle that is left without them is never a number:
 * its known part follows each of its functions once.
 */
int plim_bound_compute(struct plim_graph *graph, struct plim_error *err);

/** One line of a worst path. What a step takes ends where the next one begins. */
struct plim_step {
	uint32_t node;
	int64_t depth_bytes; /* below the entry's base when this begins */
	int64_t takes_bytes;
	const struct plim_edge *edge; /* the call that got here, NULL for the first */
	int64_t rounds;               /* > 0: not a call but that many further rounds of a cycle, */
	int64_t round_bytes;          /* each of so many bytes */
};

/**
 * The worst path of a node (of its known part, where it is open), nodes that stand for candidates
 * left out. `*steps` is an array from malloc. Returns the number of steps, or -1 without memory.
 */
int64_t plim_bound_path(const struct plim_graph *graph, uint32_t node, struct plim_step **steps,
			struct plim_error *err);

/**
 * The places (in graph->opens) of the open items that `node`'s bound waits for, nearest first;
 * `*items` is an array from malloc. At most `limit` of them (0: all). Returns their number or -1.
 */
int64_t plim_bound_opens(struct plim_graph *graph, uint32_t node, size_t limit, uint32_t **items,
			 struct plim_error *err);

/** Sets `blocks` of every open item: how many functions wait for it. May leave 0 in huge graphs. */
int plim_bound_count_blocked(struct plim_graph *graph, struct plim_error *err);

/** Bytes of the bound, or of its known part. */
int64_t plim_bound_bytes(const struct plim_node *node);

/** By how much the bound would be smaller if no logging were done. */
int64_t plim_bound_logging(const struct plim_node *node);

#endif
