/* SPDX-License-Identifier: MIT */
/*
 * The machine. An invocation is everything one run of a program needs beside the program:
 * registers, the program's stacks, and what memory it may reach. It is big, is made beforehand and
 * used again; of the C stack a run takes a few hundred bytes, however deep the program calls.
 */
#ifndef PLIM_EBPF_VM_H
#define PLIM_EBPF_VM_H

#include "core/program.h"

#define PLIM_BPF_DEFAULT_BUDGET 1000000 /* as many as Linux's verifier lets a program run */
#define PLIM_BPF_PRINTK_BYTES   256

enum plim_bpf_fault_kind {
	PLIM_BPF_FAULT_NONE = 0,
	PLIM_BPF_FAULT_READ,   /* address, bytes: not the program's to read */
	PLIM_BPF_FAULT_WRITE,  /* address, bytes: not the program's to write */
	PLIM_BPF_FAULT_ALIGN,  /* an atomic operation on an unaligned address */
	PLIM_BPF_FAULT_BUDGET, /* it ran for too long */
	PLIM_BPF_FAULT_FRAMES, /* it called too deep */
	PLIM_BPF_FAULT_MAP,    /* a helper was given something that is no map of the program */
	PLIM_BPF_FAULT_RECORD, /* a helper was given something that is no reserved record */
	PLIM_BPF_FAULT_OPCODE, /* cannot happen in a program that was checked */
};

/** Why a run ended early. Numbers only: text is made where there is stack for it. */
struct plim_bpf_fault {
	enum plim_bpf_fault_kind kind;
	uint32_t insn;       /* in the program `program_id`, counted from 0 */
	uint32_t program_id; /* a tail call may have left the one that was started */
	uint64_t address;
	uint64_t bytes;
};

/** Whose call the hook is about, for bpf_get_current_*; without it, the thread that runs. */
struct plim_bpf_task {
	uint32_t pid, tgid; /* Linux's words: pid is the thread */
	uint32_t uid, gid;
	char comm[16];
};

/** What a hook gives to a run. */
struct plim_bpf_input {
	void *context; /* of type->context_bytes, 8-byte aligned */
	void *packet;  /* may be NULL */
	uint32_t packet_bytes;
	bool packet_writable;
	const struct plim_bpf_task *task; /* may be NULL */
};

/** One line of bpf_trace_printk; both strings end with the call. */
struct plim_bpf_printk {
	const struct plim_bpf_program *program;
	const char *text;
	uint32_t bytes;
	uint64_t lost; /* lines of this program that the rate limit has dropped so far */
};

struct plim_bpf_frame {
	struct plim_bpf_program *program; /* of the caller: a tail call may have left it */
	const struct plim_bpf_op *call;
	uint64_t saved[4]; /* r6 to r9 */
};

struct plim_bpf_invocation {
	uint64_t regs[BPFC_REGISTERS];
	int64_t limit;  /* instructions; set by the owner, PLIM_BPF_DEFAULT_BUDGET at first */
	int64_t budget; /* left of them; after a run, limit - budget were executed */
	uint32_t depth; /* frames beside the first */
	uint32_t frames_cleared; /* in this run: a frame is zero when it is first used */
	uint32_t slot;
	uint32_t map_regions; /* in use in `regions` */
	uint32_t tail_calls;  /* of this run: so many programs are in `tail_programs`, referenced */
	uint64_t regions_for; /* serial of the program whose maps are in `regions` */
	uint64_t random;
	struct plim_bpf_program *program; /* that runs now */
	bool tail_call;                   /* the helper asks for the last of `tail_programs` */
	struct plim_bpf_program *tail_programs[PLIM_BPF_MAX_TAIL_CALLS];
	const struct plim_bpf_input *input;
	struct plim_bpf_fault fault;
	void (*printk)(void *arg, const struct plim_bpf_printk *line);
	void *printk_arg;
	struct {
		struct plim_bpf_map *map;
		void *bytes;
	} records[PLIM_BPF_RECORDS];
	struct plim_bpf_frame frames[PLIM_BPF_MAX_FRAMES];
	struct plim_bpf_region regions[PLIM_BPF_REGIONS];
	char text[PLIM_BPF_PRINTK_BYTES];
	_Alignas(16) unsigned char stack[PLIM_BPF_MAX_FRAMES * PLIM_BPF_FRAME_BYTES];
};

/** A new invocation with a slot of its own: NULL without memory or with PLIM_BPF_SLOTS in use. */
struct plim_bpf_invocation *plim_bpf_invocation_new(void);
void plim_bpf_invocation_free(struct plim_bpf_invocation *invocation);

/**
 * Runs a program: 0 and its r0, or a negative errno with `invocation->fault` set: -EFAULT (memory),
 * -ETIME (budget), -ELOOP (frames), -EINVAL (an argument or opcode). The caller holds a reference
 * to the program, and uses one invocation in one thread at a time.
 * Stack: docs/ebpf-core.md. Context: any thread, also on a small stack; not in a signal handler.
 */
int plim_bpf_run(struct plim_bpf_invocation *invocation, struct plim_bpf_program *program,
		 const struct plim_bpf_input *input, uint64_t *result);

/**
 * Cleans up after a run that was left without returning (its stack overflowed, and the owner
 * jumped out of the signal handler): open records are discarded, references dropped.
 */
void plim_bpf_invocation_abandon(struct plim_bpf_invocation *invocation);

/** The fault in words, for a log or an error line. */
void plim_bpf_fault_text(const struct plim_bpf_fault *fault, struct plim_error *text);

/** For helpers: ends the run with this fault; returns 0 for convenience. */
uint64_t plim_bpf_fault_set(struct plim_bpf_invocation *invocation, enum plim_bpf_fault_kind kind,
			    uint64_t address, uint64_t bytes);

/** For helpers: memory of the program, or NULL with the fault set. */
void *plim_bpf_argument(struct plim_bpf_invocation *invocation, uint64_t address, uint64_t bytes,
			enum plim_bpf_access access);

#endif
