/* SPDX-License-Identifier: MIT */
/* Runs programs that clang compiled just now. Argument: the folder of the objects. */
#include <errno.h>
#include <setjmp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bpf_fixture.h"
#include "core/elf_load.h"
#include "core/map_prog_array.h"
#include "core/map_ringbuf.h"

static struct bpf_fixture fixture;
static struct plim_bpf_file *file;
static int failed;

#define CHECK(condition)                                                            \
	do {                                                                        \
		if (!(condition)) {                                                 \
			printf("FAIL %s:%d: %s\n", __func__, __LINE__, #condition); \
			failed++;                                                   \
		}                                                                   \
	} while (0)

static const struct plim_bpf_type *type_of(void *arg, const char *section)
{
	(void)arg;
	return strcmp(section, "xdp") == 0 ? &bpf_fixture_type : NULL;
}

static void open_object(const char *folder, const char *name)
{
	const struct plim_bpf_file_options options = {.type_of = type_of};
	struct plim_error err = {""};
	char path[1024];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (plim_bpf_file_open(fixture.host, path, &options, &file, &err)) {
		printf("FAIL %s\n", err.text);
		exit(1);
	}
}

/* Runs over a packet of zeros of this length: r0 as 32 bits, or the fault's negative errno. */
static int run(const char *name, uint32_t packet_bytes)
{
	struct plim_bpf_program *program = plim_bpf_file_program(file, name);
	unsigned char packet[64] = {0};
	uint64_t result;
	int rc;

	if (!program) {
		printf("FAIL no program %s\n", name);
		exit(1);
	}
	rc = bpf_fixture_run(&fixture, program, packet, packet_bytes, &result);
	return rc ? rc : (int)result;
}

static enum plim_bpf_fault_kind fault(void)
{
	return fixture.invocation->fault.kind;
}

static void test_globals(const char *folder)
{
	open_object(folder, "globals.o");
	/* packet 2: global(2) = 6 + table[2] 3; local(1) = 3; calls 2; counter 42 */
	CHECK(run("globals", 2) == 6 + 3 + 3 + 2 + 42);
	CHECK(run("globals", 2) == 6 + 3 + 3 + 4 + 44);
	CHECK(run("words_of_data", 0) == 'b');
	CHECK(run("words_of_data", 1) == 'd');
	CHECK(run("beyond_data", 0) == -EFAULT && fault() == PLIM_BPF_FAULT_READ);
	CHECK(run("write_constant", 0) == -EFAULT && fault() == PLIM_BPF_FAULT_WRITE);
	plim_bpf_file_close(file);
}

static void test_keyed_maps(const char *folder)
{
	struct {
		uint32_t bits;
		uint8_t bytes[4];
	} wide = {8, {10}}, narrow = {24, {10, 1, 2}};
	uint32_t value = 8, key;

	open_object(folder, "maps.o");
	CHECK(run("count", 3) == 1);
	CHECK(run("count", 3) == 2);
	CHECK(run("count", 4) == 1);
	CHECK(run("count", 3) == 3);
	CHECK(run("forget", 3) == 0);
	CHECK(run("forget", 3) == -ENOENT);
	CHECK(run("count", 3) == 1);
	CHECK(run("array", 2) == 5);
	CHECK(run("array", 2) == 10);
	CHECK(run("array", 4) == -1);
	CHECK(run("thread", 0) == 1);
	CHECK(run("thread", 0) == 2);
	CHECK(run("lru", 1) == 0 && run("lru", 2) == 0 && run("lru", 3) == 0);
	key = 1;
	CHECK(plim_bpf_map_read(plim_bpf_file_map(file, "recent"), &key, &value) == -ENOENT);
	key = 3;
	CHECK(plim_bpf_map_read(plim_bpf_file_map(file, "recent"), &key, &value) == 0 &&
	      value == 3);
	CHECK(run("lpm", 9) == -1);
	value = 8;
	CHECK(plim_bpf_map_update(plim_bpf_file_map(file, "networks"), &wide, &value, BPF_ANY,
				  PLIM_BPF_NO_SLOT) == 0);
	CHECK(run("lpm", 9) == 8);
	value = 24;
	CHECK(plim_bpf_map_update(plim_bpf_file_map(file, "networks"), &narrow, &value, BPF_ANY,
				  PLIM_BPF_NO_SLOT) == 0);
	CHECK(run("lpm", 9) == 24);
	plim_bpf_file_close(file);
}

static void test_legacy_maps(const char *folder)
{
	open_object(folder, "legacy.o");
	CHECK(run("old_maps", 0) == 3);
	CHECK(run("old_maps", 0) == -1); /* the key is there already */
	CHECK(plim_bpf_file_map(file, "second")->spec.value_bytes == 8);
	plim_bpf_file_close(file);
}

static void test_tail_calls(const char *folder)
{
	uint32_t index = 3, id = 0;

	open_object(folder, "tail_calls.o");
	CHECK(run("start", 0) == 5); /* nothing there */
	CHECK(run("start", 9) == 5); /* beyond the end */
	CHECK(run("start", 3) == 77);
	CHECK(run("nested", 0) == 177);
	/* As in Linux: 33 tail calls, so the program runs 34 times, or 33 after another one. */
	CHECK(run("again", 0) == 1034);
	CHECK(run("start", 1) == 1034 + 33);
	CHECK(plim_bpf_map_read(plim_bpf_file_map(file, "programs"), &index, &id) == 0);
	CHECK(id == plim_bpf_file_program(file, "last")->object.id);
	CHECK(plim_bpf_map_erase(plim_bpf_file_map(file, "programs"), &index) == 0);
	CHECK(run("start", 3) == 5);
	plim_bpf_file_close(file);
}

struct taken {
	int count;
	uint32_t kind, value, bytes;
};

static int take(void *arg, const void *record, uint32_t bytes)
{
	struct taken *taken = arg;

	taken->count++;
	taken->bytes = bytes;
	memcpy(&taken->kind, record, 4);
	memcpy(&taken->value, (const char *)record + 4, 4);
	return 0;
}

static void test_ring(const char *folder)
{
	struct plim_bpf_map *ring;
	struct taken taken = {0};
	struct pollfd ready;

	open_object(folder, "ring.o");
	ring = plim_bpf_file_map(file, "ring");
	ready.fd = plim_bpf_ringbuf_fd(ring);
	ready.events = POLLIN;
	CHECK(ready.fd >= 0 && poll(&ready, 1, 0) == 0);
	CHECK(run("reserve", 5) == 0);
	CHECK(poll(&ready, 1, 0) == 1);
	CHECK(run("reserve", 13) == 0); /* discarded */
	CHECK(plim_bpf_ringbuf_consume(ring, 100, take, &taken) == 1);
	CHECK(taken.kind == 1 && taken.value == 5 && taken.bytes == 24);
	CHECK(run("output", 0) == 0);
	CHECK(plim_bpf_ringbuf_consume(ring, 100, take, &taken) == 1);
	CHECK(taken.kind == 2 && taken.value == (uint32_t)getpid());
	/* A record that is never submitted is discarded at the program's end, and so is room. */
	for (int i = 0; i < 200; i++) {
		CHECK(run("leak", 0) == 1);
		plim_bpf_ringbuf_consume(ring, 100, take, &taken);
	}
	CHECK(taken.count == 2);
	CHECK(run("overrun", 1) == 0);  /* place 0 */
	CHECK(run("overrun", 24) == 0); /* place 23 */
	CHECK(run("overrun", 0) == -EFAULT);
	CHECK(run("overrun", 25) == -EFAULT);
	CHECK(run("submit_twice", 0) == -EINVAL && fault() == PLIM_BPF_FAULT_RECORD);
	plim_bpf_ringbuf_consume(ring, 100, take, &taken);
	/* A full ring loses and counts; what is left before its end may have been skipped. */
	for (int i = 0; i < 200; i++)
		run("output", 0);
	taken.count = plim_bpf_ringbuf_consume(ring, 1000, take, &taken);
	CHECK(taken.count >= 4096 / 32 - 2 && taken.count <= 4096 / 32);
	CHECK(plim_bpf_ringbuf_lost(ring) == 200u - (unsigned)taken.count);
	plim_bpf_file_close(file);
}

static char printed[256];
static int lines;

static void on_printk(void *arg, const struct plim_bpf_printk *line)
{
	(void)arg;
	lines++;
	snprintf(printed + strlen(printed), sizeof(printed) - strlen(printed), "%s|", line->text);
}

static time_t now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return now.tv_sec;
}

static void test_printk(const char *folder)
{
	struct plim_bpf_program *program;
	time_t second;

	open_object(folder, "ring.o");
	program = plim_bpf_file_program(file, "print");
	fixture.invocation->printk = on_printk;
	CHECK(run("print", 7) == 0);
	if (strcmp(printed,
		   "length 7, signed -5, hex 0000beef|"
		   "wide [          -7] [00000000000000ff]|four 1 2 3 -4000000000%|") != 0) {
		printf("FAIL printk wrote %s\n", printed);
		failed++;
	}
	lines = 0;
	atomic_store(&program->printk_limit, 0); /* none, then two in a second */
	CHECK(run("print", 7) == 0 && lines == 0);
	CHECK(atomic_load(&program->printk_lost) == 3);
	atomic_store(&program->printk_limit, 2);
	do { /* again, should a second end just here */
		atomic_store(&program->printk_second, 0);
		second = now_s();
		lines = 0;
		CHECK(run("print", 7) == 0);
	} while (second != now_s());
	CHECK(lines == 2);
	CHECK(run("name", 0) == 0);
	fixture.invocation->printk = NULL;
	plim_bpf_file_close(file);
}

static const struct plim_bpf_type other_type = {.name = "other",
						.context_bytes = sizeof(struct xdp_md)};

static const struct plim_bpf_type *alternate(void *arg, const char *section)
{
	(void)section;
	return (*(int *)arg)++ ? &bpf_fixture_type : &other_type;
}

/* A tail call does not lead to a program of another type, which would misread the context. */
static void test_types(const char *folder)
{
	int calls = 0;
	const struct plim_bpf_file_options options = {alternate, &calls};
	char path[1024];

	snprintf(path, sizeof(path), "%s/tail_calls.o", folder);
	CHECK(plim_bpf_file_open(fixture.host, path, &options, &file, NULL) == 0);
	if (!file)
		return;
	for (uint32_t i = 0; i < file->program_count; i++) {
		if (file->programs[i].program->type == &other_type)
			plim_bpf_prog_array_set(plim_bpf_file_map(file, "programs"), 0,
						file->programs[i].program);
	}
	CHECK(run("start", 0) == 5);
	CHECK(run("start", 3) == 77);
	plim_bpf_file_close(file);
}

/* Maps and programs that are each allowed, and together are too much. */
static void test_too_large(const char *folder)
{
	const struct plim_bpf_file_options options = {.type_of = type_of};
	struct plim_error err = {""};
	char path[1024];

	snprintf(path, sizeof(path), "%s/large.o", folder);
	CHECK(plim_bpf_file_open(fixture.host, path, &options, &file, &err) < 0);
	CHECK(strstr(err.text, "the maps of this object would take more than 256 MiB"));
	snprintf(path, sizeof(path), "%s/../many.o", folder);
	CHECK(plim_bpf_file_open(fixture.host, path, &options, &file, &err) < 0);
	CHECK(strstr(err.text, "the programs have more than 1048576 instructions together"));
}

static jmp_buf out;

static void leave(void *arg, const struct plim_bpf_printk *line)
{
	(void)arg;
	(void)line;
	longjmp(out, 1);
}

/* A run that is left from inside a helper, as after an overflow of its stack: nothing stays open. */
static void test_abandon(const char *folder)
{
	struct taken taken = {0};
	struct plim_bpf_map *ring;

	open_object(folder, "ring.o");
	ring = plim_bpf_file_map(file, "ring");
	fixture.invocation->printk = leave;
	if (setjmp(out) == 0) {
		run("print_inside", 0);
		CHECK(!"the run came back");
	}
	fixture.invocation->printk = NULL;
	plim_bpf_invocation_abandon(fixture.invocation);
	CHECK(run("output", 0) == 0);
	CHECK(plim_bpf_ringbuf_consume(ring, 10, take, &taken) == 1);
	plim_bpf_file_close(file);
}

static void test_packet(const char *folder)
{
	open_object(folder, "packet.o");
	CHECK(run("classify", 13) == XDP_DROP);
	CHECK(run("classify", 14) == XDP_DROP); /* type 0 */
	CHECK(run("sum", 64) == 0);
	CHECK(run("one_after", 64) == -EFAULT && fault() == PLIM_BPF_FAULT_READ);
	CHECK(run("one_after", 0) == -EFAULT);
	CHECK(run("one_before", 64) == -EFAULT);
	CHECK(run("context_write", 0) == -EFAULT && fault() == PLIM_BPF_FAULT_WRITE);
	CHECK(run("for_ever", 0) == -ETIME && fault() == PLIM_BPF_FAULT_BUDGET);
	plim_bpf_file_close(file);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: test_ebpf_objects FOLDER\n");
		return 1;
	}
	bpf_fixture_open(&fixture);
	test_globals(argv[1]);
	test_keyed_maps(argv[1]);
	test_legacy_maps(argv[1]);
	test_tail_calls(argv[1]);
	test_ring(argv[1]);
	test_printk(argv[1]);
	test_packet(argv[1]);
	test_types(argv[1]);
	test_too_large(argv[1]);
	test_abandon(argv[1]);
	bpf_fixture_close(&fixture);
	printf("%d checks failed\n", failed);
	return failed ? 1 : 0;
}
