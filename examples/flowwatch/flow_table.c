/* SPDX-License-Identifier: MIT */
/*
 * Finding, beginning and ending flows. Whether a flow is idle is decided by capture time and the
 * flow's own packets alone, so that the summary does not depend on the number of workers.
 */
#include "flow_log.h"
#include "flow_table.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

PLIM_PROVIDER_DEFINE(flow_track, "FlowTrack");

#define SECOND_NS 1000000000ull
/* Flows looked at for idleness with each packet: enough to keep up, few enough to be cheap. */
#define SWEEP_STEPS 4

static const struct plim_enum_entry state_names[] = {
	{FLOW_STATE_SYN_SEEN, "SYN_SEEN"},
	{FLOW_STATE_SYN_ACK_SEEN, "SYN_ACK_SEEN"},
	{FLOW_STATE_ESTABLISHED, "ESTABLISHED"},
	{FLOW_STATE_PICKED_UP, "PICKED_UP"},
	{FLOW_STATE_HALF_CLOSED, "HALF_CLOSED"},
	{FLOW_STATE_CLOSED, "CLOSED"},
	{FLOW_STATE_RESET, "RESET"},
	{FLOW_STATE_UDP_ONE_WAY, "UDP_ONE_WAY"},
	{FLOW_STATE_UDP_TWO_WAY, "UDP_TWO_WAY"},
	{0, NULL},
};

const char *flow_state_name(enum flow_state state)
{
	return state_names[state].name;
}

/* RFC 5382 and RFC 4787 ask address translators for 2 h and 2 min at least; captures are short. */
uint64_t flow_idle_limit_ns(enum flow_state state)
{
	switch (state) {
	case FLOW_STATE_ESTABLISHED:
	case FLOW_STATE_PICKED_UP: return 300 * SECOND_NS;
	case FLOW_STATE_CLOSED:
	case FLOW_STATE_RESET: return 10 * SECOND_NS;
	default: return 30 * SECOND_NS;
	}
}

uint64_t flow_payload_bytes(const struct flow *flow)
{
	return flow->half[0].payload_bytes + flow->half[1].payload_bytes;
}

int flow_compare(const void *left, const void *right)
{
	const struct flow *a = left, *b = right;
	int order;

	if (flow_payload_bytes(a) != flow_payload_bytes(b))
		return flow_payload_bytes(a) < flow_payload_bytes(b) ? 1 : -1;
	order = memcmp(&a->key, &b->key, sizeof(a->key));
	if (order)
		return order;
	return a->begin_ns < b->begin_ns ? -1 : a->begin_ns > b->begin_ns;
}

int flow_table_open(struct flow_table *table, uint32_t flow_count)
{
	memset(table, 0, sizeof(*table));
	table->flows = calloc(flow_count, sizeof(*table->flows));
	table->buckets = calloc(flow_count, sizeof(*table->buckets));
	if (!table->flows || !table->buckets) {
		flow_table_close(table);
		return -ENOMEM;
	}
	table->flow_count = flow_count;
	table->bucket_mask = flow_count - 1;
	return 0;
}

void flow_table_close(struct flow_table *table)
{
	free(table->flows);
	free(table->buckets);
	table->flows = NULL;
	table->buckets = NULL;
}

/* ------------------------------------------------------------------------------------- end */

static void offer_to_top(struct flow_table *table, const struct flow *flow)
{
	uint32_t least = 0;

	if (table->top_count < FLOW_TOP) {
		table->top[table->top_count++] = *flow;
		return;
	}
	for (uint32_t i = 1; i < FLOW_TOP; i++) {
		if (flow_compare(&table->top[i], &table->top[least]) > 0)
			least = i;
	}
	if (flow_compare(flow, &table->top[least]) < 0)
		table->top[least] = *flow;
}

static void unlink_flow(struct flow_table *table, const struct flow *flow)
{
	uint32_t index = (uint32_t)(flow - table->flows) + 1;
	uint32_t *link = &table->buckets[flow->hash & table->bucket_mask];

	while (*link != index)
		link = &table->flows[*link - 1].next_in_bucket;
	*link = flow->next_in_bucket;
}

static void end_flow(struct flow_table *table, struct flow *flow, const char *why,
		     uint64_t *counter)
{
	bool initiator = flow->high_began;

	PLIM_LOG(flow_track, PLIM_INFO, FLOW_LIFE, "flow_end", PLIM_U32("flow", flow->number),
		 PLIM_STR("why", why), PLIM_ENUM("state", flow->state, state_names),
		 PLIM_U64("payload_bytes", flow_payload_bytes(flow)),
		 PLIM_U64("lasted_us", (flow->last_ns - flow->begin_ns) / 1000));
	++*counter;
	table->counts.bytes_from_initiator += flow->half[initiator].payload_bytes;
	table->counts.bytes_from_responder += flow->half[!initiator].payload_bytes;
	offer_to_top(table, flow);
	unlink_flow(table, flow);
	flow->in_use = false;
}

static bool is_idle(const struct flow *flow, uint64_t now_ns)
{
	return now_ns - flow->last_ns > flow_idle_limit_ns(flow->state);
}

static void sweep(struct flow_table *table, uint64_t now_ns)
{
	for (int i = 0; i < SWEEP_STEPS; i++) {
		struct flow *flow = &table->flows[table->sweep++ & table->bucket_mask];

		if (flow->in_use && is_idle(flow, now_ns))
			end_flow(table, flow, "idle", &table->counts.ended_idle);
	}
}

void flow_table_finish(struct flow_table *table, uint64_t now_ns)
{
	PLIM_ENTER(flow_track);
	for (uint32_t i = 0; i < table->flow_count; i++) {
		struct flow *flow = &table->flows[i];

		if (!flow->in_use)
			continue;
		if (is_idle(flow, now_ns))
			end_flow(table, flow, "idle", &table->counts.ended_idle);
		else
			end_flow(table, flow, "end of capture", &table->counts.open_at_end);
	}
	PLIM_EXIT(flow_track);
}

/* ----------------------------------------------------------------------------------- begin */

/* The place for a new flow: the next free one, or the flow that lies there has to go. */
static struct flow *make_room(struct flow_table *table)
{
	struct flow *flow;

	for (uint32_t i = 0; i < SWEEP_STEPS; i++) {
		flow = &table->flows[table->fresh++ & table->bucket_mask];
		if (!flow->in_use)
			return flow;
	}
	PLIM_LOG(flow_track, PLIM_WARNING, FLOW_LIFE, "table_is_full",
		 PLIM_U32("flows", table->flow_count), PLIM_U32("evicted", flow->number));
	end_flow(table, flow, "evicted", &table->counts.ended_evicted);
	return flow;
}

static void log_begin(const struct flow *flow, const struct flow_packet *packet)
{
	const struct flow_end *from = packet->from_high ? &flow->key.high : &flow->key.low;
	const struct flow_end *to = packet->from_high ? &flow->key.low : &flow->key.high;
	uint32_t from4, to4;

	memcpy(&from4, from->address, 4);
	memcpy(&to4, to->address, 4);
	if (flow->key.family == 4)
		PLIM_LOG(flow_track, PLIM_INFO, FLOW_LIFE, "flow_begin",
			 PLIM_U32("flow", flow->number), PLIM_IPV4("saddr", from4),
			 PLIM_PORT("sport", from->port), PLIM_IPV4("daddr", to4),
			 PLIM_PORT("dport", to->port),
			 PLIM_ENUM("state", flow->state, state_names));
	else
		PLIM_LOG(flow_track, PLIM_INFO, FLOW_LIFE, "flow_begin",
			 PLIM_U32("flow", flow->number), PLIM_IPV6("saddr", from->address),
			 PLIM_PORT("sport", from->port), PLIM_IPV6("daddr", to->address),
			 PLIM_PORT("dport", to->port),
			 PLIM_ENUM("state", flow->state, state_names));
}

static enum flow_state first_state(const struct flow_packet *packet)
{
	if (packet->key.protocol == IPPROTO_UDP)
		return FLOW_STATE_UDP_ONE_WAY;
	if (!(packet->tcp_flags & FLOW_TCP_SYN))
		return FLOW_STATE_PICKED_UP;
	return packet->tcp_flags & FLOW_TCP_ACK ? FLOW_STATE_SYN_ACK_SEEN : FLOW_STATE_SYN_SEEN;
}

static struct flow *begin_flow(struct flow_table *table, const struct flow_packet *packet)
{
	struct flow *flow = make_room(table);
	uint32_t *bucket = &table->buckets[packet->hash & table->bucket_mask];

	memset(flow, 0, sizeof(*flow));
	flow->key = packet->key;
	flow->hash = packet->hash;
	flow->number = ++table->last_number;
	flow->state = first_state(packet);
	flow->begin_ns = flow->last_ns = packet->time_ns;
	/* A SYN that is an answer: the other end began. */
	flow->high_began = packet->from_high != (flow->state == FLOW_STATE_SYN_ACK_SEEN);
	flow->in_use = true;
	flow->next_in_bucket = *bucket;
	*bucket = (uint32_t)(flow - table->flows) + 1;
	if (packet->key.protocol == IPPROTO_TCP)
		table->counts.flows_tcp++;
	else
		table->counts.flows_udp++;
	if (packet->key.family == 4)
		table->counts.flows_ipv4++;
	else
		table->counts.flows_ipv6++;
	if (flow->state == FLOW_STATE_PICKED_UP)
		table->counts.picked_up++;
	log_begin(flow, packet);
	return flow;
}

/* ---------------------------------------------------------------------------------- packet */

static struct flow *find_flow(struct flow_table *table, const struct flow_packet *packet)
{
	uint32_t index = table->buckets[packet->hash & table->bucket_mask];

	while (index) {
		struct flow *flow = &table->flows[index - 1];

		if (!memcmp(&flow->key, &packet->key, sizeof(flow->key)))
			return flow;
		index = flow->next_in_bucket;
	}
	return NULL;
}

/* A new connection between the same ports begins with a SYN when the old one is over. */
static bool is_reuse(const struct flow *flow, const struct flow_packet *packet)
{
	return (packet->tcp_flags & (FLOW_TCP_SYN | FLOW_TCP_ACK)) == FLOW_TCP_SYN &&
	       (flow->state == FLOW_STATE_CLOSED || flow->state == FLOW_STATE_RESET);
}

static void udp_packet(struct flow *flow, const struct flow_packet *packet)
{
	if (flow->state != FLOW_STATE_UDP_ONE_WAY || packet->from_high == flow->high_began)
		return;
	flow->state = FLOW_STATE_UDP_TWO_WAY;
	PLIM_LOG(flow_track, PLIM_INFO, FLOW_STATE, "udp_answered", PLIM_U32("flow", flow->number),
		 PLIM_U64("after_us", (packet->time_ns - flow->begin_ns) / 1000));
}

static void note_payload(const struct flow *flow, const struct flow_packet *packet)
{
	if (!packet->payload_bytes)
		return;
	PLIM_LOG(flow_track, PLIM_VERBOSE, FLOW_DATA, "payload", PLIM_U32("flow", flow->number),
		 PLIM_BOOL("from_initiator", packet->from_high == flow->high_began),
		 PLIM_U32("bytes", packet->payload_bytes),
		 PLIM_BIN("first", packet->snippet, packet->snippet_bytes));
}

void flow_table_packet(struct flow_table *table, const struct flow_packet *packet)
{
	struct flow *flow;

	PLIM_ENTER(flow_track);
	sweep(table, packet->time_ns);
	flow = find_flow(table, packet);
	if (flow && is_idle(flow, packet->time_ns)) {
		end_flow(table, flow, "idle", &table->counts.ended_idle);
		flow = NULL;
	} else if (flow && is_reuse(flow, packet)) {
		end_flow(table, flow, "ports reused", &table->counts.ended_reused);
		flow = NULL;
	}
	if (!flow)
		flow = begin_flow(table, packet);
	if (packet->key.protocol == IPPROTO_TCP)
		flow_tcp_packet(flow, &table->counts, packet);
	else
		udp_packet(flow, packet);
	flow->half[packet->from_high].packets++;
	flow->half[packet->from_high].payload_bytes += packet->payload_bytes;
	flow->last_ns = packet->time_ns;
	note_payload(flow, packet);
	PLIM_EXIT(flow_track);
}
