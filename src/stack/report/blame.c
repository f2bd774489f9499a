/* SPDX-License-Identifier: MIT */
#include "stack/report/blame.h"

#include <stdlib.h>
#include <string.h>

#include "stack/graph/bound.h"

/* A frame beyond this is not taken apart byte by byte. */
#define FRAME_BYTES_MAX ((uint64_t)16 << 20)

/* Who touches a byte of the frame. */
#define BY_LOGGING 1u
#define BY_OTHERS  2u

struct blamer {
	struct plim_callgraph *cg;
	struct plim_blame *blame;
	struct plim_image *image;
	const struct plim_frame *frame;
	const struct plim_frames *frames;
	struct plim_scope scope;
	uint8_t *touched; /* by depth: the byte at depth d is touched[d - 1] */
	uint32_t *last;   /* the last statement (+1) that was counted there */
};

static int no_memory(struct plim_error *err)
{
	return plim_error_set(err, "no memory to blame a frame; give fewer binaries at once");
}

static bool is_same_file(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* The line that an instruction is of: of inlined code, that of the call which it stands for. */
static bool line_of(struct blamer *b, uint64_t address, const char **file, unsigned *line)
{
	for (size_t i = 0; i < b->scope.inline_count; i++) {
		const struct plim_scope_inline *range = &b->scope.inlines[i];

		if (address >= range->low && address < range->high && range->line) {
			*file = range->file;
			*line = range->line;
			return true;
		}
	}
	return plim_image_line(b->image, address, file, line);
}

static struct plim_statement *statement_at(const struct plim_blame *blame, const char *file,
					   unsigned line)
{
	for (size_t s = 0; s < blame->count; s++) {
		if (blame->statements[s].line == line && line &&
		    is_same_file(blame->statements[s].file, file))
			return &blame->statements[s];
	}
	return NULL;
}

static int add_statement(struct blamer *b, const struct plim_edge *edge, struct plim_error *err)
{
	const struct plim_node *sink = &b->cg->graph.nodes[edge->to];
	struct plim_statement statement = {.address = edge->address, .sink = sink->name};
	struct plim_statement *have = NULL;
	int64_t below = edge->charge_bytes + plim_bound_bytes(sink);

	if (line_of(b, edge->address, &statement.file, &statement.line)) {
		b->blame->has_lines = true;
		have = statement_at(b->blame, statement.file, statement.line);
	}
	if (!have) {
		if (plim_grow((void **)&b->blame->statements, b->blame->count, &b->blame->capacity,
			      sizeof(statement)))
			return no_memory(err);
		have = &b->blame->statements[b->blame->count++];
		*have = statement;
	}
	have->calls++;
	have->is_open = have->is_open || sink->is_open;
	have->below_bytes = below > have->below_bytes ? below : have->below_bytes;
	return 0;
}

static int find_statements(struct blamer *b, struct plim_error *err)
{
	const struct plim_graph *graph = &b->cg->graph;
	const struct plim_node *node = &graph->nodes[b->blame->node];

	for (size_t e = node->first_edge; e < node->first_edge + node->edge_count; e++) {
		if (graph->nodes[graph->edges[e].to].is_logging &&
		    add_statement(b, &graph->edges[e], err))
			return -1;
	}
	return 0;
}

/* Marks the `size` bytes whose lowest one is at depth `low`. */
static void touch(struct blamer *b, uint64_t low, uint64_t size, uint8_t who)
{
	if (low > b->frame->frame_bytes || size > low)
		return;
	for (uint64_t depth = low - size; depth < low; depth++)
		b->touched[depth] |= who;
}

static int64_t claim(struct blamer *b, uint64_t low, uint64_t size, uint32_t statement)
{
	int64_t bytes = 0;

	if (low > b->frame->frame_bytes || size > low)
		return 0;
	for (uint64_t depth = low - size; depth < low; depth++) {
		if (b->touched[depth] != BY_LOGGING || b->last[depth] == statement + 1)
			continue;
		b->last[depth] = statement + 1;
		bytes++;
	}
	return bytes;
}

/* Calls back for everything that touches the frame, with the statement that it is of, or NULL. */
static void each_touch(struct blamer *b, bool is_claim)
{
	for (size_t a = 0; a < b->frame->access_count + b->scope.slot_count; a++) {
		const struct plim_statement *statement;
		const char *file = NULL;
		unsigned line = 0;
		uint64_t low, size;

		if (a < b->frame->access_count) {
			const struct plim_access *access =
				&b->frames->accesses[b->frame->first_access + a];

			low = access->low_bytes;
			size = access->size;
			line_of(b, access->address, &file, &line);
		} else {
			const struct plim_scope_slot *slot =
				&b->scope.slots[a - b->frame->access_count];

			low = slot->low_bytes;
			size = slot->size;
			file = slot->file;
			line = slot->line;
		}
		statement = statement_at(b->blame, file, line);
		if (!is_claim)
			touch(b, low, size, statement ? BY_LOGGING : BY_OTHERS);
		else if (statement)
			b->blame->statements[statement - b->blame->statements].extent_bytes +=
				claim(b, low, size, (uint32_t)(statement - b->blame->statements));
	}
}

static int take_apart(struct blamer *b, struct plim_error *err)
{
	const struct plim_node *node = &b->cg->graph.nodes[b->blame->node];
	uint64_t return_bytes = b->cg->graph.binaries[node->binary].return_address_bytes;
	uint64_t size = b->frame->frame_bytes;

	if (!b->blame->has_lines || size > FRAME_BYTES_MAX)
		return 0;
	b->touched = calloc(size + 1, sizeof(*b->touched));
	b->last = calloc(size + 1, sizeof(*b->last));
	if (!b->touched || !b->last)
		return no_memory(err);
	touch(b, return_bytes, return_bytes, BY_OTHERS);
	each_touch(b, false);
	each_touch(b, true);
	for (uint64_t depth = 0; depth < size; depth++) {
		if (b->touched[depth] & BY_OTHERS)
			b->blame->other_bytes++;
		else if (b->touched[depth])
			b->blame->union_bytes++;
	}
	return 0;
}

int plim_blame_function(struct plim_callgraph *cg, uint32_t node, struct plim_blame *blame,
			struct plim_error *err)
{
	const struct plim_node *n = &cg->graph.nodes[node];
	struct blamer b = {.cg = cg, .blame = blame};
	uint32_t index;
	int result = -1;

	memset(blame, 0, sizeof(*blame));
	blame->node = node;
	if (n->kind != PLIM_NODE_FUNCTION)
		return 0;
	b.image = cg->images.images[n->binary];
	index = plim_image_function_at(b.image, n->address);
	if (index == PLIM_NONE)
		return 0;
	b.frames = &cg->frames[n->binary];
	b.frame = &b.frames->frames[index];
	if (plim_types_scope(cg->types[n->binary], n->address, b.frame->frame_bytes, &b.scope))
		no_memory(err);
	else
		result = find_statements(&b, err);
	if (!result && blame->count)
		result = take_apart(&b, err);
	if (!result)
		blame->rest_bytes =
			(int64_t)b.frame->frame_bytes - blame->union_bytes - blame->other_bytes;
	plim_scope_free(&b.scope);
	free(b.touched);
	free(b.last);
	if (result)
		plim_blame_free(blame);
	return result;
}

void plim_blame_free(struct plim_blame *blame)
{
	free(blame->statements);
	memset(blame, 0, sizeof(*blame));
}

static bool has_sink(const struct plim_graph *graph, const struct plim_node *node)
{
	for (size_t e = node->first_edge; e < node->first_edge + node->edge_count; e++) {
		if (graph->nodes[graph->edges[e].to].is_logging)
			return true;
	}
	return false;
}

int plim_blame_frames(struct plim_callgraph *cg, struct plim_error *err)
{
	for (size_t n = 0; n < cg->graph.node_count; n++) {
		struct plim_node *node = &cg->graph.nodes[n];
		struct plim_blame blame;

		if (node->kind != PLIM_NODE_FUNCTION)
			continue;
		if (node->is_logging)
			node->logging_frame_bytes = node->frame_bytes;
		else if (has_sink(&cg->graph, node)) {
			if (plim_blame_function(cg, (uint32_t)n, &blame, err))
				return -1;
			node->logging_frame_bytes = blame.union_bytes;
			plim_blame_free(&blame);
		}
	}
	return 0;
}
