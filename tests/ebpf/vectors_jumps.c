/* SPDX-License-Identifier: MIT */
/* RFC 9669 section 4.3: jumps, calls and exit. */
#include <stdint.h>

#include "insn_macros.h"
#include "vectors.h"

/* r0 becomes 1 where the jump is taken, else 2; with a register and with the immediate. */
#define JX(class, op, a, b, taken)                                                     \
	VECTOR(#op #class "_X " #a ", " #b, (taken) ? 1 : 2, LD64(R1, a), LD64(R2, b), \
	       ALU64_K(MOV, R0, 1), JMP##class##_X(op, R1, R2, 1), ALU64_K(MOV, R0, 2), EXIT)
#define JK(class, op, a, b, taken)                                                             \
	VECTOR(#op #class "_K " #a ", " #b, (taken) ? 1 : 2, LD64(R1, a), ALU64_K(MOV, R0, 1), \
	       JMP##class##_K(op, R1, b, 1), ALU64_K(MOV, R0, 2), EXIT)
#define J64(op, a, b, taken) JX(64, op, a, b, taken), JK(64, op, a, b, taken)
#define J32(op, a, b, taken) JX(32, op, a, b, taken), JK(32, op, a, b, taken)

/* In 32 bits the upper halves must not matter: each value with one that differs only there. */
#define HIGH 0x700000000

static const struct vector vectors[] = {
	J64(JEQ, 5, 5, 1),
	J64(JEQ, 5, 6, 0),
	J64(JEQ, -1, -1, 1),
	J64(JEQ, 0xffffffff, -1, 0),
	J32(JEQ, HIGH + 5, 5, 1),
	J32(JEQ, 5, 6, 0),
	J32(JEQ, 0xffffffff, -1, 1),
	J64(JNE, 5, 6, 1),
	J64(JNE, 5, 5, 0),
	J64(JNE, 0xffffffff, -1, 1),
	J32(JNE, HIGH + 5, 5, 0),
	J32(JNE, 5, 6, 1),
	J64(JGT, 6, 5, 1),
	J64(JGT, 5, 5, 0),
	J64(JGT, -1, 1, 1),
	J64(JGT, 1, -1, 0),
	J32(JGT, 6, 5, 1),
	J32(JGT, HIGH + 5, 5, 0),
	J32(JGT, 0xffffffff, 1, 1),
	J64(JGE, 5, 5, 1),
	J64(JGE, 4, 5, 0),
	J64(JGE, -1, 1, 1),
	J32(JGE, 5, 5, 1),
	J32(JGE, HIGH + 4, 5, 0),
	J64(JLT, 4, 5, 1),
	J64(JLT, 5, 5, 0),
	J64(JLT, 1, -1, 1),
	J32(JLT, HIGH + 4, 5, 1),
	J32(JLT, 5, 5, 0),
	J64(JLE, 5, 5, 1),
	J64(JLE, 6, 5, 0),
	J64(JLE, -1, 1, 0),
	J32(JLE, HIGH + 5, 5, 1),
	J32(JLE, 6, 5, 0),
	J64(JSET, 6, 4, 1),
	J64(JSET, 6, 1, 0),
	J64(JSET, INT64_MIN, -1, 1),
	J64(JSET, 0x100000000, -1, 1),
	J64(JSET, 0x100000000, 1, 0),
	J32(JSET, 6, 2, 1),
	J32(JSET, HIGH, -1, 0),
	J64(JSGT, 1, -1, 1),
	J64(JSGT, -1, 1, 0),
	J64(JSGT, 5, 5, 0),
	J64(JSGT, 0xffffffff, -1, 1),
	J32(JSGT, 1, -1, 1),
	J32(JSGT, 0xffffffff, 0, 0),
	J32(JSGT, HIGH + 1, 1, 0),
	J64(JSGE, -1, -1, 1),
	J64(JSGE, -2, -1, 0),
	J64(JSGE, INT64_MIN, 0, 0),
	J32(JSGE, 0xffffffff, -1, 1),
	J32(JSGE, 0xfffffffe, -1, 0),
	J64(JSLT, -1, 0, 1),
	J64(JSLT, 0, -1, 0),
	J64(JSLT, 0xffffffff, 0, 0),
	J32(JSLT, 0xffffffff, 0, 1),
	J32(JSLT, 0, 0, 0),
	J64(JSLE, -1, -1, 1),
	J64(JSLE, 0, -1, 0),
	J32(JSLE, 0xffffffff, -1, 1),
	J32(JSLE, HIGH, -1, 0),

	/* The jump before makes what is jumped over reachable, as Linux wants it. */
	VECTOR("JA forward", 1, ALU64_K(MOV, R0, 1), JMP64_K(JEQ, R0, 0, 1), JA(1),
	       ALU64_K(MOV, R0, 2), EXIT),
	VECTOR("JA by 0", 2, ALU64_K(MOV, R0, 1), JA(0), ALU64_K(MOV, R0, 2), EXIT),
	VECTOR("JA back", 3, ALU64_K(MOV, R0, 1), JA(2), ALU64_K(ADD, R0, 2), EXIT, JA(-3)),
	VECTOR("gotol forward", 1, ALU64_K(MOV, R0, 1), JMP64_K(JEQ, R0, 0, 1), GOTOL(1),
	       ALU64_K(MOV, R0, 2), EXIT),
	VECTOR("gotol back", 3, ALU64_K(MOV, R0, 1), GOTOL(2), ALU64_K(ADD, R0, 2), EXIT,
	       GOTOL(-3)),
	VECTOR("a loop", 55, ALU64_K(MOV, R0, 0), ALU64_K(MOV, R1, 10), ALU64_X(ADD, R0, R1),
	       ALU64_K(SUB, R1, 1), JMP64_K(JNE, R1, 0, -3), EXIT),
	VECTOR("a jump over ld_imm64", 7, ALU64_K(MOV, R0, 7), JMP64_K(JEQ, R0, 7, 2), LD64(R0, 1),
	       EXIT),

	/* Functions: arguments in r1 to r5, r6 to r9 kept, each with a frame of its own. */
	VECTOR("CALL_LOCAL", 12, ALU64_K(MOV, R1, 5), CALL_LOCAL(1), EXIT, ALU64_X(MOV, R0, R1),
	       ALU64_K(ADD, R0, 7), EXIT),
	VECTOR("a call keeps r6 to r9", 10, ALU64_K(MOV, R6, 1), ALU64_K(MOV, R7, 2),
	       ALU64_K(MOV, R8, 3), ALU64_K(MOV, R9, 4), CALL_LOCAL(5), ALU64_X(ADD, R0, R6),
	       ALU64_X(ADD, R0, R7), ALU64_X(ADD, R0, R8), ALU64_X(ADD, R0, R9), EXIT,
	       ALU64_K(MOV, R6, 100), ALU64_K(MOV, R7, 100), ALU64_K(MOV, R8, 100),
	       ALU64_K(MOV, R9, 100), ALU64_K(MOV, R0, 0), EXIT),
	VECTOR("a function has its own frame", 3, ST(DW, R10, -8, 3), CALL_LOCAL(2),
	       LDX(DW, R0, R10, -8), EXIT, ST(DW, R10, -8, 9), ALU64_K(MOV, R0, 0), EXIT),
	VECTOR("a function writes its caller's frame through a pointer", 9, ST(DW, R10, -8, 3),
	       ALU64_X(MOV, R1, R10), CALL_LOCAL(2), LDX(DW, R0, R10, -8), EXIT, ST(DW, R1, -8, 9),
	       ALU64_K(MOV, R0, 0), EXIT),
	/* In the kernel the program around a vector is a frame too. */
	VECTOR_FLAGS(
		"eight frames", VECTOR_NOT_IN_KERNEL, 8, ALU64_K(MOV, R1, 0), CALL_LOCAL(1), EXIT,
		/* each of these adds 1 and calls the next */
		ALU64_K(ADD, R1, 1), CALL_LOCAL(1), EXIT, ALU64_K(ADD, R1, 1), CALL_LOCAL(1), EXIT,
		ALU64_K(ADD, R1, 1), CALL_LOCAL(1), EXIT, ALU64_K(ADD, R1, 1), CALL_LOCAL(1), EXIT,
		ALU64_K(ADD, R1, 1), CALL_LOCAL(1), EXIT, ALU64_K(ADD, R1, 1), CALL_LOCAL(1), EXIT,
		ALU64_X(MOV, R0, R1), ALU64_K(ADD, R0, 2), EXIT),
	/* Helper 7 is get_prandom_u32: it returns 32 bits. */
	VECTOR("CALL_HELPER", 0, CALL(7), ALU64_K(RSH, R0, 32), EXIT),
};

const struct vector_list vectors_jumps = {"jumps", vectors, sizeof(vectors) / sizeof(vectors[0])};
