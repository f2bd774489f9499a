/* SPDX-License-Identifier: MIT */
/* Sites: completed in memory, described in the trace file, their enable bytes mapped from it. */
#ifndef PLIM_HOST_MODULES_H
#define PLIM_HOST_MODULES_H

#include "host/tracefile.h"
#include "plimsoll/module.h"

/**
 * Adds a module's sites to the file and enables what the file's filter page lets through.
 * `numbers` are the last given numbers of sites, providers, modules and tables, and move on.
 * Returns 0 or a negative errno; then the module stays disabled.
 */
struct plim_numbers {
	uint32_t site;
	uint32_t provider;
	uint32_t module;
	uint32_t table;
};

int plim_modules_add(struct plim_tracefile *file, struct plim_module *module,
		     struct plim_numbers *numbers);

/** Detaches a module's enable bytes from a file: all off, in memory of the process's own. */
void plim_modules_detach(struct plim_module *module);

/** Steps from a site to the next one of its section. */
struct plim_site *plim_modules_next_site(struct plim_site *site);

#endif
