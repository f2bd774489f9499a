/* SPDX-License-Identifier: MIT */
/* Every kind of map that has keys, used as programs use them. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

struct pair {
	__u32 a, b;
};

struct address {
	__u32 bits;
	__u8 bytes[4];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, struct pair);
	__type(value, __u64);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, struct pair);
} pairs SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__uint(key_size, 4);
	__uint(value_size, 8);
} per_thread SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u32);
} recent SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 8);
	__type(key, struct address);
	__type(value, __u32);
} networks SEC(".maps");

/* The same key twice: 1 the first time, then 2, and so on. */
SEC("xdp") int count(struct xdp_md *context)
{
	struct pair key = {.a = context->data_end - context->data, .b = 7};
	__u64 one = 1, *value = bpf_map_lookup_elem(&counts, &key);

	if (!value)
		return bpf_map_update_elem(&counts, &key, &one, BPF_NOEXIST) ? -1 : 1;
	__sync_fetch_and_add(value, 1);
	return *value;
}

SEC("xdp") int forget(struct xdp_md *context)
{
	struct pair key = {.a = context->data_end - context->data, .b = 7};

	return bpf_map_delete_elem(&counts, &key);
}

SEC("xdp") int array(struct xdp_md *context)
{
	__u32 key = context->data_end - context->data;
	struct pair *value = bpf_map_lookup_elem(&pairs, &key);

	if (!value)
		return -1;
	value->b += 5;
	return value->b;
}

SEC("xdp") int thread(struct xdp_md *context)
{
	__u32 key = 1;
	__u64 *value = bpf_map_lookup_elem(&per_thread, &key);

	return value ? ++*value : -1;
}

SEC("xdp") int lru(struct xdp_md *context)
{
	__u32 key = context->data_end - context->data;

	return bpf_map_update_elem(&recent, &key, &key, BPF_ANY);
}

SEC("xdp") int lpm(struct xdp_md *context)
{
	const __u32 last = context->data_end - context->data;
	struct address key = {.bits = 32, .bytes = {10, 1, 2, last}};
	__u32 *value = bpf_map_lookup_elem(&networks, &key);

	return value ? *value : -1;
}

char _license[] SEC("license") = "GPL";
