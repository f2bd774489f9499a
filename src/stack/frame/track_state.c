/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "stack/frame/track.h"

/* No frame is this deep; numbers beyond it are not stack depths but misread data. */
#define MAX_DEPTH ((int64_t)1 << 40)

static const struct plim_value unknown = {.kind = PLIM_VALUE_UNKNOWN};

struct plim_value plim_value_add(struct plim_value value, int64_t delta)
{
	if (value.kind == PLIM_VALUE_CONST) {
		value.number = (int64_t)((uint64_t)value.number + (uint64_t)delta);
		return value;
	}
	if (value.kind == PLIM_VALUE_STACK) {
		if (delta > MAX_DEPTH || delta < -MAX_DEPTH)
			return unknown;
		value.number -= delta;
		if (value.number > MAX_DEPTH || value.number < -MAX_DEPTH)
			return unknown;
		return value;
	}
	return delta ? unknown : value;
}

static struct plim_value constant(int64_t number)
{
	return (struct plim_value){.kind = PLIM_VALUE_CONST, .number = number};
}

static struct plim_value get(const struct plim_state *state, uint8_t reg)
{
	return reg < PLIM_REGISTERS ? state->regs[reg] : unknown;
}

static void put(struct plim_state *state, uint8_t reg, struct plim_value value)
{
	if (reg >= PLIM_REGISTERS)
		return;
	state->regs[reg] = value;
	if (state->has_compared && (state->compared[0] == reg || state->compared[1] == reg))
		state->has_compared = false;
}

/* Nothing is known of these registers any more. */
static void lose(struct plim_state *state, uint32_t registers)
{
	for (; registers; registers &= registers - 1)
		put(state, (uint8_t)__builtin_ctz(registers), unknown);
}

void plim_state_enter(const struct plim_abi *abi, struct plim_state *state, int64_t depth)
{
	memset(state, 0, sizeof(*state));
	state->limit = -1;
	for (unsigned r = 0; r < PLIM_REGISTERS; r++) {
		state->regs[r].kind = PLIM_VALUE_ENTRY;
		state->regs[r].number = (int64_t)r;
	}
	state->regs[abi->sp] = (struct plim_value){.kind = PLIM_VALUE_STACK, .number = depth};
}

struct plim_value plim_state_address(const struct plim_state *state, const struct plim_insn *insn)
{
	struct plim_value base;

	if (insn->base == PLIM_NO_REGISTER)
		return insn->scale ? unknown : constant(insn->disp);
	base = get(state, insn->base);
	return plim_value_add(base, insn->disp);
}

static void forget_slots(struct plim_state *state, int64_t low, int64_t bytes)
{
	for (unsigned i = 0; i < PLIM_STATE_SLOTS; i++) {
		struct plim_state_slot *slot = &state->slots[i];

		/* Words reach from -depth to -depth + 8; the store from -low to -low + bytes. */
		if (slot->depth && slot->depth > low - bytes && slot->depth - 8 < low)
			slot->depth = 0;
	}
}

static void store(struct plim_state *state, int64_t depth, int64_t bytes, struct plim_value value)
{
	struct plim_state_slot *slot;

	forget_slots(state, depth, bytes ? bytes : 8);
	if (depth == 0 || (value.kind != PLIM_VALUE_STACK && value.kind != PLIM_VALUE_ENTRY &&
			   value.kind != PLIM_VALUE_CONST && value.kind != PLIM_VALUE_SLOT))
		return;
	slot = &state->slots[state->next_slot++ % PLIM_STATE_SLOTS];
	slot->depth = depth;
	slot->value = value;
}

static bool fetch(const struct plim_state *state, int64_t depth, struct plim_value *value)
{
	for (unsigned i = 0; i < PLIM_STATE_SLOTS; i++) {
		if (state->slots[i].depth == depth && depth) {
			*value = state->slots[i].value;
			return true;
		}
	}
	return false;
}

static uint8_t parameter_of(const struct plim_abi *abi, const struct plim_value *value)
{
	if (value->kind != PLIM_VALUE_ENTRY)
		return 0;
	for (uint8_t i = 0; i < sizeof(abi->parameter_order); i++) {
		if (abi->parameter_order[i] == value->number)
			return (uint8_t)(i + 1);
	}
	return 0;
}

/* A load whose base or index is a known address: a variable, or an entry of a table. */
static struct plim_value load_absolute(const struct plim_state *state, const struct plim_insn *insn)
{
	struct plim_value base = get(state, insn->base);
	struct plim_value index = get(state, insn->index);
	struct plim_value value = {.kind = PLIM_VALUE_UNKNOWN, .load_address = insn->address};

	if (insn->base == PLIM_NO_REGISTER)
		base = constant(0);
	if (!insn->scale && base.kind == PLIM_VALUE_CONST) {
		value.kind = PLIM_VALUE_SLOT;
		value.number = plim_value_add(base, insn->disp).number;
		return value;
	}
	if (!insn->scale)
		return value;
	value.kind = PLIM_VALUE_TABLE;
	value.bytes = (uint8_t)insn->mem_bytes;
	if (base.kind == PLIM_VALUE_CONST && (insn->disp || base.number)) {
		value.number = plim_value_add(base, insn->disp).number;
		value.scale = insn->scale;
	} else if (index.kind == PLIM_VALUE_CONST && insn->scale == 1) {
		value.number = plim_value_add(index, insn->disp).number;
		value.scale = value.bytes;
	} else {
		value.kind = PLIM_VALUE_UNKNOWN;
	}
	return value;
}

/* A word among the code is a literal (ARM keeps large numbers and addresses so): it is known. */
static struct plim_value load_literal(const struct plim_image *image, const struct plim_insn *insn,
				      struct plim_value slot)
{
	uint64_t place = (uint64_t)slot.number;
	const struct plim_section *section = plim_image_section_at(image, place);
	const struct plim_pointer *pointer = plim_image_pointer_at(image, place);
	const uint8_t *bytes = plim_image_bytes(image, place, image->address_bytes);
	uint64_t word = 0;

	if (!section || !(section->flags & PLIM_SECTION_EXEC) || !bytes ||
	    insn->mem_bytes != image->address_bytes || image->arch == PLIM_ARCH_X86_64)
		return slot;
	memcpy(&word, bytes, image->address_bytes);
	if (pointer)
		return constant((int64_t)pointer->target);
	return constant(image->address_bytes == 4 ? (int64_t)(int32_t)(uint32_t)word
						  : (int64_t)word);
}

struct plim_value plim_state_load(const struct plim_tracker *tracker,
				  const struct plim_state *state, const struct plim_insn *insn)
{
	struct plim_value address = plim_state_address(state, insn);
	struct plim_value value;

	if (!(insn->flags & PLIM_INSN_READS))
		return unknown;
	if (address.kind == PLIM_VALUE_STACK && !insn->scale) {
		if (insn->mem_bytes >= tracker->image->address_bytes &&
		    fetch(state, address.number, &value))
			return value;
		return (struct plim_value){.kind = PLIM_VALUE_LOCAL,
					   .number = address.number,
					   .load_address = insn->address};
	}
	value = load_absolute(state, insn);
	if (value.kind == PLIM_VALUE_SLOT)
		return load_literal(tracker->image, insn, value);
	if (value.kind != PLIM_VALUE_UNKNOWN || insn->scale || insn->base == PLIM_NO_REGISTER)
		return value;
	value = get(state, insn->base);
	return (struct plim_value){.kind = PLIM_VALUE_FIELD,
				   .base = insn->base,
				   .parameter = parameter_of(tracker->abi, &value),
				   .number = insn->disp,
				   .load_address = insn->address};
}

/* A constant's address plus an entry of the table there: where a switch jumps to. */
static struct plim_value add(struct plim_value a, struct plim_value b)
{
	if (b.kind == PLIM_VALUE_TABLE && a.kind == PLIM_VALUE_CONST) {
		struct plim_value swap = a;

		a = b;
		b = swap;
	}
	if (a.kind == PLIM_VALUE_TABLE && b.kind == PLIM_VALUE_CONST) {
		a.kind = PLIM_VALUE_JUMP;
		a.extra = b.number;
		return a;
	}
	if (b.kind == PLIM_VALUE_STACK && a.kind == PLIM_VALUE_CONST)
		return plim_value_add(b, a.number);
	if (b.kind == PLIM_VALUE_CONST)
		return plim_value_add(a, b.number);
	if (a.kind == PLIM_VALUE_STACK || b.kind == PLIM_VALUE_STACK) {
		a = a.kind == PLIM_VALUE_STACK ? a : b;
		a.is_dynamic = 2; /* may be above as well as below; only the stack pointer counts */
		return a;
	}
	return unknown;
}

static struct plim_value subtract(struct plim_value a, struct plim_value b)
{
	if (b.kind == PLIM_VALUE_CONST && b.number != INT64_MIN)
		return plim_value_add(a, -b.number);
	if (a.kind == PLIM_VALUE_STACK && b.kind != PLIM_VALUE_STACK) {
		a.is_dynamic = 1;
		return a;
	}
	return unknown;
}

/*
 * base - number, rounded down to a multiple of `align`. The base is a multiple of the stack's own
 * alignment, so up to that the rounding is exact; the rest is the worst case, and `slack` says so.
 */
static struct plim_value realign(const struct plim_abi *abi, struct plim_value value, int64_t align)
{
	int64_t step = align < abi->stack_align ? align : abi->stack_align;
	int64_t exact = (value.number + step - 1) / step * step;

	if (value.slack) /* what is aligned to more already stays where it is */
		exact = (value.number + align - 1) / align * align;
	else if (align > step)
		value.slack = (uint32_t)(align - step);
	value.number = value.slack ? exact + (align > step ? align - step : 0) : exact;
	return value;
}

static struct plim_value mask(const struct plim_abi *abi, struct plim_value value, int64_t bits)
{
	int64_t align;

	if (value.kind == PLIM_VALUE_CONST)
		return constant(value.number & bits);
	if (value.kind != PLIM_VALUE_STACK || bits >= 0 || bits < -65536)
		return unknown;
	align = -bits;
	if (align & (align - 1))
		return unknown;
	return realign(abi, value, align);
}

static void step_push(struct plim_state *state, const struct plim_abi *abi,
		      const struct plim_insn *insn)
{
	struct plim_value pushed = get(state, insn->src);
	struct plim_value sp = plim_value_add(get(state, abi->sp), -insn->imm);

	put(state, abi->sp, sp);
	if (sp.kind == PLIM_VALUE_STACK)
		store(state, sp.number, insn->imm, pushed);
}

static void step_pop(struct plim_state *state, const struct plim_abi *abi,
		     const struct plim_insn *insn)
{
	struct plim_value sp = get(state, abi->sp);
	struct plim_value popped = unknown;

	if (sp.kind == PLIM_VALUE_STACK)
		fetch(state, sp.number, &popped);
	put(state, abi->sp, plim_value_add(sp, insn->imm));
	lose(state, insn->writes & ~(1u << abi->sp));
	put(state, insn->dst, popped);
}

static void step_leave(struct plim_state *state, const struct plim_abi *abi,
		       const struct plim_insn *insn)
{
	struct plim_value fp = get(state, insn->src);
	struct plim_value saved = unknown;

	if (fp.kind == PLIM_VALUE_STACK)
		fetch(state, fp.number, &saved);
	put(state, abi->sp, plim_value_add(fp, insn->imm));
	put(state, insn->src, saved);
}

static void step_compare(struct plim_state *state, const struct plim_insn *insn)
{
	state->has_compared = false;
	if (insn->op == PLIM_OP_COMPARE_IMM) {
		state->limit = insn->imm;
		return;
	}
	state->limit = -1;
	state->has_compared = true;
	state->compared[0] = insn->src;
	state->compared[1] = insn->index;
}

static struct plim_value result_of(const struct plim_tracker *tracker,
				   const struct plim_state *state, const struct plim_insn *insn)
{
	struct plim_value src = get(state, insn->src);

	switch (insn->op) {
	case PLIM_OP_SET: return plim_value_add(src, insn->imm);
	case PLIM_OP_CONST: return constant(insn->imm);
	case PLIM_OP_CONST_HIGH:
		src = get(state, insn->dst);
		if (src.kind != PLIM_VALUE_CONST)
			return unknown;
		return constant((src.number & 0xffff) | insn->imm);
	case PLIM_OP_ADD_REG: return add(src, get(state, insn->index));
	case PLIM_OP_SUB_REG: return subtract(src, get(state, insn->index));
	case PLIM_OP_AND: return mask(tracker->abi, src, insn->imm);
	case PLIM_OP_SHIFT_LEFT:
		if (src.kind != PLIM_VALUE_CONST || insn->imm < 0 || insn->imm > 62)
			return unknown;
		return constant((int64_t)((uint64_t)src.number << insn->imm));
	case PLIM_OP_EXTEND: return src.kind == PLIM_VALUE_TABLE ? src : unknown;
	case PLIM_OP_LOAD: return plim_state_load(tracker, state, insn);
	default: return unknown;
	}
}

/*
 * A store loses what the frame's words held there. One through an unknown pointer loses none:
 * compilers keep saved registers out of the reach of pointers.
 */
static void step_store(struct plim_state *state, const struct plim_insn *insn)
{
	struct plim_value address = plim_state_address(state, insn);

	if (address.kind != PLIM_VALUE_STACK)
		return;
	if (insn->scale)
		return;
	store(state, address.number, insn->mem_bytes,
	      insn->op == PLIM_OP_STORE ? get(state, insn->src) : unknown);
}

void plim_state_step(const struct plim_tracker *tracker, struct plim_state *state,
		     const struct plim_insn *insn)
{
	const struct plim_abi *abi = tracker->abi;
	struct plim_value result;

	if (insn->flags & PLIM_INSN_WRITES && !(insn->flags & PLIM_INSN_MEM_AFTER))
		step_store(state, insn);
	if (insn->flags & PLIM_INSN_COMPARES)
		state->limit = -insn->imm;
	switch (insn->op) {
	case PLIM_OP_NOP:
	case PLIM_OP_STORE: break;
	case PLIM_OP_PUSH: step_push(state, abi, insn); break;
	case PLIM_OP_POP: step_pop(state, abi, insn); break;
	case PLIM_OP_LEAVE: step_leave(state, abi, insn); break;
	case PLIM_OP_COMPARE:
	case PLIM_OP_COMPARE_IMM: step_compare(state, insn); break;
	default:
		result = result_of(tracker, state, insn);
		lose(state,
		     insn->dst < PLIM_REGISTERS ? insn->writes & ~(1u << insn->dst) : insn->writes);
		if (insn->op != PLIM_OP_OTHER)
			put(state, insn->dst,
			    insn->flags & PLIM_INSN_CONDITIONAL && insn->dst != abi->sp ? unknown
											: result);
		else if (insn->dst < PLIM_REGISTERS && insn->writes >> insn->dst & 1)
			put(state, insn->dst, unknown);
		break;
	}
	if (insn->flags & PLIM_INSN_WRITES && insn->flags & PLIM_INSN_MEM_AFTER)
		step_store(state, insn);
}

void plim_state_call(const struct plim_abi *abi, struct plim_state *state, uint8_t kept)
{
	for (uint8_t r = 0; r < abi->registers; r++) {
		if (r != abi->sp && r != kept && !(abi->callee_saved >> r & 1))
			state->regs[r] = unknown;
	}
	state->has_compared = false;
	state->bound = 0;
	state->limit = -1;
}

static bool same(const struct plim_value *a, const struct plim_value *b)
{
	return a->kind == b->kind && a->number == b->number && a->base == b->base &&
	       a->scale == b->scale && a->is_dynamic == b->is_dynamic && a->extra == b->extra &&
	       a->slack == b->slack;
}

static bool meet_slots(struct plim_state *into, const struct plim_state *from)
{
	bool changed = false;

	for (unsigned i = 0; i < PLIM_STATE_SLOTS; i++) {
		struct plim_state_slot *slot = &into->slots[i];
		struct plim_value other;

		if (!slot->depth)
			continue;
		if (!fetch(from, slot->depth, &other) || !same(&slot->value, &other)) {
			slot->depth = 0;
			changed = true;
		}
	}
	return changed;
}

bool plim_state_meet(const struct plim_abi *abi, struct plim_state *into,
		     const struct plim_state *from)
{
	bool changed = meet_slots(into, from);

	for (unsigned r = 0; r < abi->registers; r++) {
		struct plim_value *value = &into->regs[r];

		if (r == abi->sp || value->kind == PLIM_VALUE_UNKNOWN ||
		    same(value, &from->regs[r]))
			continue;
		*value = unknown;
		changed = true;
	}
	if (into->limit != from->limit && into->limit != -1) {
		into->limit = -1;
		changed = true;
	}
	if (into->bound != from->bound && into->bound) {
		into->bound = 0;
		changed = true;
	}
	if (into->has_compared &&
	    (!from->has_compared || memcmp(into->compared, from->compared, 2) != 0)) {
		into->has_compared = false;
		changed = true;
	}
	return changed;
}
