/* SPDX-License-Identifier: MIT */
/*
 * ORC, the Linux kernel's own unwind table (.orc_unwind, .orc_unwind_ip): for each address from which
 * on it holds, the register and offset that give the caller's stack pointer. Private to src.
 */
#ifndef PLIM_IMAGE_ORC_H
#define PLIM_IMAGE_ORC_H

#include "image/image.h"
#include "image/vec.h"

struct plim_orc {
	uint64_t address;
	int16_t offset;
	uint8_t reg; /* DWARF number; 255: not a register plus an offset, or no frame at all */
};

/** Reads and sorts the entries into a vector of struct plim_orc. 0, or -1 if there is no memory. */
int plim_orc_read(const struct plim_image *image, struct plim_vec *entries);

#endif
