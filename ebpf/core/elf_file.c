/* SPDX-License-Identifier: MIT */
#include "core/elf_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int check_header(const Elf64_Ehdr *header, uint64_t size, struct plim_error *err)
{
	int rc = -EINVAL;

	if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
		plim_error_set(err, "not an ELF file");
	else if (header->e_ident[EI_CLASS] != ELFCLASS64)
		plim_error_set(err, "not a 64-bit ELF file");
	else if (header->e_ident[EI_DATA] != ELFDATA2LSB)
		plim_error_set(err, "a big-endian object: compile it with -target bpfel");
	else if (header->e_machine != EM_BPF && header->e_machine != EM_NONE)
		plim_error_set(err,
			       "an object for machine %u, not for BPF: compile it with "
			       "-target bpf",
			       header->e_machine);
	else if (header->e_type != ET_REL)
		plim_error_set(err, "ELF type %u, not a relocatable object", header->e_type);
	else if (header->e_shentsize != sizeof(Elf64_Shdr) || header->e_shnum == 0)
		plim_error_set(err, "%u sections of %u bytes: the section table is damaged",
			       header->e_shnum, header->e_shentsize);
	else if (header->e_shoff > size ||
		 header->e_shnum > (size - header->e_shoff) / sizeof(Elf64_Shdr))
		plim_error_set(err,
			       "the section table lies outside the file: it is cut or damaged");
	else if (header->e_shstrndx >= header->e_shnum)
		plim_error_set(err, "the section names are in section %u of %u", header->e_shstrndx,
			       header->e_shnum);
	else
		rc = 0;
	return rc;
}

static int read_section(struct plim_elf_file *elf, const Elf64_Ehdr *header, uint32_t number,
			struct plim_error *err)
{
	struct plim_elf_section *section = &elf->sections[number];
	Elf64_Shdr raw;
	int rc = -EINVAL;

	memcpy(&raw, elf->bytes + header->e_shoff + number * sizeof(raw), sizeof(raw));
	if (raw.sh_type != SHT_NOBITS && raw.sh_type != SHT_NULL &&
	    (raw.sh_offset > elf->size || raw.sh_size > elf->size - raw.sh_offset)) {
		plim_error_set(err, "section %u (%llu bytes at %llu) lies outside the file", number,
			       (unsigned long long)raw.sh_size, (unsigned long long)raw.sh_offset);
		goto out;
	}
	if (raw.sh_link >= elf->section_count) {
		plim_error_set(err, "section %u links to section %u of %u", number, raw.sh_link,
			       elf->section_count);
		goto out;
	}
	section->type = raw.sh_type;
	section->flags = raw.sh_flags;
	section->link = raw.sh_link;
	section->info = raw.sh_info;
	section->size = raw.sh_type == SHT_NULL ? 0 : raw.sh_size;
	section->bytes = raw.sh_type == SHT_NOBITS || raw.sh_type == SHT_NULL
				 ? NULL
				 : elf->bytes + raw.sh_offset;
	section->name = ""; /* until the section of the names has been read */
	rc = 0;
out:
	return rc;
}

static void name_sections(struct plim_elf_file *elf, const Elf64_Ehdr *header)
{
	for (uint32_t i = 0; i < elf->section_count; i++) {
		Elf64_Shdr raw;

		memcpy(&raw, elf->bytes + header->e_shoff + i * sizeof(raw), sizeof(raw));
		elf->sections[i].name = plim_elf_string(elf, header->e_shstrndx, raw.sh_name);
	}
}

static int find_symbols(struct plim_elf_file *elf, struct plim_error *err)
{
	int rc = -EINVAL;

	for (uint32_t i = 0; i < elf->section_count; i++) {
		const struct plim_elf_section *section = &elf->sections[i];

		if (section->type != SHT_SYMTAB)
			continue;
		if (elf->symbols) {
			plim_error_set(err, "two symbol tables");
			goto out;
		}
		if (section->size / sizeof(Elf64_Sym) > UINT32_MAX ||
		    elf->sections[section->link].type != SHT_STRTAB) {
			plim_error_set(err,
				       "the symbol table's names are in section %u, which is "
				       "no string table",
				       section->link);
			goto out;
		}
		elf->symbols = section;
		elf->symbol_count = (uint32_t)(section->size / sizeof(Elf64_Sym));
	}
	rc = 0;
out:
	return rc;
}

int plim_elf_open(struct plim_elf_file *elf, const void *bytes, size_t size, struct plim_error *err)
{
	Elf64_Ehdr header;
	int rc = -EINVAL;

	memset(elf, 0, sizeof(*elf));
	elf->bytes = bytes;
	elf->size = size;
	if (size < sizeof(header)) {
		plim_error_set(err, "%zu bytes are not an ELF file", size);
		goto out;
	}
	memcpy(&header, bytes, sizeof(header));
	rc = check_header(&header, size, err);
	if (rc)
		goto out;
	elf->section_count = header.e_shnum;
	elf->sections = calloc(elf->section_count, sizeof(*elf->sections));
	rc = -ENOMEM;
	if (!elf->sections) {
		plim_error_set(err, "no memory for %u sections", elf->section_count);
		goto out;
	}
	rc = 0;
	for (uint32_t i = 0; !rc && i < elf->section_count; i++)
		rc = read_section(elf, &header, i, err);
	if (rc)
		goto out;
	name_sections(elf, &header);
	rc = find_symbols(elf, err);
out:
	if (rc)
		plim_elf_close(elf);
	return rc;
}

void plim_elf_close(struct plim_elf_file *elf)
{
	free(elf->sections);
	elf->sections = NULL;
	elf->section_count = 0;
}

const char *plim_elf_string(const struct plim_elf_file *elf, uint32_t section, uint64_t place)
{
	const struct plim_elf_section *strings;

	if (section >= elf->section_count)
		return "";
	strings = &elf->sections[section];
	if (strings->type != SHT_STRTAB || place >= strings->size ||
	    !memchr(strings->bytes + place, '\0', strings->size - place))
		return "";
	return (const char *)strings->bytes + place;
}

int plim_elf_symbol(const struct plim_elf_file *elf, uint32_t number, Elf64_Sym *symbol)
{
	if (number >= elf->symbol_count)
		return -EINVAL;
	memcpy(symbol, elf->symbols->bytes + number * sizeof(*symbol), sizeof(*symbol));
	return 0;
}

const char *plim_elf_symbol_name(const struct plim_elf_file *elf, const Elf64_Sym *symbol)
{
	return plim_elf_string(elf, elf->symbols->link, symbol->st_name);
}

const struct plim_elf_section *plim_elf_find(const struct plim_elf_file *elf, const char *name)
{
	for (uint32_t i = 1; i < elf->section_count; i++) {
		if (strcmp(elf->sections[i].name, name) == 0)
			return &elf->sections[i];
	}
	return NULL;
}
