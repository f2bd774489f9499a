/* SPDX-License-Identifier: MIT */
#include "core/map_index.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

int plim_bpf_index_check(const struct plim_bpf_map_spec *spec, struct plim_error *err)
{
	int rc = 0;

	if (spec->key_bytes != sizeof(uint32_t) || spec->value_bytes == 0) {
		rc = -EINVAL;
		plim_error_set(
			err, "%s needs keys of 4 bytes and values, not keys of %u and values of %u",
			plim_bpf_map_type_name(spec->type), spec->key_bytes, spec->value_bytes);
	}
	return rc;
}

uint32_t plim_bpf_index_of(const void *key)
{
	uint32_t index;

	memcpy(&index, key, sizeof(index));
	return index;
}

int plim_bpf_index_flags(int64_t element, uint64_t flags)
{
	int rc = 0;

	if (flags > BPF_EXIST)
		rc = -EINVAL;
	else if (element < 0)
		rc = -E2BIG;
	else if (flags == BPF_NOEXIST)
		rc = -EEXIST;
	return rc;
}

int plim_bpf_index_erase(struct plim_bpf_map *map, const void *key)
{
	(void)map;
	(void)key;
	return -EINVAL;
}

int plim_bpf_index_next(struct plim_bpf_map *map, const void *key, void *next)
{
	uint32_t index = key ? plim_bpf_index_of(key) : UINT32_MAX;

	if (index >= map->spec.max_entries)
		index = 0;
	else if (++index == map->spec.max_entries)
		return -ENOENT;
	memcpy(next, &index, sizeof(index));
	return 0;
}
