/* SPDX-License-Identifier: MIT */
/*
 * Reads map definitions out of BTF (the kernel's Documentation/bpf/btf.rst): a variable in the
 * section ".maps" whose type is a structure that is never filled in; its members' types say
 * everything. `__uint(name, n)` is a pointer to an array of n, `__type(name, T)` a pointer to T.
 */
#ifndef PLIM_EBPF_BTF_MAPS_H
#define PLIM_EBPF_BTF_MAPS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/maps.h"

struct plim_btf {
	const unsigned char *types;
	const char *strings;
	uint32_t type_bytes, string_bytes;
	uint32_t *places; /* of the types, by number; [0] is void */
	uint32_t count;
};

struct plim_btf_map {
	struct plim_bpf_map_spec spec;
	bool pinned;           /* LIBBPF_PIN_BY_NAME */
	bool has_values;       /* __array(values, ...): initial programs of a program array */
	uint32_t values_place; /* of that member, in bytes */
};

/** 0, or -EINVAL (damaged), -ENOMEM with the reason in `err`. */
int plim_btf_open(struct plim_btf *btf, const void *bytes, size_t size, struct plim_error *err);
void plim_btf_close(struct plim_btf *btf);

/** The definition of one map: 0, or -EINVAL, -ENOENT with the reason in `err`. */
int plim_btf_map(const struct plim_btf *btf, const char *name, struct plim_btf_map *map,
		 struct plim_error *err);

#endif
