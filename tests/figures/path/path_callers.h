/* SPDX-License-Identifier: MIT */
#ifndef PLIM_TESTS_PATH_CALLERS_H
#define PLIM_TESTS_PATH_CALLERS_H

/* `p` leads to at least 2,048 bytes, a string of more than 1,024 among them. */
typedef void path_caller(void *p);

enum {
	PATH_NO_WORD,
	PATH_ONE_WORD,
	PATH_FIVE_WORDS,
	PATH_LONG_STRING,
	PATH_FIVE_WORDS_TEXT,
	PATH_SIX_WORDS,
	PATH_SIXTEEN_FIELDS,
	PATH_CALLERS,
};

extern path_caller *const path_callers_O0[];
extern path_caller *const path_callers_O2[];

#endif
