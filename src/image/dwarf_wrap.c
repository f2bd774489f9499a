/* SPDX-License-Identifier: MIT */
#include "image/dwarf_wrap.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#define NAME_BYTES 32u

static bool is_debug(const struct plim_section *section)
{
	return strncmp(section->name, ".debug_", 7) == 0 && section->data &&
	       strlen(section->name) < NAME_BYTES;
}

static void count_sections(const struct plim_image *image, size_t *count, size_t *bytes)
{
	*count = 0;
	*bytes = 0;
	for (size_t i = 0; i < image->section_count; i++) {
		if (is_debug(&image->sections[i])) {
			*count += 1;
			*bytes += (image->sections[i].data_bytes + 15) & ~(size_t)15;
		}
	}
}

static void fill_header(Elf64_Ehdr *header, size_t table_at, size_t sections)
{
	memcpy(header->e_ident, ELFMAG, SELFMAG);
	header->e_ident[EI_CLASS] = ELFCLASS64;
	header->e_ident[EI_DATA] = ELFDATA2LSB;
	header->e_ident[EI_VERSION] = EV_CURRENT;
	header->e_type = ET_EXEC;
	header->e_machine = EM_X86_64;
	header->e_version = EV_CURRENT;
	header->e_ehsize = sizeof(*header);
	header->e_shoff = table_at;
	header->e_shentsize = sizeof(Elf64_Shdr);
	header->e_shnum = (Elf64_Half)sections;
	header->e_shstrndx = (Elf64_Half)(sections - 1);
}

/* Header, names (NAME_BYTES each), content, table; the last section is that of the names. */
uint8_t *plim_dwarf_wrap(const struct plim_image *image, size_t *size)
{
	size_t count;
	size_t content;
	size_t names_at = sizeof(Elf64_Ehdr);
	size_t at;
	size_t table_at;
	size_t next = 1;
	Elf64_Shdr *table;
	uint8_t *bytes;

	count_sections(image, &count, &content);
	if (count + 2 >= SHN_LORESERVE)
		return NULL;
	at = (names_at + (count + 2) * NAME_BYTES + 15) & ~(size_t)15;
	table_at = at + content;
	*size = table_at + (count + 2) * sizeof(*table);
	bytes = calloc(1, *size);
	if (!bytes)
		return NULL;
	fill_header((Elf64_Ehdr *)bytes, table_at, count + 2);
	table = (Elf64_Shdr *)(bytes + table_at);
	for (size_t i = 0; i < image->section_count; i++) {
		const struct plim_section *s = &image->sections[i];

		if (!is_debug(s))
			continue;
		strcpy((char *)bytes + names_at + next * NAME_BYTES, s->name);
		memcpy(bytes + at, s->data, s->data_bytes);
		table[next] = (Elf64_Shdr){.sh_name = (Elf64_Word)(next * NAME_BYTES),
					   .sh_type = SHT_PROGBITS,
					   .sh_offset = at,
					   .sh_size = s->data_bytes,
					   .sh_addralign = 1};
		at += (s->data_bytes + 15) & ~(size_t)15;
		next++;
	}
	strcpy((char *)bytes + names_at + next * NAME_BYTES, ".shstrtab");
	table[next] = (Elf64_Shdr){.sh_name = (Elf64_Word)(next * NAME_BYTES),
				   .sh_type = SHT_STRTAB,
				   .sh_offset = names_at,
				   .sh_size = (count + 2) * NAME_BYTES,
				   .sh_addralign = 1};
	return bytes;
}
