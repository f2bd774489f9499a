/* SPDX-License-Identifier: MIT */
/*
 * Loads object files of clang -target bpf: makes their maps and their programs. Nothing of a file
 * is trusted, and nothing is made halfway: either all of it is there afterwards or nothing.
 */
#ifndef PLIM_EBPF_ELF_LOAD_H
#define PLIM_EBPF_ELF_LOAD_H

#include "core/program.h"

#define PLIM_BPF_FILE_PROGRAMS  256
#define PLIM_BPF_FILE_INSNS     (1u << 20)   /* of all its programs, callees counted with each */
#define PLIM_BPF_FILE_BYTES     (64u << 20)  /* of a file that is read */
#define PLIM_BPF_FILE_MAP_BYTES (256u << 20) /* of all its maps together */

struct plim_bpf_file_options {
	/* Which type a program of this section is; NULL refuses the file. */
	const struct plim_bpf_type *(*type_of)(void *arg, const char *section);
	void *arg;
};

struct plim_bpf_file_program {
	struct plim_bpf_program *program; /* a handle; its object's name is the function's */
	char section[PLIM_BPF_NAME_BYTES];
};

/** What a file gave: handles, until plim_bpf_file_close(). */
struct plim_bpf_file {
	uint32_t map_count, program_count;
	struct plim_bpf_map *maps[PLIM_BPF_MAX_MAPS];
	struct plim_bpf_file_program programs[PLIM_BPF_FILE_PROGRAMS];
};

/** From memory: 0 and *out, or a negative errno with the reason in `err`. */
int plim_bpf_file_load(struct plim_bpf_host *host, const void *bytes, size_t size,
		       const struct plim_bpf_file_options *options, struct plim_bpf_file **out,
		       struct plim_error *err);

/** From a path. */
int plim_bpf_file_open(struct plim_bpf_host *host, const char *path,
		       const struct plim_bpf_file_options *options, struct plim_bpf_file **out,
		       struct plim_error *err);

void plim_bpf_file_close(struct plim_bpf_file *file);

/** By name, without a new handle; NULL if there is none. */
struct plim_bpf_map *plim_bpf_file_map(const struct plim_bpf_file *file, const char *name);
struct plim_bpf_program *plim_bpf_file_program(const struct plim_bpf_file *file, const char *name);

#endif
