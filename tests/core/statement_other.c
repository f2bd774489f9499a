/* SPDX-License-Identifier: MIT */
#include "statement_inline.h"

int other_file(int value)
{
	return log_inline(value);
}
