/* SPDX-License-Identifier: MIT */
/*
 * What a relocation does to its place: the types that carry call targets, addresses of code and the
 * unwind tables. Others (thread-local storage, local arithmetic) leave the place as it is.
 * Sources: the psABI of x86-64 (table 4.10), ELF for the Arm 64-bit Architecture (5.7), ELF for the
 * Arm Architecture (4.6), the RISC-V ELF psABI (relocations).
 */
#include <string.h>

#include "image/image_elf.h"

static uint64_t load(const uint8_t *place, unsigned bytes)
{
	uint64_t value = 0;

	memcpy(&value, place, bytes);
	return value;
}

static void store(uint8_t *place, unsigned bytes, uint64_t value)
{
	memcpy(place, &value, bytes);
}

/* Puts `width` bits of `value` from bit `from` to bit `to` of a word. */
static uint32_t put_bits(uint32_t word, unsigned to, unsigned width, uint64_t value, unsigned from)
{
	uint32_t mask = (width == 32 ? UINT32_MAX : (1u << width) - 1u);

	return (word & ~(mask << to)) | (((uint32_t)(value >> from) & mask) << to);
}

static void apply_x86(const struct plim_elf_rela *rela, uint8_t *place, size_t left, uint64_t p,
		      uint64_t s)
{
	uint64_t value = s + rela->addend;

	switch (rela->type) {
	case R_X86_64_64:
		if (left >= 8)
			store(place, 8, value);
		break;
	case R_X86_64_PC64:
		if (left >= 8)
			store(place, 8, value - p);
		break;
	case R_X86_64_32:
	case R_X86_64_32S:
		if (left >= 4)
			store(place, 4, value);
		break;
	case R_X86_64_PC32:
	case R_X86_64_PLT32:
	case R_X86_64_GOTPCREL:
	case R_X86_64_GOTPCRELX:
	case R_X86_64_REX_GOTPCRELX:
		if (left >= 4)
			store(place, 4, value - p);
		break;
	default: break;
	}
}

static uint32_t put_adr(uint32_t word, uint64_t pages)
{
	return put_bits(put_bits(word, 29, 2, pages, 0), 5, 19, pages, 2);
}

static void apply_aarch64(const struct plim_elf_rela *rela, uint8_t *place, size_t left, uint64_t p,
			  uint64_t s)
{
	uint64_t value = s + rela->addend;
	uint32_t word;

	if (rela->type == R_AARCH64_ABS64 || rela->type == R_AARCH64_PREL64) {
		if (left >= 8)
			store(place, 8, rela->type == R_AARCH64_ABS64 ? value : value - p);
		return;
	}
	if (left < 4)
		return;
	word = (uint32_t)load(place, 4);
	switch (rela->type) {
	case R_AARCH64_ABS32: word = (uint32_t)value; break;
	case R_AARCH64_PREL32: word = (uint32_t)(value - p); break;
	case R_AARCH64_CALL26:
	case R_AARCH64_JUMP26: word = put_bits(word, 0, 26, value - p, 2); break;
	case R_AARCH64_CONDBR19: word = put_bits(word, 5, 19, value - p, 2); break;
	case R_AARCH64_TSTBR14: word = put_bits(word, 5, 14, value - p, 2); break;
	case R_AARCH64_ADR_PREL_LO21: word = put_adr(word, value - p); break;
	case R_AARCH64_ADR_PREL_PG_HI21:
	case R_AARCH64_ADR_GOT_PAGE: word = put_adr(word, (value >> 12) - (p >> 12)); break;
	case R_AARCH64_ADD_ABS_LO12_NC:
	case R_AARCH64_LDST8_ABS_LO12_NC: word = put_bits(word, 10, 12, value & 0xfff, 0); break;
	case R_AARCH64_LDST16_ABS_LO12_NC: word = put_bits(word, 10, 12, value & 0xfff, 1); break;
	case R_AARCH64_LDST32_ABS_LO12_NC: word = put_bits(word, 10, 12, value & 0xfff, 2); break;
	case R_AARCH64_LDST64_ABS_LO12_NC:
	case R_AARCH64_LD64_GOT_LO12_NC: word = put_bits(word, 10, 12, value & 0xfff, 3); break;
	case R_AARCH64_LDST128_ABS_LO12_NC: word = put_bits(word, 10, 12, value & 0xfff, 4); break;
	default: return;
	}
	store(place, 4, word);
}

/* Thumb-2 BL, BLX, B.W: imm11:imm10:J2:J1:S; the halves come in order (A7.7.18, B encoding T4). */
static int64_t thumb_branch_offset(uint32_t high, uint32_t low)
{
	uint32_t sign = high >> 10 & 1;
	uint32_t i1 = !((low >> 13 & 1) ^ sign);
	uint32_t i2 = !((low >> 11 & 1) ^ sign);
	uint32_t bits =
		sign << 24 | i1 << 23 | i2 << 22 | (high & 0x3ff) << 12 | (low & 0x7ff) << 1;

	return (int64_t)(int32_t)(bits << 7) >> 7;
}

static void store_thumb_branch(uint8_t *place, int64_t offset)
{
	uint32_t high = (uint32_t)load(place, 2);
	uint32_t low = (uint32_t)load(place + 2, 2);
	uint32_t sign = (uint32_t)(offset >> 24) & 1;

	high = put_bits(high, 10, 1, sign, 0);
	high = put_bits(high, 0, 10, (uint64_t)offset, 12);
	low = put_bits(low, 13, 1, !(((uint32_t)(offset >> 23) & 1) ^ sign), 0);
	low = put_bits(low, 11, 1, !(((uint32_t)(offset >> 22) & 1) ^ sign), 0);
	low = put_bits(low, 0, 11, (uint64_t)offset, 1);
	store(place, 2, high);
	store(place + 2, 2, low);
}

/* MOVW and MOVT: imm4:i:imm3:imm8. */
static void store_thumb_mov(uint8_t *place, uint64_t value)
{
	uint32_t high = (uint32_t)load(place, 2);
	uint32_t low = (uint32_t)load(place + 2, 2);

	high = put_bits(put_bits(high, 0, 4, value, 12), 10, 1, value, 11);
	low = put_bits(put_bits(low, 12, 3, value, 8), 0, 8, value, 0);
	store(place, 2, high);
	store(place + 2, 2, low);
}

/* ARM objects keep the addend in the place (REL). */
static void apply_arm(const struct plim_elf_rela *rela, uint8_t *place, size_t left, uint64_t p,
		      uint64_t s)
{
	uint32_t word;

	if (left < 4)
		return;
	word = (uint32_t)load(place, 4);
	switch (rela->type) {
	case R_ARM_ABS32:
	case R_ARM_TARGET1: store(place, 4, s + (rela->has_addend ? rela->addend : word)); break;
	case R_ARM_REL32: store(place, 4, s + (rela->has_addend ? rela->addend : word) - p); break;
	case R_ARM_THM_PC22: /* R_ARM_THM_CALL today */
	case R_ARM_THM_JUMP24: {
		int64_t addend = rela->has_addend ? (int64_t)rela->addend
						  : thumb_branch_offset(word & 0xffff, word >> 16);

		store_thumb_branch(place, (int64_t)(s & ~(uint64_t)1) + addend - (int64_t)p);
		break;
	}
	case R_ARM_CALL:
	case R_ARM_JUMP24: {
		int64_t addend = rela->has_addend ? (int64_t)rela->addend
						  : (int64_t)(int32_t)(word << 8) >> 6;

		store(place, 4,
		      put_bits(word, 0, 24, (s & ~(uint64_t)1) + (uint64_t)addend - p, 2));
		break;
	}
	/* A section's symbol would need the addend that the two halves share: left at the symbol. */
	case R_ARM_THM_MOVW_ABS_NC: store_thumb_mov(place, s & 0xffff); break;
	case R_ARM_THM_MOVT_ABS: store_thumb_mov(place, s >> 16 & 0xffff); break;
	default: break;
	}
}

static uint32_t put_riscv_b(uint32_t word, uint64_t offset)
{
	word = put_bits(put_bits(word, 31, 1, offset, 12), 25, 6, offset, 5);
	return put_bits(put_bits(word, 8, 4, offset, 1), 7, 1, offset, 11);
}

static uint32_t put_riscv_j(uint32_t word, uint64_t offset)
{
	word = put_bits(put_bits(word, 31, 1, offset, 20), 21, 10, offset, 1);
	return put_bits(put_bits(word, 20, 1, offset, 11), 12, 8, offset, 12);
}

/* C.J and C.JAL: imm[11|4|9:8|10|6|7|3:1|5] in bits 12 to 2. */
static uint32_t put_riscv_cj(uint32_t half, uint64_t offset)
{
	static const uint8_t from[] = {5, 1, 2, 3, 7, 6, 10, 8, 9, 4, 11};

	for (unsigned i = 0; i < sizeof(from); i++)
		half = put_bits(half, 2 + i, 1, offset, from[i]);
	return half;
}

/* C.BEQZ and C.BNEZ: imm[8|4:3] in bits 12 to 10, imm[7:6|2:1|5] in bits 6 to 2. */
static uint32_t put_riscv_cb(uint32_t half, uint64_t offset)
{
	half = put_bits(put_bits(half, 12, 1, offset, 8), 10, 2, offset, 3);
	half = put_bits(put_bits(half, 5, 2, offset, 6), 3, 2, offset, 1);
	return put_bits(half, 2, 1, offset, 5);
}

/* Label differences: the unwind tables of RISC-V objects consist of them. */
static bool apply_riscv_sum(uint32_t type, uint8_t *place, size_t left, uint64_t value)
{
	static const struct {
		uint8_t type, bytes;
		int8_t sign;
	} sums[] = {
		{R_RISCV_ADD8, 1, 1},   {R_RISCV_ADD16, 2, 1},  {R_RISCV_ADD32, 4, 1},
		{R_RISCV_ADD64, 8, 1},  {R_RISCV_SUB8, 1, -1},  {R_RISCV_SUB16, 2, -1},
		{R_RISCV_SUB32, 4, -1}, {R_RISCV_SUB64, 8, -1}, {R_RISCV_SET8, 1, 0},
		{R_RISCV_SET16, 2, 0},  {R_RISCV_SET32, 4, 0},
	};

	for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++) {
		if (sums[i].type != type)
			continue;
		if (left < sums[i].bytes)
			return true;
		if (sums[i].sign > 0)
			value = load(place, sums[i].bytes) + value;
		else if (sums[i].sign < 0)
			value = load(place, sums[i].bytes) - value;
		store(place, sums[i].bytes, value);
		return true;
	}
	if (type == R_RISCV_SET6 || type == R_RISCV_SUB6) {
		uint64_t low = type == R_RISCV_SET6 ? value : (uint64_t)*place - value;

		*place = (uint8_t)((*place & 0xc0) | (low & 0x3f));
		return true;
	}
	return false;
}

static void apply_riscv(const struct plim_elf_rela *rela, uint8_t *place, size_t left, uint64_t p,
			uint64_t s)
{
	uint64_t value = s + rela->addend;
	uint64_t offset = value - p;

	if (apply_riscv_sum(rela->type, place, left, value) || left < 2)
		return;
	switch (rela->type) {
	case R_RISCV_RVC_JUMP:
		store(place, 2, put_riscv_cj((uint32_t)load(place, 2), offset));
		return;
	case R_RISCV_RVC_BRANCH:
		store(place, 2, put_riscv_cb((uint32_t)load(place, 2), offset));
		return;
	default: break;
	}
	if (left < 4)
		return;
	switch (rela->type) {
	case R_RISCV_32: store(place, 4, value); break;
	case R_RISCV_32_PCREL: store(place, 4, offset); break;
	case R_RISCV_BRANCH: store(place, 4, put_riscv_b((uint32_t)load(place, 4), offset)); break;
	case R_RISCV_JAL: store(place, 4, put_riscv_j((uint32_t)load(place, 4), offset)); break;
	case R_RISCV_64:
		if (left >= 8)
			store(place, 8, value);
		break;
	case R_RISCV_CALL:
	case R_RISCV_CALL_PLT: /* auipc and jalr: the low part is signed */
		if (left < 8)
			return;
		store(place, 4, put_bits((uint32_t)load(place, 4), 12, 20, offset + 0x800, 12));
		store(place + 4, 4, put_bits((uint32_t)load(place + 4, 4), 20, 12, offset, 0));
		break;
	default: break;
	}
}

void plim_elf_apply(const struct plim_elf *elf, const struct plim_elf_rela *rela, uint8_t *place,
		    size_t left, uint64_t place_address, uint64_t value)
{
	switch (elf->machine) {
	case EM_X86_64: apply_x86(rela, place, left, place_address, value); break;
	case EM_AARCH64: apply_aarch64(rela, place, left, place_address, value); break;
	case EM_ARM: apply_arm(rela, place, left, place_address, value); break;
	default: apply_riscv(rela, place, left, place_address, value); break;
	}
}
