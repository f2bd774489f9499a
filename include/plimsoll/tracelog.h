/* SPDX-License-Identifier: MIT */
/*
 * Plimsoll: log statements that cost their caller no stack.
 *
 *	#include <plimsoll/tracelog.h>
 *
 *	PLIM_PROVIDER_DEFINE(net_ext, "NetExt");   // one .c file; PLIM_PROVIDER_DECLARE in a header
 *
 *	PLIM_LOG(net_ext, PLIM_WARNING, NET_CONNECT, "connect_denied",
 *		 PLIM_U64("cookie", cookie), PLIM_IPV4("daddr", addr), PLIM_STR("comm", comm));
 *
 * A statement is recorded when a session is open (PLIMSOLL_TRACE=FILE in the environment, or
 * <plimsoll/session.h>) and its filter lets the statement through. Otherwise it is one compare and
 * a branch, and its arguments are not evaluated. Link with -lplimsoll.
 *
 * Of every statement here:
 *   Stack: none in the caller; none below it for up to five words; else at most 96 bytes, beyond
 *	the 128 of the red zone.
 *   Context: any: signal handlers, fibers, alternate stacks, before main, after exit, after fork.
 *   Threads: any.
 * A word is what one machine register holds: a field has one, a counted field two.
 *
 * Event and field names are string literals. Provider names, keywords and levels are constants.
 */
#ifndef PLIMSOLL_TRACELOG_H
#define PLIMSOLL_TRACELOG_H

#include <plimsoll/apply.h>
#include <plimsoll/module.h>
#include <plimsoll/site.h>
#include <plimsoll/stage.h>

#if !defined(__GNUC__) || !defined(__ELF__)
#error "plimsoll: statements are written for GCC and clang and ELF"
#elif defined(__x86_64__) && defined(__SSE2__) && !defined(PLIM_GENERIC)
#include <plimsoll/statement_x86_64.h>
#else
#define PLIM_BY_CALLS_ /* other CPUs, and x86-64 without vector registers */
#include <plimsoll/statement_generic.h>
#endif

#ifdef __cplusplus
#include <type_traits>
#define PLIM_EXTERN_C_           extern "C"
#define PLIM_STATIC_ASSERT_      static_assert
#define PLIM_IS_CONSTANT_(value) __builtin_constant_p(value)
#else
#define PLIM_EXTERN_C_           extern
#define PLIM_STATIC_ASSERT_      _Static_assert
/* The choice makes an integer constant expression of it, as a static assertion needs. */
#define PLIM_IS_CONSTANT_(value) __builtin_choose_expr(__builtin_constant_p(value), 1, 0)
#endif

/* ------------------------------------------------------------------------------- providers */

/** Makes a provider that another file defines known here. At file scope. */
#define PLIM_PROVIDER_DECLARE(provider) PLIM_EXTERN_C_ struct plim_provider plim_provider_##provider

/**
 * Defines a provider; `name` is what filters and viewers call it. At file scope, in one file of
 * the program: other modules that declare it share it.
 */
#define PLIM_PROVIDER_DEFINE(provider, name) \
	PLIM_PROVIDER_DEFINE_GUID(provider, name, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)

/** The same with the provider's GUID, as its 11 parts: 32 bits, 16, 16, and eight bytes. */
#define PLIM_PROVIDER_DEFINE_GUID(provider, name, d1, d2, d3, b0, b1, b2, b3, b4, b5, b6, b7)    \
	PLIM_PROVIDER_DECLARE(provider);                                                         \
	__attribute__((used,                                                                     \
		       visibility("default"))) struct plim_provider plim_provider_##provider = { \
		"" name "",                                                                      \
		{(uint8_t)(d1), (uint8_t)((d1) >> 8), (uint8_t)((d1) >> 16),                     \
		 (uint8_t)((d1) >> 24), (uint8_t)(d2), (uint8_t)((d2) >> 8), (uint8_t)(d3),      \
		 (uint8_t)((d3) >> 8), b0, b1, b2, b3, b4, b5, b6, b7}}

/* ---------------------------------------------------------------------------------- fields */

/*
 * A field macro expands to (kind, name, (words), check, tag, table):
 *   kind	its PLIM_K_ number, for the assembler
 *   words	one or two (constraint, expression, V for a value or T for a pointer to text)
 *   check	a static assertion that names the mistake
 *   tag	PLAIN, TABLE (table is the value table of a PLIM_ENUM), AUTO (table is the kind, as
 *		a constant expression) or VALUE (the same, words is one expression, and whether
 *		it is text is known by the kind alone: any_value.h)
 */
#define PLIM_WORD_(value)    ("r", (unsigned long long)(value), V)
#define PLIM_FLOAT_(value)   ("x", value, V)
#define PLIM_POINTER_(value) ("r", (unsigned long long)(uintptr_t)(const volatile void *)(value), T)
#define PLIM_NUMBER_OF_(value) \
	("r", (unsigned long long)(uintptr_t)(const volatile void *)(value), V)

/*
 * GCC's and clang's type classes (gcc/typeclass.h): 1 to 4 integral, 5 pointer, 8 real. In C++ g++
 * has the built-in for constant expressions alone, so there the type is asked.
 */
#ifdef __cplusplus
/* Never defined: the size of what it would return is the class. */
template <typename T>
char (&plim_class_of(T))[std::is_floating_point<T>::value                              ? 8
			 : std::is_pointer<T>::value || std::is_null_pointer<T>::value ? 5
			 : std::is_integral<T>::value || std::is_enum<T>::value        ? 1
										       : 9];
#define PLIM_CLASS_(value) sizeof(plim_class_of(value))
#else
#define PLIM_CLASS_(value) __builtin_classify_type((value))
#endif

#define PLIM_CHECK_INTEGER_(field, bytes, value)                                  \
	PLIM_STATIC_ASSERT_(PLIM_CLASS_(value) >= 1 && PLIM_CLASS_(value) <= 4,   \
			    field " wants an integer");                           \
	PLIM_STATIC_ASSERT_(sizeof((value) + 0) <= ((bytes) < 4 ? 4 : (bytes)) || \
				    PLIM_IS_CONSTANT_(value),                     \
			    field ": the value is wider than the field")
#define PLIM_CHECK_REAL_(field, value) \
	PLIM_STATIC_ASSERT_(PLIM_CLASS_(value) == 8, field " wants a floating-point value")
#define PLIM_CHECK_POINTER_(field, value) \
	PLIM_STATIC_ASSERT_(PLIM_CLASS_(value) == 5, field " wants a pointer")

#define PLIM_INTEGER_(kind, type, bytes, field, name, value) \
	(kind, name, (PLIM_WORD_((type)(value))), PLIM_CHECK_INTEGER_(field, bytes, value), PLAIN, )

#define PLIM_I8(name, value)    PLIM_INTEGER_(PLIM_K_I8, int8_t, 1, "PLIM_I8", name, value)
#define PLIM_I16(name, value)   PLIM_INTEGER_(PLIM_K_I16, int16_t, 2, "PLIM_I16", name, value)
#define PLIM_I32(name, value)   PLIM_INTEGER_(PLIM_K_I32, int32_t, 4, "PLIM_I32", name, value)
#define PLIM_I64(name, value)   PLIM_INTEGER_(PLIM_K_I64, int64_t, 8, "PLIM_I64", name, value)
#define PLIM_U8(name, value)    PLIM_INTEGER_(PLIM_K_U8, uint8_t, 1, "PLIM_U8", name, value)
#define PLIM_U16(name, value)   PLIM_INTEGER_(PLIM_K_U16, uint16_t, 2, "PLIM_U16", name, value)
#define PLIM_U32(name, value)   PLIM_INTEGER_(PLIM_K_U32, uint32_t, 4, "PLIM_U32", name, value)
#define PLIM_U64(name, value)   PLIM_INTEGER_(PLIM_K_U64, uint64_t, 8, "PLIM_U64", name, value)
#define PLIM_HEX8(name, value)  PLIM_INTEGER_(PLIM_K_HEX8, uint8_t, 1, "PLIM_HEX8", name, value)
#define PLIM_HEX16(name, value) PLIM_INTEGER_(PLIM_K_HEX16, uint16_t, 2, "PLIM_HEX16", name, value)
#define PLIM_HEX32(name, value) PLIM_INTEGER_(PLIM_K_HEX32, uint32_t, 4, "PLIM_HEX32", name, value)
#define PLIM_HEX64(name, value) PLIM_INTEGER_(PLIM_K_HEX64, uint64_t, 8, "PLIM_HEX64", name, value)
/** True or false; any integer is taken, not 0 is true. */
#define PLIM_BOOL(name, value)                                                                   \
	(PLIM_K_BOOL, name, (PLIM_WORD_(!!(value))), PLIM_CHECK_INTEGER_("PLIM_BOOL", 8, value), \
	 PLAIN, )
#define PLIM_CHAR(name, value) PLIM_INTEGER_(PLIM_K_CHAR, uint8_t, 1, "PLIM_CHAR", name, value)
#define PLIM_CHAR16(name, value) \
	PLIM_INTEGER_(PLIM_K_CHAR16, uint16_t, 2, "PLIM_CHAR16", name, value)
#define PLIM_CHAR32(name, value) \
	PLIM_INTEGER_(PLIM_K_CHAR32, uint32_t, 4, "PLIM_CHAR32", name, value)
#define PLIM_F32(name, value)                                                                  \
	(PLIM_K_F32, name, (PLIM_FLOAT_((float)(value))), PLIM_CHECK_REAL_("PLIM_F32", value), \
	 PLAIN, )
#define PLIM_F64(name, value)                                                                   \
	(PLIM_K_F64, name, (PLIM_FLOAT_((double)(value))), PLIM_CHECK_REAL_("PLIM_F64", value), \
	 PLAIN, )

#define PLIM_ADDRESS_(kind, field, name, value) \
	(kind, name, (PLIM_POINTER_(value)), PLIM_CHECK_POINTER_(field, value), PLAIN, )
#define PLIM_COUNTED_(kind, field, name, value, bytes)                                             \
	(kind, name, (PLIM_POINTER_(value), PLIM_WORD_(bytes)), PLIM_CHECK_POINTER_(field, value); \
	 PLIM_CHECK_INTEGER_(field "'s length", 8, bytes), PLAIN, )

#ifdef __cplusplus
#define PLIM_TEXT_OF_(type, field, value)           PLIM_POINTER_(static_cast<const type *>(value))
#define PLIM_CHECK_TEXT_(type, other, field, value) PLIM_CHECK_POINTER_(field, value)
#else
#define PLIM_TEXT_OF_(type, field, value) PLIM_POINTER_(value)
#define PLIM_CHECK_TEXT_(type, other, field, value)                                      \
	PLIM_STATIC_ASSERT_(_Generic((value), type * : 1, const type * : 1, other * : 1, \
				     const other * : 1, void * : 1, default : 0),        \
			    field " wants a pointer to " #type)
#endif

/** The address itself, as a number. */
#define PLIM_PTR(name, value)                                                                \
	(PLIM_K_PTR, name, (PLIM_NUMBER_OF_(value)), PLIM_CHECK_POINTER_("PLIM_PTR", value), \
	 PLAIN, )
/** A string of UTF-8 that ends with a NUL; NULL is recorded as such. Cut at 1,024 bytes. */
#define PLIM_STR(name, value)                                        \
	(PLIM_K_STR, name, (PLIM_TEXT_OF_(char, "PLIM_STR", value)), \
	 PLIM_CHECK_TEXT_(char, unsigned char, "PLIM_STR", value), PLAIN, )
/** A string of UTF-16 that ends with a NUL: char16_t, uint16_t or Windows' wchar_t. */
#define PLIM_STR16(name, value)                                                                \
	(PLIM_K_STR16, name, (PLIM_POINTER_(value)), PLIM_CHECK_POINTER_("PLIM_STR16", value); \
	 PLIM_STATIC_ASSERT_(sizeof(*(value)) == 2, "PLIM_STR16 wants 16-bit units"), PLAIN, )
/** A string of UTF-32 that ends with a NUL: char32_t or Linux's wchar_t. */
#define PLIM_STR32(name, value)                                                                \
	(PLIM_K_STR32, name, (PLIM_POINTER_(value)), PLIM_CHECK_POINTER_("PLIM_STR32", value); \
	 PLIM_STATIC_ASSERT_(sizeof(*(value)) == 4, "PLIM_STR32 wants 32-bit units"), PLAIN, )
/** `bytes` bytes of UTF-8. */
#define PLIM_STRN(name, value, bytes) PLIM_COUNTED_(PLIM_K_STRN, "PLIM_STRN", name, value, bytes)
/** `bytes` bytes (not units) of UTF-16, of UTF-32. */
#define PLIM_STRN16(name, value, bytes) \
	PLIM_COUNTED_(PLIM_K_STRN16, "PLIM_STRN16", name, value, bytes)
#define PLIM_STRN32(name, value, bytes) \
	PLIM_COUNTED_(PLIM_K_STRN32, "PLIM_STRN32", name, value, bytes)
/** `bytes` bytes of anything. Cut at 1,024. */
#define PLIM_BIN(name, value, bytes) PLIM_COUNTED_(PLIM_K_BIN, "PLIM_BIN", name, value, bytes)
/** 16 bytes of a GUID as Windows lays it out. */
#define PLIM_GUID(name, value) PLIM_ADDRESS_(PLIM_K_GUID, "PLIM_GUID", name, value)
/** An IPv4 address, in network order, as an integer. */
#define PLIM_IPV4(name, value) PLIM_INTEGER_(PLIM_K_IPV4, uint32_t, 4, "PLIM_IPV4", name, value)
/** 16 bytes of an IPv6 address. */
#define PLIM_IPV6(name, value) PLIM_ADDRESS_(PLIM_K_IPV6, "PLIM_IPV6", name, value)
/** A port, in network order. */
#define PLIM_PORT(name, value) PLIM_INTEGER_(PLIM_K_PORT, uint16_t, 2, "PLIM_PORT", name, value)
/** `bytes` bytes of a struct sockaddr. */
#define PLIM_SOCKADDR(name, value, bytes) \
	PLIM_COUNTED_(PLIM_K_SOCKADDR, "PLIM_SOCKADDR", name, value, bytes)
/** 6 bytes of a hardware address. */
#define PLIM_MAC(name, value) PLIM_ADDRESS_(PLIM_K_MAC, "PLIM_MAC", name, value)
/** An errno value, positive or negative. */
#define PLIM_ERRNO(name, value) PLIM_INTEGER_(PLIM_K_ERRNO, int32_t, 4, "PLIM_ERRNO", name, value)
#define PLIM_NTSTATUS(name, value) \
	PLIM_INTEGER_(PLIM_K_NTSTATUS, uint32_t, 4, "PLIM_NTSTATUS", name, value)
#define PLIM_WIN32(name, value) PLIM_INTEGER_(PLIM_K_WIN32, uint32_t, 4, "PLIM_WIN32", name, value)
#define PLIM_HRESULT(name, value) \
	PLIM_INTEGER_(PLIM_K_HRESULT, uint32_t, 4, "PLIM_HRESULT", name, value)
/** Nanoseconds since 1970-01-01 UTC. */
#define PLIM_TIME_NS(name, value) \
	PLIM_INTEGER_(PLIM_K_TIME_NS, uint64_t, 8, "PLIM_TIME_NS", name, value)
/** 100 ns steps since 1601-01-01 UTC; 16 bytes of a Windows SYSTEMTIME. */
#define PLIM_FILETIME(name, value) \
	PLIM_INTEGER_(PLIM_K_FILETIME, uint64_t, 8, "PLIM_FILETIME", name, value)
#define PLIM_SYSTEMTIME(name, value) \
	PLIM_ADDRESS_(PLIM_K_SYSTEMTIME, "PLIM_SYSTEMTIME", name, value)
/** A value with names: `table` is a static const array of struct plim_enum_entry of this file. */
#define PLIM_ENUM(name, value, table)                       \
	(PLIM_K_ENUM, name, (PLIM_WORD_((int64_t)(value))), \
	 PLIM_CHECK_INTEGER_("PLIM_ENUM", 8, value), TABLE, table)
/** `bytes` bytes of an array; `kind` is the PLIM_K_ name of its elements. */
#define PLIM_ARRAY(name, kind, value, bytes)                          \
	(128 + kind, name, (PLIM_POINTER_(value), PLIM_WORD_(bytes)), \
	 PLIM_CHECK_POINTER_("PLIM_ARRAY", value);                    \
	 PLIM_CHECK_INTEGER_("PLIM_ARRAY's length", 8, bytes), PLAIN, )
/** The next `count` fields (a constant) are the members of a structure. */
#define PLIM_STRUCT(name, count)                                              \
	(PLIM_K_STRUCT, name, (PLIM_WORD_(count)),                            \
	 PLIM_STATIC_ASSERT_((count) > 0 && (count) < PLIM_MAX_FIELDS,        \
			     "PLIM_STRUCT wants a constant count of fields"), \
	 PLAIN, )

/* A scalar of whatever type: signed, unsigned, floating point or pointer. */
#define PLIM_KIND_OF_TYPE_(type)                              \
	(__builtin_classify_type((type)0) == 5   ? PLIM_K_PTR \
	 : __builtin_classify_type((type)0) == 8 ? PLIM_K_F64 \
	 : ((type)-1 < (type)1)                  ? PLIM_K_I64 \
						 : PLIM_K_U64)

/* ------------------------------------------------------------------------- putting together */

#define PLIM_F_KIND_(i, c, field) PLIM_CALL_FIELD_(PLIM_F_KIND_2_, (i, PLIM_UNPAREN_ field))
#define PLIM_F_KIND_2_(i, ...)    PLIM_F_KIND_3_(i, __VA_ARGS__)
#define PLIM_F_KIND_3_(i, kind, name, words, check, tag, table) \
	PLIM_CAT(PLIM_KIND_TEXT_, tag)(i, kind)
#define PLIM_KIND_TEXT_PLAIN(i, kind)                            ".byte " PLIM_TEXT(kind) "\n\t"
#define PLIM_KIND_TEXT_TABLE(i, kind)                            ".byte " PLIM_TEXT(kind) "\n\t"
#define PLIM_KIND_TEXT_AUTO(i, kind)                             ".byte %c[plim_kind_" #i "]\n\t"
#define PLIM_KIND_TEXT_VALUE(i, kind)                            ".byte %c[plim_kind_" #i "]\n\t"

#define PLIM_F_TABLE_(i, c, field)                               PLIM_CALL_FIELD_(PLIM_F_TABLE_2_, (i, PLIM_UNPAREN_ field))
#define PLIM_F_TABLE_2_(i, ...)                                  PLIM_F_TABLE_3_(i, __VA_ARGS__)
#define PLIM_F_TABLE_3_(i, kind, name, words, check, tag, table) PLIM_CAT(PLIM_TABLE_TEXT_, tag)(i)
#define PLIM_TABLE_TEXT_PLAIN(i)
#define PLIM_TABLE_TEXT_TABLE(i) ".long %c[plim_table_" #i "]-.\n\t"
#define PLIM_TABLE_TEXT_AUTO(i)
#define PLIM_TABLE_TEXT_VALUE(i)

#define PLIM_F_OPERAND_(i, c, field) PLIM_CALL_FIELD_(PLIM_F_OPERAND_2_, (i, PLIM_UNPAREN_ field))
#define PLIM_F_OPERAND_2_(i, ...)    PLIM_F_OPERAND_3_(i, __VA_ARGS__)
#define PLIM_F_OPERAND_3_(i, kind, name, words, check, tag, table) \
	PLIM_CAT(PLIM_OPERAND_, tag)(i, table)
#define PLIM_OPERAND_PLAIN(i, table)
#define PLIM_OPERAND_TABLE(i, table)                         , [plim_table_##i] PLIM_SYMBOLIC_(table)
#define PLIM_OPERAND_AUTO(i, table)                          , [plim_kind_##i] "i"(table)
#define PLIM_OPERAND_VALUE(i, table)                         , [plim_kind_##i] "i"((int)plim_field_kind_##i)

#define PLIM_F_NAME_(i, c, field)                            PLIM_CALL_FIELD_(PLIM_F_NAME_2_, (PLIM_UNPAREN_ field))
#define PLIM_F_NAME_2_(...)                                  PLIM_F_NAME_3_(__VA_ARGS__)
#define PLIM_F_NAME_3_(kind, name, words, check, tag, table) "\0" name

#define PLIM_F_TEXT_(i, c, field)                            PLIM_CALL_FIELD_(PLIM_F_TEXT_2_, (i, PLIM_UNPAREN_ field))
#define PLIM_F_TEXT_2_(i, ...)                               PLIM_F_TEXT_3_(i, __VA_ARGS__)
#define PLIM_F_TEXT_3_(i, kind, name, words, check, tag, table) \
	+PLIM_TEXT_WEIGHT_(PLIM_CAT(PLIM_KIND_VALUE_, tag)(i, kind, table))

#define PLIM_F_SLOT_(i, c, field) PLIM_CALL_FIELD_(PLIM_F_SLOT_2_, (i, PLIM_UNPAREN_ field))
#define PLIM_F_SLOT_2_(i, ...)    PLIM_F_SLOT_3_(i, __VA_ARGS__)
#define PLIM_F_SLOT_3_(i, kind, name, words, check, tag, table) \
	, PLIM_SLOT_AND_WEIGHT_(PLIM_CAT(PLIM_KIND_VALUE_, tag)(i, kind, table))
#define PLIM_KIND_VALUE_PLAIN(i, kind, table) kind
#define PLIM_KIND_VALUE_TABLE(i, kind, table) kind
#define PLIM_KIND_VALUE_AUTO(i, kind, table)  (table)
#define PLIM_KIND_VALUE_VALUE(i, kind, table) ((int)plim_field_kind_##i)

#define PLIM_F_CHECK_(i, c, field)            PLIM_CALL_FIELD_(PLIM_F_CHECK_2_, (i, PLIM_UNPAREN_ field))
#define PLIM_F_CHECK_2_(i, ...)               PLIM_F_CHECK_3_(i, __VA_ARGS__)
#define PLIM_F_CHECK_3_(i, kind, name, words, check, tag, table) \
	PLIM_CAT(PLIM_CHECK_OF_, tag)(i, check, table);
#define PLIM_CHECK_OF_PLAIN(i, check, table) check
#define PLIM_CHECK_OF_TABLE(i, check, table) check
#define PLIM_CHECK_OF_AUTO(i, check, table)  check
/* The kind is named once: it is asked for often, and the question is long. */
#define PLIM_CHECK_OF_VALUE(i, check, table) enum { plim_field_kind_##i = (table) }

#define PLIM_F_WORDS_(i, c, field)           PLIM_CALL_FIELD_(PLIM_F_WORDS_2_, (i, PLIM_UNPAREN_ field))
#define PLIM_F_WORDS_2_(i, ...)              PLIM_F_WORDS_3_(i, __VA_ARGS__)
#define PLIM_F_WORDS_3_(i, kind, name, words, check, tag, table) \
	, PLIM_CAT(PLIM_WORDS_OF_, tag)(i, words)
#define PLIM_WORDS_OF_PLAIN(i, words)          PLIM_UNPAREN_ words
#define PLIM_WORDS_OF_TABLE(i, words)          PLIM_UNPAREN_ words
#define PLIM_WORDS_OF_AUTO(i, words)           PLIM_UNPAREN_ words
#define PLIM_WORDS_OF_VALUE(i, words)          ("r", PLIM_UNPAREN_ words, plim_auto_##i)

#define PLIM_WORD_VALUE_(word)                 PLIM_WORD_VALUE_2_ word
#define PLIM_WORD_VALUE_2_(c, value, tag)      value
#define PLIM_WORD_CONSTRAINT_(word)            PLIM_WORD_CONSTRAINT_2_ word
#define PLIM_WORD_CONSTRAINT_2_(c, value, tag) c
#define PLIM_WORD_TAG_(word)                   PLIM_WORD_TAG_2_ word
#define PLIM_WORD_TAG_2_(c, value, tag)        tag

/* type, provider, level, keyword, event, fields: any statement that is recorded. */
#define PLIM_STATEMENT_(type, provider, level, keyword, ...)                                    \
	PLIM_STATEMENT_2_(__COUNTER__, type, provider, level, keyword, PLIM_COUNT(__VA_ARGS__), \
			  __VA_ARGS__)
#define PLIM_STATEMENT_2_(id, type, provider, level, keyword, count, ...) \
	PLIM_STATEMENT_3_(id, type, provider, level, keyword, count, __VA_ARGS__)
/* PLIM_COUNT does not count the first argument, the event's name: `count` is that of the fields. */
#define PLIM_STATEMENT_3_(id, type, provider, level, keyword, count, event, ...) \
	PLIM_STATEMENT_4_(id, type, provider, level, keyword, event, count, (__VA_ARGS__))

#define PLIM_EACH_(count, macro, fields) PLIM_EACH_2_(PLIM_CAT(PLIM_APPLY_, count), macro, fields)
#define PLIM_EACH_2_(apply, macro, fields) \
	PLIM_CALL_APPLY_(apply, (macro, (), PLIM_UNPAREN_ fields))

#define PLIM_STATEMENT_4_(id, type, provider, level, keyword, event, count, fields)    \
	PLIM_STATEMENT_5_(id, type, provider, level, keyword, count,                   \
			  event "\0" __FILE__ PLIM_EACH_(count, PLIM_F_NAME_, fields), \
			  (0 PLIM_EACH_(count, PLIM_F_TEXT_, fields)),                 \
			  (~PLIM_EACH_(count, PLIM_F_SLOT_, fields)),                  \
			  PLIM_EACH_(count, PLIM_F_CHECK_, fields),                    \
			  PLIM_EACH_(count, PLIM_F_KIND_, fields),                     \
			  PLIM_EACH_(count, PLIM_F_TABLE_, fields),                    \
			  (PLIM_EACH_(count, PLIM_F_OPERAND_, fields)),                \
			  (~PLIM_EACH_(count, PLIM_F_WORDS_, fields)))

#define PLIM_STATEMENT_5_(id, type, provider, level, keyword, count, strings, has_text, slots,   \
			  checks, kinds, tables, operands, words)                                \
	PLIM_STATEMENT_6_(id, provider, level, keyword, count, strings, has_text, slots, checks, \
			  PLIM_EMIT_SITE_(id, type, provider, count, kinds, tables),             \
			  (PLIM_SITE_OPERANDS_(level, keyword, strings) PLIM_UNPAREN_ operands), \
			  words)

#define PLIM_STATEMENT_6_(id, provider, level, keyword, count, strings, has_text, slots, checks,  \
			  site_text, site_operands, words)                                        \
	do {                                                                                      \
		PLIM_STATIC_ASSERT_(PLIM_CAT(PLIM_FIELD_LIMIT_, count),                           \
				    "a statement has at most 16 fields");                         \
		PLIM_STATIC_ASSERT_(PLIM_IS_CONSTANT_(keyword), "the keyword is not a constant"); \
		PLIM_STATIC_ASSERT_((level) >= 0 && (level) <= 5, "levels are 0 to 5");           \
		(void)sizeof(plim_provider_##provider);                                           \
		checks PLIM_IF_ENABLED_(id, site_text, PLIM_UNPAREN_ site_operands,               \
					PLIM_RECORD_(id, strings, has_text, slots, site_text,     \
						     site_operands, PLIM_COUNT_WORDS_ words,      \
						     words))                                      \
	} while (0)

#define PLIM_COUNT_WORDS_(...) PLIM_COUNT(__VA_ARGS__)

#define PLIM_RECORD_(id, strings, has_text, slots, site_text, site_operands, count, words)      \
	PLIM_RECORD_2_(PLIM_CAT(PLIM_HOW_, PLIM_CAT(PLIM_FITS_, count)), id, strings, has_text, \
		       slots, site_text, site_operands, count, words)
#define PLIM_RECORD_2_(how, id, strings, has_text, slots, site_text, site_operands, count, words) \
	how(id, strings, has_text, slots, site_text, site_operands, count, words)

#define PLIM_HOW_STAGED PLIM_STAGED_
#if defined(__OPTIMIZE__) && !defined(PLIM_BY_CALLS_)
#define PLIM_HOW_AT_ONCE PLIM_AT_ONCE_
#else
#define PLIM_HOW_AT_ONCE PLIM_STAGED_
#endif

#define PLIM_AT_ONCE_(id, strings, has_text, slots, site_text, site_operands, count, words) \
	PLIM_AT_ONCE_2_(id, has_text, slots, site_text, site_operands, count, PLIM_UNPAREN_ words)
#define PLIM_AT_ONCE_2_(id, has_text, slots, site_text, site_operands, count, ...) \
	PLIM_AT_ONCE_3_(id, has_text, slots, site_text, site_operands, count, __VA_ARGS__)
#define PLIM_AT_ONCE_3_(id, has_text, slots, site_text, site_operands, count, none, ...)         \
	PLIM_RECORD_AT_ONCE_(id, count, has_text, slots, site_text, PLIM_UNPAREN_ site_operands, \
			     __VA_ARGS__)

#define PLIM_STAGED_(id, strings, has_text, slots, site_text, site_operands, count, words) \
	PLIM_STAGED_2_(id, strings, site_text, site_operands, count, PLIM_UNPAREN_ words)
#define PLIM_STAGED_2_(id, strings, site_text, site_operands, count, ...) \
	PLIM_STAGED_3_(id, strings, site_text, site_operands, count, __VA_ARGS__)

#ifdef __cplusplus
static inline uint64_t plim_word_bits(unsigned long long value)
{
	return value;
}
static inline uint64_t plim_word_bits(double value)
{
	return __builtin_bit_cast(uint64_t, value);
}
static inline uint64_t plim_word_bits(float value)
{
	return __builtin_bit_cast(uint32_t, value);
}
#endif

#ifdef PLIM_BY_CALLS_
/* statement_generic.h has it. */
#elif defined(__cplusplus)
/* One expression, so that temporaries behind strings live until the record is made. */
#define PLIM_STAGED_3_(id, strings, site_text, site_operands, count, none, ...)            \
	const struct plim_site *plim_site_##id =                                           \
		PLIM_SITE_ADDRESS_(id, site_text, PLIM_UNPAREN_ site_operands);            \
	PLIM_STAGE_BEGIN_(id, site_text, PLIM_UNPAREN_ site_operands)                      \
	(PLIM_CALL_WORDS_(PLIM_CAT(PLIM_WORDS_, count),                                    \
			  (PLIM_STAGE_CALL_, plim_site_##id, __VA_ARGS__)) __extension__({ \
		PLIM_STAGE_COMMIT_(id, strings)                                            \
		(void)plim_site_##id;                                                      \
	}));
#define PLIM_STAGE_CALL_(site, word) plim_stage_put(site, plim_word_bits(PLIM_WORD_VALUE_(word))),
#else
#define PLIM_STAGED_3_(id, strings, site_text, site_operands, count, none, ...) \
	PLIM_STAGE_BEGIN_(id, site_text, PLIM_UNPAREN_ site_operands)           \
	PLIM_CALL_WORDS_(PLIM_CAT(PLIM_WORDS_, count),                          \
			 (PLIM_STAGE_WORD_, (id, strings), __VA_ARGS__))        \
	PLIM_STAGE_COMMIT_(id, strings)
#define PLIM_STAGE_WORD_(context, word)                                                      \
	PLIM_CALL_PUT_(PLIM_STAGE_PUT_, (PLIM_UNPAREN_ context, PLIM_WORD_CONSTRAINT_(word), \
					 PLIM_WORD_VALUE_(word)))
#endif

/* ------------------------------------------------------------------------------ statements */

/**
 * PLIM_LOG(provider, level, keyword, "event", fields...): records the event with up to 16 fields.
 * The fields are evaluated once each, in order, and only if the statement is enabled.
 */
#define PLIM_LOG(provider, level, keyword, ...) \
	PLIM_STATEMENT_(PLIM_SITE_EVENT, provider, level, keyword, __VA_ARGS__)

/** The keyword of the four statements below; define it before the include to have another. */
#ifndef PLIM_FUNCTION_KEYWORD
#define PLIM_FUNCTION_KEYWORD 0
#endif

/** This function was entered; is left. Events `enter` and `exit`, level verbose. */
#define PLIM_ENTER(provider) \
	PLIM_STATEMENT_(PLIM_SITE_ENTER, provider, PLIM_VERBOSE, PLIM_FUNCTION_KEYWORD, "enter")
#define PLIM_EXIT(provider) \
	PLIM_STATEMENT_(PLIM_SITE_EXIT, provider, PLIM_VERBOSE, PLIM_FUNCTION_KEYWORD, "exit")

/** Returns `expr`, which is evaluated once, and records event `return` with its value. */
#define PLIM_RETURN(provider, type, expr)                                                        \
	do {                                                                                     \
		type plim_value = (expr);                                                        \
		PLIM_STATEMENT_(PLIM_SITE_RETURN, provider, PLIM_VERBOSE, PLIM_FUNCTION_KEYWORD, \
				"return", PLIM_SCALAR_("value", type, plim_value));              \
		return plim_value;                                                               \
	} while (0)
#define PLIM_SCALAR_(name, type, value) \
	(PLIM_K_U64, name, (PLIM_WORD_((value))), (void)0, AUTO, PLIM_KIND_OF_TYPE_(type))

/**
 * Records that `api` (a literal: the event's name) failed, with its status as one field, at level
 * error, and goes to `label`.
 */
#define PLIM_FAIL_GOTO(provider, label, api, status_field)                                        \
	do {                                                                                      \
		PLIM_STATEMENT_(PLIM_SITE_FAIL, provider, PLIM_ERROR, PLIM_FUNCTION_KEYWORD, api, \
				status_field);                                                    \
		goto label;                                                                       \
	} while (0)

#include <plimsoll/any_value.h>

/** Whether an event of this provider, level and keyword would be recorded: is it worth preparing? */
#define PLIM_ENABLED(provider, level, keyword) \
	PLIM_ENABLED_2_(__COUNTER__, provider, level, keyword)
#define PLIM_ENABLED_2_(id, provider, level, keyword) PLIM_ENABLED_3_(id, provider, level, keyword)
#define PLIM_ENABLED_3_(id, provider, level, keyword)                                             \
	__extension__({                                                                           \
		int plim_is_enabled_##id = 0;                                                     \
		(void)sizeof(plim_provider_##provider);                                           \
		PLIM_IF_ENABLED_(id, PLIM_EMIT_SITE_(id, PLIM_SITE_ENABLED, provider, 0, "", ""), \
				 PLIM_SITE_OPERANDS_(level, keyword, "?\0" __FILE__),             \
				 plim_is_enabled_##id = 1;)                                       \
		plim_is_enabled_##id;                                                             \
	})

#endif
