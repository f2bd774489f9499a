/* SPDX-License-Identifier: MIT */
/* A map that all who load this share. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} visits SEC(".maps");

SEC("xdp") int visit(struct xdp_md *context)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(&visits, &key);

	return value ? ++*value : 0;
}

char _license[] SEC("license") = "GPL";
