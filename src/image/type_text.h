/* SPDX-License-Identifier: MIT */
/* Private to the DWARF types of an image: one text a type, and what lies at an offset in it. */
#ifndef PLIM_IMAGE_TYPE_TEXT_H
#define PLIM_IMAGE_TYPE_TEXT_H

#include <elfutils/libdw.h>

#include "image/types.h"

/** The type behind DW_AT_type, typedefs and qualifiers stripped; false: none (void), or a circle. */
bool plim_type_of(Dwarf_Die *die, Dwarf_Die *type);

/** "int (struct ops *, char *)" of a subprogram or subroutine type; NULL without memory. */
const char *plim_type_signature(Dwarf_Die *die, struct plim_strings *strings);

/** "struct conn" of a structure or union; those without a name get their place in the source. */
const char *plim_type_name(Dwarf_Die *die, struct plim_strings *strings);

/** The signature that a (stripped) pointer type points to, or NULL if it is no such pointer. */
const char *plim_type_pointer_signature(Dwarf_Die *type, struct plim_strings *strings);

/** The name of the structure that a (stripped) pointer type points to, or NULL. */
const char *plim_type_points_to(Dwarf_Die *type, struct plim_strings *strings);

/** Bytes of a type, 0 if that is not known. */
uint64_t plim_type_size(Dwarf_Die *type);

struct plim_type_visit {
	/* Called for every pointer to a function or structure; `owner` holds it directly, or NULL. */
	int (*found)(void *context, uint64_t offset, const char *key, Dwarf_Die *type,
		     uint64_t stride, uint64_t count);
	void *context;
	struct plim_strings *strings;
	unsigned
		budget; /* members that may still be visited: hostile types are trees without end */
};

/** Walks the members of a (stripped) type, `offset` into the outermost one. Returns 0, or -1. */
int plim_type_walk(Dwarf_Die *type, uint64_t offset, const char *key, unsigned level,
		   struct plim_type_visit *visit);

#endif
