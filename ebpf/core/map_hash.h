/* SPDX-License-Identifier: MIT */
/*
 * The table under the hash map and the LRU hash map: nodes in one block of memory, found through
 * chains of node numbers. Free nodes form a chain of their own.
 */
#ifndef PLIM_EBPF_MAP_HASH_H
#define PLIM_EBPF_MAP_HASH_H

#include "core/maps.h"

#define PLIM_BPF_NO_NODE UINT32_MAX

struct plim_bpf_hash_node {
	uint32_t next;         /* in its chain */
	uint32_t used;         /* 1 while it holds an entry */
	uint32_t newer, older; /* by use; only the LRU map keeps these */
	unsigned char key[];   /* padded to 8 bytes; the value follows */
};

struct plim_bpf_hash {
	struct plim_bpf_map map;
	char *nodes;
	uint32_t *buckets;
	uint64_t seed;
	uint64_t node_bytes;
	uint32_t bucket_mask;
	uint32_t first_free;
	uint32_t newest, oldest; /* by use; only the LRU map keeps these */
};

int plim_bpf_hash_setup(struct plim_bpf_map *map, struct plim_error *err);
void plim_bpf_hash_release(struct plim_bpf_map *map);

/** The node of a key, or PLIM_BPF_NO_NODE. */
uint32_t plim_bpf_hash_find(struct plim_bpf_hash *hash, const void *key);

/** Puts a new entry into a free node: the node, or PLIM_BPF_NO_NODE when none is free. */
uint32_t plim_bpf_hash_insert(struct plim_bpf_hash *hash, const void *key, const void *value);

/** Frees the node of a key: the node, or PLIM_BPF_NO_NODE if there was none. */
uint32_t plim_bpf_hash_remove(struct plim_bpf_hash *hash, const void *key);

/** Whether an update with these flags may go on: 0, -EINVAL, -EEXIST or -ENOENT. */
int plim_bpf_hash_flags(uint32_t node, uint64_t flags);

int plim_bpf_hash_next(struct plim_bpf_map *map, const void *key, void *next);

static inline struct plim_bpf_hash_node *plim_bpf_hash_node(const struct plim_bpf_hash *hash,
							    uint32_t number)
{
	return (struct plim_bpf_hash_node *)(hash->nodes + number * hash->node_bytes);
}

#endif
