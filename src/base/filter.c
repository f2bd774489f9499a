/* SPDX-License-Identifier: MIT */
#include "base/filter.h"

#include <string.h>

static const char *const level_names[] = {"always",  "critical", "error",
					  "warning", "info",     "verbose"};

#define LEVEL_COUNT (sizeof(level_names) / sizeof(level_names[0]))

const char *plim_filter_level_name(unsigned level)
{
	return level < LEVEL_COUNT ? level_names[level] : "level?";
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool same_word(const char *text, size_t length, const char *word)
{
	for (size_t i = 0; i < length; i++) {
		if (!word[i] || lower(text[i]) != word[i])
			return false;
	}
	return word[length] == '\0';
}

int plim_filter_level(const char *text, size_t length)
{
	if (length == 1 && text[0] >= '0' && text[0] < (char)('0' + LEVEL_COUNT))
		return text[0] - '0';
	for (unsigned i = 0; i < LEVEL_COUNT; i++) {
		if (same_word(text, length, level_names[i]))
			return (int)i;
	}
	return -1;
}

/** Matches one character against the set behind `[`; `*end` is set behind its `]`. */
static bool glob_set(const char *set, char c, const char **end)
{
	const char *p = set;
	bool negated = *p == '!' || *p == '^';
	bool found = false;

	if (negated)
		p++;
	for (bool first = true; *p && (first || *p != ']'); first = false) {
		char low = *p == '\\' && p[1] ? *++p : *p;
		char high = low;

		if (p[1] == '-' && p[2] && p[2] != ']') {
			p += 2;
			high = *p == '\\' && p[1] ? *++p : *p;
		}
		if ((unsigned char)c >= (unsigned char)low &&
		    (unsigned char)c <= (unsigned char)high)
			found = true;
		p++;
	}
	*end = *p ? p + 1 : NULL;
	return found != negated;
}

/** One character or set at `*glob` against `c`; moves `*glob` behind it when it matches. */
static bool glob_one(const char **glob, char c)
{
	const char *p = *glob;
	const char *end;

	if (*p == '?') {
		*glob = p + 1;
		return true;
	}
	if (*p == '[') {
		bool matches = glob_set(p + 1, c, &end);

		if (end) {
			*glob = end;
			return matches;
		}
	}
	if (*p == '\\' && p[1])
		p++;
	*glob = p + 1;
	return *p == c;
}

bool plim_filter_glob(const char *glob, const char *text)
{
	const char *star = NULL;
	const char *retry = NULL;

	while (*text) {
		const char *next = glob;

		if (*glob == '*') {
			star = ++glob;
			retry = text;
		} else if (*glob && glob_one(&next, *text)) {
			glob = next;
			text++;
		} else if (star) {
			/* The last star takes one character more. */
			glob = star;
			text = ++retry;
		} else {
			return false;
		}
	}
	while (*glob == '*')
		glob++;
	return *glob == '\0';
}

static int copy_glob(char *to, const char *from, size_t length, const char *what,
		     struct plim_error *err)
{
	if (length == 0)
		return plim_error_set(err, "a filter needs a name or glob for its %s; try '*'",
				      what);
	if (length >= PLIM_FILTER_GLOB_BYTES)
		return plim_error_set(err, "the filter's %s is longer than %d bytes; use a glob",
				      what, PLIM_FILTER_GLOB_BYTES - 1);
	for (size_t i = 0; i < length; i++) {
		if ((unsigned char)from[i] < 0x20)
			return plim_error_set(
				err, "the filter's %s has a control character; use '?'", what);
	}
	memcpy(to, from, length);
	to[length] = '\0';
	return 0;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

static int parse_keywords(struct plim_filter *filter, const char *text, size_t length,
			  struct plim_error *err)
{
	bool hex = length > 2 && text[0] == '0' && lower(text[1]) == 'x';
	unsigned base = hex ? 16 : 10;
	uint64_t value = 0;

	for (size_t i = hex ? 2 : 0; i < length; i++) {
		unsigned digit = (unsigned)digit_of(text[i]);

		if (digit >= base || __builtin_mul_overflow(value, base, &value) ||
		    __builtin_add_overflow(value, digit, &value))
			return plim_error_set(err, "'%.*s' is not a keyword mask; try 0x3",
					      (int)length, text);
	}
	if (value == 0)
		return plim_error_set(err, "keyword mask 0 matches nothing; leave it out for all");
	filter->keywords = value;
	filter->has_keywords = true;
	return 0;
}

int plim_filter_parse(struct plim_filter *filter, const char *text, size_t length,
		      struct plim_error *err)
{
	const char *end = text + length;
	const char *colon = memchr(text, ':', length);
	const char *names_end = colon ? colon : end;
	const char *slash = memchr(text, '/', (size_t)(names_end - text));
	const char *provider_end = slash ? slash : names_end;

	memset(filter, 0, sizeof(*filter));
	filter->level = PLIM_FILTER_ANY_LEVEL;
	filter->event[0] = '*';
	if (length >= PLIM_FILTER_TEXT_BYTES)
		return plim_error_set(err, "a filter has at most %d bytes",
				      PLIM_FILTER_TEXT_BYTES - 1);
	if (copy_glob(filter->provider, text, (size_t)(provider_end - text), "provider", err))
		return -1;
	if (slash) {
		filter->has_event = true;
		if (copy_glob(filter->event, slash + 1, (size_t)(names_end - slash - 1), "event",
			      err))
			return -1;
	}
	if (!colon)
		return 0;
	const char *level = colon + 1;
	const char *second = memchr(level, ':', (size_t)(end - level));
	const char *level_end = second ? second : end;

	if (level != level_end || !second) {
		int number = plim_filter_level(level, (size_t)(level_end - level));

		if (number < 0)
			return plim_error_set(err,
					      "'%.*s' is not a level; try always, critical, error, "
					      "warning, info, verbose or 0 to 5",
					      (int)(level_end - level), level);
		filter->level = (uint8_t)number;
	}
	return second ? parse_keywords(filter, second + 1, (size_t)(end - second - 1), err) : 0;
}

bool plim_filter_match(const struct plim_filter *filter, const char *provider, const char *event,
		       uint8_t level, uint64_t keyword)
{
	if (level > filter->level)
		return false;
	if (filter->has_keywords && !(keyword & filter->keywords))
		return false;
	if (!plim_filter_glob(filter->provider, provider))
		return false;
	return !event || !filter->has_event || plim_filter_glob(filter->event, event);
}

bool plim_filter_page_next(const char *page, size_t bytes, size_t *at, struct plim_filter *filter,
			   bool *turns_on)
{
	while (*at < bytes && page[*at]) {
		const char *line = page + *at;
		const char *end = memchr(line, '\n', bytes - *at);
		size_t length = end ? (size_t)(end - line) : strnlen(line, bytes - *at);

		*at += length + (end ? 1 : 0);
		if (length < 2 || (line[0] != '+' && line[0] != '-'))
			continue;
		*turns_on = line[0] == '+';
		if (plim_filter_parse(filter, line + 1, length - 1, NULL) == 0)
			return true;
	}
	return false;
}

bool plim_filter_apply(const struct plim_filter *filter, bool turns_on, const char *provider,
		       const char *event, uint8_t level, uint64_t keyword, bool *on)
{
	if (!event && !turns_on && filter->has_event)
		return false;
	if (!plim_filter_match(filter, provider, event, level, keyword))
		return false;
	*on = turns_on;
	return true;
}

bool plim_filter_page_decide(const char *page, size_t bytes, const char *provider,
			     const char *event, uint8_t level, uint64_t keyword)
{
	struct plim_filter filter;
	bool turns_on = false;
	bool on = false;

	for (size_t at = 0; plim_filter_page_next(page, bytes, &at, &filter, &turns_on);)
		plim_filter_apply(&filter, turns_on, provider, event, level, keyword, &on);
	return on;
}
