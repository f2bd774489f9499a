/* SPDX-License-Identifier: MIT */
#include "export/out.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define TENS(t) t "0" t "1" t "2" t "3" t "4" t "5" t "6" t "7" t "8" t "9"

const char plim_digit_pairs[201] = TENS("0") TENS("1") TENS("2") TENS("3") TENS("4") TENS("5")
	TENS("6") TENS("7") TENS("8") TENS("9");

int plim_out_open(struct plim_out *out, int fd)
{
	memset(out, 0, sizeof(*out));
	out->fd = fd;
	out->start = malloc(PLIM_OUT_BYTES);
	if (!out->start) {
		out->error = ENOMEM;
		return -1;
	}
	out->at = out->start;
	out->end = out->start + PLIM_OUT_BYTES;
	return 0;
}

int plim_out_flush(struct plim_out *out)
{
	const char *from = out->start;

	while (!out->error && from < out->at) {
		ssize_t done = write(out->fd, from, (size_t)(out->at - from));

		if (done > 0)
			from += done;
		else if (done < 0 && errno != EINTR)
			out->error = errno;
	}
	out->at = out->start;
	return out->error ? -1 : 0;
}

char *plim_out_make_room(struct plim_out *out, size_t bytes)
{
	if (plim_out_flush(out) != 0)
		return NULL;
	if ((size_t)(out->end - out->start) < bytes) {
		char *larger = realloc(out->start, bytes + PLIM_OUT_BYTES);

		if (!larger) {
			out->error = ENOMEM;
			return NULL;
		}
		out->start = larger;
		out->at = larger;
		out->end = larger + bytes + PLIM_OUT_BYTES;
	}
	return out->at;
}

int plim_out_close(struct plim_out *out)
{
	plim_out_flush(out);
	free(out->start);
	out->start = NULL;
	out->at = NULL;
	out->end = NULL;
	return out->error ? -1 : 0;
}
