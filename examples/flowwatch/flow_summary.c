/* SPDX-License-Identifier: MIT */
#include "flow_summary.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/* "[address]:port", IPv6 in brackets as RFC 3986 has it. */
#define END_BYTES (INET6_ADDRSTRLEN + 10)

static void format_end(char *text, const struct flow_end *end, uint8_t family)
{
	char address[INET6_ADDRSTRLEN];

	inet_ntop(family == 4 ? AF_INET : AF_INET6, end->address, address, sizeof(address));
	snprintf(text, END_BYTES, family == 4 ? "%s:%u" : "[%s]:%u", address, ntohs(end->port));
}

/* All members are counts, so the structure is an array of them. */
static void add_counts(struct flow_counts *sum, const struct flow_counts *counts)
{
	uint64_t *to = (uint64_t *)sum;
	const uint64_t *from = (const uint64_t *)counts;

	for (size_t i = 0; i < sizeof(*sum) / sizeof(*to); i++)
		to[i] += from[i];
}

static void print_counts(FILE *out, const struct flow_counts *c)
{
	fprintf(out,
		"flows      tcp %" PRIu64 ", udp %" PRIu64 "; ipv4 %" PRIu64 ", ipv6 %" PRIu64 "\n",
		c->flows_tcp, c->flows_udp, c->flows_ipv4, c->flows_ipv6);
	fprintf(out,
		"tcp        handshakes %" PRIu64 ", closed %" PRIu64 ", reset %" PRIu64
		", picked up midway %" PRIu64 "\n",
		c->handshakes, c->closed, c->resets, c->picked_up);
	fprintf(out,
		"           retransmissions %" PRIu64 ", gaps %" PRIu64 ", keepalives %" PRIu64
		", zero windows %" PRIu64 "\n",
		c->retransmissions, c->gaps, c->keepalives, c->zero_windows);
	fprintf(out,
		"ended      idle %" PRIu64 ", ports reused %" PRIu64 ", evicted %" PRIu64
		", open at the end %" PRIu64 "\n",
		c->ended_idle, c->ended_reused, c->ended_evicted, c->open_at_end);
	fprintf(out,
		"payload    from initiators %" PRIu64 " bytes, from responders %" PRIu64 " bytes\n",
		c->bytes_from_initiator, c->bytes_from_responder);
}

static void print_frames(FILE *out, const struct flow_capture *capture)
{
	const char *comma = "";

	fprintf(out, "captures   %" PRIu64 " read, %" PRIu64 " refused or damaged\n",
		capture->captures - capture->damaged, capture->damaged);
	fprintf(out, "frames     %" PRIu64 ", %" PRIu64 " bytes on the wire\n", capture->frames,
		capture->wire_bytes);
	fprintf(out, "           ");
	for (int i = 0; i < FLOW_VERDICTS; i++) {
		fprintf(out, "%s%s %" PRIu64, comma, flow_verdict_name((enum flow_verdict)i),
			capture->verdicts[i]);
		comma = ", ";
	}
	fputc('\n', out);
}

static void print_flow(FILE *out, const struct flow *flow)
{
	char from[END_BYTES], to[END_BYTES];
	bool initiator = flow->high_began;

	format_end(from, initiator ? &flow->key.high : &flow->key.low, flow->key.family);
	format_end(to, initiator ? &flow->key.low : &flow->key.high, flow->key.family);
	fprintf(out, "  %-3s %s > %s  %s, %u packets, %" PRIu64 " + %" PRIu64 " bytes\n",
		flow->key.protocol == IPPROTO_TCP ? "tcp" : "udp", from, to,
		flow_state_name(flow->state), flow->half[0].packets + flow->half[1].packets,
		flow->half[initiator].payload_bytes, flow->half[!initiator].payload_bytes);
}

static void print_top(FILE *out, const struct flow_capture *capture)
{
	struct flow *flows = calloc((size_t)capture->worker_count * FLOW_TOP, sizeof(*flows));
	size_t count = 0;

	if (!flows) {
		fputs("largest flows: no memory to sort them\n", out);
		return;
	}
	for (uint32_t i = 0; i < capture->worker_count; i++) {
		const struct flow_table *table = &capture->workers[i].table;

		memcpy(flows + count, table->top, table->top_count * sizeof(*flows));
		count += table->top_count;
	}
	qsort(flows, count, sizeof(*flows), flow_compare);
	if (count)
		fputs("largest flows (initiator > responder, bytes each sent)\n", out);
	for (size_t i = 0; i < count && i < FLOW_TOP; i++)
		print_flow(out, &flows[i]);
	free(flows);
}

void flow_summary_print(FILE *out, const struct flow_capture *capture)
{
	struct flow_counts sum = {0};
	size_t deepest = 0;

	for (uint32_t i = 0; i < capture->worker_count; i++) {
		size_t used = flow_worker_stack_used(&capture->workers[i]);

		add_counts(&sum, &capture->workers[i].table.counts);
		deepest = used > deepest ? used : deepest;
	}
	print_frames(out, capture);
	print_counts(out, &sum);
	print_top(out, capture);
	fprintf(out, "stacks     deepest worker wrote %zu of %d bytes\n", deepest,
		FLOW_STACK_BYTES);
}
