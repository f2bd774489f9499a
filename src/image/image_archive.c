/* SPDX-License-Identifier: MIT */
#include "image/image_archive.h"

#include <ar.h>
#include <stdio.h>
#include <string.h>

#define THIN_MAGIC "!<thin>\n"

bool plim_is_archive(const uint8_t *bytes, size_t size)
{
	return size >= SARMAG &&
	       (memcmp(bytes, ARMAG, SARMAG) == 0 || memcmp(bytes, THIN_MAGIC, SARMAG) == 0);
}

/* Decimal digits padded with blanks; as in ar(5), never signed. */
static bool read_decimal(const char *text, size_t width, uint64_t *value)
{
	size_t i = 0;

	*value = 0;
	for (; i < width && text[i] >= '0' && text[i] <= '9'; i++)
		*value = *value * 10 + (uint64_t)(text[i] - '0');
	return i > 0;
}

/* "/123" is an offset into the table of long names; "#1/N" has the name before the content. */
static void find_name(const struct plim_archive *archive, const struct ar_hdr *header,
		      struct plim_member *member)
{
	uint64_t number;

	member->name = header->ar_name;
	member->name_bytes = sizeof(header->ar_name);
	if (header->ar_name[0] == '/' && archive->names &&
	    read_decimal(header->ar_name + 1, sizeof(header->ar_name) - 1, &number) &&
	    number < archive->names_bytes) {
		member->name = archive->names + number;
		member->name_bytes = archive->names_bytes - (size_t)number;
	} else if (memcmp(header->ar_name, "#1/", 3) == 0 &&
		   read_decimal(header->ar_name + 3, sizeof(header->ar_name) - 3, &number) &&
		   number <= member->size) {
		member->name = (const char *)member->bytes;
		member->name_bytes = (size_t)number;
		member->bytes += number;
		member->size -= (size_t)number;
	}
	for (size_t i = 0; i < member->name_bytes; i++) {
		if (member->name[i] == '/' || member->name[i] == '\n' || member->name[i] == '\0') {
			member->name_bytes = i;
			return;
		}
	}
	while (member->name_bytes && member->name[member->name_bytes - 1] == ' ')
		member->name_bytes--;
}

bool plim_archive_next(struct plim_archive *archive, struct plim_member *member)
{
	if (!archive->at) {
		archive->at = SARMAG;
		archive->is_thin = memcmp(archive->bytes, THIN_MAGIC, SARMAG) == 0;
	}
	while (!archive->is_thin && archive->at < archive->size &&
	       archive->size - archive->at >= sizeof(struct ar_hdr)) {
		const struct ar_hdr *header = (const void *)(archive->bytes + archive->at);
		size_t left = archive->size - archive->at - sizeof(*header);
		uint64_t size;

		if (memcmp(header->ar_fmag, ARFMAG, 2) != 0 ||
		    !read_decimal(header->ar_size, sizeof(header->ar_size), &size) || size > left)
			return false;
		member->bytes = archive->bytes + archive->at + sizeof(*header);
		member->size = (size_t)size;
		archive->at += sizeof(*header) + (size_t)size;
		archive->at += archive->at & 1;
		if (memcmp(header->ar_name, "//  ", 4) == 0) {
			archive->names = (const char *)member->bytes;
			archive->names_bytes = member->size;
			continue;
		}
		if (memcmp(header->ar_name, "/   ", 4) == 0 ||
		    memcmp(header->ar_name, "/SYM64/", 7) == 0)
			continue;
		find_name(archive, header, member);
		return true;
	}
	return false;
}

void plim_archive_name(const char *path, const struct plim_member *member, char *text, size_t size)
{
	int bytes = member->name_bytes > 200 ? 200 : (int)member->name_bytes;

	snprintf(text, size, "%s(%.*s)", path, bytes, member->name);
}
