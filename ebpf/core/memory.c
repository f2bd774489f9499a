/* SPDX-License-Identifier: MIT */
#include "core/memory.h"

#include <errno.h>
#include <string.h>

/* A gap of at least this many refused places follows each element: the widest access there is. */
#define GAP_BYTES 8

void plim_bpf_region_single(struct plim_bpf_region *region, void *host, uint32_t low,
			    uint64_t bytes, int writable)
{
	const uint32_t room = UINT32_MAX - low;

	memset(region, 0, sizeof(*region));
	region->base = (uintptr_t)host - low;
	region->count = 1;
	region->shift = PLIM_BPF_REGION_BITS;
	region->mask = PLIM_BPF_PLACE_MASK;
	region->span[PLIM_BPF_READ].low = low;
	region->span[PLIM_BPF_READ].high = low + (bytes < room ? (uint32_t)bytes : room);
	if (writable)
		region->span[PLIM_BPF_WRITE] = region->span[PLIM_BPF_READ];
}

int plim_bpf_region_elements(struct plim_bpf_region *region, void *host, uint64_t bytes,
			     uint64_t stride, uint64_t count, int writable)
{
	uint32_t shift = 4;
	int rc = -E2BIG;

	while (shift < PLIM_BPF_REGION_BITS && (UINT64_C(1) << shift) < bytes + GAP_BYTES)
		shift++;
	if (count > (UINT64_C(1) << (PLIM_BPF_REGION_BITS - shift)))
		goto out;
	plim_bpf_region_single(region, host, 0, bytes, writable);
	region->count = count;
	region->stride = stride;
	region->shift = shift;
	region->mask = (UINT64_C(1) << shift) - 1;
	rc = 0;
out:
	return rc;
}
