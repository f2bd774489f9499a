/* SPDX-License-Identifier: MIT */
/* Static archives (`ar`, GNU and BSD names): one member after the other. Private to src/image. */
#ifndef PLIM_IMAGE_IMAGE_ARCHIVE_H
#define PLIM_IMAGE_IMAGE_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct plim_archive {
	const uint8_t *bytes;
	size_t size;
	size_t at;         /* 0 at first */
	const char *names; /* GNU's table of long names */
	size_t names_bytes;
	bool is_thin;
};

struct plim_member {
	const char *name;
	size_t name_bytes;
	const uint8_t *bytes;
	size_t size;
};

bool plim_is_archive(const uint8_t *bytes, size_t size);

/** The next member with content of its own; false at the end or where the archive is damaged. */
bool plim_archive_next(struct plim_archive *archive, struct plim_member *member);

/** "PATH(MEMBER)" into `text`, cut to `size` bytes. */
void plim_archive_name(const char *path, const struct plim_member *member, char *text, size_t size);

#endif
