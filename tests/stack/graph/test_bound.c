/* SPDX-License-Identifier: MIT */
/* Bounds of plain graphs whose depth is known by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "stack/graph/bound.h"

static struct plim_graph graph;
static struct plim_error err;

static int begin(void **state)
{
	(void)state;
	memset(&graph, 0, sizeof(graph));
	return 0;
}

static int end(void **state)
{
	(void)state;
	plim_graph_free(&graph);
	return 0;
}

static uint32_t function(const char *name, int64_t frame_bytes)
{
	struct plim_node node = {.kind = PLIM_NODE_FUNCTION,
				 .name = name,
				 .status = "proved",
				 .frame_bytes = frame_bytes};
	int64_t place = plim_graph_add_node(&graph, &node, &err);

	assert_true(place >= 0);
	return (uint32_t)place;
}

static void call(uint32_t from, uint32_t to, int64_t depth_bytes)
{
	static uint64_t address;
	struct plim_edge edge = {
		.from = from, .to = to, .charge_bytes = depth_bytes, .address = ++address};

	assert_int_equal(plim_graph_add_edge(&graph, &edge, &err), 0);
}

static void open_item(uint32_t node)
{
	struct plim_open open = {
		.kind = PLIM_OPEN_EXTERNAL, .node = node, .text = "x", .rule = "y"};

	assert_int_equal(plim_graph_add_open(&graph, &open, &err), 0);
}

static void compute(void)
{
	assert_int_equal(plim_graph_seal(&graph, &err), 0);
	assert_int_equal(plim_bound_compute(&graph, &err), 0);
}

static int64_t bound(uint32_t node)
{
	return plim_bound_bytes(&graph.nodes[node]);
}

/* A call is charged where it is made, not at the caller's deepest point. */
static void test_depth_at_the_call(void **state)
{
	uint32_t a = function("a", 100), b = function("b", 30), c = function("c", 50);

	(void)state;
	call(a, b, 40);
	call(a, c, 60);
	compute();
	assert_int_equal(bound(b), 30);
	assert_int_equal(bound(a), 110); /* 60 + 50, above its own 100 and 40 + 30 */
	assert_false(graph.nodes[a].is_open);
}

static void test_red_zone_counts_in_leaves(void **state)
{
	uint32_t a = function("a", 16), b = function("b", 8);

	(void)state;
	graph.nodes[b].red_zone_bytes = 88;
	call(a, b, 16);
	compute();
	assert_int_equal(bound(b), 96);
	assert_int_equal(bound(a), 112);
}

static void test_open_reaches_callers(void **state)
{
	uint32_t a = function("a", 16), b = function("b", 16), c = function("c", 16);
	uint32_t *items;

	(void)state;
	call(a, b, 16);
	call(c, c == 2 ? b : b, 16);
	open_item(b);
	function("alone", 8);
	compute();
	assert_true(graph.nodes[a].is_open);
	assert_true(graph.nodes[b].is_open);
	assert_false(graph.nodes[3].is_open);
	assert_int_equal(plim_bound_opens(&graph, a, 0, &items, &err), 1);
	assert_int_equal(graph.opens[items[0]].node, b);
	free(items);
	assert_int_equal(plim_bound_count_blocked(&graph, &err), 0);
	assert_int_equal(graph.opens[0].blocks, 3);
}

static void test_recursion_is_open(void **state)
{
	uint32_t a = function("a", 16), b = function("b", 24), c = function("c", 32);

	(void)state;
	call(a, b, 16);
	call(b, c, 24);
	call(c, b, 32);
	compute();
	assert_int_equal(graph.open_count, 1);
	assert_int_equal(graph.opens[0].kind, PLIM_OPEN_RECURSION);
	assert_true(strstr(graph.opens[0].text, "b -> c -> b") ||
		    strstr(graph.opens[0].text, "c -> b -> c"));
	assert_true(graph.nodes[a].is_open);
	assert_int_equal(bound(a), 16 + 24 + 32); /* the known part: each of them once */
}

static void test_recursion_with_rule(void **state)
{
	uint32_t a = function("a", 16), f = function("f", 48), leaf = function("leaf", 100);

	(void)state;
	call(a, f, 16);
	call(f, f, 40);
	call(f, leaf, 48);
	graph.nodes[f].recursion_limit = 5;
	compute();
	assert_int_equal(graph.open_count, 0);
	assert_int_equal(bound(f), 4 * 40 + 48 + 100);
	assert_int_equal(bound(a), 16 + 4 * 40 + 48 + 100);
}

/* The way back may be longer than any single function's frame. */
static void test_mutual_recursion_with_rule(void **state)
{
	uint32_t a = function("a", 16), f = function("f", 20), g = function("g", 30);
	uint32_t h = function("h", 200);

	(void)state;
	call(a, g, 16);
	call(f, g, 20);
	call(g, f, 30);
	call(g, h, 25);
	graph.nodes[f].recursion_limit = 3;
	compute();
	assert_int_equal(graph.open_count, 0);
	/* f needs 2 rounds of 50 and then 20 + 25 + 200; entered at g, 30 more. */
	assert_int_equal(bound(f), 2 * 50 + 20 + 25 + 200);
	assert_int_equal(bound(g), 30 + bound(f));
	assert_int_equal(bound(a), 16 + bound(g));
}

static void test_one_rule_of_two_needed(void **state)
{
	uint32_t f = function("f", 16), g = function("g", 16);

	(void)state;
	call(f, f, 16);
	call(f, g, 16);
	call(g, g, 16);
	call(g, f, 16);
	graph.nodes[f].recursion_limit = 2;
	compute();
	assert_int_equal(graph.open_count, 1);
	assert_int_equal(graph.opens[0].node, g);
	assert_true(graph.nodes[f].is_open);
}

/* Two rules in one knot add up; they do not multiply. */
static void test_two_rules_in_a_knot(void **state)
{
	uint32_t f = function("f", 16), g = function("g", 32);

	(void)state;
	call(f, g, 16);
	call(g, f, 32);
	call(g, g, 32);
	graph.nodes[f].recursion_limit = 3;
	graph.nodes[g].recursion_limit = 4;
	compute();
	assert_int_equal(graph.open_count, 0);
	assert_int_equal(bound(f), 3 * 16 + 4 * 32);
	assert_true(bound(g) <= bound(f));
}

static void test_known_part_of_self_recursion(void **state)
{
	uint32_t f = function("f", 64);

	(void)state;
	call(f, f, 64);
	compute();
	assert_int_equal(bound(f), 64);
	assert_true(graph.nodes[f].is_open);
	assert_int_equal(graph.open_count, 1);
}

static void test_logging_share(void **state)
{
	uint32_t a = function("a", 64), log = function("log", 2000), work = function("work", 500);

	(void)state;
	call(a, log, 64);
	call(a, work, 64);
	graph.nodes[log].is_logging = true;
	graph.nodes[a].logging_frame_bytes = 24;
	compute();
	assert_int_equal(bound(a), 2064);
	assert_int_equal(plim_bound_logging(&graph.nodes[a]), 2064 - (40 + 500));
	assert_int_equal(plim_bound_logging(&graph.nodes[log]), 2000);
	assert_int_equal(plim_bound_logging(&graph.nodes[work]), 0);
}

/* Nodes that stand for candidates cost nothing and are not shown. */
static void test_candidates(void **state)
{
	struct plim_node set = {.kind = PLIM_NODE_SET, .name = "", .status = ""};
	uint32_t a = function("a", 64), x = function("x", 10), y = function("y", 70), s;
	struct plim_step *steps;

	(void)state;
	s = (uint32_t)plim_graph_add_node(&graph, &set, &err);
	call(a, s, 64);
	call(s, x, 0);
	call(s, y, 0);
	compute();
	assert_int_equal(bound(a), 134);
	assert_int_equal(plim_bound_path(&graph, a, &steps, &err), 2);
	assert_int_equal(steps[1].node, y);
	assert_int_equal(steps[1].depth_bytes, 64);
	free(steps);
}

static void test_path_shows_rounds(void **state)
{
	uint32_t a = function("a", 16), f = function("f", 48), leaf = function("leaf", 100);
	struct plim_step *steps;

	(void)state;
	call(a, f, 16);
	call(f, f, 40);
	call(f, leaf, 48);
	graph.nodes[f].recursion_limit = 5;
	compute();
	assert_int_equal(plim_bound_path(&graph, a, &steps, &err), 4);
	assert_int_equal(steps[1].node, f);
	assert_int_equal(steps[2].rounds, 4);
	assert_int_equal(steps[2].round_bytes, 40);
	assert_int_equal(steps[3].node, leaf);
	assert_int_equal(steps[3].depth_bytes + graph.nodes[leaf].frame_bytes, bound(a));
	free(steps);
}

/* Every step's depth plus what follows is the bound, in graphs made at random, and each bound is at
 * least every way through the graph that a walk of 200 random calls finds. */
static void test_random_graphs(void **state)
{
	unsigned seed = 7;

	for (int round = 0; round < 300; round++) {
		uint32_t count = 3 + (uint32_t)rand_r(&seed) % 20;

		plim_graph_free(&graph);
		for (uint32_t n = 0; n < count; n++)
			function("n", 8 + rand_r(&seed) % 100);
		for (uint32_t e = 0; e < count * 2; e++) {
			uint32_t from = (uint32_t)rand_r(&seed) % count;

			call(from, (uint32_t)rand_r(&seed) % count,
			     rand_r(&seed) % (graph.nodes[from].frame_bytes + 1));
		}
		for (uint32_t n = 0; n < count; n++)
			graph.nodes[n].recursion_limit = 1 + rand_r(&seed) % 3;
		compute();
		assert_int_equal(graph.open_count, 0);
		for (int walk = 0; walk < 200; walk++) {
			uint32_t active[20 + 3] = {0}, at = (uint32_t)rand_r(&seed) % count;
			uint32_t start = at;
			int64_t depth = 0;

			for (;;) {
				const struct plim_node *n = &graph.nodes[at];
				const struct plim_edge *edge;

				/* Only functions in a cycle are bounded by their rule. */
				if (++active[at] > (uint32_t)n->recursion_limit)
					break;
				assert_true(depth + n->frame_bytes <= bound(start));
				if (!n->edge_count)
					break;
				edge = &graph.edges[n->first_edge +
						    (size_t)rand_r(&seed) % n->edge_count];
				depth += edge->charge_bytes;
				at = edge->to;
			}
		}
	}
	(void)state;
}

/* A million functions in a chain: neither Tarjan nor the path may use the C stack for it. */
static void test_long_chain(void **state)
{
	const uint32_t count = 1000000;
	struct plim_step *steps;

	(void)state;
	for (uint32_t n = 0; n < count; n++)
		function("n", 16);
	for (uint32_t n = 0; n + 1 < count; n++)
		call(n, n + 1, 16);
	compute();
	assert_int_equal(bound(0), (int64_t)count * 16);
	assert_int_equal(plim_bound_path(&graph, 0, &steps, &err), count);
	free(steps);
}

static void test_huge_rule_saturates(void **state)
{
	uint32_t f = function("f", 1 << 20);

	(void)state;
	call(f, f, 1 << 20);
	graph.nodes[f].recursion_limit = (int64_t)1 << 40;
	compute();
	assert_int_equal(bound(f), PLIM_BYTES_MAX);
}

static void test_globs(void **state)
{
	(void)state;
	assert_true(plim_glob_matches("a*c", "abbbc"));
	assert_true(plim_glob_matches("[a-c]?z", "bxz"));
	assert_false(plim_glob_matches("[!a-c]?z", "bxz"));
	assert_true(plim_glob_matches("*", ""));
	assert_true(plim_glob_matches("x[", "x["));
	assert_false(plim_glob_matches("a*b*c", "axxbxx"));
	/* Exponential in a naive matcher. */
	assert_false(
		plim_glob_matches("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b",
				  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
	assert_true(plim_name_matches("inflate", "inflate.part.0"));
	assert_true(plim_name_matches("inflate", "inflate.constprop.0.isra.0"));
	assert_false(plim_name_matches("inflate", "inflate_fast"));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(test_depth_at_the_call),
		TEST(test_red_zone_counts_in_leaves),
		TEST(test_open_reaches_callers),
		TEST(test_recursion_is_open),
		TEST(test_recursion_with_rule),
		TEST(test_mutual_recursion_with_rule),
		TEST(test_one_rule_of_two_needed),
		TEST(test_two_rules_in_a_knot),
		TEST(test_known_part_of_self_recursion),
		TEST(test_logging_share),
		TEST(test_candidates),
		TEST(test_path_shows_rounds),
		TEST(test_random_graphs),
		TEST(test_long_chain),
		TEST(test_huge_rule_saturates),
		TEST(test_globs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
