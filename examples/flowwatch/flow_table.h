/* SPDX-License-Identifier: MIT */
/* The flows of one worker: a pool of fixed size, a hash over it, and a summary of what happened. */
#ifndef FLOW_TABLE_H
#define FLOW_TABLE_H

#include "flow_packet.h"

#define FLOW_TOP 5

/** Where a flow stands. TCP's are RFC 9293's, seen by somebody in the middle. */
enum flow_state {
	FLOW_STATE_SYN_SEEN,
	FLOW_STATE_SYN_ACK_SEEN,
	FLOW_STATE_ESTABLISHED,
	FLOW_STATE_PICKED_UP, /* the capture began, or the table forgot, in the middle of it */
	FLOW_STATE_HALF_CLOSED,
	FLOW_STATE_CLOSED,
	FLOW_STATE_RESET,
	FLOW_STATE_UDP_ONE_WAY,
	FLOW_STATE_UDP_TWO_WAY,
};

/** What one end has sent. */
struct flow_half {
	uint64_t payload_bytes;
	uint32_t packets;
	uint32_t next_sequence; /* what should come next, once has_sequence */
	uint32_t fin_end;       /* the sequence number behind its FIN, once has_fin */
	bool has_sequence;
	bool has_fin;
	bool fin_acknowledged;
	bool window_is_zero;
};

struct flow {
	struct flow_key key;
	struct flow_half half[2]; /* [0] of key.low, [1] of key.high */
	uint64_t begin_ns;
	uint64_t last_ns;
	uint64_t syn_ns;
	uint32_t number; /* of its worker's flows, from 1 */
	uint32_t next_in_bucket;
	uint32_t hash;
	enum flow_state state;
	bool in_use;
	bool high_began; /* key.high sent the first packet */
};

/** Sums over flows. Every member is a plain count, so that workers' sums can be added. */
struct flow_counts {
	uint64_t flows_tcp, flows_udp, flows_ipv4, flows_ipv6;
	uint64_t handshakes, closed, resets, picked_up;
	uint64_t retransmissions, gaps, keepalives, zero_windows;
	uint64_t ended_idle, ended_reused, ended_evicted, open_at_end;
	uint64_t bytes_from_initiator, bytes_from_responder;
};

struct flow_table {
	struct flow *flows;
	uint32_t *buckets; /* a power of two; index + 1 of the first flow, 0: none */
	uint32_t flow_count;
	uint32_t bucket_mask;
	uint32_t sweep; /* the next flow that is looked at for idleness */
	uint32_t fresh; /* the next flow that a new one may take */
	uint32_t last_number;
	struct flow_counts counts;
	struct flow top[FLOW_TOP]; /* the ended flows with most bytes, unsorted */
	uint32_t top_count;
};

/** Allocates a table for `flow_count` flows (a power of two). Returns 0 or -ENOMEM. */
int flow_table_open(struct flow_table *table, uint32_t flow_count);
void flow_table_close(struct flow_table *table);

/** Takes one packet into account. Uses no heap, and less than 1 KiB of stack. */
void flow_table_packet(struct flow_table *table, const struct flow_packet *packet);

/** Ends all flows: idle ones as such, the others as open at the end of the capture. */
void flow_table_finish(struct flow_table *table, uint64_t now_ns);

/** What TCP says in this packet; changes the flow's state. */
void flow_tcp_packet(struct flow *flow, struct flow_counts *counts,
		     const struct flow_packet *packet);

/** How long a flow may be silent. */
uint64_t flow_idle_limit_ns(enum flow_state state);

const char *flow_state_name(enum flow_state state);

uint64_t flow_payload_bytes(const struct flow *flow);

/** Orders flows by bytes, most first, then by key: a total order, whoever tracked them. */
int flow_compare(const void *left, const void *right);

#endif
