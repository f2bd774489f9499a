/* SPDX-License-Identifier: MIT */
/*
 * How a statement puts its site into the object file, the same for every CPU with an ELF assembler.
 * Included by the statement headers; never by itself.
 */
#ifndef PLIMSOLL_STATEMENT_SITE_H
#define PLIMSOLL_STATEMENT_SITE_H

/* A line of assembly a line. */
/* clang-format off */

/* Names of the labels of this statement; %c prints an operand without punctuation. */
#define PLIM_LABEL_(id)       "%c[plim_strings]_" PLIM_TEXT(__LINE__) "_" PLIM_TEXT(id)
#define PLIM_SITE_LABEL_(id)  ".Lplim_site" PLIM_LABEL_(id)
#define PLIM_ENABLE_LABEL_(id) ".Lplim_enable" PLIM_LABEL_(id)

/* The site, unless this object file has it already. `kinds` is a string: ".byte 1,2,..." or "". */
#define PLIM_EMIT_SITE_(id, type, provider, field_count, kinds, tables)                            \
	".ifndef " PLIM_SITE_LABEL_(id) "\n\t"                                                     \
	".pushsection plim_sites,\"aw\",@progbits\n\t"                                             \
	".balign 16\n"                                                                             \
	PLIM_SITE_LABEL_(id) ":\n\t"                                                               \
	".quad 0,0,0,plim_provider_" #provider "\n\t"                                              \
	".long " PLIM_ENABLE_LABEL_(id) "-.\n\t"                                                   \
	".long %c[plim_strings]-.\n\t"                                                             \
	".long %c[plim_function]-.\n\t"                                                            \
	".long " PLIM_TEXT(__LINE__) ",%c[plim_keyword_low],%c[plim_keyword_high]\n\t"             \
	".byte %c[plim_level]," PLIM_TEXT(field_count) "," PLIM_TEXT(type) ",1,0,0,0,0\n\t"        \
	kinds                                                                                      \
	".balign 4\n\t"                                                                            \
	tables                                                                                     \
	".balign 16\n\t"                                                                           \
	".popsection\n\t"                                                                          \
	".pushsection plim_enable,\"aw\",@nobits\n\t"                                              \
	".subsection 0\n"                                                                          \
	PLIM_ENABLE_LABEL_(id) ":\n\t"                                                             \
	".skip 1\n\t"                                                                              \
	".subsection 1\n\t"                                                                        \
	".balign 4096\n\t"                                                                         \
	".popsection\n\t"                                                                          \
	".endif\n\t"

/* The constraint for the address of an object of this file, also where code is position independent. */
#ifdef __aarch64__
#define PLIM_SYMBOLIC_ "S"
#else
#define PLIM_SYMBOLIC_ "i"
#endif

/* The operands that PLIM_EMIT_SITE_ names. One literal holds all strings of the site. */
#define PLIM_SITE_OPERANDS_(level, keyword, strings)                                               \
	[plim_strings] PLIM_SYMBOLIC_(strings), [plim_function] PLIM_SYMBOLIC_(__builtin_FUNCTION()),                    \
	[plim_level] "i"((int)(level)),                                                            \
	[plim_keyword_low] "i"((int)(unsigned)((keyword) & 0xffffffffu)),                          \
	[plim_keyword_high] "i"((int)(unsigned)((unsigned long long)(keyword) >> 32))

/* clang-format on */

#endif
