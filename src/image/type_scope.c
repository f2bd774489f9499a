/* SPDX-License-Identifier: MIT */
/* Which variable is in a register or slot at an instruction: DWARF's location lists. */
#include <dwarf.h>

#include "image/type_text.h"

/* Blocks and inlined functions nest; no real program comes near. */
#define NESTING_MAX 48

struct question {
	const struct plim_types *types;
	struct plim_strings *strings;
	uint64_t address;   /* DWARF's */
	int reg;            /* -1: a slot is asked for */
	int64_t slot;       /* from the frame's base (CFA) */
	int64_t frame_base; /* what DW_OP_fbreg is relative to, from the CFA */
	bool has_frame_base;
	struct plim_variable_type *answer;
};

static const struct plim_typed_function *function_at(const struct plim_types *types,
						     uint64_t address)
{
	size_t low = 0, high = types->function_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (types->functions[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || address >= types->functions[low - 1].end)
		return NULL;
	return &types->functions[low - 1];
}

/* The register that an operation names, or -1. */
static int register_of(const Dwarf_Op *op)
{
	if (op->atom >= DW_OP_reg0 && op->atom <= DW_OP_reg31)
		return op->atom - DW_OP_reg0;
	return op->atom == DW_OP_regx ? (int)op->number : -1;
}

/*
 * The frame base is the CFA itself, or the frame pointer, which every x86-64 function that has one
 * (rbp is DWARF's register 6) sets 16 bytes below the CFA: return address and saved rbp.
 */
static void find_frame_base(struct question *q, Dwarf_Die *function)
{
	Dwarf_Attribute attribute;
	Dwarf_Op *ops;
	size_t count;

	if (!dwarf_attr_integrate(function, DW_AT_frame_base, &attribute) ||
	    dwarf_getlocation_addr(&attribute, q->address, &ops, &count, 1) != 1 || count != 1)
		return;
	q->has_frame_base = ops[0].atom == DW_OP_call_frame_cfa || ops[0].atom == DW_OP_reg6;
	q->frame_base = ops[0].atom == DW_OP_reg6 ? -16 : 0;
}

static bool is_asked_for(const struct question *q, Dwarf_Die *variable)
{
	Dwarf_Attribute attribute;
	Dwarf_Op *ops;
	size_t count;

	if (!dwarf_attr(variable, DW_AT_location, &attribute) ||
	    dwarf_getlocation_addr(&attribute, q->address, &ops, &count, 1) != 1 || count != 1)
		return false;
	if (q->reg >= 0)
		return register_of(&ops[0]) == q->reg;
	return q->has_frame_base && ops[0].atom == DW_OP_fbreg &&
	       (int64_t)ops[0].number + q->frame_base == q->slot;
}

static bool answer(const struct question *q, Dwarf_Die *variable)
{
	Dwarf_Die type;

	if (!plim_type_of(variable, &type))
		return false;
	q->answer->name = dwarf_diename(variable);
	q->answer->signature = plim_type_pointer_signature(&type, q->strings);
	q->answer->points_to = q->answer->signature ? NULL : plim_type_points_to(&type, q->strings);
	return q->answer->signature || q->answer->points_to;
}

/* The innermost answer is the best: an inlined function's parameter says more than its caller's. */
static bool ask_children(struct question *q, Dwarf_Die *parent, unsigned level)
{
	Dwarf_Die die;
	bool is_found = false;

	if (level > NESTING_MAX || dwarf_child(parent, &die))
		return false;
	do {
		switch (dwarf_tag(&die)) {
		case DW_TAG_lexical_block:
		case DW_TAG_inlined_subroutine:
			if (dwarf_haspc(&die, q->address) == 1 && ask_children(q, &die, level + 1))
				return true;
			break;
		case DW_TAG_variable:
		case DW_TAG_formal_parameter:
			if (!is_found && is_asked_for(q, &die))
				is_found = answer(q, &die);
			break;
		default: break;
		}
	} while (!dwarf_siblingof(&die, &die));
	return is_found;
}

static bool ask(struct question *q, uint64_t address)
{
	const struct plim_typed_function *function = function_at(q->types, address);
	Dwarf *dwarf = plim_image_dwarf(q->types->image);
	Dwarf_Die die;

	if (!function || !dwarf || !dwarf_offdie(dwarf, function->die, &die))
		return false;
	q->address = plim_image_to_dwarf(q->types->image, address);
	find_frame_base(q, &die);
	return ask_children(q, &die, 0);
}

bool plim_types_in_register(const struct plim_types *types, struct plim_strings *strings,
			    uint64_t address, unsigned dwarf_register,
			    struct plim_variable_type *variable)
{
	struct question q = {.types = types, .strings = strings, .answer = variable};

	q.reg = (int)dwarf_register;
	return ask(&q, address);
}

bool plim_types_in_slot(const struct plim_types *types, struct plim_strings *strings,
			uint64_t address, int64_t cfa_offset, struct plim_variable_type *variable)
{
	struct question q = {.types = types, .strings = strings, .answer = variable};

	q.reg = -1;
	q.slot = cfa_offset;
	return ask(&q, address);
}
