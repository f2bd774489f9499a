/* SPDX-License-Identifier: MIT */
/*
 * Where an indirect call can lead. A rule is believed first. Else the operand of the call is given a
 * type: by the variable which DWARF says is in its register or slot, else by its offset, which every
 * structure with a pointer to functions there could mean. A place of a structure (a key) answers with
 * every function that static data stores there, and every function of the right signature whose
 * address some code makes, since code may store it there. Without a key the signature answers with
 * all functions of that type whose address is taken, and without that every such function does.
 *
 * What this believes, and says with each answer: that no pointer is cast to another function type,
 * and that a pointer from static data is not copied from one field into another.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stack/graph/callgraph.h"
#include "stack/graph/operand.h"

enum taken_how {
	TAKEN_AT_KEY, /* stored in static data, in a place whose key is known */
	TAKEN_LOOSE,  /* made by code, or stored where no type is known */
};

/* One way in which a function's address is taken. */
struct plim_taken {
	uint32_t node;
	enum taken_how how;
	const char *key, *signature;
};

/* The node that stands for every candidate of the same answer. */
struct plim_candidate_set {
	enum plim_why why;
	const char *key, *signature;
	const struct plim_rule *rule;
	uint32_t node;
	size_t count;
};

static int no_memory(struct plim_error *err)
{
	return plim_error_set(err, "no memory for the call graph; give fewer binaries at once");
}

static int add_taken(struct plim_callgraph *cg, struct plim_taken taken, struct plim_error *err)
{
	if (taken.node == PLIM_NO_NODE)
		return 0;
	if (plim_grow((void **)&cg->taken, cg->taken_count, &cg->taken_capacity, sizeof(taken)))
		return no_memory(err);
	cg->graph.nodes[taken.node].is_taken = true;
	cg->taken[cg->taken_count++] = taken;
	return 0;
}

/* The compiler's start files test these for being there and then call them (gcc, crtstuff.c). */
static bool is_start_files(const char *name)
{
	return !strcmp(name, "__gmon_start__") || !strncmp(name, "_ITM_", 5) ||
	       !strcmp(name, "__cxa_finalize");
}

/* The node of an address or import that some pointer or instruction names; `*signature` is its. */
static int64_t taken_node(struct plim_callgraph *cg, size_t i, uint64_t target, uint32_t import,
			  const char **signature, struct plim_error *err)
{
	const struct plim_image *image = cg->images.images[i];
	const struct plim_stub *stub;
	uint32_t function;

	*signature = NULL;
	if (import == PLIM_NONE) {
		stub = plim_image_stub_at(image, target);
		if (stub && stub->import != PLIM_NONE)
			import = stub->import;
	}
	if (import != PLIM_NONE && is_start_files(image->imports[import].name))
		return PLIM_NO_NODE;
	if (import != PLIM_NONE) {
		int64_t node = plim_callgraph_import(cg, i, import, err);
		const struct plim_node *n = node < 0 ? NULL : &cg->graph.nodes[node];

		if (n && n->kind == PLIM_NODE_FUNCTION)
			*signature = plim_types_signature(cg->types[n->binary], n->address);
		return node;
	}
	function = plim_image_function_at(image, target);
	if (function == PLIM_NONE || image->functions[function].address != target)
		return PLIM_NO_NODE;
	*signature = plim_types_signature(cg->types[i], target);
	return cg->node_of[i][function];
}

static const struct plim_typed_place *place_at(const struct plim_types *types, uint64_t place)
{
	size_t low = 0, high = types->place_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (types->places[middle].place < place)
			low = middle + 1;
		else
			high = middle;
	}
	return low < types->place_count && types->places[low].place == place ? &types->places[low]
									     : NULL;
}

/*
 * Pointers that no call of the program goes through: the loader's lists of what to run before and
 * after `main` (System V gABI, "Initialization and Termination Functions"), and unwind tables.
 */
static bool is_table_of_others(const struct plim_section *section)
{
	static const char *const starts[] = {
		".init_array", ".fini_array", ".preinit_array",    ".ctors", ".dtors",
		".eh_frame",   ".debug",      ".gcc_except_table", ".pdata", ".xdata",
	};

	for (size_t i = 0; section && i < sizeof(starts) / sizeof(starts[0]); i++) {
		if (!strncmp(section->name, starts[i], strlen(starts[i])))
			return true;
	}
	return false;
}

static int collect_pointers(struct plim_callgraph *cg, size_t i, struct plim_error *err)
{
	const struct plim_image *image = cg->images.images[i];

	for (size_t p = 0; p < image->pointer_count; p++) {
		const struct plim_pointer *pointer = &image->pointers[p];
		const struct plim_typed_place *place = place_at(cg->types[i], pointer->place);
		const struct plim_section *section;
		struct plim_taken taken = {.how = TAKEN_LOOSE};
		int64_t node;

		/* A slot of the linker's is only taken by the code that loads it: see refs. */
		section = plim_image_section_at(image, pointer->place);
		if (pointer->is_slot || is_table_of_others(section) ||
		    (section && (section->flags & PLIM_SECTION_EXEC)))
			continue;
		node = taken_node(cg, i, pointer->target, pointer->import, &taken.signature, err);
		if (node < 0)
			return -1;
		taken.node = (uint32_t)node;
		if (place && !pointer->is_scanned) {
			taken.how = TAKEN_AT_KEY;
			taken.key = place->key;
		}
		if (add_taken(cg, taken, err))
			return -1;
	}
	return 0;
}

/* A program's first function gives `main` to the C library, which calls it before all else. */
static bool is_start_code(const struct plim_image *image, uint64_t address)
{
	uint32_t function = plim_image_owner_at(image, address);

	return image->kind == PLIM_IMAGE_EXECUTABLE && function != PLIM_NONE &&
	       (image->functions[function].flags & PLIM_FUNCTION_ENTRY);
}

static int collect_refs(struct plim_callgraph *cg, size_t i, struct plim_error *err)
{
	const struct plim_frames *frames = &cg->frames[i];
	const struct plim_image *image = cg->images.images[i];

	for (size_t r = 0; r < frames->ref_count; r++) {
		const struct plim_code_ref *ref = &frames->refs[r];
		struct plim_taken taken = {.how = TAKEN_LOOSE};
		int64_t node = taken_node(cg, i, ref->target, ref->import, &taken.signature, err);

		if (node < 0)
			return -1;
		taken.node = (uint32_t)node;
		if (!is_start_code(image, ref->address) && add_taken(cg, taken, err))
			return -1;
	}
	return 0;
}

static int taken_order(const void *left, const void *right)
{
	const struct plim_taken *a = left, *b = right;

	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	if (a->how != b->how)
		return a->how < b->how ? -1 : 1;
	return (a->key > b->key) - (a->key < b->key);
}

int plim_indirect_prepare(struct plim_callgraph *cg, struct plim_error *err)
{
	size_t kept = 0;

	for (size_t i = 0; i < cg->images.count; i++) {
		if (collect_pointers(cg, i, err) || collect_refs(cg, i, err))
			return -1;
	}
	if (cg->taken_count)
		qsort(cg->taken, cg->taken_count, sizeof(*cg->taken), taken_order);
	for (size_t t = 0; t < cg->taken_count; t++) {
		if (!kept || taken_order(&cg->taken[kept - 1], &cg->taken[t]))
			cg->taken[kept++] = cg->taken[t];
	}
	cg->taken_count = kept;
	return 0;
}

static bool is_candidate(const struct plim_taken *taken, const struct plim_candidate_set *set)
{
	switch (set->why) {
	case PLIM_WHY_FIELD:
		return taken->how == TAKEN_AT_KEY
			       ? taken->key == set->key
			       : plim_signatures_agree(taken->signature, set->signature);
	case PLIM_WHY_SIGNATURE: return plim_signatures_agree(taken->signature, set->signature);
	default: return true;
	}
}

/* Names of a rule's globs: nodes that are there, and imports that only the rule speaks of. */
static int add_rule_targets(struct plim_callgraph *cg, struct plim_rule *rule,
			    struct plim_candidate_set *set, struct plim_error *err)
{
	for (size_t g = 0; g < rule->glob_count; g++) {
		struct plim_rule glob = {.subject = rule->globs[g]};
		struct plim_edge edge = {.from = set->node, .why = PLIM_WHY_RULE};
		size_t before = set->count;
		const char *colon = strrchr(glob.subject, ':');

		if (colon && colon > glob.subject && colon[-1] != ':' && colon[1]) {
			glob.file = plim_pool_copy_n(&cg->graph.pool, glob.subject,
						     (size_t)(colon - glob.subject));
			glob.subject = colon + 1;
		}
		for (size_t n = 0; n < cg->graph.node_count; n++) {
			if (cg->graph.nodes[n].kind == PLIM_NODE_SET ||
			    !plim_rule_names(&glob, &cg->graph.nodes[n]))
				continue;
			edge.to = (uint32_t)n;
			set->count++;
			if (plim_graph_add_edge(&cg->graph, &edge, err))
				return -1;
		}
		if (set->count == before)
			rule->missing = rule->globs[g];
	}
	return 0;
}

static int fill_set(struct plim_callgraph *cg, struct plim_candidate_set *set,
		    struct plim_error *err)
{
	uint32_t last = PLIM_NO_NODE;

	for (size_t t = 0; t < cg->taken_count; t++) {
		struct plim_edge edge = {
			.from = set->node, .to = cg->taken[t].node, .why = set->why};

		if (edge.to == last || !is_candidate(&cg->taken[t], set))
			continue;
		last = edge.to;
		set->count++;
		if (plim_graph_add_edge(&cg->graph, &edge, err))
			return -1;
	}
	return 0;
}

static struct plim_candidate_set *
find_set(struct plim_callgraph *cg, const struct plim_candidate_set *wanted, struct plim_error *err)
{
	struct plim_candidate_set set = *wanted;
	struct plim_node node = {.kind = PLIM_NODE_SET, .name = "", .status = ""};
	int64_t place;

	for (size_t s = 0; s < cg->set_count; s++) {
		const struct plim_candidate_set *have = &cg->sets[s];

		if (have->why == set.why && have->key == set.key &&
		    have->signature == set.signature && have->rule == set.rule)
			return &cg->sets[s];
	}
	place = plim_graph_add_node(&cg->graph, &node, err);
	if (place < 0)
		return NULL;
	if (plim_grow((void **)&cg->sets, cg->set_count, &cg->set_capacity, sizeof(set))) {
		no_memory(err);
		return NULL;
	}
	set.node = (uint32_t)place;
	if (set.why == PLIM_WHY_RULE ? add_rule_targets(cg, (struct plim_rule *)set.rule, &set, err)
				     : fill_set(cg, &set, err))
		return NULL;
	cg->sets[cg->set_count] = set;
	return &cg->sets[cg->set_count++];
}

int plim_indirect_by_rule(struct plim_callgraph *cg, struct plim_rule *rule,
			  const struct plim_edge *call, struct plim_error *err)
{
	struct plim_candidate_set wanted = {.why = PLIM_WHY_RULE, .rule = rule}, *set;
	struct plim_edge edge = *call;

	set = find_set(cg, &wanted, err);
	if (!set)
		return -1;
	edge.to = set->node;
	edge.why = PLIM_WHY_RULE;
	edge.reason = plim_pool_format(&cg->graph.pool, "rule at line %u", rule->line);
	return edge.reason ? plim_graph_add_edge(&cg->graph, &edge, err) : no_memory(err);
}

/* How many names of candidates a reason or question prints. */
#define NAMES_SHOWN 6

static const char *candidate_names(struct plim_callgraph *cg, const uint32_t *sets,
				   size_t set_count)
{
	const char *text = "";
	size_t shown = 0, all = 0;

	for (size_t e = 0; e < cg->graph.edge_count; e++) {
		const struct plim_edge *edge = &cg->graph.edges[e];
		bool is_mine = false;

		for (size_t s = 0; s < set_count; s++)
			is_mine = is_mine || edge->from == sets[s];
		if (!is_mine || all++ >= NAMES_SHOWN)
			continue;
		text = plim_pool_format(&cg->graph.pool, "%s%s%s", text, shown++ ? ", " : "",
					cg->graph.nodes[edge->to].name);
		if (!text)
			return NULL;
	}
	return all > NAMES_SHOWN ? plim_pool_format(&cg->graph.pool, "%s, ... %zu more", text,
						    all - NAMES_SHOWN)
				 : text;
}

static int open_indirect(struct plim_callgraph *cg, const struct plim_edge *call,
			 const char *belief, const uint32_t *sets, size_t set_count,
			 size_t candidates, struct plim_error *err)
{
	struct plim_pool *pool = &cg->graph.pool;
	const struct plim_node *caller = &cg->graph.nodes[call->from];
	struct plim_open open = {.kind = PLIM_OPEN_INDIRECT,
				 .node = call->from,
				 .address = call->address,
				 .file = call->file,
				 .line = call->line};
	const char *names = candidate_names(cg, sets, set_count);
	const char *subject = plim_node_subject(&cg->graph, call->from);

	if (!names)
		return no_memory(err);
	if (!candidates)
		open.text = plim_pool_format(pool, "indirect call %s: no function is known for it",
					     belief);
	else
		open.text = plim_pool_format(
			pool,
			"indirect call %s: %zu found (%s), but callers outside may give others",
			belief, candidates, names);
	if (call->line)
		open.rule = plim_pool_format(pool, "calls %s+%u -> %s", subject, call->line,
					     candidates ? "(types)" : "?");
	else
		open.rule = plim_pool_format(pool, "calls %s+0x%llx -> %s", subject,
					     (unsigned long long)(call->address - caller->address),
					     candidates ? "(types)" : "?");
	if (!open.text || !open.rule)
		return no_memory(err);
	return plim_graph_add_open(&cg->graph, &open, err);
}

/* The answers that an operand gives, one set each; returns how many, or -1. */
static int64_t answer_sets(struct plim_callgraph *cg, const struct plim_operand_type *type,
			   uint32_t *sets, size_t *candidates, enum plim_why *why,
			   struct plim_error *err)
{
	size_t count = type->key_count ? type->key_count : 1;

	*why = type->key_count ? PLIM_WHY_FIELD
			       : (type->signature ? PLIM_WHY_SIGNATURE : PLIM_WHY_TAKEN);
	*candidates = 0;
	for (size_t k = 0; k < count; k++) {
		struct plim_candidate_set wanted = {.why = *why, .signature = type->signature};
		struct plim_candidate_set *set;

		if (type->key_count) {
			wanted.key = type->keys[k].key;
			wanted.signature = type->keys[k].signature;
		}
		set = find_set(cg, &wanted, err);
		if (!set)
			return -1;
		sets[k] = set->node;
		*candidates += set->count;
	}
	return (int64_t)count;
}

static int resolve_by_type(struct plim_callgraph *cg, size_t image, const struct plim_call *call,
			   struct plim_edge *edge, bool is_accepted, struct plim_error *err)
{
	struct plim_operand_type type;
	uint32_t sets[PLIM_OPERAND_KEYS_MAX];
	size_t candidates;
	int64_t count;

	plim_operand_find_type(cg->images.images[image], cg->types[image], cg->strings, call,
			       &type);
	count = answer_sets(cg, &type, sets, &candidates, &edge->why, err);
	if (count < 0)
		return -1;
	edge->reason = plim_pool_format(&cg->graph.pool, "%s, %zu found", type.belief, candidates);
	if (!edge->reason)
		return no_memory(err);
	if (!candidates || (cg->is_open_world && !is_accepted)) {
		if (open_indirect(cg, edge, type.belief, sets, (size_t)count, candidates, err))
			return -1;
	}
	for (int64_t s = 0; s < count; s++) {
		edge->to = sets[s];
		if (plim_graph_add_edge(&cg->graph, edge, err))
			return -1;
	}
	return 0;
}

int plim_indirect_resolve(struct plim_callgraph *cg, size_t image, uint32_t caller,
			  const struct plim_call *call, int64_t charge_bytes,
			  struct plim_error *err)
{
	struct plim_edge edge = {
		.from = caller, .charge_bytes = charge_bytes, .address = call->address};
	struct plim_rule *rule;

	plim_image_line(cg->images.images[image], call->address, &edge.file, &edge.line);
	rule = plim_rules_find_call(cg->rules, &cg->graph.nodes[caller], call->address, edge.line);
	if (rule && rule->answer == PLIM_ANSWER_NONE)
		return 0;
	if (rule && rule->answer == PLIM_ANSWER_GLOBS)
		return plim_indirect_by_rule(cg, rule, &edge, err);
	return resolve_by_type(cg, image, call, &edge, rule != NULL, err);
}
