/* SPDX-License-Identifier: MIT */
#include "export/escape.h"

/* What a byte of UTF-8 is: itself, an escape, or the first of a sequence of so many. */
enum byte_class { PLAIN = 0, ESCAPE = 1, TWO = 2, THREE = 3, FOUR = 4, INVALID = 5 };

static inline enum byte_class class_of(unsigned char c)
{
	if (c < 0x80)
		return c < 0x20 || c == '"' || c == '\\' || c == 0x7f ? ESCAPE : PLAIN;
	if (c < 0xc2 || c > 0xf4)
		return INVALID;
	return c < 0xe0 ? TWO : c < 0xf0 ? THREE : FOUR;
}

/** The length of the valid sequence at `text`, 0 if there is none (The Unicode Standard, 3-7). */
static size_t sequence_bytes(const unsigned char *text, size_t bytes)
{
	size_t length = class_of(text[0]);

	if (length < TWO || length > FOUR || length > bytes)
		return 0;
	for (size_t i = 1; i < length; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	}
	if ((text[0] == 0xe0 && text[1] < 0xa0) || (text[0] == 0xed && text[1] > 0x9f) ||
	    (text[0] == 0xf0 && text[1] < 0x90) || (text[0] == 0xf4 && text[1] > 0x8f))
		return 0;
	return length;
}

/** A byte that is no text: \xHH, which JSON readers see as these four characters. */
static char *put_byte(char *p, unsigned char c, enum plim_style style)
{
	if (style == PLIM_STYLE_JSON)
		*p++ = '\\';
	*p++ = '\\';
	*p++ = 'x';
	return plim_put_hex_byte(p, c);
}

/** Control characters, quotes and backslashes. */
static char *put_special(char *p, unsigned char c, enum plim_style style)
{
	static const char letters[] = "\b\f\n\r\t";
	const char *letter = c ? strchr(letters, c) : NULL;

	if (c == '"' || c == '\\') {
		/* Bare text stands for itself; only what moves the terminal is escaped. */
		if (style != PLIM_STYLE_BARE)
			*p++ = '\\';
		*p++ = (char)c;
		return p;
	}
	if (letter) {
		*p++ = '\\';
		*p++ = "bfnrt"[letter - letters];
		return p;
	}
	if (style != PLIM_STYLE_JSON)
		return put_byte(p, c, style);
	p = plim_put_text(p, "\\u00");
	return plim_put_hex_byte(p, c);
}

#define EACH_BYTE(value) (0x0101010101010101ull * (value))

/**
 * Whether eight bytes are all PLAIN, in one word: a byte that is below 0x20, or equal to one of the
 * three, borrows into its upper bit. A borrow may also come from a neighbour: then each byte is
 * looked at by itself, which is only slower.
 */
static inline bool are_plain(uint64_t word)
{
	uint64_t marks = word | (word - EACH_BYTE(0x20)) |
			 ((word ^ EACH_BYTE('"')) - EACH_BYTE(1)) |
			 ((word ^ EACH_BYTE('\\')) - EACH_BYTE(1)) |
			 ((word ^ EACH_BYTE(0x7f)) - EACH_BYTE(1));

	return !(marks & EACH_BYTE(0x80));
}

char *plim_put_escaped(char *p, const char *text, size_t bytes, enum plim_style style)
{
	const unsigned char *from = (const unsigned char *)text;
	const unsigned char *end = from + bytes;

	while (from < end) {
		uint64_t word;

		while (end - from >= 8) {
			memcpy(&word, from, sizeof(word));
			if (!are_plain(word))
				break;
			memcpy(p, &word, sizeof(word));
			from += sizeof(word);
			p += sizeof(word);
		}
		if (from == end)
			break;
		enum byte_class kind = class_of(*from);

		if (__builtin_expect(kind == PLAIN, 1)) {
			*p++ = (char)*from++;
		} else if (kind == ESCAPE) {
			p = put_special(p, *from++, style);
		} else {
			size_t length = sequence_bytes(from, (size_t)(end - from));

			/* U+0080 to U+009F are control characters to a terminal. */
			if (length &&
			    (style == PLIM_STYLE_JSON || *from != 0xc2 || from[1] >= 0xa0)) {
				p = plim_put_bytes(p, from, length);
				from += length;
			} else {
				p = put_byte(p, *from++, style);
			}
		}
	}
	return p;
}

char *plim_put_code_point(char *p, uint32_t code, enum plim_style style)
{
	char utf8[4];
	size_t length;

	if (code < 0x80) {
		utf8[0] = (char)code;
		return plim_put_escaped(p, utf8, 1, style);
	}
	/* Halves of surrogate pairs and what is beyond Unicode: the replacement character. */
	if ((code >= 0xd800 && code < 0xe000) || code > 0x10ffff)
		code = 0xfffd;
	if (code < 0x800) {
		utf8[0] = (char)(0xc0 | code >> 6);
		length = 2;
	} else if (code < 0x10000) {
		utf8[0] = (char)(0xe0 | code >> 12);
		length = 3;
	} else {
		utf8[0] = (char)(0xf0 | code >> 18);
		length = 4;
	}
	for (size_t i = length - 1; i; i--, code >>= 6)
		utf8[i] = (char)(0x80 | (code & 0x3f));
	return plim_put_bytes(p, utf8, length);
}

char *plim_put_utf16(char *p, const uint8_t *text, uint32_t bytes, enum plim_style style)
{
	for (uint32_t at = 0; at + 2 <= bytes; at += 2) {
		uint16_t unit;
		uint16_t next = 0;
		uint32_t code;

		memcpy(&unit, text + at, 2);
		if (at + 4 <= bytes)
			memcpy(&next, text + at + 2, 2);
		code = unit;
		if (unit >= 0xd800 && unit < 0xdc00 && next >= 0xdc00 && next < 0xe000) {
			code = 0x10000 + ((uint32_t)(unit - 0xd800) << 10) + (next - 0xdc00u);
			at += 2;
		}
		p = plim_put_code_point(p, code, style);
	}
	return p;
}

char *plim_put_utf32(char *p, const uint8_t *text, uint32_t bytes, enum plim_style style)
{
	for (uint32_t at = 0; at + 4 <= bytes; at += 4) {
		uint32_t code;

		memcpy(&code, text + at, 4);
		p = plim_put_code_point(p, code, style);
	}
	return p;
}
