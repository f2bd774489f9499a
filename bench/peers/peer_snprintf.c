/* SPDX-License-Identifier: MIT */
/* Formatted text with a time stamp, into memory. */
#include "bench.h"
#include "peer_snprintf.h"

#include <stdarg.h>
#include <stdio.h>

const char bench_peer_name[] = "snprintf";
volatile int snprintf_enabled;

void snprintf_log(const char *format, ...)
{
	char *to = (char *)bench_buffer_take(128);
	va_list values;
	int used;

	used = snprintf(to, 128, "%" PRIu64 " ", bench_clock());
	va_start(values, format);
	vsnprintf(to + used, 128 - (size_t)used, format, values);
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
