/* SPDX-License-Identifier: MIT */
/*
 * bpf_trace_printk: integers only, and no more lines a second than the program may write, so that a
 * chatty program can neither flood the log nor make the host format for it.
 */
#ifndef PLIM_EBPF_PRINTK_H
#define PLIM_EBPF_PRINTK_H

#include "core/vm.h"

#define PLIM_BPF_PRINTK_PER_SECOND 100

/** bpf_trace_printk(fmt, fmt_size, a, b, c): bytes written, -EINVAL (format), -EBUSY (limit). */
uint64_t plim_bpf_trace_printk(struct plim_bpf_invocation *inv);

/** bpf_trace_vprintk(fmt, fmt_size, data, data_len), which bpf_printk uses for more values. */
uint64_t plim_bpf_trace_vprintk(struct plim_bpf_invocation *inv);

#endif
