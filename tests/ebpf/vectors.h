/* SPDX-License-Identifier: MIT */
/*
 * Conformance vectors, written from RFC 9669 for each instruction and its edge cases: a function
 * body without arguments, and what r0 must be after it. The same list runs on our machine and,
 * where it will have them, in the kernel.
 */
#ifndef PLIM_TEST_VECTORS_H
#define PLIM_TEST_VECTORS_H

#include <stddef.h>

#include "core/isa.h"

/* Linux's verifier refuses divisions by an immediate 0 and shifts beyond the width. */
#define VECTOR_NOT_IN_KERNEL 1

struct vector {
	const char *name;
	uint64_t expect;
	const struct plim_bpf_insn *insns;
	unsigned count;
	unsigned flags;
};

struct vector_list {
	const char *name;
	const struct vector *vectors;
	size_t count;
};

extern const struct vector_list vectors_arithmetic, vectors_jumps, vectors_memory;

#define VECTOR_FLAGS(what, flag, want, ...)                                    \
	{                                                                      \
		.name = what, .expect = (want),                                \
		.insns = (const struct plim_bpf_insn[]){__VA_ARGS__},          \
		.count = sizeof((const struct plim_bpf_insn[]){__VA_ARGS__}) / \
			 sizeof(struct plim_bpf_insn),                         \
		.flags = flag                                                  \
	}
#define VECTOR(what, want, ...) VECTOR_FLAGS(what, 0, want, __VA_ARGS__)

#endif
