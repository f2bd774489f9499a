/* SPDX-License-Identifier: MIT */
/* The array: keys 0 to max_entries - 1, all of them always there. Takes no lock. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "core/map_index.h"

struct array {
	struct plim_bpf_map map;
	void *values;
};

static int array_setup(struct plim_bpf_map *map, struct plim_error *err)
{
	struct array *array = (struct array *)map;
	const uint64_t stride = plim_bpf_round8(map->spec.value_bytes);
	int rc = plim_bpf_index_check(&map->spec, err);

	if (!rc)
		rc = plim_bpf_map_memory(map->spec.max_entries, stride, &array->values, err);
	if (!rc)
		rc = plim_bpf_region_elements(&map->region, array->values, map->spec.value_bytes,
					      stride, map->spec.max_entries, 1);
	return rc;
}

static void array_release(struct plim_bpf_map *map)
{
	free(((struct array *)map)->values);
}

static int64_t array_lookup(struct plim_bpf_map *map, const void *key, uint32_t slot)
{
	const uint32_t index = plim_bpf_index_of(key);

	(void)slot;
	return index < map->spec.max_entries ? (int64_t)index : -ENOENT;
}

static int array_update(struct plim_bpf_map *map, const void *key, const void *value,
			uint64_t flags, uint32_t slot)
{
	const int64_t element = array_lookup(map, key, slot);
	int rc = plim_bpf_index_flags(element, flags);

	if (!rc)
		memmove(plim_bpf_map_value(map, element), value, map->spec.value_bytes);
	return rc;
}

const struct plim_bpf_map_ops plim_bpf_array_ops = {
	.struct_bytes = sizeof(struct array),
	.setup = array_setup,
	.release = array_release,
	.lookup = array_lookup,
	.update = array_update,
	.erase = plim_bpf_index_erase,
	.next = plim_bpf_index_next,
};
