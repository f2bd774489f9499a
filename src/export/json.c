/* SPDX-License-Identifier: MIT */
/* One JSON object a line (RFC 8259); the keys are in the design's section 8. */
#include "base/filter.h"
#include "export/format.h"

/* The numbers and the keys of a line outside of the compiled fragments. */
#define LINE_BYTES 192

static char *put_string(char *p, const char *text)
{
	*p++ = '"';
	p = plim_put_escaped(p, text, strlen(text), PLIM_STYLE_JSON);
	*p++ = '"';
	return p;
}

/** `"key":"value"` with a comma before it. */
static char *put_member(char *p, const char *key, const char *value)
{
	p = plim_put_text(p, ",\"");
	p = plim_put_text(p, key);
	p = plim_put_text(p, "\":");
	return put_string(p, value);
}

static void compile(struct plim_format *format, const struct plim_trace_site *site,
		    struct plim_format_site *compiled)
{
	const char *type = plim_format_type_name(site->type);
	char *start = compiled->text;
	char *p = start;

	*p++ = '"'; /* of the time */
	p = put_member(p, "provider", site->provider);
	p = put_member(p, "event", site->event);
	p = put_member(p, "level", plim_filter_level_name(site->level));
	p = plim_put_text(p, ",\"keywords\":\"");
	p = plim_put_hex(p, site->keyword);
	p = plim_put_text(p, "\",\"pid\":");
	p = plim_put_u32(p, format->trace->header.pid);
	p = plim_put_text(p, ",\"tid\":");
	compiled->head = (uint32_t)(p - start);
	start = p;
	p = put_member(p, "function", site->function);
	p = put_member(p, "file", site->file);
	p = plim_put_text(p, ",\"line\":");
	p = plim_put_u32(p, site->line);
	if (type)
		p = put_member(p, "type", type);
	p = plim_put_text(p, ",\"fields\":{");
	compiled->middle = (uint32_t)(p - start);
	for (unsigned i = 0; i < site->field_count; i++) {
		compiled->key_at[i] = (uint32_t)(p - compiled->text);
		*p++ = ',';
		p = put_string(p, site->fields[i].name);
		*p++ = ':';
		compiled->key_bytes[i] = (uint32_t)(p - compiled->text) - compiled->key_at[i];
	}
}

void plim_json_open(struct plim_format *format, struct plim_out *out, struct plim_trace *trace)
{
	memset(format, 0, sizeof(*format));
	format->out = out;
	format->trace = trace;
	format->second = -1;
	format->compile = compile;
}

/** Nanoseconds in decimal; the seconds change rarely and are kept as text. */
static char *put_time(struct plim_format *format, char *p, uint64_t ns)
{
	uint64_t second = ns / 1000000000;

	if (format->second != (int64_t)second) {
		format->second = (int64_t)second;
		format->date_bytes = (uint32_t)(plim_put_u64(format->date, second) - format->date);
	}
	if (second == 0)
		return plim_put_u64(p, ns);
	memcpy(p, format->date, sizeof(format->date) / 2);
	return plim_put_9(p + format->date_bytes, (uint32_t)(ns - second * 1000000000));
}

/** The names of fields that were cut. */
static char *put_cut(char *p, const struct plim_format_site *compiled,
		     const struct plim_event *event)
{
	struct plim_values values;
	struct plim_value value;
	bool any = false;

	plim_values_start(&values, event->site, event->record);
	while (plim_values_next(&values, &value)) {
		unsigned i = values.index - 1;

		if (!value.is_cut)
			continue;
		p = plim_put_text(p, any ? "," : ",\"cut\":[");
		/* The key without its comma and colon. */
		p = plim_put_bytes(p, compiled->text + compiled->key_at[i] + 1,
				   compiled->key_bytes[i] - 2);
		any = true;
	}
	if (any)
		*p++ = ']';
	return p;
}

/** The members of `fields`, structs as objects of their own. Tells whether a value was cut. */
static char *put_members(char *p, const struct plim_format_site *compiled,
			 const struct plim_event *event, bool *is_cut)
{
	struct plim_values values;
	struct plim_value value;
	unsigned open[PLIM_MAX_FIELDS];
	unsigned depth = 0;
	unsigned comma = 0;

	plim_values_start(&values, event->site, event->record);
	while (plim_values_next(&values, &value)) {
		unsigned i = values.index - 1;

		p = plim_put_bytes(p, compiled->text + compiled->key_at[i] + 1 - comma,
				   compiled->key_bytes[i] - 1 + comma);
		comma = 1;
		*is_cut |= value.is_cut;
		for (unsigned s = 0; s < depth; s++)
			open[s]--;
		if (value.field->kind == PLIM_K_STRUCT) {
			*p++ = '{';
			open[depth++] = value.slot[0];
			comma = 0;
		} else {
			p = plim_put_value(p, &value, PLIM_STYLE_JSON);
		}
		for (; depth && !open[depth - 1]; depth--, comma = 1)
			*p++ = '}';
	}
	while (depth--)
		*p++ = '}';
	return p;
}

int plim_json_event(void *context, const struct plim_event *event)
{
	struct plim_format *format = context;
	const struct plim_trace_site *site = event->site;
	const struct plim_format_site *compiled = plim_format_site(format, site);
	bool is_printf = site->type == PLIM_SITE_PRINTF;
	bool is_cut = false;

	if (!compiled)
		return -1;
	size_t message = is_printf ? plim_message_room(site, event->bytes) : 0;
	char *p = plim_out_reserve(format->out, LINE_BYTES + 2 * compiled->room + 3 * message +
							plim_values_room(site, event->bytes));

	if (!p)
		return -1;
	p = plim_put_bytes(p, "{\"time_ns\":\"", 12);
	p = put_time(format, p, event->time_ns);
	p = plim_put_bytes(p, compiled->text, compiled->head);
	p = plim_put_u32(p, event->tid);
	p = plim_put_bytes(p, ",\"sp\":", 6);
	p = plim_put_u32(p, event->sp);
	p = plim_put_bytes(p, compiled->text + compiled->head, compiled->middle);
	p = put_members(p, compiled, event, &is_cut);
	*p++ = '}';
	if (is_cut)
		p = put_cut(p, compiled, event);
	if (is_printf) {
		p = plim_put_text(p, ",\"message\":\"");
		/* Only quotes and backslashes are left to escape, so twice the room will do. */
		char *plain = p + 2 * message;
		char *end = plim_put_message(plain, message, event);

		p = plim_put_escaped(p, plain, (size_t)(end - plain), PLIM_STYLE_JSON);
		*p++ = '"';
	}
	*p++ = '}';
	*p++ = '\n';
	format->out->at = p;
	return 0;
}

int plim_json_lost(void *context, const struct plim_lost *lost)
{
	struct plim_format *format = context;
	char *p = plim_out_reserve(format->out, LINE_BYTES);

	if (!p)
		return -1;
	p = plim_put_text(p, "{\"lost\":");
	p = plim_put_u64(p, lost->count);
	p = plim_put_text(p, ",\"tid\":");
	p = lost->has_tid ? plim_put_u32(p, lost->tid) : plim_put_text(p, "null");
	p = plim_put_text(p, ",\"from_ns\":\"");
	p = plim_put_u64(p, lost->from_ns);
	p = plim_put_text(p, "\",\"to_ns\":\"");
	p = plim_put_u64(p, lost->to_ns);
	format->out->at = plim_put_text(p, "\"}\n");
	return 0;
}
