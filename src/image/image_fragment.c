/* SPDX-License-Identifier: MIT */
/* Pairs the `.cold` halves that compilers split off with the functions they belong to. */
#include "image/image_build.h"

#include <stdlib.h>
#include <string.h>

/* Length of the parent's name within a fragment's: before ".cold" as last part or before ".N". */
static size_t parent_length(const char *name)
{
	const char *cold = strstr(name, ".cold");

	while (cold) {
		if (cold != name && (cold[5] == '\0' || cold[5] == '.'))
			return (size_t)(cold - name);
		cold = strstr(cold + 1, ".cold");
	}
	return 0;
}

static int compare_by_name(const void *a, const void *b, void *context)
{
	const struct plim_function *functions = context;

	return strcmp(functions[*(const uint32_t *)a].name, functions[*(const uint32_t *)b].name);
}

struct by_name {
	const struct plim_function *functions;
	const uint32_t *order;
	size_t count;
};

static size_t first_of_name(const struct by_name *names, const char *name, size_t length)
{
	size_t low = 0;
	size_t high = names->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *other = names->functions[names->order[middle]].name;
		int order = strncmp(other, name, length);

		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Statics of one name in several files are told apart by the file; a lone match needs no file. */
static uint32_t find_parent(const struct by_name *names, const struct plim_function *fragment)
{
	size_t length = parent_length(fragment->name);
	uint32_t found = PLIM_NONE;

	for (size_t i = first_of_name(names, fragment->name, length); i < names->count; i++) {
		uint32_t index = names->order[i];
		const struct plim_function *f = &names->functions[index];

		if (strncmp(f->name, fragment->name, length) != 0 || f->name[length] != '\0')
			break;
		if (f->unit == fragment->unit || f->flags & PLIM_FUNCTION_GLOBAL)
			return index;
		found = found == PLIM_NONE ? index : found;
	}
	return found;
}

static void number_fragments(struct plim_function *functions, size_t count, uint32_t *fragments)
{
	uint32_t next = 0;

	for (size_t i = 0; i < count; i++) {
		functions[i].first_fragment = next;
		next += functions[i].fragment_count;
		functions[i].fragment_count = 0;
	}
	for (size_t i = 0; i < count; i++) {
		struct plim_function *parent;

		if (functions[i].parent == PLIM_NONE)
			continue;
		parent = &functions[functions[i].parent];
		fragments[parent->first_fragment + parent->fragment_count++] = (uint32_t)i;
	}
}

int plim_build_fragments(struct plim_image *image)
{
	struct plim_function *functions = (struct plim_function *)image->functions;
	size_t count = image->function_count;
	struct by_name names = {.functions = functions, .count = count};
	uint32_t *order = malloc((count ? count : 1) * sizeof(*order));
	uint32_t total = 0;
	uint32_t *fragments;

	if (!order)
		return -1;
	for (size_t i = 0; i < count; i++)
		order[i] = (uint32_t)i;
	if (count)
		qsort_r(order, count, sizeof(*order), compare_by_name, functions);
	names.order = order;
	for (size_t i = 0; i < count; i++) {
		uint32_t parent;

		if (!parent_length(functions[i].name))
			continue;
		parent = find_parent(&names, &functions[i]);
		if (parent == PLIM_NONE || parent_length(functions[parent].name))
			continue;
		functions[i].flags |= PLIM_FUNCTION_FRAGMENT;
		functions[i].parent = parent;
		functions[parent].fragment_count++;
		total++;
	}
	free(order);
	fragments = malloc((total ? total : 1) * sizeof(*fragments));
	if (!fragments)
		return -1;
	number_fragments(functions, count, fragments);
	image->fragments = fragments;
	image->fragment_count = total;
	return 0;
}
