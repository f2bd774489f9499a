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

bool plim_image_line(struct plim_image *image, uint64_t address, const char **file, unsigned *line)
{
	struct plim_dwarf *dwarf = get(image);
	uint64_t wanted = dwarf ? plim_image_to_dwarf(image, address) : PLIM_NO_ADDRESS;
	Dwarf_Line *found = NULL;
	Dwarf_Die unit;
	int number;

	if (wanted == PLIM_NO_ADDRESS)
		return false;
	if (dwarf->module) {
		Dwarf_Addr bias;
		Dwarf_Die *die = dwfl_module_addrdie(dwarf->module, wanted + dwarf->bias, &bias);

		found = die ? dwarf_getsrc_die(die, wanted) : NULL;
	} else if (dwarf_addrdie(dwarf->dwarf, wanted, &unit)) {
		found = dwarf_getsrc_die(&unit, wanted);
	}
	if (!found || dwarf_lineno(found, &number) || number <= 0)
		return false;
	*file = dwarf_linesrc(found, NULL, NULL);
	*line = (unsigned)number;
	return *file != NULL;
}
