/* SPDX-License-Identifier: MIT */
/* ARM: Thumb-2 and A32. Semantics: ARMv7-M Architecture Reference Manual, chapter A7. */
#include "stack/frame/insn_capstone.h"

#define REG_SP 13
#define REG_LR 14
#define REG_PC 15

uint8_t plim_arm_register(unsigned reg)
{
	switch (reg) {
	case ARM_REG_SP: return REG_SP;
	case ARM_REG_LR: return REG_LR;
	case ARM_REG_PC: return REG_PC;
	default: break;
	}
	if (reg >= ARM_REG_R0 && reg <= ARM_REG_R12)
		return (uint8_t)(reg - ARM_REG_R0);
	return PLIM_NO_REGISTER;
}

struct operands {
	const cs_arm *in;
	const cs_arm_op *op;
	unsigned count;
};

static bool is_reg(const struct operands *o, unsigned i)
{
	return i < o->count && o->op[i].type == ARM_OP_REG &&
	       plim_arm_register((unsigned)o->op[i].reg) != PLIM_NO_REGISTER;
}

static bool is_imm(const struct operands *o, unsigned i)
{
	return i < o->count && o->op[i].type == ARM_OP_IMM;
}

static uint8_t reg(const struct operands *o, unsigned i)
{
	return is_reg(o, i) ? plim_arm_register((unsigned)o->op[i].reg) : PLIM_NO_REGISTER;
}

/* Bytes of a list of registers; vector registers are eight (d) or four (s) each. */
static int64_t list_bytes(const struct operands *o, unsigned first, bool *has_pc)
{
	int64_t bytes = 0;

	for (unsigned i = first; i < o->count; i++) {
		unsigned r = (unsigned)o->op[i].reg;

		if (o->op[i].type != ARM_OP_REG)
			continue;
		bytes += r >= ARM_REG_D0 && r <= ARM_REG_D31 ? 8 : 4;
		*has_pc = *has_pc || r == ARM_REG_PC;
	}
	return bytes;
}

static void push(const struct operands *o, unsigned first, struct plim_insn *insn)
{
	bool has_pc = false;

	insn->op = PLIM_OP_PUSH;
	insn->imm = list_bytes(o, first, &has_pc);
	insn->writes = 0;
}

static void pop(const struct operands *o, unsigned first, struct plim_insn *insn)
{
	bool has_pc = false;

	insn->imm = list_bytes(o, first, &has_pc);
	insn->op = PLIM_OP_POP;
	insn->writes &= ~(1u << REG_SP);
	if (!has_pc)
		return;
	insn->op = PLIM_OP_RETURN;
	insn->pops = (uint32_t)insn->imm;
}

/* [base, #disp], [base, #disp]! and [base], #imm. */
static void reduce_memory(const struct operands *o, bool is_store, uint32_t bytes,
			  struct plim_insn *insn)
{
	for (unsigned i = 0; i < o->count; i++) {
		const cs_arm_op *op = &o->op[i];
		int64_t step = op->mem.disp;

		if (op->type != ARM_OP_MEM)
			continue;
		insn->flags |= is_store ? PLIM_INSN_WRITES : PLIM_INSN_READS;
		insn->base = plim_arm_register((unsigned)op->mem.base);
		insn->mem_bytes = bytes;
		if (op->mem.index != ARM_REG_INVALID) {
			insn->index = plim_arm_register((unsigned)op->mem.index);
			insn->scale = (uint8_t)(1u << (op->mem.lshift & 7));
		}
		if (!o->in->writeback) {
			insn->disp = op->mem.disp;
			if (insn->base == REG_PC) { /* a literal: counted from the aligned PC */
				insn->base = PLIM_NO_REGISTER;
				insn->disp += (int64_t)((insn->address + 4) & ~(uint64_t)3);
			}
			return;
		}
		if (is_imm(o, i + 1))
			step = o->op[i + 1].subtracted ? -o->op[i + 1].imm : o->op[i + 1].imm;
		else
			insn->flags |= PLIM_INSN_MEM_AFTER;
		if (insn->base == PLIM_NO_REGISTER)
			return;
		insn->op = PLIM_OP_SET;
		insn->dst = insn->src = insn->base;
		insn->imm = step;
		return;
	}
}

static void reduce_load(const struct operands *o, struct plim_insn *insn)
{
	bool is_pc = reg(o, 0) == REG_PC;

	reduce_memory(o, false, 4, insn);
	if (is_pc && insn->op == PLIM_OP_SET && insn->base == REG_SP) {
		insn->op = PLIM_OP_RETURN; /* ldr pc, [sp], #4 */
		insn->pops = (uint32_t)insn->imm;
		insn->dst = insn->src = PLIM_NO_REGISTER;
	} else if (is_pc) {
		insn->op = PLIM_OP_JUMP_IND;
	} else if (insn->op != PLIM_OP_SET) {
		insn->op = PLIM_OP_LOAD;
		insn->dst = reg(o, 0);
	}
}

static void reduce_store(const struct operands *o, struct plim_insn *insn)
{
	reduce_memory(o, true, 4, insn);
	if (insn->op != PLIM_OP_SET && is_reg(o, 0)) {
		insn->op = PLIM_OP_STORE;
		insn->src = reg(o, 0);
	}
}

/* add and sub have two or three operands: the first is also a source if there are two. */
static void reduce_add_sub(const struct operands *o, bool is_sub, struct plim_insn *insn)
{
	unsigned last = o->count - 1;

	if (o->count < 2 || !is_reg(o, 0) || !is_reg(o, o->count == 2 ? 0 : 1))
		return;
	if (is_imm(o, last)) {
		insn->op = PLIM_OP_SET;
		insn->imm = is_sub ? -(int64_t)o->op[last].imm : o->op[last].imm;
		if (is_sub)
			insn->flags |= PLIM_INSN_COMPARES;
	} else if (is_reg(o, last)) {
		insn->op = is_sub ? PLIM_OP_SUB_REG : PLIM_OP_ADD_REG;
		insn->index = o->op[last].shift.value ? PLIM_NO_REGISTER : reg(o, last);
	} else {
		return;
	}
	insn->dst = reg(o, 0);
	insn->src = reg(o, o->count == 2 ? 0 : 1);
}

static void reduce_move(const cs_insn *in, const struct operands *o, struct plim_insn *insn)
{
	if (!is_reg(o, 0))
		return;
	insn->dst = reg(o, 0);
	if (is_imm(o, 1)) {
		insn->op = in->id == ARM_INS_MOVT ? PLIM_OP_CONST_HIGH : PLIM_OP_CONST;
		insn->imm = (uint32_t)o->op[1].imm;
		if (in->id == ARM_INS_MOVT)
			insn->imm <<= 16;
	} else if (is_reg(o, 1) && !o->op[1].shift.value && o->count == 2) {
		insn->op = reg(o, 0) == REG_PC ? PLIM_OP_JUMP_IND : PLIM_OP_SET;
		insn->src = reg(o, 1);
	}
}

static void reduce_compare(const struct operands *o, struct plim_insn *insn)
{
	insn->src = reg(o, 0);
	if (is_imm(o, 1)) {
		insn->op = PLIM_OP_COMPARE_IMM;
		insn->imm = o->op[1].imm;
	} else if (is_reg(o, 0) && is_reg(o, 1)) {
		insn->op = PLIM_OP_COMPARE;
		insn->index = reg(o, 1);
	}
}

static uint8_t condition(arm_cc cc)
{
	switch (cc) {
	case ARM_CC_EQ: return PLIM_IF_EQUAL;
	case ARM_CC_NE: return PLIM_IF_NOT_EQUAL;
	case ARM_CC_HI: return PLIM_IF_ABOVE;
	case ARM_CC_HS: return PLIM_IF_ABOVE_EQUAL;
	case ARM_CC_LO: return PLIM_IF_BELOW;
	case ARM_CC_LS: return PLIM_IF_BELOW_EQUAL;
	default: return PLIM_IF_OTHER;
	}
}

static bool is_conditional(const struct operands *o)
{
	return o->in->cc != ARM_CC_INVALID && o->in->cc != ARM_CC_AL;
}

static void reduce_branch(const struct operands *o, struct plim_insn *insn)
{
	if (!o->count || !is_imm(o, o->count - 1))
		return;
	insn->imm = (uint32_t)o->op[o->count - 1].imm;
	insn->op = o->count > 1 || is_conditional(o) ? PLIM_OP_BRANCH : PLIM_OP_JUMP;
	insn->condition = condition(o->in->cc);
}

/* bx, blx: lr is where a function came from; an immediate changes the state as well. */
static void reduce_exchange(const cs_insn *in, const struct operands *o, struct plim_insn *insn)
{
	bool is_call = in->id == ARM_INS_BLX || in->id == ARM_INS_BL;

	if (is_imm(o, 0)) {
		insn->op = is_call ? PLIM_OP_CALL : PLIM_OP_JUMP;
		insn->imm = (uint32_t)o->op[0].imm & ~1u;
		return;
	}
	insn->src = reg(o, 0);
	insn->op = PLIM_OP_JUMP_IND;
	if (is_call)
		insn->op = PLIM_OP_CALL_IND;
	else if (insn->src == REG_LR)
		insn->op = PLIM_OP_RETURN;
}

static bool reduce_flow(const cs_insn *in, const struct operands *o, struct plim_insn *insn)
{
	switch (in->id) {
	case ARM_INS_B:
	case ARM_INS_CBZ:
	case ARM_INS_CBNZ: reduce_branch(o, insn); return true;
	case ARM_INS_BL:
	case ARM_INS_BLX:
	case ARM_INS_BX: reduce_exchange(in, o, insn); return true;
	case ARM_INS_TBB:
	case ARM_INS_TBH:
		insn->op = PLIM_OP_TABLE_JUMP;
		insn->mem_bytes = in->id == ARM_INS_TBB ? 1 : 2;
		return true;
	case ARM_INS_UDF:
	case ARM_INS_BKPT: insn->op = PLIM_OP_TRAP; return true;
	default: return false;
	}
}

static void reduce_multiple(const cs_insn *in, const struct operands *o, struct plim_insn *insn)
{
	bool is_stack = reg(o, 0) == REG_SP && o->in->writeback;
	bool has_pc = false;

	if (is_stack && in->id == ARM_INS_STMDB) {
		push(o, 1, insn);
	} else if (is_stack && in->id == ARM_INS_LDM) {
		pop(o, 1, insn);
	} else if (in->id == ARM_INS_LDM) {
		list_bytes(o, 1, &has_pc);
		if (has_pc)
			insn->op = PLIM_OP_RETURN;
	}
}

static void reduce_value(const cs_insn *in, const struct operands *o, struct plim_insn *insn)
{
	switch (in->id) {
	case ARM_INS_PUSH:
	case ARM_INS_VPUSH: push(o, 0, insn); break;
	case ARM_INS_POP:
	case ARM_INS_VPOP: pop(o, 0, insn); break;
	case ARM_INS_LDM:
	case ARM_INS_STMDB: reduce_multiple(in, o, insn); break;
	case ARM_INS_ADD:
	case ARM_INS_ADDW: reduce_add_sub(o, false, insn); break;
	case ARM_INS_SUB:
	case ARM_INS_SUBW: reduce_add_sub(o, true, insn); break;
	case ARM_INS_MOV:
	case ARM_INS_MOVW:
	case ARM_INS_MOVT: reduce_move(in, o, insn); break;
	case ARM_INS_LDR: reduce_load(o, insn); break;
	case ARM_INS_STR: reduce_store(o, insn); break;
	case ARM_INS_STRD: reduce_memory(o, true, 8, insn); break;
	case ARM_INS_LDRD: reduce_memory(o, false, 8, insn); break;
	case ARM_INS_VSTR:
	case ARM_INS_STRB:
	case ARM_INS_STRH: reduce_memory(o, true, 4, insn); break;
	case ARM_INS_VLDR:
	case ARM_INS_LDRB:
	case ARM_INS_LDRH: reduce_memory(o, false, 4, insn); break;
	case ARM_INS_CMP: reduce_compare(o, insn); break;
	case ARM_INS_NOP: insn->op = PLIM_OP_NOP; break;
	default: break;
	}
}

void plim_arm_reduce(const cs_insn *in, struct plim_insn *insn)
{
	const cs_arm *detail = &in->detail->arm;
	struct operands o = {.in = detail, .op = detail->operands, .count = detail->op_count};

	if (reduce_flow(in, &o, insn))
		insn->writes = 0;
	else
		reduce_value(in, &o, insn);
	if (is_conditional(&o) && insn->op != PLIM_OP_BRANCH)
		insn->flags |= PLIM_INSN_CONDITIONAL;
}
