/* SPDX-License-Identifier: MIT */
/*
 * No heap once the session is open: every allocator is replaced by one that counts, and threads,
 * full rings and every kind of statement must leave the count where it was.
 */
#include <plimsoll/session.h>
#include <plimsoll/tracelog.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

PLIM_PROVIDER_DEFINE(heap, "Heap");

static unsigned long calls;

/* A heap that only grows serves a test. */
static void *take(size_t bytes, size_t align)
{
	static char arena[1 << 20];
	static size_t used;

	calls++;
	used = (used + align - 1) & ~(align - 1);
	if (bytes > sizeof(arena) - used)
		return NULL;
	used += bytes;
	return arena + used - bytes;
}

void *malloc(size_t bytes)
{
	return take(bytes, 16);
}

void *calloc(size_t count, size_t bytes)
{
	void *room = take(count * bytes, 16);

	if (room)
		memset(room, 0, count * bytes);
	return room;
}

void *realloc(void *old, size_t bytes)
{
	void *room = take(bytes, 16);

	if (room && old)
		memmove(room, old, bytes);
	return room;
}

void free(void *room)
{
	(void)room;
	calls++;
}

void *aligned_alloc(size_t align, size_t bytes)
{
	return take(bytes, align);
}

int main(int argc, char **argv)
{
	struct plim_session_options options = {.path = argc > 1 ? argv[1] : "no_heap.trace",
					       .size_bytes = 64u << 10};
	unsigned long before;

	if (!malloc(1) || !calls || plim_session_open(&options)) {
		fprintf(stderr, "no_heap: %s\n", plim_session_error());
		return 1;
	}
	before = calls;
	for (int i = 0; i < 5000; i++) {
		PLIM_LOG(heap, PLIM_INFO, 0, "values", PLIM_I32("i", i), PLIM_STR("s", "text"));
		PLIM_LOG(heap, PLIM_INFO, 0, "many", PLIM_I32("a", i), PLIM_I32("b", i),
			 PLIM_I32("c", i), PLIM_I32("d", i), PLIM_I32("e", i),
			 PLIM_BIN("f", argv, sizeof(*argv)));
	}
	plim_thread_end();
	PLIM_LOG(heap, PLIM_INFO, 0, "again", PLIM_I32("calls", (int)calls));
	if (calls != before) {
		fprintf(stderr, "no_heap: %lu calls of the heap while recording\n", calls - before);
		return 1;
	}
	return 0;
}
