/* SPDX-License-Identifier: MIT */
/* The ring buffer: records reserved and submitted, discarded, forgotten, overrun; and printk. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

struct record {
	__u32 kind, value;
	char comm[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

SEC("xdp") int reserve(struct xdp_md *context)
{
	const __u32 value = context->data_end - context->data;
	struct record *record = bpf_ringbuf_reserve(&ring, sizeof(*record), 0);

	if (!record)
		return -1;
	record->kind = 1;
	record->value = value;
	bpf_get_current_comm(record->comm, sizeof(record->comm));
	if (value == 13)
		bpf_ringbuf_discard(record, 0);
	else
		bpf_ringbuf_submit(record, 0);
	return 0;
}

SEC("xdp") int output(struct xdp_md *context)
{
	struct record record = {.kind = 2, .value = bpf_get_current_pid_tgid() >> 32};

	return bpf_ringbuf_output(&ring, &record, sizeof(record), 0);
}

/* Linux's verifier would not have these three. */
SEC("xdp") int leak(struct xdp_md *context)
{
	return bpf_ringbuf_reserve(&ring, 64, 0) ? 1 : 0;
}

SEC("xdp") int overrun(struct xdp_md *context)
{
	volatile char *record = bpf_ringbuf_reserve(&ring, 24, 0);
	const int place = (int)(context->data_end - context->data) - 1;

	if (!record)
		return -1;
	record[place] = 1;
	bpf_ringbuf_submit((void *)record, 0);
	return 0;
}

SEC("xdp") int submit_twice(struct xdp_md *context)
{
	void *record = bpf_ringbuf_reserve(&ring, 24, 0);

	if (!record)
		return -1;
	bpf_ringbuf_submit(record, 0);
	bpf_ringbuf_submit(record, 0);
	return 0;
}

SEC("xdp") int print(struct xdp_md *context)
{
	bpf_printk("length %u, signed %d, hex %08x", (__u32)(context->data_end - context->data), -5,
		   0xbeef);
	bpf_printk("wide [%12d] [%016llx]", -7, 255);
	bpf_printk("four %d %d %d %lld%%\n", 1, 2, 3, -4000000000LL);
	return 0;
}

/* Prints while a record is open. */
SEC("xdp") int print_inside(struct xdp_md *context)
{
	void *record = bpf_ringbuf_reserve(&ring, 24, 0);

	if (!record)
		return -1;
	bpf_printk("inside");
	bpf_ringbuf_submit(record, 0);
	return 0;
}

/* A name fills its room with zeros; 1 where something else is left. */
SEC("xdp") int name(struct xdp_md *context)
{
	char comm[32];

	__builtin_memset(comm, 'x', sizeof(comm));
	if (bpf_get_current_comm(comm, sizeof(comm)))
		return -1;
	return comm[15] || comm[16] || comm[31];
}

char _license[] SEC("license") = "GPL";
