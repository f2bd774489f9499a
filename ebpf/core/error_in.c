/* SPDX-License-Identifier: MIT */
#include "core/error_in.h"

#include <string.h>

#define LIMIT (PLIM_ERROR_TEXT_BYTES / 2)

static size_t shorter(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Control characters come from a file's names and must not reach a terminal, as in error.c. */
static char *copy_printable(char *to, const char *from, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		*to++ = (unsigned char)from[i] < 0x20 || from[i] == 0x7f ? '?' : from[i];
	return to;
}

void plim_bpf_error_in(struct plim_error *err, const char *what, const char *name)
{
	size_t what_bytes, name_bytes, prefix, keep;
	char *at;

	if (!err)
		return;
	what_bytes = shorter(strlen(what), LIMIT / 2 - 3);
	name_bytes = shorter(strlen(name), LIMIT / 2);
	prefix = what_bytes + 1 + name_bytes + 2;
	keep = shorter(strlen(err->text), sizeof(err->text) - 1 - prefix);
	memmove(err->text + prefix, err->text, keep);
	err->text[prefix + keep] = '\0';
	at = copy_printable(err->text, what, what_bytes);
	*at++ = ' ';
	at = copy_printable(at, name, name_bytes);
	memcpy(at, ": ", 2);
}
