/* SPDX-License-Identifier: MIT */
/*
 * A program: instructions that passed the structural check, decoded for the machine, with the maps
 * they use and the type of hook they are for. Never changed once made, so any number of threads run
 * it at the same time.
 */
#ifndef PLIM_EBPF_PROGRAM_H
#define PLIM_EBPF_PROGRAM_H

#include "base/error.h"
#include "core/isa.h"
#include "core/maps.h"

struct plim_bpf_invocation;

/** A helper: arguments in regs[1] to regs[5], the result is what r0 becomes. */
typedef uint64_t plim_bpf_helper_fn(struct plim_bpf_invocation *invocation);

struct plim_bpf_helper {
	uint32_t id; /* Linux's number (enum bpf_func_id) */
	const char *name;
	plim_bpf_helper_fn *call;
};

/**
 * What a hook promises its programs. Lives as long as they do; the hook makes it, the core only
 * reads it. Two programs are of one type when they point to the same structure.
 */
struct plim_bpf_type {
	const char *name;
	uint32_t context_bytes;
	uint32_t write_low, write_high;        /* the bytes of the context a program may write */
	const struct plim_bpf_helper *helpers; /* besides the core's own; may be NULL */
	uint32_t helper_count;
};

/* One instruction as the machine reads it. */
struct plim_bpf_op {
	uint8_t code; /* enum in vm_ops.h */
	uint8_t dst, src, unused;
	int32_t off;
	union {
		int64_t imm;
		plim_bpf_helper_fn *helper;
	};
};

struct plim_bpf_program_spec {
	const char *name;
	const struct plim_bpf_type *type;
	const struct plim_bpf_insn *insns; /* maps are ld_imm64 with src 1 or 2, imm an index: */
	uint32_t insn_count;
	struct plim_bpf_map *const *maps;
	uint32_t map_count;
};

struct plim_bpf_program {
	struct plim_bpf_object object; /* first: a program is an object */
	const struct plim_bpf_type *type;
	struct plim_bpf_op *ops;
	struct plim_bpf_insn *insns; /* as given, for `show` and `dump` */
	uint32_t insn_count;
	uint32_t map_count;
	struct plim_bpf_map *maps[PLIM_BPF_MAX_MAPS];
	uint64_t serial; /* unique in the process: tells an invocation whose maps it has */
	_Atomic uint64_t runs, faults;
	/* bpf_trace_printk: lines a second, the second being counted, its lines; lost in all. */
	_Atomic uint32_t printk_limit, printk_used;
	_Atomic uint64_t printk_second, printk_lost;
};

/**
 * Checks and decodes: 0 and a program with one handle, or a negative errno with the instruction and
 * the reason in `err`. The program takes references to its maps.
 */
int plim_bpf_program_new(struct plim_bpf_host *host, const struct plim_bpf_program_spec *spec,
			 struct plim_bpf_program **out, struct plim_error *err);

/** The helper with this number for programs of this type; NULL if there is none. */
const struct plim_bpf_helper *plim_bpf_helper_find(const struct plim_bpf_type *type, int32_t id);

#endif
