/* SPDX-License-Identifier: MIT */
/* Reads captures through libpcap, decodes their frames and deals them out to the workers. */
#ifndef FLOW_CAPTURE_H
#define FLOW_CAPTURE_H

#include "flow_worker.h"

#include <signal.h>

#define FLOW_WHY_BYTES 320

struct flow_capture {
	struct flow_worker *workers;
	uint32_t worker_count;
	uint64_t rate; /* packets a second, 0: as fast as it goes */
	volatile sig_atomic_t *stop;

	uint64_t now_ns; /* capture time: never goes back, also from one capture to the next */
	uint64_t frames;
	uint64_t wire_bytes;
	uint64_t verdicts[FLOW_VERDICTS];
	uint64_t captures;
	uint64_t damaged;         /* captures that could not be read to their end */
	uint64_t start_ns;        /* of the pace */
	char why[FLOW_WHY_BYTES]; /* of the last damage */
};

/** Reads one capture. Returns 0, or -EIO and a line in `why` when it is damaged or none at all. */
int flow_capture_read(struct flow_capture *capture, const char *path);

/** The files to read: those named, and the captures below the directories named, in order. */
struct flow_files {
	char **paths;
	bool *is_named; /* by the user; one that is not may be a capture of a kind we do not read */
	size_t count;
};

/** Adds `path`. Returns 0 or a negative errno. */
int flow_files_add(struct flow_files *files, const char *path);
void flow_files_free(struct flow_files *files);

#endif
