/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

extern volatile int snprintf_enabled;
void snprintf_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define PEER_A(x)                                                              \
	do {                                                                   \
		if (snprintf_enabled)                                          \
			snprintf_log("statement a x=%" PRIu64, (uint64_t)(x)); \
	} while (0)
#define PEER_B(x, y, n, s)                                                                \
	do {                                                                              \
		if (snprintf_enabled)                                                     \
			snprintf_log("statement b x=%" PRIu64 " y=%" PRIu64 " n=%d s=%s", \
				     (uint64_t)(x), (uint64_t)(y), (int)(n), (s));        \
	} while (0)
