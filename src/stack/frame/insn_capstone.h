/* SPDX-License-Identifier: MIT */
/* What capstone decoded, reduced to struct plim_insn. Private to src/stack/frame. */
#ifndef PLIM_STACK_FRAME_INSN_CAPSTONE_H
#define PLIM_STACK_FRAME_INSN_CAPSTONE_H

#include <capstone/capstone.h>

#include "stack/frame/insn.h"

/** DWARF number of a register of capstone's, or PLIM_NO_REGISTER. */
uint8_t plim_aarch64_register(unsigned reg);
uint8_t plim_arm_register(unsigned reg);

/** `insn` has its address, length and `writes`; the rest is filled in. */
void plim_aarch64_reduce(const cs_insn *in, struct plim_insn *insn);
void plim_arm_reduce(const cs_insn *in, struct plim_insn *insn);

#endif
