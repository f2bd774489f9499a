/* SPDX-License-Identifier: MIT */
/* PLIMSOLL_TRACE and its companions: recording without a change to the program. */
#include "plimsoll/session.h"

#include "host/session_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char plim_autostart_is_linked = 1;

/* 64K, 16M, 2G or plain bytes. Returns 0 for what is no size. */
static uint64_t parse_size(const char *text)
{
	char *end;
	unsigned long long value = strtoull(text, &end, 10);
	unsigned int shift = 0;

	if (*text < '0' || *text > '9')
		return 0;
	switch (*end) {
	case 'k':
	case 'K': shift = 10; break;
	case 'm':
	case 'M': shift = 20; break;
	case 'g':
	case 'G': shift = 30; break;
	default: break;
	}
	if (shift)
		end++;
	if (*end == 'i')
		end++;
	if (*end == 'B')
		end++;
	return *end || value > UINT64_MAX >> shift ? 0 : value << shift;
}

static void refuse(const char *why)
{
	dprintf(STDERR_FILENO, "plimsoll: not tracing: %s\n", why);
}

/* Before the modules' constructors (102), which then find the session open. */
__attribute__((constructor(101))) static void autostart(void)
{
	struct plim_session_options options = {.path = secure_getenv("PLIMSOLL_TRACE")};
	const char *size = secure_getenv("PLIMSOLL_SIZE");
	const char *mode = secure_getenv("PLIMSOLL_MODE");

	if (!options.path || !*options.path)
		return;
	options.filter = secure_getenv("PLIMSOLL_FILTER");
	if (size && *size && !(options.size_bytes = parse_size(size))) {
		refuse("PLIMSOLL_SIZE is no size; give 64K to 64G");
		return;
	}
	if (mode && !strcmp(mode, "stop")) {
		options.mode = PLIM_SESSION_STOP;
	} else if (mode && *mode && strcmp(mode, "overwrite")) {
		refuse("PLIMSOLL_MODE is neither 'overwrite' nor 'stop'");
		return;
	}
	if (plim_session_open(&options))
		refuse(plim_session_error());
}

/* Statements go on being recorded until the process is gone; only the clock is noted. */
__attribute__((destructor(101))) static void at_exit(void)
{
	plim_session_mark_end();
}
