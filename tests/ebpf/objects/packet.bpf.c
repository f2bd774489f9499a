/* SPDX-License-Identifier: MIT */
/* Reads and writes a packet; once as Linux's verifier wants it, once one byte too far. */
#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

struct header {
	__u8 to[6], from[6];
	__be16 type;
} __attribute__((packed));

SEC("xdp") int classify(struct xdp_md *context)
{
	void *data = (void *)(long)context->data, *end = (void *)(long)context->data_end;
	struct header *header = data;

	if (data + sizeof(*header) > end)
		return XDP_DROP;
	header->to[0] ^= 0x80;
	return bpf_ntohs(header->type) == 0x0800 ? XDP_PASS : XDP_DROP;
}

SEC("xdp") int sum(struct xdp_md *context)
{
	__u8 *data = (void *)(long)context->data, *end = (void *)(long)context->data_end;
	__u32 sum = 0;

#pragma clang loop unroll(disable)
	for (int i = 0; i < 64 && data + i + 1 <= end; i++)
		sum = sum * 31 + data[i];
	return sum & 0x7fffffff;
}

SEC("xdp") int one_after(struct xdp_md *context)
{
	volatile __u8 *end = (void *)(long)context->data_end;

	return *end;
}

SEC("xdp") int one_before(struct xdp_md *context)
{
	volatile __u8 *data = (void *)(long)context->data;

	return data[-1];
}

SEC("xdp") int context_write(struct xdp_md *context)
{
	*(volatile __u32 *)&context->data = 5;
	return 0;
}

SEC("xdp") int for_ever(struct xdp_md *context)
{
	volatile int stop = 0;

	while (!stop)
		;
	return 0;
}

char _license[] SEC("license") = "GPL";
