/* SPDX-License-Identifier: MIT */
/* A captured frame, decoded: which flow it belongs to and what TCP or UDP say in it. */
#ifndef FLOW_PACKET_H
#define FLOW_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FLOW_TCP_FIN 0x01
#define FLOW_TCP_SYN 0x02
#define FLOW_TCP_RST 0x04
#define FLOW_TCP_ACK 0x10

/** How much of a payload is kept for the trace. */
#define FLOW_SNIPPET_BYTES 32

/** Why a frame is tracked or set aside. */
enum flow_verdict {
	FLOW_TRACKED,
	FLOW_NOT_IP,         /* ARP and other neighbours of IP */
	FLOW_FRAGMENT,       /* a later fragment: it has no ports */
	FLOW_OTHER_PROTOCOL, /* ICMP and whatever else IP carries */
	FLOW_CUT,            /* the capture holds less than the headers need */
	FLOW_MALFORMED,      /* a length or version that cannot be */
	FLOW_VERDICTS,
};

/** One end of a flow. IPv4 addresses are kept in the first four bytes. */
struct flow_end {
	uint8_t address[16];
	uint16_t port; /* network order */
};

/** Both ends in a fixed order, so that both directions have the same key. */
struct flow_key {
	struct flow_end low;
	struct flow_end high;
	uint8_t family;   /* 4 or 6 */
	uint8_t protocol; /* IPPROTO_TCP or IPPROTO_UDP */
};

struct flow_packet {
	struct flow_key key;
	uint64_t time_ns;
	uint32_t hash;
	uint32_t wire_bytes; /* of the frame as it was sent */
	uint32_t sequence;
	uint32_t acknowledged;
	uint32_t payload_bytes; /* as the headers say, also when the capture cut it */
	uint16_t window;
	uint8_t tcp_flags;
	bool from_high; /* sent by key.high */
	uint8_t snippet_bytes;
	uint8_t snippet[FLOW_SNIPPET_BYTES];
};

/** A frame as libpcap hands it out. */
struct flow_frame {
	const uint8_t *bytes;
	uint32_t captured;
	uint32_t wire;
	int link_type; /* DLT_ */
};

/** Whether frames of this link type can be decoded. */
bool flow_link_is_known(int link_type);

/** Decodes a frame. Never reads beyond `captured`, whatever the headers claim. */
enum flow_verdict flow_packet_decode(struct flow_packet *packet, const struct flow_frame *frame);

/** Puts both ends in order and computes the hash, once the ends are known. */
void flow_key_order(struct flow_packet *packet, const struct flow_end *source,
		    const struct flow_end *destination);

const char *flow_verdict_name(enum flow_verdict verdict);

#endif
