/* SPDX-License-Identifier: MIT */
/* One copy of every text, so that equal texts are equal pointers. */
#ifndef PLIM_IMAGE_INTERN_H
#define PLIM_IMAGE_INTERN_H

#include <stdbool.h>

struct plim_strings;

struct plim_strings *plim_strings_new(void);
void plim_strings_free(struct plim_strings *strings);

/** The one copy of a text, or NULL without memory. */
const char *plim_strings_intern(struct plim_strings *strings, const char *text);

/** Notes a number (> 0) on an interned text; false if that very number was already there. */
bool plim_strings_mark(const char *interned, unsigned number);

#endif
