/* SPDX-License-Identifier: MIT */
/*
 * The rules file: what a project promises about its stack, and what it tells the checker that no
 * binary can. One rule a line, `#` starts a comment:
 *
 *	entry GLOB [kind thread|callback|signal|interrupt] [frame N] budget N
 *	calls FUNCTION[+LINE] -> GLOB, ...	(or -> (types), or -> (none))
 *	recursion FUNCTION <= N
 *	dynamic FUNCTION <= N
 *	external FUNCTION = N
 *	logging REGEX
 *
 * A FUNCTION is a glob; `FILE:FUNCTION` means only those whose source file has that name. N is
 * decimal or 0x..., and may end in K, KiB, M or MiB. +LINE is the call's line in its source file,
 * +0xN its distance from the function's start.
 */
#ifndef PLIM_STACK_RULES_H
#define PLIM_STACK_RULES_H

#include <regex.h>

#include "stack/graph/graph.h"

enum plim_rule_kind {
	PLIM_RULE_ENTRY,
	PLIM_RULE_CALLS,
	PLIM_RULE_RECURSION,
	PLIM_RULE_DYNAMIC,
	PLIM_RULE_EXTERNAL,
	PLIM_RULE_LOGGING,
};

enum plim_entry_kind {
	PLIM_ENTRY_THREAD,
	PLIM_ENTRY_CALLBACK,
	PLIM_ENTRY_SIGNAL,
	PLIM_ENTRY_INTERRUPT,
	PLIM_ENTRY_KINDS
};

/** What a `calls` rule answers with. */
enum plim_rule_answer {
	PLIM_ANSWER_GLOBS,
	PLIM_ANSWER_TYPES, /* what the checker found by types is all there is */
	PLIM_ANSWER_NONE,  /* the call never happens */
};

struct plim_rule {
	enum plim_rule_kind kind;
	unsigned line, column; /* of its subject in the rules file, from 1 */
	const char *subject;   /* GLOB, FUNCTION or REGEX as written, without FILE and +LINE */
	const char *file;      /* FILE as written, or NULL */
	int64_t number;        /* N */
	int64_t frame_bytes;   /* ENTRY: what the CPU or kernel pushes before it; -1: by its kind */
	enum plim_entry_kind entry_kind;
	enum plim_rule_answer answer;
	const char **globs; /* CALLS */
	size_t glob_count;
	const char *missing; /* CALLS: a glob that no function has; or NULL */
	unsigned call_line;  /* 0: every call of the function */
	uint64_t call_offset;
	bool has_call_offset;
	regex_t regex; /* LOGGING */
	bool is_used;  /* it matched something */
};

struct plim_rules {
	struct plim_pool pool;
	const char *name; /* of the file, for messages */
	struct plim_rule *rules;
	size_t count, capacity;
	struct plim_rule sinks; /* what is logging without being told */
};

/** `name` is used in messages. Both return 0, or -1 with a line that begins NAME:LINE:COLUMN. */
int plim_rules_parse(const char *name, const char *text, size_t size, struct plim_rules *rules,
		     struct plim_error *err);
int plim_rules_read(const char *path, struct plim_rules *rules, struct plim_error *err);

/** No rules but the loggers that are known by default. */
int plim_rules_default(struct plim_rules *rules, struct plim_error *err);

/** Takes this for what is logging without being told, in place of the default. */
int plim_rules_set_sinks(struct plim_rules *rules, const char *sinks, struct plim_error *err);

void plim_rules_free(struct plim_rules *rules);

/** Is the node what FUNCTION means? */
bool plim_rule_names(const struct plim_rule *rule, const struct plim_node *node);

/** The first `calls` rule for a call in `caller`, marked as used, or NULL. */
struct plim_rule *plim_rules_find_call(struct plim_rules *rules, const struct plim_node *caller,
				       uint64_t address, unsigned line);

/** The rule of this kind (recursion, dynamic, external) for a node, marked as used, or NULL. */
struct plim_rule *plim_rules_find(struct plim_rules *rules, enum plim_rule_kind kind,
				  const struct plim_node *node);

/** Is this the name of a function that logs? Marks the rule that says so. */
bool plim_rules_is_logging(struct plim_rules *rules, const char *name);

/** The first rule from place `*at` on that matched nothing, or NULL; moves `*at` behind it. */
const struct plim_rule *plim_rules_next_unused(const struct plim_rules *rules, size_t *at);

/** One line for a rule that matched nothing: where it is, what it asked for, what to try. */
void plim_rule_explain_unused(const struct plim_rules *rules, const struct plim_rule *rule,
			      struct plim_error *line);

const char *plim_entry_kind_name(enum plim_entry_kind kind);

#endif
