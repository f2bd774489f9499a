/* SPDX-License-Identifier: MIT */
/*
 * The ring buffer: many programs write records, one reader at a time takes them in the order in
 * which they were reserved. A record's head lies beside its bytes where no program can reach it.
 */
#ifndef PLIM_EBPF_MAP_RINGBUF_H
#define PLIM_EBPF_MAP_RINGBUF_H

#include "core/maps.h"

/** Room for a record, zeroed. NULL, and counted, when none is left or it is over half the ring. */
void *plim_bpf_ringbuf_reserve(struct plim_bpf_map *map, uint64_t bytes);

/** Ends a reservation. `flags` are BPF_RB_NO_WAKEUP and BPF_RB_FORCE_WAKEUP. */
void plim_bpf_ringbuf_commit(struct plim_bpf_map *map, void *record, bool discard, uint64_t flags);

/** For bpf_ringbuf_query: BPF_RB_AVAIL_DATA and so on; 0 for what it does not know. */
uint64_t plim_bpf_ringbuf_query(struct plim_bpf_map *map, uint64_t what);

/**
 * Hands up to `limit` finished records to `take`, oldest first; it may stop by returning nonzero
 * (that record counts as taken). Returns how many were handed over, or -EINVAL for another map.
 */
int plim_bpf_ringbuf_consume(struct plim_bpf_map *map, int limit,
			     int (*take)(void *arg, const void *record, uint32_t bytes), void *arg);

/** An eventfd that becomes readable when a record arrives; the map owns it. Or a negative errno. */
int plim_bpf_ringbuf_fd(struct plim_bpf_map *map);

/** How many reservations have failed since the map was made. */
uint64_t plim_bpf_ringbuf_lost(struct plim_bpf_map *map);

#endif
