/* SPDX-License-Identifier: MIT */
/* Symbol tables of ELF files: functions, objects, imports and ARM's mapping symbols. */
#include <string.h>

#include "image/image_elf.h"

bool plim_elf_symbol(const struct plim_elf *elf, const struct plim_elf_symtab *table, size_t index,
		     Elf64_Sym *symbol)
{
	Elf32_Sym narrow;

	if (index >= table->count)
		return false;
	if (elf->is_64) {
		memcpy(symbol, table->bytes + index * sizeof(*symbol), sizeof(*symbol));
		return true;
	}
	memcpy(&narrow, table->bytes + index * sizeof(narrow), sizeof(narrow));
	symbol->st_name = narrow.st_name;
	symbol->st_info = narrow.st_info;
	symbol->st_other = narrow.st_other;
	symbol->st_shndx = narrow.st_shndx;
	symbol->st_value = narrow.st_value;
	symbol->st_size = narrow.st_size;
	return true;
}

const char *plim_elf_symbol_name(const struct plim_elf_symtab *table, const Elf64_Sym *symbol)
{
	const char *name;

	if (!table->strings || symbol->st_name >= table->strings_bytes)
		return NULL;
	name = table->strings + symbol->st_name;
	return plim_name_ends(name, table->strings_bytes - symbol->st_name) ? name : NULL;
}

uint32_t plim_elf_symbol_section(const struct plim_elf_symtab *table, size_t index,
				 const Elf64_Sym *symbol)
{
	uint32_t section;

	if (symbol->st_shndx != SHN_XINDEX)
		return symbol->st_shndx;
	if (!table->extended || index >= table->extended_count)
		return SHN_UNDEF;
	memcpy(&section, table->extended + index * sizeof(section), sizeof(section));
	return section;
}

uint64_t plim_elf_symbol_address(const struct plim_elf *elf, const struct plim_elf_symtab *table,
				 size_t index, const Elf64_Sym *symbol)
{
	uint32_t section = plim_elf_symbol_section(table, index, symbol);
	uint64_t address;

	if (section == SHN_UNDEF || section >= elf->section_count ||
	    elf->addresses[section] == PLIM_NO_ADDRESS)
		return PLIM_NO_ADDRESS;
	address = symbol->st_value;
	if (elf->is_relocatable)
		address += elf->addresses[section];
	if (elf->machine == EM_ARM && ELF64_ST_TYPE(symbol->st_info) == STT_FUNC)
		address &= ~(uint64_t)1;
	return address;
}

uint32_t plim_elf_import(struct plim_elf *elf, struct plim_elf_symtab *table, size_t index,
			 const Elf64_Sym *symbol)
{
	const char *name = plim_elf_symbol_name(table, symbol);

	if (!name || !*name || index >= table->count)
		return PLIM_NONE;
	if (table->imports[index] == PLIM_NONE)
		table->imports[index] = plim_build_import(
			elf->builder, name, NULL, ELF64_ST_BIND(symbol->st_info) == STB_WEAK);
	return table->imports[index];
}

static int find_symtab(struct plim_elf *elf, uint32_t type, struct plim_elf_symtab *table)
{
	size_t entry = elf->is_64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);

	for (size_t i = 1; i < elf->section_count && !table->section; i++) {
		const Elf64_Shdr *s = &elf->sections[i];
		const uint8_t *content = s->sh_type == type ? plim_elf_content(elf, i) : NULL;

		if (!content)
			continue;
		table->section = (uint32_t)i;
		table->bytes = content;
		table->count = s->sh_size / entry;
		if (s->sh_link < elf->section_count &&
		    elf->sections[s->sh_link].sh_type == SHT_STRTAB) {
			table->strings = (const char *)plim_elf_content(elf, s->sh_link);
			table->strings_bytes = elf->sections[s->sh_link].sh_size;
		}
	}
	for (size_t i = 1; i < elf->section_count && table->section; i++) {
		if (elf->sections[i].sh_type == SHT_SYMTAB_SHNDX &&
		    elf->sections[i].sh_link == table->section) {
			table->extended = plim_elf_content(elf, i);
			table->extended_count =
				table->extended ? elf->sections[i].sh_size / sizeof(uint32_t) : 0;
		}
	}
	table->imports = plim_arena_take(elf->arena, (table->count + 1) * sizeof(uint32_t));
	table->slots = plim_arena_take(elf->arena, (table->count + 1) * sizeof(uint64_t));
	if (!table->imports || !table->slots)
		return -1;
	memset(table->imports, 0xff, (table->count + 1) * sizeof(uint32_t)); /* PLIM_NONE */
	memset(table->slots, 0, (table->count + 1) * sizeof(uint64_t));
	return 0;
}

int plim_elf_find_symtabs(struct plim_elf *elf)
{
	return find_symtab(elf, SHT_SYMTAB, &elf->symtab) ||
	       find_symtab(elf, SHT_DYNSYM, &elf->dynsym);
}

/* "$t", "$d.12": ELF for the Arm Architecture, section 4.6.5; RISC-V takes them over. */
static char mark_kind(const char *name)
{
	if (name[0] != '$' || !name[1] || !strchr("atdx", name[1]))
		return 0;
	if (name[2] != '\0' && name[2] != '.' && name[1] != 'x')
		return 0;
	return name[1];
}

static int add_mark(struct plim_elf *elf, char kind, uint64_t address)
{
	struct plim_mark *mark = plim_vec_add(&elf->builder->marks, sizeof(*mark));

	if (!mark)
		return -1;
	mark->kind = kind;
	mark->address = address;
	return 0;
}

static int add_symbol(struct plim_elf *elf, const char *name, uint64_t address, uint64_t size,
		      bool is_global)
{
	struct plim_symbol *symbol = plim_vec_add(&elf->builder->symbols, sizeof(*symbol));

	if (!symbol)
		return -1;
	symbol->name = name;
	symbol->address = address;
	symbol->size = size;
	symbol->is_global = is_global;
	return 0;
}

static bool is_code(const struct plim_elf *elf, uint64_t address)
{
	const struct plim_section *s = plim_image_section_at(elf->image, address);

	return s && s->flags & PLIM_SECTION_EXEC && s->data;
}

/* A function, or a global label in code (assembly's functions often have no type). */
static int add_function(struct plim_elf *elf, const struct plim_elf_symtab *table,
			const Elf64_Sym *symbol, const char *name, const char *unit,
			uint64_t address)
{
	unsigned type = ELF64_ST_TYPE(symbol->st_info);
	bool is_global = ELF64_ST_BIND(symbol->st_info) != STB_LOCAL;
	struct plim_candidate *candidate;
	enum plim_rank rank = PLIM_RANK_LABEL;
	uint32_t flags = 0;

	if (type == STT_FUNC || type == STT_GNU_IFUNC)
		rank = symbol->st_size ? PLIM_RANK_SYMBOL : PLIM_RANK_SYMBOL_START;
	flags |= is_global ? PLIM_FUNCTION_GLOBAL : 0;
	flags |= ELF64_ST_BIND(symbol->st_info) == STB_WEAK ? PLIM_FUNCTION_WEAK : 0;
	flags |= type == STT_GNU_IFUNC ? PLIM_FUNCTION_IFUNC : 0;
	flags |= table == &elf->dynsym ? PLIM_FUNCTION_EXPORTED : 0;
	if (elf->machine == EM_ARM && symbol->st_value & 1)
		flags |= PLIM_FUNCTION_THUMB;
	if (address == elf->image->entry)
		flags |= PLIM_FUNCTION_ENTRY;
	candidate = plim_build_function(elf->builder, name, address, symbol->st_size, rank, flags);
	if (!candidate)
		return -1;
	candidate->unit = is_global ? NULL : unit;
	return 0;
}

static int read_symbol(struct plim_elf *elf, struct plim_elf_symtab *table, size_t index,
		       const Elf64_Sym *symbol, const char *name, const char *unit)
{
	unsigned type = ELF64_ST_TYPE(symbol->st_info);
	bool is_global = ELF64_ST_BIND(symbol->st_info) != STB_LOCAL;
	uint64_t address = plim_elf_symbol_address(elf, table, index, symbol);

	if (address == PLIM_NO_ADDRESS) {
		if (symbol->st_shndx != SHN_UNDEF || !is_global ||
		    (table == &elf->symtab && !elf->is_relocatable))
			return 0;
		return plim_elf_import(elf, table, index, symbol) == PLIM_NONE ? -1 : 0;
	}
	if (mark_kind(name))
		return add_mark(elf, mark_kind(name), address);
	if (type == STT_TLS || type == STT_SECTION || type == STT_FILE ||
	    (type == STT_NOTYPE && !is_global))
		return 0;
	/* The dynamic table repeats the full one; only what it adds is of use. */
	if ((table == &elf->symtab || !elf->symtab.section) &&
	    add_symbol(elf, name, address, symbol->st_size, is_global))
		return -1;
	if (type != STT_OBJECT && is_code(elf, address))
		return add_function(elf, table, symbol, name, unit, address);
	return 0;
}

static int read_table(struct plim_elf *elf, struct plim_elf_symtab *table)
{
	const char *unit = NULL;

	for (size_t i = 1; i < table->count; i++) {
		const char *name;
		Elf64_Sym symbol;

		if (!plim_elf_symbol(elf, table, i, &symbol))
			break;
		name = plim_elf_symbol_name(table, &symbol);
		if (!name || !*name)
			continue;
		if (ELF64_ST_TYPE(symbol.st_info) == STT_FILE) {
			unit = name;
			continue;
		}
		if (read_symbol(elf, table, i, &symbol, name, unit))
			return -1;
	}
	return 0;
}

int plim_elf_read_symbols(struct plim_elf *elf)
{
	return read_table(elf, &elf->symtab) || read_table(elf, &elf->dynsym);
}
