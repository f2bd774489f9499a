/* SPDX-License-Identifier: MIT */
/* The rules file: what it says, and where it says it wrongly. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "stack/graph/rules.h"

static struct plim_rules rules;
static struct plim_error err;

static void parse(const char *text)
{
	if (plim_rules_parse("t.rules", text, strlen(text), &rules, &err))
		fail_msg("%s", err.text);
}

static void refuse(const char *text, const char *message)
{
	assert_int_equal(plim_rules_parse("t.rules", text, strlen(text), &rules, &err), -1);
	if (strncmp(err.text, message, strlen(message)))
		fail_msg("said: %s\nwanted: %s", err.text, message);
}

static void test_every_kind(void **state)
{
	struct plim_node node = {.name = "read_all", .file = "/src/conn.c", .address = 0x1000};
	struct plim_rule *rule;

	(void)state;
	parse("# a comment\n\n"
	      "entry worker_* kind callback budget 16K # and a comment\n"
	      "entry on_usr1 kind signal frame 0x100 budget 1MiB\n"
	      "calls conn.c:read_*+42 -> sock_read, file_*\r\n"
	      "calls other+0x1c->(types)\n"
	      "recursion walk<=16\n"
	      "\tdynamic  copy <= 4096\n"
	      "external malloc = 2048\n"
	      "logging ^my_(log|trace)$\n"
	      "calls dead -> (none)");
	assert_int_equal(rules.count, 9);
	assert_int_equal(rules.rules[0].entry_kind, PLIM_ENTRY_CALLBACK);
	assert_int_equal(rules.rules[0].number, 16384);
	assert_int_equal(rules.rules[0].frame_bytes, -1);
	assert_int_equal(rules.rules[0].line, 3);
	assert_int_equal(rules.rules[0].column, 7);
	assert_int_equal(rules.rules[1].frame_bytes, 256);
	assert_int_equal(rules.rules[1].number, 1 << 20);
	assert_string_equal(rules.rules[2].file, "conn.c");
	assert_int_equal(rules.rules[2].glob_count, 2);
	assert_string_equal(rules.rules[2].globs[1], "file_*");
	assert_int_equal(rules.rules[3].call_offset, 0x1c);
	assert_int_equal(rules.rules[3].answer, PLIM_ANSWER_TYPES);
	assert_int_equal(rules.rules[4].number, 16);
	assert_string_equal(rules.rules[7].subject, "^my_(log|trace)$");
	assert_int_equal(rules.rules[8].answer, PLIM_ANSWER_NONE);

	rule = plim_rules_find_call(&rules, &node, 0x1010, 42);
	assert_ptr_equal(rule, &rules.rules[2]);
	assert_null(plim_rules_find_call(&rules, &node, 0x1010, 43));
	node.name = "other";
	assert_ptr_equal(plim_rules_find_call(&rules, &node, 0x101c, 0), &rules.rules[3]);
	assert_null(plim_rules_find_call(&rules, &node, 0x101d, 0));
	assert_true(plim_rules_is_logging(&rules, "my_trace"));
	assert_false(plim_rules_is_logging(&rules, "my_tracer"));
	plim_rules_free(&rules);
}

static void test_files_and_modules(void **state)
{
	struct plim_node node = {.name = "fn_10", .module = "libstdc++.so.6", .address = 16};

	(void)state;
	parse("calls libstdc++.so.6:fn_10 -> a\nrecursion libstdc++*:fn_* <= 2\n");
	assert_int_equal(rules.rules[0].call_line, 0);
	assert_non_null(plim_rules_find_call(&rules, &node, 20, 0));
	assert_non_null(plim_rules_find(&rules, PLIM_RULE_RECURSION, &node));
	node.module = "libc.so.6";
	assert_null(plim_rules_find(&rules, PLIM_RULE_RECURSION, &node));
	plim_rules_free(&rules);
}

static void test_default_sinks(void **state)
{
	static const char *const loggers[] = {
		"printf",
		"__printf_chk",
		"__vsnprintf_chk",
		"fprintf",
		"syslog",
		"_printk",
		"plim_x86_emit_text",
		"plim_x86_begin",
		"plim_emit_words",
		"lttng_ust_tracepoint",
		"warnx",
		"_tlgWriteTransfer_EventWriteTransfer",
		"DbgPrintEx",
		"g_log_structured",
		"swprintf",
	};
	static const char *const others[] = {"print",    "sprint",       "main",
					     "memcpy",   "printf_parse", "plim_trace_open",
					     "wprinter", "logarithm"};

	(void)state;
	assert_int_equal(plim_rules_default(&rules, &err), 0);
	for (size_t i = 0; i < sizeof(loggers) / sizeof(loggers[0]); i++) {
		if (!plim_rules_is_logging(&rules, loggers[i]))
			fail_msg("%s should be logging", loggers[i]);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (plim_rules_is_logging(&rules, others[i]))
			fail_msg("%s should not be logging", others[i]);
	}
	assert_int_equal(plim_rules_set_sinks(&rules, "^only$", &err), 0);
	assert_false(plim_rules_is_logging(&rules, "printf"));
	assert_int_equal(plim_rules_set_sinks(&rules, "(", &err), -1);
	plim_rules_free(&rules);
}

static void test_errors_have_places(void **state)
{
	(void)state;
	refuse("entri main budget 4K", "t.rules:1:1: no such rule");
	refuse("\n\n  entry main", "t.rules:3:13: an entry needs a budget");
	refuse("entry main kind fibre budget 4", "t.rules:1:17: a kind is");
	refuse("entry main budget", "t.rules:1:18: expected a number");
	refuse("entry main budget 4k", "t.rules:1:19: this is not a number");
	refuse("entry main budget -4", "t.rules:1:19: this is not a number");
	refuse("entry main budget 99999999999999999999", "t.rules:1:19: this number is too large");
	refuse("entry main budget 5 6", "t.rules:1:21: the rule should end here");
	refuse("calls f", "t.rules:1:8: expected '->'");
	refuse("calls f -> ", "t.rules:1:12: expected a function's name");
	refuse("calls f -> a,,b", "t.rules:1:14: expected a function's name");
	refuse("calls f+x -> a", "t.rules:1:8: expected a line");
	refuse("calls f+0 -> a", "t.rules:1:8: expected a line");
	refuse("recursion f = 4", "t.rules:1:13: expected '<='");
	refuse("recursion f <= 0", "t.rules:1:1: a function that runs");
	refuse("external malloc <= 4", "t.rules:1:17: expected '='");
	refuse("external", "t.rules:1:9: expected a function's name");
	refuse("logging", "t.rules:1:8: expected a regular expression");
	refuse("logging a{255}{255}{2}",
	       "t.rules:1:9: not an extended regular expression: it repeats");
	refuse("logging a+++++++++++++++++++++++++", "t.rules:1:9: not an extended");
	refuse("logging (a)\\1", "t.rules:1:9: not an extended");
	refuse("logging (", "t.rules:1:9: not an extended regular expression");
	assert_int_equal(plim_rules_parse("t.rules", "a\0b", 3, &rules, &err), -1);
	assert_non_null(strstr(err.text, "zero byte"));
}

static void test_unused_rules_are_found(void **state)
{
	struct plim_node node = {.name = "malloc"};
	const struct plim_rule *rule;
	size_t at = 0;

	(void)state;
	parse("external malloc = 1\nexternal mallok = 1\nlogging ^x$\n");
	assert_non_null(plim_rules_find(&rules, PLIM_RULE_EXTERNAL, &node));
	rule = plim_rules_next_unused(&rules, &at);
	assert_ptr_equal(rule, &rules.rules[1]);
	plim_rule_explain_unused(&rules, rule, &err);
	assert_int_equal(strncmp(err.text, "t.rules:2:10: nothing matches 'mallok'", 38), 0);
	assert_ptr_equal(plim_rules_next_unused(&rules, &at), &rules.rules[2]);
	assert_null(plim_rules_next_unused(&rules, &at));
	plim_rules_free(&rules);
}

static void test_files(void **state)
{
	(void)state;
	assert_int_equal(plim_rules_read("/nonexistent/x", &rules, &err), -1);
	assert_non_null(strstr(err.text, "cannot be opened"));
	assert_int_equal(plim_rules_read("/", &rules, &err), -1);
	assert_non_null(strstr(err.text, "cannot be read"));
	assert_int_equal(plim_rules_read("/dev/zero", &rules, &err), -1);
	assert_non_null(strstr(err.text, "larger than"));
	assert_int_equal(plim_rules_read("/dev/null", &rules, &err), 0);
	assert_int_equal(rules.count, 0);
	plim_rules_free(&rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_kind),
		cmocka_unit_test(test_files_and_modules),
		cmocka_unit_test(test_default_sinks),
		cmocka_unit_test(test_errors_have_places),
		cmocka_unit_test(test_unused_rules_are_found),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
