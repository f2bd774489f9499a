/* SPDX-License-Identifier: MIT */
/* Functions that are known by name: those that never return, and thunks. */
#ifndef PLIM_STACK_FRAME_NORETURN_H
#define PLIM_STACK_FRAME_NORETURN_H

#include <stdbool.h>

/** Standard and well-known functions that never return (their code is often in another file). */
bool plim_is_noreturn_name(const char *name);

/** Retpolines: a call of one is an indirect call. */
bool plim_is_indirect_thunk(const char *name);

/** A jump to one is a return. */
bool plim_is_return_thunk(const char *name);

#endif
