/* SPDX-License-Identifier: MIT */
/* What bound.c found, told to a person: the worst path, and what is open below a function. */
#include <stdlib.h>
#include <string.h>

#include "stack/graph/bound.h"

static int no_memory(struct plim_error *err)
{
	return plim_error_set(err, "no memory for the worst path; give fewer binaries at once");
}

int64_t plim_bound_bytes(const struct plim_node *node)
{
	return node->bound ? node->bound->bytes : 0;
}

int64_t plim_bound_logging(const struct plim_node *node)
{
	int64_t less = node->quiet ? node->quiet->bytes : 0;

	return plim_bound_bytes(node) > less ? plim_bound_bytes(node) - less : 0;
}

struct walk {
	const struct plim_graph *graph;
	struct plim_step *steps;
	size_t count, capacity;
	uint32_t last;                   /* the function whose step came last */
	const struct plim_edge *through; /* the call that led to a node of candidates */
};

static int put(struct walk *walk, struct plim_step step)
{
	if (plim_grow((void **)&walk->steps, walk->count, &walk->capacity, sizeof(step)))
		return -1;
	walk->last = step.node;
	walk->steps[walk->count++] = step;
	return 0;
}

/* The function that a term begins in, or PLIM_NO_NODE. */
static uint32_t begins_in(const struct plim_graph *graph, const struct plim_term *term)
{
	if (term->kind == PLIM_TERM_LEAF)
		return term->item;
	return term->kind == PLIM_TERM_CALL ? graph->edges[term->item].from : PLIM_NO_NODE;
}

static int put_call(struct walk *walk, const struct plim_term *term, int64_t depth)
{
	const struct plim_edge *edge = &walk->graph->edges[term->item];
	uint32_t to = edge->to;

	if (walk->graph->nodes[edge->to].kind == PLIM_NODE_SET) {
		walk->through = edge;
		return 0;
	}
	if (walk->graph->nodes[edge->from].kind == PLIM_NODE_SET && walk->through)
		edge = walk->through;
	return put(walk, (struct plim_step){.node = to, .depth_bytes = depth, .edge = edge});
}

/*
 * The walk knows what rounds take and where calls are made. A function's own part is what lies
 * between its call and the next, less the rounds in between, which are shown behind it.
 */
static void share_out(struct walk *walk, int64_t bound_bytes)
{
	for (size_t s = 0; s < walk->count;) {
		struct plim_step *step = &walk->steps[s];
		int64_t loops = 0, at;
		size_t next = s + 1;

		while (next < walk->count && walk->steps[next].rounds)
			loops += walk->steps[next++].takes_bytes;
		step->takes_bytes =
			(next < walk->count ? walk->steps[next].depth_bytes : bound_bytes) -
			step->depth_bytes - loops;
		at = step->depth_bytes + step->takes_bytes;
		for (s++; s < next; s++) {
			walk->steps[s].depth_bytes = at;
			at += walk->steps[s].takes_bytes;
		}
	}
}

int64_t plim_bound_path(const struct plim_graph *graph, uint32_t node, struct plim_step **steps,
			struct plim_error *err)
{
	struct walk walk = {.graph = graph};
	const struct plim_term *term = graph->nodes[node].bound, *rest = NULL;
	int64_t depth = 0;
	int result = put(&walk, (struct plim_step){.node = node});

	while (term && !result) {
		const struct plim_term *next = NULL;

		switch (term->kind) {
		case PLIM_TERM_LEAF: break;
		case PLIM_TERM_CALL:
			next = term->next;
			depth += term->bytes - next->bytes;
			result = put_call(&walk, term, depth);
			break;
		case PLIM_TERM_HOLE:
			next = rest;
			rest = NULL;
			break;
		case PLIM_TERM_JOIN:
			next = term->next;
			rest = term->rest;
			break;
		case PLIM_TERM_LOOP:
			next = term->rest;
			depth += term->bytes - next->bytes;
			result = put(&walk,
				     (struct plim_step){.node = term->item,
							.depth_bytes = depth,
							.rounds = term->times,
							.round_bytes = term->next->bytes,
							.takes_bytes = term->bytes - next->bytes});
			/* The way out may be another function of the same cycle. */
			if (!result && begins_in(graph, next) != PLIM_NO_NODE &&
			    begins_in(graph, next) != walk.last)
				result = put(&walk,
					     (struct plim_step){.node = begins_in(graph, next),
								.depth_bytes = depth});
			break;
		}
		term = next;
	}
	if (result) {
		free(walk.steps);
		return no_memory(err);
	}
	share_out(&walk, plim_bound_bytes(&graph->nodes[node]));
	*steps = walk.steps;
	return (int64_t)walk.count;
}

static int see(struct plim_graph *graph, uint32_t node, size_t *tail)
{
	if (!graph->seen) {
		graph->seen = calloc(graph->node_count + 1, sizeof(*graph->seen));
		graph->queue = calloc(graph->node_count + 1, sizeof(*graph->queue));
	}
	if (!graph->seen || !graph->queue)
		return -1;
	if (graph->seen[node] != graph->seen_mark) {
		graph->seen[node] = graph->seen_mark;
		graph->queue[(*tail)++] = node;
	}
	return 0;
}

int64_t plim_bound_opens(struct plim_graph *graph, uint32_t node, size_t limit, uint32_t **items,
			 struct plim_error *err)
{
	size_t head = 0, tail = 0, count = 0, capacity = 0;
	int result;

	*items = NULL;
	graph->seen_mark++;
	result = see(graph, node, &tail);
	while (!result && head < tail && (!limit || count < limit)) {
		const struct plim_node *n = &graph->nodes[graph->queue[head++]];

		for (size_t o = 0; o < n->open_count && !result; o++) {
			result = plim_grow((void **)items, count, &capacity, sizeof(**items));
			if (!result)
				(*items)[count++] = (uint32_t)(n->first_open + o);
		}
		for (size_t e = n->first_edge; e < n->first_edge + n->edge_count; e++) {
			if (graph->nodes[graph->edges[e].to].is_open)
				see(graph, graph->edges[e].to, &tail);
		}
	}
	if (result) {
		free(*items);
		*items = NULL;
		return no_memory(err);
	}
	return (int64_t)count;
}

/* One bit an item for every component; more than this many words are not worth a number. */
#define BLOCKED_WORDS_MAX ((size_t)32 << 20)

static void count_bits(struct plim_graph *graph, const uint64_t *words, size_t word_count)
{
	for (size_t w = 0; w < word_count; w++) {
		for (uint64_t bits = words[w]; bits; bits &= bits - 1)
			graph->opens[w * 64 + (size_t)__builtin_ctzll(bits)].blocks++;
	}
}

static int component_order(const void *left, const void *right, void *context)
{
	const struct plim_node *nodes = context;
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return (nodes[a].component > nodes[b].component) -
	       (nodes[a].component < nodes[b].component);
}

int plim_bound_count_blocked(struct plim_graph *graph, struct plim_error *err)
{
	size_t word_count = (graph->open_count + 63) / 64;
	uint64_t *bits;
	uint32_t *order;

	if (!graph->open_count || graph->node_count > BLOCKED_WORDS_MAX / word_count)
		return 0;
	bits = calloc(graph->node_count * word_count, sizeof(*bits)); /* by component */
	order = calloc(graph->node_count, sizeof(*order));
	if (!bits || !order) {
		free(bits);
		free(order);
		return no_memory(err);
	}
	for (size_t i = 0; i < graph->node_count; i++)
		order[i] = (uint32_t)i;
	qsort_r(order, graph->node_count, sizeof(*order), component_order, graph->nodes);
	for (size_t i = 0; i < graph->node_count; i++) {
		const struct plim_node *n = &graph->nodes[order[i]];
		uint64_t *mine = bits + n->component * word_count;

		for (size_t o = n->first_open; o < n->first_open + n->open_count; o++)
			mine[o / 64] |= (uint64_t)1 << (o % 64);
		for (size_t e = n->first_edge; e < n->first_edge + n->edge_count; e++) {
			const uint64_t *below =
				bits + graph->nodes[graph->edges[e].to].component * word_count;

			for (size_t w = 0; w < word_count && below != mine; w++)
				mine[w] |= below[w];
		}
	}
	for (size_t i = 0; i < graph->node_count; i++) {
		if (graph->nodes[i].kind == PLIM_NODE_FUNCTION)
			count_bits(graph, bits + graph->nodes[i].component * word_count,
				   word_count);
	}
	free(bits);
	free(order);
	return 0;
}
