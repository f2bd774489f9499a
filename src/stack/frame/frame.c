/* SPDX-License-Identifier: MIT */
/* All functions of an image: both sources put together, and what never returns found out. */
#include "stack/frame/frame.h"

#include <stdlib.h>
#include <string.h>

#include "stack/frame/noreturn.h"
#include "stack/frame/track.h"

/* Rounds of "it calls what never returns": a chain that is longer is left as it is, deeper. */
#define MAX_ROUNDS 8

struct computation {
	const struct plim_image *image;
	struct plim_tracker tracker;
	struct plim_frame *frames;
	struct plim_vec calls;
	struct plim_vec accesses;
	struct plim_vec refs;
	uint8_t *noreturn;
	uint8_t *link_register;
	int64_t *piece_depth;
	int64_t *followed_depth; /* that a fragment was followed with */
	uint8_t *is_due;         /* to be followed in this round */
};

const char *plim_frame_status_name(enum plim_frame_status status)
{
	static const char *const names[] = {
		[PLIM_FRAME_PROVED] = "proved",   [PLIM_FRAME_TRACKED] = "tracked",
		[PLIM_FRAME_TABLE] = "table",     [PLIM_FRAME_CONFLICT] = "conflict",
		[PLIM_FRAME_DYNAMIC] = "dynamic", [PLIM_FRAME_UNKNOWN] = "unknown",
	};

	return names[status];
}

static void set_flags(const struct plim_track_result *r, struct plim_frame *frame)
{
	frame->flags |= r->has_table ? PLIM_FRAME_HAS_TABLE : 0;
	frame->flags |= r->has_table && r->is_table_partial ? PLIM_FRAME_TABLE_PARTIAL : 0;
	frame->flags |= r->returns ? 0 : PLIM_FRAME_NORETURN;
	frame->flags |= r->realigns ? PLIM_FRAME_REALIGNS : 0;
	frame->flags |= r->is_linked ? PLIM_FRAME_LINKED : 0;
	frame->flags |= r->is_open_jump ? PLIM_FRAME_OPEN_JUMP : 0;
	frame->flags |= r->grows ? PLIM_FRAME_GROWS_IN_LOOP : 0;
	frame->flags |= r->sp_lost ? PLIM_FRAME_SWITCHES_STACK : 0;
	frame->flags |= r->is_interrupt ? PLIM_FRAME_INTERRUPT : 0;
}

/* The table alone has the answer where it covers all and counts from the stack pointer. */
static void judge_lost(const struct plim_track_result *r, struct plim_frame *frame)
{
	frame->conflict_address = r->trouble_address;
	if (r->has_table && !r->is_table_partial && r->table_depth >= r->max_depth) {
		frame->status = PLIM_FRAME_TABLE;
		frame->reason = "its instructions could not be followed";
		frame->frame_bytes = (uint64_t)r->table_depth;
		return;
	}
	frame->status = PLIM_FRAME_UNKNOWN;
	frame->reason = r->trouble ? r->trouble : "it loads its stack pointer from elsewhere";
}

/* At a call, or on the frame as a whole where the table counts it from the stack pointer. */
static bool disagree(const struct plim_track_result *r)
{
	if (r->conflict_address != PLIM_NO_ADDRESS || r->table_depth > r->max_depth)
		return true;
	return r->has_table && !r->is_table_partial && !r->realigns &&
	       r->table_depth != r->max_depth;
}

static void judge(const struct plim_track_result *r, struct plim_frame *frame)
{
	set_flags(r, frame);
	frame->frame_bytes = (uint64_t)r->max_depth;
	frame->table_bytes = (uint64_t)(r->table_depth > 0 ? r->table_depth : 0);
	frame->red_zone_bytes = (uint64_t)(r->max_touched - r->max_depth);
	if (r->max_touched < r->max_depth)
		frame->red_zone_bytes = 0;
	frame->align_bytes = r->align_bytes;
	frame->deepest_address = r->deepest_address;
	frame->conflict_address = PLIM_NO_ADDRESS;
	if (r->trouble || r->sp_lost) {
		judge_lost(r, frame);
	} else if (r->is_dynamic) {
		frame->status = PLIM_FRAME_DYNAMIC;
		frame->conflict_address = r->dynamic_address;
		frame->reason = r->grows ? "its stack grows round a loop"
					 : "it takes stack by alloca or a variable-length array";
	} else if (disagree(r)) {
		frame->status = PLIM_FRAME_CONFLICT;
		frame->conflict_address = r->conflict_address != PLIM_NO_ADDRESS
						  ? r->conflict_address
						  : r->mismatch_address;
		frame->reason = "instructions and unwind table disagree on the stack's depth";
		if (r->table_depth > r->max_depth)
			frame->frame_bytes = (uint64_t)r->table_depth;
	} else if (r->has_table && r->table_depth == r->max_depth && !r->realigns &&
		   !r->needs_table) {
		frame->status = PLIM_FRAME_PROVED;
	} else if (r->needs_table) {
		frame->status = PLIM_FRAME_TABLE;
		frame->reason = "in part its depth is known from the unwind table only";
	} else {
		frame->status = PLIM_FRAME_TRACKED;
	}
}

static bool is_counted_elsewhere(const struct plim_function *f)
{
	return f->parent != PLIM_NONE;
}

static int follow(struct computation *c, uint32_t function)
{
	struct plim_frame *frame = &c->frames[function];
	size_t calls = c->calls.count;
	size_t accesses = c->accesses.count;
	size_t refs = c->refs.count;

	memset(frame, 0, sizeof(*frame));
	frame->first_call = (uint32_t)calls;
	frame->first_access = (uint32_t)accesses;
	frame->first_ref = (uint32_t)refs;
	if (is_counted_elsewhere(&c->image->functions[function])) {
		frame->status = PLIM_FRAME_TRACKED;
		frame->flags = PLIM_FRAME_FRAGMENT;
		frame->conflict_address = PLIM_NO_ADDRESS;
		return 0;
	}
	c->followed_depth[function] = c->piece_depth[function];
	if (plim_track_function(&c->tracker, function))
		return -1;
	judge(&c->tracker.result, frame);
	frame->call_count = (uint32_t)(c->calls.count - calls);
	frame->access_count = (uint32_t)(c->accesses.count - accesses);
	frame->ref_count = (uint32_t)(c->refs.count - refs);
	return 0;
}

static bool calls_noreturn(const struct computation *c, const struct plim_frame *frame)
{
	const struct plim_call *calls = c->calls.items;

	for (uint32_t i = 0; i < frame->call_count; i++) {
		const struct plim_call *call = &calls[frame->first_call + i];

		if (call->kind == PLIM_CALL_DIRECT && !(call->flags & PLIM_CALL_NORETURN) &&
		    !(call->flags & PLIM_CALL_INTO_MIDDLE) && call->callee != PLIM_NONE &&
		    c->noreturn[call->callee])
			return true;
	}
	return false;
}

/* Which functions call one that this round found never to return. Returns whether any does. */
static bool find_due(struct computation *c)
{
	bool any = false;

	for (size_t i = 0; i < c->image->function_count; i++) {
		const struct plim_frame *frame = &c->frames[i];

		if (!(frame->flags & PLIM_FRAME_FRAGMENT))
			c->noreturn[i] = (frame->flags & PLIM_FRAME_NORETURN) != 0 &&
					 frame->status != PLIM_FRAME_UNKNOWN;
	}
	for (size_t i = 0; i < c->image->function_count; i++) {
		bool was_linked = c->frames[i].flags & PLIM_FRAME_LINKED;

		c->is_due[i] = calls_noreturn(c, &c->frames[i]) ||
			       (c->link_register[i] && !was_linked &&
				!(c->frames[i].flags & PLIM_FRAME_FRAGMENT)) ||
			       c->piece_depth[i] > c->followed_depth[i];
		any = any || c->is_due[i];
	}
	return any;
}

/*
 * Where no symbol names a fragment, its table entry gives it away: it does not begin with the frame
 * of a function that was just called.
 */
static int find_pieces(struct computation *c)
{
	const struct plim_abi *abi = c->tracker.abi;
	struct plim_vec rows = {0};
	int status = 0;

	for (size_t i = 0; i < c->image->function_count && !status; i++) {
		const struct plim_function *f = &c->image->functions[i];
		const struct plim_unwind_row *row;

		if (!(f->flags & PLIM_FUNCTION_NAMELESS))
			continue;
		rows.count = 0;
		status = plim_unwind_rows(c->image, f->address, f->address + 1, &rows);
		row = rows.items;
		if (status || !rows.count || row->kind != PLIM_UNWIND_REGISTER)
			continue;
		if (row->reg != abi->sp)
			c->piece_depth[i] = abi->return_bytes + 1;
		else if (row->offset > abi->return_bytes)
			c->piece_depth[i] = row->offset;
	}
	plim_vec_free(&rows);
	return status;
}

static int follow_all(struct computation *c)
{
	memset(c->is_due, 1, c->image->function_count);
	for (unsigned round = 0; round < MAX_ROUNDS; round++) {
		for (size_t i = 0; i < c->image->function_count; i++) {
			if (c->is_due[i] && follow(c, (uint32_t)i))
				return -1;
		}
		if (!find_due(c))
			break;
	}
	return 0;
}

static int compare_calls(const void *a, const void *b)
{
	const struct plim_call *x = a;
	const struct plim_call *y = b;

	return x->address < y->address ? -1 : x->address > y->address;
}

static int compare_accesses(const void *a, const void *b)
{
	const struct plim_access *x = a;
	const struct plim_access *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return x->low_bytes < y->low_bytes ? -1 : x->low_bytes > y->low_bytes;
}

static int compare_refs(const void *a, const void *b)
{
	const struct plim_code_ref *x = a;
	const struct plim_code_ref *y = b;

	return x->address < y->address ? -1 : x->address > y->address;
}

struct packing {
	struct plim_vec *from;
	size_t item_bytes;
	int (*compare)(const void *a, const void *b);
};

/* Moves a function's items behind those of the functions before it. */
static int pack(const struct packing *p, struct plim_vec *to, uint32_t *first, uint32_t count)
{
	uint32_t from = *first;
	char *items;

	*first = (uint32_t)to->count;
	if (!count)
		return 0;
	items = (char *)p->from->items + (size_t)from * p->item_bytes;
	qsort(items, count, p->item_bytes, p->compare);
	return plim_vec_append(to, items, count, p->item_bytes);
}

/* Functions that were followed again left their first results behind: those go. */
static int pack_all(struct computation *c, struct plim_frames *out)
{
	const struct packing packings[] = {
		{&c->calls, sizeof(struct plim_call), compare_calls},
		{&c->accesses, sizeof(struct plim_access), compare_accesses},
		{&c->refs, sizeof(struct plim_code_ref), compare_refs},
	};
	struct plim_vec packed[3] = {{0}, {0}, {0}};
	int status = 0;

	for (size_t i = 0; i < c->image->function_count && !status; i++) {
		struct plim_frame *f = &c->frames[i];

		status = pack(&packings[0], &packed[0], &f->first_call, f->call_count) ||
			 pack(&packings[1], &packed[1], &f->first_access, f->access_count) ||
			 pack(&packings[2], &packed[2], &f->first_ref, f->ref_count);
	}
	if (status) {
		for (size_t i = 0; i < 3; i++)
			plim_vec_free(&packed[i]);
		return -1;
	}
	out->calls = packed[0].items;
	out->call_count = packed[0].count;
	out->accesses = packed[1].items;
	out->access_count = packed[1].count;
	out->refs = packed[2].items;
	out->ref_count = packed[2].count;
	return 0;
}

static int allocate(struct computation *c)
{
	size_t count = c->image->function_count ? c->image->function_count : 1;

	c->frames = calloc(count, sizeof(*c->frames));
	c->noreturn = calloc(count, 1);
	c->link_register = calloc(count, 1);
	c->is_due = calloc(count, 1);
	c->piece_depth = calloc(count, sizeof(*c->piece_depth));
	c->followed_depth = calloc(count, sizeof(*c->followed_depth));
	return c->frames && c->noreturn && c->link_register && c->is_due && c->piece_depth &&
			       c->followed_depth
		       ? 0
		       : -1;
}

int plim_frames_compute(const struct plim_image *image, unsigned options, struct plim_frames *out,
			struct plim_error *err)
{
	struct computation c = {.image = image};
	int status = -1;

	memset(out, 0, sizeof(*out));
	out->image = image;
	c.tracker.decoder = plim_decoder_new(image, err);
	if (!c.tracker.decoder)
		return -1;
	if (!allocate(&c)) {
		c.tracker.image = image;
		c.tracker.abi = plim_decoder_abi(c.tracker.decoder);
		c.tracker.noreturn = c.noreturn;
		c.tracker.link_register = c.link_register;
		c.tracker.piece_depth = c.piece_depth;
		c.tracker.options = options;
		c.tracker.calls = &c.calls;
		c.tracker.accesses = &c.accesses;
		c.tracker.refs = &c.refs;
		status = find_pieces(&c) || follow_all(&c) || pack_all(&c, out) ? -1 : 0;
	}
	if (status) {
		free(c.frames);
		plim_error_set(err, "%s: no memory for its frames", image->path);
	} else {
		out->frames = c.frames;
	}
	free(c.noreturn);
	free(c.link_register);
	free(c.is_due);
	free(c.piece_depth);
	free(c.followed_depth);
	plim_vec_free(&c.calls);
	plim_vec_free(&c.accesses);
	plim_vec_free(&c.refs);
	plim_tracker_free(&c.tracker);
	plim_decoder_free(c.tracker.decoder);
	return status;
}

void plim_frames_free(struct plim_frames *frames)
{
	free(frames->frames);
	free(frames->calls);
	free(frames->accesses);
	free(frames->refs);
	memset(frames, 0, sizeof(*frames));
}
