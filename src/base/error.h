/* SPDX-License-Identifier: MIT */
/*
 * How a library of this tree says what went wrong. A library never prints: it fills one of these
 * and returns -1 (or NULL), and the command that called it prints the line and exits.
 */
#ifndef PLIM_BASE_ERROR_H
#define PLIM_BASE_ERROR_H

#define PLIM_ERROR_TEXT_BYTES 512

/** One line for a person: what could not be done, why, and what to try. */
struct plim_error {
	char text[PLIM_ERROR_TEXT_BYTES];
};

/**
 * Writes the line, cut to what fits; control characters that came from a file become '?'.
 * Returns -1, so that `return plim_error_set(err, ...)` reads as one thought. `err` may be NULL.
 */
int plim_error_set(struct plim_error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
