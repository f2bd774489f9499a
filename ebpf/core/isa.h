/* SPDX-License-Identifier: MIT */
/*
 * The instruction set of RFC 9669 (BPF Instruction Set Architecture), sections 3 to 5. Written out
 * here because the system's <linux/bpf.h> may be older than the RFC.
 */
#ifndef PLIM_EBPF_ISA_H
#define PLIM_EBPF_ISA_H

#include <stdint.h>

/* Section 3.1: one instruction of 64 bits, on a little-endian machine. */
struct plim_bpf_insn {
	uint8_t code;
	uint8_t dst : 4;
	uint8_t src : 4;
	int16_t off;
	int32_t imm;
};

enum {
	/* Section 3.2, instruction classes: the low three bits of the opcode. */
	BPFC_LD = 0x00,
	BPFC_LDX = 0x01,
	BPFC_ST = 0x02,
	BPFC_STX = 0x03,
	BPFC_ALU = 0x04,
	BPFC_JMP = 0x05,
	BPFC_JMP32 = 0x06,
	BPFC_ALU64 = 0x07,
	BPFC_CLASS = 0x07,
	/* Section 4, the source bit of arithmetic and jumps: the immediate or the register. */
	BPFC_K = 0x00,
	BPFC_X = 0x08,
	/* Section 4.1, arithmetic. Offset 1 makes DIV and MOD signed; 8, 16, 32 make MOV extend. */
	BPFC_ADD = 0x00,
	BPFC_SUB = 0x10,
	BPFC_MUL = 0x20,
	BPFC_DIV = 0x30,
	BPFC_OR = 0x40,
	BPFC_AND = 0x50,
	BPFC_LSH = 0x60,
	BPFC_RSH = 0x70,
	BPFC_NEG = 0x80,
	BPFC_MOD = 0x90,
	BPFC_XOR = 0xa0,
	BPFC_MOV = 0xb0,
	BPFC_ARSH = 0xc0,
	BPFC_END = 0xd0,
	BPFC_OPERATION = 0xf0,
	/* Section 4.3, jumps. */
	BPFC_JA = 0x00,
	BPFC_JEQ = 0x10,
	BPFC_JGT = 0x20,
	BPFC_JGE = 0x30,
	BPFC_JSET = 0x40,
	BPFC_JNE = 0x50,
	BPFC_JSGT = 0x60,
	BPFC_JSGE = 0x70,
	BPFC_CALL = 0x80,
	BPFC_EXIT = 0x90,
	BPFC_JLT = 0xa0,
	BPFC_JLE = 0xb0,
	BPFC_JSLT = 0xc0,
	BPFC_JSLE = 0xd0,
	/* Section 5, loads and stores: size and mode. */
	BPFC_W = 0x00,
	BPFC_H = 0x08,
	BPFC_B = 0x10,
	BPFC_DW = 0x18,
	BPFC_SIZE = 0x18,
	BPFC_IMM = 0x00,
	BPFC_ABS = 0x20,
	BPFC_IND = 0x40,
	BPFC_MEM = 0x60,
	BPFC_MEMSX = 0x80,
	BPFC_ATOMIC = 0xc0,
	BPFC_MODE = 0xe0,
	/* Section 5.3, atomic operations, in the immediate. */
	BPFC_FETCH = 0x01,
	BPFC_XCHG = 0xe0 | BPFC_FETCH,
	BPFC_CMPXCHG = 0xf0 | BPFC_FETCH,
	/* Section 5.4, the 64-bit immediate, and what its source register says it means. */
	BPFC_LD64 = BPFC_LD | BPFC_DW | BPFC_IMM,
	BPFC_LD64_MAP = 1,
	BPFC_LD64_MAP_VALUE = 2,
	BPFC_LD64_VARIABLE = 3,
	BPFC_LD64_CODE = 4,
	/* Section 4.3.1, what the source register of a call says. */
	BPFC_CALL_HELPER = 0,
	BPFC_CALL_LOCAL = 1,
	BPFC_CALL_BTF = 2,
};

#define BPFC_REGISTERS      11 /* r0 to r10 */
#define BPFC_FRAME_REGISTER 10 /* read-only */

/*
 * Limits that the RFC leaves to the platform; these are Linux's (Documentation/bpf, bpf.h), except
 * for the length of a program, which Linux lets privileged users raise to a million.
 */
#define PLIM_BPF_MAX_INSNS      65536
#define PLIM_BPF_MAX_FRAMES     8
#define PLIM_BPF_FRAME_BYTES    512
#define PLIM_BPF_MAX_TAIL_CALLS 33
#define PLIM_BPF_MAX_MAPS       64

#endif
