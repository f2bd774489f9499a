/* SPDX-License-Identifier: MIT */
/*
 * Maps: what programs and their host share. One file a kind behind `struct plim_bpf_map_ops`;
 * all memory of a map is taken when it is made, so no lookup, update or delete ever allocates.
 *
 * A kind answers with the number of an element, not with a pointer: a program turns it into one of
 * its own addresses, the host into one of its pointers. Values stay where they are until the map
 * is freed. As in Linux a program may go on using the value of an entry that was deleted; it then
 * sees whatever entry took the place.
 */
#ifndef PLIM_EBPF_MAPS_H
#define PLIM_EBPF_MAPS_H

#include <stdbool.h>

#include "base/error.h"
#include "core/memory.h"
#include "core/object.h"

/* How many invocations can be under way at once; a per-thread map has a row for each. */
#define PLIM_BPF_SLOTS         64
#define PLIM_BPF_NO_SLOT       UINT32_MAX /* the host itself asks, outside any invocation */

#define PLIM_BPF_MAX_KEY_BYTES 512
#define PLIM_BPF_MAX_MAP_BYTES (UINT64_C(1) << 28)

/** What an object file or the host asks for. `type` and `flags` are enum bpf_map_type, BPF_F_*. */
struct plim_bpf_map_spec {
	char name[PLIM_BPF_NAME_BYTES];
	uint32_t type, key_bytes, value_bytes, max_entries, flags;
};

struct plim_bpf_map {
	struct plim_bpf_object object; /* first: a map is an object */
	const struct plim_bpf_map_ops *ops;
	struct plim_bpf_map_spec spec;
	pthread_mutex_t lock;
	struct plim_bpf_region region; /* how a program sees the values; count 0: not at all */
};

struct plim_bpf_map_ops {
	size_t struct_bytes; /* of the kind's structure, whose first member is the map */
	bool locked;         /* the functions below are called under the map's lock */
	/* Refuses a bad shape and takes the memory: 0 or a negative errno. */
	int (*setup)(struct plim_bpf_map *map, struct plim_error *err);
	void (*release)(struct plim_bpf_map *map); /* also after a failed setup */
	int64_t (*lookup)(struct plim_bpf_map *map, const void *key, uint32_t slot);
	int (*update)(struct plim_bpf_map *map, const void *key, const void *value, uint64_t flags,
		      uint32_t slot);
	int (*erase)(struct plim_bpf_map *map, const void *key);
	int (*next)(struct plim_bpf_map *map, const void *key, void *next);
	/* Only where it is more than lookup and a copy; may be NULL. */
	int (*read)(struct plim_bpf_map *map, const void *key, void *value);
	void (*last_handle)(struct plim_bpf_map *map); /* may be NULL */
};

extern const struct plim_bpf_map_ops plim_bpf_array_ops;
extern const struct plim_bpf_map_ops plim_bpf_hash_ops;
extern const struct plim_bpf_map_ops plim_bpf_lru_ops;
extern const struct plim_bpf_map_ops plim_bpf_per_thread_ops;
extern const struct plim_bpf_map_ops plim_bpf_prog_array_ops;
extern const struct plim_bpf_map_ops plim_bpf_lpm_ops;
extern const struct plim_bpf_map_ops plim_bpf_ringbuf_ops;

/** A new map with one handle: 0 and *out, or a negative errno with the reason in `err`. */
int plim_bpf_map_new(struct plim_bpf_host *host, const struct plim_bpf_map_spec *spec,
		     struct plim_bpf_map **out, struct plim_error *err);

/** The kind's name as bpftool prints it ("hash"); NULL for a type this host does not have. */
const char *plim_bpf_map_type_name(uint32_t type);

/**
 * The entry's element, or -ENOENT. `slot` is the invocation's, or PLIM_BPF_NO_SLOT.
 * These three are what the helpers call; `key` and `value` have the map's sizes.
 */
int64_t plim_bpf_map_lookup(struct plim_bpf_map *map, const void *key, uint32_t slot);
int plim_bpf_map_update(struct plim_bpf_map *map, const void *key, const void *value,
			uint64_t flags, uint32_t slot);
int plim_bpf_map_erase(struct plim_bpf_map *map, const void *key);

/** Copies a value out for the host; `value` takes plim_bpf_map_value_bytes() bytes. */
int plim_bpf_map_read(struct plim_bpf_map *map, const void *key, void *value);

/** The size of a value for the host: for a per-thread map that of all slots, each padded to 8. */
uint64_t plim_bpf_map_value_bytes(const struct plim_bpf_map *map);

/** The key after `key` (NULL, or one that is gone: the first); -ENOENT after the last. */
int plim_bpf_map_next_key(struct plim_bpf_map *map, const void *key, void *next);

/** Makes the values read-only for programs that are made from now on (a `.rodata` section). */
void plim_bpf_map_freeze(struct plim_bpf_map *map);

/** The host's pointer to an element's value. */
static inline void *plim_bpf_map_value(const struct plim_bpf_map *map, int64_t element)
{
	return (void *)(map->region.base + (uint64_t)element * map->region.stride);
}

/**
 * For a kind's setup: zeroed memory for `count` elements of `bytes`, or -E2BIG, -ENOMEM. The
 * product is checked here, because both numbers come from a file.
 */
int plim_bpf_map_memory(uint64_t count, uint64_t bytes, void **memory, struct plim_error *err);

static inline uint64_t plim_bpf_round8(uint64_t bytes)
{
	return (bytes + 7) & ~UINT64_C(7);
}

#endif
