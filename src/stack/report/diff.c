/* SPDX-License-Identifier: MIT */
#include "stack/report/diff.h"

#include <stdlib.h>
#include <string.h>

#include "stack/graph/bound.h"
#include "stack/report/report.h"

#define TOP_DEFAULT 20

static const char *file_of(const struct plim_node *node)
{
	const char *slash = node->file ? strrchr(node->file, '/') : NULL;

	return slash ? slash + 1 : (node->file ? node->file : "");
}

static int name_order(const void *left, const void *right, void *context)
{
	const struct plim_node *nodes = context;
	const struct plim_node *a = &nodes[*(const uint32_t *)left];
	const struct plim_node *b = &nodes[*(const uint32_t *)right];
	int order = strcmp(a->name, b->name);

	if (!order)
		order = strcmp(file_of(a), file_of(b));
	return order ? order : (a->address > b->address) - (a->address < b->address);
}

static uint32_t *sorted(const struct plim_graph *graph, size_t *count)
{
	uint32_t *nodes = plim_report_deepest(graph, count);

	if (nodes)
		qsort_r(nodes, *count, sizeof(*nodes), name_order, graph->nodes);
	return nodes;
}

static int add_row(struct plim_diff *diff, const struct plim_node *old, const struct plim_node *new,
		   struct plim_error *err)
{
	struct plim_diff_row row = {.old = old, .new = new};
	const struct plim_node *either = new ? new : old;

	row.name = either->name;
	row.file = file_of(either);
	if (old && new) {
		row.frame_growth = new->frame_bytes - old->frame_bytes;
		row.bound_growth = plim_bound_bytes(new) - plim_bound_bytes(old);
		diff->old_frames += old->frame_bytes;
		diff->new_frames += new->frame_bytes;
		diff->newly_open += new->is_open && !old->is_open;
		if (row.frame_growth > diff->largest_growth)
			diff->largest_growth = row.frame_growth;
		if (row.bound_growth > diff->largest_growth)
			diff->largest_growth = row.bound_growth;
		diff->grown += row.frame_growth > 0 || row.bound_growth > 0;
		diff->shrunk += row.frame_growth < 0 || row.bound_growth < 0;
	} else {
		diff->added += new != NULL;
		diff->removed += old != NULL;
	}
	if (plim_grow((void **)&diff->rows, diff->count, &diff->capacity, sizeof(row)))
		return plim_error_set(err, "no memory to compare the builds");
	diff->rows[diff->count++] = row;
	return 0;
}

/* A file's name may be known in one build only; then the name alone decides. */
static int pair_order(const struct plim_node *a, const struct plim_node *b)
{
	int order = strcmp(a->name, b->name);

	if (!order && *file_of(a) && *file_of(b))
		order = strcmp(file_of(a), file_of(b));
	return order;
}

int plim_diff_compute(const struct plim_graph *old, const struct plim_graph *new,
		      struct plim_diff *diff, struct plim_error *err)
{
	size_t old_count, new_count, o = 0, n = 0;
	uint32_t *olds = sorted(old, &old_count), *news = sorted(new, &new_count);
	int result = olds && news ? 0 : plim_error_set(err, "no memory to compare the builds");

	memset(diff, 0, sizeof(*diff));
	while (!result && (o < old_count || n < new_count)) {
		const struct plim_node *a = o < old_count ? &old->nodes[olds[o]] : NULL;
		const struct plim_node *b = n < new_count ? &new->nodes[news[n]] : NULL;
		int order = !a ? 1 : (!b ? -1 : pair_order(a, b));

		result = add_row(diff, order <= 0 ? a : NULL, order >= 0 ? b : NULL, err);
		o += order <= 0;
		n += order >= 0;
	}
	free(olds);
	free(news);
	if (result)
		plim_diff_free(diff);
	return result;
}

void plim_diff_free(struct plim_diff *diff)
{
	free(diff->rows);
	memset(diff, 0, sizeof(*diff));
}

static void put_change(const char *name, int64_t old, bool is_old_open, int64_t new,
		       bool is_new_open, FILE *out)
{
	char before[32], after[32], growth[32];

	fprintf(out, "  %-36s %2s%10s -> %2s%10s  %s%s\n", name, is_old_open ? ">=" : "",
		plim_report_bytes(old, before), is_new_open ? ">=" : "",
		plim_report_bytes(new, after), new > old ? "+" : "",
		plim_report_bytes(new - old, growth));
}

static void put_entries(const struct plim_graph *old, const struct plim_entries *olds,
			const struct plim_graph *new, const struct plim_entries *news, FILE *out)
{
	fputs("entries: bound\n", out);
	for (size_t n = 0; n < news->count; n++) {
		const struct plim_entry *entry = &news->entries[n];
		const char *name = new->nodes[entry->node].name;

		for (size_t o = 0; o < olds->count; o++) {
			const struct plim_entry *before = &olds->entries[o];

			if (!strcmp(old->nodes[before->node].name, name)) {
				put_change(name, before->bound_bytes, before->open_count,
					   entry->bound_bytes, entry->open_count, out);
				break;
			}
		}
	}
}

static int64_t growth_of(const struct plim_diff_row *row, bool is_frame)
{
	return is_frame ? row->frame_growth : row->bound_growth;
}

static int growth_order(const void *left, const void *right, void *context)
{
	const struct plim_diff_row *a = *(const struct plim_diff_row *const *)left;
	const struct plim_diff_row *b = *(const struct plim_diff_row *const *)right;
	bool is_frame = *(const bool *)context;
	int64_t x = llabs(growth_of(a, is_frame)), y = llabs(growth_of(b, is_frame));

	if (x != y)
		return x < y ? 1 : -1;
	return strcmp(a->name, b->name);
}

static int put_rows(const struct plim_diff *diff, bool is_frame, size_t top, FILE *out)
{
	const struct plim_diff_row **rows = calloc(diff->count + 1, sizeof(const void *));
	size_t count = 0;

	if (!rows)
		return -1;
	for (size_t r = 0; r < diff->count; r++) {
		if (diff->rows[r].old && diff->rows[r].new &&growth_of(&diff->rows[r], is_frame))
			rows[count++] = &diff->rows[r];
	}
	qsort_r(rows, count, sizeof(*rows), growth_order, &is_frame);
	for (size_t r = 0; r < count && r < top; r++) {
		const struct plim_diff_row *row = rows[r];

		if (is_frame)
			put_change(row->name, row->old->frame_bytes, false, row->new->frame_bytes,
				   false, out);
		else
			put_change(row->name, plim_bound_bytes(row->old), row->old->is_open,
				   plim_bound_bytes(row->new), row->new->is_open, out);
	}
	if (!count)
		fputs("  no change\n", out);
	if (count > top)
		fprintf(out, "  ... %zu more; --top N shows more\n", count - top);
	free(rows);
	return 0;
}

int plim_diff_text(const struct plim_diff *diff, const struct plim_graph *old,
		   const struct plim_entries *old_entries, const struct plim_graph *new,
		   const struct plim_entries *new_entries, size_t top, FILE *out,
		   struct plim_error *err)
{
	char before[32], after[32];

	top = top ? top : TOP_DEFAULT;
	put_entries(old, old_entries, new, new_entries, out);
	fputs("functions: frame\n", out);
	if (put_rows(diff, true, top, out))
		return plim_error_set(err, "no memory to compare the builds");
	fputs("functions: bound\n", out);
	if (put_rows(diff, false, top, out))
		return plim_error_set(err, "no memory to compare the builds");
	fprintf(out,
		"%zu grew, %zu shrank, %zu added, %zu removed, %zu newly open; "
		"all frames together %s -> %s\n",
		diff->grown, diff->shrunk, diff->added, diff->removed, diff->newly_open,
		plim_report_bytes(diff->old_frames, before),
		plim_report_bytes(diff->new_frames, after));
	return plim_report_finish(out, err);
}
