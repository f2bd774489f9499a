/* SPDX-License-Identifier: MIT */
#include "export/spans.h"

#include <stdlib.h>

#define LINE_BYTES 256
/* Beyond this depth the outer spans are kept and deeper ones are not paired: memory stays bounded. */
#define DEPTH_MAX 512

struct spans_thread {
	uint32_t tid;
	uint32_t depth;
	struct plim_span open[DEPTH_MAX];
};

void plim_spans_open(struct plim_spans *spans, struct plim_out *out, bool is_json)
{
	memset(spans, 0, sizeof(*spans));
	spans->out = out;
	spans->is_json = is_json;
}

static struct spans_thread *find_thread(struct plim_spans *spans, uint32_t tid)
{
	struct spans_thread **threads = spans->threads.items;

	for (size_t i = 0; i < spans->threads.count; i++) {
		if (threads[i]->tid == tid)
			return threads[i];
	}
	struct spans_thread **slot = plim_list_add(&spans->threads, sizeof(*slot));

	if (!slot)
		return NULL;
	*slot = calloc(1, sizeof(**slot));
	if (!*slot) {
		spans->threads.count--;
		return NULL;
	}
	(*slot)->tid = tid;
	return *slot;
}

static bool is_activity(uint8_t type)
{
	return type == PLIM_SITE_START || type == PLIM_SITE_STOP;
}

/** A function's spans are named by it, an activity's by its event. */
static const char *name_of(const struct plim_trace_site *site)
{
	return is_activity(site->type) ? site->event : site->function;
}

static bool is_pair(const struct plim_trace_site *start, const struct plim_trace_site *end)
{
	if (is_activity(start->type) != is_activity(end->type) ||
	    strcmp(start->provider, end->provider) != 0)
		return false;
	if (strcmp(name_of(start), name_of(end)) != 0)
		return false;
	/* Static functions of one name live in several files. */
	return is_activity(start->type) || !strcmp(start->file, end->file);
}

static char *put_name(char *p, const char *name, enum plim_style style)
{
	return plim_put_escaped(p, name, strlen(name), style);
}

static char *put_json(char *p, const struct spans_thread *thread, const struct plim_span *span,
		      uint32_t depth, uint64_t end_ns, bool has_end)
{
	p = plim_put_text(p, "{\"start_ns\":\"");
	p = plim_put_u64(p, span->start_ns);
	p = plim_put_text(p, "\",\"end_ns\":");
	if (has_end) {
		*p++ = '"';
		p = plim_put_u64(p, end_ns);
		p = plim_put_text(p, "\",\"duration_ns\":");
		p = plim_put_u64(p, end_ns - span->start_ns);
	} else {
		p = plim_put_text(p, "null,\"duration_ns\":null");
	}
	p = plim_put_text(p, ",\"tid\":");
	p = plim_put_u32(p, thread->tid);
	p = plim_put_text(p, ",\"depth\":");
	p = plim_put_u32(p, depth);
	p = plim_put_text(p, ",\"provider\":\"");
	p = put_name(p, span->site->provider, PLIM_STYLE_JSON);
	p = plim_put_text(p, "\",\"name\":\"");
	p = put_name(p, name_of(span->site), PLIM_STYLE_JSON);
	p = plim_put_text(p, "\",\"file\":\"");
	p = put_name(p, span->site->file, PLIM_STYLE_JSON);
	p = plim_put_text(p, "\",\"line\":");
	p = plim_put_u32(p, span->site->line);
	return plim_put_text(p, "}\n");
}

static char *put_text(char *p, const struct spans_thread *thread, const struct plim_span *span,
		      uint32_t depth, uint64_t end_ns, bool has_end)
{
	char number[PLIM_U64_DIGITS];
	size_t digits =
		has_end ? (size_t)(plim_put_u64(number, end_ns - span->start_ns) - number) : 0;

	p = plim_put_date(p, (int64_t)(span->start_ns / 1000000000), ' ');
	*p++ = '.';
	p = plim_put_9(p, (uint32_t)(span->start_ns % 1000000000));
	p = plim_put_text(p, "Z ");
	p = plim_put_u32(p, thread->tid);
	*p++ = ' ';
	if (has_end) {
		for (; digits < 12; digits++)
			*p++ = ' ';
		p = plim_put_u64(p, end_ns - span->start_ns);
		p = plim_put_text(p, " ns  ");
	} else {
		p = plim_put_text(p, "      not ended  ");
	}
	for (uint32_t i = 0; i < depth; i++)
		p = plim_put_text(p, "  ");
	p = put_name(p, span->site->provider, PLIM_STYLE_BARE);
	*p++ = '/';
	p = put_name(p, name_of(span->site), PLIM_STYLE_BARE);
	p = plim_put_text(p, is_activity(span->site->type) ? "  [" : "()  [");
	p = put_name(p, span->site->file, PLIM_STYLE_BARE);
	*p++ = ':';
	p = plim_put_u32(p, span->site->line);
	return plim_put_text(p, "]\n");
}

/** Tells of the innermost open span of a thread, and closes it. */
static int tell(struct plim_spans *spans, struct spans_thread *thread, uint64_t end_ns,
		bool has_end)
{
	const struct plim_span *span = &thread->open[--thread->depth];
	size_t names = strlen(span->site->provider) + strlen(name_of(span->site)) +
		       strlen(span->site->file);
	char *p = plim_out_reserve(spans->out, LINE_BYTES + 6 * names + 2 * DEPTH_MAX);

	if (!p)
		return -1;
	p = spans->is_json ? put_json(p, thread, span, thread->depth, end_ns, has_end)
			   : put_text(p, thread, span, thread->depth, end_ns, has_end);
	spans->out->at = p;
	return 0;
}

static int end_span(struct plim_spans *spans, struct spans_thread *thread,
		    const struct plim_event *event)
{
	uint32_t at = thread->depth;

	while (at && !is_pair(thread->open[at - 1].site, event->site))
		at--;
	if (!at)
		return 0; /* it began before the trace did */
	/* What was opened inside of it and not closed was left by a jump or lost. */
	while (thread->depth > at) {
		if (tell(spans, thread, event->time_ns, false) != 0)
			return -1;
	}
	return tell(spans, thread, event->time_ns, true);
}

int plim_spans_event(void *context, const struct plim_event *event)
{
	struct plim_spans *spans = context;
	uint8_t type = event->site->type;

	switch (type) {
	case PLIM_SITE_ENTER:
	case PLIM_SITE_START:
	case PLIM_SITE_EXIT:
	case PLIM_SITE_RETURN:
	case PLIM_SITE_STOP: break;
	default: return 0;
	}
	struct spans_thread *thread = find_thread(spans, event->tid);

	if (!thread)
		return -1;
	if (type != PLIM_SITE_ENTER && type != PLIM_SITE_START)
		return end_span(spans, thread, event);
	if (thread->depth < DEPTH_MAX)
		thread->open[thread->depth++] = (struct plim_span){event->site, event->time_ns};
	return 0;
}

int plim_spans_lost(void *context, const struct plim_lost *lost)
{
	struct plim_spans *spans = context;
	char *p = plim_out_reserve(spans->out, LINE_BYTES);

	if (!p)
		return -1;
	p = plim_put_text(p, spans->is_json ? "{\"lost\":" : "lost ");
	p = plim_put_u64(p, lost->count);
	p = plim_put_text(p, spans->is_json ? "}\n" : " events: spans may be missing\n");
	spans->out->at = p;
	return 0;
}

int plim_spans_close(struct plim_spans *spans)
{
	struct spans_thread **threads = spans->threads.items;
	int status = 0;

	for (size_t i = 0; i < spans->threads.count; i++) {
		while (threads[i]->depth && !status)
			status = tell(spans, threads[i], 0, false);
		free(threads[i]);
	}
	free(threads);
	memset(spans, 0, sizeof(*spans));
	return status;
}
