/* SPDX-License-Identifier: MIT */
#include "image/types.h"

#include <dwarf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image/type_text.h"

/* Namespaces, functions and blocks nest; no real program comes near. */
#define NESTING_MAX 48

/* Members visited in one structure, and in one variable: enough for tables of some thousand rows. */
#define STRUCTURE_BUDGET 20000
#define VARIABLE_BUDGET  400000

/* The same for all of an image, so that the time of a hostile one has an end. */
#define IMAGE_BUDGET 20000000u

struct loader {
	struct plim_types *types;
	struct plim_strings *strings;
	size_t field_capacity, function_capacity, place_capacity;
	unsigned mark; /* of the structures that this image has shown */
	const char *owner;
	uint64_t address; /* of the variable at hand */
	unsigned left;    /* of the image's budget */
};

/* Walks a type with what is left of the image's budget, at most `budget` of it. */
static int walk(struct loader *l, Dwarf_Die *type, const char *key, struct plim_type_visit *visit)
{
	unsigned before;
	int result;

	visit->budget = visit->budget < l->left ? visit->budget : l->left;
	before = visit->budget;
	result = plim_type_walk(type, 0, key, 0, visit);
	before -= visit->budget;
	l->left = l->left > before ? l->left - before : 0;
	return result;
}

static int grow(void **items, size_t count, size_t *capacity, size_t item_bytes)
{
	size_t wanted = *capacity ? *capacity * 2 : 64;
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

static int add_field(void *context, uint64_t offset, const char *key, Dwarf_Die *type,
		     uint64_t stride, uint64_t count)
{
	struct loader *l = context;
	struct plim_field field = {.owner = l->owner,
				   .offset = (uint32_t)offset,
				   .stride = (uint32_t)stride,
				   .count = (uint32_t)count,
				   .key = key,
				   .signature = plim_type_pointer_signature(type, l->strings)};

	if (offset > INT32_MAX || stride > INT32_MAX || count > INT32_MAX)
		return 0;
	if (!field.signature)
		field.points_to = plim_type_points_to(type, l->strings);
	if (!field.signature && !field.points_to)
		return 0;
	if (grow((void **)&l->types->fields, l->types->field_count, &l->field_capacity,
		 sizeof(field)))
		return -1;
	l->types->fields[l->types->field_count++] = field;
	return 0;
}

static int load_structure(struct loader *l, Dwarf_Die *die)
{
	struct plim_type_visit visit = {add_field, l, l->strings, STRUCTURE_BUDGET};

	if (dwarf_hasattr(die, DW_AT_declaration))
		return 0;
	l->owner = plim_type_name(die, l->strings);
	if (!l->owner)
		return -1;
	if (!plim_strings_mark(l->owner, l->mark))
		return 0;
	return walk(l, die, l->owner, &visit);
}

static int add_place(void *context, uint64_t offset, const char *key, Dwarf_Die *type,
		     uint64_t stride, uint64_t count)
{
	struct loader *l = context;
	const char *signature = plim_type_pointer_signature(type, l->strings);

	for (uint64_t i = 0; signature && i < count && l->left; i++) {
		struct plim_typed_place place = {l->address + offset + i * stride, key, signature};

		l->left--;
		if (!plim_image_pointer_at(l->types->image, place.place))
			continue;
		if (grow((void **)&l->types->places, l->types->place_count, &l->place_capacity,
			 sizeof(place)))
			return -1;
		l->types->places[l->types->place_count++] = place;
	}
	return 0;
}

static int add_variable_field(void *context, uint64_t offset, const char *key, Dwarf_Die *type,
			      uint64_t stride, uint64_t count)
{
	if (add_place(context, offset, key, type, stride, count))
		return -1;
	return add_field(context, offset, key, type, stride, count);
}

/* The address that a location says, or false: DW_OP_addrx (DWARF 5) names it by an index. */
static bool address_of(Dwarf_Attribute *location, uint64_t *address)
{
	Dwarf_Attribute indexed;
	Dwarf_Addr value;
	Dwarf_Op *ops;
	size_t count;

	if (dwarf_getlocation(location, &ops, &count) || count != 1)
		return false;
	*address = ops[0].number;
	if (ops[0].atom == DW_OP_addr)
		return true;
	if (ops[0].atom != DW_OP_addrx || dwarf_getlocation_attr(location, ops, &indexed) ||
	    dwarf_formaddr(&indexed, &value))
		return false;
	*address = value;
	return true;
}

/* A variable with an address of its own: the pointers in it, and, as a structure of one variable
 * whose name begins with '@' and its address, what lies where in it. */
static int load_variable(struct loader *l, Dwarf_Die *die)
{
	struct plim_type_visit visit = {add_variable_field, l, l->strings, VARIABLE_BUDGET};
	const char *name = dwarf_diename(die);
	Dwarf_Attribute attribute;
	uint64_t address;
	Dwarf_Die type;
	char owner[32];

	if (!name || !dwarf_attr_integrate(die, DW_AT_location, &attribute) ||
	    !address_of(&attribute, &address) || !plim_type_of(die, &type))
		return 0;
	l->address = plim_image_from_dwarf(l->types->image, address);
	if (l->address == PLIM_NO_ADDRESS)
		return 0;
	snprintf(owner, sizeof(owner), "@%llx", (unsigned long long)l->address);
	l->owner = plim_strings_intern(l->strings, owner);
	name = plim_strings_intern(l->strings, name);
	if (!l->owner || !name)
		return -1;
	return walk(l, &type, name, &visit);
}

static int load_function(struct loader *l, Dwarf_Die *die)
{
	struct plim_typed_function function = {.die = dwarf_dieoffset(die)};
	Dwarf_Addr low, high;

	if (dwarf_lowpc(die, &low)) {
		Dwarf_Addr base;

		if (dwarf_ranges(die, 0, &base, &low, &high) <= 0)
			return 0;
	} else if (dwarf_highpc(die, &high)) {
		return 0;
	}
	function.address = plim_image_from_dwarf(l->types->image, low);
	if (function.address == PLIM_NO_ADDRESS || high < low)
		return 0;
	function.end = function.address + (high - low);
	function.signature = plim_type_signature(die, l->strings);
	if (!function.signature || grow((void **)&l->types->functions, l->types->function_count,
					&l->function_capacity, sizeof(function)))
		return -1;
	l->types->functions[l->types->function_count++] = function;
	return 0;
}

static int load_children(struct loader *l, Dwarf_Die *parent, unsigned level)
{
	Dwarf_Die die;
	int result = 0;

	if (level > NESTING_MAX || dwarf_child(parent, &die))
		return 0;
	do {
		switch (dwarf_tag(&die)) {
		case DW_TAG_structure_type:
		case DW_TAG_class_type:
		case DW_TAG_union_type: result = load_structure(l, &die); break;
		case DW_TAG_variable: result = load_variable(l, &die); break;
		case DW_TAG_subprogram:
			result = load_function(l, &die);
			if (!result)
				result = load_children(l, &die, level + 1);
			break;
		case DW_TAG_lexical_block:
		case DW_TAG_namespace: result = load_children(l, &die, level + 1); break;
		default: break;
		}
	} while (!result && !dwarf_siblingof(&die, &die));
	return result;
}

static int field_order(const void *left, const void *right)
{
	const struct plim_field *a = left, *b = right;

	if (a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	return a->owner == b->owner ? 0 : strcmp(a->owner, b->owner);
}

static int function_order(const void *left, const void *right)
{
	const struct plim_typed_function *a = left, *b = right;

	return (a->address > b->address) - (a->address < b->address);
}

static int place_order(const void *left, const void *right)
{
	const struct plim_typed_place *a = left, *b = right;

	return (a->place > b->place) - (a->place < b->place);
}

static void sort(struct plim_types *types)
{
	if (types->field_count)
		qsort(types->fields, types->field_count, sizeof(*types->fields), field_order);
	if (types->function_count)
		qsort(types->functions, types->function_count, sizeof(*types->functions),
		      function_order);
	if (types->place_count)
		qsort(types->places, types->place_count, sizeof(*types->places), place_order);
}

struct plim_types *plim_types_load(struct plim_image *image, struct plim_strings *strings)
{
	static unsigned images; /* a mark of its own for every image; see plim_strings_mark() */
	struct plim_types *types = calloc(1, sizeof(*types));
	struct loader loader = {
		.types = types, .strings = strings, .mark = ++images, .left = IMAGE_BUDGET};
	Dwarf *dwarf = types ? plim_image_dwarf(image) : NULL;
	Dwarf_CU *unit = NULL;
	Dwarf_Die die;

	if (!types)
		return NULL;
	types->image = image;
	while (dwarf && !dwarf_get_units(dwarf, unit, &unit, NULL, NULL, &die, NULL)) {
		if (load_children(&loader, &die, 0)) {
			plim_types_free(types);
			return NULL;
		}
	}
	sort(types);
	return types;
}

void plim_types_free(struct plim_types *types)
{
	if (!types)
		return;
	free(types->fields);
	free(types->functions);
	free(types->places);
	free(types);
}

const char *plim_types_signature(const struct plim_types *types, uint64_t address)
{
	struct plim_typed_function key = {.address = address}, *found;

	if (!types->function_count)
		return NULL;
	found = bsearch(&key, types->functions, types->function_count, sizeof(key), function_order);
	return found ? found->signature : NULL;
}
