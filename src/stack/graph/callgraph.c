/* SPDX-License-Identifier: MIT */
#include "stack/graph/callgraph.h"

#include <stdlib.h>
#include <string.h>

/*
 * Functions of the C library that call what they are given, on the caller's stack: ISO C 7.22, POSIX
 * and glibc's manual. Their bytes are not all that a call of them needs.
 */
static const char *const callers_back[] = {
	"qsort",
	"qsort_r",
	"bsearch",
	"lfind",
	"lsearch",
	"tsearch",
	"tfind",
	"tdelete",
	"twalk",
	"twalk_r",
	"tdestroy",
	"ftw",
	"nftw",
	"ftw64",
	"nftw64",
	"scandir",
	"scandir64",
	"scandirat",
	"glob",
	"glob64",
	"fts_open",
	"fts_read",
	"pthread_once",
	"call_once",
	"exit",
	"quick_exit",
	"dl_iterate_phdr",
	"argp_parse",
	"obstack_begin",
	"_obstack_begin",
	"_obstack_newchunk",
};

static int no_memory(struct plim_error *err)
{
	return plim_error_set(err, "no memory for the call graph; give fewer binaries at once");
}

int plim_callgraph_read(struct plim_callgraph *cg, const char *const *paths, size_t path_count,
			struct plim_error *err)
{
	cg->is_open_world = true;
	for (size_t p = 0; p < path_count; p++) {
		if (plim_image_open(paths[p], &cg->images, err))
			return -1;
	}
	cg->strings = plim_strings_new();
	cg->frames = calloc(cg->images.count + 1, sizeof(*cg->frames));
	cg->types = calloc(cg->images.count + 1, sizeof(*cg->types));
	cg->node_of = calloc(cg->images.count + 1, sizeof(*cg->node_of));
	if (!cg->strings || !cg->frames || !cg->types || !cg->node_of)
		return no_memory(err);
	for (size_t i = 0; i < cg->images.count; i++) {
		struct plim_image *image = cg->images.images[i];

		if (image->arch != cg->images.images[0]->arch)
			return plim_error_set(err,
					      "%s: is for %s, but %s is for %s; give them apart",
					      image->path, plim_arch_name(image->arch),
					      cg->images.images[0]->path,
					      plim_arch_name(cg->images.images[0]->arch));
		/* Blame needs them, and can divide a frame only by source lines. */
		if (plim_frames_compute(image, image->has_debug_info ? PLIM_FRAMES_ACCESSES : 0,
					&cg->frames[i], err))
			return -1;
		cg->types[i] = plim_types_load(image, cg->strings);
		cg->node_of[i] = malloc((image->function_count + 1) * sizeof(**cg->node_of));
		if (!cg->types[i] || !cg->node_of[i])
			return no_memory(err);
		if (image->kind == PLIM_IMAGE_EXECUTABLE || image->kind == PLIM_IMAGE_KERNEL)
			cg->is_open_world = false;
	}
	return 0;
}

void plim_callgraph_free(struct plim_callgraph *cg)
{
	for (size_t i = 0; i < cg->images.count; i++) {
		if (cg->frames)
			plim_frames_free(&cg->frames[i]);
		if (cg->types)
			plim_types_free(cg->types[i]);
		if (cg->node_of)
			free(cg->node_of[i]);
	}
	free(cg->frames);
	free(cg->types);
	free(cg->node_of);
	free(cg->names);
	free(cg->externals);
	free(cg->taken);
	free(cg->sets);
	plim_graph_free(&cg->graph);
	plim_strings_free(cg->strings);
	plim_image_list_free(&cg->images);
	memset(cg, 0, sizeof(*cg));
}

static int add_binary(struct plim_callgraph *cg, size_t i, struct plim_error *err)
{
	const struct plim_image *image = cg->images.images[i];
	struct plim_binary binary = {
		.path = image->path,
		.arch = plim_arch_name(image->arch),
		.format = image->format == PLIM_FORMAT_PE ? "PE" : "ELF",
		.return_address_bytes = image->arch == PLIM_ARCH_X86_64 ? 8 : 0,
		.has_types = cg->types[i]->function_count > 0,
		.is_program = image->kind == PLIM_IMAGE_EXECUTABLE,
	};

	for (size_t s = 0; s < image->section_count; s++) {
		if ((image->sections[s].flags & PLIM_SECTION_EXEC) &&
		    (image->sections[s].flags & PLIM_SECTION_LOADED))
			binary.code_bytes += image->sections[s].data_bytes;
	}
	return plim_graph_add_binary(&cg->graph, &binary, err) < 0 ? -1 : 0;
}

/* What keeps the frame of a function from being a number, or NULL; `*kind` and `*text` say it. */
static bool is_frame_open(const struct plim_frame *frame, enum plim_open_kind *kind,
			  const char **text)
{
	*text = frame->reason;
	switch (frame->status) {
	case PLIM_FRAME_DYNAMIC: *kind = PLIM_OPEN_DYNAMIC; return true;
	case PLIM_FRAME_CONFLICT: *kind = PLIM_OPEN_CONFLICT; return true;
	case PLIM_FRAME_UNKNOWN: *kind = PLIM_OPEN_FRAME; return true;
	default: return false;
	}
}

static int open_frame(struct plim_callgraph *cg, uint32_t node, const struct plim_frame *frame,
		      struct plim_error *err)
{
	struct plim_graph *graph = &cg->graph;
	struct plim_node *n = &graph->nodes[node];
	struct plim_open open = {.node = node, .file = n->file, .line = n->line};
	const char *reason;
	struct plim_rule *rule;

	if (!is_frame_open(frame, &open.kind, &reason))
		return 0;
	rule = plim_rules_find(cg->rules, PLIM_RULE_DYNAMIC, n);
	if (rule) {
		n->frame_bytes += rule->number;
		return 0;
	}
	if (frame->conflict_address != PLIM_NO_ADDRESS) {
		open.address = frame->conflict_address;
		plim_image_line(cg->images.images[n->binary], open.address, &open.file, &open.line);
	}
	open.text = plim_pool_format(&graph->pool, "%s: %s", plim_open_name(open.kind),
				     reason ? reason : "no source knows it");
	open.rule =
		plim_pool_format(&graph->pool, "dynamic %s <= ?", plim_node_subject(graph, node));
	if (!open.text || !open.rule)
		return no_memory(err);
	return plim_graph_add_open(graph, &open, err);
}

/* Names come from files and go to terminals: control characters become '?'. */
static const char *clean(struct plim_callgraph *cg, const char *name)
{
	char *copy;

	for (const char *c = name; *c; c++) {
		if ((unsigned char)*c >= 0x20 && *c != 0x7f)
			continue;
		copy = plim_pool_copy(&cg->graph.pool, name);
		for (char *d = copy; d && *d; d++) {
			if ((unsigned char)*d < 0x20 || *d == 0x7f)
				*d = '?';
		}
		return copy ? copy : "?";
	}
	return name;
}

/* The linker's and loader's own: nobody's functions, and calls of stubs are imports already. */
static bool is_hidden(const struct plim_function *function)
{
	return function->flags & (PLIM_FUNCTION_PLT | PLIM_FUNCTION_FRAGMENT);
}

static int add_function(struct plim_callgraph *cg, size_t i, size_t f, struct plim_error *err)
{
	struct plim_image *image = cg->images.images[i];
	const struct plim_function *function = &image->functions[f];
	const struct plim_frame *frame = &cg->frames[i].frames[f];
	struct plim_node node = {.kind = PLIM_NODE_FUNCTION,
				 .name = clean(cg, function->name),
				 .binary = (uint32_t)i,
				 .module = strrchr(image->path, '/') ? strrchr(image->path, '/') + 1
								     : image->path,
				 .address = function->address,
				 .status = plim_frame_status_name(frame->status),
				 .frame_bytes = (int64_t)frame->frame_bytes,
				 .red_zone_bytes = (int64_t)frame->red_zone_bytes,
				 .realign_bytes = (int64_t)frame->align_bytes};
	struct plim_rule *rule;
	int64_t place;

	cg->node_of[i][f] = PLIM_NO_NODE;
	if (is_hidden(function))
		return 0;
	if (!plim_image_line(image, function->address, &node.file, &node.line))
		node.file = function->unit;
	node.file = node.file ? clean(cg, node.file) : NULL;
	node.is_exported = function->flags & PLIM_FUNCTION_EXPORTED;
	node.is_logging = plim_rules_is_logging(cg->rules, node.name);
	rule = plim_rules_find(cg->rules, PLIM_RULE_RECURSION, &node);
	node.recursion_limit = rule ? rule->number : 0;
	place = plim_graph_add_node(&cg->graph, &node, err);
	if (place < 0)
		return -1;
	cg->node_of[i][f] = (uint32_t)place;
	return open_frame(cg, (uint32_t)place, frame, err);
}

static int name_order(const void *left, const void *right)
{
	const struct plim_name *a = left, *b = right;
	int order = strcmp(a->name, b->name);

	return order ? order : (a->node > b->node) - (a->node < b->node);
}

/* In objects and programs every global symbol can be linked to; elsewhere only what is exported. */
static bool is_linkable(const struct plim_image *image, const struct plim_symbol *symbol)
{
	uint32_t flags = image->functions[symbol->function].flags;

	if (flags & PLIM_FUNCTION_EXPORTED)
		return true;
	return symbol->is_global &&
	       (image->kind == PLIM_IMAGE_OBJECT || image->kind == PLIM_IMAGE_KERNEL_MODULE);
}

static int collect_names(struct plim_callgraph *cg, struct plim_error *err)
{
	size_t capacity = 0;

	for (size_t i = 0; i < cg->images.count; i++) {
		const struct plim_image *image = cg->images.images[i];

		for (size_t s = 0; s < image->symbol_count; s++) {
			const struct plim_symbol *symbol = &image->symbols[s];
			struct plim_name name = {.name = symbol->name};

			if (symbol->function == PLIM_NONE || !is_linkable(image, symbol))
				continue;
			name.node = cg->node_of[i][symbol->function];
			if (name.node == PLIM_NO_NODE)
				continue;
			if (plim_grow((void **)&cg->names, cg->name_count, &capacity, sizeof(name)))
				return no_memory(err);
			cg->names[cg->name_count++] = name;
		}
	}
	if (cg->name_count)
		qsort(cg->names, cg->name_count, sizeof(*cg->names), name_order);
	return 0;
}

/* The first given binary that has it, as a loader would search them. */
static uint32_t find_name(const struct plim_callgraph *cg, const char *name)
{
	size_t low = 0, high = cg->name_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(cg->names[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == cg->name_count || strcmp(cg->names[low].name, name))
		return PLIM_NO_NODE;
	return cg->names[low].node;
}

static int open_external(struct plim_callgraph *cg, uint32_t node, enum plim_open_kind kind,
			 const char *text, const char *rule, struct plim_error *err)
{
	struct plim_open open = {.kind = kind, .node = node, .text = text};

	open.rule = plim_pool_format(&cg->graph.pool, rule, cg->graph.nodes[node].name);
	if (!open.rule)
		return no_memory(err);
	return plim_graph_add_open(&cg->graph, &open, err);
}

static int add_external_rules(struct plim_callgraph *cg, uint32_t node, struct plim_error *err)
{
	struct plim_node *n = &cg->graph.nodes[node];
	struct plim_rule *rule = plim_rules_find(cg->rules, PLIM_RULE_EXTERNAL, n);

	if (rule) {
		n->frame_bytes = rule->number;
		n->status = "rule";
		return 0;
	}
	return open_external(cg, node, PLIM_OPEN_EXTERNAL,
			     "external function: in none of the given binaries", "external %s = ?",
			     err);
}

int64_t plim_callgraph_external(struct plim_callgraph *cg, const char *name, struct plim_error *err)
{
	struct plim_node node = {.kind = PLIM_NODE_EXTERNAL, .status = "external"};
	int64_t place;

	name = clean(cg, name);
	for (size_t i = 0; i < cg->external_count; i++) {
		if (!strcmp(cg->graph.nodes[cg->externals[i]].name, name))
			return cg->externals[i];
	}
	node.name = name;
	node.is_logging = plim_rules_is_logging(cg->rules, name);
	place = plim_graph_add_node(&cg->graph, &node, err);
	if (place < 0 || plim_grow((void **)&cg->externals, cg->external_count,
				   &cg->external_capacity, sizeof(*cg->externals)))
		return no_memory(err);
	cg->externals[cg->external_count++] = (uint32_t)place;
	return add_external_rules(cg, (uint32_t)place, err) ? -1 : place;
}

int64_t plim_callgraph_import(struct plim_callgraph *cg, size_t image, uint32_t import,
			      struct plim_error *err)
{
	const char *name = cg->images.images[image]->imports[import].name;
	uint32_t node = find_name(cg, name);

	return node != PLIM_NO_NODE ? node : plim_callgraph_external(cg, name, err);
}

static int open_call(struct plim_callgraph *cg, uint32_t caller, uint64_t address, const char *text,
		     struct plim_error *err)
{
	struct plim_node *n = &cg->graph.nodes[caller];
	struct plim_open open = {
		.kind = PLIM_OPEN_INDIRECT, .node = caller, .address = address, .text = text};

	plim_image_line(cg->images.images[n->binary], address, &open.file, &open.line);
	open.rule = plim_pool_format(&cg->graph.pool, "calls %s+0x%llx -> ?",
				     plim_node_subject(&cg->graph, caller),
				     (unsigned long long)(address - n->address));
	return open.rule ? plim_graph_add_open(&cg->graph, &open, err) : no_memory(err);
}

/* What a resolver (ifunc) may return: every function whose address it makes. */
static int add_ifunc(struct plim_callgraph *cg, size_t i, const struct plim_edge *call,
		     uint32_t resolver, struct plim_error *err)
{
	const struct plim_frames *frames = &cg->frames[i];
	size_t found = 0;

	if (resolver != PLIM_NONE) {
		const struct plim_frame *frame = &frames->frames[resolver];

		for (size_t r = 0; r < frame->ref_count; r++) {
			uint32_t callee = frames->refs[frame->first_ref + r].callee;
			struct plim_edge edge = *call;

			if (callee == PLIM_NONE || cg->node_of[i][callee] == PLIM_NO_NODE)
				continue;
			edge.to = cg->node_of[i][callee];
			edge.reason = "one of the functions that its resolver returns";
			if (plim_graph_add_edge(&cg->graph, &edge, err))
				return -1;
			found++;
		}
	}
	if (found)
		return 0;
	return open_call(cg, call->from, call->address,
			 "indirect call: what its resolver returns is not known", err);
}

static enum plim_why why_of(const struct plim_call *call)
{
	if (call->flags & PLIM_CALL_LINKED)
		return PLIM_WHY_LINKED;
	return call->flags & PLIM_CALL_TAIL ? PLIM_WHY_TAIL : PLIM_WHY_DIRECT;
}

/* The function that a direct call reaches; a piece of a function counts as the whole of it. */
static uint32_t direct_target(const struct plim_callgraph *cg, size_t i,
			      const struct plim_call *call)
{
	const struct plim_image *image = cg->images.images[i];
	uint32_t callee = call->callee;

	if (callee != PLIM_NONE && image->functions[callee].parent != PLIM_NONE)
		callee = image->functions[callee].parent;
	return callee == PLIM_NONE ? PLIM_NO_NODE : cg->node_of[i][callee];
}

static int add_direct(struct plim_callgraph *cg, size_t i, const struct plim_call *call,
		      struct plim_edge *edge, struct plim_error *err)
{
	const struct plim_stub *stub;

	edge->to = direct_target(cg, i, call);
	if (edge->to != PLIM_NO_NODE)
		return plim_graph_add_edge(&cg->graph, edge, err);
	stub = plim_image_stub_at(cg->images.images[i], call->target);
	if (stub && stub->import != PLIM_NONE) {
		int64_t to = plim_callgraph_import(cg, i, stub->import, err);

		edge->to = (uint32_t)to;
		edge->why = PLIM_WHY_IMPORT;
		return to < 0 ? -1 : plim_graph_add_edge(&cg->graph, edge, err);
	}
	if (stub) {
		uint32_t callee = plim_image_owner_at(cg->images.images[i], stub->target);

		edge->to = callee == PLIM_NONE ? PLIM_NO_NODE : cg->node_of[i][callee];
		if (stub->is_ifunc)
			return add_ifunc(cg, i, edge, callee, err);
		if (edge->to != PLIM_NO_NODE)
			return plim_graph_add_edge(&cg->graph, edge, err);
	}
	return open_call(cg, edge->from, edge->address, "call of a place that is no known function",
			 err);
}

static int add_call(struct plim_callgraph *cg, size_t i, uint32_t caller, int64_t dynamic_bytes,
		    const struct plim_call *call, struct plim_error *err)
{
	struct plim_edge edge = {.from = caller,
				 .charge_bytes = (int64_t)call->depth_bytes + dynamic_bytes,
				 .why = why_of(call),
				 .address = call->address};
	int64_t to;

	switch ((enum plim_call_kind)call->kind) {
	case PLIM_CALL_DIRECT: return add_direct(cg, i, call, &edge, err);
	case PLIM_CALL_IFUNC: return add_ifunc(cg, i, &edge, call->callee, err);
	case PLIM_CALL_IMPORT:
		to = plim_callgraph_import(cg, i, call->import, err);
		if (to < 0)
			return -1;
		edge.to = (uint32_t)to;
		edge.why = cg->graph.nodes[to].kind == PLIM_NODE_EXTERNAL ? PLIM_WHY_EXTERNAL
									  : PLIM_WHY_IMPORT;
		return plim_graph_add_edge(&cg->graph, &edge, err);
	case PLIM_CALL_INDIRECT: break;
	}
	return plim_indirect_resolve(cg, i, caller, call, edge.charge_bytes, err);
}

/* The bytes that a rule gives for the part of a frame which is not known beforehand. */
static int64_t dynamic_bytes(struct plim_callgraph *cg, uint32_t node,
			     const struct plim_frame *frame)
{
	const struct plim_node *n = &cg->graph.nodes[node];

	return n->frame_bytes - (int64_t)frame->frame_bytes;
}

static int add_calls(struct plim_callgraph *cg, size_t i, struct plim_error *err)
{
	const struct plim_frames *frames = &cg->frames[i];

	for (size_t f = 0; f < cg->images.images[i]->function_count; f++) {
		const struct plim_frame *frame = &frames->frames[f];
		uint32_t node = cg->node_of[i][f];
		int64_t extra;

		if (node == PLIM_NO_NODE)
			continue;
		extra = dynamic_bytes(cg, node, frame);
		for (size_t c = 0; c < frame->call_count; c++) {
			const struct plim_call *call = &frames->calls[frame->first_call + c];
			/* A frame that is not known may be on the stack at any call. */
			bool has_extra = call->flags & PLIM_CALL_DYNAMIC ||
					 frame->status != PLIM_FRAME_DYNAMIC;

			if (add_call(cg, i, node, has_extra ? extra : 0, call, err))
				return -1;
		}
	}
	return 0;
}

/* glibc's start code makes the address of `main` last, to give it to __libc_start_main: so it is
 * found where symbols are gone. */
static void name_main(struct plim_callgraph *cg, size_t i)
{
	const struct plim_image *image = cg->images.images[i];
	const struct plim_frame *start;
	uint32_t found = PLIM_NONE;

	if (image->kind != PLIM_IMAGE_EXECUTABLE || image->entry == PLIM_NO_ADDRESS ||
	    plim_image_symbol_named(image, "main") ||
	    plim_image_function_at(image, image->entry) == PLIM_NONE)
		return;
	start = &cg->frames[i].frames[plim_image_function_at(image, image->entry)];
	for (size_t r = 0; r < start->ref_count; r++) {
		if (cg->frames[i].refs[start->first_ref + r].callee != PLIM_NONE)
			found = cg->frames[i].refs[start->first_ref + r].callee;
	}
	if (found != PLIM_NONE && cg->node_of[i][found] != PLIM_NO_NODE &&
	    (image->functions[found].flags & PLIM_FUNCTION_NAMELESS))
		cg->graph.nodes[cg->node_of[i][found]].name = "main";
}

/* Externals that call back, and externals for which a rule says whom they call. */
static int add_external_calls(struct plim_callgraph *cg, struct plim_error *err)
{
	for (size_t e = 0; e < cg->external_count; e++) {
		uint32_t node = cg->externals[e];
		const struct plim_node *n = &cg->graph.nodes[node];
		struct plim_rule *rule = plim_rules_find_call(cg->rules, n, 0, 0);
		struct plim_edge edge = {
			.from = node, .charge_bytes = n->frame_bytes, .why = PLIM_WHY_RULE};

		if (rule && rule->answer == PLIM_ANSWER_GLOBS &&
		    plim_indirect_by_rule(cg, rule, &edge, err))
			return -1;
		for (size_t k = 0; k < sizeof(callers_back) / sizeof(callers_back[0]) && !rule;
		     k++) {
			if (!strcmp(cg->graph.nodes[node].name, callers_back[k]) &&
			    open_external(cg, node, PLIM_OPEN_INDIRECT,
					  "external function that calls functions it is given",
					  "calls %s -> ?", err))
				return -1;
		}
	}
	return 0;
}

int plim_callgraph_build(struct plim_callgraph *cg, struct plim_rules *rules,
			 struct plim_error *err)
{
	cg->rules = rules;
	for (size_t i = 0; i < cg->images.count; i++) {
		if (add_binary(cg, i, err))
			return -1;
		for (size_t f = 0; f < cg->images.images[i]->function_count; f++) {
			if (add_function(cg, i, f, err))
				return -1;
		}
		name_main(cg, i);
	}
	if (collect_names(cg, err) || plim_indirect_prepare(cg, err))
		return -1;
	for (size_t i = 0; i < cg->images.count; i++) {
		if (add_calls(cg, i, err))
			return -1;
	}
	if (add_external_calls(cg, err))
		return -1;
	return plim_graph_seal(&cg->graph, err);
}

void plim_callgraph_locate(struct plim_callgraph *cg, const struct plim_edge *edge)
{
	struct plim_edge *mine = &cg->graph.edges[edge - cg->graph.edges];
	const struct plim_node *caller = &cg->graph.nodes[mine->from];

	if (!mine->file && mine->address && caller->kind == PLIM_NODE_FUNCTION)
		plim_image_line(cg->images.images[caller->binary], mine->address, &mine->file,
				&mine->line);
}
