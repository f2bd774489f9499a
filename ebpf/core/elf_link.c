/* SPDX-License-Identifier: MIT */
/*
 * Makes a program out of a function: the function first, then each function that is called from
 * anywhere in it, once. Calls and references to maps and data are filled in on the way.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/elf_parts.h"
#include "core/error_in.h"

struct linker {
	struct elf_loader *loader;
	struct plim_bpf_insn *insns;
	uint32_t count;
	uint32_t placed[MAX_FUNCTIONS]; /* where a function begins, or NO_NUMBER */
	uint32_t order[MAX_FUNCTIONS];  /* the functions as they were placed */
	uint32_t placed_count;
};

/* Where a function begins in the program; at its first use it is put at the end. */
static int place(struct linker *linker, uint32_t number, uint32_t *start)
{
	const struct elf_function *function = &linker->loader->functions[number];
	const struct elf_code *code = &linker->loader->codes[function->code];
	const size_t size = sizeof(*linker->insns);
	int rc = 0;

	if (linker->placed[number] == NO_NUMBER) {
		if (function->count > PLIM_BPF_MAX_INSNS - linker->count) {
			plim_error_set(linker->loader->err, "more than %d instructions",
				       PLIM_BPF_MAX_INSNS);
			rc = -E2BIG;
			goto out;
		}
		memcpy(linker->insns + linker->count,
		       linker->loader->elf.sections[code->section].bytes + function->start * size,
		       function->count * size);
		linker->placed[number] = linker->count;
		linker->order[linker->placed_count++] = number;
		linker->count += function->count;
	}
	*start = linker->placed[number];
out:
	return rc;
}

static int undefined(struct linker *linker, const Elf64_Sym *symbol)
{
	plim_error_set(linker->loader->err,
		       "refers to %s, which is not in the object: the kernel's variables and "
		       "functions do not exist here",
		       plim_elf_symbol_name(&linker->loader->elf, symbol));
	return -ENOENT;
}

/* ld_imm64 of something in the object: a map, or a place in a section of data. */
static int resolve_reference(struct linker *linker, struct plim_bpf_insn *insn,
			     const Elf64_Sym *symbol)
{
	struct elf_loader *loader = linker->loader;
	const uint64_t at = symbol->st_value + (uint64_t)(int64_t)insn->imm;
	const uint32_t map = plim_elf_map_at(loader, symbol->st_shndx, at);

	if (symbol->st_shndx == SHN_UNDEF)
		return undefined(linker, symbol);
	if (plim_elf_code(loader, symbol->st_shndx)) {
		insn->src = BPFC_LD64_CODE; /* the check says where and why not */
		return 0;
	}
	if (map == NO_NUMBER || at > INT32_MAX) {
		plim_error_set(loader->err,
			       "refers to place %llu of section %s, where there is "
			       "neither a map nor data",
			       (unsigned long long)at,
			       symbol->st_shndx < loader->elf.section_count
				       ? loader->elf.sections[symbol->st_shndx].name
				       : "?");
		return -EINVAL;
	}
	insn->imm = (int32_t)map;
	insn->src = loader->maps[map].data ? BPFC_LD64_MAP_VALUE : BPFC_LD64_MAP;
	insn[1].imm = loader->maps[map].data ? (int32_t)at : 0;
	return 0;
}

/* A call: by its relocation, or, inside one section, by the distance that the compiler wrote. */
static int resolve_call(struct linker *linker, const struct elf_function *from, uint32_t at,
			struct plim_bpf_insn *insn, const Elf64_Sym *symbol)
{
	struct elf_loader *loader = linker->loader;
	const struct elf_code *code = &loader->codes[from->code];
	int64_t target = (int64_t)from->start + at + insn->imm + 1;
	uint32_t start;
	int rc = -EINVAL;

	if (symbol) {
		if (symbol->st_shndx == SHN_UNDEF) {
			rc = undefined(linker, symbol);
			goto out;
		}
		code = plim_elf_code(loader, symbol->st_shndx);
		target = symbol->st_value % sizeof(*insn) ||
					 symbol->st_value / sizeof(*insn) > PLIM_BPF_MAX_INSNS
				 ? -1
				 : (int64_t)(symbol->st_value / sizeof(*insn)) + insn->imm + 1;
	}
	if (!code || target < 0 || target >= code->count || code->functions[target] == NO_NUMBER) {
		plim_error_set(loader->err,
			       "function %s, instruction %u: calls a place where no "
			       "function begins",
			       from->name, at);
		goto out;
	}
	rc = place(linker, code->functions[target], &start);
	if (!rc)
		insn->imm = (int32_t)start - (int32_t)(insn - linker->insns) - 1;
out:
	return rc;
}

static int resolve_function(struct linker *linker, uint32_t number)
{
	const struct elf_function *function = &linker->loader->functions[number];
	const struct elf_code *code = &linker->loader->codes[function->code];
	struct plim_bpf_insn *insns = linker->insns + linker->placed[number];
	Elf64_Sym symbol;
	int rc = 0;

	for (uint32_t i = 0; !rc && i < function->count; i++) {
		struct plim_bpf_insn *insn = &insns[i];
		const uint32_t reloc = code->symbols[function->start + i];
		const bool call =
			insn->code == (BPFC_JMP | BPFC_CALL) && insn->src == BPFC_CALL_LOCAL;

		if (reloc != NO_NUMBER)
			plim_elf_symbol(&linker->loader->elf, reloc, &symbol);
		if (call)
			rc = resolve_call(linker, function, i, insn,
					  reloc == NO_NUMBER ? NULL : &symbol);
		else if (reloc != NO_NUMBER && insn->code == BPFC_LD64 && i + 1 < function->count)
			rc = resolve_reference(linker, insn, &symbol);
		else if (reloc != NO_NUMBER)
			rc = undefined(linker, &symbol);
		if (insn->code == BPFC_LD64)
			i++;
	}
	return rc;
}

static int link_program(struct linker *linker, uint32_t number, const struct plim_bpf_type *type,
			const char *section)
{
	struct elf_loader *loader = linker->loader;
	struct plim_bpf_file *file = loader->file;
	struct plim_bpf_file_program *made = &file->programs[file->program_count];
	struct plim_bpf_program_spec spec = {
		.name = loader->functions[number].name,
		.type = type,
		.maps = file->maps,
		.map_count = file->map_count,
	};
	uint32_t start;
	int rc;

	linker->count = linker->placed_count = 0;
	memset(linker->placed, 0xff, sizeof(linker->placed)); /* NO_NUMBER */
	rc = place(linker, number, &start);
	/* The row grows while it is walked: functions are put at its end as they are called. */
	for (uint32_t i = 0; !rc && i < linker->placed_count; i++)
		rc = resolve_function(linker, linker->order[i]);
	if (rc) {
		plim_bpf_error_in(loader->err, "program", spec.name);
		goto out;
	}
	if (linker->count > PLIM_BPF_FILE_INSNS - loader->linked_insns) {
		plim_error_set(loader->err, "the programs have more than %u instructions together",
			       PLIM_BPF_FILE_INSNS);
		rc = -E2BIG;
		goto out;
	}
	loader->linked_insns += linker->count;
	spec.insns = linker->insns;
	spec.insn_count = linker->count;
	rc = plim_bpf_program_new(loader->host, &spec, &made->program, loader->err);
	if (rc)
		goto out;
	snprintf(made->section, sizeof(made->section), "%s", section);
	loader->functions[number].program = file->program_count++;
out:
	return rc;
}

/* A function is a program if its section is a hook's; in ".text" there are only callees. */
static int link_if_program(struct linker *linker, uint32_t number)
{
	struct elf_loader *loader = linker->loader;
	const struct elf_code *code = &loader->codes[loader->functions[number].code];
	const char *section = loader->elf.sections[code->section].name;
	const struct plim_bpf_type *type;
	int rc = 0;

	if (strcmp(section, ".text") == 0 || section[0] == '?') /* '?': not loaded unless asked */
		goto out;
	if (loader->file->program_count == PLIM_BPF_FILE_PROGRAMS) {
		plim_error_set(loader->err, "more than %d programs", PLIM_BPF_FILE_PROGRAMS);
		rc = -E2BIG;
		goto out;
	}
	type = loader->options->type_of(loader->options->arg, section);
	if (!type) {
		plim_error_set(loader->err, "program %s: this host has no hook for section %s",
			       loader->functions[number].name, section);
		rc = -EINVAL;
		goto out;
	}
	rc = link_program(linker, number, type, section);
out:
	return rc;
}

int plim_elf_link_programs(struct elf_loader *loader)
{
	struct linker *linker = calloc(1, sizeof(*linker));
	int rc = -ENOMEM;

	if (linker)
		linker->insns = malloc(PLIM_BPF_MAX_INSNS * sizeof(*linker->insns));
	if (!linker || !linker->insns) {
		plim_error_set(loader->err, "no memory to link programs");
		goto out;
	}
	linker->loader = loader;
	rc = 0;
	for (uint32_t i = 0; !rc && i < loader->function_count; i++)
		rc = link_if_program(linker, i);
out:
	if (linker)
		free(linker->insns);
	free(linker);
	return rc;
}
