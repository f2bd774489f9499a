/* SPDX-License-Identifier: MIT */
/*
 * Programs, maps and links are objects: counted, numbered, and findable in their host by number or
 * by the name they are pinned under.
 *
 * Two counts, as in Linux. References keep the memory; handles are the references that somebody
 * outside holds (an open file, a pin). A program array that no handle reaches any more is emptied,
 * because the programs in it may refer back to it and nobody could ever break that circle.
 */
#ifndef PLIM_EBPF_OBJECT_H
#define PLIM_EBPF_OBJECT_H

#include <stdatomic.h>
#include <stdint.h>
#include <pthread.h>

/* Long enough for a section name of a data map ("object.rodata.str1.1"), short enough for a row. */
#define PLIM_BPF_NAME_BYTES 64

struct plim_bpf_host;

enum plim_bpf_kind {
	PLIM_BPF_MAP = 1,
	PLIM_BPF_PROGRAM,
	PLIM_BPF_LINK,
};

struct plim_bpf_object {
	struct plim_bpf_host *host;
	struct plim_bpf_object *next, *previous;
	const struct plim_bpf_object_ops *ops;
	enum plim_bpf_kind kind;
	uint32_t id; /* unique in its host for all of its life, never 0 */
	_Atomic uint32_t references;
	_Atomic uint32_t handles;
	char name[PLIM_BPF_NAME_BYTES];
};

struct plim_bpf_object_ops {
	void (*last_handle)(struct plim_bpf_object *object); /* may be NULL */
	void (*destroy)(struct plim_bpf_object *object);
};

/** A new, empty host; NULL without memory. */
struct plim_bpf_host *plim_bpf_host_new(void);

/** Drops all pins and frees the host: 0, or -EBUSY while objects are still referenced. */
int plim_bpf_host_free(struct plim_bpf_host *host);

/** Puts a new object, which starts with one handle, into the host: 0 or -ENOSPC. */
int plim_bpf_object_init(struct plim_bpf_object *object, struct plim_bpf_host *host,
			 enum plim_bpf_kind kind, const char *name,
			 const struct plim_bpf_object_ops *ops);

/** A plain reference, for objects that refer to each other. */
void plim_bpf_object_get(struct plim_bpf_object *object);
void plim_bpf_object_put(struct plim_bpf_object *object);

/** A handle, for everybody outside; holds a reference too. */
void plim_bpf_object_open(struct plim_bpf_object *object);
void plim_bpf_object_close(struct plim_bpf_object *object);

/** The object with this number, as a new handle; NULL if there is none. */
struct plim_bpf_object *plim_bpf_host_find(struct plim_bpf_host *host, enum plim_bpf_kind kind,
					   uint32_t id);

/** The object with the next higher number than `id` (0: the first), as a new handle; or NULL. */
struct plim_bpf_object *plim_bpf_host_next(struct plim_bpf_host *host, enum plim_bpf_kind kind,
					   uint32_t id);

/** Pins: a handle under a name. -EEXIST, -EINVAL (empty or too long), -ENOMEM. */
int plim_bpf_pin(struct plim_bpf_host *host, const char *name, struct plim_bpf_object *object);
int plim_bpf_unpin(struct plim_bpf_host *host, const char *name);

/** The pinned object of that kind, as a new handle; NULL if there is none. */
struct plim_bpf_object *plim_bpf_pinned(struct plim_bpf_host *host, enum plim_bpf_kind kind,
					const char *name);

#endif
