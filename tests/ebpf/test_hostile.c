/* SPDX-License-Identifier: MIT */
/*
 * Damages an object in every way that reaches the loader and loads each result: it must load (and
 * its programs must run to an end) or be refused with one clear line, and leave nothing behind.
 * Arguments: objects.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "bpf_fixture.h"
#include "core/elf_load.h"

static struct bpf_fixture fixture;
static unsigned long loaded, refused, runs, failed;

static const struct plim_bpf_type *any_type(void *arg, const char *section)
{
	(void)arg;
	(void)section;
	return &bpf_fixture_type;
}

static void run_all(struct plim_bpf_file *file)
{
	unsigned char packet[64] = {0};
	uint64_t result;

	for (uint32_t i = 0; i < file->program_count; i++) {
		bpf_fixture_run(&fixture, file->programs[i].program, packet, sizeof(packet),
				&result);
		runs++;
	}
}

static int is_one_clear_line(const char *text)
{
	if (strlen(text) < 10)
		return 0;
	for (; *text; text++) {
		if ((unsigned char)*text < 0x20)
			return 0;
	}
	return 1;
}

#define ROOM (1u << 20)

/* Memory that ends where a page without access begins: one byte too far is a crash. */
static unsigned char *guarded_room(void)
{
	unsigned char *room =
		mmap(NULL, ROOM + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (room == MAP_FAILED || mprotect(room + ROOM, 4096, PROT_NONE)) {
		printf("FAIL no memory with a guard page\n");
		exit(1);
	}
	return room;
}

static void try(const unsigned char *bytes, size_t size, const char *what, size_t at)
{
	static unsigned char *room;
	const struct plim_bpf_file_options options = {.type_of = any_type};
	struct plim_error err = {""};
	struct plim_bpf_file *file;
	unsigned char *copy;

	if (!room)
		room = guarded_room();
	copy = room + ROOM - size;
	memcpy(copy, bytes, size);
	if (plim_bpf_file_load(fixture.host, copy, size, &options, &file, &err) == 0) {
		loaded++;
		run_all(file);
		plim_bpf_file_close(file);
	} else {
		refused++;
		if (!is_one_clear_line(err.text)) {
			printf("FAIL %s at %zu: the reason is \"%s\"\n", what, at, err.text);
			failed++;
		}
	}
	if (plim_bpf_host_next(fixture.host, PLIM_BPF_MAP, 0) ||
	    plim_bpf_host_next(fixture.host, PLIM_BPF_PROGRAM, 0)) {
		printf("FAIL %s at %zu: left an object behind\n", what, at);
		exit(1);
	}
}

static void cut(const unsigned char *bytes, size_t size)
{
	for (size_t at = 0; at < size; at += 16)
		try(bytes, at, "cut", at);
	try(bytes, size - 1, "cut", size - 1);
}

/* Each word in turn: sizes, counts, offsets, links, types, relocations, instructions, all of it. */
static void replace_words(unsigned char *bytes, size_t size)
{
	static const uint32_t words[] = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff};

	for (size_t at = 0; at + 4 <= size; at += 4) {
		uint32_t kept;

		memcpy(&kept, bytes + at, 4);
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			memcpy(bytes + at, &words[i], 4);
			try(bytes, size, "word", at);
		}
		memcpy(bytes + at, &kept, 4);
	}
}

static void flip_bits(unsigned char *bytes, size_t size)
{
	for (size_t at = 0; at < size; at++) {
		const unsigned char bit = (unsigned char)(1u << at % 8);

		bytes[at] ^= bit;
		try(bytes, size, "flip", at);
		bytes[at] ^= bit;
	}
}

static size_t read_file(const char *path, unsigned char *bytes, size_t limit)
{
	FILE *in = fopen(path, "rb");
	size_t size = in ? fread(bytes, 1, limit, in) : 0;

	if (in)
		fclose(in);
	if (size == 0 || size == limit) {
		printf("FAIL cannot read %s, or it is too large\n", path);
		exit(1);
	}
	return size;
}

int main(int argc, char **argv)
{
	static unsigned char bytes[ROOM];

	bpf_fixture_open(&fixture);
	fixture.invocation->limit = 5000;
	for (int i = 1; i < argc; i++) {
		const size_t size = read_file(argv[i], bytes, sizeof(bytes));
		const unsigned long before = loaded;

		try(bytes, size, "whole", 0);
		if (loaded == before) {
			printf("FAIL %s does not load undamaged\n", argv[i]);
			failed++;
		}
		cut(bytes, size);
		replace_words(bytes, size);
		flip_bits(bytes, size);
	}
	bpf_fixture_close(&fixture);
	printf("%d objects: %lu refused, %lu loaded (%lu program runs), %lu failed\n", argc - 1,
	       refused, loaded, runs, failed);
	return failed || refused == 0 || loaded == 0 ? 1 : 0;
}
