/* SPDX-License-Identifier: MIT */
#include "trace_walk.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FAIL(walk, ...) (snprintf((walk)->error, sizeof((walk)->error), __VA_ARGS__), -1)

int walk_open(struct walk *walk, const char *path)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	memset(walk, 0, sizeof(*walk));
	if (fd < 0 || fstat(fd, &status) || (size_t)status.st_size < sizeof(*walk->header)) {
		if (fd >= 0)
			close(fd);
		return FAIL(walk, "%s cannot be opened or has no header", path);
	}
	walk->bytes = (size_t)status.st_size;
	walk->base = mmap(NULL, walk->bytes, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (walk->base == MAP_FAILED) {
		walk->base = NULL;
		return FAIL(walk, "%s cannot be mapped", path);
	}
	walk->header = (const void *)walk->base;
	if (memcmp(walk->header->magic, PLIM_FILE_MAGIC, 8) ||
	    walk->header->blocks_offset +
			    (uint64_t)walk->header->block_count * walk->header->block_bytes >
		    walk->bytes)
		return FAIL(walk, "%s is no whole trace", path);
	walk->blocks = calloc(walk->header->block_count, sizeof(*walk->blocks));
	return walk->blocks ? 0 : FAIL(walk, "no memory");
}

void walk_close(struct walk *walk)
{
	if (walk->base)
		munmap(walk->base, walk->bytes);
	free(walk->records);
	free(walk->blocks);
	memset(walk, 0, sizeof(*walk));
}

static struct walk_record *add_record(struct walk *walk)
{
	if (walk->record_count == walk->record_room) {
		walk->record_room = walk->record_room * 2 + 4096;
		walk->records = realloc(walk->records, walk->record_room * sizeof(*walk->records));
		if (!walk->records)
			abort();
	}
	return &walk->records[walk->record_count++];
}

/* Behind the last record all is free, and free words of one turn are all the same. */
static int check_free(struct walk *walk, const struct plim_block *block, uint32_t at)
{
	const uint64_t *words = (const void *)block;
	uint64_t free_word = words[at / 8];

	if (free_word >> 48 != (block->ticket & 0xffff))
		return FAIL(walk, "block of ticket %llu: free word %llx is of another turn",
			    (unsigned long long)block->ticket, (unsigned long long)free_word);
	for (; at < walk->header->block_bytes; at += 8) {
		if (words[at / 8] != free_word)
			return FAIL(walk, "block of ticket %llu: something at %u behind free room",
				    (unsigned long long)block->ticket, at);
	}
	return 0;
}

static int check_counts(struct walk *walk, const struct walk_block *found, uint32_t end)
{
	const struct plim_block *block = found->block;

	if (found->finished != block->committed)
		return FAIL(walk, "block of ticket %llu: %u records are finished, %u counted",
			    (unsigned long long)block->ticket, found->finished, block->committed);
	/* A block that was left says so by `used`, too. */
	if (block->used > end && !(block->owner & PLIM_OWNER_SEALED))
		return FAIL(walk, "block of ticket %llu: used %u is beyond the records, %u",
			    (unsigned long long)block->ticket, block->used, end);
	if (block->owner & PLIM_OWNER_SEALED && block->sealed_count != found->count)
		return FAIL(walk, "block of ticket %llu: %u records, sealed with %u",
			    (unsigned long long)block->ticket, found->count, block->sealed_count);
	return 0;
}

static int scan_block(struct walk *walk, struct walk_block *found, bool is_quiet)
{
	const struct plim_block *block = found->block;
	uint32_t limit = walk->header->block_bytes;
	uint32_t at = sizeof(*block);
	uint64_t ticks = 0;

	found->first = walk->record_count;
	while (at < limit) {
		const struct plim_record *record = (const void *)((const uint8_t *)block + at);
		uint32_t header = __atomic_load_n(&record->header, __ATOMIC_ACQUIRE);
		uint32_t bytes = plim_record_bytes(header);
		struct walk_record *out;

		if (!bytes) {
			if (check_free(walk, block, at))
				return -1;
			break;
		}
		if (bytes > limit - at)
			return FAIL(walk, "block of ticket %llu: %u bytes at %u do not fit",
				    (unsigned long long)block->ticket, bytes, at);
		if (header >> PLIM_RECORD_SITE_SHIFT == PLIM_SITE_PAD)
			break;
		out = add_record(walk);
		*out = (struct walk_record){
			.serial = block->serial,
			.tid = block->tid,
			.ticket = block->ticket,
			.number = block->first_record + found->count,
			.ticks = record->ticks,
			.site = header >> PLIM_RECORD_SITE_SHIFT,
			.bytes = bytes,
			.finished = header & PLIM_RECORD_FINISHED,
			.payload = (const uint8_t *)(record + 1),
		};
		if (out->finished && out->ticks < ticks)
			return FAIL(walk, "block of ticket %llu: time runs backwards at %u",
				    (unsigned long long)block->ticket, at);
		ticks = out->finished ? out->ticks : ticks;
		found->count++;
		found->finished += out->finished;
		at += bytes;
	}
	walk->unfinished += found->count - found->finished;
	return is_quiet ? check_counts(walk, found, at) : 0;
}

static int by_ring(const void *a, const void *b)
{
	const struct walk_block *x = a, *y = b;

	if (x->block->serial != y->block->serial)
		return x->block->serial < y->block->serial ? -1 : 1;
	return x->block->ticket < y->block->ticket ? -1 : x->block->ticket > y->block->ticket;
}

/* A ring's blocks follow each other in the count of records as in time. */
static int check_order(struct walk *walk)
{
	for (size_t i = 1; i < walk->record_count; i++) {
		const struct walk_record *a = &walk->records[i - 1], *b = &walk->records[i];

		if (a->serial != b->serial || a->ticket == b->ticket)
			continue;
		if (b->number <= a->number)
			return FAIL(walk, "ring %u: record %llu follows %llu", a->serial,
				    (unsigned long long)b->number, (unsigned long long)a->number);
		if (a->finished && b->finished && b->ticks < a->ticks)
			return FAIL(walk, "ring %u: time runs backwards between blocks", a->serial);
	}
	return 0;
}

int walk_scan(struct walk *walk, bool is_quiet)
{
	walk->record_count = walk->block_count = 0;
	walk->unfinished = 0;
	walk->error[0] = '\0';
	for (uint32_t i = 0; i < walk->header->block_count; i++) {
		const struct plim_block *block =
			(const void *)(walk->base + walk->header->blocks_offset +
				       (uint64_t)i * walk->header->block_bytes);

		if (__atomic_load_n(&block->ticket, __ATOMIC_ACQUIRE))
			walk->blocks[walk->block_count++] = (struct walk_block){.block = block};
	}
	qsort(walk->blocks, walk->block_count, sizeof(*walk->blocks), by_ring);
	for (size_t i = 0; i < walk->block_count; i++) {
		if (scan_block(walk, &walk->blocks[i], is_quiet))
			return -1;
	}
	return check_order(walk);
}

/* Calls `visit` for every entry of the metadata until it returns true. */
static const struct plim_entry *find_entry(const struct walk *walk, uint32_t type, uint32_t number)
{
	uint64_t at = walk->header->metadata_offset;

	while (at && at + sizeof(struct plim_chunk) <= walk->bytes) {
		const struct plim_chunk *chunk = (const void *)(walk->base + at);
		uint32_t used = sizeof(*chunk);

		while (used < chunk->used) {
			const struct plim_entry *entry =
				(const void *)((const uint8_t *)chunk + used);

			/* The number follows the head in all entries that have one. */
			if (entry->type == type &&
			    *(const uint32_t *)(const void *)(entry + 1) == number)
				return entry;
			used += entry->bytes;
		}
		at = chunk->next;
	}
	return NULL;
}

const char *walk_event(const struct walk *walk, uint32_t site)
{
	const struct plim_entry_site *entry = (const void *)find_entry(walk, PLIM_ENTRY_SITE, site);

	return entry ? entry->text : "";
}

unsigned int walk_site_count(const struct walk *walk)
{
	unsigned int count = 0;

	while (find_entry(walk, PLIM_ENTRY_SITE, count + 1))
		count++;
	return count;
}

size_t walk_count(const struct walk *walk, const char *event)
{
	size_t count = 0;

	for (size_t i = 0; i < walk->record_count; i++)
		count += walk->records[i].finished &&
			 !strcmp(walk_event(walk, walk->records[i].site), event);
	return count;
}

uint64_t walk_drops(const struct walk *walk)
{
	const struct plim_ring *rings = (const void *)(walk->base + walk->header->rings_offset);
	uint64_t drops = walk->header->retired_drops + walk->header->ringless_drops;

	for (uint32_t i = 0; i < walk->header->ring_count; i++)
		drops += rings[i].drops;
	return drops;
}
