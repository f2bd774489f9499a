/* SPDX-License-Identifier: MIT */
/* The sites in an ELF file that never ran: executables, shared objects and relocatable objects. */
#ifndef PLIM_CLI_ELF_SITES_H
#define PLIM_CLI_ELF_SITES_H

#include "base/error.h"
#include "reader/trace.h"

/** Whether the file starts like an ELF file. */
bool elf_sites_is_elf(const char *path);

/**
 * Calls `tell` for each site in the order of the file; its texts are valid during the call. A site
 * whose texts cannot be found is told of with "?" in their place and counted in `*damaged`.
 * Returns the number of sites, or -1 and a line in `err`.
 */
long elf_sites_read(const char *path, void (*tell)(void *context, const struct plim_trace_site *),
		    void *context, unsigned *damaged, struct plim_error *err);

#endif
