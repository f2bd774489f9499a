/* SPDX-License-Identifier: MIT */
/* Unwind codes of PE x64 (.pdata, .xdata) as rows. Private to src/stack/frame. */
#ifndef PLIM_STACK_FRAME_UNWIND_PE_H
#define PLIM_STACK_FRAME_UNWIND_PE_H

#include "image/image.h"
#include "image/vec.h"

/** As plim_unwind_rows(), for a PE image. */
int plim_unwind_pe_rows(const struct plim_image *image, uint64_t start, uint64_t end,
			struct plim_vec *rows);

#endif
