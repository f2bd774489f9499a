/* SPDX-License-Identifier: MIT */
/*
 * The structural check. It refuses what could not be run safely or could only be a mistake:
 * opcodes, fields and registers that do not exist, jumps and calls that leave their function,
 * frames and calls beyond the limits. It follows no values: what an access reaches, and for how
 * long a program runs, the machine checks while it runs.
 */
#ifndef PLIM_EBPF_CHECK_H
#define PLIM_EBPF_CHECK_H

#include "core/program.h"

/** 0; -EINVAL with the instruction and the reason in `err`; or -ENOMEM. */
int plim_bpf_check(const struct plim_bpf_program_spec *spec, struct plim_error *err);

#endif
