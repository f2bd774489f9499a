/* SPDX-License-Identifier: MIT */
/* What src/image says of the small binaries of the fuzz corpus, and of files that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stack/frame/frame.h"

static const char *corpus;

static void open_file(const char *name, struct plim_image_list *list)
{
	char path[1024];
	struct plim_error err = {""};

	memset(list, 0, sizeof(*list));
	snprintf(path, sizeof(path), "%s/%s", corpus, name);
	if (plim_image_open(path, list, &err))
		fail_msg("%s", err.text);
}

static bool imports(const struct plim_image *image, const char *name)
{
	for (size_t i = 0; i < image->import_count; i++) {
		if (strcmp(image->imports[i].name, name) == 0)
			return true;
	}
	return false;
}

static const struct plim_function *function_named(const struct plim_image *image, const char *name)
{
	const struct plim_symbol *symbol = plim_image_symbol_named(image, name);

	assert_non_null(symbol);
	assert_int_not_equal(symbol->function, PLIM_NONE);
	return &image->functions[symbol->function];
}

/* Every one has the same functions, calls `outside`, and a table of two pointers to code. */
static void test_kinds(void **state)
{
	static const struct {
		const char *name;
		enum plim_arch arch;
		enum plim_image_kind kind;
		bool imports_outside;
	} files[] = {
		{"x86_64.obj", PLIM_ARCH_X86_64, PLIM_IMAGE_OBJECT, true},
		{"x86_64-debug.obj", PLIM_ARCH_X86_64, PLIM_IMAGE_OBJECT, true},
		{"x86_64.so", PLIM_ARCH_X86_64, PLIM_IMAGE_SHARED, true},
		{"aarch64.obj", PLIM_ARCH_AARCH64, PLIM_IMAGE_OBJECT, true},
		{"aarch64.so", PLIM_ARCH_AARCH64, PLIM_IMAGE_SHARED, true},
		{"riscv64.obj", PLIM_ARCH_RISCV64, PLIM_IMAGE_OBJECT, true},
		{"riscv64.so", PLIM_ARCH_RISCV64, PLIM_IMAGE_SHARED, true},
		{"cortex-m4.obj", PLIM_ARCH_ARM, PLIM_IMAGE_OBJECT, true},
		{"x64-debug.dll", PLIM_ARCH_X86_64, PLIM_IMAGE_SHARED, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct plim_image_list list;
		const struct plim_image *image;
		const struct plim_symbol *table;
		const struct plim_pointer *pointer;

		print_message("%s\n", files[i].name);
		open_file(files[i].name, &list);
		assert_int_equal(list.count, 1);
		image = list.images[0];
		assert_int_equal(image->arch, files[i].arch);
		assert_int_equal(image->kind, files[i].kind);
		assert_false(image->is_stripped);
		assert_int_equal(imports(image, "outside"), files[i].imports_outside);
		table = plim_image_symbol_named(image, "operations");
		assert_non_null(table);
		pointer = plim_image_pointer_at(image, table->address + image->address_bytes);
		assert_non_null(pointer);
		assert_int_equal(pointer->target, function_named(image, "two")->address);
		plim_image_list_free(&list);
	}
}

/* However a machine calls through its linkage, the frame knows the import's name and the depth. */
static void test_calls_of_imports(void **state)
{
	static const char *const files[] = {"x86_64.so",    "x86_64-stripped.so", "aarch64.so",
					    "riscv64.so",   "aarch64.obj",        "riscv64.obj",
					    "cortex-m4.obj"};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct plim_image_list list;
		struct plim_frames frames;
		struct plim_error err;
		unsigned found = 0;

		print_message("%s\n", files[i]);
		open_file(files[i], &list);
		assert_int_equal(plim_frames_compute(list.images[0], 0, &frames, &err), 0);
		for (size_t c = 0; c < frames.call_count; c++) {
			const struct plim_call *call = &frames.calls[c];

			if (call->kind != PLIM_CALL_IMPORT)
				continue;
			assert_string_equal(list.images[0]->imports[call->import].name, "outside");
			found++;
		}
		assert_true(found >= 5);
		plim_frames_free(&frames);
		plim_image_list_free(&list);
	}
}

static void test_archive(void **state)
{
	struct plim_image_list list;

	(void)state;
	open_file("two.a", &list);
	assert_int_equal(list.count, 2);
	assert_non_null(strstr(list.images[0]->path, "two.a(x86_64.obj)"));
	assert_non_null(strstr(list.images[1]->path, "two.a(aarch64.obj)"));
	assert_int_equal(list.images[1]->arch, PLIM_ARCH_AARCH64);
	plim_image_list_free(&list);
}

static void test_stripped(void **state)
{
	struct plim_image_list list;

	(void)state;
	open_file("x86_64-stripped.so", &list);
	assert_true(list.images[0]->is_stripped);
	assert_int_equal(list.images[0]->function_count, 5);
	assert_true(function_named(list.images[0], "pick")->flags & PLIM_FUNCTION_EXPORTED);
	plim_image_list_free(&list);
	open_file("x64-stripped.dll", &list);
	assert_true(list.images[0]->is_stripped);
	assert_int_equal(list.images[0]->function_count, 8);
	plim_image_list_free(&list);
}

static void test_lines(void **state)
{
	static const char *const files[] = {"x86_64-debug.obj", "x64-debug.dll"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct plim_image_list list;
		uint64_t address;
		const char *file;
		unsigned line;

		open_file(files[i], &list);
		address = function_named(list.images[0], "large")->address;
		assert_true(plim_image_line(list.images[0], address, &file, &line));
		assert_non_null(strstr(file, "corpus_source.c"));
		assert_int_equal(line, 45);
		assert_int_equal(
			plim_image_from_dwarf(list.images[0],
					      plim_image_to_dwarf(list.images[0], address)),
			address);
		plim_image_list_free(&list);
	}
}

static void test_orc(void **state)
{
	struct plim_image_list list;
	struct plim_frames frames;
	struct plim_error err;

	(void)state;
	open_file("x86_64-orc.obj", &list);
	assert_int_equal(list.images[0]->kind, PLIM_IMAGE_KERNEL_MODULE);
	assert_int_equal(plim_frames_compute(list.images[0], 0, &frames, &err), 0);
	assert_int_equal(frames.frames[0].status, PLIM_FRAME_PROVED);
	assert_int_equal(frames.frames[0].frame_bytes, 16);
	assert_int_equal(frames.frames[1].status, PLIM_FRAME_CONFLICT);
	assert_int_equal(frames.frames[1].frame_bytes, 48);
	plim_frames_free(&frames);
	plim_image_list_free(&list);
}

static void assert_refused(const char *path, const char *why)
{
	struct plim_image_list list = {0};
	struct plim_error err = {""};

	assert_int_equal(plim_image_open(path, &list, &err), -1);
	if (!strstr(err.text, why) || !strstr(err.text, path) || strchr(err.text, '\n'))
		fail_msg("%s: %s", path, err.text);
	assert_int_equal(list.count, 0);
	assert_null(list.images);
}

static void write_file(const char *path, const void *bytes, size_t size, off_t length)
{
	int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), (ssize_t)size);
	assert_int_equal(ftruncate(fd, length), 0);
	close(fd);
}

static void test_no_binaries(void **state)
{
	static const char elf[64] = "\177ELF\2\1\1";
	static const char big_endian[64] = "\177ELF\2\2\1";
	char path[] = "/tmp/plim-image-XXXXXX";

	(void)state;
	close(mkstemp(path));
	assert_refused("/nonexistent/file", "cannot be opened");
	assert_refused("/", "not a regular file");
	assert_refused(path, "an empty file");
	write_file(path, "hello, world\n", 13, 13);
	assert_refused(path, "neither an ELF nor a PE binary");
	write_file(path, "MZ", 2, 4096);
	assert_refused(path, "a DOS program");
	write_file(path, elf, 20, 20);
	assert_refused(path, "ends within its header");
	write_file(path, elf, 64, 64);
	assert_refused(path, "machine 0");
	write_file(path, big_endian, 64, 64);
	assert_refused(path, "big-endian");
	write_file(path, "!<thin>\n", 8, 8);
	assert_refused(path, "thin archive");
	write_file(path, "!<arch>\n", 8, 8);
	assert_refused(path, "no object in this archive");
	write_file(path, "nothing", 7, (off_t)1 << 30);
	assert_refused(path, "neither an ELF nor a PE binary");
	unlink(path);
}

/* An object that was cut off is refused, wherever that was. */
static void test_cut_off(void **state)
{
	char path[1024];
	static char bytes[16384];
	size_t size;
	FILE *file;

	(void)state;
	snprintf(path, sizeof(path), "%s/x86_64.so", corpus);
	file = fopen(path, "rb");
	assert_non_null(file);
	size = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	for (size_t cut = 0; cut < size; cut += 7) {
		struct plim_image_list list = {0};
		struct plim_error err = {""};

		assert_int_equal(plim_image_open_memory("cut", bytes, cut, &list, &err), -1);
		assert_true(err.text[0]);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),       cmocka_unit_test(test_calls_of_imports),
		cmocka_unit_test(test_archive),     cmocka_unit_test(test_stripped),
		cmocka_unit_test(test_lines),       cmocka_unit_test(test_orc),
		cmocka_unit_test(test_no_binaries), cmocka_unit_test(test_cut_off),
	};

	if (argc != 2)
		return 2;
	corpus = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
