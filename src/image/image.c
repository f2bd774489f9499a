/* SPDX-License-Identifier: MIT */
#include "image/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image/image_archive.h"
#include "image/image_build.h"
#include "image/image_marks.h"

const char *plim_arch_name(enum plim_arch arch)
{
	static const char *const names[] = {
		[PLIM_ARCH_X86_64] = "x86_64",   [PLIM_ARCH_AARCH64] = "aarch64",
		[PLIM_ARCH_ARM] = "arm",         [PLIM_ARCH_RISCV64] = "riscv64",
		[PLIM_ARCH_RISCV32] = "riscv32",
	};

	return names[arch];
}

/* Index of the last item of a sorted array whose key is <= the wanted one, or `count`. */
#define LAST_AT_OR_BEFORE(items, count, key, wanted, result)        \
	do {                                                        \
		size_t low_ = 0;                                    \
		size_t high_ = (count);                             \
		while (low_ < high_) {                              \
			size_t middle_ = low_ + (high_ - low_) / 2; \
			if ((items)[middle_].key <= (wanted))       \
				low_ = middle_ + 1;                 \
			else                                        \
				high_ = middle_;                    \
		}                                                   \
		(result) = low_ ? low_ - 1 : (count);               \
	} while (0)

uint32_t plim_image_function_at(const struct plim_image *image, uint64_t address)
{
	size_t i;

	LAST_AT_OR_BEFORE(image->functions, image->function_count, address, address, i);
	if (i == image->function_count ||
	    address - image->functions[i].address >= image->functions[i].size)
		return PLIM_NONE;
	return (uint32_t)i;
}

uint32_t plim_image_owner_at(const struct plim_image *image, uint64_t address)
{
	uint32_t i = plim_image_function_at(image, address);

	if (i != PLIM_NONE && image->functions[i].parent != PLIM_NONE)
		return image->functions[i].parent;
	return i;
}

const struct plim_section *plim_image_section_at(const struct plim_image *image, uint64_t address)
{
	size_t i;

	/* Sections without an address are last and have the largest one there is. */
	LAST_AT_OR_BEFORE(image->sections, image->section_count, address, address, i);
	if (i == image->section_count || !(image->sections[i].flags & PLIM_SECTION_LOADED))
		return NULL;
	/* Of several at one address the empty ones come before or after the one with bytes. */
	while (i && image->sections[i].size == 0)
		i--;
	if (address - image->sections[i].address >= image->sections[i].size)
		return NULL;
	return &image->sections[i];
}

const struct plim_section *plim_image_section_named(const struct plim_image *image,
						    const char *name)
{
	for (size_t i = 0; i < image->section_count; i++) {
		if (strcmp(image->sections[i].name, name) == 0)
			return &image->sections[i];
	}
	return NULL;
}

const uint8_t *plim_image_bytes(const struct plim_image *image, uint64_t address, size_t size)
{
	const struct plim_section *s = plim_image_section_at(image, address);
	uint64_t offset;

	if (!s || !s->data)
		return NULL;
	offset = address - s->address;
	if (offset > s->data_bytes || size > s->data_bytes - offset)
		return NULL;
	return s->data + offset;
}

const struct plim_symbol *plim_image_symbol_named(const struct plim_image *image, const char *name)
{
	size_t low = 0;
	size_t high = image->symbol_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(image->symbols[image->priv->names[middle]].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == image->symbol_count ||
	    strcmp(image->symbols[image->priv->names[low]].name, name) != 0)
		return NULL;
	return &image->symbols[image->priv->names[low]];
}

const struct plim_symbol *plim_image_symbol_at(const struct plim_image *image, uint64_t address)
{
	size_t i;

	LAST_AT_OR_BEFORE(image->symbols, image->symbol_count, address, address, i);
	/* A small symbol may lie within a large one: look back, but not without end. */
	for (unsigned tries = 0; i < image->symbol_count && tries < 64; i--, tries++) {
		const struct plim_symbol *s = &image->symbols[i];

		if (address == s->address || address - s->address < s->size)
			return s;
	}
	return NULL;
}

const struct plim_import *plim_image_import_at(const struct plim_image *image, uint64_t address)
{
	uint64_t index = (address - image->priv->first_placeholder) / PLIM_PLACEHOLDER_STEP;

	if (address < image->priv->first_placeholder || index >= image->import_count ||
	    address % PLIM_PLACEHOLDER_STEP)
		return NULL;
	return &image->imports[image->priv->import_of_placeholder[index]];
}

const struct plim_pointer *plim_image_pointer_at(const struct plim_image *image, uint64_t place)
{
	size_t i;

	LAST_AT_OR_BEFORE(image->pointers, image->pointer_count, place, place, i);
	if (i == image->pointer_count || image->pointers[i].place != place)
		return NULL;
	return &image->pointers[i];
}

const struct plim_stub *plim_image_stub_at(const struct plim_image *image, uint64_t address)
{
	size_t i;

	LAST_AT_OR_BEFORE(image->stubs, image->stub_count, address, address, i);
	if (i == image->stub_count || address - image->stubs[i].address >= image->stubs[i].size)
		return NULL;
	return &image->stubs[i];
}

static void release_file(struct plim_file *file)
{
	if (--file->references)
		return;
	if (file->is_mapped)
		munmap((void *)file->bytes, file->size);
	free(file);
}

static void free_image(struct plim_image *image)
{
	struct plim_image_private *priv = image->priv;

	if (priv) {
		plim_image_dwarf_free(priv->dwarf);
		plim_cfi_free(&priv->cfi);
		plim_vec_free(&priv->orc);
		plim_arena_free(&priv->arena);
		free(priv->marks);
		free(priv->names);
		free(priv->import_of_placeholder);
		if (priv->file)
			release_file(priv->file);
		free(priv);
	}
	free((void *)image->sections);
	free((void *)image->functions);
	free((void *)image->fragments);
	free((void *)image->symbols);
	free((void *)image->imports);
	free((void *)image->pointers);
	free((void *)image->stubs);
	free(image);
}

static void truncate_list(struct plim_image_list *list, size_t count)
{
	while (list->count > count)
		free_image(list->images[--list->count]);
}

void plim_image_list_free(struct plim_image_list *list)
{
	truncate_list(list, 0);
	free(list->images);
	list->images = NULL;
}

static struct plim_image *new_image(struct plim_file *file, const uint8_t *bytes, size_t size,
				    const char *path)
{
	struct plim_image *image = calloc(1, sizeof(*image));

	if (!image)
		return NULL;
	image->priv = calloc(1, sizeof(*image->priv));
	if (!image->priv) {
		free(image);
		return NULL;
	}
	image->priv->file = file;
	file->references++;
	image->priv->bytes = bytes;
	image->priv->size = size;
	image->entry = PLIM_NO_ADDRESS;
	image->path = plim_arena_string(&image->priv->arena, path, strlen(path));
	if (!image->path) {
		free_image(image);
		return NULL;
	}
	return image;
}

/* One image from one piece of the file. Returns 0; or -1 with the error's line. */
static int add_image(struct plim_image_list *list, struct plim_file *file, const uint8_t *bytes,
		     size_t size, const char *path, struct plim_error *err)
{
	struct plim_image **grown;
	struct plim_image *image;
	int status;

	grown = realloc(list->images, (list->count + 1) * sizeof(*grown));
	if (!grown)
		return plim_error_set(err, "%s: no memory", path);
	list->images = grown;
	image = new_image(file, bytes, size, path);
	if (!image)
		return plim_error_set(err, "%s: no memory", path);
	if (size >= 4 && memcmp(bytes, "\177ELF", 4) == 0)
		status = plim_elf_read(image, err);
	else
		status = plim_pe_read(image, err);
	if (status) {
		free_image(image);
		return -1;
	}
	list->images[list->count++] = image;
	return 0;
}

/* Members that are no objects (symbol tables, text, other CPUs' code) are passed over. */
static int add_members(struct plim_image_list *list, struct plim_file *file, const char *path,
		       struct plim_error *err)
{
	struct plim_archive archive = {.bytes = file->bytes, .size = file->size};
	struct plim_member member;
	struct plim_error first = {""};
	size_t before = list->count;

	while (plim_archive_next(&archive, &member)) {
		char name[512];
		struct plim_error why;

		plim_archive_name(path, &member, name, sizeof(name));
		if (add_image(list, file, member.bytes, member.size, name, &why) && !first.text[0])
			first = why;
	}
	if (archive.is_thin)
		return plim_error_set(err, "%s: a thin archive holds no code; give its members",
				      path);
	if (list->count != before)
		return 0;
	return plim_error_set(err, "%s: no object in this archive can be read%s%s", path,
			      first.text[0] ? ": " : "", first.text);
}

static int open_file(struct plim_file *file, const char *path, struct plim_image_list *list,
		     struct plim_error *err)
{
	size_t before = list->count;
	int status;

	if (plim_is_archive(file->bytes, file->size))
		status = add_members(list, file, path, err);
	else
		status = add_image(list, file, file->bytes, file->size, path, err);
	if (status)
		truncate_list(list, before);
	if (!list->count) {
		free(list->images);
		list->images = NULL;
	}
	release_file(file);
	return status;
}

int plim_image_open_memory(const char *name, const void *bytes, size_t size,
			   struct plim_image_list *list, struct plim_error *err)
{
	struct plim_file *file = calloc(1, sizeof(*file));

	if (!file)
		return plim_error_set(err, "%s: no memory", name);
	file->bytes = bytes;
	file->size = size;
	file->references = 1;
	return open_file(file, name, list, err);
}

static int map_file(const char *path, struct plim_file *file, struct plim_error *err)
{
	struct stat st;
	void *bytes;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return plim_error_set(err, "%s: cannot be opened: %s", path, strerror(errno));
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return plim_error_set(err, "%s: not a regular file", path);
	}
	if (st.st_size == 0) {
		close(fd);
		return plim_error_set(err, "%s: an empty file; an ELF or PE binary is needed",
				      path);
	}
	bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (bytes == MAP_FAILED)
		return plim_error_set(err, "%s: cannot be mapped: %s", path, strerror(errno));
	file->bytes = bytes;
	file->size = (size_t)st.st_size;
	file->is_mapped = true;
	return 0;
}

int plim_image_open(const char *path, struct plim_image_list *list, struct plim_error *err)
{
	struct plim_file *file = calloc(1, sizeof(*file));

	if (!file)
		return plim_error_set(err, "%s: no memory", path);
	file->references = 1;
	if (map_file(path, file, err)) {
		free(file);
		return -1;
	}
	return open_file(file, path, list, err);
}

char plim_image_mark_at(const struct plim_image *image, uint64_t address)
{
	size_t i;

	if (!image->priv->mark_count)
		return 0;
	LAST_AT_OR_BEFORE(image->priv->marks, image->priv->mark_count, address, address, i);
	return i < image->priv->mark_count ? image->priv->marks[i].kind : 0;
}
