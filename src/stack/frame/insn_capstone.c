/* SPDX-License-Identifier: MIT */
/* aarch64 and ARM (Thumb-2, A32) by capstone: the library's handles, and which decoder is asked. */
#include "stack/frame/insn_capstone.h"

#include <stdlib.h>

struct plim_capstone {
	csh main;  /* aarch64, or Thumb */
	csh other; /* A32 */
	cs_insn *insn;
	enum plim_arch arch;
};

static bool open_handle(cs_arch arch, cs_mode mode, csh *handle)
{
	if (cs_open(arch, mode, handle) != CS_ERR_OK)
		return false;
	return cs_option(*handle, CS_OPT_DETAIL, CS_OPT_ON) == CS_ERR_OK;
}

struct plim_capstone *plim_capstone_new(enum plim_arch arch)
{
	struct plim_capstone *capstone = calloc(1, sizeof(*capstone));
	bool good;

	if (!capstone)
		return NULL;
	capstone->arch = arch;
	if (arch == PLIM_ARCH_AARCH64)
		good = open_handle(CS_ARCH_ARM64, CS_MODE_ARM, &capstone->main);
	else
		good = open_handle(CS_ARCH_ARM, CS_MODE_THUMB, &capstone->main) &&
		       open_handle(CS_ARCH_ARM, CS_MODE_ARM, &capstone->other);
	if (good)
		capstone->insn = cs_malloc(capstone->main);
	if (!capstone->insn) {
		plim_capstone_free(capstone);
		return NULL;
	}
	return capstone;
}

void plim_capstone_free(struct plim_capstone *capstone)
{
	if (!capstone)
		return;
	if (capstone->insn)
		cs_free(capstone->insn, 1);
	if (capstone->main)
		cs_close(&capstone->main);
	if (capstone->other)
		cs_close(&capstone->other);
	free(capstone);
}

static uint32_t written(csh handle, const cs_insn *in, uint8_t (*number)(unsigned))
{
	cs_regs reads;
	cs_regs writes;
	uint8_t read_count;
	uint8_t write_count;
	uint32_t mask = 0;

	if (cs_regs_access(handle, in, reads, &read_count, writes, &write_count) != CS_ERR_OK)
		return 0;
	for (uint8_t i = 0; i < write_count; i++) {
		uint8_t r = number(writes[i]);

		if (r < PLIM_REGISTERS)
			mask |= 1u << r;
	}
	return mask;
}

bool plim_capstone_decode(struct plim_capstone *capstone, bool is_thumb, const uint8_t *bytes,
			  size_t left, uint64_t address, struct plim_insn *insn)
{
	bool is_aarch64 = capstone->arch == PLIM_ARCH_AARCH64;
	csh handle = is_aarch64 || is_thumb ? capstone->main : capstone->other;

	if (!cs_disasm_iter(handle, &bytes, &left, &address, capstone->insn))
		return false;
	*insn = (struct plim_insn){
		.address = capstone->insn->address,
		.length = (uint8_t)capstone->insn->size,
		.dst = PLIM_NO_REGISTER,
		.src = PLIM_NO_REGISTER,
		.index = PLIM_NO_REGISTER,
		.base = PLIM_NO_REGISTER,
	};
	if (is_aarch64) {
		insn->writes = written(handle, capstone->insn, plim_aarch64_register);
		plim_aarch64_reduce(capstone->insn, insn);
	} else {
		insn->writes = written(handle, capstone->insn, plim_arm_register);
		plim_arm_reduce(capstone->insn, insn);
	}
	return true;
}
