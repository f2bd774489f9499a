/* SPDX-License-Identifier: MIT */
/*
 * DWARF through libdw, opened when first asked for. libdwfl is given the image's bytes by a memory
 * file, because it links an object's debug sections itself and wants a file for that; PE files,
 * which it does not know, are wrapped in an ELF file that has nothing but their debug sections.
 */
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "image/image_build.h"
#include "image/dwarf_wrap.h"

struct plim_dwarf {
	Dwfl *dwfl;
	Dwfl_Module *module;
	Dwarf *dwarf;
	Elf *elf;                  /* of a wrapped PE */
	uint8_t *wrapped;          /* its bytes */
	uint64_t *section_address; /* libdwfl's addresses, by the file's section index */
	size_t section_count;
	Dwarf_Addr bias;
	struct unit_range *units; /* by address; NULL until a line is asked for */
	size_t unit_count;
};

/* Many units of a hostile file can name one long list; a kernel has some hundred thousand ranges. */
#define RANGES_MAX ((size_t)1 << 22)

/* Code of one compilation unit. Its own ranges say so; .debug_aranges, which libdw would ask, is not
 * written by clang. */
struct unit_range {
	Dwarf_Addr low, high;
	Dwarf_Off die;
};

void plim_image_dwarf_free(struct plim_dwarf *dwarf)
{
	if (!dwarf)
		return;
	if (dwarf->elf) {
		dwarf_end(dwarf->dwarf);
		elf_end(dwarf->elf);
	}
	if (dwarf->dwfl)
		dwfl_end(dwarf->dwfl);
	free(dwarf->wrapped);
	free(dwarf->section_address);
	free(dwarf->units);
	free(dwarf);
}

static int write_all(int fd, const uint8_t *bytes, size_t size)
{
	while (size) {
		ssize_t done = write(fd, bytes, size);

		if (done <= 0)
			return -1;
		bytes += done;
		size -= (size_t)done;
	}
	return 0;
}

/* No other file is looked for: what is said of a binary comes from that binary. */
static int find_nothing(Dwfl_Module *module, void **data, const char *name, Dwarf_Addr base,
			const char *file, const char *link, GElf_Word crc, char **found)
{
	(void)module, (void)data, (void)name, (void)base;
	(void)file, (void)link, (void)crc, (void)found;
	return -1;
}

static int note_sections(struct plim_dwarf *dwarf)
{
	GElf_Addr bias;
	Elf *elf = dwfl_module_getelf(dwarf->module, &bias);
	size_t count;

	if (!elf || elf_getshdrnum(elf, &count))
		return -1;
	dwarf->section_address = calloc(count ? count : 1, sizeof(uint64_t));
	if (!dwarf->section_address)
		return -1;
	dwarf->section_count = count;
	for (size_t i = 0; i < count; i++) {
		GElf_Shdr header;

		if (gelf_getshdr(elf_getscn(elf, i), &header) && header.sh_flags & SHF_ALLOC)
			dwarf->section_address[i] = header.sh_addr + bias;
	}
	return 0;
}

static int open_elf(struct plim_image *image, struct plim_dwarf *dwarf)
{
	static const Dwfl_Callbacks callbacks = {
		.section_address = dwfl_offline_section_address,
		.find_debuginfo = find_nothing,
	};
	int fd = memfd_create("plimsoll-image", MFD_CLOEXEC);

	if (fd < 0)
		return -1;
	dwarf->dwfl = dwfl_begin(&callbacks);
	if (!dwarf->dwfl || write_all(fd, image->priv->bytes, image->priv->size)) {
		close(fd);
		return -1;
	}
	dwfl_report_begin(dwarf->dwfl);
	/* On success the descriptor is libdwfl's. */
	dwarf->module = dwfl_report_offline(dwarf->dwfl, "image", "image", fd);
	if (!dwarf->module) {
		close(fd);
		return -1;
	}
	dwfl_report_end(dwarf->dwfl, NULL, NULL);
	dwarf->dwarf = dwfl_module_getdwarf(dwarf->module, &dwarf->bias);
	return dwarf->dwarf ? note_sections(dwarf) : -1;
}

static int open_wrapped(struct plim_image *image, struct plim_dwarf *dwarf)
{
	size_t size;

	dwarf->wrapped = plim_dwarf_wrap(image, &size);
	if (!dwarf->wrapped)
		return -1;
	elf_version(EV_CURRENT);
	dwarf->elf = elf_memory((char *)dwarf->wrapped, size);
	if (!dwarf->elf)
		return -1;
	dwarf->dwarf = dwarf_begin_elf(dwarf->elf, DWARF_C_READ, NULL);
	return dwarf->dwarf ? 0 : -1;
}

static struct plim_dwarf *get(struct plim_image *image)
{
	struct plim_image_private *priv = image->priv;
	struct plim_dwarf *dwarf;
	int status;

	if (priv->dwarf_tried || !image->has_debug_info)
		return priv->dwarf;
	priv->dwarf_tried = true;
	dwarf = calloc(1, sizeof(*dwarf));
	if (!dwarf)
		return NULL;
	status = image->format == PLIM_FORMAT_PE ? open_wrapped(image, dwarf)
						 : open_elf(image, dwarf);
	if (status) {
		plim_image_dwarf_free(dwarf);
		return NULL;
	}
	priv->dwarf = dwarf;
	return dwarf;
}

struct Dwarf *plim_image_dwarf(struct plim_image *image)
{
	struct plim_dwarf *dwarf = get(image);

	return dwarf ? dwarf->dwarf : NULL;
}

uint64_t plim_image_to_dwarf(const struct plim_image *image, uint64_t address)
{
	const struct plim_dwarf *dwarf = image->priv->dwarf;
	const struct plim_section *s;

	if (!image->priv->is_relocatable)
		return address;
	s = plim_image_section_at(image, address);
	if (!dwarf || !s || s->index >= dwarf->section_count)
		return PLIM_NO_ADDRESS;
	return dwarf->section_address[s->index] + (address - s->address) - dwarf->bias;
}

uint64_t plim_image_from_dwarf(const struct plim_image *image, uint64_t dwarf_address)
{
	const struct plim_dwarf *dwarf = image->priv->dwarf;

	if (!image->priv->is_relocatable)
		return dwarf_address;
	for (size_t i = 0; dwarf && i < image->section_count; i++) {
		const struct plim_section *s = &image->sections[i];
		uint64_t offset;

		if (!(s->flags & PLIM_SECTION_LOADED) || s->index >= dwarf->section_count)
			continue;
		offset = dwarf_address + dwarf->bias - dwarf->section_address[s->index];
		if (offset < s->size)
			return s->address + offset;
	}
	return PLIM_NO_ADDRESS;
}

static int range_order(const void *left, const void *right)
{
	const struct unit_range *a = left, *b = right;

	return (a->low > b->low) - (a->low < b->low);
}

static int add_unit(struct plim_dwarf *dwarf, Dwarf_Die *die, size_t *capacity)
{
	struct unit_range range = {.die = dwarf_dieoffset(die)};
	Dwarf_Addr base;
	ptrdiff_t at = 0;

	while (dwarf->unit_count < RANGES_MAX &&
	       (at = dwarf_ranges(die, at, &base, &range.low, &range.high)) > 0) {
		if (dwarf->unit_count == *capacity) {
			size_t wanted = *capacity ? *capacity * 2 : 64;
			void *moved = reallocarray(dwarf->units, wanted, sizeof(range));

			if (!moved)
				return -1;
			dwarf->units = moved;
			*capacity = wanted;
		}
		dwarf->units[dwarf->unit_count++] = range;
	}
	return 0;
}

static void load_units(struct plim_dwarf *dwarf)
{
	Dwarf_CU *unit = NULL;
	Dwarf_Die die;
	size_t capacity = 1;

	dwarf->units = malloc(sizeof(*dwarf->units));
	while (dwarf->units &&
	       !dwarf_get_units(dwarf->dwarf, unit, &unit, NULL, NULL, &die, NULL)) {
		if (add_unit(dwarf, &die, &capacity))
			break;
	}
	if (dwarf->unit_count)
		qsort(dwarf->units, dwarf->unit_count, sizeof(*dwarf->units), range_order);
}

/* The unit whose range starts last before the address, if it covers it. */
static bool find_unit(struct plim_dwarf *dwarf, Dwarf_Addr address, Dwarf_Die *die)
{
	size_t low = 0, high;

	if (!dwarf->units)
		load_units(dwarf);
	for (high = dwarf->unit_count; low < high;) {
		size_t middle = low + (high - low) / 2;

		if (dwarf->units[middle].low <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low && address < dwarf->units[low - 1].high &&
	       dwarf_offdie(dwarf->dwarf, dwarf->units[low - 1].die, die);
}

/* A name from a file goes to terminals and into rules files, a line each. */
static const char *without_controls(const char *name)
{
	for (const char *c = name; c && *c; c++) {
		if ((unsigned char)*c < 0x20 || (unsigned char)*c == 0x7f)
			return "(name with control characters)";
	}
	return name;
}

bool plim_image_line(struct plim_image *image, uint64_t address, const char **file, unsigned *line)
{
	struct plim_dwarf *dwarf = get(image);
	uint64_t wanted = dwarf ? plim_image_to_dwarf(image, address) : PLIM_NO_ADDRESS;
	Dwarf_Line *found;
	Dwarf_Die unit;
	int number;

	if (wanted == PLIM_NO_ADDRESS || !find_unit(dwarf, wanted, &unit))
		return false;
	found = dwarf_getsrc_die(&unit, wanted);
	if (!found || dwarf_lineno(found, &number) || number <= 0)
		return false;
	*file = without_controls(dwarf_linesrc(found, NULL, NULL));
	*line = (unsigned)number;
	return *file != NULL;
}
