/* SPDX-License-Identifier: MIT */
/* Two maps of 160 MiB: each could be had, but not both. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 160);
	__uint(key_size, 4);
	__uint(value_size, 1 << 20);
} one SEC(".maps"), two SEC(".maps");
