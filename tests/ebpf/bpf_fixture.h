/* SPDX-License-Identifier: MIT */
/* What the tests of the machine share: a host, an XDP-like type, and a call to run programs. */
#ifndef PLIM_TEST_BPF_FIXTURE_H
#define PLIM_TEST_BPF_FIXTURE_H

#include <linux/bpf.h>

#include "core/vm.h"

struct bpf_fixture {
	struct plim_bpf_host *host;
	struct plim_bpf_invocation *invocation;
};

/** `struct xdp_md`, nothing of it writable, no helpers of its own. */
extern const struct plim_bpf_type bpf_fixture_type;

/** Both exit the test with a message where they fail: a test without them means nothing. */
void bpf_fixture_open(struct bpf_fixture *fixture);
void bpf_fixture_close(struct bpf_fixture *fixture);

/** A program of the fixture's type; NULL with `err` set where it is refused. */
struct plim_bpf_program *bpf_fixture_load(struct bpf_fixture *fixture,
					  const struct plim_bpf_insn *insns, uint32_t count,
					  struct plim_bpf_map *const *maps, uint32_t map_count,
					  struct plim_error *err);

/** Runs it over a packet (may be NULL) as an XDP program sees it. */
int bpf_fixture_run(struct bpf_fixture *fixture, struct plim_bpf_program *program, void *packet,
		    uint32_t bytes, uint64_t *result);

#endif
