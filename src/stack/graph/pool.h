/* SPDX-License-Identifier: MIT */
/* Memory that lives as long as one analysis: taken in pieces, given back all at once. */
#ifndef PLIM_STACK_POOL_H
#define PLIM_STACK_POOL_H

#include <stddef.h>

struct plim_pool_chunk;

/** An empty pool is all zero. */
struct plim_pool {
	struct plim_pool_chunk *last;
};

/** `bytes` zeroed bytes, aligned for any object, or NULL when there is no memory. */
void *plim_pool_take(struct plim_pool *pool, size_t bytes);

/** A copy of the string (of its first `bytes`), or NULL; a NULL string stays NULL. */
char *plim_pool_copy(struct plim_pool *pool, const char *text);
char *plim_pool_copy_n(struct plim_pool *pool, const char *text, size_t bytes);

/** A formatted string, or NULL when there is no memory. */
char *plim_pool_format(struct plim_pool *pool, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

void plim_pool_free(struct plim_pool *pool);

/**
 * Makes room for one more element in an array that doubles: returns 0, or -1 when there is no
 * memory, in which case the array is as it was. `*items` is an array from malloc (or NULL).
 */
int plim_grow(void **items, size_t count, size_t *capacity, size_t item_bytes);

#endif
