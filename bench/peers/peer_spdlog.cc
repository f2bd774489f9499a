// SPDX-License-Identifier: MIT
// spdlog's asynchronous logger: formats in the caller, hands over to a thread that throws away.
#include "bench.h"
#include "peer_spdlog.h"

#include <spdlog/async.h>
#include <spdlog/sinks/null_sink.h>

const char bench_peer_name[] = "spdlog";
static std::shared_ptr<spdlog::logger> logger;
spdlog::logger *spdlog_bench;

__attribute__((constructor)) static void make_logger()
{
	spdlog::init_thread_pool(65536, 1);
	logger = spdlog::create_async_nb<spdlog::sinks::null_sink_mt>("bench");
	logger->set_level(spdlog::level::off);
	spdlog_bench = logger.get();
}

int bench_peer_start(const char *directory)
{
	(void)directory;
	logger->set_level(spdlog::level::info);
	return 0;
}

void bench_peer_stop(void)
{
	logger->set_level(spdlog::level::off);
	logger.reset();
	spdlog::shutdown();
}
