/* SPDX-License-Identifier: MIT */
#include "core/object.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/stack_probe.h"

struct pin {
	struct pin *next;
	struct plim_bpf_object *object;
	char name[PLIM_BPF_NAME_BYTES];
};

struct plim_bpf_host {
	pthread_mutex_t lock; /* guards the list, the pins and the numbers */
	struct plim_bpf_object *newest;
	struct pin *pins;
	uint32_t last_id;
};

struct plim_bpf_host *plim_bpf_host_new(void)
{
	struct plim_bpf_host *host = calloc(1, sizeof(*host));

	if (host)
		pthread_mutex_init(&host->lock, NULL);
	return host;
}

int plim_bpf_host_free(struct plim_bpf_host *host)
{
	int rc = 0;

	while (host->pins)
		plim_bpf_unpin(host, host->pins->name);
	pthread_mutex_lock(&host->lock);
	if (host->newest)
		rc = -EBUSY;
	pthread_mutex_unlock(&host->lock);
	if (!rc) {
		pthread_mutex_destroy(&host->lock);
		free(host);
	}
	return rc;
}

int plim_bpf_object_init(struct plim_bpf_object *object, struct plim_bpf_host *host,
			 enum plim_bpf_kind kind, const char *name,
			 const struct plim_bpf_object_ops *ops)
{
	int rc = 0;

	object->host = host;
	object->kind = kind;
	object->ops = ops;
	atomic_init(&object->references, 1);
	atomic_init(&object->handles, 1);
	snprintf(object->name, sizeof(object->name), "%s", name);
	pthread_mutex_lock(&host->lock);
	if (host->last_id == UINT32_MAX) {
		rc = -ENOSPC; /* no number is used twice, so that none can mean the wrong thing */
	} else {
		object->id = ++host->last_id;
		object->previous = NULL;
		object->next = host->newest;
		if (object->next)
			object->next->previous = object;
		host->newest = object;
	}
	pthread_mutex_unlock(&host->lock);
	return rc;
}

void plim_bpf_object_get(struct plim_bpf_object *object)
{
	atomic_fetch_add_explicit(&object->references, 1, memory_order_relaxed);
}

void plim_bpf_object_put(struct plim_bpf_object *object)
{
	struct plim_bpf_host *host = object->host;

	if (atomic_fetch_sub_explicit(&object->references, 1, memory_order_acq_rel) != 1)
		return;
	plim_bpf_probe_stack();
	pthread_mutex_lock(&host->lock);
	if (object->previous)
		object->previous->next = object->next;
	else
		host->newest = object->next;
	if (object->next)
		object->next->previous = object->previous;
	pthread_mutex_unlock(&host->lock);
	object->ops->destroy(object);
}

void plim_bpf_object_open(struct plim_bpf_object *object)
{
	plim_bpf_object_get(object);
	atomic_fetch_add_explicit(&object->handles, 1, memory_order_relaxed);
}

void plim_bpf_object_close(struct plim_bpf_object *object)
{
	if (atomic_fetch_sub_explicit(&object->handles, 1, memory_order_acq_rel) == 1 &&
	    object->ops->last_handle)
		object->ops->last_handle(object);
	plim_bpf_object_put(object);
}

/* Under the host's lock: a handle, unless the last reference is already on its way out. */
static bool try_open(struct plim_bpf_object *object)
{
	uint32_t seen = atomic_load_explicit(&object->references, memory_order_relaxed);

	while (seen) {
		if (atomic_compare_exchange_weak(&object->references, &seen, seen + 1)) {
			atomic_fetch_add_explicit(&object->handles, 1, memory_order_relaxed);
			return true;
		}
	}
	return false;
}

struct plim_bpf_object *plim_bpf_host_find(struct plim_bpf_host *host, enum plim_bpf_kind kind,
					   uint32_t id)
{
	struct plim_bpf_object *object = id ? plim_bpf_host_next(host, kind, id - 1) : NULL;

	if (object && object->id != id) {
		plim_bpf_object_close(object);
		object = NULL;
	}
	return object;
}

/* Under the host's lock: the lowest number above `id` that still has references. */
static struct plim_bpf_object *lowest_above(struct plim_bpf_host *host, enum plim_bpf_kind kind,
					    uint32_t id)
{
	struct plim_bpf_object *best = NULL;

	/* The list runs from the newest to the oldest, so the last hit is the lowest number. */
	for (struct plim_bpf_object *at = host->newest; at && at->id > id; at = at->next) {
		if (at->kind == kind && atomic_load(&at->references))
			best = at;
	}
	return best;
}

struct plim_bpf_object *plim_bpf_host_next(struct plim_bpf_host *host, enum plim_bpf_kind kind,
					   uint32_t id)
{
	struct plim_bpf_object *best;

	pthread_mutex_lock(&host->lock);
	do
		best = lowest_above(host, kind, id);
	while (best && !try_open(best)); /* lost its last reference in between: look again */
	pthread_mutex_unlock(&host->lock);
	return best;
}

static struct pin **find_pin(struct plim_bpf_host *host, const char *name)
{
	struct pin **at = &host->pins;

	while (*at && strcmp((*at)->name, name) != 0)
		at = &(*at)->next;
	return at;
}

int plim_bpf_pin(struct plim_bpf_host *host, const char *name, struct plim_bpf_object *object)
{
	struct pin *pin = NULL;
	int rc = -EINVAL;

	if (!name[0] || strlen(name) >= sizeof(pin->name))
		goto out;
	pin = calloc(1, sizeof(*pin));
	rc = -ENOMEM;
	if (!pin)
		goto out;
	snprintf(pin->name, sizeof(pin->name), "%s", name);
	pin->object = object;
	pthread_mutex_lock(&host->lock);
	rc = *find_pin(host, name) ? -EEXIST : 0;
	if (!rc) {
		plim_bpf_object_open(object);
		pin->next = host->pins;
		host->pins = pin;
	}
	pthread_mutex_unlock(&host->lock);
out:
	if (rc)
		free(pin);
	return rc;
}

int plim_bpf_unpin(struct plim_bpf_host *host, const char *name)
{
	struct pin **at;
	struct pin *pin;
	int rc = -ENOENT;

	pthread_mutex_lock(&host->lock);
	at = find_pin(host, name);
	pin = *at;
	if (pin)
		*at = pin->next;
	pthread_mutex_unlock(&host->lock);
	if (!pin)
		goto out;
	plim_bpf_object_close(pin->object);
	free(pin);
	rc = 0;
out:
	return rc;
}

struct plim_bpf_object *plim_bpf_pinned(struct plim_bpf_host *host, enum plim_bpf_kind kind,
					const char *name)
{
	struct plim_bpf_object *object = NULL;
	struct pin *pin;

	pthread_mutex_lock(&host->lock);
	pin = *find_pin(host, name);
	if (pin && pin->object->kind == kind) {
		object = pin->object;
		plim_bpf_object_open(object);
	}
	pthread_mutex_unlock(&host->lock);
	return object;
}
