/* SPDX-License-Identifier: MIT */
#include <rte_trace_point.h>
#include <stdint.h>

RTE_TRACE_POINT(plimsoll_bench_a, RTE_TRACE_POINT_ARGS(uint64_t x), rte_trace_point_emit_u64(x);)
RTE_TRACE_POINT(plimsoll_bench_b,
		RTE_TRACE_POINT_ARGS(uint64_t x, uint64_t y, int32_t n, const char *s),
		rte_trace_point_emit_u64(x);
		rte_trace_point_emit_u64(y); rte_trace_point_emit_i32(n);
		rte_trace_point_emit_string(s);)

#define PEER_A(x)          plimsoll_bench_a(x)
#define PEER_B(x, y, n, s) plimsoll_bench_b(x, y, n, s)
