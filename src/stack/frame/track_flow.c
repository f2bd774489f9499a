/* SPDX-License-Identifier: MIT */
/* Where control goes: calls, jumps, switches, returns; and what is noted of each call. */
#include <string.h>

#include "image/image_marks.h"
#include "stack/frame/noreturn.h"
#include "stack/frame/track.h"

/* Entries read of a jump table whose length no comparison tells; all must lie in the function. */
#define MAX_TABLE 4096

/* What a direct transfer, or an indirect one through a known slot, goes to. */
struct target {
	enum plim_call_kind kind;
	uint64_t address;
	uint32_t import;
	uint32_t callee;
	bool is_middle;
};

static void resolve_address(const struct plim_tracker *t, uint64_t address, struct target *target)
{
	const struct plim_stub *stub = plim_image_stub_at(t->image, address);
	const struct plim_import *import;

	*target = (struct target){.kind = PLIM_CALL_DIRECT, .import = PLIM_NONE};
	if (stub) {
		address = stub->target;
		if (stub->is_ifunc)
			target->kind = PLIM_CALL_IFUNC;
	}
	target->address = address;
	import = plim_image_import_at(t->image, address);
	if (import) {
		target->kind = PLIM_CALL_IMPORT;
		target->import = (uint32_t)(import - t->image->imports);
		target->address = PLIM_NO_ADDRESS;
		target->callee = PLIM_NONE;
		return;
	}
	target->callee = plim_image_function_at(t->image, address);
	if (target->callee == PLIM_NONE)
		return;
	if (t->image->functions[target->callee].flags & PLIM_FUNCTION_IFUNC)
		target->kind = PLIM_CALL_IFUNC;
	target->is_middle = t->image->functions[target->callee].address != address;
}

/* A slot that only the linker writes, or read-only data, holds what its relocation says. */
static bool resolve_slot(const struct plim_tracker *t, uint64_t slot, struct target *target)
{
	const struct plim_pointer *pointer = plim_image_pointer_at(t->image, slot);
	const struct plim_section *section;

	if (!pointer)
		return false;
	section = plim_image_section_at(t->image, slot);
	if (!pointer->is_slot && !pointer->is_ifunc &&
	    (!section || section->flags & PLIM_SECTION_WRITE))
		return false;
	resolve_address(t, pointer->target, target);
	if (pointer->is_ifunc)
		target->kind = PLIM_CALL_IFUNC;
	return true;
}

static bool never_returns(const struct plim_tracker *t, const struct target *target)
{
	if (target->kind == PLIM_CALL_IMPORT)
		return plim_is_noreturn_name(t->image->imports[target->import].name);
	return target->kind == PLIM_CALL_DIRECT && target->callee != PLIM_NONE &&
	       !target->is_middle && t->noreturn[target->callee];
}

static void describe_operand(const struct plim_value *value, const struct plim_insn *insn,
			     struct plim_operand *operand)
{
	*operand = (struct plim_operand){
		.kind = PLIM_OPERAND_REGISTER,
		.slot = PLIM_NO_ADDRESS,
		.load_address = value->load_address ? value->load_address : insn->address,
		.base = insn->src,
		.index = PLIM_NO_REGISTER,
	};
	switch (value->kind) {
	case PLIM_VALUE_FIELD:
		operand->kind = PLIM_OPERAND_FIELD;
		operand->base = value->base;
		operand->displacement = (int32_t)value->number;
		operand->base_is_parameter = value->parameter;
		break;
	case PLIM_VALUE_SLOT:
		operand->kind = PLIM_OPERAND_SLOT;
		operand->slot = (uint64_t)value->number;
		operand->base = PLIM_NO_REGISTER;
		break;
	case PLIM_VALUE_TABLE:
		operand->kind = PLIM_OPERAND_TABLE;
		operand->slot = (uint64_t)value->number;
		operand->scale = value->scale;
		operand->base = PLIM_NO_REGISTER;
		break;
	case PLIM_VALUE_LOCAL:
		operand->kind = PLIM_OPERAND_STACK;
		operand->displacement = (int32_t)value->number;
		operand->base = PLIM_NO_REGISTER;
		break;
	case PLIM_VALUE_ENTRY: operand->base = (uint8_t)value->number; break;
	default: break;
	}
}

/* Where the table says more than the instructions (clang forgets epilogues), more is charged. */
static int64_t deeper_in_table(const struct plim_tracker *t, uint64_t address, int64_t depth,
			       const struct plim_value *sp)
{
	const struct plim_unwind_row *row = plim_track_row(t, address);

	if (!row || row->kind != PLIM_UNWIND_REGISTER || row->reg != t->abi->sp ||
	    t->image->format == PLIM_FORMAT_PE || sp->is_dynamic || sp->slack)
		return depth;
	return row->offset > depth ? row->offset : depth;
}

static struct plim_call *note_call(struct plim_tracker *t, const struct plim_state *state,
				   const struct plim_insn *insn, const struct target *target,
				   uint16_t flags)
{
	const struct plim_value *sp = &state->regs[t->abi->sp];
	struct plim_call *call;
	int64_t depth = sp->kind == PLIM_VALUE_STACK ? sp->number : t->result.max_depth;

	if (!t->is_final)
		return NULL;
	call = plim_vec_add(t->calls, sizeof(*call));
	if (!call) {
		t->no_memory = true;
		return NULL;
	}
	depth = deeper_in_table(t, insn->address, depth, sp);
	if (flags & PLIM_CALL_TAIL)
		depth -= plim_track_entry_depth(t);
	call->address = insn->address;
	call->kind = (uint8_t)target->kind;
	call->target = target->address;
	call->import = target->import;
	call->callee = target->callee;
	call->depth_bytes = depth > 0 ? (uint64_t)depth : 0;
	call->flags = flags;
	call->flags |= sp->is_dynamic ? PLIM_CALL_DYNAMIC : 0;
	call->flags |= target->is_middle ? PLIM_CALL_INTO_MIDDLE : 0;
	call->flags |= never_returns(t, target) ? PLIM_CALL_NORETURN : 0;
	call->operand.slot = PLIM_NO_ADDRESS;
	call->operand.base = call->operand.index = PLIM_NO_REGISTER;
	return call;
}

static void note_indirect(struct plim_tracker *t, const struct plim_state *state,
			  const struct plim_insn *insn, const struct plim_value *value,
			  uint16_t flags)
{
	struct target target = {.kind = PLIM_CALL_INDIRECT,
				.address = PLIM_NO_ADDRESS,
				.import = PLIM_NONE,
				.callee = PLIM_NONE};
	struct plim_call *call = note_call(t, state, insn, &target, flags);

	if (call)
		describe_operand(value, insn, &call->operand);
}

/*
 * `mov eax, N; call ___chkstk_ms; sub rsp, rax`: the probe preserves the register, which is not in
 * any convention; a subtraction of it from the stack pointer right behind the call shows it.
 */
static uint8_t register_kept(struct plim_tracker *t, const struct plim_state *state,
			     const struct plim_insn *insn)
{
	const struct plim_unwind_row *row = plim_track_row(t, insn->address + insn->length);
	uint32_t next = plim_track_node(t, insn->address + insn->length);
	const struct plim_insn *after;

	/* Assembly: a frame that hangs on a scratch register behind the call, says the table. */
	if (row && row->kind == PLIM_UNWIND_REGISTER && row->reg < PLIM_REGISTERS &&
	    row->reg != t->abi->sp)
		return row->reg;
	if (next == PLIM_NONE)
		return PLIM_NO_REGISTER;
	after = &((struct plim_node *)t->nodes.items)[next].insn;
	if (after->op != PLIM_OP_SUB_REG || after->dst != t->abi->sp ||
	    after->index >= PLIM_REGISTERS || state->regs[after->index].kind != PLIM_VALUE_CONST)
		return PLIM_NO_REGISTER;
	return after->index;
}

static enum plim_flow after_call(struct plim_tracker *t, struct plim_state *state,
				 const struct plim_insn *insn, const struct target *target)
{
	if (target && never_returns(t, target))
		return PLIM_FLOW_END;
	plim_state_call(t->abi, state, register_kept(t, state, insn));
	return PLIM_FLOW_NEXT;
}

static enum plim_flow transfer_call(struct plim_tracker *t, struct plim_state *state,
				    const struct plim_insn *insn)
{
	uint64_t to = (uint64_t)insn->imm;
	size_t place = plim_track_place(t, to);
	struct target target;

	if (place != SIZE_MAX && place != 0) {
		/* Within the function: it only pushes an address, to find itself or to trap a guess. */
		struct plim_state pushed = *state;

		pushed.regs[t->abi->sp] =
			plim_value_add(pushed.regs[t->abi->sp], -(int64_t)t->abi->return_bytes);
		if (to == insn->address + insn->length) {
			*state = pushed;
			return PLIM_FLOW_NEXT;
		}
		plim_track_reach(t, to, &pushed);
		plim_state_call(t->abi, state, PLIM_NO_REGISTER);
		return PLIM_FLOW_NEXT;
	}
	resolve_address(t, to, &target);
	if (target.callee != PLIM_NONE &&
	    plim_is_indirect_thunk(t->image->functions[target.callee].name)) {
		struct plim_value unknown = {.kind = PLIM_VALUE_UNKNOWN};

		note_indirect(t, state, insn, &unknown, 0);
		return after_call(t, state, insn, NULL);
	}
	note_call(t, state, insn, &target, 0);
	return after_call(t, state, insn, &target);
}

/* What the register or the memory operand of an indirect transfer holds. */
static struct plim_value operand_value(const struct plim_tracker *t, const struct plim_state *state,
				       const struct plim_insn *insn)
{
	if (insn->src < PLIM_REGISTERS && insn->imm)
		return plim_value_add(state->regs[insn->src], insn->imm); /* RISC-V's jalr */
	if (insn->src < PLIM_REGISTERS)
		return state->regs[insn->src];
	return plim_state_load(t, state, insn);
}

static bool resolve_value(const struct plim_tracker *t, const struct plim_value *value,
			  struct target *target)
{
	uint64_t address;

	if (value->kind == PLIM_VALUE_SLOT)
		return resolve_slot(t, (uint64_t)value->number, target);
	if (value->kind != PLIM_VALUE_CONST)
		return false;
	address = (uint64_t)value->number;
	if (t->image->arch == PLIM_ARCH_ARM)
		address &= ~(uint64_t)1;
	resolve_address(t, address, target);
	return target->import != PLIM_NONE || target->callee != PLIM_NONE;
}

static enum plim_flow transfer_call_indirect(struct plim_tracker *t, struct plim_state *state,
					     const struct plim_insn *insn)
{
	struct plim_value value = operand_value(t, state, insn);
	struct target target;

	if (resolve_value(t, &value, &target)) {
		note_call(t, state, insn, &target, 0);
		return after_call(t, state, insn, &target);
	}
	note_indirect(t, state, insn, &value, 0);
	return after_call(t, state, insn, NULL);
}

static bool only_padding(struct plim_tracker *t, uint64_t from, uint64_t to)
{
	while (from < to) {
		struct plim_insn insn;

		if (!plim_decode(t->decoder, from, &insn) || insn.op != PLIM_OP_NOP)
			return false;
		from += insn.length;
	}
	return from == to;
}

/*
 * A jump is a call if a register was given the address behind it: control comes back there. (The
 * linker turns a jump through the GOT into a direct one and a byte of padding.) Returns that
 * register, or PLIM_NO_REGISTER.
 */
static uint8_t find_link(struct plim_tracker *t, const struct plim_state *state,
			 const struct plim_insn *insn, uint64_t *back)
{
	uint64_t behind = insn->address + insn->length;

	for (uint8_t r = 0; r < PLIM_REGISTERS; r++) {
		uint64_t address = (uint64_t)state->regs[r].number;

		if (state->regs[r].kind != PLIM_VALUE_CONST || address < behind ||
		    address - behind > 4 || plim_track_place(t, address) == SIZE_MAX)
			continue;
		if (!only_padding(t, behind, address))
			continue;
		*back = address;
		return r;
	}
	return PLIM_NO_REGISTER;
}

static bool linked_jump(struct plim_tracker *t, struct plim_state *state,
			const struct plim_insn *insn, const struct target *target,
			const struct plim_value *value)
{
	uint64_t back = 0;
	uint8_t link = find_link(t, state, insn, &back);

	if (link == PLIM_NO_REGISTER)
		return false;
	if (target) {
		note_call(t, state, insn, target, PLIM_CALL_LINKED);
		if (target->kind == PLIM_CALL_DIRECT && target->callee != PLIM_NONE)
			t->link_register[target->callee] = (uint8_t)(link + 1);
	} else {
		note_indirect(t, state, insn, value, PLIM_CALL_LINKED);
	}
	plim_state_call(t->abi, state, PLIM_NO_REGISTER);
	plim_track_reach(t, back, state);
	return true;
}

/*
 * A jump into a fragment of our own that no symbol names: its depths count from our base already, so
 * that nothing is added to them.
 */
static void note_piece(struct plim_tracker *t, const struct plim_state *state,
		       const struct plim_insn *insn, const struct target *target)
{
	const struct plim_value *sp = &state->regs[t->abi->sp];
	struct plim_call *call = note_call(t, state, insn, target, PLIM_CALL_TAIL);

	if (!call)
		return;
	call->depth_bytes = 0;
	if (sp->kind == PLIM_VALUE_STACK && sp->number > t->piece_depth[target->callee])
		t->piece_depth[target->callee] = sp->number;
}

/* A jump out of the function, with or without a condition. */
static void leave(struct plim_tracker *t, struct plim_state *state, const struct plim_insn *insn,
		  uint64_t to)
{
	struct target target;

	resolve_address(t, to, &target);
	if (insn->op == PLIM_OP_JUMP && linked_jump(t, state, insn, &target, NULL))
		return;
	if (target.callee != PLIM_NONE) {
		const char *name = t->image->functions[target.callee].name;

		if (plim_is_return_thunk(name)) {
			t->result.returns = true;
			return;
		}
		if (plim_is_indirect_thunk(name)) {
			struct plim_value unknown = {.kind = PLIM_VALUE_UNKNOWN};

			t->result.returns = true;
			note_indirect(t, state, insn, &unknown, PLIM_CALL_TAIL);
			return;
		}
	}
	if (target.kind == PLIM_CALL_DIRECT && target.callee == PLIM_NONE)
		return; /* into no function: bytes that are no code of ours */
	if (!never_returns(t, &target))
		t->result.returns = true;
	if (target.callee != PLIM_NONE && t->piece_depth[target.callee]) {
		note_piece(t, state, insn, &target);
		return;
	}
	note_call(t, state, insn, &target, PLIM_CALL_TAIL);
}

static enum plim_flow transfer_jump(struct plim_tracker *t, struct plim_state *state,
				    const struct plim_insn *insn)
{
	uint64_t to = (uint64_t)insn->imm;

	if (plim_track_place(t, to) != SIZE_MAX)
		plim_track_reach(t, to, state);
	else
		leave(t, state, insn, to);
	return insn->flags & PLIM_INSN_CONDITIONAL ? PLIM_FLOW_NEXT : PLIM_FLOW_END;
}

/*
 * The loop of stack-clash protection ends when the stack pointer equals a register that was set
 * before: `1: sub rsp, 4096; or [rsp], 0; cmp rsp, r11; jne 1b`. Behind it the depth is the
 * register's; inside, one step less than that. Returns false if the branch cannot be taken.
 */
static bool refine_probe_loop(struct plim_tracker *t, struct plim_state *taken,
			      struct plim_state *fallen, const struct plim_insn *insn)
{
	const struct plim_value *sp = &taken->regs[t->abi->sp];
	uint8_t other = taken->compared[taken->compared[0] == t->abi->sp];
	const struct plim_value *limit = &taken->regs[other];
	uint32_t node = plim_track_node(t, (uint64_t)insn->imm);
	const struct plim_state *head;
	uint32_t state;
	int64_t step;

	if (limit->kind != PLIM_VALUE_STACK || sp->kind != PLIM_VALUE_STACK)
		return true;
	fallen->regs[t->abi->sp] = *limit;
	if (limit->is_dynamic || sp->is_dynamic || node == PLIM_NONE ||
	    (uint64_t)insn->imm > insn->address)
		return true;
	state = ((struct plim_node *)t->nodes.items)[node].state;
	if (!state)
		return true;
	head = (struct plim_state *)t->states.items + state - 1;
	if (limit->number == sp->number)
		return false;
	step = sp->number - head->regs[t->abi->sp].number;
	if (step <= 0 || limit->number < sp->number || (limit->number - sp->number) % step)
		return true;
	taken->regs[t->abi->sp].number = limit->number - step;
	return true;
}

/* An index that was compared with a number is below it on one of the two ways. */
static void refine_bound(struct plim_state *taken, struct plim_state *fallen,
			 const struct plim_insn *insn)
{
	int64_t limit = taken->limit;

	if (limit < 0 || limit > 65535)
		return;
	switch (insn->condition) {
	case PLIM_IF_ABOVE: fallen->bound = limit + 1; break;
	case PLIM_IF_ABOVE_EQUAL: fallen->bound = limit; break;
	case PLIM_IF_BELOW_EQUAL: taken->bound = limit + 1; break;
	case PLIM_IF_BELOW: taken->bound = limit; break;
	default: break;
	}
}

static enum plim_flow transfer_branch(struct plim_tracker *t, struct plim_state *state,
				      const struct plim_insn *insn)
{
	struct plim_state taken = *state;
	bool is_possible = true;

	refine_bound(&taken, state, insn);
	if (state->has_compared &&
	    (state->compared[0] == t->abi->sp || state->compared[1] == t->abi->sp)) {
		if (insn->condition == PLIM_IF_NOT_EQUAL)
			is_possible = refine_probe_loop(t, &taken, state, insn);
		else if (insn->condition == PLIM_IF_EQUAL)
			refine_probe_loop(t, state, &taken, insn);
	}
	if (plim_track_place(t, (uint64_t)insn->imm) == SIZE_MAX)
		leave(t, state, insn, (uint64_t)insn->imm);
	else if (is_possible)
		plim_track_reach(t, (uint64_t)insn->imm, &taken);
	return PLIM_FLOW_NEXT;
}

static bool read_entry(const struct plim_tracker *t, const struct plim_value *table, uint64_t place,
		       uint64_t *target)
{
	const struct plim_pointer *pointer;
	const uint8_t *bytes = plim_image_bytes(t->image, place, table->bytes);
	int32_t narrow;

	if (!bytes || (table->bytes != 4 && table->bytes != 8))
		return false;
	if (table->kind == PLIM_VALUE_JUMP && table->bytes == 4) {
		memcpy(&narrow, bytes, sizeof(narrow));
		*target = (uint64_t)table->extra + (uint64_t)(int64_t)narrow;
		return true;
	}
	if (table->kind != PLIM_VALUE_TABLE || table->bytes != t->image->address_bytes)
		return false;
	pointer = plim_image_pointer_at(t->image, place);
	*target = 0;
	memcpy(target, bytes, table->bytes);
	if (pointer)
		*target = pointer->target;
	return true;
}

/* Whether an address is inside an instruction that was decoded: no switch goes there. */
static bool is_inside_instruction(const struct plim_tracker *t, uint64_t address)
{
	const uint32_t *map = t->map.items;
	const struct plim_node *nodes = t->nodes.items;

	for (uint64_t back = 1; back < 16; back++) {
		size_t place = plim_track_place(t, address - back);

		if (place == SIZE_MAX)
			return false;
		if (map[place] && map[place] != PLIM_NONE)
			return nodes[map[place] - 1].insn.length > back;
	}
	return false;
}

/* A switch: each entry of its table is reached. Returns how many are. */
static unsigned reach_table(struct plim_tracker *t, const struct plim_state *state,
			    const struct plim_value *table)
{
	int64_t limit = state->bound ? state->bound : MAX_TABLE;
	unsigned found = 0;

	for (int64_t i = 0; i < limit; i++) {
		uint64_t place = (uint64_t)table->number + (uint64_t)i * table->bytes;
		uint64_t target;

		if (!read_entry(t, table, place, &target) ||
		    plim_track_place(t, target) == SIZE_MAX || is_inside_instruction(t, target))
			break;
		plim_track_reach(t, target, state);
		found++;
	}
	return found;
}

/* tbb, tbh: twice the entry, counted from the end of the instruction, which the table follows. */
static enum plim_flow transfer_table_jump(struct plim_tracker *t, const struct plim_state *state,
					  const struct plim_insn *insn)
{
	uint64_t end = insn->address + insn->length;
	int64_t limit = state->bound ? state->bound : MAX_TABLE;

	for (int64_t i = 0; i < limit; i++) {
		uint64_t place = end + (uint64_t)i * insn->mem_bytes;
		const uint8_t *bytes = plim_image_bytes(t->image, place, insn->mem_bytes);
		uint16_t entry = 0;

		if (!bytes || (!state->bound && !plim_image_is_data(t->image, place)))
			break;
		memcpy(&entry, bytes, insn->mem_bytes);
		if (plim_track_place(t, end + 2u * entry) == SIZE_MAX)
			break;
		plim_track_reach(t, end + 2u * entry, state);
	}
	return PLIM_FLOW_END;
}

/* A jump to the address that a linked jump left in a register is a return. */
static bool is_linked_return(struct plim_tracker *t, const struct plim_insn *insn,
			     const struct plim_value *value)
{
	uint8_t link = t->link_register[t->function];
	uint8_t reg = insn->src;

	const struct plim_unwind_row *row = plim_track_row(t, insn->address);

	if (reg == PLIM_NO_REGISTER || !t->abi->return_bytes)
		return false;
	if (row && row->return_register == reg + 1) /* the table says so itself */
		return true;
	if (value->kind != PLIM_VALUE_ENTRY)
		return false;
	if (plim_is_indirect_thunk(t->image->functions[t->function].name))
		return false;
	if (t->result.is_linked || link == value->number + 1)
		return true;
	/* Nobody passes anything in r11: it can only be where to go back to. */
	if (value->number != 11)
		return false;
	t->link_register[t->function] = 12;
	t->result.is_linked = true;
	return true;
}

/* Back from a part of the function to where it was called from, by the same register. */
static bool reach_labels(struct plim_tracker *t, const struct plim_state *state, uint8_t reg)
{
	bool found = false;

	for (size_t i = 0; i < t->labels.count; i++) {
		const struct plim_label *label = (struct plim_label *)t->labels.items + i;

		if (label->reg != reg)
			continue;
		plim_track_reach(t, label->address, state);
		found = true;
	}
	return found;
}

static enum plim_flow transfer_jump_indirect(struct plim_tracker *t, struct plim_state *state,
					     const struct plim_insn *insn)
{
	struct plim_value value = operand_value(t, state, insn);
	const struct plim_value *sp = &state->regs[t->abi->sp];
	bool is_switch = value.kind == PLIM_VALUE_TABLE || value.kind == PLIM_VALUE_JUMP;
	struct target target;
	bool is_at_entry;

	if (resolve_value(t, &value, &target)) {
		if (target.kind == PLIM_CALL_DIRECT &&
		    plim_track_place(t, target.address) != SIZE_MAX) {
			plim_track_reach(t, target.address, state);
			return PLIM_FLOW_END;
		}
		if (linked_jump(t, state, insn, &target, NULL))
			return PLIM_FLOW_END;
		t->result.returns |= !never_returns(t, &target);
		note_call(t, state, insn, &target, PLIM_CALL_TAIL);
		return PLIM_FLOW_END;
	}
	if (is_switch && reach_table(t, state, &value)) {
		if (sp->kind == PLIM_VALUE_STACK && sp->number > t->open_depth)
			t->open_depth = sp->number;
		return PLIM_FLOW_END;
	}
	if (value.kind == PLIM_VALUE_UNKNOWN && reach_labels(t, state, insn->src))
		return PLIM_FLOW_END;
	t->result.returns = true;
	if (is_linked_return(t, insn, &value) || linked_jump(t, state, insn, NULL, &value))
		return PLIM_FLOW_END;
	is_at_entry = sp->kind == PLIM_VALUE_STACK && sp->number == plim_track_entry_depth(t);
	if (sp->kind == PLIM_VALUE_STACK && sp->number > t->open_depth)
		t->open_depth = sp->number;
	if (!is_at_entry)
		t->result.is_open_jump = true;
	note_indirect(t, state, insn, &value, PLIM_CALL_TAIL);
	return PLIM_FLOW_END;
}

static enum plim_flow transfer_return(struct plim_tracker *t, const struct plim_state *state,
				      const struct plim_insn *insn)
{
	const struct plim_value *sp = &state->regs[t->abi->sp];

	t->result.returns = true;
	t->result.is_interrupt |= (insn->flags & PLIM_INSN_INTERRUPT) != 0;
	/* A return from elsewhere than the entry's depth shows that a path was misread. */
	if (t->is_final && sp->kind == PLIM_VALUE_STACK && !sp->is_dynamic && !sp->slack &&
	    !(insn->flags & PLIM_INSN_INTERRUPT) &&
	    sp->number - (int64_t)insn->pops != plim_track_entry_depth(t) &&
	    !plim_is_indirect_thunk(t->image->functions[t->function].name) &&
	    t->result.conflict_address == PLIM_NO_ADDRESS)
		t->result.conflict_address = insn->address;
	return insn->flags & PLIM_INSN_CONDITIONAL ? PLIM_FLOW_NEXT : PLIM_FLOW_END;
}

enum plim_flow plim_track_transfer(struct plim_tracker *t, struct plim_state *state,
				   const struct plim_insn *insn)
{
	switch (insn->op) {
	case PLIM_OP_CALL: return transfer_call(t, state, insn);
	case PLIM_OP_CALL_IND: return transfer_call_indirect(t, state, insn);
	case PLIM_OP_JUMP: return transfer_jump(t, state, insn);
	case PLIM_OP_JUMP_IND: return transfer_jump_indirect(t, state, insn);
	case PLIM_OP_TABLE_JUMP: return transfer_table_jump(t, state, insn);
	case PLIM_OP_BRANCH: return transfer_branch(t, state, insn);
	case PLIM_OP_RETURN: return transfer_return(t, state, insn);
	default: return PLIM_FLOW_END; /* a trap */
	}
}

void plim_track_run_over(struct plim_tracker *t, const struct plim_state *state,
			 const struct plim_insn *insn)
{
	struct plim_state copy = *state;
	uint64_t next = insn->address + insn->length;

	/* What follows a call at the very end is not run: the call does not return. */
	if (insn->op == PLIM_OP_CALL || insn->op == PLIM_OP_CALL_IND ||
	    plim_track_place(t, next) != SIZE_MAX)
		return;
	if (insn->op != PLIM_OP_NOP)
		leave(t, &copy, insn, next);
}
