/* SPDX-License-Identifier: MIT */
#include "random_program.h"

#include <stdbool.h>
#include <string.h>

#include "insn_macros.h"

/* The stack: r10-8 keeps the context, the slots below are the program's. */
#define SLOTS        12
#define SLOTS_TOP    (-8)
#define SLOTS_BOTTOM (SLOTS_TOP - 8 * SLOTS)
#define SAVED        (SLOTS_BOTTOM - 8) /* and below: registers, at the end */
#define REGISTERS    10                 /* r0 to r9 */
#define BODY_MIN     8
#define BODY_MAX     72

/* splitmix64, Steele and others 2014: every seed gives another sequence. */
uint64_t random_next(struct random_program *program)
{
	uint64_t z = program->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static uint32_t below(struct random_program *p, uint32_t limit)
{
	return (uint32_t)(random_next(p) % limit);
}

static void emit(struct random_program *p, struct plim_bpf_insn insn)
{
	p->insns[p->count++] = insn;
}
#define EMIT(...) emit(p, (struct plim_bpf_insn)__VA_ARGS__)

static uint64_t edge_number(struct random_program *p)
{
	static const uint64_t edges[] = {
		0,
		1,
		2,
		0x7f,
		0x80,
		0xff,
		0x7fff,
		0x8000,
		0x7fffffff,
		0x80000000,
		0xffffffff,
		0x100000000,
		UINT64_MAX,
		0x8000000000000000,
		0x7fffffffffffffff,
		0xffffffff80000000,
		31,
		32,
		63,
		64,
	};

	if (below(p, 2))
		return edges[below(p, sizeof(edges) / sizeof(edges[0]))];
	return random_next(p) >> below(p, 64);
}

/* Every register and slot from the packet, whose address is in r2. */
static void make_start(struct random_program *p)
{
	EMIT(STX(DW, R10, -8, R1));
	EMIT(LDX(W, R2, R1, 0));
	EMIT(LDX(W, R3, R1, 4));
	EMIT(ALU64_X(MOV, R4, R2));
	EMIT(ALU64_K(ADD, R4, RANDOM_PACKET_BYTES));
	EMIT(JMP64_X(JLE, R4, R3, 2));
	EMIT(ALU64_K(MOV, R0, 0));
	EMIT(EXIT);
	for (int i = 0; i < SLOTS; i++) {
		EMIT(LDX(DW, R0, R2, 8 * (REGISTERS + i)));
		EMIT(STX(DW, R10, SLOTS_BOTTOM + 8 * i, R0));
	}
	for (int r = 0; r < REGISTERS; r++) {
		if (r != R2)
			EMIT(LDX(DW, r, R2, 8 * r));
	}
	EMIT(LDX(DW, R2, R2, 8 * R2));
}

static void make_end(struct random_program *p)
{
	EMIT(STX(DW, R10, SAVED, R1));
	EMIT(STX(DW, R10, SAVED - 8, R2));
	EMIT(STX(DW, R10, SAVED - 16, R3));
	EMIT(LDX(DW, R1, R10, -8));
	EMIT(LDX(W, R2, R1, 0));
	EMIT(LDX(W, R3, R1, 4));
	EMIT(ALU64_X(MOV, R1, R2));
	EMIT(ALU64_K(ADD, R1, RANDOM_PACKET_BYTES));
	EMIT(JMP64_X(JLE, R1, R3, 2));
	EMIT(ALU64_K(MOV, R0, 0));
	EMIT(EXIT);
	for (int r = 0; r < REGISTERS; r++) {
		if (r < R1 || r > R3)
			EMIT(STX(DW, R2, 8 * r, r));
	}
	for (int i = 0; i < 3; i++) {
		EMIT(LDX(DW, R1, R10, SAVED - 8 * i));
		EMIT(STX(DW, R2, 8 * (R1 + i), R1));
	}
	for (int i = 0; i < SLOTS; i++) {
		EMIT(LDX(DW, R1, R10, SLOTS_BOTTOM + 8 * i));
		EMIT(STX(DW, R2, 8 * (REGISTERS + i), R1));
	}
	EMIT(ALU64_K(MOV, R0, 2));
	EMIT(EXIT);
}

static void make_arithmetic(struct random_program *p, unsigned registers)
{
	static const uint8_t operations[] = {
		BPFC_ADD, BPFC_SUB, BPFC_MUL, BPFC_DIV, BPFC_OR,  BPFC_AND,
		BPFC_LSH, BPFC_RSH, BPFC_MOD, BPFC_XOR, BPFC_MOV, BPFC_ARSH,
	};
	const uint8_t operation = operations[below(p, sizeof(operations))];
	const bool wide = below(p, 2), from_register = below(p, 2);
	const bool shift = operation == BPFC_LSH || operation == BPFC_RSH || operation == BPFC_ARSH;
	const bool divides = operation == BPFC_DIV || operation == BPFC_MOD;
	const unsigned dst = below(p, registers), src = below(p, registers);
	int32_t imm = (int32_t)edge_number(p);
	int16_t off = 0;

	if (shift)
		imm &= wide ? 63 : 31; /* the verifier's rules for immediates */
	if (divides && imm == 0)
		imm = -1;
	if (divides)
		off = (int16_t)below(p, 2);
	if (operation == BPFC_MOV && from_register)
		off = (int16_t)(8 * (below(p, 2) ? 0 : 1 << below(p, wide ? 3 : 2)));
	EMIT(INSN((wide ? BPFC_ALU64 : BPFC_ALU) | (from_register ? BPFC_X : BPFC_K) | operation,
		  dst, from_register ? src : 0, off, from_register ? 0 : imm));
}

static void make_unary(struct random_program *p, unsigned registers)
{
	const unsigned dst = below(p, registers);
	const int bits = 16 << below(p, 3);

	switch (below(p, 5)) {
	case 0: EMIT(NEG64(dst)); break;
	case 1: EMIT(NEG32(dst)); break;
	case 2: EMIT(TO_LE(bits, dst)); break;
	case 3: EMIT(TO_BE(bits, dst)); break;
	default: EMIT(SWAP(bits, dst)); break;
	}
}

static const uint8_t sizes[] = {BPFC_B, BPFC_H, BPFC_W, BPFC_DW};

/* A place in the slots for an access of 1 << rank bytes. */
static int slot_place(struct random_program *p, unsigned rank)
{
	return SLOTS_BOTTOM + (int)(below(p, (8 * SLOTS) >> rank) << rank);
}

static void make_memory(struct random_program *p)
{
	const unsigned rank = below(p, 4), reg = below(p, REGISTERS);
	const int place = slot_place(p, rank);

	switch (below(p, 4)) {
	case 0: EMIT(INSN(BPFC_LDX | BPFC_MEM | sizes[rank], reg, R10, place, 0)); break;
	case 1:
		EMIT(INSN(BPFC_LDX | (rank < 3 ? BPFC_MEMSX : BPFC_MEM) | sizes[rank], reg, R10,
			  place, 0));
		break;
	case 2: EMIT(INSN(BPFC_ST | BPFC_MEM | sizes[rank], R10, 0, place, edge_number(p))); break;
	default: EMIT(INSN(BPFC_STX | BPFC_MEM | sizes[rank], R10, reg, place, 0)); break;
	}
}

static void make_atomic(struct random_program *p)
{
	static const int32_t operations[] = {
		BPFC_ADD,
		BPFC_OR,
		BPFC_AND,
		BPFC_XOR,
		BPFC_ADD | BPFC_FETCH,
		BPFC_OR | BPFC_FETCH,
		BPFC_AND | BPFC_FETCH,
		BPFC_XOR | BPFC_FETCH,
		BPFC_XCHG,
		BPFC_CMPXCHG,
	};
	const unsigned rank = 2 + below(p, 2);
	const int place = slot_place(p, rank);

	const int32_t operation = operations[below(p, sizeof(operations) / sizeof(operations[0]))];

	/* Half of the comparisons find what they look for. */
	if (below(p, 2))
		EMIT(INSN(BPFC_LDX | BPFC_MEM | sizes[rank], R0, R10, place, 0));
	EMIT(INSN(BPFC_STX | BPFC_ATOMIC | sizes[rank], R10, below(p, REGISTERS), place,
		  operation));
	/*
	 * RFC 9669 section 5.3 has the old value zero-extended into r0. Linux 6.18 on x86-64 leaves
	 * r0's upper half as it was when a 32-bit comparison succeeds on a path that its verifier
	 * pruned (seed 10653 without the next line); on a straight path it does as the RFC says,
	 * which the vectors compare.
	 */
	if (operation == BPFC_CMPXCHG && rank == 2)
		EMIT(ALU32_X(MOV, R0, R0));
}

/* A jump forward; where to is filled in when the end of the body is known. */
static void make_jump(struct random_program *p)
{
	static const uint8_t operations[] = {
		BPFC_JEQ,  BPFC_JGT, BPFC_JGE, BPFC_JSET, BPFC_JNE,  BPFC_JSGT,
		BPFC_JSGE, BPFC_JLT, BPFC_JLE, BPFC_JSLT, BPFC_JSLE,
	};
	const uint8_t operation = operations[below(p, sizeof(operations))];
	const uint8_t class = below(p, 2) ? BPFC_JMP : BPFC_JMP32;

	if (below(p, 12) == 0) { /* with a jump past it, so that what follows can be reached */
		EMIT(JMP64_K(JSET, below(p, REGISTERS), 1 << below(p, 31), 1));
		EMIT(INSN(class | BPFC_JA, 0, 0, 0, 0));
	} else if (below(p, 2))
		EMIT(INSN(class | BPFC_X | operation, below(p, REGISTERS), below(p, REGISTERS), 0,
			  0));
	else
		EMIT(INSN(class | BPFC_K | operation, below(p, REGISTERS), 0, 0, edge_number(p)));
}

/* A call takes r1 to r5 away: they come back from the slots. Where to is filled in later. */
static void make_call(struct random_program *p)
{
	EMIT(CALL_LOCAL(0));
	for (int r = R1; r <= R5; r++)
		EMIT(LDX(DW, r, R10, SLOTS_BOTTOM + 8 * (r + 1)));
}

static void make_one(struct random_program *p)
{
	const unsigned kind = below(p, 20);

	if (kind < 9)
		make_arithmetic(p, REGISTERS);
	else if (kind < 11)
		make_unary(p, REGISTERS);
	else if (kind < 14)
		make_memory(p);
	else if (kind < 16)
		make_atomic(p);
	else if (kind < 18)
		make_jump(p);
	else if (kind < 19)
		make_call(p);
	else
		EMIT(INSN(BPFC_LD64, below(p, REGISTERS), 0, 0, edge_number(p))),
			EMIT(INSN(0, 0, 0, 0, edge_number(p)));
}

static bool is_second_half(const struct random_program *p, uint32_t at)
{
	return at > 0 && p->insns[at - 1].code == BPFC_LD64;
}

/* Not into ld_imm64, and not between a call and the loads that make r1 to r5 good again. */
static bool is_target(const struct random_program *p, uint32_t at)
{
	for (uint32_t back = 1; back <= 5 && back <= at; back++) {
		const struct plim_bpf_insn *insn = &p->insns[at - back];

		if (insn->code == (BPFC_JMP | BPFC_CALL) && insn->src == BPFC_CALL_LOCAL)
			return false;
	}
	return !is_second_half(p, at);
}

static bool is_always(const struct plim_bpf_insn *insn)
{
	return insn->code == (BPFC_JMP | BPFC_JA) || insn->code == (BPFC_JMP32 | BPFC_JA);
}

static void aim_jumps(struct random_program *p, uint32_t start, uint32_t end)
{
	for (uint32_t i = start; i < end; i++) {
		struct plim_bpf_insn *insn = &p->insns[i];
		const unsigned class = insn->code & BPFC_CLASS;
		uint32_t target;

		if (is_second_half(p, i) || (class != BPFC_JMP && class != BPFC_JMP32) ||
		    insn->code == (BPFC_JMP | BPFC_CALL) || (i + 1 < end && is_always(insn + 1)))
			continue;
		do
			target = i + 1 + below(p, end - i);
		while (!is_target(p, target));
		if (insn->code == (BPFC_JMP32 | BPFC_JA))
			insn->imm = (int32_t)(target - i - 1);
		else
			insn->off = (int16_t)(target - i - 1);
	}
}

/* A function that computes with its five arguments. */
static void make_function(struct random_program *p)
{
	EMIT(ALU64_X(MOV, R0, R1));
	for (uint32_t i = 4 + below(p, 8); i > 0; i--) {
		if (below(p, 4))
			make_arithmetic(p, 6);
		else
			make_unary(p, 6);
	}
	EMIT(EXIT);
}

static void aim_calls(struct random_program *p, uint32_t start, uint32_t end, uint32_t function)
{
	for (uint32_t i = start; i < end; i++) {
		if (p->insns[i].code == (BPFC_JMP | BPFC_CALL) && !is_second_half(p, i))
			p->insns[i].imm = (int32_t)(function - i - 1);
	}
}

void random_program_make(struct random_program *p)
{
	const uint32_t wanted = BODY_MIN + below(p, BODY_MAX - BODY_MIN);
	uint32_t start, end;

	p->count = 0;
	make_start(p);
	start = p->count;
	while (p->count < start + wanted)
		make_one(p);
	end = p->count;
	make_end(p);
	aim_jumps(p, start, end);
	for (uint32_t i = start; i < end; i++) {
		if (p->insns[i].code == (BPFC_JMP | BPFC_CALL) && !is_second_half(p, i)) {
			aim_calls(p, start, end, p->count);
			make_function(p);
			break;
		}
	}
}

void random_packet_make(struct random_program *p, uint64_t *packet)
{
	for (unsigned i = 0; i < RANDOM_PACKET_BYTES / sizeof(*packet); i++)
		packet[i] = edge_number(p);
}
