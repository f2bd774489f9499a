/* SPDX-License-Identifier: MIT */
#include "image/type_text.h"

#include <dwarf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Types nest as deep as a hostile file likes; real ones do not come near. */
#define LEVELS_MAX 24
#define TEXT_BYTES 1024

struct text {
	char bytes[TEXT_BYTES];
	size_t used;
};

static void put(struct text *text, const char *more)
{
	size_t length = strlen(more);

	if (length > sizeof(text->bytes) - 1 - text->used)
		length = sizeof(text->bytes) - 1 - text->used;
	memcpy(text->bytes + text->used, more, length);
	text->used += length;
	text->bytes[text->used] = '\0';
}

bool plim_type_of(Dwarf_Die *die, Dwarf_Die *type)
{
	Dwarf_Die at = *die;

	for (int i = 0; i < LEVELS_MAX; i++) {
		Dwarf_Attribute attribute;

		if (!dwarf_attr_integrate(&at, DW_AT_type, &attribute) ||
		    !dwarf_formref_die(&attribute, type))
			return false;
		switch (dwarf_tag(type)) {
		case DW_TAG_typedef:
		case DW_TAG_const_type:
		case DW_TAG_volatile_type:
		case DW_TAG_restrict_type:
		case DW_TAG_atomic_type: at = *type; break;
		default: return true;
		}
	}
	return false;
}

/* Structures without a name are told apart by where they are declared. */
static void put_name(struct text *text, Dwarf_Die *die, const char *what)
{
	const char *name = dwarf_diename(die);
	char place[64];
	int line = 0;

	put(text, what);
	if (name) {
		put(text, name);
		return;
	}
	dwarf_decl_line(die, &line);
	snprintf(place, sizeof(place), "@%d:%llu", line, (unsigned long long)plim_type_size(die));
	put(text, place);
}

static void put_type(struct text *text, Dwarf_Die *type, unsigned level);

static void put_target(struct text *text, Dwarf_Die *die, unsigned level)
{
	Dwarf_Die type;

	if (plim_type_of(die, &type))
		put_type(text, &type, level + 1);
	else
		put(text, "void");
}

static void put_signature(struct text *text, Dwarf_Die *die, unsigned level)
{
	Dwarf_Die child;
	const char *comma = "";

	put_target(text, die, level);
	put(text, " (");
	if (!dwarf_child(die, &child)) {
		do {
			int tag = dwarf_tag(&child);

			if (tag != DW_TAG_formal_parameter && tag != DW_TAG_unspecified_parameters)
				continue;
			put(text, comma);
			comma = ", ";
			if (tag == DW_TAG_formal_parameter)
				put_target(text, &child, level);
			else
				put(text, "...");
		} while (!dwarf_siblingof(&child, &child));
	}
	/* `int f()` in C says nothing of its parameters; see plim_signatures_agree(). */
	if (!*comma && !dwarf_hasattr_integrate(die, DW_AT_prototyped))
		put(text, "?");
	put(text, ")");
}

static void put_type(struct text *text, Dwarf_Die *type, unsigned level)
{
	/* Types that name themselves make a tree without end; a full text ends it as well. */
	if (level > LEVELS_MAX || text->used == sizeof(text->bytes) - 1) {
		put(text, "?");
		return;
	}
	switch (dwarf_tag(type)) {
	case DW_TAG_pointer_type:
	case DW_TAG_array_type: /* as a parameter it is a pointer */
		put_target(text, type, level);
		put(text, " *");
		break;
	case DW_TAG_structure_type:
	case DW_TAG_class_type: put_name(text, type, "struct "); break;
	case DW_TAG_union_type: put_name(text, type, "union "); break;
	case DW_TAG_enumeration_type: put_name(text, type, "enum "); break;
	case DW_TAG_subroutine_type: put_signature(text, type, level); break;
	default: put(text, dwarf_diename(type) ? dwarf_diename(type) : "?"); break;
	}
}

const char *plim_type_signature(Dwarf_Die *die, struct plim_strings *strings)
{
	struct text text = {.used = 0};

	put_signature(&text, die, 0);
	return plim_strings_intern(strings, text.bytes);
}

bool plim_signatures_agree(const char *a, const char *b)
{
	return !a || !b || a == b || strstr(a, "(?)") || strstr(b, "(?)");
}

const char *plim_type_name(Dwarf_Die *die, struct plim_strings *strings)
{
	struct text text = {.used = 0};

	put_type(&text, die, 0);
	return plim_strings_intern(strings, text.bytes);
}

static bool is_structure(Dwarf_Die *type)
{
	int tag = dwarf_tag(type);

	return tag == DW_TAG_structure_type || tag == DW_TAG_union_type || tag == DW_TAG_class_type;
}

const char *plim_type_pointer_signature(Dwarf_Die *type, struct plim_strings *strings)
{
	Dwarf_Die target;

	if (dwarf_tag(type) != DW_TAG_pointer_type || !plim_type_of(type, &target) ||
	    dwarf_tag(&target) != DW_TAG_subroutine_type)
		return NULL;
	return plim_type_signature(&target, strings);
}

const char *plim_type_points_to(Dwarf_Die *type, struct plim_strings *strings)
{
	Dwarf_Die target;

	if (dwarf_tag(type) != DW_TAG_pointer_type || !plim_type_of(type, &target) ||
	    !is_structure(&target))
		return NULL;
	return plim_type_name(&target, strings);
}

uint64_t plim_type_size(Dwarf_Die *type)
{
	Dwarf_Word size;

	if (dwarf_tag(type) == DW_TAG_pointer_type && !dwarf_hasattr(type, DW_AT_byte_size)) {
		Dwarf_Die unit;
		uint8_t address_bytes = 8;

		return dwarf_diecu(type, &unit, &address_bytes, NULL) ? address_bytes : 0;
	}
	return dwarf_aggregate_size(type, &size) ? 0 : size;
}

/* An array's elements: their number, 0 where it is not known. */
static uint64_t array_count(Dwarf_Die *array, uint64_t element_bytes)
{
	uint64_t bytes = plim_type_size(array);

	return element_bytes ? bytes / element_bytes : 0;
}

static int walk_members(Dwarf_Die *type, uint64_t offset, unsigned level,
			struct plim_type_visit *visit)
{
	const char *owner = plim_type_name(type, visit->strings), *key;
	Dwarf_Die member, inner;
	int result = owner ? 0 : -1;

	if (result || dwarf_child(type, &member))
		return result;
	do {
		Dwarf_Attribute attribute;
		Dwarf_Word at = 0;
		char text[TEXT_BYTES];
		const char *name = dwarf_diename(&member);

		if (dwarf_tag(&member) != DW_TAG_member || !plim_type_of(&member, &inner))
			continue;
		if (!visit->budget || !visit->budget--)
			return 0;
		if (dwarf_attr(&member, DW_AT_data_member_location, &attribute) &&
		    dwarf_formudata(&attribute, &at))
			continue;
		snprintf(text, sizeof(text), "%s.%s", owner, name ? name : "");
		key = plim_strings_intern(visit->strings, text);
		result = key ? plim_type_walk(&inner, offset + at, key, level + 1, visit) : -1;
	} while (!result && !dwarf_siblingof(&member, &member));
	return result;
}

int plim_type_walk(Dwarf_Die *type, uint64_t offset, const char *key, unsigned level,
		   struct plim_type_visit *visit)
{
	Dwarf_Die element;
	uint64_t size, count;

	if (level > LEVELS_MAX)
		return 0;
	if (is_structure(type))
		return walk_members(type, offset, level, visit);
	if (dwarf_tag(type) == DW_TAG_pointer_type)
		return visit->found(visit->context, offset, key, type, 0, 1);
	if (dwarf_tag(type) != DW_TAG_array_type || !plim_type_of(type, &element))
		return 0;
	size = plim_type_size(&element);
	count = array_count(type, size);
	if (dwarf_tag(&element) == DW_TAG_pointer_type)
		return visit->found(visit->context, offset, key, &element, size, count);
	/* Arrays of structures: every element, as far as the budget reaches. */
	for (uint64_t i = 0; i < count && visit->budget && visit->budget--; i++) {
		if (plim_type_walk(&element, offset + i * size, key, level + 1, visit))
			return -1;
		if (!is_structure(&element))
			break;
	}
	return 0;
}
