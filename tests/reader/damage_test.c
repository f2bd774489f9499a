/* SPDX-License-Identifier: MIT */
/*
 * damage_test FILE: cuts a trace at every byte, and turns over every byte of it once. However
 * damaged, reading it must end with a line or with every record that the damage does not touch.
 */
#include "reader/merge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define RECORDS_MAX 512

/** What must be the same of a record: where it lies is not, and times next to damage are mended. */
struct seen {
	uint32_t site;
	uint64_t hash;
	uint64_t offset; /* in the file, in the sound trace only */
	uint32_t bytes;
};

struct run {
	struct seen seen[RECORDS_MAX];
	size_t count;
	bool opened;
	bool was_said; /* damage or an error has its line */
};

static unsigned failures;

static uint64_t hash_of(const uint8_t *bytes, size_t count)
{
	uint64_t hash = 0xcbf29ce484222325; /* FNV-1a */

	for (size_t i = 0; i < count; i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3;
	return hash;
}

static int take_event(void *context, const struct plim_event *event)
{
	struct run *run = context;

	if (run->count < RECORDS_MAX) {
		struct seen *seen = &run->seen[run->count++];

		seen->site = event->site->number;
		seen->bytes = event->bytes;
		seen->hash = hash_of(event->record + sizeof(struct plim_record),
				     event->bytes - sizeof(struct plim_record));
	}
	return 0;
}

static int take_lost(void *context, const struct plim_lost *lost)
{
	(void)context;
	return lost->count ? 0 : -1;
}

static void read_trace(const char *path, struct run *run)
{
	const struct plim_sink sink = {take_event, take_lost, run};
	struct plim_trace trace;
	struct plim_merge merge;
	struct plim_error err = {""};

	run->count = 0;
	run->was_said = false;
	run->opened = plim_trace_open(&trace, path, false, &err) == 0;
	if (!run->opened) {
		run->was_said = err.text[0] != '\0';
		return;
	}
	plim_merge_open(&merge, &trace);
	if (plim_merge_run(&merge, &sink, false, &err) != 0)
		run->was_said = err.text[0] != '\0';
	run->was_said |= trace.damage.count && trace.damage.first[0];
	plim_merge_close(&merge);
	plim_trace_close(&trace);
}

/** Finds where each record of the sound trace lies. */
static void place_records(const uint8_t *file, size_t bytes, struct run *sound)
{
	for (size_t i = 0; i < sound->count; i++) {
		struct seen *seen = &sound->seen[i];

		for (size_t at = PLIM_FILE_HEADER_BYTES; at + seen->bytes <= bytes; at += 8) {
			uint32_t header;

			memcpy(&header, file + at, sizeof(header));
			if (header >> PLIM_RECORD_SITE_SHIFT == seen->site &&
			    plim_record_bytes(header) == seen->bytes &&
			    hash_of(file + at + 16, seen->bytes - 16) == seen->hash)
				seen->offset = at;
		}
	}
}

static bool is_shown(const struct run *run, const struct seen *what)
{
	for (size_t i = 0; i < run->count; i++) {
		if (run->seen[i].site == what->site && run->seen[i].hash == what->hash)
			return true;
	}
	return false;
}

static void fail(const char *how, size_t at, const char *what)
{
	if (failures++ < 20)
		fprintf(stderr, "%s at byte %zu: %s\n", how, at, what);
}

static void cut_everywhere(const char *path, int fd, size_t bytes, const struct run *sound)
{
	static struct run run;

	for (size_t left = bytes; left-- > 0;) {
		if (ftruncate(fd, (off_t)left) != 0)
			exit(1);
		read_trace(path, &run);
		if (!run.was_said)
			fail("cut", left, "nothing is said");
		for (size_t i = 0; i < sound->count && run.opened; i++) {
			if (sound->seen[i].offset + sound->seen[i].bytes <= left &&
			    !is_shown(&run, &sound->seen[i]))
				fail("cut", left, "a whole record is not shown");
		}
	}
}

/** Sites whose records are not shown, each once. */
static unsigned missing_sites(const struct run *run, const struct run *sound, size_t at)
{
	uint32_t missing[8];
	unsigned count = 0;

	for (size_t i = 0; i < sound->count; i++) {
		const struct seen *seen = &sound->seen[i];
		unsigned k = 0;

		if ((at >= seen->offset && at < seen->offset + seen->bytes) || is_shown(run, seen))
			continue;
		while (k < count && missing[k] != seen->site)
			k++;
		if (k == count && count < 8)
			missing[count++] = seen->site;
	}
	return count;
}

static void flip_everywhere(const char *path, int fd, const uint8_t *file, size_t bytes,
			    const struct run *sound)
{
	static struct run run;
	struct plim_file_header header;

	memcpy(&header, file, sizeof(header));
	for (size_t at = 0; at < bytes; at++) {
		uint8_t flipped = file[at] ^ 0xff;
		bool in_metadata = at >= header.metadata_offset && at < header.blocks_offset;
		bool in_chunk =
			in_metadata && at < header.metadata_offset + sizeof(struct plim_chunk);

		if (pwrite(fd, &flipped, 1, (off_t)at) != 1)
			exit(1);
		read_trace(path, &run);
		if (!run.opened && !run.was_said)
			fail("flip", at, "nothing is said");
		if (!run.opened && at >= PLIM_FILE_HEADER_BYTES)
			fail("flip", at, "the whole trace is refused");
		/* A description that is damaged takes its own site's records with it, no other's. */
		if (run.opened && !in_chunk && at >= PLIM_FILE_HEADER_BYTES &&
		    missing_sites(&run, sound, at) > (in_metadata ? 1 : 0))
			fail("flip", at, "a record elsewhere is not shown");
		if (pwrite(fd, &file[at], 1, (off_t)at) != 1)
			exit(1);
	}
}

static uint8_t *read_all(const char *path, size_t *bytes)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = malloc(1 << 20);

	if (!file || !data) {
		perror(path);
		exit(1);
	}
	*bytes = fread(data, 1, 1 << 20, file);
	fclose(file);
	return data;
}

int main(int argc, char **argv)
{
	static struct run sound;
	char path[64];
	size_t bytes;

	if (argc != 2)
		return 2;
	uint8_t *file = read_all(argv[1], &bytes);
	int fd = memfd_create("damaged", MFD_CLOEXEC);

	if (fd < 0 || write(fd, file, bytes) != (ssize_t)bytes)
		return 1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	read_trace(path, &sound);
	if (!sound.opened || !sound.count || sound.was_said)
		fail("sound trace", 0, "it is not read whole");
	place_records(file, bytes, &sound);
	flip_everywhere(path, fd, file, bytes, &sound);
	cut_everywhere(path, fd, bytes, &sound);
	printf("%zu bytes, %zu records, %u failures\n", bytes, sound.count, failures);
	close(fd);
	free(file);
	return failures != 0;
}
