/* SPDX-License-Identifier: MIT */
#include "export/value.h"
#include "export/escape.h"
#include "export/status_names.h"

#include <arpa/inet.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Integers up to here are exact in every JSON reader (RFC 8259, section 6). */
#define JSON_INTEGER_MAX (1ull << 53)

#define TEXT_OF_VALUE    96 /* the longest plain value: a code with its name */
#define BYTE_EXPANDS_TO  16 /* an array element of one byte: "\u0000" with quotes and a comma */

size_t plim_values_room(const struct plim_trace_site *site, uint32_t bytes)
{
	size_t room = (size_t)bytes * BYTE_EXPANDS_TO + (size_t)site->field_count * TEXT_OF_VALUE;

	for (unsigned i = 0; i < site->field_count; i++) {
		const struct plim_trace_field *field = &site->fields[i];

		if (field->table)
			room += (field->is_array ? bytes / 8 + 1 : 1) *
				(field->table->name_bytes_max * 6 + TEXT_OF_VALUE);
	}
	return room;
}

static uint16_t load16(const uint8_t *from)
{
	uint16_t value;

	memcpy(&value, from, sizeof(value));
	return value;
}

static uint32_t load32(const uint8_t *from)
{
	uint32_t value;

	memcpy(&value, from, sizeof(value));
	return value;
}

static uint64_t load64(const uint8_t *from)
{
	uint64_t value;

	memcpy(&value, from, sizeof(value));
	return value;
}

/* --- time --- */

/** Days since 1970 -> year, month, day (proleptic Gregorian, counted in eras of 400 years). */
static char *put_day(char *p, int64_t days)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	uint32_t day_of_era = (uint32_t)(z - era * 146097);
	uint32_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	uint32_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	uint32_t shifted_month = (5 * day_of_year + 2) / 153;
	uint32_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
	int64_t year = (int64_t)year_of_era + era * 400 + (month <= 2);

	if (year < 0 || year > 9999) {
		p = plim_put_i64(p, year);
	} else {
		p = plim_put_pair(p, (unsigned)(year / 100));
		p = plim_put_pair(p, (unsigned)(year % 100));
	}
	*p++ = '-';
	p = plim_put_pair(p, month);
	*p++ = '-';
	return plim_put_pair(p, day_of_year - (153 * shifted_month + 2) / 5 + 1);
}

char *plim_put_date(char *p, int64_t seconds, char separator)
{
	int64_t days = seconds / 86400 - (seconds % 86400 < 0);
	uint32_t second = (uint32_t)(seconds - days * 86400);

	p = put_day(p, days);
	*p++ = separator;
	p = plim_put_pair(p, second / 3600);
	*p++ = ':';
	p = plim_put_pair(p, second / 60 % 60);
	*p++ = ':';
	return plim_put_pair(p, second % 60);
}

char *plim_put_time(char *p, int64_t seconds, uint32_t ns)
{
	p = plim_put_date(p, seconds, 'T');
	*p++ = '.';
	p = plim_put_9(p, ns);
	*p++ = 'Z';
	return p;
}

static char *put_time_ns(char *p, int64_t ns)
{
	int64_t seconds = ns / 1000000000 - (ns % 1000000000 < 0);

	return plim_put_time(p, seconds, (uint32_t)(ns - seconds * 1000000000));
}

/** FILETIME: units of 100 ns since 1601-01-01. */
static char *put_filetime(char *p, uint64_t value)
{
	const uint64_t seconds_to_1970 = 11644473600ull;

	return plim_put_time(p, (int64_t)(value / 10000000) - (int64_t)seconds_to_1970,
			     (uint32_t)(value % 10000000) * 100);
}

/** SYSTEMTIME: eight 16-bit numbers: year, month, weekday, day, hour, minute, second, ms. */
static char *put_systemtime(char *p, const uint8_t *bytes)
{
	return p + sprintf(p, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", load16(bytes),
			   load16(bytes + 2), load16(bytes + 6), load16(bytes + 8),
			   load16(bytes + 10), load16(bytes + 12), load16(bytes + 14));
}

/* --- numbers --- */

static char *put_integer(char *p, uint64_t value, bool is_signed, enum plim_style style)
{
	bool is_negative = is_signed && (int64_t)value < 0;
	uint64_t size = is_negative ? -value : value;
	bool quoted = style == PLIM_STYLE_JSON && size > JSON_INTEGER_MAX;

	if (quoted)
		*p++ = '"';
	p = is_signed ? plim_put_i64(p, (int64_t)value) : plim_put_u64(p, value);
	if (quoted)
		*p++ = '"';
	return p;
}

/** The shortest decimal that reads back as the same number. */
static char *put_float(char *p, double value, bool is_single, enum plim_style style)
{
	bool is_json = style == PLIM_STYLE_JSON;

	if (isnan(value))
		return plim_put_text(p, is_json ? "\"NaN\"" : "nan");
	if (isinf(value) && is_json)
		return plim_put_text(p, value < 0 ? "\"-Infinity\"" : "\"Infinity\"");
	if (isinf(value))
		return plim_put_text(p, value < 0 ? "-inf" : "inf");
	for (int digits = is_single ? 6 : 15;; digits++) {
		int length = sprintf(p, "%.*g", digits, value);

		if (digits >= 17 ||
		    (is_single ? strtof(p, NULL) == (float)value : strtod(p, NULL) == value))
			return p + length;
	}
}

/** A code as NAME (number); JSON keeps the number. */
static char *put_code(char *p, const char *name, uint64_t value, bool hex, enum plim_style style)
{
	if (style == PLIM_STYLE_JSON)
		return plim_put_i64(p, (int64_t)value);
	if (name) {
		p = plim_put_text(p, name);
		p = plim_put_text(p, " (");
	}
	p = hex ? plim_put_hex(p, value) : plim_put_i64(p, (int64_t)value);
	if (name)
		*p++ = ')';
	return p;
}

static char *put_errno(char *p, int32_t value, enum plim_style style)
{
	bool is_negative = value < 0 && value != INT32_MIN;
	const char *name = plim_name_errno(is_negative ? -value : value);

	/* Kernels return -ENOENT. */
	if (is_negative && name && style != PLIM_STYLE_JSON)
		*p++ = '-';
	return put_code(p, name, (uint64_t)(int64_t)value, false, style);
}

static char *put_enum(char *p, const struct plim_trace_field *field, int64_t value,
		      enum plim_style style)
{
	const struct plim_trace_enum *table = field->table;

	for (uint32_t i = 0; table && i < table->count; i++) {
		if (table->values[i] != value)
			continue;
		if (style == PLIM_STYLE_JSON)
			*p++ = '"';
		p = plim_put_escaped(p, table->names[i], strlen(table->names[i]), style);
		if (style == PLIM_STYLE_JSON)
			*p++ = '"';
		return p;
	}
	return put_integer(p, (uint64_t)value, true, style);
}

/* --- addresses --- */

static char *put_ipv4(char *p, const uint8_t *bytes)
{
	for (unsigned i = 0; i < 4; i++) {
		if (i)
			*p++ = '.';
		p = plim_put_u32(p, bytes[i]);
	}
	return p;
}

static char *put_ipv6(char *p, const uint8_t *bytes)
{
	inet_ntop(AF_INET6, bytes, p, INET6_ADDRSTRLEN);
	return p + strlen(p);
}

static char *put_hex_bytes(char *p, const uint8_t *bytes, size_t count, char separator)
{
	for (size_t i = 0; i < count; i++) {
		if (i && separator)
			*p++ = separator;
		p = plim_put_hex_byte(p, bytes[i]);
	}
	return p;
}

/** The usual form; the first three groups are numbers, low byte first in memory (RFC 4122). */
static char *put_guid(char *p, const uint8_t *b)
{
	p += sprintf(p, "%08x-%04x-%04x-", load32(b), load16(b + 4), load16(b + 6));
	p = put_hex_bytes(p, b + 8, 2, 0);
	*p++ = '-';
	return put_hex_bytes(p, b + 10, 6, 0);
}

/** Family numbers: 1 unix, 2 IPv4, 10 IPv6 on Linux, 23 IPv6 on Windows. */
static char *put_sockaddr(char *p, const uint8_t *bytes, uint32_t length, enum plim_style style)
{
	unsigned family = length >= 2 ? load16(bytes) : 0;
	unsigned port = length >= 4 ? (unsigned)(bytes[2] << 8 | bytes[3]) : 0;

	if (family == 2 && length >= 8) {
		p = put_ipv4(p, bytes + 4);
	} else if ((family == 10 || family == 23) && length >= 24) {
		*p++ = '[';
		p = put_ipv6(p, bytes + 8);
		*p++ = ']';
	} else if (family == 1 && length >= 3) {
		bool is_abstract = bytes[2] == 0;
		const char *path = (const char *)bytes + 2 + is_abstract;

		p = plim_put_text(p, is_abstract ? "unix:@" : "unix:");
		return plim_put_escaped(p, path, strnlen(path, length - 2 - is_abstract), style);
	} else {
		p = plim_put_text(p, "family ");
		p = plim_put_u32(p, family);
		*p++ = ' ';
		return put_hex_bytes(p, bytes, length, 0);
	}
	*p++ = ':';
	return plim_put_u32(p, port);
}

/* --- what a plain slot holds --- */

bool plim_value_integer(const struct plim_value *value, uint64_t *integer, bool *is_signed)
{
	const uint8_t *slot = value->slot;

	*is_signed = false;
	if (value->field->is_measured)
		return false;
	switch (value->field->kind) {
	case PLIM_K_I8: *integer = (uint64_t)(int64_t)(int8_t)slot[0]; break;
	case PLIM_K_I16: *integer = (uint64_t)(int64_t)(int16_t)load16(slot); break;
	case PLIM_K_I32:
	case PLIM_K_ERRNO: *integer = (uint64_t)(int64_t)(int32_t)load32(slot); break;
	case PLIM_K_I64:
	case PLIM_K_TIME_NS:
	case PLIM_K_ENUM: *integer = load64(slot); break;
	case PLIM_K_U8:
	case PLIM_K_HEX8:
	case PLIM_K_BOOL:
	case PLIM_K_CHAR: *integer = slot[0]; return true;
	case PLIM_K_U16:
	case PLIM_K_HEX16:
	case PLIM_K_CHAR16: *integer = load16(slot); return true;
	case PLIM_K_PORT: *integer = (uint64_t)(slot[0] << 8 | slot[1]); return true;
	case PLIM_K_U32:
	case PLIM_K_HEX32:
	case PLIM_K_NTSTATUS:
	case PLIM_K_WIN32:
	case PLIM_K_HRESULT:
	case PLIM_K_IPV4:
	case PLIM_K_CHAR32: *integer = load32(slot); return true;
	case PLIM_K_U64:
	case PLIM_K_HEX64:
	case PLIM_K_PTR:
	case PLIM_K_FILETIME: *integer = load64(slot); return true;
	default: return false;
	}
	*is_signed = true;
	return true;
}

/** A single character, quoted: 'x' for people. */
static char *put_char(char *p, uint32_t code, bool is_byte, enum plim_style style)
{
	char quote = style == PLIM_STYLE_JSON ? '"' : '\'';

	if (style != PLIM_STYLE_BARE)
		*p++ = quote;
	if (is_byte) {
		char c = (char)code;

		p = plim_put_escaped(p, &c, 1, style);
	} else {
		p = plim_put_code_point(p, code, style);
	}
	if (style != PLIM_STYLE_BARE)
		*p++ = quote;
	return p;
}

/** Writes what JSON has as a string: quoted there, bare in text. */
static char *put_word(char *p, const struct plim_trace_field *field, const uint8_t *slot,
		      enum plim_style style)
{
	bool is_json = style == PLIM_STYLE_JSON;

	if (is_json)
		*p++ = '"';
	switch (field->kind) {
	case PLIM_K_PTR: p = plim_put_hex(p, load64(slot)); break;
	case PLIM_K_IPV4: p = put_ipv4(p, slot); break;
	case PLIM_K_TIME_NS: p = put_time_ns(p, (int64_t)load64(slot)); break;
	default: p = put_filetime(p, load64(slot)); break;
	}
	if (is_json)
		*p++ = '"';
	return p;
}

static char *put_hex(char *p, uint64_t value, enum plim_style style)
{
	return style == PLIM_STYLE_JSON ? put_integer(p, value, false, style)
					: plim_put_hex(p, value);
}

/** A value of a kind whose slot holds it. A table by kind, so longer than other functions. */
static char *put_plain(char *p, const struct plim_trace_field *field, const uint8_t *slot,
		       enum plim_style style)
{
	float single;
	double wide;

	switch (field->kind) {
	case PLIM_K_I8: return plim_put_i64(p, (int8_t)slot[0]);
	case PLIM_K_I16: return plim_put_i64(p, (int16_t)load16(slot));
	case PLIM_K_I32: return plim_put_i64(p, (int32_t)load32(slot));
	case PLIM_K_I64: return put_integer(p, load64(slot), true, style);
	case PLIM_K_U8: return plim_put_u32(p, slot[0]);
	case PLIM_K_U16: return plim_put_u32(p, load16(slot));
	case PLIM_K_U32: return plim_put_u32(p, load32(slot));
	case PLIM_K_U64: return put_integer(p, load64(slot), false, style);
	case PLIM_K_HEX8: return put_hex(p, slot[0], style);
	case PLIM_K_HEX16: return put_hex(p, load16(slot), style);
	case PLIM_K_HEX32: return put_hex(p, load32(slot), style);
	case PLIM_K_HEX64: return put_hex(p, load64(slot), style);
	case PLIM_K_BOOL: return plim_put_text(p, slot[0] ? "true" : "false");
	case PLIM_K_CHAR: return put_char(p, slot[0], true, style);
	case PLIM_K_CHAR16: return put_char(p, load16(slot), false, style);
	case PLIM_K_CHAR32: return put_char(p, load32(slot), false, style);
	case PLIM_K_F32:
		memcpy(&single, slot, sizeof(single));
		return put_float(p, single, true, style);
	case PLIM_K_F64: memcpy(&wide, slot, sizeof(wide)); return put_float(p, wide, false, style);
	case PLIM_K_PORT: return plim_put_u32(p, (uint32_t)(slot[0] << 8 | slot[1]));
	case PLIM_K_ERRNO: return put_errno(p, (int32_t)load32(slot), style);
	case PLIM_K_NTSTATUS:
		return put_code(p, plim_name_ntstatus(load32(slot)), load32(slot), true, style);
	case PLIM_K_HRESULT:
		return put_code(p, plim_name_hresult(load32(slot)), load32(slot), true, style);
	case PLIM_K_WIN32:
		return put_code(p, plim_name_win32(load32(slot)), load32(slot), false, style);
	case PLIM_K_ENUM: return put_enum(p, field, (int64_t)load64(slot), style);
	default: return put_word(p, field, slot, style);
	}
}

/* --- what follows the fixed part --- */

static char *put_array(char *p, const struct plim_value *value, enum plim_style style)
{
	uint32_t step = value->field->item_bytes;

	*p++ = '[';
	for (uint32_t at = 0; at + step <= value->length; at += step) {
		if (at)
			*p++ = ',';
		p = put_plain(p, value->field, value->bytes + at, style);
	}
	*p++ = ']';
	return p;
}

static char *put_fixed_or_blob(char *p, const struct plim_value *value, enum plim_style style)
{
	const uint8_t *bytes = value->bytes;
	uint32_t length = value->length;

	switch (value->field->kind) {
	case PLIM_K_SOCKADDR: return put_sockaddr(p, bytes, length, style);
	case PLIM_K_GUID:
		if (length == 16)
			return put_guid(p, bytes);
		break;
	case PLIM_K_IPV6:
		if (length == 16)
			return put_ipv6(p, bytes);
		break;
	case PLIM_K_SYSTEMTIME:
		if (length == 16)
			return put_systemtime(p, bytes);
		break;
	case PLIM_K_MAC: return put_hex_bytes(p, bytes, length, ':');
	default: break;
	}
	return put_hex_bytes(p, bytes, length, 0);
}

static bool is_string(uint8_t kind)
{
	return kind >= PLIM_K_STR && kind <= PLIM_K_STRN32;
}

static char *put_measured(char *p, const struct plim_value *value, enum plim_style style)
{
	uint8_t kind = value->field->kind;
	bool quoted = style == PLIM_STYLE_JSON || (style == PLIM_STYLE_TEXT && is_string(kind));

	if (value->is_null)
		return plim_put_text(p, style == PLIM_STYLE_JSON ? "null" : "(null)");
	if (value->field->is_array)
		return put_array(p, value, style);
	if (quoted)
		*p++ = '"';
	if (kind == PLIM_K_STR || kind == PLIM_K_STRN)
		p = plim_put_escaped(p, (const char *)value->bytes, value->length, style);
	else if (kind == PLIM_K_STR16 || kind == PLIM_K_STRN16)
		p = plim_put_utf16(p, value->bytes, value->length, style);
	else if (kind == PLIM_K_STR32 || kind == PLIM_K_STRN32)
		p = plim_put_utf32(p, value->bytes, value->length, style);
	else
		p = put_fixed_or_blob(p, value, style);
	if (quoted)
		*p++ = '"';
	return p;
}

char *plim_put_value(char *p, const struct plim_value *value, enum plim_style style)
{
	if (!value->field->is_measured)
		return put_plain(p, value->field, value->slot, style);
	p = put_measured(p, value, style);
	if (value->is_cut && style != PLIM_STYLE_JSON)
		p = plim_put_text(p, "…");
	return p;
}
