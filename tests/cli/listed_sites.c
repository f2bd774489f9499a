/* SPDX-License-Identifier: MIT */
/* Sites of a provider that another module defines: `plimsoll list` names it by its symbol. */
#include <plimsoll/tracelog.h>

PLIM_PROVIDER_DECLARE(elsewhere);

void listed(const char *text, int error);

void listed(const char *text, int error)
{
	PLIM_ENTER(elsewhere);
	PLIM_LOG(elsewhere, PLIM_ERROR, 0x100000000, "failed", PLIM_STR("text", text),
		 PLIM_ERRNO("error", error));
	PLIM_EXIT(elsewhere);
}
