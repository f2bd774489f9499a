/* SPDX-License-Identifier: MIT */
/* What the files that read ELF share. Private to src/image. */
#ifndef PLIM_IMAGE_IMAGE_ELF_H
#define PLIM_IMAGE_IMAGE_ELF_H

#include <elf.h>

#include "image/image_build.h"

/** A symbol table in the file; entries are read one by one, checked. */
struct plim_elf_symtab {
	const uint8_t *bytes;
	size_t count;
	const char *strings;
	size_t strings_bytes;
	const uint8_t *extended; /* SHT_SYMTAB_SHNDX, `extended_count` words, or NULL */
	size_t extended_count;
	uint32_t *imports; /* by symbol: index of its import, PLIM_NONE at first */
	uint64_t *slots;   /* by symbol: its invented GOT slot in an object, 0 at first */
	uint32_t section;  /* index of the table's section; 0: there is no table */
};

struct plim_elf {
	struct plim_image *image;
	struct plim_builder *builder;
	struct plim_arena *arena;
	const uint8_t *bytes;
	size_t size;
	bool is_64;
	bool is_relocatable;
	uint16_t machine;
	Elf64_Ehdr header;
	Elf64_Shdr *sections; /* of the file, in its order */
	size_t section_count;
	const char **names;
	uint64_t *addresses; /* where each is: as linked, or as laid out; PLIM_NO_ADDRESS */
	uint8_t **copies;    /* relocated content of an object's section, or NULL */
	struct plim_elf_symtab symtab;
	struct plim_elf_symtab dynsym;
	uint64_t next_slot; /* of invented GOT slots */
};

struct plim_elf_rela {
	uint64_t offset;
	uint64_t addend;
	uint32_t type;
	uint32_t symbol;
	bool has_addend; /* else it is in the place itself */
};

/** Content of a section: as relocated if it was; NULL if it has none or lies outside the file. */
const uint8_t *plim_elf_content(const struct plim_elf *elf, size_t section);

bool plim_elf_symbol(const struct plim_elf *elf, const struct plim_elf_symtab *table, size_t index,
		     Elf64_Sym *symbol);
/** NULL if the name does not end within the table. */
const char *plim_elf_symbol_name(const struct plim_elf_symtab *table, const Elf64_Sym *symbol);
/** The section's real index (SHN_XINDEX resolved). */
uint32_t plim_elf_symbol_section(const struct plim_elf_symtab *table, size_t index,
				 const Elf64_Sym *symbol);
/** Address without the thumb bit, or PLIM_NO_ADDRESS (undefined, absolute, common). */
uint64_t plim_elf_symbol_address(const struct plim_elf *elf, const struct plim_elf_symtab *table,
				 size_t index, const Elf64_Sym *symbol);
/** The import that stands for an undefined symbol; PLIM_NONE if there is no memory or no name. */
uint32_t plim_elf_import(struct plim_elf *elf, struct plim_elf_symtab *table, size_t index,
			 const Elf64_Sym *symbol);

/** image_elf_symbols.c: the tables, then functions, symbols, marks and imports out of them. */
int plim_elf_find_symtabs(struct plim_elf *elf);
int plim_elf_read_symbols(struct plim_elf *elf);

/** elf_reloc.c: copies and relocates an object's sections; collects pointers in every file. */
int plim_elf_read_relocations(struct plim_elf *elf);

/** elf_reloc_code.c: changes the place as the relocation says, for types that matter to us. */
void plim_elf_apply(const struct plim_elf *elf, const struct plim_elf_rela *rela, uint8_t *place,
		    size_t left, uint64_t place_address, uint64_t value);

/** elf_plt.c: the stubs of the PLT, from their instructions. */
int plim_elf_read_stubs(struct plim_elf *elf);

#endif
