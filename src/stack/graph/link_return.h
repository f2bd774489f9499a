/* SPDX-License-Identifier: MIT */
/* Jumps that are returns: a routine that was entered by a linked jump goes back through a register. */
#ifndef PLIM_STACK_LINK_RETURN_H
#define PLIM_STACK_LINK_RETURN_H

#include "image/image.h"

/**
 * Does the unwind table say that at this instruction the return address is in this DWARF register? A
 * jump through it then returns. No compiler writes such a rule for x86-64 by itself; assembly that
 * leaves its return address in a register must, or no debugger could leave it.
 */
bool plim_is_link_return(const struct plim_image *image, uint64_t address, unsigned reg);

#endif
