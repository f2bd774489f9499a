/* SPDX-License-Identifier: MIT */
/*
 * What the check refuses, with its reason, and what the machine stops: accesses one byte outside in
 * each direction, endless programs, wrong arguments of helpers.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf_fixture.h"
#include "insn_macros.h"

static struct bpf_fixture fixture;
static struct plim_bpf_map *maps[4];
static int failed;

enum { ARRAY, HASH, RING, PROGRAMS };

struct refusal {
	const char *reason; /* a part of it */
	const struct plim_bpf_insn *insns;
	uint32_t count;
};

#define LIST(...)                      \
	(const struct plim_bpf_insn[]) \
	{                              \
		__VA_ARGS__            \
	}
#define REFUSED(why, ...)                                                                         \
	{                                                                                         \
		.reason = why, .insns = LIST(__VA_ARGS__), .count = sizeof(LIST(__VA_ARGS__)) / 8 \
	}
#define RETURN ALU64_K(MOV, R0, 0), EXIT

/* Eight calls in a row, each from the function that the one before it called. */
#define CALL_ON     CALL_LOCAL(1), EXIT
#define NINE_FRAMES CALL_ON, CALL_ON, CALL_ON, CALL_ON, CALL_ON, CALL_ON, CALL_ON, CALL_ON, RETURN

static const struct refusal refusals[] = {
	REFUSED("insn 0: unknown opcode: 0xff", INSN(0xff, 0, 0, 0, 0), EXIT),
	REFUSED("insn 1: unknown opcode: 0x00", ALU64_K(MOV, R0, 0), INSN(0, 0, 0, 0, 0), EXIT),
	REFUSED("insn 0: unknown opcode: 0xe7", INSN(0xe7, R0, 0, 0, 1), EXIT),
	REFUSED("unknown opcode", INSN(BPFC_ALU64 | BPFC_ADD, R0, 0, 1, 1), EXIT),
	REFUSED("unknown opcode", INSN(BPFC_ALU64 | BPFC_DIV, R0, 0, 2, 1), EXIT),
	REFUSED("unknown opcode", INSN(BPFC_ALU | BPFC_X | BPFC_MOV, R0, R1, 32, 0), EXIT),
	REFUSED("unknown opcode", INSN(BPFC_ALU64 | BPFC_MOV, R0, 0, 8, 0), EXIT),
	REFUSED("unknown opcode", INSN(BPFC_ALU | BPFC_END, R0, 0, 0, 8), EXIT),
	REFUSED("unknown opcode", INSN(BPFC_ALU64 | BPFC_X | BPFC_END, R0, 0, 0, 16), EXIT),
	REFUSED("unknown opcode", INSN(BPFC_JMP32 | BPFC_CALL, 0, 0, 0, 1), EXIT),
	REFUSED("unknown opcode", INSN(BPFC_JMP32 | BPFC_EXIT, 0, 0, 0, 0), EXIT),
	REFUSED("unknown opcode", INSN(BPFC_LDX | BPFC_MEMSX | BPFC_DW, R0, R10, -8, 0), EXIT),
	REFUSED("legacy packet access", INSN(BPFC_LD | BPFC_ABS | BPFC_W, 0, 0, 0, 0), EXIT),
	REFUSED("callx is reserved", INSN(BPFC_JMP | BPFC_CALL | BPFC_X, R1, 0, 0, 0), EXIT),
	REFUSED("kernel function", INSN(BPFC_JMP | BPFC_CALL, 0, BPFC_CALL_BTF, 0, 1), EXIT),
	REFUSED("unknown atomic", ATOMIC(DW, 0x77, R10, -8, R0), EXIT),
	REFUSED("unknown atomic", ATOMIC(B, BPFC_ADD, R10, -8, R0), EXIT),
	REFUSED("insn 0: there is no register r11", ALU64_K(MOV, 11, 0), EXIT),
	REFUSED("there is no register r15", ALU64_X(MOV, R0, 15), EXIT),
	REFUSED("writes to r10", ALU64_K(ADD, R10, 8), RETURN),
	REFUSED("writes to r10", LDX(DW, R10, R1, 0), RETURN),
	REFUSED("writes to r10", LD64(R10, 5), RETURN),
	REFUSED("writes to r10", ATOMIC(DW, BPFC_XCHG, R10, -8, R10), RETURN),
	REFUSED("writes to r10", SWAP(16, R10), RETURN),
	REFUSED("does not use its source register", INSN(BPFC_ALU64 | BPFC_MOV, R0, 3, 0, 0), EXIT),
	REFUSED("does not use its immediate", INSN(BPFC_ALU64 | BPFC_X | BPFC_MOV, R0, R1, 0, 9),
		EXIT),
	REFUSED("does not use its offset", INSN(BPFC_JMP | BPFC_EXIT, 0, 0, 4, 0)),
	REFUSED("does not use its destination register", INSN(BPFC_JMP | BPFC_EXIT, 3, 0, 0, 0)),
	REFUSED("does not use its offset", INSN(BPFC_JMP32 | BPFC_JA, 0, 0, 1, 0), RETURN),
	REFUSED("does not use its immediate", INSN(BPFC_LDX | BPFC_MEM | BPFC_W, R0, R1, 0, 3),
		EXIT),
	REFUSED("insn 0: jumps to instruction 3, outside its function (0 to 2)", JA(2), RETURN),
	REFUSED("jumps to instruction -1, outside", ALU64_K(MOV, R0, 0), JMP64_K(JEQ, R0, 1, -3),
		EXIT),
	REFUSED("jumps to instruction -2147483647", GOTOL(INT32_MIN), RETURN),
	REFUSED("outside its function (0 to 2)", CALL_LOCAL(2), JA(2), EXIT, ALU64_K(MOV, R0, 0),
		EXIT),
	REFUSED("insn 0: jumps into the middle of ld_imm64 at 1", JA(1), LD64(R0, 0), EXIT),
	REFUSED("calls instruction 3, outside the program", CALL_LOCAL(2), RETURN),
	REFUSED("into the middle of ld_imm64", CALL_LOCAL(1), LD64(R0, 0), EXIT),
	REFUSED("ld_imm64 without its second half", INSN(BPFC_LD64, R0, 0, 0, 0)),
	REFUSED("ld_imm64 without its second half", INSN(BPFC_LD64, R0, 0, 0, 0), EXIT, EXIT),
	REFUSED("insn 1: the function that starts at 0 runs past its end", ALU64_K(MOV, R0, 0),
		ALU64_K(MOV, R0, 0)),
	REFUSED("the function that starts at 0 runs past", ALU64_K(MOV, R0, 0),
		JMP64_K(JEQ, R0, 0, -2)),
	REFUSED("the function that starts at 0 runs past", CALL_LOCAL(0), RETURN),
	REFUSED("past its end", LD64(R0, 0x95)),
	REFUSED("r10-520 for 8 bytes is outside the frame", ST(DW, R10, -520, 0), RETURN),
	REFUSED("r10-513 for 1 bytes is outside the frame", ST(B, R10, -513, 0), RETURN),
	REFUSED("r10-7 for 8 bytes is outside the frame", STX(DW, R10, -7, R0), RETURN),
	REFUSED("r10+0 for 1 bytes is outside the frame", LDX(B, R0, R10, 0), EXIT),
	REFUSED("calls deeper than 8 frames, or itself", CALL_LOCAL(-1), EXIT),
	REFUSED("calls deeper than 8 frames, or itself", CALL_LOCAL(1), EXIT, CALL_LOCAL(1), EXIT,
		CALL_LOCAL(-3), EXIT),
	REFUSED("calls deeper than 8 frames, or itself", NINE_FRAMES),
	REFUSED("unknown helper 9999 for a xdp program", CALL(9999), EXIT),
	REFUSED("unknown helper -1", CALL(-1), EXIT),
	REFUSED("there is no map 4", LD64_MAP(R1, 4), RETURN),
	REFUSED("there is no map 4294967295", LD64_MAP(R1, -1), RETURN),
	REFUSED("place 8 is outside the value of map array (8 bytes)", LD64_MAP_VALUE(R1, ARRAY, 8),
		RETURN),
	REFUSED("map hash has no value that can be named", LD64_MAP_VALUE(R1, HASH, 0), RETURN),
	REFUSED("a variable of the kernel", INSN(BPFC_LD64, R1, 3, 0, 0), INSN(0, 0, 0, 0, 0),
		RETURN),
	REFUSED("takes the address of a function", INSN(BPFC_LD64, R1, 4, 0, 0),
		INSN(0, 0, 0, 0, 0), RETURN),
	REFUSED("unknown kind 7 of ld_imm64", INSN(BPFC_LD64, R1, 7, 0, 0), INSN(0, 0, 0, 0, 0),
		RETURN),
};

static void check_refusal(const struct refusal *refusal)
{
	struct plim_error err = {""};
	struct plim_bpf_program *program =
		bpf_fixture_load(&fixture, refusal->insns, refusal->count, maps, 4, &err);

	if (program) {
		printf("FAIL accepted what should be refused: %s\n", refusal->reason);
		plim_bpf_object_close(&program->object);
		failed++;
	} else if (!strstr(err.text, refusal->reason)) {
		printf("FAIL \"%s\" instead of \"%s\"\n", err.text, refusal->reason);
		failed++;
	}
}

struct stop {
	const char *name;
	enum plim_bpf_fault_kind kind; /* NONE: it must run to its end */
	const struct plim_bpf_insn *insns;
	uint32_t count;
};

#define STOPS(what, fault, ...)                                                           \
	{                                                                                 \
		.name = what, .kind = PLIM_BPF_FAULT_##fault, .insns = LIST(__VA_ARGS__), \
		.count = sizeof(LIST(__VA_ARGS__)) / 8                                    \
	}
#define PACKET_BYTES 32
/* r2 = the packet's first byte */
#define PACKET LDX(W, R2, R1, 0)
/* r0 = the value of key 1 in a map, or the program ends */
#define VALUE_OF(map)                                                                      \
	ST(W, R10, -4, 1), ALU64_X(MOV, R2, R10), ALU64_K(ADD, R2, -4), LD64_MAP(R1, map), \
		CALL(1), JMP64_K(JNE, R0, 0, 1), EXIT
#define FRAME_AT(place) ALU64_X(MOV, R2, R10), ALU64_K(ADD, R2, place)

static const struct stop stops[] = {
	STOPS("packet first byte", NONE, PACKET, LDX(B, R0, R2, 0), EXIT),
	STOPS("packet last byte", NONE, PACKET, LDX(B, R0, R2, PACKET_BYTES - 1), EXIT),
	STOPS("packet last word", NONE, PACKET, STX(DW, R2, PACKET_BYTES - 8, R0), RETURN),
	STOPS("packet one before", READ, PACKET, LDX(B, R0, R2, -1), EXIT),
	STOPS("packet one after", READ, PACKET, LDX(B, R0, R2, PACKET_BYTES), EXIT),
	STOPS("packet word across its end", READ, PACKET, LDX(DW, R0, R2, PACKET_BYTES - 7), EXIT),
	STOPS("packet word across its start", WRITE, PACKET, STX(W, R2, -3, R0), RETURN),
	STOPS("packet store one after", WRITE, PACKET, ST(B, R2, PACKET_BYTES, 1), RETURN),
	STOPS("context last byte", NONE, LDX(B, R0, R1, sizeof(struct xdp_md) - 1), EXIT),
	STOPS("context one after", READ, LDX(B, R0, R1, sizeof(struct xdp_md)), EXIT),
	STOPS("context one before", READ, LDX(B, R0, R1, -1), EXIT),
	STOPS("context is not written", WRITE, ST(B, R1, 0, 1), RETURN),
	STOPS("frame lowest byte", NONE, FRAME_AT(-512), ST(B, R2, 0, 1), RETURN),
	STOPS("frame one below", WRITE, FRAME_AT(-512), ST(B, R2, -1, 1), RETURN),
	STOPS("frame one above", WRITE, FRAME_AT(-1), ST(B, R2, 1, 1), RETURN),
	STOPS("frame word across its top", WRITE, FRAME_AT(-4), ST(DW, R2, 0, 1), RETURN),
	STOPS("frame one above in a function", WRITE, CALL_LOCAL(1), EXIT, FRAME_AT(0),
	      ST(B, R2, 0, 1), RETURN),
	STOPS("a frame that was left", WRITE, CALL_LOCAL(2), ST(B, R0, -8, 1), EXIT,
	      ALU64_X(MOV, R0, R10), EXIT),
	STOPS("array value last byte", NONE, VALUE_OF(ARRAY), ST(B, R0, 7, 1), RETURN),
	STOPS("array value one after", WRITE, VALUE_OF(ARRAY), ST(B, R0, 8, 1), RETURN),
	STOPS("array value one before", WRITE, VALUE_OF(ARRAY), ST(B, R0, -1, 1), RETURN),
	STOPS("hash value last byte", NONE, VALUE_OF(HASH), ST(B, R0, 4, 1), RETURN),
	STOPS("hash value one after", WRITE, VALUE_OF(HASH), ST(B, R0, 5, 1), RETURN),
	STOPS("hash value one before", READ, VALUE_OF(HASH), LDX(B, R0, R0, -1), EXIT),
	STOPS("NULL", READ, ALU64_K(MOV, R1, 0), LDX(B, R0, R1, 0), EXIT),
	STOPS("NULL and an offset", READ, ALU64_K(MOV, R1, 0), LDX(B, R0, R1, 32767), EXIT),
	STOPS("the highest address", READ, LD64(R1, -1), LDX(DW, R0, R1, 0), EXIT),
	STOPS("an offset that wraps", READ, LD64(R1, -8), LDX(DW, R0, R1, 8), EXIT),
	STOPS("a map's name is no address", READ, LD64_MAP(R1, ARRAY), LDX(DW, R0, R1, 0), EXIT),
	STOPS("a host's address", READ, LD64(R1, 0x7ffff7dd0000), LDX(B, R0, R1, 0), EXIT),
	STOPS("a region that does not exist", READ, LD64(R1, 0x100000000000), LDX(B, R0, R1, 0),
	      EXIT),
	STOPS("unaligned atomic", ALIGN, ATOMIC(DW, BPFC_ADD, R10, -12, R1), RETURN),
	STOPS("aligned 32-bit atomic", NONE, ATOMIC(W, BPFC_ADD, R10, -12, R1), RETURN),
	STOPS("atomic on the read-only context", WRITE, ATOMIC(DW, BPFC_ADD, R1, 0, R2), RETURN),
	STOPS("a jump to itself", BUDGET, JA(-1), EXIT),
	STOPS("gotol to itself", BUDGET, GOTOL(-1), EXIT),
	STOPS("a loop through a condition", BUDGET, ALU64_K(MOV, R0, 0), JMP64_K(JEQ, R0, 0, -1),
	      EXIT),
	STOPS("a loop of calls", BUDGET, CALL_LOCAL(2), JA(-2), EXIT, RETURN),
	STOPS("a key outside", READ, LD64_MAP(R1, ARRAY), FRAME_AT(-3), CALL(1), EXIT),
	STOPS("a number for a map", MAP, ALU64_K(MOV, R1, 5), FRAME_AT(-8), CALL(1), EXIT),
	STOPS("a ring for a map with keys", MAP, LD64_MAP(R1, RING), FRAME_AT(-8), CALL(1), EXIT),
	STOPS("a value outside", READ, ST(W, R10, -4, 0), LD64_MAP(R1, ARRAY), FRAME_AT(-4),
	      ALU64_X(MOV, R3, R10), ALU64_K(ADD, R3, -7), ALU64_K(MOV, R4, 0), CALL(2), EXIT),
	STOPS("an array for a ring", MAP, LD64_MAP(R1, ARRAY), ALU64_K(MOV, R2, 8),
	      ALU64_K(MOV, R3, 0), CALL(131), EXIT),
	STOPS("an array for a tail call", MAP, LD64_MAP(R2, ARRAY), ALU64_K(MOV, R3, 0), CALL(12),
	      EXIT),
	STOPS("a record from nowhere", RECORD, ALU64_K(MOV, R1, 0), ALU64_K(MOV, R2, 0), CALL(132),
	      EXIT),
	STOPS("a huge output", READ, FRAME_AT(-8), LD64_MAP(R1, RING), LD64(R3, -1),
	      ALU64_K(MOV, R4, 0), CALL(130), EXIT),
	STOPS("a name into the context", WRITE, ALU64_K(MOV, R2, 8), CALL(16), EXIT),
	STOPS("printk of nothing", READ, ALU64_K(MOV, R1, 0), ALU64_K(MOV, R2, 8), CALL(6), EXIT),
};

static void check_stop(const struct stop *stop)
{
	unsigned char packet[PACKET_BYTES] = {0};
	struct plim_error err = {""};
	struct plim_bpf_program *program =
		bpf_fixture_load(&fixture, stop->insns, stop->count, maps, 4, &err);
	uint64_t result;
	int rc;

	if (!program) {
		printf("FAIL %s: refused: %s\n", stop->name, err.text);
		failed++;
		return;
	}
	rc = bpf_fixture_run(&fixture, program, packet, sizeof(packet), &result);
	if (fixture.invocation->fault.kind != stop->kind || (rc == 0) != (stop->kind == 0)) {
		plim_bpf_fault_text(&fixture.invocation->fault, &err);
		printf("FAIL %s: %s\n", stop->name, err.text);
		failed++;
	}
	plim_bpf_object_close(&program->object);
}

/* Exactly as many instructions as allowed run; one more does not. */
static void check_budget(void)
{
	const struct plim_bpf_insn loop[] = {
		ALU64_K(MOV, R0, 0),
		ALU64_K(ADD, R0, 1),
		JMP64_K(JLT, R0, 100, -2),
		EXIT,
	};
	struct plim_error err;
	struct plim_bpf_program *program = bpf_fixture_load(&fixture, loop, 4, maps, 4, &err);
	const int64_t limit = fixture.invocation->limit;
	uint64_t result;

	if (!program || bpf_fixture_run(&fixture, program, NULL, 0, &result) || result != 100 ||
	    limit - fixture.invocation->budget != 1 + 200 + 1) {
		printf("FAIL a loop of 202 instructions: %lld were counted\n",
		       (long long)(limit - fixture.invocation->budget));
		failed++;
	}
	fixture.invocation->limit = 150;
	if (bpf_fixture_run(&fixture, program, NULL, 0, &result) != -ETIME) {
		printf("FAIL a loop runs past its budget\n");
		failed++;
	}
	fixture.invocation->limit = limit;
	plim_bpf_object_close(&program->object);
}

static void make_maps(void)
{
	static const struct plim_bpf_map_spec specs[] = {
		{"array", BPF_MAP_TYPE_ARRAY, 4, 8, 4, 0},
		{"hash", BPF_MAP_TYPE_HASH, 4, 5, 4, 0},
		{"ring", BPF_MAP_TYPE_RINGBUF, 0, 0, 4096, 0},
		{"programs", BPF_MAP_TYPE_PROG_ARRAY, 4, 4, 4, 0},
	};
	struct plim_error err;
	const uint32_t key = 1;

	for (int i = 0; i < 4; i++) {
		if (plim_bpf_map_new(fixture.host, &specs[i], &maps[i], &err)) {
			printf("FAIL %s\n", err.text);
			exit(1);
		}
	}
	plim_bpf_map_update(maps[HASH], &key, "value", BPF_ANY, PLIM_BPF_NO_SLOT);
}

int main(void)
{
	const size_t refusal_count = sizeof(refusals) / sizeof(refusals[0]);
	const size_t stop_count = sizeof(stops) / sizeof(stops[0]);

	bpf_fixture_open(&fixture);
	make_maps();
	for (size_t i = 0; i < refusal_count; i++)
		check_refusal(&refusals[i]);
	for (size_t i = 0; i < stop_count; i++)
		check_stop(&stops[i]);
	check_budget();
	for (int i = 0; i < 4; i++)
		plim_bpf_object_close(&maps[i]->object);
	bpf_fixture_close(&fixture);
	printf("%zu refusals, %zu stops, %d failed\n", refusal_count, stop_count, failed);
	return failed ? 1 : 0;
}
