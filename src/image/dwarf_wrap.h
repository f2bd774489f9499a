/* SPDX-License-Identifier: MIT */
/* An ELF file in memory that holds the debug sections of another format. Private to src/image. */
#ifndef PLIM_IMAGE_DWARF_WRAP_H
#define PLIM_IMAGE_DWARF_WRAP_H

#include "image/image.h"

/** malloc'd bytes, *size of them; NULL if there is no memory. */
uint8_t *plim_dwarf_wrap(const struct plim_image *image, size_t *size);

#endif
