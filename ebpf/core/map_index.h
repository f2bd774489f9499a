/* SPDX-License-Identifier: MIT */
/* What the maps whose key is an index (array, per-thread array, program array) have in common. */
#ifndef PLIM_EBPF_MAP_INDEX_H
#define PLIM_EBPF_MAP_INDEX_H

#include "core/maps.h"

/** The shape of an array: keys of 4 bytes, values of at least one. */
int plim_bpf_index_check(const struct plim_bpf_map_spec *spec, struct plim_error *err);

/** The index in a key, which need not be aligned. */
uint32_t plim_bpf_index_of(const void *key);

/** What an update with these flags may do where every element exists: as in Linux. */
int plim_bpf_index_flags(int64_t element, uint64_t flags);

/** Elements of an array cannot be deleted: -EINVAL. */
int plim_bpf_index_erase(struct plim_bpf_map *map, const void *key);
int plim_bpf_index_next(struct plim_bpf_map *map, const void *key, void *next);

#endif
