/* SPDX-License-Identifier: MIT */
/* Objects, numbers, pins and links of a host. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bpf_fixture.h"
#include "core/elf_load.h"
#include "core/link.h"
#include "core/map_prog_array.h"
#include "insn_macros.h"

static struct bpf_fixture fixture;
static int failed;

#define CHECK(condition)                                                            \
	do {                                                                        \
		if (!(condition)) {                                                 \
			printf("FAIL %s:%d: %s\n", __func__, __LINE__, #condition); \
			failed++;                                                   \
		}                                                                   \
	} while (0)

static struct plim_bpf_program *make_program(struct plim_bpf_map *map)
{
	static const struct plim_bpf_insn insns[] = {ALU64_K(MOV, R0, 1), EXIT};

	return bpf_fixture_load(&fixture, insns, 2, &map, map ? 1 : 0, NULL);
}

static struct plim_bpf_map *make_map(uint32_t type)
{
	const struct plim_bpf_map_spec spec = {"m", type, 4, 4, 4, 0};
	struct plim_bpf_map *map;

	plim_bpf_map_new(fixture.host, &spec, &map, NULL);
	return map;
}

static void test_numbers(void)
{
	struct plim_bpf_program *program = make_program(NULL);
	struct plim_bpf_map *map = make_map(BPF_MAP_TYPE_ARRAY), *other;
	const uint32_t id = map->object.id;
	struct plim_bpf_object *found;

	CHECK(id > program->object.id);
	found = plim_bpf_host_find(fixture.host, PLIM_BPF_MAP, id);
	CHECK(found == &map->object);
	plim_bpf_object_close(found);
	CHECK(!plim_bpf_host_find(fixture.host, PLIM_BPF_PROGRAM, id));
	CHECK(!plim_bpf_host_find(fixture.host, PLIM_BPF_MAP, 0));
	plim_bpf_object_close(&map->object);
	CHECK(!plim_bpf_host_find(fixture.host, PLIM_BPF_MAP, id));
	other = make_map(BPF_MAP_TYPE_ARRAY);
	CHECK(other->object.id > id); /* never a number twice */
	found = plim_bpf_host_next(fixture.host, PLIM_BPF_MAP, 0);
	CHECK(found == &other->object);
	CHECK(plim_bpf_host_next(fixture.host, PLIM_BPF_MAP, found->id) == NULL);
	plim_bpf_object_close(found);
	CHECK(plim_bpf_host_free(fixture.host) == -EBUSY);
	plim_bpf_object_close(&other->object);
	plim_bpf_object_close(&program->object);
}

static void test_pins(void)
{
	struct plim_bpf_map *map = make_map(BPF_MAP_TYPE_ARRAY);
	char longest[PLIM_BPF_NAME_BYTES + 1];

	memset(longest, 'x', sizeof(longest));
	longest[PLIM_BPF_NAME_BYTES] = '\0';
	CHECK(plim_bpf_pin(fixture.host, "", &map->object) == -EINVAL);
	CHECK(plim_bpf_pin(fixture.host, longest, &map->object) == -EINVAL);
	CHECK(plim_bpf_pin(fixture.host, "counters", &map->object) == 0);
	CHECK(plim_bpf_pin(fixture.host, "counters", &map->object) == -EEXIST);
	plim_bpf_object_close(&map->object); /* the pin holds it */
	CHECK(plim_bpf_pinned(fixture.host, PLIM_BPF_MAP, "counters") == &map->object);
	CHECK(!plim_bpf_pinned(fixture.host, PLIM_BPF_PROGRAM, "counters"));
	CHECK(!plim_bpf_pinned(fixture.host, PLIM_BPF_MAP, "others"));
	plim_bpf_object_close(&map->object);
	CHECK(plim_bpf_unpin(fixture.host, "counters") == 0);
	CHECK(plim_bpf_unpin(fixture.host, "counters") == -ENOENT);
	CHECK(!plim_bpf_host_next(fixture.host, PLIM_BPF_MAP, 0));
}

/* A program array and a program that uses it hold each other; the last handle parts them. */
static void test_circle(void)
{
	struct plim_bpf_map *array = make_map(BPF_MAP_TYPE_PROG_ARRAY);
	struct plim_bpf_program *program = make_program(array);
	const uint32_t zero = 0, id = program->object.id, nobody = 99999;

	CHECK(plim_bpf_map_update(array, &zero, &nobody, BPF_ANY, PLIM_BPF_NO_SLOT) == -ENOENT);
	CHECK(plim_bpf_map_update(array, &zero, &id, BPF_ANY, PLIM_BPF_NO_SLOT) == 0);
	CHECK(plim_bpf_prog_array_set(array, 4, program) == -E2BIG);
	plim_bpf_object_close(&program->object);
	CHECK(plim_bpf_host_next(fixture.host, PLIM_BPF_PROGRAM, 0) == &program->object);
	plim_bpf_object_close(&program->object);
	plim_bpf_object_close(&array->object);
	CHECK(!plim_bpf_host_next(fixture.host, PLIM_BPF_PROGRAM, 0));
	CHECK(!plim_bpf_host_next(fixture.host, PLIM_BPF_MAP, 0));
}

static void on_detach(struct plim_bpf_link *link, void *arg)
{
	(void)link;
	++*(int *)arg;
}

static void test_link(void)
{
	struct plim_bpf_program *program = make_program(NULL);
	struct plim_bpf_link *link;
	int detached = 0;

	CHECK(plim_bpf_link_new(fixture.host, program, "connect4", on_detach, &detached, &link) ==
	      0);
	plim_bpf_object_close(&program->object); /* the link holds it */
	CHECK(plim_bpf_link_enter(link) == program);
	plim_bpf_link_leave(link);
	CHECK(plim_bpf_link_detach(link) == 0 && detached == 1);
	CHECK(plim_bpf_link_detach(link) == -EALREADY && detached == 1);
	CHECK(plim_bpf_link_enter(link) == NULL);
	plim_bpf_object_close(&link->object);
	program = make_program(NULL);
	CHECK(plim_bpf_link_new(fixture.host, program, "bind4", on_detach, &detached, &link) == 0);
	plim_bpf_object_close(&link->object); /* the last handle detaches */
	CHECK(detached == 2);
	plim_bpf_object_close(&program->object);
}

static _Atomic int inside, entered, after_detach;

static void *run_through_link(void *arg)
{
	struct plim_bpf_link *link = arg;

	while (plim_bpf_link_enter(link)) {
		atomic_fetch_add(&inside, 1);
		atomic_fetch_add(&entered, 1);
		if (atomic_load(&after_detach))
			printf("FAIL a run inside a detached link\n"), failed++;
		atomic_fetch_sub(&inside, 1);
		plim_bpf_link_leave(link);
	}
	return NULL;
}

/* After the detach nobody is inside, however many were on their way. */
static void test_run_down(void)
{
	struct plim_bpf_program *program = make_program(NULL);

	for (int round = 0; round < 200; round++) {
		struct plim_bpf_link *link;
		pthread_t threads[3];

		plim_bpf_link_new(fixture.host, program, "packet", NULL, NULL, &link);
		atomic_store(&entered, 0);
		atomic_store(&after_detach, 0);
		for (int i = 0; i < 3; i++)
			pthread_create(&threads[i], NULL, run_through_link, link);
		while (atomic_load(&entered) < 10)
			sched_yield();
		CHECK(plim_bpf_link_detach(link) == 0);
		atomic_store(&after_detach, 1);
		CHECK(atomic_load(&inside) == 0);
		for (int i = 0; i < 3; i++)
			pthread_join(threads[i], NULL);
		plim_bpf_object_close(&link->object);
	}
	plim_bpf_object_close(&program->object);
}

static struct plim_bpf_map *jumps;

static _Atomic int running;

static void *run_tail_calls(void *arg)
{
	struct bpf_fixture own = {fixture.host, plim_bpf_invocation_new()};
	struct plim_bpf_program *program = arg;
	uint64_t result;

	for (int i = 0; i < 20000; i++) {
		if (bpf_fixture_run(&own, program, NULL, 0, &result) ||
		    (result != 1 && result != 2))
			atomic_store(&running, -100);
	}
	plim_bpf_invocation_free(own.invocation);
	atomic_fetch_sub(&running, 1);
	return NULL;
}

/* Runs in three threads while their tail call's program comes, goes and is freed meanwhile. */
static void test_runs_and_updates(void)
{
	static const struct plim_bpf_insn insns[] = {LD64_MAP(R2, 0), ALU64_K(MOV, R3, 0), CALL(12),
						     ALU64_K(MOV, R0, 2), EXIT};
	struct plim_bpf_program *caller;
	pthread_t threads[3];

	jumps = make_map(BPF_MAP_TYPE_PROG_ARRAY);
	caller = bpf_fixture_load(&fixture, insns, sizeof(insns) / sizeof(insns[0]), &jumps, 1,
				  NULL);
	CHECK(caller != NULL);
	atomic_store(&running, 3);
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, run_tail_calls, caller);
	while (atomic_load(&running) > 0) {
		struct plim_bpf_program *target = make_program(NULL);

		plim_bpf_prog_array_set(jumps, 0, target);
		plim_bpf_object_close(&target->object); /* the array has the last reference */
		plim_bpf_prog_array_set(jumps, 0, NULL);
	}
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	CHECK(atomic_load(&running) == 0);
	plim_bpf_object_close(&caller->object);
	plim_bpf_object_close(&jumps->object);
}

static void test_slots(void)
{
	struct plim_bpf_invocation *all[PLIM_BPF_SLOTS];
	int count = 0;

	while (count < PLIM_BPF_SLOTS && (all[count] = plim_bpf_invocation_new()))
		count++;
	CHECK(count == PLIM_BPF_SLOTS - 1); /* the fixture has one */
	CHECK(plim_bpf_invocation_new() == NULL);
	plim_bpf_invocation_free(all[--count]);
	all[count] = plim_bpf_invocation_new();
	CHECK(all[count] != NULL);
	for (int i = 0; i <= count; i++)
		plim_bpf_invocation_free(all[i]);
}

/* The map that a file pins by name: made once, found again, and undone with a refused file. */
static const struct plim_bpf_type *xdp_or_none(void *arg, const char *section)
{
	(void)section;
	return arg;
}

static void test_pinned_file(const char *path)
{
	const struct plim_bpf_file_options good = {xdp_or_none, (void *)&bpf_fixture_type};
	const struct plim_bpf_file_options bad = {xdp_or_none, NULL};
	struct plim_bpf_map *other = make_map(BPF_MAP_TYPE_ARRAY);
	struct plim_bpf_file *first, *second;
	struct plim_error err = {""};

	CHECK(plim_bpf_pin(fixture.host, "visits", &other->object) == 0);
	plim_bpf_object_close(&other->object);
	CHECK(plim_bpf_file_open(fixture.host, path, &good, &first, &err) == -EEXIST);
	CHECK(strstr(err.text, "map visits: another map is pinned under this name"));
	CHECK(plim_bpf_unpin(fixture.host, "visits") == 0);

	CHECK(plim_bpf_file_open(fixture.host, path, &bad, &first, &err) == -EINVAL);
	CHECK(strstr(err.text, "this host has no hook for section xdp"));
	CHECK(!plim_bpf_pinned(fixture.host, PLIM_BPF_MAP, "visits"));
	CHECK(plim_bpf_file_open(fixture.host, path, &good, &first, &err) == 0);
	CHECK(plim_bpf_file_open(fixture.host, path, &good, &second, &err) == 0);
	if (!first || !second)
		return;
	CHECK(plim_bpf_file_map(first, "visits") == plim_bpf_file_map(second, "visits"));
	CHECK(plim_bpf_file_program(first, "visit") != plim_bpf_file_program(second, "visit"));
	plim_bpf_file_close(first);
	plim_bpf_file_close(second);
	CHECK(plim_bpf_unpin(fixture.host, "visits") == 0);
	CHECK(plim_bpf_file_open(fixture.host, "/nowhere/x.o", &good, &first, &err) == -ENOENT);
	CHECK(strcmp(err.text, "object /nowhere/x.o: No such file or directory") == 0);
	CHECK(plim_bpf_file_open(fixture.host, "/dev/zero", &good, &first, &err) == -EINVAL);
	CHECK(strcmp(err.text, "object /dev/zero: not a regular file") == 0);
}

int main(int argc, char **argv)
{
	bpf_fixture_open(&fixture);
	test_numbers();
	test_pins();
	test_circle();
	test_link();
	test_run_down();
	test_runs_and_updates();
	test_slots();
	if (argc == 2)
		test_pinned_file(argv[1]);
	else
		failed++;
	bpf_fixture_close(&fixture);
	printf("%d checks failed\n", failed);
	return failed ? 1 : 0;
}
