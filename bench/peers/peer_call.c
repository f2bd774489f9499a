/* SPDX-License-Identifier: MIT */
#include "bench.h"
#include "peer_call.h"

#include <string.h>

const char bench_peer_name[] = "call";
volatile char call_enabled;

static uint8_t *put_header(const struct call_site *site, uint64_t bytes)
{
	uint64_t header[2] = {(uint64_t)(uintptr_t)site, bench_clock()};
	uint8_t *to = bench_buffer_take(bytes);

	memcpy(to, header, sizeof(header));
	return to + sizeof(header);
}

void call_log_a(const struct call_site *site, uint64_t x)
{
	memcpy(put_header(site, 24), &x, 8);
}

void call_log_b(const struct call_site *site, uint64_t x, uint64_t y, int32_t n, const char *s)
{
	size_t length = strlen(s) + 1;
	uint8_t *to = put_header(site, (16 + 20 + length + 7) & ~7ull);

	memcpy(to, &x, 8);
	memcpy(to + 8, &y, 8);
	memcpy(to + 16, &n, 4);
	memcpy(to + 20, s, length);
}

int bench_peer_start(const char *directory)
{
	(void)directory;
	call_enabled = 1;
	return 0;
}

void bench_peer_stop(void)
{
	call_enabled = 0;
}
