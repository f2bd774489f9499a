/* SPDX-License-Identifier: MIT */
/* What the loader finds in an object file, and what its parts (elf_*.c) hand to each other. */
#ifndef PLIM_EBPF_ELF_PARTS_H
#define PLIM_EBPF_ELF_PARTS_H

#include "core/btf_maps.h"
#include "core/elf_file.h"
#include "core/elf_load.h"

/* BPF relocation types (llvm/BinaryFormat/ELFRelocs/BPF.def). */
enum {
	RELOC_64_64 = 1,  /* ld_imm64 */
	RELOC_ABS64 = 2,  /* a pointer in data */
	RELOC_64_32 = 10, /* a call */
};

#define NO_NUMBER         UINT32_MAX
#define MAX_FUNCTIONS     4096
#define MAX_CODE_SECTIONS 256

/* A section of instructions, with what belongs to each of them. */
struct elf_code {
	uint32_t section;
	uint32_t count;
	uint32_t *symbols;   /* the relocation's symbol at each instruction, or NO_NUMBER */
	uint32_t *functions; /* the function that starts there, or NO_NUMBER */
};

struct elf_function {
	uint32_t code, start, count; /* in instructions */
	uint32_t program;            /* its place in the file's programs, or NO_NUMBER */
	const char *name;
};

struct elf_map {
	uint32_t section;
	uint64_t place;        /* in that section */
	bool data;             /* the section is the value of the only element */
	bool pinned_here;      /* to be undone if the file is refused after all */
	uint32_t values_place; /* of the initial programs, from the section's start; or NO_NUMBER */
};

struct elf_loader {
	struct plim_bpf_host *host;
	const struct plim_bpf_file_options *options;
	struct plim_bpf_file *file;
	struct plim_error *err;
	struct plim_elf_file elf;
	struct plim_btf btf;
	uint64_t map_bytes;
	uint32_t linked_insns;
	struct elf_map maps[PLIM_BPF_MAX_MAPS]; /* beside file->maps */
	uint32_t code_count, function_count;
	struct elf_code codes[MAX_CODE_SECTIONS];
	struct elf_function functions[MAX_FUNCTIONS];
};

/** The maps, in ".maps", "maps" and the data sections. */
int plim_elf_load_maps(struct elf_loader *loader);

/** The map at a place of a section, or NO_NUMBER; for data the place may be inside. */
uint32_t plim_elf_map_at(const struct elf_loader *loader, uint32_t section, uint64_t place);

/** Sections of instructions, the functions in them, and their relocations. */
int plim_elf_find_code(struct elf_loader *loader);
void plim_elf_drop_code(struct elf_loader *loader);

/** The code section with this ELF number, or NULL. */
const struct elf_code *plim_elf_code(const struct elf_loader *loader, uint32_t section);

/** Makes each program out of its function and all functions that it calls. */
int plim_elf_link_programs(struct elf_loader *loader);

/** Pointers in data, and the initial programs of program arrays. */
int plim_elf_fill_data(struct elf_loader *loader);

/** Calls `take` for each relocation whose target is this section, until one fails. */
int plim_elf_each_reloc(struct elf_loader *loader, uint32_t section,
			int (*take)(struct elf_loader *loader, uint32_t section, uint64_t place,
				    uint32_t type, uint32_t symbol));

#endif
