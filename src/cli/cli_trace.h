/* SPDX-License-Identifier: MIT */
/* What the commands that read a trace share. */
#ifndef PLIM_CLI_TRACE_H
#define PLIM_CLI_TRACE_H

#include "base/filter.h"
#include "cli/cli.h"
#include "reader/merge.h"

#include <stdio.h>

/** FILTERs, and what they said about each site that was asked about. */
struct cli_filters {
	struct plim_filter *items;
	size_t count;
	uint8_t *verdicts; /* by site number: 0 not asked yet, 1 no, 2 yes */
	uint32_t room;
};

/** Adds a FILTER; returns 0, or CLI_ERROR with the line printed. */
int cli_filters_add(struct cli_filters *filters, const char *command, const char *text);
void cli_filters_free(struct cli_filters *filters);
bool cli_filters_decide(struct cli_filters *filters, const struct plim_trace_site *site);

/** Whether some filter speaks of the site; true when there is no filter. */
static inline bool cli_filters_pass(struct cli_filters *filters, const struct plim_trace_site *site)
{
	if (!filters->count)
		return true;
	if (site->number < filters->room && filters->verdicts[site->number])
		return filters->verdicts[site->number] == 2;
	return cli_filters_decide(filters, site);
}

/** Prints that nothing matches, and what providers and events there are. Returns CLI_FAILED. */
int cli_nothing_matches(const char *command, const struct plim_trace *trace, const char *what);

/** Says what is damaged, if something is: then CLI_ERROR, else `status`. */
int cli_report_damage(const char *command, const char *path, const struct plim_trace *trace,
		      int status);

/** Prints a text that came from a file: what could move the terminal is escaped. */
void cli_print_text(const char *text);

/** A usage error: prints the line and where help is. Returns CLI_ERROR. */
int cli_usage_error(const char *command, const char *what);

#endif
