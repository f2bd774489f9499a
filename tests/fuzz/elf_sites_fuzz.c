/* SPDX-License-Identifier: MIT */
/* Any bytes as a binary whose sites are listed. */
#include "cli/elf_sites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Touches every text that a site is told with. */
static void tell(void *context, const struct plim_trace_site *site)
{
	size_t *bytes = context;

	*bytes += strlen(site->provider) + strlen(site->event) + strlen(site->function) +
		  strlen(site->file);
	for (unsigned i = 0; i < site->field_count; i++)
		*bytes += strlen(site->fields[i].name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct plim_error err;
	char path[64];
	unsigned damaged;
	size_t bytes = 0;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (elf_sites_is_elf(path))
		elf_sites_read(path, tell, &bytes, &damaged, &err);
	close(fd);
	return 0;
}
