/* SPDX-License-Identifier: MIT */
/* What a fuzz target offers; libFuzzer or the replaying main (ebpf_fuzz_replay.c) calls it. */
#ifndef PLIM_TEST_EBPF_FUZZ_H
#define PLIM_TEST_EBPF_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#endif
