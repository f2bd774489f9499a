/* SPDX-License-Identifier: MIT */
#include "core/ring.h"

/* emit_x86_64.S knows these by number. */
_Static_assert(offsetof(struct plim_site, fixed_bytes) == 8, "SITE_FIXED");
_Static_assert(offsetof(struct plim_site, text_slot) == 10, "SITE_TEXT_SLOT");
_Static_assert(offsetof(struct plim_site, text) == 11, "SITE_TEXT");
_Static_assert(offsetof(struct plim_site, offset) == 12, "SITE_OFFSET");
_Static_assert(offsetof(struct plim_site, word_count) == 17, "SITE_WORDS");
_Static_assert(offsetof(struct plim_site, measure) == 18, "SITE_MEASURE");
_Static_assert(offsetof(struct plim_site, provider) == 24, "the statement's assembly");
_Static_assert(offsetof(struct plim_site, kinds) == 64, "the statement's assembly");
_Static_assert(offsetof(struct plim_ring, current) == 8, "RING_CURRENT");
_Static_assert(offsetof(struct plim_ring, stage) == 24, "RING_STAGE");
_Static_assert(offsetof(struct plim_ring, stage_top) == 32, "RING_STAGE_TOP");
_Static_assert(offsetof(struct plim_ring, drops) == 48, "RING_DROPS");
_Static_assert(offsetof(struct plim_ring, stage_turn) == 56, "RING_STAGE_TURN");
_Static_assert(sizeof(struct plim_ring) == 128, "two cache lines");
_Static_assert(offsetof(struct plim_block, used) == 16, "BLOCK_USED");
_Static_assert(offsetof(struct plim_block, committed) == 24, "BLOCK_COMMITTED");
_Static_assert(offsetof(struct plim_block, limit) == 28, "BLOCK_LIMIT");
_Static_assert(offsetof(struct plim_block, one_record) == 56, "statement_x86_64.h");
_Static_assert(sizeof(struct plim_block) == 64, "records start on a cache line");
_Static_assert(sizeof(struct plim_stage_slot) == 272, "SLOT_BYTES");
_Static_assert(sizeof(struct plim_stage_slot) * PLIM_STAGE_SLOTS <= PLIM_STAGE_BYTES, "stages");
_Static_assert(sizeof(struct plim_file_header) == PLIM_FILE_HEADER_BYTES, "the header page");
_Static_assert(offsetof(struct plim_file_header, ticket) == 1024, "docs/trace-format.md");
_Static_assert(PLIM_RECORD_SIZE_MASK == 0x1ffe && PLIM_RECORD_SITE_SHIFT == 13, "SIZE_MASK");

struct plim_core plim_core;
struct plim_block plim_no_block;
struct plim_ring plim_no_ring = {.current = (uint64_t)(uintptr_t)&plim_no_block};
PLIM_EXPORT PLIM_THREAD_LOCAL struct plim_ring *plim_tls_ring = &plim_no_ring;

#define USED_ONE_RECORD (1ull << 32)
/* Set in a ring's `owner` while it changes hands; thread pointers are even. */
#define OWNER_CHANGES   1ull
#define CURRENT_TICKET  48
#define CURRENT_ADDRESS ((1ull << CURRENT_TICKET) - 1)

/* `used` and `count` of a block as the one word that the path loads and stores. */
static inline uint64_t *used_word(struct plim_block *block)
{
	return (uint64_t *)(void *)&block->used;
}

static inline uint64_t *word_at(struct plim_block *block, uint64_t used)
{
	return (uint64_t *)(void *)((uint8_t *)block + (uint32_t)used);
}

static inline struct plim_block *current_block(uint64_t current)
{
	return (struct plim_block *)(uintptr_t)(current & CURRENT_ADDRESS);
}

/* Whether a ring is of the file that is open now; rings of a closed one stay mapped. */
static inline bool ring_is_current(const struct plim_ring *ring)
{
	return __atomic_load_n(&plim_core.is_open, __ATOMIC_RELAXED) && ring >= plim_core.rings &&
	       ring < plim_core.rings + plim_core.ring_count;
}

/*
 * Pads the rest of the thread's block, so that a statement that was interrupted on its way to
 * reserving there fails and goes to the next block. Gives the count of records in the high half and
 * `limit` in the low one; 0 if a signal handler moved the ring on meanwhile. Inline, as the frames of
 * the path are counted by the byte.
 */
static inline __attribute__((always_inline)) uint64_t pad_rest(uint64_t current)
{
	struct plim_block *block = current_block(current);
	uint64_t used = __atomic_load_n(used_word(block), __ATOMIC_RELAXED);
	uint32_t limit = plim_core.block_bytes;

	while ((uint32_t)used < limit) {
		uint64_t seen = current;
		uint32_t rest = limit - (uint32_t)used;

		/* Locked: the block may be another ring's by now, and an unlocked compare that
		 * fails writes the old value back. */
		if (__atomic_compare_exchange_n(word_at(block, used), &seen, rest >> 2, false,
						__ATOMIC_RELAXED, __ATOMIC_RELAXED) ||
		    (uint32_t)seen >> PLIM_RECORD_SITE_SHIFT == PLIM_SITE_PAD)
			break;
		if (!plim_record_bytes((uint32_t)seen))
			return 0;
		used += USED_ONE_RECORD + plim_record_bytes((uint32_t)seen);
	}
	return (used & ~0xffffffffull) | limit;
}

/* Whether a sealed block may be taken again; counts those that an unfinished statement holds. */
static bool may_take(struct plim_block *block, uint32_t owner)
{
	struct plim_file_header *file = plim_core.file;
	uint32_t unfinished =
		block->sealed_count - __atomic_load_n(&block->committed, __ATOMIC_ACQUIRE);

	if (!(owner & PLIM_OWNER_PINNED)) {
		if (!unfinished)
			return true;
		if (__atomic_compare_exchange_n(&block->owner, &owner, owner | PLIM_OWNER_PINNED,
						false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
			__atomic_fetch_add(&file->pinned, 1, __ATOMIC_RELAXED);
		return false;
	}
	/* Statements left for good (longjmp out of a handler) must not eat the whole file. */
	return !unfinished ||
	       __atomic_load_n(&file->pinned, __ATOMIC_RELAXED) >= plim_core.block_count / 2;
}

/*
 * Whether a block was left by a statement of this ring that was itself left, by longjmp(3) out of a
 * handler, while it moved from block to block: then nobody gives the block up. It could as well be
 * held by a statement that this one interrupted, so the first few are believed to be that.
 */
static bool was_left(const struct plim_ring *ring, const struct plim_block *block)
{
	uint64_t nested = plim_core.block_count / 8;

	if (nested > 4)
		nested = 4;
	return block != current_block(ring->current) && ring->advances > 1 + nested;
}

/* Accounts for what was in a block that is now ours, and empties it. */
static void empty_block(struct plim_block *block, uint32_t owner, uint64_t current)
{
	struct plim_file_header *file = plim_core.file;
	uint32_t count = owner & PLIM_OWNER_SEALED ? block->sealed_count
			 : block->ticket           ? block->count
						   : 0;

	__atomic_store_n(&block->ticket, 0, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	if (owner) {
		__atomic_fetch_add(&file->overwritten, count, __ATOMIC_RELAXED);
		if (count > block->committed)
			__atomic_fetch_add(&file->unfinished, count - block->committed,
					   __ATOMIC_RELAXED);
	}
	if (owner & PLIM_OWNER_PINNED)
		__atomic_fetch_sub(&file->pinned, 1, __ATOMIC_RELAXED);
	plim_port_fill((uint64_t *)(void *)(block + 1), current,
		       (plim_core.block_bytes - sizeof(*block)) / sizeof(uint64_t));
}

/* Takes the next block of the file that nobody writes to: its `current`, or 0 if there is none. */
static uint64_t take_block(struct plim_ring *ring)
{
	uint32_t owner_index = (uint32_t)(ring - plim_core.rings) + 1;
	struct plim_file_header *file = plim_core.file;

	for (uint32_t tries = 2 * plim_core.block_count; tries; tries--) {
		struct plim_block *block;
		uint64_t ticket, current;
		uint32_t owner;

		if (plim_core.mode == PLIM_MODE_STOP &&
		    __atomic_load_n(&file->ticket, __ATOMIC_RELAXED) >= plim_core.block_count)
			return 0;
		ticket = __atomic_fetch_add(&file->ticket, 1, __ATOMIC_RELAXED);
		if (plim_core.mode == PLIM_MODE_STOP && ticket >= plim_core.block_count)
			return 0;
		block = (struct plim_block *)(void *)(plim_core.blocks +
						      ticket % plim_core.block_count *
							      plim_core.block_bytes);
		owner = __atomic_load_n(&block->owner, __ATOMIC_ACQUIRE);
		if (owner == owner_index) {
			if (!was_left(ring, block))
				continue;
			__atomic_fetch_sub(&ring->advances, 1, __ATOMIC_RELAXED);
		} else if (owner && (!(owner & PLIM_OWNER_SEALED) || !may_take(block, owner))) {
			continue;
		}
		if (!__atomic_compare_exchange_n(&block->owner, &owner, owner_index, false,
						 __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			continue;
		current = (uint64_t)(uintptr_t)block | (ticket + 1) << CURRENT_TICKET;
		empty_block(block, owner, current);
		block->first_record = ticket + 1; /* until it is installed */
		return current;
	}
	return 0;
}

/* Makes a block the ring's; false if a signal handler gave the ring another one meanwhile. */
static bool install(struct plim_ring *ring, uint64_t old, uint64_t current, uint64_t first_record)
{
	struct plim_block *block = current_block(current);
	uint64_t ticket = block->first_record;

	block->tid = ring->tid;
	block->serial = ring->serial;
	block->committed = 0;
	block->limit = plim_core.block_bytes;
	block->first_record = first_record;
	block->drops_before = ring->drops;
	block->sealed_count = 0;
	block->one_record = USED_ONE_RECORD;
	__atomic_store_n(used_word(block), sizeof(*block), __ATOMIC_RELAXED);
	__atomic_store_n(&block->ticket, ticket, __ATOMIC_RELEASE);
	if (plim_port_cas_local(&ring->current, &old, current))
		return true;
	__atomic_store_n(&block->ticket, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&block->owner, 0, __ATOMIC_RELEASE);
	return false;
}

/* Lets others take a block that its ring has left. `used`: as pad_rest() gave it. */
static void give_up(struct plim_block *block, uint64_t used)
{
	block->sealed_count = used >> 32;
	__atomic_store_n(used_word(block), used, __ATOMIC_RELAXED);
	__atomic_store_n(&block->owner, block->owner | PLIM_OWNER_SEALED, __ATOMIC_RELEASE);
}

static inline int advance(struct plim_ring *ring, uint32_t header)
{
	uint64_t old = __atomic_load_n(&ring->current, __ATOMIC_RELAXED);
	struct plim_block *block = current_block(old);
	uint64_t next, used = 0, first_record = 0;

	if (plim_record_bytes(header) > plim_core.block_bytes - sizeof(struct plim_block))
		return 1;
	if (block != &plim_no_block) {
		first_record = block->first_record;
		used = pad_rest(old);
		if (!used)
			return 0;
		first_record += used >> 32;
	}
	next = take_block(ring);
	if (!next)
		return 1;
	/* Only who moves the ring on gives the old block up: until then nobody else can take it. */
	if (install(ring, old, next, first_record) && block != &plim_no_block)
		give_up(block, used);
	return 0;
}

int plim_ring_advance(uint32_t header)
{
	int result;

	plim_port_increment_local64(&plim_tls_ring->advances);
	result = advance(plim_tls_ring, header);
	__atomic_fetch_sub(&plim_tls_ring->advances, 1, __ATOMIC_RELAXED);
	if (result)
		plim_port_increment_local64(&plim_tls_ring->drops);
	return result;
}

/* A free ring, or one whose thread is dead because this thread lives at the same address. */
static struct plim_ring *claim_ring(uint64_t self)
{
	uint32_t start = (uint32_t)((self >> 12) % plim_core.ring_count);

	for (uint32_t i = 0; i < plim_core.ring_count; i++) {
		struct plim_ring *ring = &plim_core.rings[(start + i) % plim_core.ring_count];
		uint64_t owner = __atomic_load_n(&ring->owner, __ATOMIC_RELAXED);

		if (owner && owner != self)
			continue;
		if (__atomic_compare_exchange_n(&ring->owner, &owner, self | OWNER_CHANGES, false,
						__ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			return ring;
	}
	return NULL;
}

int plim_ring_acquire(void)
{
	struct plim_ring *before = plim_tls_ring;
	uint64_t self = plim_port_thread();
	struct plim_file_header *file = plim_core.file;
	struct plim_ring *ring;

	if (ring_is_current(before))
		return 0;
	ring = __atomic_load_n(&plim_core.is_open, __ATOMIC_RELAXED) ? claim_ring(self) : NULL;
	if (!ring) {
		if (file)
			__atomic_fetch_add(&file->ringless_drops, 1, __ATOMIC_RELAXED);
		return 1;
	}
	__atomic_fetch_add(&file->retired_drops, ring->drops, __ATOMIC_RELAXED);
	ring->drops = 0;
	if (current_block(ring->current) != &plim_no_block)
		ring->left = ring->current;
	ring->current = (uint64_t)(uintptr_t)&plim_no_block;
	ring->tid = plim_core.tid_offset
			    ? *(const uint32_t *)(uintptr_t)(self + plim_core.tid_offset)
			    : 0;
	ring->serial = __atomic_add_fetch(&file->serial, 1, __ATOMIC_RELAXED);
	ring->stage_top = 0;
	ring->stage = (uint64_t)(uintptr_t)(plim_core.stages +
					    (size_t)(ring - plim_core.rings) * PLIM_STAGE_BYTES);
	/* Until the owner is noted, a signal handler finds this ring taken; if it has taken another
	 * one meanwhile, that will do. */
	if (plim_port_cas_local((uint64_t *)(void *)&plim_tls_ring, (uint64_t *)(void *)&before,
				(uint64_t)(uintptr_t)ring))
		__atomic_store_n(&ring->owner, self, __ATOMIC_RELEASE);
	else
		__atomic_store_n(&ring->owner, 0, __ATOMIC_RELEASE);
	return 0;
}

static void settle(struct plim_ring *ring)
{
	uint64_t left = __atomic_load_n(&ring->left, __ATOMIC_RELAXED);
	uint64_t used = left ? pad_rest(left) : 0;

	if (used && plim_port_cas_local(&ring->left, &left, 0))
		give_up(current_block(left), used);
}

void plim_ring_settle(void)
{
	settle(plim_tls_ring);
}

void plim_ring_stop(struct plim_ring *ring)
{
	__atomic_store_n(&ring->current, (uint64_t)(uintptr_t)&plim_no_block, __ATOMIC_RELEASE);
}

void plim_ring_release(void)
{
	struct plim_ring *ring = plim_tls_ring;

	if (!ring_is_current(ring))
		return;
	/* A handler that logs from here on takes a ring of its own, not this one again. */
	__atomic_store_n(&ring->owner, ring->owner | OWNER_CHANGES, __ATOMIC_RELAXED);
	plim_tls_ring = &plim_no_ring;
	if (current_block(ring->current) != &plim_no_block)
		ring->left = ring->current;
	ring->current = (uint64_t)(uintptr_t)&plim_no_block;
	settle(ring);
	__atomic_store_n(&ring->owner, 0, __ATOMIC_RELEASE);
}

struct plim_record *plim_words_reserve(uint32_t header, uint64_t sp, struct plim_block **in_block)
{
	struct plim_block *block;
	uint64_t current, used;

again:
	current = __atomic_load_n(&plim_tls_ring->current, __ATOMIC_RELAXED);
	block = current_block(current);
	used = __atomic_load_n(used_word(block), __ATOMIC_RELAXED);

	while ((uint32_t)used + plim_record_bytes(header) <= block->limit) {
		uint64_t *word = word_at(block, used);
		uint64_t seen = current;
		uint64_t ticks = plim_port_clock();

		if (plim_port_cas_local(word, &seen, sp << 32 | header)) {
			used += USED_ONE_RECORD + plim_record_bytes(header);
			__atomic_store_n(used_word(block), used, __ATOMIC_RELAXED);
			word[1] = ticks;
			*in_block = block;
			return (struct plim_record *)(void *)word;
		}
		if (!plim_record_bytes((uint32_t)seen))
			goto again; /* the ring has another block by now */
		used += USED_ONE_RECORD + plim_record_bytes((uint32_t)seen);
	}
	return NULL;
}
