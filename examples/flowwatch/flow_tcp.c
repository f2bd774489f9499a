/* SPDX-License-Identifier: MIT */
/* TCP as somebody in the middle sees it: handshake, teardown, reset, sequence numbers (RFC 9293). */
#include "flow_log.h"
#include "flow_table.h"

static const struct plim_enum_entry tcp_state_names[] = {
	{FLOW_STATE_SYN_SEEN, "SYN_SEEN"},
	{FLOW_STATE_SYN_ACK_SEEN, "SYN_ACK_SEEN"},
	{FLOW_STATE_ESTABLISHED, "ESTABLISHED"},
	{FLOW_STATE_PICKED_UP, "PICKED_UP"},
	{FLOW_STATE_HALF_CLOSED, "HALF_CLOSED"},
	{FLOW_STATE_CLOSED, "CLOSED"},
	{FLOW_STATE_RESET, "RESET"},
	{0, NULL},
};

/* Sequence numbers wrap: compare by the sign of the difference (RFC 9293 section 3.4). */
static bool is_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

static void change_state(struct flow *flow, enum flow_state to, const struct flow_packet *packet)
{
	PLIM_LOG(flow_track, PLIM_INFO, FLOW_STATE, "tcp_state", PLIM_U32("flow", flow->number),
		 PLIM_ENUM("from", flow->state, tcp_state_names),
		 PLIM_ENUM("to", to, tcp_state_names), PLIM_HEX8("flags", packet->tcp_flags),
		 PLIM_U64("age_us", (packet->time_ns - flow->begin_ns) / 1000));
	flow->state = to;
}

static void follow_handshake(struct flow *flow, struct flow_counts *counts,
			     const struct flow_packet *packet)
{
	bool from_initiator = packet->from_high == flow->high_began;
	uint8_t flags = packet->tcp_flags & (FLOW_TCP_SYN | FLOW_TCP_ACK);

	if (flags == FLOW_TCP_SYN && flow->state == FLOW_STATE_SYN_SEEN)
		flow->syn_ns = packet->time_ns;
	if (flags == (FLOW_TCP_SYN | FLOW_TCP_ACK) && flow->state == FLOW_STATE_SYN_SEEN &&
	    !from_initiator) {
		PLIM_LOG(flow_track, PLIM_INFO, FLOW_STATE, "tcp_round_trip",
			 PLIM_U32("flow", flow->number),
			 PLIM_U64("us", (packet->time_ns - flow->syn_ns) / 1000));
		change_state(flow, FLOW_STATE_SYN_ACK_SEEN, packet);
	} else if (flags == FLOW_TCP_ACK && flow->state == FLOW_STATE_SYN_ACK_SEEN &&
		   from_initiator) {
		counts->handshakes++;
		change_state(flow, FLOW_STATE_ESTABLISHED, packet);
	}
}

/* A capture may hold both FINs and miss the last acknowledgement: that connection is half closed. */
static void follow_teardown(struct flow *flow, struct flow_counts *counts,
			    const struct flow_packet *packet, uint32_t end)
{
	struct flow_half *sender = &flow->half[packet->from_high];
	struct flow_half *other = &flow->half[!packet->from_high];

	if (flow->state == FLOW_STATE_CLOSED || flow->state == FLOW_STATE_RESET)
		return;
	if (packet->tcp_flags & FLOW_TCP_RST) {
		counts->resets++;
		change_state(flow, FLOW_STATE_RESET, packet);
		return;
	}
	if (packet->tcp_flags & FLOW_TCP_FIN && !sender->has_fin) {
		sender->has_fin = true;
		sender->fin_end = end;
		if (flow->state != FLOW_STATE_HALF_CLOSED)
			change_state(flow, FLOW_STATE_HALF_CLOSED, packet);
	}
	if (other->has_fin && packet->tcp_flags & FLOW_TCP_ACK &&
	    !is_before(packet->acknowledged, other->fin_end))
		other->fin_acknowledged = true;
	if (sender->fin_acknowledged && other->fin_acknowledged) {
		counts->closed++;
		change_state(flow, FLOW_STATE_CLOSED, packet);
	}
}

/* What an end sends again, and what the capture never saw of it. */
static void follow_sequence(struct flow *flow, struct flow_counts *counts,
			    const struct flow_packet *packet, uint32_t end)
{
	struct flow_half *half = &flow->half[packet->from_high];
	uint32_t next = half->next_sequence;

	if (!half->has_sequence) {
		half->has_sequence = true;
		half->next_sequence = end;
		return;
	}
	/* A keepalive repeats the last byte to provoke an answer (RFC 1122 section 4.2.3.6). */
	if (packet->sequence + 1 == next && packet->payload_bytes <= 1 &&
	    !(packet->tcp_flags & (FLOW_TCP_SYN | FLOW_TCP_FIN | FLOW_TCP_RST))) {
		counts->keepalives++;
		PLIM_LOG(flow_track, PLIM_VERBOSE, FLOW_SEQUENCE, "keepalive",
			 PLIM_U32("flow", flow->number));
	} else if (end != packet->sequence && is_before(packet->sequence, next)) {
		counts->retransmissions++;
		PLIM_LOG(flow_track, PLIM_WARNING, FLOW_SEQUENCE, "retransmission",
			 PLIM_U32("flow", flow->number), PLIM_U32("sequence", packet->sequence),
			 PLIM_U32("expected", next), PLIM_U32("bytes", end - packet->sequence));
	} else if (is_before(next, packet->sequence)) {
		counts->gaps++;
		PLIM_LOG(flow_track, PLIM_WARNING, FLOW_SEQUENCE, "gap",
			 PLIM_U32("flow", flow->number),
			 PLIM_U32("missing_bytes", packet->sequence - next),
			 PLIM_U32("expected", next));
	}
	if (is_before(next, end))
		half->next_sequence = end;
}

/* A receiver with a full buffer stops the sender; a reset's window means nothing. */
static void follow_window(struct flow *flow, struct flow_counts *counts,
			  const struct flow_packet *packet)
{
	struct flow_half *half = &flow->half[packet->from_high];
	bool is_zero = !packet->window;

	if (packet->tcp_flags & (FLOW_TCP_RST | FLOW_TCP_SYN) || is_zero == half->window_is_zero)
		return;
	half->window_is_zero = is_zero;
	counts->zero_windows += is_zero;
	PLIM_LOG(flow_track, PLIM_WARNING, FLOW_SEQUENCE, "window", PLIM_U32("flow", flow->number),
		 PLIM_BOOL("closed", is_zero), PLIM_U16("window", packet->window));
}

void flow_tcp_packet(struct flow *flow, struct flow_counts *counts,
		     const struct flow_packet *packet)
{
	/* SYN and FIN take a sequence number each. */
	uint32_t end = packet->sequence + packet->payload_bytes +
		       !!(packet->tcp_flags & FLOW_TCP_SYN) + !!(packet->tcp_flags & FLOW_TCP_FIN);

	PLIM_LOG(flow_track, PLIM_VERBOSE, FLOW_SEQUENCE, "segment", PLIM_U32("flow", flow->number),
		 PLIM_HEX8("flags", packet->tcp_flags), PLIM_U32("sequence", packet->sequence),
		 PLIM_U32("acknowledged", packet->acknowledged),
		 PLIM_U32("bytes", packet->payload_bytes));
	follow_handshake(flow, counts, packet);
	if (!(packet->tcp_flags & FLOW_TCP_RST))
		follow_sequence(flow, counts, packet, end);
	follow_window(flow, counts, packet);
	follow_teardown(flow, counts, packet, end);
}
