/* SPDX-License-Identifier: MIT */
#include "core/printk.h"

#include <errno.h>
#include <string.h>
#include <time.h>

/* The line grows in the invocation, because a formatter of libc's takes kilobytes of stack. */
struct line {
	char *text;
	uint32_t bytes;
	/* The values are read one at a time from memory that need not be aligned. */
	const unsigned char *values;
	uint32_t values_left;
};

struct conversion {
	bool wide, zeros, hexadecimal, is_signed, upper;
	uint32_t width;
};

static void put(struct line *line, char c)
{
	if (line->bytes < PLIM_BPF_PRINTK_BYTES - 1)
		line->text[line->bytes++] = c;
}

static bool take_value(struct line *line, uint64_t *value)
{
	if (line->values_left == 0)
		return false;
	memcpy(value, line->values, sizeof(*value));
	line->values += sizeof(*value);
	line->values_left--;
	return true;
}

static void put_number(struct line *line, const struct conversion *how, uint64_t value)
{
	const char *digits = how->upper ? "0123456789ABCDEF" : "0123456789abcdef";
	const uint64_t base = how->hexadecimal ? 16 : 10;
	char reversed[20]; /* 2^64 has 20 decimal digits */
	bool negative = false;
	uint32_t count = 0, used;

	if (how->is_signed) {
		value = how->wide ? value : (uint64_t)(int64_t)(int32_t)value;
		negative = (int64_t)value < 0;
		value = negative ? 0 - value : value;
	} else if (!how->wide) {
		value = (uint32_t)value;
	}
	do {
		reversed[count++] = digits[value % base];
		value /= base;
	} while (value);
	used = count + negative;
	for (; !how->zeros && used < how->width; used++)
		put(line, ' ');
	if (negative)
		put(line, '-');
	for (; used < how->width; used++)
		put(line, '0');
	while (count)
		put(line, reversed[--count]);
}

/* After a '%': flags 0, a width, l or ll, and the letter. Returns what follows, or NULL. */
static const char *convert(struct line *line, const char *at, const char *end)
{
	struct conversion how = {0};
	uint64_t value;

	if (at < end && *at == '0')
		how.zeros = true;
	while (at < end && *at >= '0' && *at <= '9' && how.width < PLIM_BPF_PRINTK_BYTES)
		how.width = how.width * 10 + (uint32_t)(*at++ - '0');
	while (at < end && (*at == 'l' || *at == 'h')) {
		how.wide = how.wide || *at == 'l';
		at++;
	}
	if (at == end)
		return NULL;
	switch (*at) {
	case '%': put(line, '%'); return at + 1;
	case 'd':
	case 'i': how.is_signed = true; break;
	case 'u': break;
	case 'X': how.upper = true; /* fall through */
	case 'x': how.hexadecimal = true; break;
	case 'p': how.hexadecimal = how.wide = true; break;
	default: return NULL;
	}
	if (!take_value(line, &value))
		return NULL;
	put_number(line, &how, value);
	return at + 1;
}

static int format(struct line *line, const char *at, uint64_t bytes)
{
	const char *end = at + bytes;

	while (at && at < end && *at) {
		if (*at == '%')
			at = convert(line, at + 1, end);
		else
			put(line, *at++);
	}
	if (line->bytes && line->text[line->bytes - 1] == '\n')
		line->bytes--; /* a line is a line */
	line->text[line->bytes] = '\0';
	return at ? 0 : -EINVAL;
}

static bool may_print(struct plim_bpf_program *program)
{
	struct timespec now;
	uint64_t second;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	second = (uint64_t)now.tv_sec;
	if (atomic_exchange(&program->printk_second, second) != second)
		atomic_store(&program->printk_used, 0);
	if (atomic_fetch_add(&program->printk_used, 1) < atomic_load(&program->printk_limit))
		return true;
	atomic_fetch_sub(&program->printk_used, 1); /* so that it never wraps to 0 */
	atomic_fetch_add(&program->printk_lost, 1);
	return false;
}

static uint64_t print(struct plim_bpf_invocation *inv, const unsigned char *values, uint32_t count)
{
	struct line line = {.text = inv->text, .values = values, .values_left = count};
	const char *text = plim_bpf_argument(inv, inv->regs[1], inv->regs[2], PLIM_BPF_READ);
	struct plim_bpf_printk printk;
	int rc = -EFAULT;

	if (!text)
		goto out;
	rc = -EBUSY;
	if (!may_print(inv->program))
		goto out;
	rc = format(&line, text, inv->regs[2]);
	if (rc)
		goto out;
	printk.program = inv->program;
	printk.text = line.text;
	printk.bytes = line.bytes;
	printk.lost = atomic_load(&inv->program->printk_lost);
	if (inv->printk)
		inv->printk(inv->printk_arg, &printk);
	rc = (int)line.bytes;
out:
	return (uint64_t)(int64_t)rc;
}

uint64_t plim_bpf_trace_printk(struct plim_bpf_invocation *inv)
{
	return print(inv, (const unsigned char *)&inv->regs[3], 3);
}

uint64_t plim_bpf_trace_vprintk(struct plim_bpf_invocation *inv)
{
	const uint64_t bytes = inv->regs[4];
	const void *values = NULL;

	if (bytes % 8 || bytes > 12 * 8) /* MAX_BPRINTF_VARARGS in Linux */
		return (uint64_t)-EINVAL;
	if (bytes) {
		values = plim_bpf_argument(inv, inv->regs[3], bytes, PLIM_BPF_READ);
		if (!values)
			return 0;
	}
	return print(inv, values, (uint32_t)(bytes / 8));
}
