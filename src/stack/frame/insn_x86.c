/* SPDX-License-Identifier: MIT */
/* x86-64 instructions by Zydis. Semantics: Intel SDM volume 2. */
#include <stdlib.h>
#include <string.h>
#include <Zydis/Zydis.h>

#include "stack/frame/insn.h"

struct plim_x86 {
	ZydisDecoder zydis;
	uint8_t dwarf[ZYDIS_REGISTER_MAX_VALUE + 1]; /* of any width: the whole register's number */
};

/* RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI as the psABI numbers them (figure 3.36); then R8-R15. */
static const uint8_t dwarf_of_gpr[16] = {0, 2, 1, 3, 7, 6, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15};

struct plim_x86 *plim_x86_new(void)
{
	struct plim_x86 *x86 = malloc(sizeof(*x86));

	if (!x86)
		return NULL;
	if (!ZYAN_SUCCESS(ZydisDecoderInit(&x86->zydis, ZYDIS_MACHINE_MODE_LONG_64,
					   ZYDIS_STACK_WIDTH_64))) {
		free(x86);
		return NULL;
	}
	memset(x86->dwarf, PLIM_NO_REGISTER, sizeof(x86->dwarf));
	for (int r = 0; r <= ZYDIS_REGISTER_MAX_VALUE; r++) {
		ZydisRegister whole = ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64,
								       (ZydisRegister)r);

		if (ZydisRegisterGetClass(whole) == ZYDIS_REGCLASS_GPR64)
			x86->dwarf[r] = dwarf_of_gpr[ZydisRegisterGetId(whole)];
	}
	return x86;
}

void plim_x86_free(struct plim_x86 *x86)
{
	free(x86);
}

struct decoded {
	const struct plim_x86 *x86;
	ZydisDecodedInstruction in;
	ZydisDecodedOperand op[ZYDIS_MAX_OPERAND_COUNT];
};

static uint8_t reg(const struct decoded *d, unsigned operand)
{
	return d->x86->dwarf[d->op[operand].reg.value];
}

static bool is_reg64(const struct decoded *d, unsigned operand)
{
	return d->op[operand].type == ZYDIS_OPERAND_TYPE_REGISTER && d->op[operand].size == 64 &&
	       reg(d, operand) != PLIM_NO_REGISTER;
}

static bool is_reg(const struct decoded *d, unsigned operand)
{
	return d->op[operand].type == ZYDIS_OPERAND_TYPE_REGISTER &&
	       reg(d, operand) != PLIM_NO_REGISTER;
}

static bool is_imm(const struct decoded *d, unsigned operand)
{
	return d->op[operand].type == ZYDIS_OPERAND_TYPE_IMMEDIATE;
}

static bool is_mem(const struct decoded *d, unsigned operand)
{
	return d->op[operand].type == ZYDIS_OPERAND_TYPE_MEMORY;
}

static int64_t imm(const struct decoded *d, unsigned operand)
{
	return d->op[operand].imm.value.s;
}

static uint64_t branch_target(const struct decoded *d, uint64_t address)
{
	return address + d->in.length + (uint64_t)imm(d, 0);
}

/* The memory operand: absolute if it has no base or hangs on the instruction pointer. */
static void put_memory(const struct decoded *d, const ZydisDecodedOperand *op, uint64_t address,
		       struct plim_insn *insn)
{
	bool is_thread_local =
		op->mem.segment == ZYDIS_REGISTER_FS || op->mem.segment == ZYDIS_REGISTER_GS;

	if (is_thread_local || insn->flags & (PLIM_INSN_READS | PLIM_INSN_WRITES))
		return;
	insn->disp = op->mem.disp.has_displacement ? op->mem.disp.value : 0;
	if (op->mem.base == ZYDIS_REGISTER_RIP)
		insn->disp += (int64_t)(address + d->in.length);
	else
		insn->base = d->x86->dwarf[op->mem.base];
	if (op->mem.index != ZYDIS_REGISTER_NONE && op->mem.scale) {
		insn->index = d->x86->dwarf[op->mem.index];
		insn->scale = op->mem.scale;
	}
	insn->mem_bytes = op->size / 8;
	if (op->mem.type == ZYDIS_MEMOP_TYPE_AGEN) {
		insn->flags |= PLIM_INSN_ADDRESS;
		return;
	}
	if (op->actions & ZYDIS_OPERAND_ACTION_MASK_READ)
		insn->flags |= PLIM_INSN_READS;
	if (op->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE)
		insn->flags |= PLIM_INSN_WRITES;
}

/* What every instruction has: registers it writes, and its visible memory operand. */
static void put_effects(const struct decoded *d, uint64_t address, struct plim_insn *insn)
{
	for (unsigned i = 0; i < d->in.operand_count; i++) {
		const ZydisDecodedOperand *op = &d->op[i];

		if (op->type == ZYDIS_OPERAND_TYPE_REGISTER &&
		    op->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) {
			uint8_t r = d->x86->dwarf[op->reg.value];

			if (r != PLIM_NO_REGISTER)
				insn->writes |= 1u << r;
		} else if (op->type == ZYDIS_OPERAND_TYPE_MEMORY &&
			   op->visibility != ZYDIS_OPERAND_VISIBILITY_HIDDEN) {
			put_memory(d, op, address, insn);
		}
	}
}

static void decode_mov(const struct decoded *d, struct plim_insn *insn)
{
	if (is_reg64(d, 0) && is_reg64(d, 1)) {
		insn->op = PLIM_OP_SET;
		insn->dst = reg(d, 0);
		insn->src = reg(d, 1);
	} else if (is_reg(d, 0) && d->op[0].size >= 32 && is_imm(d, 1)) {
		insn->op = PLIM_OP_CONST;
		insn->dst = reg(d, 0);
		insn->imm = d->op[0].size == 32 ? (int64_t)(uint32_t)imm(d, 1) : imm(d, 1);
	} else if (is_reg(d, 0) && d->op[0].size >= 32 && is_mem(d, 1) &&
		   insn->flags & PLIM_INSN_READS) {
		insn->op = PLIM_OP_LOAD;
		insn->dst = reg(d, 0);
	} else if (is_mem(d, 0) && is_reg64(d, 1) && insn->flags & PLIM_INSN_WRITES) {
		insn->op = PLIM_OP_STORE;
		insn->src = reg(d, 1);
	}
}

static void decode_lea(const struct decoded *d, struct plim_insn *insn)
{
	if (!is_reg64(d, 0))
		return;
	insn->dst = reg(d, 0);
	if (insn->scale)
		return;
	if (insn->base == PLIM_NO_REGISTER) {
		insn->op = PLIM_OP_CONST;
		insn->imm = insn->disp; /* the flag stays: it is an address, not a number */
	} else {
		insn->op = PLIM_OP_SET;
		insn->src = insn->base;
		insn->imm = insn->disp;
	}
}

static void decode_add_sub(const struct decoded *d, bool is_sub, struct plim_insn *insn)
{
	if (is_sub && is_reg(d, 0) && is_imm(d, 1)) {
		insn->flags |= PLIM_INSN_COMPARES;
		insn->imm = -imm(d, 1);
	}
	if (!is_reg64(d, 0))
		return;
	if (is_imm(d, 1)) {
		insn->op = PLIM_OP_SET;
		insn->imm = is_sub ? -imm(d, 1) : imm(d, 1);
	} else if (is_reg64(d, 1)) {
		insn->op = is_sub ? PLIM_OP_SUB_REG : PLIM_OP_ADD_REG;
		insn->index = reg(d, 1);
	} else {
		return;
	}
	insn->dst = reg(d, 0);
	insn->src = reg(d, 0);
}

static void decode_compare(const struct decoded *d, struct plim_insn *insn)
{
	if (!is_reg(d, 0))
		return;
	insn->src = reg(d, 0);
	if (is_reg64(d, 1)) {
		insn->op = PLIM_OP_COMPARE;
		insn->index = reg(d, 1);
	} else if (is_imm(d, 1)) {
		insn->op = PLIM_OP_COMPARE_IMM;
		insn->imm = imm(d, 1);
	}
}

static void decode_transfer(const struct decoded *d, bool is_call, struct plim_insn *insn)
{
	if (is_imm(d, 0)) {
		insn->op = is_call ? PLIM_OP_CALL : PLIM_OP_JUMP;
		insn->imm = (int64_t)branch_target(d, insn->address);
		return;
	}
	insn->op = is_call ? PLIM_OP_CALL_IND : PLIM_OP_JUMP_IND;
	if (is_reg64(d, 0))
		insn->src = reg(d, 0);
	insn->writes = 0; /* the instruction and stack pointers are `op`'s matter */
}

static void decode_push_pop(const struct decoded *d, bool is_push, struct plim_insn *insn)
{
	insn->op = is_push ? PLIM_OP_PUSH : PLIM_OP_POP;
	insn->imm = d->in.operand_width == 16 ? 2 : 8;
	insn->writes &= ~(1u << 7);
	if (!d->in.operand_count_visible || !is_reg64(d, 0))
		return;
	if (is_push)
		insn->src = reg(d, 0);
	else
		insn->dst = reg(d, 0);
}

static void decode_return(const struct decoded *d, struct plim_insn *insn)
{
	insn->op = PLIM_OP_RETURN;
	insn->writes = 0;
	if (d->in.mnemonic != ZYDIS_MNEMONIC_RET)
		insn->flags |= PLIM_INSN_INTERRUPT;
}

static uint8_t condition(const struct decoded *d)
{
	switch (d->in.mnemonic) {
	case ZYDIS_MNEMONIC_JZ: return PLIM_IF_EQUAL;
	case ZYDIS_MNEMONIC_JNZ: return PLIM_IF_NOT_EQUAL;
	case ZYDIS_MNEMONIC_JNBE: return PLIM_IF_ABOVE;
	case ZYDIS_MNEMONIC_JNB: return PLIM_IF_ABOVE_EQUAL;
	case ZYDIS_MNEMONIC_JB: return PLIM_IF_BELOW;
	case ZYDIS_MNEMONIC_JBE: return PLIM_IF_BELOW_EQUAL;
	default: return PLIM_IF_OTHER;
	}
}

static bool decode_flow(const struct decoded *d, struct plim_insn *insn)
{
	switch (d->in.meta.category) {
	case ZYDIS_CATEGORY_CALL: decode_transfer(d, true, insn); return true;
	case ZYDIS_CATEGORY_UNCOND_BR: decode_transfer(d, false, insn); return true;
	case ZYDIS_CATEGORY_COND_BR:
		if (!is_imm(d, 0))
			return false; /* xbegin's kin have an immediate as well */
		insn->op = PLIM_OP_BRANCH;
		insn->imm = (int64_t)branch_target(d, insn->address);
		insn->condition = condition(d);
		return true;
	case ZYDIS_CATEGORY_SYSRET:
	case ZYDIS_CATEGORY_RET: decode_return(d, insn); return true;
	default: return false;
	}
}

static void decode_general(const struct decoded *d, struct plim_insn *insn)
{
	switch (d->in.mnemonic) {
	case ZYDIS_MNEMONIC_MOV: decode_mov(d, insn); break;
	case ZYDIS_MNEMONIC_MOVSXD:
		if (is_reg64(d, 0) && is_mem(d, 1) && insn->flags & PLIM_INSN_READS) {
			insn->op = PLIM_OP_LOAD;
			insn->dst = reg(d, 0);
		} else if (is_reg64(d, 0) && is_reg(d, 1)) {
			insn->op = PLIM_OP_EXTEND;
			insn->dst = reg(d, 0);
			insn->src = reg(d, 1);
		}
		break;
	case ZYDIS_MNEMONIC_CDQE:
		insn->op = PLIM_OP_EXTEND;
		insn->dst = 0;
		insn->src = 0;
		break;
	case ZYDIS_MNEMONIC_LEA: decode_lea(d, insn); break;
	case ZYDIS_MNEMONIC_ADD: decode_add_sub(d, false, insn); break;
	case ZYDIS_MNEMONIC_SUB: decode_add_sub(d, true, insn); break;
	case ZYDIS_MNEMONIC_AND:
		if (is_reg64(d, 0) && is_imm(d, 1)) {
			insn->op = PLIM_OP_AND;
			insn->dst = reg(d, 0);
			insn->src = reg(d, 0);
			insn->imm = imm(d, 1);
		}
		break;
	case ZYDIS_MNEMONIC_CMP: decode_compare(d, insn); break;
	case ZYDIS_MNEMONIC_PUSH:
	case ZYDIS_MNEMONIC_PUSHF:
	case ZYDIS_MNEMONIC_PUSHFQ: decode_push_pop(d, true, insn); break;
	case ZYDIS_MNEMONIC_POP:
	case ZYDIS_MNEMONIC_POPF:
	case ZYDIS_MNEMONIC_POPFQ: decode_push_pop(d, false, insn); break;
	case ZYDIS_MNEMONIC_LEAVE:
		insn->op = PLIM_OP_LEAVE;
		insn->src = 6;
		insn->imm = 8;
		insn->writes = 0;
		break;
	case ZYDIS_MNEMONIC_NOP: insn->op = PLIM_OP_NOP; break;
	case ZYDIS_MNEMONIC_INT3:
	case ZYDIS_MNEMONIC_HLT:
	case ZYDIS_MNEMONIC_UD0:
	case ZYDIS_MNEMONIC_UD1:
	case ZYDIS_MNEMONIC_UD2: insn->op = PLIM_OP_TRAP; break;
	case ZYDIS_MNEMONIC_INT:
		/* Windows: __fastfail, which never comes back. */
		if (is_imm(d, 0) && d->op[0].imm.value.u == 0x29)
			insn->op = PLIM_OP_TRAP;
		break;
	default: break;
	}
}

bool plim_x86_decode(const struct plim_x86 *x86, const uint8_t *bytes, size_t left,
		     uint64_t address, struct plim_insn *insn)
{
	struct decoded d;

	d.x86 = x86;
	if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&x86->zydis, bytes, left, &d.in, d.op)))
		return false;
	*insn = (struct plim_insn){
		.address = address,
		.length = d.in.length,
		.dst = PLIM_NO_REGISTER,
		.src = PLIM_NO_REGISTER,
		.index = PLIM_NO_REGISTER,
		.base = PLIM_NO_REGISTER,
	};
	put_effects(&d, address, insn);
	if (!decode_flow(&d, insn))
		decode_general(&d, insn);
	return true;
}
