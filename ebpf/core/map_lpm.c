/* SPDX-License-Identifier: MIT */
/*
 * The longest prefix match trie. A key is a length in bits and that many bits of data, most
 * significant first (`struct bpf_lpm_trie_key`); a lookup finds the longest stored prefix of its
 * key. A binary trie: a node's two children agree with it in all of its bits and differ in the
 * next. Where two entries part there is a node without a value.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "core/maps.h"

#define NO_NODE        UINT32_MAX
#define MAX_DATA_BYTES 256 /* LPM_DATA_SIZE_MAX in the kernel's lpm_trie.c */

enum { FREE = 0, JOINT, ENTRY };

struct lpm_node {
	uint32_t child[2]; /* [0] is also the next of the free nodes */
	uint32_t bits;
	uint32_t state;
	unsigned char data[]; /* padded to 8 bytes; the value follows */
};

struct lpm {
	struct plim_bpf_map map;
	char *nodes;
	uint64_t node_bytes;
	uint32_t node_count; /* n entries part in at most n - 1 places */
	uint32_t data_bytes;
	uint32_t entries;
	uint32_t root;
	uint32_t first_free;
};

/* A key as the caller gave it, its length read once: the memory may be written meanwhile. */
struct prefix {
	uint32_t bits;
	const unsigned char *data;
};

static struct lpm_node *node_at(const struct lpm *lpm, uint32_t number)
{
	return (struct lpm_node *)(lpm->nodes + number * lpm->node_bytes);
}

static int lpm_setup(struct plim_bpf_map *map, struct plim_error *err)
{
	struct lpm *lpm = (struct lpm *)map;
	const struct plim_bpf_map_spec *spec = &map->spec;
	uint64_t value_at;
	void *memory = NULL;
	int rc = -EINVAL;

	if (spec->key_bytes < 5 || spec->key_bytes > 4 + MAX_DATA_BYTES || !spec->value_bytes) {
		plim_error_set(err,
			       "lpm_trie needs keys of 5 to %u bytes and values, not %u and %u",
			       4 + MAX_DATA_BYTES, spec->key_bytes, spec->value_bytes);
		goto out;
	}
	lpm->data_bytes = spec->key_bytes - 4;
	lpm->root = NO_NODE;
	value_at = sizeof(struct lpm_node) + plim_bpf_round8(lpm->data_bytes);
	lpm->node_bytes = value_at + plim_bpf_round8(spec->value_bytes);
	rc = plim_bpf_map_memory(2 * (uint64_t)spec->max_entries, lpm->node_bytes, &memory, err);
	if (rc)
		goto out;
	lpm->nodes = memory;
	lpm->node_count = 2 * spec->max_entries;
	for (uint32_t i = 0; i < lpm->node_count; i++)
		node_at(lpm, i)->child[0] = i + 1 < lpm->node_count ? i + 1 : NO_NODE;
	rc = plim_bpf_region_elements(&map->region, lpm->nodes + value_at, spec->value_bytes,
				      lpm->node_bytes, lpm->node_count, 1);
out:
	return rc;
}

static void lpm_release(struct plim_bpf_map *map)
{
	free(((struct lpm *)map)->nodes);
}

static int read_prefix(const struct lpm *lpm, const void *key, struct prefix *prefix)
{
	memcpy(&prefix->bits, key, sizeof(prefix->bits));
	prefix->data = (const unsigned char *)key + 4;
	return prefix->bits > lpm->data_bytes * 8 ? -EINVAL : 0;
}

static unsigned bit_of(const unsigned char *data, uint32_t bit)
{
	return data[bit / 8] >> (7 - bit % 8) & 1;
}

/* How many leading bits agree, at most `limit`. */
static uint32_t common_bits(const unsigned char *a, const unsigned char *b, uint32_t limit)
{
	uint32_t bits = 0;

	while (bits < limit) {
		const unsigned different = a[bits / 8] ^ b[bits / 8];

		if (different) {
			bits += (uint32_t)__builtin_clz(different) - 24;
			break;
		}
		bits += 8;
	}
	return bits < limit ? bits : limit;
}

static int64_t lpm_lookup(struct plim_bpf_map *map, const void *key, uint32_t slot)
{
	struct lpm *lpm = (struct lpm *)map;
	uint32_t at = lpm->root, best = NO_NODE;
	struct prefix wanted;

	(void)slot;
	if (read_prefix(lpm, key, &wanted))
		return -ENOENT;
	while (at != NO_NODE) {
		const struct lpm_node *node = node_at(lpm, at);

		if (node->bits > wanted.bits ||
		    common_bits(node->data, wanted.data, node->bits) < node->bits)
			break;
		if (node->state == ENTRY)
			best = at;
		if (node->bits == wanted.bits)
			break;
		at = node->child[bit_of(wanted.data, node->bits)];
	}
	return best == NO_NODE ? -ENOENT : (int64_t)best;
}

/*
 * The link from which the prefix hangs or would hang: the first node on the way that does not
 * lie above it. `above` becomes the node that holds the link.
 */
static uint32_t *find_link(struct lpm *lpm, const struct prefix *prefix, uint32_t *above)
{
	uint32_t *link = &lpm->root;

	*above = NO_NODE;
	while (*link != NO_NODE) {
		struct lpm_node *node = node_at(lpm, *link);

		if (node->bits >= prefix->bits ||
		    common_bits(node->data, prefix->data, node->bits) < node->bits)
			break;
		*above = *link;
		link = &node->child[bit_of(prefix->data, node->bits)];
	}
	return link;
}

/* Whether the link leads to a node of exactly this prefix. */
static bool is_exact(const struct lpm *lpm, const uint32_t *link, const struct prefix *prefix)
{
	const struct lpm_node *node;

	if (*link == NO_NODE)
		return false;
	node = node_at(lpm, *link);
	return node->bits == prefix->bits &&
	       common_bits(node->data, prefix->data, prefix->bits) == prefix->bits;
}

static uint32_t take_node(struct lpm *lpm, const unsigned char *data, uint32_t bits, uint32_t state)
{
	const uint32_t number = lpm->first_free;
	struct lpm_node *node = node_at(lpm, number);

	lpm->first_free = node->child[0];
	node->child[0] = node->child[1] = NO_NODE;
	node->bits = bits;
	node->state = state;
	memmove(node->data, data, lpm->data_bytes);
	return number;
}

static void give_node(struct lpm *lpm, uint32_t number)
{
	struct lpm_node *node = node_at(lpm, number);

	node->state = FREE;
	node->child[0] = lpm->first_free;
	lpm->first_free = number;
}

/* Hangs a new entry at the link; the caller has seen that there is room. */
static uint32_t insert(struct lpm *lpm, uint32_t *link, const struct prefix *prefix)
{
	const uint32_t old = *link;
	const uint32_t entry = take_node(lpm, prefix->data, prefix->bits, ENTRY);
	struct lpm_node *node = node_at(lpm, entry), *joint;
	uint32_t common, limit;

	lpm->entries++;
	if (old == NO_NODE) {
		*link = entry;
		return entry;
	}
	/* From here on the copy in the node counts: the original may have changed meanwhile. */
	limit = node->bits < node_at(lpm, old)->bits ? node->bits : node_at(lpm, old)->bits;
	common = common_bits(node->data, node_at(lpm, old)->data, limit);
	if (common == node->bits && common < node_at(lpm, old)->bits) {
		node->child[bit_of(node_at(lpm, old)->data, common)] = old;
		*link = entry;
		return entry;
	}
	*link = take_node(lpm, node->data, common, JOINT);
	joint = node_at(lpm, *link);
	joint->child[bit_of(node->data, common)] = entry;
	joint->child[!bit_of(node->data, common)] = old;
	return entry;
}

static int lpm_update(struct plim_bpf_map *map, const void *key, const void *value, uint64_t flags,
		      uint32_t slot)
{
	struct lpm *lpm = (struct lpm *)map;
	unsigned char copy[4 + MAX_DATA_BYTES];
	struct prefix prefix;
	uint32_t *link, above, entry;
	bool exact, known;
	int rc = -EINVAL;

	(void)slot;
	/* A copy, because the key may lie in memory that other programs write. */
	memcpy(copy, key, map->spec.key_bytes);
	if (flags > BPF_EXIST || read_prefix(lpm, copy, &prefix))
		goto out;
	link = find_link(lpm, &prefix, &above);
	entry = *link;
	exact = is_exact(lpm, link, &prefix);
	known = exact && node_at(lpm, entry)->state == ENTRY;
	rc = flags == BPF_NOEXIST && known ? -EEXIST : flags == BPF_EXIST && !known ? -ENOENT : 0;
	if (!rc && !known && lpm->entries == map->spec.max_entries)
		rc = -ENOSPC;
	if (rc)
		goto out;
	if (exact && !known) { /* a joint becomes an entry */
		node_at(lpm, entry)->state = ENTRY;
		memcpy(node_at(lpm, entry)->data, prefix.data, lpm->data_bytes);
		lpm->entries++;
	} else if (!known) {
		entry = insert(lpm, link, &prefix);
	}
	memmove(plim_bpf_map_value(map, entry), value, map->spec.value_bytes);
out:
	return rc;
}

/* A joint with one child left is no longer needed: the child takes its place. */
static void drop_joint(struct lpm *lpm, uint32_t *link)
{
	const uint32_t number = *link;
	const struct lpm_node *node = node_at(lpm, number);

	if (node->state != JOINT || (node->child[0] != NO_NODE && node->child[1] != NO_NODE))
		return;
	*link = node->child[node->child[0] == NO_NODE];
	give_node(lpm, number);
}

static int lpm_erase(struct plim_bpf_map *map, const void *key)
{
	struct lpm *lpm = (struct lpm *)map;
	struct prefix prefix, upper;
	uint32_t *link, above, other;

	if (read_prefix(lpm, key, &prefix))
		return -EINVAL;
	link = find_link(lpm, &prefix, &above);
	if (!is_exact(lpm, link, &prefix) || node_at(lpm, *link)->state != ENTRY)
		return -ENOENT;
	lpm->entries--;
	node_at(lpm, *link)->state = JOINT;
	drop_joint(lpm, link);
	if (above != NO_NODE && *link == NO_NODE) { /* it was a leaf: the joint above may go too */
		upper.bits = node_at(lpm, above)->bits;
		upper.data = node_at(lpm, above)->data;
		drop_joint(lpm, find_link(lpm, &upper, &other));
	}
	return 0;
}

/* The number after that of the entry of exactly this prefix; 0 if there is none. */
static uint32_t number_after(struct lpm *lpm, const void *key)
{
	struct prefix prefix;
	uint32_t *link, above;

	if (!key || read_prefix(lpm, key, &prefix))
		return 0;
	link = find_link(lpm, &prefix, &above);
	return is_exact(lpm, link, &prefix) && node_at(lpm, *link)->state == ENTRY ? *link + 1 : 0;
}

static int lpm_next(struct plim_bpf_map *map, const void *key, void *next)
{
	struct lpm *lpm = (struct lpm *)map;

	for (uint32_t i = number_after(lpm, key); i < lpm->node_count; i++) {
		const struct lpm_node *node = node_at(lpm, i);

		if (node->state == ENTRY) {
			memcpy(next, &node->bits, sizeof(node->bits));
			memcpy((char *)next + 4, node->data, lpm->data_bytes);
			return 0;
		}
	}
	return -ENOENT;
}

const struct plim_bpf_map_ops plim_bpf_lpm_ops = {
	.struct_bytes = sizeof(struct lpm),
	.locked = true,
	.setup = lpm_setup,
	.release = lpm_release,
	.lookup = lpm_lookup,
	.update = lpm_update,
	.erase = lpm_erase,
	.next = lpm_next,
};
