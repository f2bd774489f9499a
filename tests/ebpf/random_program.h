/* SPDX-License-Identifier: MIT */
/*
 * Random programs that Linux's verifier accepts: all registers and a part of the stack start with
 * numbers from the packet, instructions of every kind follow, and at the end all of it goes back
 * into the packet, so that two machines can be compared bit by bit.
 */
#ifndef PLIM_TEST_RANDOM_PROGRAM_H
#define PLIM_TEST_RANDOM_PROGRAM_H

#include <stdint.h>

#include "core/isa.h"

#define RANDOM_PACKET_BYTES 256
#define RANDOM_MAX_INSNS    512

struct random_program {
	uint64_t state; /* of the generator; set it to the seed */
	uint32_t count;
	struct plim_bpf_insn insns[RANDOM_MAX_INSNS];
};

uint64_t random_next(struct random_program *program);

/** Makes the next program of the generator. */
void random_program_make(struct random_program *program);

/** Fills a packet: numbers of all sizes, with many at the edges. */
void random_packet_make(struct random_program *program, uint64_t *packet);

#endif
