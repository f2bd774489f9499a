/* SPDX-License-Identifier: MIT */
/*
 * RISC-V instructions: RV32 and RV64 with the compressed ones, as far as stack, addresses and flow
 * are concerned. Source: The RISC-V Instruction Set Manual, volume I, chapters 2, 5, 16 and 24.
 * (The decoder library that the other CPUs have does not know RISC-V in its packaged version.)
 */
#include <string.h>

#include "stack/frame/insn.h"

enum {
	REG_RA = 1,
	REG_SP = 2,
	REG_T0 = 5, /* the alternate link register */
	OPCODE_LOAD = 0x03,
	OPCODE_LOAD_FP = 0x07,
	OPCODE_FENCE = 0x0f,
	OPCODE_OP_IMM = 0x13,
	OPCODE_AUIPC = 0x17,
	OPCODE_OP_IMM_32 = 0x1b,
	OPCODE_STORE = 0x23,
	OPCODE_STORE_FP = 0x27,
	OPCODE_AMO = 0x2f,
	OPCODE_OP = 0x33,
	OPCODE_LUI = 0x37,
	OPCODE_OP_32 = 0x3b,
	OPCODE_OP_FP = 0x53,
	OPCODE_BRANCH = 0x63,
	OPCODE_JALR = 0x67,
	OPCODE_JAL = 0x6f,
	OPCODE_SYSTEM = 0x73,
};

static uint32_t bits(uint32_t word, unsigned low, unsigned count)
{
	return word >> low & ((1u << count) - 1u);
}

static int64_t sign(uint32_t value, unsigned width)
{
	uint32_t top = 1u << (width - 1);

	return (int64_t)(int32_t)((value ^ top) - top);
}

static void put_write(struct plim_insn *insn, unsigned rd)
{
	if (rd)
		insn->writes |= 1u << rd;
}

static void put_mem(struct plim_insn *insn, bool is_store, unsigned base, int64_t disp,
		    unsigned bytes)
{
	insn->flags |= is_store ? PLIM_INSN_WRITES : PLIM_INSN_READS;
	insn->base = (uint8_t)base;
	insn->disp = disp;
	insn->mem_bytes = bytes;
}

static void put_load(struct plim_insn *insn, unsigned rd, unsigned base, int64_t disp,
		     unsigned bytes)
{
	put_mem(insn, false, base, disp, bytes);
	insn->op = PLIM_OP_LOAD;
	insn->dst = rd ? (uint8_t)rd : PLIM_NO_REGISTER;
}

static void put_store(struct plim_insn *insn, unsigned rs, unsigned base, int64_t disp,
		      unsigned bytes)
{
	put_mem(insn, true, base, disp, bytes);
	insn->op = PLIM_OP_STORE;
	insn->src = (uint8_t)rs;
}

static void put_const(struct plim_insn *insn, unsigned rd, int64_t value)
{
	insn->op = rd ? PLIM_OP_CONST : PLIM_OP_NOP;
	insn->dst = (uint8_t)rd;
	insn->imm = value;
}

static void put_set(struct plim_insn *insn, unsigned rd, unsigned rs, int64_t imm)
{
	if (!rd) {
		insn->op = PLIM_OP_NOP;
		return;
	}
	if (!rs) {
		put_const(insn, rd, imm);
		return;
	}
	insn->op = PLIM_OP_SET;
	insn->dst = (uint8_t)rd;
	insn->src = (uint8_t)rs;
	insn->imm = imm;
}

/* jalr: a call, a return or a jump by which registers it uses (table 3 of the manual). */
static void put_jalr(struct plim_insn *insn, unsigned rd, unsigned rs, int64_t imm)
{
	insn->src = (uint8_t)rs;
	insn->imm = imm;
	if (rd == REG_RA || rd == REG_T0)
		insn->op = PLIM_OP_CALL_IND;
	else if (rs == REG_RA || rs == REG_T0)
		insn->op = PLIM_OP_RETURN;
	else
		insn->op = PLIM_OP_JUMP_IND;
}

static void put_jump(struct plim_insn *insn, unsigned rd, int64_t offset)
{
	insn->op = rd ? PLIM_OP_CALL : PLIM_OP_JUMP;
	insn->imm = (int64_t)(insn->address + (uint64_t)offset);
}

static void put_branch(struct plim_insn *insn, unsigned kind, int64_t offset)
{
	static const uint8_t conditions[8] = {
		PLIM_IF_EQUAL, PLIM_IF_NOT_EQUAL, 0, 0, 0, 0, PLIM_IF_BELOW, PLIM_IF_ABOVE_EQUAL,
	};

	insn->op = PLIM_OP_BRANCH;
	insn->imm = (int64_t)(insn->address + (uint64_t)offset);
	insn->condition = conditions[kind];
}

static int64_t branch_offset(uint32_t word)
{
	return sign(bits(word, 31, 1) << 12 | bits(word, 7, 1) << 11 | bits(word, 25, 6) << 5 |
			    bits(word, 8, 4) << 1,
		    13);
}

static int64_t jal_offset(uint32_t word)
{
	return sign(bits(word, 31, 1) << 20 | bits(word, 12, 8) << 12 | bits(word, 20, 1) << 11 |
			    bits(word, 21, 10) << 1,
		    21);
}

static void decode_op_imm(uint32_t word, unsigned rd, unsigned rs, struct plim_insn *insn)
{
	int64_t imm = (int64_t)(int32_t)word >> 20;

	switch (bits(word, 12, 3)) {
	case 0: put_set(insn, rd, rs, imm); break;
	case 1:
		insn->op = PLIM_OP_SHIFT_LEFT;
		insn->dst = rd ? (uint8_t)rd : PLIM_NO_REGISTER;
		insn->src = (uint8_t)rs;
		insn->imm = bits(word, 20, 6);
		break;
	case 7:
		insn->op = PLIM_OP_AND;
		insn->dst = rd ? (uint8_t)rd : PLIM_NO_REGISTER;
		insn->src = (uint8_t)rs;
		insn->imm = imm;
		break;
	default: put_write(insn, rd); break;
	}
}

static void decode_op(uint32_t word, unsigned rd, unsigned rs, struct plim_insn *insn)
{
	bool is_add = bits(word, 12, 3) == 0 && bits(word, 25, 7) == 0;
	bool is_sub = bits(word, 12, 3) == 0 && bits(word, 25, 7) == 0x20;

	put_write(insn, rd);
	if (!rd || (!is_add && !is_sub))
		return;
	insn->op = is_add ? PLIM_OP_ADD_REG : PLIM_OP_SUB_REG;
	insn->dst = (uint8_t)rd;
	insn->src = (uint8_t)rs;
	insn->index = (uint8_t)bits(word, 20, 5);
}

static void decode_system(uint32_t word, unsigned rd, struct plim_insn *insn)
{
	switch (word) {
	case 0x00100073: insn->op = PLIM_OP_TRAP; break; /* ebreak */
	case 0x30200073:                                 /* mret */
	case 0x10200073:                                 /* sret */
		insn->op = PLIM_OP_RETURN;
		insn->flags |= PLIM_INSN_INTERRUPT;
		break;
	default: put_write(insn, rd); break;
	}
}

static bool decode_word(uint32_t word, struct plim_insn *insn)
{
	unsigned rd = bits(word, 7, 5);
	unsigned rs = bits(word, 15, 5);
	unsigned width = 1u << bits(word, 12, 2);
	int64_t upper = (int64_t)(int32_t)(word & 0xfffff000);
	int64_t store_disp = ((int64_t)(int32_t)word >> 25) * 32 + bits(word, 7, 5);

	switch (word & 0x7f) {
	case OPCODE_LOAD: put_load(insn, rd, rs, (int64_t)(int32_t)word >> 20, width); break;
	case OPCODE_LOAD_FP: put_mem(insn, false, rs, (int64_t)(int32_t)word >> 20, width); break;
	case OPCODE_STORE: put_store(insn, bits(word, 20, 5), rs, store_disp, width); break;
	case OPCODE_STORE_FP: put_mem(insn, true, rs, store_disp, width); break;
	case OPCODE_OP_IMM: decode_op_imm(word, rd, rs, insn); break;
	case OPCODE_OP: decode_op(word, rd, rs, insn); break;
	case OPCODE_LUI: put_const(insn, rd, upper); break;
	case OPCODE_AUIPC: put_const(insn, rd, (int64_t)(insn->address + (uint64_t)upper)); break;
	case OPCODE_OP_IMM_32: /* addiw is what li's second half is */
		if (bits(word, 12, 3) == 0)
			put_set(insn, rd, rs, (int64_t)(int32_t)word >> 20);
		else
			put_write(insn, rd);
		break;
	case OPCODE_BRANCH: put_branch(insn, bits(word, 12, 3), branch_offset(word)); break;
	case OPCODE_JALR: put_jalr(insn, rd, rs, (int64_t)(int32_t)word >> 20); break;
	case OPCODE_JAL: put_jump(insn, rd, jal_offset(word)); break;
	case OPCODE_SYSTEM: decode_system(word, rd, insn); break;
	case OPCODE_OP_32:
	case OPCODE_OP_FP:
	case OPCODE_AMO: put_write(insn, rd); break;
	case OPCODE_FENCE: break;
	default: break; /* extensions write no stack pointer; unknown ones are passed over */
	}
	return word != 0 && word != UINT32_MAX;
}

/* Quadrant 0: accesses through the registers x8 to x15. */
static bool decode_c0(uint32_t half, bool is_64, struct plim_insn *insn)
{
	unsigned rd = 8 + bits(half, 2, 3);
	unsigned rs = 8 + bits(half, 7, 3);
	int64_t disp4 = bits(half, 10, 3) << 3 | bits(half, 6, 1) << 2 | bits(half, 5, 1) << 6;
	int64_t disp8 = bits(half, 10, 3) << 3 | bits(half, 5, 2) << 6;

	switch (half >> 13) {
	case 0: /* c.addi4spn; all zeros is defined to be illegal */
		if (!half)
			return false;
		put_set(insn, rd, REG_SP,
			bits(half, 11, 2) << 4 | bits(half, 7, 4) << 6 | bits(half, 6, 1) << 2 |
				bits(half, 5, 1) << 3);
		return true;
	case 1: put_mem(insn, false, rs, disp8, 8); return true;
	case 2: put_load(insn, rd, rs, disp4, 4); return true;
	case 3:
		if (is_64)
			put_load(insn, rd, rs, disp8, 8);
		else
			put_mem(insn, false, rs, disp4, 4);
		return true;
	case 5: put_mem(insn, true, rs, disp8, 8); return true;
	case 6: put_store(insn, rd, rs, disp4, 4); return true;
	case 7:
		if (is_64)
			put_store(insn, rd, rs, disp8, 8);
		else
			put_mem(insn, true, rs, disp4, 4);
		return true;
	default: return false;
	}
}

static int64_t cj_offset(uint32_t half)
{
	return sign(bits(half, 12, 1) << 11 | bits(half, 11, 1) << 4 | bits(half, 9, 2) << 8 |
			    bits(half, 8, 1) << 10 | bits(half, 7, 1) << 6 | bits(half, 6, 1) << 7 |
			    bits(half, 3, 3) << 1 | bits(half, 2, 1) << 5,
		    12);
}

static int64_t cb_offset(uint32_t half)
{
	return sign(bits(half, 12, 1) << 8 | bits(half, 10, 2) << 3 | bits(half, 5, 2) << 6 |
			    bits(half, 3, 2) << 1 | bits(half, 2, 1) << 5,
		    9);
}

static void decode_c1_arithmetic(uint32_t half, struct plim_insn *insn)
{
	unsigned rd = 8 + bits(half, 7, 3);
	int64_t imm = sign(bits(half, 12, 1) << 5 | bits(half, 2, 5), 6);

	put_write(insn, rd);
	if (bits(half, 10, 2) == 2) {
		insn->op = PLIM_OP_AND;
		insn->dst = insn->src = (uint8_t)rd;
		insn->imm = imm;
	} else if (bits(half, 10, 2) == 3 && !bits(half, 12, 1) && bits(half, 5, 2) == 0) {
		insn->op = PLIM_OP_SUB_REG;
		insn->dst = insn->src = (uint8_t)rd;
		insn->index = (uint8_t)(8 + bits(half, 2, 3));
	}
}

static bool decode_c1(uint32_t half, bool is_64, struct plim_insn *insn)
{
	unsigned rd = bits(half, 7, 5);
	int64_t imm = sign(bits(half, 12, 1) << 5 | bits(half, 2, 5), 6);

	switch (half >> 13) {
	case 0: put_set(insn, rd, rd, imm); return true;
	case 1:
		if (is_64)
			put_set(insn, rd, rd, imm); /* c.addiw */
		else
			put_jump(insn, REG_RA, cj_offset(half));
		return true;
	case 2: put_const(insn, rd, imm); return true;
	case 3:
		if (rd == REG_SP)
			put_set(insn, rd, rd,
				sign(bits(half, 12, 1) << 9 | bits(half, 6, 1) << 4 |
					     bits(half, 5, 1) << 6 | bits(half, 3, 2) << 7 |
					     bits(half, 2, 1) << 5,
				     10));
		else
			put_const(insn, rd, imm * 4096);
		return true;
	case 4: decode_c1_arithmetic(half, insn); return true;
	case 5: put_jump(insn, 0, cj_offset(half)); return true;
	default: put_branch(insn, half >> 13 & 1, cb_offset(half)); return true;
	}
}

static bool decode_c2_jump(uint32_t half, struct plim_insn *insn)
{
	unsigned rd = bits(half, 7, 5);
	unsigned rs = bits(half, 2, 5);
	bool is_high = bits(half, 12, 1);

	if (!rs && !rd) {
		insn->op = PLIM_OP_TRAP; /* c.ebreak */
		return is_high;
	}
	if (!rs) {
		put_jalr(insn, is_high ? REG_RA : 0, rd, 0);
	} else if (!is_high) {
		put_set(insn, rd, rs, 0);
	} else {
		insn->op = PLIM_OP_ADD_REG;
		insn->dst = insn->src = (uint8_t)rd;
		insn->index = (uint8_t)rs;
	}
	return true;
}

static bool decode_c2(uint32_t half, bool is_64, struct plim_insn *insn)
{
	unsigned rd = bits(half, 7, 5);
	unsigned rs = bits(half, 2, 5);
	int64_t load4 = bits(half, 12, 1) << 5 | bits(half, 4, 3) << 2 | bits(half, 2, 2) << 6;
	int64_t load8 = bits(half, 12, 1) << 5 | bits(half, 5, 2) << 3 | bits(half, 2, 3) << 6;
	int64_t store4 = bits(half, 9, 4) << 2 | bits(half, 7, 2) << 6;
	int64_t store8 = bits(half, 10, 3) << 3 | bits(half, 7, 3) << 6;

	switch (half >> 13) {
	case 0: put_write(insn, rd); return true; /* c.slli */
	case 1: put_mem(insn, false, REG_SP, load8, 8); return true;
	case 2: put_load(insn, rd, REG_SP, load4, 4); return true;
	case 3:
		if (is_64)
			put_load(insn, rd, REG_SP, load8, 8);
		else
			put_mem(insn, false, REG_SP, load4, 4);
		return true;
	case 4: return decode_c2_jump(half, insn);
	case 5: put_mem(insn, true, REG_SP, store8, 8); return true;
	case 6: put_store(insn, rs, REG_SP, store4, 4); return true;
	default:
		if (is_64)
			put_store(insn, rs, REG_SP, store8, 8);
		else
			put_mem(insn, true, REG_SP, store4, 4);
		return true;
	}
}

bool plim_riscv_decode(bool is_64, const uint8_t *bytes, size_t left, uint64_t address,
		       struct plim_insn *insn)
{
	uint32_t word = 0;

	*insn = (struct plim_insn){
		.address = address,
		.dst = PLIM_NO_REGISTER,
		.src = PLIM_NO_REGISTER,
		.index = PLIM_NO_REGISTER,
		.base = PLIM_NO_REGISTER,
	};
	if (left < 2)
		return false;
	memcpy(&word, bytes, 2);
	insn->length = (word & 3) == 3 ? 4 : 2;
	if (left < insn->length)
		return false;
	memcpy(&word, bytes, insn->length);
	switch (word & 3) {
	case 0: return decode_c0(word, is_64, insn);
	case 1: return decode_c1(word, is_64, insn);
	case 2: return decode_c2(word, is_64, insn);
	default: return decode_word(word, insn);
	}
}
