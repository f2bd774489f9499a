/* SPDX-License-Identifier: MIT */
/*
 * Runs the conformance vectors in the kernel: is what they expect what Linux does? Each becomes a
 * function; the program around it stores the function's r0 in the packet, because a program's own
 * result is cut to 32 bits.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "insn_macros.h"
#include "kernel_bpf.h"
#include "vectors.h"

static const struct plim_bpf_insn before[] = {
	ALU64_X(MOV, R6, R1),
	CALL_LOCAL(9), /* the vector, after this */
	LDX(W, R1, R6, 0),
	LDX(W, R2, R6, 4),
	ALU64_X(MOV, R3, R1),
	ALU64_K(ADD, R3, 8),
	JMP64_X(JGT, R3, R2, 2),
	STX(DW, R1, 0, R0),
	JA(0),
	ALU64_K(MOV, R0, 2),
	EXIT,
};
#define BEFORE (sizeof(before) / sizeof(before[0]))

static int run_vector(const struct vector *vector)
{
	struct plim_bpf_insn insns[128];
	static char log[65536];
	uint64_t packet[8] = {0};
	uint32_t result;
	int fd, rc;

	memcpy(insns, before, sizeof(before));
	memcpy(insns + BEFORE, vector->insns, vector->count * sizeof(*insns));
	fd = kernel_bpf_load(insns, (uint32_t)(BEFORE + vector->count), log, sizeof(log));
	if (fd < 0) {
		printf("FAIL %s: the kernel refuses it: %s\n%s\n", vector->name, strerror(-fd),
		       log);
		return 1;
	}
	rc = kernel_bpf_run(fd, packet, sizeof(packet), 1, &result, NULL);
	close(fd);
	if (rc || packet[0] != vector->expect) {
		printf("FAIL %s: the kernel says 0x%llx, not 0x%llx (%s)\n", vector->name,
		       (unsigned long long)packet[0], (unsigned long long)vector->expect,
		       strerror(-rc));
		return 1;
	}
	return 0;
}

int main(void)
{
	const struct vector_list *lists[] = {&vectors_arithmetic, &vectors_jumps, &vectors_memory};
	const int probe = kernel_bpf_probe();
	int ran = 0, failed = 0, not_here = 0;

	if (probe) {
		printf("skipped: bpf(2) cannot load and run a program here: %s\n",
		       strerror(-probe));
		return 77;
	}
	for (size_t l = 0; l < sizeof(lists) / sizeof(lists[0]); l++) {
		for (size_t i = 0; i < lists[l]->count; i++) {
			const struct vector *vector = &lists[l]->vectors[i];

			if (vector->flags & VECTOR_NOT_IN_KERNEL) {
				not_here++;
				continue;
			}
			failed += run_vector(vector);
			ran++;
		}
	}
	printf("%d vectors in the kernel, %d failed; %d that its verifier refuses left out\n", ran,
	       failed, not_here);
	return failed ? 1 : 0;
}
