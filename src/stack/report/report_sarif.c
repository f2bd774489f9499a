/* SPDX-License-Identifier: MIT */
/* SARIF 2.1.0 (OASIS standard, 27 March 2020); the sections named are its. */
#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "stack/report/report.h"

static json_t *text_of(const char *text)
{
	json_t *value = json_string(text);

	return value ? value : json_string_nocheck("?");
}

/* 3.10: a URI reference; a path from the file system needs its other characters escaped. */
static json_t *uri_of(const char *path)
{
	char *uri = malloc(strlen(path) * 3 + 8), *at = uri;
	json_t *value;

	if (!uri)
		return NULL;
	if (*path == '/')
		at = stpcpy(at, "file://");
	for (; *path; path++) {
		if (isalnum((unsigned char)*path) || strchr("/._-~", *path))
			*at++ = *path;
		else
			at += sprintf(at, "%%%02X", (unsigned char)*path);
	}
	*at = '\0';
	value = json_string(uri);
	free(uri);
	return value;
}

/* 3.28: where the source is known the line, else the binary and the address in it (3.32). */
static json_t *location_of(const struct plim_graph *graph, const struct plim_node *node,
			   const char *file, unsigned line, const char *message)
{
	json_t *physical, *location;

	if (file && line)
		physical = json_pack("{s{so}s{si}}", "artifactLocation", "uri", uri_of(file),
				     "region", "startLine", line);
	else
		physical = json_pack("{s{so}s{sI}}", "artifactLocation", "uri",
				     uri_of(graph->binaries[node->binary].path), "address",
				     "absoluteAddress", (json_int_t)(node->address & INT64_MAX));
	location = json_pack("{sos[{ssso}]}", "physicalLocation", physical, "logicalLocations",
			     "kind", "function", "name", text_of(node->name));
	if (location && message)
		json_object_set_new(location, "message",
				    json_pack("{so}", "text", text_of(message)));
	return location;
}

/* 3.36: the worst path as a flow through the program. */
static json_t *flow_of(struct plim_graph *graph, const struct plim_entry *entry)
{
	json_t *locations = json_array();

	for (size_t s = 0; locations && s < entry->step_count; s++) {
		const struct plim_step *step = &entry->steps[s];
		const struct plim_node *node = &graph->nodes[step->node];
		const struct plim_edge *edge = step->edge;
		const char *message = plim_pool_format(&graph->pool, "%lld bytes deep: %s",
						       (long long)step->depth_bytes, node->name);

		json_array_append_new(
			locations,
			json_pack("{so}", "location",
				  location_of(graph, node,
					      edge && edge->line ? edge->file : node->file,
					      edge && edge->line ? edge->line : node->line,
					      message ? message : "")));
	}
	return json_pack("[{s[{so}]}]", "threadFlows", "locations", locations);
}

static json_t *entry_result(struct plim_graph *graph, const struct plim_entry *entry)
{
	const struct plim_node *node = &graph->nodes[entry->node];
	bool is_over = entry->verdict == PLIM_VERDICT_OVER;
	const char *text;

	if (is_over)
		text = plim_pool_format(
			&graph->pool, "%s needs %s%lld bytes of stack; its budget is %lld",
			node->name, entry->open_count ? "at least " : "",
			(long long)entry->bound_bytes, (long long)entry->budget_bytes);
	else
		text = plim_pool_format(&graph->pool,
					"the stack of %s is not proved: %zu open items below it",
					node->name, entry->open_count);
	return json_pack("{sssss{so}s[o]so}", "ruleId",
			 is_over ? "stack/over-budget" : "stack/open", "level", "error", "message",
			 "text", text_of(text ? text : ""), "locations",
			 location_of(graph, node, node->file, node->line, NULL), "codeFlows",
			 flow_of(graph, entry));
}

static json_t *open_result(struct plim_graph *graph, const struct plim_open *open)
{
	const struct plim_node *node = &graph->nodes[open->node];
	const char *text = plim_pool_format(&graph->pool, "%s; a rule can answer it: %s",
					    plim_open_sentence(graph, open), open->rule);

	return json_pack("{sssss{so}s[o]}", "ruleId", "stack/open-item", "level", "note", "message",
			 "text", text_of(text ? text : ""), "locations",
			 location_of(graph, node, open->file, open->line, NULL));
}

static json_t *results_of(const struct plim_report *report)
{
	struct plim_graph *graph = report->graph;
	bool *told = calloc(graph->open_count + 1, sizeof(*told));
	json_t *results = json_array();

	for (size_t i = 0; told && results && i < report->entries->count; i++) {
		const struct plim_entry *entry = &report->entries->entries[i];

		if (entry->verdict != PLIM_VERDICT_OVER && entry->verdict != PLIM_VERDICT_OPEN)
			continue;
		json_array_append_new(results, entry_result(graph, entry));
		for (size_t o = 0; o < entry->open_count; o++) {
			if (!told[entry->opens[o]])
				json_array_append_new(
					results,
					open_result(graph, &graph->opens[entry->opens[o]]));
			told[entry->opens[o]] = true;
		}
	}
	free(told);
	return results;
}

static json_t *rule_of(const char *id, const char *text)
{
	return json_pack("{sss{ss}}", "id", id, "shortDescription", "text", text);
}

int plim_report_sarif(const struct plim_report *report, FILE *out, struct plim_error *err)
{
	json_t *root = json_pack(
		"{ssss s[{s{s{ss s[ooo]}} so ss}]}", "$schema",
		"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
		"sarif-schema-2.1.0.json",
		"version", "2.1.0", "runs", "tool", "driver", "name", "plimsoll stack", "rules",
		rule_of("stack/over-budget", "An entry needs more stack than its budget."),
		rule_of("stack/open", "What an entry's stack can need is not proved."),
		rule_of("stack/open-item", "Something below an entry has no known stack need."),
		"results", results_of(report), "columnKind", "utf16CodeUnits");

	if (!root)
		return plim_error_set(err, "no memory for the SARIF report");
	if (!json_dumpf(root, out, JSON_INDENT(1)))
		fputc('\n', out);
	json_decref(root);
	return plim_report_finish(out, err);
}
