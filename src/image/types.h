/* SPDX-License-Identifier: MIT */
/*
 * What DWARF says about the functions and pointers of an image: signatures, the fields of structures
 * that hold pointers to functions, and which variable is in a register or slot at an instruction.
 *
 * Types are compared by their text, so that images which were compiled apart can be compared:
 * typedefs are resolved and qualifiers dropped, since C programs freely give a `char *` where a
 * `const char *` is declared. A *key* names a place that holds pointers to functions: "struct ops.read"
 * for a field wherever such a structure lives, "handler" for a variable. Strings with equal text are
 * the same pointer within one struct plim_strings.
 */
#ifndef PLIM_IMAGE_TYPES_H
#define PLIM_IMAGE_TYPES_H

#include "image/image.h"
#include "image/intern.h"

/** A place of a structure that matters for indirect calls. */
struct plim_field {
	const char *owner; /* the structure that the offset counts in: "struct conn" */
	uint32_t offset;
	uint32_t stride;       /* > 0: an array, with elements so many bytes apart */
	uint32_t count;        /* of its elements, 1 if it is none */
	const char *key;       /* "struct ops.read": the innermost structure and the field in it */
	const char *signature; /* of the functions that it points to, or NULL: */
	const char *points_to; /* then it is a pointer to this structure */
};

struct plim_typed_function {
	uint64_t address;
	uint64_t end;
	const char *signature;
	uint64_t die; /* its offset in .debug_info */
};

/** A pointer to a function in static data whose type is known. */
struct plim_typed_place {
	uint64_t place;
	const char *key, *signature;
};

struct plim_types {
	struct plim_image *image;
	struct plim_field *fields; /* by offset, then owner */
	size_t field_count;
	struct plim_typed_function *functions; /* by address */
	size_t function_count;
	struct plim_typed_place *places; /* by place */
	size_t place_count;
};

/** NULL without memory; an image without DWARF gives an empty one. */
struct plim_types *plim_types_load(struct plim_image *image, struct plim_strings *strings);
void plim_types_free(struct plim_types *types);

/** The signature of the function at an address, or NULL. */
const char *plim_types_signature(const struct plim_types *types, uint64_t address);

/** May a pointer of one type lead to a function of the other? One that is not known agrees with all. */
bool plim_signatures_agree(const char *a, const char *b);

/** What is known of a variable that a register or slot holds. */
struct plim_variable_type {
	const char *name;
	const char *signature; /* it points to functions of this type, or NULL: */
	const char *points_to; /* it points to this structure, or NULL */
};

/**
 * The variable in a DWARF register, or in the slot whose lowest byte is `cfa_offset` from the frame's
 * base (both as seen by the instruction at `address`). Returns false where DWARF does not say.
 */
bool plim_types_in_register(const struct plim_types *types, struct plim_strings *strings,
			    uint64_t address, unsigned dwarf_register,
			    struct plim_variable_type *variable);
bool plim_types_in_slot(const struct plim_types *types, struct plim_strings *strings,
			uint64_t address, int64_t cfa_offset, struct plim_variable_type *variable);

/** A variable's place in its function's frame, by the line of the statement that it is of. */
struct plim_scope_slot {
	uint64_t low_bytes; /* depth of its lowest byte below the frame's base */
	uint64_t size;
	const char *file;
	unsigned line;
};

/** Code that was inlined into a function, by the line of the call that it stands for. */
struct plim_scope_inline {
	uint64_t low, high;
	const char *file;
	unsigned line;
};

struct plim_scope {
	struct plim_scope_slot *slots;
	size_t slot_count, slot_capacity;
	struct plim_scope_inline *inlines;
	size_t inline_count, inline_capacity;
};

/**
 * What DWARF knows of the frame of the function at an address. `frame_bytes` places what hangs on the
 * stack pointer. The caller frees it with plim_scope_free(). Returns 0 (it may be empty), or -1
 * without memory.
 */
int plim_types_scope(const struct plim_types *types, uint64_t address, uint64_t frame_bytes,
		     struct plim_scope *scope);
void plim_scope_free(struct plim_scope *scope);

#endif
