/* SPDX-License-Identifier: MIT */
#include "core/vm_ops.h"

#include <string.h>

#include "core/memory.h"

static const char *const op_names[PLIM_OP_COUNT] = {
	[PLIM_OP_NONE] = "NONE",
#define FOUR(name, code, off)                                                         \
	[PLIM_OP_##name##64_K] = #name "64_K", [PLIM_OP_##name##64_X] = #name "64_X", \
	[PLIM_OP_##name##32_K] = #name "32_K", [PLIM_OP_##name##32_X] = #name "32_X",
#define FOUR_JUMPS(name, code) FOUR(name, code, 0)
#define ONE(name)              [PLIM_OP_##name] = #name,
	PLIM_BPF_ARITHMETIC(FOUR) PLIM_BPF_JUMPS(FOUR_JUMPS) PLIM_BPF_SINGLES(ONE)
#undef FOUR
#undef FOUR_JUMPS
#undef ONE
};

const char *plim_bpf_op_name(unsigned code)
{
	return code < PLIM_OP_COUNT ? op_names[code] : "NONE";
}

/* The four forms follow each other: 64_K, 64_X, 32_K, 32_X. */
static enum plim_bpf_op_code form_of(enum plim_bpf_op_code first, const struct plim_bpf_insn *insn)
{
	const unsigned class = insn->code & BPFC_CLASS;
	const bool narrow = class == BPFC_ALU || class == BPFC_JMP32;

	return first + (insn->code & BPFC_X ? 1u : 0u) + (narrow ? 2u : 0u);
}

/* Section 4.2. ALU with K converts to little endian, with X to big; ALU64 swaps always. */
static enum plim_bpf_op_code swap_of(const struct plim_bpf_insn *insn)
{
	static const enum plim_bpf_op_code ops[3][3] = {
		{PLIM_OP_LE16, PLIM_OP_LE32, PLIM_OP_LE64},
		{PLIM_OP_BE16, PLIM_OP_BE32, PLIM_OP_BE64},
		{PLIM_OP_BSWAP16, PLIM_OP_BSWAP32, PLIM_OP_BSWAP64},
	};
	const bool always = (insn->code & BPFC_CLASS) == BPFC_ALU64;
	const bool register_bit = insn->code & BPFC_X;
	const unsigned row = always ? 2 : register_bit ? 1 : 0;

	if (always && register_bit)
		return PLIM_OP_NONE;
	switch (insn->imm) {
	case 16: return ops[row][0];
	case 32: return ops[row][1];
	case 64: return ops[row][2];
	default: return PLIM_OP_NONE;
	}
}

/* MOV with a register and an offset of 8, 16 or (64 bits only) 32 extends the sign. */
static enum plim_bpf_op_code movsx_of(const struct plim_bpf_insn *insn)
{
	const bool wide = (insn->code & BPFC_CLASS) == BPFC_ALU64;

	if (!(insn->code & BPFC_X))
		return PLIM_OP_NONE;
	switch (insn->off) {
	case 8: return wide ? PLIM_OP_MOVSX64_8 : PLIM_OP_MOVSX32_8;
	case 16: return wide ? PLIM_OP_MOVSX64_16 : PLIM_OP_MOVSX32_16;
	case 32: return wide ? PLIM_OP_MOVSX64_32 : PLIM_OP_NONE;
	default: return PLIM_OP_NONE;
	}
}

static enum plim_bpf_op_code arithmetic_of(const struct plim_bpf_insn *insn)
{
	const unsigned operation = insn->code & BPFC_OPERATION;
	const bool wide = (insn->code & BPFC_CLASS) == BPFC_ALU64;

	if (operation == BPFC_END)
		return swap_of(insn);
	if (operation == BPFC_MOV && insn->off)
		return movsx_of(insn);
	if (operation == BPFC_NEG)
		return insn->code & BPFC_X ? PLIM_OP_NONE : wide ? PLIM_OP_NEG64 : PLIM_OP_NEG32;
#define FOUR(name, number, offset)                          \
	if (operation == (number) && insn->off == (offset)) \
		return form_of(PLIM_OP_##name##64_K, insn);
	PLIM_BPF_ARITHMETIC(FOUR)
#undef FOUR
	return PLIM_OP_NONE;
}

static enum plim_bpf_op_code jump_of(const struct plim_bpf_insn *insn)
{
	const unsigned operation = insn->code & BPFC_OPERATION;
	const bool narrow = (insn->code & BPFC_CLASS) == BPFC_JMP32;
	const bool from_register = insn->code & BPFC_X;

	if (operation == BPFC_JA)
		return from_register ? PLIM_OP_NONE : PLIM_OP_JA;
	if (operation == BPFC_EXIT)
		return narrow || from_register ? PLIM_OP_NONE : PLIM_OP_EXIT;
	if (operation == BPFC_CALL) {
		if (narrow || from_register)
			return PLIM_OP_NONE;
		return insn->src == BPFC_CALL_HELPER  ? PLIM_OP_CALL_HELPER
		       : insn->src == BPFC_CALL_LOCAL ? PLIM_OP_CALL_LOCAL
						      : PLIM_OP_NONE;
	}
#define FOUR_JUMPS(name, number)   \
	if (operation == (number)) \
		return form_of(PLIM_OP_##name##64_K, insn);
	PLIM_BPF_JUMPS(FOUR_JUMPS)
#undef FOUR_JUMPS
	return PLIM_OP_NONE;
}

static enum plim_bpf_op_code atomic_of(const struct plim_bpf_insn *insn)
{
	const unsigned size = insn->code & BPFC_SIZE;
	enum plim_bpf_op_code op;

	switch (insn->imm) {
	case BPFC_ADD: op = PLIM_OP_ATOMIC_ADD32; break;
	case BPFC_OR: op = PLIM_OP_ATOMIC_OR32; break;
	case BPFC_AND: op = PLIM_OP_ATOMIC_AND32; break;
	case BPFC_XOR: op = PLIM_OP_ATOMIC_XOR32; break;
	case BPFC_ADD | BPFC_FETCH: op = PLIM_OP_FETCH_ADD32; break;
	case BPFC_OR | BPFC_FETCH: op = PLIM_OP_FETCH_OR32; break;
	case BPFC_AND | BPFC_FETCH: op = PLIM_OP_FETCH_AND32; break;
	case BPFC_XOR | BPFC_FETCH: op = PLIM_OP_FETCH_XOR32; break;
	case BPFC_XCHG: op = PLIM_OP_XCHG32; break;
	case BPFC_CMPXCHG: op = PLIM_OP_CMPXCHG32; break;
	default: return PLIM_OP_NONE;
	}
	if (size != BPFC_W && size != BPFC_DW)
		return PLIM_OP_NONE;
	return op + (size == BPFC_DW ? 1u : 0u);
}

/* The four sizes in the order of the operations: 1, 2, 4 and 8 bytes. */
static unsigned size_rank(const struct plim_bpf_insn *insn)
{
	switch (insn->code & BPFC_SIZE) {
	case BPFC_B: return 0;
	case BPFC_H: return 1;
	case BPFC_W: return 2;
	default: return 3;
	}
}

static enum plim_bpf_op_code memory_of(const struct plim_bpf_insn *insn)
{
	const unsigned mode = insn->code & BPFC_MODE, rank = size_rank(insn);

	switch (insn->code & BPFC_CLASS) {
	case BPFC_LDX:
		if (mode == BPFC_MEM)
			return PLIM_OP_LDX8 + rank;
		return mode == BPFC_MEMSX && rank < 3 ? PLIM_OP_LDSX8 + rank : PLIM_OP_NONE;
	case BPFC_ST: return mode == BPFC_MEM ? PLIM_OP_ST8 + rank : PLIM_OP_NONE;
	case BPFC_STX:
		if (mode == BPFC_MEM)
			return PLIM_OP_STX8 + rank;
		return mode == BPFC_ATOMIC ? atomic_of(insn) : PLIM_OP_NONE;
	default: return insn->code == BPFC_LD64 ? PLIM_OP_LD64 : PLIM_OP_NONE;
	}
}

enum plim_bpf_op_code plim_bpf_op_of(const struct plim_bpf_insn *insn)
{
	switch (insn->code & BPFC_CLASS) {
	case BPFC_ALU:
	case BPFC_ALU64: return arithmetic_of(insn);
	case BPFC_JMP:
	case BPFC_JMP32: return jump_of(insn);
	default: return memory_of(insn);
	}
}

static int64_t wide_immediate(const struct plim_bpf_insn *insn)
{
	const uint32_t low = (uint32_t)insn[0].imm, high = (uint32_t)insn[1].imm;

	switch (insn->src) {
	case BPFC_LD64_MAP: return (int64_t)(PLIM_BPF_MAP_HANDLE | low);
	case BPFC_LD64_MAP_VALUE:
		return (int64_t)(((uint64_t)(PLIM_BPF_REGION_MAP + low) << PLIM_BPF_REGION_BITS) |
				 high);
	default: return (int64_t)((uint64_t)high << 32 | low);
	}
}

static void decode_one(const struct plim_bpf_insn *insn, const struct plim_bpf_type *type,
		       struct plim_bpf_op *op)
{
	op->code = (uint8_t)plim_bpf_op_of(insn);
	op->dst = insn->dst;
	op->src = insn->src;
	op->off = insn->off;
	op->imm = insn->imm;
	if (op->code == PLIM_OP_LD64)
		op->imm = wide_immediate(insn);
	else if (op->code == PLIM_OP_JA && (insn->code & BPFC_CLASS) == BPFC_JMP32)
		op->off = insn->imm;
	else if (op->code == PLIM_OP_CALL_LOCAL)
		op->off = insn->imm;
	else if (op->code == PLIM_OP_CALL_HELPER)
		op->helper = plim_bpf_helper_find(type, insn->imm)->call;
}

void plim_bpf_decode(const struct plim_bpf_insn *insns, uint32_t count,
		     const struct plim_bpf_type *type, struct plim_bpf_op *ops)
{
	memset(ops, 0, (count + 1) * sizeof(*ops));
	for (uint32_t i = 0; i < count; i++) {
		decode_one(&insns[i], type, &ops[i]);
		if (ops[i].code == PLIM_OP_LD64)
			i++; /* its second half stays PLIM_OP_NONE */
	}
}
