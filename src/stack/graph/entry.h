/* SPDX-License-Identifier: MIT */
/* The functions whose bound matters, what is pushed before they begin, and the verdict on each. */
#ifndef PLIM_STACK_ENTRY_H
#define PLIM_STACK_ENTRY_H

#include "stack/graph/bound.h"
#include "stack/graph/rules.h"

enum plim_verdict {
	PLIM_VERDICT_NONE, /* it has no budget */
	PLIM_VERDICT_PASS,
	PLIM_VERDICT_OVER, /* the known part alone is over the budget */
	PLIM_VERDICT_OPEN, /* something is open, so nothing is proved */
};

struct plim_entry {
	uint32_t node;
	enum plim_entry_kind kind;
	int64_t budget_bytes;  /* -1: none */
	int64_t pushed_bytes;  /* by the kernel or CPU before the function begins */
	const char *pushed_by; /* what that is, or NULL */
	int64_t bound_bytes;   /* with `pushed_bytes`; the known part where items are open */
	int64_t logging_bytes; /* by how much less it would be without logging */
	struct plim_step *steps;
	size_t step_count;
	uint32_t *opens; /* in graph->opens, nearest first */
	size_t open_count;
	enum plim_verdict verdict;
};

struct plim_entries {
	struct plim_entry *entries;
	size_t count, capacity;
	bool is_default; /* no rule named them */
};

/**
 * The entries that the rules name; without an `entry` rule, those that the binaries suggest: `main`
 * or the place where a program starts, else what a library exports, else what nobody calls. Only
 * for bounds that are computed. Returns 0, or -1.
 */
int plim_entries_find(struct plim_graph *graph, struct plim_rules *rules,
		      struct plim_entries *entries, struct plim_error *err);

/** One entry more: the node with no budget, for the `path` of any function. */
int plim_entries_add(struct plim_graph *graph, uint32_t node, const struct plim_rule *rule,
		     struct plim_entries *entries, struct plim_error *err);

void plim_entries_free(struct plim_entries *entries);

/** "pass", "over", "open", or NULL without a budget. */
const char *plim_verdict_name(enum plim_verdict verdict);

#endif
