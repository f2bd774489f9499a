/* SPDX-License-Identifier: MIT */
#include "core/link.h"

#include <errno.h>
#include <stdlib.h>

#include "core/stack_probe.h"

#define CLOSED (UINT64_C(1) << 63)

static void link_destroy(struct plim_bpf_object *object)
{
	struct plim_bpf_link *link = (struct plim_bpf_link *)object;

	plim_bpf_object_put(&link->program->object);
	pthread_cond_destroy(&link->empty);
	pthread_mutex_destroy(&link->lock);
	free(link);
}

/* The last handle is gone: nobody could detach it any more, so it detaches itself. */
static void link_last_handle(struct plim_bpf_object *object)
{
	plim_bpf_link_detach((struct plim_bpf_link *)object);
}

static const struct plim_bpf_object_ops link_object_ops = {
	.last_handle = link_last_handle,
	.destroy = link_destroy,
};

int plim_bpf_link_new(struct plim_bpf_host *host, struct plim_bpf_program *program,
		      const char *hook, void (*detached)(struct plim_bpf_link *link, void *arg),
		      void *arg, struct plim_bpf_link **out)
{
	struct plim_bpf_link *link = calloc(1, sizeof(*link));
	int rc = -ENOMEM;

	if (!link)
		goto out;
	pthread_mutex_init(&link->lock, NULL);
	pthread_cond_init(&link->empty, NULL);
	link->program = program;
	link->detached = detached;
	link->arg = arg;
	rc = plim_bpf_object_init(&link->object, host, PLIM_BPF_LINK, hook, &link_object_ops);
	if (rc) {
		pthread_cond_destroy(&link->empty);
		pthread_mutex_destroy(&link->lock);
		free(link);
		link = NULL;
		goto out;
	}
	plim_bpf_object_get(&program->object);
out:
	*out = link;
	return rc;
}

struct plim_bpf_program *plim_bpf_link_enter(struct plim_bpf_link *link)
{
	if (atomic_fetch_add(&link->inside, 1) & CLOSED) {
		plim_bpf_link_leave(link);
		return NULL;
	}
	return link->program;
}

void plim_bpf_link_leave(struct plim_bpf_link *link)
{
	uint64_t seen = atomic_load(&link->inside);

	while (!(seen & CLOSED)) {
		if (atomic_compare_exchange_weak(&link->inside, &seen, seen - 1))
			return;
	}
	/* Under the lock: the one who waits must not free the link before this is out of it. */
	plim_bpf_probe_stack();
	pthread_mutex_lock(&link->lock);
	atomic_fetch_sub(&link->inside, 1);
	pthread_cond_broadcast(&link->empty);
	pthread_mutex_unlock(&link->lock);
}

int plim_bpf_link_detach(struct plim_bpf_link *link)
{
	int rc = -EALREADY;

	if (atomic_fetch_or(&link->inside, CLOSED) & CLOSED)
		goto out;
	pthread_mutex_lock(&link->lock);
	while (atomic_load(&link->inside) != CLOSED)
		pthread_cond_wait(&link->empty, &link->lock);
	pthread_mutex_unlock(&link->lock);
	if (link->detached)
		link->detached(link, link->arg);
	rc = 0;
out:
	return rc;
}
