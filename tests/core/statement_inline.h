/* SPDX-License-Identifier: MIT */
/* A statement in an inline function, for two files of one program. */
#ifndef STATEMENT_INLINE_H
#define STATEMENT_INLINE_H

#include <plimsoll/tracelog.h>

#ifdef __cplusplus
extern "C" {
#endif

PLIM_PROVIDER_DECLARE(values);

static inline int log_inline(int value)
{
	PLIM_LOG(values, PLIM_INFO, 0, "inline", PLIM_I32("value", value));
	return value + 1;
}

int other_file(int value);

#ifdef __cplusplus
}
#endif

#endif
