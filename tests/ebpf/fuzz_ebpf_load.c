/* SPDX-License-Identifier: MIT */
/* Fuzz target: any bytes as an object file; what loads is run. */
#include <stdlib.h>
#include <string.h>

#include "bpf_fixture.h"
#include "core/elf_load.h"
#include "ebpf_fuzz.h"

static const struct plim_bpf_type *any_type(void *arg, const char *section)
{
	(void)arg;
	(void)section;
	return &bpf_fixture_type;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const struct plim_bpf_file_options options = {.type_of = any_type};
	struct plim_error err = {""};
	struct bpf_fixture fixture;
	struct plim_bpf_file *file;
	unsigned char packet[48] = {0};
	uint64_t result;

	bpf_fixture_open(&fixture);
	fixture.invocation->limit = 2000;
	if (plim_bpf_file_load(fixture.host, bytes, size, &options, &file, &err) == 0) {
		for (uint32_t i = 0; i < file->program_count; i++)
			bpf_fixture_run(&fixture, file->programs[i].program, packet, sizeof(packet),
					&result);
		plim_bpf_file_close(file);
	} else if (!err.text[0]) {
		abort(); /* refused without a reason */
	}
	bpf_fixture_close(&fixture);
	return 0;
}
