/* SPDX-License-Identifier: MIT */
/*
 * The per-thread array (BPF_MAP_TYPE_PERCPU_ARRAY): each invocation that can be under way at once
 * has a row of elements of its own, by its slot, so counting needs no atomic instruction.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "core/map_index.h"

struct per_thread {
	struct plim_bpf_map map;
	char *values; /* slot 0's row, slot 1's row, ... */
};

static int per_thread_setup(struct plim_bpf_map *map, struct plim_error *err)
{
	struct per_thread *rows = (struct per_thread *)map;
	const uint64_t stride = plim_bpf_round8(map->spec.value_bytes);
	const uint64_t count = (uint64_t)map->spec.max_entries * PLIM_BPF_SLOTS;
	void *memory = NULL;
	int rc = plim_bpf_index_check(&map->spec, err);

	if (!rc)
		rc = plim_bpf_map_memory(count, stride, &memory, err);
	rows->values = memory;
	if (!rc)
		rc = plim_bpf_region_elements(&map->region, memory, map->spec.value_bytes, stride,
					      count, 1);
	return rc;
}

static void per_thread_release(struct plim_bpf_map *map)
{
	free(((struct per_thread *)map)->values);
}

static int64_t per_thread_lookup(struct plim_bpf_map *map, const void *key, uint32_t slot)
{
	const uint32_t index = plim_bpf_index_of(key);

	if (index >= map->spec.max_entries)
		return -ENOENT;
	if (slot >= PLIM_BPF_SLOTS)
		slot = 0;
	return (int64_t)((uint64_t)slot * map->spec.max_entries + index);
}

/* The host reads and writes the values of all slots at once, each padded to 8 bytes. */
static int per_thread_read(struct plim_bpf_map *map, const void *key, void *value)
{
	const uint64_t stride = map->region.stride;
	int64_t element;

	for (uint32_t slot = 0; slot < PLIM_BPF_SLOTS; slot++) {
		element = per_thread_lookup(map, key, slot);
		if (element < 0)
			return -ENOENT;
		memcpy((char *)value + slot * stride, plim_bpf_map_value(map, element), stride);
	}
	return 0;
}

static int per_thread_update(struct plim_bpf_map *map, const void *key, const void *value,
			     uint64_t flags, uint32_t slot)
{
	const uint64_t stride = map->region.stride;
	int64_t element = per_thread_lookup(map, key, slot);
	int rc = plim_bpf_index_flags(element, flags);

	if (rc)
		goto out;
	if (slot != PLIM_BPF_NO_SLOT) {
		memmove(plim_bpf_map_value(map, element), value, map->spec.value_bytes);
		goto out;
	}
	for (uint32_t row = 0; row < PLIM_BPF_SLOTS; row++) {
		element = per_thread_lookup(map, key, row);
		memcpy(plim_bpf_map_value(map, element), (const char *)value + row * stride,
		       map->spec.value_bytes);
	}
out:
	return rc;
}

const struct plim_bpf_map_ops plim_bpf_per_thread_ops = {
	.struct_bytes = sizeof(struct per_thread),
	.setup = per_thread_setup,
	.release = per_thread_release,
	.lookup = per_thread_lookup,
	.update = per_thread_update,
	.erase = plim_bpf_index_erase,
	.next = plim_bpf_index_next,
	.read = per_thread_read,
};
