/* SPDX-License-Identifier: MIT */
#include "bench.h"
#include "peer_inline.h"

const char bench_peer_name[] = "inline";
volatile int inline_enabled;

/* No system call, as TraceLogging would make: only what a user-space sink has to do. */
void inline_write(struct inline_descriptor *descriptors, unsigned int count)
{
	uint64_t bytes = 16;
	uint64_t ticks = bench_clock();
	uint8_t *to;

	for (unsigned int i = 2; i < count; i++)
		bytes += descriptors[i].bytes;
	to = bench_buffer_take((bytes + 7) & ~7ull);
	memcpy(to, &descriptors[1].data, 8);
	memcpy(to + 8, &ticks, 8);
	to += 16;
	for (unsigned int i = 2; i < count; i++) {
		memcpy(to, descriptors[i].data, descriptors[i].bytes);
		to += descriptors[i].bytes;
	}
}

int bench_peer_start(const char *directory)
{
	(void)directory;
	inline_enabled = 1;
	return 0;
}

void bench_peer_stop(void)
{
	inline_enabled = 0;
}
