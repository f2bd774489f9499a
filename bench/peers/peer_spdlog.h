/* SPDX-License-Identifier: MIT */
#include <spdlog/spdlog.h>

extern spdlog::logger *spdlog_bench;

#define PEER_A(x)          spdlog_bench->info("statement a x={}", x)
#define PEER_B(x, y, n, s) spdlog_bench->info("statement b x={} y={} n={} s={}", x, y, n, s)
