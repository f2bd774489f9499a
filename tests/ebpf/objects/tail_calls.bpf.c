/* SPDX-License-Identifier: MIT */
/* A program array that starts with programs in it; a chain of tail calls up to the limit. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

int again(struct xdp_md *context);
int last(struct xdp_md *context);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 4);
	__uint(key_size, sizeof(__u32));
	__array(values, int(void *));
} programs SEC(".maps") = {
	.values = {[1] = (void *)&again, [3] = (void *)&last},
};

int runs;

SEC("xdp") int again(struct xdp_md *context)
{
	runs++;
	bpf_tail_call(context, &programs, 1);
	return 1000 + runs;
}

SEC("xdp") int last(struct xdp_md *context)
{
	return 77;
}

SEC("xdp") int start(struct xdp_md *context)
{
	bpf_tail_call(context, &programs, context->data_end - context->data);
	return 5;
}

/* From inside a function: what the new program returns is the function's value. */
static __attribute__((noinline)) int inside(struct xdp_md *context)
{
	bpf_tail_call(context, &programs, 3);
	return runs + 6; /* nothing that the compiler could know in the caller */
}

SEC("xdp") int nested(struct xdp_md *context)
{
	return inside(context) + 100;
}

char _license[] SEC("license") = "GPL";
