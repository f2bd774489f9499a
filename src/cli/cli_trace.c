/* SPDX-License-Identifier: MIT */
#include "cli/cli_trace.h"
#include "export/value.h"

#include <stdlib.h>
#include <string.h>

int cli_filters_add(struct cli_filters *filters, const char *command, const char *text)
{
	struct plim_filter *items =
		reallocarray(filters->items, filters->count + 1, sizeof(*filters->items));
	struct plim_error err;

	if (!items)
		return cli_error(command, "no memory for a filter");
	filters->items = items;
	if (plim_filter_parse(&items[filters->count], text, strlen(text), &err) != 0)
		return cli_error(command, "filter '%s': %s", text, err.text);
	filters->count++;
	return 0;
}

void cli_filters_free(struct cli_filters *filters)
{
	free(filters->items);
	free(filters->verdicts);
	memset(filters, 0, sizeof(*filters));
}

bool cli_filters_decide(struct cli_filters *filters, const struct plim_trace_site *site)
{
	bool passes = false;

	for (size_t i = 0; i < filters->count && !passes; i++)
		passes = plim_filter_match(&filters->items[i], site->provider, site->event,
					   site->level, site->keyword);
	if (site->number >= filters->room) {
		uint32_t room = site->number * 2 + 64;
		uint8_t *verdicts = realloc(filters->verdicts, room);

		if (!verdicts)
			return passes;
		memset(verdicts + filters->room, 0, room - filters->room);
		filters->verdicts = verdicts;
		filters->room = room;
	}
	filters->verdicts[site->number] = passes ? 2 : 1;
	return passes;
}

/** Whether the name was listed for an earlier site. */
static bool is_repeated(const struct plim_trace *trace, uint32_t number)
{
	const struct plim_trace_site *site = trace->sites[number];

	for (uint32_t i = 0; i < number; i++) {
		const struct plim_trace_site *other = trace->sites[i];

		if (other && !strcmp(other->provider, site->provider) &&
		    !strcmp(other->event, site->event))
			return true;
	}
	return false;
}

#define LISTED_MAX 40

int cli_nothing_matches(const char *command, const struct plim_trace *trace, const char *what)
{
	unsigned listed = 0;

	cli_error(command, "%s matches no event of the trace; it has:", what);
	for (uint32_t i = 0; i < trace->site_room && listed <= LISTED_MAX; i++) {
		const struct plim_trace_site *site = trace->sites[i];

		if (!site || site->type == PLIM_SITE_ENABLED || is_repeated(trace, i))
			continue;
		if (listed++ == LISTED_MAX)
			fputs("  ... ('plimsoll list' has them all)\n", stderr);
		else
			fprintf(stderr, "  %s/%s:%s\n", site->provider, site->event,
				plim_filter_level_name(site->level));
	}
	if (!listed)
		fputs("  none yet\n", stderr);
	return CLI_FAILED;
}

int cli_report_damage(const char *command, const char *path, const struct plim_trace *trace,
		      int status)
{
	if (!trace->damage.count)
		return status;
	return cli_error(command,
			 "%s is damaged in %llu place%s (%s); every intact record is shown", path,
			 (unsigned long long)trace->damage.count,
			 trace->damage.count == 1 ? "" : "s, first", trace->damage.first);
}

int cli_usage_error(const char *command, const char *what)
{
	return cli_error(command, "%s; 'plimsoll %s --help' shows how", what, command);
}

void cli_print_text(const char *text)
{
	char buffer[512];

	for (size_t left = strlen(text), part; left; text += part, left -= part) {
		part = left < sizeof(buffer) / 4 ? left : sizeof(buffer) / 4;
		/* Not in the middle of a UTF-8 sequence. */
		while (part < left && part > 1 && ((unsigned char)text[part] & 0xc0) == 0x80)
			part--;
		char *end = plim_put_escaped(buffer, text, part, PLIM_STYLE_BARE);

		fwrite(buffer, 1, (size_t)(end - buffer), stdout);
	}
}
