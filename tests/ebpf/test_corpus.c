/* SPDX-License-Identifier: MIT */
/*
 * Loads objects that other people compiled, for other kernels and other loaders. Arguments: a list
 * of what is expected, and the folder it speaks of. A line of the list is a file's path in the
 * folder and either "loads MAPS PROGRAMS" or "refused" and a part of the reason; every object in
 * the list must do as it says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf_fixture.h"
#include "core/elf_load.h"

static const struct plim_bpf_type *any_type(void *arg, const char *section)
{
	(void)arg;
	(void)section;
	return &bpf_fixture_type;
}

static int check_line(struct bpf_fixture *fixture, const char *folder, char *line)
{
	const struct plim_bpf_file_options options = {.type_of = any_type};
	struct plim_error err = {""};
	struct plim_bpf_file *file;
	char *path = strtok(line, "\t"), *expected = strtok(NULL, "\t\n");
	char full[1024], got[600];

	if (!path || !expected) {
		printf("FAIL a line of the list is damaged\n");
		return 1;
	}
	snprintf(full, sizeof(full), "%s/%s", folder, path);
	if (plim_bpf_file_open(fixture->host, full, &options, &file, &err) == 0)
		snprintf(got, sizeof(got), "loads %u %u", file->map_count, file->program_count);
	else
		snprintf(got, sizeof(got), "refused %s",
			 err.text + strlen("object : ") + strlen(full));
	plim_bpf_file_close(file);
	if (strcmp(got, expected) == 0)
		return 0;
	printf("FAIL %s\t%s\n     expected: %s\n", path, got, expected);
	return 1;
}

int main(int argc, char **argv)
{
	struct bpf_fixture fixture;
	char line[1024];
	int failed = 0, done = 0;
	FILE *list = argc == 3 ? fopen(argv[1], "r") : NULL;

	if (!list) {
		fprintf(stderr, "usage: test_ebpf_corpus LIST FOLDER\n");
		return 1;
	}
	bpf_fixture_open(&fixture);
	while (fgets(line, sizeof(line), list)) {
		if (line[0] == '#')
			continue;
		failed += check_line(&fixture, argv[2], line);
		done++;
	}
	fclose(list);
	printf("%d objects, %d not as expected\n", done, failed);
	bpf_fixture_close(&fixture);
	return failed || !done ? 1 : 0;
}
