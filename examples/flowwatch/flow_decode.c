/* SPDX-License-Identifier: MIT */
/*
 * From a frame to a packet of a flow. Every length comes from the wire, so each is compared with
 * what is left of the frame before a byte behind it is read.
 */
#include "flow_log.h"
#include "flow_packet.h"

#include <netinet/in.h>
#include <pcap/dlt.h>
#include <string.h>

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPV6 0x86dd
#define ETHERTYPE_VLAN 0x8100
#define ETHERTYPE_QINQ 0x88a8
/* More tags than any network uses: a chain of them is an attack on the reader. */
#define VLAN_TAGS_MAX 4
/* RFC 8200 section 4.1 names six kinds of extension header; one of them may appear twice. */
#define IPV6_EXTENSIONS_MAX 8

/* What is left of a frame. */
struct cursor {
	const uint8_t *at;
	uint32_t left;
};

static uint16_t get16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t get32(const uint8_t *at)
{
	return (uint32_t)get16(at) << 16 | get16(at + 2);
}

/* Steps over `bytes` and returns where they began, NULL if so many are not left. */
static const uint8_t *take(struct cursor *cursor, uint32_t bytes)
{
	const uint8_t *at = cursor->at;

	if (bytes > cursor->left)
		return NULL;
	cursor->at += bytes;
	cursor->left -= bytes;
	return at;
}

static enum flow_verdict refuse(const char *why, const struct cursor *cursor,
				enum flow_verdict verdict)
{
	uint32_t bytes = cursor->left < FLOW_SNIPPET_BYTES ? cursor->left : FLOW_SNIPPET_BYTES;

	PLIM_LOG(flow_capture, PLIM_WARNING, FLOW_DECODE, "frame_refused", PLIM_STR("why", why),
		 PLIM_U32("left_bytes", cursor->left), PLIM_BIN("next", cursor->at, bytes));
	return verdict;
}

static enum flow_verdict set_aside(const char *why, uint32_t what, enum flow_verdict verdict)
{
	PLIM_LOG(flow_capture, PLIM_VERBOSE, FLOW_DECODE, "frame_set_aside", PLIM_STR("why", why),
		 PLIM_HEX32("number", what));
	return verdict;
}

/* ------------------------------------------------------------------------------ transport */

static void keep_payload(struct flow_packet *packet, const struct cursor *cursor)
{
	uint32_t bytes =
		cursor->left < packet->payload_bytes ? cursor->left : packet->payload_bytes;

	if (bytes > FLOW_SNIPPET_BYTES)
		bytes = FLOW_SNIPPET_BYTES;
	memcpy(packet->snippet, cursor->at, bytes);
	packet->snippet_bytes = (uint8_t)bytes;
}

/* RFC 9293 section 3.1. `bytes` is the length that IP gives to the segment. */
static enum flow_verdict decode_tcp(struct flow_packet *packet, struct cursor *cursor,
				    uint32_t bytes, struct flow_end *source,
				    struct flow_end *destination)
{
	const uint8_t *tcp = take(cursor, 20);
	uint32_t header;

	if (!tcp)
		return refuse("tcp header is cut", cursor, FLOW_CUT);
	header = (uint32_t)(tcp[12] >> 4) * 4;
	if (header < 20 || header > bytes)
		return refuse("tcp header length", cursor, FLOW_MALFORMED);
	if (!take(cursor, header - 20))
		return refuse("tcp options are cut", cursor, FLOW_CUT);
	memcpy(&source->port, tcp, 2);
	memcpy(&destination->port, tcp + 2, 2);
	packet->sequence = get32(tcp + 4);
	packet->acknowledged = get32(tcp + 8);
	packet->tcp_flags = tcp[13];
	packet->window = get16(tcp + 14);
	packet->payload_bytes = bytes - header;
	return FLOW_TRACKED;
}

/* RFC 768. */
static enum flow_verdict decode_udp(struct flow_packet *packet, struct cursor *cursor,
				    uint32_t bytes, struct flow_end *source,
				    struct flow_end *destination)
{
	const uint8_t *udp = take(cursor, 8);
	uint32_t length;

	if (!udp)
		return refuse("udp header is cut", cursor, FLOW_CUT);
	length = get16(udp + 4);
	if (length < 8 || length > bytes)
		return refuse("udp length", cursor, FLOW_MALFORMED);
	memcpy(&source->port, udp, 2);
	memcpy(&destination->port, udp + 2, 2);
	packet->payload_bytes = length - 8;
	return FLOW_TRACKED;
}

static enum flow_verdict decode_transport(struct flow_packet *packet, struct cursor *cursor,
					  uint32_t bytes, struct flow_end *source,
					  struct flow_end *destination)
{
	enum flow_verdict verdict;

	if (packet->key.protocol == IPPROTO_TCP)
		verdict = decode_tcp(packet, cursor, bytes, source, destination);
	else if (packet->key.protocol == IPPROTO_UDP)
		verdict = decode_udp(packet, cursor, bytes, source, destination);
	else
		return set_aside("protocol", packet->key.protocol, FLOW_OTHER_PROTOCOL);
	if (verdict != FLOW_TRACKED)
		return verdict;
	keep_payload(packet, cursor);
	flow_key_order(packet, source, destination);
	PLIM_LOG(flow_capture, PLIM_VERBOSE, FLOW_DECODE, "decoded",
		 PLIM_U8("protocol", packet->key.protocol), PLIM_PORT("sport", source->port),
		 PLIM_PORT("dport", destination->port),
		 PLIM_U32("payload_bytes", packet->payload_bytes),
		 PLIM_HEX8("flags", packet->tcp_flags));
	return FLOW_TRACKED;
}

/* --------------------------------------------------------------------------------- network */

/* RFC 791 section 3.1. */
static enum flow_verdict decode_ipv4(struct flow_packet *packet, struct cursor *cursor)
{
	struct flow_end source = {.port = 0}, destination = {.port = 0};
	const uint8_t *ip = take(cursor, 20);
	uint32_t header, total;

	if (!ip)
		return refuse("ipv4 header is cut", cursor, FLOW_CUT);
	header = (uint32_t)(ip[0] & 15) * 4;
	total = get16(ip + 2);
	/* Total length 0: the sending card cut a larger packet up after the capture was taken. */
	if (!total)
		total = cursor->left + 20;
	if (ip[0] >> 4 != 4 || header < 20 || total < header)
		return refuse("ipv4 header length", cursor, FLOW_MALFORMED);
	if (!take(cursor, header - 20))
		return refuse("ipv4 options are cut", cursor, FLOW_CUT);
	if (get16(ip + 6) & 0x1fff)
		return set_aside("fragment", get16(ip + 4), FLOW_FRAGMENT);
	packet->key.family = 4;
	packet->key.protocol = ip[9];
	memcpy(source.address, ip + 12, 4);
	memcpy(destination.address, ip + 16, 4);
	return decode_transport(packet, cursor, total - header, &source, &destination);
}

static bool is_ipv6_extension(uint8_t next)
{
	return next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING || next == IPPROTO_FRAGMENT ||
	       next == IPPROTO_DSTOPTS || next == IPPROTO_AH;
}

/* Steps over the extension headers; `*payload` is what they leave of the packet's length. */
static enum flow_verdict skip_extensions(struct cursor *cursor, uint8_t *next, uint32_t *payload)
{
	for (int i = 0; is_ipv6_extension(*next); i++) {
		const uint8_t *header = take(cursor, 8);
		uint32_t bytes;

		if (!header)
			return refuse("ipv6 extension is cut", cursor, FLOW_CUT);
		/* RFC 8200 counts in 8 bytes, the authentication header (RFC 4302) in 4. */
		bytes = *next == IPPROTO_AH ? ((uint32_t)header[1] + 2) * 4
					    : ((uint32_t)header[1] + 1) * 8;
		if (*next == IPPROTO_FRAGMENT) {
			bytes = 8;
			if (get16(header + 2) & 0xfff8)
				return set_aside("fragment", get32(header + 4), FLOW_FRAGMENT);
		}
		if (i == IPV6_EXTENSIONS_MAX || bytes < 8 || bytes > *payload)
			return refuse("ipv6 extension length", cursor, FLOW_MALFORMED);
		if (!take(cursor, bytes - 8))
			return refuse("ipv6 extension is cut", cursor, FLOW_CUT);
		*payload -= bytes;
		*next = header[0];
	}
	return FLOW_TRACKED;
}

/* RFC 8200 section 3. */
static enum flow_verdict decode_ipv6(struct flow_packet *packet, struct cursor *cursor)
{
	struct flow_end source = {.port = 0}, destination = {.port = 0};
	const uint8_t *ip = take(cursor, 40);
	enum flow_verdict verdict;
	uint32_t payload;
	uint8_t next;

	if (!ip)
		return refuse("ipv6 header is cut", cursor, FLOW_CUT);
	if (ip[0] >> 4 != 6)
		return refuse("ipv6 version", cursor, FLOW_MALFORMED);
	payload = get16(ip + 4);
	next = ip[6];
	memcpy(source.address, ip + 8, 16);
	memcpy(destination.address, ip + 24, 16);
	verdict = skip_extensions(cursor, &next, &payload);
	if (verdict != FLOW_TRACKED)
		return verdict;
	packet->key.family = 6;
	packet->key.protocol = next;
	return decode_transport(packet, cursor, payload, &source, &destination);
}

/* ------------------------------------------------------------------------------------ link */

static enum flow_verdict decode_ethertype(struct flow_packet *packet, struct cursor *cursor,
					  uint16_t type)
{
	for (int tags = 0; type == ETHERTYPE_VLAN || type == ETHERTYPE_QINQ; tags++) {
		const uint8_t *tag = take(cursor, 4);

		if (!tag)
			return refuse("vlan tag is cut", cursor, FLOW_CUT);
		if (tags == VLAN_TAGS_MAX)
			return refuse("vlan tags without end", cursor, FLOW_MALFORMED);
		PLIM_LOG(flow_capture, PLIM_VERBOSE, FLOW_DECODE, "vlan",
			 PLIM_U16("id", get16(tag) & 0xfff), PLIM_U8("priority", tag[0] >> 5));
		type = get16(tag + 2);
	}
	if (type == ETHERTYPE_IPV4)
		return decode_ipv4(packet, cursor);
	if (type == ETHERTYPE_IPV6)
		return decode_ipv6(packet, cursor);
	return set_aside("ethertype", type, FLOW_NOT_IP);
}

static enum flow_verdict decode_ethernet(struct flow_packet *packet, struct cursor *cursor)
{
	const uint8_t *header = take(cursor, 14);

	if (!header)
		return refuse("ethernet header is cut", cursor, FLOW_CUT);
	PLIM_LOG(flow_capture, PLIM_VERBOSE, FLOW_DECODE, "ethernet", PLIM_MAC("to", header),
		 PLIM_MAC("from", header + 6), PLIM_HEX16("type", get16(header + 12)));
	return decode_ethertype(packet, cursor, get16(header + 12));
}

/* No link header: the version nibble tells the protocol. */
static enum flow_verdict decode_raw(struct flow_packet *packet, struct cursor *cursor)
{
	if (!cursor->left)
		return refuse("frame is empty", cursor, FLOW_CUT);
	if (*cursor->at >> 4 == 4)
		return decode_ipv4(packet, cursor);
	if (*cursor->at >> 4 == 6)
		return decode_ipv6(packet, cursor);
	return refuse("neither ipv4 nor ipv6", cursor, FLOW_MALFORMED);
}

/* The protocol is where the link type puts it: pcap-linktype(7). */
static enum flow_verdict decode_cooked(struct flow_packet *packet, struct cursor *cursor,
				       uint32_t header_bytes, uint32_t type_at)
{
	const uint8_t *header = take(cursor, header_bytes);

	if (!header)
		return refuse("link header is cut", cursor, FLOW_CUT);
	return decode_ethertype(packet, cursor, get16(header + type_at));
}

/* BSD loopback: an address family of the capturing host's byte order, which raw IP repeats. */
static enum flow_verdict decode_loopback(struct flow_packet *packet, struct cursor *cursor)
{
	if (!take(cursor, 4))
		return refuse("loopback header is cut", cursor, FLOW_CUT);
	return decode_raw(packet, cursor);
}

bool flow_link_is_known(int link_type)
{
	switch (link_type) {
	case DLT_EN10MB:
	case DLT_LINUX_SLL:
	case DLT_LINUX_SLL2:
	case DLT_RAW:
	case DLT_IPV4:
	case DLT_IPV6:
	case DLT_NULL:
	case DLT_LOOP: return true;
	default: return false;
	}
}

enum flow_verdict flow_packet_decode(struct flow_packet *packet, const struct flow_frame *frame)
{
	struct cursor cursor = {frame->bytes, frame->captured};

	memset(packet, 0, sizeof(*packet));
	packet->wire_bytes = frame->wire;
	switch (frame->link_type) {
	case DLT_EN10MB: return decode_ethernet(packet, &cursor);
	case DLT_LINUX_SLL: return decode_cooked(packet, &cursor, 16, 14);
	case DLT_LINUX_SLL2: return decode_cooked(packet, &cursor, 20, 0);
	case DLT_NULL:
	case DLT_LOOP: return decode_loopback(packet, &cursor);
	default: return decode_raw(packet, &cursor);
	}
}
