/* SPDX-License-Identifier: MIT */
#include "core/elf_load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/elf_parts.h"
#include "core/error_in.h"

int plim_elf_each_reloc(struct elf_loader *loader, uint32_t section,
			int (*take)(struct elf_loader *loader, uint32_t section, uint64_t place,
				    uint32_t type, uint32_t symbol))
{
	const struct plim_elf_file *elf = &loader->elf;
	Elf64_Rel rel;
	int rc = 0;

	for (uint32_t i = 1; !rc && i < elf->section_count; i++) {
		const struct plim_elf_section *relocs = &elf->sections[i];

		if ((relocs->type != SHT_REL && relocs->type != SHT_RELA) ||
		    relocs->info != section)
			continue;
		if (relocs->type == SHT_RELA || &elf->sections[relocs->link] != elf->symbols) {
			plim_error_set(loader->err, "section %s: relocations of an unknown kind",
				       elf->sections[section].name);
			rc = -EINVAL;
		}
		for (uint64_t at = 0; !rc && relocs->size - at >= sizeof(rel); at += sizeof(rel)) {
			memcpy(&rel, relocs->bytes + at, sizeof(rel));
			rc = take(loader, section, rel.r_offset, ELF64_R_TYPE(rel.r_info),
				  (uint32_t)ELF64_R_SYM(rel.r_info));
		}
	}
	return rc;
}

static int open_btf(struct elf_loader *loader)
{
	const struct plim_elf_section *section = plim_elf_find(&loader->elf, ".BTF");

	if (!section || !section->bytes)
		return 0; /* needed only by ".maps", which says so */
	return plim_btf_open(&loader->btf, section->bytes, section->size, loader->err);
}

static int load_parts(struct elf_loader *loader, const void *bytes, size_t size)
{
	int rc = plim_elf_open(&loader->elf, bytes, size, loader->err);

	if (!rc)
		rc = open_btf(loader);
	if (!rc)
		rc = plim_elf_load_maps(loader);
	if (!rc)
		rc = plim_elf_find_code(loader);
	if (!rc)
		rc = plim_elf_link_programs(loader);
	if (!rc)
		rc = plim_elf_fill_data(loader);
	if (!rc && loader->file->program_count + loader->file->map_count == 0) {
		plim_error_set(loader->err, "there are neither programs nor maps in it");
		rc = -ENOENT;
	}
	return rc;
}

static void undo_pins(struct elf_loader *loader)
{
	for (uint32_t i = 0; i < loader->file->map_count; i++) {
		if (loader->maps[i].pinned_here)
			plim_bpf_unpin(loader->host, loader->file->maps[i]->spec.name);
	}
}

int plim_bpf_file_load(struct plim_bpf_host *host, const void *bytes, size_t size,
		       const struct plim_bpf_file_options *options, struct plim_bpf_file **out,
		       struct plim_error *err)
{
	/* On the heap: it is some 200 KB. */
	struct elf_loader *loader = calloc(1, sizeof(*loader));
	struct plim_bpf_file *file = calloc(1, sizeof(*file));
	int rc = -ENOMEM;

	if (!loader || !file) {
		plim_error_set(err, "no memory to load an object");
		goto out;
	}
	loader->host = host;
	loader->options = options;
	loader->file = file;
	loader->err = err;
	rc = load_parts(loader, bytes, size);
	if (rc)
		undo_pins(loader);
	plim_elf_drop_code(loader);
	plim_btf_close(&loader->btf);
	plim_elf_close(&loader->elf);
out:
	free(loader);
	if (rc) {
		plim_bpf_file_close(file);
		file = NULL;
	}
	*out = file;
	return rc;
}

static int read_whole(int fd, size_t size, unsigned char *bytes)
{
	size_t got = 0;

	while (got < size) {
		const ssize_t n = read(fd, bytes + got, size - got);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			return -EIO; /* it became shorter meanwhile */
		got += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

static int read_path(const char *path, unsigned char **bytes, size_t *size)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;
	int rc = -errno;

	if (fd < 0)
		return rc;
	rc = fstat(fd, &status) ? -errno : 0;
	if (!rc && !S_ISREG(status.st_mode))
		rc = -EINVAL;
	if (!rc && status.st_size > PLIM_BPF_FILE_BYTES)
		rc = -EFBIG;
	if (rc)
		goto out;
	*size = (size_t)status.st_size;
	*bytes = malloc(*size + 1);
	rc = *bytes ? read_whole(fd, *size, *bytes) : -ENOMEM;
out:
	close(fd);
	return rc;
}

int plim_bpf_file_open(struct plim_bpf_host *host, const char *path,
		       const struct plim_bpf_file_options *options, struct plim_bpf_file **out,
		       struct plim_error *err)
{
	unsigned char *bytes = NULL;
	size_t size = 0;
	int rc = read_path(path, &bytes, &size);

	*out = NULL;
	if (rc)
		plim_error_set(err, "%s", rc == -EINVAL ? "not a regular file" : strerror(-rc));
	else
		rc = plim_bpf_file_load(host, bytes, size, options, out, err);
	if (rc)
		plim_bpf_error_in(err, "object", path);
	free(bytes);
	return rc;
}

void plim_bpf_file_close(struct plim_bpf_file *file)
{
	if (!file)
		return;
	for (uint32_t i = 0; i < file->program_count; i++)
		plim_bpf_object_close(&file->programs[i].program->object);
	for (uint32_t i = 0; i < file->map_count; i++)
		plim_bpf_object_close(&file->maps[i]->object);
	free(file);
}

struct plim_bpf_map *plim_bpf_file_map(const struct plim_bpf_file *file, const char *name)
{
	for (uint32_t i = 0; i < file->map_count; i++) {
		if (strcmp(file->maps[i]->spec.name, name) == 0)
			return file->maps[i];
	}
	return NULL;
}

struct plim_bpf_program *plim_bpf_file_program(const struct plim_bpf_file *file, const char *name)
{
	for (uint32_t i = 0; i < file->program_count; i++) {
		if (strcmp(file->programs[i].program->object.name, name) == 0)
			return file->programs[i].program;
	}
	return NULL;
}
