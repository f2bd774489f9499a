/* SPDX-License-Identifier: MIT */
/* A thread that tracks the flows handed to it, on a small stack with a guard page below. */
#ifndef FLOW_WORKER_H
#define FLOW_WORKER_H

#include "flow_table.h"

#include <pthread.h>
#include <semaphore.h>

/*
 * 16 KiB, as drivers and fibers have. The thread's own control block and thread-local storage
 * lie at its top. AddressSanitizer's red zones need more; that build proves no stack.
 */
#ifdef __SANITIZE_ADDRESS__
#define FLOW_STACK_BYTES (256 * 1024)
#else
#define FLOW_STACK_BYTES (16 * 1024)
#endif

#define FLOW_QUEUE_SLOTS 256

/** One producer, one consumer: the semaphores order the slots, so nothing else is shared. */
struct flow_queue {
	struct flow_packet *slots;
	sem_t free;
	sem_t used;
	uint32_t head; /* the producer's */
	uint32_t tail; /* the consumer's */
};

struct flow_worker {
	pthread_t thread;
	struct flow_queue queue;
	struct flow_table table;
	uint64_t packets;
	uint32_t number;
	uint8_t *stack; /* FLOW_STACK_BYTES, above a guard page */
};

/** Starts worker `number` with room for `flows` flows. Returns 0 or a negative errno. */
int flow_worker_start(struct flow_worker *worker, uint32_t number, uint32_t flows);

/** Hands a packet over; waits while the worker's queue is full. */
void flow_worker_give(struct flow_worker *worker, const struct flow_packet *packet);

/** Lets the worker finish what it has, at capture time `now_ns`, and waits for it. */
void flow_worker_finish(struct flow_worker *worker, uint64_t now_ns);

/** The deepest byte of its stack that the worker ever wrote, as a number of bytes. */
size_t flow_worker_stack_used(const struct flow_worker *worker);

void flow_worker_free(struct flow_worker *worker);

#endif
