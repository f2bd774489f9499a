/* SPDX-License-Identifier: MIT */
/* Bytes a record: a message with one 64-bit value, and two of these, an int32 and 16 characters. */
#include "../../support/trace_walk.h"

#include <plimsoll/session.h>
#include <plimsoll/tracelog.h>

#include <stdio.h>
#include <unistd.h>

PLIM_PROVIDER_DEFINE(record_bytes, "RecordBytes");

/* barectf, packed: a 16-bit event id and a 64-bit time before the fields, a NUL after a string. */
#define BARECTF_HEAD 10u
/* ETW: sizeof(EVENT_HEADER), evntcons.h of the Windows SDK; then the fields likewise. */
#define ETW_HEAD 80u
#define FIELDS_A 8u
#define FIELDS_B (8u + 8 + 4 + 17)

static int print(const char *name, uint32_t ours, uint32_t fields, uint32_t most)
{
	printf("%-32s %9u %9u %9u\n", name, ours, BARECTF_HEAD + fields, ETW_HEAD + fields);
	return ours > most;
}

int main(int argc, char **argv)
{
	struct plim_session_options options = {.path = argc > 1 ? argv[1] : "record_bytes.plim",
					       .size_bytes = 64 << 10};
	struct walk walk;
	int failures;

	if (plim_session_open(&options) || walk_open(&walk, options.path))
		return 2;
	PLIM_LOG(record_bytes, PLIM_INFO, 0, "a", PLIM_U64("value", 1));
	PLIM_LOG(record_bytes, PLIM_INFO, 0, "b", PLIM_U64("x", 1), PLIM_U64("y", 2),
		 PLIM_I32("z", -3), PLIM_STR("s", "sixteen letters."));
	if (walk_scan(&walk, true) || walk.record_count != 2)
		return 1;
	printf("%-32s %9s %9s %9s\n", "bytes a record", "plimsoll", "barectf", "ETW");
	failures = print("A: message, uint64", walk.records[0].bytes, FIELDS_A, 24);
	failures += print("B: 2 uint64, int32, 16 letters", walk.records[1].bytes, FIELDS_B, 56);
	walk_close(&walk);
	unlink(options.path);
	return failures;
}
