/* SPDX-License-Identifier: MIT */
#include "stack/graph/base_load.h"

#include <Zydis/Zydis.h>
#include <string.h>

/* DWARF's numbers of the general registers: System V ABI for AMD64, figure 3.36. */
static const ZydisRegister dwarf_registers[] = {
	ZYDIS_REGISTER_RAX, ZYDIS_REGISTER_RDX, ZYDIS_REGISTER_RCX, ZYDIS_REGISTER_RBX,
	ZYDIS_REGISTER_RSI, ZYDIS_REGISTER_RDI, ZYDIS_REGISTER_RBP, ZYDIS_REGISTER_RSP,
	ZYDIS_REGISTER_R8,  ZYDIS_REGISTER_R9,  ZYDIS_REGISTER_R10, ZYDIS_REGISTER_R11,
	ZYDIS_REGISTER_R12, ZYDIS_REGISTER_R13, ZYDIS_REGISTER_R14, ZYDIS_REGISTER_R15,
};
#define REGISTER_COUNT (sizeof(dwarf_registers) / sizeof(dwarf_registers[0]))

/* A base is loaded close to its use; more code than this is not looked through. */
#define WINDOW_BYTES 512

static unsigned dwarf_number(ZydisRegister reg)
{
	for (unsigned i = 0; i < REGISTER_COUNT; i++) {
		if (dwarf_registers[i] == reg)
			return i;
	}
	return REGISTER_COUNT;
}

/* What a move into the register says of its value; false for every other way of writing it. */
static bool read_move(const ZydisDecodedInstruction *in, const ZydisDecodedOperand *ops,
		      uint64_t address, struct plim_base_load *load)
{
	const ZydisDecodedOperand *source = &ops[1];

	memset(load, 0, sizeof(*load));
	load->address = address;
	if (in->mnemonic != ZYDIS_MNEMONIC_MOV || in->operand_width != 64)
		return false;
	if (source->type == ZYDIS_OPERAND_TYPE_REGISTER) {
		load->is_copy = true;
		load->reg = dwarf_number(source->reg.value);
		return load->reg < REGISTER_COUNT;
	}
	if (source->type != ZYDIS_OPERAND_TYPE_MEMORY || source->mem.index != ZYDIS_REGISTER_NONE ||
	    source->mem.segment == ZYDIS_REGISTER_FS || source->mem.segment == ZYDIS_REGISTER_GS)
		return false;
	if (source->mem.base == ZYDIS_REGISTER_RIP) {
		load->is_slot = true;
		return ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(in, source, address, &load->slot));
	}
	load->displacement = source->mem.disp.value;
	load->is_frame = source->mem.base == ZYDIS_REGISTER_RBP;
	load->reg = dwarf_number(source->mem.base);
	return load->reg < REGISTER_COUNT;
}

static bool writes(const ZydisDecodedInstruction *in, const ZydisDecodedOperand *ops,
		   ZydisRegister reg)
{
	for (unsigned i = 0; i < in->operand_count; i++) {
		if (ops[i].type == ZYDIS_OPERAND_TYPE_REGISTER &&
		    (ops[i].actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) &&
		    ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64,
						     ops[i].reg.value) == reg)
			return true;
	}
	return false;
}

/* Callee-saved by the System V ABI for AMD64, figure 3.4: rbx, rbp, r12 to r15. */
static bool survives_calls(unsigned reg)
{
	return reg == 3 || reg == 6 || reg >= 12;
}

/* Behind a jump or return the register comes from elsewhere; a call may have changed it. */
static bool breaks(const ZydisDecodedInstruction *in, unsigned reg)
{
	switch (in->meta.category) {
	case ZYDIS_CATEGORY_CALL: return !survives_calls(reg);
	case ZYDIS_CATEGORY_RET:
	case ZYDIS_CATEGORY_UNCOND_BR: return true;
	default: return false;
	}
}

bool plim_base_load_find(const struct plim_image *image, uint64_t address, unsigned reg,
			 struct plim_base_load *load)
{
	uint32_t index = plim_image_function_at(image, address);
	ZydisDecoder decoder;
	ZydisDecodedInstruction in;
	ZydisDecodedOperand ops[ZYDIS_MAX_OPERAND_COUNT];
	const uint8_t *bytes;
	uint64_t at;
	bool is_found = false;

	if (image->arch != PLIM_ARCH_X86_64 || reg >= REGISTER_COUNT || index == PLIM_NONE)
		return false;
	at = image->functions[index].address;
	bytes = plim_image_bytes(image, at, image->functions[index].size);
	if (!bytes)
		return false;
	ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	while (at < address) {
		if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(
			    &decoder, bytes + (at - image->functions[index].address), address - at,
			    &in, ops)))
			return false;
		if (breaks(&in, reg))
			is_found = false;
		else if (writes(&in, ops, dwarf_registers[reg]))
			is_found = read_move(&in, ops, at, load) && address - at <= WINDOW_BYTES;
		at += in.length;
	}
	return is_found;
}

bool plim_base_load_called(const struct plim_image *image, uint64_t address, unsigned *reg)
{
	/* No x86-64 instruction is longer (Intel SDM volume 2, 2.3.11); this one may end the code. */
	size_t size = 15;
	ZydisDecoder decoder;
	ZydisDecodedInstruction in;
	ZydisDecodedOperand ops[ZYDIS_MAX_OPERAND_COUNT];
	const uint8_t *bytes = NULL;

	if (image->arch != PLIM_ARCH_X86_64)
		return false;
	while (size && !(bytes = plim_image_bytes(image, address, size)))
		size--;
	ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	if (!bytes || !ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, bytes, size, &in, ops)) ||
	    !in.operand_count || ops[0].type != ZYDIS_OPERAND_TYPE_REGISTER)
		return false;
	*reg = dwarf_number(ops[0].reg.value);
	return *reg < REGISTER_COUNT;
}
