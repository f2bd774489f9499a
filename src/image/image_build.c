/* SPDX-License-Identifier: MIT */
#include "image/image_build.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare_sections(const void *a, const void *b)
{
	const struct plim_section *x = a;
	const struct plim_section *y = b;
	bool x_loaded = x->flags & PLIM_SECTION_LOADED;
	bool y_loaded = y->flags & PLIM_SECTION_LOADED;

	if (x_loaded != y_loaded)
		return x_loaded ? -1 : 1;
	if (x_loaded && x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

int plim_build_sections(struct plim_builder *builder)
{
	struct plim_section *sections = builder->sections.items;
	size_t count = builder->sections.count;
	uint64_t end = PLIM_OBJECT_BASE;

	if (count)
		qsort(sections, count, sizeof(*sections), compare_sections);
	for (size_t i = 0; i < count && sections[i].flags & PLIM_SECTION_LOADED; i++) {
		if (sections[i].address + sections[i].size > end)
			end = sections[i].address + sections[i].size;
	}
	builder->image->sections = sections;
	builder->image->section_count = count;
	builder->next_placeholder = (end + 0xffff) & ~(uint64_t)0xffff;
	return 0;
}

uint32_t plim_build_import(struct plim_builder *builder, const char *name, const char *library,
			   bool is_weak)
{
	struct plim_import *import = plim_vec_add(&builder->imports, sizeof(*import));

	if (!import)
		return PLIM_NONE;
	import->name = name;
	import->library = library;
	import->is_weak = is_weak;
	import->address = builder->next_placeholder;
	builder->next_placeholder += PLIM_PLACEHOLDER_STEP;
	return (uint32_t)(builder->imports.count - 1);
}

uint64_t plim_build_import_address(const struct plim_builder *builder, uint32_t import)
{
	const struct plim_import *imports = builder->imports.items;

	return import < builder->imports.count ? imports[import].address : PLIM_NO_ADDRESS;
}

struct plim_candidate *plim_build_function(struct plim_builder *builder, const char *name,
					   uint64_t address, uint64_t size, enum plim_rank rank,
					   uint32_t flags)
{
	struct plim_candidate *candidate = plim_vec_add(&builder->candidates, sizeof(*candidate));

	if (!candidate)
		return NULL;
	candidate->name = name;
	candidate->address = address;
	candidate->size = size;
	candidate->rank = rank;
	candidate->flags = flags;
	return candidate;
}

static int compare_candidates(const void *a, const void *b)
{
	const struct plim_candidate *x = a;
	const struct plim_candidate *y = b;
	bool x_global = x->flags & PLIM_FUNCTION_GLOBAL;
	bool y_global = y->flags & PLIM_FUNCTION_GLOBAL;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x_global != y_global)
		return x_global ? -1 : 1;
	if (x->name && y->name) {
		size_t x_length = strlen(x->name);
		size_t y_length = strlen(y->name);

		if (x_length != y_length)
			return x_length < y_length ? -1 : 1;
		return strcmp(x->name, y->name);
	}
	return x->name ? -1 : y->name != NULL;
}

/* All that is said of one address becomes its best candidate. */
static void merge_same_start(struct plim_vec *candidates)
{
	struct plim_candidate *items = candidates->items;
	size_t kept = 0;

	if (candidates->count)
		qsort(items, candidates->count, sizeof(*items), compare_candidates);
	for (size_t i = 0; i < candidates->count; i++) {
		struct plim_candidate *best = kept ? &items[kept - 1] : NULL;

		if (!best || best->address != items[i].address) {
			items[kept++] = items[i];
			continue;
		}
		if (!best->size)
			best->size = items[i].size;
		if (best->rank == PLIM_RANK_SYMBOL && items[i].rank == PLIM_RANK_SYMBOL &&
		    items[i].size > best->size)
			best->size = items[i].size;
		best->flags |= items[i].flags;
	}
	candidates->count = kept;
}

/* A label or a table's entry inside a sized function is part of it, not a function of its own. */
static bool is_inside(const struct plim_candidate *inner, const struct plim_candidate *outer)
{
	if (inner->rank < PLIM_RANK_LABEL || outer->rank > PLIM_RANK_LABEL || !outer->size)
		return false;
	return inner->address - outer->address < outer->size;
}

static bool drop_nested(struct plim_image *image, struct plim_vec *candidates)
{
	struct plim_candidate *items = candidates->items;
	const struct plim_candidate *outer = NULL;
	size_t kept = 0;

	for (size_t i = 0; i < candidates->count; i++) {
		const struct plim_section *section = plim_image_section_at(image, items[i].address);

		if (!section || !(section->flags & PLIM_SECTION_EXEC) || !section->data ||
		    items[i].address - section->address >= section->data_bytes)
			continue;
		if (outer && is_inside(&items[i], outer))
			continue;
		items[kept++] = items[i];
		if (items[i].size && items[i].rank <= PLIM_RANK_LABEL)
			outer = &items[kept - 1];
	}
	candidates->count = kept;
	return kept != 0;
}

static const char *nameless(struct plim_image *image, uint64_t address)
{
	char text[32];
	int length = snprintf(text, sizeof(text), "fn_%" PRIx64, address);

	return plim_arena_string(&image->priv->arena, text, (size_t)length);
}

static int make_functions(struct plim_image *image, const struct plim_vec *candidates)
{
	const struct plim_candidate *items = candidates->items;
	struct plim_function *functions = calloc(candidates->count, sizeof(*functions));

	if (!functions)
		return -1;
	image->functions = functions;
	for (size_t i = 0; i < candidates->count; i++) {
		const struct plim_section *section = plim_image_section_at(image, items[i].address);
		uint64_t limit = section->address + section->data_bytes;
		struct plim_function *f = &functions[i];

		if (i + 1 < candidates->count && items[i + 1].address < limit)
			limit = items[i + 1].address;
		f->name = items[i].name;
		f->unit = items[i].unit;
		f->flags = items[i].flags;
		f->address = items[i].address;
		f->size = items[i].size;
		f->parent = PLIM_NONE;
		if (!f->size)
			f->flags |= PLIM_FUNCTION_SIZE_GUESSED;
		if (!f->size || f->size > limit - f->address)
			f->size = limit - f->address;
		if (!f->name) {
			f->flags |= PLIM_FUNCTION_NAMELESS;
			f->name = nameless(image, f->address);
			if (!f->name)
				return -1;
		}
	}
	image->function_count = candidates->count;
	return 0;
}

static int compare_symbols(const void *a, const void *b)
{
	const struct plim_symbol *x = a;
	const struct plim_symbol *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	if (x->is_global != y->is_global)
		return x->is_global ? -1 : 1;
	return strcmp(x->name, y->name);
}

static int compare_names(const void *a, const void *b, void *context)
{
	const struct plim_symbol *symbols = context;
	const struct plim_symbol *x = &symbols[*(const uint32_t *)a];
	const struct plim_symbol *y = &symbols[*(const uint32_t *)b];
	int order = strcmp(x->name, y->name);

	if (order)
		return order;
	if (x->is_global != y->is_global)
		return x->is_global ? -1 : 1;
	return x->address < y->address ? -1 : x->address > y->address;
}

static int finish_symbols(struct plim_builder *builder)
{
	struct plim_image *image = builder->image;
	struct plim_symbol *symbols = builder->symbols.items;
	size_t count = builder->symbols.count;
	uint32_t *names;

	if (!count)
		return 0;
	qsort(symbols, count, sizeof(*symbols), compare_symbols);
	names = malloc(count * sizeof(*names));
	if (!names)
		return -1;
	for (size_t i = 0; i < count; i++) {
		uint32_t at = plim_image_function_at(image, symbols[i].address);

		names[i] = (uint32_t)i;
		symbols[i].function = PLIM_NONE;
		if (at != PLIM_NONE && image->functions[at].address == symbols[i].address)
			symbols[i].function = at;
	}
	qsort_r(names, count, sizeof(*names), compare_names, symbols);
	image->priv->names = names;
	image->symbols = symbols;
	image->symbol_count = count;
	memset(&builder->symbols, 0, sizeof(builder->symbols));
	return 0;
}

static int compare_imports(const void *a, const void *b)
{
	const struct plim_import *x = a;
	const struct plim_import *y = b;
	int order = strcmp(x->name, y->name);

	if (order)
		return order;
	return x->address < y->address ? -1 : x->address > y->address;
}

/* Sorts the imports by name; the placeholder tells what index each of the old ones has now. */
static int finish_imports(struct plim_builder *builder)
{
	struct plim_import *imports = builder->imports.items;
	size_t count = builder->imports.count;
	uint64_t first = count ? imports[0].address : 0;
	uint32_t *renumbered;

	if (!count)
		return 0;
	renumbered = malloc(count * sizeof(*renumbered));
	if (!renumbered)
		return -1;
	qsort(imports, count, sizeof(*imports), compare_imports);
	for (size_t i = 0; i < count; i++)
		renumbered[(imports[i].address - first) / PLIM_PLACEHOLDER_STEP] = (uint32_t)i;
	builder->image->priv->import_of_placeholder = renumbered;
	builder->image->priv->first_placeholder = first;
	builder->image->imports = imports;
	builder->image->import_count = count;
	memset(&builder->imports, 0, sizeof(builder->imports));
	return 0;
}

/* Without relocations, a word of data that is the start of a function may be a pointer to it. */
static int scan_pointers(struct plim_builder *builder)
{
	struct plim_image *image = builder->image;
	unsigned bytes = image->address_bytes;

	for (size_t i = 0; i < image->section_count; i++) {
		const struct plim_section *s = &image->sections[i];

		if (!(s->flags & PLIM_SECTION_LOADED) || s->flags & PLIM_SECTION_EXEC || !s->data)
			continue;
		for (uint64_t at = -s->address & (bytes - 1);
		     at < s->data_bytes && s->data_bytes - at >= bytes; at += bytes) {
			struct plim_pointer *pointer;
			uint64_t value = 0;
			uint32_t f;

			memcpy(&value, s->data + at, bytes);
			if (image->arch == PLIM_ARCH_ARM)
				value &= ~(uint64_t)1;
			f = plim_image_function_at(image, value);
			if (f == PLIM_NONE || image->functions[f].address != value)
				continue;
			pointer = plim_vec_add(&builder->pointers, sizeof(*pointer));
			if (!pointer)
				return -1;
			pointer->place = s->address + at;
			pointer->target = value;
			pointer->import = PLIM_NONE;
			pointer->is_scanned = true;
		}
	}
	return 0;
}

static int compare_pointers(const void *a, const void *b)
{
	const struct plim_pointer *x = a;
	const struct plim_pointer *y = b;

	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	if (x->is_scanned != y->is_scanned)
		return x->is_scanned ? 1 : -1;
	return x->target < y->target ? -1 : x->target > y->target;
}

static int finish_pointers(struct plim_builder *builder)
{
	const uint32_t *renumbered = builder->image->priv->import_of_placeholder;
	struct plim_pointer *pointers;
	size_t kept = 0;

	if (builder->scan_pointers && scan_pointers(builder))
		return -1;
	pointers = builder->pointers.items;
	if (!builder->pointers.count)
		return 0;
	qsort(pointers, builder->pointers.count, sizeof(*pointers), compare_pointers);
	for (size_t i = 0; i < builder->pointers.count; i++) {
		if (kept && pointers[i].place == pointers[kept - 1].place)
			continue;
		pointers[kept] = pointers[i];
		if (pointers[kept].import != PLIM_NONE)
			pointers[kept].import = renumbered[pointers[kept].import];
		kept++;
	}
	builder->image->pointers = pointers;
	builder->image->pointer_count = kept;
	memset(&builder->pointers, 0, sizeof(builder->pointers));
	return 0;
}

static int compare_stubs(const void *a, const void *b)
{
	const struct plim_stub *x = a;
	const struct plim_stub *y = b;

	return x->address < y->address ? -1 : x->address > y->address;
}

static void finish_stubs(struct plim_builder *builder)
{
	const uint32_t *renumbered = builder->image->priv->import_of_placeholder;
	struct plim_stub *stubs = builder->stubs.items;

	if (!builder->stubs.count)
		return;
	qsort(stubs, builder->stubs.count, sizeof(*stubs), compare_stubs);
	for (size_t i = 0; i < builder->stubs.count; i++) {
		if (stubs[i].import != PLIM_NONE)
			stubs[i].import = renumbered[stubs[i].import];
	}
	builder->image->stubs = stubs;
	builder->image->stub_count = builder->stubs.count;
	memset(&builder->stubs, 0, sizeof(builder->stubs));
}

static int compare_marks(const void *a, const void *b)
{
	const struct plim_mark *x = a;
	const struct plim_mark *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return x->kind < y->kind ? -1 : x->kind > y->kind;
}

int plim_build_finish(struct plim_builder *builder)
{
	struct plim_image *image = builder->image;
	int status = -1;

	memset(&builder->sections, 0, sizeof(builder->sections));
	if (builder->marks.count)
		qsort(builder->marks.items, builder->marks.count, sizeof(struct plim_mark),
		      compare_marks);
	image->priv->marks = builder->marks.items;
	image->priv->mark_count = builder->marks.count;
	memset(&builder->marks, 0, sizeof(builder->marks));
	merge_same_start(&builder->candidates);
	if (drop_nested(image, &builder->candidates) && make_functions(image, &builder->candidates))
		goto done;
	if (plim_build_fragments(image) || finish_symbols(builder) || finish_imports(builder) ||
	    finish_pointers(builder))
		goto done;
	finish_stubs(builder);
	status = 0;
done:
	plim_build_free(builder);
	return status;
}

void plim_build_free(struct plim_builder *builder)
{
	plim_vec_free(&builder->candidates);
	plim_vec_free(&builder->symbols);
	plim_vec_free(&builder->imports);
	plim_vec_free(&builder->pointers);
	plim_vec_free(&builder->stubs);
	plim_vec_free(&builder->marks);
}
