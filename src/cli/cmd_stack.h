/* SPDX-License-Identifier: MIT */
/* plimsoll stack: its entry in the table of commands, and what its verbs are asked. */
#ifndef PLIM_CMD_STACK_H
#define PLIM_CMD_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stack_options {
	const char *verb;
	const char *const *paths; /* operands */
	size_t path_count;
	const char *rules, *sarif, *html, *sinks;
	size_t top;
	bool has_top, is_json;
	int64_t max_growth; /* -1: not asked for */
};

int cmd_stack(int argc, char **argv);

#endif
