/* SPDX-License-Identifier: MIT */
/* The type of what an indirect call calls through. */
#ifndef PLIM_STACK_OPERAND_H
#define PLIM_STACK_OPERAND_H

#include "image/types.h"
#include "stack/frame/frame.h"

/** More places than this share an offset only where a key says nothing: the signature is asked. */
#define PLIM_OPERAND_KEYS_MAX 64

struct plim_operand_key {
	const char *key, *signature;
};

struct plim_operand_type {
	struct plim_operand_key keys[PLIM_OPERAND_KEYS_MAX];
	size_t key_count;
	const char *signature; /* where there is no key; NULL: nothing is known */
	char belief[200];      /* "through struct ops.read", for the answer's reason */
};

void plim_operand_find_type(struct plim_image *image, const struct plim_types *types,
			    struct plim_strings *strings, const struct plim_call *call,
			    struct plim_operand_type *type);

#endif
