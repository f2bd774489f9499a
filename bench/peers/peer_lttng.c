/* SPDX-License-Identifier: MIT */
/* A real session: per-user rings of LTTng's default size, written to disk by its consumer. */
#define TRACEPOINT_CREATE_PROBES
#define TRACEPOINT_DEFINE
#include "bench.h"
#include "peer_lttng.h"

#include <stdio.h>
#include <stdlib.h>

const char bench_peer_name[] = "lttng";

int bench_peer_start(const char *directory)
{
	char command[8192];

	snprintf(command, sizeof(command),
		 "{ lttng destroy bench; lttng create bench --output='%s/lttng' && "
		 "lttng enable-event --userspace 'plimsoll_bench:*' && lttng start; } "
		 ">/dev/null 2>&1",
		 directory);
	if (!system(command))
		return 0;
	fputs("bench: LTTng did not start; is lttng-sessiond running?\n", stderr);
	return 1;
}

void bench_peer_stop(void)
{
	if (system("lttng destroy bench >/dev/null 2>&1"))
		fputs("bench: LTTng did not end its session\n", stderr);
}
