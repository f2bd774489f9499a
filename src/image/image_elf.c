/* SPDX-License-Identifier: MIT */
/* ELF: System V ABI, chapters 4 and 5, and the processor supplements. */
#include "image/image_elf.h"
#include "image/orc.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* An object's sections are aligned to at most this much; more is a damaged header. */
#define MAX_ALIGN ((uint64_t)1 << 21)
/* All sections of an object together; beyond it its relocations could not reach anyway. */
#define MAX_OBJECT_BYTES ((uint64_t)1 << 40)

static bool in_file(const struct plim_elf *elf, uint64_t offset, uint64_t size)
{
	return offset <= elf->size && size <= elf->size - offset;
}

static int fail(const struct plim_elf *elf, struct plim_error *err, const char *why)
{
	return plim_error_set(err, "%s: %s", elf->image->path, why);
}

static void widen_header(const Elf32_Ehdr *from, Elf64_Ehdr *to)
{
	to->e_type = from->e_type;
	to->e_machine = from->e_machine;
	to->e_entry = from->e_entry;
	to->e_phoff = from->e_phoff;
	to->e_shoff = from->e_shoff;
	to->e_flags = from->e_flags;
	to->e_phentsize = from->e_phentsize;
	to->e_phnum = from->e_phnum;
	to->e_shentsize = from->e_shentsize;
	to->e_shnum = from->e_shnum;
	to->e_shstrndx = from->e_shstrndx;
}

static bool find_arch(struct plim_elf *elf)
{
	static const struct {
		uint16_t machine;
		bool is_64;
		enum plim_arch arch;
	} known[] = {
		{EM_X86_64, true, PLIM_ARCH_X86_64},  {EM_AARCH64, true, PLIM_ARCH_AARCH64},
		{EM_ARM, false, PLIM_ARCH_ARM},       {EM_RISCV, true, PLIM_ARCH_RISCV64},
		{EM_RISCV, false, PLIM_ARCH_RISCV32},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (elf->header.e_machine == known[i].machine && elf->is_64 == known[i].is_64) {
			elf->image->arch = known[i].arch;
			return true;
		}
	}
	return false;
}

static int read_header(struct plim_elf *elf, struct plim_error *err)
{
	const uint8_t *ident = elf->bytes;
	Elf32_Ehdr narrow;

	if (elf->size < sizeof(Elf32_Ehdr))
		return fail(elf, err, "an ELF file that ends within its header");
	if (ident[EI_DATA] != ELFDATA2LSB)
		return fail(elf, err, "a big-endian ELF file; only little-endian CPUs are read");
	elf->is_64 = ident[EI_CLASS] == ELFCLASS64;
	if (elf->is_64) {
		if (elf->size < sizeof(Elf64_Ehdr))
			return fail(elf, err, "an ELF file that ends within its header");
		memcpy(&elf->header, elf->bytes, sizeof(elf->header));
	} else {
		memcpy(&narrow, elf->bytes, sizeof(narrow));
		widen_header(&narrow, &elf->header);
	}
	elf->machine = elf->header.e_machine;
	elf->image->address_bytes = elf->is_64 ? 8 : 4;
	elf->image->format = PLIM_FORMAT_ELF;
	if (!find_arch(elf))
		return plim_error_set(
			err, "%s: ELF for machine %u; known are x86-64, aarch64, ARM, RISC-V",
			elf->image->path, elf->machine);
	switch (elf->header.e_type) {
	case ET_REL: elf->is_relocatable = true; break;
	case ET_EXEC:
	case ET_DYN: break;
	default: return fail(elf, err, "an ELF file that is neither program, library nor object");
	}
	elf->image->priv->is_relocatable = elf->is_relocatable;
	if (!elf->is_relocatable && elf->header.e_entry)
		elf->image->entry = elf->header.e_entry;
	if (elf->machine == EM_ARM && elf->image->entry != PLIM_NO_ADDRESS)
		elf->image->entry &= ~(uint64_t)1;
	return 0;
}

static void read_section_header(const struct plim_elf *elf, size_t index, Elf64_Shdr *section)
{
	const uint8_t *at = elf->bytes + elf->header.e_shoff + index * elf->header.e_shentsize;
	Elf32_Shdr narrow;

	if (elf->is_64) {
		memcpy(section, at, sizeof(*section));
		return;
	}
	memcpy(&narrow, at, sizeof(narrow));
	section->sh_name = narrow.sh_name;
	section->sh_type = narrow.sh_type;
	section->sh_flags = narrow.sh_flags;
	section->sh_addr = narrow.sh_addr;
	section->sh_offset = narrow.sh_offset;
	section->sh_size = narrow.sh_size;
	section->sh_link = narrow.sh_link;
	section->sh_info = narrow.sh_info;
	section->sh_addralign = narrow.sh_addralign;
	section->sh_entsize = narrow.sh_entsize;
}

static int allocate_tables(struct plim_elf *elf)
{
	size_t n = elf->section_count ? elf->section_count : 1;

	elf->sections = plim_arena_take(elf->arena, n * sizeof(*elf->sections));
	elf->names = plim_arena_take(elf->arena, n * sizeof(*elf->names));
	elf->addresses = plim_arena_take(elf->arena, n * sizeof(*elf->addresses));
	elf->copies = plim_arena_take(elf->arena, n * sizeof(*elf->copies));
	if (!elf->sections || !elf->names || !elf->addresses || !elf->copies)
		return -1;
	memset(elf->copies, 0, n * sizeof(*elf->copies));
	return 0;
}

static void read_section_names(struct plim_elf *elf, uint32_t table)
{
	const Elf64_Shdr *strings = table < elf->section_count ? &elf->sections[table] : NULL;

	for (size_t i = 0; i < elf->section_count; i++) {
		uint64_t offset = elf->sections[i].sh_name;
		const char *name = "";

		if (strings && strings->sh_type == SHT_STRTAB && offset < strings->sh_size &&
		    in_file(elf, strings->sh_offset, strings->sh_size)) {
			name = (const char *)elf->bytes + strings->sh_offset + offset;
			if (!plim_name_ends(name, strings->sh_size - offset))
				name = "";
		}
		elf->names[i] = name;
	}
}

static int read_section_table(struct plim_elf *elf, struct plim_error *err)
{
	size_t entry = elf->is_64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
	uint64_t count = elf->header.e_shnum;
	uint32_t names = elf->header.e_shstrndx;
	Elf64_Shdr first;

	if (!elf->header.e_shoff)
		return 0;
	if (elf->header.e_shentsize != entry || !in_file(elf, elf->header.e_shoff, entry))
		return fail(elf, err,
			    "its section table lies outside the file: cut off or damaged");
	read_section_header(elf, 0, &first);
	if (!count)
		count = first.sh_size;
	if (names == SHN_XINDEX)
		names = first.sh_link;
	if (count > elf->size / entry || !in_file(elf, elf->header.e_shoff, count * entry))
		return fail(elf, err,
			    "its section table lies outside the file: cut off or damaged");
	elf->section_count = (size_t)count;
	if (allocate_tables(elf))
		return fail(elf, err, "no memory");
	for (size_t i = 0; i < elf->section_count; i++)
		read_section_header(elf, i, &elf->sections[i]);
	read_section_names(elf, names);
	return 0;
}

static bool is_loaded(const Elf64_Shdr *section)
{
	/* The space of .tbss is in no segment: its address is that of what follows. */
	return section->sh_flags & SHF_ALLOC &&
	       !(section->sh_flags & SHF_TLS && section->sh_type == SHT_NOBITS);
}

/* Addresses as linked; an object's sections one after the other. */
static int lay_out(struct plim_elf *elf, struct plim_error *err)
{
	uint64_t at = PLIM_OBJECT_BASE;

	for (size_t i = 0; i < elf->section_count; i++) {
		const Elf64_Shdr *s = &elf->sections[i];
		uint64_t align = s->sh_addralign ? s->sh_addralign : 1;

		elf->addresses[i] = PLIM_NO_ADDRESS;
		if (!is_loaded(s))
			continue;
		if (!elf->is_relocatable) {
			elf->addresses[i] = s->sh_addr;
			continue;
		}
		if (align & (align - 1) || align > MAX_ALIGN || s->sh_size > MAX_OBJECT_BYTES)
			return fail(elf, err, "a section's size or alignment cannot be true");
		at = (at + align - 1) & -align;
		elf->addresses[i] = at;
		at += s->sh_size;
		if (at > MAX_OBJECT_BYTES)
			return fail(elf, err, "its sections are larger than any object can be");
	}
	return 0;
}

const uint8_t *plim_elf_content(const struct plim_elf *elf, size_t section)
{
	const Elf64_Shdr *s = &elf->sections[section];

	if (elf->copies[section])
		return elf->copies[section];
	if (s->sh_type == SHT_NOBITS || !in_file(elf, s->sh_offset, s->sh_size))
		return NULL;
	return elf->bytes + s->sh_offset;
}

/* An object's sections that relocations will change get a copy of their own. */
static int copy_relocated(struct plim_elf *elf)
{
	uint64_t total = 0;

	for (size_t i = 0; elf->is_relocatable && i < elf->section_count; i++) {
		const Elf64_Shdr *s = &elf->sections[i];
		size_t target = s->sh_info;
		const uint8_t *content;

		if ((s->sh_type != SHT_RELA && s->sh_type != SHT_REL) ||
		    target >= elf->section_count || elf->copies[target])
			continue;
		if (!is_loaded(&elf->sections[target]) &&
		    strcmp(elf->names[target], ".debug_frame") != 0)
			continue;
		content = plim_elf_content(elf, target);
		total += elf->sections[target].sh_size;
		if (!content || elf->sections[target].sh_flags & SHF_COMPRESSED ||
		    total > 2 * elf->size)
			continue;
		elf->copies[target] = plim_arena_take(elf->arena, elf->sections[target].sh_size);
		if (!elf->copies[target])
			return -1;
		memcpy(elf->copies[target], content, elf->sections[target].sh_size);
	}
	return 0;
}

static int add_sections(struct plim_elf *elf, struct plim_error *err)
{
	uint64_t total = 0;

	for (size_t i = 1; i < elf->section_count; i++) {
		const Elf64_Shdr *s = &elf->sections[i];
		const uint8_t *content = plim_elf_content(elf, i);
		struct plim_section *section;

		if (s->sh_type == SHT_NULL)
			continue;
		/* Sections do not share bytes; if they did, work would not be bounded by the file. */
		total += content ? s->sh_size : 0;
		if (total > 2 * elf->size)
			return fail(elf, err, "its sections overlap: damaged");
		if (s->sh_type != SHT_NOBITS && s->sh_flags & SHF_EXECINSTR && !content)
			return fail(elf, err, "code lies outside the file: cut off or damaged");
		section = plim_vec_add(&elf->builder->sections, sizeof(*section));
		if (!section)
			return fail(elf, err, "no memory");
		section->name = elf->names[i];
		section->address = elf->addresses[i];
		section->size = s->sh_size;
		section->data = content;
		section->data_bytes = content ? s->sh_size : 0;
		section->index = (uint32_t)i;
		if (is_loaded(s)) {
			section->flags = PLIM_SECTION_LOADED;
			section->flags |= s->sh_flags & SHF_EXECINSTR ? PLIM_SECTION_EXEC : 0;
			section->flags |= s->sh_flags & SHF_WRITE ? PLIM_SECTION_WRITE : 0;
			if (section->address + section->size < section->address)
				return fail(elf, err, "a section wraps round the address space");
		}
	}
	return 0;
}

static bool read_program_header(const struct plim_elf *elf, size_t index, Elf64_Phdr *segment)
{
	size_t entry = elf->is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	uint64_t offset = elf->header.e_phoff + index * entry;
	Elf32_Phdr narrow;

	if (elf->header.e_phentsize != entry || offset < elf->header.e_phoff ||
	    !in_file(elf, offset, entry))
		return false;
	if (elf->is_64) {
		memcpy(segment, elf->bytes + offset, sizeof(*segment));
		return true;
	}
	memcpy(&narrow, elf->bytes + offset, sizeof(narrow));
	*segment = (Elf64_Phdr){.p_type = narrow.p_type,
				.p_flags = narrow.p_flags,
				.p_offset = narrow.p_offset,
				.p_vaddr = narrow.p_vaddr,
				.p_filesz = narrow.p_filesz,
				.p_memsz = narrow.p_memsz};
	return true;
}

/* Without a section table the segments are all there is: they stand in for sections. */
static int add_segments(struct plim_elf *elf, struct plim_error *err)
{
	for (size_t i = 0; i < elf->header.e_phnum; i++) {
		struct plim_section *section;
		Elf64_Phdr p;

		if (!read_program_header(elf, i, &p))
			return fail(elf, err, "its program headers lie outside the file");
		if (p.p_type != PT_LOAD || !p.p_memsz)
			continue;
		if (!in_file(elf, p.p_offset, p.p_filesz) || p.p_filesz > p.p_memsz ||
		    p.p_vaddr + p.p_memsz < p.p_vaddr)
			return fail(elf, err,
				    "a segment lies outside the file: cut off or damaged");
		section = plim_vec_add(&elf->builder->sections, sizeof(*section));
		if (!section)
			return fail(elf, err, "no memory");
		section->name = p.p_flags & PF_X ? "(code)" : "(data)";
		section->address = p.p_vaddr;
		section->size = p.p_memsz;
		section->data = elf->bytes + p.p_offset;
		section->data_bytes = p.p_filesz;
		section->flags = PLIM_SECTION_LOADED;
		section->flags |= p.p_flags & PF_X ? PLIM_SECTION_EXEC : 0;
		section->flags |= p.p_flags & PF_W ? PLIM_SECTION_WRITE : 0;
		section->index = PLIM_NONE;
	}
	return 0;
}

static void find_kind(struct plim_elf *elf)
{
	bool has_interpreter = false;

	if (elf->is_relocatable) {
		elf->image->kind = plim_image_section_named(elf->image, ".modinfo")
					   ? PLIM_IMAGE_KERNEL_MODULE
					   : PLIM_IMAGE_OBJECT;
		return;
	}
	if (plim_image_section_named(elf->image, "__ksymtab") &&
	    plim_image_section_named(elf->image, ".init.text")) {
		elf->image->kind = PLIM_IMAGE_KERNEL;
		return;
	}
	for (size_t i = 0; i < elf->header.e_phnum; i++) {
		Elf64_Phdr p;

		if (!read_program_header(elf, i, &p))
			break;
		has_interpreter = has_interpreter || p.p_type == PT_INTERP;
	}
	elf->image->kind = elf->header.e_type == ET_EXEC || has_interpreter ? PLIM_IMAGE_EXECUTABLE
									    : PLIM_IMAGE_SHARED;
}

static int add_cfi(struct plim_elf *elf, const struct plim_section *section, bool is_eh_frame,
		   uint64_t address)
{
	const struct plim_section *got = plim_image_section_named(elf->image, ".got");
	struct plim_cfi_section cfi = {
		.bytes = section->data,
		.size = section->data_bytes,
		.address = address,
		.data_base = got ? got->address : 0,
		.address_bytes = (uint8_t)elf->image->address_bytes,
		.is_eh_frame = is_eh_frame,
	};

	return section->data ? plim_cfi_add(&elf->image->priv->cfi, &cfi) : 0;
}

/* Without sections: the header of the binary search table says where .eh_frame is (LSB 10.6.2). */
static int add_cfi_of_segment(struct plim_elf *elf)
{
	for (size_t i = 0; i < elf->header.e_phnum && !elf->section_count; i++) {
		const struct plim_section *s;
		struct plim_section part;
		const uint8_t *header;
		uint64_t address;
		int32_t offset;
		Elf64_Phdr p;

		if (!read_program_header(elf, i, &p) || p.p_type != PT_GNU_EH_FRAME)
			continue;
		header = plim_image_bytes(elf->image, p.p_vaddr, 8);
		if (!header || header[0] != 1 || header[1] != 0x1b) /* pcrel sdata4 */
			continue;
		memcpy(&offset, header + 4, sizeof(offset));
		address = p.p_vaddr + 4 + (uint64_t)(int64_t)offset;
		s = plim_image_section_at(elf->image, address);
		if (!s || !s->data || address - s->address >= s->data_bytes)
			continue;
		part = *s;
		part.data += address - s->address;
		part.data_bytes -= address - s->address;
		return add_cfi(elf, &part, true, address);
	}
	return 0;
}

static int read_cfi(struct plim_elf *elf)
{
	const struct plim_image *image = elf->image;

	for (size_t i = 0; i < image->section_count; i++) {
		const struct plim_section *s = &image->sections[i];
		bool is_eh_frame = strcmp(s->name, ".eh_frame") == 0;

		if (!is_eh_frame && strcmp(s->name, ".debug_frame") != 0)
			continue;
		if (s->index != PLIM_NONE && elf->sections[s->index].sh_flags & SHF_COMPRESSED)
			continue;
		if (add_cfi(elf, s, is_eh_frame, s->address == PLIM_NO_ADDRESS ? 0 : s->address))
			return -1;
	}
	if (add_cfi_of_segment(elf))
		return -1;
	plim_cfi_finish(&elf->image->priv->cfi);
	if (elf->machine != EM_X86_64)
		return 0;
	return plim_orc_read(elf->image, &elf->image->priv->orc);
}

static bool is_linkage(const struct plim_section *section)
{
	return strncmp(section->name, ".plt", 4) == 0 || strncmp(section->name, ".iplt", 5) == 0;
}

/* Starts that no symbol need name: the tables' entries, the program's entry, .init and .fini. */
static int add_starts(struct plim_elf *elf)
{
	static const char *const started[] = {".init", ".fini"};
	static const char *const names[] = {"_init", "_fini"};
	const struct plim_fde *fdes = elf->image->priv->cfi.fdes.items;

	for (size_t i = 0; i < elf->image->priv->cfi.fdes.count; i++) {
		const struct plim_section *s = plim_image_section_at(elf->image, fdes[i].start);

		if (!s || !(s->flags & PLIM_SECTION_EXEC) || is_linkage(s))
			continue;
		if (!plim_build_function(elf->builder, NULL, fdes[i].start,
					 fdes[i].end - fdes[i].start, PLIM_RANK_TABLE, 0))
			return -1;
	}
	if (elf->image->entry != PLIM_NO_ADDRESS &&
	    !plim_build_function(elf->builder, "_start", elf->image->entry, 0, PLIM_RANK_EXPORT,
				 PLIM_FUNCTION_ENTRY))
		return -1;
	for (size_t i = 0; i < 2 && !elf->is_relocatable; i++) {
		const struct plim_section *s = plim_image_section_named(elf->image, started[i]);

		if (s && s->size &&
		    !plim_build_function(elf->builder, names[i], s->address, 0, PLIM_RANK_EXPORT,
					 0))
			return -1;
	}
	return 0;
}

static int read_build_id(struct plim_elf *elf)
{
	const struct plim_section *s = plim_image_section_named(elf->image, ".note.gnu.build-id");
	char text[2 * 64 + 1];
	Elf64_Nhdr note;
	size_t bytes;

	if (!s || s->data_bytes < sizeof(note) + 4)
		return 0;
	memcpy(&note, s->data, sizeof(note));
	bytes = note.n_descsz;
	if (note.n_namesz != 4 || bytes > 64 || bytes > s->data_bytes - sizeof(note) - 4)
		return 0;
	for (size_t i = 0; i < bytes; i++) {
		static const char digits[] = "0123456789abcdef";
		uint8_t byte = s->data[sizeof(note) + 4 + i];

		text[2 * i] = digits[byte >> 4];
		text[2 * i + 1] = digits[byte & 15];
	}
	elf->image->build_id = plim_arena_string(elf->arena, text, 2 * bytes);
	return elf->image->build_id ? 0 : -1;
}

static int read_contents(struct plim_elf *elf)
{
	struct plim_image *image = elf->image;

	image->has_debug_info = plim_image_section_named(image, ".debug_info") != NULL ||
				plim_image_section_named(image, ".zdebug_info") != NULL;
	find_kind(elf);
	if (plim_elf_find_symtabs(elf) || plim_elf_read_relocations(elf) ||
	    plim_elf_read_symbols(elf) || plim_elf_read_stubs(elf) || read_cfi(elf) ||
	    add_starts(elf) || read_build_id(elf))
		return -1;
	image->is_stripped = !elf->symtab.section;
	return plim_build_finish(elf->builder);
}

int plim_elf_read(struct plim_image *image, struct plim_error *err)
{
	struct plim_builder builder = {.image = image};
	struct plim_elf elf = {
		.image = image,
		.builder = &builder,
		.arena = &image->priv->arena,
		.bytes = image->priv->bytes,
		.size = image->priv->size,
	};

	if (read_header(&elf, err) || read_section_table(&elf, err) || lay_out(&elf, err))
		return -1;
	if (copy_relocated(&elf))
		return fail(&elf, err, "no memory");
	if (elf.section_count ? add_sections(&elf, err) : add_segments(&elf, err)) {
		plim_vec_free(&builder.sections);
		return -1;
	}
	plim_build_sections(&builder);
	builder.scan_pointers = elf.header.e_type == ET_EXEC;
	if (read_contents(&elf)) {
		plim_build_free(&builder);
		return fail(&elf, err, "no memory");
	}
	if (!image->function_count)
		return fail(&elf, err,
			    "it holds no code that a symbol or an unwind table tells of");
	return 0;
}
