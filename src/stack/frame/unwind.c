/* SPDX-License-Identifier: MIT */
#include "stack/frame/unwind.h"

#include "image/image_build.h"
#include "image/orc.h"
#include "stack/frame/unwind_pe.h"

/* A CIE's initial rules are a handful of bytes; they run for each of its FDEs. */
#define MAX_INITIAL_RULES 1024
#define MAX_REMEMBERED    32

/* DWARF 5, section 6.4.2 and table 7.29; GNU's own from the LSB. */
enum {
	CFA_ADVANCE = 0x40,
	CFA_OFFSET = 0x80,
	CFA_RESTORE = 0xc0,
	CFA_NOP = 0x00,
	CFA_SET_LOC = 0x01,
	CFA_ADVANCE1 = 0x02,
	CFA_ADVANCE2 = 0x03,
	CFA_ADVANCE4 = 0x04,
	CFA_OFFSET_EXTENDED = 0x05,
	CFA_RESTORE_EXTENDED = 0x06,
	CFA_UNDEFINED = 0x07,
	CFA_SAME_VALUE = 0x08,
	CFA_REGISTER = 0x09,
	CFA_REMEMBER = 0x0a,
	CFA_RESTORE_STATE = 0x0b,
	CFA_DEF_CFA = 0x0c,
	CFA_DEF_CFA_REGISTER = 0x0d,
	CFA_DEF_CFA_OFFSET = 0x0e,
	CFA_DEF_CFA_EXPRESSION = 0x0f,
	CFA_EXPRESSION = 0x10,
	CFA_OFFSET_EXTENDED_SF = 0x11,
	CFA_DEF_CFA_SF = 0x12,
	CFA_DEF_CFA_OFFSET_SF = 0x13,
	CFA_VAL_OFFSET = 0x14,
	CFA_VAL_OFFSET_SF = 0x15,
	CFA_VAL_EXPRESSION = 0x16,
	CFA_GNU_WINDOW_SAVE = 0x2d, /* aarch64: the return address is signed from here */
	CFA_GNU_ARGS_SIZE = 0x2e,
	CFA_GNU_NEGATIVE_OFFSET = 0x2f,
};

struct machine {
	const struct plim_cie *cie;
	struct plim_unwind_row now;
	struct plim_unwind_row remembered[MAX_REMEMBERED];
	unsigned remembered_count;
	struct plim_vec *rows; /* NULL while the initial rules run */
	uint64_t start;        /* rows before it are cut to it */
	uint64_t end;
	bool is_outermost; /* no return address: nobody called this, its base means nothing */
	bool failed;       /* no memory */
};

static void emit(struct machine *m)
{
	struct plim_unwind_row *last;
	struct plim_unwind_row row = m->now;

	if (!m->rows || row.address >= m->end)
		return;
	if (row.address < m->start)
		row.address = m->start;
	if (m->is_outermost)
		row.kind = PLIM_UNWIND_OTHER;
	last = m->rows->count ? (struct plim_unwind_row *)m->rows->items + m->rows->count - 1
			      : NULL;
	if (last && last->address == row.address && last->address >= m->start) {
		*last = row;
		return;
	}
	if (plim_vec_append(m->rows, &row, 1, sizeof(row)))
		m->failed = true;
}

static bool advance(struct machine *m, uint64_t delta)
{
	uint64_t to = m->now.address + delta * m->cie->code_factor;

	emit(m);
	if (to < m->now.address)
		return false;
	m->now.address = to;
	return true;
}

static bool define(struct machine *m, uint64_t reg, int64_t offset)
{
	m->now.kind = reg < 255 ? PLIM_UNWIND_REGISTER : PLIM_UNWIND_OTHER;
	m->now.reg = (uint8_t)reg;
	m->now.offset = offset;
	return true;
}

static bool skip_block(const uint8_t **at, const uint8_t *end)
{
	uint64_t length;

	if (!plim_read_uleb(at, end, &length) || length > (uint64_t)(end - *at))
		return false;
	*at += length;
	return true;
}

static bool restore_state(struct machine *m)
{
	uint64_t address = m->now.address;

	if (!m->remembered_count)
		return false;
	m->now = m->remembered[--m->remembered_count];
	m->now.address = address;
	return true;
}

/* The instructions that say where the frame's base is. */
static bool step_cfa(struct machine *m, uint8_t op, const uint8_t **at, const uint8_t *end)
{
	uint64_t a = 0;
	int64_t factored = 0;

	switch (op) {
	case CFA_DEF_CFA: {
		uint64_t offset;

		return plim_read_uleb(at, end, &a) && plim_read_uleb(at, end, &offset) &&
		       define(m, a, (int64_t)offset);
	}
	case CFA_DEF_CFA_SF:
		return plim_read_uleb(at, end, &a) && plim_read_sleb(at, end, &factored) &&
		       define(m, a, (int64_t)((uint64_t)factored * (uint64_t)m->cie->data_factor));
	case CFA_DEF_CFA_REGISTER:
		return plim_read_uleb(at, end, &a) && define(m, a, m->now.offset);
	case CFA_DEF_CFA_OFFSET:
		if (!plim_read_uleb(at, end, &a))
			return false;
		m->now.offset = (int64_t)a;
		return true;
	case CFA_DEF_CFA_OFFSET_SF:
		if (!plim_read_sleb(at, end, &factored))
			return false;
		m->now.offset = (int64_t)((uint64_t)factored * (uint64_t)m->cie->data_factor);
		return true;
	default: /* CFA_DEF_CFA_EXPRESSION */
		m->now.kind = PLIM_UNWIND_OTHER;
		return skip_block(at, end);
	}
}

/* The instructions that do not: their operands are passed over. */
static bool skip_operands(uint8_t op, const uint8_t **at, const uint8_t *end)
{
	uint64_t a;
	int64_t s;

	switch (op) {
	case CFA_NOP:
	case CFA_GNU_WINDOW_SAVE: return true;
	case CFA_RESTORE_EXTENDED:
	case CFA_SAME_VALUE:
	case CFA_GNU_ARGS_SIZE: return plim_read_uleb(at, end, &a);
	case CFA_OFFSET_EXTENDED:
	case CFA_VAL_OFFSET:
	case CFA_GNU_NEGATIVE_OFFSET:
		return plim_read_uleb(at, end, &a) && plim_read_uleb(at, end, &a);
	case CFA_OFFSET_EXTENDED_SF:
	case CFA_VAL_OFFSET_SF: return plim_read_uleb(at, end, &a) && plim_read_sleb(at, end, &s);
	case CFA_EXPRESSION:
	case CFA_VAL_EXPRESSION: return plim_read_uleb(at, end, &a) && skip_block(at, end);
	default: return false;
	}
}

/* Where the return address is kept: in a register, or (anything else) on the stack. */
static bool step_register(struct machine *m, const uint8_t **at, const uint8_t *end)
{
	uint64_t of;
	uint64_t in;

	if (!plim_read_uleb(at, end, &of) || !plim_read_uleb(at, end, &in))
		return false;
	if (of == m->cie->return_register)
		m->now.return_register = in < 32 ? (uint8_t)(in + 1) : 0;
	return true;
}

static bool step(struct machine *m, const uint8_t **at, const uint8_t *end)
{
	uint8_t op = *(*at)++;
	uint64_t a;

	switch (op & 0xc0) {
	case CFA_ADVANCE: return advance(m, op & 0x3f);
	case CFA_OFFSET:
		if ((op & 0x3f) == m->cie->return_register)
			m->now.return_register = 0;
		return plim_read_uleb(at, end, &a);
	case CFA_RESTORE: return true;
	default: break;
	}
	switch (op) {
	case CFA_SET_LOC:
		if (!plim_read_uint(at, end, m->cie->address_bytes, &a) || a < m->now.address)
			return false;
		emit(m);
		m->now.address = a;
		return true;
	case CFA_ADVANCE1: return plim_read_uint(at, end, 1, &a) && advance(m, a);
	case CFA_ADVANCE2: return plim_read_uint(at, end, 2, &a) && advance(m, a);
	case CFA_ADVANCE4: return plim_read_uint(at, end, 4, &a) && advance(m, a);
	case CFA_REMEMBER:
		if (m->remembered_count == MAX_REMEMBERED)
			return false;
		m->remembered[m->remembered_count++] = m->now;
		return true;
	case CFA_UNDEFINED:
		if (!plim_read_uleb(at, end, &a))
			return false;
		m->is_outermost = m->is_outermost || a == m->cie->return_register;
		return true;
	case CFA_REGISTER: return step_register(m, at, end);
	case CFA_RESTORE_STATE: return restore_state(m);
	case CFA_DEF_CFA:
	case CFA_DEF_CFA_SF:
	case CFA_DEF_CFA_REGISTER:
	case CFA_DEF_CFA_OFFSET:
	case CFA_DEF_CFA_OFFSET_SF:
	case CFA_DEF_CFA_EXPRESSION: return step_cfa(m, op, at, end);
	default: return skip_operands(op, at, end);
	}
}

static bool run(struct machine *m, const uint8_t *at, const uint8_t *end)
{
	while (at < end && !m->failed && m->now.address < m->end) {
		if (!step(m, &at, end))
			return false;
	}
	return true;
}

/* Rows of one entry, cut to [start, end). A damaged program says nothing from there on. */
static int append_entry(const struct plim_cfi *cfi, const struct plim_fde *fde, uint64_t start,
			uint64_t end, struct plim_vec *rows)
{
	const struct plim_cie *cie = (const struct plim_cie *)cfi->cies.items + fde->cie;
	struct machine m = {
		.cie = cie,
		.now = {.address = fde->start},
		.start = start,
		.end = end < fde->end ? end : fde->end,
	};
	bool good = cie->rules_end - cie->rules <= MAX_INITIAL_RULES &&
		    run(&m, cie->rules, cie->rules_end);

	m.rows = rows;
	if (!good || !run(&m, fde->rules, fde->rules_end))
		m.now.kind = PLIM_UNWIND_NONE;
	emit(&m);
	return m.failed ? -1 : 0;
}

static int append_gap(uint64_t address, struct plim_vec *rows)
{
	struct plim_unwind_row row = {.address = address, .kind = PLIM_UNWIND_NONE};

	return plim_vec_append(rows, &row, 1, sizeof(row));
}

/* ORC: each entry holds up to the next one. */
static int append_orc(const struct plim_vec *entries, uint64_t start, uint64_t end,
		      struct plim_vec *rows)
{
	const struct plim_orc *orc = entries->items;
	size_t low = 0;
	size_t high = entries->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (orc[middle].address <= start)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return append_gap(start, rows);
	for (size_t i = low - 1; i < entries->count && orc[i].address < end; i++) {
		struct plim_unwind_row row = {
			.address = orc[i].address < start ? start : orc[i].address,
			.offset = orc[i].offset,
			.kind = orc[i].reg < 255 ? PLIM_UNWIND_REGISTER : PLIM_UNWIND_NONE,
			.reg = orc[i].reg,
		};

		if (plim_vec_append(rows, &row, 1, sizeof(row)))
			return -1;
	}
	return 0;
}

int plim_unwind_rows(const struct plim_image *image, uint64_t start, uint64_t end,
		     struct plim_vec *rows)
{
	const struct plim_cfi *cfi = &image->priv->cfi;

	if (image->format == PLIM_FORMAT_PE)
		return plim_unwind_pe_rows(image, start, end, rows);
	if (!cfi->fdes.count && image->priv->orc.count)
		return append_orc(&image->priv->orc, start, end, rows);
	while (start < end) {
		const struct plim_fde *fde = plim_cfi_find(cfi, start);

		if (!fde) {
			if (append_gap(start, rows))
				return -1;
			fde = plim_cfi_next(cfi, start);
			if (!fde)
				return 0;
			start = fde->start;
			continue;
		}
		if (append_entry(cfi, fde, start, end, rows))
			return -1;
		start = fde->end;
	}
	return 0;
}

const struct plim_unwind_row *plim_unwind_row_at(const struct plim_unwind_row *rows, size_t count,
						 uint64_t address)
{
	size_t low = 0;
	size_t high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (rows[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &rows[low - 1] : NULL;
}
