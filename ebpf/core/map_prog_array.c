/* SPDX-License-Identifier: MIT */
/*
 * The program array, where tail calls find their programs. To the host a value is the number of a
 * program object (Linux: a file descriptor going in, a number coming out); to programs it has none.
 */
#include "core/map_prog_array.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "core/map_index.h"
#include "core/program.h"
#include "core/stack_probe.h"

struct prog_array {
	struct plim_bpf_map map;
	struct plim_bpf_program **programs;
};

static int prog_array_setup(struct plim_bpf_map *map, struct plim_error *err)
{
	struct prog_array *array = (struct prog_array *)map;
	void *memory = NULL;
	int rc = plim_bpf_index_check(&map->spec, err);

	if (!rc && map->spec.value_bytes != sizeof(uint32_t)) {
		rc = -EINVAL;
		plim_error_set(err, "prog_array needs values of 4 bytes, not of %u",
			       map->spec.value_bytes);
	}
	if (!rc)
		rc = plim_bpf_map_memory(map->spec.max_entries, sizeof(*array->programs), &memory,
					 err);
	array->programs = memory;
	return rc;
}

static void clear(struct plim_bpf_map *map)
{
	struct prog_array *array = (struct prog_array *)map;

	for (uint32_t i = 0; array->programs && i < map->spec.max_entries; i++)
		plim_bpf_prog_array_set(map, i, NULL);
}

static void prog_array_release(struct plim_bpf_map *map)
{
	clear(map);
	free(((struct prog_array *)map)->programs);
}

int plim_bpf_prog_array_set(struct plim_bpf_map *map, uint32_t index,
			    struct plim_bpf_program *program)
{
	struct prog_array *array = (struct prog_array *)map;
	struct plim_bpf_program *old;
	int rc = -EINVAL;

	if (map->spec.type != BPF_MAP_TYPE_PROG_ARRAY)
		goto out;
	rc = -E2BIG;
	if (index >= map->spec.max_entries)
		goto out;
	if (program)
		plim_bpf_object_get(&program->object);
	pthread_mutex_lock(&map->lock);
	old = array->programs[index];
	array->programs[index] = program;
	pthread_mutex_unlock(&map->lock);
	/* Outside the lock: its last reference may free maps, this one among them. */
	if (old)
		plim_bpf_object_put(&old->object);
	rc = 0;
out:
	return rc;
}

struct plim_bpf_program *plim_bpf_prog_array_get(struct plim_bpf_map *map, uint64_t index)
{
	struct prog_array *array = (struct prog_array *)map;
	struct plim_bpf_program *program;

	if (map->spec.type != BPF_MAP_TYPE_PROG_ARRAY || index >= map->spec.max_entries)
		return NULL;
	plim_bpf_probe_stack();
	pthread_mutex_lock(&map->lock);
	program = array->programs[index];
	if (program)
		plim_bpf_object_get(&program->object);
	pthread_mutex_unlock(&map->lock);
	return program;
}

/* Programs cannot look into a program array: only the host's read, below, finds values. */
static int64_t prog_array_lookup(struct plim_bpf_map *map, const void *key, uint32_t slot)
{
	(void)map;
	(void)key;
	(void)slot;
	return -ENOENT;
}

static int prog_array_read(struct plim_bpf_map *map, const void *key, void *value)
{
	struct plim_bpf_program *program = plim_bpf_prog_array_get(map, plim_bpf_index_of(key));

	if (!program)
		return -ENOENT;
	memcpy(value, &program->object.id, sizeof(program->object.id));
	plim_bpf_object_put(&program->object);
	return 0;
}

static int prog_array_update(struct plim_bpf_map *map, const void *key, const void *value,
			     uint64_t flags, uint32_t slot)
{
	const uint32_t id = plim_bpf_index_of(value);
	struct plim_bpf_object *object = NULL;
	int rc = -EINVAL;

	if (flags != BPF_ANY || slot != PLIM_BPF_NO_SLOT)
		goto out;
	object = plim_bpf_host_find(map->object.host, PLIM_BPF_PROGRAM, id);
	rc = -ENOENT;
	if (!object)
		goto out;
	rc = plim_bpf_prog_array_set(map, plim_bpf_index_of(key),
				     (struct plim_bpf_program *)object);
out:
	if (object)
		plim_bpf_object_close(object);
	return rc;
}

static int prog_array_erase(struct plim_bpf_map *map, const void *key)
{
	return plim_bpf_prog_array_set(map, plim_bpf_index_of(key), NULL);
}

const struct plim_bpf_map_ops plim_bpf_prog_array_ops = {
	.struct_bytes = sizeof(struct prog_array),
	.setup = prog_array_setup,
	.release = prog_array_release,
	.lookup = prog_array_lookup,
	.update = prog_array_update,
	.erase = prog_array_erase,
	.next = plim_bpf_index_next,
	.read = prog_array_read,
	.last_handle = clear,
};
