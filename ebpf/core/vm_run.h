/* SPDX-License-Identifier: MIT */
/* The parts of the machine that are no instruction: begin, end, frames, tail calls, faults. */
#ifndef PLIM_EBPF_VM_RUN_H
#define PLIM_EBPF_VM_RUN_H

#include "core/vm.h"

void plim_bpf_begin(struct plim_bpf_invocation *inv, struct plim_bpf_program *program,
		    const struct plim_bpf_input *input);

/** Enters a function of the program: false when there are PLIM_BPF_MAX_FRAMES already. */
bool plim_bpf_push_frame(struct plim_bpf_invocation *inv, const struct plim_bpf_op *call);

/** Leaves it: the call that it came from. */
const struct plim_bpf_op *plim_bpf_pop_frame(struct plim_bpf_invocation *inv);

/** Where the program begins that the tail call helper asked for. */
const struct plim_bpf_op *plim_bpf_follow_tail_call(struct plim_bpf_invocation *inv);

/** Says what a load or store that was refused wanted. */
void plim_bpf_access_fault(struct plim_bpf_invocation *inv, const struct plim_bpf_op *op);

int plim_bpf_fault_errno(enum plim_bpf_fault_kind kind);

#endif
