/* SPDX-License-Identifier: MIT */
/* What the writers of reports share. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "stack/report/report.h"

static int bound_order(const void *left, const void *right, void *context)
{
	const struct plim_node *nodes = context;
	const struct plim_node *a = &nodes[*(const uint32_t *)left];
	const struct plim_node *b = &nodes[*(const uint32_t *)right];
	int64_t x = plim_bound_bytes(a), y = plim_bound_bytes(b);

	if (x != y)
		return x < y ? 1 : -1;
	return (a->address > b->address) - (a->address < b->address);
}

uint32_t *plim_report_deepest(const struct plim_graph *graph, size_t *count)
{
	uint32_t *nodes = calloc(graph->node_count + 1, sizeof(*nodes));

	*count = 0;
	for (size_t n = 0; nodes && n < graph->node_count; n++) {
		if (graph->nodes[n].kind == PLIM_NODE_FUNCTION)
			nodes[(*count)++] = (uint32_t)n;
	}
	if (nodes)
		qsort_r(nodes, *count, sizeof(*nodes), bound_order, graph->nodes);
	return nodes;
}

int plim_report_finish(FILE *out, struct plim_error *err)
{
	if (fflush(out) || ferror(out))
		return plim_error_set(err, "the report could not be written: %s",
				      errno ? strerror(errno) : "the stream failed");
	return 0;
}

char *plim_report_bytes(int64_t bytes, char *buffer)
{
	char digits[24];
	int length = snprintf(digits, sizeof(digits), "%lld", (long long)bytes), at = 0;

	for (int i = 0; i < length; i++) {
		if (i && (length - i) % 3 == 0 && digits[i - 1] != '-')
			buffer[at++] = ',';
		buffer[at++] = digits[i];
	}
	buffer[at] = '\0';
	return buffer;
}

bool plim_report_is_logging(const struct plim_graph *graph, const struct plim_step *steps,
			    size_t step)
{
	for (size_t s = 0; s <= step; s++) {
		if (graph->nodes[steps[s].node].is_logging)
			return true;
	}
	return false;
}
