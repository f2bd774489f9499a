/* SPDX-License-Identifier: MIT */
/*
 * How fast the machine is: nanoseconds of a whole program run and of one instruction, beside the
 * same work as native C and, where bpf(2) allows, as the kernel runs it. All in one run, because
 * only ratios of one run mean something. The best of several rounds is printed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bpf_fixture.h"
#include "insn_macros.h"
#include "kernel_bpf.h"

#define ROUNDS       9
#define PACKET_BYTES 64

struct work {
	const char *name;
	const struct plim_bpf_insn *insns;
	uint32_t count;
	uint64_t (*native)(unsigned char *packet, uint32_t bytes);
};

/* Nothing: what a run costs by itself. */
static const struct plim_bpf_insn nothing[] = {ALU64_K(MOV, R0, 2), EXIT};

static uint64_t native_nothing(unsigned char *packet, uint32_t bytes)
{
	(void)packet;
	(void)bytes;
	return 2;
}

/* Arithmetic: 1,000 rounds of xorshift64. */
static const struct plim_bpf_insn arithmetic[] = {
	LD64(R1, 88172645463325252), ALU64_K(MOV, R3, 1000), ALU64_X(MOV, R2, R1),
	ALU64_K(LSH, R2, 13),        ALU64_X(XOR, R1, R2),   ALU64_X(MOV, R2, R1),
	ALU64_K(RSH, R2, 7),         ALU64_X(XOR, R1, R2),   ALU64_X(MOV, R2, R1),
	ALU64_K(LSH, R2, 17),        ALU64_X(XOR, R1, R2),   ALU64_K(SUB, R3, 1),
	JMP64_K(JNE, R3, 0, -11),    ALU32_X(MOV, R0, R1),   EXIT,
};

static uint64_t native_arithmetic(unsigned char *packet, uint32_t bytes)
{
	uint64_t x = 88172645463325252;

	(void)packet;
	(void)bytes;
	for (int i = 0; i < 1000; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		__asm__("" : "+r"(x)); /* the loop stays a loop */
	}
	return (uint32_t)x;
}

/* Packet: a sum over 64 bytes, one load each. */
static const struct plim_bpf_insn packet_sum[] = {
	LDX(W, R2, R1, 0),
	LDX(W, R3, R1, 4),
	ALU64_K(MOV, R0, 0),
	ALU64_X(MOV, R4, R2),
	ALU64_K(ADD, R4, PACKET_BYTES),
	JMP64_X(JGT, R4, R3, 7),
	ALU64_K(MOV, R5, PACKET_BYTES),
	LDX(B, R4, R2, 0),
	ALU32_K(MUL, R0, 31),
	ALU32_X(ADD, R0, R4),
	ALU64_K(ADD, R2, 1),
	ALU64_K(SUB, R5, 1),
	JMP64_K(JNE, R5, 0, -6),
	EXIT,
};

static uint64_t native_packet_sum(unsigned char *packet, uint32_t bytes)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < PACKET_BYTES && bytes == PACKET_BYTES; i++) {
		sum = sum * 31 + packet[i];
		__asm__("" : "+r"(sum));
	}
	return sum;
}

/* Calls: 100 calls of a function of two instructions that writes its frame. */
static const struct plim_bpf_insn calls[] = {
	ALU64_K(MOV, R6, 100),
	ALU64_K(MOV, R0, 0),
	ALU64_X(MOV, R1, R0),
	CALL_LOCAL(3),
	ALU64_K(SUB, R6, 1),
	JMP64_K(JNE, R6, 0, -4),
	EXIT,
	STX(DW, R10, -8, R1),
	LDX(DW, R0, R10, -8),
	ALU64_K(ADD, R0, 3),
	EXIT,
};

__attribute__((noinline)) static uint64_t native_callee(uint64_t x)
{
	volatile uint64_t kept = x;

	return kept + 3;
}

static uint64_t native_calls(unsigned char *packet, uint32_t bytes)
{
	uint64_t x = 0;

	(void)packet;
	(void)bytes;
	for (int i = 0; i < 100; i++)
		x = native_callee(x);
	return x;
}

#define WORK(name)                                                         \
	{                                                                  \
#name, name, sizeof(name) / sizeof(name[0]), native_##name \
	}
static const struct work works[] = {WORK(nothing), WORK(arithmetic), WORK(packet_sum), WORK(calls)};

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static double best(double a, double b)
{
	return a == 0 || b < a ? b : a;
}

static double time_native(const struct work *work, unsigned char *packet, int times,
			  uint64_t *result)
{
	uint64_t (*volatile function)(unsigned char *, uint32_t) = work->native;
	double ns = 0;

	for (int round = 0; round < ROUNDS; round++) {
		const double start = now_ns();

		for (int i = 0; i < times; i++)
			*result = function(packet, PACKET_BYTES);
		ns = best(ns, (now_ns() - start) / times);
	}
	return ns;
}

static double time_machine(struct bpf_fixture *fixture, const struct work *work,
			   unsigned char *packet, int times, uint64_t *result, int64_t *insns)
{
	struct plim_error err;
	struct plim_bpf_program *program =
		bpf_fixture_load(fixture, work->insns, work->count, NULL, 0, &err);
	double ns = 0;

	if (!program) {
		fprintf(stderr, "ebpf_vm: %s: %s\n", work->name, err.text);
		exit(1);
	}
	for (int round = 0; round < ROUNDS; round++) {
		const double start = now_ns();

		for (int i = 0; i < times; i++)
			bpf_fixture_run(fixture, program, packet, PACKET_BYTES, result);
		ns = best(ns, (now_ns() - start) / times);
	}
	*insns = fixture->invocation->limit - fixture->invocation->budget;
	plim_bpf_object_close(&program->object);
	return ns;
}

/* 0 where the kernel does not run it. The kernel repeats by itself and says how long one took. */
static double time_kernel(const struct work *work, unsigned char *packet, uint32_t *result)
{
	const int fd = kernel_bpf_load(work->insns, work->count, NULL, 0);
	uint32_t duration;
	double ns = 0;

	for (int round = 0; fd >= 0 && round < ROUNDS; round++) {
		if (kernel_bpf_run(fd, packet, PACKET_BYTES, 20000, result, &duration))
			break;
		ns = best(ns, duration);
	}
	if (fd >= 0)
		close(fd);
	return ns;
}

static int bench(struct bpf_fixture *fixture, const struct work *work)
{
	unsigned char packet[PACKET_BYTES];
	uint64_t native_result = 0, result = 0;
	uint32_t kernel_result = 0;
	double native, machine, kernel;
	int64_t insns;
	int times;

	for (int i = 0; i < PACKET_BYTES; i++)
		packet[i] = (unsigned char)(i * 37);
	times = work->native == native_arithmetic ? 500 : 20000;
	native = time_native(work, packet, times, &native_result);
	machine = time_machine(fixture, work, packet, times, &result, &insns);
	kernel = time_kernel(work, packet, &kernel_result);
	printf("%-12s %6lld %10.1f %8.2f %10.1f %8.1f", work->name, (long long)insns, machine,
	       machine / (double)insns, native, machine / native);
	if (kernel > 0)
		printf(" %10.1f %8.1f\n", kernel, machine / kernel);
	else
		printf("          -        -\n");
	if (native_result != result || (kernel > 0 && kernel_result != (uint32_t)result)) {
		fprintf(stderr, "ebpf_vm: %s: the results differ\n", work->name);
		return 1;
	}
	return 0;
}

int main(void)
{
	struct bpf_fixture fixture;
	int failed = 0;

	bpf_fixture_open(&fixture);
	printf("eBPF machine: ns a run (ratio: ours / theirs; the kernel's JIT counts whole ns)\n");
	printf("%-12s %6s %10s %8s %10s %8s %10s %8s\n", "program", "insns", "ours", "ns/insn",
	       "native C", "ratio", "kernel", "ratio");
	for (size_t i = 0; i < sizeof(works) / sizeof(works[0]); i++)
		failed |= bench(&fixture, &works[i]);
	bpf_fixture_close(&fixture);
	return failed;
}
