/* SPDX-License-Identifier: MIT */
#ifndef PLIM_EBPF_MAP_PROG_ARRAY_H
#define PLIM_EBPF_MAP_PROG_ARRAY_H

#include "core/maps.h"

struct plim_bpf_program;

/** Puts a program (NULL: none) into a program array: 0, -EINVAL (no such map), -E2BIG (index). */
int plim_bpf_prog_array_set(struct plim_bpf_map *map, uint32_t index,
			    struct plim_bpf_program *program);

/** The program at an index with a reference of its own, or NULL (also where there is no map). */
struct plim_bpf_program *plim_bpf_prog_array_get(struct plim_bpf_map *map, uint64_t index);

#endif
