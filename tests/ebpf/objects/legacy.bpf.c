/* SPDX-License-Identifier: MIT */
/* A map defined in the old way, before BTF: a structure with numbers in section "maps". */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

struct bpf_map_def {
	__u32 type, key_size, value_size, max_entries, map_flags;
};

struct bpf_map_def SEC("maps") first = {BPF_MAP_TYPE_HASH, 4, 4, 8, 0};
struct bpf_map_def SEC("maps") second = {BPF_MAP_TYPE_ARRAY, 4, 8, 2, 0};

SEC("xdp") int old_maps(struct xdp_md *context)
{
	__u32 key = 1, value = 5;
	__u64 *element;

	if (bpf_map_update_elem(&first, &key, &value, BPF_NOEXIST))
		return -1;
	element = bpf_map_lookup_elem(&second, &key);
	return element ? (int)(*element += 3) : -2;
}

char _license[] SEC("license") = "GPL";
