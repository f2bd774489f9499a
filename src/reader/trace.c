/* SPDX-License-Identifier: MIT */
#include "reader/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HELP_NOT_A_TRACE "record one with 'plimsoll record'"

/* Blocks beyond what any writer makes; a copy of one a thread is held in memory. */
#define BLOCK_BYTES_MIN 4096u
#define BLOCK_BYTES_MAX (1u << 20)

void plim_trace_damaged(struct plim_trace *trace, const char *format, ...)
{
	va_list args;

	if (trace->damage.count++)
		return;
	va_start(args, format);
	vsnprintf(trace->damage.first, sizeof(trace->damage.first), format, args);
	va_end(args);
}

void *plim_list_add(struct plim_list *list, size_t bytes)
{
	if (list->count == list->room) {
		size_t room = list->room ? list->room * 2 : 16;
		void *items = reallocarray(list->items, room, bytes);

		if (!items)
			return NULL;
		list->items = items;
		list->room = room;
	}
	void *item = (char *)list->items + list->count++ * bytes;

	memset(item, 0, bytes);
	return item;
}

size_t plim_trace_read(const struct plim_trace *trace, uint64_t offset, void *to, size_t bytes)
{
	size_t done = 0;

	if (offset > INT64_MAX - bytes)
		return 0;
	while (done < bytes) {
		ssize_t got =
			pread(trace->fd, (char *)to + done, bytes - done, (off_t)(offset + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		done += (size_t)got;
	}
	return done;
}

const char *plim_trace_info(const struct plim_trace *trace, const char *key)
{
	const struct plim_trace_info *infos = trace->infos.items;

	for (size_t i = 0; i < trace->infos.count; i++) {
		if (!strcmp(infos[i].key, key))
			return infos[i].value;
	}
	return NULL;
}

static int hex_digit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool plim_trace_same_boot(const struct plim_trace *trace)
{
	uint8_t id[16];
	unsigned digits = 0;
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");

	if (!file)
		return false;
	for (int c; digits < 32 && (c = getc(file)) != EOF;) {
		int digit = hex_digit(c);

		if (digit < 0)
			continue;
		id[digits / 2] = (uint8_t)(digits % 2 ? id[digits / 2] | digit : digit << 4);
		digits++;
	}
	fclose(file);
	return digits == 32 && !memcmp(id, trace->header.boot_id, sizeof(id));
}

/**
 * Whether the process has the trace mapped: a number can have been given to another process since.
 * Where /proc does not tell (another user's process) the number is believed. Stacked file systems
 * show another inode there than stat does, so the file's name will do as well.
 */
static bool process_maps_file(uint32_t pid, const struct stat *st, const char *name)
{
	char path[64];
	char line[512];
	bool found = false;

	snprintf(path, sizeof(path), "/proc/%u/maps", pid);
	FILE *file = fopen(path, "re");

	if (!file)
		return errno != ENOENT;
	errno = 0;
	while (!found && fgets(line, sizeof(line), file)) {
		unsigned long inode = 0;
		size_t length = strcspn(line, "\n");

		line[length] = '\0';
		/* proc(5): address perms offset dev inode pathname */
		if (sscanf(line, "%*s %*s %*s %*s %lu", &inode) == 1 && inode == st->st_ino)
			found = true;
		const char *slash = strrchr(line, '/');

		if (slash && !strcmp(slash + 1, name))
			found = true;
	}
	found = found || errno == EACCES;
	fclose(file);
	return found;
}

static bool is_live(const struct plim_trace *trace, const struct stat *st)
{
	uint32_t pid = trace->header.pid;

	if (trace->header.state != PLIM_STATE_RECORDING || pid == 0 || pid > INT32_MAX)
		return false;
	if (kill((pid_t)pid, 0) != 0 && errno == ESRCH)
		return false;
	return plim_trace_same_boot(trace) && process_maps_file(pid, st, trace->name);
}

static bool is_power_of_two(uint64_t value)
{
	return value && !(value & (value - 1));
}

/** Whether the parts of the file that the header places can be believed. */
static bool header_is_sound(const struct plim_file_header *h)
{
	if (!is_power_of_two(h->block_bytes) || h->block_bytes < BLOCK_BYTES_MIN ||
	    h->block_bytes > BLOCK_BYTES_MAX || h->ring_count > PLIM_RING_COUNT_MAX)
		return false;
	if (h->file_bytes > INT64_MAX || h->filter_offset > h->file_bytes ||
	    h->rings_offset > h->file_bytes || h->metadata_offset > h->file_bytes ||
	    h->blocks_offset > h->file_bytes)
		return false;
	if (h->metadata_offset < PLIM_FILE_HEADER_BYTES || h->metadata_offset % 8 ||
	    h->blocks_offset < PLIM_FILE_HEADER_BYTES || h->blocks_offset % 8)
		return false;
	return h->block_count <= (h->file_bytes - h->blocks_offset) / h->block_bytes;
}

static int check_header(struct plim_trace *trace, const char *path, size_t got,
			struct plim_error *err)
{
	const struct plim_file_header *h = &trace->header;

	if (got < 16 || memcmp(h->magic, PLIM_FILE_MAGIC, 8) != 0)
		return plim_error_set(err, "%s is not a Plimsoll trace; " HELP_NOT_A_TRACE, path);
	if (h->byte_order == __builtin_bswap32(PLIM_FILE_BYTE_ORDER))
		return plim_error_set(
			err,
			"%s was written on a machine of the other byte order; view it "
			"on a machine of that order",
			path);
	if (h->byte_order != PLIM_FILE_BYTE_ORDER)
		return plim_error_set(
			err, "%s has a damaged header (byte order %#x); " HELP_NOT_A_TRACE " again",
			path, h->byte_order);
	if (h->version != PLIM_FILE_VERSION)
		return plim_error_set(
			err,
			"%s has format version %u, this command reads version %u; use "
			"the command of the Plimsoll that recorded it",
			path, h->version, PLIM_FILE_VERSION);
	if (got < sizeof(*h))
		return plim_error_set(
			err,
			"%s is cut short inside its header (%zu bytes); " HELP_NOT_A_TRACE " again",
			path, got);
	if (h->state == PLIM_STATE_SETUP)
		return plim_error_set(err,
				      "%s is not set up: its program was still starting, or was "
				      "killed then; try again",
				      path);
	if (!header_is_sound(h))
		return plim_error_set(err,
				      "%s has a damaged header (sizes and offsets do not fit "
				      "together); " HELP_NOT_A_TRACE " again",
				      path);
	if (h->state > PLIM_STATE_CLOSED)
		plim_trace_damaged(trace, "header: unknown state %u", h->state);
	if (trace->bytes < h->file_bytes)
		plim_trace_damaged(trace, "cut short: %llu of %llu bytes are there",
				   (unsigned long long)trace->bytes,
				   (unsigned long long)h->file_bytes);
	return 0;
}

/** Opens a regular file only: a FIFO would block, a device would answer anything. */
static int open_regular(const char *path, bool writable, struct stat *st, struct plim_error *err)
{
	int fd = open(path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0 && errno == EISDIR)
		return plim_error_set(err, "%s is a directory, not a trace; name the file in it",
				      path);
	if (fd < 0)
		return plim_error_set(err, "cannot open %s: %s; check the name and its permissions",
				      path, strerror(errno));
	if (fstat(fd, st) == 0 && S_ISREG(st->st_mode))
		return fd;
	close(fd);
	if (S_ISDIR(st->st_mode))
		return plim_error_set(err, "%s is a directory, not a trace; name the file in it",
				      path);
	return plim_error_set(err, "%s is not a regular file; a trace is read from a file only",
			      path);
}

int plim_trace_open(struct plim_trace *trace, const char *path, bool writable,
		    struct plim_error *err)
{
	struct stat st = {0};

	memset(trace, 0, sizeof(*trace));
	trace->fd = open_regular(path, writable, &st, err);
	if (trace->fd < 0)
		return -1;
	const char *slash = strrchr(path, '/');

	snprintf(trace->name, sizeof(trace->name), "%s", slash ? slash + 1 : path);
	trace->bytes = (uint64_t)st.st_size;
	if (trace->bytes == 0) {
		plim_error_set(err, "%s is empty: no session was opened on it; " HELP_NOT_A_TRACE,
			       path);
		plim_trace_close(trace);
		return -1;
	}
	size_t got = plim_trace_read(trace, 0, &trace->header, sizeof(trace->header));

	if (check_header(trace, path, got, err) != 0) {
		plim_trace_close(trace);
		return -1;
	}
	trace->is_live = is_live(trace, &st);
	trace->chunk = trace->header.metadata_offset;
	if (plim_metadata_read(trace, err) != 0) {
		plim_trace_close(trace);
		return -1;
	}
	return 0;
}

int plim_trace_refresh(struct plim_trace *trace, struct plim_error *err)
{
	struct plim_file_header now;
	struct stat st;

	if (fstat(trace->fd, &st) != 0 ||
	    plim_trace_read(trace, 0, &now, sizeof(now)) != sizeof(now))
		return plim_error_set(err, "the trace can no longer be read: %s", strerror(errno));
	trace->bytes = (uint64_t)st.st_size;
	/* The places in the file were checked once; only what changes is taken again. */
	trace->header.state = now.state;
	trace->header.close_ticks = now.close_ticks;
	trace->header.close_utc_ns = now.close_utc_ns;
	trace->header.overwritten = now.overwritten;
	trace->header.retired_drops = now.retired_drops;
	trace->header.ringless_drops = now.ringless_drops;
	trace->header.unfinished = now.unfinished;
	trace->is_live = is_live(trace, &st);
	return plim_metadata_read(trace, err);
}

void plim_trace_close(struct plim_trace *trace)
{
	plim_metadata_free(trace);
	if (trace->fd >= 0)
		close(trace->fd);
	trace->fd = -1;
}
