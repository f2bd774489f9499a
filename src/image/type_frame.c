/* SPDX-License-Identifier: MIT */
/* Which variables live in a function's frame, and which code was inlined into it. */
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "image/type_text.h"

/* Blocks and inlined functions nest; no real program comes near. */
#define NESTING_MAX 48

/* Pieces of all the code that was inlined into one function. */
#define RANGES_MAX 65536

struct reader {
	const struct plim_types *types;
	struct plim_scope *scope;
	uint64_t frame_bytes;
	int64_t frame_base; /* what DW_OP_fbreg is relative to, from the frame's base */
	bool has_frame_base;
};

static int grow(void **items, size_t count, size_t *capacity, size_t item_bytes)
{
	size_t wanted = *capacity ? *capacity * 2 : 16;
	void *moved;

	if (count < *capacity)
		return 0;
	moved = reallocarray(*items, wanted, item_bytes);
	if (!moved)
		return -1;
	*items = moved;
	*capacity = wanted;
	return 0;
}

/* As in type_scope.c: the CFA, the frame pointer 16 below it, or the stack pointer of the body. */
static void find_frame_base(struct reader *r, Dwarf_Die *function)
{
	Dwarf_Attribute attribute;
	Dwarf_Op *ops;
	size_t count;

	if (!dwarf_attr_integrate(function, DW_AT_frame_base, &attribute) ||
	    dwarf_getlocation(&attribute, &ops, &count) || count != 1)
		return;
	r->has_frame_base = true;
	if (ops[0].atom == DW_OP_call_frame_cfa)
		r->frame_base = 0;
	else if (ops[0].atom == DW_OP_reg6)
		r->frame_base = -16;
	else if (ops[0].atom == DW_OP_reg7)
		r->frame_base = -(int64_t)r->frame_bytes;
	else
		r->has_frame_base = false;
}

static int add_slot(struct reader *r, Dwarf_Die *variable, const char *file, unsigned line)
{
	struct plim_scope_slot slot = {.file = file, .line = line};
	Dwarf_Attribute attribute;
	Dwarf_Op *ops;
	size_t count;
	Dwarf_Die type;
	int64_t offset;
	int decl_line;

	if (!dwarf_attr(variable, DW_AT_location, &attribute) ||
	    dwarf_getlocation(&attribute, &ops, &count) || count != 1 ||
	    !plim_type_of(variable, &type))
		return 0;
	if (ops[0].atom == DW_OP_fbreg && r->has_frame_base)
		offset = r->frame_base + (int64_t)ops[0].number;
	else if (ops[0].atom == DW_OP_breg7)
		offset = (int64_t)ops[0].number - (int64_t)r->frame_bytes;
	else
		return 0;
	slot.size = plim_type_size(&type);
	if (offset >= 0 || (uint64_t)-offset > r->frame_bytes || slot.size > (uint64_t)-offset)
		return 0;
	slot.low_bytes = (uint64_t)-offset;
	if (!line && !dwarf_decl_line(variable, &decl_line)) {
		slot.line = (unsigned)decl_line;
		slot.file = dwarf_decl_file(variable);
	}
	if (grow((void **)&r->scope->slots, r->scope->slot_count, &r->scope->slot_capacity,
		 sizeof(slot)))
		return -1;
	r->scope->slots[r->scope->slot_count++] = slot;
	return 0;
}

/* The line of the call that inlined code stands for. */
static unsigned call_line(Dwarf_Die *inlined, const char **file)
{
	Dwarf_Attribute attribute;
	Dwarf_Word line = 0, index = 0;
	Dwarf_Files *files;
	Dwarf_Die unit;

	*file = NULL;
	if (!dwarf_attr(inlined, DW_AT_call_line, &attribute) || dwarf_formudata(&attribute, &line))
		return 0;
	if (dwarf_attr(inlined, DW_AT_call_file, &attribute) &&
	    !dwarf_formudata(&attribute, &index) && dwarf_diecu(inlined, &unit, NULL, NULL) &&
	    !dwarf_getsrcfiles(&unit, &files, NULL))
		*file = dwarf_filesrc(files, index, NULL, NULL);
	return (unsigned)line;
}

static int add_inline(struct reader *r, Dwarf_Die *inlined, const char *file, unsigned line)
{
	Dwarf_Addr base, low, high;
	ptrdiff_t at = 0;

	while (r->scope->inline_count < RANGES_MAX) {
		struct plim_scope_inline range = {.file = file, .line = line};

		at = dwarf_ranges(inlined, at, &base, &low, &high);
		if (at <= 0)
			return 0;
		range.low = plim_image_from_dwarf(r->types->image, low);
		if (range.low == PLIM_NO_ADDRESS || high < low)
			continue;
		range.high = range.low + (high - low);
		if (grow((void **)&r->scope->inlines, r->scope->inline_count,
			 &r->scope->inline_capacity, sizeof(range)))
			return -1;
		r->scope->inlines[r->scope->inline_count++] = range;
	}
	return 0;
}

/* `line` is that of the outermost call which the code at hand was inlined for, or 0. */
static int read_children(struct reader *r, Dwarf_Die *parent, const char *file, unsigned line,
			 unsigned level)
{
	Dwarf_Die die;
	int result = 0;

	if (level > NESTING_MAX || dwarf_child(parent, &die))
		return 0;
	do {
		const char *inner_file = file;
		unsigned inner_line = line;

		switch (dwarf_tag(&die)) {
		case DW_TAG_inlined_subroutine:
			if (!line) {
				inner_line = call_line(&die, &inner_file);
				result = add_inline(r, &die, inner_file, inner_line);
			}
			if (!result)
				result = read_children(r, &die, inner_file, inner_line, level + 1);
			break;
		case DW_TAG_lexical_block:
			result = read_children(r, &die, file, line, level + 1);
			break;
		case DW_TAG_variable:
		case DW_TAG_formal_parameter: result = add_slot(r, &die, file, line); break;
		default: break;
		}
	} while (!result && !dwarf_siblingof(&die, &die));
	return result;
}

int plim_types_scope(const struct plim_types *types, uint64_t address, uint64_t frame_bytes,
		     struct plim_scope *scope)
{
	struct reader r = {.types = types, .scope = scope, .frame_bytes = frame_bytes};
	Dwarf *dwarf = plim_image_dwarf(types->image);
	Dwarf_Die die;

	memset(scope, 0, sizeof(*scope));
	for (size_t f = 0; dwarf && f < types->function_count; f++) {
		if (types->functions[f].address != address)
			continue;
		if (!dwarf_offdie(dwarf, types->functions[f].die, &die))
			return 0;
		find_frame_base(&r, &die);
		return read_children(&r, &die, NULL, 0, 0);
	}
	return 0;
}

void plim_scope_free(struct plim_scope *scope)
{
	free(scope->slots);
	free(scope->inlines);
	memset(scope, 0, sizeof(*scope));
}
