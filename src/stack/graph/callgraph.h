/* SPDX-License-Identifier: MIT */
/* From images, frames, types and rules to the graph whose bounds are computed. */
#ifndef PLIM_STACK_CALLGRAPH_H
#define PLIM_STACK_CALLGRAPH_H

#include "image/image.h"
#include "image/types.h"
#include "stack/frame/frame.h"
#include "stack/graph/graph.h"
#include "stack/graph/rules.h"

struct plim_taken;

/** Everything that is known about the given binaries; zero it, fill it with plim_callgraph_read(). */
struct plim_callgraph {
	struct plim_image_list images;
	struct plim_frames *frames; /* one an image */
	struct plim_types **types;  /* one an image */
	struct plim_strings *strings;
	uint32_t **node_of; /* [image][function]: its node; fragments have their parent's */
	bool is_open_world; /* no program among them: pointers may come from outside */
	struct plim_graph graph;

	/* private to the building */
	struct plim_rules *rules;
	struct plim_name *names; /* of everything that can be imported, sorted */
	size_t name_count;
	uint32_t *externals; /* nodes */
	size_t external_count, external_capacity;
	struct plim_taken *taken;
	size_t taken_count, taken_capacity;
	struct plim_candidate_set *sets;
	size_t set_count, set_capacity;
};

struct plim_name {
	const char *name;
	uint32_t node;
};

/** Reads the files, computes their frames and loads their types. Returns 0, or -1. */
int plim_callgraph_read(struct plim_callgraph *cg, const char *const *paths, size_t path_count,
			struct plim_error *err);

/** Builds the sealed graph; marks the rules that were used. Returns 0, or -1. */
int plim_callgraph_build(struct plim_callgraph *cg, struct plim_rules *rules,
			 struct plim_error *err);

/** Fills in the source position of a call, where there is one. */
void plim_callgraph_locate(struct plim_callgraph *cg, const struct plim_edge *edge);

void plim_callgraph_free(struct plim_callgraph *cg);

/* What callgraph.c and indirect.c share. */

/** The node of a function that no given binary has; made when it is first asked for. */
int64_t plim_callgraph_external(struct plim_callgraph *cg, const char *name,
				struct plim_error *err);

/** The node that an import of image `image` leads to, external or not. */
int64_t plim_callgraph_import(struct plim_callgraph *cg, size_t image, uint32_t import,
			      struct plim_error *err);

/** Collects every function whose address is taken; before the first plim_indirect_resolve(). */
int plim_indirect_prepare(struct plim_callgraph *cg, struct plim_error *err);

/** Adds the edges, or the open item, of one indirect call. */
int plim_indirect_resolve(struct plim_callgraph *cg, size_t image, uint32_t caller,
			  const struct plim_call *call, int64_t charge_bytes,
			  struct plim_error *err);

/** Adds an edge to every function that a `calls` rule names. */
int plim_indirect_by_rule(struct plim_callgraph *cg, struct plim_rule *rule,
			  const struct plim_edge *edge, struct plim_error *err);

#endif
