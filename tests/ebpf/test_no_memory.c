/* SPDX-License-Identifier: MIT */
/*
 * Fails each allocation of a load in turn (the program is linked with --wrap): every time a clear
 * error, nothing left behind, and in the end it loads. Arguments: objects.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf_fixture.h"
#include "core/elf_load.h"

static long until_failure = -1; /* -1: none fails */

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);

static int fails_now(void)
{
	return until_failure >= 0 && until_failure-- == 0;
}

void *__wrap_malloc(size_t bytes)
{
	return fails_now() ? NULL : __real_malloc(bytes);
}

void *__wrap_calloc(size_t count, size_t bytes)
{
	return fails_now() ? NULL : __real_calloc(count, bytes);
}

static const struct plim_bpf_type *any_type(void *arg, const char *section)
{
	(void)arg;
	(void)section;
	return &bpf_fixture_type;
}

/* How many allocations a load makes; -1 where one of them fails without a word. */
static int fail_each(struct bpf_fixture *fixture, const char *path)
{
	const struct plim_bpf_file_options options = {.type_of = any_type};

	for (int i = 0; i < 10000; i++) {
		struct plim_error err = {""};
		struct plim_bpf_file *file;
		int rc;

		until_failure = i;
		rc = plim_bpf_file_open(fixture->host, path, &options, &file, &err);
		until_failure = -1;
		if (rc == 0) {
			plim_bpf_file_close(file);
			plim_bpf_unpin(fixture->host, "visits");
			return i;
		}
		if (rc != -ENOMEM || !strstr(err.text, "object ") || file ||
		    plim_bpf_host_next(fixture->host, PLIM_BPF_MAP, 0)) {
			printf("FAIL %s, allocation %d: %d \"%s\"\n", path, i, rc, err.text);
			return -1;
		}
	}
	return -1;
}

int main(int argc, char **argv)
{
	struct bpf_fixture fixture;
	int failed = 0;

	bpf_fixture_open(&fixture);
	for (int i = 1; i < argc; i++) {
		const int allocations = fail_each(&fixture, argv[i]);

		printf("%s: each of %d allocations failed once\n", argv[i], allocations);
		failed += allocations < 5;
	}
	bpf_fixture_close(&fixture);
	return failed || argc < 2 ? 1 : 0;
}
