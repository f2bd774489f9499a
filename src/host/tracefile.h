/* SPDX-License-Identifier: MIT */
/* The trace file of this process: made, allocated, mapped and grown. Not on the path. */
#ifndef PLIM_HOST_TRACEFILE_H
#define PLIM_HOST_TRACEFILE_H

#include "base/error.h"
#include "core/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct plim_tracefile {
	int fd;          /* -1: none; holds an exclusive flock(2) while it is open */
	char path[4096]; /* absolute */
	uint8_t *base;   /* the part made at open, mapped shared; aligned to PLIM_BLOCK_MIN */
	uint64_t bytes;
	uint64_t end; /* where the next chunk goes */
	uint64_t last_chunk;
};

/**
 * Makes the file, whole, and maps it. The header is complete but for its clock and state.
 * Returns 0 or a negative errno with the line for a person in `err`.
 */
int plim_tracefile_create(struct plim_tracefile *file, const char *path, uint64_t size_bytes,
			  uint32_t mode, struct plim_error *err);

/**
 * Appends a chunk: `bytes` of metadata entries, then `page_bytes` of zeroed pages whose offset is
 * put in *pages. The chunk is not seen by readers before plim_tracefile_publish().
 * Returns the chunk's offset, or a negative errno.
 */
int64_t plim_tracefile_append(struct plim_tracefile *file, const void *entries, uint32_t bytes,
			      uint64_t page_bytes, uint64_t *pages);

/** Links an appended chunk into the list. Returns 0 or a negative errno. */
int plim_tracefile_publish(struct plim_tracefile *file, uint64_t chunk);

/** Adds one entry where there is room for it. Returns 0 or a negative errno. */
int plim_tracefile_add(struct plim_tracefile *file, const void *entry, uint32_t bytes);

/** Closes the descriptor and with it the lock; the mapping stays. */
void plim_tracefile_close(struct plim_tracefile *file);

static inline struct plim_file_header *plim_tracefile_header(const struct plim_tracefile *file)
{
	return (struct plim_file_header *)(void *)file->base;
}

#endif
