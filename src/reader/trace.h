/* SPDX-License-Identifier: MIT */
/*
 * A trace file, live or dead, never trusted: every length is checked against what is there, and
 * what does not add up is counted as damage and stepped over. The file is read with pread, never
 * mapped, so that another program that cuts it short meanwhile cannot raise SIGBUS here.
 */
#ifndef PLIM_READER_TRACE_H
#define PLIM_READER_TRACE_H

#include "base/error.h"
#include "core/record.h"
#include "plimsoll/site.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What did not add up so far: how many places, and the first of them in words. */
struct plim_damage {
	uint64_t count;
	char first[160];
};

struct plim_trace_provider {
	char *name;
	uint8_t guid[16];
};

/** The table of an ENUM field. */
struct plim_trace_enum {
	uint32_t count;
	int64_t *values;
	char **names;
	size_t name_bytes_max;
};

struct plim_trace_field {
	const char *name;
	uint8_t kind;        /* PLIM_K_*, without PLIM_KIND_ARRAY */
	uint8_t is_array;    /* a counted array of that kind */
	uint8_t is_measured; /* its slot is a length, its bytes follow the fixed part */
	uint8_t item_bytes;  /* of one value: the slot of a plain kind */
	uint16_t offset;     /* of its slot in the record */
	const struct plim_trace_enum *table; /* NULL unless ENUM */
};

/** A site as its metadata entry tells it, with what decoding a record of it needs. */
struct plim_trace_site {
	uint16_t fixed_bytes; /* header and slots */
	uint8_t measured_count;
	uint8_t field_count;
	uint16_t measured_offset[PLIM_MAX_FIELDS];
	struct plim_trace_field fields[PLIM_MAX_FIELDS];
	uint32_t number;
	uint32_t line;
	uint32_t module;
	uint32_t provider_number;
	const char *provider; /* never NULL */
	const char *event;
	const char *function;
	const char *file;
	uint64_t keyword;
	uint64_t enable_offset;
	uint8_t level;
	uint8_t type; /* PLIM_SITE_* */
};

struct plim_trace_module {
	uint32_t number;
	uint32_t site_count;
	const char *path;
	const char *build_id;
};

struct plim_trace_stack {
	uint64_t low;
	uint64_t high;
	uint32_t tid;
};

struct plim_trace_info {
	const char *key;
	const char *value;
};

/** A growing array of anything. */
struct plim_list {
	void *items;
	size_t count;
	size_t room;
};

struct plim_trace {
	int fd;
	char name[256]; /* of the file, without its folder */
	uint64_t bytes; /* of the file, when last looked at */
	struct plim_file_header header;
	bool is_live; /* recording, and its process is still there */
	struct plim_damage damage;

	struct plim_trace_site **sites; /* by number; NULL where there is none */
	uint32_t site_room;             /* numbers below this may be looked up */
	uint32_t site_count;
	struct plim_list providers; /* struct plim_trace_provider *, by number */
	struct plim_list enums;     /* struct plim_trace_enum *, by number */
	struct plim_list modules;   /* struct plim_trace_module */
	struct plim_list stacks;    /* struct plim_trace_stack */
	struct plim_list infos;     /* struct plim_trace_info */
	struct plim_list texts;     /* char *: the metadata that names point into */

	uint64_t chunk;       /* offset of the metadata chunk that was read last */
	uint32_t chunk_taken; /* bytes of it that were read */
	uint64_t metadata_bytes;
};

/** Opens and reads header and metadata. Returns 0, or -1 and a line in `err`. */
int plim_trace_open(struct plim_trace *trace, const char *path, bool writable,
		    struct plim_error *err);
void plim_trace_close(struct plim_trace *trace);

/** Looks again: counters, state, new metadata. Returns 0, or -1 when the file cannot be read. */
int plim_trace_refresh(struct plim_trace *trace, struct plim_error *err);

/** Reads up to `bytes` at `offset`; returns how many are there, 0 on any failure. */
size_t plim_trace_read(const struct plim_trace *trace, uint64_t offset, void *to, size_t bytes);

/** The value of an INFO entry, or NULL. */
const char *plim_trace_info(const struct plim_trace *trace, const char *key);

/** Notes a thing that does not add up. */
void plim_trace_damaged(struct plim_trace *trace, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** Whether both machines' boots are the same one, so that its clocks are this machine's. */
bool plim_trace_same_boot(const struct plim_trace *trace);

static inline const struct plim_trace_site *plim_trace_site(const struct plim_trace *trace,
							    uint32_t number)
{
	return number < trace->site_room ? trace->sites[number] : NULL;
}

/** Makes room for one more item of `bytes` and returns it, or NULL. */
void *plim_list_add(struct plim_list *list, size_t bytes);

/* event.c */

/** Reads the metadata that has come since the last call. */
int plim_metadata_read(struct plim_trace *trace, struct plim_error *err);
void plim_metadata_free(struct plim_trace *trace);

/**
 * The bytes that a finished record needs for what its site says: the fixed part and the measured
 * bytes, up to the padding. More than `bytes` when the record cannot be one of that site.
 */
static inline uint32_t plim_record_needs(const struct plim_trace_site *site, const uint8_t *record,
					 uint32_t bytes)
{
	uint32_t need = site->fixed_bytes;

	if (bytes < need)
		return UINT32_MAX;
	for (unsigned i = 0; i < site->measured_count; i++) {
		const uint8_t *slot = record + site->measured_offset[i];
		uint32_t length = (uint32_t)slot[0] | (uint32_t)slot[1] << 8;

		if (length != PLIM_LENGTH_NULL)
			need += length & PLIM_LENGTH_MASK;
	}
	return (need + 7) & ~7u;
}

#endif
