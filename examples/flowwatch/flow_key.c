/* SPDX-License-Identifier: MIT */
/* Keys of flows: the same for both directions, spread evenly over workers and buckets. */
#include "flow_packet.h"

#include <string.h>

/* FNV-1a (its 32-bit offset basis and prime), then a last mixing so that low bits are good. */
static uint32_t hash_bytes(const void *bytes, size_t count)
{
	const uint8_t *at = bytes;
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < count; i++)
		hash = (hash ^ at[i]) * 16777619u;
	hash ^= hash >> 15;
	hash *= 0x85ebca6bu;
	return hash ^ hash >> 13;
}

void flow_key_order(struct flow_packet *packet, const struct flow_end *source,
		    const struct flow_end *destination)
{
	packet->from_high = memcmp(source, destination, sizeof(*source)) > 0;
	packet->key.low = packet->from_high ? *destination : *source;
	packet->key.high = packet->from_high ? *source : *destination;
	packet->hash = hash_bytes(&packet->key, sizeof(packet->key));
}

const char *flow_verdict_name(enum flow_verdict verdict)
{
	static const char *const names[FLOW_VERDICTS] = {"tracked",         "not IP", "fragments",
							 "other protocols", "cut",    "malformed"};

	return names[verdict];
}
