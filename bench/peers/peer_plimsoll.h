/* SPDX-License-Identifier: MIT */
#include <plimsoll/tracelog.h>

PLIM_PROVIDER_DECLARE(bench);

#define PEER_A(x) PLIM_LOG(bench, PLIM_INFO, 1, "statement_a", PLIM_U64("x", x))
#define PEER_B(x, y, n, s)                                                               \
	PLIM_LOG(bench, PLIM_INFO, 1, "statement_b", PLIM_U64("x", x), PLIM_U64("y", y), \
		 PLIM_I32("n", n), PLIM_STR("s", s))
