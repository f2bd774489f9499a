/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "stack/report/report.h"

/* A function may wait for thousands of items; the entries list theirs in full. */
#define FUNCTION_OPENS_MAX 8

static int no_memory(struct plim_error *err)
{
	return plim_error_set(err, "no memory for the JSON report");
}

/* Names come from binaries: what is no UTF-8 keeps its place as '?'. */
static json_t *text_of(const char *text)
{
	json_t *value = text ? json_string(text) : json_null();
	char *clean;

	if (value)
		return value;
	clean = strdup(text);
	if (!clean)
		return NULL;
	for (char *c = clean; *c; c++) {
		if ((unsigned char)*c >= 0x80)
			*c = '?';
	}
	value = json_string(clean);
	free(clean);
	return value;
}

static json_t *bytes_or_null(bool is_number, int64_t bytes)
{
	return is_number ? json_integer(bytes) : json_null();
}

static json_t *open_texts(struct plim_graph *graph, const uint32_t *items, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < count; i++)
		json_array_append_new(list,
				      text_of(plim_open_sentence(graph, &graph->opens[items[i]])));
	return list;
}

static json_t *function_opens(struct plim_graph *graph, uint32_t node, struct plim_error *err)
{
	uint32_t *items;
	int64_t count;
	json_t *list;

	if (!graph->nodes[node].is_open)
		return json_array();
	count = plim_bound_opens(graph, node, FUNCTION_OPENS_MAX + 1, &items, err);
	if (count < 0)
		return NULL;
	list = open_texts(graph, items,
			  count > FUNCTION_OPENS_MAX ? FUNCTION_OPENS_MAX : (size_t)count);
	if (list && count > FUNCTION_OPENS_MAX)
		json_array_append_new(list, json_string("and more below it"));
	free(items);
	return list;
}

static json_t *function_object(struct plim_graph *graph, uint32_t node, struct plim_error *err)
{
	const struct plim_node *n = &graph->nodes[node];
	bool is_known = strcmp(n->status, "unknown") || n->frame_bytes;
	char address[24];

	snprintf(address, sizeof(address), "0x%llx", (unsigned long long)n->address);
	return json_pack("{so ss so so so ss so so sI so}", "name", text_of(n->name), "address",
			 address, "file", text_of(n->file), "line",
			 n->line ? json_integer(n->line) : json_null(), "frame",
			 bytes_or_null(is_known, n->frame_bytes), "status", n->status, "bound",
			 bytes_or_null(!n->is_open, plim_bound_bytes(n)), "bound_open",
			 function_opens(graph, node, err), "logging_frame",
			 (json_int_t)n->logging_frame_bytes, "logging_bound",
			 bytes_or_null(!n->is_open, plim_bound_logging(n)));
}

static json_t *step_object(const char *name, int64_t depth)
{
	return json_pack("{so sI}", "name", text_of(name), "depth", (json_int_t)depth);
}

static json_t *path_of(struct plim_graph *graph, const struct plim_entry *entry)
{
	json_t *path = json_array();

	if (path && entry->pushed_by)
		json_array_append_new(path, step_object(entry->pushed_by, 0));
	for (size_t s = 0; path && s < entry->step_count; s++) {
		const struct plim_step *step = &entry->steps[s];
		const char *name = graph->nodes[step->node].name;

		if (step->rounds)
			name = plim_pool_format(&graph->pool, "[%lld more rounds of %s]",
						(long long)step->rounds, name);
		json_array_append_new(path, step_object(name ? name : "", step->depth_bytes));
	}
	return path;
}

static json_t *entry_object(struct plim_graph *graph, const struct plim_entry *entry)
{
	return json_pack("{so so so so so so}", "name", text_of(graph->nodes[entry->node].name),
			 "budget", bytes_or_null(entry->budget_bytes >= 0, entry->budget_bytes),
			 "bound", bytes_or_null(!entry->open_count, entry->bound_bytes), "open",
			 open_texts(graph, entry->opens, entry->open_count), "path",
			 path_of(graph, entry), "verdict",
			 text_of(plim_verdict_name(entry->verdict)));
}

static json_t *binary_functions(const struct plim_report *report, uint32_t binary,
				struct plim_error *err)
{
	size_t count, taken = 0;
	uint32_t *deepest = plim_report_deepest(report->graph, &count);
	json_t *list = json_array();

	for (size_t i = 0; deepest && list && i < count; i++) {
		json_t *object;

		if (report->graph->nodes[deepest[i]].binary != binary)
			continue;
		if (report->top && taken++ >= report->top)
			break;
		object = function_object(report->graph, deepest[i], err);
		if (!object || json_array_append_new(list, object)) {
			json_decref(list);
			list = NULL;
		}
	}
	if (!deepest) {
		json_decref(list);
		list = NULL;
	}
	free(deepest);
	return list;
}

static json_t *binary_object(const struct plim_report *report, uint32_t binary,
			     struct plim_error *err)
{
	const struct plim_binary *b = &report->graph->binaries[binary];
	json_t *entries = json_array();

	for (size_t i = 0; entries && i < report->entries->count; i++) {
		const struct plim_entry *entry = &report->entries->entries[i];

		if (report->graph->nodes[entry->node].binary == binary)
			json_array_append_new(entries, entry_object(report->graph, entry));
	}
	return json_pack("{so ss so so}", "binary", text_of(b->path), "arch", b->arch, "functions",
			 binary_functions(report, binary, err), "entries", entries);
}

static int write_out(json_t *root, FILE *out, struct plim_error *err)
{
	if (!root)
		return no_memory(err);
	if (!json_dumpf(root, out, JSON_INDENT(1)))
		fputc('\n', out);
	json_decref(root);
	return plim_report_finish(out, err);
}

int plim_report_entry_json(const struct plim_report *report, const struct plim_entry *entry,
			   FILE *out, struct plim_error *err)
{
	return write_out(entry_object(report->graph, entry), out, err);
}

int plim_report_json(const struct plim_report *report, FILE *out, struct plim_error *err)
{
	json_t *root;

	if (report->graph->binary_count == 1) {
		root = binary_object(report, 0, err);
	} else {
		root = json_array();
		for (size_t b = 0; root && b < report->graph->binary_count; b++) {
			json_t *object = binary_object(report, (uint32_t)b, err);

			if (!object || json_array_append_new(root, object)) {
				json_decref(root);
				root = NULL;
			}
		}
	}
	return write_out(root, out, err);
}
