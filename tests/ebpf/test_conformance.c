/* SPDX-License-Identifier: MIT */
/* Runs every conformance vector, and sees that no operation of the machine is without one. */
#include <stdio.h>

#include "bpf_fixture.h"
#include "core/vm_ops.h"
#include "vectors.h"

static bool covered[PLIM_OP_COUNT];

static void cover(const struct plim_bpf_program *program)
{
	for (uint32_t i = 0; i < program->insn_count; i++)
		covered[program->ops[i].code] = true;
}

static int run_vector(struct bpf_fixture *fixture, const struct vector *vector)
{
	struct plim_error err = {""};
	struct plim_bpf_program *program =
		bpf_fixture_load(fixture, vector->insns, vector->count, NULL, 0, &err);
	uint64_t result = 0;
	int rc;

	if (!program) {
		printf("FAIL %s: refused: %s\n", vector->name, err.text);
		return 1;
	}
	cover(program);
	rc = bpf_fixture_run(fixture, program, NULL, 0, &result);
	if (rc) {
		plim_bpf_fault_text(&fixture->invocation->fault, &err);
		printf("FAIL %s: %s\n", vector->name, err.text);
	} else if (result != vector->expect) {
		printf("FAIL %s: 0x%llx, not 0x%llx\n", vector->name, (unsigned long long)result,
		       (unsigned long long)vector->expect);
		rc = 1;
	}
	plim_bpf_object_close(&program->object);
	return rc != 0;
}

int main(void)
{
	const struct vector_list *lists[] = {&vectors_arithmetic, &vectors_jumps, &vectors_memory};
	struct bpf_fixture fixture;
	size_t total = 0;
	int failed = 0;

	bpf_fixture_open(&fixture);
	for (size_t l = 0; l < sizeof(lists) / sizeof(lists[0]); l++) {
		for (size_t i = 0; i < lists[l]->count; i++)
			failed += run_vector(&fixture, &lists[l]->vectors[i]);
		total += lists[l]->count;
	}
	for (unsigned code = PLIM_OP_NONE + 1; code < PLIM_OP_COUNT; code++) {
		if (!covered[code]) {
			printf("FAIL no vector for %s\n", plim_bpf_op_name(code));
			failed++;
		}
	}
	printf("%zu vectors, %d operations, %d failed\n", total, PLIM_OP_COUNT - 1, failed);
	bpf_fixture_close(&fixture);
	return failed ? 1 : 0;
}
