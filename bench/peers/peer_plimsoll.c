/* SPDX-License-Identifier: MIT */
#include "bench.h"
#include "peer_plimsoll.h"

#include <plimsoll/session.h>
#include <stdio.h>

PLIM_PROVIDER_DEFINE(bench, "Bench");

const char bench_peer_name[] = "plimsoll";

int bench_peer_start(const char *directory)
{
	char path[4096];
	struct plim_session_options options = {.path = path, .size_bytes = BENCH_BUFFER_BYTES};

	snprintf(path, sizeof(path), "%s/plimsoll.trace", directory);
	if (!plim_session_open(&options))
		return 0;
	fprintf(stderr, "bench: %s\n", plim_session_error());
	return 1;
}

void bench_peer_stop(void)
{
	plim_session_close();
}
