/* SPDX-License-Identifier: MIT */
/*
 * Who calls whom, and how deep: the one structure between the readers of binaries and the reports.
 * callgraph.c fills it from images and frames, bound.c computes the bounds in it, the reports only
 * read it.
 *
 * All bytes are counted as DESIGN.md counts them: a function's frame is what lies below its
 * caller's stack pointer at the call, the return address included where the call pushes one.
 */
#ifndef PLIM_STACK_GRAPH_H
#define PLIM_STACK_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "stack/graph/pool.h"

/** No node: the target of nothing. */
#define PLIM_NO_NODE UINT32_MAX

/** Sums stop here; the largest integer that every JSON reader keeps exactly. */
#define PLIM_BYTES_MAX (((int64_t)1 << 53) - 1)

enum plim_node_kind {
	PLIM_NODE_FUNCTION, /* has code in one of the given binaries */
	PLIM_NODE_EXTERNAL, /* is called by name, and no given binary has it */
	PLIM_NODE_SET,      /* stands for every candidate of an indirect call; takes no stack */
};

/** Why a call is believed to reach its target; printed with every answer. */
enum plim_why {
	PLIM_WHY_DIRECT,    /* the instruction names it */
	PLIM_WHY_TAIL,      /* a jump, in place of a call and a return */
	PLIM_WHY_LINKED,    /* a jump that leaves its return address in a register */
	PLIM_WHY_IMPORT,    /* through the PLT or an import table, found in a given binary */
	PLIM_WHY_EXTERNAL,  /* through the PLT or an import table, in no given binary */
	PLIM_WHY_RULE,      /* a `calls` rule says so */
	PLIM_WHY_FIELD,     /* stored in that field of that structure */
	PLIM_WHY_SIGNATURE, /* its address is taken and its type is the pointer's */
	PLIM_WHY_TAKEN,     /* its address is taken */
	PLIM_WHY_COUNT
};

/** What keeps a bound from being a number. */
enum plim_open_kind {
	PLIM_OPEN_FRAME,     /* no source knows the function's frame */
	PLIM_OPEN_CONFLICT,  /* the two sources disagree about it */
	PLIM_OPEN_DYNAMIC,   /* alloca or a variable-length array, without a rule */
	PLIM_OPEN_EXTERNAL,  /* a function of no given binary, without a rule */
	PLIM_OPEN_INDIRECT,  /* an indirect call whose targets are not known */
	PLIM_OPEN_RECURSION, /* a cycle without a rule */
	PLIM_OPEN_KINDS
};

struct plim_open {
	enum plim_open_kind kind;
	uint32_t node;    /* the function that has it */
	uint64_t address; /* of the instruction, or 0 */
	const char *file; /* or NULL */
	unsigned line;    /* 0: not known */
	const char *text; /* one line for a person, without the function's name */
	const char *rule; /* the rule that would answer it, `?` where the user must say */
	size_t blocks;    /* functions whose bound waits for it */
};

/** One call in the code. */
struct plim_edge {
	uint32_t from, to;
	int64_t charge_bytes; /* what the target's bound is added to */
	enum plim_why why;
	uint64_t address;
	const char *file;
	unsigned line;
	const char *reason; /* what was believed and why, for indirect calls; or NULL */
};

/** How a bound comes about: a term a step, shared between the functions that reach it. */
enum plim_term_kind {
	PLIM_TERM_LEAF, /* the node's own frame is the deepest */
	PLIM_TERM_CALL, /* through `edge`, then `next` */
	PLIM_TERM_HOLE, /* back at the function that closes the cycle */
	PLIM_TERM_JOIN, /* `next` up to its hole, then `rest` */
	PLIM_TERM_LOOP, /* `next` (one round of a cycle) `times` times, then `rest` */
};

struct plim_term {
	enum plim_term_kind kind;
	uint32_t item; /* LEAF: node; CALL: edge; LOOP: the node whose rule bounds the cycle */
	int64_t bytes;
	int64_t times;
	const struct plim_term *next, *rest;
};

struct plim_node {
	enum plim_node_kind kind;
	const char *name;
	uint32_t binary;    /* which of the graph's binaries */
	const char *module; /* that binary's file name, without its folder; or NULL */
	uint64_t address;
	const char *file; /* or NULL */
	unsigned line;

	int64_t frame_bytes;    /* its largest extent; what a rule added is in it */
	int64_t red_zone_bytes; /* the part of it that lies below the stack pointer */
	int64_t realign_bytes;  /* the part of it that realigning may take */
	const char *status;     /* a word of DESIGN.md section 9 */
	bool is_exported, is_taken, is_logging, is_called;
	int64_t recursion_limit; /* activations at once that a rule allows; 0: no rule */
	int64_t logging_frame_bytes;

	size_t first_edge, edge_count; /* valid after plim_graph_seal() */

	/* what plim_bound_compute() found */
	const struct plim_term *bound; /* the known part of it, where it is open */
	const struct plim_term *quiet; /* the same without logging */
	bool is_open;
	uint32_t component; /* callees have smaller numbers; equal numbers call each other */
	bool is_cyclic;     /* it can be active twice at once */
	size_t first_open, open_count;
};

struct plim_binary {
	const char *path, *arch, *format;
	unsigned return_address_bytes; /* that a call pushes */
	bool has_types;                /* debug information was there */
	bool is_program; /* it has a place to start, so nobody calls it from outside */
	uint64_t code_bytes;
};

struct plim_graph {
	struct plim_pool pool;
	struct plim_binary *binaries;
	size_t binary_count, binary_capacity;
	struct plim_node *nodes;
	size_t node_count, node_capacity;
	struct plim_edge *edges;
	size_t edge_count, edge_capacity;
	struct plim_open *opens;
	size_t open_count, open_capacity;

	/* of plim_bound_opens(): kept, since it is asked once for every function */
	uint32_t *seen, *queue, seen_mark;
};

/** An empty graph is all zero. */
void plim_graph_free(struct plim_graph *graph);

/** Adds one; the numbers are places in the arrays. Returns -1 (and says so) without memory. */
int64_t plim_graph_add_binary(struct plim_graph *graph, const struct plim_binary *binary,
			      struct plim_error *err);
int64_t plim_graph_add_node(struct plim_graph *graph, const struct plim_node *node,
			    struct plim_error *err);
int plim_graph_add_edge(struct plim_graph *graph, const struct plim_edge *edge,
			struct plim_error *err);
int plim_graph_add_open(struct plim_graph *graph, const struct plim_open *open,
			struct plim_error *err);

/** Sorts the edges by caller; after this, nodes and edges stay as they are. */
int plim_graph_seal(struct plim_graph *graph, struct plim_error *err);

/** The word for it in reports: "direct", "by field", ... */
const char *plim_why_name(enum plim_why why);
const char *plim_open_name(enum plim_open_kind kind);

/** Does the glob (`*`, `?`, `[...]`) match the whole text? */
bool plim_glob_matches(const char *glob, const char *text);

/** Does the glob (`*`, `?`, `[...]`) match the name, or the name without a `.part.0`-like end? */
bool plim_name_matches(const char *glob, const char *name);

/** How a rule names the node: with its module where several have nameless functions. */
const char *plim_node_subject(struct plim_graph *graph, uint32_t node);

/** `conn.c:12 text` for an item, in the graph's memory. */
const char *plim_open_sentence(struct plim_graph *graph, const struct plim_open *open);

#endif
