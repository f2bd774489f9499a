/* SPDX-License-Identifier: MIT */
/* The maps of an object file: defined in BTF, in the old way, and one for each section of data. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

#include "core/elf_parts.h"

/* A map of the old way in section "maps": `struct bpf_map_def` of libbpf before 1.0. */
struct legacy_map {
	uint32_t type, key_bytes, value_bytes, max_entries, flags;
};

/* About what a map takes; the sum is bounded, so that a file of many large maps is refused. */
static uint64_t estimate(const struct plim_bpf_map_spec *spec)
{
	const uint64_t entry = plim_bpf_round8(spec->key_bytes) +
			       plim_bpf_round8(spec->value_bytes) +
			       (spec->type == BPF_MAP_TYPE_RINGBUF ? 1 : 32);
	const uint64_t rows = spec->type == BPF_MAP_TYPE_PERCPU_ARRAY ? PLIM_BPF_SLOTS : 1;
	const uint64_t count = spec->max_entries ? spec->max_entries * rows : 1;

	return entry > PLIM_BPF_FILE_MAP_BYTES / count ? UINT64_MAX : entry * count;
}

static int add_map(struct elf_loader *loader, const struct plim_bpf_map_spec *spec,
		   struct plim_bpf_map *map, uint32_t section, uint64_t place)
{
	struct plim_bpf_file *file = loader->file;
	const uint64_t bytes = map ? 0 : estimate(spec);
	int rc = 0;

	if (file->map_count == PLIM_BPF_MAX_MAPS) {
		plim_error_set(loader->err, "more than %d maps", PLIM_BPF_MAX_MAPS);
		rc = -E2BIG;
		goto out;
	}
	if (bytes > PLIM_BPF_FILE_MAP_BYTES - loader->map_bytes) {
		plim_error_set(loader->err,
			       "map %s: the maps of this object would take more than "
			       "%u MiB",
			       spec->name, PLIM_BPF_FILE_MAP_BYTES >> 20);
		rc = -E2BIG;
		goto out;
	}
	if (!map)
		rc = plim_bpf_map_new(loader->host, spec, &map, loader->err);
	if (rc)
		goto out;
	loader->map_bytes += bytes;
	loader->maps[file->map_count].section = section;
	loader->maps[file->map_count].place = place;
	loader->maps[file->map_count].values_place = NO_NUMBER;
	file->maps[file->map_count++] = map;
	map = NULL;
out:
	if (map)
		plim_bpf_object_close(&map->object);
	return rc;
}

static bool same_shape(const struct plim_bpf_map_spec *a, const struct plim_bpf_map_spec *b)
{
	return a->type == b->type && a->key_bytes == b->key_bytes &&
	       a->value_bytes == b->value_bytes && a->max_entries == b->max_entries &&
	       a->flags == b->flags;
}

/* A map that is pinned by its name is made once, and found by whoever loads it next. */
static int add_pinned_map(struct elf_loader *loader, const struct plim_bpf_map_spec *spec,
			  uint32_t section, uint64_t place)
{
	struct plim_bpf_map *map =
		(struct plim_bpf_map *)plim_bpf_pinned(loader->host, PLIM_BPF_MAP, spec->name);
	struct plim_bpf_file *file = loader->file;
	int rc;

	if (map && !same_shape(&map->spec, spec)) {
		plim_error_set(loader->err, "map %s: another map is pinned under this name",
			       spec->name);
		plim_bpf_object_close(&map->object);
		rc = -EEXIST;
		goto out;
	}
	rc = add_map(loader, spec, map, section, place);
	if (!rc && !map) {
		rc = plim_bpf_pin(loader->host, spec->name,
				  &file->maps[file->map_count - 1]->object);
		loader->maps[file->map_count - 1].pinned_here = rc == 0;
		if (rc)
			plim_error_set(loader->err, "map %s: cannot be pinned: %s", spec->name,
				       strerror(-rc));
	}
out:
	return rc;
}

static int add_btf_map(struct elf_loader *loader, const Elf64_Sym *symbol)
{
	struct plim_bpf_file *file = loader->file;
	struct plim_btf_map map;
	int rc = plim_btf_map(&loader->btf, plim_elf_symbol_name(&loader->elf, symbol), &map,
			      loader->err);

	if (rc)
		return rc;
	if (map.pinned)
		rc = add_pinned_map(loader, &map.spec, symbol->st_shndx, symbol->st_value);
	else
		rc = add_map(loader, &map.spec, NULL, symbol->st_shndx, symbol->st_value);
	if (!rc && map.has_values)
		loader->maps[file->map_count - 1].values_place = map.values_place;
	return rc;
}

static int add_legacy_map(struct elf_loader *loader, const Elf64_Sym *symbol)
{
	const struct plim_elf_section *section = &loader->elf.sections[symbol->st_shndx];
	const char *name = plim_elf_symbol_name(&loader->elf, symbol);
	struct plim_bpf_map_spec spec = {.type = 0};
	struct legacy_map raw;
	int rc = -EINVAL;

	if (!section->bytes || section->size < sizeof(raw) ||
	    symbol->st_value > section->size - sizeof(raw) || symbol->st_size < sizeof(raw) ||
	    symbol->st_size > section->size - symbol->st_value) {
		plim_error_set(loader->err, "map %s: its definition is cut", name);
		goto out;
	}
	memcpy(&raw, section->bytes + symbol->st_value, sizeof(raw));
	for (uint64_t i = sizeof(raw); i < symbol->st_size; i++) {
		if (section->bytes[symbol->st_value + i]) {
			plim_error_set(loader->err,
				       "map %s: an old definition with more members "
				       "than libbpf's",
				       name);
			return -EINVAL;
		}
	}
	snprintf(spec.name, sizeof(spec.name), "%s", name);
	spec.type = raw.type;
	spec.key_bytes = raw.key_bytes;
	spec.value_bytes = raw.value_bytes;
	spec.max_entries = raw.max_entries;
	spec.flags = raw.flags;
	rc = add_map(loader, &spec, NULL, symbol->st_shndx, symbol->st_value);
out:
	return rc;
}

/* In these two sections every variable is a map. */
static int add_defined_maps(struct elf_loader *loader)
{
	const struct plim_elf_file *elf = &loader->elf;
	Elf64_Sym symbol;
	int rc = 0;

	for (uint32_t i = 0; !rc && i < elf->symbol_count; i++) {
		const char *section;

		plim_elf_symbol(elf, i, &symbol);
		if (symbol.st_shndx >= elf->section_count || symbol.st_shndx == SHN_UNDEF ||
		    ELF64_ST_TYPE(symbol.st_info) == STT_SECTION)
			continue;
		section = elf->sections[symbol.st_shndx].name;
		if (strcmp(section, ".maps") == 0)
			rc = add_btf_map(loader, &symbol);
		else if (strcmp(section, "maps") == 0)
			rc = add_legacy_map(loader, &symbol);
	}
	return rc;
}

static bool starts_with(const char *name, const char *prefix)
{
	const size_t length = strlen(prefix);

	return strncmp(name, prefix, length) == 0 && (name[length] == '\0' || name[length] == '.');
}

static int add_data_map(struct elf_loader *loader, uint32_t number, uint32_t flags)
{
	const struct plim_elf_section *section = &loader->elf.sections[number];
	struct plim_bpf_map_spec spec = {
		.type = BPF_MAP_TYPE_ARRAY,
		.key_bytes = 4,
		.max_entries = 1,
		.flags = flags,
	};
	struct plim_bpf_map *map;
	int rc;

	snprintf(spec.name, sizeof(spec.name), "%s", section->name);
	spec.value_bytes = section->size > UINT32_MAX ? UINT32_MAX : (uint32_t)section->size;
	rc = add_map(loader, &spec, NULL, number, 0);
	if (rc)
		return rc;
	loader->maps[loader->file->map_count - 1].data = true;
	map = loader->file->maps[loader->file->map_count - 1];
	if (section->bytes)
		memcpy(plim_bpf_map_value(map, 0), section->bytes, section->size);
	return 0;
}

static int add_data_maps(struct elf_loader *loader)
{
	int rc = 0;

	for (uint32_t i = 1; !rc && i < loader->elf.section_count; i++) {
		const struct plim_elf_section *section = &loader->elf.sections[i];
		const bool filled = section->type == SHT_PROGBITS;

		if (section->size == 0 || section->flags & SHF_EXECINSTR)
			continue;
		if (filled && starts_with(section->name, ".rodata"))
			rc = add_data_map(loader, i, BPF_F_RDONLY_PROG);
		else if ((filled && starts_with(section->name, ".data")) ||
			 (section->type == SHT_NOBITS && starts_with(section->name, ".bss")))
			rc = add_data_map(loader, i, 0);
	}
	return rc;
}

int plim_elf_load_maps(struct elf_loader *loader)
{
	int rc = add_defined_maps(loader);

	if (!rc)
		rc = add_data_maps(loader);
	return rc;
}

uint32_t plim_elf_map_at(const struct elf_loader *loader, uint32_t section, uint64_t place)
{
	for (uint32_t i = 0; i < loader->file->map_count; i++) {
		const struct elf_map *map = &loader->maps[i];

		if (map->section == section && (map->data || map->place == place))
			return i;
	}
	return NO_NUMBER;
}
