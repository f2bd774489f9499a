/* SPDX-License-Identifier: MIT */
/*
 * Relocations of ELF files. In a linked file they tell where pointers are and what imports they
 * name. An object is linked by them, alone: its sections as laid out, imports at their
 * placeholders, GOT slots invented; so that the same readers understand both.
 */
#include <string.h>

#include "image/image_elf.h"

/* Invented GOT slots lie this far behind the first placeholder, still in reach of 32 bits. */
#define SLOT_DISTANCE 0x20000000u

enum reloc_class {
	RELOC_OTHER,
	RELOC_POINTER,  /* the word is symbol + addend */
	RELOC_RELATIVE, /* the word is addend, once the base is added */
	RELOC_SLOT,     /* the same as a pointer, made by the linker */
	RELOC_IFUNC,    /* the word is what the resolver at addend returns */
	RELOC_GOT,      /* an instruction refers to a GOT slot of the symbol */
};

static enum reloc_class classify_x86(uint32_t type)
{
	switch (type) {
	case R_X86_64_64: return RELOC_POINTER;
	case R_X86_64_RELATIVE: return RELOC_RELATIVE;
	case R_X86_64_GLOB_DAT:
	case R_X86_64_JUMP_SLOT: return RELOC_SLOT;
	case R_X86_64_IRELATIVE: return RELOC_IFUNC;
	case R_X86_64_GOTPCREL:
	case R_X86_64_GOTPCRELX:
	case R_X86_64_REX_GOTPCRELX: return RELOC_GOT;
	default: return RELOC_OTHER;
	}
}

static enum reloc_class classify_aarch64(uint32_t type)
{
	switch (type) {
	case R_AARCH64_ABS64: return RELOC_POINTER;
	case R_AARCH64_RELATIVE: return RELOC_RELATIVE;
	case R_AARCH64_GLOB_DAT:
	case R_AARCH64_JUMP_SLOT: return RELOC_SLOT;
	case R_AARCH64_IRELATIVE: return RELOC_IFUNC;
	case R_AARCH64_ADR_GOT_PAGE:
	case R_AARCH64_LD64_GOT_LO12_NC: return RELOC_GOT;
	default: return RELOC_OTHER;
	}
}

static enum reloc_class classify_arm(uint32_t type)
{
	switch (type) {
	case R_ARM_ABS32:
	case R_ARM_TARGET1: return RELOC_POINTER;
	case R_ARM_RELATIVE: return RELOC_RELATIVE;
	case R_ARM_GLOB_DAT:
	case R_ARM_JUMP_SLOT: return RELOC_SLOT;
	case R_ARM_IRELATIVE: return RELOC_IFUNC;
	default: return RELOC_OTHER;
	}
}

static enum reloc_class classify_riscv(uint32_t type, bool is_64)
{
	switch (type) {
	case R_RISCV_32: return is_64 ? RELOC_OTHER : RELOC_POINTER;
	case R_RISCV_64: return RELOC_POINTER;
	case R_RISCV_RELATIVE: return RELOC_RELATIVE;
	case R_RISCV_JUMP_SLOT: return RELOC_SLOT;
	case R_RISCV_IRELATIVE: return RELOC_IFUNC;
	case R_RISCV_GOT_HI20: return RELOC_GOT;
	default: return RELOC_OTHER;
	}
}

static enum reloc_class classify(const struct plim_elf *elf, uint32_t type)
{
	switch (elf->machine) {
	case EM_X86_64: return classify_x86(type);
	case EM_AARCH64: return classify_aarch64(type);
	case EM_ARM: return classify_arm(type);
	default: return classify_riscv(type, elf->is_64);
	}
}

static size_t entry_bytes(const struct plim_elf *elf, uint32_t section_type)
{
	if (section_type == SHT_RELA)
		return elf->is_64 ? sizeof(Elf64_Rela) : sizeof(Elf32_Rela);
	return elf->is_64 ? sizeof(Elf64_Rel) : sizeof(Elf32_Rel);
}

static void read_entry(const struct plim_elf *elf, const uint8_t *at, uint32_t section_type,
		       struct plim_elf_rela *rela)
{
	rela->has_addend = section_type == SHT_RELA;
	if (elf->is_64) {
		Elf64_Rela wide = {0};

		memcpy(&wide, at, entry_bytes(elf, section_type));
		rela->offset = wide.r_offset;
		rela->addend = (uint64_t)wide.r_addend;
		rela->type = ELF64_R_TYPE(wide.r_info);
		rela->symbol = ELF64_R_SYM(wide.r_info);
	} else {
		Elf32_Rela narrow = {0};

		memcpy(&narrow, at, entry_bytes(elf, section_type));
		rela->offset = narrow.r_offset;
		rela->addend = (uint64_t)(int64_t)narrow.r_addend;
		rela->type = ELF32_R_TYPE(narrow.r_info);
		rela->symbol = ELF32_R_SYM(narrow.r_info);
	}
}

/* What a relocation refers to: an address of ours or an import's placeholder. */
static uint64_t resolve(struct plim_elf *elf, struct plim_elf_symtab *table, uint32_t index,
			uint32_t *import)
{
	Elf64_Sym symbol;
	uint64_t address;

	*import = PLIM_NONE;
	if (!table || !plim_elf_symbol(elf, table, index, &symbol))
		return PLIM_NO_ADDRESS;
	address = plim_elf_symbol_address(elf, table, index, &symbol);
	if (address != PLIM_NO_ADDRESS)
		return address;
	if (symbol.st_shndx == SHN_ABS)
		return symbol.st_value;
	*import = plim_elf_import(elf, table, index, &symbol);
	return plim_build_import_address(elf->builder, *import);
}

static int add_pointer(struct plim_elf *elf, uint64_t place, uint64_t target, uint32_t import,
		       enum reloc_class class)
{
	struct plim_pointer *pointer = plim_vec_add(&elf->builder->pointers, sizeof(*pointer));

	if (!pointer)
		return -1;
	if (elf->machine == EM_ARM && import == PLIM_NONE) {
		const struct plim_section *s = plim_image_section_at(elf->image, target);

		if (s && s->flags & PLIM_SECTION_EXEC)
			target &= ~(uint64_t)1;
	}
	pointer->place = place;
	pointer->target = target;
	pointer->import = import;
	pointer->is_slot = class == RELOC_SLOT || class == RELOC_GOT;
	pointer->is_ifunc = class == RELOC_IFUNC;
	return 0;
}

/* An object has no GOT yet: each symbol that is reached through one gets a slot of its own. */
static uint64_t invent_slot(struct plim_elf *elf, uint32_t symbol, uint64_t target, uint32_t import)
{
	struct plim_elf_symtab *table = &elf->symtab;

	if (symbol >= table->count)
		return PLIM_NO_ADDRESS;
	if (!table->slots[symbol]) {
		table->slots[symbol] = elf->next_slot;
		elf->next_slot += 8;
		if (add_pointer(elf, table->slots[symbol], target, import, RELOC_GOT))
			return PLIM_NO_ADDRESS;
	}
	return table->slots[symbol];
}

static uint64_t addend_in_place(const struct plim_elf *elf, const uint8_t *place, size_t left)
{
	uint64_t addend = 0;
	size_t bytes = elf->is_64 ? 8 : 4;

	if (!place || left < bytes)
		return 0;
	memcpy(&addend, place, bytes);
	return addend;
}

/* One relocation of an object: changes the copy of the section it is for. */
static int link_one(struct plim_elf *elf, const struct plim_elf_rela *rela, size_t section)
{
	enum reloc_class class = classify(elf, rela->type);
	uint64_t size = elf->sections[section].sh_size;
	uint64_t place_address = elf->addresses[section] + rela->offset;
	uint64_t addend = rela->addend;
	uint32_t import;
	uint64_t value;
	uint8_t *place;

	if (rela->offset >= size)
		return 0;
	place = elf->copies[section] + rela->offset;
	value = resolve(elf, &elf->symtab, rela->symbol, &import);
	if (value == PLIM_NO_ADDRESS) {
		if (rela->symbol)
			return 0;
		value = 0; /* no symbol at all: the addend is the value */
	}
	if (class == RELOC_POINTER && elf->addresses[section] != PLIM_NO_ADDRESS) {
		if (!rela->has_addend)
			addend = addend_in_place(elf, place, size - rela->offset);
		if (add_pointer(elf, place_address, value + addend, import, class))
			return -1;
	} else if (class == RELOC_GOT) {
		value = invent_slot(elf, rela->symbol, value, import);
	}
	plim_elf_apply(elf, rela, place, size - rela->offset, place_address, value);
	return 0;
}

/* One relocation of a linked file: what it says of a pointer. */
static int note_one(struct plim_elf *elf, const struct plim_elf_rela *rela,
		    struct plim_elf_symtab *table)
{
	enum reloc_class class = classify(elf, rela->type);
	uint64_t addend = rela->addend;
	uint32_t import = PLIM_NONE;
	uint64_t target;

	if (class == RELOC_OTHER || class == RELOC_GOT)
		return 0;
	if (!rela->has_addend && class != RELOC_SLOT)
		addend = addend_in_place(elf, plim_image_bytes(elf->image, rela->offset, 4), 4);
	if (class == RELOC_RELATIVE || class == RELOC_IFUNC) {
		target = addend;
	} else {
		target = resolve(elf, table, rela->symbol, &import);
		if (target == PLIM_NO_ADDRESS)
			return 0;
		if (class == RELOC_POINTER)
			target += addend;
	}
	return add_pointer(elf, rela->offset, target, import, class);
}

static int read_section(struct plim_elf *elf, size_t index)
{
	const Elf64_Shdr *s = &elf->sections[index];
	const uint8_t *content = plim_elf_content(elf, index);
	size_t bytes = entry_bytes(elf, s->sh_type);
	struct plim_elf_symtab *table = NULL;

	if (!content)
		return 0;
	if (s->sh_link && s->sh_link == elf->symtab.section)
		table = &elf->symtab;
	else if (s->sh_link && s->sh_link == elf->dynsym.section)
		table = &elf->dynsym;
	for (size_t i = 0; i < s->sh_size / bytes; i++) {
		struct plim_elf_rela rela;

		read_entry(elf, content + i * bytes, s->sh_type, &rela);
		if (elf->is_relocatable ? link_one(elf, &rela, s->sh_info)
					: note_one(elf, &rela, table))
			return -1;
	}
	return 0;
}

/* SHT_RELR: an address, then bitmaps of the words that follow it, 63 (31) a bitmap. */
static int read_relr(struct plim_elf *elf, size_t index)
{
	const uint8_t *content = plim_elf_content(elf, index);
	size_t word = elf->is_64 ? 8 : 4;
	uint64_t place = 0;

	if (!content)
		return 0;
	for (size_t i = 0; i < elf->sections[index].sh_size / word; i++) {
		uint64_t entry = 0;
		unsigned bits = (unsigned)word * 8 - 1;

		memcpy(&entry, content + i * word, word);
		if (!(entry & 1)) {
			place = entry;
			entry = 1;
			bits = 1;
		} else {
			entry >>= 1;
		}
		for (unsigned bit = 0; bit < bits; bit++, place += word) {
			const uint8_t *bytes = plim_image_bytes(elf->image, place, word);

			if (entry >> bit & 1 && bytes &&
			    add_pointer(elf, place, addend_in_place(elf, bytes, word), PLIM_NONE,
					RELOC_RELATIVE))
				return -1;
		}
	}
	return 0;
}

int plim_elf_read_relocations(struct plim_elf *elf)
{
	elf->next_slot = elf->builder->next_placeholder + SLOT_DISTANCE;
	for (size_t i = 1; i < elf->section_count; i++) {
		const Elf64_Shdr *s = &elf->sections[i];
		int status = 0;

		if (s->sh_type == SHT_RELA || s->sh_type == SHT_REL) {
			bool is_ours = elf->is_relocatable ? s->sh_info < elf->section_count &&
								     elf->copies[s->sh_info]
							   : s->sh_flags & SHF_ALLOC;

			status = is_ours ? read_section(elf, i) : 0;
		} else if (s->sh_type == SHT_RELR && !elf->is_relocatable) {
			status = read_relr(elf, i);
		}
		if (status)
			return -1;
	}
	return 0;
}
