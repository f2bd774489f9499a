/* SPDX-License-Identifier: MIT */
/*
 * A hook's stack is small and ends in a guard page; an overflow ends the one invocation that caused
 * it. That must not happen while a lock is held, or the lock would stay held for ever. So whoever
 * takes a lock first reads the stack as far down as anything under the lock will go: if it is too
 * short, that is found here.
 */
#ifndef PLIM_EBPF_STACK_PROBE_H
#define PLIM_EBPF_STACK_PROBE_H

/* More than the deepest path under a lock, with room to spare; see docs/ebpf-core.md. */
#define PLIM_BPF_LOCKED_BYTES 1536

/* A read is enough to meet the guard page, and harms no red zone. */
__attribute__((no_sanitize("address"))) static inline void plim_bpf_probe_stack(void)
{
	const volatile char *stack = (const volatile char *)__builtin_frame_address(0);

	(void)stack[-PLIM_BPF_LOCKED_BYTES];
}

#endif
