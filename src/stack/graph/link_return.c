/* SPDX-License-Identifier: MIT */
#include "stack/graph/link_return.h"

#include <dwarf.h>

#include "image/cfi.h"
#include "image/image_build.h"

/* DW_CFA_remember_state nests; no assembler writes more. */
#define STATES_MAX 16

/* Where the return address is: a register, or (-1) somewhere else. */
struct reader {
	const struct plim_cie *cie;
	const uint8_t *at, *end;
	uint64_t address, wanted;
	int64_t place, initial, states[STATES_MAX];
	unsigned depth;
};

static bool skip_block(struct reader *r)
{
	uint64_t size;

	if (!plim_read_uleb(&r->at, r->end, &size) || size > (uint64_t)(r->end - r->at))
		return false;
	r->at += size;
	return true;
}

static bool advance(struct reader *r, uint64_t delta)
{
	r->address += delta * r->cie->code_factor;
	return r->address <= r->wanted;
}

static bool advance_bytes(struct reader *r, unsigned bytes)
{
	uint64_t delta;

	return plim_read_uint(&r->at, r->end, bytes, &delta) && advance(r, delta);
}

/* Rules for one register: the operands behind its number, and what they mean for the return's. */
static bool read_rule(struct reader *r, uint8_t operation)
{
	uint64_t reg, operand = 0;
	int64_t place = -1;
	bool is_good = plim_read_uleb(&r->at, r->end, &reg);

	switch (operation) {
	case DW_CFA_register:
		is_good = is_good && plim_read_uleb(&r->at, r->end, &operand);
		place = operand < 64 ? (int64_t)operand : -1;
		break;
	case DW_CFA_expression:
	case DW_CFA_val_expression: is_good = is_good && skip_block(r); break;
	case DW_CFA_restore_extended: place = r->initial; break;
	case DW_CFA_undefined:
	case DW_CFA_same_value: break;
	default: is_good = is_good && plim_read_uleb(&r->at, r->end, &operand); break;
	}
	if (is_good && reg == r->cie->return_register)
		r->place = place;
	return is_good;
}

/* The operations whose low six bits are their operand (DWARF 5, 7.24). */
static bool read_packed(struct reader *r, uint8_t operation)
{
	uint8_t operand = operation & 0x3f;
	uint64_t offset;

	if ((operation & 0xc0) == DW_CFA_advance_loc)
		return advance(r, operand);
	if ((operation & 0xc0) == DW_CFA_offset && !plim_read_uleb(&r->at, r->end, &offset))
		return false;
	if (operand == r->cie->return_register)
		r->place = (operation & 0xc0) == DW_CFA_restore ? r->initial : -1;
	return true;
}

/* One operation; false at the wanted address, at the end, and for what is not understood. */
static bool step(struct reader *r)
{
	uint64_t operand;
	uint8_t operation;

	if (r->at == r->end)
		return false;
	operation = *r->at++;
	if (operation & 0xc0)
		return read_packed(r, operation);
	switch (operation) {
	case DW_CFA_nop: return true;
	case DW_CFA_advance_loc1: return advance_bytes(r, 1);
	case DW_CFA_advance_loc2: return advance_bytes(r, 2);
	case DW_CFA_advance_loc4: return advance_bytes(r, 4);
	case DW_CFA_remember_state:
		if (r->depth < STATES_MAX)
			r->states[r->depth] = r->place;
		return ++r->depth <= STATES_MAX;
	case DW_CFA_restore_state:
		if (!r->depth)
			return false;
		r->place = r->states[--r->depth];
		return true;
	case DW_CFA_def_cfa:
		return plim_read_uleb(&r->at, r->end, &operand) &&
		       plim_read_uleb(&r->at, r->end, &operand);
	case DW_CFA_def_cfa_register:
	case DW_CFA_def_cfa_offset:
	case DW_CFA_def_cfa_offset_sf:
	case DW_CFA_GNU_args_size: return plim_read_uleb(&r->at, r->end, &operand);
	case DW_CFA_def_cfa_expression: return skip_block(r);
	case DW_CFA_register:
	case DW_CFA_expression:
	case DW_CFA_val_expression:
	case DW_CFA_restore_extended:
	case DW_CFA_undefined:
	case DW_CFA_same_value:
	case DW_CFA_offset_extended:
	case DW_CFA_offset_extended_sf:
	case DW_CFA_val_offset:
	case DW_CFA_val_offset_sf: return read_rule(r, operation);
	default: r->place = -1; return false;
	}
}

bool plim_is_link_return(const struct plim_image *image, uint64_t address, unsigned reg)
{
	const struct plim_cfi *cfi = &image->priv->cfi;
	const struct plim_fde *fde = plim_cfi_find(cfi, address);
	struct reader r = {.wanted = address, .place = -1, .initial = -1};

	if (!fde || fde->cie >= cfi->cies.count)
		return false;
	r.cie = (const struct plim_cie *)cfi->cies.items + fde->cie;
	r.address = fde->start;
	r.at = r.cie->rules;
	r.end = r.cie->rules_end;
	while (step(&r))
		;
	if (r.at != r.end) /* not understood: nothing is claimed */
		return false;
	r.initial = r.place;
	r.at = fde->rules;
	r.end = fde->rules_end;
	while (step(&r))
		;
	return r.place >= 0 && (uint64_t)r.place == reg && (r.at == r.end || r.address > r.wanted);
}
