/* SPDX-License-Identifier: MIT */
/* What is noted of each instruction once the states are settled. */
#include "stack/frame/track.h"

static void note_access(struct plim_tracker *t, const struct plim_insn *insn, int64_t low,
			uint32_t size, bool is_store)
{
	struct plim_access *access;

	if (!(t->options & PLIM_FRAMES_ACCESSES) || low <= 0 || low > UINT32_MAX)
		return;
	access = plim_vec_add(t->accesses, sizeof(*access));
	if (!access) {
		t->no_memory = true;
		return;
	}
	access->address = insn->address;
	access->low_bytes = (uint32_t)low;
	access->size = size;
	access->is_store = is_store;
}

/* Bytes of the frame that a memory operand touches; below the stack pointer it is the red zone. */
static void note_touch(struct plim_tracker *t, const struct plim_state *state,
		       const struct plim_insn *insn)
{
	const struct plim_value *sp = &state->regs[t->abi->sp];
	struct plim_value address;
	int64_t low;

	if (insn->op == PLIM_OP_PUSH || insn->op == PLIM_OP_POP) {
		if (sp->kind == PLIM_VALUE_STACK)
			note_access(t, insn,
				    insn->op == PLIM_OP_PUSH ? sp->number : sp->number + insn->imm,
				    (uint32_t)insn->imm, insn->op == PLIM_OP_PUSH);
	}
	if (!(insn->flags & (PLIM_INSN_READS | PLIM_INSN_WRITES | PLIM_INSN_ADDRESS)))
		return;
	address = plim_state_address(state, insn);
	if (address.kind != PLIM_VALUE_STACK)
		return;
	low = address.number;
	note_access(t, insn, low, insn->flags & PLIM_INSN_ADDRESS ? 0 : insn->mem_bytes,
		    insn->flags & PLIM_INSN_WRITES);
	if (sp->kind != PLIM_VALUE_STACK || address.is_dynamic || sp->is_dynamic)
		return;
	if (low <= sp->number)
		return;
	/* An index may step down from there as well: then all of the red zone may be in use. */
	if (insn->scale || low > sp->number + t->abi->red_zone)
		low = sp->number + t->abi->red_zone;
	if (low > t->result.max_touched)
		t->result.max_touched = low;
}

static void note_conflict(struct plim_tracker *t, uint64_t address)
{
	if (t->result.conflict_address == PLIM_NO_ADDRESS)
		t->result.conflict_address = address;
}

/* What the table says before an instruction, against what the paths to it say. */
static void compare_table(struct plim_tracker *t, const struct plim_state *state,
			  const struct plim_insn *insn)
{
	const struct plim_unwind_row *row = plim_track_row(t, insn->address);
	const struct plim_value *held;

	if (!row) {
		t->result.is_table_partial = true;
		return;
	}
	t->result.has_table = true;
	if (row->kind != PLIM_UNWIND_REGISTER || row->reg >= PLIM_REGISTERS) {
		t->result.is_table_partial = true;
		return;
	}
	held = &state->regs[row->reg];
	if (row->reg != t->abi->sp)
		t->result.is_table_partial = true;
	else if (row->offset > t->result.table_depth)
		t->result.table_depth = row->offset;
	if (held->kind != PLIM_VALUE_STACK) {
		/* The other register may hold what a caller of the fragment left there. */
		if (row->reg == t->abi->sp || t->image->format == PLIM_FORMAT_PE)
			t->result.is_table_partial = true;
		return;
	}
	if (held->is_dynamic || held->slack || held->number == row->offset)
		return;
	/*
	 * At calls a table must be true, there unwinding needs it. Between them it may lag: PE's and
	 * clang's describe no epilogues, clang's trail pushes by some instructions.
	 */
	if (insn->op == PLIM_OP_CALL || insn->op == PLIM_OP_CALL_IND)
		note_conflict(t, insn->address);
	else if (t->result.mismatch_address == PLIM_NO_ADDRESS)
		t->result.mismatch_address = insn->address;
}

static void note_depth(struct plim_tracker *t, const struct plim_state *state,
		       const struct plim_insn *insn)
{
	const struct plim_value *sp = &state->regs[t->abi->sp];

	if (sp->kind != PLIM_VALUE_STACK) {
		if (!t->result.sp_lost) {
			t->result.sp_lost = true;
			t->result.trouble_address = insn->address;
		}
		return;
	}
	if (sp->is_dynamic && !t->result.is_dynamic) {
		t->result.is_dynamic = true;
		if (!t->result.grows)
			t->result.dynamic_address = insn->address;
	}
	if (sp->slack) {
		t->result.realigns = true;
		if (sp->slack > t->result.align_bytes)
			t->result.align_bytes = sp->slack;
	}
	if (sp->number > t->result.max_depth) {
		t->result.max_depth = sp->number;
		t->result.deepest_address = insn->address;
	}
	if (sp->number > t->result.max_touched)
		t->result.max_touched = sp->number;
}

/* Constants that are functions: their address is taken here. */
static void note_ref(struct plim_tracker *t, const struct plim_state *state,
		     const struct plim_insn *insn)
{
	const struct plim_value *value =
		insn->dst < PLIM_REGISTERS ? &state->regs[insn->dst] : NULL;
	const struct plim_pointer *slot = NULL;
	struct plim_code_ref ref = {.address = insn->address, .import = PLIM_NONE};
	const struct plim_stub *stub;
	const struct plim_import *import;

	if (!value || (insn->op != PLIM_OP_CONST && insn->op != PLIM_OP_SET &&
		       insn->op != PLIM_OP_CONST_HIGH && insn->op != PLIM_OP_LOAD))
		return;
	if (value->kind == PLIM_VALUE_SLOT && insn->op == PLIM_OP_LOAD)
		slot = plim_image_pointer_at(t->image, (uint64_t)value->number);
	if (value->kind != PLIM_VALUE_CONST && !(slot && slot->is_slot))
		return;
	ref.target = slot ? slot->target : (uint64_t)value->number;
	if (t->image->arch == PLIM_ARCH_ARM)
		ref.target &= ~(uint64_t)1;
	stub = plim_image_stub_at(t->image, ref.target);
	if (stub)
		ref.target = stub->target;
	import = plim_image_import_at(t->image, ref.target);
	ref.callee = plim_image_function_at(t->image, ref.target);
	if (import)
		ref.import = (uint32_t)(import - t->image->imports);
	else if (ref.callee == PLIM_NONE || t->image->functions[ref.callee].address != ref.target ||
		 plim_track_place(t, ref.target) == 0)
		return;
	if (plim_vec_append(t->refs, &ref, 1, sizeof(ref)))
		t->no_memory = true;
}

void plim_track_note_before(struct plim_tracker *t, const struct plim_state *state,
			    const struct plim_insn *insn)
{
	compare_table(t, state, insn);
	if (!(insn->flags & PLIM_INSN_MEM_AFTER) && insn->op != PLIM_OP_PUSH)
		note_touch(t, state, insn);
}

void plim_track_note_after(struct plim_tracker *t, const struct plim_state *state,
			   const struct plim_insn *insn)
{
	note_depth(t, state, insn);
	if (insn->flags & PLIM_INSN_MEM_AFTER || insn->op == PLIM_OP_PUSH)
		note_touch(t, state, insn);
	note_ref(t, state, insn);
}
