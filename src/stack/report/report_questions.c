/* SPDX-License-Identifier: MIT */
/* A first rules file for a binary: what is open, as questions that a person answers one by one. */
#include <stdlib.h>
#include <string.h>

#include "stack/report/report.h"

/* The order of asking: an answered call or recursion can make other questions go away. */
static const struct group {
	enum plim_open_kind kind;
	const char *title;
} groups[] = {
	{PLIM_OPEN_INDIRECT, "Indirect calls. Name the functions that can be called, `(types)` to "
			     "accept what was found,\n"
			     "# or `(none)` if the call never happens."},
	{PLIM_OPEN_RECURSION,
	 "Recursion. How many activations of the function can be on the stack at once?"},
	{PLIM_OPEN_DYNAMIC,
	 "Dynamic frames (alloca, variable-length arrays). How many bytes can they take?"},
	{PLIM_OPEN_CONFLICT, "Frames about which instructions and tables disagree. How many bytes "
			     "beyond the larger one?"},
	{PLIM_OPEN_FRAME, "Frames that no source knows. How many bytes can they take?"},
	{PLIM_OPEN_EXTERNAL,
	 "Functions of no given binary. Give the library as well, and its bounds are computed, or "
	 "say\n"
	 "# how many bytes a call needs, all that it calls included. The first rule that matches "
	 "a\n"
	 "# function counts, so `external * = N` behind the others answers all that are left."},
};

struct question {
	const struct plim_open *open;
	size_t entries; /* that wait for it */
};

static int question_order(const void *left, const void *right)
{
	const struct question *a = left, *b = right;

	if (a->entries != b->entries)
		return a->entries < b->entries ? 1 : -1;
	if (a->open->blocks != b->open->blocks)
		return a->open->blocks < b->open->blocks ? 1 : -1;
	return strcmp(a->open->rule, b->open->rule);
}

/* Only what an entry waits for is asked: the rest of a binary may stay open. */
static struct question *collect(const struct plim_report *report, size_t *count)
{
	const struct plim_graph *graph = report->graph;
	struct question *questions = calloc(graph->open_count + 1, sizeof(*questions));
	size_t kept = 0;

	if (!questions)
		return NULL;
	for (size_t o = 0; o < graph->open_count; o++)
		questions[o].open = &graph->opens[o];
	for (size_t i = 0; i < report->entries->count; i++) {
		const struct plim_entry *entry = &report->entries->entries[i];

		for (size_t o = 0; o < entry->open_count; o++)
			questions[entry->opens[o]].entries++;
	}
	for (size_t o = 0; o < graph->open_count; o++) {
		if (questions[o].entries)
			questions[kept++] = questions[o];
	}
	qsort(questions, kept, sizeof(*questions), question_order);
	*count = kept;
	return questions;
}

static void put_entry(const struct plim_report *report, const struct plim_entry *entry, FILE *out)
{
	const char *name = report->graph->nodes[entry->node].name;
	char bytes[32];

	fprintf(out, "# %s needs %s%s bytes\n", name, entry->open_count ? "at least " : "",
		plim_report_bytes(entry->bound_bytes, bytes));
	if (entry->budget_bytes < 0)
		fprintf(out, "%sentry %s budget %lld\n", report->entries->is_default ? "" : "# ",
			name, (long long)(8 << 20));
}

static void put_group(const struct plim_report *report, const struct group *group,
		      const struct question *questions, size_t count, FILE *out)
{
	const char *last = "";
	bool has_title = false;

	for (size_t q = 0; q < count; q++) {
		const struct plim_open *open = questions[q].open;

		if (open->kind != group->kind)
			continue;
		if (!has_title)
			fprintf(out, "\n# %s\n", group->title);
		has_title = true;
		if (!strncmp(open->rule, "external ", 9)) {
			fprintf(out, "# %-40s # %zu function%s for it\n", open->rule, open->blocks,
				open->blocks == 1 ? " waits" : "s wait");
			continue;
		}
		fprintf(out, "\n# %s\n", plim_open_sentence(report->graph, open));
		if (strcmp(open->rule, last)) /* one answer serves functions of the same name */
			fprintf(out, "# %s\n", open->rule);
		last = open->rule;
	}
}

int plim_report_questions(const struct plim_report *report, FILE *out, struct plim_error *err)
{
	size_t count;
	struct question *questions;

	if (plim_bound_count_blocked(report->graph, err))
		return -1;
	questions = collect(report, &count);
	if (!questions)
		return plim_error_set(err, "no memory for the rules");
	fprintf(out,
		"# Rules for %s. Answer the questions: write a number (or a name) for each '?', "
		"take\n"
		"# the '#' away, and run: plimsoll stack check %s --rules THIS-FILE\n\n",
		report->graph->binaries[0].path, report->graph->binaries[0].path);
	for (size_t i = 0; i < report->entries->count; i++)
		put_entry(report, &report->entries->entries[i], out);
	for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++)
		put_group(report, &groups[g], questions, count, out);
	if (!count)
		fputs("\n# Nothing is open.\n", out);
	free(questions);
	return plim_report_finish(out, err);
}
