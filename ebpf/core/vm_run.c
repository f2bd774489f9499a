/* SPDX-License-Identifier: MIT */
#include "core/vm_run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "core/map_ringbuf.h"

/* One bit an invocation in the whole process, so that a per-thread map has a row for each. */
static _Atomic uint64_t slots_taken;
_Static_assert(PLIM_BPF_SLOTS == 64, "slots are the bits of one word");

static int take_slot(uint32_t *slot)
{
	uint64_t taken = atomic_load(&slots_taken);

	do {
		if (taken == UINT64_MAX)
			return -EAGAIN;
		*slot = (uint32_t)__builtin_ctzll(~taken);
	} while (!atomic_compare_exchange_weak(&slots_taken, &taken, taken | UINT64_C(1) << *slot));
	return 0;
}

struct plim_bpf_invocation *plim_bpf_invocation_new(void)
{
	struct plim_bpf_invocation *inv = aligned_alloc(64, (sizeof(*inv) + 63) / 64 * 64);

	if (!inv)
		goto out;
	memset(inv, 0, sizeof(*inv));
	if (take_slot(&inv->slot)) {
		free(inv);
		inv = NULL;
		goto out;
	}
	inv->limit = PLIM_BPF_DEFAULT_BUDGET;
	/* Programs are promised numbers that differ, not numbers that are secret. */
	if (getrandom(&inv->random, sizeof(inv->random), GRND_NONBLOCK) < 0)
		inv->random = (uintptr_t)inv;
	inv->random |= 1;
out:
	return inv;
}

void plim_bpf_invocation_free(struct plim_bpf_invocation *invocation)
{
	if (!invocation)
		return;
	atomic_fetch_and(&slots_taken, ~(UINT64_C(1) << invocation->slot));
	free(invocation);
}

/* The maps of a program take the place of those of the program before. */
static void load_maps(struct plim_bpf_invocation *inv, const struct plim_bpf_program *program)
{
	if (inv->regions_for == program->serial)
		return;
	for (uint32_t i = 0; i < program->map_count; i++)
		inv->regions[PLIM_BPF_REGION_MAP + i] = program->maps[i]->region;
	for (uint32_t i = program->map_count; i < inv->map_regions; i++)
		inv->regions[PLIM_BPF_REGION_MAP + i].count = 0;
	inv->map_regions = program->map_count;
	inv->regions_for = program->serial;
}

/* The stack is a row of frames; those up to `depth` are there. */
static void show_frames(struct plim_bpf_invocation *inv, uint32_t depth)
{
	inv->depth = depth;
	inv->regions[PLIM_BPF_REGION_STACK].count = depth + 1;
	inv->regs[BPFC_FRAME_REGISTER] =
		plim_bpf_region_address(inv->regions, PLIM_BPF_REGION_STACK, depth) +
		PLIM_BPF_STACK_LOW + PLIM_BPF_FRAME_BYTES;
}

/* Nothing of an earlier run is ever seen; what the same run left in a frame may be. */
static void clear_frame(struct plim_bpf_invocation *inv)
{
	if (inv->depth < inv->frames_cleared)
		return;
	memset(inv->stack + inv->depth * PLIM_BPF_FRAME_BYTES, 0, PLIM_BPF_FRAME_BYTES);
	inv->frames_cleared = inv->depth + 1;
}

void plim_bpf_begin(struct plim_bpf_invocation *inv, struct plim_bpf_program *program,
		    const struct plim_bpf_input *input)
{
	struct plim_bpf_region *regions = inv->regions;
	const struct plim_bpf_type *type = program->type;

	memset(inv->regs, 0, sizeof(inv->regs));
	memset(&inv->fault, 0, sizeof(inv->fault));
	inv->budget = inv->limit;
	inv->program = program;
	inv->input = input;
	inv->regs[1] = PLIM_BPF_CONTEXT_ADDRESS;
	load_maps(inv, program);
	plim_bpf_region_single(&regions[PLIM_BPF_REGION_STACK], inv->stack, PLIM_BPF_STACK_LOW,
			       PLIM_BPF_FRAME_BYTES, 1);
	regions[PLIM_BPF_REGION_STACK].shift = PLIM_BPF_STACK_SHIFT;
	regions[PLIM_BPF_REGION_STACK].mask = (1 << PLIM_BPF_STACK_SHIFT) - 1;
	regions[PLIM_BPF_REGION_STACK].stride = PLIM_BPF_FRAME_BYTES;
	show_frames(inv, 0);
	inv->frames_cleared = 0;
	clear_frame(inv);
	plim_bpf_region_single(&regions[PLIM_BPF_REGION_CONTEXT], input->context, 0,
			       type->context_bytes, 0);
	regions[PLIM_BPF_REGION_CONTEXT].span[PLIM_BPF_WRITE].low = type->write_low;
	regions[PLIM_BPF_REGION_CONTEXT].span[PLIM_BPF_WRITE].high = type->write_high;
	plim_bpf_region_single(&regions[PLIM_BPF_REGION_PACKET], input->packet,
			       PLIM_BPF_PACKET_ADDRESS, input->packet_bytes,
			       input->packet_writable);
}

bool plim_bpf_push_frame(struct plim_bpf_invocation *inv, const struct plim_bpf_op *call)
{
	struct plim_bpf_frame *frame;

	if (inv->depth + 1 >= PLIM_BPF_MAX_FRAMES)
		return false;
	frame = &inv->frames[inv->depth];
	frame->program = inv->program;
	frame->call = call;
	memcpy(frame->saved, &inv->regs[6], sizeof(frame->saved));
	show_frames(inv, inv->depth + 1);
	clear_frame(inv);
	return true;
}

const struct plim_bpf_op *plim_bpf_pop_frame(struct plim_bpf_invocation *inv)
{
	const struct plim_bpf_frame *frame = &inv->frames[inv->depth - 1];

	show_frames(inv, inv->depth - 1);
	memcpy(&inv->regs[6], frame->saved, sizeof(frame->saved));
	inv->program = frame->program;
	load_maps(inv, inv->program);
	return frame->call;
}

/* As in Linux the frame stays: what the new program returns goes to the caller of the old one. */
const struct plim_bpf_op *plim_bpf_follow_tail_call(struct plim_bpf_invocation *inv)
{
	inv->tail_call = false;
	inv->program = inv->tail_programs[inv->tail_calls - 1];
	inv->regs[1] = PLIM_BPF_CONTEXT_ADDRESS;
	load_maps(inv, inv->program);
	return inv->program->ops;
}

void plim_bpf_invocation_abandon(struct plim_bpf_invocation *invocation)
{
	for (unsigned i = 0; i < PLIM_BPF_RECORDS; i++) {
		if (invocation->records[i].map) {
			plim_bpf_ringbuf_commit(invocation->records[i].map,
						invocation->records[i].bytes, true, 0);
			invocation->records[i].map = NULL;
			invocation->regions[PLIM_BPF_REGION_RECORD + i].count = 0;
		}
	}
	while (invocation->tail_calls)
		plim_bpf_object_put(&invocation->tail_programs[--invocation->tail_calls]->object);
	invocation->tail_call = false;
	invocation->program = NULL;
	invocation->input = NULL;
}

void plim_bpf_access_fault(struct plim_bpf_invocation *inv, const struct plim_bpf_op *op)
{
	const struct plim_bpf_insn *insn = &inv->program->insns[op - inv->program->ops];
	const bool load = (insn->code & BPFC_CLASS) == BPFC_LDX;
	static const uint8_t bytes[] = {4, 2, 1, 8}; /* by the size bits: W, H, B, DW */

	plim_bpf_fault_set(inv, load ? PLIM_BPF_FAULT_READ : PLIM_BPF_FAULT_WRITE,
			   inv->regs[load ? op->src : op->dst] + (uint64_t)(int64_t)op->off,
			   bytes[(insn->code & BPFC_SIZE) >> 3]);
}

uint64_t plim_bpf_fault_set(struct plim_bpf_invocation *invocation, enum plim_bpf_fault_kind kind,
			    uint64_t address, uint64_t bytes)
{
	invocation->fault.kind = kind;
	invocation->fault.address = address;
	invocation->fault.bytes = bytes;
	return 0;
}

void *plim_bpf_argument(struct plim_bpf_invocation *invocation, uint64_t address, uint64_t bytes,
			enum plim_bpf_access access)
{
	void *host = plim_bpf_reach(invocation->regions, address, bytes, access);

	if (!host)
		plim_bpf_fault_set(invocation,
				   access == PLIM_BPF_READ ? PLIM_BPF_FAULT_READ
							   : PLIM_BPF_FAULT_WRITE,
				   address, bytes);
	return host;
}

int plim_bpf_fault_errno(enum plim_bpf_fault_kind kind)
{
	switch (kind) {
	case PLIM_BPF_FAULT_NONE: return 0;
	case PLIM_BPF_FAULT_READ:
	case PLIM_BPF_FAULT_WRITE:
	case PLIM_BPF_FAULT_ALIGN: return -EFAULT;
	case PLIM_BPF_FAULT_BUDGET: return -ETIME;
	case PLIM_BPF_FAULT_FRAMES: return -ELOOP;
	default: return -EINVAL;
	}
}
