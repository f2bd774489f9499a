/* SPDX-License-Identifier: MIT */
/* The overview for a person: what matters most first, and what to do next last. */
#include <stdlib.h>
#include <string.h>

#include "stack/report/report.h"

#define TOP_DEFAULT  10
#define OPENS_SHOWN  8
#define NAME_COLUMNS 36

/* An archive can have thousands of members; each of these takes three lines. */
#define BINARIES_SHOWN 6

static const char *colour(const struct plim_report *report, const char *code)
{
	return report->has_colour ? code : "";
}

#define BOLD(report)  colour(report, "\033[1m")
#define RED(report)   colour(report, "\033[31m")
#define GREEN(report) colour(report, "\033[32m")
#define PLAIN(report) colour(report, "\033[0m")

/* Names that do not fit keep both ends: C++ names differ in their last letters. */
static const char *shorten(const char *name, char *buffer, size_t columns)
{
	size_t length = strlen(name), head = columns / 2 - 1, tail = columns - head - 2;

	if (length <= columns)
		return name;
	memcpy(buffer, name, head);
	memcpy(buffer + head, "..", 2);
	memcpy(buffer + head + 2, name + length - tail, tail + 1);
	return buffer;
}

static const char *base_name(const char *path)
{
	return strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
}

static void put_place(const struct plim_graph *graph, const struct plim_node *node, FILE *out)
{
	if (node->file && node->line)
		fprintf(out, "%s:%u", base_name(node->file), node->line);
	else if (node->file)
		fprintf(out, "%s", base_name(node->file));
	else if (node->kind == PLIM_NODE_FUNCTION)
		fprintf(out, "0x%llx", (unsigned long long)node->address);
	if (graph->binary_count > 1 && node->kind == PLIM_NODE_FUNCTION)
		fprintf(out, " in %s", base_name(graph->binaries[node->binary].path));
}

struct tally {
	size_t functions, open, by_status[6], other;
};

static const char *const statuses[] = {"proved",   "tracked", "table",
				       "conflict", "dynamic", "unknown"};

static struct tally count(const struct plim_graph *graph, uint32_t binary)
{
	struct tally tally = {0};

	for (size_t n = 0; n < graph->node_count; n++) {
		const struct plim_node *node = &graph->nodes[n];

		if (node->kind != PLIM_NODE_FUNCTION || node->binary != binary)
			continue;
		tally.functions++;
		tally.open += node->is_open;
		for (size_t s = 0; s < sizeof(statuses) / sizeof(statuses[0]); s++)
			tally.by_status[s] += !strcmp(node->status, statuses[s]);
	}
	return tally;
}

static void put_binary(const struct plim_report *report, uint32_t binary, FILE *out)
{
	const struct plim_binary *b = &report->graph->binaries[binary];
	struct tally tally = count(report->graph, binary);
	char bytes[32];
	const char *comma = "";

	fprintf(out, "%s%s%s: %s %s, %zu functions, %s bytes of code%s\n", BOLD(report), b->path,
		PLAIN(report), b->format, b->arch, tally.functions,
		plim_report_bytes((int64_t)b->code_bytes, bytes),
		b->has_types ? "" : ", no debug information");
	fputs("  frames: ", out);
	for (size_t s = 0; s < sizeof(statuses) / sizeof(statuses[0]); s++) {
		if (!tally.by_status[s])
			continue;
		fprintf(out, "%s%zu %s", comma, tally.by_status[s], statuses[s]);
		comma = ", ";
	}
	fprintf(out, "\n  bounds: %zu are numbers, %zu are open\n", tally.functions - tally.open,
		tally.open);
}

/* How the indirect calls were answered: what the bounds believe. */
static void put_indirect(const struct plim_report *report, FILE *out)
{
	const struct plim_graph *graph = report->graph;
	size_t by[PLIM_WHY_COUNT] = {0}, all = 0;
	const struct plim_edge *last = NULL;
	const char *comma = ": ";

	for (size_t e = 0; e < graph->edge_count; e++) {
		const struct plim_edge *edge = &graph->edges[e];

		if (graph->nodes[edge->to].kind != PLIM_NODE_SET ||
		    (last && last->from == edge->from && last->address == edge->address))
			continue;
		by[edge->why]++;
		all++;
		last = edge;
	}
	if (!all)
		return;
	fprintf(out, "  indirect calls, %zu", all);
	for (int why = 0; why < PLIM_WHY_COUNT; why++) {
		if (!by[why])
			continue;
		fprintf(out, "%s%zu %s", comma, by[why], plim_why_name(why));
		comma = ", ";
	}
	fputc('\n', out);
}

static void put_bound(bool is_open, int64_t value, FILE *out)
{
	char bytes[32], text[40];

	snprintf(text, sizeof(text), "%s%s", is_open ? ">= " : "", plim_report_bytes(value, bytes));
	fprintf(out, "%14s", text);
}

static void put_entries(const struct plim_report *report, FILE *out)
{
	const struct plim_entries *entries = report->entries;
	size_t limit = report->top ? report->top : TOP_DEFAULT;

	if (!entries->count)
		return;
	fprintf(out, "\n%sentries%s%s\n", BOLD(report), PLAIN(report),
		entries->is_default ? " (suggested; `entry` rules name your own)" : "");
	fprintf(out, "  %-*s %14s %10s %9s  %s\n", NAME_COLUMNS, "function", "bound", "logging",
		"budget", "verdict");
	for (size_t i = 0; i < entries->count && i < limit; i++) {
		const struct plim_entry *entry = &entries->entries[i];
		const char *verdict = plim_verdict_name(entry->verdict);
		char name[NAME_COLUMNS + 1], bytes[32];

		fprintf(out, "  %-*s ", NAME_COLUMNS,
			shorten(report->graph->nodes[entry->node].name, name, NAME_COLUMNS));
		put_bound(entry->open_count, entry->bound_bytes, out);
		fprintf(out, " %10s", plim_report_bytes(entry->logging_bytes, bytes));
		fprintf(out, " %9s",
			entry->budget_bytes < 0 ? "-"
						: plim_report_bytes(entry->budget_bytes, bytes));
		if (entry->open_count)
			fprintf(out, "  %s%s%zu open%s\n", RED(report),
				verdict && entry->verdict != PLIM_VERDICT_OPEN ? "over, " : "",
				entry->open_count, PLAIN(report));
		else
			fprintf(out, "  %s\n", verdict ? verdict : "closed");
	}
	if (entries->count > limit)
		fprintf(out, "  ... %zu more\n", entries->count - limit);
}

static void put_functions(const struct plim_report *report, const char *title,
			  const uint32_t *nodes, size_t node_count, FILE *out)
{
	size_t limit = report->top ? report->top : TOP_DEFAULT;

	fprintf(out, "\n%s%s%s\n  %-*s %14s %10s %10s  %-8s  %s\n", BOLD(report), title,
		PLAIN(report), NAME_COLUMNS, "function", "bound", "frame", "logging", "status",
		"where");
	for (size_t i = 0; i < node_count && i < limit; i++) {
		const struct plim_node *node = &report->graph->nodes[nodes[i]];
		char name[NAME_COLUMNS + 1], bytes[32];

		fprintf(out, "  %-*s ", NAME_COLUMNS, shorten(node->name, name, NAME_COLUMNS));
		put_bound(node->is_open, plim_bound_bytes(node), out);
		fprintf(out, " %10s", plim_report_bytes(node->frame_bytes, bytes));
		fprintf(out, " %10s  %-8s  ", plim_report_bytes(plim_bound_logging(node), bytes),
			node->status);
		put_place(report->graph, node, out);
		fputc('\n', out);
	}
}

static int frame_order(const void *left, const void *right, void *context)
{
	const struct plim_node *nodes = context;
	int64_t a = nodes[*(const uint32_t *)left].frame_bytes;
	int64_t b = nodes[*(const uint32_t *)right].frame_bytes;

	return (a < b) - (a > b);
}

static int blocks_order(const void *left, const void *right, void *context)
{
	const struct plim_open *opens = context;
	const struct plim_open *a = &opens[*(const uint32_t *)left];
	const struct plim_open *b = &opens[*(const uint32_t *)right];

	if (a->blocks != b->blocks)
		return a->blocks < b->blocks ? 1 : -1;
	return (a->node > b->node) - (a->node < b->node);
}

static void put_open_kinds(const struct plim_report *report, FILE *out)
{
	const struct plim_graph *graph = report->graph;
	size_t kinds[PLIM_OPEN_KINDS] = {0};
	const char *comma = ": ";

	for (size_t o = 0; o < graph->open_count; o++)
		kinds[graph->opens[o].kind]++;
	fprintf(out, "\n%sopen items%s, %zu", BOLD(report), PLAIN(report), graph->open_count);
	for (int k = 0; k < PLIM_OPEN_KINDS; k++) {
		if (!kinds[k])
			continue;
		fprintf(out, "%s%zu %s%s", comma, kinds[k], plim_open_name(k),
			kinds[k] > 1 && k != PLIM_OPEN_RECURSION ? "s" : "");
		comma = ", ";
	}
	fputs("\n  functions that wait for it\n", out);
}

static int put_opens(const struct plim_report *report, FILE *out, struct plim_error *err)
{
	struct plim_graph *graph = report->graph;
	size_t limit = report->top ? report->top : OPENS_SHOWN;
	uint32_t *order;

	if (!graph->open_count)
		return 0;
	if (plim_bound_count_blocked(graph, err))
		return -1;
	order = calloc(graph->open_count, sizeof(*order));
	if (!order)
		return plim_error_set(err, "no memory for the report");
	for (size_t o = 0; o < graph->open_count; o++)
		order[o] = (uint32_t)o;
	qsort_r(order, graph->open_count, sizeof(*order), blocks_order, graph->opens);
	put_open_kinds(report, out);
	for (size_t o = 0; o < graph->open_count && o < limit; o++) {
		const struct plim_open *open = &graph->opens[order[o]];

		fprintf(out, "  %6zu  %s\n", open->blocks, plim_open_sentence(graph, open));
	}
	if (graph->open_count > limit)
		fprintf(out, "  ... %zu more\n", graph->open_count - limit);
	free(order);
	return 0;
}

/* The binaries as they were given: of an archive's members the archive, once. */
static void put_operands(const struct plim_graph *graph, FILE *out)
{
	const char *last = "";
	size_t last_length = 0, shown = 0;

	for (size_t b = 0; b < graph->binary_count; b++) {
		const char *path = graph->binaries[b].path, *member = strrchr(path, '(');
		size_t length = member && path[strlen(path) - 1] == ')' ? (size_t)(member - path)
									: strlen(path);

		if (length == last_length && !memcmp(path, last, length))
			continue;
		last = path;
		last_length = length;
		if (shown++ == 4) {
			fputs(" ...", out);
			return;
		}
		fprintf(out, " %.*s", (int)length, path);
	}
}

static void put_next(const struct plim_report *report, FILE *out)
{
	const struct plim_graph *graph = report->graph;
	const char *name = report->entries->count
				   ? graph->nodes[report->entries->entries[0].node].name
				   : "FUNCTION";

	fputs("\nnext: plimsoll stack path", out);
	put_operands(graph, out);
	fprintf(out, " %s\n", name);
	if (!report->entries->is_default)
		return;
	fputs("      plimsoll stack rules", out);
	put_operands(graph, out);
	fputs(" > my.rules   (the questions to answer)\n", out);
}

int plim_report_text(const struct plim_report *report, FILE *out, struct plim_error *err)
{
	size_t node_count;
	uint32_t *nodes = plim_report_deepest(report->graph, &node_count);

	if (!nodes)
		return plim_error_set(err, "no memory for the report");
	for (size_t b = 0; b < report->graph->binary_count && b < BINARIES_SHOWN; b++)
		put_binary(report, (uint32_t)b, out);
	if (report->graph->binary_count > BINARIES_SHOWN)
		fprintf(out, "... %zu more binaries\n",
			report->graph->binary_count - BINARIES_SHOWN);
	put_indirect(report, out);
	put_entries(report, out);
	put_functions(report, "deepest bounds", nodes, node_count, out);
	qsort_r(nodes, node_count, sizeof(*nodes), frame_order, report->graph->nodes);
	put_functions(report, "largest frames", nodes, node_count, out);
	free(nodes);
	if (put_opens(report, out, err))
		return -1;
	put_next(report, out);
	return plim_report_finish(out, err);
}

static void put_step(const struct plim_report *report, const struct plim_step *step, FILE *out)
{
	const struct plim_graph *graph = report->graph;
	const struct plim_node *node = &graph->nodes[step->node];
	const struct plim_edge *edge = step->edge;
	char depth[32], takes[32], name[NAME_COLUMNS + 1];

	fprintf(out, "%10s %9s  %-*s ", plim_report_bytes(step->depth_bytes, depth),
		plim_report_bytes(step->takes_bytes, takes), NAME_COLUMNS,
		shorten(node->name, name, NAME_COLUMNS));
	if (edge && edge->file && edge->line)
		fprintf(out, " %s at %s:%u", plim_why_name(edge->why), base_name(edge->file),
			edge->line);
	else if (edge && edge->address)
		fprintf(out, " %s at 0x%llx", plim_why_name(edge->why),
			(unsigned long long)edge->address);
	else if (edge)
		fprintf(out, " %s", plim_why_name(edge->why));
	if (edge && edge->reason)
		fprintf(out, " (%s)", edge->reason);
	if (node->is_logging)
		fputs("  logging", out);
	if (node->open_count)
		fprintf(out, "  %sopen: %s%s", RED(report), graph->opens[node->first_open].text,
			PLAIN(report));
	fputc('\n', out);
}

int plim_report_path(const struct plim_report *report, const struct plim_entry *entry, FILE *out,
		     struct plim_error *err)
{
	const struct plim_graph *graph = report->graph;
	char bytes[32], round[32];

	fprintf(out, "%s%s%s needs %s%s bytes", BOLD(report), graph->nodes[entry->node].name,
		PLAIN(report), entry->open_count ? "at least " : "",
		plim_report_bytes(entry->bound_bytes, bytes));
	if (entry->logging_bytes)
		fprintf(out, ", %s of them for logging",
			plim_report_bytes(entry->logging_bytes, bytes));
	fprintf(out, "\n%10s %9s  %-*s  %s\n", "depth", "takes", NAME_COLUMNS, "function",
		"called");
	if (entry->pushed_by)
		fprintf(out, "%10d %9s  %s\n", 0, plim_report_bytes(entry->pushed_bytes, bytes),
			entry->pushed_by);
	for (size_t s = 0; s < entry->step_count; s++) {
		const struct plim_step *step = &entry->steps[s];
		char takes[32];

		if (!step->rounds) {
			put_step(report, step, out);
			continue;
		}
		fprintf(out, "%10s %9s  ... %lld more rounds of %s, %s bytes each\n",
			plim_report_bytes(step->depth_bytes, bytes),
			plim_report_bytes(step->takes_bytes, takes), (long long)step->rounds,
			graph->nodes[step->node].name, plim_report_bytes(step->round_bytes, round));
	}
	if (entry->open_count) {
		fprintf(out, "\nnot a number while %zu item%s open:\n", entry->open_count,
			entry->open_count > 1 ? "s are" : " is");
		for (size_t o = 0; o < entry->open_count && (!report->top || o < report->top); o++)
			fprintf(out, "  %s\n",
				plim_open_sentence(report->graph, &graph->opens[entry->opens[o]]));
		if (report->top && entry->open_count > report->top)
			fprintf(out, "  ... %zu more; --top 0 shows all\n",
				entry->open_count - report->top);
	}
	return plim_report_finish(out, err);
}

int plim_report_check(const struct plim_report *report, FILE *out, struct plim_error *err)
{
	struct plim_graph *graph = report->graph;
	bool has_open = false;

	for (size_t i = 0; i < report->entries->count; i++) {
		const struct plim_entry *entry = &report->entries->entries[i];
		bool is_good = entry->verdict == PLIM_VERDICT_PASS;
		char bound[32], budget[32], logging[32];

		fprintf(out, "%s%-4s%s %s: %s%s of %s bytes, logging %s",
			is_good ? GREEN(report) : RED(report),
			is_good ? "ok" : plim_verdict_name(entry->verdict), PLAIN(report),
			graph->nodes[entry->node].name, entry->open_count ? ">= " : "",
			plim_report_bytes(entry->bound_bytes, bound),
			plim_report_bytes(entry->budget_bytes, budget),
			plim_report_bytes(entry->logging_bytes, logging));
		if (entry->verdict == PLIM_VERDICT_OVER)
			fprintf(out, ", over by %s",
				plim_report_bytes(entry->bound_bytes - entry->budget_bytes, bound));
		fputc('\n', out);
		has_open = has_open || entry->open_count;
		for (size_t o = 0; o < entry->open_count && (!report->top || o < report->top); o++)
			fprintf(out, "     open: %s\n",
				plim_open_sentence(graph, &graph->opens[entry->opens[o]]));
		if (report->top && entry->open_count > report->top)
			fprintf(out, "     ... %zu more; --top 0 shows all\n",
				entry->open_count - report->top);
	}
	if (has_open) {
		fputs("next: plimsoll stack rules", out);
		put_operands(graph, out);
		fprintf(out, " --rules %s   (what is open, as questions)\n", report->rules);
	}
	return plim_report_finish(out, err);
}
