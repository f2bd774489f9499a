/* SPDX-License-Identifier: MIT */
/* Runs a fuzz target over the files of a corpus. Arguments: folders. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "ebpf_fuzz.h"

static int replay(const char *folder, const char *name)
{
	char path[1024];
	struct stat status;
	uint8_t *bytes;
	FILE *in;
	size_t got;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (stat(path, &status) || !S_ISREG(status.st_mode))
		return 0;
	in = fopen(path, "rb");
	bytes = malloc((size_t)status.st_size + 1);
	if (!in || !bytes) {
		fprintf(stderr, "cannot read %s\n", path);
		exit(1);
	}
	got = fread(bytes, 1, (size_t)status.st_size, in);
	fclose(in);
	LLVMFuzzerTestOneInput(bytes, got);
	free(bytes);
	return 1;
}

int main(int argc, char **argv)
{
	int inputs = 0;

	for (int i = 1; i < argc; i++) {
		struct dirent *entry;
		DIR *folder = opendir(argv[i]);

		if (!folder) {
			fprintf(stderr, "no folder %s\n", argv[i]);
			return 1;
		}
		while ((entry = readdir(folder)))
			inputs += replay(argv[i], entry->d_name);
		closedir(folder);
	}
	printf("%d inputs replayed\n", inputs);
	return inputs ? 0 : 1;
}
