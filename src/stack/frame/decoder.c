/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "image/image_marks.h"
#include "stack/frame/insn.h"

struct plim_decoder {
	const struct plim_image *image;
	struct plim_abi abi;
	struct plim_x86 *x86;
	struct plim_capstone *capstone;
	bool is_riscv;
};

#define NO PLIM_NO_REGISTER

/* x86-64 psABI, section 3.2: rbx, rbp, r12-r15 are preserved; rdi, rsi, rdx, rcx, r8, r9 passed. */
static const struct plim_abi abi_sysv = {
	.callee_saved = 1u << 3 | 1u << 6 | 0xfu << 12,
	.parameter_order = {5, 4, 1, 2, 8, 9, NO, NO},
	.registers = 16,
	.sp = 7,
	.return_bytes = 8,
	.stack_align = 16,
	.red_zone = 128,
};

/* Microsoft x64: rdi and rsi are preserved as well; rcx, rdx, r8, r9 passed; no red zone. */
static const struct plim_abi abi_windows = {
	.callee_saved = 1u << 3 | 1u << 4 | 1u << 5 | 1u << 6 | 0xfu << 12,
	.parameter_order = {2, 1, 8, 9, NO, NO, NO, NO},
	.registers = 16,
	.sp = 7,
	.return_bytes = 8,
	.stack_align = 16,
	.red_zone = 0,
};

/* AAPCS64, section 6: x19-x29 are preserved, x0-x7 passed. */
static const struct plim_abi abi_aarch64 = {
	.callee_saved = 0x7ffu << 19,
	.parameter_order = {0, 1, 2, 3, 4, 5, 6, 7},
	.registers = 32,
	.sp = 31,
	.return_bytes = 0,
	.stack_align = 16,
	.red_zone = 0,
};

/* AAPCS32, section 6: r4-r11 are preserved, r0-r3 passed. */
static const struct plim_abi abi_arm = {
	.callee_saved = 0xffu << 4,
	.parameter_order = {0, 1, 2, 3, NO, NO, NO, NO},
	.registers = 16,
	.sp = 13,
	.return_bytes = 0,
	.stack_align = 8,
	.red_zone = 0,
};

/* RISC-V calling convention, integer registers: s0-s11 are preserved, a0-a7 passed. */
static const struct plim_abi abi_riscv = {
	.callee_saved = 1u << 8 | 1u << 9 | 0x3ffu << 18,
	.parameter_order = {10, 11, 12, 13, 14, 15, 16, 17},
	.registers = 32,
	.sp = 2,
	.return_bytes = 0,
	.stack_align = 16,
	.red_zone = 0,
};

static const struct plim_abi *choose_abi(const struct plim_image *image)
{
	switch (image->arch) {
	case PLIM_ARCH_X86_64: return image->format == PLIM_FORMAT_PE ? &abi_windows : &abi_sysv;
	case PLIM_ARCH_AARCH64: return &abi_aarch64;
	case PLIM_ARCH_ARM: return &abi_arm;
	default: return &abi_riscv;
	}
}

struct plim_decoder *plim_decoder_new(const struct plim_image *image, struct plim_error *err)
{
	struct plim_decoder *decoder = calloc(1, sizeof(*decoder));

	if (!decoder) {
		plim_error_set(err, "%s: no memory", image->path);
		return NULL;
	}
	decoder->image = image;
	decoder->abi = *choose_abi(image);
	if (image->arch == PLIM_ARCH_X86_64) {
		decoder->x86 = plim_x86_new();
		/* The kernel is built without red zone and with 8-byte aligned stacks. */
		if (image->format == PLIM_FORMAT_ELF &&
		    (image->kind == PLIM_IMAGE_KERNEL || image->kind == PLIM_IMAGE_KERNEL_MODULE))
			decoder->abi.stack_align = 8;
	} else if (image->arch == PLIM_ARCH_AARCH64 || image->arch == PLIM_ARCH_ARM) {
		decoder->capstone = plim_capstone_new(image->arch);
	} else {
		decoder->is_riscv = true;
	}
	if (!decoder->x86 && !decoder->capstone && !decoder->is_riscv) {
		plim_error_set(err, "%s: no instruction decoder for %s", image->path,
			       plim_arch_name(image->arch));
		free(decoder);
		return NULL;
	}
	return decoder;
}

void plim_decoder_free(struct plim_decoder *decoder)
{
	if (!decoder)
		return;
	plim_x86_free(decoder->x86);
	plim_capstone_free(decoder->capstone);
	free(decoder);
}

const struct plim_abi *plim_decoder_abi(const struct plim_decoder *decoder)
{
	return &decoder->abi;
}

/* Without mapping symbols, Thumb is what a Cortex-M runs and most other 32-bit code is. */
static bool is_thumb(const struct plim_decoder *decoder, uint64_t address)
{
	return plim_image_mark_at(decoder->image, address) != 'a';
}

bool plim_decode(struct plim_decoder *decoder, uint64_t address, struct plim_insn *insn)
{
	const struct plim_section *s = plim_image_section_at(decoder->image, address);
	uint64_t offset;

	if (!s || !s->data || !(s->flags & PLIM_SECTION_EXEC))
		return false;
	offset = address - s->address;
	if (offset >= s->data_bytes)
		return false;
	if (decoder->x86)
		return plim_x86_decode(decoder->x86, s->data + offset, s->data_bytes - offset,
				       address, insn);
	if (decoder->is_riscv)
		return plim_riscv_decode(decoder->image->address_bytes == 8, s->data + offset,
					 s->data_bytes - offset, address, insn);
	if (plim_image_is_data(decoder->image, address))
		return false;
	return plim_capstone_decode(decoder->capstone, is_thumb(decoder, address), s->data + offset,
				    s->data_bytes - offset, address, insn);
}
