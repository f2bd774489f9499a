/* SPDX-License-Identifier: MIT */
/*
 * Reads an ELF relocatable object for BPF out of memory. Every offset, size, count, name and link
 * is checked when the file is opened, so that what these functions hand out can be used as it is;
 * the bytes themselves stay the caller's and must stay where they are.
 */
#ifndef PLIM_EBPF_ELF_FILE_H
#define PLIM_EBPF_ELF_FILE_H

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct plim_elf_section {
	const char *name;
	const unsigned char *bytes; /* NULL for SHT_NOBITS */
	uint64_t size;
	uint64_t flags;
	uint32_t type, link, info;
};

struct plim_elf_file {
	const unsigned char *bytes;
	uint64_t size;
	struct plim_elf_section *sections;
	uint32_t section_count;
	const struct plim_elf_section *symbols; /* the symbol table; NULL if there is none */
	uint32_t symbol_count;
};

/** 0, or -EINVAL (not such an object), -ENOMEM with the reason in `err`. */
int plim_elf_open(struct plim_elf_file *elf, const void *bytes, size_t size,
		  struct plim_error *err);
void plim_elf_close(struct plim_elf_file *elf);

/** A string of a string section; "" where there is none at that place. */
const char *plim_elf_string(const struct plim_elf_file *elf, uint32_t section, uint64_t place);

/** The symbol with this number: 0, or -EINVAL. */
int plim_elf_symbol(const struct plim_elf_file *elf, uint32_t number, Elf64_Sym *symbol);
const char *plim_elf_symbol_name(const struct plim_elf_file *elf, const Elf64_Sym *symbol);

/** The first section of that name, or NULL. */
const struct plim_elf_section *plim_elf_find(const struct plim_elf_file *elf, const char *name);

#endif
