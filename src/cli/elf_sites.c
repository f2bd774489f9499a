/* SPDX-License-Identifier: MIT */
#include "cli/elf_sites.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECTION_NAME "plim_sites"

/* The bytes of a site before its kinds, and where in it the references are. */
#define SITE_HEAD offsetof(struct plim_site, kinds)
#define UNKNOWN   "?"

/** What a relocation makes of a word. */
struct fixup {
	uint32_t section; /* that it is in; 0 when `offset` is an address */
	uint64_t offset;
	const char *symbol; /* "" if it has none */
	uint32_t target;    /* section of the symbol, 0 if it is imported */
	uint64_t value;     /* of symbol and addend: an offset there, or an address */
};

struct section {
	const uint8_t *bytes;
	uint64_t size;
	uint64_t address;
	bool is_loaded;
};

struct image {
	Elf *elf;
	bool is_relocatable;
	size_t section_count;
	struct section *sections;
	struct plim_list fixups;
	const struct fixup *last;
};

/** A place in a section. */
struct place {
	uint32_t section; /* 0: nowhere */
	uint64_t offset;
};

bool elf_sites_is_elf(const char *path)
{
	char magic[SELFMAG];
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool is_elf = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
		      read(fd, magic, sizeof(magic)) == sizeof(magic) &&
		      !memcmp(magic, ELFMAG, SELFMAG);

	if (fd >= 0)
		close(fd);
	return is_elf;
}

static const char *section_name(struct image *image, const GElf_Shdr *header, size_t names)
{
	const char *name = elf_strptr(image->elf, names, header->sh_name);

	return name ? name : "";
}

static int load_sections(struct image *image, struct plim_error *err)
{
	if (elf_getshdrnum(image->elf, &image->section_count) != 0)
		return plim_error_set(err, "its section headers cannot be read: %s",
				      elf_errmsg(-1));
	image->sections = calloc(image->section_count + 1, sizeof(*image->sections));
	if (!image->sections)
		return plim_error_set(err, "no memory for its sections");
	for (size_t i = 1; i < image->section_count; i++) {
		GElf_Shdr header;
		Elf_Scn *scn = elf_getscn(image->elf, i);

		if (!scn || !gelf_getshdr(scn, &header) || !(header.sh_flags & SHF_ALLOC) ||
		    header.sh_type == SHT_NOBITS)
			continue;
		Elf_Data *data = elf_rawdata(scn, NULL);

		if (!data || !data->d_buf)
			continue;
		image->sections[i].bytes = data->d_buf;
		image->sections[i].size = data->d_size;
		image->sections[i].address = header.sh_addr;
		image->sections[i].is_loaded = true;
	}
	return 0;
}

static int add_fixup(struct image *image, const GElf_Rela *rela, const GElf_Shdr *header,
		     Elf_Data *symbols, uint64_t names)
{
	struct fixup *fixup = plim_list_add(&image->fixups, sizeof(*fixup));
	GElf_Sym symbol;

	if (!fixup)
		return -1;
	fixup->section = image->is_relocatable ? header->sh_info : 0;
	fixup->offset = rela->r_offset;
	fixup->value = (uint64_t)rela->r_addend;
	fixup->symbol = "";
	if (!GELF_R_SYM(rela->r_info) || !symbols ||
	    !gelf_getsym(symbols, (int)GELF_R_SYM(rela->r_info), &symbol)) {
		/* R_*_RELATIVE: the addend is the address. */
		fixup->target = image->is_relocatable ? 0 : UINT32_MAX;
		return 0;
	}
	const char *name = elf_strptr(image->elf, names, symbol.st_name);

	fixup->symbol = name ? name : "";
	fixup->value += symbol.st_value;
	if (symbol.st_shndx != SHN_UNDEF && symbol.st_shndx < SHN_LORESERVE)
		fixup->target = image->is_relocatable ? symbol.st_shndx : UINT32_MAX;
	return 0;
}

static int compare_fixups(const void *a, const void *b)
{
	const struct fixup *x = a;
	const struct fixup *y = b;

	if (x->section != y->section)
		return x->section < y->section ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/** Whether relocations of this section can speak of sites. */
static bool is_wanted(struct image *image, const GElf_Shdr *header, size_t names)
{
	GElf_Shdr target;
	Elf_Scn *scn;

	if (header->sh_type != SHT_RELA)
		return false;
	if (!image->is_relocatable)
		return (header->sh_flags & SHF_ALLOC) != 0;
	scn = elf_getscn(image->elf, header->sh_info);
	if (!scn || !gelf_getshdr(scn, &target))
		return false;
	const char *name = section_name(image, &target, names);

	/* Besides the sites: what providers and tables of enums point to. */
	return !strcmp(name, SECTION_NAME) || !strncmp(name, ".data", 5) ||
	       !strncmp(name, ".rodata", 7);
}

static int load_fixups(struct image *image, size_t names, struct plim_error *err)
{
	for (size_t i = 1; i < image->section_count; i++) {
		GElf_Shdr header;
		GElf_Shdr symbol_header = {0};
		Elf_Scn *scn = elf_getscn(image->elf, i);

		if (!scn || !gelf_getshdr(scn, &header) || !is_wanted(image, &header, names))
			continue;
		Elf_Data *data = elf_getdata(scn, NULL);
		Elf_Scn *symbol_scn = elf_getscn(image->elf, header.sh_link);
		Elf_Data *symbols =
			header.sh_link && symbol_scn ? elf_getdata(symbol_scn, NULL) : NULL;

		if (symbols)
			gelf_getshdr(symbol_scn, &symbol_header);
		size_t count = data && header.sh_entsize ? data->d_size / header.sh_entsize : 0;

		for (size_t r = 0; r < count; r++) {
			GElf_Rela rela;

			if (gelf_getrela(data, (int)r, &rela) &&
			    add_fixup(image, &rela, &header, symbols, symbol_header.sh_link) != 0)
				return plim_error_set(err, "no memory for its relocations");
		}
	}
	if (image->fixups.count)
		qsort(image->fixups.items, image->fixups.count, sizeof(struct fixup),
		      compare_fixups);
	return 0;
}

static const struct fixup *find_fixup(const struct image *image, struct place at)
{
	struct fixup key = {.section = image->is_relocatable ? at.section : 0, .offset = at.offset};

	if (!image->is_relocatable)
		key.offset += image->sections[at.section].address;
	if (!image->fixups.count)
		return NULL;
	return bsearch(&key, image->fixups.items, image->fixups.count, sizeof(key), compare_fixups);
}

static const uint8_t *bytes_at(const struct image *image, struct place at, uint64_t bytes)
{
	const struct section *s = &image->sections[at.section];

	if (!at.section || !s->bytes || at.offset > s->size || bytes > s->size - at.offset)
		return NULL;
	return s->bytes + at.offset;
}

static struct place place_of_address(const struct image *image, uint64_t address)
{
	for (size_t i = 1; i < image->section_count; i++) {
		const struct section *s = &image->sections[i];

		if (s->is_loaded && address >= s->address && address - s->address < s->size)
			return (struct place){(uint32_t)i, address - s->address};
	}
	return (struct place){0, 0};
}

static struct place place_of_fixup(const struct image *image, const struct fixup *fixup)
{
	if (fixup->target == UINT32_MAX)
		return place_of_address(image, fixup->value);
	if (fixup->target >= image->section_count)
		return (struct place){0, 0};
	return (struct place){fixup->target, fixup->value};
}

/** Follows a 32-bit offset from the word itself. */
static struct place follow_offset(const struct image *image, struct place at)
{
	const uint8_t *word = bytes_at(image, at, 4);
	int32_t offset;

	if (!word)
		return (struct place){0, 0};
	if (image->is_relocatable) {
		const struct fixup *fixup = find_fixup(image, at);

		if (fixup)
			return place_of_fixup(image, fixup);
	}
	memcpy(&offset, word, sizeof(offset));
	/* Within one section an assembler needs no relocation. */
	if (image->is_relocatable)
		return (struct place){at.section, at.offset + (uint64_t)(int64_t)offset};
	return place_of_address(image, image->sections[at.section].address + at.offset +
					       (uint64_t)(int64_t)offset);
}

/** Follows an address; `*symbol` is the name of what is imported. */
static struct place follow_address(const struct image *image, struct place at, const char **symbol)
{
	const uint8_t *word = bytes_at(image, at, 8);
	const struct fixup *fixup = word ? find_fixup(image, at) : NULL;
	uint64_t address;

	*symbol = "";
	if (!word)
		return (struct place){0, 0};
	if (fixup) {
		*symbol = fixup->symbol;
		return place_of_fixup(image, fixup);
	}
	memcpy(&address, word, sizeof(address));
	return place_of_address(image, address);
}

/** Takes the NUL-terminated text at a place and moves the place behind it. */
static const char *take_text(const struct image *image, struct place *at)
{
	const uint8_t *text = bytes_at(image, *at, 1);
	uint64_t rest = text ? image->sections[at->section].size - at->offset : 0;
	const uint8_t *nul = text ? memchr(text, '\0', rest) : NULL;

	if (!nul)
		return NULL;
	at->offset += (uint64_t)(nul - text) + 1;
	return (const char *)text;
}

static const char *provider_name(const struct image *image, struct place at)
{
	const char *symbol;
	const char *ignored;
	struct place provider = follow_address(image, at, &symbol);
	struct place name = follow_address(image, provider, &ignored);
	const char *text = take_text(image, &name);

	/* Imported: the module that defines it is not at hand, so its symbol names it. */
	return text ? text : *symbol ? symbol : NULL;
}

static uint64_t site_bytes(const struct plim_site *head, const uint8_t *kinds)
{
	uint64_t bytes = (SITE_HEAD + head->field_count + 3) & ~3ull;

	for (unsigned i = 0; i < head->field_count; i++)
		bytes += (kinds[i] & ~PLIM_KIND_ARRAY) == PLIM_K_ENUM ? 4 : 0;
	return (bytes + PLIM_SITE_ALIGN - 1) & ~(uint64_t)(PLIM_SITE_ALIGN - 1);
}

/** Fills in a site; what cannot be found becomes "?". Returns whether all was found. */
static bool fill_site(const struct image *image, struct place at, const struct plim_site *head,
		      const uint8_t *kinds, struct plim_trace_site *site)
{
	struct place texts = follow_offset(
		image, (struct place){at.section, at.offset + offsetof(struct plim_site, strings)});
	struct place function = follow_offset(
		image,
		(struct place){at.section, at.offset + offsetof(struct plim_site, function)});
	const char *names[5];
	bool is_whole = true;

	memset(site, 0, sizeof(*site));
	names[0] = take_text(image, &texts);
	names[1] = names[0] ? take_text(image, &texts) : NULL;
	names[2] = take_text(image, &function);
	names[3] = provider_name(
		image,
		(struct place){at.section, at.offset + offsetof(struct plim_site, provider)});
	for (unsigned i = 0; i < 4; i++) {
		is_whole = is_whole && names[i];
		if (!names[i])
			names[i] = UNKNOWN;
	}
	site->event = names[0];
	site->file = names[1];
	site->function = names[2];
	site->provider = names[3];
	site->line = head->line;
	site->keyword = head->keyword_low | (uint64_t)head->keyword_high << 32;
	site->level = head->level;
	site->type = head->type;
	site->field_count = head->field_count;
	for (unsigned i = 0; i < head->field_count; i++) {
		const char *name = is_whole ? take_text(image, &texts) : NULL;

		is_whole = is_whole && name;
		site->fields[i].name = name ? name : UNKNOWN;
		site->fields[i].kind = kinds[i] & (uint8_t)~PLIM_KIND_ARRAY;
		site->fields[i].is_array = (kinds[i] & PLIM_KIND_ARRAY) != 0;
	}
	return is_whole;
}

/** Tells of the sites of one section. */
static long read_section(const struct image *image, uint32_t section,
			 void (*tell)(void *context, const struct plim_trace_site *), void *context,
			 unsigned *damaged)
{
	struct place at = {section, 0};
	long count = 0;

	while (bytes_at(image, at, SITE_HEAD)) {
		struct plim_site head;
		struct plim_trace_site site;

		memcpy(&head, bytes_at(image, at, SITE_HEAD), SITE_HEAD);
		const uint8_t *kinds = bytes_at(
			image, (struct place){section, at.offset + SITE_HEAD}, head.field_count);

		if (head.version != PLIM_SITE_VERSION || head.field_count > PLIM_MAX_FIELDS ||
		    !kinds) {
			/* A gap that the linker left, or a newer version. */
			*damaged += head.version != 0;
			at.offset += PLIM_SITE_ALIGN;
			continue;
		}
		*damaged += !fill_site(image, at, &head, kinds, &site);
		tell(context, &site);
		count++;
		at.offset += site_bytes(&head, kinds);
	}
	return count;
}

static long read_image(struct image *image, void (*tell)(void *, const struct plim_trace_site *),
		       void *context, unsigned *damaged, struct plim_error *err)
{
	GElf_Ehdr header;
	size_t names;
	long count = 0;

	if (elf_kind(image->elf) != ELF_K_ELF || !gelf_getehdr(image->elf, &header))
		return plim_error_set(err, "it is no ELF file that can be read; name an object, a "
					   "shared object or an executable");
	if (gelf_getclass(image->elf) != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB)
		return plim_error_set(err,
				      "it is not for a 64-bit little-endian CPU; sites are read "
				      "for those only");
	image->is_relocatable = header.e_type == ET_REL;
	if (elf_getshdrstrndx(image->elf, &names) != 0)
		return plim_error_set(err,
				      "it has no section names; strip removes no sites, but this "
				      "file lost its section headers");
	if (load_sections(image, err) != 0 || load_fixups(image, names, err) != 0)
		return -1;
	if (image->section_count == 0)
		return plim_error_set(err, "its section headers are missing; was it cut short?");
	for (size_t i = 1; i < image->section_count; i++) {
		GElf_Shdr section;
		Elf_Scn *scn = elf_getscn(image->elf, i);

		if (scn && gelf_getshdr(scn, &section) &&
		    !strcmp(section_name(image, &section, names), SECTION_NAME))
			count += read_section(image, (uint32_t)i, tell, context, damaged);
	}
	return count;
}

long elf_sites_read(const char *path, void (*tell)(void *context, const struct plim_trace_site *),
		    void *context, unsigned *damaged, struct plim_error *err)
{
	struct image image = {0};
	long count;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	*damaged = 0;
	if (fd < 0)
		return plim_error_set(err, "cannot open it: %s", strerror(errno));
	elf_version(EV_CURRENT);
	/* Not mapped: a file that is cut short meanwhile must not raise SIGBUS. */
	image.elf = elf_begin(fd, ELF_C_READ, NULL);
	count = image.elf ? read_image(&image, tell, context, damaged, err)
			  : plim_error_set(err, "it cannot be read: %s", elf_errmsg(-1));
	elf_end(image.elf);
	free(image.sections);
	free(image.fixups.items);
	close(fd);
	return count;
}
