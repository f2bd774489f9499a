/* SPDX-License-Identifier: MIT */
/*
 * Staging by calls: how statements hand over their words where no assembly does it for them: C++
 * (whose temporaries must live until the record is made, so that all is one expression) with more
 * than five words or without optimisation, and CPUs without a path of their own.
 */
#include "core/ring.h"
#include "plimsoll/stage.h"

/* Unique among a thread's unfinished statements: where the caller's frame ends, and which site. */
static inline uint64_t slot_key(const struct plim_site *site, uint64_t sp)
{
	return sp << 17 | site->header >> PLIM_RECORD_SITE_SHIFT;
}

static struct plim_stage_slot *find(uint64_t key)
{
	struct plim_ring *ring = plim_tls_ring;
	struct plim_stage_slot *slot = (struct plim_stage_slot *)(uintptr_t)ring->stage_top;

	if (!slot || slot->key == key)
		return slot;
	slot = (struct plim_stage_slot *)(uintptr_t)ring->stage;
	for (unsigned int i = 0; i < PLIM_STAGE_SLOTS; i++, slot++) {
		if (slot->key == key)
			return slot;
	}
	return NULL;
}

/* The statement's own slot if it was left half way before, a free one, or that of the oldest turn. */
static struct plim_stage_slot *claim(struct plim_ring *ring, uint64_t key)
{
	struct plim_stage_slot *slots = (struct plim_stage_slot *)(uintptr_t)ring->stage;

	for (unsigned int i = 0; i < PLIM_STAGE_SLOTS; i++) {
		uint64_t seen = 0;

		if (slots[i].key == key || plim_port_cas_local(&slots[i].key, &seen, key))
			return &slots[i];
	}
	plim_port_increment_local64(&ring->drops);
	plim_port_increment_local64(&ring->stage_turn);
	slots += ring->stage_turn % PLIM_STAGE_SLOTS;
	slots->key = key;
	return slots;
}

PLIM_EXPORT void plim_stage_begin(const struct plim_site *site)
{
	uint64_t key = slot_key(site, (uint64_t)(uintptr_t)__builtin_dwarf_cfa());
	struct plim_stage_slot *slot;

	if (plim_ring_acquire())
		return;
	plim_ring_settle();
	slot = claim(plim_tls_ring, key);
	slot->count = 0;
	plim_tls_ring->stage_top = (uint64_t)(uintptr_t)slot;
}

PLIM_EXPORT void plim_stage_put(const struct plim_site *site, uint64_t word)
{
	struct plim_stage_slot *slot =
		find(slot_key(site, (uint64_t)(uintptr_t)__builtin_dwarf_cfa()));

	if (slot && slot->count < PLIM_MAX_WORDS)
		slot->words[slot->count++] = word;
}

static void record(const struct plim_site *site, const uint64_t *words, uint64_t sp)
{
	uint32_t header = plim_words_header(site, words);
	struct plim_record *record;
	struct plim_block *block;

	while (!(record = plim_words_reserve(header, sp, &block))) {
		if (plim_ring_acquire())
			return;
		plim_ring_settle();
		if (plim_ring_advance(header))
			return;
	}
	plim_words_fill(site, words, record);
	__atomic_store_n(&record->header, header | PLIM_RECORD_FINISHED, __ATOMIC_RELEASE);
	plim_port_increment_local(&block->committed);
}

PLIM_EXPORT void plim_stage_commit(const struct plim_site *site)
{
	uint64_t sp = (uint64_t)(uintptr_t)__builtin_dwarf_cfa();
	struct plim_stage_slot *slot = find(slot_key(site, sp));

	if (!slot)
		return;
	if (slot->count == site->word_count)
		record(site, slot->words, sp);
	else
		plim_port_increment_local64(&plim_tls_ring->drops);
	slot->key = 0;
}
