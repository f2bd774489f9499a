/* SPDX-License-Identifier: MIT */
/* Who logs, and what it costs, for a person. */
#include <stdlib.h>
#include <string.h>

#include "stack/report/blame.h"
#include "stack/report/report.h"

#define TOP_DEFAULT 20

static const char *base_name(const char *path)
{
	return strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
}

static void put_head(const struct plim_node *node, FILE *out)
{
	char frame[32], part[32], bound[32], share[32];

	fprintf(out, "%s", node->name);
	if (node->file && node->line)
		fprintf(out, " (%s:%u)", base_name(node->file), node->line);
	fprintf(out, ": frame %s, of it logging %s; bound %s%s, logging's share %s\n",
		plim_report_bytes(node->frame_bytes, frame),
		plim_report_bytes(node->logging_frame_bytes, part), node->is_open ? ">= " : "",
		plim_report_bytes(plim_bound_bytes(node), bound),
		plim_report_bytes(plim_bound_logging(node), share));
}

static void put_statement(const struct plim_statement *statement, FILE *out)
{
	char place[64], extent[32], below[32];

	if (statement->file && statement->line)
		snprintf(place, sizeof(place), "%.48s:%u", base_name(statement->file),
			 statement->line);
	else
		snprintf(place, sizeof(place), "0x%llx", (unsigned long long)statement->address);
	fprintf(out, "  %-32s %10s  %s%12s  %s", place,
		plim_report_bytes(statement->extent_bytes, extent),
		statement->is_open ? ">=" : "  ", plim_report_bytes(statement->below_bytes, below),
		statement->sink);
	if (statement->calls > 1)
		fprintf(out, " and %zu more call%s", statement->calls - 1,
			statement->calls > 2 ? "s" : "");
	fputc('\n', out);
}

static int put_function(struct plim_callgraph *cg, uint32_t node, FILE *out, struct plim_error *err)
{
	struct plim_blame blame;
	char bytes[32];

	put_head(&cg->graph.nodes[node], out);
	if (plim_blame_function(cg, node, &blame, err))
		return -1;
	if (!blame.count) {
		fputs("  no logging statement; --sinks REGEX says what else logs\n", out);
		return 0;
	}
	fprintf(out, "  %-32s %10s  %14s  %s\n", "statement", "extent", "reaches", "calls");
	for (size_t s = 0; s < blame.count; s++)
		put_statement(&blame.statements[s], out);
	if (blame.has_lines) {
		fprintf(out, "  %-32s %10s  in no other code's use; statements may share bytes\n",
			"all statements together", plim_report_bytes(blame.union_bytes, bytes));
		fprintf(out, "  %-32s %10s\n", "other code",
			plim_report_bytes(blame.other_bytes, bytes));
		fprintf(out, "  %-32s %10s  padding, and what no instruction names\n",
			"not attributed", plim_report_bytes(blame.rest_bytes, bytes));
	} else {
		fputs("  without debug information the frame cannot be divided by line\n", out);
	}
	fputs("  exact: build without the statements, then plimsoll stack diff WITHOUT WITH\n",
	      out);
	plim_blame_free(&blame);
	return 0;
}

static int logging_order(const void *left, const void *right, void *context)
{
	const struct plim_node *nodes = context;
	const struct plim_node *a = &nodes[*(const uint32_t *)left];
	const struct plim_node *b = &nodes[*(const uint32_t *)right];

	if (a->logging_frame_bytes != b->logging_frame_bytes)
		return a->logging_frame_bytes < b->logging_frame_bytes ? 1 : -1;
	if (plim_bound_logging(a) != plim_bound_logging(b))
		return plim_bound_logging(a) < plim_bound_logging(b) ? 1 : -1;
	return (a->address > b->address) - (a->address < b->address);
}

/* Calls in a function that go straight to something that logs. */
static size_t sink_calls(const struct plim_graph *graph, const struct plim_node *node)
{
	size_t calls = 0;

	for (size_t e = node->first_edge; e < node->first_edge + node->edge_count; e++)
		calls += graph->nodes[graph->edges[e].to].is_logging;
	return calls;
}

static int put_all(struct plim_callgraph *cg, size_t top, FILE *out, struct plim_error *err)
{
	const struct plim_graph *graph = &cg->graph;
	size_t count, kept = 0, calls = 0;
	uint32_t *nodes = plim_report_deepest(graph, &count);
	int64_t frames = 0;
	char bytes[32], share[32], frame[32];

	if (!nodes)
		return plim_error_set(err, "no memory for the report");
	for (size_t i = 0; i < count; i++) {
		const struct plim_node *node = &graph->nodes[nodes[i]];

		if (node->is_logging || !sink_calls(graph, node))
			continue;
		calls += sink_calls(graph, node);
		frames += node->logging_frame_bytes;
		nodes[kept++] = nodes[i];
	}
	qsort_r(nodes, kept, sizeof(*nodes), logging_order, graph->nodes);
	fprintf(out, "%zu logging calls in %zu functions; %s bytes of their frames are logging's\n",
		calls, kept, plim_report_bytes(frames, bytes));
	if (kept)
		fprintf(out, "  %-36s %10s %10s %10s %7s\n", "function", "frame", "logging's",
			"of bound", "calls");
	for (size_t i = 0; i < kept && i < (top ? top : TOP_DEFAULT); i++) {
		const struct plim_node *node = &graph->nodes[nodes[i]];

		fprintf(out, "  %-36s %10s %10s %10s %7zu\n", node->name,
			plim_report_bytes(node->frame_bytes, frame),
			plim_report_bytes(node->logging_frame_bytes, bytes),
			plim_report_bytes(plim_bound_logging(node), share),
			sink_calls(graph, node));
	}
	if (kept > (top ? top : TOP_DEFAULT))
		fprintf(out, "  ... %zu more; --top N shows more\n",
			kept - (top ? top : TOP_DEFAULT));
	if (!kept)
		fputs("nothing logs that is known to; --sinks REGEX names what does\n", out);
	else
		fprintf(out, "next: plimsoll stack blame %s %s\n", graph->binaries[0].path,
			graph->nodes[nodes[0]].name);
	free(nodes);
	return 0;
}

int plim_blame_text(struct plim_callgraph *cg, const uint32_t *node, size_t top, FILE *out,
		    struct plim_error *err)
{
	if (node ? put_function(cg, *node, out, err) : put_all(cg, top, out, err))
		return -1;
	return plim_report_finish(out, err);
}
