/* SPDX-License-Identifier: MIT */
#include "core/map_hash.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static int check_shape(const struct plim_bpf_map_spec *spec, struct plim_error *err)
{
	int rc = 0;

	if (spec->key_bytes == 0 || spec->value_bytes == 0) {
		rc = -EINVAL;
		plim_error_set(
			err, "a %s needs keys and values, not keys of %u and values of %u bytes",
			plim_bpf_map_type_name(spec->type), spec->key_bytes, spec->value_bytes);
	}
	return rc;
}

static void chain_free_nodes(struct plim_bpf_hash *hash)
{
	const uint32_t count = hash->map.spec.max_entries;

	for (uint32_t i = 0; i < count; i++)
		plim_bpf_hash_node(hash, i)->next = i + 1 < count ? i + 1 : PLIM_BPF_NO_NODE;
	hash->first_free = 0;
	hash->newest = hash->oldest = PLIM_BPF_NO_NODE;
}

int plim_bpf_hash_setup(struct plim_bpf_map *map, struct plim_error *err)
{
	struct plim_bpf_hash *hash = (struct plim_bpf_hash *)map;
	const struct plim_bpf_map_spec *spec = &map->spec;
	const uint64_t value_at =
		sizeof(struct plim_bpf_hash_node) + plim_bpf_round8(spec->key_bytes);
	uint64_t buckets = 1;
	void *memory = NULL;
	int rc = check_shape(spec, err);

	if (rc)
		goto out;
	hash->node_bytes = value_at + plim_bpf_round8(spec->value_bytes);
	rc = plim_bpf_map_memory(spec->max_entries, hash->node_bytes, &memory, err);
	hash->nodes = memory;
	if (rc)
		goto out;
	while (buckets < spec->max_entries)
		buckets *= 2;
	memory = NULL;
	rc = plim_bpf_map_memory(buckets, sizeof(*hash->buckets), &memory, err);
	hash->buckets = memory;
	if (rc)
		goto out;
	memset(hash->buckets, 0xff, buckets * sizeof(*hash->buckets)); /* PLIM_BPF_NO_NODE */
	hash->bucket_mask = (uint32_t)(buckets - 1);
	/* Only spreads the keys; where the system gives no random bytes the chains still work. */
	if (getrandom(&hash->seed, sizeof(hash->seed), GRND_NONBLOCK) < 0)
		hash->seed = (uintptr_t)hash;
	chain_free_nodes(hash);
	rc = plim_bpf_region_elements(&map->region, hash->nodes + value_at, spec->value_bytes,
				      hash->node_bytes, spec->max_entries, 1);
out:
	return rc;
}

void plim_bpf_hash_release(struct plim_bpf_map *map)
{
	struct plim_bpf_hash *hash = (struct plim_bpf_hash *)map;

	free(hash->nodes);
	free(hash->buckets);
}

/* Eight bytes at a time, each step one multiplication whose upper and lower halves are folded. */
static uint64_t mix(uint64_t a, uint64_t b)
{
	const unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint32_t *bucket_of(struct plim_bpf_hash *hash, const void *key)
{
	const unsigned char *at = key;
	uint32_t left = hash->map.spec.key_bytes;
	/* 2^64 divided by the golden ratio, and an odd number without a pattern. */
	uint64_t state = hash->seed ^ left * UINT64_C(0x9e3779b97f4a7c15);

	while (left) {
		const uint32_t step = left < 8 ? left : 8;
		uint64_t word = 0;

		memcpy(&word, at, step);
		state = mix(state ^ word, UINT64_C(0x9e3779b97f4a7c15)) +
			UINT64_C(0xa0761d6478bd642f);
		at += step;
		left -= step;
	}
	return &hash->buckets[(uint32_t)mix(state, hash->seed | 1) & hash->bucket_mask];
}

/* Where the number of the key's node stands: in its bucket or in the node before it. */
static uint32_t *find_link(struct plim_bpf_hash *hash, const void *key)
{
	uint32_t *link = bucket_of(hash, key);

	while (*link != PLIM_BPF_NO_NODE) {
		struct plim_bpf_hash_node *node = plim_bpf_hash_node(hash, *link);

		if (memcmp(node->key, key, hash->map.spec.key_bytes) == 0)
			break;
		link = &node->next;
	}
	return link;
}

uint32_t plim_bpf_hash_find(struct plim_bpf_hash *hash, const void *key)
{
	return *find_link(hash, key);
}

uint32_t plim_bpf_hash_insert(struct plim_bpf_hash *hash, const void *key, const void *value)
{
	const uint32_t number = hash->first_free;
	struct plim_bpf_hash_node *node;
	uint32_t *bucket;

	if (number == PLIM_BPF_NO_NODE)
		return number;
	node = plim_bpf_hash_node(hash, number);
	hash->first_free = node->next;
	/*
	 * `key` may lie in memory that other programs write. The bucket is that of the copy, so
	 * that the entry can be found again whatever happens to the original.
	 */
	memmove(node->key, key, hash->map.spec.key_bytes);
	memmove(plim_bpf_map_value(&hash->map, number), value, hash->map.spec.value_bytes);
	bucket = bucket_of(hash, node->key);
	node->next = *bucket;
	node->used = 1;
	*bucket = number;
	return number;
}

uint32_t plim_bpf_hash_remove(struct plim_bpf_hash *hash, const void *key)
{
	uint32_t *link = find_link(hash, key);
	const uint32_t number = *link;
	struct plim_bpf_hash_node *node;

	if (number == PLIM_BPF_NO_NODE)
		return number;
	node = plim_bpf_hash_node(hash, number);
	*link = node->next;
	node->used = 0;
	node->next = hash->first_free;
	hash->first_free = number;
	return number;
}

int plim_bpf_hash_flags(uint32_t node, uint64_t flags)
{
	int rc = 0;

	if (flags > BPF_EXIST)
		rc = -EINVAL;
	else if (flags == BPF_NOEXIST && node != PLIM_BPF_NO_NODE)
		rc = -EEXIST;
	else if (flags == BPF_EXIST && node == PLIM_BPF_NO_NODE)
		rc = -ENOENT;
	return rc;
}

int plim_bpf_hash_next(struct plim_bpf_map *map, const void *key, void *next)
{
	struct plim_bpf_hash *hash = (struct plim_bpf_hash *)map;
	const uint32_t known = key ? plim_bpf_hash_find(hash, key) : PLIM_BPF_NO_NODE;

	for (uint32_t i = known == PLIM_BPF_NO_NODE ? 0 : known + 1; i < map->spec.max_entries;
	     i++) {
		const struct plim_bpf_hash_node *node = plim_bpf_hash_node(hash, i);

		if (node->used) {
			memcpy(next, node->key, map->spec.key_bytes);
			return 0;
		}
	}
	return -ENOENT;
}

static int64_t hash_lookup(struct plim_bpf_map *map, const void *key, uint32_t slot)
{
	const uint32_t node = plim_bpf_hash_find((struct plim_bpf_hash *)map, key);

	(void)slot;
	return node == PLIM_BPF_NO_NODE ? -ENOENT : (int64_t)node;
}

static int hash_update(struct plim_bpf_map *map, const void *key, const void *value, uint64_t flags,
		       uint32_t slot)
{
	struct plim_bpf_hash *hash = (struct plim_bpf_hash *)map;
	const uint32_t node = plim_bpf_hash_find(hash, key);
	int rc = plim_bpf_hash_flags(node, flags);

	(void)slot;
	if (rc)
		goto out;
	if (node != PLIM_BPF_NO_NODE)
		memmove(plim_bpf_map_value(map, node), value, map->spec.value_bytes);
	else if (plim_bpf_hash_insert(hash, key, value) == PLIM_BPF_NO_NODE)
		rc = -E2BIG;
out:
	return rc;
}

static int hash_erase(struct plim_bpf_map *map, const void *key)
{
	return plim_bpf_hash_remove((struct plim_bpf_hash *)map, key) == PLIM_BPF_NO_NODE ? -ENOENT
											  : 0;
}

const struct plim_bpf_map_ops plim_bpf_hash_ops = {
	.struct_bytes = sizeof(struct plim_bpf_hash),
	.locked = true,
	.setup = plim_bpf_hash_setup,
	.release = plim_bpf_hash_release,
	.lookup = hash_lookup,
	.update = hash_update,
	.erase = hash_erase,
	.next = plim_bpf_hash_next,
};
