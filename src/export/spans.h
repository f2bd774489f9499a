/* SPDX-License-Identifier: MIT */
/*
 * Spans: ENTER with EXIT or RETURN of the same function, START with STOP of the same event, each
 * on one thread; how long they took and how they nest.
 */
#ifndef PLIM_EXPORT_SPANS_H
#define PLIM_EXPORT_SPANS_H

#include "export/format.h"

/** A span that has begun. */
struct plim_span {
	const struct plim_trace_site *site;
	uint64_t start_ns;
};

struct plim_spans {
	struct plim_out *out;
	bool is_json;
	struct plim_list threads; /* struct spans_thread * */
};

void plim_spans_open(struct plim_spans *spans, struct plim_out *out, bool is_json);
int plim_spans_event(void *spans, const struct plim_event *event);
int plim_spans_lost(void *spans, const struct plim_lost *lost);
/** Tells of the spans that never ended, and frees. Returns 0, or -1 when writing failed. */
int plim_spans_close(struct plim_spans *spans);

#endif
