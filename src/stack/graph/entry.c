/* SPDX-License-Identifier: MIT */
#include "stack/graph/entry.h"

#include <stdlib.h>
#include <string.h>

/*
 * What is on the stack before the first instruction of a handler, at worst.
 *
 * Signals on Linux: x86-64 steps over the 128 bytes of red zone (System V ABI for AMD64, 3.2.2) and
 * writes its record, at most 3,632 bytes on CPUs up to AVX-512 (AT_MINSIGSTKSZ, getauxval(3)); with
 * AMX in use it is larger, and the rule says `frame N`. The others: MINSIGSTKSZ of their <signal.h>.
 *
 * Interrupts: x86-64 aligns to 16 and pushes SS, RSP, RFLAGS, CS, RIP and an error code (Intel SDM
 * volume 3, 6.14); RIP is the return address which the handler's frame has already. ARM M-profile
 * pushes 26 words with floating point and 4 bytes to align (ARMv7-M ARM, B1.5.6 and B1.5.7). The
 * others push nothing themselves.
 */
static const struct pushed {
	const char *arch;
	enum plim_entry_kind kind;
	int64_t bytes;
	const char *text;
} pushes[] = {
	{"x86_64", PLIM_ENTRY_SIGNAL, 128 + 3632, "[red zone and signal frame]"},
	{"aarch64", PLIM_ENTRY_SIGNAL, 5120, "[signal frame]"},
	{"arm", PLIM_ENTRY_SIGNAL, 2048, "[signal frame]"},
	{"riscv64", PLIM_ENTRY_SIGNAL, 2048, "[signal frame]"},
	{"riscv32", PLIM_ENTRY_SIGNAL, 2048, "[signal frame]"},
	{"x86_64", PLIM_ENTRY_INTERRUPT, 15 + 40 + 8 - 8, "[interrupt frame]"},
	{"arm", PLIM_ENTRY_INTERRUPT, 26 * 4 + 4, "[interrupt frame]"},
};

static void set_pushed(const struct plim_graph *graph, const struct plim_rule *rule,
		       struct plim_entry *entry)
{
	const char *arch = graph->binaries[graph->nodes[entry->node].binary].arch;

	for (size_t i = 0; i < sizeof(pushes) / sizeof(pushes[0]); i++) {
		if (pushes[i].kind != entry->kind || strcmp(pushes[i].arch, arch))
			continue;
		entry->pushed_bytes = pushes[i].bytes;
		entry->pushed_by = pushes[i].text;
	}
	if (rule && rule->frame_bytes >= 0) {
		entry->pushed_bytes = rule->frame_bytes;
		entry->pushed_by = rule->frame_bytes ? "[frame given by its rule]" : NULL;
	}
}

static void judge(struct plim_entry *entry)
{
	if (entry->budget_bytes < 0)
		entry->verdict = PLIM_VERDICT_NONE;
	else if (entry->bound_bytes > entry->budget_bytes)
		entry->verdict = PLIM_VERDICT_OVER;
	else if (entry->open_count)
		entry->verdict = PLIM_VERDICT_OPEN;
	else
		entry->verdict = PLIM_VERDICT_PASS;
}

int plim_entries_add(struct plim_graph *graph, uint32_t node, const struct plim_rule *rule,
		     struct plim_entries *entries, struct plim_error *err)
{
	struct plim_entry entry = {.node = node, .budget_bytes = -1};
	int64_t count;

	if (rule) {
		entry.kind = rule->entry_kind;
		entry.budget_bytes = rule->number;
	}
	set_pushed(graph, rule, &entry);
	entry.bound_bytes = entry.pushed_bytes + plim_bound_bytes(&graph->nodes[node]);
	entry.logging_bytes = plim_bound_logging(&graph->nodes[node]);
	count = plim_bound_path(graph, node, &entry.steps, err);
	if (count < 0)
		return -1;
	entry.step_count = (size_t)count;
	for (size_t s = 0; s < entry.step_count; s++)
		entry.steps[s].depth_bytes += entry.pushed_bytes;
	count = plim_bound_opens(graph, node, 0, &entry.opens, err);
	if (count < 0 || plim_grow((void **)&entries->entries, entries->count, &entries->capacity,
				   sizeof(entry))) {
		free(entry.steps);
		free(entry.opens);
		return count < 0 ? -1 : plim_error_set(err, "no memory for the entries");
	}
	entry.open_count = (size_t)count;
	judge(&entry);
	entries->entries[entries->count++] = entry;
	return 0;
}

static int add_by_rules(struct plim_graph *graph, struct plim_rules *rules,
			struct plim_entries *entries, struct plim_error *err)
{
	for (size_t n = 0; n < graph->node_count; n++) {
		const struct plim_rule *rule;

		if (graph->nodes[n].kind != PLIM_NODE_FUNCTION)
			continue;
		rule = plim_rules_find(rules, PLIM_RULE_ENTRY, &graph->nodes[n]);
		if (rule && plim_entries_add(graph, (uint32_t)n, rule, entries, err))
			return -1;
	}
	return 0;
}

/* Without rules, a library can have thousands of entries; these are looked at one by one. */
#define SUGGESTED_MAX 64

static bool is_suggested(const struct plim_graph *graph, const struct plim_node *node, bool by_name,
			 bool has_exports)
{
	if (node->kind != PLIM_NODE_FUNCTION)
		return false;
	if (by_name)
		return graph->binaries[node->binary].is_program && !strcmp(node->name, "main");
	return has_exports ? node->is_exported : !node->is_called;
}

static int bound_order(const void *left, const void *right, void *context)
{
	const struct plim_node *nodes = context;
	int64_t a = plim_bound_bytes(&nodes[*(const uint32_t *)left]);
	int64_t b = plim_bound_bytes(&nodes[*(const uint32_t *)right]);

	return (a < b) - (a > b);
}

static int suggest(struct plim_graph *graph, bool by_name, struct plim_entries *entries,
		   struct plim_error *err)
{
	uint32_t *nodes = calloc(graph->node_count + 1, sizeof(*nodes));
	bool has_exports = false;
	size_t count = 0;
	int result = 0;

	if (!nodes)
		return plim_error_set(err, "no memory for the entries");
	for (size_t n = 0; n < graph->node_count; n++)
		has_exports = has_exports || graph->nodes[n].is_exported;
	for (size_t n = 0; n < graph->node_count; n++) {
		if (is_suggested(graph, &graph->nodes[n], by_name, has_exports))
			nodes[count++] = (uint32_t)n;
	}
	qsort_r(nodes, count, sizeof(*nodes), bound_order, graph->nodes);
	for (size_t i = 0; i < count && i < SUGGESTED_MAX && !result; i++)
		result = plim_entries_add(graph, nodes[i], NULL, entries, err);
	free(nodes);
	return result;
}

int plim_entries_find(struct plim_graph *graph, struct plim_rules *rules,
		      struct plim_entries *entries, struct plim_error *err)
{
	for (size_t i = 0; i < rules->count; i++) {
		if (rules->rules[i].kind == PLIM_RULE_ENTRY)
			return add_by_rules(graph, rules, entries, err);
	}
	entries->is_default = true;
	if (suggest(graph, true, entries, err))
		return -1;
	return entries->count ? 0 : suggest(graph, false, entries, err);
}

void plim_entries_free(struct plim_entries *entries)
{
	for (size_t i = 0; i < entries->count; i++) {
		free(entries->entries[i].steps);
		free(entries->entries[i].opens);
	}
	free(entries->entries);
	memset(entries, 0, sizeof(*entries));
}

const char *plim_verdict_name(enum plim_verdict verdict)
{
	switch (verdict) {
	case PLIM_VERDICT_PASS: return "pass";
	case PLIM_VERDICT_OVER: return "over";
	case PLIM_VERDICT_OPEN: return "open";
	default: return NULL;
	}
}
