/* SPDX-License-Identifier: MIT */
/* Prints the sums of a trace as the tests' own reader finds them: trace_sum FILE [EVENT]. */
#include "../support/trace_walk.h"

#include <stdio.h>

int main(int argc, char **argv)
{
	struct walk walk;

	if (argc < 2 || walk_open(&walk, argv[1]) || walk_scan(&walk, true)) {
		printf("%s\n", argc < 2 ? "trace_sum FILE [EVENT]" : walk.error);
		return 2;
	}
	if (argc > 2)
		printf("%zu\n", walk_count(&walk, argv[2]));
	else
		printf("present %zu unfinished %llu overwritten %llu dropped %llu\n",
		       walk.record_count, (unsigned long long)walk.unfinished,
		       (unsigned long long)walk.header->overwritten,
		       (unsigned long long)walk_drops(&walk));
	walk_close(&walk);
	return 0;
}
