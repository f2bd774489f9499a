/* SPDX-License-Identifier: MIT */
#include "flow_worker.h"
#include "flow_log.h"

#include <plimsoll/session.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A packet of no family tells the worker to finish. */
#define FAMILY_END 0
/* What a stack is filled with, so that the bytes a worker wrote can be told from the others. */
#define STACK_PAINT 0xa5

/* ----------------------------------------------------------------------------------- queue */

static int open_queue(struct flow_queue *queue)
{
	queue->slots = calloc(FLOW_QUEUE_SLOTS, sizeof(*queue->slots));
	if (!queue->slots)
		return -ENOMEM;
	sem_init(&queue->free, 0, FLOW_QUEUE_SLOTS);
	sem_init(&queue->used, 0, 0);
	return 0;
}

static void wait_for(sem_t *semaphore)
{
	while (sem_wait(semaphore) && errno == EINTR)
		;
}

void flow_worker_give(struct flow_worker *worker, const struct flow_packet *packet)
{
	struct flow_queue *queue = &worker->queue;

	if (sem_trywait(&queue->free)) {
		PLIM_LOG(flow_capture, PLIM_VERBOSE, FLOW_QUEUE, "queue_is_full",
			 PLIM_U32("worker", worker->number), PLIM_U32("slots", FLOW_QUEUE_SLOTS));
		wait_for(&queue->free);
	}
	queue->slots[queue->head++ % FLOW_QUEUE_SLOTS] = *packet;
	sem_post(&queue->used);
}

/* ---------------------------------------------------------------------------------- thread */

static void *run_worker(void *argument)
{
	struct flow_worker *worker = argument;
	struct flow_queue *queue = &worker->queue;
	const struct flow_packet *packet;

	PLIM_LOG(flow_track, PLIM_INFO, FLOW_THREAD, "worker_begin",
		 PLIM_U32("worker", worker->number), PLIM_PTR("stack", worker->stack),
		 PLIM_U32("stack_bytes", FLOW_STACK_BYTES));
	for (;;) {
		wait_for(&queue->used);
		packet = &queue->slots[queue->tail++ % FLOW_QUEUE_SLOTS];
		if (packet->key.family == FAMILY_END)
			break;
		flow_table_packet(&worker->table, packet);
		worker->packets++;
		sem_post(&queue->free);
	}
	flow_table_finish(&worker->table, packet->time_ns);
	PLIM_LOG(flow_track, PLIM_INFO, FLOW_THREAD, "worker_end",
		 PLIM_U32("worker", worker->number), PLIM_U64("packets", worker->packets),
		 PLIM_U32("flows", worker->table.last_number));
	return NULL;
}

static int make_stack(struct flow_worker *worker)
{
	size_t guard = (size_t)sysconf(_SC_PAGESIZE);
	uint8_t *memory = mmap(NULL, guard + FLOW_STACK_BYTES, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);

	if (memory == MAP_FAILED)
		return -errno;
	if (mprotect(memory, guard, PROT_NONE)) {
		int status = -errno;

		munmap(memory, guard + FLOW_STACK_BYTES);
		return status;
	}
	worker->stack = memory + guard;
	memset(worker->stack, STACK_PAINT, FLOW_STACK_BYTES);
	/* Without a session there is nobody to tell; that is no failure. */
	plim_stack_declare(worker->stack, worker->stack + FLOW_STACK_BYTES);
	return 0;
}

int flow_worker_start(struct flow_worker *worker, uint32_t number, uint32_t flows)
{
	pthread_attr_t attributes;
	int status;

	memset(worker, 0, sizeof(*worker));
	worker->number = number;
	status = flow_table_open(&worker->table, flows);
	if (!status)
		status = open_queue(&worker->queue);
	if (!status)
		status = make_stack(worker);
	if (status) {
		flow_worker_free(worker);
		PLIM_RETURN(flow_track, int, status);
	}
	pthread_attr_init(&attributes);
	status = -pthread_attr_setstack(&attributes, worker->stack, FLOW_STACK_BYTES);
	if (!status)
		status = -pthread_create(&worker->thread, &attributes, run_worker, worker);
	pthread_attr_destroy(&attributes);
	if (status)
		flow_worker_free(worker);
	PLIM_RETURN(flow_track, int, status);
}

void flow_worker_finish(struct flow_worker *worker, uint64_t now_ns)
{
	struct flow_packet end = {.time_ns = now_ns};

	flow_worker_give(worker, &end);
	pthread_join(worker->thread, NULL);
}

size_t flow_worker_stack_used(const struct flow_worker *worker)
{
	size_t untouched = 0;

	while (untouched < FLOW_STACK_BYTES && worker->stack[untouched] == STACK_PAINT)
		untouched++;
	return FLOW_STACK_BYTES - untouched;
}

void flow_worker_free(struct flow_worker *worker)
{
	size_t guard = (size_t)sysconf(_SC_PAGESIZE);

	flow_table_close(&worker->table);
	free(worker->queue.slots);
	worker->queue.slots = NULL;
	if (worker->stack)
		munmap(worker->stack - guard, guard + FLOW_STACK_BYTES);
	worker->stack = NULL;
}
