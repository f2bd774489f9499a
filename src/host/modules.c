/* SPDX-License-Identifier: MIT */
#include "host/modules.h"

#include "base/filter.h"
#include "host/session_host.h"

#include <errno.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * A static link takes from an archive only what is asked for. Every program with statements asks
 * for this file, and so gets the constructor that reads PLIMSOLL_TRACE.
 */
__attribute__((used)) static const char *const with_autostart = &plim_autostart_is_linked;

/* A buffer for entries, grown by mremap(2): the program's heap is none of our business. */
struct entries {
	uint8_t *data;
	size_t used;
	size_t room;
	int error;
};

static void *entries_add(struct entries *entries, uint32_t type, size_t bytes)
{
	size_t need = (bytes + 7) & ~(size_t)7;
	struct plim_entry *entry;

	if (!entries->error && entries->used + need > entries->room) {
		size_t room = (entries->used + need) * 2 + 65536;
		void *data = entries->data
				     ? mremap(entries->data, entries->room, room, MREMAP_MAYMOVE)
				     : mmap(NULL, room, PROT_READ | PROT_WRITE,
					    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (data == MAP_FAILED) {
			entries->error = -ENOMEM;
		} else {
			entries->data = data;
			entries->room = room;
		}
	}
	if (entries->error)
		return NULL;
	entry = (struct plim_entry *)(void *)(entries->data + entries->used);
	memset(entry, 0, need);
	entry->type = type;
	entry->bytes = (uint32_t)need;
	entries->used += need;
	return entry;
}

static const char *relative(const int32_t *offset)
{
	return (const char *)offset + *offset;
}

static size_t site_bytes(const struct plim_site *site)
{
	size_t bytes = offsetof(struct plim_site, kinds) + site->field_count;
	unsigned int tables = 0;

	for (unsigned int i = 0; i < site->field_count; i++)
		tables += site->kinds[i] == PLIM_K_ENUM;
	bytes = ((bytes + 3) & ~(size_t)3) + tables * sizeof(int32_t);
	return (bytes + PLIM_SITE_ALIGN - 1) & ~(size_t)(PLIM_SITE_ALIGN - 1);
}

struct plim_site *plim_modules_next_site(struct plim_site *site)
{
	return (struct plim_site *)(void *)((uint8_t *)site + site_bytes(site));
}

/* The table of a site's n-th PLIM_ENUM field. */
static const struct plim_enum_entry *site_table(const struct plim_site *site, unsigned int n)
{
	size_t at = (offsetof(struct plim_site, kinds) + site->field_count + 3) & ~(size_t)3;
	const int32_t *offset = (const int32_t *)(const void *)((const uint8_t *)site + at) + n;

	return (const struct plim_enum_entry *)(const void *)relative(offset);
}

#define MEASURE_NONE                                 PLIM_MEASURE_NONE
#define MEASURE_NUL8                                 PLIM_MEASURE_NUL8
#define MEASURE_NUL16                                PLIM_MEASURE_NUL16
#define MEASURE_NUL32                                PLIM_MEASURE_NUL32
#define MEASURE_COUNTED                              PLIM_MEASURE_COUNTED
#define MEASURE_FIXED16                              PLIM_MEASURE_FIXED16
#define MEASURE_FIXED6                               PLIM_MEASURE_FIXED6
#define KIND_ROW(name, number, words, slot, measure) [number] = {words, slot, MEASURE_##measure},

static const struct kind_row {
	uint8_t words, slot, measure;
} kind_rows[64] = {PLIM_KINDS(KIND_ROW)};

/* One string among values has a way of its own; anything else takes the general one. */
static void note_text(struct plim_site *site, uint8_t measure, uint32_t slot)
{
	bool is_first = site->text == PLIM_SITE_TEXT_NONE;

	site->text = is_first && measure == PLIM_MEASURE_NUL8 ? PLIM_SITE_TEXT_ONE_STRING
							      : PLIM_SITE_TEXT_ANY;
	site->text_slot = (uint8_t)slot;
}

/*
 * Computes what the path reads from a site. Words beyond its own are stored where the time goes,
 * which is stored after them (emit_x86_64.S); the size leaves room for the last 8-byte store.
 */
static void complete(struct plim_site *site, uint32_t number)
{
	uint32_t at = sizeof(struct plim_record);
	uint32_t end = at;
	uint32_t words = 0;

	memset(site, 0, offsetof(struct plim_site, provider));
	memset(site->offset, offsetof(struct plim_record, ticks), sizeof(site->offset));
	for (unsigned int i = 0; i < site->field_count; i++) {
		struct kind_row row = kind_rows[site->kinds[i] & 63];

		if (site->kinds[i] & PLIM_KIND_ARRAY)
			row = (struct kind_row){2, 2, PLIM_MEASURE_COUNTED};
		if (words < 5) {
			site->offset[words] = (uint8_t)at;
			site->measure[words] = row.measure;
		}
		if (row.words == 2 && words + 1 < 5)
			site->measure[words + 1] = PLIM_MEASURE_LENGTH;
		if (row.measure != PLIM_MEASURE_NONE)
			note_text(site, row.measure, at);
		else if (words < 5 && at + 8 > end)
			end = at + 8;
		words += row.words;
		at += row.slot;
	}
	if (at > end)
		end = at;
	/* A string of less than 8 bytes is stored as 8, too. */
	if (site->text == PLIM_SITE_TEXT_ONE_STRING && at + 8 > end)
		end = at + 8;
	site->word_count = (uint8_t)words;
	site->fixed_bytes = (uint16_t)at;
	site->header = number << PLIM_RECORD_SITE_SHIFT | ((end + 7) & ~7u) >> 2;
}

static uint32_t add_provider(struct entries *entries, const struct plim_provider *provider,
			     uint32_t number)
{
	struct plim_entry_provider *entry;
	size_t length = strlen(provider->name) + 1;

	entry = entries_add(entries, PLIM_ENTRY_PROVIDER, sizeof(*entry) + length);
	if (entry) {
		entry->number = number;
		memcpy(entry->guid, provider->guid, sizeof(entry->guid));
		memcpy(entry->name, provider->name, length);
	}
	return number;
}

static uint32_t add_table(struct entries *entries, const struct plim_enum_entry *table,
			  uint32_t number)
{
	struct plim_entry_enum *entry;
	size_t text = 0;
	uint32_t count = 0;
	char *name;

	for (; table[count].name; count++)
		text += strlen(table[count].name) + 1;
	entry = entries_add(entries, PLIM_ENTRY_ENUM,
			    sizeof(*entry) + count * sizeof(int64_t) + text);
	if (!entry)
		return 0;
	entry->number = number;
	entry->count = count;
	name = (char *)&entry->values[count];
	for (uint32_t i = 0; i < count; i++) {
		entry->values[i] = table[i].value;
		name = stpcpy(name, table[i].name) + 1;
	}
	return number;
}

/* The event's name, the file's and the fields' as they stand in the literal, one after another. */
static size_t strings_bytes(const char *strings, unsigned int count)
{
	const char *at = strings;

	while (count--)
		at += strlen(at) + 1;
	return (size_t)(at - strings);
}

static void add_site(struct entries *entries, const struct plim_site *site, uint32_t module,
		     uint32_t provider, const uint32_t *tables, uint64_t enable_offset)
{
	const char *event = relative(&site->strings);
	const char *file = event + strlen(event) + 1;
	const char *function = relative(&site->function);
	size_t event_bytes = strlen(event) + 1, function_bytes = strlen(function) + 1;
	size_t rest = strings_bytes(file, 1u + site->field_count);
	struct plim_entry_site *entry;
	char *text;

	entry = entries_add(entries, PLIM_ENTRY_SITE,
			    sizeof(*entry) + event_bytes + function_bytes + rest);
	if (!entry)
		return;
	entry->number = site->header >> PLIM_RECORD_SITE_SHIFT;
	entry->module = module;
	entry->provider = provider;
	entry->line = site->line;
	entry->keyword = (uint64_t)site->keyword_high << 32 | site->keyword_low;
	entry->enable_offset = enable_offset;
	entry->level = site->level;
	entry->type = site->type;
	entry->field_count = site->field_count;
	memcpy(entry->kinds, site->kinds, site->field_count);
	memcpy(entry->enums, tables, sizeof(entry->enums));
	text = mempcpy(entry->text, event, event_bytes);
	text = mempcpy(text, function, function_bytes);
	memcpy(text, file, rest);
}

/* ------------------------------------------------------------------- who the module is */

struct identity {
	uintptr_t address;
	char path[1024];
	char build_id[64 + 1];
};

/* The GNU build id note (System V ABI, notes; type NT_GNU_BUILD_ID). */
static void read_build_id(struct identity *identity, const uint8_t *note, size_t bytes)
{
	while (bytes >= sizeof(ElfW(Nhdr))) {
		const ElfW(Nhdr) *head = (const void *)note;
		size_t name = (head->n_namesz + 3u) & ~3u, text = (head->n_descsz + 3u) & ~3u;

		if (sizeof(*head) + name + text > bytes)
			return;
		if (head->n_type == NT_GNU_BUILD_ID && head->n_namesz == 4 &&
		    !memcmp(note + sizeof(*head), "GNU", 4)) {
			for (size_t i = 0; i < head->n_descsz && i < 32; i++)
				snprintf(identity->build_id + 2 * i, 3, "%02x",
					 note[sizeof(*head) + name + i]);
			return;
		}
		note += sizeof(*head) + name + text;
		bytes -= sizeof(*head) + name + text;
	}
}

static int match_object(struct dl_phdr_info *info, size_t size, void *data)
{
	struct identity *identity = data;
	bool inside = false;

	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
		uintptr_t start = info->dlpi_addr + segment->p_vaddr;

		if (segment->p_type == PT_LOAD && identity->address >= start &&
		    identity->address < start + segment->p_memsz)
			inside = true;
	}
	if (!inside)
		return 0;
	snprintf(identity->path, sizeof(identity->path), "%s", info->dlpi_name);
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];

		if (segment->p_type == PT_NOTE && !identity->build_id[0])
			read_build_id(identity, (const void *)(info->dlpi_addr + segment->p_vaddr),
				      segment->p_memsz);
	}
	return 1;
}

static void identify(struct identity *identity, const void *address)
{
	memset(identity, 0, sizeof(*identity));
	identity->address = (uintptr_t)address;
	dl_iterate_phdr(match_object, identity);
	if (!identity->path[0] &&
	    readlink("/proc/self/exe", identity->path, sizeof(identity->path) - 1) < 0)
		snprintf(identity->path, sizeof(identity->path), "(unknown)");
}

static struct plim_entry_module *add_module(struct entries *entries,
					    const struct plim_module *module, uint32_t number)
{
	struct plim_entry_module *entry;
	struct identity identity;
	size_t path_bytes, id_bytes;

	identify(&identity, module->sites_begin);
	path_bytes = strlen(identity.path) + 1;
	id_bytes = strlen(identity.build_id) + 1;
	entry = entries_add(entries, PLIM_ENTRY_MODULE, sizeof(*entry) + path_bytes + id_bytes);
	if (!entry)
		return NULL;
	entry->number = number;
	memcpy(mempcpy(entry->text, identity.path, path_bytes), identity.build_id, id_bytes);
	return entry;
}

/* ------------------------------------------------------------------------------- adding */

/* What was described already, found again by address. Modules have few providers and tables. */
struct known {
	const void *what[256];
	uint32_t number[256];
	unsigned int count;
};

static uint32_t known_find(const struct known *known, const void *what)
{
	for (unsigned int i = 0; i < known->count; i++) {
		if (known->what[i] == what)
			return known->number[i];
	}
	return 0;
}

static uint32_t known_add(struct known *known, const void *what, uint32_t number)
{
	if (known->count < 256) {
		known->what[known->count] = what;
		known->number[known->count++] = number;
	}
	return number;
}

static bool enabled_by_filter(const struct plim_tracefile *file, const struct plim_site *site)
{
	const struct plim_file_header *header = plim_tracefile_header(file);
	const struct plim_provider *provider = (const void *)(uintptr_t)site->provider;

	return plim_filter_page_decide(
		(const char *)file->base + header->filter_offset, PLIM_FILTER_BYTES, provider->name,
		site->type == PLIM_SITE_ENABLED ? NULL : relative(&site->strings), site->level,
		(uint64_t)site->keyword_high << 32 | site->keyword_low);
}

/* Completes and describes every site; enable offsets are relative to the module's pages so far. */
static void describe_sites(struct entries *entries, struct plim_module *module,
			   struct plim_numbers *numbers)
{
	struct known providers = {.count = 0}, tables = {.count = 0};

	for (struct plim_site *site = module->sites_begin; site < module->sites_end;
	     site = plim_modules_next_site(site)) {
		const void *provider = (const void *)(uintptr_t)site->provider;
		uint32_t provider_number = known_find(&providers, provider);
		uint32_t enums[16] = {0};
		unsigned int n = 0;

		if (!provider_number)
			provider_number =
				known_add(&providers, provider,
					  add_provider(entries, provider, ++numbers->provider));
		for (unsigned int i = 0; i < site->field_count && i < 16; i++) {
			const struct plim_enum_entry *table;

			if (site->kinds[i] != PLIM_K_ENUM)
				continue;
			table = site_table(site, n++);
			enums[i] = known_find(&tables, table);
			if (!enums[i])
				enums[i] = known_add(&tables, table,
						     add_table(entries, table, ++numbers->table));
		}
		complete(site, ++numbers->site);
		add_site(entries, site, numbers->module, provider_number, enums,
			 (uint64_t)((const uint8_t *)relative(&site->enable) -
				    module->enable_begin));
	}
}

/* Now that the pages have their place in the file, tells every entry. */
static void set_offsets(struct entries *entries, uint64_t pages, uint64_t page_bytes)
{
	for (size_t at = 0; at < entries->used;) {
		struct plim_entry *entry = (void *)(entries->data + at);

		if (entry->type == PLIM_ENTRY_SITE) {
			((struct plim_entry_site *)(void *)entry)->enable_offset += pages;
		} else if (entry->type == PLIM_ENTRY_MODULE) {
			((struct plim_entry_module *)(void *)entry)->enable_offset = pages;
			((struct plim_entry_module *)(void *)entry)->enable_bytes = page_bytes;
		}
		at += entry->bytes;
	}
}

/* Decides for each site, in the file's pages, before they take the place of the module's. */
static int attach(struct plim_tracefile *file, struct plim_module *module, uint64_t pages)
{
	size_t bytes = (size_t)(module->enable_end - module->enable_begin);
	uint8_t *page =
		mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file->fd, (off_t)pages);

	if (page == MAP_FAILED)
		return -errno;
	for (struct plim_site *site = module->sites_begin; site < module->sites_end;
	     site = plim_modules_next_site(site))
		page[(const uint8_t *)relative(&site->enable) - module->enable_begin] =
			enabled_by_filter(file, site);
	if (mremap(page, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, module->enable_begin) ==
	    MAP_FAILED) {
		munmap(page, bytes);
		return -errno;
	}
	return 0;
}

int plim_modules_add(struct plim_tracefile *file, struct plim_module *module,
		     struct plim_numbers *numbers)
{
	uint64_t page_bytes = (uint64_t)(module->enable_end - module->enable_begin);
	struct plim_entry_module *head;
	struct entries entries = {0};
	uint64_t pages = 0;
	uint32_t first = numbers->site;
	int64_t chunk = 0;

	if (page_bytes % PLIM_FILE_PAGE_BYTES ||
	    (uintptr_t)module->enable_begin % PLIM_FILE_PAGE_BYTES)
		return -ENOEXEC;
	head = add_module(&entries, module, ++numbers->module);
	describe_sites(&entries, module, numbers);
	if (numbers->site >= PLIM_SITE_COUNT_MAX)
		entries.error = -EOVERFLOW;
	if (!entries.error) {
		chunk = plim_tracefile_append(file, entries.data, (uint32_t)entries.used,
					      page_bytes, &pages);
		entries.error = chunk < 0 ? (int)chunk : 0;
	}
	if (!entries.error) {
		head = (void *)entries.data;
		head->site_count = numbers->site - first;
		set_offsets(&entries, pages, page_bytes);
		if (pwrite(file->fd, entries.data, entries.used,
			   (off_t)chunk + (off_t)sizeof(struct plim_chunk)) !=
		    (ssize_t)entries.used)
			entries.error = -EIO;
	}
	if (!entries.error)
		entries.error = plim_tracefile_publish(file, (uint64_t)chunk);
	if (!entries.error)
		entries.error = attach(file, module, pages);
	if (entries.data)
		munmap(entries.data, entries.room);
	return entries.error;
}

void plim_modules_detach(struct plim_module *module)
{
	size_t bytes = (size_t)(module->enable_end - module->enable_begin);

	if (bytes)
		mmap(module->enable_begin, bytes, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}
