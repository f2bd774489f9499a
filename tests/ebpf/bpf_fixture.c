/* SPDX-License-Identifier: MIT */
#include "bpf_fixture.h"

#include <stdio.h>
#include <stdlib.h>

const struct plim_bpf_type bpf_fixture_type = {
	.name = "xdp",
	.context_bytes = sizeof(struct xdp_md),
};

void bpf_fixture_open(struct bpf_fixture *fixture)
{
	fixture->host = plim_bpf_host_new();
	fixture->invocation = plim_bpf_invocation_new();
	if (!fixture->host || !fixture->invocation) {
		fprintf(stderr, "no host or no invocation\n");
		exit(1);
	}
}

void bpf_fixture_close(struct bpf_fixture *fixture)
{
	plim_bpf_invocation_free(fixture->invocation);
	if (plim_bpf_host_free(fixture->host)) {
		fprintf(stderr, "objects are left in the host: somebody kept a reference\n");
		exit(1);
	}
}

struct plim_bpf_program *bpf_fixture_load(struct bpf_fixture *fixture,
					  const struct plim_bpf_insn *insns, uint32_t count,
					  struct plim_bpf_map *const *maps, uint32_t map_count,
					  struct plim_error *err)
{
	const struct plim_bpf_program_spec spec = {
		.name = "test",
		.type = &bpf_fixture_type,
		.insns = insns,
		.insn_count = count,
		.maps = maps,
		.map_count = map_count,
	};
	struct plim_bpf_program *program;

	plim_bpf_program_new(fixture->host, &spec, &program, err);
	return program;
}

int bpf_fixture_run(struct bpf_fixture *fixture, struct plim_bpf_program *program, void *packet,
		    uint32_t bytes, uint64_t *result)
{
	_Alignas(8) struct xdp_md context = {
		.data = (uint32_t)PLIM_BPF_PACKET_ADDRESS,
		.data_end = (uint32_t)PLIM_BPF_PACKET_ADDRESS + bytes,
		.data_meta = (uint32_t)PLIM_BPF_PACKET_ADDRESS,
	};
	const struct plim_bpf_input input = {
		.context = &context,
		.packet = packet,
		.packet_bytes = bytes,
		.packet_writable = true,
	};

	return plim_bpf_run(fixture->invocation, program, &input, result);
}
