/* SPDX-License-Identifier: MIT */
/* The clock that stamps records, and its relation to UTC. Not on the path. */
#ifndef PLIM_HOST_CLOCK_HOST_H
#define PLIM_HOST_CLOCK_HOST_H

#include "core/record.h"

/** Reads clock and UTC as close together as it can. */
void plim_clock_now(uint64_t *ticks, uint64_t *utc_ns);

/** Fills in which clock it is, its frequency, the opening pair and the boot. Takes 2 ms. */
void plim_clock_describe(struct plim_file_header *header);

#endif
