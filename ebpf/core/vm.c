/* SPDX-License-Identifier: MIT */
/*
 * The interpreter of decoded programs. One function, one label an operation; each ends by jumping
 * to the next one's label itself, which lets the processor predict each jump by where it stands.
 * It is long because it is a table.
 */
#include "core/vm.h"

#include <errno.h>
#include <string.h>

#include "core/vm_ops.h"
#include "core/vm_run.h"

/* Memory as programs see it: no alignment, any type. */
#define UNALIGNED(bits)               \
	struct unaligned##bits {      \
		uint##bits##_t value; \
	} __attribute__((packed, may_alias))
UNALIGNED(8);
UNALIGNED(16);
UNALIGNED(32);
UNALIGNED(64);

/* Section 4.1. U and S are the unsigned and signed type, M masks a shift; a is dst, b the operand.
 * The signed lowest number divided by -1 does not fit: the result wraps, as negation does. */
#define VM_ADD(U, S, M, a, b)  ((a) + (b))
#define VM_SUB(U, S, M, a, b)  ((a) - (b))
#define VM_MUL(U, S, M, a, b)  ((a) * (b))
#define VM_DIV(U, S, M, a, b)  ((b) ? (a) / (b) : 0)
#define VM_SDIV(U, S, M, a, b) ((b) == 0 ? 0 : (b) == (U)-1 ? (U)0 - (a) : (U)((S)(a) / (S)(b)))
#define VM_OR(U, S, M, a, b)   ((a) | (b))
#define VM_AND(U, S, M, a, b)  ((a) & (b))
#define VM_LSH(U, S, M, a, b)  ((a) << ((b) & (M)))
#define VM_RSH(U, S, M, a, b)  ((a) >> ((b) & (M)))
#define VM_MOD(U, S, M, a, b)  ((b) ? (a) % (b) : (a))
#define VM_SMOD(U, S, M, a, b) ((b) == 0 ? (a) : (b) == (U)-1 ? 0 : (U)((S)(a) % (S)(b)))
#define VM_XOR(U, S, M, a, b)  ((a) ^ (b))
#define VM_MOV(U, S, M, a, b)  (b)
#define VM_ARSH(U, S, M, a, b) ((U)((S)(a) >> ((b) & (M))))

/* Section 4.3. */
#define VM_JEQ(U, S, a, b)  ((a) == (b))
#define VM_JGT(U, S, a, b)  ((a) > (b))
#define VM_JGE(U, S, a, b)  ((a) >= (b))
#define VM_JSET(U, S, a, b) ((a) & (b))
#define VM_JNE(U, S, a, b)  ((a) != (b))
#define VM_JSGT(U, S, a, b) ((S)(a) > (S)(b))
#define VM_JSGE(U, S, a, b) ((S)(a) >= (S)(b))
#define VM_JLT(U, S, a, b)  ((a) < (b))
#define VM_JLE(U, S, a, b)  ((a) <= (b))
#define VM_JSLT(U, S, a, b) ((S)(a) < (S)(b))
#define VM_JSLE(U, S, a, b) ((S)(a) <= (S)(b))

#define DST                 regs[op->dst]
#define SRC                 regs[op->src]
#define IMM                 ((uint64_t)op->imm)

#define DISPATCH            goto *labels[op->code]
#define NEXT              \
	do {              \
		op++;     \
		DISPATCH; \
	} while (0)
/*
 * Instructions are counted where the flow breaks: `from` is where it last came in, and since then
 * every instruction up to this one was executed. So straight code costs nothing, and no circle can
 * be run through without being counted.
 */
#define COUNT budget -= op - from + 1
#define JUMP_TO(target)                              \
	do {                                         \
		COUNT;                               \
		op = (target);                       \
		from = op;                           \
		if (__builtin_expect(budget < 0, 0)) \
			goto out_of_budget;          \
		DISPATCH;                            \
	} while (0)
#define REACH(address, bits, access)                                                  \
	do {                                                                          \
		host = plim_bpf_reach(inv->regions, (address), (bits) / 8, (access)); \
		if (__builtin_expect(!host, 0))                                       \
			goto bad_access;                                              \
	} while (0)

/* 32 bits with the same rank as 64: compare, swap, and return what was there. */
#define CMPXCHG(bits)                                                               \
	static inline uint##bits##_t cmpxchg##bits(void *at, uint##bits##_t old,    \
						   uint##bits##_t new)              \
	{                                                                           \
		__atomic_compare_exchange_n((uint##bits##_t *)at, &old, new, false, \
					    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);    \
		return old;                                                         \
	}
CMPXCHG(32)
CMPXCHG(64)

static int execute(struct plim_bpf_invocation *inv, const struct plim_bpf_op *op)
{
	static const void *const labels[PLIM_OP_COUNT] = {
		[PLIM_OP_NONE] = &&op_none,
#define FOUR(name, code, off)                                                                   \
	[PLIM_OP_##name##64_K] = &&op_##name##64_K, [PLIM_OP_##name##64_X] = &&op_##name##64_X, \
	[PLIM_OP_##name##32_K] = &&op_##name##32_K, [PLIM_OP_##name##32_X] = &&op_##name##32_X,
#define FOUR_JUMPS(name, code) FOUR(name, code, 0)
#define ONE(name)              [PLIM_OP_##name] = &&op_##name,
		PLIM_BPF_ARITHMETIC(FOUR) PLIM_BPF_JUMPS(FOUR_JUMPS) PLIM_BPF_SINGLES(ONE)
#undef FOUR
#undef FOUR_JUMPS
#undef ONE
	};
	uint64_t *const regs = inv->regs;
	const struct plim_bpf_op *from = op;
	int64_t budget = inv->budget;
	void *host = NULL;
	int rc = 0;

	DISPATCH;

#define FOUR(name, code, off)                                                                   \
	op_##name##64_K : DST = VM_##name(uint64_t, int64_t, 63, DST, IMM);                     \
	NEXT;                                                                                   \
	op_##name##64_X : DST = VM_##name(uint64_t, int64_t, 63, DST, SRC);                     \
	NEXT;                                                                                   \
	op_##name##32_K : DST = VM_##name(uint32_t, int32_t, 31, (uint32_t)DST, (uint32_t)IMM); \
	NEXT;                                                                                   \
	op_##name##32_X : DST = VM_##name(uint32_t, int32_t, 31, (uint32_t)DST, (uint32_t)SRC); \
	NEXT;
	PLIM_BPF_ARITHMETIC(FOUR)
#undef FOUR

#define JUMP_IF(condition)                         \
	do {                                       \
		if (condition)                     \
			JUMP_TO(op + op->off + 1); \
		NEXT;                              \
	} while (0)
#define FOUR_JUMPS(name, code)                                                                 \
	op_##name##64_K : JUMP_IF(VM_##name(uint64_t, int64_t, DST, IMM));                     \
	op_##name##64_X : JUMP_IF(VM_##name(uint64_t, int64_t, DST, SRC));                     \
	op_##name##32_K : JUMP_IF(VM_##name(uint32_t, int32_t, (uint32_t)DST, (uint32_t)IMM)); \
	op_##name##32_X : JUMP_IF(VM_##name(uint32_t, int32_t, (uint32_t)DST, (uint32_t)SRC));
	PLIM_BPF_JUMPS(FOUR_JUMPS)
#undef FOUR_JUMPS

op_NEG64:
	DST = 0 - DST;
	NEXT;
op_NEG32:
	DST = 0 - (uint32_t)DST;
	NEXT;

#define VALUE(name, expression)         \
	op_##name : DST = (expression); \
	NEXT;
	VALUE(MOVSX64_8, (uint64_t)(int64_t)(int8_t)SRC)
	VALUE(MOVSX64_16, (uint64_t)(int64_t)(int16_t)SRC)
	VALUE(MOVSX64_32, (uint64_t)(int64_t)(int32_t)SRC)
	VALUE(MOVSX32_8, (uint32_t)(int32_t)(int8_t)SRC)
	VALUE(MOVSX32_16, (uint32_t)(int32_t)(int16_t)SRC)
	/* Section 4.2, on a little-endian machine: to little endian only cuts. */
	VALUE(LE16, (uint16_t)DST)
	VALUE(LE32, (uint32_t)DST)
	VALUE(LE64, DST)
	VALUE(BE16, __builtin_bswap16((uint16_t)DST))
	VALUE(BE32, __builtin_bswap32((uint32_t)DST))
	VALUE(BE64, __builtin_bswap64(DST))
	VALUE(BSWAP16, __builtin_bswap16((uint16_t)DST))
	VALUE(BSWAP32, __builtin_bswap32((uint32_t)DST))
	VALUE(BSWAP64, __builtin_bswap64(DST))
#undef VALUE

op_JA:
	JUMP_TO(op + op->off + 1);
op_LD64:
	DST = IMM;
	op++;
	NEXT;

#define LOAD(name, bits, type)                                               \
	op_##name : REACH(SRC + (uint64_t)op->off, bits, PLIM_BPF_READ);     \
	DST = (uint64_t)(type)((const struct unaligned##bits *)host)->value; \
	NEXT;
#define STORE(name, bits, from_where)                                           \
	op_##name : REACH(DST + (uint64_t)op->off, bits, PLIM_BPF_WRITE);       \
	((struct unaligned##bits *)host)->value = (uint##bits##_t)(from_where); \
	NEXT;
#define SIZES(DO) \
	DO(8)     \
	DO(16)    \
	DO(32)    \
	DO(64)
#define LOADS_AND_STORES(bits)                \
	LOAD(LDX##bits, bits, uint##bits##_t) \
	STORE(ST##bits, bits, IMM)            \
	STORE(STX##bits, bits, SRC)
	SIZES(LOADS_AND_STORES)
	LOAD(LDSX8, 8, int8_t)
	LOAD(LDSX16, 16, int16_t)
	LOAD(LDSX32, 32, int32_t)
#undef LOAD
#undef STORE
#undef SIZES
#undef LOADS_AND_STORES

	/* Section 5.3. The fetching forms return what was there before, zero-extended. */
#define REACH_ATOMIC(bits)                                           \
	REACH(DST + (uint64_t)op->off, bits, PLIM_BPF_WRITE);        \
	if (__builtin_expect((uintptr_t)host & ((bits) / 8 - 1), 0)) \
		goto bad_alignment;
#define FETCH(name, function, bits)                                                    \
	op_##name##bits : REACH_ATOMIC(bits);                                          \
	SRC = function((uint##bits##_t *)host, (uint##bits##_t)SRC, __ATOMIC_SEQ_CST); \
	NEXT;
#define ATOMIC(name, function, bits)                                             \
	op_ATOMIC_##name##bits : REACH_ATOMIC(bits);                             \
	function((uint##bits##_t *)host, (uint##bits##_t)SRC, __ATOMIC_SEQ_CST); \
	NEXT;                                                                    \
	FETCH(FETCH_##name, function, bits)
#define ATOMICS(bits)                                                                \
	ATOMIC(ADD, __atomic_fetch_add, bits)                                        \
	ATOMIC(OR, __atomic_fetch_or, bits)                                          \
	ATOMIC(AND, __atomic_fetch_and, bits)                                        \
	ATOMIC(XOR, __atomic_fetch_xor, bits)                                        \
	FETCH(XCHG, __atomic_exchange_n, bits)                                       \
	op_CMPXCHG##bits : REACH_ATOMIC(bits);                                       \
	regs[0] = cmpxchg##bits(host, (uint##bits##_t)regs[0], (uint##bits##_t)SRC); \
	NEXT;
	ATOMICS(32)
	ATOMICS(64)
#undef ATOMIC
#undef ATOMICS
#undef FETCH
#undef REACH_ATOMIC

op_CALL_HELPER:
	regs[0] = op->helper(inv);
	if (__builtin_expect(inv->fault.kind != PLIM_BPF_FAULT_NONE, 0))
		goto fault;
	if (__builtin_expect(inv->tail_call, 0)) {
		COUNT;
		op = plim_bpf_follow_tail_call(inv);
		from = op;
		if (budget < 0)
			goto out_of_budget;
		DISPATCH;
	}
	NEXT;
op_CALL_LOCAL:
	if (!plim_bpf_push_frame(inv, op)) {
		plim_bpf_fault_set(inv, PLIM_BPF_FAULT_FRAMES, 0, 0);
		goto fault;
	}
	JUMP_TO(op + op->off + 1);
op_EXIT:
	COUNT;
	if (inv->depth == 0)
		goto out;
	op = plim_bpf_pop_frame(inv) + 1;
	from = op;
	DISPATCH;

op_none:
	plim_bpf_fault_set(inv, PLIM_BPF_FAULT_OPCODE, 0, 0);
	goto fault;
bad_access:
	plim_bpf_access_fault(inv, op);
	goto fault;
bad_alignment:
	plim_bpf_fault_set(inv, PLIM_BPF_FAULT_ALIGN, DST + (uint64_t)op->off, 0);
	goto fault;
out_of_budget:
	plim_bpf_fault_set(inv, PLIM_BPF_FAULT_BUDGET, 0, 0);
fault:
	inv->fault.insn = (uint32_t)(op - inv->program->ops);
	inv->fault.program_id = inv->program->object.id;
	rc = plim_bpf_fault_errno(inv->fault.kind);
out:
	inv->budget = budget;
	return rc;
}

int plim_bpf_run(struct plim_bpf_invocation *invocation, struct plim_bpf_program *program,
		 const struct plim_bpf_input *input, uint64_t *result)
{
	int rc;

	plim_bpf_begin(invocation, program, input);
	rc = execute(invocation, program->ops);
	*result = invocation->regs[0];
	plim_bpf_invocation_abandon(invocation);
	atomic_fetch_add_explicit(&program->runs, 1, memory_order_relaxed);
	if (rc)
		atomic_fetch_add_explicit(&program->faults, 1, memory_order_relaxed);
	return rc;
}
