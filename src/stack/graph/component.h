/* SPDX-License-Identifier: MIT */
/* Strongly connected components: which functions can call each other in a circle. */
#ifndef PLIM_STACK_COMPONENT_H
#define PLIM_STACK_COMPONENT_H

#include "stack/graph/graph.h"

/** The components of a set of nodes: `nodes[start[i]]` up to `nodes[start[i + 1]]` is one. */
struct plim_components {
	uint32_t *nodes;
	size_t *start;
	size_t count;
};

/** What a search needs for a graph, kept so that many small searches stay cheap. */
struct plim_component_finder;

struct plim_component_finder *plim_component_finder_new(const struct plim_graph *graph);
void plim_component_finder_free(struct plim_component_finder *finder);

/**
 * Finds the components of a set of nodes, callees before callers, following only edges between them
 * (Tarjan 1972, without recursion: a chain of calls can be as long as the binary has functions).
 * Returns 0, or -1 without memory.
 */
int plim_components_find(struct plim_component_finder *finder, const uint32_t *nodes,
			 size_t node_count, struct plim_components *found);

void plim_components_free(struct plim_components *components);

/** Has the component a circle: two nodes, or one that calls itself? */
bool plim_component_is_cyclic(const struct plim_graph *graph,
			      const struct plim_components *components, size_t component);

#endif
