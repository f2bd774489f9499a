/* SPDX-License-Identifier: MIT */
/* rte_trace without hugepages or devices. Its buffer is one page of text each lcore, overwritten. */
#include <rte_trace_point_register.h>

#include "bench.h"
#include "peer_dpdk.h"

#include <rte_eal.h>
#include <stdio.h>

const char bench_peer_name[] = "dpdk";

RTE_TRACE_POINT_REGISTER(plimsoll_bench_a, plimsoll.bench.a)
RTE_TRACE_POINT_REGISTER(plimsoll_bench_b, plimsoll.bench.b)

int bench_peer_start(const char *directory)
{
	char trace_directory[4096];
	char *arguments[] = {"bench",
			     "--no-huge",
			     "--no-pci",
			     "--no-shconf",
			     "--no-telemetry",
			     "-m",
			     "64",
			     "-l",
			     "0",
			     "--log-level=1",
			     "--trace=plimsoll.bench.none",
			     trace_directory,
			     NULL};

	snprintf(trace_directory, sizeof(trace_directory), "--trace-dir=%s", directory);
	if (rte_eal_init(12, arguments) < 0) {
		fputs("bench: DPDK's EAL did not start\n", stderr);
		return 1;
	}
	rte_trace_point_enable(&__plimsoll_bench_a);
	rte_trace_point_enable(&__plimsoll_bench_b);
	return 0;
}

void bench_peer_stop(void)
{
	rte_eal_cleanup();
}
