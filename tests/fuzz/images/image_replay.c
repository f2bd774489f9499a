/* SPDX-License-Identifier: MIT */
/*
 * Feeds a fuzz target each file as it is, cut off at every STEP-th byte, and in CHANGED copies with
 * some bytes or words replaced; always the same ones. image_replay STEP CHANGED FILE...
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t state = 88172645463325252u;

/* xorshift64 (Marsaglia 2003). */
static uint64_t next_random(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* A copy of exactly the size, so that a sanitizer sees a read behind it. */
static void feed(const uint8_t *bytes, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		exit(2);
	memcpy(copy, bytes, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void change(uint8_t *bytes, size_t size)
{
	static const uint64_t telling[] = {0,          1,          0x7f,       0xff,
					   0xffff,     0x7fffffff, 0xffffffff, 0x80000000,
					   UINT64_MAX, INT64_MAX,  0x1000,     0x10};

	for (unsigned n = 1 + next_random() % 6; n; n--) {
		size_t at = next_random() % size;
		unsigned width = 1u << next_random() % 4;
		uint64_t value = telling[next_random() % (sizeof(telling) / sizeof(telling[0]))];

		if (next_random() % 2)
			value = next_random();
		memcpy(bytes + at, &value, size - at < width ? size - at : width);
	}
}

static void replay(const uint8_t *bytes, size_t size, size_t step, unsigned changed)
{
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		exit(2);
	feed(bytes, size);
	for (size_t cut = 0; cut < size; cut += step)
		feed(bytes, cut);
	for (unsigned i = 0; i < changed && size; i++) {
		memcpy(copy, bytes, size);
		change(copy, size);
		feed(copy, size);
	}
	free(copy);
}

static int replay_file(const char *path, size_t step, unsigned changed)
{
	FILE *file = fopen(path, "rb");
	uint8_t *bytes;
	long size;

	if (!file || fseek(file, 0, SEEK_END) || (size = ftell(file)) < 0) {
		fprintf(stderr, "image_replay: %s cannot be read\n", path);
		return 2;
	}
	rewind(file);
	bytes = malloc((size_t)size + 1);
	if (!bytes || fread(bytes, 1, (size_t)size, file) != (size_t)size)
		return 2;
	fclose(file);
	replay(bytes, (size_t)size, step, changed);
	free(bytes);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc < 4 || atoi(argv[1]) <= 0)
		return 2;
	for (int i = 3; i < argc; i++) {
		if (replay_file(argv[i], (size_t)atoi(argv[1]), (unsigned)atoi(argv[2])))
			return 2;
	}
	printf("%d files, each cut at every %s bytes and changed %s times\n", argc - 3, argv[1],
	       argv[2]);
	return 0;
}
