/* SPDX-License-Identifier: MIT */
#include "core/program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/check.h"
#include "core/error_in.h"
#include "core/printk.h"
#include "core/vm_ops.h"

static void program_destroy(struct plim_bpf_object *object)
{
	struct plim_bpf_program *program = (struct plim_bpf_program *)object;

	for (uint32_t i = 0; i < program->map_count; i++)
		plim_bpf_object_put(&program->maps[i]->object);
	free(program->ops);
	free(program->insns);
	free(program);
}

static const struct plim_bpf_object_ops program_object_ops = {.destroy = program_destroy};

static void take_maps(struct plim_bpf_program *program, const struct plim_bpf_program_spec *spec)
{
	program->map_count = spec->map_count;
	for (uint32_t i = 0; i < spec->map_count; i++) {
		program->maps[i] = spec->maps[i];
		plim_bpf_object_get(&spec->maps[i]->object);
	}
}

static int build(struct plim_bpf_program *program, const struct plim_bpf_program_spec *spec,
		 struct plim_error *err)
{
	static _Atomic uint64_t last_serial;
	const size_t bytes = spec->insn_count * sizeof(*spec->insns);
	int rc = -ENOMEM;

	program->ops = malloc((spec->insn_count + 1) * sizeof(*program->ops));
	program->insns = malloc(bytes);
	if (!program->ops || !program->insns) {
		plim_error_set(err, "no memory for %u instructions", spec->insn_count);
		goto out;
	}
	memcpy(program->insns, spec->insns, bytes);
	program->insn_count = spec->insn_count;
	program->type = spec->type;
	program->serial = atomic_fetch_add(&last_serial, 1) + 1;
	atomic_init(&program->printk_limit, PLIM_BPF_PRINTK_PER_SECOND);
	plim_bpf_decode(spec->insns, spec->insn_count, spec->type, program->ops);
	rc = 0;
out:
	return rc;
}

int plim_bpf_program_new(struct plim_bpf_host *host, const struct plim_bpf_program_spec *spec,
			 struct plim_bpf_program **out, struct plim_error *err)
{
	struct plim_bpf_program *program = NULL;
	int rc = -E2BIG;

	if (spec->map_count > PLIM_BPF_MAX_MAPS) {
		plim_error_set(err, "uses %u maps, more than %d", spec->map_count,
			       PLIM_BPF_MAX_MAPS);
		goto out;
	}
	rc = plim_bpf_check(spec, err);
	if (rc)
		goto out;
	program = calloc(1, sizeof(*program));
	rc = -ENOMEM;
	if (!program) {
		plim_error_set(err, "no memory");
		goto out;
	}
	rc = build(program, spec, err);
	if (rc)
		goto out;
	rc = plim_bpf_object_init(&program->object, host, PLIM_BPF_PROGRAM, spec->name,
				  &program_object_ops);
	if (rc)
		plim_error_set(err, "the host has no more numbers for objects");
	else
		take_maps(program, spec);
out:
	if (rc) {
		plim_bpf_error_in(err, "program", spec->name);
		if (program) {
			free(program->ops);
			free(program->insns);
			free(program);
			program = NULL;
		}
	}
	*out = program;
	return rc;
}
