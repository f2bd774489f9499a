/* SPDX-License-Identifier: MIT */
/*
 * What was found, written for people and for programs. Nothing here computes a bound; every writer
 * gives its bytes to a stream and returns 0, or -1 with the error's line when that stream failed.
 */
#ifndef PLIM_STACK_REPORT_H
#define PLIM_STACK_REPORT_H

#include <stdio.h>

#include "stack/graph/entry.h"

struct plim_report {
	struct plim_graph *graph;
	const struct plim_entries *entries;
	const char *rules; /* the file they came from, or NULL */
	size_t top;        /* functions a table or list shows; 0: all */
	bool has_colour;
};

/** The overview: entries, deepest functions, largest frames, what is open. */
int plim_report_text(const struct plim_report *report, FILE *out, struct plim_error *err);

/** The worst path of one entry, a line a call. */
int plim_report_path(const struct plim_report *report, const struct plim_entry *entry, FILE *out,
		     struct plim_error *err);

/** One line an entry and its verdict, with the reasons where it fails. */
int plim_report_check(const struct plim_report *report, FILE *out, struct plim_error *err);

/** DESIGN.md section 9: an object, or an array of them for several binaries. */
int plim_report_json(const struct plim_report *report, FILE *out, struct plim_error *err);

/** One entry as in there, alone. */
int plim_report_entry_json(const struct plim_report *report, const struct plim_entry *entry,
			   FILE *out, struct plim_error *err);

/** SARIF 2.1.0: a result for every entry that fails, and for what is open below it. */
int plim_report_sarif(const struct plim_report *report, FILE *out, struct plim_error *err);

/** One page that needs nothing else: the worst paths as icicles and a sortable table. */
int plim_report_html(const struct plim_report *report, FILE *out, struct plim_error *err);

/** A first rules file: every open item as a question, grouped by kind, what blocks most first. */
int plim_report_questions(const struct plim_report *report, FILE *out, struct plim_error *err);

/* Shared by the writers. */

/** Nodes that are functions with code, deepest bound first; an array from malloc, or NULL. */
uint32_t *plim_report_deepest(const struct plim_graph *graph, size_t *count);

/** 0, or -1 and the error's line if something could not be written. */
int plim_report_finish(FILE *out, struct plim_error *err);

/** "12,345" in a buffer of at least 32 bytes, which is returned. */
char *plim_report_bytes(int64_t bytes, char *buffer);

/** Is the step's function, or one above it, logging? `steps[0..step]` are looked at. */
bool plim_report_is_logging(const struct plim_graph *graph, const struct plim_step *steps,
			    size_t step);

#endif
