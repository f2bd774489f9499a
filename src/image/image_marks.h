/* SPDX-License-Identifier: MIT */
/* ARM ELF mapping symbols: which bytes of a code section are data, and in which state code is. */
#ifndef PLIM_IMAGE_IMAGE_MARKS_H
#define PLIM_IMAGE_IMAGE_MARKS_H

#include "image/image.h"

/** 'a' (A32), 't' (Thumb), 'x' (code), 'd' (data), or 0 where no symbol tells. */
char plim_image_mark_at(const struct plim_image *image, uint64_t address);

static inline bool plim_image_is_data(const struct plim_image *image, uint64_t address)
{
	return plim_image_mark_at(image, address) == 'd';
}

#endif
