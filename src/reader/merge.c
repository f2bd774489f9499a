/* SPDX-License-Identifier: MIT */
#include "reader/merge.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A statement that has not finished after this long was left for good, or its thread is stopped. */
#define STUCK_NS 1000000000ull

/** A ring's turn with one thread: what was taken of its records so far. */
struct plim_merge_serial {
	uint32_t serial;
	uint32_t tid;
	uint64_t next_record; /* records that were taken or are known to be lost */
	uint64_t drops;       /* drops that are known of */
	uint64_t lost;        /* to be told before the next record */
	uint64_t stuck_since; /* when its next record was first seen unfinished, 0 if it is not */
	uint64_t last_ticks;  /* of the record handed out last */
	struct plim_block_time time;
};

/** A serial while its blocks are walked. */
struct cursor {
	struct plim_merge_serial *state;
	const struct plim_block_ref *refs;
	size_t ref_count;
	size_t ref_next;
	struct plim_block_copy copy;
	uint64_t ordinal; /* of the record at copy.at */
	uint64_t ticks;   /* of the record at copy.at: the order in the heap */
	bool is_blocked;  /* the record at copy.at may still be finished: nothing may overtake it */
};

struct round {
	struct plim_merge *merge;
	const struct plim_sink *sink;
	bool follow;
	uint64_t now_ns;        /* of the monotonic clock */
	uint64_t until;         /* ticks: later records wait for the next round */
	struct cursor *cursors; /* in the order of their first record */
	size_t cursor_count;
	size_t opened;
	struct cursor **heap;
	size_t heap_count;
	struct plim_error *err;
	bool no_memory;
};

static uint32_t load32(const uint8_t *from)
{
	uint32_t value;

	memcpy(&value, from, sizeof(value));
	return value;
}

static uint64_t load64(const uint8_t *from)
{
	uint64_t value;

	memcpy(&value, from, sizeof(value));
	return value;
}

static uint64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

void plim_merge_open(struct plim_merge *merge, struct plim_trace *trace)
{
	memset(merge, 0, sizeof(*merge));
	merge->trace = trace;
	plim_clock_init(&merge->clock, trace);
}

void plim_merge_close(struct plim_merge *merge)
{
	for (size_t i = 0; i < merge->spare.count; i++)
		free(((uint8_t **)merge->spare.items)[i]);
	free(merge->spare.items);
	free(merge->serials.items);
	free(merge->refs.items);
	free(merge->rings.items);
	memset(merge, 0, sizeof(*merge));
}

/** Two buffers of a block's size: the copy and the scratch of plim_block_load(). */
static uint8_t *take_buffer(struct plim_merge *merge)
{
	struct plim_list *spare = &merge->spare;

	if (spare->count)
		return ((uint8_t **)spare->items)[--spare->count];
	return malloc(2 * (size_t)merge->trace->header.block_bytes);
}

static void give_buffer(struct plim_merge *merge, uint8_t *buffer)
{
	uint8_t **slot = plim_list_add(&merge->spare, sizeof(*slot));

	if (slot)
		*slot = buffer;
	else
		free(buffer);
}

/* --- one serial --- */

/**
 * How many records may be missing before a block. The file counts the overwritten ones as a whole;
 * each ring may have taken a block and been killed before it counted what was in it.
 */
static uint64_t gap_max(const struct round *r)
{
	const struct plim_file_header *h = &r->merge->trace->header;
	uint64_t left =
		h->overwritten > r->merge->overwritten ? h->overwritten - r->merge->overwritten : 0;

	return r->merge->trace->is_live ? UINT64_MAX
					: left + (uint64_t)h->ring_count * h->block_bytes /
							  sizeof(struct plim_record);
}

/**
 * What lies between the records taken and the first one of the next block. Returns the number of
 * that first record among the serial's.
 */
static uint64_t account_for_gap(struct round *r, struct cursor *c, const struct plim_block_ref *ref)
{
	struct plim_merge_serial *s = c->state;
	uint64_t first = ref->first_record;
	bool is_wrong = first < s->next_record && c->ordinal && !r->merge->trace->is_live;

	if (first > s->next_record) {
		uint64_t gap = first - s->next_record;

		is_wrong = gap > gap_max(r);
		if (!is_wrong) {
			s->lost += gap;
			r->merge->overwritten += gap;
			s->next_record = first;
		}
	}
	if (is_wrong) {
		plim_trace_damaged(r->merge->trace, "a block of thread %u with a wrong count",
				   s->tid);
		first = s->next_record;
	}
	if (ref->drops_before > s->drops) {
		s->lost += ref->drops_before - s->drops;
		r->merge->dropped += ref->drops_before - s->drops;
		s->drops = ref->drops_before;
	}
	return first;
}

/** Loads the next block that is still there. Returns false at the end of the serial. */
static bool next_block(struct round *r, struct cursor *c)
{
	while (c->ref_next < c->ref_count) {
		const struct plim_block_ref *ref = &c->refs[c->ref_next++];
		uint64_t next_ticks =
			c->ref_next < c->ref_count ? c->refs[c->ref_next].first_ticks : 0;

		if (!plim_block_load(r->merge->trace, ref, next_ticks, &c->state->time, &c->copy))
			continue;
		c->ordinal = account_for_gap(r, c, ref);
		return true;
	}
	return false;
}

/** What an unfinished record means. Returns true when nothing may overtake it in this round. */
static bool meet_unfinished(struct round *r, struct cursor *c)
{
	struct plim_merge_serial *s = c->state;

	if (r->follow) {
		if (!s->stuck_since)
			s->stuck_since = r->now_ns;
		if (r->now_ns - s->stuck_since < STUCK_NS)
			return true;
		s->stuck_since = 0;
	}
	if (r->follow || !r->merge->trace->is_live) {
		s->lost++;
		r->merge->unfinished++;
	}
	return false;
}

/** Moves to the record at or behind copy.at that is to be shown. Returns false at the end. */
static bool find_record(struct round *r, struct cursor *c)
{
	for (;;) {
		while (c->copy.at >= c->copy.end) {
			if (!next_block(r, c))
				return false;
		}
		uint32_t header = load32(c->copy.bytes + c->copy.at);
		bool is_pad = header >> PLIM_RECORD_SITE_SHIFT == PLIM_SITE_PAD;

		if (!is_pad && c->ordinal >= c->state->next_record) {
			if (header & PLIM_RECORD_FINISHED) {
				c->ticks = load64(c->copy.bytes + c->copy.at + 8);
				c->is_blocked = false;
				c->state->stuck_since = 0;
				return true;
			}
			if (meet_unfinished(r, c)) {
				c->ticks = c->state->last_ticks;
				c->is_blocked = true;
				return true;
			}
			c->state->next_record = c->ordinal + 1;
		}
		c->ordinal += !is_pad;
		c->copy.at += plim_record_bytes(header);
	}
}

static int tell_lost(struct round *r, uint64_t count, const struct plim_merge_serial *s,
		     uint64_t from_ticks, uint64_t to_ticks)
{
	const struct plim_clock *clock = &r->merge->clock;
	struct plim_lost lost = {
		.count = count,
		.tid = s ? s->tid : 0,
		.has_tid = s != NULL,
		.from_ns = plim_clock_ns(clock, from_ticks),
		.to_ns = plim_clock_ns(clock, to_ticks),
	};

	return r->sink->lost(r->sink->context, &lost);
}

/** Hands out the record at copy.at, and before it what is lost. */
static int hand_out(struct round *r, struct cursor *c)
{
	const uint8_t *record = c->copy.bytes + c->copy.at;
	uint32_t header = load32(record);

	if (c->state->lost) {
		int status = tell_lost(r, c->state->lost, c->state, c->state->last_ticks, c->ticks);

		if (status)
			return status;
		c->state->lost = 0;
	}
	struct plim_event event = {
		.site = r->merge->trace->sites[header >> PLIM_RECORD_SITE_SHIFT],
		.record = record,
		.bytes = plim_record_bytes(header),
		.sp = load32(record + 4),
		.tid = c->state->tid,
		.time_ns = plim_clock_ns(&r->merge->clock, c->ticks),
	};

	c->state->last_ticks = c->ticks;
	r->merge->last_ticks = c->ticks;
	r->merge->events++;
	c->state->next_record = c->ordinal + 1;
	c->ordinal++;
	c->copy.at += event.bytes;
	return r->sink->event(r->sink->context, &event);
}

/* --- the heap of serials, the oldest record on top --- */

static bool is_before(const struct cursor *a, const struct cursor *b)
{
	return a->ticks != b->ticks ? a->ticks < b->ticks : a->state->serial < b->state->serial;
}

static void sift_down(struct round *r, size_t at)
{
	struct cursor *moved = r->heap[at];

	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= r->heap_count)
			break;
		if (child + 1 < r->heap_count && is_before(r->heap[child + 1], r->heap[child]))
			child++;
		if (!is_before(r->heap[child], moved))
			break;
		r->heap[at] = r->heap[child];
		at = child;
	}
	r->heap[at] = moved;
}

static void heap_add(struct round *r, struct cursor *c)
{
	size_t at = r->heap_count++;

	while (at && is_before(c, r->heap[(at - 1) / 2])) {
		r->heap[at] = r->heap[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	r->heap[at] = c;
}

static void heap_remove_top(struct round *r)
{
	r->heap[0] = r->heap[--r->heap_count];
	if (r->heap_count)
		sift_down(r, 0);
}

/* --- a round --- */

static int compare_serials(const void *a, const void *b)
{
	const struct plim_merge_serial *x = a;
	const struct plim_merge_serial *y = b;

	return x->serial < y->serial ? -1 : x->serial > y->serial;
}

static struct plim_merge_serial *find_serial(struct plim_merge *merge, uint32_t serial)
{
	struct plim_merge_serial key = {.serial = serial};

	if (!merge->serials.count)
		return NULL;
	return bsearch(&key, merge->serials.items, merge->serials.count, sizeof(key),
		       compare_serials);
}

/** Lists the serials that have come since the last round; both lists are in the serials' order. */
static int add_serials(struct plim_merge *merge)
{
	const struct plim_block_ref *refs = merge->refs.items;
	size_t known = merge->serials.count;
	uint32_t last = 0;

	for (size_t i = 0; i < merge->refs.count; i++) {
		struct plim_merge_serial key = {.serial = refs[i].serial};

		if (refs[i].serial == last || (known && bsearch(&key, merge->serials.items, known,
								sizeof(key), compare_serials)))
			continue;
		last = refs[i].serial;
		struct plim_merge_serial *s = plim_list_add(&merge->serials, sizeof(*s));

		if (!s)
			return -1;
		s->serial = refs[i].serial;
		s->tid = refs[i].tid;
	}
	if (merge->serials.count)
		qsort(merge->serials.items, merge->serials.count, sizeof(struct plim_merge_serial),
		      compare_serials);
	return 0;
}

static int compare_starts(const void *a, const void *b)
{
	const struct cursor *x = a;
	const struct cursor *y = b;

	if (x->ticks != y->ticks)
		return x->ticks < y->ticks ? -1 : 1;
	return x->state->serial < y->state->serial ? -1 : x->state->serial > y->state->serial;
}

/** One cursor a serial, with the blocks that may hold what was not taken yet. */
static int make_cursors(struct round *r)
{
	const struct plim_block_ref *refs = r->merge->refs.items;
	size_t count = r->merge->refs.count;

	r->cursors = calloc(r->merge->serials.count + 1, sizeof(*r->cursors));
	r->heap = calloc(r->merge->serials.count + 1, sizeof(struct cursor *));
	if (!r->cursors || !r->heap)
		return -1;
	for (size_t from = 0, to; from < count; from = to) {
		struct plim_merge_serial *s = find_serial(r->merge, refs[from].serial);
		struct cursor *c = &r->cursors[r->cursor_count++];

		for (to = from + 1; to < count && refs[to].serial == refs[from].serial; to++)
			;
		c->state = s;
		/* Blocks before the one that holds the next record were taken in earlier rounds. */
		while (from + 1 < to && refs[from + 1].first_record <= s->next_record &&
		       s->next_record)
			from++;
		c->refs = refs + from;
		c->ref_count = to - from;
		c->ticks = s->next_record ? 0 : refs[from].first_ticks;
		if (!s->next_record)
			s->last_ticks = r->merge->trace->header.open_ticks;
		s->time = (struct plim_block_time){0, 0};
	}
	qsort(r->cursors, r->cursor_count, sizeof(*r->cursors), compare_starts);
	return 0;
}

/** Opens the serials whose first record is not later than `ticks`. */
static void open_cursors(struct round *r, uint64_t ticks)
{
	while (r->opened < r->cursor_count && r->cursors[r->opened].ticks <= ticks) {
		struct cursor *c = &r->cursors[r->opened++];

		c->copy.bytes = take_buffer(r->merge);
		if (!c->copy.bytes) {
			r->no_memory = true;
			continue;
		}
		c->copy.scratch = c->copy.bytes + r->merge->trace->header.block_bytes;
		if (find_record(r, c))
			heap_add(r, c);
		else
			give_buffer(r->merge, c->copy.bytes);
	}
}

/** Until when the top of the heap may go on before another serial's turn comes. */
static uint64_t turn_ends(const struct round *r)
{
	uint64_t end = UINT64_MAX;

	for (size_t i = 1; i < 3 && i < r->heap_count; i++) {
		if (r->heap[i]->ticks < end)
			end = r->heap[i]->ticks;
	}
	if (r->opened < r->cursor_count && r->cursors[r->opened].ticks <= end)
		end = r->cursors[r->opened].ticks ? r->cursors[r->opened].ticks - 1 : 0;
	return end;
}

/** Hands out a run of the serial on top of the heap. */
static int run_top(struct round *r)
{
	struct cursor *c = r->heap[0];
	uint64_t end = turn_ends(r);

	do {
		int status = hand_out(r, c);

		if (status)
			return status;
		if (!find_record(r, c)) {
			give_buffer(r->merge, c->copy.bytes);
			heap_remove_top(r);
			return 0;
		}
	} while (c->ticks < end && c->ticks <= r->until && !c->is_blocked);
	sift_down(r, 0);
	return 0;
}

static int merge_round(struct round *r)
{
	for (;;) {
		if (!r->heap_count && r->opened < r->cursor_count)
			open_cursors(r, r->cursors[r->opened].ticks);
		if (r->heap_count)
			open_cursors(r, r->heap[0]->ticks);
		if (r->no_memory)
			return plim_error_set(r->err, "no memory for another thread's records");
		if (!r->heap_count) {
			if (r->opened == r->cursor_count)
				return 0;
			continue;
		}
		if (r->heap[0]->is_blocked || r->heap[0]->ticks > r->until)
			return 0;
		int status = run_top(r);

		if (status)
			return status;
	}
}

static void close_cursors(struct round *r)
{
	for (size_t i = 0; i < r->heap_count; i++)
		give_buffer(r->merge, r->heap[i]->copy.bytes);
	free(r->heap);
	free(r->cursors);
}

/* --- the end --- */

/** When the trace ends, as far as it tells. */
static uint64_t end_ticks(const struct plim_merge *merge)
{
	const struct plim_file_header *h = &merge->trace->header;
	uint64_t end = merge->last_ticks > h->open_ticks ? merge->last_ticks : h->open_ticks;

	return h->close_ticks > end ? h->close_ticks : end;
}

/** Drops since a ring's last block, and drops of rings that never got a block. */
static int tell_ring_drops(struct round *r)
{
	const struct plim_ring_ref *rings = r->merge->rings.items;

	for (size_t i = 0; i < r->merge->rings.count; i++) {
		struct plim_merge_serial none = {.serial = rings[i].serial, .tid = rings[i].tid};
		struct plim_merge_serial *s = find_serial(r->merge, rings[i].serial);

		if (!s)
			s = &none;
		if (rings[i].drops > s->drops) {
			s->lost += rings[i].drops - s->drops;
			r->merge->dropped += rings[i].drops - s->drops;
			s->drops = rings[i].drops;
		}
		if (s == &none && s->lost) {
			int status = tell_lost(r, s->lost, s, r->merge->trace->header.open_ticks,
					       end_ticks(r->merge));

			if (status)
				return status;
		}
	}
	return 0;
}

/**
 * The file counts what is lost as a whole, too. What no thread's gaps explain belongs to threads of
 * which nothing is left: one line without a thread makes the sum exact.
 */
static int tell_rest(struct round *r)
{
	const struct plim_file_header *h = &r->merge->trace->header;
	const struct plim_ring_ref *rings = r->merge->rings.items;
	uint64_t drops = h->retired_drops + h->ringless_drops;
	uint64_t rest = 0;

	for (size_t i = 0; i < r->merge->rings.count; i++)
		drops += rings[i].drops;
	if (h->overwritten > r->merge->overwritten)
		rest += h->overwritten - r->merge->overwritten;
	if (drops > r->merge->dropped)
		rest += drops - r->merge->dropped;
	if (!rest)
		return 0;
	return tell_lost(r, rest, NULL, h->open_ticks, end_ticks(r->merge));
}

static int tell_what_is_left(struct round *r)
{
	struct plim_merge_serial *serials;
	int status = tell_ring_drops(r);

	serials = r->merge->serials.items;
	for (size_t i = 0; !status && i < r->merge->serials.count; i++) {
		struct plim_merge_serial *s = &serials[i];

		if (s->lost) {
			uint64_t from =
				s->time.last ? s->time.last : r->merge->trace->header.open_ticks;

			status = tell_lost(r, s->lost, s, from, end_ticks(r->merge));
			s->lost = 0;
		}
	}
	return status ? status : tell_rest(r);
}

int plim_merge_run(struct plim_merge *merge, const struct plim_sink *sink, bool follow,
		   struct plim_error *err)
{
	struct round round = {
		.merge = merge,
		.sink = sink,
		.follow = follow,
		.now_ns = monotonic_ns(),
		.until = UINT64_MAX,
		.err = err,
	};
	int status = -1;

	/* Before the look at the blocks: what is stamped later may be overtaken by what is not seen. */
	if (follow)
		round.until = plim_clock_now(&merge->clock, merge->trace);
	if (plim_trace_refresh(merge->trace, err) != 0 ||
	    plim_rings_scan(merge->trace, &merge->rings, err) != 0 ||
	    plim_blocks_scan(merge->trace, &merge->refs, err) != 0)
		return -1;
	if (add_serials(merge) != 0 || make_cursors(&round) != 0)
		plim_error_set(err, "no memory for the list of threads");
	else
		status = merge_round(&round);
	close_cursors(&round);
	if (status == 0 && !follow)
		status = tell_what_is_left(&round);
	return status;
}
