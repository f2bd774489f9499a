/* SPDX-License-Identifier: MIT */
/*
 * What core asks of a CPU and system, and all that it asks:
 *
 *  uint64_t plim_port_clock(void)			a clock that all CPUs share and that never stops
 *  bool plim_port_cas_local(word, expected, desired)	compare and swap that a signal handler of the same
 *							thread cannot come between; other threads need not
 *							see it as one step
 *  void plim_port_increment_local(word)		likewise, for 32 bits; stores before it are seen first
 *  void plim_port_increment_local64(word)		likewise, for 64 bits
 *  void plim_port_fill(words, value, count)		no library call
 *  void plim_port_copy(to, from, bytes)		no library call
 *  uint64_t plim_port_thread(void)			a number that no two live threads share
 *
 * None of them uses stack, floating point or vector registers.
 */
#ifndef PLIM_CORE_PORT_H
#define PLIM_CORE_PORT_H

#if defined(__x86_64__) && !defined(PLIM_GENERIC)
#include "port/x86_64/port_x86_64.h"
#else
#include "port/generic/port_generic.h"
#endif

/* Thread-local storage on the path is initial-exec: a load, never a call (DESIGN trap b). */
#define PLIM_THREAD_LOCAL __thread __attribute__((tls_model("initial-exec")))

#define PLIM_HIDDEN       __attribute__((visibility("hidden")))
#define PLIM_EXPORT       __attribute__((visibility("default")))

#endif
