/* SPDX-License-Identifier: MIT */
/* The same random operations on a map of ours and one of the kernel's: results must be the same. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/maps.h"

#define OPERATIONS 20000

struct both {
	struct plim_bpf_map *ours;
	int theirs;
};

static long bpf(int command, union bpf_attr *attr)
{
	const long rc = syscall(SYS_bpf, command, attr, sizeof(*attr));

	return rc < 0 ? -errno : rc;
}

static int kernel_map(const struct plim_bpf_map_spec *spec)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_type = spec->type;
	attr.key_size = spec->key_bytes;
	attr.value_size = spec->value_bytes;
	attr.max_entries = spec->max_entries;
	attr.map_flags = spec->flags;
	return (int)bpf(BPF_MAP_CREATE, &attr);
}

static int kernel_element(int command, int fd, const void *key, void *value, uint64_t flags)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_fd = (uint32_t)fd;
	attr.key = (uintptr_t)key;
	attr.value = (uintptr_t)value;
	attr.flags = flags;
	return (int)bpf(command, &attr);
}

static uint32_t random_below(uint32_t limit)
{
	static uint64_t state = 7;

	state = state * 6364136223846793005 + 1442695040888963407;
	return (uint32_t)(state >> 33) % limit;
}

/* Keys from a small set, so that they are met again; for a trie, prefixes that share bits. */
static void random_key(const struct plim_bpf_map_spec *spec, unsigned char *key)
{
	uint32_t first = random_below(14);

	memset(key, 0, spec->key_bytes);
	if (spec->type == BPF_MAP_TYPE_LPM_TRIE) {
		first = random_below(35); /* up to 2 more than there are */
		for (uint32_t i = 4; i < spec->key_bytes; i++)
			key[i] = (unsigned char)(random_below(3) << 6 | random_below(2));
	}
	memcpy(key, &first, 4);
}

static int one_operation(const struct both *both, const struct plim_bpf_map_spec *spec)
{
	unsigned char key[16];
	uint64_t value = random_below(1000), theirs_value = 0, ours_value = 0;
	const uint64_t flags = random_below(4);
	const uint32_t operation = random_below(4);
	int ours, theirs;

	random_key(spec, key);
	if (operation == 0) {
		ours = plim_bpf_map_erase(both->ours, key);
		theirs = kernel_element(BPF_MAP_DELETE_ELEM, both->theirs, key, NULL, 0);
	} else if (operation < 3) {
		ours = plim_bpf_map_update(both->ours, key, &value, flags, PLIM_BPF_NO_SLOT);
		theirs = kernel_element(BPF_MAP_UPDATE_ELEM, both->theirs, key, &value, flags);
	} else {
		ours = plim_bpf_map_read(both->ours, key, &ours_value);
		theirs = kernel_element(BPF_MAP_LOOKUP_ELEM, both->theirs, key, &theirs_value, 0);
	}
	if (ours == theirs && ours_value == theirs_value)
		return 0;
	printf("FAIL %s operation %u, flags %llu, key %u %02x%02x: %d (%llu) here, %d (%llu) in "
	       "the kernel\n",
	       spec->name, operation, (unsigned long long)flags, *(uint32_t *)(void *)key, key[4],
	       key[5], ours, (unsigned long long)ours_value, theirs,
	       (unsigned long long)theirs_value);
	return 1;
}

int main(void)
{
	static const struct plim_bpf_map_spec specs[] = {
		{"array", BPF_MAP_TYPE_ARRAY, 4, 8, 10, 0},
		{"hash", BPF_MAP_TYPE_HASH, 6, 8, 8, BPF_F_NO_PREALLOC},
		{"lpm_trie", BPF_MAP_TYPE_LPM_TRIE, 8, 8, 40, BPF_F_NO_PREALLOC},
	};
	struct plim_bpf_host *host = plim_bpf_host_new();
	int failed = 0;

	for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
		struct plim_error err = {""};
		struct both both;

		both.theirs = kernel_map(&specs[i]);
		if (both.theirs < 0) {
			printf("skipped: bpf(2) makes no map here: %s\n", strerror(-both.theirs));
			return 77;
		}
		if (plim_bpf_map_new(host, &specs[i], &both.ours, &err)) {
			printf("FAIL %s\n", err.text);
			return 1;
		}
		for (int n = 0; n < OPERATIONS && failed < 10; n++)
			failed += one_operation(&both, &specs[i]);
		plim_bpf_object_close(&both.ours->object);
		close(both.theirs);
	}
	plim_bpf_host_free(host);
	printf("%d operations on each of 3 kinds of maps, %d differ\n", OPERATIONS, failed);
	return failed ? 1 : 0;
}
