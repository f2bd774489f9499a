/* SPDX-License-Identifier: MIT */
/*
 * Damages one thing in a good object and looks at the reason that the loader gives: that it finds
 * this damage, and not only that something was wrong. Argument: a stripped "maps" object.
 */
#include <elf.h>
#include <linux/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf_fixture.h"
#include "core/elf_load.h"

static unsigned char good[1 << 16], bytes[1 << 16];
static size_t size;
static struct bpf_fixture fixture;
static int failed;

static const struct plim_bpf_type *any_type(void *arg, const char *section)
{
	(void)arg;
	(void)section;
	return &bpf_fixture_type;
}

static void expect(const char *reason)
{
	const struct plim_bpf_file_options options = {.type_of = any_type};
	struct plim_error err = {"it loads"};
	struct plim_bpf_file *file;

	plim_bpf_file_load(fixture.host, bytes, size, &options, &file, &err);
	if (file || !strstr(err.text, reason)) {
		printf("FAIL \"%s\" instead of \"%s\"\n", err.text, reason);
		failed++;
	}
	plim_bpf_file_close(file);
	memcpy(bytes, good, size);
}

static Elf64_Ehdr *header(void)
{
	return (Elf64_Ehdr *)(void *)bytes;
}

static Elf64_Shdr *section_number(unsigned number)
{
	return (Elf64_Shdr *)(void *)(bytes + header()->e_shoff) + number;
}

static Elf64_Shdr *section(const char *name)
{
	for (unsigned i = 1; i < header()->e_shnum; i++) {
		const char *names =
			(const char *)bytes + section_number(header()->e_shstrndx)->sh_offset;

		if (strcmp(names + section_number(i)->sh_name, name) == 0)
			return section_number(i);
	}
	printf("FAIL no section %s\n", name);
	exit(1);
}

static void *content(const char *name)
{
	return bytes + section(name)->sh_offset;
}

static Elf64_Sym *symbol(const char *name)
{
	Elf64_Shdr *table = section(".symtab");
	const char *names = (const char *)bytes + section_number(table->sh_link)->sh_offset;
	Elf64_Sym *symbols = (Elf64_Sym *)(void *)(bytes + table->sh_offset);

	for (size_t i = 0; i < table->sh_size / sizeof(*symbols); i++) {
		if (strcmp(names + symbols[i].st_name, name) == 0)
			return &symbols[i];
	}
	printf("FAIL no symbol %s\n", name);
	exit(1);
}

static void damage_elf(void)
{
	header()->e_ident[0] = 0;
	expect("not an ELF file");
	header()->e_ident[EI_CLASS] = ELFCLASS32;
	expect("not a 64-bit");
	header()->e_machine = EM_X86_64;
	expect("an object for machine 62, not for BPF");
	header()->e_type = ET_EXEC;
	expect("not a relocatable object");
	header()->e_shoff = size;
	expect("the section table lies outside the file");
	header()->e_shoff = UINT64_MAX - 63;
	expect("the section table lies outside the file");
	header()->e_shentsize = 63;
	expect("the section table is damaged");
	header()->e_shstrndx = header()->e_shnum;
	expect("the section names are in section");
	section("xdp")->sh_size = UINT64_MAX;
	expect("lies outside the file");
	section("xdp")->sh_offset = UINT64_MAX;
	expect("lies outside the file");
	section("xdp")->sh_link = 9999;
	expect("links to section 9999");
	section("xdp")->sh_size -= 4;
	expect("bytes are not 1 to 65536 instructions");
	section("license")->sh_link = section(".symtab")->sh_link;
	section("license")->sh_type = SHT_SYMTAB;
	expect("two symbol tables");
	section(".symtab")->sh_link = 0;
	expect("no string table");
}

static void damage_code(void)
{
	Elf64_Rel *relocs = content(".relxdp");

	relocs[1].r_offset = relocs[0].r_offset;
	expect("for the second time");
	relocs[0].r_offset += 4;
	expect("outside the instructions");
	relocs[0].r_offset = UINT64_MAX - 7;
	expect("outside the instructions");
	relocs[0].r_offset += 8;
	expect("of an instruction that has none of this type");
	relocs[0].r_info = ELF64_R_INFO(9999, 1);
	expect("to a symbol that does not exist");
	relocs[0].r_info = ELF64_R_INFO(1, 99);
	expect("of an instruction that has none of this type");
	section(".relxdp")->sh_type = SHT_RELA;
	expect("relocations of an unknown kind");
	symbol("count")->st_size += 1 << 20;
	expect("function count lies outside its section");
	symbol("lpm")->st_size += 8;
	expect("function lpm lies outside its section");
	symbol("lpm")->st_value = UINT64_MAX - 7;
	expect("function lpm lies outside its section");
	symbol("count")->st_value += 4;
	expect("function count lies outside its section");
	symbol("counts")->st_shndx = SHN_UNDEF;
	expect("refers to counts, which is not in the object");
	symbol("counts")->st_shndx = SHN_ABS;
	expect("where there is neither a map nor data");
	symbol("forget")->st_size -= 8;
	expect("runs past its end without exit");
}

/* Lets every typedef refer to itself: whoever follows one goes round for ever, or notices. */
static void close_circles(void)
{
	unsigned char *btf = content(".BTF");
	const struct btf_header *head = (const struct btf_header *)(void *)btf;
	unsigned char *types = btf + head->hdr_len + head->type_off;
	uint32_t number = 1, at = 0;

	while (at + sizeof(struct btf_type) <= head->type_len) {
		struct btf_type *type = (struct btf_type *)(void *)(types + at);
		const uint32_t kind = BTF_INFO_KIND(type->info), count = BTF_INFO_VLEN(type->info);

		if (kind == BTF_KIND_TYPEDEF)
			type->type = number;
		at += (uint32_t)sizeof(*type);
		if (kind == BTF_KIND_INT || kind == BTF_KIND_VAR)
			at += 4;
		else if (kind == BTF_KIND_ARRAY || kind == BTF_KIND_STRUCT ||
			 kind == BTF_KIND_DATASEC)
			at += kind == BTF_KIND_ARRAY ? 12 : 12 * count;
		else if (kind == BTF_KIND_FUNC_PROTO || kind == BTF_KIND_ENUM)
			at += 8 * count;
		number++;
	}
}

static void damage_btf(void)
{
	struct btf_header *head = content(".BTF");

	head->magic = 0;
	expect("the BTF header is damaged");
	head->hdr_len = UINT32_MAX;
	expect("the BTF header is damaged");
	head->type_off = UINT32_MAX;
	expect("the BTF header is damaged");
	head->str_len = 0;
	expect("the BTF header is damaged");
	head->type_len -= 4;
	expect("is damaged or of an unknown kind");
	section(".BTF")->sh_size = 8;
	expect("BTF of 8 bytes");
	section(".BTF")->sh_name = 0;
	expect("map counts has no definition in BTF");
	close_circles();
	expect("cannot understand its member");
}

int main(int argc, char **argv)
{
	FILE *in = argc == 2 ? fopen(argv[1], "rb") : NULL;

	if (!in) {
		fprintf(stderr, "usage: test_ebpf_damage OBJECT\n");
		return 1;
	}
	size = fread(good, 1, sizeof(good), in);
	fclose(in);
	memcpy(bytes, good, size);
	bpf_fixture_open(&fixture);
	damage_elf();
	damage_code();
	damage_btf();
	bpf_fixture_close(&fixture);
	printf("%d reasons are not as expected\n", failed);
	return failed ? 1 : 0;
}
