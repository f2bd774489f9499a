/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: any bytes as instructions, with a map of each kind to call helpers on. What the
 * check accepts must neither touch what is not its own (a sanitizer sees that) nor run for ever.
 */
#include <stdlib.h>
#include <string.h>

#include "bpf_fixture.h"
#include "ebpf_fuzz.h"

enum { MAPS = 7 };

static const struct plim_bpf_map_spec specs[MAPS] = {
	{"array", BPF_MAP_TYPE_ARRAY, 4, 12, 4, 0},
	{"hash", BPF_MAP_TYPE_HASH, 4, 5, 4, 0},
	{"lru", BPF_MAP_TYPE_LRU_HASH, 8, 8, 2, 0},
	{"thread", BPF_MAP_TYPE_PERCPU_ARRAY, 4, 8, 2, 0},
	{"lpm", BPF_MAP_TYPE_LPM_TRIE, 8, 4, 4, 0},
	{"ring", BPF_MAP_TYPE_RINGBUF, 0, 0, 4096, 0},
	{"programs", BPF_MAP_TYPE_PROG_ARRAY, 4, 4, 2, 0},
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const uint32_t count = (uint32_t)(size / sizeof(struct plim_bpf_insn));
	struct plim_bpf_insn *insns = malloc(size + 1);
	struct plim_bpf_map *maps[MAPS];
	struct plim_bpf_program *program;
	struct plim_error err = {""};
	struct bpf_fixture fixture;
	unsigned char *packet = calloc(1, 40);
	uint64_t result;

	if (!insns || !packet)
		abort();
	memcpy(insns, bytes, size);
	bpf_fixture_open(&fixture);
	fixture.invocation->limit = 4000;
	for (int i = 0; i < MAPS; i++) {
		if (plim_bpf_map_new(fixture.host, &specs[i], &maps[i], &err))
			abort();
	}
	program = bpf_fixture_load(&fixture, insns, count, maps, MAPS, &err);
	if (program) {
		bpf_fixture_run(&fixture, program, packet, 40, &result);
		plim_bpf_object_close(&program->object);
	} else if (!err.text[0]) {
		abort(); /* refused without a reason */
	}
	for (int i = 0; i < MAPS; i++)
		plim_bpf_object_close(&maps[i]->object);
	bpf_fixture_close(&fixture);
	free(packet);
	free(insns);
	return 0;
}
