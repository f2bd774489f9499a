/* SPDX-License-Identifier: MIT */
#include "host/tracefile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE      ((uint64_t)PLIM_FILE_PAGE_BYTES)
#define RINGS_MIN 16u
/* The first chunk is empty and of one page: it holds what is known before any module is. */
#define FIRST_CHUNK_BYTES PAGE

static uint64_t round_up(uint64_t value, uint64_t to)
{
	return (value + to - 1) / to * to;
}

/* Fills in the sizes and offsets of a file whose records take `size_bytes`. */
static void lay_out(struct plim_file_header *header, uint64_t size_bytes, uint32_t mode)
{
	uint32_t rings;

	memcpy(header->magic, PLIM_FILE_MAGIC, sizeof(header->magic));
	header->byte_order = PLIM_FILE_BYTE_ORDER;
	header->version = PLIM_FILE_VERSION;
	header->state = PLIM_STATE_SETUP;
	header->mode = mode;
	/* A usual block holds a record of 16 full strings; small files have more, smaller ones. */
	header->block_bytes =
		size_bytes >= 128ull * PLIM_BLOCK_USUAL ? PLIM_BLOCK_USUAL : PLIM_BLOCK_MIN;
	header->block_count = (uint32_t)(size_bytes / header->block_bytes);
	rings = header->block_count < PLIM_RING_COUNT_MAX ? header->block_count
							  : PLIM_RING_COUNT_MAX;
	header->ring_count = rings < RINGS_MIN ? RINGS_MIN : rings;
	header->filter_offset = PLIM_FILE_HEADER_BYTES;
	header->rings_offset = header->filter_offset + PLIM_FILTER_BYTES;
	header->metadata_offset = round_up(
		header->rings_offset + header->ring_count * sizeof(struct plim_ring), PAGE);
	header->blocks_offset =
		round_up(header->metadata_offset + FIRST_CHUNK_BYTES, PLIM_BLOCK_MIN);
	header->file_bytes =
		header->blocks_offset + (uint64_t)header->block_count * header->block_bytes;
}

/*
 * Opens `path` with its lock held. Another program may replace the file between open and lock, so
 * what was locked must still be what the path names.
 */
static int open_locked(const char *path, struct plim_error *err)
{
	for (int tries = 0; tries < 16; tries++) {
		struct stat opened, named;
		int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0644);

		if (fd < 0) {
			int cause = errno;

			plim_error_set(
				err,
				"cannot open %s: %s; give the path of a file that can be written",
				path, strerror(cause));
			return -cause;
		}
		if (fstat(fd, &opened) || !S_ISREG(opened.st_mode)) {
			plim_error_set(err, "%s is not a regular file; give the path of one", path);
			close(fd);
			return -EINVAL;
		}
		if (flock(fd, LOCK_EX | LOCK_NB)) {
			plim_error_set(err,
				       "%s: another program records to it; give each its own file",
				       path);
			close(fd);
			return -EBUSY;
		}
		if (!stat(path, &named) && named.st_ino == opened.st_ino &&
		    named.st_dev == opened.st_dev)
			return fd;
		close(fd);
	}
	plim_error_set(err, "%s keeps being replaced; give each program its own file", path);
	return -EBUSY;
}

/* Only a trace is replaced: a wrong path must not cost somebody a file. */
static bool is_trace(int fd)
{
	char magic[sizeof(PLIM_FILE_MAGIC) - 1];

	return pread(fd, magic, sizeof(magic), 0) == (ssize_t)sizeof(magic) &&
	       !memcmp(magic, PLIM_FILE_MAGIC, sizeof(magic));
}

/* A new, locked inode in the place of `path`, as viewers may have the old one mapped. */
static int replace(const char *path, int old_fd, struct plim_error *err)
{
	char fresh[4096 + 32];
	int fd, cause;

	snprintf(fresh, sizeof(fresh), "%s.new.%ld", path, (long)getpid());
	fd = open(fresh, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd >= 0 && !flock(fd, LOCK_EX | LOCK_NB) && !rename(fresh, path)) {
		close(old_fd);
		return fd;
	}
	cause = errno;
	plim_error_set(err, "cannot replace %s: %s; remove it or give another path", path,
		       strerror(cause));
	if (fd >= 0) {
		unlink(fresh);
		close(fd);
	}
	close(old_fd);
	return -cause;
}

/* Writes zeros where fallocate(2) is not supported: every page must exist before it is mapped. */
static int write_zeros(int fd, uint64_t from, uint64_t bytes)
{
	static const char zeros[PAGE];

	while (bytes) {
		size_t step = bytes < sizeof(zeros) ? bytes : sizeof(zeros);
		ssize_t done = pwrite(fd, zeros, step, (off_t)from);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return done ? -errno : -ENOSPC;
		from += (uint64_t)done;
		bytes -= (uint64_t)done;
	}
	return 0;
}

static int allocate(int fd, uint64_t from, uint64_t bytes)
{
	struct rlimit limit;
	int result;

	/* Beyond the limit the kernel would end the program by SIGXFSZ (setrlimit(2)). */
	if (!getrlimit(RLIMIT_FSIZE, &limit) && limit.rlim_cur != RLIM_INFINITY &&
	    from + bytes > limit.rlim_cur)
		return -EFBIG;
	do {
		result = fallocate(fd, 0, (off_t)from, (off_t)bytes) ? -errno : 0;
	} while (result == -EINTR);
	if (result == -EOPNOTSUPP || result == -ENOSYS)
		result = write_zeros(fd, from, bytes);
	return result;
}

/* Maps the file aligned to PLIM_BLOCK_MIN: the ring protocol needs block addresses so. */
static void *map(int fd, uint64_t bytes)
{
	uint8_t *start = mmap(NULL, bytes + PLIM_BLOCK_MIN, PROT_NONE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	uint8_t *room;
	void *result;

	if (start == MAP_FAILED)
		return MAP_FAILED;
	room = (uint8_t *)round_up((uintptr_t)start, PLIM_BLOCK_MIN);
	if (room > start)
		munmap(start, (size_t)(room - start));
	if (room < start + PLIM_BLOCK_MIN)
		munmap(room + bytes, (size_t)(start + PLIM_BLOCK_MIN - room));
	result = mmap(room, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
	if (result == MAP_FAILED)
		munmap(room, bytes);
	return result;
}

static int give_up(struct plim_tracefile *file, int cause, const char *why, struct plim_error *err)
{
	plim_error_set(err, "%s: %s", file->path, why);
	unlink(file->path);
	close(file->fd);
	file->fd = -1;
	return -cause;
}

/* A child that forks after a chdir(2) puts its file beside this one. */
static int make_absolute(char *absolute, size_t bytes, const char *path)
{
	size_t length = 0;

	if (*path != '/') {
		if (!getcwd(absolute, bytes))
			return -1;
		length = strlen(absolute);
	}
	return snprintf(absolute + length, bytes - length, "%s%s", length ? "/" : "", path) <
			       (int)(bytes - length)
		       ? 0
		       : -1;
}

int plim_tracefile_create(struct plim_tracefile *file, const char *path, uint64_t size_bytes,
			  uint32_t mode, struct plim_error *err)
{
	struct plim_file_header header = {0};
	struct plim_chunk chunk = {.bytes = FIRST_CHUNK_BYTES, .used = sizeof(chunk)};
	struct stat existing;
	void *base;
	int result;

	if (strlen(path) + 32 >= sizeof(file->path)) {
		plim_error_set(err, "the path is longer than %zu bytes; give a shorter one",
			       sizeof(file->path) - 32);
		return -ENAMETOOLONG;
	}
	if (make_absolute(file->path, sizeof(file->path), path))
		return plim_error_set(err, "%s: its folder's path is too long; give a shorter one",
				      path) *
		       ENAMETOOLONG;
	lay_out(&header, size_bytes, mode);
	file->fd = open_locked(path, err);
	if (file->fd >= 0 && !fstat(file->fd, &existing) && existing.st_size) {
		if (!is_trace(file->fd)) {
			plim_tracefile_close(file);
			return plim_error_set(
				       err,
				       "%s is there already and is no trace; give another path",
				       path) *
			       EEXIST;
		}
		file->fd = replace(path, file->fd, err);
	}
	if (file->fd < 0)
		return file->fd;
	result = allocate(file->fd, 0, header.file_bytes);
	if (result == -ENOSPC || result == -EDQUOT || result == -EFBIG)
		return give_up(file, -result,
			       "no room on the disk for the whole trace, or not within the limit "
			       "of file sizes (ulimit -f); give a smaller size",
			       err);
	if (result)
		return give_up(file, -result, strerror(-result), err);
	base = map(file->fd, header.file_bytes);
	if (base == MAP_FAILED)
		return give_up(
			file, ENODEV,
			"its file system cannot map files shared; give a path on another one", err);
	file->base = base;
	file->bytes = header.file_bytes;
	file->end = round_up(header.file_bytes, PAGE);
	file->last_chunk = header.metadata_offset;
	memcpy(file->base + header.metadata_offset, &chunk, sizeof(chunk));
	memcpy(file->base, &header, offsetof(struct plim_file_header, pad0));
	return 0;
}

static int write_all(int fd, const void *data, size_t bytes, uint64_t at)
{
	const char *from = data;

	while (bytes) {
		ssize_t done = pwrite(fd, from, bytes, (off_t)at);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return done ? -errno : -ENOSPC;
		from += done;
		at += (uint64_t)done;
		bytes -= (size_t)done;
	}
	return 0;
}

int64_t plim_tracefile_append(struct plim_tracefile *file, const void *entries, uint32_t bytes,
			      uint64_t page_bytes, uint64_t *pages)
{
	uint64_t at = file->end;
	uint64_t head = round_up(sizeof(struct plim_chunk) + bytes, PAGE);
	struct plim_chunk chunk = {.bytes = (uint32_t)head,
				   .used = (uint32_t)sizeof(chunk) + bytes};
	int result = allocate(file->fd, at, head + page_bytes);

	if (!result)
		result = write_all(file->fd, &chunk, sizeof(chunk), at);
	if (!result)
		result = write_all(file->fd, entries, bytes, at + sizeof(chunk));
	if (result)
		return result;
	*pages = at + head;
	file->end = at + head + page_bytes;
	return (int64_t)at;
}

int plim_tracefile_publish(struct plim_tracefile *file, uint64_t chunk)
{
	int result = write_all(file->fd, &chunk, sizeof(chunk), file->last_chunk);

	if (!result)
		file->last_chunk = chunk;
	return result;
}

int plim_tracefile_add(struct plim_tracefile *file, const void *entry, uint32_t bytes)
{
	struct plim_chunk *first =
		(void *)(file->base + plim_tracefile_header(file)->metadata_offset);
	uint64_t no_pages;
	int64_t chunk;

	if (first->bytes - first->used >= bytes) {
		memcpy((uint8_t *)first + first->used, entry, bytes);
		__atomic_store_n(&first->used, first->used + bytes, __ATOMIC_RELEASE);
		return 0;
	}
	chunk = plim_tracefile_append(file, entry, bytes, 0, &no_pages);
	return chunk < 0 ? (int)chunk : plim_tracefile_publish(file, (uint64_t)chunk);
}

void plim_tracefile_close(struct plim_tracefile *file)
{
	if (file->fd >= 0) {
		/* The mapping keeps the open file, and the lock with it, beyond close(2). */
		flock(file->fd, LOCK_UN);
		close(file->fd);
	}
	file->fd = -1;
}
