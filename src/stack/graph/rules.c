/* SPDX-License-Identifier: MIT */
/* Reading a rules file; what the rules are asked is in rules_match.c. */
#include "stack/graph/rules.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A project's rules are some hundred lines; a file beyond this is not one. */
#define RULES_BYTES_MAX ((size_t)4 << 20)

/* N beyond this is a slip of the pen, and sums stay far below PLIM_BYTES_MAX. */
#define NUMBER_MAX ((int64_t)1 << 40)

/* The longest regular expression that regcomp is given: its memory grows with counted repeats. */
#define REGEX_BYTES_MAX 4096

/*
 * What logs without being told: Plimsoll's own routines, TraceLogging (Windows, Linux), LTTng, the
 * printf families of C, the kernels, GLib and systemd, and the C library's one-line reporters.
 */
static const char default_sinks[] =
	"^(plim_(x86|emit|stage|ring|record)(_.*)?|__plim_.*"
	"|_*tlg_?.*|_*[Tt]race_?[Ll]ogging.*|Event(Write|Register).*|_*lttngh?_.*|_*tracepoint_.*"
	"|_*v?(f|s|sn|d|as|obstack_|w|fw|sw)?w?printf(_chk|_unlocked)?"
	"|_*v?syslog(_chk)?|perror|v?(warn|err)x|error_at_line|psignal"
	"|_?v?printk(_.*)?|_dev_(printk|emerg|alert|crit|err|warn|notice|info)|v?DbgPrint(Ex)?.*"
	"|g_(log|print|printerr|warn|message|debug|info|error|critical)(_.*)?|sd_journal_(print|"
	"send).*)$";

struct reader {
	const char *name;
	const char *at, *line_start, *end; /* end of the line */
	unsigned line;
	struct plim_rules *rules;
	struct plim_error *err;
};

static int fail(const struct reader *r, const char *at, const char *what)
{
	return plim_error_set(r->err, "%s:%u:%u: %s", r->name, r->line,
			      (unsigned)(at - r->line_start) + 1, what);
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void skip_space(struct reader *r)
{
	while (r->at < r->end && is_space(*r->at))
		r->at++;
}

static bool at_end(struct reader *r)
{
	skip_space(r);
	return r->at == r->end;
}

/* A word up to a space, a comma, or one of `->` `<=` `=` that stands alone; false at the end. */
static bool next_word(struct reader *r, const char **word, size_t *length)
{
	skip_space(r);
	*word = r->at;
	while (r->at < r->end && !is_space(*r->at) && *r->at != ',' &&
	       !(r->at > *word && (*r->at == '=' || *r->at == '<' ||
				   (*r->at == '-' && r->at + 1 < r->end && r->at[1] == '>'))))
		r->at++;
	*length = (size_t)(r->at - *word);
	return *length > 0;
}

static bool is_word(const char *word, size_t length, const char *text)
{
	return length == strlen(text) && !memcmp(word, text, length);
}

static int expect(struct reader *r, const char *sign, const char *usage)
{
	skip_space(r);
	if ((size_t)(r->end - r->at) < strlen(sign) || memcmp(r->at, sign, strlen(sign))) {
		char text[160];

		snprintf(text, sizeof(text), "expected '%s'; write: %s", sign, usage);
		return fail(r, r->at, text);
	}
	r->at += strlen(sign);
	return 0;
}

static int read_number(struct reader *r, int64_t *number)
{
	const char *word;
	char copy[40], *end;
	size_t length;
	unsigned long long value;
	int shift = 0;

	if (!next_word(r, &word, &length))
		return fail(r, r->at, "expected a number, such as 4096, 0x1000 or 4K");
	if (length >= sizeof(copy) || !isdigit((unsigned char)*word))
		return fail(r, word, "this is not a number; write 4096, 0x1000 or 4K");
	memcpy(copy, word, length);
	copy[length] = '\0';
	errno = 0;
	value = strtoull(copy, &end, strncmp(copy, "0x", 2) ? 10 : 16);
	if (!strcmp(end, "K") || !strcmp(end, "KiB"))
		shift = 10;
	else if (!strcmp(end, "M") || !strcmp(end, "MiB"))
		shift = 20;
	else if (*end)
		return fail(r, word, "this is not a number; write 4096, 0x1000 or 4K");
	if (errno || value > (unsigned long long)(NUMBER_MAX >> shift))
		return fail(r, word, "this number is too large for a stack");
	*number = (int64_t)(value << shift);
	return 0;
}

static int copy_word(struct reader *r, const char *word, size_t length, const char **copy)
{
	*copy = plim_pool_copy_n(&r->rules->pool, word, length);
	return *copy ? 0 : fail(r, word, "no memory for the rules");
}

/* FUNCTION, FILE:FUNCTION, and for `calls` the +LINE or +0xOFFSET behind it. */
static int read_function(struct reader *r, struct plim_rule *rule)
{
	const char *word, *colon, *plus = NULL;
	size_t length;

	if (!next_word(r, &word, &length))
		return fail(r, r->at, "expected a function's name");
	rule->column = (unsigned)(word - r->line_start) + 1;
	if (rule->kind == PLIM_RULE_CALLS)
		plus = memrchr(word, '+', length);
	colon = memrchr(word, ':', length);
	if (plus && colon && plus < colon) /* a FILE such as libstdc++.so.6 */
		plus = NULL;
	if (plus && plus > word && plus + 1 < word + length) {
		char digits[24] = "", *end;
		size_t count = (size_t)(word + length - plus) - 1;

		if (count >= sizeof(digits))
			return fail(r, plus, "expected a line, or 0x and an offset, behind '+'");
		memcpy(digits, plus + 1, count);
		rule->has_call_offset = !strncmp(digits, "0x", 2);
		rule->call_offset = strtoull(digits, &end, rule->has_call_offset ? 16 : 10);
		if (*end || !isdigit((unsigned char)*digits) ||
		    (!rule->has_call_offset &&
		     (!rule->call_offset || rule->call_offset > UINT32_MAX)))
			return fail(r, plus, "expected a line, or 0x and an offset, behind '+'");
		if (!rule->has_call_offset)
			rule->call_line = (unsigned)rule->call_offset;
		length = (size_t)(plus - word);
	}
	/* The last colon, so that a FILE may be a path; `::` belongs to a C++ name. */
	colon = memrchr(word, ':', length);
	if (colon && colon > word && colon[-1] != ':' && colon + 1 < word + length) {
		if (copy_word(r, word, (size_t)(colon - word), &rule->file))
			return -1;
		length -= (size_t)(colon + 1 - word);
		word = colon + 1;
	}
	return copy_word(r, word, length, &rule->subject);
}

static const char entry_usage[] =
	"entry GLOB [kind thread|callback|signal|interrupt] [frame N] budget N";

static int read_entry(struct reader *r, struct plim_rule *rule)
{
	const char *word;
	size_t length;
	bool has_budget = false;

	rule->frame_bytes = -1;
	if (read_function(r, rule))
		return -1;
	while (next_word(r, &word, &length)) {
		if (is_word(word, length, "budget")) {
			has_budget = true;
			if (read_number(r, &rule->number))
				return -1;
		} else if (is_word(word, length, "frame")) {
			if (read_number(r, &rule->frame_bytes))
				return -1;
		} else if (is_word(word, length, "kind")) {
			int kind = 0;

			next_word(r, &word, &length);
			while (kind < PLIM_ENTRY_KINDS &&
			       !is_word(word, length, plim_entry_kind_name(kind)))
				kind++;
			if (kind == PLIM_ENTRY_KINDS)
				return fail(r, word,
					    "a kind is thread, callback, signal or interrupt");
			rule->entry_kind = kind;
		} else {
			r->at = word;
			break;
		}
	}
	if (!has_budget) {
		char text[160];

		snprintf(text, sizeof(text), "an entry needs a budget; write: %s", entry_usage);
		return fail(r, r->at, text);
	}
	return 0;
}

static int read_calls(struct reader *r, struct plim_rule *rule)
{
	size_t capacity = 0, length;
	const char *word, **globs = NULL;

	if (read_function(r, rule) || expect(r, "->", "calls FUNCTION[+LINE] -> GLOB, ..."))
		return -1;
	do {
		const char **moved = NULL;

		if (!next_word(r, &word, &length))
			return fail(r, r->at, "expected a function's name behind '->' or ','");
		if (rule->glob_count == capacity) {
			capacity = capacity ? capacity * 2 : 4;
			moved = plim_pool_take(&r->rules->pool, capacity * sizeof(*moved));
			if (!moved)
				return fail(r, word, "no memory for the rules");
			if (globs)
				memcpy(moved, globs, rule->glob_count * sizeof(*moved));
			globs = moved;
		}
		if (copy_word(r, word, length, &globs[rule->glob_count]))
			return -1;
		rule->glob_count++;
		skip_space(r);
	} while (r->at < r->end && *r->at == ',' && r->at++);
	rule->globs = globs;
	if (rule->glob_count == 1 && !strcmp(globs[0], "(types)"))
		rule->answer = PLIM_ANSWER_TYPES;
	else if (rule->glob_count == 1 && !strcmp(globs[0], "(none)"))
		rule->answer = PLIM_ANSWER_NONE;
	return 0;
}

static int read_limit(struct reader *r, struct plim_rule *rule, const char *sign, const char *usage)
{
	if (read_function(r, rule) || expect(r, sign, usage) || read_number(r, &rule->number))
		return -1;
	if (rule->kind == PLIM_RULE_RECURSION && rule->number < 1)
		return fail(r, r->line_start, "a function that runs is active at least once");
	return 0;
}

/*
 * regcomp copies what is repeated: `x+` twice, `x{9}` nine times, and repeats of repeats multiply. The
 * product of all that are written bounds the copies. Back references make matching exponential.
 */
#define REGEX_COPIES_MAX 65536

static bool is_tame(const char *text)
{
	unsigned long copies = 1;

	for (; *text && copies <= REGEX_COPIES_MAX; text++) {
		if (*text == '\\' && text[1]) {
			text++;
			if (isdigit((unsigned char)*text))
				return false;
		} else if (*text == '+' || *text == '?' || *text == '*') {
			copies *= *text == '+' ? 2 : 1;
		} else if (*text == '{') {
			unsigned long most = 1;

			while (text[1] && *text != '}') {
				char *end;
				unsigned long times = strtoul(text + 1, &end, 10);

				most = times > most ? times : most;
				text = end > text + 1 ? end - 1 : text + 1;
			}
			if (most > REGEX_COPIES_MAX)
				return false;
			copies *= most;
		}
	}
	return copies <= REGEX_COPIES_MAX;
}

static int compile(const char *text, regex_t *regex, char *why, size_t size)
{
	int code;

	if (strlen(text) > REGEX_BYTES_MAX) {
		snprintf(why, size, "it is too long");
		return -1;
	}
	if (!is_tame(text)) {
		snprintf(why, size, "it repeats too much, or refers back");
		return -1;
	}
	code = regcomp(regex, text, REG_EXTENDED | REG_NOSUB);
	if (code)
		regerror(code, regex, why, size);
	return code ? -1 : 0;
}

/* REGEX is the rest of the line, spaces inside it included. */
static int read_logging(struct reader *r, struct plim_rule *rule)
{
	const char *end = r->end;
	char why[120], text[200];

	skip_space(r);
	while (end > r->at && is_space(end[-1]))
		end--;
	if (end == r->at)
		return fail(r, r->at, "expected a regular expression; write: logging REGEX");
	rule->column = (unsigned)(r->at - r->line_start) + 1;
	if (copy_word(r, r->at, (size_t)(end - r->at), &rule->subject))
		return -1;
	if (compile(rule->subject, &rule->regex, why, sizeof(why))) {
		snprintf(text, sizeof(text), "not an extended regular expression: %s", why);
		return fail(r, r->at, text);
	}
	r->at = r->end;
	return 0;
}

static const struct keyword {
	const char *word;
	enum plim_rule_kind kind;
} keywords[] = {
	{"entry", PLIM_RULE_ENTRY},         {"calls", PLIM_RULE_CALLS},
	{"recursion", PLIM_RULE_RECURSION}, {"dynamic", PLIM_RULE_DYNAMIC},
	{"external", PLIM_RULE_EXTERNAL},   {"logging", PLIM_RULE_LOGGING},
};

static int read_body(struct reader *r, struct plim_rule *rule)
{
	switch (rule->kind) {
	case PLIM_RULE_ENTRY: return read_entry(r, rule);
	case PLIM_RULE_CALLS: return read_calls(r, rule);
	case PLIM_RULE_RECURSION: return read_limit(r, rule, "<=", "recursion FUNCTION <= N");
	case PLIM_RULE_DYNAMIC: return read_limit(r, rule, "<=", "dynamic FUNCTION <= N");
	case PLIM_RULE_EXTERNAL: return read_limit(r, rule, "=", "external FUNCTION = N");
	case PLIM_RULE_LOGGING: break;
	}
	return read_logging(r, rule);
}

static int read_rule(struct reader *r)
{
	struct plim_rule rule = {.line = r->line};
	const char *word;
	size_t length, k = 0, count = sizeof(keywords) / sizeof(keywords[0]);

	if (!next_word(r, &word, &length))
		return fail(r, r->at, "expected a rule");
	while (k < count && !is_word(word, length, keywords[k].word))
		k++;
	if (k == count)
		return fail(r, word,
			    "no such rule; there are entry, calls, recursion, dynamic, external "
			    "and logging");
	rule.kind = keywords[k].kind;
	if (plim_grow((void **)&r->rules->rules, r->rules->count, &r->rules->capacity,
		      sizeof(rule)))
		return fail(r, word, "no memory for the rules");
	if (read_body(r, &rule))
		return -1;
	/* From here on the list owns the regular expression. */
	r->rules->rules[r->rules->count++] = rule;
	if (!at_end(r))
		return fail(r, r->at, "the rule should end here");
	return 0;
}

int plim_rules_set_sinks(struct plim_rules *rules, const char *sinks, struct plim_error *err)
{
	const char *subject = plim_pool_copy(&rules->pool, sinks);
	char why[120];
	regex_t regex;

	if (!subject)
		return plim_error_set(err, "no memory for the rules");
	if (compile(subject, &regex, why, sizeof(why)))
		return plim_error_set(err, "'%.80s' is not an extended regular expression: %s",
				      sinks, why);
	if (rules->sinks.subject)
		regfree(&rules->sinks.regex);
	rules->sinks.kind = PLIM_RULE_LOGGING;
	rules->sinks.subject = subject;
	rules->sinks.regex = regex;
	return 0;
}

int plim_rules_default(struct plim_rules *rules, struct plim_error *err)
{
	memset(rules, 0, sizeof(*rules));
	rules->name = "";
	return plim_rules_set_sinks(rules, default_sinks, err);
}

int plim_rules_parse(const char *name, const char *text, size_t size, struct plim_rules *rules,
		     struct plim_error *err)
{
	struct reader r = {.name = name, .rules = rules, .err = err};

	if (plim_rules_default(rules, err))
		return -1;
	rules->name = plim_pool_copy(&rules->pool, name);
	if (memchr(text, '\0', size)) {
		plim_rules_free(rules);
		return plim_error_set(err, "%s: holds a zero byte, so it is no rules file", name);
	}
	for (const char *line = text; line < text + size;) {
		const char *end = memchr(line, '\n', (size_t)(text + size - line));
		const char *next = end ? end + 1 : text + size, *comment;

		r.line++;
		r.at = r.line_start = line;
		r.end = end ? end : text + size;
		comment = memchr(line, '#', (size_t)(r.end - line));
		r.end = comment ? comment : r.end;
		if (!at_end(&r) && read_rule(&r)) {
			plim_rules_free(rules);
			return -1;
		}
		line = next;
	}
	return 0;
}

/* Every byte of a regular file or a pipe, up to the limit. */
static char *read_all(int fd, size_t *size, struct plim_error *err, const char *path)
{
	char *text = malloc(RULES_BYTES_MAX + 1);
	ssize_t got = 1;

	*size = 0;
	if (!text) {
		plim_error_set(err, "%s: no memory to read it", path);
		return NULL;
	}
	while (got && *size <= RULES_BYTES_MAX) {
		got = read(fd, text + *size, RULES_BYTES_MAX + 1 - *size);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			plim_error_set(err, "%s: cannot be read: %s", path, strerror(errno));
			free(text);
			return NULL;
		}
		*size += (size_t)got;
	}
	if (*size > RULES_BYTES_MAX) {
		plim_error_set(err, "%s: larger than 4 MiB, so it is no rules file", path);
		free(text);
		return NULL;
	}
	return text;
}

int plim_rules_read(const char *path, struct plim_rules *rules, struct plim_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), result = -1;
	size_t size;
	char *text;

	memset(rules, 0, sizeof(*rules));
	if (fd < 0)
		return plim_error_set(err,
				      "%s: cannot be opened: %s; 'plimsoll stack rules BINARY' "
				      "writes a first one",
				      path, strerror(errno));
	text = read_all(fd, &size, err, path);
	if (text)
		result = plim_rules_parse(path, text, size, rules, err);
	free(text);
	close(fd);
	return result;
}

void plim_rules_free(struct plim_rules *rules)
{
	for (size_t i = 0; i < rules->count; i++) {
		if (rules->rules[i].kind == PLIM_RULE_LOGGING)
			regfree(&rules->rules[i].regex);
	}
	if (rules->sinks.subject)
		regfree(&rules->sinks.regex);
	free(rules->rules);
	plim_pool_free(&rules->pool);
	memset(rules, 0, sizeof(*rules));
}
