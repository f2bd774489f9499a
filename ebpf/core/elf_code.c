/* SPDX-License-Identifier: MIT */
/* The instructions of an object file: which sections hold them, which functions, and what each
 * relocation means to the instruction it stands at. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/elf_parts.h"

static int add_code(struct elf_loader *loader, uint32_t section, uint64_t bytes)
{
	struct elf_code *code = &loader->codes[loader->code_count];
	int rc = -E2BIG;

	if (loader->code_count == MAX_CODE_SECTIONS) {
		plim_error_set(loader->err, "more than %d sections of instructions",
			       MAX_CODE_SECTIONS);
		goto out;
	}
	if (bytes > PLIM_BPF_MAX_INSNS * sizeof(struct plim_bpf_insn) ||
	    bytes % sizeof(struct plim_bpf_insn)) {
		rc = -EINVAL;
		plim_error_set(loader->err, "section %s: %llu bytes are not 1 to %d instructions",
			       loader->elf.sections[section].name, (unsigned long long)bytes,
			       PLIM_BPF_MAX_INSNS);
		goto out;
	}
	loader->code_count++;
	code->section = section;
	code->count = (uint32_t)(bytes / sizeof(struct plim_bpf_insn));
	code->symbols = malloc(code->count * sizeof(*code->symbols));
	code->functions = malloc(code->count * sizeof(*code->functions));
	rc = -ENOMEM;
	if (!code->symbols || !code->functions) {
		plim_error_set(loader->err, "no memory for %u instructions", code->count);
		goto out;
	}
	for (uint32_t i = 0; i < code->count; i++)
		code->symbols[i] = code->functions[i] = NO_NUMBER;
	rc = 0;
out:
	return rc;
}

static struct elf_code *find_code(struct elf_loader *loader, uint32_t section)
{
	for (uint32_t i = 0; i < loader->code_count; i++) {
		if (loader->codes[i].section == section)
			return &loader->codes[i];
	}
	return NULL;
}

const struct elf_code *plim_elf_code(const struct elf_loader *loader, uint32_t section)
{
	return find_code((struct elf_loader *)loader, section);
}

/* One relocation an instruction, of the kind that the instruction can have. */
static int take_code_reloc(struct elf_loader *loader, uint32_t section, uint64_t place,
			   uint32_t type, uint32_t symbol)
{
	struct elf_code *code = find_code(loader, section);
	const uint64_t at = place / sizeof(struct plim_bpf_insn);
	const unsigned char *opcode;
	const char *why = NULL;

	if (place % sizeof(struct plim_bpf_insn) || at >= code->count) {
		why = "outside the instructions";
	} else {
		opcode = loader->elf.sections[section].bytes + place;
		if (symbol >= loader->elf.symbol_count)
			why = "to a symbol that does not exist";
		else if (code->symbols[at] != NO_NUMBER)
			why = "for the second time";
		else if (!(type == RELOC_64_64 && *opcode == BPFC_LD64) &&
			 !(type == RELOC_64_32 && *opcode == (BPFC_JMP | BPFC_CALL)))
			why = "of an instruction that has none of this type";
	}
	if (why) {
		plim_error_set(loader->err, "section %s: relocation of type %u at %llu %s",
			       loader->elf.sections[section].name, type, (unsigned long long)place,
			       why);
		return -EINVAL;
	}
	code->symbols[at] = symbol;
	return 0;
}

static int add_function(struct elf_loader *loader, const Elf64_Sym *symbol)
{
	const char *name = plim_elf_symbol_name(&loader->elf, symbol);
	struct elf_code *code = find_code(loader, symbol->st_shndx);
	const uint64_t size = sizeof(struct plim_bpf_insn);
	struct elf_function *function = &loader->functions[loader->function_count];
	uint64_t start, count;
	int rc = 0;

	if (!code || symbol->st_size == 0)
		goto out; /* a label, or in a section that is not code */
	start = symbol->st_value / size;
	count = symbol->st_size / size;
	if (symbol->st_value % size || symbol->st_size % size || start >= code->count ||
	    count > code->count - start) {
		plim_error_set(loader->err, "function %s lies outside its section", name);
		rc = -EINVAL;
		goto out;
	}
	if (code->functions[start] != NO_NUMBER)
		goto out; /* another name for the same function */
	if (loader->function_count == MAX_FUNCTIONS) {
		plim_error_set(loader->err, "more than %d functions", MAX_FUNCTIONS);
		rc = -E2BIG;
		goto out;
	}
	function->code = (uint32_t)(code - loader->codes);
	function->start = (uint32_t)start;
	function->count = (uint32_t)count;
	function->program = NO_NUMBER;
	function->name = name;
	code->functions[start] = loader->function_count++;
out:
	return rc;
}

static int add_functions(struct elf_loader *loader)
{
	Elf64_Sym symbol;
	int rc = 0;

	for (uint32_t i = 0; !rc && i < loader->elf.symbol_count; i++) {
		plim_elf_symbol(&loader->elf, i, &symbol);
		if (ELF64_ST_TYPE(symbol.st_info) == STT_FUNC)
			rc = add_function(loader, &symbol);
	}
	return rc;
}

int plim_elf_find_code(struct elf_loader *loader)
{
	const struct plim_elf_file *elf = &loader->elf;
	int rc = 0;

	for (uint32_t i = 1; !rc && i < elf->section_count; i++) {
		const struct plim_elf_section *section = &elf->sections[i];

		if (section->type == SHT_PROGBITS && section->flags & SHF_EXECINSTR &&
		    section->size)
			rc = add_code(loader, i, section->size);
	}
	for (uint32_t i = 0; !rc && i < loader->code_count; i++)
		rc = plim_elf_each_reloc(loader, loader->codes[i].section, take_code_reloc);
	if (!rc)
		rc = add_functions(loader);
	return rc;
}

void plim_elf_drop_code(struct elf_loader *loader)
{
	for (uint32_t i = 0; i < loader->code_count; i++) {
		free(loader->codes[i].symbols);
		free(loader->codes[i].functions);
	}
	loader->code_count = 0;
}
