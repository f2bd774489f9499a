/* SPDX-License-Identifier: MIT */
#include "stack/graph/operand.h"

#include <stdio.h>
#include <string.h>

#include "stack/graph/base_load.h"

struct finder {
	struct plim_image *image;
	const struct plim_types *types;
	struct plim_strings *strings;
	struct plim_operand_type *type;
	int64_t depth; /* of the stack pointer at the call */
};

/* DWARF's number of rsp on x86-64: System V ABI for AMD64, figure 3.36. */
#define RSP 7

/* How far back through loads a pointer's type is sought: a->b->c->read() takes three. */
#define STEPS_MAX 4

static void believe(struct plim_operand_type *type, const char *what, const char *which)
{
	snprintf(type->belief, sizeof(type->belief), "%s %s", what, which);
}

static void add_key(struct plim_operand_type *type, const char *key, const char *signature)
{
	for (size_t k = 0; k < type->key_count; k++) {
		if (type->keys[k].key == key)
			return;
	}
	/* One more than there is room for: the caller then gives up on keys. */
	if (type->key_count < PLIM_OPERAND_KEYS_MAX)
		type->keys[type->key_count] = (struct plim_operand_key){key, signature};
	type->key_count++;
}

/* Does the field lie at this offset, or, where an index is added, anywhere in its array? */
static bool is_at(const struct plim_field *field, int64_t offset, bool is_indexed)
{
	int64_t from = field->offset, span = (int64_t)field->stride * field->count;

	if (offset == from)
		return true;
	if (!field->stride || offset < from || offset >= from + span)
		return false;
	return is_indexed || (offset - from) % field->stride == 0;
}

/* Keys at an offset of one structure, or of any (owner NULL). */
static void add_fields(struct finder *f, const char *owner, int64_t offset, bool is_indexed)
{
	for (size_t i = 0; i < f->types->field_count; i++) {
		const struct plim_field *field = &f->types->fields[i];

		if (!field->signature || (owner && field->owner != owner) ||
		    (!owner && field->owner[0] == '@') || !is_at(field, offset, is_indexed))
			continue;
		add_key(f->type, field->key, field->signature);
	}
}

/* The structure that a pointer at an offset of a structure leads to, or NULL. */
static const char *follow_field(const struct finder *f, const char *owner, int64_t offset)
{
	for (size_t i = 0; i < f->types->field_count; i++) {
		const struct plim_field *field = &f->types->fields[i];

		if (field->owner == owner && field->points_to && is_at(field, offset, false))
			return field->points_to;
	}
	return NULL;
}

/* The variable whose slot in the frame a load reads. rbp is the frame pointer, or, where DWARF has
 * no such slot, a register like others; rsp is as deep as at the call that is asked about. */
static bool load_variable(struct finder *f, const struct plim_base_load *load,
			  struct plim_variable_type *variable)
{
	if (load->is_copy || load->is_slot)
		return false;
	if (load->reg == RSP)
		return plim_types_in_slot(f->types, f->strings, load->address,
					  load->displacement - f->depth, variable);
	return load->is_frame && plim_types_in_slot(f->types, f->strings, load->address,
						    load->displacement - 16, variable);
}

/* The structure that a register points to at an instruction: by its variable, else by the load that
 * filled it, followed a few steps back. */
static const char *base_structure(struct finder *f, uint64_t address, unsigned reg, unsigned steps)
{
	struct plim_variable_type variable;
	struct plim_base_load load;
	const char *outer;

	if (plim_types_in_register(f->types, f->strings, address, reg, &variable) &&
	    variable.points_to)
		return variable.points_to;
	if (!steps || !plim_base_load_find(f->image, address, reg, &load))
		return NULL;
	if (load.is_copy)
		return base_structure(f, load.address, load.reg, steps - 1);
	if (load.is_slot) {
		char owner[32];
		const char *interned;

		snprintf(owner, sizeof(owner), "@%llx", (unsigned long long)load.slot);
		interned = plim_strings_intern(f->strings, owner);
		return interned ? follow_field(f, interned, 0) : NULL;
	}
	if (load_variable(f, &load, &variable))
		return variable.points_to;
	outer = base_structure(f, load.address, load.reg, steps - 1);
	return outer ? follow_field(f, outer, load.displacement) : NULL;
}

static void find_field(struct finder *f, const struct plim_operand *operand)
{
	const char *owner = base_structure(f, operand->load_address, operand->base, STEPS_MAX);
	bool is_indexed = operand->scale != 0;

	if (owner) {
		add_fields(f, owner, operand->displacement, is_indexed);
		if (f->type->key_count == 1)
			believe(f->type, "through", f->type->keys[0].key);
		else if (f->type->key_count)
			believe(f->type, "through", owner);
		if (f->type->key_count)
			return;
	}
	add_fields(f, NULL, operand->displacement, is_indexed);
	if (f->type->key_count == 1) {
		believe(f->type, "through", f->type->keys[0].key);
	} else if (f->type->key_count > PLIM_OPERAND_KEYS_MAX) {
		f->type->key_count = 0;
	} else if (f->type->key_count) {
		char which[120];

		snprintf(which, sizeof(which), "%d of one of %zu structures, such as %.60s",
			 operand->displacement, f->type->key_count, f->type->keys[0].key);
		believe(f->type, "through offset", which);
	}
}

/* A variable at a fixed address: its own pointers, by the types of what lies in it. */
static void find_slot(struct finder *f, uint64_t slot, bool is_indexed)
{
	const struct plim_symbol *symbol = plim_image_symbol_at(f->image, slot);
	char owner[32];
	const char *interned;

	snprintf(owner, sizeof(owner), "@%llx",
		 (unsigned long long)(symbol ? symbol->address : slot));
	interned = plim_strings_intern(f->strings, owner);
	if (!interned)
		return;
	add_fields(f, interned, symbol ? (int64_t)(slot - symbol->address) : 0, is_indexed);
	if (f->type->key_count > PLIM_OPERAND_KEYS_MAX)
		f->type->key_count = 0;
	if (f->type->key_count)
		believe(f->type, "through", f->type->keys[0].key);
}

/* Keys of the structure that `reg` points to: those at an offset. */
static bool find_in_structure(struct finder *f, const struct plim_base_load *load)
{
	const char *owner = base_structure(f, load->address, load->reg, STEPS_MAX);

	if (owner)
		add_fields(f, owner, load->displacement, false);
	if (f->type->key_count)
		believe(f->type, "through", f->type->keys[0].key);
	return f->type->key_count > 0;
}

/* The type of what a register holds, by its variable or by the loads that filled it. */
static bool find_register(struct finder *f, uint64_t address, unsigned reg, unsigned steps,
			  struct plim_variable_type *variable)
{
	struct plim_base_load load;

	if (plim_types_in_register(f->types, f->strings, address, reg, variable) &&
	    variable->signature)
		return true;
	if (!steps || !plim_base_load_find(f->image, address, reg, &load))
		return false;
	if (load.is_copy)
		return find_register(f, load.address, load.reg, steps - 1, variable);
	if (load_variable(f, &load, variable) && variable->signature)
		return true;
	if (load.is_slot)
		find_slot(f, load.slot, false);
	else
		find_in_structure(f, &load);
	return false;
}

static void find_variable(struct finder *f, const struct plim_operand *operand, uint64_t address)
{
	struct plim_variable_type variable = {0};
	unsigned reg = operand->base;
	bool is_found;

	/* The operand may name the register that the value came from, which now holds something else. */
	plim_base_load_called(f->image, address, &reg);
	if (operand->kind == PLIM_OPERAND_STACK)
		is_found = plim_types_in_slot(f->types, f->strings, operand->load_address,
					      -(int64_t)operand->displacement, &variable);
	else
		is_found = find_register(f, address, reg, STEPS_MAX, &variable);
	if (!is_found || !variable.signature)
		return;
	f->type->signature = variable.signature;
	snprintf(f->type->belief, sizeof(f->type->belief), "through variable %.60s, type %.100s",
		 variable.name ? variable.name : "?", variable.signature);
}

void plim_operand_find_type(struct plim_image *image, const struct plim_types *types,
			    struct plim_strings *strings, const struct plim_call *call,
			    struct plim_operand_type *type)
{
	struct finder f = {.image = image, .types = types, .strings = strings, .type = type};
	const struct plim_operand *operand = &call->operand;

	f.depth = (int64_t)call->depth_bytes;

	memset(type, 0, sizeof(*type));
	if (types->function_count) {
		switch (operand->kind) {
		case PLIM_OPERAND_FIELD: find_field(&f, operand); break;
		case PLIM_OPERAND_SLOT: find_slot(&f, operand->slot, false); break;
		case PLIM_OPERAND_TABLE: find_slot(&f, operand->slot, true); break;
		case PLIM_OPERAND_STACK:
		case PLIM_OPERAND_REGISTER: find_variable(&f, operand, call->address); break;
		case PLIM_OPERAND_NONE: break;
		}
	}
	if (!type->key_count && !type->signature)
		believe(type, "through a pointer",
			types->function_count ? "of a type that is not known"
					      : "(no debug information for its type)");
}
