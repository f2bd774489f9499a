/* SPDX-License-Identifier: MIT */
/*
 * The statement by plain calls, for CPUs without a path in assembly and for code that is compiled
 * without vector registers (-mgeneral-regs-only). Included by tracelog.h; never by itself.
 *
 * The caller keeps the site's address in a register or a slot while it hands over the words; the
 * calls are those of <plimsoll/stage.h>, which says what stack they use.
 */
#ifndef PLIMSOLL_STATEMENT_GENERIC_H
#define PLIMSOLL_STATEMENT_GENERIC_H

#include <plimsoll/statement_site.h>

/* The address of a label of this object file: all that differs between CPUs. */
#if defined(__x86_64__)
#define PLIM_ADDRESS_OF_(label) "leaq " label "(%%rip), %0"
#elif defined(__aarch64__)
#define PLIM_ADDRESS_OF_(label) "adrp %0, " label "\n\tadd %0, %0, :lo12:" label
#else
#error "plimsoll: how is an address taken on this CPU? Add it here, and a clock in port_generic.h"
#endif

/* The enable byte lies where the site says; another process may change it at any time. */
#define PLIM_IF_ENABLED_(id, site_text, site_operands, body)                     \
	{                                                                        \
		const struct plim_site *plim_site_##id;                          \
		__asm__(site_text PLIM_ADDRESS_OF_(PLIM_SITE_LABEL_(id))         \
			: "=r"(plim_site_##id)                                   \
			: site_operands);                                        \
		if (__builtin_expect(plim_site_is_enabled(plim_site_##id), 0)) { \
			body                                                     \
		}                                                                \
	}

static inline int plim_site_is_enabled(const struct plim_site *site)
{
	return *((const volatile uint8_t *)&site->enable + site->enable);
}

#ifndef __cplusplus
static inline uint64_t plim_word_of_integer(unsigned long long value)
{
	return value;
}
static inline uint64_t plim_word_of_double(double value)
{
	union {
		double value;
		uint64_t bits;
	} both = {value};

	return both.bits;
}
static inline uint64_t plim_word_of_float(float value)
{
	union {
		float value;
		uint32_t bits;
	} both = {value};

	return both.bits;
}
#define plim_word_bits(word)                    \
	_Generic((word), float                  \
		 : plim_word_of_float, double   \
		 : plim_word_of_double, default \
		 : plim_word_of_integer)(word)
#endif

/* One expression, so that temporaries behind strings live until the record is made. */
#define PLIM_STAGED_3_(id, strings, site_text, site_operands, count, none, ...) \
	(plim_stage_begin(plim_site_##id),                                      \
	 PLIM_CALL_WORDS_(PLIM_CAT(PLIM_WORDS_, count),                         \
			  (PLIM_STAGE_CALL_, plim_site_##id, __VA_ARGS__))      \
		 plim_stage_commit(plim_site_##id));                            \
	__asm__ __volatile__(""); /* no tail call: all calls come from one stack pointer */
#define PLIM_STAGE_CALL_(site, word) plim_stage_put(site, plim_word_bits(PLIM_WORD_VALUE_(word))),

#endif
