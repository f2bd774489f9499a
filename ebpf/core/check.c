/* SPDX-License-Identifier: MIT */
#include "core/check.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/vm_ops.h"

struct checker {
	const struct plim_bpf_program_spec *spec;
	struct plim_error *err;
	uint32_t *function; /* for each instruction the first one of its function */
	uint8_t *marks;
	uint32_t at;
};

enum {
	MARK_SECOND_HALF = 1, /* of ld_imm64 */
	MARK_FUNCTION = 2,    /* a function starts here */
	MARK_LEVEL_SHIFT = 4, /* at a function's start: how deep it is called, 1 for the first */
};

__attribute__((format(printf, 2, 3))) static int refuse(struct checker *c, const char *format, ...)
{
	char reason[200];
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	plim_error_set(c->err, "insn %u: %s", c->at, reason);
	return -EINVAL;
}

static const char *unknown_reason(const struct plim_bpf_insn *insn)
{
	const unsigned class = insn->code & BPFC_CLASS, mode = insn->code & BPFC_MODE;

	if (insn->code == (BPFC_JMP | BPFC_CALL | BPFC_X))
		return "callx is reserved (RFC 9669 section 4.3.1)";
	if (insn->code == (BPFC_JMP | BPFC_CALL) && insn->src == BPFC_CALL_BTF)
		return "calls a kernel function by BTF number, and there is no kernel here";
	if (class == BPFC_LD && (mode == BPFC_ABS || mode == BPFC_IND))
		return "legacy packet access is obsolete (RFC 9669 section 5.2)";
	if ((class == BPFC_STX) && mode == BPFC_ATOMIC)
		return "unknown atomic operation or size";
	return "unknown opcode";
}

/* Fields that an instruction does not use must be 0 (RFC 9669 section 3.1). */
static const char *unused_field(const struct plim_bpf_insn *insn, enum plim_bpf_op_code op)
{
	const unsigned class = insn->code & BPFC_CLASS;
	const bool arithmetic = class == BPFC_ALU || class == BPFC_ALU64;
	const bool jump = class == BPFC_JMP || class == BPFC_JMP32;
	const bool end = arithmetic && (insn->code & BPFC_OPERATION) == BPFC_END;
	const bool one = op == PLIM_OP_NEG64 || op == PLIM_OP_NEG32;
	const bool call = op == PLIM_OP_CALL_HELPER || op == PLIM_OP_CALL_LOCAL;
	const bool long_jump = op == PLIM_OP_JA && class == BPFC_JMP32;
	const bool atomic = class == BPFC_STX && (insn->code & BPFC_MODE) == BPFC_ATOMIC;
	const bool from_register = (arithmetic || jump) && insn->code & BPFC_X && !end;
	bool dst = true, src, off, imm;

	if (jump)
		dst = !(call || op == PLIM_OP_EXIT || op == PLIM_OP_JA);
	src = from_register || class == BPFC_LDX || class == BPFC_STX || class == BPFC_LD ||
	      op == PLIM_OP_CALL_LOCAL;
	/* Arithmetic's offset is part of the opcode and was checked with it. */
	off = arithmetic ? !one && !end
	      : jump     ? !call && !long_jump && op != PLIM_OP_EXIT
			 : op != PLIM_OP_LD64;
	imm = class == BPFC_LD || class == BPFC_ST || atomic || call || end || long_jump ||
	      ((arithmetic || jump) && !from_register && !one && op != PLIM_OP_EXIT &&
	       op != PLIM_OP_JA);
	return !dst && insn->dst   ? "destination register"
	       : !src && insn->src ? "source register"
	       : !off && insn->off ? "offset"
	       : !imm && insn->imm ? "immediate"
				   : NULL;
}

static unsigned access_bytes(const struct plim_bpf_insn *insn)
{
	switch (insn->code & BPFC_SIZE) {
	case BPFC_B: return 1;
	case BPFC_H: return 2;
	case BPFC_W: return 4;
	default: return 8;
	}
}

/* Accesses straight from r10 are known beforehand; all others the machine checks. */
static int check_frame_access(struct checker *c, const struct plim_bpf_insn *insn)
{
	const unsigned class = insn->code & BPFC_CLASS;
	const bool load = class == BPFC_LDX && insn->src == BPFC_FRAME_REGISTER;
	const bool store =
		(class == BPFC_ST || class == BPFC_STX) && insn->dst == BPFC_FRAME_REGISTER;
	const int bytes = (int)access_bytes(insn);

	if ((load || store) && (insn->off < -PLIM_BPF_FRAME_BYTES || insn->off + bytes > 0))
		return refuse(c, "r10%+d for %d bytes is outside the frame of %d bytes", insn->off,
			      bytes, PLIM_BPF_FRAME_BYTES);
	return 0;
}

static bool writes_dst(const struct plim_bpf_insn *insn)
{
	switch (insn->code & BPFC_CLASS) {
	case BPFC_LD:
	case BPFC_LDX:
	case BPFC_ALU:
	case BPFC_ALU64: return true;
	default: return false;
	}
}

static int check_registers(struct checker *c, const struct plim_bpf_insn *insn,
			   enum plim_bpf_op_code op)
{
	const bool pseudo = op == PLIM_OP_LD64 || op == PLIM_OP_CALL_LOCAL;
	const bool fetches = op >= PLIM_OP_FETCH_ADD32 && op <= PLIM_OP_XCHG64;

	if (insn->dst >= BPFC_REGISTERS)
		return refuse(c, "there is no register r%u", insn->dst);
	if (!pseudo && insn->src >= BPFC_REGISTERS)
		return refuse(c, "there is no register r%u", insn->src);
	if ((writes_dst(insn) && insn->dst == BPFC_FRAME_REGISTER) ||
	    (fetches && insn->src == BPFC_FRAME_REGISTER))
		return refuse(c, "writes to r10, which is read-only");
	return check_frame_access(c, insn);
}

/* A map's value by name: only where it is one array element that stays where it is. */
static int check_map_value(struct checker *c, const struct plim_bpf_map *map, uint32_t place)
{
	if (map->region.count == 0 || map->ops != &plim_bpf_array_ops)
		return refuse(c, "map %s has no value that can be named", map->spec.name);
	if (place >= map->spec.value_bytes)
		return refuse(c, "place %u is outside the value of map %s (%u bytes)", place,
			      map->spec.name, map->spec.value_bytes);
	return 0;
}

static int check_ld64(struct checker *c, const struct plim_bpf_insn *insn)
{
	const struct plim_bpf_insn *second = insn + 1;
	const uint32_t map = (uint32_t)insn->imm;

	if (c->at + 1 == c->spec->insn_count || second->code || second->dst || second->src ||
	    second->off)
		return refuse(c, "ld_imm64 without its second half");
	c->marks[c->at + 1] |= MARK_SECOND_HALF;
	switch (insn->src) {
	case 0: return 0;
	case BPFC_LD64_MAP:
	case BPFC_LD64_MAP_VALUE:
		if (map >= c->spec->map_count)
			return refuse(c, "there is no map %u", map);
		if (insn->src == BPFC_LD64_MAP_VALUE)
			return check_map_value(c, c->spec->maps[map], (uint32_t)second->imm);
		return second->imm ? refuse(c, "ld_imm64 of a map with a place in it") : 0;
	case BPFC_LD64_VARIABLE: return refuse(c, "refers to a variable of the kernel");
	case BPFC_LD64_CODE: return refuse(c, "takes the address of a function");
	default: return refuse(c, "unknown kind %u of ld_imm64", insn->src);
	}
}

static int check_call(struct checker *c, const struct plim_bpf_insn *insn)
{
	const int64_t target = (int64_t)c->at + insn->imm + 1;

	if (target < 0 || target >= c->spec->insn_count)
		return refuse(c, "calls instruction %lld, outside the program", (long long)target);
	c->marks[target] |= MARK_FUNCTION;
	return 0;
}

static int check_insn(struct checker *c)
{
	const struct plim_bpf_insn *insn = &c->spec->insns[c->at];
	const enum plim_bpf_op_code op = plim_bpf_op_of(insn);
	const char *field;
	int rc;

	if (op == PLIM_OP_NONE)
		return refuse(c, "%s: 0x%02x (src %u, off %d, imm %d)", unknown_reason(insn),
			      insn->code, insn->src, insn->off, insn->imm);
	field = unused_field(insn, op);
	if (field)
		return refuse(c, "opcode 0x%02x does not use its %s, which must be 0", insn->code,
			      field);
	rc = check_registers(c, insn, op);
	if (!rc && op == PLIM_OP_LD64)
		rc = check_ld64(c, insn);
	if (!rc && op == PLIM_OP_CALL_LOCAL)
		rc = check_call(c, insn);
	if (!rc && op == PLIM_OP_CALL_HELPER && !plim_bpf_helper_find(c->spec->type, insn->imm))
		rc = refuse(c, "unknown helper %d for a %s program", insn->imm,
			    c->spec->type->name);
	return rc;
}

static int check_insns(struct checker *c)
{
	int rc = 0;

	c->marks[0] = MARK_FUNCTION;
	for (c->at = 0; !rc && c->at < c->spec->insn_count; c->at++) {
		if (!(c->marks[c->at] & MARK_SECOND_HALF))
			rc = check_insn(c);
	}
	return rc;
}

static bool is_jump(const struct plim_bpf_insn *insn)
{
	const unsigned class = insn->code & BPFC_CLASS, operation = insn->code & BPFC_OPERATION;

	return (class == BPFC_JMP || class == BPFC_JMP32) && operation != BPFC_CALL &&
	       operation != BPFC_EXIT;
}

static bool always_leaves(const struct plim_bpf_insn *insn)
{
	return insn->code == (BPFC_JMP | BPFC_EXIT) || insn->code == (BPFC_JMP | BPFC_JA) ||
	       insn->code == (BPFC_JMP32 | BPFC_JA);
}

static int check_jump(struct checker *c, uint32_t end)
{
	const struct plim_bpf_insn *insn = &c->spec->insns[c->at];
	const bool is_long = insn->code == (BPFC_JMP32 | BPFC_JA);
	const int64_t target = (int64_t)c->at + 1 + (is_long ? insn->imm : insn->off);

	if (target < c->function[c->at] || target >= end)
		return refuse(c, "jumps to instruction %lld, outside its function (%u to %u)",
			      (long long)target, c->function[c->at], end - 1);
	if (c->marks[target] & MARK_SECOND_HALF)
		return refuse(c, "jumps into the middle of ld_imm64 at %lld",
			      (long long)target - 1);
	return 0;
}

/* One function, [start, end): its jumps stay inside, and it does not run past its end. */
static int check_function(struct checker *c, uint32_t start, uint32_t end)
{
	const uint32_t last = end - 1;
	int rc = 0;

	for (c->at = start; c->at < end; c->at++)
		c->function[c->at] = start;
	for (c->at = start; !rc && c->at < end; c->at++) {
		if (!(c->marks[c->at] & MARK_SECOND_HALF) && is_jump(&c->spec->insns[c->at]))
			rc = check_jump(c, end);
	}
	c->at = last;
	if (!rc && (c->marks[last] & MARK_SECOND_HALF || !always_leaves(&c->spec->insns[last])))
		rc = refuse(c, "the function that starts at %u runs past its end without exit",
			    start);
	return rc;
}

static int check_functions(struct checker *c)
{
	uint32_t start = 0;
	int rc = 0;

	for (uint32_t end = 1; !rc && end <= c->spec->insn_count; end++) {
		c->at = end;
		if (end < c->spec->insn_count &&
		    c->marks[end] == (MARK_FUNCTION | MARK_SECOND_HALF))
			return refuse(c, "a call leads here, into the middle of ld_imm64");
		if (end == c->spec->insn_count || c->marks[end] & MARK_FUNCTION) {
			rc = check_function(c, start, end);
			start = end;
		}
	}
	return rc;
}

/* One pass over all calls: a callee is one level deeper than its deepest caller. */
static int deepen(struct checker *c, bool *changed)
{
	*changed = false;
	for (c->at = 0; c->at < c->spec->insn_count; c->at++) {
		const struct plim_bpf_insn *insn = &c->spec->insns[c->at];
		const unsigned level = c->marks[c->function[c->at]] >> MARK_LEVEL_SHIFT;
		uint8_t *callee;

		if (c->marks[c->at] & MARK_SECOND_HALF || !level ||
		    plim_bpf_op_of(insn) != PLIM_OP_CALL_LOCAL)
			continue;
		callee = &c->marks[c->at + insn->imm + 1];
		if (*callee >> MARK_LEVEL_SHIFT > level)
			continue;
		if (level == PLIM_BPF_MAX_FRAMES)
			return refuse(c, "calls deeper than %d frames, or itself",
				      PLIM_BPF_MAX_FRAMES);
		*callee = (uint8_t)((*callee & ((1 << MARK_LEVEL_SHIFT) - 1)) |
				    (level + 1) << MARK_LEVEL_SHIFT);
		*changed = true;
	}
	return 0;
}

/* Levels only grow and end at the limit, so this needs few passes, also over a circle of calls. */
static int check_depth(struct checker *c)
{
	bool changed = true;
	int rc = 0;

	c->marks[0] |= 1 << MARK_LEVEL_SHIFT;
	while (!rc && changed)
		rc = deepen(c, &changed);
	return rc;
}

int plim_bpf_check(const struct plim_bpf_program_spec *spec, struct plim_error *err)
{
	struct checker c = {.spec = spec, .err = err};
	int rc = -EINVAL;

	if (spec->insn_count == 0 || spec->insn_count > PLIM_BPF_MAX_INSNS) {
		plim_error_set(err, "a program has 1 to %d instructions, not %u",
			       PLIM_BPF_MAX_INSNS, spec->insn_count);
		goto out;
	}
	c.function = calloc(spec->insn_count, sizeof(*c.function));
	c.marks = calloc(spec->insn_count, sizeof(*c.marks));
	rc = -ENOMEM;
	if (!c.function || !c.marks) {
		plim_error_set(err, "no memory to check %u instructions", spec->insn_count);
		goto out;
	}
	rc = check_insns(&c);
	if (!rc)
		rc = check_functions(&c);
	if (!rc)
		rc = check_depth(&c);
out:
	free(c.function);
	free(c.marks);
	return rc;
}
