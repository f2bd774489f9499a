/* SPDX-License-Identifier: MIT */
/* Events as comma-separated values (RFC 4180): a line of names, then one line an event. */
#include "base/filter.h"
#include "export/format.h"

#define LINE_BYTES 256

static char *put_quoted(char *p, const char *text, size_t bytes)
{
	*p++ = '"';
	for (size_t i = 0; i < bytes; i++) {
		if (text[i] == '"')
			*p++ = '"';
		*p++ = text[i];
	}
	*p++ = '"';
	return p;
}

static char *put_name(char *p, const char *name)
{
	/* Escaped first, so that a line of the file is one event whatever the names hold. */
	char *end = p + strlen(name) * 5;
	char *stop = plim_put_escaped(end, name, strlen(name), PLIM_STYLE_BARE);
	size_t bytes = (size_t)(stop - end);

	if (!memchr(end, '"', bytes) && !memchr(end, ',', bytes)) {
		memmove(p, end, bytes);
		return p + bytes;
	}
	return put_quoted(p, end, bytes);
}

static void compile(struct plim_format *format, const struct plim_trace_site *site,
		    struct plim_format_site *compiled)
{
	char *start = compiled->text;
	char *p = start;

	*p++ = ',';
	p = put_name(p, site->provider);
	*p++ = ',';
	p = put_name(p, site->event);
	*p++ = ',';
	p = plim_put_text(p, plim_filter_level_name(site->level));
	*p++ = ',';
	p = plim_put_hex(p, site->keyword);
	*p++ = ',';
	p = plim_put_u32(p, format->trace->header.pid);
	*p++ = ',';
	compiled->head = (uint32_t)(p - start);
	start = p;
	*p++ = ',';
	p = put_name(p, site->function);
	*p++ = ',';
	p = put_name(p, site->file);
	*p++ = ',';
	p = plim_put_u32(p, site->line);
	p = plim_put_text(p, ",,");
	compiled->middle = (uint32_t)(p - start);
}

int plim_csv_open(struct plim_format *format, struct plim_out *out, struct plim_trace *trace)
{
	char *p = plim_out_reserve(out, LINE_BYTES);

	memset(format, 0, sizeof(*format));
	format->out = out;
	format->trace = trace;
	format->compile = compile;
	if (!p)
		return -1;
	out->at = plim_put_text(
		p, "time_ns,provider,event,level,keywords,pid,tid,sp,function,file,line,"
		   "lost,fields\n");
	return 0;
}

int plim_csv_event(void *context, const struct plim_event *event)
{
	struct plim_format *format = context;
	const struct plim_format_site *compiled = plim_format_site(format, event->site);

	if (!compiled)
		return -1;
	size_t fields = compiled->room + plim_values_room(event->site, event->bytes);

	if (event->site->type == PLIM_SITE_PRINTF)
		fields += plim_message_room(event->site, event->bytes);
	char *p = plim_out_reserve(format->out, LINE_BYTES + compiled->room + 3 * fields);

	if (!p)
		return -1;
	p = plim_put_u64(p, event->time_ns);
	p = plim_put_bytes(p, compiled->text, compiled->head);
	p = plim_put_u32(p, event->tid);
	*p++ = ',';
	p = plim_put_u32(p, event->sp);
	p = plim_put_bytes(p, compiled->text + compiled->head, compiled->middle);
	/* The quoted form is at most twice as long, so the plain one waits behind it. */
	char *plain = p + 2 * fields;
	char *end = event->site->type == PLIM_SITE_PRINTF ? plim_put_message(plain, fields, event)
							  : plim_put_fields(plain, event);

	if (end > plain && *plain == ' ')
		plain++;
	p = put_quoted(p, plain, (size_t)(end - plain));
	*p++ = '\n';
	format->out->at = p;
	return 0;
}

int plim_csv_lost(void *context, const struct plim_lost *lost)
{
	struct plim_format *format = context;
	char *p = plim_out_reserve(format->out, LINE_BYTES);

	if (!p)
		return -1;
	p = plim_put_u64(p, lost->to_ns);
	p = plim_put_text(p, ",,,,,");
	p = plim_put_u32(p, format->trace->header.pid);
	*p++ = ',';
	if (lost->has_tid)
		p = plim_put_u32(p, lost->tid);
	p = plim_put_text(p, ",,,,,");
	p = plim_put_u64(p, lost->count);
	p = plim_put_text(p, ",\n");
	format->out->at = p;
	return 0;
}
