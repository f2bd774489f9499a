/* SPDX-License-Identifier: MIT */
/* plimsoll list: the sites of a trace, or of a binary that never ran. */
#include "cli/cli_trace.h"
#include "cli/elf_sites.h"
#include "export/format.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define COMMAND "list"

static const char help[] =
	"usage: plimsoll list [-e FILTER]... FILE|BINARY\n\n"
	"Lists the sites of a trace, or of an executable, shared object or object file that need\n"
	"not have run: whether the site is on (of a trace), its level, provider and event,\n"
	"keywords, place in the source, and its fields with their types.\n\n"
	"  -e, --filter FILTER  only events that match; PROVIDER[/EVENT][:LEVEL][:KEYWORDS]\n"
	"  -h, --help           this text\n";

struct list {
	const char *path;
	struct cli_filters filters;
	const struct plim_trace *trace; /* NULL: a binary */
	unsigned listed;
};

static const char *kind_name(uint8_t kind)
{
	static const char *const names[PLIM_KIND_ARRAY] = {
#define KIND_NAME(name, number, words, slot, measure) [number] = #name,
		PLIM_KINDS(KIND_NAME)
#undef KIND_NAME
	};

	return kind < PLIM_KIND_ARRAY && names[kind] ? names[kind] : "kind?";
}

static void print_kind(const struct plim_trace_field *field)
{
	for (const char *c = kind_name(field->kind); *c; c++)
		putchar(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
	fputs(field->is_array ? "[]" : "", stdout);
}

static void print_site(struct list *list, const struct plim_trace_site *site)
{
	const char *type = plim_format_type_name(site->type);
	uint8_t on = 0;

	if (list->trace) {
		plim_trace_read(list->trace, site->enable_offset, &on, 1);
		fputs(on ? "on  " : "off ", stdout);
	}
	printf("%-8s ", plim_filter_level_name(site->level));
	cli_print_text(site->provider);
	putchar('/');
	cli_print_text(site->event);
	if (type)
		printf(" <%s>", type);
	if (site->keyword)
		printf(" keywords=%#llx", (unsigned long long)site->keyword);
	fputs("  [", stdout);
	cli_print_text(site->function);
	putchar(' ');
	cli_print_text(site->file);
	printf(":%u]", site->line);
	for (unsigned i = 0; i < site->field_count; i++) {
		putchar(' ');
		cli_print_text(site->fields[i].name);
		putchar(':');
		print_kind(&site->fields[i]);
	}
	putchar('\n');
	list->listed++;
}

static void tell_of_binary(void *context, const struct plim_trace_site *site)
{
	struct list *list = context;

	for (size_t i = 0; i < list->filters.count; i++) {
		if (plim_filter_match(&list->filters.items[i], site->provider, site->event,
				      site->level, site->keyword)) {
			print_site(list, site);
			return;
		}
	}
	if (!list->filters.count)
		print_site(list, site);
}

static int list_binary(struct list *list)
{
	struct plim_error err;
	unsigned damaged;
	long count = elf_sites_read(list->path, tell_of_binary, list, &damaged, &err);

	if (count < 0)
		return cli_error(COMMAND, "%s: %s", list->path, err.text);
	if (damaged)
		return cli_error(COMMAND,
				 "%s: %u sites cannot be read whole; was it made by another "
				 "version of Plimsoll?",
				 list->path, damaged);
	if (list->listed)
		return CLI_OK;
	if (count)
		cli_error(COMMAND,
			  "the filter matches none of the %ld sites of %s; list it without", count,
			  list->path);
	else
		cli_error(COMMAND, "%s has no sites: no PLIM_LOG statement was compiled into it",
			  list->path);
	return CLI_FAILED;
}

static int list_trace(struct list *list)
{
	struct plim_trace trace;
	struct plim_error err;
	int status = CLI_OK;

	if (plim_trace_open(&trace, list->path, false, &err) != 0)
		return cli_error(COMMAND, "%s", err.text);
	list->trace = &trace;
	for (uint32_t i = 0; i < trace.site_room; i++) {
		if (trace.sites[i] && cli_filters_pass(&list->filters, trace.sites[i]))
			print_site(list, trace.sites[i]);
	}
	if (!list->listed && list->filters.count)
		status = cli_nothing_matches(COMMAND, &trace, "the filter");
	status = cli_report_damage(COMMAND, list->path, &trace, status);
	plim_trace_close(&trace);
	return status;
}

static int parse_options(struct list *list, int argc, char **argv)
{
	static const struct option options[] = {
		{"filter", required_argument, NULL, 'e'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};

	for (int c; (c = getopt_long(argc, argv, ":e:h", options, NULL)) != -1;) {
		switch (c) {
		case 'e':
			if (cli_filters_add(&list->filters, COMMAND, optarg) != 0)
				return CLI_ERROR;
			break;
		case 'h': fputs(help, stdout); return -1;
		case ':': return cli_usage_error(COMMAND, "an option needs a value");
		default: return cli_usage_error(COMMAND, "unknown option");
		}
	}
	if (optind != argc - 1)
		return cli_usage_error(COMMAND, "name one trace file or binary");
	list->path = argv[optind];
	return 0;
}

int cmd_list(int argc, char **argv)
{
	struct list list = {0};
	int status = parse_options(&list, argc, argv);

	if (status == 0)
		status = elf_sites_is_elf(list.path) ? list_binary(&list) : list_trace(&list);
	cli_filters_free(&list.filters);
	return status < 0 ? CLI_OK : status;
}
