/* SPDX-License-Identifier: MIT */
/* plimsoll: the table of commands. */
#include "cli/cli.h"
#include "plimsoll/version.h"
#include "cli/cmd_stack.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct command {
	const char *name;
	int (*run)(int argc, char **argv); /* argv[0] is the command's own name */
	const char *summary;
};

static const struct command commands[] = {
	{"record", cmd_record, "run a program and record its events"},
	{"view", cmd_view, "print the events of a trace"},
	{"enable", cmd_enable, "record matching events from now on"},
	{"disable", cmd_disable, "stop recording matching events"},
	{"export", cmd_export, "write a trace in another tool's format"},
	{"list", cmd_list, "list the sites of a trace or of a binary"},
	{"stat", cmd_stat, "count events, losses and stack bytes of a trace"},
	{"stack", cmd_stack, "what a binary's stack can need, and logging's share of it"},
	{NULL, NULL, NULL},
};

int cli_error(const char *command, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "plimsoll %s: ", command);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return CLI_ERROR;
}

static void usage(FILE *out)
{
	fputs("usage: plimsoll COMMAND [ARGUMENT]...\n\n", out);
	for (const struct command *c = commands; c->name; c++)
		fprintf(out, "  %-9s %s\n", c->name, c->summary);
	fputs("\n'plimsoll COMMAND --help' says more; plimsoll(1) has it all.\n", out);
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		usage(stderr);
		return CLI_ERROR;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		usage(stdout);
		return CLI_OK;
	}
	if (!strcmp(argv[1], "--version")) {
		puts("plimsoll " PLIM_VERSION_TEXT);
		return CLI_OK;
	}
	for (const struct command *c = commands; c->name; c++) {
		if (!strcmp(c->name, argv[1]))
			return c->run(argc - 1, argv + 1);
	}
	fprintf(stderr, "plimsoll: no command '%s'; 'plimsoll --help' lists them\n", argv[1]);
	return CLI_ERROR;
}
