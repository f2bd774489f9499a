/* SPDX-License-Identifier: MIT */
/* The bounds themselves; bound.h says what is computed, bound_path.c tells it to a person. */
#include "stack/graph/bound.h"

#include <stdlib.h>
#include <string.h>

#include "stack/graph/component.h"

/* The names of a cycle that an open item prints, before it only counts the rest. */
#define CYCLE_NAMES 8

/* Questions about one knot of cycles: answering these shows the next ones. Keeps a kernel's one huge
 * knot from costing minutes. */
#define CYCLE_QUESTIONS 256

struct solver {
	struct plim_graph *graph;
	struct plim_component_finder *finder;
	struct plim_error *err;
	bool is_quiet;                     /* as if no logging were done */
	const struct plim_term **value;    /* e(v), and once the cycle is done the bound */
	const struct plim_term **to_pivot; /* d(v); NULL: no way, or not in a ruled cycle */
	uint32_t *mark; /* == component: the node is a pivot of the cycle at hand */
	bool *has_open;
	unsigned questions; /* asked about the cycle at hand */
};

static const struct plim_term hole = {.kind = PLIM_TERM_HOLE};

static int no_memory(struct plim_error *err)
{
	return plim_error_set(err, "no memory for the bounds; give fewer binaries at once");
}

static int64_t add(int64_t a, int64_t b)
{
	return a > PLIM_BYTES_MAX - b ? PLIM_BYTES_MAX : a + b;
}

static int64_t multiply(int64_t a, int64_t times)
{
	int64_t product;

	if (__builtin_mul_overflow(a, times, &product) || product > PLIM_BYTES_MAX)
		return PLIM_BYTES_MAX;
	return product;
}

static const struct plim_term *term_new(struct solver *s, struct plim_term term)
{
	struct plim_term *made = plim_pool_take(&s->graph->pool, sizeof(*made));

	if (made)
		*made = term;
	return made;
}

static const struct plim_term *leaf(struct solver *s, uint32_t node)
{
	const struct plim_node *n = &s->graph->nodes[node];
	int64_t bytes = add(n->frame_bytes, n->red_zone_bytes);

	if (s->is_quiet)
		bytes = n->is_logging ? 0 : bytes - n->logging_frame_bytes;
	return term_new(s, (struct plim_term){PLIM_TERM_LEAF, .item = node, .bytes = bytes});
}

/* What a way on from `edge` costs, or -1 when this pass does not take the edge. */
static int64_t through(const struct solver *s, const struct plim_edge *edge,
		       const struct plim_term *next)
{
	const struct plim_node *from = &s->graph->nodes[edge->from];
	int64_t charge = edge->charge_bytes;

	if (s->is_quiet) {
		if (s->graph->nodes[edge->to].is_logging || from->is_logging)
			return -1;
		charge -= from->logging_frame_bytes;
		charge = charge < 0 ? 0 : charge;
	}
	return add(charge, next->bytes);
}

/* The best of a node's calls, each judged by what `pick` knows of its target; NULL: none counts. */
static const struct plim_term *
best_call(struct solver *s, uint32_t node, const struct plim_term *start,
	  const struct plim_term *(*pick)(const struct solver *, uint32_t to))
{
	const struct plim_node *n = &s->graph->nodes[node];
	const struct plim_term *best_next = NULL;
	int64_t best = start ? start->bytes : -1;
	size_t best_edge = 0;

	for (size_t e = n->first_edge; e < n->first_edge + n->edge_count; e++) {
		const struct plim_term *next = pick(s, s->graph->edges[e].to);
		int64_t bytes = next ? through(s, &s->graph->edges[e], next) : -1;

		if (bytes > best) {
			best = bytes;
			best_next = next;
			best_edge = e;
		}
	}
	if (!best_next)
		return start;
	return term_new(s, (struct plim_term){PLIM_TERM_CALL, .item = (uint32_t)best_edge,
					      .bytes = best, .next = best_next});
}

static bool is_pivot(const struct solver *s, uint32_t node)
{
	return s->mark[node] == s->graph->nodes[node].component + 1;
}

static const struct plim_term *pick_value(const struct solver *s, uint32_t to)
{
	return is_pivot(s, to) ? NULL : s->value[to];
}

static const struct plim_term *pick_to_pivot(const struct solver *s, uint32_t to)
{
	return is_pivot(s, to) ? &hole : s->to_pivot[to];
}

/* e(v) and d(v) of a node whose callees are done, or are not to be followed. */
static int solve_node(struct solver *s, uint32_t node)
{
	const struct plim_term *own = leaf(s, node);

	if (!own)
		return no_memory(s->err);
	s->to_pivot[node] = best_call(s, node, NULL, pick_to_pivot);
	s->value[node] = best_call(s, node, own, pick_value);
	return s->value[node] ? 0 : no_memory(s->err);
}

/*
 * The nodes of a cycle in an order in which each comes after the callees that it is to follow: what
 * a depth-first walk leaves of the cycle when it drops the calls that close it.
 */
static int solve_unruled(struct solver *s, const uint32_t *nodes, size_t count)
{
	uint32_t *path = calloc(count, sizeof(*path));
	size_t *next = calloc(count, sizeof(*next)), depth;
	bool *seen = calloc(s->graph->node_count, sizeof(*seen)), *inside;
	int result = -1;

	inside = calloc(s->graph->node_count, sizeof(*inside));
	if (!path || !next || !seen || !inside) {
		no_memory(s->err);
		goto out;
	}
	for (size_t i = 0; i < count; i++)
		inside[nodes[i]] = true;
	/* Tarjan gives the node by which he came into the cycle last. */
	for (size_t i = count; i-- > 0;) {
		if (seen[nodes[i]])
			continue;
		depth = 0;
		path[depth] = nodes[i];
		next[depth++] = 0;
		seen[nodes[i]] = true;
		while (depth) {
			const struct plim_node *n = &s->graph->nodes[path[depth - 1]];
			uint32_t to;

			if (next[depth - 1] == n->edge_count) {
				if (solve_node(s, path[--depth]))
					goto out;
				continue;
			}
			to = s->graph->edges[n->first_edge + next[depth - 1]++].to;
			if (!inside[to] || seen[to])
				continue;
			seen[to] = true;
			path[depth] = to;
			next[depth++] = 0;
		}
	}
	result = 0;
out:
	free(path);
	free(next);
	free(seen);
	free(inside);
	return result;
}

/* The member of a cycle that the most calls inside it lead to: the best place for a rule. */
static uint32_t busiest(const struct solver *s, const uint32_t *nodes, size_t count,
			uint32_t *calls)
{
	uint32_t best = PLIM_NO_NODE;

	for (size_t i = 0; i < count; i++)
		calls[nodes[i]] = 1;
	for (size_t i = 0; i < count; i++) {
		const struct plim_node *n = &s->graph->nodes[nodes[i]];

		for (size_t e = n->first_edge; e < n->first_edge + n->edge_count; e++) {
			if (calls[s->graph->edges[e].to])
				calls[s->graph->edges[e].to]++;
		}
	}
	for (size_t i = 0; i < count; i++) {
		if (s->graph->nodes[nodes[i]].kind == PLIM_NODE_FUNCTION &&
		    (best == PLIM_NO_NODE || calls[nodes[i]] > calls[best]))
			best = nodes[i];
	}
	for (size_t i = 0; i < count; i++)
		calls[nodes[i]] = 0;
	return best;
}

/* `a -> b -> a`: the shortest way from a node of the cycle back to it. */
static const char *cycle_text(struct solver *s, uint32_t node, const uint32_t *nodes, size_t count)
{
	struct plim_graph *graph = s->graph;
	uint32_t *before = calloc(graph->node_count, sizeof(*before));
	uint32_t *queue = calloc(count + 1, sizeof(*queue)), way[CYCLE_NAMES];
	size_t head = 0, tail = 0, shown = 0, length = 0;
	const char *text = NULL;
	bool is_closed = false;

	if (!before || !queue)
		goto out;
	for (size_t i = 0; i < count; i++)
		before[nodes[i]] = PLIM_NO_NODE;
	for (queue[tail++] = node; head < tail && !is_closed;) {
		uint32_t at = queue[head++];
		const struct plim_node *n = &graph->nodes[at];

		for (size_t e = n->first_edge; e < n->first_edge + n->edge_count; e++) {
			uint32_t to = graph->edges[e].to;

			if (before[to] != PLIM_NO_NODE) /* outside, or seen */
				continue;
			before[to] = at;
			is_closed = is_closed || to == node;
			if (to != node)
				queue[tail++] = to;
		}
	}
	for (uint32_t at = is_closed ? before[node] : node;; at = before[at]) {
		if (graph->nodes[at].kind == PLIM_NODE_FUNCTION && at != node &&
		    length++ < CYCLE_NAMES)
			way[shown++] = at;
		if (at == node)
			break;
	}
	text = graph->nodes[node].name;
	if (length > CYCLE_NAMES)
		text = plim_pool_format(&graph->pool, "%s -> ... %zu more", text,
					length - CYCLE_NAMES);
	while (shown-- && text)
		text = plim_pool_format(&graph->pool, "%s -> %s", text,
					graph->nodes[way[shown]].name);
	if (text)
		text = plim_pool_format(&graph->pool, "%s -> %s", text, graph->nodes[node].name);
out:
	free(before);
	free(queue);
	return text;
}

static int open_recursion(struct solver *s, uint32_t pivot, const uint32_t *nodes, size_t count)
{
	const struct plim_node *n = &s->graph->nodes[pivot];
	struct plim_open open = {.kind = PLIM_OPEN_RECURSION, .node = pivot};
	const char *cycle = cycle_text(s, pivot, nodes, count);

	if (cycle) {
		open.text = plim_pool_format(&s->graph->pool,
					     "recursion, how deep is not known: %s", cycle);
		open.rule = plim_pool_format(&s->graph->pool, "recursion %s <= ?",
					     plim_node_subject(s->graph, pivot));
	}
	if (!open.text || !open.rule)
		return no_memory(s->err);
	open.file = n->file;
	open.line = n->line;
	s->has_open[pivot] = true;
	return plim_graph_add_open(s->graph, &open, s->err);
}

/* An open item for the busiest function of a cycle, and for those of the cycles left without it. */
static int ask_recursion(struct solver *s, const uint32_t *nodes, size_t count)
{
	uint32_t *calls = calloc(s->graph->node_count, sizeof(*calls));
	uint32_t *left = calloc(count, sizeof(*left));
	struct plim_components parts = {0};
	uint32_t pivot;
	size_t left_count = 0;
	int result = -1;

	if (!calls || !left)
		goto out;
	s->questions++;
	pivot = busiest(s, nodes, count, calls);
	if (open_recursion(s, pivot, nodes, count))
		goto out;
	for (size_t i = 0; i < count; i++) {
		if (nodes[i] != pivot)
			left[left_count++] = nodes[i];
	}
	if (plim_components_find(s->finder, left, left_count, &parts))
		goto out;
	free(calls);
	calls = NULL;
	result = 0;
	for (size_t p = 0; p < parts.count && !result && s->questions < CYCLE_QUESTIONS; p++) {
		if (plim_component_is_cyclic(s->graph, &parts, p))
			result = ask_recursion(s, parts.nodes + parts.start[p],
					       parts.start[p + 1] - parts.start[p]);
	}
out:
	plim_components_free(&parts);
	free(calls);
	free(left);
	return result ? no_memory(s->err) : 0;
}

/* e and d of everything in a cycle but its pivots. */
static int solve_between(struct solver *s, const uint32_t *nodes, size_t count)
{
	struct plim_components parts;
	int result = 0;

	if (plim_components_find(s->finder, nodes, count, &parts))
		return no_memory(s->err);
	for (size_t p = 0; p < parts.count && !result; p++) {
		const uint32_t *part = parts.nodes + parts.start[p];
		size_t part_count = parts.start[p + 1] - parts.start[p];

		if (!plim_component_is_cyclic(s->graph, &parts, p)) {
			result = solve_node(s, part[0]);
			continue;
		}
		if (!s->is_quiet)
			result = ask_recursion(s, part, part_count);
		if (!result)
			result = solve_unruled(s, part, part_count);
	}
	plim_components_free(&parts);
	return result;
}

/* T of bound.h, as terms: the rounds of every pivot, then the way out of the best last one. */
static const struct plim_term *solve_pivots(struct solver *s, const uint32_t *pivots, size_t count)
{
	const struct plim_term *chain;
	size_t last = 0;
	int64_t best = INT64_MIN;

	for (size_t i = 0; i < count; i++) {
		const struct plim_term *round, *way_out;
		int64_t gain;

		if (solve_node(s, pivots[i]))
			return NULL;
		round = s->to_pivot[pivots[i]];
		way_out = s->value[pivots[i]];
		gain = way_out->bytes - (round ? round->bytes : 0);
		if (gain > best) {
			best = gain;
			last = i;
		}
	}
	chain = s->value[pivots[last]];
	for (size_t i = 0; i < count && chain; i++) {
		const struct plim_term *round = s->to_pivot[pivots[i]];
		int64_t times = s->graph->nodes[pivots[i]].recursion_limit - (i == last);

		if (!round || times < 1)
			continue;
		chain = term_new(s,
				 (struct plim_term){
					 PLIM_TERM_LOOP, .item = pivots[i],
					 .bytes = add(multiply(round->bytes, times), chain->bytes),
					 .times = times, .next = round, .rest = chain});
	}
	if (!chain)
		no_memory(s->err);
	return chain;
}

static int solve_cycle(struct solver *s, const uint32_t *nodes, size_t count)
{
	uint32_t *split = calloc(count, sizeof(*split)); /* pivots first, the others behind */
	size_t pivots = 0, others = count;
	const struct plim_term *chain = NULL;
	int result = -1;

	if (!split)
		return no_memory(s->err);
	for (size_t i = 0; i < count; i++) {
		struct plim_node *n = &s->graph->nodes[nodes[i]];

		n->is_cyclic = true;
		if (n->recursion_limit > 0) {
			s->mark[nodes[i]] = n->component + 1;
			split[pivots++] = nodes[i];
		} else {
			split[--others] = nodes[i];
		}
	}
	s->questions = 0;
	if (solve_between(s, split + pivots, count - pivots))
		goto out;
	if (pivots) {
		chain = solve_pivots(s, split, pivots);
		if (!chain)
			goto out;
	}
	for (size_t i = 0; i < count; i++) {
		uint32_t node = split[i];
		const struct plim_term *way = s->to_pivot[node], *joined = chain;

		s->mark[node] = 0;
		s->to_pivot[node] = NULL;
		if (i >= pivots && way && chain &&
		    add(way->bytes, chain->bytes) > s->value[node]->bytes)
			joined = term_new(s,
					  (struct plim_term){PLIM_TERM_JOIN,
							     .bytes = add(way->bytes, chain->bytes),
							     .next = way, .rest = chain});
		else if (i >= pivots)
			joined = s->value[node];
		if (!joined) {
			no_memory(s->err);
			goto out;
		}
		s->value[node] = joined;
	}
	result = 0;
out:
	free(split);
	return result;
}

static void spread_open(struct solver *s, const uint32_t *nodes, size_t count)
{
	bool is_open = false;

	for (size_t i = 0; i < count && !is_open; i++) {
		const struct plim_node *n = &s->graph->nodes[nodes[i]];

		is_open = s->has_open[nodes[i]];
		for (size_t e = n->first_edge; e < n->first_edge + n->edge_count; e++)
			is_open = is_open || s->graph->nodes[s->graph->edges[e].to].is_open;
	}
	for (size_t i = 0; i < count; i++)
		s->graph->nodes[nodes[i]].is_open = is_open;
}

static int solve_all(struct solver *s, const struct plim_components *parts)
{
	struct plim_graph *graph = s->graph;

	for (size_t p = 0; p < parts->count; p++) {
		const uint32_t *nodes = parts->nodes + parts->start[p];
		size_t count = parts->start[p + 1] - parts->start[p];
		int result;

		for (size_t i = 0; i < count; i++)
			graph->nodes[nodes[i]].component = (uint32_t)p;
		result = plim_component_is_cyclic(graph, parts, p) ? solve_cycle(s, nodes, count)
								   : solve_node(s, nodes[0]);
		if (result)
			return -1;
		if (!s->is_quiet)
			spread_open(s, nodes, count);
		for (size_t i = 0; i < count; i++) {
			if (s->is_quiet)
				graph->nodes[nodes[i]].quiet = s->value[nodes[i]];
			else
				graph->nodes[nodes[i]].bound = s->value[nodes[i]];
		}
	}
	return 0;
}

static int open_order(const void *left, const void *right)
{
	const struct plim_open *a = left, *b = right;

	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	return (a->address > b->address) - (a->address < b->address);
}

static void sort_opens(struct plim_graph *graph)
{
	size_t at = 0;

	if (graph->open_count)
		qsort(graph->opens, graph->open_count, sizeof(*graph->opens), open_order);
	for (size_t n = 0; n < graph->node_count; n++) {
		graph->nodes[n].first_open = at;
		while (at < graph->open_count && graph->opens[at].node == n)
			at++;
		graph->nodes[n].open_count = at - graph->nodes[n].first_open;
	}
}

static int compute(struct solver *s, const uint32_t *every)
{
	struct plim_components parts;
	int result;

	if (plim_components_find(s->finder, every, s->graph->node_count, &parts))
		return no_memory(s->err);
	result = solve_all(s, &parts);
	if (!result) {
		memset(s->value, 0, s->graph->node_count * sizeof(*s->value));
		s->is_quiet = true;
		result = solve_all(s, &parts);
	}
	plim_components_free(&parts);
	if (!result)
		sort_opens(s->graph);
	return result;
}

int plim_bound_compute(struct plim_graph *graph, struct plim_error *err)
{
	struct solver s = {.graph = graph, .err = err};
	size_t count = graph->node_count + 1;
	uint32_t *every = calloc(count, sizeof(*every));
	int result;

	s.finder = plim_component_finder_new(graph);
	s.value = calloc(count, sizeof(*s.value));
	s.to_pivot = calloc(count, sizeof(*s.to_pivot));
	s.mark = calloc(count, sizeof(*s.mark));
	s.has_open = calloc(count, sizeof(*s.has_open));
	if (!every || !s.finder || !s.value || !s.to_pivot || !s.mark || !s.has_open) {
		result = no_memory(err);
	} else {
		for (size_t i = 0; i < graph->node_count; i++)
			every[i] = (uint32_t)i;
		for (size_t i = 0; i < graph->open_count; i++)
			s.has_open[graph->opens[i].node] = true;
		result = compute(&s, every);
	}
	plim_component_finder_free(s.finder);
	free(every);
	free(s.value);
	free(s.to_pivot);
	free(s.mark);
	free(s.has_open);
	return result;
}
