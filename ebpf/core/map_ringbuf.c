/* SPDX-License-Identifier: MIT */
#include "core/map_ringbuf.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/stack_probe.h"

/* Bits of a head, as in Linux (BPF_RINGBUF_BUSY_BIT, BPF_RINGBUF_DISCARD_BIT). */
#define BUSY       (UINT32_C(1) << 31)
#define DISCARD    (UINT32_C(1) << 30)
#define LENGTH     (DISCARD - 1)
#define HEAD_BYTES 8
#define MIN_BYTES  4096 /* Linux wants a power of two of at least a page */

struct ringbuf {
	struct plim_bpf_map map;
	char *bytes;
	uint64_t mask;
	pthread_mutex_t reading;
	_Atomic uint64_t produced; /* positions only ever grow; place = position & mask */
	_Atomic uint64_t consumed;
	_Atomic uint64_t lost;
	_Atomic int event_fd;
};

static int ringbuf_setup(struct plim_bpf_map *map, struct plim_error *err)
{
	struct ringbuf *ring = (struct ringbuf *)map;
	const uint64_t bytes = map->spec.max_entries;
	void *memory = NULL;
	int rc = -EINVAL;

	pthread_mutex_init(&ring->reading, NULL);
	atomic_init(&ring->event_fd, -1);
	if (map->spec.key_bytes || map->spec.value_bytes) {
		plim_error_set(err, "ringbuf has neither keys nor values");
		goto out;
	}
	if (bytes < MIN_BYTES || bytes & (bytes - 1)) {
		plim_error_set(err, "ringbuf needs a power of two of at least %u bytes, not %llu",
			       MIN_BYTES, (unsigned long long)bytes);
		goto out;
	}
	rc = plim_bpf_map_memory(bytes, 1, &memory, err);
	ring->bytes = memory;
	ring->mask = bytes - 1;
out:
	return rc;
}

static void ringbuf_release(struct plim_bpf_map *map)
{
	struct ringbuf *ring = (struct ringbuf *)map;

	if (atomic_load(&ring->event_fd) >= 0)
		close(atomic_load(&ring->event_fd));
	pthread_mutex_destroy(&ring->reading);
	free(ring->bytes);
}

static _Atomic uint32_t *head_at(struct ringbuf *ring, uint64_t position)
{
	return (_Atomic uint32_t *)(ring->bytes + (position & ring->mask));
}

static uint64_t footprint(uint32_t head)
{
	return HEAD_BYTES + plim_bpf_round8(head & LENGTH);
}

void *plim_bpf_ringbuf_reserve(struct plim_bpf_map *map, uint64_t bytes)
{
	struct ringbuf *ring = (struct ringbuf *)map;
	const uint64_t size = ring->mask + 1;
	uint64_t at, to_end, need, skip, room;
	void *record = NULL;

	/* Half of the ring at most: a longer one might not fit even into an empty ring. */
	if (bytes == 0 || bytes > size / 2 - HEAD_BYTES)
		goto out;
	need = HEAD_BYTES + plim_bpf_round8(bytes);
	plim_bpf_probe_stack();
	pthread_mutex_lock(&map->lock);
	at = atomic_load_explicit(&ring->produced, memory_order_relaxed);
	room = size - (at - atomic_load_explicit(&ring->consumed, memory_order_acquire));
	to_end = size - (at & ring->mask);
	skip = need > to_end ? to_end : 0; /* a record lies in one piece */
	if (need + skip <= room) {
		if (skip) {
			atomic_store(head_at(ring, at), (uint32_t)(skip - HEAD_BYTES) | DISCARD);
			at += skip;
		}
		record = ring->bytes + (at & ring->mask) + HEAD_BYTES;
		memset(record, 0, need - HEAD_BYTES);
		atomic_store(head_at(ring, at), (uint32_t)bytes | BUSY);
		atomic_store_explicit(&ring->produced, at + need, memory_order_release);
	}
	pthread_mutex_unlock(&map->lock);
out:
	if (!record)
		atomic_fetch_add_explicit(&ring->lost, 1, memory_order_relaxed);
	return record;
}

void plim_bpf_ringbuf_commit(struct plim_bpf_map *map, void *record, bool discard, uint64_t flags)
{
	struct ringbuf *ring = (struct ringbuf *)map;
	_Atomic uint32_t *head = (_Atomic uint32_t *)((char *)record - HEAD_BYTES);
	const uint32_t length = atomic_load_explicit(head, memory_order_relaxed) & LENGTH;
	const int fd = atomic_load(&ring->event_fd);
	const uint64_t one = 1;

	atomic_store_explicit(head, length | (discard ? DISCARD : 0), memory_order_release);
	/* A full counter (EAGAIN) is as good as a written one: the reader will wake. */
	if (fd >= 0 && (flags & BPF_RB_FORCE_WAKEUP || !(flags & BPF_RB_NO_WAKEUP || discard)) &&
	    write(fd, &one, sizeof(one)) < 0)
		return;
}

uint64_t plim_bpf_ringbuf_query(struct plim_bpf_map *map, uint64_t what)
{
	struct ringbuf *ring = (struct ringbuf *)map;
	const uint64_t consumed = atomic_load(&ring->consumed);
	const uint64_t produced = atomic_load(&ring->produced);

	switch (what) {
	case BPF_RB_AVAIL_DATA: return produced - consumed;
	case BPF_RB_RING_SIZE: return ring->mask + 1;
	case BPF_RB_CONS_POS: return consumed;
	case BPF_RB_PROD_POS: return produced;
	default: return 0;
	}
}

int plim_bpf_ringbuf_consume(struct plim_bpf_map *map, int limit,
			     int (*take)(void *arg, const void *record, uint32_t bytes), void *arg)
{
	struct ringbuf *ring = (struct ringbuf *)map;
	uint64_t at;
	int taken = -EINVAL, stop = 0;

	if (map->spec.type != BPF_MAP_TYPE_RINGBUF)
		goto out;
	taken = 0;
	pthread_mutex_lock(&ring->reading);
	at = atomic_load(&ring->consumed);
	while (!stop && taken < limit &&
	       at != atomic_load_explicit(&ring->produced, memory_order_acquire)) {
		const uint32_t head = atomic_load_explicit(head_at(ring, at), memory_order_acquire);

		if (head & BUSY)
			break;
		if (!(head & DISCARD)) {
			stop = take(arg, ring->bytes + (at & ring->mask) + HEAD_BYTES,
				    head & LENGTH);
			taken++;
		}
		at += footprint(head);
		atomic_store_explicit(&ring->consumed, at, memory_order_release);
	}
	pthread_mutex_unlock(&ring->reading);
out:
	return taken;
}

int plim_bpf_ringbuf_fd(struct plim_bpf_map *map)
{
	struct ringbuf *ring = (struct ringbuf *)map;
	int fd = -EINVAL;

	if (map->spec.type != BPF_MAP_TYPE_RINGBUF)
		goto out;
	pthread_mutex_lock(&ring->reading);
	fd = atomic_load(&ring->event_fd);
	if (fd < 0) {
		fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		if (fd < 0)
			fd = -errno;
		else
			atomic_store(&ring->event_fd, fd);
	}
	pthread_mutex_unlock(&ring->reading);
out:
	return fd;
}

uint64_t plim_bpf_ringbuf_lost(struct plim_bpf_map *map)
{
	return atomic_load(&((struct ringbuf *)map)->lost);
}

/* It has no keys, so these find nothing. */
static int64_t ringbuf_lookup(struct plim_bpf_map *map, const void *key, uint32_t slot)
{
	(void)map;
	(void)key;
	(void)slot;
	return -ENOENT;
}

static int ringbuf_update(struct plim_bpf_map *map, const void *key, const void *value,
			  uint64_t flags, uint32_t slot)
{
	(void)map;
	(void)key;
	(void)value;
	(void)flags;
	(void)slot;
	return -EINVAL;
}

static int ringbuf_erase(struct plim_bpf_map *map, const void *key)
{
	(void)map;
	(void)key;
	return -EINVAL;
}

static int ringbuf_next(struct plim_bpf_map *map, const void *key, void *next)
{
	(void)map;
	(void)key;
	(void)next;
	return -ENOENT;
}

const struct plim_bpf_map_ops plim_bpf_ringbuf_ops = {
	.struct_bytes = sizeof(struct ringbuf),
	.setup = ringbuf_setup,
	.release = ringbuf_release,
	.lookup = ringbuf_lookup,
	.update = ringbuf_update,
	.erase = ringbuf_erase,
	.next = ringbuf_next,
};
