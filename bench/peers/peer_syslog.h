/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <syslog.h>

#define PEER_A(x) syslog(LOG_INFO, "statement a x=%" PRIu64, (uint64_t)(x))
#define PEER_B(x, y, n, s)                                                                   \
	syslog(LOG_INFO, "statement b x=%" PRIu64 " y=%" PRIu64 " n=%d s=%s", (uint64_t)(x), \
	       (uint64_t)(y), (int)(n), (s))
