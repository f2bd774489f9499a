/* SPDX-License-Identifier: MIT */
/*
 * The stubs through which a linked ELF file calls its imports. Linkers lay them out in several ways
 * (lazy, immediate, with branch tracking), so that they are known by their instructions: a jump
 * through a slot for which there is a relocation.
 */
#include <stdlib.h>
#include <string.h>

#include "image/image_elf.h"

static const struct plim_pointer *find_slot(const struct plim_vec *pointers, uint64_t place)
{
	const struct plim_pointer *items = pointers->items;
	size_t low = 0;
	size_t high = pointers->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (items[middle].place < place)
			low = middle + 1;
		else
			high = middle;
	}
	return low < pointers->count && items[low].place == place ? &items[low] : NULL;
}

static int add_stub(struct plim_elf *elf, const struct plim_vec *slots, uint64_t address,
		    uint64_t size, uint64_t slot_address)
{
	const struct plim_pointer *slot = find_slot(slots, slot_address);
	struct plim_stub *stub;

	if (!slot)
		return 0;
	stub = plim_vec_add(&elf->builder->stubs, sizeof(*stub));
	if (!stub)
		return -1;
	stub->address = address;
	stub->size = size;
	stub->target = slot->target;
	stub->import = slot->import;
	stub->is_ifunc = slot->is_ifunc;
	return 0;
}

/* [endbr64] [bnd] jmp *slot(%rip) */
static size_t decode_x86(const uint8_t *at, size_t left, uint64_t address, uint64_t *slot)
{
	static const uint8_t endbr64[] = {0xf3, 0x0f, 0x1e, 0xfa};
	size_t used = 0;
	int32_t displacement;

	if (left >= sizeof(endbr64) && memcmp(at, endbr64, sizeof(endbr64)) == 0)
		used += sizeof(endbr64);
	if (left > used && at[used] == 0xf2)
		used++;
	if (left < used + 6 || at[used] != 0xff || at[used + 1] != 0x25)
		return 0;
	memcpy(&displacement, at + used + 2, sizeof(displacement));
	used += 6;
	*slot = address + used + (uint64_t)(int64_t)displacement;
	return used;
}

static uint32_t word_at(const uint8_t *at)
{
	uint32_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

/* adrp x16, page; ldr x17, [x16, #low]; add x16, x16, #low; br x17 */
static size_t decode_aarch64(const uint8_t *at, size_t left, uint64_t address, uint64_t *slot)
{
	uint32_t adrp;
	uint32_t ldr;
	int64_t pages;

	if (left < 16)
		return 0;
	adrp = word_at(at);
	ldr = word_at(at + 4);
	if ((adrp & 0x9f00001f) != 0x90000010 || (ldr & 0xffc003ff) != 0xf9400211)
		return 0;
	pages = ((int64_t)(int32_t)((adrp >> 5 & 0x7ffff) << 13) >> 13) * 4 + (adrp >> 29 & 3);
	*slot = (address & ~(uint64_t)0xfff) + ((uint64_t)pages << 12) + ((ldr >> 10 & 0xfff) << 3);
	return 16;
}

/* auipc t3, high; l[w|d] t3, low(t3); jalr t1, t3; nop */
static size_t decode_riscv(const uint8_t *at, size_t left, uint64_t address, uint64_t *slot)
{
	uint32_t auipc;
	uint32_t load;

	if (left < 16)
		return 0;
	auipc = word_at(at);
	load = word_at(at + 4);
	if ((auipc & 0xfff) != 0xe17 ||
	    ((load & 0xfffff) != 0xe3e03 && (load & 0xfffff) != 0xe2e03))
		return 0;
	*slot = address + (uint64_t)(int64_t)(int32_t)(auipc & 0xfffff000) +
		(uint64_t)(int64_t)((int32_t)load >> 20);
	return 16;
}

static uint32_t arm_immediate(uint32_t word)
{
	unsigned rotate = (word >> 8 & 15) * 2;
	uint32_t value = word & 0xff;

	return rotate ? value >> rotate | value << (32 - rotate) : value;
}

/* add ip, pc, #high; add ip, ip, #middle; ldr pc, [ip, #low]! */
static size_t decode_arm(const uint8_t *at, size_t left, uint64_t address, uint64_t *slot)
{
	if (left < 12 || (word_at(at) & 0xfffff000) != 0xe28fc000 ||
	    (word_at(at + 4) & 0xfffff000) != 0xe28cc000 ||
	    (word_at(at + 8) & 0xfffff000) != 0xe5bcf000)
		return 0;
	*slot = (uint32_t)address + 8 + arm_immediate(word_at(at)) +
		arm_immediate(word_at(at + 4)) + (word_at(at + 8) & 0xfff);
	*slot &= UINT32_MAX;
	return 12;
}

static int read_linkage(struct plim_elf *elf, const struct plim_section *s,
			const struct plim_vec *slots)
{
	size_t step = elf->machine == EM_X86_64 ? 8 : 4;

	for (size_t at = 0; at < s->data_bytes;) {
		uint64_t address = s->address + at;
		size_t left = s->data_bytes - at;
		uint64_t slot = 0;
		size_t used;

		switch (elf->machine) {
		case EM_X86_64: used = decode_x86(s->data + at, left, address, &slot); break;
		case EM_AARCH64: used = decode_aarch64(s->data + at, left, address, &slot); break;
		case EM_ARM: used = decode_arm(s->data + at, left, address, &slot); break;
		default: used = decode_riscv(s->data + at, left, address, &slot); break;
		}
		if (used && add_stub(elf, slots, address, used, slot))
			return -1;
		at += (used + step - 1) / step * step;
		if (!used)
			at += step;
	}
	return 0;
}

static int compare_places(const void *a, const void *b)
{
	const struct plim_pointer *x = a;
	const struct plim_pointer *y = b;

	return x->place < y->place ? -1 : x->place > y->place;
}

int plim_elf_read_stubs(struct plim_elf *elf)
{
	struct plim_vec *slots = &elf->builder->pointers;

	if (elf->is_relocatable)
		return 0;
	if (slots->count)
		qsort(slots->items, slots->count, sizeof(struct plim_pointer), compare_places);
	for (size_t i = 0; i < elf->image->section_count; i++) {
		const struct plim_section *s = &elf->image->sections[i];
		bool is_linkage =
			strncmp(s->name, ".plt", 4) == 0 || strncmp(s->name, ".iplt", 5) == 0;

		if (is_linkage && s->flags & PLIM_SECTION_EXEC && s->data &&
		    read_linkage(elf, s, slots))
			return -1;
	}
	return 0;
}
