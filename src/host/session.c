/* SPDX-License-Identifier: MIT */
/* The process's one session: opens the file, knows the modules, follows forks. Not on the path. */
#include "plimsoll/session.h"

#include "base/filter.h"
#include "core/ring.h"
#include "host/clock_host.h"
#include "host/modules.h"
#include "host/session_host.h"
#include "host/tracefile.h"
#include "plimsoll/version.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct plim_tracefile file = {.fd = -1};
static struct plim_numbers numbers;
static struct plim_module *modules;
static struct plim_error error;
static bool is_open;
static bool has_fork_handlers;

/* States of struct plim_module. */
enum { MODULE_UNKNOWN, MODULE_KNOWN };

/* Where thread ids lie, from the thread pointer, in the C libraries this was built against: glibc
 * 2.2 to 2.39 and musl 1.2 on x86-64. Believed only if the calling thread's own is there. */
static const uint32_t tid_offsets[] = {0x2d0, 0x30};

static uint32_t find_tid_offset(void)
{
	uint32_t tid = (uint32_t)gettid();

	for (size_t i = 0; i < sizeof(tid_offsets) / sizeof(tid_offsets[0]); i++) {
		if (*(const uint32_t *)(uintptr_t)(plim_port_thread() + tid_offsets[i]) == tid)
			return tid_offsets[i];
	}
	return 0;
}

/* One entry of two strings in the buffer; returns the bytes it took, 0 if it does not fit. */
static size_t put_info(uint8_t *to, size_t room, const char *key, const char *value)
{
	struct plim_entry entry = {.type = PLIM_ENTRY_INFO};
	size_t text = strlen(key) + strlen(value) + 2;

	entry.bytes = (uint32_t)((sizeof(entry) + text + 7) & ~(size_t)7);
	if (entry.bytes > room)
		return 0;
	memset(to, 0, entry.bytes);
	memcpy(to, &entry, sizeof(entry));
	strcpy(stpcpy((char *)to + sizeof(entry), key) + 1, value);
	return entry.bytes;
}

/* The command line with spaces for NULs, as ps(1) shows it. */
static void read_command_line(char *text, size_t bytes)
{
	FILE *from = fopen("/proc/self/cmdline", "re");
	size_t got = from ? fread(text, 1, bytes - 1, from) : 0;

	if (from)
		fclose(from);
	while (got && !text[got - 1])
		got--;
	for (size_t i = 0; i < got; i++) {
		if (!text[i])
			text[i] = ' ';
	}
	text[got] = '\0';
}

/* Into the first chunk, which is mapped: who is traced. */
static void describe_process(void)
{
	struct plim_chunk *chunk =
		(void *)(file.base + plim_tracefile_header(&file)->metadata_offset);
	uint8_t *end = (uint8_t *)chunk + chunk->bytes;
	uint8_t *to = (uint8_t *)chunk + chunk->used;
	char text[1024];
	struct utsname system;
	ssize_t length = readlink("/proc/self/exe", text, sizeof(text) - 1);

	text[length > 0 ? length : 0] = '\0';
	to += put_info(to, (size_t)(end - to), "exe", text);
	read_command_line(text, sizeof(text));
	to += put_info(to, (size_t)(end - to), "cmdline", text);
	if (!uname(&system)) {
		to += put_info(to, (size_t)(end - to), "host", system.nodename);
		snprintf(text, sizeof(text), "%s %s %s", system.sysname, system.release,
			 system.machine);
		to += put_info(to, (size_t)(end - to), "system", text);
	}
	to += put_info(to, (size_t)(end - to), "plimsoll", PLIM_VERSION_TEXT);
	__atomic_store_n(&chunk->used, (uint32_t)(to - (uint8_t *)chunk), __ATOMIC_RELEASE);
}

/* The filter page of a session that is opened with `text`: a line a FILTER. */
static int compose_filter(char page[PLIM_FILTER_BYTES], const char *text)
{
	size_t used = 0;

	memset(page, 0, PLIM_FILTER_BYTES);
	if (!text || !*text)
		text = "*:info";
	while (*text) {
		size_t length = strcspn(text, ",");
		struct plim_filter filter;

		if (plim_filter_parse(&filter, text, length, &error))
			return -EINVAL;
		if (used + length + 2 > PLIM_FILTER_BYTES)
			return plim_error_set(&error,
					      "the filters take more than %u bytes; give fewer",
					      PLIM_FILTER_BYTES) *
			       EINVAL;
		page[used++] = '+';
		memcpy(page + used, text, length);
		used += length;
		page[used++] = '\n';
		text += length;
		text += *text == ',';
	}
	return 0;
}

/* Lets the path see the file. The staging slots outlive the session, as the mapping does. */
static int give_to_core(void)
{
	struct plim_file_header *header = plim_tracefile_header(&file);
	size_t bytes = (size_t)header->ring_count * PLIM_STAGE_BYTES;
	uint8_t *stages = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (stages == MAP_FAILED) {
		plim_error_set(&error, "no address space for %u rings; give a smaller size",
			       header->ring_count);
		return -ENOMEM;
	}
	plim_core = (struct plim_core){
		.file = header,
		.rings = (void *)(file.base + header->rings_offset),
		.blocks = file.base + header->blocks_offset,
		.stages = stages,
		.ring_count = header->ring_count,
		.block_count = header->block_count,
		.block_bytes = header->block_bytes,
		.mode = header->mode,
		.is_open = 1,
		.tid_offset = find_tid_offset(),
	};
	return 0;
}

/* A module that cannot be described stays disabled: the program must not notice. */
static void add_module(struct plim_module *module)
{
	int result = plim_modules_add(&file, module, &numbers);

	if (result)
		dprintf(STDERR_FILENO,
			"plimsoll: statements of one module stay disabled: %s; see plimsoll(1), "
			"ENVIRONMENT\n",
			strerror(-result));
}

static int open_file(const char *path, uint64_t size_bytes, uint32_t mode, const char *filter_page)
{
	int result = plim_tracefile_create(&file, path, size_bytes, mode, &error);
	struct plim_file_header *header;

	if (result)
		return result;
	header = plim_tracefile_header(&file);
	header->pid = (uint32_t)getpid();
	plim_clock_describe(header);
	describe_process();
	memcpy(file.base + header->filter_offset, filter_page, PLIM_FILTER_BYTES);
	result = give_to_core();
	if (result) {
		unlink(file.path);
		plim_tracefile_close(&file);
		munmap(file.base, file.bytes);
		return result;
	}
	memset(&numbers, 0, sizeof(numbers));
	__atomic_store_n(&header->state, PLIM_STATE_RECORDING, __ATOMIC_RELEASE);
	for (struct plim_module *module = modules; module; module = module->next)
		add_module(module);
	return 0;
}

/* ------------------------------------------------------------------------------------ fork */

static void before_fork(void)
{
	pthread_mutex_lock(&lock);
}

static void after_fork_in_parent(void)
{
	pthread_mutex_unlock(&lock);
}

/*
 * The child has the parent's rings mapped, shared: it moves to a file of its own at once. If the
 * fork came in a signal handler, what the interrupted statement still stores goes to memory that
 * nobody reads, in the place of the parent's file.
 */
static void after_fork_in_child(void)
{
	char path[sizeof(file.path) + 16];
	char filter_page[PLIM_FILTER_BYTES];
	struct plim_file_header parent;

	pthread_mutex_init(&lock, NULL);
	plim_tls_ring = &plim_no_ring;
	if (!is_open)
		return;
	parent = *plim_tracefile_header(&file);
	memcpy(filter_page, file.base + parent.filter_offset, sizeof(filter_page));
	for (struct plim_module *module = modules; module; module = module->next)
		plim_modules_detach(module);
	mmap(file.base, file.bytes, PROT_READ | PROT_WRITE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
	close(file.fd); /* the lock is the parent's */
	file.fd = -1;
	snprintf(path, sizeof(path), "%s.%ld", file.path, (long)getpid());
	if (open_file(path, (uint64_t)parent.block_count * parent.block_bytes, parent.mode,
		      filter_page)) {
		is_open = false;
		dprintf(STDERR_FILENO, "plimsoll: a child process is not traced: %s\n", error.text);
	}
}

/* ------------------------------------------------------------------------------- interface */

static int open_session(const struct plim_session_options *options)
{
	uint64_t size = options->size_bytes ? options->size_bytes : PLIM_SIZE_DEFAULT;
	char filter_page[PLIM_FILTER_BYTES];
	int result;

	if (is_open) {
		plim_error_set(&error, "a session is open already, recording to %s; close it first",
			       file.path);
		return -EBUSY;
	}
	if (!options->path || !*options->path) {
		plim_error_set(&error, "no file was named; give the path of the trace");
		return -EINVAL;
	}
	if (size < PLIM_SIZE_MIN || size > PLIM_SIZE_MAX) {
		plim_error_set(&error, "%llu bytes are no size for a trace; give 64K to 64G",
			       (unsigned long long)size);
		return -EINVAL;
	}
	result = compose_filter(filter_page, options->filter);
	if (!result)
		result = open_file(options->path, size,
				   options->mode == PLIM_SESSION_STOP ? PLIM_MODE_STOP
								      : PLIM_MODE_OVERWRITE,
				   filter_page);
	if (result)
		return result;
	is_open = true;
	if (!has_fork_handlers)
		has_fork_handlers =
			!pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
	return 0;
}

PLIM_EXPORT int plim_session_open(const struct plim_session_options *options)
{
	int result;

	pthread_mutex_lock(&lock);
	result = open_session(options);
	pthread_mutex_unlock(&lock);
	return result;
}

void plim_session_mark_end(void)
{
	struct plim_file_header *header;

	if (!is_open)
		return;
	header = plim_tracefile_header(&file);
	plim_clock_now(&header->close_ticks, &header->close_utc_ns);
}

PLIM_EXPORT int plim_session_close(void)
{
	struct plim_file_header *header;

	pthread_mutex_lock(&lock);
	if (!is_open) {
		pthread_mutex_unlock(&lock);
		return -ENOENT;
	}
	header = plim_tracefile_header(&file);
	for (struct plim_module *module = modules; module; module = module->next)
		plim_modules_detach(module);
	/* Threads keep their rings; those lead nowhere from here on, nor may they move on. */
	__atomic_store_n(&plim_core.is_open, 0, __ATOMIC_SEQ_CST);
	for (uint32_t i = 0; i < header->ring_count; i++)
		plim_ring_stop(&plim_core.rings[i]);
	plim_session_mark_end();
	__atomic_store_n(&header->state, PLIM_STATE_CLOSED, __ATOMIC_RELEASE);
	plim_tracefile_close(&file);
	is_open = false;
	pthread_mutex_unlock(&lock);
	return 0;
}

PLIM_EXPORT const char *plim_session_error(void)
{
	return error.text;
}

PLIM_EXPORT int plim_stack_declare(const void *low, const void *high)
{
	struct plim_entry_stack entry = {
		.entry = {.type = PLIM_ENTRY_STACK, .bytes = sizeof(entry)},
		.low = (uint64_t)(uintptr_t)low,
		.high = (uint64_t)(uintptr_t)high,
		.tid = (uint32_t)gettid(),
	};
	int result = -ENOENT;

	pthread_mutex_lock(&lock);
	if (is_open)
		result = plim_tracefile_add(&file, &entry, sizeof(entry));
	pthread_mutex_unlock(&lock);
	return result;
}

PLIM_EXPORT void plim_thread_end(void)
{
	plim_ring_release();
}

PLIM_EXPORT void plim_module_register(struct plim_module *module)
{
	pthread_mutex_lock(&lock);
	if (module->state == MODULE_UNKNOWN && module->sites_begin < module->sites_end) {
		module->state = MODULE_KNOWN;
		module->next = modules;
		modules = module;
		if (is_open)
			add_module(module);
	}
	pthread_mutex_unlock(&lock);
}

PLIM_EXPORT void plim_module_unregister(struct plim_module *module)
{
	struct plim_module **at = &modules;

	pthread_mutex_lock(&lock);
	while (*at && *at != module)
		at = &(*at)->next;
	if (*at)
		*at = module->next;
	module->state = MODULE_UNKNOWN;
	pthread_mutex_unlock(&lock);
}
