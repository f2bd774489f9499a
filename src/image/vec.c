/* SPDX-License-Identifier: MIT */
#include "image/vec.h"

#include <stdlib.h>
#include <string.h>

static int grow(struct plim_vec *vec, size_t count, size_t item_bytes)
{
	size_t capacity = vec->capacity ? vec->capacity : 16;
	void *items;

	if (count <= vec->capacity)
		return 0;
	while (capacity < count)
		capacity *= 2;
	if (capacity > SIZE_MAX / item_bytes)
		return -1;
	items = realloc(vec->items, capacity * item_bytes);
	if (!items)
		return -1;
	vec->items = items;
	vec->capacity = capacity;
	return 0;
}

void *plim_vec_add(struct plim_vec *vec, size_t item_bytes)
{
	void *item;

	if (grow(vec, vec->count + 1, item_bytes))
		return NULL;
	item = (char *)vec->items + vec->count++ * item_bytes;
	return memset(item, 0, item_bytes);
}

int plim_vec_append(struct plim_vec *vec, const void *items, size_t count, size_t item_bytes)
{
	if (!count)
		return 0;
	if (grow(vec, vec->count + count, item_bytes))
		return -1;
	memcpy((char *)vec->items + vec->count * item_bytes, items, count * item_bytes);
	vec->count += count;
	return 0;
}

void plim_vec_free(struct plim_vec *vec)
{
	free(vec->items);
	memset(vec, 0, sizeof(*vec));
}

#define CHUNK_BYTES ((size_t)64 * 1024)

struct plim_arena_chunk {
	struct plim_arena_chunk *next;
	size_t used;
	size_t size;
	_Alignas(16) unsigned char bytes[];
};

void *plim_arena_take(struct plim_arena *arena, size_t size)
{
	struct plim_arena_chunk *chunk = arena->chunks;
	void *taken;

	if (size > SIZE_MAX / 2)
		return NULL;
	size = (size + 15) & ~(size_t)15;
	if (!chunk || chunk->size - chunk->used < size) {
		size_t bytes = size > CHUNK_BYTES ? size : CHUNK_BYTES;

		chunk = malloc(sizeof(*chunk) + bytes);
		if (!chunk)
			return NULL;
		chunk->used = 0;
		chunk->size = bytes;
		chunk->next = arena->chunks;
		arena->chunks = chunk;
	}
	taken = chunk->bytes + chunk->used;
	chunk->used += size;
	return taken;
}

const char *plim_arena_string(struct plim_arena *arena, const char *text, size_t length)
{
	char *copy = plim_arena_take(arena, length + 1);

	if (!copy)
		return NULL;
	memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

void plim_arena_free(struct plim_arena *arena)
{
	while (arena->chunks) {
		struct plim_arena_chunk *next = arena->chunks->next;

		free(arena->chunks);
		arena->chunks = next;
	}
}
