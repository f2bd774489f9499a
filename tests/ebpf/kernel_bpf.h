/* SPDX-License-Identifier: MIT */
/* The kernel as an oracle: XDP programs loaded with bpf(2) and run by BPF_PROG_TEST_RUN. */
#ifndef PLIM_TEST_KERNEL_BPF_H
#define PLIM_TEST_KERNEL_BPF_H

#include <stdint.h>

#include "core/isa.h"

/** Loads an XDP program: a descriptor, or -errno with the verifier's words in `log`. */
int kernel_bpf_load(const struct plim_bpf_insn *insns, uint32_t count, char *log,
		    uint32_t log_bytes);

/** Runs it over a packet, which the program may change in place: 0 or -errno. */
int kernel_bpf_run(int fd, void *packet, uint32_t bytes, uint32_t repeat, uint32_t *result,
		   uint32_t *duration_ns);

/** 0 where the kernel loads and runs a program that returns 2; otherwise the -errno of why not. */
int kernel_bpf_probe(void);

#endif
