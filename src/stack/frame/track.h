/* SPDX-License-Identifier: MIT */
/*
 * Following the stack pointer through one function. The function's instructions are decoded once;
 * then a data-flow analysis runs over its blocks until nothing changes: a state says for each
 * register what it holds, as far as that is the stack's or the code's affair. Paths that meet keep
 * what they agree on; where they disagree on the stack pointer, the deeper one is kept (or the one
 * that the unwind table confirms: the other comes from behind a call that never returns).
 * Private to src/stack/frame.
 */
#ifndef PLIM_STACK_FRAME_TRACK_H
#define PLIM_STACK_FRAME_TRACK_H

#include "image/vec.h"
#include "stack/frame/frame.h"
#include "stack/frame/insn.h"
#include "stack/frame/unwind.h"

enum plim_value_kind {
	PLIM_VALUE_UNKNOWN,
	PLIM_VALUE_ENTRY, /* what register `number` held on entry */
	PLIM_VALUE_STACK, /* base - number */
	PLIM_VALUE_CONST, /* number */
	PLIM_VALUE_FIELD, /* loaded from [register `base` + number] */
	PLIM_VALUE_SLOT,  /* loaded from the address `number` */
	PLIM_VALUE_TABLE, /* loaded from `number` + an index * scale */
	PLIM_VALUE_JUMP,  /* TABLE's value + extra */
	PLIM_VALUE_LOCAL, /* loaded from base - number: a variable on the stack */
};

struct plim_value {
	uint8_t kind;
	uint8_t base;
	uint8_t scale;
	uint8_t is_dynamic; /* STACK: below `number` lies a part of unknown size */
	uint8_t parameter;  /* FIELD: 1 + the number of the parameter that base held */
	uint8_t bytes;      /* TABLE, JUMP: of an entry */
	uint32_t slack;     /* STACK: it may be this much higher (realignment) */
	int64_t number;
	int64_t extra;
	uint64_t load_address;
};

#define PLIM_STATE_SLOTS 12u

/** A word of the frame whose content is known. */
struct plim_state_slot {
	int64_t depth; /* 0: free */
	struct plim_value value;
};

struct plim_state {
	struct plim_value regs[PLIM_REGISTERS];
	struct plim_state_slot slots[PLIM_STATE_SLOTS];
	uint32_t next_slot;
	int64_t bound; /* entries that comparisons leave to a jump table; 0: unknown */
	int64_t limit; /* last number that a register was compared with; -1: none */
	uint8_t compared[2];
	bool has_compared; /* the two registers were compared and nothing changed since */
};

/** What is kept of an instruction while its function is followed. */
struct plim_node {
	struct plim_insn insn;
	uint32_t state; /* of a leader: 1 + index into `states`; else 0 */
	uint32_t owner; /* node of the leader whose block held it last; PLIM_NONE: not reached */
	bool is_leader;
};

/** An address within the function that a register was given just before a jump within it. */
struct plim_label {
	uint64_t address;
	uint8_t reg;
};

struct plim_leader {
	uint32_t node;
	uint16_t runs;    /* times that its block was followed */
	uint16_t growths; /* times that its stack got deeper */
	bool is_queued;
	int64_t first_depth; /* before the first of them */
	bool is_seed; /* not reached from the entry: code behind an open jump, a landing pad */
};

struct plim_range {
	uint64_t start;
	uint64_t end;
	size_t map_at; /* of its first byte in `map` */
	size_t first_row;
	size_t row_count;
};

/** What following a function gave; depths as in frame.h. */
struct plim_track_result {
	int64_t max_depth;
	int64_t max_touched;       /* deepest byte that is read or written */
	int64_t table_depth;       /* deepest that the table says; 0: nothing */
	uint64_t mismatch_address; /* where the table disagrees, though at no call */
	uint32_t align_bytes;
	uint64_t deepest_address;
	uint64_t trouble_address;
	const char *trouble; /* why there is no number */
	uint64_t conflict_address;
	uint64_t dynamic_address;
	bool is_dynamic;
	bool needs_table; /* the stack pointer was lost and the table told it */
	bool grows;
	bool sp_lost;
	bool returns;
	bool has_table;
	bool is_table_partial;
	bool is_open_jump;
	bool is_linked;
	bool is_interrupt;
	bool realigns;
};

struct plim_tracker {
	const struct plim_image *image;
	struct plim_decoder *decoder;
	const struct plim_abi *abi;
	const uint8_t *noreturn; /* by function */
	uint8_t *link_register;  /* by function: 1 + the register that brings its return address */
	int64_t *piece_depth;    /* by function: where a nameless fragment starts; 0: it is none */
	unsigned options;

	/* The function at hand. */
	uint32_t function;
	struct plim_vec ranges;  /* struct plim_range */
	struct plim_vec map;     /* uint32_t: 1 + node at each byte */
	struct plim_vec nodes;   /* struct plim_node */
	struct plim_vec leaders; /* struct plim_leader */
	struct plim_vec states;  /* struct plim_state, one a leader */
	struct plim_vec labels;  /* struct plim_label */
	struct plim_vec queue;   /* uint32_t: leaders to follow */
	struct plim_vec rows;    /* struct plim_unwind_row */
	uint64_t steps;
	int64_t open_depth; /* deepest indirect jump that may go anywhere in the function; -1: none */
	bool is_final;      /* the states are settled: note calls and depths */
	bool no_memory;
	struct plim_track_result result;
	struct plim_vec *calls; /* appended to in the final pass */
	struct plim_vec *accesses;
	struct plim_vec *refs;
};

/** Follows one function; its calls, accesses and references go behind the others. 0, or -1. */
int plim_track_function(struct plim_tracker *tracker, uint32_t function);

void plim_tracker_free(struct plim_tracker *tracker);

/* track_state.c: values and states. */

void plim_state_enter(const struct plim_abi *abi, struct plim_state *state, int64_t depth);
/** The effect of one instruction that is no transfer. */
void plim_state_step(const struct plim_tracker *tracker, struct plim_state *state,
		     const struct plim_insn *insn);
/** A call returned: what it does not preserve is gone. `kept`: one register more that it does. */
void plim_state_call(const struct plim_abi *abi, struct plim_state *state, uint8_t kept);
/** Makes `into` what both agree on (the stack pointer apart). Returns whether it changed. */
bool plim_state_meet(const struct plim_abi *abi, struct plim_state *into,
		     const struct plim_state *from);
/** Address of a memory operand as a value: STACK, CONST or UNKNOWN. */
struct plim_value plim_state_address(const struct plim_state *state, const struct plim_insn *insn);
/** What a load (or the memory operand of a transfer) brings. */
struct plim_value plim_state_load(const struct plim_tracker *tracker,
				  const struct plim_state *state, const struct plim_insn *insn);
/** base - number + delta; UNKNOWN if that cannot be true. */
struct plim_value plim_value_add(struct plim_value value, int64_t delta);

/* track_note.c: what the final pass notes; before and after an instruction's effect. */

void plim_track_note_before(struct plim_tracker *tracker, const struct plim_state *state,
			    const struct plim_insn *insn);
void plim_track_note_after(struct plim_tracker *tracker, const struct plim_state *state,
			   const struct plim_insn *insn);

/* track_flow.c: where control goes. */

enum plim_flow {
	PLIM_FLOW_NEXT,
	PLIM_FLOW_END,
};

/** Where in the function's own code an address is: its byte in `map`, or SIZE_MAX. */
size_t plim_track_place(const struct plim_tracker *tracker, uint64_t address);
/** Control comes to an address of the function with a state. */
void plim_track_reach(struct plim_tracker *tracker, uint64_t address,
		      const struct plim_state *state);
/** Node of the instruction at an address of the function, decoded if need be; or PLIM_NONE. */
uint32_t plim_track_node(struct plim_tracker *tracker, uint64_t address);
/** The row of the unwind table at an address of the function, or NULL. */
const struct plim_unwind_row *plim_track_row(const struct plim_tracker *tracker, uint64_t address);
/** Control runs over the end of the function's code. */
void plim_track_run_over(struct plim_tracker *tracker, const struct plim_state *state,
			 const struct plim_insn *insn);
/** Bytes below the base on entry: the return address, if the call pushes one. */
int64_t plim_track_entry_depth(const struct plim_tracker *tracker);
/** A call, jump, branch, return or trap: changes the state, reaches targets, notes calls. */
enum plim_flow plim_track_transfer(struct plim_tracker *tracker, struct plim_state *state,
				   const struct plim_insn *insn);

#endif
