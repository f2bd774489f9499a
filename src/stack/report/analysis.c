/* SPDX-License-Identifier: MIT */
#include "stack/report/analysis.h"

#include <string.h>

#include "stack/graph/bound.h"
#include "stack/report/blame.h"

/* A recursion rule says something only where there is a cycle to bound. */
static void check_recursion_rules(struct plim_analysis *analysis)
{
	const struct plim_graph *graph = &analysis->cg.graph;

	for (size_t r = 0; r < analysis->rules.count; r++) {
		struct plim_rule *rule = &analysis->rules.rules[r];
		bool has_cycle = false;

		for (size_t n = 0; n < graph->node_count && rule->is_used; n++)
			has_cycle = has_cycle ||
				    (graph->nodes[n].is_cyclic && graph->nodes[n].recursion_limit &&
				     plim_rule_names(rule, &graph->nodes[n]));
		if (rule->kind == PLIM_RULE_RECURSION)
			rule->is_used = has_cycle;
	}
}

int plim_analysis_run(struct plim_analysis *analysis, const char *const *paths, size_t path_count,
		      const char *rules_path, const char *sinks, struct plim_error *err)
{
	memset(analysis, 0, sizeof(*analysis));
	if (rules_path ? plim_rules_read(rules_path, &analysis->rules, err)
		       : plim_rules_default(&analysis->rules, err))
		return -1;
	if (sinks && plim_rules_set_sinks(&analysis->rules, sinks, err))
		return -1;
	if (plim_callgraph_read(&analysis->cg, paths, path_count, err) ||
	    plim_callgraph_build(&analysis->cg, &analysis->rules, err) ||
	    plim_blame_frames(&analysis->cg, err) || plim_bound_compute(&analysis->cg.graph, err) ||
	    plim_entries_find(&analysis->cg.graph, &analysis->rules, &analysis->entries, err))
		return -1;
	check_recursion_rules(analysis);
	plim_analysis_locate(analysis);
	return 0;
}

void plim_analysis_free(struct plim_analysis *analysis)
{
	plim_entries_free(&analysis->entries);
	plim_callgraph_free(&analysis->cg);
	plim_rules_free(&analysis->rules);
}

void plim_analysis_locate(struct plim_analysis *analysis)
{
	for (size_t i = 0; i < analysis->entries.count; i++) {
		const struct plim_entry *entry = &analysis->entries.entries[i];

		for (size_t s = 0; s < entry->step_count; s++) {
			if (entry->steps[s].edge)
				plim_callgraph_locate(&analysis->cg, entry->steps[s].edge);
		}
	}
}

/* A function whose name holds the text, to be named in an error. */
static const char *similar(const struct plim_graph *graph, const char *name)
{
	for (size_t n = 0; n < graph->node_count; n++) {
		if (graph->nodes[n].kind == PLIM_NODE_FUNCTION &&
		    strcasestr(graph->nodes[n].name, name))
			return graph->nodes[n].name;
	}
	return NULL;
}

int64_t plim_analysis_function(const struct plim_analysis *analysis, const char *name,
			       struct plim_error *err)
{
	const struct plim_graph *graph = &analysis->cg.graph;
	const char *colon = strrchr(name, ':'), *like;
	struct plim_rule rule = {.subject = name};
	char file[256];
	int64_t best = -1;

	if (colon && colon > name && colon[-1] != ':' && colon[1] &&
	    (size_t)(colon - name) < sizeof(file)) {
		memcpy(file, name, (size_t)(colon - name));
		file[colon - name] = '\0';
		rule.file = file;
		rule.subject = colon + 1;
	}
	for (size_t n = 0; n < graph->node_count; n++) {
		const struct plim_node *node = &graph->nodes[n];

		if (node->kind != PLIM_NODE_FUNCTION || !plim_rule_names(&rule, node))
			continue;
		/* The name itself comes before what only matches it as a glob or without its end. */
		if (best < 0 ||
		    (!strcmp(node->name, rule.subject) >
		     !strcmp(graph->nodes[best].name, rule.subject)) ||
		    (!strcmp(node->name, rule.subject) ==
			     !strcmp(graph->nodes[best].name, rule.subject) &&
		     plim_bound_bytes(node) > plim_bound_bytes(&graph->nodes[best])))
			best = (int64_t)n;
	}
	if (best >= 0)
		return best;
	like = similar(graph, rule.subject);
	return plim_error_set(err, "%s: no function is called '%.100s'%s%.100s%s",
			      graph->binaries[0].path, name, like ? "; there is '" : "",
			      like ? like : "; 'plimsoll stack report' lists them",
			      like ? "'" : "");
}
