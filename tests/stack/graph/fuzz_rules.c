/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer target for the rules file. Build it for fuzzing with clang's -fsanitize=fuzzer and
 * -DPLIM_LIBFUZZER; without that its own main runs it once on each file that it is given.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stack/graph/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char *const names[] = {"main", "a", "walk.part.0", ""};
	struct plim_rules rules;
	struct plim_error err;
	size_t at = 0;
	const struct plim_rule *rule;

	if (plim_rules_parse("fuzz", (const char *)bytes, size, &rules, &err)) {
		if (strncmp(err.text, "fuzz:", 5))
			abort(); /* every error has a place */
		return 0;
	}
	for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
		struct plim_node node = {.name = names[n], .file = "src/a.c"};

		plim_rules_find_call(&rules, &node, 16, 3);
		plim_rules_find(&rules, PLIM_RULE_ENTRY, &node);
		plim_rules_is_logging(&rules, names[n]);
	}
	while ((rule = plim_rules_next_unused(&rules, &at)))
		plim_rule_explain_unused(&rules, rule, &err);
	plim_rules_free(&rules);
	return 0;
}

#ifndef PLIM_LIBFUZZER
int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		static uint8_t bytes[1 << 20];
		FILE *file = fopen(argv[i], "rb");
		size_t size;

		if (!file) {
			perror(argv[i]);
			return 1;
		}
		size = fread(bytes, 1, sizeof(bytes), file);
		fclose(file);
		/* Whole, and cut short at every length: what an editor may leave. */
		for (size_t cut = 0; cut <= size && cut < 2000; cut++)
			LLVMFuzzerTestOneInput(bytes, size - cut);
	}
	printf("%d files replayed\n", argc - 1);
	return argc < 2;
}
#endif
