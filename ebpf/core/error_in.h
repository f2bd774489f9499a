/* SPDX-License-Identifier: MIT */
#ifndef PLIM_EBPF_ERROR_IN_H
#define PLIM_EBPF_ERROR_IN_H

#include "base/error.h"

/** Puts "what name: " before the text of an error, in place; what no longer fits is cut. */
void plim_bpf_error_in(struct plim_error *err, const char *what, const char *name);

#endif
