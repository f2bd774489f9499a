/* SPDX-License-Identifier: MIT */
/*
 * Fields whose kind is their value's type, and PLIM_PRINTF. Included by tracelog.h.
 */
#ifndef PLIMSOLL_ANY_VALUE_H
#define PLIMSOLL_ANY_VALUE_H

#include <plimsoll/site.h>

/* wchar_t is 32 bits on Linux, 16 on Windows and with -fshort-wchar. */
#if __SIZEOF_WCHAR_T__ == 2
#define PLIM_K_WSTR  PLIM_K_STR16
#define PLIM_K_WSTRN PLIM_K_STRN16
#define PLIM_K_WCHAR PLIM_K_CHAR16
#else
#define PLIM_K_WSTR  PLIM_K_STR32
#define PLIM_K_WSTRN PLIM_K_STRN32
#define PLIM_K_WCHAR PLIM_K_CHAR32
#endif

/* Calls only without optimisation: an union in the macro would be a slot of its caller's frame. */
static inline unsigned long long plim_bits_of_double(double value)
{
	unsigned long long bits;

	__builtin_memcpy(&bits, &value, sizeof(bits));
	return bits;
}

static inline unsigned long long plim_bits_of_float(float value)
{
	unsigned bits;

	__builtin_memcpy(&bits, &value, sizeof(bits));
	return bits;
}

#ifdef __cplusplus
#include <type_traits>

/* Never defined: the size of what the right one would return is the kind. */
char (&plim_kind_of(bool))[PLIM_K_BOOL];
char (&plim_kind_of(char))[PLIM_K_CHAR];
char (&plim_kind_of(signed char))[PLIM_K_I8];
char (&plim_kind_of(unsigned char))[PLIM_K_U8];
char (&plim_kind_of(short))[PLIM_K_I16];
char (&plim_kind_of(unsigned short))[PLIM_K_U16];
char (&plim_kind_of(int))[PLIM_K_I32];
char (&plim_kind_of(unsigned))[PLIM_K_U32];
char (&plim_kind_of(long))[PLIM_K_I64];
char (&plim_kind_of(unsigned long))[PLIM_K_U64];
char (&plim_kind_of(long long))[PLIM_K_I64];
char (&plim_kind_of(unsigned long long))[PLIM_K_U64];
char (&plim_kind_of(wchar_t))[PLIM_K_WCHAR];
char (&plim_kind_of(char16_t))[PLIM_K_CHAR16];
char (&plim_kind_of(char32_t))[PLIM_K_CHAR32];
char (&plim_kind_of(float))[PLIM_K_F32];
char (&plim_kind_of(double))[PLIM_K_F64];
char (&plim_kind_of(const char *))[PLIM_K_STR];
char (&plim_kind_of(const wchar_t *))[PLIM_K_WSTR];
char (&plim_kind_of(const char16_t *))[PLIM_K_STR16];
char (&plim_kind_of(const char32_t *))[PLIM_K_STR32];
char (&plim_kind_of(const volatile void *))[PLIM_K_PTR];
char (&plim_kind_of(std::nullptr_t))[PLIM_K_PTR];
#define PLIM_KIND_OF_(value) (sizeof(plim_kind_of(value)))

static inline unsigned long long plim_bits_of(double value)
{
	return plim_bits_of_double(value);
}
static inline unsigned long long plim_bits_of(float value)
{
	return plim_bits_of_float(value);
}
static inline unsigned long long plim_bits_of(const volatile void *value)
{
	return reinterpret_cast<uintptr_t>(value);
}
static inline unsigned long long plim_bits_of(std::nullptr_t)
{
	return 0;
}
template <typename T>
static inline typename std::enable_if<std::is_integral<T>::value || std::is_enum<T>::value,
				      unsigned long long>::type
plim_bits_of(T value)
{
	return static_cast<unsigned long long>(value);
}
#define PLIM_BITS_OF_(value) plim_bits_of(value)
#else
#define PLIM_KIND_OF_(value) \
	_Generic((value),                                                                          \
		_Bool: PLIM_K_BOOL,                                                                \
		char: PLIM_K_CHAR,                                                                 \
		signed char: PLIM_K_I8,                                                            \
		unsigned char: PLIM_K_U8,                                                          \
		short: PLIM_K_I16,                                                                 \
		unsigned short: PLIM_K_U16,                                                        \
		int: PLIM_K_I32,                                                                   \
		unsigned: PLIM_K_U32,                                                              \
		long: PLIM_K_I64,                                                                  \
		unsigned long: PLIM_K_U64,                                                         \
		long long: PLIM_K_I64,                                                             \
		unsigned long long: PLIM_K_U64,                                                    \
		float: PLIM_K_F32,                                                                 \
		double: PLIM_K_F64,                                                                \
		char *: PLIM_K_STR,                                                                \
		const char *: PLIM_K_STR,                                                          \
		__WCHAR_TYPE__ *: PLIM_K_WSTR,                                                     \
		const __WCHAR_TYPE__ *: PLIM_K_WSTR,                                               \
		default: PLIM_K_PTR)

#define PLIM_IF_REAL_(value) __builtin_choose_expr(PLIM_CLASS_(value) == 8, (value), 0.0)
#define PLIM_BITS_OF_(value)                                                           \
	__builtin_choose_expr(                                                         \
		PLIM_CLASS_(value) != 8, (unsigned long long)(value),                  \
		__builtin_choose_expr(sizeof(value) == sizeof(float),                  \
				      plim_bits_of_float((float)PLIM_IF_REAL_(value)), \
				      plim_bits_of_double((double)PLIM_IF_REAL_(value))))
#endif

/**
 * A field of any scalar type: an integer, a character, floating point, a `char *` or `wchar_t *`
 * (a string that ends with a NUL), any other pointer (its address).
 */
#define PLIM_VALUE(name, value) \
	(PLIM_K_U64, name, (PLIM_BITS_OF_(value)), , VALUE, PLIM_KIND_OF_(value))

/** A string of wchar_t that ends with a NUL. */
#define PLIM_WSTR(name, value)                                                                \
	(PLIM_K_STR16, name, (PLIM_POINTER_(value)), PLIM_CHECK_POINTER_("PLIM_WSTR", value); \
	 PLIM_STATIC_ASSERT_(sizeof(*(value)) == 2 || sizeof(*(value)) == 4,                  \
			     "PLIM_WSTR wants wchar_t"),                                      \
	 AUTO, (sizeof(*(value)) == 2 ? PLIM_K_STR16 : PLIM_K_STR32))

/* Declared for the check of the format, never called, never defined. */
PLIM_EXTERN_C_ int plim_printf_check(const char *format, ...) __attribute__((format(printf, 1, 2)));

/**
 * PLIM_PRINTF(provider, level, keyword, "format", arguments...): records the format and up to 12
 * raw arguments; the viewer makes the text. Each argument is a field with its own source text as
 * its name. The compiler checks the format. A `char *` is recorded as a string whatever its
 * conversion: cast it to `void *` for %p.
 */
#define PLIM_PRINTF(provider, level, keyword, ...) \
	PLIM_PRINTF_(PLIM_COUNT(__VA_ARGS__), provider, level, keyword, __VA_ARGS__)
#define PLIM_PRINTF_(count, provider, level, keyword, ...)                            \
	do {                                                                          \
		(void)sizeof(plim_printf_check(__VA_ARGS__));                         \
		PLIM_CAT(PLIM_PRINTF_, count)(provider, level, keyword, __VA_ARGS__); \
	} while (0)

/* clang-format off */
#define PLIM_PRINTF_ANY_(p, l, k, ...) PLIM_STATEMENT_(PLIM_SITE_PRINTF, p, l, k, __VA_ARGS__)
#define PLIM_PRINTF_0(p, l, k, f) PLIM_PRINTF_ANY_(p, l, k, f)
#define PLIM_PRINTF_1(p, l, k, f, a0) PLIM_PRINTF_ANY_(p, l, k, f, PLIM_VALUE(#a0, a0))
#define PLIM_PRINTF_2(p, l, k, f, a0, a1) PLIM_PRINTF_ANY_(p, l, k, f, PLIM_VALUE(#a0, a0), PLIM_VALUE(#a1, a1))
#define PLIM_PRINTF_3(p, l, k, f, a0, a1, a2) PLIM_PRINTF_ANY_(p, l, k, f, PLIM_VALUE(#a0, a0), PLIM_VALUE(#a1, a1), PLIM_VALUE(#a2, a2))
#define PLIM_PRINTF_4(p, l, k, f, a0, a1, a2, a3) PLIM_PRINTF_ANY_(p, l, k, f, PLIM_VALUE(#a0, a0), PLIM_VALUE(#a1, a1), PLIM_VALUE(#a2, a2), PLIM_VALUE(#a3, a3))
#define PLIM_PRINTF_5(p, l, k, f, a0, a1, a2, a3, a4) PLIM_PRINTF_ANY_(p, l, k, f, PLIM_VALUE(#a0, a0), PLIM_VALUE(#a1, a1), PLIM_VALUE(#a2, a2), PLIM_VALUE(#a3, a3), PLIM_VALUE(#a4, a4))
#define PLIM_PRINTF_6(p, l, k, f, a0, a1, a2, a3, a4, a5) PLIM_PRINTF_ANY_(p, l, k, f, PLIM_VALUE(#a0, a0), PLIM_VALUE(#a1, a1), PLIM_VALUE(#a2, a2), PLIM_VALUE(#a3, a3), PLIM_VALUE(#a4, a4), PLIM_VALUE(#a5, a5))
#define PLIM_PRINTF_7(p, l, k, f, a0, a1, a2, a3, a4, a5, a6) PLIM_PRINTF_ANY_(p, l, k, f, PLIM_VALUE(#a0, a0), PLIM_VALUE(#a1, a1), PLIM_VALUE(#a2, a2), PLIM_VALUE(#a3, a3), PLIM_VALUE(#a4, a4), PLIM_VALUE(#a5, a5), PLIM_VALUE(#a6, a6))
#define PLIM_PRINTF_8(p, l, k, f, a0, a1, a2, a3, a4, a5, a6, a7) PLIM_PRINTF_ANY_(p, l, k, f, PLIM_VALUE(#a0, a0), PLIM_VALUE(#a1, a1), PLIM_VALUE(#a2, a2), PLIM_VALUE(#a3, a3), PLIM_VALUE(#a4, a4), PLIM_VALUE(#a5, a5), PLIM_VALUE(#a6, a6), PLIM_VALUE(#a7, a7))
#define PLIM_PRINTF_9(p, l, k, f, a0, a1, a2, a3, a4, a5, a6, a7, a8) PLIM_PRINTF_ANY_(p, l, k, f, PLIM_VALUE(#a0, a0), PLIM_VALUE(#a1, a1), PLIM_VALUE(#a2, a2), PLIM_VALUE(#a3, a3), PLIM_VALUE(#a4, a4), PLIM_VALUE(#a5, a5), PLIM_VALUE(#a6, a6), PLIM_VALUE(#a7, a7), PLIM_VALUE(#a8, a8))
#define PLIM_PRINTF_10(p, l, k, f, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9) PLIM_PRINTF_ANY_(p, l, k, f, PLIM_VALUE(#a0, a0), PLIM_VALUE(#a1, a1), PLIM_VALUE(#a2, a2), PLIM_VALUE(#a3, a3), PLIM_VALUE(#a4, a4), PLIM_VALUE(#a5, a5), PLIM_VALUE(#a6, a6), PLIM_VALUE(#a7, a7), PLIM_VALUE(#a8, a8), PLIM_VALUE(#a9, a9))
#define PLIM_PRINTF_11(p, l, k, f, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10) PLIM_PRINTF_ANY_(p, l, k, f, PLIM_VALUE(#a0, a0), PLIM_VALUE(#a1, a1), PLIM_VALUE(#a2, a2), PLIM_VALUE(#a3, a3), PLIM_VALUE(#a4, a4), PLIM_VALUE(#a5, a5), PLIM_VALUE(#a6, a6), PLIM_VALUE(#a7, a7), PLIM_VALUE(#a8, a8), PLIM_VALUE(#a9, a9), PLIM_VALUE(#a10, a10))
#define PLIM_PRINTF_12(p, l, k, f, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11) PLIM_PRINTF_ANY_(p, l, k, f, PLIM_VALUE(#a0, a0), PLIM_VALUE(#a1, a1), PLIM_VALUE(#a2, a2), PLIM_VALUE(#a3, a3), PLIM_VALUE(#a4, a4), PLIM_VALUE(#a5, a5), PLIM_VALUE(#a6, a6), PLIM_VALUE(#a7, a7), PLIM_VALUE(#a8, a8), PLIM_VALUE(#a9, a9), PLIM_VALUE(#a10, a10), PLIM_VALUE(#a11, a11))
/* clang-format on */

#endif
