/* SPDX-License-Identifier: MIT */
/* The value of a field as text, for people and as JSON. */
#ifndef PLIM_EXPORT_VALUE_H
#define PLIM_EXPORT_VALUE_H

#include "export/out.h"
#include "reader/trace.h"

enum plim_style {
	PLIM_STYLE_TEXT, /* strings quoted, names of codes, (null) */
	PLIM_STYLE_JSON, /* a JSON value */
	PLIM_STYLE_BARE, /* as TEXT, strings without quotes: what printf would print */
};

/** One field of one record. */
struct plim_value {
	const struct plim_trace_field *field;
	const uint8_t *slot;
	const uint8_t *bytes; /* of a measured field */
	uint32_t length;      /* of them */
	bool is_null;
	bool is_cut;
};

/** Steps through the fields of a record; its length was checked by the reader. */
struct plim_values {
	const struct plim_trace_site *site;
	const uint8_t *record;
	const uint8_t *next_bytes;
	unsigned index;
};

static inline void plim_values_start(struct plim_values *values, const struct plim_trace_site *site,
				     const uint8_t *record)
{
	values->site = site;
	values->record = record;
	values->next_bytes = record + site->fixed_bytes;
	values->index = 0;
}

static inline bool plim_values_next(struct plim_values *values, struct plim_value *value)
{
	if (values->index >= values->site->field_count)
		return false;
	value->field = &values->site->fields[values->index++];
	value->slot = values->record + value->field->offset;
	value->bytes = NULL;
	value->length = 0;
	value->is_null = false;
	value->is_cut = false;
	if (value->field->is_measured) {
		uint32_t length = (uint32_t)value->slot[0] | (uint32_t)value->slot[1] << 8;

		value->bytes = values->next_bytes;
		value->is_null = length == PLIM_LENGTH_NULL;
		value->is_cut = !value->is_null && (length & PLIM_LENGTH_CUT);
		value->length = value->is_null ? 0 : length & PLIM_LENGTH_MASK;
		values->next_bytes += value->length;
	}
	return true;
}

/** Room that the values of a record of `bytes` can take at most, names of fields not counted. */
size_t plim_values_room(const struct plim_trace_site *site, uint32_t bytes);

/** Writes the value; there must be room as plim_values_room() says. Not for STRUCT. */
char *plim_put_value(char *p, const struct plim_value *value, enum plim_style style);

/** Bytes as the inside of a JSON string, or of a quoted text; at most 6 bytes each. */
char *plim_put_escaped(char *p, const char *text, size_t bytes, enum plim_style style);

/** "2026-11-22T15:40:01.123456789Z" of nanoseconds since 1970. */
char *plim_put_time(char *p, int64_t seconds, uint32_t ns);
/** The calendar part: "2026-11-22" and `separator` and "15:40:01". */
char *plim_put_date(char *p, int64_t seconds, char separator);

/** An integer field widened to 64 bits; signed kinds are sign-extended. False if it is no integer. */
bool plim_value_integer(const struct plim_value *value, uint64_t *integer, bool *is_signed);

#endif
