/* SPDX-License-Identifier: MIT */
/*
 * The machine's operations: one for each instruction of RFC 9669 that does something of its own,
 * so that nothing is decided twice while a program runs. The list is written once; the names, the
 * table of labels and the decoder are made from it.
 */
#ifndef PLIM_EBPF_VM_OPS_H
#define PLIM_EBPF_VM_OPS_H

#include <stdbool.h>

#include "core/program.h"

/* Arithmetic with two operands; the RFC's names. Each exists for 64 and 32 bits, with the immediate
 * (K) and with a register (X). The numbers are those of section 4.1 for `code`, and `off`. */
#define PLIM_BPF_ARITHMETIC(DO) \
	DO(ADD, BPFC_ADD, 0)    \
	DO(SUB, BPFC_SUB, 0)    \
	DO(MUL, BPFC_MUL, 0)    \
	DO(DIV, BPFC_DIV, 0)    \
	DO(SDIV, BPFC_DIV, 1)   \
	DO(OR, BPFC_OR, 0)      \
	DO(AND, BPFC_AND, 0)    \
	DO(LSH, BPFC_LSH, 0)    \
	DO(RSH, BPFC_RSH, 0)    \
	DO(MOD, BPFC_MOD, 0)    \
	DO(SMOD, BPFC_MOD, 1)   \
	DO(XOR, BPFC_XOR, 0)    \
	DO(MOV, BPFC_MOV, 0)    \
	DO(ARSH, BPFC_ARSH, 0)

/* Conditional jumps of section 4.3, in the same four forms. */
#define PLIM_BPF_JUMPS(DO)  \
	DO(JEQ, BPFC_JEQ)   \
	DO(JGT, BPFC_JGT)   \
	DO(JGE, BPFC_JGE)   \
	DO(JSET, BPFC_JSET) \
	DO(JNE, BPFC_JNE)   \
	DO(JSGT, BPFC_JSGT) \
	DO(JSGE, BPFC_JSGE) \
	DO(JLT, BPFC_JLT)   \
	DO(JLE, BPFC_JLE)   \
	DO(JSLT, BPFC_JSLT) \
	DO(JSLE, BPFC_JSLE)

/* Everything that has one form. */
/* clang-format off */
#define PLIM_BPF_SINGLES(DO) \
	DO(NEG64) DO(NEG32) DO(MOVSX64_8) DO(MOVSX64_16) \
	DO(MOVSX64_32) DO(MOVSX32_8) DO(MOVSX32_16) \
	DO(LE16) DO(LE32) DO(LE64) DO(BE16) DO(BE32) DO(BE64) \
	DO(BSWAP16) DO(BSWAP32) DO(BSWAP64) DO(JA) DO(LD64) \
	DO(LDX8) DO(LDX16) DO(LDX32) DO(LDX64) DO(LDSX8) DO(LDSX16) DO(LDSX32) \
	DO(ST8) DO(ST16) DO(ST32) DO(ST64) DO(STX8) DO(STX16) DO(STX32) DO(STX64) \
	DO(ATOMIC_ADD32) DO(ATOMIC_ADD64) DO(ATOMIC_OR32) DO(ATOMIC_OR64) \
	DO(ATOMIC_AND32) DO(ATOMIC_AND64) DO(ATOMIC_XOR32) DO(ATOMIC_XOR64) \
	DO(FETCH_ADD32) DO(FETCH_ADD64) DO(FETCH_OR32) DO(FETCH_OR64) \
	DO(FETCH_AND32) DO(FETCH_AND64) DO(FETCH_XOR32) DO(FETCH_XOR64) \
	DO(XCHG32) DO(XCHG64) DO(CMPXCHG32) DO(CMPXCHG64) \
	DO(CALL_HELPER) DO(CALL_LOCAL) DO(EXIT)
/* clang-format on */

enum plim_bpf_op_code {
	PLIM_OP_NONE = 0, /* after the last instruction, and in the second half of ld_imm64 */
#define FOUR(name, code, off) \
	PLIM_OP_##name##64_K, PLIM_OP_##name##64_X, PLIM_OP_##name##32_K, PLIM_OP_##name##32_X,
#define FOUR_JUMPS(name, code) FOUR(name, code, 0)
#define ONE(name)              PLIM_OP_##name,
	PLIM_BPF_ARITHMETIC(FOUR) PLIM_BPF_JUMPS(FOUR_JUMPS) PLIM_BPF_SINGLES(ONE)
#undef FOUR
#undef FOUR_JUMPS
#undef ONE
		PLIM_OP_COUNT
};

/** The name of an operation, for tests and for the text of an error. */
const char *plim_bpf_op_name(unsigned code);

/**
 * The operation of one instruction, whatever its registers and jump targets are: PLIM_OP_NONE where
 * RFC 9669 defines none. This is the one place that knows which instructions exist.
 */
enum plim_bpf_op_code plim_bpf_op_of(const struct plim_bpf_insn *insn);

/**
 * Decodes a checked program into `ops`, which has room for one more than `count`.
 * `type` resolves helpers.
 */
void plim_bpf_decode(const struct plim_bpf_insn *insns, uint32_t count,
		     const struct plim_bpf_type *type, struct plim_bpf_op *ops);

#endif
