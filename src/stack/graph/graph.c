/* SPDX-License-Identifier: MIT */
#include "stack/graph/graph.h"

#include <stdlib.h>
#include <string.h>

static int no_memory(struct plim_error *err)
{
	return plim_error_set(err, "no memory for the call graph; give fewer binaries at once");
}

void plim_graph_free(struct plim_graph *graph)
{
	free(graph->binaries);
	free(graph->nodes);
	free(graph->edges);
	free(graph->opens);
	free(graph->seen);
	free(graph->queue);
	plim_pool_free(&graph->pool);
	memset(graph, 0, sizeof(*graph));
}

int64_t plim_graph_add_binary(struct plim_graph *graph, const struct plim_binary *binary,
			      struct plim_error *err)
{
	if (plim_grow((void **)&graph->binaries, graph->binary_count, &graph->binary_capacity,
		      sizeof(*binary)))
		return no_memory(err);
	graph->binaries[graph->binary_count] = *binary;
	return (int64_t)graph->binary_count++;
}

int64_t plim_graph_add_node(struct plim_graph *graph, const struct plim_node *node,
			    struct plim_error *err)
{
	if (graph->node_count >= PLIM_NO_NODE ||
	    plim_grow((void **)&graph->nodes, graph->node_count, &graph->node_capacity,
		      sizeof(*node)))
		return no_memory(err);
	graph->nodes[graph->node_count] = *node;
	return (int64_t)graph->node_count++;
}

int plim_graph_add_edge(struct plim_graph *graph, const struct plim_edge *edge,
			struct plim_error *err)
{
	if (graph->edge_count >= UINT32_MAX || plim_grow((void **)&graph->edges, graph->edge_count,
							 &graph->edge_capacity, sizeof(*edge)))
		return no_memory(err);
	graph->edges[graph->edge_count++] = *edge;
	return 0;
}

int plim_graph_add_open(struct plim_graph *graph, const struct plim_open *open,
			struct plim_error *err)
{
	if (plim_grow((void **)&graph->opens, graph->open_count, &graph->open_capacity,
		      sizeof(*open)))
		return no_memory(err);
	graph->opens[graph->open_count++] = *open;
	return 0;
}

static int edge_order(const void *left, const void *right)
{
	const struct plim_edge *a = left, *b = right;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	return (a->to > b->to) - (a->to < b->to);
}

int plim_graph_seal(struct plim_graph *graph, struct plim_error *err)
{
	size_t edge = 0;

	if (graph->edge_count)
		qsort(graph->edges, graph->edge_count, sizeof(*graph->edges), edge_order);
	for (size_t n = 0; n < graph->node_count; n++)
		graph->nodes[n].is_called = false;
	for (size_t n = 0; n < graph->node_count; n++) {
		graph->nodes[n].first_edge = edge;
		for (; edge < graph->edge_count && graph->edges[edge].from == n; edge++) {
			if (graph->edges[edge].to >= graph->node_count)
				return plim_error_set(err, "a call leads to no function");
			if (graph->edges[edge].to != n)
				graph->nodes[graph->edges[edge].to].is_called = true;
		}
		graph->nodes[n].edge_count = edge - graph->nodes[n].first_edge;
	}
	return 0;
}

const char *plim_why_name(enum plim_why why)
{
	static const char *const names[PLIM_WHY_COUNT] = {
		[PLIM_WHY_DIRECT] = "direct",       [PLIM_WHY_TAIL] = "tail call",
		[PLIM_WHY_LINKED] = "linked jump",  [PLIM_WHY_IMPORT] = "import",
		[PLIM_WHY_EXTERNAL] = "external",   [PLIM_WHY_RULE] = "by rule",
		[PLIM_WHY_FIELD] = "by field",      [PLIM_WHY_SIGNATURE] = "by signature",
		[PLIM_WHY_TAKEN] = "address taken",
	};

	return names[why];
}

const char *plim_open_name(enum plim_open_kind kind)
{
	static const char *const names[PLIM_OPEN_KINDS] = {
		[PLIM_OPEN_FRAME] = "unknown frame",    [PLIM_OPEN_CONFLICT] = "conflicting frame",
		[PLIM_OPEN_DYNAMIC] = "dynamic frame",  [PLIM_OPEN_EXTERNAL] = "external function",
		[PLIM_OPEN_INDIRECT] = "indirect call", [PLIM_OPEN_RECURSION] = "recursion",
	};

	return names[kind];
}

/* Does `[...]` at `*glob` hold the character? Moves behind it; a `[` without an end is itself. */
static bool set_matches(const char **glob, char c)
{
	const char *at = *glob + 1;
	bool is_not = *at == '!' || *at == '^', is_in = false;

	at += is_not;
	for (const char *first = at; *at && (*at != ']' || at == first); at++) {
		char low = *at, high = low;

		if (at[1] == '-' && at[2] && at[2] != ']') {
			high = at[2];
			at += 2;
		}
		is_in = is_in || (low <= c && c <= high);
	}
	if (!*at) {
		++*glob;
		return c == '[';
	}
	*glob = at + 1;
	return is_in != is_not;
}

/* Only the last `*` needs to be tried again, so the time is the product of the lengths at most;
 * fnmatch(3) takes exponential time for some globs, and these come from a file. */
bool plim_glob_matches(const char *glob, const char *text)
{
	const char *star = NULL, *retry = NULL;

	while (*text) {
		const char *next = glob + 1;
		bool is_match = *glob == '?' || (*glob && *glob == *text);

		if (*glob == '*') {
			star = glob++;
			retry = text;
			continue;
		}
		if (*glob == '[') {
			next = glob;
			is_match = set_matches(&next, *text);
		}
		if (is_match) {
			glob = next;
			text++;
		} else if (star) {
			glob = star + 1;
			text = ++retry;
		} else {
			return false;
		}
	}
	while (*glob == '*')
		glob++;
	return !*glob;
}

/* What compilers put behind the name of a copy or piece of a function. */
static const char *const suffixes[] = {".part.", ".constprop.", ".isra.", ".cold", ".lto_priv."};

bool plim_name_matches(const char *glob, const char *name)
{
	char base[256];
	size_t length = strlen(name);

	if (plim_glob_matches(glob, name))
		return true;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		const char *end = strstr(name, suffixes[i]);

		if (end && (size_t)(end - name) < length)
			length = (size_t)(end - name);
	}
	if (!name[length] || length >= sizeof(base))
		return false;
	memcpy(base, name, length);
	base[length] = '\0';
	return plim_glob_matches(glob, base);
}

const char *plim_node_subject(struct plim_graph *graph, uint32_t node)
{
	const struct plim_node *n = &graph->nodes[node];
	const char *text = NULL;

	if (graph->binary_count > 1 && n->module && !strncmp(n->name, "fn_", 3))
		text = plim_pool_format(&graph->pool, "%s:%s", n->module, n->name);
	return text ? text : n->name;
}

const char *plim_open_sentence(struct plim_graph *graph, const struct plim_open *open)
{
	const char *name = plim_node_subject(graph, open->node), *text;

	if (open->file && open->line)
		text = plim_pool_format(&graph->pool, "%s: %s (%s:%u)", name, open->text,
					open->file, open->line);
	else if (open->address)
		text = plim_pool_format(&graph->pool, "%s: %s (at 0x%llx)", name, open->text,
					(unsigned long long)open->address);
	else
		text = plim_pool_format(&graph->pool, "%s: %s", name, open->text);
	return text ? text : open->text;
}
