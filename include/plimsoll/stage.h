/* SPDX-License-Identifier: MIT */
/*
 * The calls behind statements that cannot use the assembly path. Nobody writes them by hand.
 */
#ifndef PLIMSOLL_STAGE_H
#define PLIMSOLL_STAGE_H

#include <plimsoll/site.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Opens a statement: its words follow one at a time, from the same stack pointer.
 *
 * Stack: 96 bytes. Context: any, signal handlers included. Threads: any.
 */
void plim_stage_begin(const struct plim_site *site);

/**
 * Gives the statement's next word; strings are given by address and copied by plim_stage_commit().
 *
 * Stack: 16 bytes. Context: any, signal handlers included. Threads: any.
 */
void plim_stage_put(const struct plim_site *site, uint64_t word);

/**
 * Records the statement, or counts a drop if words are missing or there is no room.
 *
 * Stack: 288 bytes. Context: any, signal handlers included. Threads: any.
 */
void plim_stage_commit(const struct plim_site *site);

#ifdef __cplusplus
}
#endif

#endif
