/* SPDX-License-Identifier: MIT */
/*
 * The TraceLogging API on the Plimsoll statement, for C11 and C++17: put include/plimsoll/compat on
 * the include path instead of the Windows SDK's and recompile; link with -lplimsoll. docs/migrate.md
 * tells what changes in the trace and what is not covered.
 *
 * Of every statement here:
 *   Stack, context and threads: as PLIM_LOG (tracelog.h).
 * At most 16 fields, 24 arguments with level, keyword and the like, which come in any order. Values
 * of structure types (GUID, FILETIME, SYSTEMTIME) are given as variables, as the API asks. wchar_t
 * is 32 bits or, with -fshort-wchar, 16.
 */
#ifndef PLIMSOLL_COMPAT_TRACELOGGINGPROVIDER_H
#define PLIMSOLL_COMPAT_TRACELOGGINGPROVIDER_H

#include <plimsoll/compat/trace_logging_apply.h>
#include <plimsoll/tracelog.h>

/* Code that has these types of its own defines PLIM_COMPAT_OWN_TYPES before the include. */
#ifndef PLIM_COMPAT_OWN_TYPES
typedef struct plim_guid {
	uint32_t Data1;
	uint16_t Data2;
	uint16_t Data3;
	uint8_t Data4[8];
} GUID;
typedef struct plim_filetime {
	uint32_t dwLowDateTime;
	uint32_t dwHighDateTime;
} FILETIME;
typedef struct plim_systemtime {
	uint16_t wYear, wMonth, wDayOfWeek, wDay, wHour, wMinute, wSecond, wMilliseconds;
} SYSTEMTIME;
#endif

/* winmeta.h's numbers. */
#ifndef WINEVENT_LEVEL_LOG_ALWAYS
#define WINEVENT_LEVEL_LOG_ALWAYS PLIM_ALWAYS
#define WINEVENT_LEVEL_CRITICAL   PLIM_CRITICAL
#define WINEVENT_LEVEL_ERROR      PLIM_ERROR
#define WINEVENT_LEVEL_WARNING    PLIM_WARNING
#define WINEVENT_LEVEL_INFO       PLIM_INFO
#define WINEVENT_LEVEL_VERBOSE    PLIM_VERBOSE
#endif
#ifndef WINEVENT_OPCODE_INFO
#define WINEVENT_OPCODE_INFO  0x0
#define WINEVENT_OPCODE_START 0x1
#define WINEVENT_OPCODE_STOP  0x2
#endif

/* ------------------------------------------------------------------------------- providers */

/** What `&storage` of TRACELOGGING_DEFINE_PROVIDER_STORAGE is. */
typedef struct plim_provider *TraceLoggingHProvider;

#define TRACELOGGING_DECLARE_PROVIDER(provider) PLIM_PROVIDER_DECLARE(provider)
/** `guid` is its 11 parts in parentheses; options, such as TraceLoggingOptionGroup, have no use. */
#define TRACELOGGING_DEFINE_PROVIDER(provider, name, guid, ...) \
	PLIM_TL_CALL_(PLIM_PROVIDER_DEFINE_GUID, (provider, name, PLIM_UNPAREN_ guid))
/** Statements name the storage variable as their provider. */
#define TRACELOGGING_DEFINE_PROVIDER_STORAGE(storage, name, guid, ...) \
	TRACELOGGING_DEFINE_PROVIDER(storage, name, guid);             \
	PLIM_EXTERN_C_ struct plim_provider storage                    \
		__attribute__((alias("plim_provider_" #storage)))

/**
 * Plimsoll's statements record whether their provider is registered or not, from the program's
 * first instruction to its last: registering has nothing to do. It may
 * be called never, twice, or while other threads log. Register returns S_OK.
 */
#define TraceLoggingRegister(provider) plim_tl_register(&plim_provider_##provider)
/** The callback is never called: what is enabled is asked with TraceLoggingProviderEnabled. */
#define TraceLoggingRegisterEx(provider, callback, context) \
	((void)(callback), (void)(context), TraceLoggingRegister(provider))
#define TraceLoggingUnregister(provider) ((void)plim_tl_register(&plim_provider_##provider))

static inline int32_t plim_tl_register(const struct plim_provider *provider)
{
	(void)provider;
	return 0;
}

/** Level and keyword are constants. */
#define TraceLoggingProviderEnabled(provider, level, keyword) PLIM_ENABLED(provider, level, keyword)
#define TraceLoggingProviderName(provider)                    ((const char *)plim_provider_##provider.name)
#define TraceLoggingProviderId(provider)                      plim_tl_guid(&plim_provider_##provider)

static inline GUID plim_tl_guid(const struct plim_provider *provider)
{
	GUID guid;

	__builtin_memcpy(&guid, provider->guid, sizeof(guid));
	return guid;
}

/* ------------------------------------------------------------------------------ statements */

/** TraceLoggingWrite(provider, "Event", fields and options in any order) */
#define TraceLoggingWrite(provider, ...) \
	PLIM_TL_WRITE_(PLIM_COUNT(__VA_ARGS__), provider, __VA_ARGS__)
/** The same with fields ActivityId and RelatedActivityId: pointers to GUIDs, or NULL. */
#define TraceLoggingWriteActivity(provider, event, activity, related, ...)                       \
	TraceLoggingWrite(provider, event,                                                       \
			  (plim_field, PLIM_GUID("ActivityId", (const GUID *)(activity))),       \
			  (plim_field, PLIM_GUID("RelatedActivityId", (const GUID *)(related))), \
			  ##__VA_ARGS__)

#define PLIM_TL_WRITE_(count, provider, ...) \
	PLIM_TL_WRITE_2_(PLIM_CAT(PLIM_TL_EACH_, count), provider, __VA_ARGS__)
#define PLIM_TL_WRITE_2_(each, provider, event, ...)                                              \
	PLIM_TL_WRITE_3_(PLIM_TL_TYPE_(PLIM_TL_FIRST_(                                            \
				 ~PLIM_TL_CALL_(each, (PLIM_TL_OPCODE_OF_, __VA_ARGS__)), 0, ~)), \
			 provider,                                                                \
			 (PLIM_TL_FIRST_(~PLIM_TL_CALL_(each, (PLIM_TL_LEVEL_OF_, __VA_ARGS__)),  \
					 PLIM_VERBOSE, ~)),                                       \
			 (0ull PLIM_TL_CALL_(each, (PLIM_TL_KEYWORD_OF_, __VA_ARGS__))),          \
			 event PLIM_TL_CALL_(each, (PLIM_TL_FIELD_OF_, __VA_ARGS__)))
#define PLIM_TL_WRITE_3_(type, provider, level, keyword, ...) \
	PLIM_STATEMENT_(type, provider, level, keyword, __VA_ARGS__)
/* For the assembler, whose comparisons give 1 or -1. The opcode is a number or a macro of one. */
#define PLIM_TL_TYPE_(opcode) \
	7 * (((opcode) == 1) * ((opcode) == 1)) + 8 * (((opcode) == 2) * ((opcode) == 2))

#define TraceLoggingLevel(level)     (plim_level, level)
#define TraceLoggingKeyword(keyword) (plim_keyword, keyword)
/** START and STOP make spans that `plimsoll view --spans` pairs; the other opcodes are not kept. */
#define TraceLoggingOpcode(opcode) (plim_opcode, opcode)
/* Texts and numbers for decoders of other trace formats: not kept. */
#define TraceLoggingDescription(...)     (plim_ignored, ~)
#define TraceLoggingEventTag(...)        (plim_ignored, ~)
#define TraceLoggingChannel(...)         (plim_ignored, ~)
#define TraceLoggingCustomAttribute(...) (plim_ignored, ~)

/* ---------------------------------------------------------------------------------- fields */

/*
 * After its values a wrapper takes a name (a literal; else the first value's own text), a
 * description and a tag, which are not kept.
 */
#define PLIM_TL_NAME_(text, ...)         PLIM_TL_NAME_2_(text, ##__VA_ARGS__, text, ~)
#define PLIM_TL_NAME_2_(text, name, ...) name

/** A number, a character, a `char *` or `wchar_t *` string, another pointer: by the value's type. */
#ifdef __cplusplus
/* Structures of the API are fields of their own. */
/* clang-format off */
char (&plim_kind_of(const GUID &))[PLIM_K_GUID];
char (&plim_kind_of(const FILETIME &))[PLIM_K_FILETIME];
char (&plim_kind_of(const SYSTEMTIME &))[PLIM_K_SYSTEMTIME];
/* clang-format on */
static inline unsigned long long plim_bits_of(const GUID &value)
{
	return reinterpret_cast<uintptr_t>(&value);
}
static inline unsigned long long plim_bits_of(const FILETIME &value)
{
	return static_cast<uint64_t>(value.dwHighDateTime) << 32 | value.dwLowDateTime;
}
static inline unsigned long long plim_bits_of(const SYSTEMTIME &value)
{
	return reinterpret_cast<uintptr_t>(&value);
}
#endif
#define TraceLoggingValue(value, ...) \
	(plim_field, PLIM_VALUE(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))

/* Integers. Long is what it is here, 64 bits. */
#define TraceLoggingInt8(value, ...) \
	(plim_field, PLIM_I8(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingUInt8(value, ...) \
	(plim_field, PLIM_U8(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingInt16(value, ...) \
	(plim_field, PLIM_I16(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingUInt16(value, ...) \
	(plim_field, PLIM_U16(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingInt32(value, ...) \
	(plim_field, PLIM_I32(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingUInt32(value, ...) \
	(plim_field, PLIM_U32(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingInt64(value, ...) \
	(plim_field, PLIM_I64(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingUInt64(value, ...) \
	(plim_field, PLIM_U64(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingLong(value, ...) \
	(plim_field, PLIM_I64(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingULong(value, ...) \
	(plim_field, PLIM_U64(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingIntPtr(value, ...) \
	(plim_field, PLIM_I64(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingUIntPtr(value, ...) \
	(plim_field, PLIM_U64(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingHexInt8(value, ...) \
	(plim_field, PLIM_HEX8(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingHexUInt8(value, ...) \
	(plim_field, PLIM_HEX8(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingHexInt16(value, ...) \
	(plim_field, PLIM_HEX16(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingHexUInt16(value, ...) \
	(plim_field, PLIM_HEX16(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingHexInt32(value, ...) \
	(plim_field, PLIM_HEX32(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingHexUInt32(value, ...) \
	(plim_field, PLIM_HEX32(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingHexInt64(value, ...) \
	(plim_field, PLIM_HEX64(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingHexUInt64(value, ...) \
	(plim_field, PLIM_HEX64(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingHexLong(value, ...) \
	(plim_field, PLIM_HEX64(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingHexULong(value, ...) \
	(plim_field, PLIM_HEX64(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingHexIntPtr(value, ...) \
	(plim_field, PLIM_HEX64(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingHexUIntPtr(value, ...) \
	(plim_field, PLIM_HEX64(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))

/* Floating point, truth, characters, addresses. */
#define TraceLoggingFloat32(value, ...) \
	(plim_field, PLIM_F32(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingFloat64(value, ...) \
	(plim_field, PLIM_F64(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingBoolean(value, ...) \
	(plim_field, PLIM_BOOL(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingBool(value, ...) \
	(plim_field, PLIM_BOOL(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingChar(value, ...) \
	(plim_field, PLIM_CHAR(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingWChar(value, ...)                                              \
	(plim_field, PLIM_INTEGER_(PLIM_K_WCHAR, uint32_t, 4, "TraceLoggingWChar", \
				   PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingChar16(value, ...) \
	(plim_field, PLIM_CHAR16(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingChar32(value, ...) \
	(plim_field, PLIM_CHAR32(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingPointer(value, ...) \
	(plim_field, PLIM_PTR(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingCodePointer(value, ...) \
	(plim_field, PLIM_PTR(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))

/* Processes, network, codes with names, time. Addresses of IPv4 are integers in network order. */
#define TraceLoggingPid(value, ...) \
	(plim_field, PLIM_U32(PLIM_TL_NAME_(#value, ##__VA_ARGS__), (uint32_t)(value)))
#define TraceLoggingTid(value, ...) \
	(plim_field, PLIM_U32(PLIM_TL_NAME_(#value, ##__VA_ARGS__), (uint32_t)(value)))
#define TraceLoggingIPv4Address(value, ...) \
	(plim_field, PLIM_IPV4(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingIPv6Address(value, ...) \
	(plim_field, PLIM_IPV6(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingSocketAddress(value, bytes, ...) \
	(plim_field, PLIM_SOCKADDR(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value, bytes))
#define TraceLoggingPort(value, ...) \
	(plim_field, PLIM_PORT(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingWinError(value, ...) \
	(plim_field, PLIM_WIN32(PLIM_TL_NAME_(#value, ##__VA_ARGS__), (uint32_t)(value)))
#define TraceLoggingNTStatus(value, ...) \
	(plim_field, PLIM_NTSTATUS(PLIM_TL_NAME_(#value, ##__VA_ARGS__), (uint32_t)(value)))
#define TraceLoggingHResult(value, ...) \
	(plim_field, PLIM_HRESULT(PLIM_TL_NAME_(#value, ##__VA_ARGS__), (uint32_t)(value)))
#define TraceLoggingFileTime(value, ...)                     \
	(plim_field,                                         \
	 PLIM_FILETIME(PLIM_TL_NAME_(#value, ##__VA_ARGS__), \
		       (uint64_t)(value).dwHighDateTime << 32 | (value).dwLowDateTime))
#define TraceLoggingFileTimeUtc(value, ...)                  \
	(plim_field,                                         \
	 PLIM_FILETIME(PLIM_TL_NAME_(#value, ##__VA_ARGS__), \
		       (uint64_t)(value).dwHighDateTime << 32 | (value).dwLowDateTime))
#define TraceLoggingSystemTime(value, ...) \
	(plim_field, PLIM_SYSTEMTIME(PLIM_TL_NAME_(#value, ##__VA_ARGS__), &(value)))
#define TraceLoggingSystemTimeUtc(value, ...) \
	(plim_field, PLIM_SYSTEMTIME(PLIM_TL_NAME_(#value, ##__VA_ARGS__), &(value)))
#define TraceLoggingGuid(value, ...) \
	(plim_field, PLIM_GUID(PLIM_TL_NAME_(#value, ##__VA_ARGS__), &(value)))

/* Text, cut at 1,024 bytes. Lengths are in characters. */
#define TraceLoggingString(value, ...) \
	(plim_field, PLIM_STR(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingUtf8String(value, ...) \
	(plim_field, PLIM_STR(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingWideString(value, ...) \
	(plim_field, PLIM_WSTR(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingString16(value, ...) \
	(plim_field, PLIM_STR16(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingString32(value, ...) \
	(plim_field, PLIM_STR32(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value))
#define TraceLoggingCountedString(value, length, ...) \
	(plim_field, PLIM_STRN(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value, length))
#define TraceLoggingCountedUtf8String(value, length, ...) \
	(plim_field, PLIM_STRN(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value, length))
#define TraceLoggingCountedWideString(value, length, ...)                         \
	(plim_field, PLIM_COUNTED_(PLIM_K_WSTRN, "TraceLoggingCountedWideString", \
				   PLIM_TL_NAME_(#value, ##__VA_ARGS__), value,   \
				   (uint64_t)(length) * sizeof(wchar_t)))
#define TraceLoggingCountedString16(value, length, ...) \
	(plim_field, PLIM_STRN16(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value, (uint64_t)(length)*2))
#define TraceLoggingCountedString32(value, length, ...) \
	(plim_field, PLIM_STRN32(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value, (uint64_t)(length)*4))

/* Bytes; how a decoder of another format would print them (outtype) is not kept. */
#define TraceLoggingBinary(value, bytes, ...) \
	(plim_field, PLIM_BIN(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value, bytes))
#define TraceLoggingBinaryEx(value, bytes, outtype, ...) \
	(plim_field, PLIM_BIN(PLIM_TL_NAME_(#value, ##__VA_ARGS__), value, bytes))

/* Arrays: a fixed and a counted one each, `count` elements. */
#define TraceLoggingInt8FixedArray(values, count, ...)                                    \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_I8, values, \
				(uint64_t)(count)*1))
#define TraceLoggingInt8Array(values, count, ...)                                         \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_I8, values, \
				(uint64_t)(count)*1))
#define TraceLoggingUInt8FixedArray(values, count, ...)                                   \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_U8, values, \
				(uint64_t)(count)*1))
#define TraceLoggingUInt8Array(values, count, ...)                                        \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_U8, values, \
				(uint64_t)(count)*1))
#define TraceLoggingInt16FixedArray(values, count, ...)                                    \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_I16, values, \
				(uint64_t)(count)*2))
#define TraceLoggingInt16Array(values, count, ...)                                         \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_I16, values, \
				(uint64_t)(count)*2))
#define TraceLoggingUInt16FixedArray(values, count, ...)                                   \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_U16, values, \
				(uint64_t)(count)*2))
#define TraceLoggingUInt16Array(values, count, ...)                                        \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_U16, values, \
				(uint64_t)(count)*2))
#define TraceLoggingInt32FixedArray(values, count, ...)                                    \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_I32, values, \
				(uint64_t)(count)*4))
#define TraceLoggingInt32Array(values, count, ...)                                         \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_I32, values, \
				(uint64_t)(count)*4))
#define TraceLoggingUInt32FixedArray(values, count, ...)                                   \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_U32, values, \
				(uint64_t)(count)*4))
#define TraceLoggingUInt32Array(values, count, ...)                                        \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_U32, values, \
				(uint64_t)(count)*4))
#define TraceLoggingInt64FixedArray(values, count, ...)                                    \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_I64, values, \
				(uint64_t)(count)*8))
#define TraceLoggingInt64Array(values, count, ...)                                         \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_I64, values, \
				(uint64_t)(count)*8))
#define TraceLoggingUInt64FixedArray(values, count, ...)                                   \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_U64, values, \
				(uint64_t)(count)*8))
#define TraceLoggingUInt64Array(values, count, ...)                                        \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_U64, values, \
				(uint64_t)(count)*8))
#define TraceLoggingLongFixedArray(values, count, ...)                                     \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_I64, values, \
				(uint64_t)(count)*8))
#define TraceLoggingLongArray(values, count, ...)                                          \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_I64, values, \
				(uint64_t)(count)*8))
#define TraceLoggingULongFixedArray(values, count, ...)                                    \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_U64, values, \
				(uint64_t)(count)*8))
#define TraceLoggingULongArray(values, count, ...)                                         \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_U64, values, \
				(uint64_t)(count)*8))
#define TraceLoggingIntPtrFixedArray(values, count, ...)                                   \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_I64, values, \
				(uint64_t)(count)*8))
#define TraceLoggingIntPtrArray(values, count, ...)                                        \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_I64, values, \
				(uint64_t)(count)*8))
#define TraceLoggingUIntPtrFixedArray(values, count, ...)                                  \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_U64, values, \
				(uint64_t)(count)*8))
#define TraceLoggingUIntPtrArray(values, count, ...)                                       \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_U64, values, \
				(uint64_t)(count)*8))
#define TraceLoggingHexInt8FixedArray(values, count, ...)                                   \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_HEX8, values, \
				(uint64_t)(count)*1))
#define TraceLoggingHexInt8Array(values, count, ...)                                        \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_HEX8, values, \
				(uint64_t)(count)*1))
#define TraceLoggingHexUInt8FixedArray(values, count, ...)                                  \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_HEX8, values, \
				(uint64_t)(count)*1))
#define TraceLoggingHexUInt8Array(values, count, ...)                                       \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_HEX8, values, \
				(uint64_t)(count)*1))
#define TraceLoggingHexInt16FixedArray(values, count, ...)                                   \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_HEX16, values, \
				(uint64_t)(count)*2))
#define TraceLoggingHexInt16Array(values, count, ...)                                        \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_HEX16, values, \
				(uint64_t)(count)*2))
#define TraceLoggingHexUInt16FixedArray(values, count, ...)                                  \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_HEX16, values, \
				(uint64_t)(count)*2))
#define TraceLoggingHexUInt16Array(values, count, ...)                                       \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_HEX16, values, \
				(uint64_t)(count)*2))
#define TraceLoggingHexInt32FixedArray(values, count, ...)                                   \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_HEX32, values, \
				(uint64_t)(count)*4))
#define TraceLoggingHexInt32Array(values, count, ...)                                        \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_HEX32, values, \
				(uint64_t)(count)*4))
#define TraceLoggingHexUInt32FixedArray(values, count, ...)                                  \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_HEX32, values, \
				(uint64_t)(count)*4))
#define TraceLoggingHexUInt32Array(values, count, ...)                                       \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_HEX32, values, \
				(uint64_t)(count)*4))
#define TraceLoggingHexInt64FixedArray(values, count, ...)                                   \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_HEX64, values, \
				(uint64_t)(count)*8))
#define TraceLoggingHexInt64Array(values, count, ...)                                        \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_HEX64, values, \
				(uint64_t)(count)*8))
#define TraceLoggingHexUInt64FixedArray(values, count, ...)                                  \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_HEX64, values, \
				(uint64_t)(count)*8))
#define TraceLoggingHexUInt64Array(values, count, ...)                                       \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_HEX64, values, \
				(uint64_t)(count)*8))
#define TraceLoggingHexLongFixedArray(values, count, ...)                                    \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_HEX64, values, \
				(uint64_t)(count)*8))
#define TraceLoggingHexLongArray(values, count, ...)                                         \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_HEX64, values, \
				(uint64_t)(count)*8))
#define TraceLoggingHexULongFixedArray(values, count, ...)                                   \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_HEX64, values, \
				(uint64_t)(count)*8))
#define TraceLoggingHexULongArray(values, count, ...)                                        \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_HEX64, values, \
				(uint64_t)(count)*8))
#define TraceLoggingHexIntPtrFixedArray(values, count, ...)                                  \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_HEX64, values, \
				(uint64_t)(count)*8))
#define TraceLoggingHexIntPtrArray(values, count, ...)                                       \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_HEX64, values, \
				(uint64_t)(count)*8))
#define TraceLoggingHexUIntPtrFixedArray(values, count, ...)                                 \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_HEX64, values, \
				(uint64_t)(count)*8))
#define TraceLoggingHexUIntPtrArray(values, count, ...)                                      \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_HEX64, values, \
				(uint64_t)(count)*8))
#define TraceLoggingFloat32FixedArray(values, count, ...)                                  \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_F32, values, \
				(uint64_t)(count)*4))
#define TraceLoggingFloat32Array(values, count, ...)                                       \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_F32, values, \
				(uint64_t)(count)*4))
#define TraceLoggingFloat64FixedArray(values, count, ...)                                  \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_F64, values, \
				(uint64_t)(count)*8))
#define TraceLoggingFloat64Array(values, count, ...)                                       \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_F64, values, \
				(uint64_t)(count)*8))
#define TraceLoggingBooleanFixedArray(values, count, ...)                                  \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_I32, values, \
				(uint64_t)(count)*4))
#define TraceLoggingBooleanArray(values, count, ...)                                       \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_I32, values, \
				(uint64_t)(count)*4))
#define TraceLoggingBoolFixedArray(values, count, ...)                                      \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_BOOL, values, \
				(uint64_t)(count)*1))
#define TraceLoggingBoolArray(values, count, ...)                                           \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_BOOL, values, \
				(uint64_t)(count)*1))
#define TraceLoggingCharFixedArray(values, count, ...)                                      \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_CHAR, values, \
				(uint64_t)(count)*1))
#define TraceLoggingCharArray(values, count, ...)                                           \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_CHAR, values, \
				(uint64_t)(count)*1))
#define TraceLoggingWCharFixedArray(values, count, ...)                                      \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_WCHAR, values, \
				(uint64_t)(count) * sizeof(wchar_t)))
#define TraceLoggingWCharArray(values, count, ...)                                           \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_WCHAR, values, \
				(uint64_t)(count) * sizeof(wchar_t)))
#define TraceLoggingChar16FixedArray(values, count, ...)                                      \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_CHAR16, values, \
				(uint64_t)(count)*2))
#define TraceLoggingChar16Array(values, count, ...)                                           \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_CHAR16, values, \
				(uint64_t)(count)*2))
#define TraceLoggingChar32FixedArray(values, count, ...)                                      \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_CHAR32, values, \
				(uint64_t)(count)*4))
#define TraceLoggingChar32Array(values, count, ...)                                           \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_CHAR32, values, \
				(uint64_t)(count)*4))
#define TraceLoggingPointerFixedArray(values, count, ...)                                  \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_PTR, values, \
				(uint64_t)(count)*8))
#define TraceLoggingPointerArray(values, count, ...)                                       \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_PTR, values, \
				(uint64_t)(count)*8))
#define TraceLoggingCodePointerFixedArray(values, count, ...)                              \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_PTR, values, \
				(uint64_t)(count)*8))
#define TraceLoggingCodePointerArray(values, count, ...)                                   \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_PTR, values, \
				(uint64_t)(count)*8))
#define TraceLoggingFileTimeFixedArray(values, count, ...)                                      \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_FILETIME, values, \
				(uint64_t)(count)*8))
#define TraceLoggingFileTimeArray(values, count, ...)                                           \
	(plim_field, PLIM_ARRAY(PLIM_TL_NAME_(#values, ##__VA_ARGS__), PLIM_K_FILETIME, values, \
				(uint64_t)(count)*8))

/** The next `count` fields, a number, are its members; of a structure in it, count its members too. */
#define TraceLoggingStruct(count, name, ...) (plim_field, PLIM_STRUCT(name, count))

#endif
