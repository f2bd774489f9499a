/* SPDX-License-Identifier: MIT */
#include "core/maps.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "core/error_in.h"
#include "core/stack_probe.h"

static const struct {
	const char *name;
	const struct plim_bpf_map_ops *ops;
} kinds[] = {
	[BPF_MAP_TYPE_HASH] = {"hash", &plim_bpf_hash_ops},
	[BPF_MAP_TYPE_ARRAY] = {"array", &plim_bpf_array_ops},
	[BPF_MAP_TYPE_PROG_ARRAY] = {"prog_array", &plim_bpf_prog_array_ops},
	[BPF_MAP_TYPE_PERCPU_ARRAY] = {"percpu_array", &plim_bpf_per_thread_ops},
	[BPF_MAP_TYPE_LRU_HASH] = {"lru_hash", &plim_bpf_lru_ops},
	[BPF_MAP_TYPE_LPM_TRIE] = {"lpm_trie", &plim_bpf_lpm_ops},
	[BPF_MAP_TYPE_RINGBUF] = {"ringbuf", &plim_bpf_ringbuf_ops},
};

/*
 * Of the flags, those that only tune Linux's memory (no preallocation, NUMA, LRU lists, mmap, seed)
 * change nothing here; access flags for the system call side are the host's own business.
 */
#define FLAGS_WITHOUT_EFFECT                                                                       \
	(BPF_F_NO_PREALLOC | BPF_F_NO_COMMON_LRU | BPF_F_NUMA_NODE | BPF_F_RDONLY | BPF_F_WRONLY | \
	 BPF_F_ZERO_SEED | BPF_F_MMAPABLE)

const char *plim_bpf_map_type_name(uint32_t type)
{
	return type < sizeof(kinds) / sizeof(kinds[0]) ? kinds[type].name : NULL;
}

int plim_bpf_map_memory(uint64_t count, uint64_t bytes, void **memory, struct plim_error *err)
{
	int rc = 0;

	if (bytes > PLIM_BPF_MAX_MAP_BYTES ||
	    count > PLIM_BPF_MAX_MAP_BYTES / (bytes ? bytes : 1)) {
		rc = -E2BIG;
		plim_error_set(err,
			       "%llu entries of %llu bytes are more than a map may have (%llu MiB)",
			       (unsigned long long)count, (unsigned long long)bytes,
			       (unsigned long long)(PLIM_BPF_MAX_MAP_BYTES >> 20));
		goto out;
	}
	*memory = calloc(count, bytes);
	if (!*memory) {
		rc = -ENOMEM;
		plim_error_set(err, "no memory for %llu entries of %llu bytes",
			       (unsigned long long)count, (unsigned long long)bytes);
	}
out:
	return rc;
}

static void map_destroy(struct plim_bpf_object *object)
{
	struct plim_bpf_map *map = (struct plim_bpf_map *)object;

	map->ops->release(map);
	pthread_mutex_destroy(&map->lock);
	free(map);
}

static void map_last_handle(struct plim_bpf_object *object)
{
	struct plim_bpf_map *map = (struct plim_bpf_map *)object;

	if (map->ops->last_handle)
		map->ops->last_handle(map);
}

static const struct plim_bpf_object_ops map_object_ops = {
	.last_handle = map_last_handle,
	.destroy = map_destroy,
};

static int check_spec(const struct plim_bpf_map_spec *spec, struct plim_error *err)
{
	int rc = -EINVAL;

	if (!plim_bpf_map_type_name(spec->type))
		plim_error_set(err, "this host has no map of type %u", spec->type);
	else if (spec->flags & ~(FLAGS_WITHOUT_EFFECT | BPF_F_RDONLY_PROG))
		plim_error_set(err, "unknown flags 0x%x", spec->flags);
	else if (spec->max_entries == 0)
		plim_error_set(err, "max_entries is 0");
	else if (spec->key_bytes > PLIM_BPF_MAX_KEY_BYTES)
		plim_error_set(err, "a key of %u bytes is longer than %u", spec->key_bytes,
			       PLIM_BPF_MAX_KEY_BYTES);
	else
		rc = 0;
	return rc;
}

int plim_bpf_map_new(struct plim_bpf_host *host, const struct plim_bpf_map_spec *spec,
		     struct plim_bpf_map **out, struct plim_error *err)
{
	const struct plim_bpf_map_ops *ops;
	struct plim_bpf_map *map = NULL;
	int rc = check_spec(spec, err);

	if (rc)
		goto out;
	ops = kinds[spec->type].ops;
	map = calloc(1, ops->struct_bytes);
	rc = -ENOMEM;
	if (!map) {
		plim_error_set(err, "no memory");
		goto out;
	}
	map->ops = ops;
	map->spec = *spec;
	pthread_mutex_init(&map->lock, NULL);
	rc = ops->setup(map, err);
	if (rc)
		goto out;
	if (spec->flags & BPF_F_RDONLY_PROG)
		plim_bpf_map_freeze(map);
	rc = plim_bpf_object_init(&map->object, host, PLIM_BPF_MAP, spec->name, &map_object_ops);
	if (rc)
		plim_error_set(err, "the host has no more numbers for objects");
out:
	if (rc)
		plim_bpf_error_in(err, "map", spec->name);
	if (rc && map) {
		map->ops->release(map);
		pthread_mutex_destroy(&map->lock);
		free(map);
		map = NULL;
	}
	*out = map;
	return rc;
}

static void map_lock(struct plim_bpf_map *map)
{
	if (map->ops->locked) {
		plim_bpf_probe_stack();
		pthread_mutex_lock(&map->lock);
	}
}

static void map_unlock(struct plim_bpf_map *map)
{
	if (map->ops->locked)
		pthread_mutex_unlock(&map->lock);
}

int64_t plim_bpf_map_lookup(struct plim_bpf_map *map, const void *key, uint32_t slot)
{
	int64_t element;

	map_lock(map);
	element = map->ops->lookup(map, key, slot);
	map_unlock(map);
	return element;
}

int plim_bpf_map_update(struct plim_bpf_map *map, const void *key, const void *value,
			uint64_t flags, uint32_t slot)
{
	int rc;

	map_lock(map);
	rc = map->ops->update(map, key, value, flags, slot);
	map_unlock(map);
	return rc;
}

int plim_bpf_map_erase(struct plim_bpf_map *map, const void *key)
{
	int rc;

	map_lock(map);
	rc = map->ops->erase(map, key);
	map_unlock(map);
	return rc;
}

int plim_bpf_map_read(struct plim_bpf_map *map, const void *key, void *value)
{
	int64_t element;
	int rc = 0;

	map_lock(map);
	if (map->ops->read) {
		rc = map->ops->read(map, key, value);
	} else {
		element = map->ops->lookup(map, key, PLIM_BPF_NO_SLOT);
		if (element < 0)
			rc = (int)element;
		else
			memcpy(value, plim_bpf_map_value(map, element), map->spec.value_bytes);
	}
	map_unlock(map);
	return rc;
}

uint64_t plim_bpf_map_value_bytes(const struct plim_bpf_map *map)
{
	if (map->spec.type == BPF_MAP_TYPE_PERCPU_ARRAY)
		return PLIM_BPF_SLOTS * plim_bpf_round8(map->spec.value_bytes);
	return map->spec.value_bytes;
}

int plim_bpf_map_next_key(struct plim_bpf_map *map, const void *key, void *next)
{
	int rc;

	map_lock(map);
	rc = map->ops->next(map, key, next);
	map_unlock(map);
	return rc;
}

void plim_bpf_map_freeze(struct plim_bpf_map *map)
{
	memset(&map->region.span[PLIM_BPF_WRITE], 0, sizeof(map->region.span[PLIM_BPF_WRITE]));
}
