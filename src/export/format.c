/* SPDX-License-Identifier: MIT */
/* What the line formats share. */
#include "export/format.h"

#include <stdlib.h>

/*
 * A byte of a name as JSON is "\u0000" at most, and up to twice as long while CSV quotes it; a key
 * has quotes, colon and comma around it.
 */
#define NAME_EXPANDS_TO 12
#define KEY_AROUND      8
#define FRAME_BYTES     512 /* the keys of a line, levels and numbers */

static size_t room_of_names(const struct plim_trace_site *site)
{
	size_t room = strlen(site->provider) + strlen(site->event) + strlen(site->function) +
		      strlen(site->file);

	for (unsigned i = 0; i < site->field_count; i++)
		room += strlen(site->fields[i].name) + KEY_AROUND;
	return room * NAME_EXPANDS_TO + FRAME_BYTES;
}

static bool grow(struct plim_format *format, uint32_t number)
{
	uint32_t room = format->trace->site_room;

	if (number < format->site_room)
		return true;
	struct plim_format_site **sites = reallocarray(format->sites, room, sizeof(*sites));

	if (!sites)
		return false;
	memset(sites + format->site_room, 0, (room - format->site_room) * sizeof(*sites));
	format->sites = sites;
	format->site_room = room;
	return true;
}

const struct plim_format_site *plim_format_compile(struct plim_format *format,
						   const struct plim_trace_site *site)
{
	struct plim_format_site *compiled =
		grow(format, site->number) ? calloc(1, sizeof(*compiled)) : NULL;

	if (!compiled)
		return NULL;
	compiled->room = room_of_names(site);
	compiled->text = malloc(compiled->room);
	if (!compiled->text) {
		free(compiled);
		return NULL;
	}
	format->compile(format, site, compiled);
	format->sites[site->number] = compiled;
	return compiled;
}

void plim_format_close(struct plim_format *format)
{
	for (uint32_t i = 0; i < format->site_room; i++) {
		if (format->sites[i])
			free(format->sites[i]->text);
		free(format->sites[i]);
	}
	free(format->sites);
	format->sites = NULL;
	format->site_room = 0;
}

const char *plim_format_type_name(uint8_t type)
{
	static const char *const names[] = {
		[PLIM_SITE_EVENT] = NULL,        [PLIM_SITE_ENTER] = "enter",
		[PLIM_SITE_EXIT] = "exit",       [PLIM_SITE_RETURN] = "return",
		[PLIM_SITE_FAIL] = "fail",       [PLIM_SITE_PRINTF] = "printf",
		[PLIM_SITE_ENABLED] = "enabled", [PLIM_SITE_START] = "start",
		[PLIM_SITE_STOP] = "stop",
	};

	return type < sizeof(names) / sizeof(names[0]) ? names[type] : NULL;
}

char *plim_put_fields(char *p, const struct plim_event *event)
{
	struct plim_values values;
	struct plim_value value;
	unsigned open[PLIM_MAX_FIELDS]; /* fields that each open struct still takes */
	unsigned depth = 0;
	bool is_first = false;

	plim_values_start(&values, event->site, event->record);
	while (plim_values_next(&values, &value)) {
		if (!is_first)
			*p++ = ' ';
		is_first = false;
		p = plim_put_escaped(p, value.field->name, strlen(value.field->name),
				     PLIM_STYLE_BARE);
		*p++ = '=';
		for (unsigned i = 0; i < depth; i++)
			open[i]--;
		if (value.field->kind == PLIM_K_STRUCT) {
			*p++ = '{';
			open[depth++] = value.slot[0];
			is_first = true;
		} else {
			p = plim_put_value(p, &value, PLIM_STYLE_TEXT);
		}
		for (; depth && !open[depth - 1]; depth--, is_first = false)
			*p++ = '}';
	}
	while (depth--)
		*p++ = '}';
	return p;
}
