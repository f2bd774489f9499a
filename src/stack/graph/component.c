/* SPDX-License-Identifier: MIT */
#include "stack/graph/component.h"

#include <stdlib.h>

/* What Tarjan's algorithm keeps for a node; index 0 means not yet visited. */
struct visit {
	uint32_t set; /* the last set that the node was in */
	uint32_t index, low;
	bool is_stacked;
	size_t next_edge;
};

struct plim_component_finder {
	const struct plim_graph *graph;
	uint32_t set; /* number of the set being searched */
	struct visit *visits;
};

struct tarjan {
	const struct plim_graph *graph;
	uint32_t set, last_index;
	struct visit *visits;
	uint32_t *path;  /* nodes whose edges are being followed */
	uint32_t *stack; /* nodes that have no component yet */
	size_t path_count, stack_count, node_count;
	struct plim_components *found;
};

static void enter(struct tarjan *t, uint32_t node)
{
	struct visit *visit = &t->visits[node];

	visit->index = visit->low = ++t->last_index;
	visit->is_stacked = true;
	visit->next_edge = 0;
	t->stack[t->stack_count++] = node;
	t->path[t->path_count++] = node;
}

static void leave(struct tarjan *t, uint32_t node)
{
	struct visit *visit = &t->visits[node];

	t->path_count--;
	if (t->path_count) {
		struct visit *caller = &t->visits[t->path[t->path_count - 1]];

		if (visit->low < caller->low)
			caller->low = visit->low;
	}
	if (visit->low != visit->index)
		return;
	for (uint32_t top = PLIM_NO_NODE; top != node;) {
		top = t->stack[--t->stack_count];
		t->visits[top].is_stacked = false;
		t->found->nodes[t->node_count++] = top;
	}
	t->found->start[++t->found->count] = t->node_count;
}

static void follow(struct tarjan *t, uint32_t root)
{
	enter(t, root);
	while (t->path_count) {
		uint32_t node = t->path[t->path_count - 1], to;
		struct visit *visit = &t->visits[node];
		const struct plim_node *n = &t->graph->nodes[node];

		if (visit->next_edge == n->edge_count) {
			leave(t, node);
			continue;
		}
		to = t->graph->edges[n->first_edge + visit->next_edge++].to;
		if (t->visits[to].set != t->set)
			continue;
		if (!t->visits[to].index)
			enter(t, to);
		else if (t->visits[to].is_stacked && t->visits[to].index < visit->low)
			visit->low = t->visits[to].index;
	}
}

struct plim_component_finder *plim_component_finder_new(const struct plim_graph *graph)
{
	struct plim_component_finder *finder = calloc(1, sizeof(*finder));

	if (!finder)
		return NULL;
	finder->graph = graph;
	finder->visits = calloc(graph->node_count + 1, sizeof(*finder->visits));
	if (!finder->visits) {
		free(finder);
		return NULL;
	}
	return finder;
}

void plim_component_finder_free(struct plim_component_finder *finder)
{
	if (!finder)
		return;
	free(finder->visits);
	free(finder);
}

static void search(struct tarjan *t, const uint32_t *nodes, size_t node_count)
{
	for (size_t i = 0; i < node_count; i++)
		t->visits[nodes[i]] = (struct visit){.set = t->set};
	for (size_t i = 0; i < node_count; i++) {
		if (!t->visits[nodes[i]].index)
			follow(t, nodes[i]);
	}
}

int plim_components_find(struct plim_component_finder *finder, const uint32_t *nodes,
			 size_t node_count, struct plim_components *found)
{
	struct tarjan t = {.graph = finder->graph, .visits = finder->visits, .found = found};
	int result = -1;

	t.set = ++finder->set;
	found->count = 0;
	found->nodes = calloc(node_count + 1, sizeof(*found->nodes));
	found->start = calloc(node_count + 1, sizeof(*found->start));
	t.path = calloc(node_count + 1, sizeof(*t.path));
	t.stack = calloc(node_count + 1, sizeof(*t.stack));
	if (found->nodes && found->start && t.path && t.stack) {
		search(&t, nodes, node_count);
		result = 0;
	} else {
		plim_components_free(found);
	}
	free(t.path);
	free(t.stack);
	return result;
}

void plim_components_free(struct plim_components *components)
{
	free(components->nodes);
	free(components->start);
	components->nodes = NULL;
	components->start = NULL;
	components->count = 0;
}

bool plim_component_is_cyclic(const struct plim_graph *graph,
			      const struct plim_components *components, size_t component)
{
	size_t start = components->start[component], end = components->start[component + 1];
	uint32_t node = components->nodes[start];
	const struct plim_node *n = &graph->nodes[node];

	if (end - start > 1)
		return true;
	for (size_t e = n->first_edge; e < n->first_edge + n->edge_count; e++) {
		if (graph->edges[e].to == node)
			return true;
	}
	return false;
}
