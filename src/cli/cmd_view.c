/* SPDX-License-Identifier: MIT */
/* plimsoll view: the events of a trace, once or while they come. */
#include "cli/cli_trace.h"
#include "export/format.h"
#include "export/spans.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define COMMAND "view"

/* How long a follower sleeps between two looks: short for a person, cheap for the machine. */
#define FOLLOW_SLEEP_NS 50000000

static const char help[] =
	"usage: plimsoll view [-f] [-e FILTER]... [--json | --csv] [--spans] FILE\n\n"
	"Prints the events of a trace in the order of time.\n\n"
	"  -f, --follow         go on printing while the program runs\n"
	"  -e, --filter FILTER  only events that match; PROVIDER[/EVENT][:LEVEL][:KEYWORDS]\n"
	"      --json           one JSON object a line\n"
	"      --csv            comma-separated values with a line of names\n"
	"      --spans          functions and activities with their durations, when they end\n"
	"  -h, --help           this text\n";

struct view {
	const char *path;
	bool follow;
	bool spans_only;
	enum { STYLE_TEXT, STYLE_JSON, STYLE_CSV } style;
	struct cli_filters filters;
	struct plim_trace trace;
	struct plim_merge merge;
	struct plim_format format;
	struct plim_spans spans;
	struct plim_out out;
	struct plim_sink sink; /* of the format, behind the filters */
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal_number)
{
	(void)signal_number;
	interrupted = 1;
}

static int pass_event(void *context, const struct plim_event *event)
{
	struct view *view = context;

	if (!cli_filters_pass(&view->filters, event->site))
		return 0;
	return view->sink.event(view->sink.context, event);
}

static int pass_lost(void *context, const struct plim_lost *lost)
{
	struct view *view = context;

	return view->sink.lost(view->sink.context, lost);
}

static bool wants_colour(void)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	/* no-color.org: any value but an empty one. */
	return isatty(STDOUT_FILENO) && !(no_color && *no_color) &&
	       !(term && !strcmp(term, "dumb"));
}

static int open_format(struct view *view)
{
	if (view->spans_only) {
		plim_spans_open(&view->spans, &view->out, view->style == STYLE_JSON);
		view->sink = (struct plim_sink){plim_spans_event, plim_spans_lost, &view->spans};
		return 0;
	}
	view->sink = (struct plim_sink){plim_text_event, plim_text_lost, &view->format};
	if (view->style == STYLE_JSON) {
		plim_json_open(&view->format, &view->out, &view->trace);
		view->sink = (struct plim_sink){plim_json_event, plim_json_lost, &view->format};
	} else if (view->style == STYLE_CSV) {
		view->sink = (struct plim_sink){plim_csv_event, plim_csv_lost, &view->format};
		return plim_csv_open(&view->format, &view->out, &view->trace);
	} else {
		plim_text_open(&view->format, &view->out, &view->trace, wants_colour());
	}
	return 0;
}

static bool any_site_passes(struct view *view)
{
	for (uint32_t i = 0; i < view->trace.site_room; i++) {
		if (view->trace.sites[i] && cli_filters_pass(&view->filters, view->trace.sites[i]))
			return true;
	}
	return false;
}

/** Prints until the program has ended or somebody interrupts. */
static int follow(struct view *view, const struct plim_sink *sink, struct plim_error *err)
{
	const struct timespec pause = {0, FOLLOW_SLEEP_NS};
	struct sigaction action = {.sa_handler = on_interrupt};

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	while (view->trace.is_live && !interrupted) {
		int status = plim_merge_run(&view->merge, sink, true, err);

		if (status || plim_out_flush(&view->out) != 0)
			return -1;
		nanosleep(&pause, NULL);
	}
	return interrupted ? 0 : plim_merge_run(&view->merge, sink, false, err);
}

static int show(struct view *view)
{
	const struct plim_sink sink = {pass_event, pass_lost, view};
	struct plim_error err = {""};
	int status;

	if (plim_out_open(&view->out, STDOUT_FILENO) != 0 || open_format(view) != 0)
		return cli_error(COMMAND, "no memory for the output");
	plim_merge_open(&view->merge, &view->trace);
	status = view->follow ? follow(view, &sink, &err)
			      : plim_merge_run(&view->merge, &sink, false, &err);
	plim_merge_close(&view->merge);
	plim_format_close(&view->format);
	plim_spans_close(&view->spans);
	if (plim_out_close(&view->out) != 0)
		return cli_error(COMMAND, "cannot write the output: %s", strerror(view->out.error));
	if (status)
		return cli_error(COMMAND, "%s: %s", view->path, err.text);
	return CLI_OK;
}

static int view_file(struct view *view)
{
	struct plim_error err;
	int status;

	if (plim_trace_open(&view->trace, view->path, false, &err) != 0)
		return cli_error(COMMAND, "%s", err.text);
	if (!view->follow && !any_site_passes(view) && view->filters.count)
		status = cli_nothing_matches(COMMAND, &view->trace, "the filter");
	else
		status = show(view);
	status = cli_report_damage(COMMAND, view->path, &view->trace, status);
	plim_trace_close(&view->trace);
	return status;
}

static int parse_options(struct view *view, int argc, char **argv)
{
	static const struct option options[] = {
		{"follow", no_argument, NULL, 'f'},
		{"filter", required_argument, NULL, 'e'},
		{"json", no_argument, NULL, 'j'},
		{"csv", no_argument, NULL, 'c'},
		{"spans", no_argument, NULL, 's'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};

	for (int c; (c = getopt_long(argc, argv, ":fe:h", options, NULL)) != -1;) {
		switch (c) {
		case 'f': view->follow = true; break;
		case 'e':
			if (cli_filters_add(&view->filters, COMMAND, optarg) != 0)
				return CLI_ERROR;
			break;
		case 'j': view->style = STYLE_JSON; break;
		case 'c': view->style = STYLE_CSV; break;
		case 's': view->spans_only = true; break;
		case 'h': fputs(help, stdout); return -1;
		case ':': return cli_usage_error(COMMAND, "an option needs a value");
		default: return cli_usage_error(COMMAND, "unknown option");
		}
	}
	if (optind != argc - 1)
		return cli_usage_error(COMMAND, "name one trace file");
	if (view->spans_only && view->style == STYLE_CSV)
		return cli_usage_error(COMMAND, "--spans goes with text or --json, not with --csv");
	view->path = argv[optind];
	return 0;
}

int cmd_view(int argc, char **argv)
{
	struct view view = {.trace.fd = -1};
	int status = parse_options(&view, argc, argv);

	if (status == 0)
		status = view_file(&view);
	cli_filters_free(&view.filters);
	return status < 0 ? CLI_OK : status;
}
