/* SPDX-License-Identifier: MIT */
#include "stack/graph/pool.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES 65536
#define ALIGNMENT   16

struct plim_pool_chunk {
	struct plim_pool_chunk *before;
	size_t used, size;
	_Alignas(ALIGNMENT) unsigned char bytes[];
};

void *plim_pool_take(struct plim_pool *pool, size_t bytes)
{
	struct plim_pool_chunk *chunk = pool->last;

	if (bytes > SIZE_MAX / 2)
		return NULL;
	bytes = (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
	if (!chunk || chunk->size - chunk->used < bytes) {
		size_t size = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;

		chunk = calloc(1, sizeof(*chunk) + size);
		if (!chunk)
			return NULL;
		chunk->size = size;
		chunk->before = pool->last;
		pool->last = chunk;
	}
	chunk->used += bytes;
	return chunk->bytes + chunk->used - bytes;
}

char *plim_pool_copy_n(struct plim_pool *pool, const char *text, size_t bytes)
{
	char *copy = plim_pool_take(pool, bytes + 1);

	if (copy)
		memcpy(copy, text, bytes);
	return copy;
}

char *plim_pool_copy(struct plim_pool *pool, const char *text)
{
	return text ? plim_pool_copy_n(pool, text, strlen(text)) : NULL;
}

char *plim_pool_format(struct plim_pool *pool, const char *format, ...)
{
	va_list args, again;
	char *text = NULL;
	int length;

	va_start(args, format);
	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, args);
	if (length >= 0)
		text = plim_pool_take(pool, (size_t)length + 1);
	if (text)
		vsnprintf(text, (size_t)length + 1, format, again);
	va_end(again);
	va_end(args);
	return text;
}

void plim_pool_free(struct plim_pool *pool)
{
	while (pool->last) {
		struct plim_pool_chunk *before = pool->last->before;

		free(pool->last);
		pool->last = before;
	}
}

int plim_grow(void **items, size_t count, size_t *capacity, size_t item_bytes)
{
	size_t wanted;
	void *moved;

	if (count < *capacity)
		return 0;
	wanted = *capacity ? *capacity * 2 : 16;
	moved = reallocarray(*items, wanted, item_bytes);
	if (!moved)
		return -1;
	*items = moved;
	*capacity = wanted;
	return 0;
}
