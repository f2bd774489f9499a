/* SPDX-License-Identifier: MIT */
/* Formatted text behind a binary time stamp, into memory. */
#include "bench.h"
#include "peer_snprintf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char bench_peer_name[] = "snprintf";
volatile int snprintf_enabled;

void snprintf_log(const char *format, ...)
{
	uint8_t *to = bench_buffer_take(128);
	uint64_t ticks = bench_clock();
	va_list values;

	memcpy(to, &ticks, sizeof(ticks));
	va_start(values, format);
	vsnprintf((char *)to + sizeof(ticks), 128 - sizeof(ticks), format, values);
	va_end(values);
}

int bench_peer_start(const char *directory)
{
	(void)directory;
	snprintf_enabled = 1;
	return 0;
}

void bench_peer_stop(void)
{
	snprintf_enabled = 0;
}
