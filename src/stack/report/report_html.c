/* SPDX-License-Identifier: MIT */
/* One page that needs no network and no other file: icicles are SVG, the script only sorts. */
#include <stdlib.h>
#include <string.h>

#include "stack/report/report.h"

/* The icicle's drawing, in SVG units: one row a call, as wide as the bytes that it takes. */
#define WIDTH     1000
#define ROW       22
#define ROWS_MAX  400
#define TABLE_MAX 5000 /* rows; a browser sorts this many at once */

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width\">\n<title>Stack report</title>\n"
	"<style>\n"
	":root{color-scheme:light "
	"dark;--own:#4c78a8;--rest:#c6d5e6;--log:#e4572e;--logrest:#f7c4b5;"
	"--ink:#1b1f24;--paper:#fff;--line:#d8dee4}\n"
	"@media (prefers-color-scheme:dark){:root{--own:#6b9bd1;--rest:#2b3a4c;--log:#f0724c;"
	"--logrest:#5a3226;--ink:#e6e9ed;--paper:#14181d;--line:#313840}}\n"
	"body{font:15px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--paper);"
	"margin:2rem auto;max-width:1100px;padding:0 1rem}\n"
	"h1{font-size:1.5rem}h2{font-size:1.1rem;margin:2rem 0 .3rem}\n"
	"svg{width:100%;height:auto;display:block}svg text{font:12px ui-monospace,monospace;"
	"fill:var(--ink)}\n"
	"table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.2rem .6rem;"
	"border-bottom:1px solid var(--line)}td.n,th.n{text-align:right;"
	"font-variant-numeric:tabular-nums}\n"
	"th "
	"button{font:inherit;font-weight:600;background:none;border:0;color:inherit;cursor:pointer;"
	"padding:0}th[aria-sort=ascending] button::after{content:\" \\25b2\"}"
	"th[aria-sort=descending] button::after{content:\" \\25bc\"}\n"
	"code{font-family:ui-monospace,monospace}.bad{color:var(--log);font-weight:600}"
	".open{margin:.3rem 0;max-height:14rem;overflow:auto}\n"
	".own{fill:var(--own)}.rest{fill:var(--rest)}.log{fill:var(--log)}"
	".logrest{fill:var(--logrest)}.key{display:inline-block;width:.8em;height:.8em;"
	"margin:0 .3em 0 1em}\n"
	"</style></head><body>\n<h1>Stack report</h1>\n";

static const char script[] =
	"<script>\n"
	"const table=document.getElementById('functions'),body=table.tBodies[0];\n"
	"table.querySelectorAll('th').forEach((th,column)=>{\n"
	" const button=document.createElement('button');button.textContent=th.textContent;\n"
	" th.replaceChildren(button);\n"
	" button.onclick=()=>{\n"
	"  const up=th.getAttribute('aria-sort')==='descending';\n"
	"  table.querySelectorAll('th').forEach(o=>o.removeAttribute('aria-sort'));\n"
	"  th.setAttribute('aria-sort',up?'ascending':'descending');\n"
	"  const value=row=>{const c=row.cells[column];return c.dataset.v===undefined?"
	"c.textContent:Number(c.dataset.v)};\n"
	"  const rows=[...body.rows].sort((a,b)=>{const x=value(a),y=value(b);\n"
	"   const order=typeof x==='number'?x-y:x.localeCompare(y);return up?order:-order});\n"
	"  body.replaceChildren(...rows);\n"
	" };\n"
	"});\n"
	"document.getElementById('filter').oninput=event=>{\n"
	" const text=event.target.value.toLowerCase();\n"
	" for(const row of body.rows)row.hidden=!row.cells[0].textContent.toLowerCase()"
	".includes(text);\n"
	"};\n"
	"</script>\n";

static void put_text(const char *text, FILE *out)
{
	for (; *text; text++) {
		switch (*text) {
		case '&': fputs("&amp;", out); break;
		case '<': fputs("&lt;", out); break;
		case '>': fputs("&gt;", out); break;
		case '"': fputs("&quot;", out); break;
		default: fputc((unsigned char)*text < 0x20 ? '?' : *text, out); break;
		}
	}
}

struct bar {
	const char *name;
	int64_t start, takes, logging;
	int64_t rounds;
	bool is_logging;
};

/* One row: all that is at or below this call, and darker the part that is its own. */
static void put_bar(const struct bar *bar, size_t row, double scale, FILE *out)
{
	double x = (double)bar->start * scale, y = (double)row * ROW;
	double own = (double)bar->takes * scale, log = (double)bar->logging * scale;
	bool is_right = x > WIDTH * 0.6; /* no room at its right: the name stands at its left */
	char bytes[32];

	fputs("<g><title>", out);
	put_text(bar->name, out);
	fprintf(out, ": %s bytes deep, takes %lld%s</title>", plim_report_bytes(bar->start, bytes),
		(long long)bar->takes, bar->is_logging ? ", logging" : "");
	fprintf(out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.0f\" width=\"%.1f\" height=\"%d\"/>",
		bar->is_logging ? "logrest" : "rest", x, y, WIDTH - x, ROW - 2);
	fprintf(out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.0f\" width=\"%.1f\" height=\"%d\"/>",
		bar->is_logging ? "log" : "own", x, y, own < 0.8 ? 0.8 : own, ROW - 2);
	if (!bar->is_logging && log > 0)
		fprintf(out,
			"<rect class=\"log\" x=\"%.1f\" y=\"%.0f\" width=\"%.1f\" height=\"%d\"/>",
			x, y, log < own ? log : own, ROW - 2);
	fprintf(out, "<text x=\"%.1f\" y=\"%.0f\" text-anchor=\"%s\">", is_right ? x - 4 : x + 4,
		y + ROW * 0.65, is_right ? "end" : "start");
	if (bar->rounds)
		fprintf(out, "%lld more rounds of ", (long long)bar->rounds);
	put_text(bar->name, out);
	fprintf(out, " %s</text></g>\n", plim_report_bytes(bar->takes, bytes));
}

static void put_icicle(const struct plim_report *report, const struct plim_entry *entry, FILE *out)
{
	size_t rows = entry->step_count < ROWS_MAX ? entry->step_count : ROWS_MAX, row = 0;
	double scale = entry->bound_bytes ? (double)WIDTH / (double)entry->bound_bytes : 0;

	fprintf(out, "<svg class=\"icicle\" viewBox=\"0 0 %d %zu\" role=\"img\">\n", WIDTH,
		(rows + (entry->pushed_by != NULL)) * ROW);
	if (entry->pushed_by) {
		struct bar bar = {.name = entry->pushed_by, .takes = entry->pushed_bytes};

		put_bar(&bar, row++, scale, out);
	}
	for (size_t s = 0; s < rows; s++) {
		const struct plim_step *step = &entry->steps[s];
		const struct plim_node *node = &report->graph->nodes[step->node];
		struct bar bar = {.name = node->name,
				  .start = step->depth_bytes,
				  .takes = step->takes_bytes,
				  .rounds = step->rounds};

		bar.is_logging = plim_report_is_logging(report->graph, entry->steps, s);
		bar.logging = step->rounds ? 0 : node->logging_frame_bytes;
		put_bar(&bar, row++, scale, out);
	}
	fputs("</svg>\n", out);
}

static void put_entry(const struct plim_report *report, const struct plim_entry *entry, FILE *out)
{
	struct plim_graph *graph = report->graph;
	const char *verdict = plim_verdict_name(entry->verdict);
	char bytes[32];

	fputs("<section class=\"entry\"><h2><code>", out);
	put_text(graph->nodes[entry->node].name, out);
	fprintf(out, "</code> %s%s bytes", entry->open_count ? "at least " : "",
		plim_report_bytes(entry->bound_bytes, bytes));
	if (entry->budget_bytes >= 0)
		fprintf(out, " of %s: <span class=\"%s\">%s</span>",
			plim_report_bytes(entry->budget_bytes, bytes),
			entry->verdict == PLIM_VERDICT_PASS ? "good" : "bad", verdict);
	fprintf(out, "</h2>\n<p>Logging: %s bytes.",
		plim_report_bytes(entry->logging_bytes, bytes));
	if (entry->pushed_by) {
		fprintf(out, " Before it begins: %s bytes, ",
			plim_report_bytes(entry->pushed_bytes, bytes));
		put_text(entry->pushed_by, out);
	}
	fputs("</p>\n", out);
	put_icicle(report, entry, out);
	if (entry->open_count) {
		fprintf(out, "<details class=\"open\"><summary>%zu open</summary><ul>\n",
			entry->open_count);
		for (size_t o = 0; o < entry->open_count; o++) {
			fputs("<li>", out);
			put_text(plim_open_sentence(graph, &graph->opens[entry->opens[o]]), out);
			fputs("</li>\n", out);
		}
		fputs("</ul></details>\n", out);
	}
	fputs("</section>\n", out);
}

static void put_number(int64_t value, const char *prefix, FILE *out)
{
	char bytes[32];

	fprintf(out, "<td class=\"n\" data-v=\"%lld\">%s%s</td>", (long long)value, prefix,
		plim_report_bytes(value, bytes));
}

static void put_row(const struct plim_graph *graph, const struct plim_node *node, FILE *out)
{
	fputs("<tr><td><code>", out);
	put_text(node->name, out);
	fputs("</code></td>", out);
	put_number(plim_bound_bytes(node), node->is_open ? "&ge; " : "", out);
	put_number(node->frame_bytes, "", out);
	put_number(plim_bound_logging(node), "", out);
	fputs("<td>", out);
	put_text(node->status, out);
	fputs("</td><td>", out);
	if (node->file) {
		put_text(node->file, out);
		if (node->line)
			fprintf(out, ":%u", node->line);
	} else {
		fprintf(out, "0x%llx", (unsigned long long)node->address);
	}
	if (graph->binary_count > 1) {
		fputs(" in ", out);
		put_text(graph->binaries[node->binary].path, out);
	}
	fputs("</td></tr>\n", out);
}

static int put_table(const struct plim_report *report, FILE *out, struct plim_error *err)
{
	size_t count, rows;
	uint32_t *nodes = plim_report_deepest(report->graph, &count);

	if (!nodes)
		return plim_error_set(err, "no memory for the HTML report");
	rows = count < TABLE_MAX ? count : TABLE_MAX;
	fprintf(out,
		"<h2>Functions</h2>\n<p>%zu, the deepest %zu shown. "
		"<label>Name contains <input id=\"filter\"></label></p>\n"
		"<table id=\"functions\"><thead><tr><th>function</th>"
		"<th class=\"n\" aria-sort=\"descending\">bound</th><th class=\"n\">frame</th>"
		"<th class=\"n\">logging</th><th>status</th><th>where</th></tr></thead><tbody>\n",
		count, rows);
	for (size_t i = 0; i < rows; i++)
		put_row(report->graph, &report->graph->nodes[nodes[i]], out);
	fputs("</tbody></table>\n", out);
	free(nodes);
	return 0;
}

int plim_report_html(const struct plim_report *report, FILE *out, struct plim_error *err)
{
	fputs(head, out);
	fputs("<p>", out);
	for (size_t b = 0; b < report->graph->binary_count; b++) {
		fputs(b ? ", <code>" : "<code>", out);
		put_text(report->graph->binaries[b].path, out);
		fprintf(out, "</code> (%s)", report->graph->binaries[b].arch);
	}
	fputs("</p>\n<p>Worst path of each entry, one call a row, from the entry's base at the "
	      "left "
	      "to the deepest byte at the right."
	      "<span class=\"key\" style=\"background:var(--own)\"></span>what a call takes"
	      "<span class=\"key\" style=\"background:var(--log)\"></span>logging</p>\n",
	      out);
	for (size_t i = 0; i < report->entries->count; i++)
		put_entry(report, &report->entries->entries[i], out);
	if (put_table(report, out, err))
		return -1;
	fputs(script, out);
	fputs("</body></html>\n", out);
	return plim_report_finish(out, err);
}
