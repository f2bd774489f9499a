/* SPDX-License-Identifier: MIT */
/* Opens the shared object given, logs in it, closes it; again and again. */
#include <plimsoll/tracelog.h>

#include <dlfcn.h>
#include <stdio.h>

PLIM_PROVIDER_DEFINE(values, "Values");

int main(int argc, char **argv)
{
	for (int round = 0; round < 3 && argc > 1; round++) {
		void *plugin = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
		int (*work)(int) = plugin ? (int (*)(int))dlsym(plugin, "plugin_work") : NULL;

		if (!work) {
			fprintf(stderr, "statement_dlopen: %s\n", dlerror());
			return 1;
		}
		work(round);
		PLIM_LOG(values, PLIM_INFO, 0, "round", PLIM_I32("round", round));
		dlclose(plugin);
		PLIM_LOG(values, PLIM_INFO, 0, "closed", PLIM_I32("round", round));
	}
	return 0;
}
