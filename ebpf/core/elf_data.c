/* SPDX-License-Identifier: MIT */
/*
 * What can be filled in only when all maps and programs are there: pointers from data to data, and
 * the programs that a program array starts with.
 *
 * All programs of a file have all of its maps, under the same numbers; so a place in a section of
 * data has the same address in each of them, and can stand in memory. (Linux has no such pointers.)
 */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "core/elf_parts.h"
#include "core/map_prog_array.h"

static int refuse(struct elf_loader *loader, uint32_t section, uint64_t place, const char *why)
{
	plim_error_set(loader->err, "section %s, place %llu: %s",
		       loader->elf.sections[section].name, (unsigned long long)place, why);
	return -EINVAL;
}

static int fill_pointer(struct elf_loader *loader, uint32_t section, uint64_t place, uint32_t type,
			uint32_t number)
{
	const uint32_t from = plim_elf_map_at(loader, section, place);
	unsigned char *value = plim_bpf_map_value(loader->file->maps[from], 0);
	uint64_t addend, address;
	Elf64_Sym symbol;
	uint32_t to;

	if (type != RELOC_ABS64)
		return refuse(loader, section, place, "a relocation that data cannot have");
	if (loader->elf.sections[section].size < 8 ||
	    place > loader->elf.sections[section].size - 8)
		return refuse(loader, section, place, "a pointer outside the section");
	if (plim_elf_symbol(&loader->elf, number, &symbol))
		return refuse(loader, section, place, "a pointer to a symbol that does not exist");
	to = plim_elf_map_at(loader, symbol.st_shndx, 0);
	if (to == NO_NUMBER || !loader->maps[to].data)
		return refuse(loader, section, place, "a pointer to something that is no data");
	memcpy(&addend, value + place, sizeof(addend));
	address = symbol.st_value + addend;
	if (address > loader->file->maps[to]->spec.value_bytes)
		return refuse(loader, section, place, "a pointer outside what it points into");
	address += (uint64_t)(PLIM_BPF_REGION_MAP + to) << PLIM_BPF_REGION_BITS;
	memcpy(value + place, &address, sizeof(address));
	return 0;
}

/* The program array whose initial programs a place in ".maps" belongs to: the last one before. */
static uint32_t array_of(const struct elf_loader *loader, uint32_t section, uint64_t place)
{
	uint32_t best = NO_NUMBER;

	for (uint32_t i = 0; i < loader->file->map_count; i++) {
		const struct elf_map *map = &loader->maps[i];

		if (map->section == section && map->place <= place &&
		    (best == NO_NUMBER || map->place > loader->maps[best].place))
			best = i;
	}
	return best;
}

static int fill_program(struct elf_loader *loader, uint32_t section, uint64_t place, uint32_t type,
			uint32_t number)
{
	const uint32_t map = array_of(loader, section, place);
	const struct elf_code *code;
	uint32_t function = NO_NUMBER;
	uint64_t slot = UINT64_MAX;
	Elf64_Sym symbol;
	int rc;

	if (map != NO_NUMBER && loader->maps[map].values_place != NO_NUMBER)
		slot = place - loader->maps[map].place - loader->maps[map].values_place;
	if (type != RELOC_ABS64 || slot % 8 || plim_elf_symbol(&loader->elf, number, &symbol))
		return refuse(loader, section, place, "a relocation that maps cannot have");
	code = plim_elf_code(loader, symbol.st_shndx);
	if (code && symbol.st_value / sizeof(struct plim_bpf_insn) < code->count)
		function = code->functions[symbol.st_value / sizeof(struct plim_bpf_insn)];
	if (function == NO_NUMBER || loader->functions[function].program == NO_NUMBER)
		return refuse(loader, section, place, "an initial value that is no program");
	if (slot / 8 >= loader->file->maps[map]->spec.max_entries)
		return refuse(loader, section, place, "an initial value beyond the last entry");
	rc = plim_bpf_prog_array_set(
		loader->file->maps[map], (uint32_t)(slot / 8),
		loader->file->programs[loader->functions[function].program].program);
	return rc ? refuse(loader, section, place, "an initial value of a map that takes none") : 0;
}

int plim_elf_fill_data(struct elf_loader *loader)
{
	int rc = 0;

	for (uint32_t i = 0; !rc && i < loader->file->map_count; i++) {
		if (loader->maps[i].data)
			rc = plim_elf_each_reloc(loader, loader->maps[i].section, fill_pointer);
	}
	for (uint32_t i = 1; !rc && i < loader->elf.section_count; i++) {
		if (strcmp(loader->elf.sections[i].name, ".maps") == 0)
			rc = plim_elf_each_reloc(loader, i, fill_program);
	}
	return rc;
}
