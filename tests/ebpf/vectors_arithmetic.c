/* SPDX-License-Identifier: MIT */
/* RFC 9669 sections 4.1 and 4.2: arithmetic and byte swaps. */
#include "insn_macros.h"
#include "vectors.h"

/*
 * dst OP src, with src in a register (X) and, where it fits 32 bits with its sign, as the
 * immediate (K). The values are written as the 64-bit registers before and after.
 */
#define X64(op, off, a, b, want)                                       \
	VECTOR(#op "64_X " #a ", " #b, want, LD64(R0, a), LD64(R1, b), \
	       INSN(BPFC_ALU64 | BPFC_X | BPFC_##op, R0, R1, off, 0), EXIT)
#define K64_FLAGS(op, off, a, b, want, flag)                          \
	VECTOR_FLAGS(#op "64_K " #a ", " #b, flag, want, LD64(R0, a), \
		     INSN(BPFC_ALU64 | BPFC_K | BPFC_##op, R0, 0, off, b), EXIT)
#define X32(op, off, a, b, want)                                       \
	VECTOR(#op "32_X " #a ", " #b, want, LD64(R0, a), LD64(R1, b), \
	       INSN(BPFC_ALU | BPFC_X | BPFC_##op, R0, R1, off, 0), EXIT)
#define K32_FLAGS(op, off, a, b, want, flag)                          \
	VECTOR_FLAGS(#op "32_K " #a ", " #b, flag, want, LD64(R0, a), \
		     INSN(BPFC_ALU | BPFC_K | BPFC_##op, R0, 0, off, b), EXIT)
#define BOTH64(op, a, b, want)     X64(op, 0, a, b, want), K64_FLAGS(op, 0, a, b, want, 0)
#define BOTH32(op, a, b, want)     X32(op, 0, a, b, want), K32_FLAGS(op, 0, a, b, want, 0)
#define SIGNED64(op, a, b, want)   X64(op, 1, a, b, want), K64_FLAGS(op, 1, a, b, want, 0)
#define SIGNED32(op, a, b, want)   X32(op, 1, a, b, want), K32_FLAGS(op, 1, a, b, want, 0)
#define NOT_KERNEL                 VECTOR_NOT_IN_KERNEL

#define INT64_LOW                  0x8000000000000000
#define INT32_LOW                  0x80000000

#define UNARY(what, a, want, insn) VECTOR(what " of " #a, want, LD64(R0, a), insn, EXIT)

static const struct vector vectors[] = {
	BOTH64(ADD, 1, 2, 3),
	BOTH64(ADD, 0xffffffffffffffff, 1, 0),
	BOTH64(ADD, 0xffffffff, 1, 0x100000000),
	BOTH64(ADD, 5, -7, 0xfffffffffffffffe),
	BOTH64(ADD, 0x7fffffffffffffff, 1, INT64_LOW),
	X64(ADD, 0, 0x123456789abcdef0, 0x1111111111111111, 0x23456789abcdf001),
	BOTH32(ADD, 0xffffffff, 1, 0),
	BOTH32(ADD, 0xffffffffffffffff, 2, 1),
	BOTH32(ADD, 0x100000005, -6, 0xffffffff),

	BOTH64(SUB, 3, 2, 1),
	BOTH64(SUB, 0, 1, 0xffffffffffffffff),
	BOTH64(SUB, INT64_LOW, 1, 0x7fffffffffffffff),
	BOTH64(SUB, 1, -1, 2),
	BOTH32(SUB, 0, 1, 0xffffffff),
	BOTH32(SUB, 0x500000000, -1, 1),

	BOTH64(MUL, 7, 6, 42),
	BOTH64(MUL, 0x100000000, 0x10000, 0x1000000000000),
	BOTH64(MUL, 0xffffffffffffffff, 0xffffffffffffffff & 0x7fffffff, 0xffffffff80000001),
	BOTH64(MUL, 3, -5, 0xfffffffffffffff1),
	X64(MUL, 0, 0x8000000000000001, 2, 2),
	BOTH32(MUL, 0x10000, 0x10000, 0),
	BOTH32(MUL, 0x1ffffffff, 3, 0xfffffffd),
	BOTH32(MUL, 7, -1, 0xfffffff9),

	BOTH64(DIV, 42, 5, 8),
	BOTH64(DIV, 0xffffffffffffffff, 2, 0x7fffffffffffffff),
	/* The immediate is extended with its sign, then taken as unsigned. */
	BOTH64(DIV, 0xffffffffffffffff, -1, 1),
	BOTH64(DIV, 0xfffffffffffffffe, -1, 0),
	BOTH64(DIV, 0, 7, 0),
	X64(DIV, 0, 42, 0, 0),
	X64(DIV, 0, 0xffffffffffffffff, 0x100000000, 0xffffffff),
	K64_FLAGS(DIV, 0, 42, 0, 0, NOT_KERNEL),
	BOTH32(DIV, 42, 5, 8),
	BOTH32(DIV, 0xffffffff0000002a, 5, 8),
	BOTH32(DIV, 0xffffffff, -1, 1),
	BOTH32(DIV, 0xfffffffe, 2, 0x7fffffff),
	X32(DIV, 0, 0xffffffff0000002a, 0, 0),
	X32(DIV, 0, 42, 0x100000000, 0), /* only the lower half divides */
	K32_FLAGS(DIV, 0, 42, 0, 0, NOT_KERNEL),

	SIGNED64(DIV, 42, 5, 8),
	SIGNED64(DIV, -42, 5, 0xfffffffffffffff8),
	SIGNED64(DIV, 42, -5, 0xfffffffffffffff8),
	SIGNED64(DIV, -42, -5, 8),
	SIGNED64(DIV, INT64_LOW, -1, INT64_LOW),
	SIGNED64(DIV, INT64_LOW, 1, INT64_LOW),
	SIGNED64(DIV, 42, -1, 0xffffffffffffffd6),
	X64(DIV, 1, -42, 0, 0),
	K64_FLAGS(DIV, 1, -42, 0, 0, NOT_KERNEL),
	SIGNED32(DIV, 42, 5, 8),
	SIGNED32(DIV, 0xffffffd6, 5, 0xfffffff8),
	SIGNED32(DIV, 42, -5, 0xfffffff8),
	SIGNED32(DIV, 0x1ffffffd6, -5, 8),
	SIGNED32(DIV, INT32_LOW, -1, INT32_LOW),
	SIGNED32(DIV, 0xffffffff80000000, -1, INT32_LOW),
	X32(DIV, 1, 0xffffffffffffffd6, 0, 0),
	X32(DIV, 1, 42, 0xffffffff00000000, 0),
	K32_FLAGS(DIV, 1, 42, 0, 0, NOT_KERNEL),

	BOTH64(MOD, 42, 5, 2),
	BOTH64(MOD, 0xffffffffffffffff, 16, 15),
	BOTH64(MOD, 0xfffffffffffffffe, -1, 0xfffffffffffffffe),
	X64(MOD, 0, 0x123456789abcdef0, 0, 0x123456789abcdef0), /* unchanged */
	K64_FLAGS(MOD, 0, 0x123456789abcdef0, 0, 0x123456789abcdef0, NOT_KERNEL),
	BOTH32(MOD, 42, 5, 2),
	BOTH32(MOD, 0xffffffff0000002a, 5, 2),
	BOTH32(MOD, 0xfffffffe, -1, 0xfffffffe),
	X32(MOD, 0, 0x123456789abcdef0, 0, 0x9abcdef0), /* only the upper half is cleared */
	K32_FLAGS(MOD, 0, 0x123456789abcdef0, 0, 0x9abcdef0, NOT_KERNEL),

	SIGNED64(MOD, 42, 5, 2),
	SIGNED64(MOD, -42, 5, 0xfffffffffffffffe), /* truncated: the sign of the dividend */
	SIGNED64(MOD, 42, -5, 2),
	SIGNED64(MOD, -42, -5, 0xfffffffffffffffe),
	SIGNED64(MOD, -13, 3, 0xffffffffffffffff), /* the RFC's own example: -13 % 3 == -1 */
	SIGNED64(MOD, INT64_LOW, -1, 0),
	X64(MOD, 1, -42, 0, 0xffffffffffffffd6),
	K64_FLAGS(MOD, 1, -42, 0, 0xffffffffffffffd6, NOT_KERNEL),
	SIGNED32(MOD, 0xffffffd6, 5, 0xfffffffe),
	SIGNED32(MOD, 42, -5, 2),
	SIGNED32(MOD, 0x1ffffffd6, 5, 0xfffffffe),
	SIGNED32(MOD, INT32_LOW, -1, 0),
	X32(MOD, 1, 0xffffffffffffffd6, 0, 0xffffffd6),
	K32_FLAGS(MOD, 1, 0xffffffffffffffd6, 0, 0xffffffd6, NOT_KERNEL),

	BOTH64(OR, 0xf0, 0x0f, 0xff),
	BOTH64(OR, 0x100000000, -1, 0xffffffffffffffff),
	BOTH64(OR, 0x8000000000000000, 1, 0x8000000000000001),
	BOTH32(OR, 0xffffffff000000f0, 0x0f, 0xff),
	BOTH32(OR, 0, -1, 0xffffffff),
	BOTH64(AND, 0xff, 0x0f, 0x0f),
	BOTH64(AND, 0xffffffffffffffff, -2, 0xfffffffffffffffe),
	BOTH64(AND, 0xffffffffffffffff, 0x7fffffff, 0x7fffffff),
	BOTH32(AND, 0xffffffffffffffff, -2, 0xfffffffe),
	BOTH64(XOR, 0xff, 0x0f, 0xf0),
	BOTH64(XOR, 0x123456789abcdef0, -1, 0xedcba9876543210f),
	BOTH32(XOR, 0x123456789abcdef0, -1, 0x6543210f),

	BOTH64(LSH, 1, 63, INT64_LOW),
	BOTH64(LSH, 0xffffffffffffffff, 4, 0xfffffffffffffff0),
	BOTH64(LSH, 5, 0, 5),
	BOTH64(LSH, 1, 32, 0x100000000),
	X64(LSH, 0, 1, 64, 1), /* the amount is masked with 63 */
	X64(LSH, 0, 1, 65, 2),
	X64(LSH, 0, 1, -1, INT64_LOW),
	K64_FLAGS(LSH, 0, 1, 65, 2, NOT_KERNEL),
	BOTH32(LSH, 1, 31, INT32_LOW),
	BOTH32(LSH, 0xffffffffffffffff, 4, 0xfffffff0),
	X32(LSH, 0, 1, 32, 1), /* and with 31 */
	X32(LSH, 0, 1, 33, 2),
	X32(LSH, 0, 0xffffffff00000001, 0, 1),
	K32_FLAGS(LSH, 0, 1, 33, 2, NOT_KERNEL),
	BOTH64(RSH, INT64_LOW, 63, 1),
	BOTH64(RSH, 0xffffffffffffffff, 4, 0x0fffffffffffffff),
	X64(RSH, 0, 2, 65, 1),
	K64_FLAGS(RSH, 0, 2, 65, 1, NOT_KERNEL),
	BOTH32(RSH, INT32_LOW, 31, 1),
	BOTH32(RSH, 0xffffffffffffffff, 4, 0x0fffffff),
	X32(RSH, 0, 2, 33, 1),
	K32_FLAGS(RSH, 0, 2, 33, 1, NOT_KERNEL),
	BOTH64(ARSH, INT64_LOW, 63, 0xffffffffffffffff),
	BOTH64(ARSH, 0x7fffffffffffffff, 62, 1),
	BOTH64(ARSH, -16, 2, 0xfffffffffffffffc),
	X64(ARSH, 0, -2, 65, 0xffffffffffffffff),
	K64_FLAGS(ARSH, 0, -2, 65, 0xffffffffffffffff, NOT_KERNEL),
	BOTH32(ARSH, INT32_LOW, 31, 0xffffffff),
	BOTH32(ARSH, 0xffffffff40000000, 30, 1), /* the sign is bit 31 */
	X32(ARSH, 0, 0xfffffffe, 33, 0xffffffff),
	K32_FLAGS(ARSH, 0, 0xfffffffe, 33, 0xffffffff, NOT_KERNEL),

	BOTH64(MOV, 0, 7, 7),
	BOTH64(MOV, 0, -1, 0xffffffffffffffff),
	X64(MOV, 0, 0, 0x123456789abcdef0, 0x123456789abcdef0),
	BOTH32(MOV, 0xffffffffffffffff, 7, 7),
	BOTH32(MOV, 0, -1, 0xffffffff),
	X32(MOV, 0, 0, 0x123456789abcdef0, 0x9abcdef0),
	X64(MOV, 8, 0, 0x7f, 0x7f),
	X64(MOV, 8, 0, 0x1180, 0xffffffffffffff80),
	X64(MOV, 16, 0, 0x7fff, 0x7fff),
	X64(MOV, 16, 0, 0x118000, 0xffffffffffff8000),
	X64(MOV, 32, 0, 0x7fffffff, 0x7fffffff),
	X64(MOV, 32, 0, 0x1180000000, 0xffffffff80000000),
	X32(MOV, 8, -1, 0x7f, 0x7f),
	X32(MOV, 8, 0, 0x1180, 0xffffff80),
	X32(MOV, 16, -1, 0x7fff, 0x7fff),
	X32(MOV, 16, 0, 0x118000, 0xffff8000),

	UNARY("NEG64", 1, 0xffffffffffffffff, NEG64(R0)),
	UNARY("NEG64", INT64_LOW, INT64_LOW, NEG64(R0)),
	UNARY("NEG64", 0, 0, NEG64(R0)),
	UNARY("NEG32", 0xffffffff00000001, 0xffffffff, NEG32(R0)),
	UNARY("NEG32", INT32_LOW, INT32_LOW, NEG32(R0)),

	/* Section 4.2, on this little-endian machine. */
	UNARY("LE16", 0x1122334455667788, 0x7788, TO_LE(16, R0)),
	UNARY("LE32", 0x1122334455667788, 0x55667788, TO_LE(32, R0)),
	UNARY("LE64", 0x1122334455667788, 0x1122334455667788, TO_LE(64, R0)),
	UNARY("BE16", 0x1122334455667788, 0x8877, TO_BE(16, R0)),
	UNARY("BE32", 0x1122334455667788, 0x88776655, TO_BE(32, R0)),
	UNARY("BE64", 0x1122334455667788, 0x8877665544332211, TO_BE(64, R0)),
	UNARY("BSWAP16", 0x1122334455667788, 0x8877, SWAP(16, R0)),
	UNARY("BSWAP32", 0x1122334455667788, 0x88776655, SWAP(32, R0)),
	UNARY("BSWAP64", 0x1122334455667788, 0x8877665544332211, SWAP(64, R0)),

	VECTOR("LD64 all bits", 0xfedcba9876543210, LD64(R0, 0xfedcba9876543210), EXIT),
	VECTOR("LD64 lower half is not extended", 0x80000000, LD64(R0, 0x80000000), EXIT),
	VECTOR("an operation on itself", 0, LD64(R0, 0x123456789abcdef0), ALU64_X(SUB, R0, R0),
	       EXIT),
	VECTOR("dst and src the same in division", 1, LD64(R0, 77), ALU64_X(DIV, R0, R0), EXIT),
};

const struct vector_list vectors_arithmetic = {"arithmetic", vectors,
					       sizeof(vectors) / sizeof(vectors[0])};
