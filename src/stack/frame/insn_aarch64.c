/* SPDX-License-Identifier: MIT */
/* aarch64. Semantics: Arm Architecture Reference Manual for A-profile, chapter C6. */
#include "stack/frame/insn_capstone.h"

uint8_t plim_aarch64_register(unsigned reg)
{
	if (reg >= ARM64_REG_X0 && reg <= ARM64_REG_X28)
		return (uint8_t)(reg - ARM64_REG_X0);
	if (reg >= ARM64_REG_W0 && reg <= ARM64_REG_W30)
		return (uint8_t)(reg - ARM64_REG_W0);
	switch (reg) {
	case ARM64_REG_X29: return 29;
	case ARM64_REG_X30: return 30;
	case ARM64_REG_SP:
	case ARM64_REG_WSP: return 31;
	default: return PLIM_NO_REGISTER;
	}
}

static bool is_wide(unsigned reg)
{
	return (reg >= ARM64_REG_X0 && reg <= ARM64_REG_X28) || reg == ARM64_REG_X29 ||
	       reg == ARM64_REG_X30 || reg == ARM64_REG_SP;
}

struct operands {
	const cs_arm64 *in;
	const cs_arm64_op *op;
	unsigned count;
};

static bool is_reg(const struct operands *o, unsigned i)
{
	return i < o->count && o->op[i].type == ARM64_OP_REG &&
	       plim_aarch64_register(o->op[i].reg) != PLIM_NO_REGISTER;
}

static bool is_imm(const struct operands *o, unsigned i)
{
	return i < o->count && o->op[i].type == ARM64_OP_IMM;
}

static uint8_t reg(const struct operands *o, unsigned i)
{
	return is_reg(o, i) ? plim_aarch64_register(o->op[i].reg) : PLIM_NO_REGISTER;
}

static int64_t shifted_imm(const struct operands *o, unsigned i)
{
	unsigned shift = o->op[i].shift.type == ARM64_SFT_LSL ? o->op[i].shift.value : 0;

	return (int64_t)((uint64_t)o->op[i].imm << (shift & 63));
}

/* Bytes of all registers that a load or store moves. */
static uint32_t moved_bytes(const struct operands *o)
{
	uint32_t bytes = 0;

	for (unsigned i = 0; i < o->count && o->op[i].type == ARM64_OP_REG; i++) {
		unsigned r = o->op[i].reg;

		if (is_wide(r) || (r >= ARM64_REG_D0 && r <= ARM64_REG_D31) || r == ARM64_REG_XZR)
			bytes += 8;
		else if (r >= ARM64_REG_Q0 && r <= ARM64_REG_Q31)
			bytes += 16;
		else
			bytes += 4;
	}
	return bytes;
}

/* [base, #disp], [base, #disp]!, [base], #imm and [base, index]. */
static void reduce_memory(const struct operands *o, bool is_store, struct plim_insn *insn)
{
	for (unsigned i = 0; i < o->count; i++) {
		const cs_arm64_op *op = &o->op[i];
		int64_t step = op->mem.disp;

		if (op->type != ARM64_OP_MEM)
			continue;
		insn->flags |= is_store ? PLIM_INSN_WRITES : PLIM_INSN_READS;
		insn->base = plim_aarch64_register(op->mem.base);
		insn->mem_bytes = moved_bytes(o);
		if (op->mem.index != ARM64_REG_INVALID) {
			insn->index = plim_aarch64_register(op->mem.index);
			insn->scale = (uint8_t)(1u << (op->shift.value & 7));
		}
		if (!o->in->writeback) {
			insn->disp = op->mem.disp;
			return;
		}
		if (is_imm(o, i + 1))
			step = o->op[i + 1].imm; /* post-indexed: the access is at the old base */
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

static void reduce_load_store(const cs_insn *in, const struct operands *o, bool is_store,
			      struct plim_insn *insn)
{
	reduce_memory(o, is_store, insn);
	if (insn->op == PLIM_OP_SET)
		return;
	if (is_store && in->id != ARM64_INS_STP && is_reg(o, 0) && is_wide(o->op[0].reg)) {
		insn->op = PLIM_OP_STORE;
		insn->src = reg(o, 0);
	} else if (!is_store && in->id != ARM64_INS_LDP && is_reg(o, 0)) {
		insn->op = PLIM_OP_LOAD;
		insn->dst = reg(o, 0);
		if (o->count == 2 && is_imm(o, 1)) { /* a literal in the code */
			insn->flags |= PLIM_INSN_READS;
			insn->disp = o->op[1].imm;
			insn->mem_bytes = 8;
		}
	}
}

static void reduce_add_sub(const struct operands *o, bool is_sub, struct plim_insn *insn)
{
	if (!is_reg(o, 0) || !is_reg(o, 1) || !is_wide(o->op[0].reg))
		return;
	insn->dst = reg(o, 0);
	insn->src = reg(o, 1);
	if (is_imm(o, 2)) {
		insn->op = PLIM_OP_SET;
		insn->imm = is_sub ? -shifted_imm(o, 2) : shifted_imm(o, 2);
	} else if (is_reg(o, 2)) {
		bool is_plain = o->op[2].shift.value == 0 && (o->op[2].ext == ARM64_EXT_INVALID ||
							      o->op[2].ext == ARM64_EXT_UXTX);

		insn->op = is_sub ? PLIM_OP_SUB_REG : PLIM_OP_ADD_REG;
		insn->index = is_plain ? reg(o, 2) : PLIM_NO_REGISTER;
	}
}

static void reduce_move(const struct operands *o, struct plim_insn *insn)
{
	if (!is_reg(o, 0))
		return;
	if (is_imm(o, 1)) {
		insn->op = PLIM_OP_CONST;
		insn->dst = reg(o, 0);
		insn->imm = shifted_imm(o, 1);
	} else if (is_reg(o, 1) && is_wide(o->op[0].reg)) {
		insn->op = PLIM_OP_SET;
		insn->dst = reg(o, 0);
		insn->src = reg(o, 1);
	}
}

static uint8_t condition(const cs_arm64 *in)
{
	switch (in->cc) {
	case ARM64_CC_EQ: return PLIM_IF_EQUAL;
	case ARM64_CC_NE: return PLIM_IF_NOT_EQUAL;
	case ARM64_CC_HI: return PLIM_IF_ABOVE;
	case ARM64_CC_HS: return PLIM_IF_ABOVE_EQUAL;
	case ARM64_CC_LO: return PLIM_IF_BELOW;
	case ARM64_CC_LS: return PLIM_IF_BELOW_EQUAL;
	default: return PLIM_IF_OTHER;
	}
}

static void reduce_branch(const struct operands *o, struct plim_insn *insn)
{
	bool is_conditional = o->in->cc != ARM64_CC_INVALID && o->in->cc != ARM64_CC_AL;

	if (!o->count || !is_imm(o, o->count - 1))
		return;
	insn->imm = o->op[o->count - 1].imm;
	insn->op = o->count > 1 || is_conditional ? PLIM_OP_BRANCH : PLIM_OP_JUMP;
	insn->condition = condition(o->in);
}

static void reduce_compare(const struct operands *o, struct plim_insn *insn)
{
	insn->src = reg(o, 0);
	if (is_imm(o, 1)) {
		insn->op = PLIM_OP_COMPARE_IMM;
		insn->imm = shifted_imm(o, 1);
	} else if (is_reg(o, 1) && is_reg(o, 0)) {
		insn->op = PLIM_OP_COMPARE;
		insn->index = reg(o, 1);
	}
}

static void reduce_indirect(const struct operands *o, enum plim_op op, struct plim_insn *insn)
{
	insn->op = (uint8_t)op;
	insn->src = reg(o, 0);
}

static bool reduce_flow(const cs_insn *in, const struct operands *o, struct plim_insn *insn)
{
	switch (in->id) {
	case ARM64_INS_B:
	case ARM64_INS_CBZ:
	case ARM64_INS_CBNZ:
	case ARM64_INS_TBZ:
	case ARM64_INS_TBNZ: reduce_branch(o, insn); return true;
	case ARM64_INS_BL:
		insn->op = PLIM_OP_CALL;
		insn->imm = is_imm(o, 0) ? o->op[0].imm : 0;
		return true;
	case ARM64_INS_BLR: reduce_indirect(o, PLIM_OP_CALL_IND, insn); return true;
	case ARM64_INS_BR: reduce_indirect(o, PLIM_OP_JUMP_IND, insn); return true;
	case ARM64_INS_RET: insn->op = PLIM_OP_RETURN; return true;
	case ARM64_INS_ERET:
		insn->op = PLIM_OP_RETURN;
		insn->flags |= PLIM_INSN_INTERRUPT;
		return true;
	case ARM64_INS_BRK:
	case ARM64_INS_HLT: insn->op = PLIM_OP_TRAP; return true;
	default: return false;
	}
}

static void reduce_value(const cs_insn *in, const struct operands *o, struct plim_insn *insn)
{
	switch (in->id) {
	case ARM64_INS_ADD: reduce_add_sub(o, false, insn); break;
	case ARM64_INS_SUB: reduce_add_sub(o, true, insn); break;
	case ARM64_INS_MOV:
	case ARM64_INS_MOVZ: reduce_move(o, insn); break;
	case ARM64_INS_MOVK:
		if (is_reg(o, 0) && is_imm(o, 1) && o->op[1].shift.value == 16) {
			insn->op = PLIM_OP_CONST_HIGH;
			insn->dst = reg(o, 0);
			insn->imm = shifted_imm(o, 1);
		}
		break;
	case ARM64_INS_ADR:
	case ARM64_INS_ADRP:
		if (is_reg(o, 0) && is_imm(o, 1)) {
			insn->op = PLIM_OP_CONST;
			insn->dst = reg(o, 0);
			insn->imm = o->op[1].imm;
		}
		break;
	case ARM64_INS_AND:
		if (is_reg(o, 0) && is_reg(o, 1) && is_imm(o, 2) && is_wide(o->op[0].reg)) {
			insn->op = PLIM_OP_AND;
			insn->dst = reg(o, 0);
			insn->src = reg(o, 1);
			insn->imm = o->op[2].imm;
		}
		break;
	case ARM64_INS_CMP: reduce_compare(o, insn); break;
	case ARM64_INS_NOP: insn->op = PLIM_OP_NOP; break;
	default: break;
	}
}

void plim_aarch64_reduce(const cs_insn *in, struct plim_insn *insn)
{
	const cs_arm64 *detail = &in->detail->arm64;
	struct operands o = {.in = detail, .op = detail->operands, .count = detail->op_count};

	if (reduce_flow(in, &o, insn)) {
		insn->writes = 0;
		return;
	}
	switch (in->id) {
	case ARM64_INS_STP:
	case ARM64_INS_STR:
	case ARM64_INS_STRB:
	case ARM64_INS_STRH:
	case ARM64_INS_STUR:
	case ARM64_INS_STURB:
	case ARM64_INS_STURH: reduce_load_store(in, &o, true, insn); break;
	case ARM64_INS_LDP:
	case ARM64_INS_LDR:
	case ARM64_INS_LDUR:
	case ARM64_INS_LDRSW: reduce_load_store(in, &o, false, insn); break;
	case ARM64_INS_LDRB:
	case ARM64_INS_LDRH: reduce_memory(&o, false, insn); break;
	default: reduce_value(in, &o, insn); break;
	}
}
