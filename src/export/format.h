/* SPDX-License-Identifier: MIT */
/*
 * Events as lines of text, JSON or CSV. Each format compiles the fragments of a line that never
 * change once a site, so that a line is a few copies and the numbers between them.
 */
#ifndef PLIM_EXPORT_FORMAT_H
#define PLIM_EXPORT_FORMAT_H

#include "export/value.h"
#include "reader/merge.h"

/** What never changes about the lines of one site. */
struct plim_format_site {
	char *text;                       /* all fragments, one behind the other */
	uint32_t head;                    /* bytes from the time to the thread */
	uint32_t middle;                  /* bytes behind the stack pointer, up to the fields */
	uint32_t tail;                    /* bytes behind the fields */
	size_t room;                      /* of all fragments */
	uint32_t key_at[PLIM_MAX_FIELDS]; /* where in `text` the key of each field is */
	uint32_t key_bytes[PLIM_MAX_FIELDS];
};

struct plim_format {
	struct plim_out *out;
	struct plim_trace *trace;
	struct plim_format_site **sites; /* by number */
	uint32_t site_room;
	bool is_coloured;
	int64_t second; /* the one that `date` shows */
	char date[40];
	uint32_t date_bytes;
	/* Fills in the fragments of a site; there is room for `room_of_names()` of it. */
	void (*compile)(struct plim_format *format, const struct plim_trace_site *site,
			struct plim_format_site *compiled);
};

void plim_text_open(struct plim_format *format, struct plim_out *out, struct plim_trace *trace,
		    bool is_coloured);
int plim_text_event(void *format, const struct plim_event *event);
int plim_text_lost(void *format, const struct plim_lost *lost);

void plim_json_open(struct plim_format *format, struct plim_out *out, struct plim_trace *trace);
int plim_json_event(void *format, const struct plim_event *event);
int plim_json_lost(void *format, const struct plim_lost *lost);

/** Writes the line of column names. */
int plim_csv_open(struct plim_format *format, struct plim_out *out, struct plim_trace *trace);
int plim_csv_event(void *format, const struct plim_event *event);
int plim_csv_lost(void *format, const struct plim_lost *lost);

void plim_format_close(struct plim_format *format);

/** The fragments of a site, compiled at its first event; NULL without memory. */
const struct plim_format_site *plim_format_compile(struct plim_format *format,
						   const struct plim_trace_site *site);

static inline const struct plim_format_site *plim_format_site(struct plim_format *format,
							      const struct plim_trace_site *site)
{
	if (__builtin_expect(site->number < format->site_room && format->sites[site->number], 1))
		return format->sites[site->number];
	return plim_format_compile(format, site);
}

/** Names of PLIM_SITE_* for people and JSON; NULL for a plain event. */
const char *plim_format_type_name(uint8_t type);

/** The fields as `name=value name={a=1} ...`, each with a blank before it; all of a printf's text. */
char *plim_put_fields(char *p, const struct plim_event *event);

/**
 * What a PRINTF site's format makes of the fields, for people: control characters are escaped.
 * `room` as plim_message_room() says.
 */
char *plim_put_message(char *p, size_t room, const struct plim_event *event);

/** The room that plim_put_message() needs at most. */
size_t plim_message_room(const struct plim_trace_site *site, uint32_t bytes);

#endif
