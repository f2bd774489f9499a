/* SPDX-License-Identifier: MIT */
/*
 * What the unwind tables say of a piece of code: at which distance from what register its frame's
 * base (the CFA) is, row by row. One form for .eh_frame, .debug_frame and PE's .xdata.
 */
#ifndef PLIM_STACK_FRAME_UNWIND_H
#define PLIM_STACK_FRAME_UNWIND_H

#include "image/image.h"
#include "image/vec.h"

enum plim_unwind_kind {
	PLIM_UNWIND_NONE,     /* the table does not cover this */
	PLIM_UNWIND_REGISTER, /* base = reg + offset */
	PLIM_UNWIND_OTHER,    /* an expression: it says nothing that we compare */
};

/** Holds from `address` to the next row's address. */
struct plim_unwind_row {
	uint64_t address;
	int64_t offset;
	uint8_t kind;
	uint8_t reg;
	uint8_t return_register; /* 1 + the register that holds the return address; 0: none does */
};

/**
 * Appends the rows for [start, end) to `rows`, by address; the first is at `start`, uncovered gaps
 * are rows too. Returns 0, or -1 if there is no memory.
 */
int plim_unwind_rows(const struct plim_image *image, uint64_t start, uint64_t end,
		     struct plim_vec *rows);

/** The row that holds at an address, or NULL; `rows` of one plim_unwind_rows() call. */
const struct plim_unwind_row *plim_unwind_row_at(const struct plim_unwind_row *rows, size_t count,
						 uint64_t address);

#endif
