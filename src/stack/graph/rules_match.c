/* SPDX-License-Identifier: MIT */
/* What the call graph asks a rules file, and which rules nothing ever asked for. */
#include <string.h>

#include "stack/graph/rules.h"

bool plim_rule_names(const struct plim_rule *rule, const struct plim_node *node)
{
	const char *file = node->file;

	if (!plim_name_matches(rule->subject, node->name))
		return false;
	if (!rule->file)
		return true;
	if (node->module && plim_glob_matches(rule->file, node->module))
		return true;
	if (!file)
		return false;
	if (!strchr(rule->file, '/') && strrchr(file, '/'))
		file = strrchr(file, '/') + 1;
	return plim_glob_matches(rule->file, file);
}

struct plim_rule *plim_rules_find_call(struct plim_rules *rules, const struct plim_node *caller,
				       uint64_t address, unsigned line)
{
	struct plim_rule *found = NULL;

	for (size_t i = 0; i < rules->count; i++) {
		struct plim_rule *rule = &rules->rules[i];

		if (rule->kind != PLIM_RULE_CALLS || !plim_rule_names(rule, caller))
			continue;
		if (rule->has_call_offset ? address - caller->address != rule->call_offset
					  : rule->call_line && rule->call_line != line)
			continue;
		rule->is_used = true;
		found = found ? found : rule;
	}
	return found;
}

struct plim_rule *plim_rules_find(struct plim_rules *rules, enum plim_rule_kind kind,
				  const struct plim_node *node)
{
	struct plim_rule *found = NULL;

	for (size_t i = 0; i < rules->count; i++) {
		struct plim_rule *rule = &rules->rules[i];

		if (rule->kind != kind || !plim_rule_names(rule, node))
			continue;
		rule->is_used = true;
		found = found ? found : rule;
	}
	return found;
}

bool plim_rules_is_logging(struct plim_rules *rules, const char *name)
{
	bool is_logging = rules->sinks.subject && !regexec(&rules->sinks.regex, name, 0, NULL, 0);

	for (size_t i = 0; i < rules->count; i++) {
		struct plim_rule *rule = &rules->rules[i];

		if (rule->kind != PLIM_RULE_LOGGING || regexec(&rule->regex, name, 0, NULL, 0))
			continue;
		rule->is_used = true;
		is_logging = true;
	}
	return is_logging;
}

const struct plim_rule *plim_rules_next_unused(const struct plim_rules *rules, size_t *at)
{
	while (*at < rules->count) {
		const struct plim_rule *rule = &rules->rules[(*at)++];

		if (!rule->is_used || rule->missing)
			return rule;
	}
	return NULL;
}

void plim_rule_explain_unused(const struct plim_rules *rules, const struct plim_rule *rule,
			      struct plim_error *line)
{
	static const char *const wants[] = {
		[PLIM_RULE_ENTRY] = "no function of that name; 'plimsoll stack report' lists them",
		[PLIM_RULE_CALLS] = "no indirect call there; 'plimsoll stack rules' lists them",
		[PLIM_RULE_RECURSION] = "no function of that name is in a cycle; remove the rule",
		[PLIM_RULE_DYNAMIC] =
			"no function of that name has a frame that needs a rule; remove the rule",
		[PLIM_RULE_EXTERNAL] =
			"no function of that name is called and missing; remove the rule",
		[PLIM_RULE_LOGGING] = "no function of that name; remove the rule",
	};

	if (rule->missing && rule->is_used)
		plim_error_set(line, "%s:%u:%u: nothing matches '%s' behind '->': %s", rules->name,
			       rule->line, rule->column, rule->missing, "no function of that name");
	else
		plim_error_set(line, "%s:%u:%u: nothing matches '%s': %s", rules->name, rule->line,
			       rule->column, rule->subject, wants[rule->kind]);
}

const char *plim_entry_kind_name(enum plim_entry_kind kind)
{
	static const char *const names[PLIM_ENTRY_KINDS] = {
		[PLIM_ENTRY_THREAD] = "thread",
		[PLIM_ENTRY_CALLBACK] = "callback",
		[PLIM_ENTRY_SIGNAL] = "signal",
		[PLIM_ENTRY_INTERRUPT] = "interrupt",
	};

	return names[kind];
}
