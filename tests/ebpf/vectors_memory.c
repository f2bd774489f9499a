/* SPDX-License-Identifier: MIT */
/* RFC 9669 section 5: loads, stores and atomic operations, on the stack. */
#include "insn_macros.h"
#include "vectors.h"

/* Puts `value` at r10-8 and loads it again. */
#define LOADED(what, value, want, load) \
	VECTOR(what " of " #value, want, LD64(R1, value), STX(DW, R10, -8, R1), load, EXIT)
/* Puts `before` at r10-8, stores, and returns all 8 bytes. */
#define STORED(what, before, want, ...)                                                          \
	VECTOR(what, want, LD64(R1, before), STX(DW, R10, -8, R1), LD64(R1, 0x1122334455667788), \
	       __VA_ARGS__, LDX(DW, R0, R10, -8), EXIT)
#define ONES 0xffffffffffffffff

/*
 * An atomic operation with `before` in memory, `operand` in r1 and `compare` in r0: what memory
 * (`_M`), the operand's register (`_R`) and r0 (`_0`) hold afterwards.
 */
#define SETUP(before, operand, compare) \
	LD64(R0, before), STX(DW, R10, -8, R0), LD64(R1, operand), LD64(R0, compare)
#define ATOMIC_M(size, op, before, operand, want)                              \
	VECTOR("memory after " #size " " #op ": " #before ", " #operand, want, \
	       SETUP(before, operand, before), ATOMIC(size, op, R10, -8, R1),  \
	       LDX(DW, R0, R10, -8), EXIT)
#define ATOMIC_R(size, op, before, operand, want)                                \
	VECTOR("register after " #size " " #op ": " #before ", " #operand, want, \
	       SETUP(before, operand, before), ATOMIC(size, op, R10, -8, R1),    \
	       ALU64_X(MOV, R0, R1), EXIT)
#define CMPXCHG_M(size, before, operand, compare, want)                                  \
	VECTOR("memory after " #size " CMPXCHG: " #before ", " #compare, want,           \
	       SETUP(before, operand, compare), ATOMIC(size, BPFC_CMPXCHG, R10, -8, R1), \
	       LDX(DW, R0, R10, -8), EXIT)
#define CMPXCHG_0(size, before, operand, compare, want)                    \
	VECTOR("r0 after " #size " CMPXCHG: " #before ", " #compare, want, \
	       SETUP(before, operand, compare), ATOMIC(size, BPFC_CMPXCHG, R10, -8, R1), EXIT)
#define ADD_F (BPFC_ADD | BPFC_FETCH)
#define OR_F  (BPFC_OR | BPFC_FETCH)
#define AND_F (BPFC_AND | BPFC_FETCH)
#define XOR_F (BPFC_XOR | BPFC_FETCH)

static const struct vector vectors[] = {
	LOADED("LDX8", 0xfedcba9876543280, 0x80, LDX(B, R0, R10, -8)),
	LOADED("LDX16", 0xfedcba9876548001, 0x8001, LDX(H, R0, R10, -8)),
	LOADED("LDX32", 0xfedcba9880000001, 0x80000001, LDX(W, R0, R10, -8)),
	LOADED("LDX64", 0xfedcba9876543210, 0xfedcba9876543210, LDX(DW, R0, R10, -8)),
	LOADED("LDX8 last byte", 0xfedcba9876543210, 0xfe, LDX(B, R0, R10, -1)),
	LOADED("LDX16 last bytes", 0xfedcba9876543210, 0xfedc, LDX(H, R0, R10, -2)),
	LOADED("LDX32 last bytes", 0xfedcba9876543210, 0xfedcba98, LDX(W, R0, R10, -4)),
	LOADED("LDSX8", 0x80, 0xffffffffffffff80, LDSX(B, R0, R10, -8)),
	LOADED("LDSX8", 0xffffff7f, 0x7f, LDSX(B, R0, R10, -8)),
	LOADED("LDSX16", 0x8000, 0xffffffffffff8000, LDSX(H, R0, R10, -8)),
	LOADED("LDSX16", 0xffff7fff, 0x7fff, LDSX(H, R0, R10, -8)),
	LOADED("LDSX32", 0x80000000, 0xffffffff80000000, LDSX(W, R0, R10, -8)),
	LOADED("LDSX32", 0xffffffff7fffffff, 0x7fffffff, LDSX(W, R0, R10, -8)),

	STORED("ST8 keeps the rest", ONES, 0xffffffffffffff12, ST(B, R10, -8, 0x12)),
	STORED("ST8 cuts", ONES, 0xffffffffffffff34, ST(B, R10, -8, 0x1234)),
	STORED("ST16 keeps the rest", ONES, 0xffffffffffff1234, ST(H, R10, -8, 0x1234)),
	STORED("ST32 keeps the rest", ONES, 0xffffffff12345678, ST(W, R10, -8, 0x12345678)),
	STORED("ST64 extends the sign", 0, 0xfffffffffffffffe, ST(DW, R10, -8, -2)),
	STORED("ST64", ONES, 0x7fffffff, ST(DW, R10, -8, 0x7fffffff)),
	STORED("STX8 keeps the rest", ONES, 0xffffffffffffff88, STX(B, R10, -8, R1)),
	STORED("STX16 keeps the rest", ONES, 0xffffffffffff7788, STX(H, R10, -8, R1)),
	STORED("STX32 keeps the rest", ONES, 0xffffffff55667788, STX(W, R10, -8, R1)),
	STORED("STX32 upper half", ONES, 0x55667788ffffffff, STX(W, R10, -4, R1)),
	STORED("STX64", ONES, 0x1122334455667788, STX(DW, R10, -8, R1)),
	VECTOR("the lowest 8 bytes of a frame", 77, ST(DW, R10, -512, 77), LDX(DW, R0, R10, -512),
	       EXIT),
	VECTOR("a positive offset from a lower pointer", 5, ST(DW, R10, -8, 5),
	       ALU64_X(MOV, R1, R10), ALU64_K(ADD, R1, -64), LDX(DW, R0, R1, 56), EXIT),
	VECTOR("a load into its own base register", 5, ST(DW, R10, -8, 5), ALU64_X(MOV, R0, R10),
	       LDX(DW, R0, R0, -8), EXIT),

	ATOMIC_M(DW, BPFC_ADD, 0xffffffff, 1, 0x100000000),
	ATOMIC_R(DW, BPFC_ADD, 5, 3, 3), /* without fetch the register stays */
	ATOMIC_M(DW, BPFC_OR, 0xf000000000000000, 0x0f, 0xf00000000000000f),
	ATOMIC_M(DW, BPFC_AND, ONES, 0x123456789abcdef0, 0x123456789abcdef0),
	ATOMIC_M(DW, BPFC_XOR, ONES, 0x123456789abcdef0, 0xedcba9876543210f),
	ATOMIC_M(W, BPFC_ADD, 0x11111111ffffffff, 1, 0x1111111100000000),
	ATOMIC_R(W, BPFC_ADD, 5, 0xffffffff00000003, 0xffffffff00000003),
	ATOMIC_M(W, BPFC_OR, 0x11111111f0000000, 0xffffffff0000000f, 0x11111111f000000f),
	ATOMIC_M(W, BPFC_AND, ONES, 0x123456789abcdef0, 0xffffffff9abcdef0),
	ATOMIC_M(W, BPFC_XOR, ONES, 0x123456789abcdef0, 0xffffffff6543210f),

	ATOMIC_M(DW, ADD_F, 0xfffffffffffffffe, 3, 1),
	ATOMIC_R(DW, ADD_F, 0xfffffffffffffffe, 3, 0xfffffffffffffffe),
	ATOMIC_M(DW, OR_F, 0xf0, 0x0f, 0xff),
	ATOMIC_R(DW, OR_F, 0xf0, 0x0f, 0xf0),
	ATOMIC_M(DW, AND_F, 0xff, 0x0f, 0x0f),
	ATOMIC_R(DW, AND_F, 0xff, 0x0f, 0xff),
	ATOMIC_M(DW, XOR_F, 0xff, 0x0f, 0xf0),
	ATOMIC_R(DW, XOR_F, 0xff, 0x0f, 0xff),
	ATOMIC_M(W, ADD_F, 0x11111111ffffffff, 2, 0x1111111100000001),
	/* What was there comes back with the upper half cleared. */
	ATOMIC_R(W, ADD_F, 0x11111111ffffffff, 0xffffffff00000002, 0xffffffff),
	ATOMIC_M(W, OR_F, 0x11111111000000f0, 0x0f, 0x11111111000000ff),
	ATOMIC_R(W, OR_F, 0x11111111800000f0, -1, 0x800000f0),
	ATOMIC_M(W, AND_F, ONES, 0x0f, 0xffffffff0000000f),
	ATOMIC_R(W, AND_F, 0x11111111800000f0, -1, 0x800000f0),
	ATOMIC_M(W, XOR_F, ONES, 0x0f, 0xfffffffffffffff0),
	ATOMIC_R(W, XOR_F, 0x11111111800000f0, -1, 0x800000f0),

	ATOMIC_M(DW, BPFC_XCHG, 5, 0x123456789abcdef0, 0x123456789abcdef0),
	ATOMIC_R(DW, BPFC_XCHG, 0xfedcba9876543210, 5, 0xfedcba9876543210),
	ATOMIC_M(W, BPFC_XCHG, ONES, 0x123456789abcdef0, 0xffffffff9abcdef0),
	ATOMIC_R(W, BPFC_XCHG, 0xfedcba9876543210, ONES, 0x76543210),

	CMPXCHG_M(DW, 5, 7, 5, 7),
	CMPXCHG_0(DW, 5, 7, 5, 5),
	CMPXCHG_M(DW, 5, 7, 6, 5),
	CMPXCHG_0(DW, 5, 7, 6, 5),
	CMPXCHG_M(DW, 0x100000005, 7, 5, 0x100000005),
	CMPXCHG_M(W, 0x1111111100000005, 7, 0xffffffff00000005, 0x1111111100000007),
	CMPXCHG_0(W, 0x1111111180000005, 7, 0xffffffff80000005, 0x80000005),
	CMPXCHG_M(W, 0x1111111100000005, 7, 6, 0x1111111100000005),
	CMPXCHG_0(W, 0x1111111180000005, 7, 0xffffffff00000006, 0x80000005),
	VECTOR("an atomic operation at another place", 8, ST(DW, R10, -16, 5), ALU64_K(MOV, R1, 3),
	       ATOMIC(DW, BPFC_ADD, R10, -16, R1), LDX(DW, R0, R10, -16), EXIT),
	VECTOR("a 32-bit atomic operation on an upper half", 0x300000005, LD64(R0, 0x100000005),
	       STX(DW, R10, -8, R0), ALU64_K(MOV, R1, 2), ATOMIC(W, BPFC_ADD, R10, -4, R1),
	       LDX(DW, R0, R10, -8), EXIT),
};

const struct vector_list vectors_memory = {"memory", vectors, sizeof(vectors) / sizeof(vectors[0])};
