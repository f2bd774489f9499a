/* SPDX-License-Identifier: MIT */
/* The metadata: entries of modules, providers, sites, tables and stacks, each checked. */
#include "reader/trace.h"

#include <stdlib.h>
#include <string.h>

/* What PLIM_KINDS says of a kind, as a table by number. */
struct kind_row {
	uint8_t slot_bytes; /* 0: no such kind */
	uint8_t is_measured;
};

#define ROW_NONE    0
#define ROW_NUL8    1
#define ROW_NUL16   1
#define ROW_NUL32   1
#define ROW_COUNTED 1
#define ROW_FIXED16 1
#define ROW_FIXED6  1

static const struct kind_row kind_rows[PLIM_KIND_ARRAY] = {
#define KIND_ROW(name, number, words, slot, measure) [number] = {slot, ROW_##measure},
	PLIM_KINDS(KIND_ROW)
#undef KIND_ROW
};

/** A metadata site may not claim more numbers than a header word can carry. */
#define NUMBER_MAX PLIM_SITE_COUNT_MAX

/** Takes the next NUL-terminated text before `end`, or returns NULL. */
static const char *take_text(const char **at, const char *end)
{
	const char *text = *at;
	const char *nul = text < end ? memchr(text, '\0', (size_t)(end - text)) : NULL;

	if (!nul)
		return NULL;
	*at = nul + 1;
	return text;
}

/** The slot of item `number` in a list of pointers, growing it; NULL when there is no memory. */
static void **pointer_at(struct plim_list *list, uint32_t number)
{
	while (list->count <= number) {
		if (!plim_list_add(list, sizeof(void *)))
			return NULL;
	}
	return (void **)list->items + number;
}

static void *pointer_get(const struct plim_list *list, uint32_t number)
{
	return number < list->count ? ((void **)list->items)[number] : NULL;
}

static bool read_info(struct plim_trace *trace, const char *entry, uint32_t bytes)
{
	const char *at = entry + sizeof(struct plim_entry);
	const char *end = entry + bytes;
	const char *key = take_text(&at, end);
	const char *value = key ? take_text(&at, end) : NULL;
	struct plim_trace_info *info = value ? plim_list_add(&trace->infos, sizeof(*info)) : NULL;

	if (!info)
		return false;
	info->key = key;
	info->value = value;
	return true;
}

static bool read_module(struct plim_trace *trace, const char *entry, uint32_t bytes)
{
	struct plim_entry_module fixed;
	const char *at = entry + offsetof(struct plim_entry_module, text);

	if (bytes < offsetof(struct plim_entry_module, text))
		return false;
	memcpy(&fixed, entry, offsetof(struct plim_entry_module, text));
	const char *path = take_text(&at, entry + bytes);
	const char *build_id = path ? take_text(&at, entry + bytes) : NULL;
	struct plim_trace_module *module =
		build_id ? plim_list_add(&trace->modules, sizeof(*module)) : NULL;

	if (!module)
		return false;
	module->number = fixed.number;
	module->site_count = fixed.site_count;
	module->path = path;
	module->build_id = build_id;
	return true;
}

static bool read_provider(struct plim_trace *trace, const char *entry, uint32_t bytes)
{
	const size_t head = offsetof(struct plim_entry_provider, name);
	const char *at = entry + head;
	uint32_t number;

	if (bytes < head)
		return false;
	memcpy(&number, entry + offsetof(struct plim_entry_provider, number), sizeof(number));
	const char *name = take_text(&at, entry + bytes);

	if (!name || number >= NUMBER_MAX)
		return false;
	void **slot = pointer_at(&trace->providers, number);

	if (!slot || *slot)
		return false;
	struct plim_trace_provider *provider = calloc(1, sizeof(*provider));

	if (!provider)
		return false;
	memcpy(provider->guid, entry + offsetof(struct plim_entry_provider, guid), 16);
	provider->name = (char *)name;
	*slot = provider;
	return true;
}

static void free_enum(struct plim_trace_enum *table)
{
	if (table) {
		free(table->values);
		free(table->names);
	}
	free(table);
}

static bool fill_enum(struct plim_trace_enum *table, const char *values, const char *end)
{
	const char *at = values + (size_t)table->count * 8;

	table->values = calloc(table->count + 1, sizeof(*table->values));
	table->names = calloc(table->count + 1, sizeof(*table->names));
	if (!table->values || !table->names)
		return false;
	memcpy(table->values, values, (size_t)table->count * 8);
	for (uint32_t i = 0; i < table->count; i++) {
		table->names[i] = (char *)take_text(&at, end);
		if (!table->names[i])
			return false;
		size_t length = strlen(table->names[i]);

		if (length > table->name_bytes_max)
			table->name_bytes_max = length;
	}
	return true;
}

static bool read_enum(struct plim_trace *trace, const char *entry, uint32_t bytes)
{
	const uint32_t head = offsetof(struct plim_entry_enum, values);
	struct plim_entry_enum fixed;

	if (bytes < head)
		return false;
	memcpy(&fixed, entry, head);
	if (fixed.number >= NUMBER_MAX || fixed.count > (bytes - head) / 9)
		return false;
	void **slot = pointer_at(&trace->enums, fixed.number);

	if (!slot || *slot)
		return false;
	struct plim_trace_enum *table = calloc(1, sizeof(*table));

	if (!table)
		return false;
	table->count = fixed.count;
	if (!fill_enum(table, entry + head, entry + bytes)) {
		free_enum(table);
		return false;
	}
	*slot = table;
	return true;
}

static bool read_stack(struct plim_trace *trace, const char *entry, uint32_t bytes)
{
	struct plim_entry_stack fixed;

	if (bytes < sizeof(fixed))
		return false;
	memcpy(&fixed, entry, sizeof(fixed));
	if (fixed.low >= fixed.high)
		return false;
	struct plim_trace_stack *stack = plim_list_add(&trace->stacks, sizeof(*stack));

	if (!stack)
		return false;
	stack->low = fixed.low;
	stack->high = fixed.high;
	stack->tid = fixed.tid;
	return true;
}

/** Lays out one field behind the others. `enum_number` is kept until tables are linked. */
static bool add_field(struct plim_trace_site *site, unsigned index, uint8_t kind)
{
	struct plim_trace_field *field = &site->fields[index];
	struct kind_row row = kind_rows[kind & ~PLIM_KIND_ARRAY];

	if (!row.slot_bytes)
		return false;
	field->kind = kind & (uint8_t)~PLIM_KIND_ARRAY;
	field->is_array = (kind & PLIM_KIND_ARRAY) != 0;
	if (field->is_array && (row.is_measured || field->kind == PLIM_K_STRUCT))
		return false;
	field->is_measured = field->is_array || row.is_measured;
	field->item_bytes = row.slot_bytes;
	field->offset = site->fixed_bytes;
	if (field->is_measured)
		site->measured_offset[site->measured_count++] = field->offset;
	site->fixed_bytes =
		(uint16_t)(site->fixed_bytes + (field->is_measured ? 2 : row.slot_bytes));
	return true;
}

static bool fill_site(struct plim_trace *trace, struct plim_trace_site *site, const char *entry,
		      uint32_t bytes)
{
	const char *at = entry + offsetof(struct plim_entry_site, text);
	const char *end = entry + bytes;
	struct plim_entry_site fixed;

	memcpy(&fixed, entry, offsetof(struct plim_entry_site, text));
	if (fixed.field_count > PLIM_MAX_FIELDS)
		return false;
	site->number = fixed.number;
	site->line = fixed.line;
	site->module = fixed.module;
	site->provider_number = fixed.provider;
	site->provider = "?";
	site->keyword = fixed.keyword;
	site->enable_offset = fixed.enable_offset;
	site->level = fixed.level;
	site->type = fixed.type;
	site->field_count = fixed.field_count;
	site->fixed_bytes = sizeof(struct plim_record);
	site->event = take_text(&at, end);
	site->function = site->event ? take_text(&at, end) : NULL;
	site->file = site->function ? take_text(&at, end) : NULL;
	if (!site->file)
		return false;
	for (unsigned i = 0; i < site->field_count; i++) {
		site->fields[i].name = take_text(&at, end);
		if (!site->fields[i].name || !add_field(site, i, fixed.kinds[i]))
			return false;
		if (site->fields[i].kind == PLIM_K_ENUM)
			site->fields[i].table = pointer_get(&trace->enums, fixed.enums[i]);
	}
	return true;
}

/** Makes `trace->sites[number]` exist. */
static bool grow_sites(struct plim_trace *trace, uint32_t number)
{
	uint32_t room = trace->site_room ? trace->site_room : 64;

	while (room <= number)
		room *= 2;
	if (room == trace->site_room)
		return true;
	struct plim_trace_site **sites = reallocarray(trace->sites, room, sizeof(*sites));

	if (!sites)
		return false;
	memset(sites + trace->site_room, 0, (room - trace->site_room) * sizeof(*sites));
	trace->sites = sites;
	trace->site_room = room;
	return true;
}

static bool read_site(struct plim_trace *trace, const char *entry, uint32_t bytes)
{
	uint32_t number;

	if (bytes < offsetof(struct plim_entry_site, text))
		return false;
	memcpy(&number, entry + offsetof(struct plim_entry_site, number), sizeof(number));
	if (number == PLIM_SITE_PAD || number >= NUMBER_MAX || !grow_sites(trace, number) ||
	    trace->sites[number])
		return false;
	struct plim_trace_site *site = calloc(1, sizeof(*site));

	if (!site)
		return false;
	if (!fill_site(trace, site, entry, bytes)) {
		free(site);
		return false;
	}
	trace->sites[number] = site;
	trace->site_count++;
	return true;
}

/** Providers may come behind the sites that name them. */
static void link_providers(struct plim_trace *trace)
{
	for (uint32_t i = 0; i < trace->site_room; i++) {
		struct plim_trace_site *site = trace->sites[i];
		struct plim_trace_provider *provider =
			site ? pointer_get(&trace->providers, site->provider_number) : NULL;

		if (provider)
			site->provider = provider->name;
		else if (site && site->provider[0] == '?')
			plim_trace_damaged(trace, "metadata: site %u has no provider", i);
	}
}

static bool read_entry(struct plim_trace *trace, uint32_t type, const char *entry, uint32_t bytes)
{
	switch (type) {
	case PLIM_ENTRY_INFO: return read_info(trace, entry, bytes);
	case PLIM_ENTRY_MODULE: return read_module(trace, entry, bytes);
	case PLIM_ENTRY_PROVIDER: return read_provider(trace, entry, bytes);
	case PLIM_ENTRY_SITE: return read_site(trace, entry, bytes);
	case PLIM_ENTRY_ENUM: return read_enum(trace, entry, bytes);
	case PLIM_ENTRY_STACK: return read_stack(trace, entry, bytes);
	default: return true; /* of a newer writer: not needed to understand the rest */
	}
}

/**
 * Where the next entry may start after one whose length cannot be believed: at the first multiple
 * of 8 that looks like the head of one. What is found there is checked like any other entry.
 */
static uint32_t find_entry(const char *text, uint32_t at, uint32_t bytes)
{
	struct plim_entry head;

	for (; at + sizeof(head) <= bytes; at += 8) {
		memcpy(&head, text + at, sizeof(head));
		if (head.type >= PLIM_ENTRY_INFO && head.type <= PLIM_ENTRY_STACK &&
		    head.bytes >= sizeof(head) + 8 && head.bytes % 8 == 0 &&
		    head.bytes <= bytes - at)
			break;
	}
	return at;
}

/** Reads the entries of one stretch of metadata; it stays in memory, because names point into it. */
static void read_entries(struct plim_trace *trace, const char *text, uint32_t bytes)
{
	struct plim_entry head;
	uint32_t at = 0;

	while (at + sizeof(head) <= bytes) {
		memcpy(&head, text + at, sizeof(head));
		if (head.bytes < sizeof(head) || head.bytes % 8 || head.bytes > bytes - at) {
			plim_trace_damaged(trace, "metadata: an entry of %u bytes with %u left",
					   head.bytes, bytes - at);
			at = find_entry(text, at + 8, bytes);
			continue;
		}
		if (!read_entry(trace, head.type, text + at, head.bytes)) {
			plim_trace_damaged(trace, "metadata: an entry of type %u cannot be read",
					   head.type);
			at = find_entry(text, at + 8, bytes);
			continue;
		}
		at += head.bytes;
	}
}

/** Takes what one chunk holds beyond what was taken of it. Returns bytes taken, or -1. */
static int64_t take_chunk(struct plim_trace *trace, const struct plim_chunk *chunk)
{
	uint32_t from = trace->chunk_taken ? trace->chunk_taken : (uint32_t)sizeof(*chunk);
	uint32_t used = chunk->used;

	if (used < from || used > chunk->bytes) {
		if (used != 0 && used < from)
			plim_trace_damaged(trace, "metadata: chunk at %llu uses %u of %u bytes",
					   (unsigned long long)trace->chunk, used, chunk->bytes);
		if (used <= chunk->bytes)
			return 0;
		plim_trace_damaged(trace, "metadata: chunk at %llu uses %u of %u bytes",
				   (unsigned long long)trace->chunk, used, chunk->bytes);
		used = chunk->bytes;
	}
	uint64_t there = trace->bytes > trace->chunk ? trace->bytes - trace->chunk : 0;

	if (used > there) {
		plim_trace_damaged(trace, "metadata: chunk at %llu is cut short",
				   (unsigned long long)trace->chunk);
		used = (uint32_t)there;
	}
	if (used <= from)
		return 0;
	char *text = malloc(used - from);
	char **keep = text ? plim_list_add(&trace->texts, sizeof(*keep)) : NULL;

	if (!keep) {
		free(text);
		return -1;
	}
	*keep = text;
	size_t got = plim_trace_read(trace, trace->chunk + from, text, used - from);

	read_entries(trace, text, (uint32_t)got);
	trace->chunk_taken = used;
	return used - from;
}

int plim_metadata_read(struct plim_trace *trace, struct plim_error *err)
{
	uint64_t taken = 0;

	for (;;) {
		struct plim_chunk chunk;

		if (plim_trace_read(trace, trace->chunk, &chunk, sizeof(chunk)) != sizeof(chunk)) {
			plim_trace_damaged(trace, "metadata: no chunk at %llu",
					   (unsigned long long)trace->chunk);
			break;
		}
		int64_t got = take_chunk(trace, &chunk);

		if (got < 0)
			return plim_error_set(err, "no memory for the trace's metadata");
		taken += (uint64_t)got;
		trace->metadata_bytes += (uint64_t)got;
		if (chunk.next == 0)
			break;
		/* More metadata than file: the chain runs in a circle. */
		if (chunk.next % 8 || chunk.next > trace->bytes ||
		    trace->metadata_bytes > trace->bytes) {
			plim_trace_damaged(trace, "metadata: a chunk leads to %llu",
					   (unsigned long long)chunk.next);
			break;
		}
		trace->metadata_bytes += sizeof(chunk);
		trace->chunk = chunk.next;
		trace->chunk_taken = 0;
	}
	if (taken)
		link_providers(trace);
	return 0;
}

void plim_metadata_free(struct plim_trace *trace)
{
	for (uint32_t i = 0; i < trace->site_room; i++)
		free(trace->sites[i]);
	free(trace->sites);
	for (size_t i = 0; i < trace->providers.count; i++)
		free(((void **)trace->providers.items)[i]);
	for (size_t i = 0; i < trace->enums.count; i++)
		free_enum(((void **)trace->enums.items)[i]);
	for (size_t i = 0; i < trace->texts.count; i++)
		free(((void **)trace->texts.items)[i]);
	free(trace->providers.items);
	free(trace->enums.items);
	free(trace->modules.items);
	free(trace->stacks.items);
	free(trace->infos.items);
	free(trace->texts.items);
	trace->sites = NULL;
	trace->site_room = 0;
}
