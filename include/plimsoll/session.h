/* SPDX-License-Identifier: MIT */
/*
 * Recording from code. Most programs never need this: PLIMSOLL_TRACE=FILE in the environment opens
 * a session before main, with PLIMSOLL_FILTER, PLIMSOLL_SIZE and PLIMSOLL_MODE as options.
 */
#ifndef PLIMSOLL_SESSION_H
#define PLIMSOLL_SESSION_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What the trace keeps when it is full. */
enum plim_session_mode {
	PLIM_SESSION_OVERWRITE = 0, /* the newest records: a flight recorder */
	PLIM_SESSION_STOP = 1,      /* the oldest; later ones are counted as dropped */
};

struct plim_session_options {
	const char *path; /* the trace file; an old one is replaced */
	/** FILTERs as in plimsoll(1), comma separated; NULL: everything up to level info. */
	const char *filter;
	uint64_t size_bytes; /* for records, 64 KiB to 64 GiB; 0: 64 MiB */
	enum plim_session_mode mode;
};

/**
 * Opens the process's session and enables what the filter lets through. The whole file is
 * allocated before the first record, so that a full disk is found here.
 *
 * Returns 0, or a negative errno: -EBUSY when a session is open or another process records to the
 * file, -EINVAL for a bad option, -ENOSPC, -ENODEV for a file system that cannot be mapped, and
 * what open(2) says. plim_session_error() has the line for a person.
 *
 * Stack: as the C library needs. Context: not in a signal handler. Threads: any, one at a time.
 */
int plim_session_open(const struct plim_session_options *options);

/**
 * Disables all statements and completes the file. Returns 0 or -ENOENT when no session is open.
 * The mapping stays until the process ends, as statements of other threads may be under way.
 *
 * Stack, context and threads: as plim_session_open().
 */
int plim_session_close(void);

/** Why the last plim_session_open() failed: what, why and what to try. Never NULL. */
const char *plim_session_error(void);

/**
 * Declares [low, high) to be a stack, so that `plimsoll stat` shows how deep its records were.
 * Fibers and threads with a stack of their own call it once. Returns 0, -ENOENT without a session,
 * -ENOSPC when the file cannot grow.
 *
 * Stack: as the C library needs. Context: not in a signal handler. Threads: any.
 */
int plim_stack_declare(const void *low, const void *high);

/**
 * Gives this thread's ring back. Threads made by pthread_create() or thrd_create() do it when they
 * end; others call it themselves, or their ring is taken over when a new thread gets their place.
 *
 * Stack: 96 bytes. Context: any but a statement's argument. Threads: any.
 */
void plim_thread_end(void);

#ifdef __cplusplus
}
#endif

#endif
