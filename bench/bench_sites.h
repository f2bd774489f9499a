/* SPDX-License-Identifier: MIT */
/* Statements and floors by shape, as functions of one type, so that the same loops time both. */
#ifndef PLIM_BENCH_SITES_H
#define PLIM_BENCH_SITES_H

#include "bench.h"

/** A shape: the statement, its floor, and how many events one call of them is. */
struct bench_shape {
	const char *name;
	bench_function *statement;
	bench_function *floor;
	unsigned int events;
};

extern const struct bench_shape bench_shapes[];
extern const unsigned int bench_shape_count;

/** Statements that stay disabled: 16 in one function; and the function without them. */
uint64_t bench_disabled_16(const struct bench_args *args);
uint64_t bench_disabled_none(const struct bench_args *args);

#endif
