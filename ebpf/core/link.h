/* SPDX-License-Identifier: MIT */
/*
 * A link holds one program at one place where it runs, and is what stands between the runs and the
 * detaching: a run enters and leaves, a detach lets nobody else in and waits until the last is out.
 */
#ifndef PLIM_EBPF_LINK_H
#define PLIM_EBPF_LINK_H

#include "core/program.h"

struct plim_bpf_link {
	struct plim_bpf_object object; /* first: a link is an object; its name is the hook's */
	pthread_mutex_t lock;
	pthread_cond_t empty;
	_Atomic uint64_t inside;          /* runs; and CLOSED, see link.c */
	struct plim_bpf_program *program; /* a reference */
	void (*detached)(struct plim_bpf_link *link, void *arg);
	void *arg;
};

/**
 * A new link with one handle. `detached` (may be NULL) is called once, by the detach, after the
 * last run has left: there the hook takes the link out of its list.
 */
int plim_bpf_link_new(struct plim_bpf_host *host, struct plim_bpf_program *program,
		      const char *hook, void (*detached)(struct plim_bpf_link *link, void *arg),
		      void *arg, struct plim_bpf_link **out);

/**
 * The program, which stays until plim_bpf_link_leave(); NULL once the link is being detached.
 * The caller holds a reference to the link, or the lock of the list that it is in.
 */
struct plim_bpf_program *plim_bpf_link_enter(struct plim_bpf_link *link);
void plim_bpf_link_leave(struct plim_bpf_link *link);

/** Lets no more runs in and waits for those inside: 0, or -EALREADY. Not from inside a run. */
int plim_bpf_link_detach(struct plim_bpf_link *link);

#endif
