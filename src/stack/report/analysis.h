/* SPDX-License-Identifier: MIT */
/* From file names to something that can be reported: all steps in their order. */
#ifndef PLIM_STACK_ANALYSIS_H
#define PLIM_STACK_ANALYSIS_H

#include "stack/graph/callgraph.h"
#include "stack/graph/entry.h"

struct plim_analysis {
	struct plim_callgraph cg;
	struct plim_rules rules;
	struct plim_entries entries;
};

/**
 * Reads the binaries and the rules (`rules_path` NULL: none), computes every bound and finds the
 * entries. `sinks` NULL: what is logging by default. Rules that match nothing are no error here: see
 * plim_rules_next_unused(). Returns 0, or -1; either way plim_analysis_free() is due.
 */
int plim_analysis_run(struct plim_analysis *analysis, const char *const *paths, size_t path_count,
		      const char *rules_path, const char *sinks, struct plim_error *err);
void plim_analysis_free(struct plim_analysis *analysis);

/**
 * The function with this name; of several, one whose `FILE:` is given before it, else the one with
 * the largest bound. Returns its node, or -1 with a line that names functions like it.
 */
int64_t plim_analysis_function(const struct plim_analysis *analysis, const char *name,
			       struct plim_error *err);

/** Fills in the source positions of the calls on the entries' worst paths. */
void plim_analysis_locate(struct plim_analysis *analysis);

#endif
