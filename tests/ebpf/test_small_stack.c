/* SPDX-License-Identifier: MIT */
/*
 * Runs programs on a painted stack of 16 KiB with a guard page, eight frames deep, with tail calls
 * and every helper, and prints how much of it was used. Linked with -z now, because the dynamic
 * linker's first calls would take 3 KB of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "bpf_fixture.h"
#include "core/map_prog_array.h"
#include "insn_macros.h"

#define STACK_BYTES (16 * 1024)
/* What docs/ebpf-core.md promises for a run, helpers and libc's part of them included. */
#define PROMISED_BYTES 1536
#define PAINT          0xa5

static struct bpf_fixture fixture;
static struct plim_bpf_program *program;
static struct plim_bpf_map *maps[5];
static ucontext_t outside, inside;
static int rc;
static uint64_t result;

enum { HASH, LRU, LPM, RING, PROGRAMS };

/* A helper with a map, a key at r10-8 and a value at r10-16. */
#define KEYED(map, helper)                                                                 \
	ST(DW, R10, -8, 8), ST(DW, R10, -16, 3), LD64_MAP(R1, map), ALU64_X(MOV, R2, R10), \
		ALU64_K(ADD, R2, -8), ALU64_X(MOV, R3, R10), ALU64_K(ADD, R3, -16),        \
		ALU64_K(MOV, R4, 0), CALL(helper)
#define ALL_OF(map) KEYED(map, 2), KEYED(map, 1), KEYED(map, 2), KEYED(map, 3)
#define DEEPER      ALU64_X(MOV, R1, R6), CALL_LOCAL(1), EXIT, ALU64_X(MOV, R6, R1)

static const struct plim_bpf_insn insns[] = {
	/* the first frame: all of the work seven calls below it, then itself again, 33 times */
	ALU64_X(MOV, R6, R1), CALL_LOCAL(7), ALU64_X(MOV, R1, R6), LD64_MAP(R2, PROGRAMS),
	ALU64_K(MOV, R3, 0), CALL(12), ALU64_K(MOV, R0, 4711), EXIT,
	/* six frames that only call on */
	DEEPER, DEEPER, DEEPER, DEEPER, DEEPER, DEEPER, ALL_OF(HASH), ALL_OF(LRU), ALL_OF(LPM),
	/* ktime, pid, uid, random, comm */
	CALL(5), CALL(14), CALL(15), CALL(7), ALU64_X(MOV, R1, R10), ALU64_K(ADD, R1, -64),
	ALU64_K(MOV, R2, 16), CALL(16),
	/* a record reserved and submitted, and one written at once */
	LD64_MAP(R1, RING), ALU64_K(MOV, R2, 24), ALU64_K(MOV, R3, 0), CALL(131),
	JMP64_K(JNE, R0, 0, 1), EXIT, ALU64_X(MOV, R1, R0), ALU64_K(MOV, R2, 0), CALL(132),
	LD64_MAP(R1, RING), ALU64_X(MOV, R2, R10), ALU64_K(ADD, R2, -16), ALU64_K(MOV, R3, 8),
	ALU64_K(MOV, R4, 0), CALL(130),
	/* printk of "%lld %x" */
	LD64(R1, 0x782520646c6c25), STX(DW, R10, -8, R1), ALU64_X(MOV, R1, R10),
	ALU64_K(ADD, R1, -8), ALU64_K(MOV, R2, 8), ALU64_K(MOV, R3, -5), ALU64_K(MOV, R4, 7),
	CALL(6), EXIT};

static int printed;

static void on_printk(void *arg, const struct plim_bpf_printk *line)
{
	(void)arg;
	printed += strcmp(line->text, "-5 7") == 0;
}

static void run_inside(void)
{
	rc = bpf_fixture_run(&fixture, program, NULL, 0, &result);
}

static void make(void)
{
	static const struct plim_bpf_map_spec specs[] = {
		{"hash", BPF_MAP_TYPE_HASH, 8, 8, 4, 0},
		{"lru", BPF_MAP_TYPE_LRU_HASH, 8, 8, 1, 0},
		{"lpm", BPF_MAP_TYPE_LPM_TRIE, 8, 8, 4, 0},
		{"ring", BPF_MAP_TYPE_RINGBUF, 0, 0, 65536, 0},
		{"programs", BPF_MAP_TYPE_PROG_ARRAY, 4, 4, 1, 0},
	};
	struct plim_error err = {""};

	for (int i = 0; i < 5; i++) {
		if (plim_bpf_map_new(fixture.host, &specs[i], &maps[i], &err))
			exit(1);
	}
	program =
		bpf_fixture_load(&fixture, insns, sizeof(insns) / sizeof(insns[0]), maps, 5, &err);
	if (!program) {
		printf("FAIL %s\n", err.text);
		exit(1);
	}
	plim_bpf_prog_array_set(maps[PROGRAMS], 0, program);
	fixture.invocation->printk = on_printk;
}

static size_t used_bytes(const unsigned char *stack)
{
	size_t unused = 0;

	while (unused < STACK_BYTES && stack[unused] == PAINT)
		unused++;
	return STACK_BYTES - unused;
}

int main(void)
{
	unsigned char *stack = mmap(NULL, 4096 + STACK_BYTES, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t used;
	int failed;

	if (stack == MAP_FAILED || mprotect(stack, 4096, PROT_NONE))
		return 1;
	bpf_fixture_open(&fixture);
	make();
	memset(stack + 4096, PAINT, STACK_BYTES);
	getcontext(&inside);
	inside.uc_stack.ss_sp = stack + 4096;
	inside.uc_stack.ss_size = STACK_BYTES;
	inside.uc_link = &outside;
	makecontext(&inside, run_inside, 0);
	swapcontext(&outside, &inside);
	used = used_bytes(stack + 4096);
	failed = rc != 0 || result != 4711 || printed != 34;
	if (failed)
		printf("FAIL the run: %d, result %llu, %d lines\n", rc, (unsigned long long)result,
		       printed);
#ifndef __SANITIZE_ADDRESS__
	if (used > PROMISED_BYTES) {
		printf("FAIL more than the %d bytes that are promised\n", PROMISED_BYTES);
		failed = 1;
	}
#endif
	printf("a run of 8 frames, 33 tail calls and all helpers used %zu bytes of stack\n", used);
	for (int i = 0; i < 5; i++)
		plim_bpf_object_close(&maps[i]->object);
	plim_bpf_object_close(&program->object);
	bpf_fixture_close(&fixture);
	return failed;
}
