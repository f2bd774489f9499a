/* SPDX-License-Identifier: MIT */
/*
 * The frame of every function of an image, from two sources that know nothing of each other: the
 * instructions (the stack pointer followed through the control flow) and the unwind tables.
 *
 * Units. All depths are bytes below the *base* of a function's frame. The base is its caller's stack
 * pointer just before the call; so on x86 the return address is the first 8 bytes (DWARF's CFA, and
 * what GCC's -fstack-usage counts), and on CPUs with a link register nothing is.
 *
 * Composition. A caller's bound is the maximum of its own `frame_bytes + red_zone_bytes` and, over
 * all its calls, `depth_bytes + bound(callee)`. This holds for every kind of call: the depth of a
 * tail call is already lowered by the return address that caller and callee share. With
 * PLIM_CALL_DYNAMIC (or PLIM_FRAME_DYNAMIC for the frame itself) the unknown number of bytes which
 * the function took by alloca, a VLA or a growing loop comes on top of it.
 */
#ifndef PLIM_STACK_FRAME_FRAME_H
#define PLIM_STACK_FRAME_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image/image.h"

enum plim_frame_status {
	PLIM_FRAME_PROVED,  /* both sources give the same number */
	PLIM_FRAME_TRACKED, /* instructions only; the table, where it speaks, does not contradict */
	PLIM_FRAME_TABLE,   /* the table only: the instructions could not be followed */
	PLIM_FRAME_CONFLICT, /* they disagree on a call's depth or on the frame, at
			      * `conflict_address`; frame_bytes is the larger one */
	PLIM_FRAME_DYNAMIC,  /* frame_bytes plus a number that only a rule can give */
	PLIM_FRAME_UNKNOWN,  /* no number: see `reason` */
};

enum {
	/* The stack pointer hangs on a frame pointer in the table, which so hides the frame's size;
	 * what it does say (the frame's base) agrees with the instructions. */
	PLIM_FRAME_TABLE_PARTIAL = 1u << 0,
	PLIM_FRAME_HAS_TABLE = 1u << 1,
	PLIM_FRAME_NORETURN = 1u << 2, /* no path of it returns */
	PLIM_FRAME_REALIGNS = 1u << 3, /* `align_bytes` says how much of the frame is worst case */
	PLIM_FRAME_LINKED = 1u << 4, /* entered by a linked jump: no return address on the stack */
	PLIM_FRAME_OPEN_JUMP = 1u << 5, /* an indirect jump whose targets could not be enumerated:
					 * all code of the function was followed from its depth */
	PLIM_FRAME_GROWS_IN_LOOP = 1u << 6,  /* why it is dynamic: at `conflict_address` */
	PLIM_FRAME_SWITCHES_STACK = 1u << 7, /* loads the stack pointer from elsewhere: unknown */
	PLIM_FRAME_FRAGMENT = 1u << 8,       /* counted within its parent; its own numbers are 0 */
	PLIM_FRAME_INTERRUPT = 1u << 9,      /* ends with an interrupt return */
};

/** One function's frame; `frames[i]` belongs to `image->functions[i]`. */
struct plim_frame {
	enum plim_frame_status status;
	uint32_t flags;
	uint64_t frame_bytes; /* return address included; with the worst realignment */
	uint64_t
		red_zone_bytes; /* how far it reaches below its stack pointer at the deepest point */
	uint64_t align_bytes;   /* part of frame_bytes that depends on the caller's alignment */
	uint64_t table_bytes;   /* what the table alone says; 0 if it says nothing */
	uint64_t deepest_address;  /* of the instruction after which it is first that deep */
	uint64_t conflict_address; /* PLIM_NO_ADDRESS, or where the trouble lies */
	const char *reason;  /* a static text for every status but proved and tracked; else NULL */
	uint32_t first_call; /* into `calls`, by address; fragments' calls are with their parent */
	uint32_t call_count;
	uint32_t first_access; /* into `accesses`; none unless asked for */
	uint32_t access_count;
	uint32_t first_ref; /* into `refs` */
	uint32_t ref_count;
};

enum plim_call_kind {
	PLIM_CALL_DIRECT,   /* `target` is set: a function of this image */
	PLIM_CALL_IMPORT,   /* `import` is set: by PLT, GOT, IAT or an undefined symbol */
	PLIM_CALL_IFUNC,    /* `target` is a resolver: what runs is what it returns */
	PLIM_CALL_INDIRECT, /* `operand` tells what is known of where the target comes from */
};

enum {
	PLIM_CALL_TAIL = 1u << 0,    /* a jump that leaves the function for good */
	PLIM_CALL_LINKED = 1u << 1,  /* a jump with its return address in a register */
	PLIM_CALL_DYNAMIC = 1u << 2, /* the dynamic part of the frame is on the stack as well */
	PLIM_CALL_NORETURN = 1u << 3,
	PLIM_CALL_UNREACHED = 1u << 4,   /* in code that no followed path reaches (landing pads,
					* code behind an open jump): depth is the worst possible */
	PLIM_CALL_INTO_MIDDLE = 1u << 5, /* target is inside a function, not its start */
};

enum plim_operand_kind {
	PLIM_OPERAND_NONE,
	PLIM_OPERAND_REGISTER, /* a register of which nothing more is known */
	PLIM_OPERAND_FIELD,    /* loaded from [base + displacement]: a pointer to a structure */
	PLIM_OPERAND_SLOT,     /* loaded from the absolute address `slot`: a variable */
	PLIM_OPERAND_TABLE,    /* loaded from `slot` + index * scale: an array */
	PLIM_OPERAND_STACK,    /* loaded from the function's own frame, `displacement` below base */
};

/** Where the target of an indirect call comes from, as far as the block before the call tells. */
struct plim_operand {
	enum plim_operand_kind kind;
	int32_t displacement;
	uint64_t slot;
	uint64_t
		load_address; /* of the instruction that loads the target; the call's own if it does */
	uint8_t base;         /* DWARF register number of the base, 255 if none */
	uint8_t index;        /* the same for the index */
	uint8_t scale;        /* of the index; 0 if none */
	uint8_t base_is_parameter; /* 1 + the number of the parameter that base still holds; else 0 */
};

struct plim_call {
	uint64_t address; /* of the call instruction */
	uint64_t target;  /* PLIM_NO_ADDRESS for imports and indirect calls */
	uint64_t depth_bytes;
	uint32_t import; /* index into the image's imports, or PLIM_NONE */
	uint32_t callee; /* index of the function at (or around) `target`, or PLIM_NONE */
	uint16_t flags;
	uint8_t kind; /* enum plim_call_kind */
	struct plim_operand operand;
};

/** An instruction that touches the function's own frame (pushes and pops included), by address. */
struct plim_access {
	uint64_t address;
	uint32_t low_bytes; /* depth of the lowest byte it touches */
	uint32_t size;      /* bytes from there upwards; 0: only its address is taken */
	bool is_store;
};

/** An instruction that makes the address of code (lea, mov, adrp+add): the function escapes. */
struct plim_code_ref {
	uint64_t address; /* of the instruction */
	uint64_t target;  /* the start of a function, or an import's placeholder */
	uint32_t callee;  /* index of the function, or PLIM_NONE */
	uint32_t import;  /* or this */
};

/** All frames of an image. Everything belongs to it, and `image` must outlive it. */
struct plim_frames {
	const struct plim_image *image;
	struct plim_frame *frames; /* image->function_count of them */
	struct plim_call *calls;   /* grouped by function, by address within each */
	size_t call_count;
	struct plim_access *accesses;
	size_t access_count;
	struct plim_code_ref *refs;
	size_t ref_count;
};

enum {
	PLIM_FRAMES_ACCESSES = 1u << 0, /* collect slot accesses (for blame); costs memory */
};

/**
 * Computes the frames of all functions of an image. `options`: PLIM_FRAMES_*. Returns 0, or -1 with
 * the error's line (no memory, no decoder for this CPU). Time and memory grow with the code's size.
 */
int plim_frames_compute(const struct plim_image *image, unsigned options,
			struct plim_frames *frames, struct plim_error *err);

void plim_frames_free(struct plim_frames *frames);

/** The word for a status, as reports print it: "proved" ... "unknown". */
const char *plim_frame_status_name(enum plim_frame_status status);

#endif
