/* SPDX-License-Identifier: MIT */
/* A fault in words. Apart from the machine, because this formats and needs the stack for it. */
#include "core/vm.h"

static const char *region_name(uint64_t address)
{
	const uint64_t id = address >> PLIM_BPF_REGION_BITS;

	if (address < PLIM_BPF_PACKET_ADDRESS)
		return "near NULL";
	switch (id) {
	case PLIM_BPF_REGION_PACKET: return "by the packet";
	case PLIM_BPF_REGION_STACK: return "by the stack";
	case PLIM_BPF_REGION_CONTEXT: return "by the context";
	case PLIM_BPF_REGION_SPARE: return "by the hook's memory";
	default: break;
	}
	if (id >= PLIM_BPF_REGION_RECORD && id < PLIM_BPF_REGION_MAP)
		return "by a ring buffer record";
	if (id >= PLIM_BPF_REGION_MAP && id < PLIM_BPF_REGIONS)
		return "by a map's values";
	return "nowhere";
}

static void access_text(const struct plim_bpf_fault *fault, struct plim_error *text)
{
	plim_error_set(text, "insn %u: may not %s %llu bytes at 0x%llx (%s, place %lld)",
		       fault->insn, fault->kind == PLIM_BPF_FAULT_READ ? "read" : "write",
		       (unsigned long long)fault->bytes, (unsigned long long)fault->address,
		       region_name(fault->address),
		       (long long)(fault->address & PLIM_BPF_PLACE_MASK));
}

void plim_bpf_fault_text(const struct plim_bpf_fault *fault, struct plim_error *text)
{
	const unsigned long long address = fault->address;

	switch (fault->kind) {
	case PLIM_BPF_FAULT_READ:
	case PLIM_BPF_FAULT_WRITE: access_text(fault, text); break;
	case PLIM_BPF_FAULT_ALIGN:
		plim_error_set(text, "insn %u: atomic operation on unaligned address 0x%llx",
			       fault->insn, address);
		break;
	case PLIM_BPF_FAULT_BUDGET:
		plim_error_set(text, "insn %u: ran for more instructions than it may", fault->insn);
		break;
	case PLIM_BPF_FAULT_FRAMES:
		plim_error_set(text, "insn %u: calls deeper than %d frames", fault->insn,
			       PLIM_BPF_MAX_FRAMES);
		break;
	case PLIM_BPF_FAULT_MAP:
		plim_error_set(text, "insn %u: 0x%llx is no map of the program for this helper",
			       fault->insn, address);
		break;
	case PLIM_BPF_FAULT_RECORD:
		plim_error_set(text, "insn %u: 0x%llx is no reserved ring buffer record",
			       fault->insn, address);
		break;
	case PLIM_BPF_FAULT_OPCODE:
		plim_error_set(text, "insn %u: not an instruction", fault->insn);
		break;
	case PLIM_BPF_FAULT_NONE: plim_error_set(text, "no fault"); break;
	}
}
