/* SPDX-License-Identifier: MIT */
/* plimsoll export: a trace in another tool's format. */
#include "cli/cli_trace.h"
#include "export/ctf.h"

#include <getopt.h>
#include <string.h>

#define COMMAND "export"

static const char help[] =
	"usage: plimsoll export --ctf DIR [-e FILTER]... FILE\n\n"
	"Writes the events of a trace in the order of time into the new folder DIR.\n\n"
	"      --ctf DIR        CTF 1.8, for babeltrace2 and Trace Compass\n"
	"  -e, --filter FILTER  only events that match; PROVIDER[/EVENT][:LEVEL][:KEYWORDS]\n"
	"  -h, --help           this text\n";

struct export
{
	const char *path;
	const char *dir;
	struct cli_filters filters;
	struct plim_ctf ctf;
};

static int pass_event(void *context, const struct plim_event *event)
{
	struct export *e = context;

	return cli_filters_pass(&e->filters, event->site) ? plim_ctf_event(&e->ctf, event) : 0;
}

static int pass_lost(void *context, const struct plim_lost *lost)
{
	struct export *e = context;

	return plim_ctf_lost(&e->ctf, lost);
}

static int export_trace(struct export *e, struct plim_trace *trace)
{
	const struct plim_sink sink = {pass_event, pass_lost, e};
	struct plim_error err = {""};
	struct plim_merge merge;
	int status;

	if (plim_ctf_open(&e->ctf, e->dir, trace, &err) != 0)
		return cli_error(COMMAND, "%s", err.text);
	plim_merge_open(&merge, trace);
	status = plim_merge_run(&merge, &sink, false, &err);
	plim_merge_close(&merge);
	/* A failed write has its own words; what the reader said comes first otherwise. */
	bool reader_failed = status != 0 && !e->ctf.error;
	struct plim_error close_err = {""};

	if (plim_ctf_close(&e->ctf, &close_err) != 0)
		return cli_error(COMMAND, "%s: %s", e->dir, close_err.text);
	if (reader_failed)
		return cli_error(COMMAND, "%s: %s", e->path, err.text);
	return CLI_OK;
}

static int parse_options(struct export *e, int argc, char **argv)
{
	static const struct option options[] = {
		{"ctf", required_argument, NULL, 'c'},
		{"filter", required_argument, NULL, 'e'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};

	for (int c; (c = getopt_long(argc, argv, ":e:h", options, NULL)) != -1;) {
		switch (c) {
		case 'c': e->dir = optarg; break;
		case 'e':
			if (cli_filters_add(&e->filters, COMMAND, optarg) != 0)
				return CLI_ERROR;
			break;
		case 'h': fputs(help, stdout); return -1;
		case ':': return cli_usage_error(COMMAND, "an option needs a value");
		default: return cli_usage_error(COMMAND, "unknown option");
		}
	}
	if (!e->dir)
		return cli_usage_error(COMMAND, "name the format and the folder: --ctf DIR");
	if (optind != argc - 1)
		return cli_usage_error(COMMAND, "name one trace file");
	e->path = argv[optind];
	return 0;
}

int cmd_export(int argc, char **argv)
{
	struct export e = {0};
	struct plim_trace trace;
	struct plim_error err;
	int status = parse_options(&e, argc, argv);

	if (status == 0 && plim_trace_open(&trace, e.path, false, &err) != 0) {
		status = cli_error(COMMAND, "%s", err.text);
	} else if (status == 0) {
		status = export_trace(&e, &trace);
		status = cli_report_damage(COMMAND, e.path, &trace, status);
		plim_trace_close(&trace);
	}
	cli_filters_free(&e.filters);
	return status < 0 ? CLI_OK : status;
}
