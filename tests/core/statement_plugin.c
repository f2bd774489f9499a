/* SPDX-License-Identifier: MIT */
#include <plimsoll/tracelog.h>

PLIM_PROVIDER_DEFINE(plugin, "Plugin");

int plugin_work(int round);

int plugin_work(int round)
{
	PLIM_LOG(plugin, PLIM_INFO, 0, "plugin", PLIM_I32("round", round), PLIM_STR("s", "inside"));
	return round;
}
