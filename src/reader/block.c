/* SPDX-License-Identifier: MIT */
#include "reader/block.h"

#include <stdlib.h>
#include <string.h>

#define RECORD_HEAD ((uint32_t)sizeof(struct plim_record))
#define BLOCK_HEAD  ((uint32_t)sizeof(struct plim_block))

/* The low 13 bits of a word: nothing but zeros there means that no record starts here. */
#define TAKEN_MASK        (PLIM_RECORD_SIZE_MASK | PLIM_RECORD_FINISHED)

#define FREE_TICKET_SHIFT 48

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

static uint64_t block_offset(const struct plim_trace *trace, uint32_t index)
{
	return trace->header.blocks_offset + (uint64_t)index * trace->header.block_bytes;
}

/** Orders by serial, then by age; tickets are handed out in the order of time. */
static int compare_refs(const void *a, const void *b)
{
	const struct plim_block_ref *x = a;
	const struct plim_block_ref *y = b;

	if (x->serial != y->serial)
		return x->serial < y->serial ? -1 : 1;
	if (x->ticket != y->ticket)
		return x->ticket < y->ticket ? -1 : 1;
	return x->first_record < y->first_record ? -1 : x->first_record > y->first_record;
}

static int compare_times(const void *a, const void *b)
{
	const struct plim_block_ref *x = a;
	const struct plim_block_ref *y = b;

	return x->first_ticks < y->first_ticks ? -1 : x->first_ticks > y->first_ticks;
}

/**
 * Ticket and record count of a serial's blocks must rise together. Where they do not, one of them
 * is damaged and the time of the first record decides.
 */
static void settle_order(struct plim_trace *trace, struct plim_block_ref *refs, size_t count)
{
	for (size_t from = 0, to; from < count; from = to) {
		bool rises = true;

		for (to = from + 1; to < count && refs[to].serial == refs[from].serial; to++)
			rises = rises && refs[to].first_record >= refs[to - 1].first_record;
		if (rises)
			continue;
		plim_trace_damaged(trace, "blocks of thread %u disagree about their order",
				   refs[from].tid);
		qsort(refs + from, to - from, sizeof(*refs), compare_times);
	}
}

int plim_blocks_scan(struct plim_trace *trace, struct plim_list *refs, struct plim_error *err)
{
	struct {
		struct plim_block block;
		struct plim_record record;
	} head;

	refs->count = 0;
	for (uint32_t i = 0; i < trace->header.block_count; i++) {
		size_t got = plim_trace_read(trace, block_offset(trace, i), &head, sizeof(head));

		if (got < sizeof(head.block))
			break; /* the file is cut short here: open() has said so */
		if (head.block.ticket == 0 || head.block.serial == 0)
			continue;
		struct plim_block_ref *ref = plim_list_add(refs, sizeof(*ref));

		if (!ref)
			return plim_error_set(err, "no memory for the list of blocks");
		*ref = (struct plim_block_ref){
			.ticket = head.block.ticket,
			.first_record = head.block.first_record,
			.drops_before = head.block.drops_before,
			.serial = head.block.serial,
			.tid = head.block.tid,
			.index = i,
		};
		if (got == sizeof(head) && (head.record.header & PLIM_RECORD_FINISHED) &&
		    head.record.header >> PLIM_RECORD_SITE_SHIFT != PLIM_SITE_PAD)
			ref->first_ticks = head.record.ticks;
	}
	if (refs->count) {
		qsort(refs->items, refs->count, sizeof(struct plim_block_ref), compare_refs);
		if (!trace->is_live)
			settle_order(trace, refs->items, refs->count);
	}
	return 0;
}

int plim_rings_scan(struct plim_trace *trace, struct plim_list *rings, struct plim_error *err)
{
	rings->count = 0;
	for (uint32_t i = 0; i < trace->header.ring_count; i++) {
		struct plim_ring ring;
		uint64_t offset = trace->header.rings_offset + (uint64_t)i * sizeof(ring);

		if (plim_trace_read(trace, offset, &ring, sizeof(ring)) != sizeof(ring))
			break;
		if (ring.serial == 0)
			continue;
		struct plim_ring_ref *ref = plim_list_add(rings, sizeof(*ref));

		if (!ref)
			return plim_error_set(err, "no memory for the list of rings");
		ref->drops = ring.drops;
		ref->serial = ring.serial;
		ref->tid = ring.tid;
	}
	return 0;
}

/**
 * A free word holds where its block is in the writer's memory and, in the upper 16 bits, the lower
 * part of the block's ticket.
 */
static bool is_free_word(uint64_t word, uint64_t ticket)
{
	return !(word & TAKEN_MASK) && word >> FREE_TICKET_SHIFT == (ticket & 0xffff);
}

/** Whether an unfinished record can be one of the site: only its size can be looked at. */
static bool is_size_of(const struct plim_trace_site *site, uint32_t size)
{
	uint32_t fixed = site ? (site->fixed_bytes + 7u) & ~7u : 0;

	return site && (site->measured_count ? size >= fixed : size == fixed);
}

/**
 * Checks what lies at `at`: a record that its site describes, one that is not finished, or padding.
 * Gives the bytes that it needs, 0 if it is none of these.
 */
static uint32_t sound_bytes(const struct plim_trace *trace, const uint8_t *bytes, uint32_t at,
			    uint32_t limit)
{
	uint32_t header = load32(bytes + at);
	uint32_t size = plim_record_bytes(header);
	uint32_t number = header >> PLIM_RECORD_SITE_SHIFT;

	/* Padding reaches to the end of the block, so it says so twice. */
	if (number == PLIM_SITE_PAD)
		return size >= limit - at && !(header & PLIM_RECORD_FINISHED) &&
				       !load32(bytes + at + 4)
			       ? limit - at
			       : 0;
	if (size < RECORD_HEAD || size > limit - at)
		return 0;
	const struct plim_trace_site *site = plim_trace_site(trace, number);

	if (!(header & PLIM_RECORD_FINISHED))
		return is_size_of(site, size) ? size : 0;
	uint32_t need = site ? plim_record_needs(site, bytes + at, size) : UINT32_MAX;

	return need <= size ? need : 0;
}

/** The records of one block, and what came before them. */
struct walk {
	struct plim_trace *trace;
	uint8_t *bytes;
	uint32_t limit;
	uint64_t ticket;
	struct plim_block_time *time;
	unsigned searches; /* find_chain() costs a pass over the block: a hostile one gets few */
};

#define SEARCHES_MAX 64

/* How many records of unknown sites may follow each other for their sizes to be believed. */
#define OPAQUE_DEPTH 8

/** The size that a sound record's header gives; padding may have been cut off with its file. */
static uint32_t record_size(const uint8_t *bytes, uint32_t at, uint32_t limit)
{
	uint32_t size = plim_record_bytes(load32(bytes + at));

	return size < limit - at ? size : limit - at;
}

/** Whether a record may end at `at`: another one follows, or the end. */
static bool may_end_at(const struct walk *w, uint32_t at)
{
	uint32_t limit = w->limit & ~7u;

	return at == limit || is_free_word(load64(w->bytes + at), w->ticket) ||
	       sound_bytes(w->trace, w->bytes, at, limit);
}

/**
 * The first place from `at` on from which sound records lead without a gap to the end of the block's
 * records, or `limit` if there is none. Filled from the back: one pass, whatever the bytes are.
 */
static uint32_t find_chain(struct walk *w, uint32_t at)
{
	uint32_t limit = w->limit & ~7u;
	uint8_t *leads = w->searches++ < SEARCHES_MAX ? calloc(limit / 8 + 1, 1) : NULL;
	uint32_t found = limit;

	if (!leads)
		return limit;
	leads[limit / 8] = 1;
	for (uint32_t p = limit; p > at;) {
		p -= 8;
		if (is_free_word(load64(w->bytes + p), w->ticket)) {
			leads[p / 8] = 1;
			continue;
		}
		if (!sound_bytes(w->trace, w->bytes, p, limit))
			continue;
		uint32_t size = record_size(w->bytes, p, limit);

		leads[p / 8] = leads[(p + size) / 8];
		if (leads[p / 8] &&
		    load32(w->bytes + p) >> PLIM_RECORD_SITE_SHIFT != PLIM_SITE_PAD &&
		    load64(w->bytes + p + 8) >= w->time->last)
			found = p;
	}
	free(leads);
	return found;
}

/** Makes what lies between two places look like padding, which is stepped over. */
static void blank_out(uint8_t *bytes, uint32_t from, uint32_t to)
{
	while (from < to) {
		uint32_t size =
			to - from < PLIM_RECORD_BYTES_MAX ? to - from : PLIM_RECORD_BYTES_MAX;
		uint32_t header = size >> 2;

		memcpy(bytes + from, &header, sizeof(header));
		from += size;
	}
}

/** Time runs backwards at `at`: decides whether this record or the one before it is wrong. */
static void mend_time(const struct walk *w, uint32_t at, uint32_t previous)
{
	uint64_t ticks = load64(w->bytes + at + 8);

	plim_trace_damaged(w->trace, "time runs backwards inside a thread");
	if (previous && ticks >= w->time->before_last) {
		memcpy(w->bytes + previous + 8, &w->time->before_last, 8);
		w->time->last = ticks;
	} else {
		memcpy(w->bytes + at + 8, &w->time->last, 8);
	}
}

/**
 * Whether a record of a site that nobody describes can be stepped over by its own size: what follows
 * it must be a record, too, or the end.
 */
static bool is_opaque(const struct walk *w, uint32_t at, unsigned depth)
{
	uint32_t limit = w->limit & ~7u;
	uint32_t header = load32(w->bytes + at);
	uint32_t size = plim_record_bytes(header);

	if (size < RECORD_HEAD || size > limit - at ||
	    plim_trace_site(w->trace, header >> PLIM_RECORD_SITE_SHIFT))
		return false;
	at += size;
	if (may_end_at(w, at))
		return true;
	return depth && is_opaque(w, at, depth - 1);
}

/** What follows `at` is no record: steps over it to where records go on, or to the end. */
static uint32_t step_over(struct walk *w, uint32_t at)
{
	uint32_t chain = is_opaque(w, at, OPAQUE_DEPTH)
				 ? at + plim_record_bytes(load32(w->bytes + at))
				 : find_chain(w, at + 8);
	bool is_free = !(load32(w->bytes + at) & TAKEN_MASK);

	if (chain < (w->limit & ~7u) || !is_free)
		plim_trace_damaged(w->trace, "bytes that are no record of a known site");
	blank_out(w->bytes, at, chain);
	return chain;
}

/**
 * A record may be longer than what it holds needs, if a string shrank while it was copied. It may
 * also have a damaged size that hides the records behind it: then these still lead to the end.
 */
static uint32_t settle_size(struct walk *w, uint32_t at, uint32_t need, uint32_t size)
{
	if (find_chain(w, at + need) != at + need)
		return size;
	uint32_t header = load32(w->bytes + at);

	plim_trace_damaged(w->trace, "a record with a wrong size");
	header = (header & ~PLIM_RECORD_SIZE_MASK) | need >> 2;
	memcpy(w->bytes + at, &header, sizeof(header));
	return need;
}

/**
 * Nothing but its neighbours vouches for the size of an unfinished record: another one must follow
 * it, and none may lie within it.
 */
static bool unfinished_is_sound(struct walk *w, uint32_t at, uint32_t size)
{
	const struct plim_trace_site *site =
		plim_trace_site(w->trace, load32(w->bytes + at) >> PLIM_RECORD_SITE_SHIFT);

	if (!may_end_at(w, at + size))
		return false;
	return !site || !site->measured_count || find_chain(w, at + 8) >= at + size;
}

static void note_time(const struct walk *w, uint32_t at, uint32_t previous)
{
	uint64_t ticks = load64(w->bytes + at + 8);

	if (ticks < w->time->last) {
		mend_time(w, at, previous);
		return;
	}
	w->time->before_last = w->time->last;
	w->time->last = ticks;
}

/**
 * Checks the chain of records and mends it: afterwards every record up to the place returned is
 * padding, unfinished, or sound and not older than the one before it.
 */
static uint32_t check_records(struct walk *w, uint64_t next_ticks)
{
	struct plim_block_time *time = w->time;
	uint32_t limit = w->limit & ~7u;
	uint32_t previous = 0;
	uint32_t at = BLOCK_HEAD;

	while (at < limit && !is_free_word(load64(w->bytes + at), w->ticket)) {
		uint32_t need = sound_bytes(w->trace, w->bytes, at, limit);
		uint32_t header = load32(w->bytes + at);
		uint32_t size = record_size(w->bytes, at, limit);

		if (!need ||
		    (!(header & PLIM_RECORD_FINISHED) && !unfinished_is_sound(w, at, size))) {
			at = step_over(w, at);
			continue;
		}
		if (need < size)
			size = settle_size(w, at, need, size);
		if ((header & PLIM_RECORD_FINISHED) &&
		    header >> PLIM_RECORD_SITE_SHIFT != PLIM_SITE_PAD) {
			note_time(w, at, previous);
			previous = at;
		}
		at += size;
	}
	/* The last record has no successor here to show that its time is too high. */
	if (previous && next_ticks && time->last > next_ticks && time->before_last <= next_ticks) {
		plim_trace_damaged(w->trace, "time runs backwards inside a thread");
		memcpy(w->bytes + previous + 8, &time->before_last, 8);
		time->last = time->before_last;
	}
	return at;
}

static uint64_t read_ticket(const struct plim_trace *trace, uint64_t offset)
{
	uint64_t ticket = 0;

	/* A system call on each side keeps the copy between the two looks at the ticket. */
	plim_trace_read(trace, offset, &ticket, sizeof(ticket));
	return ticket;
}

/**
 * A copy is no atomic thing: a record's end may be older than its first word. So a block that is
 * being written is read twice. What the first look shows as finished is whole in the second; the
 * rest keeps the first look's state.
 */
static void keep_first_look(const uint8_t *first, uint8_t *second, uint32_t limit, uint64_t ticket)
{
	uint64_t free_word = ticket << FREE_TICKET_SHIFT;
	uint32_t at = BLOCK_HEAD;

	while (at + 8 <= limit) {
		uint32_t header = load32(first + at);
		uint32_t size = plim_record_bytes(header);

		if (!(header & TAKEN_MASK) || size < 8 || size > limit - at) {
			memcpy(second + at, &free_word, sizeof(free_word));
			return;
		}
		memcpy(second + at, &header, sizeof(header));
		at += size;
	}
}

bool plim_block_load(struct plim_trace *trace, const struct plim_block_ref *ref,
		     uint64_t next_ticks, struct plim_block_time *time,
		     struct plim_block_copy *copy)
{
	uint64_t offset = block_offset(trace, ref->index);
	uint32_t room = trace->header.block_bytes;
	struct plim_block block;
	size_t got;

	if (trace->is_live) {
		if (read_ticket(trace, offset) != ref->ticket)
			return false;
		got = plim_trace_read(trace, offset, copy->scratch, room);
		size_t again = plim_trace_read(trace, offset, copy->bytes, room);

		if (again != got || read_ticket(trace, offset) != ref->ticket)
			return false;
		/* Records of a module that was loaded since: its sites are in the file before them. */
		if (plim_metadata_read(trace, NULL) != 0)
			return false;
		keep_first_look(copy->scratch, copy->bytes, (uint32_t)got, ref->ticket);
	} else {
		got = plim_trace_read(trace, offset, copy->bytes, room);
	}
	if (got < sizeof(block))
		return false;
	memcpy(&block, copy->bytes, sizeof(block));
	uint32_t limit = (uint32_t)got;

	if (block.limit > room || block.limit < BLOCK_HEAD || block.limit % 8)
		plim_trace_damaged(trace, "a block of %u bytes", block.limit);
	else if (block.limit < limit)
		limit = block.limit;
	struct walk walk = {trace, copy->bytes, limit, ref->ticket, time, 0};

	copy->at = BLOCK_HEAD;
	copy->end = check_records(&walk, next_ticks);
	return true;
}
