/* SPDX-License-Identifier: MIT */
#include "bench.h"

const char bench_peer_name[] = "floor";

int bench_peer_start(const char *directory)
{
	(void)directory;
	return 0;
}

void bench_peer_stop(void)
{
}
