/* SPDX-License-Identifier: MIT */
/* A growing array, and a store for strings and blobs that all die together. */
#ifndef PLIM_IMAGE_VEC_H
#define PLIM_IMAGE_VEC_H

#include <stddef.h>
#include <stdint.h>

/** `count` items at `items`; zero-initialised it is empty. Indices stay good, pointers do not. */
struct plim_vec {
	void *items;
	size_t count;
	size_t capacity;
};

/** Room for one more item, zeroed; NULL if there is no memory. */
void *plim_vec_add(struct plim_vec *vec, size_t item_bytes);

/** Appends `count` items. Returns 0, or -1 if there is no memory. */
int plim_vec_append(struct plim_vec *vec, const void *items, size_t count, size_t item_bytes);

void plim_vec_free(struct plim_vec *vec);

struct plim_arena_chunk;

struct plim_arena {
	struct plim_arena_chunk *chunks;
};

/** `size` bytes, 16-byte aligned, uninitialised; NULL if there is no memory. */
void *plim_arena_take(struct plim_arena *arena, size_t size);

/** A NUL-terminated copy of `length` bytes; NULL if there is no memory. */
const char *plim_arena_string(struct plim_arena *arena, const char *text, size_t length);

void plim_arena_free(struct plim_arena *arena);

#endif
