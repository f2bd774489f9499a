/* SPDX-License-Identifier: MIT */
/* Events as lines for people. */
#include "base/filter.h"
#include "export/format.h"

#define LINE_BYTES 192

/* ECMA-48 SGR: what is worse than info stands out, what only places the event steps back. */
#define COLOUR_END   "\033[0m"
#define COLOUR_DIM   "\033[2m"
#define COLOUR_EVENT "\033[1m"

static const char *level_colour(uint8_t level)
{
	static const char *const colours[] = {"\033[36m", "\033[1;31m", "\033[31m",
					      "\033[33m", "",           "\033[2m"};

	return level < sizeof(colours) / sizeof(colours[0]) ? colours[level] : "";
}

static char *put_colour(const struct plim_format *format, char *p, const char *colour)
{
	return format->is_coloured ? plim_put_text(p, colour) : p;
}

static char *put_name(char *p, const char *name)
{
	return plim_put_escaped(p, name, strlen(name), PLIM_STYLE_BARE);
}

static void compile(struct plim_format *format, const struct plim_trace_site *site,
		    struct plim_format_site *compiled)
{
	const char *type = plim_format_type_name(site->type);
	const char *level = plim_filter_level_name(site->level);
	char *start = compiled->text;
	char *p = start;

	*p++ = ' ';
	p = put_colour(format, p, level_colour(site->level));
	p = plim_put_text(p, level);
	p = put_colour(format, p, COLOUR_END);
	for (size_t width = strlen(level); width < 9; width++)
		*p++ = ' ';
	p = put_name(p, site->provider);
	*p++ = '/';
	p = put_colour(format, p, COLOUR_EVENT);
	if (site->type == PLIM_SITE_PRINTF)
		p = plim_put_text(p, "printf");
	else
		p = put_name(p, site->event);
	p = put_colour(format, p, COLOUR_END);
	if (type && site->type != PLIM_SITE_PRINTF) {
		p = plim_put_text(p, " <");
		p = plim_put_text(p, type);
		*p++ = '>';
	}
	compiled->head = (uint32_t)(p - start);
	start = p;
	p = put_colour(format, p, COLOUR_DIM);
	p = plim_put_text(p, "  [");
	p = put_name(p, site->function);
	*p++ = ' ';
	p = put_name(p, site->file);
	*p++ = ':';
	p = plim_put_u32(p, site->line);
	*p++ = ']';
	p = put_colour(format, p, COLOUR_END);
	*p++ = '\n';
	compiled->tail = (uint32_t)(p - start);
}

void plim_text_open(struct plim_format *format, struct plim_out *out, struct plim_trace *trace,
		    bool is_coloured)
{
	memset(format, 0, sizeof(*format));
	format->out = out;
	format->trace = trace;
	format->second = -1;
	format->is_coloured = is_coloured;
	format->compile = compile;
}

/** Date and second change rarely and are kept as text. */
static char *put_time(struct plim_format *format, char *p, uint64_t ns)
{
	uint64_t second = ns / 1000000000;

	if (format->second != (int64_t)second) {
		format->second = (int64_t)second;
		char *end = plim_put_date(format->date, (int64_t)second, ' ');

		*end++ = '.';
		format->date_bytes = (uint32_t)(end - format->date);
	}
	p = plim_put_bytes(p, format->date, format->date_bytes);
	p = plim_put_9(p, (uint32_t)(ns - second * 1000000000));
	*p++ = 'Z';
	return p;
}

int plim_text_event(void *context, const struct plim_event *event)
{
	struct plim_format *format = context;
	const struct plim_format_site *compiled = plim_format_site(format, event->site);
	bool is_printf = event->site->type == PLIM_SITE_PRINTF;

	if (!compiled)
		return -1;
	size_t message = is_printf ? plim_message_room(event->site, event->bytes) : 0;
	char *p =
		plim_out_reserve(format->out, LINE_BYTES + 2 * compiled->room + message +
						      plim_values_room(event->site, event->bytes));

	if (!p)
		return -1;
	p = put_time(format, p, event->time_ns);
	*p++ = ' ';
	p = plim_put_u32(p, event->tid);
	p = plim_put_bytes(p, compiled->text, compiled->head);
	if (is_printf) {
		*p++ = ' ';
		p = plim_put_message(p, message, event);
	} else {
		p = plim_put_fields(p, event);
	}
	format->out->at = plim_put_bytes(p, compiled->text + compiled->head, compiled->tail);
	return 0;
}

int plim_text_lost(void *context, const struct plim_lost *lost)
{
	struct plim_format *format = context;
	char *p = plim_out_reserve(format->out, 2 * LINE_BYTES);

	if (!p)
		return -1;
	p = put_time(format, p, lost->to_ns);
	*p++ = ' ';
	p = lost->has_tid ? plim_put_u32(p, lost->tid) : plim_put_text(p, "-");
	*p++ = ' ';
	p = put_colour(format, p, level_colour(1));
	p = plim_put_text(p, "lost ");
	p = plim_put_u64(p, lost->count);
	p = plim_put_text(p, lost->count == 1 ? " event" : " events");
	p = put_colour(format, p, COLOUR_END);
	p = plim_put_text(p, " since ");
	p = put_time(format, p, lost->from_ns);
	*p++ = '\n';
	format->out->at = p;
	return 0;
}
