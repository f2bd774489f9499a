/* SPDX-License-Identifier: MIT */
/*
 * FILTER = PROVIDER[/EVENT][:LEVEL][:KEYWORDS], the same words for the traced program's session,
 * for the filter page of a trace file and for the commands. No heap and no libc call that could
 * take a lock: a session applies filters while a module is being loaded.
 *
 *   NetExt                        every event of NetExt
 *   NetExt/connect_?:warning     warnings and worse of some events
 *   *:info                        what is recorded when nobody asked for anything else
 *   NetExt::0x3                   events of which a keyword bit is 1 or 2
 */
#ifndef PLIM_BASE_FILTER_H
#define PLIM_BASE_FILTER_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The longest glob for a provider or an event, its NUL included. */
#define PLIM_FILTER_GLOB_BYTES 128

/** The longest FILTER as text, its NUL included: it must fit a line of the filter page. */
#define PLIM_FILTER_TEXT_BYTES 320

struct plim_filter {
	char provider[PLIM_FILTER_GLOB_BYTES];
	char event[PLIM_FILTER_GLOB_BYTES]; /* "*" when the filter names no event */
	bool has_event;
	bool has_keywords;
	uint8_t level; /* this level and the more severe ones; 255: every level */
	uint64_t keywords;
};

#define PLIM_FILTER_ANY_LEVEL 255u

/** Reads one FILTER of `length` bytes. Returns 0, or -1 and a line in `err` (may be NULL). */
int plim_filter_parse(struct plim_filter *filter, const char *text, size_t length,
		      struct plim_error *err);

/**
 * Whether the filter speaks of such an event. `event` may be NULL for a question that is asked for
 * no event in particular (PLIM_ENABLED): then the filter's event glob does not count.
 */
bool plim_filter_match(const struct plim_filter *filter, const char *provider, const char *event,
		       uint8_t level, uint64_t keyword);

/** Shell globs: `*`, `?`, `[a-z]`, `[!a-z]` and `\` before a character that is meant itself. */
bool plim_filter_glob(const char *glob, const char *text);

/** The number of a level by name ("warning"), by number ("3"), or -1. */
int plim_filter_level(const char *text, size_t length);

/** The name of a level, "level?" for one that does not exist. */
const char *plim_filter_level_name(unsigned level);

/**
 * Steps through the filter page: lines `+FILTER` and `-FILTER`, applied in order. `*at` is an
 * offset, 0 to begin; returns false at the end. A line that cannot be read is stepped over: the
 * page may come from a newer version.
 */
bool plim_filter_page_next(const char *page, size_t bytes, size_t *at, struct plim_filter *filter,
			   bool *turns_on);

/**
 * Applies one line to a site. Returns whether the line speaks of the site, and if so sets `*on`.
 * A question (`event` NULL) is turned on by any filter that could let an event pass, and off only
 * by one that names no event.
 */
bool plim_filter_apply(const struct plim_filter *filter, bool turns_on, const char *provider,
		       const char *event, uint8_t level, uint64_t keyword, bool *on);

/** What the whole page says about a site that starts out off. */
bool plim_filter_page_decide(const char *page, size_t bytes, const char *provider,
			     const char *event, uint8_t level, uint64_t keyword);

#endif
