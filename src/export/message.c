/* SPDX-License-Identifier: MIT */
/*
 * The text of a PRINTF site. Its format came from a file, so it is read here and never handed to
 * the C library: each conversion takes the next field whatever the two types are, widths are
 * capped, and what is no conversion is printed as it stands.
 */
#include "export/escape.h"
#include "export/format.h"

#include <stdio.h>

#define WIDTH_MAX    256
#define NUMBER_BYTES 1024 /* a number padded to the largest width and precision */

/** One conversion: %[flags][width][.precision][length]conversion. */
struct conversion {
	bool left, zero, plus, blank, alternate;
	unsigned width;
	int precision; /* -1: none */
	char letter;
};

size_t plim_message_room(const struct plim_trace_site *site, uint32_t bytes)
{
	size_t room = strlen(site->event) * 6 + plim_values_room(site, bytes);

	return room + (size_t)PLIM_MAX_FIELDS * NUMBER_BYTES;
}

/** The next field as an integer, for `*`; 0 when there is none. */
static int take_star(struct plim_values *values)
{
	struct plim_value value;
	uint64_t integer;
	bool is_signed;

	if (!plim_values_next(values, &value) || !plim_value_integer(&value, &integer, &is_signed))
		return 0;
	int64_t number = (int64_t)integer;

	return number > WIDTH_MAX ? WIDTH_MAX : number < -WIDTH_MAX ? -WIDTH_MAX : (int)number;
}

static const char *read_number(const char *at, struct plim_values *values, int *number)
{
	if (*at == '*') {
		*number = take_star(values);
		return at + 1;
	}
	for (*number = 0; *at >= '0' && *at <= '9'; at++) {
		if (*number < WIDTH_MAX)
			*number = *number * 10 + (*at - '0');
	}
	if (*number > WIDTH_MAX)
		*number = WIDTH_MAX;
	return at;
}

/** Reads what follows `%`; returns what follows the conversion. */
static const char *read_conversion(const char *at, struct plim_values *values, struct conversion *c)
{
	int width;

	*c = (struct conversion){.precision = -1};
	for (;; at++) {
		if (*at == '-')
			c->left = true;
		else if (*at == '0')
			c->zero = true;
		else if (*at == '+')
			c->plus = true;
		else if (*at == ' ')
			c->blank = true;
		else if (*at == '#')
			c->alternate = true;
		else
			break;
	}
	at = read_number(at, values, &width);
	if (width < 0)
		c->left = true;
	c->width = (unsigned)(width < 0 ? -width : width);
	if (*at == '.')
		at = read_number(at + 1, values, &c->precision);
	while (*at && strchr("hljztLq", *at))
		at++;
	c->letter = *at;
	return *at ? at + 1 : at;
}

/** Writes `bytes` of text, padded to the conversion's width. */
static char *put_padded(char *p, const struct conversion *c, const char *text, size_t bytes)
{
	size_t pad = bytes < c->width ? c->width - bytes : 0;

	if (!c->left) {
		memset(p, ' ', pad);
		p += pad;
	}
	p = plim_put_bytes(p, text, bytes);
	if (c->left) {
		memset(p, ' ', pad);
		p += pad;
	}
	return p;
}

/** Digits of a number in the base that the letter asks for, without a sign. */
static size_t digits_of(char *to, uint64_t size, char letter)
{
	int length;

	switch (letter) {
	case 'x': length = sprintf(to, "%llx", (unsigned long long)size); break;
	case 'X': length = sprintf(to, "%llX", (unsigned long long)size); break;
	case 'o': length = sprintf(to, "%llo", (unsigned long long)size); break;
	default: length = sprintf(to, "%llu", (unsigned long long)size); break;
	}
	return (size_t)length;
}

static char *put_number(char *p, const struct conversion *c, const struct plim_value *value,
			uint64_t integer, bool is_signed)
{
	char text[NUMBER_BYTES];
	char digits[32];
	char *t = text;
	bool decimal = c->letter == 'd' || c->letter == 'i';
	bool is_negative = is_signed && decimal && (int64_t)integer < 0;

	/* %x of a negative number shows the bits of its own size. */
	if (is_signed && !decimal && value->field->item_bytes < 8)
		integer &= (1ull << 8 * value->field->item_bytes) - 1;
	size_t count = digits_of(digits, is_negative ? -integer : integer, c->letter);

	if (is_negative)
		*t++ = '-';
	else if (decimal && (c->plus || c->blank))
		*t++ = c->plus ? '+' : ' ';
	if (c->letter == 'p' ||
	    (c->alternate && (c->letter == 'x' || c->letter == 'X') && integer)) {
		*t++ = '0';
		*t++ = c->letter == 'X' ? 'X' : 'x';
	}
	size_t zeros = c->precision > (int)count ? (size_t)c->precision - count : 0;

	if (c->zero && !c->left && c->precision < 0 && c->width > (size_t)(t - text) + count)
		zeros = c->width - (size_t)(t - text) - count;
	memset(t, '0', zeros);
	t = plim_put_bytes(t + zeros, digits, count);
	return put_padded(p, c, text, (size_t)(t - text));
}

/** A floating-point field in the form that the letter asks for. */
static char *put_float(char *p, const struct conversion *c, const struct plim_value *value)
{
	char text[NUMBER_BYTES];
	int precision = c->precision < 0 ? 6 : c->precision;
	double wide;
	float single;
	int length;

	if (value->field->kind == PLIM_K_F32) {
		memcpy(&single, value->slot, sizeof(single));
		wide = (double)single;
	} else {
		memcpy(&wide, value->slot, sizeof(wide));
	}
	if (c->letter == 'f')
		length = snprintf(text, sizeof(text), c->plus ? "%+.*f" : "%.*f", precision, wide);
	else if (c->letter == 'e')
		length = snprintf(text, sizeof(text), c->plus ? "%+.*e" : "%.*e", precision, wide);
	else
		length = snprintf(text, sizeof(text), c->plus ? "%+.*g" : "%.*g", precision, wide);
	return put_padded(p, c, text, (size_t)length);
}

/** A field that is no number: as in the other lines, cut to the precision. */
static char *put_other(char *p, const struct conversion *c, struct plim_value *value)
{
	bool is_bytes = value->field->kind == PLIM_K_STR || value->field->kind == PLIM_K_STRN;
	char *start = p;

	if (is_bytes && c->precision >= 0 && value->length > (uint32_t)c->precision)
		value->length = (uint32_t)c->precision;
	if (value->is_null)
		p = plim_put_text(p, "(null)");
	else
		p = plim_put_value(p, value, PLIM_STYLE_BARE);
	size_t bytes = (size_t)(p - start);

	if (bytes >= c->width)
		return p;
	size_t pad = c->width - bytes;

	if (!c->left) {
		memmove(start + pad, start, bytes);
		memset(start, ' ', pad);
	} else {
		memset(p, ' ', pad);
	}
	return p + pad;
}

static char *put_conversion(char *p, struct conversion *c, struct plim_value *value)
{
	uint64_t integer;
	bool is_signed;

	if (c->letter == 'p')
		c->letter = 'x', c->alternate = true;
	if (strchr("diuxXo", c->letter) && plim_value_integer(value, &integer, &is_signed))
		return put_number(p, c, value, integer, is_signed);
	if (strchr("feg", c->letter) && !value->field->is_measured &&
	    (value->field->kind == PLIM_K_F32 || value->field->kind == PLIM_K_F64))
		return put_float(p, c, value);
	if (c->letter == 'c' && plim_value_integer(value, &integer, &is_signed))
		return plim_put_code_point(p, (uint32_t)integer, PLIM_STYLE_BARE);
	return put_other(p, c, value);
}

char *plim_put_message(char *p, size_t room, const struct plim_event *event)
{
	const char *at = event->site->event;
	const char *end = p + room;
	struct plim_values values;
	struct plim_value value;

	plim_values_start(&values, event->site, event->record);
	while (*at && p < end) {
		size_t plain = strcspn(at, "%");
		struct conversion c;

		/* A format's own newline ends the line that is printed anyway. */
		if (at[plain] == '\0' && plain && at[plain - 1] == '\n')
			return plim_put_escaped(p, at, plain - 1, PLIM_STYLE_BARE);
		p = plim_put_escaped(p, at, plain, PLIM_STYLE_BARE);
		at += plain;
		if (!*at)
			break;
		if (at[1] == '%') {
			*p++ = '%';
			at += 2;
			continue;
		}
		const char *next = read_conversion(at + 1, &values, &c);

		if (c.letter && plim_values_next(&values, &value))
			p = put_conversion(p, &c, &value);
		else
			p = plim_put_escaped(p, at, (size_t)(next - at), PLIM_STYLE_BARE);
		at = next;
	}
	return p;
}
