/* SPDX-License-Identifier: MIT */
/* Which instruction gave a register its value, within the straight line of code before a call. */
#ifndef PLIM_STACK_BASE_LOAD_H
#define PLIM_STACK_BASE_LOAD_H

#include "image/image.h"

struct plim_base_load {
	uint64_t address;     /* of that instruction */
	unsigned reg;         /* what it reads: a DWARF register */
	int64_t displacement; /* from that register */
	uint64_t slot;
	bool is_copy;  /* from the register itself, not from memory */
	bool is_slot;  /* from the fixed address `slot` */
	bool is_frame; /* from a slot of the frame, `displacement` from the frame pointer rbp */
};

/**
 * The last instruction before `address` that writes the DWARF register, if it is a plain move and
 * nothing else leads into the code between the two. Only for x86-64; false elsewhere.
 */
bool plim_base_load_find(const struct plim_image *image, uint64_t address, unsigned reg,
			 struct plim_base_load *load);

/** The DWARF register that an indirect call or jump names itself; false if it names none. */
bool plim_base_load_called(const struct plim_image *image, uint64_t address, unsigned *reg);

#endif
