/* SPDX-License-Identifier: MIT */
/*
 * The LRU hash: the hash map, with all entries in the order of their use. A full map gives up the
 * entry that was used longest ago. The order is exact, where Linux's is approximate. A program's
 * lookup or update is a use; the host's reading is not, so that a dump does not disturb.
 */
#include <errno.h>
#include <string.h>

#include "core/map_hash.h"

static void unlink_node(struct plim_bpf_hash *hash, uint32_t number)
{
	const struct plim_bpf_hash_node *node = plim_bpf_hash_node(hash, number);

	if (node->newer == PLIM_BPF_NO_NODE)
		hash->newest = node->older;
	else
		plim_bpf_hash_node(hash, node->newer)->older = node->older;
	if (node->older == PLIM_BPF_NO_NODE)
		hash->oldest = node->newer;
	else
		plim_bpf_hash_node(hash, node->older)->newer = node->newer;
}

static void make_newest(struct plim_bpf_hash *hash, uint32_t number)
{
	struct plim_bpf_hash_node *node = plim_bpf_hash_node(hash, number);

	node->newer = PLIM_BPF_NO_NODE;
	node->older = hash->newest;
	if (hash->newest == PLIM_BPF_NO_NODE)
		hash->oldest = number;
	else
		plim_bpf_hash_node(hash, hash->newest)->newer = number;
	hash->newest = number;
}

static void touch(struct plim_bpf_hash *hash, uint32_t number)
{
	if (hash->newest != number) {
		unlink_node(hash, number);
		make_newest(hash, number);
	}
}

static int64_t lru_lookup(struct plim_bpf_map *map, const void *key, uint32_t slot)
{
	struct plim_bpf_hash *hash = (struct plim_bpf_hash *)map;
	const uint32_t node = plim_bpf_hash_find(hash, key);

	if (node == PLIM_BPF_NO_NODE)
		return -ENOENT;
	if (slot != PLIM_BPF_NO_SLOT)
		touch(hash, node);
	return node;
}

static int lru_erase(struct plim_bpf_map *map, const void *key)
{
	struct plim_bpf_hash *hash = (struct plim_bpf_hash *)map;
	const uint32_t node = plim_bpf_hash_remove(hash, key);

	if (node == PLIM_BPF_NO_NODE)
		return -ENOENT;
	unlink_node(hash, node);
	return 0;
}

static int lru_update(struct plim_bpf_map *map, const void *key, const void *value, uint64_t flags,
		      uint32_t slot)
{
	struct plim_bpf_hash *hash = (struct plim_bpf_hash *)map;
	uint32_t node = plim_bpf_hash_find(hash, key);
	int rc = plim_bpf_hash_flags(node, flags);

	(void)slot;
	if (rc)
		goto out;
	if (node != PLIM_BPF_NO_NODE) {
		memmove(plim_bpf_map_value(map, node), value, map->spec.value_bytes);
		touch(hash, node);
		goto out;
	}
	if (hash->first_free == PLIM_BPF_NO_NODE)
		lru_erase(map, plim_bpf_hash_node(hash, hash->oldest)->key);
	node = plim_bpf_hash_insert(hash, key, value);
	make_newest(hash, node);
out:
	return rc;
}

const struct plim_bpf_map_ops plim_bpf_lru_ops = {
	.struct_bytes = sizeof(struct plim_bpf_hash),
	.locked = true,
	.setup = plim_bpf_hash_setup,
	.release = plim_bpf_hash_release,
	.lookup = lru_lookup,
	.update = lru_update,
	.erase = lru_erase,
	.next = plim_bpf_hash_next,
};
