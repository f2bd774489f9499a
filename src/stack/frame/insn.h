/* SPDX-License-Identifier: MIT */
/*
 * One instruction, reduced to what it does to the stack pointer, to registers that may hold a stack
 * or code address, and to the flow of control: what all CPUs have in common for us. The decoders
 * make these; the tracker (track.c) understands nothing else. Registers have their DWARF numbers.
 */
#ifndef PLIM_STACK_FRAME_INSN_H
#define PLIM_STACK_FRAME_INSN_H

#include "image/image.h"

#define PLIM_REGISTERS   32u
#define PLIM_NO_REGISTER 255u

enum plim_op {
	PLIM_OP_OTHER,       /* only `writes` and the memory operand matter */
	PLIM_OP_NOP,         /* padding */
	PLIM_OP_SET,         /* dst = src + imm */
	PLIM_OP_CONST,       /* dst = imm: a number or an address */
	PLIM_OP_CONST_HIGH,  /* dst = (dst & 0xffff) | imm: the second half of an address */
	PLIM_OP_ADD_REG,     /* dst = src + index */
	PLIM_OP_SUB_REG,     /* dst = src - index */
	PLIM_OP_AND,         /* dst = src & imm */
	PLIM_OP_SHIFT_LEFT,  /* dst = src << imm */
	PLIM_OP_EXTEND,      /* dst = the low half of src, sign-extended */
	PLIM_OP_PUSH,        /* sp -= imm, then [sp] = src */
	PLIM_OP_POP,         /* dst = [sp], then sp += imm */
	PLIM_OP_LEAVE,       /* sp = src + imm; src is popped before that */
	PLIM_OP_LOAD,        /* dst = [mem] */
	PLIM_OP_STORE,       /* [mem] = src */
	PLIM_OP_COMPARE,     /* src with index */
	PLIM_OP_COMPARE_IMM, /* src with imm */
	PLIM_OP_CALL,        /* imm: the target */
	PLIM_OP_CALL_IND,    /* src, or [mem] */
	PLIM_OP_JUMP,        /* imm: the target */
	PLIM_OP_JUMP_IND,    /* src, or [mem] */
	PLIM_OP_TABLE_JUMP,  /* ARM tbb, tbh: offsets of mem_bytes each follow the instruction */
	PLIM_OP_BRANCH,      /* conditional; imm: the target */
	PLIM_OP_RETURN,
	PLIM_OP_TRAP, /* does not go on */
};

enum {
	PLIM_INSN_READS = 1u << 0,     /* its memory operand */
	PLIM_INSN_WRITES = 1u << 1,    /* the same */
	PLIM_INSN_ADDRESS = 1u << 2,   /* only computes it */
	PLIM_INSN_MEM_AFTER = 1u << 3, /* the operand's address counts after `op` (pre-indexing) */
	PLIM_INSN_COMPARES = 1u << 4,  /* subtracts -imm and sets the flags as a comparison does */
	PLIM_INSN_INTERRUPT = 1u << 6, /* the return is one from an interrupt */
	PLIM_INSN_CONDITIONAL = 1u << 7, /* op may also not happen (predication) */
};

/** Condition of a branch, as far as it is of use. */
enum plim_condition {
	PLIM_IF_OTHER,
	PLIM_IF_EQUAL,
	PLIM_IF_NOT_EQUAL,
	PLIM_IF_ABOVE, /* unsigned, like the next three */
	PLIM_IF_ABOVE_EQUAL,
	PLIM_IF_BELOW,
	PLIM_IF_BELOW_EQUAL,
};

struct plim_insn {
	uint64_t address;
	int64_t imm;
	int64_t disp;    /* of the memory operand; the address itself if it has no base */
	uint32_t writes; /* registers whose value is lost, as a mask; `dst` need not be in it */
	uint32_t mem_bytes;
	uint32_t pops; /* a return: bytes that it takes from the stack itself */
	uint8_t length;
	uint8_t op;
	uint8_t flags;
	uint8_t condition; /* enum plim_condition */
	uint8_t dst;
	uint8_t src;
	uint8_t index; /* second source, or the memory operand's index */
	uint8_t base;  /* of the memory operand */
	uint8_t scale; /* of its index; 0: there is no memory operand's index */
};

/** What a CPU's calling convention says that the tracker must know. */
struct plim_abi {
	uint32_t callee_saved;      /* mask of registers that a call preserves */
	uint8_t parameter_order[8]; /* PLIM_NO_REGISTER after the last */
	uint8_t registers;          /* how many there are: their numbers are below it */
	uint8_t sp;
	uint8_t return_bytes; /* what a call pushes */
	uint8_t stack_align;  /* of the stack pointer at a call */
	uint16_t red_zone;    /* bytes below the stack pointer that a leaf may use; 0: none */
};

struct plim_decoder;

/** A decoder for the image's CPU; NULL with the error's line. */
struct plim_decoder *plim_decoder_new(const struct plim_image *image, struct plim_error *err);
void plim_decoder_free(struct plim_decoder *decoder);
const struct plim_abi *plim_decoder_abi(const struct plim_decoder *decoder);

/** Decodes the instruction at `address`; false if there is none (bad bytes, end of the section). */
bool plim_decode(struct plim_decoder *decoder, uint64_t address, struct plim_insn *insn);

/** The CPUs' own decoders. `bytes`: at least one byte. */
struct plim_x86;
struct plim_x86 *plim_x86_new(void);
void plim_x86_free(struct plim_x86 *x86);
bool plim_x86_decode(const struct plim_x86 *x86, const uint8_t *bytes, size_t left,
		     uint64_t address, struct plim_insn *insn);

struct plim_capstone;
struct plim_capstone *plim_capstone_new(enum plim_arch arch);
void plim_capstone_free(struct plim_capstone *capstone);
bool plim_capstone_decode(struct plim_capstone *capstone, bool is_thumb, const uint8_t *bytes,
			  size_t left, uint64_t address, struct plim_insn *insn);

/** RISC-V needs no state. */
bool plim_riscv_decode(bool is_64, const uint8_t *bytes, size_t left, uint64_t address,
		       struct plim_insn *insn);

#endif
