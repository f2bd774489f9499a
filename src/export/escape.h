/* SPDX-License-Identifier: MIT */
/* Strings of any encoding, whole or not, as quoted UTF-8. */
#ifndef PLIM_EXPORT_ESCAPE_H
#define PLIM_EXPORT_ESCAPE_H

#include "export/value.h"

/** One code point; what is none is written as U+FFFD. */
char *plim_put_code_point(char *p, uint32_t code, enum plim_style style);

/** UTF-16 and UTF-32 in the writer's byte order; a last half unit is left out. */
char *plim_put_utf16(char *p, const uint8_t *text, uint32_t bytes, enum plim_style style);
char *plim_put_utf32(char *p, const uint8_t *text, uint32_t bytes, enum plim_style style);

#endif
