/* SPDX-License-Identifier: MIT */
/* A large write buffer, and numbers as text without the C library. */
#ifndef PLIM_EXPORT_OUT_H
#define PLIM_EXPORT_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** What is gathered before it is written. */
#define PLIM_OUT_BYTES (256u << 10)

struct plim_out {
	int fd;
	int error; /* errno of the write that failed; nothing is written after it */
	char *start;
	char *at;
	char *end;
};

int plim_out_open(struct plim_out *out, int fd);
/** Writes what is gathered. Returns 0, or -1 and `error` set. */
int plim_out_flush(struct plim_out *out);
/** Flushes and frees. Returns 0, or -1 and `error` set. */
int plim_out_close(struct plim_out *out);
/** The slow half of plim_out_reserve(). */
char *plim_out_make_room(struct plim_out *out, size_t bytes);

/** Room for `bytes` at `out->at`, flushing if need be; NULL after an error. */
static inline char *plim_out_reserve(struct plim_out *out, size_t bytes)
{
	if (__builtin_expect((size_t)(out->end - out->at) >= bytes, 1))
		return out->at;
	return plim_out_make_room(out, bytes);
}

/** All two-digit numbers: "00" to "99". */
extern const char plim_digit_pairs[201];

#define PLIM_U32_DIGITS 10
#define PLIM_U64_DIGITS 20

static inline char *plim_put_pair(char *p, unsigned value)
{
	memcpy(p, plim_digit_pairs + 2 * (size_t)value, 2);
	return p + 2;
}

/** Up to 99,999,999 with all its eight digits. */
static inline char *plim_put_8(char *p, uint32_t value)
{
	uint32_t high = value / 10000;
	uint32_t low = value % 10000;

	p = plim_put_pair(p, high / 100);
	p = plim_put_pair(p, high % 100);
	p = plim_put_pair(p, low / 100);
	return plim_put_pair(p, low % 100);
}

/** Nanoseconds of a second: nine digits. */
static inline char *plim_put_9(char *p, uint32_t value)
{
	*p++ = (char)('0' + value / 100000000);
	return plim_put_8(p, value % 100000000);
}

/* Writes PLIM_U32_DIGITS bytes whatever the number is: the rest is overwritten by what follows. */
static inline char *plim_put_u32(char *p, uint32_t value)
{
	char digits[2 * PLIM_U32_DIGITS] = {0};
	char *end = digits + PLIM_U32_DIGITS;
	char *d = end;

	while (value >= 100) {
		uint32_t rest = value / 100;

		d -= 2;
		memcpy(d, plim_digit_pairs + 2 * (size_t)(value - rest * 100), 2);
		value = rest;
	}
	if (value >= 10) {
		d -= 2;
		memcpy(d, plim_digit_pairs + 2 * (size_t)value, 2);
	} else {
		*--d = (char)('0' + value);
	}
	memcpy(p, d, PLIM_U32_DIGITS);
	return p + (end - d);
}

static inline char *plim_put_u64(char *p, uint64_t value)
{
	if (value <= UINT32_MAX)
		return plim_put_u32(p, (uint32_t)value);
	uint64_t high = value / 100000000;

	p = high <= UINT32_MAX ? plim_put_u32(p, (uint32_t)high)
			       : plim_put_8(plim_put_u32(p, (uint32_t)(high / 100000000)),
					    (uint32_t)(high % 100000000));
	return plim_put_8(p, (uint32_t)(value % 100000000));
}

static inline char *plim_put_i64(char *p, int64_t value)
{
	if (value < 0) {
		*p++ = '-';
		return plim_put_u64(p, -(uint64_t)value);
	}
	return plim_put_u64(p, (uint64_t)value);
}

static inline char *plim_put_hex_byte(char *p, unsigned value)
{
	*p++ = "0123456789abcdef"[value >> 4 & 15];
	*p++ = "0123456789abcdef"[value & 15];
	return p;
}

/** Hexadecimal without leading zeros, "0x" before it. */
static inline char *plim_put_hex(char *p, uint64_t value)
{
	unsigned digits = value ? (67u - (unsigned)__builtin_clzll(value)) / 4 : 1;

	*p++ = '0';
	*p++ = 'x';
	while (digits--)
		*p++ = "0123456789abcdef"[value >> 4 * digits & 15];
	return p;
}

static inline char *plim_put_bytes(char *p, const void *from, size_t bytes)
{
	memcpy(p, from, bytes);
	return p + bytes;
}

static inline char *plim_put_text(char *p, const char *text)
{
	return plim_put_bytes(p, text, strlen(text));
}

#endif
