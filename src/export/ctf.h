/* SPDX-License-Identifier: MIT */
/*
 * A trace as CTF 1.8 (the Common Trace Format, diamon.org/ctf/v1.8.3), for babeltrace2 and Trace
 * Compass: one stream of all threads in the order of time, the thread in each event's context.
 */
#ifndef PLIM_EXPORT_CTF_H
#define PLIM_EXPORT_CTF_H

#include "base/error.h"
#include "reader/merge.h"

struct plim_ctf {
	struct plim_trace *trace;
	int dir;
	int stream;
	int error; /* errno of a write that failed */
	uint8_t *packet;
	size_t used;
	size_t room;
	bool has_events;
	uint64_t begin_ns;
	uint64_t end_ns;
	uint64_t discarded; /* so far: the format wants sums */
};

/** Makes the folder, which must be new or empty, and begins the stream. Returns 0 or -1. */
int plim_ctf_open(struct plim_ctf *ctf, const char *dir, struct plim_trace *trace,
		  struct plim_error *err);
int plim_ctf_event(void *ctf, const struct plim_event *event);
int plim_ctf_lost(void *ctf, const struct plim_lost *lost);
/** Ends the stream and writes the metadata. Returns 0, or -1 and a line in `err`. */
int plim_ctf_close(struct plim_ctf *ctf, struct plim_error *err);

/* ctf_metadata.c */

/** How a field is laid out in the stream. */
enum plim_ctf_class {
	PLIM_CTF_INTEGER,  /* as in the record */
	PLIM_CTF_STRING,   /* as text, NUL-terminated */
	PLIM_CTF_SEQUENCE, /* a 16-bit count and the items */
};

enum plim_ctf_class plim_ctf_class(const struct plim_trace_field *field);
/** Whether the items of the field are texts. */
bool plim_ctf_is_text(const struct plim_trace_field *field);
/** Writes the metadata file into `dir`. Returns 0 or an errno. */
int plim_ctf_write_metadata(const struct plim_trace *trace, int dir);

#endif
