/* SPDX-License-Identifier: MIT */
/* Globals of every kind, functions static and global, and pointers in data. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

const volatile int factor = 3;
int counter = 40;
static int calls;
static const char *const words[] = {"ab", "cd"};
int table[4] = {1, 2, 3, 4};

static __attribute__((noinline)) int local_function(int x)
{
	calls++;
	return x * factor;
}

__attribute__((noinline)) int global_function(int x)
{
	return local_function(x) + table[x & 3];
}

SEC("xdp") int globals(struct xdp_md *context)
{
	const unsigned packet = context->data_end - context->data;

	counter += 2;
	return global_function(packet) + local_function(1) + calls + counter;
}

SEC("xdp") int words_of_data(struct xdp_md *context)
{
	const unsigned packet = context->data_end - context->data;

	return words[packet & 1][1];
}

/* Out of its section's data by one byte. */
SEC("xdp") int beyond_data(struct xdp_md *context)
{
	const volatile char *bytes = (const volatile char *)table;
	const unsigned packet = context->data_end - context->data;

	return bytes[sizeof(table) + sizeof(counter) + packet];
}

SEC("xdp") int write_constant(struct xdp_md *context)
{
	volatile int *constant = (volatile int *)&factor;

	*constant = (int)context->data;
	return 0;
}

char _license[] SEC("license") = "GPL";
