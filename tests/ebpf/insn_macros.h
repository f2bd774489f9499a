/* SPDX-License-Identifier: MIT */
/* An assembler of macros: programs in tests read in RFC 9669's own words. */
#ifndef PLIM_TEST_INSN_MACROS_H
#define PLIM_TEST_INSN_MACROS_H

#include "core/isa.h"

enum { R0, R1, R2, R3, R4, R5, R6, R7, R8, R9, R10 };

#define INSN(opcode, d, s, o, i)                                                        \
	{                                                                               \
		.code = (uint8_t)(opcode), .dst = (d), .src = (s), .off = (int16_t)(o), \
		.imm = (int32_t)(i)                                                     \
	}

/* Arithmetic; SIGNED is the offset that makes DIV and MOD signed. */
#define ALU64_K(op, d, i)   INSN(BPFC_ALU64 | BPFC_K | BPFC_##op, d, 0, 0, i)
#define ALU64_X(op, d, s)   INSN(BPFC_ALU64 | BPFC_X | BPFC_##op, d, s, 0, 0)
#define ALU32_K(op, d, i)   INSN(BPFC_ALU | BPFC_K | BPFC_##op, d, 0, 0, i)
#define ALU32_X(op, d, s)   INSN(BPFC_ALU | BPFC_X | BPFC_##op, d, s, 0, 0)
#define NEG64(d)            INSN(BPFC_ALU64 | BPFC_NEG, d, 0, 0, 0)
#define NEG32(d)            INSN(BPFC_ALU | BPFC_NEG, d, 0, 0, 0)
#define MOVSX64(bits, d, s) INSN(BPFC_ALU64 | BPFC_X | BPFC_MOV, d, s, bits, 0)
#define MOVSX32(bits, d, s) INSN(BPFC_ALU | BPFC_X | BPFC_MOV, d, s, bits, 0)
#define TO_LE(bits, d)      INSN(BPFC_ALU | BPFC_K | BPFC_END, d, 0, 0, bits)
#define TO_BE(bits, d)      INSN(BPFC_ALU | BPFC_X | BPFC_END, d, 0, 0, bits)
#define SWAP(bits, d)       INSN(BPFC_ALU64 | BPFC_K | BPFC_END, d, 0, 0, bits)
#define LD64(d, v) \
	INSN(BPFC_LD64, d, 0, 0, (uint32_t)(uint64_t)(v)), INSN(0, 0, 0, 0, (uint64_t)(v) >> 32)
#define LD64_MAP(d, map) INSN(BPFC_LD64, d, BPFC_LD64_MAP, 0, map), INSN(0, 0, 0, 0, 0)
#define LD64_MAP_VALUE(d, map, at) \
	INSN(BPFC_LD64, d, BPFC_LD64_MAP_VALUE, 0, map), INSN(0, 0, 0, 0, at)

#define JA(o)                INSN(BPFC_JMP | BPFC_JA, 0, 0, o, 0)
#define GOTOL(i)             INSN(BPFC_JMP32 | BPFC_JA, 0, 0, 0, i)
#define JMP64_K(op, d, i, o) INSN(BPFC_JMP | BPFC_K | BPFC_##op, d, 0, o, i)
#define JMP64_X(op, d, s, o) INSN(BPFC_JMP | BPFC_X | BPFC_##op, d, s, o, 0)
#define JMP32_K(op, d, i, o) INSN(BPFC_JMP32 | BPFC_K | BPFC_##op, d, 0, o, i)
#define JMP32_X(op, d, s, o) INSN(BPFC_JMP32 | BPFC_X | BPFC_##op, d, s, o, 0)
#define CALL(helper)         INSN(BPFC_JMP | BPFC_CALL, 0, BPFC_CALL_HELPER, 0, helper)
#define CALL_LOCAL(i)        INSN(BPFC_JMP | BPFC_CALL, 0, BPFC_CALL_LOCAL, 0, i)
#define EXIT                 INSN(BPFC_JMP | BPFC_EXIT, 0, 0, 0, 0)

/* Memory; sizes B, H, W, DW. */
#define LDX(size, d, s, o)        INSN(BPFC_LDX | BPFC_MEM | BPFC_##size, d, s, o, 0)
#define LDSX(size, d, s, o)       INSN(BPFC_LDX | BPFC_MEMSX | BPFC_##size, d, s, o, 0)
#define ST(size, d, o, i)         INSN(BPFC_ST | BPFC_MEM | BPFC_##size, d, 0, o, i)
#define STX(size, d, o, s)        INSN(BPFC_STX | BPFC_MEM | BPFC_##size, d, s, o, 0)
#define ATOMIC(size, op, d, o, s) INSN(BPFC_STX | BPFC_ATOMIC | BPFC_##size, d, s, o, op)

#endif
