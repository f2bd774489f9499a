/* SPDX-License-Identifier: MIT */
/*
 * Feeds files to a fuzz target: each as it is, and then with bytes of it changed at places that a
 * fixed sequence chooses, so that the same run does the same everywhere.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FILE_BYTES_MAX (4u << 20)

static uint64_t state = 1;

/** xorshift64: Marsaglia, "Xorshift RNGs", 2003. */
static uint64_t next_number(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static void mutate(uint8_t *data, size_t size)
{
	static const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xff};

	for (unsigned count = 1 + next_number() % 4; count; count--) {
		size_t at = next_number() % size;

		data[at] = next_number() % 2 ? values[next_number() % sizeof(values)]
					     : (uint8_t)next_number();
	}
}

static int replay(const char *path, unsigned long mutations)
{
	uint8_t *whole = malloc(FILE_BYTES_MAX);
	FILE *file = fopen(path, "rb");

	if (!whole || !file) {
		perror(path);
		return 1;
	}
	size_t size = fread(whole, 1, FILE_BYTES_MAX, file);

	fclose(file);
	LLVMFuzzerTestOneInput(whole, size);
	for (unsigned long i = 0; i < mutations && size; i++) {
		/* A copy of just the size, so that reading past its end is seen. */
		uint8_t *copy = malloc(size);

		if (!copy)
			return 1;
		memcpy(copy, whole, size);
		mutate(copy, size);
		LLVMFuzzerTestOneInput(copy, next_number() % 8 ? size : next_number() % size);
		free(copy);
	}
	free(whole);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long mutations = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;

	for (int i = 2; i < argc; i++) {
		if (replay(argv[i], mutations) != 0)
			return 1;
	}
	printf("%d files, %lu changed copies of each\n", argc - 2, mutations);
	return argc > 2 ? 0 : 2;
}
