/* SPDX-License-Identifier: MIT */
/*
 * Every wrapper of the TraceLogging API at least twice, with values at their limits, NULL and empty
 * ones; the trace is compared with compat_trace_logging.expected. C11 and C++17.
 */
#include <float.h>
#include <stdbool.h>
#include <wchar.h>

#include <plimsoll/compat/TraceLoggingProvider.h>

TRACELOGGING_DECLARE_PROVIDER(g_provider);
TRACELOGGING_DEFINE_PROVIDER(g_provider, "Contoso.Tests",
			     (0x3970f9cf, 0x2c0c, 0x4f11, 0xb1, 0xcc, 0xe3, 0xa1, 0xe9, 0x95, 0x88,
			      0x33),
			     TraceLoggingOptionGroup(1, 2, 3));
TRACELOGGING_DEFINE_PROVIDER_STORAGE(g_storage, "Contoso.Storage",
				     (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));

static GUID activity = {1, 2, 3, {4, 5, 6, 7, 8, 9, 10, 11}};
static GUID related = {0xffffffff, 0xffff, 0xffff, {255, 255, 255, 255, 255, 255, 255, 255}};
static FILETIME epoch = {0xd53e8000, 0x019db1de}; /* 1970-01-01 */
static FILETIME first = {0, 0};
static SYSTEMTIME day = {2024, 2, 4, 29, 23, 59, 58, 999};
static uint8_t bytes[16] = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
static uint8_t inet[16] = {2, 0, 0x1f, 0x90, 127, 0, 0, 1};
static const uint16_t utf16[] = {'u', 0x20ac, 0};
static const uint32_t utf32[] = {'U', 0x1f600, 0};

static void callback(void)
{
}

static void integers(void)
{
	TraceLoggingWrite(g_provider, "Int8", TraceLoggingInt8(INT8_MIN, "value"));
	TraceLoggingWrite(g_provider, "Int8", TraceLoggingInt8(INT8_MAX, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "UInt8", TraceLoggingUInt8(0, "value"));
	TraceLoggingWrite(g_provider, "UInt8",
			  TraceLoggingUInt8(UINT8_MAX, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "HexInt8", TraceLoggingHexInt8(-1, "value"));
	TraceLoggingWrite(g_provider, "HexInt8",
			  TraceLoggingHexInt8(INT8_MAX, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "HexUInt8", TraceLoggingHexUInt8(0, "value"));
	TraceLoggingWrite(g_provider, "HexUInt8",
			  TraceLoggingHexUInt8(UINT8_MAX, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "Int16", TraceLoggingInt16(INT16_MIN, "value"));
	TraceLoggingWrite(g_provider, "Int16",
			  TraceLoggingInt16(INT16_MAX, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "UInt16", TraceLoggingUInt16(0, "value"));
	TraceLoggingWrite(g_provider, "UInt16",
			  TraceLoggingUInt16(UINT16_MAX, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "HexInt16", TraceLoggingHexInt16(-1, "value"));
	TraceLoggingWrite(g_provider, "HexInt16",
			  TraceLoggingHexInt16(INT16_MAX, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "HexUInt16", TraceLoggingHexUInt16(0, "value"));
	TraceLoggingWrite(g_provider, "HexUInt16",
			  TraceLoggingHexUInt16(UINT16_MAX, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "Int32", TraceLoggingInt32(INT32_MIN, "value"));
	TraceLoggingWrite(g_provider, "Int32",
			  TraceLoggingInt32(INT32_MAX, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "UInt32", TraceLoggingUInt32(0, "value"));
	TraceLoggingWrite(g_provider, "UInt32",
			  TraceLoggingUInt32(UINT32_MAX, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "HexInt32", TraceLoggingHexInt32(-1, "value"));
	TraceLoggingWrite(g_provider, "HexInt32",
			  TraceLoggingHexInt32(INT32_MAX, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "HexUInt32", TraceLoggingHexUInt32(0, "value"));
	TraceLoggingWrite(g_provider, "HexUInt32",
			  TraceLoggingHexUInt32(UINT32_MAX, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "Int64", TraceLoggingInt64(INT64_MIN, "value"));
	TraceLoggingWrite(g_provider, "Int64",
			  TraceLoggingInt64(INT64_MAX, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "UInt64", TraceLoggingUInt64(0, "value"));
	TraceLoggingWrite(g_provider, "UInt64",
			  TraceLoggingUInt64(UINT64_MAX, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "HexInt64", TraceLoggingHexInt64(-1, "value"));
	TraceLoggingWrite(g_provider, "HexInt64",
			  TraceLoggingHexInt64(INT64_MAX, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "HexUInt64", TraceLoggingHexUInt64(0, "value"));
	TraceLoggingWrite(g_provider, "HexUInt64",
			  TraceLoggingHexUInt64(UINT64_MAX, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
}

static void scalars(void)
{
	TraceLoggingWrite(g_provider, "Long", TraceLoggingLong(INT64_MIN, "value"));
	TraceLoggingWrite(g_provider, "Long", TraceLoggingLong(-1l, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "IntPtr", TraceLoggingIntPtr(INT64_MIN, "value"));
	TraceLoggingWrite(g_provider, "IntPtr", TraceLoggingIntPtr(-1l, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "ULong", TraceLoggingULong(UINT64_MAX, "value"));
	TraceLoggingWrite(g_provider, "ULong", TraceLoggingULong(0ul, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "UIntPtr", TraceLoggingUIntPtr(UINT64_MAX, "value"));
	TraceLoggingWrite(g_provider, "UIntPtr", TraceLoggingUIntPtr(0ul, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "HexLong", TraceLoggingHexLong(0, "value"));
	TraceLoggingWrite(g_provider, "HexLong",
			  TraceLoggingHexLong(INT64_MAX, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "HexIntPtr", TraceLoggingHexIntPtr(0, "value"));
	TraceLoggingWrite(g_provider, "HexIntPtr",
			  TraceLoggingHexIntPtr(INT64_MAX, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "HexULong", TraceLoggingHexULong(0, "value"));
	TraceLoggingWrite(g_provider, "HexULong",
			  TraceLoggingHexULong(INT64_MAX, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "HexUIntPtr", TraceLoggingHexUIntPtr(0, "value"));
	TraceLoggingWrite(g_provider, "HexUIntPtr",
			  TraceLoggingHexUIntPtr(INT64_MAX, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "Float32", TraceLoggingFloat32(FLT_MAX, "value"));
	TraceLoggingWrite(g_provider, "Float32",
			  TraceLoggingFloat32(-0.5f, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "Float64", TraceLoggingFloat64(DBL_MIN, "value"));
	TraceLoggingWrite(g_provider, "Float64",
			  TraceLoggingFloat64(-1e300, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "Boolean", TraceLoggingBoolean(256, "value"));
	TraceLoggingWrite(g_provider, "Boolean", TraceLoggingBoolean(0, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "Bool", TraceLoggingBool(1, "value"));
	TraceLoggingWrite(g_provider, "Bool", TraceLoggingBool(0, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "Char", TraceLoggingChar('x', "value"));
	TraceLoggingWrite(g_provider, "Char", TraceLoggingChar('\n', "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "WChar", TraceLoggingWChar(L'w', "value"));
	TraceLoggingWrite(g_provider, "WChar",
			  TraceLoggingWChar(L'\u20ac', "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "Char16", TraceLoggingChar16(0x20ac, "value"));
	TraceLoggingWrite(g_provider, "Char16", TraceLoggingChar16('a', "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "Char32", TraceLoggingChar32(0x1f600, "value"));
	TraceLoggingWrite(g_provider, "Char32", TraceLoggingChar32('a', "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "Pointer", TraceLoggingPointer((void *)NULL, "value"));
	TraceLoggingWrite(
		g_provider, "Pointer",
		TraceLoggingPointer((void *)(uintptr_t)UINT64_MAX, "value", "a description"),
		TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "CodePointer",
			  TraceLoggingCodePointer((void *)(uintptr_t)0x401000, "value"));
	TraceLoggingWrite(g_provider, "CodePointer",
			  TraceLoggingCodePointer((void *)NULL, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
}

static void system_values(void)
{
	TraceLoggingWrite(g_provider, "Pid", TraceLoggingPid(0, "value"));
	TraceLoggingWrite(g_provider, "Pid", TraceLoggingPid(4194304, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "Tid", TraceLoggingTid(1, "value"));
	TraceLoggingWrite(g_provider, "Tid", TraceLoggingTid(UINT32_MAX, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "IPv4Address", TraceLoggingIPv4Address(0x0100007fu, "value"));
	TraceLoggingWrite(g_provider, "IPv4Address",
			  TraceLoggingIPv4Address(UINT32_MAX, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "IPv6Address", TraceLoggingIPv6Address(bytes, "value"));
	TraceLoggingWrite(g_provider, "IPv6Address",
			  TraceLoggingIPv6Address((const uint8_t *)NULL, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "SocketAddress",
			  TraceLoggingSocketAddress(inet, sizeof(inet), "value"));
	TraceLoggingWrite(g_provider, "SocketAddress",
			  TraceLoggingSocketAddress(inet, 0, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "Port", TraceLoggingPort(0x901f, "value"));
	TraceLoggingWrite(g_provider, "Port", TraceLoggingPort(0, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "WinError", TraceLoggingWinError(0, "value"));
	TraceLoggingWrite(g_provider, "WinError", TraceLoggingWinError(5, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "NTStatus", TraceLoggingNTStatus(0, "value"));
	TraceLoggingWrite(g_provider, "NTStatus",
			  TraceLoggingNTStatus(0xc0000005u, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "HResult", TraceLoggingHResult(0, "value"));
	TraceLoggingWrite(g_provider, "HResult",
			  TraceLoggingHResult(0x80004005u, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "FileTime", TraceLoggingFileTime(epoch, "value"));
	TraceLoggingWrite(g_provider, "FileTime",
			  TraceLoggingFileTime(first, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "FileTimeUtc", TraceLoggingFileTimeUtc(epoch, "value"));
	TraceLoggingWrite(g_provider, "FileTimeUtc",
			  TraceLoggingFileTimeUtc(first, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "SystemTime", TraceLoggingSystemTime(day, "value"));
	TraceLoggingWrite(g_provider, "SystemTime",
			  TraceLoggingSystemTime(day, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "SystemTimeUtc", TraceLoggingSystemTimeUtc(day, "value"));
	TraceLoggingWrite(g_provider, "SystemTimeUtc",
			  TraceLoggingSystemTimeUtc(day, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "Guid", TraceLoggingGuid(activity, "value"));
	TraceLoggingWrite(g_provider, "Guid", TraceLoggingGuid(related, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
}

static void texts(void)
{
	const char *none = NULL;
	const wchar_t *none_wide = NULL;

	TraceLoggingWrite(g_provider, "String", TraceLoggingString("text \xc3\xa4", "value"));
	TraceLoggingWrite(g_provider, "String", TraceLoggingString(none, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "String", TraceLoggingString("", "empty"));
	TraceLoggingWrite(g_provider, "Utf8String",
			  TraceLoggingUtf8String("text \xc3\xa4", "value"));
	TraceLoggingWrite(g_provider, "Utf8String",
			  TraceLoggingUtf8String(none, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "Utf8String", TraceLoggingUtf8String("", "empty"));
	TraceLoggingWrite(g_provider, "WideString",
			  TraceLoggingWideString(L"wide \u20ac", "value"));
	TraceLoggingWrite(g_provider, "WideString",
			  TraceLoggingWideString(none_wide, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "WideString", TraceLoggingWideString(L"", "empty"));
	TraceLoggingWrite(g_provider, "String16", TraceLoggingString16(utf16, "value"));
	TraceLoggingWrite(g_provider, "String16",
			  TraceLoggingString16(utf16 + 2, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "String32", TraceLoggingString32(utf32, "value"));
	TraceLoggingWrite(g_provider, "String32",
			  TraceLoggingString32(utf32 + 2, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "CountedString",
			  TraceLoggingCountedString("counted", 5, "value"));
	TraceLoggingWrite(g_provider, "CountedString",
			  TraceLoggingCountedString(none, 5, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "CountedString",
			  TraceLoggingCountedString("counted", 0, "empty"));
	TraceLoggingWrite(g_provider, "CountedUtf8String",
			  TraceLoggingCountedUtf8String("counted", 5, "value"));
	TraceLoggingWrite(g_provider, "CountedUtf8String",
			  TraceLoggingCountedUtf8String(none, 5, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "CountedUtf8String",
			  TraceLoggingCountedUtf8String("counted", 0, "empty"));
	TraceLoggingWrite(g_provider, "CountedWideString",
			  TraceLoggingCountedWideString(L"counted", 5, "value"));
	TraceLoggingWrite(g_provider, "CountedWideString",
			  TraceLoggingCountedWideString(none_wide, 5, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "CountedWideString",
			  TraceLoggingCountedWideString(L"counted", 0, "empty"));
	TraceLoggingWrite(g_provider, "CountedString16",
			  TraceLoggingCountedString16(utf16, 2, "value"));
	TraceLoggingWrite(g_provider, "CountedString16",
			  TraceLoggingCountedString16(utf16, 0, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "CountedString32",
			  TraceLoggingCountedString32(utf32, 2, "value"));
	TraceLoggingWrite(g_provider, "CountedString32",
			  TraceLoggingCountedString32(utf32, 0, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "Binary", TraceLoggingBinary(bytes, sizeof(bytes), "value"));
	TraceLoggingWrite(g_provider, "Binary",
			  TraceLoggingBinary(none, 9, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
	TraceLoggingWrite(g_provider, "BinaryEx", TraceLoggingBinaryEx(bytes, 4, 0, "value"));
	TraceLoggingWrite(g_provider, "BinaryEx",
			  TraceLoggingBinaryEx(bytes, 0, 1, "value", "a description"),
			  TraceLoggingLevel(WINEVENT_LEVEL_INFO));
}

static void integer_arrays(void)
{
	const int8_t i8[] = {INT8_MIN, 0, INT8_MAX};
	const uint8_t u8[] = {0, 1, UINT8_MAX};
	const int16_t i16[] = {INT16_MIN, 0, INT16_MAX};
	const uint16_t u16[] = {0, 1, UINT16_MAX};
	const int32_t i32[] = {INT32_MIN, 0, INT32_MAX};
	const uint32_t u32[] = {0, 1, UINT32_MAX};
	const int64_t i64[] = {INT64_MIN, 0, INT64_MAX};
	const uint64_t u64[] = {0, 1, UINT64_MAX};

	TraceLoggingWrite(g_provider, "Int8Array", TraceLoggingInt8FixedArray(i8, 3, "fixed"));
	TraceLoggingWrite(g_provider, "Int8Array", TraceLoggingInt8Array(i8, 3 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "UInt8Array", TraceLoggingUInt8FixedArray(u8, 3, "fixed"));
	TraceLoggingWrite(g_provider, "UInt8Array", TraceLoggingUInt8Array(u8, 3 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "HexInt8Array",
			  TraceLoggingHexInt8FixedArray(i8, 3, "fixed"));
	TraceLoggingWrite(g_provider, "HexInt8Array",
			  TraceLoggingHexInt8Array(i8, 3 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "HexUInt8Array",
			  TraceLoggingHexUInt8FixedArray(u8, 3, "fixed"));
	TraceLoggingWrite(g_provider, "HexUInt8Array",
			  TraceLoggingHexUInt8Array(u8, 3 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "Int16Array", TraceLoggingInt16FixedArray(i16, 3, "fixed"));
	TraceLoggingWrite(g_provider, "Int16Array", TraceLoggingInt16Array(i16, 3 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "UInt16Array", TraceLoggingUInt16FixedArray(u16, 3, "fixed"));
	TraceLoggingWrite(g_provider, "UInt16Array", TraceLoggingUInt16Array(u16, 3 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "HexInt16Array",
			  TraceLoggingHexInt16FixedArray(i16, 3, "fixed"));
	TraceLoggingWrite(g_provider, "HexInt16Array",
			  TraceLoggingHexInt16Array(i16, 3 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "HexUInt16Array",
			  TraceLoggingHexUInt16FixedArray(u16, 3, "fixed"));
	TraceLoggingWrite(g_provider, "HexUInt16Array",
			  TraceLoggingHexUInt16Array(u16, 3 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "Int32Array", TraceLoggingInt32FixedArray(i32, 3, "fixed"));
	TraceLoggingWrite(g_provider, "Int32Array", TraceLoggingInt32Array(i32, 3 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "UInt32Array", TraceLoggingUInt32FixedArray(u32, 3, "fixed"));
	TraceLoggingWrite(g_provider, "UInt32Array", TraceLoggingUInt32Array(u32, 3 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "HexInt32Array",
			  TraceLoggingHexInt32FixedArray(i32, 3, "fixed"));
	TraceLoggingWrite(g_provider, "HexInt32Array",
			  TraceLoggingHexInt32Array(i32, 3 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "HexUInt32Array",
			  TraceLoggingHexUInt32FixedArray(u32, 3, "fixed"));
	TraceLoggingWrite(g_provider, "HexUInt32Array",
			  TraceLoggingHexUInt32Array(u32, 3 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "Int64Array", TraceLoggingInt64FixedArray(i64, 3, "fixed"));
	TraceLoggingWrite(g_provider, "Int64Array", TraceLoggingInt64Array(i64, 3 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "UInt64Array", TraceLoggingUInt64FixedArray(u64, 3, "fixed"));
	TraceLoggingWrite(g_provider, "UInt64Array", TraceLoggingUInt64Array(u64, 3 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "HexInt64Array",
			  TraceLoggingHexInt64FixedArray(i64, 3, "fixed"));
	TraceLoggingWrite(g_provider, "HexInt64Array",
			  TraceLoggingHexInt64Array(i64, 3 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "HexUInt64Array",
			  TraceLoggingHexUInt64FixedArray(u64, 3, "fixed"));
	TraceLoggingWrite(g_provider, "HexUInt64Array",
			  TraceLoggingHexUInt64Array(u64, 3 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
}

static void other_arrays(void)
{
	const int64_t i64[] = {INT64_MIN, 0};
	const uint64_t u64[] = {UINT64_MAX, 0};
	const int32_t i32[] = {0, 1};
	const bool flags[] = {true, false};
	const float f32[] = {0.5f, -2};
	const double f64[] = {0.25, -1e300};
	const char text[] = {'a', 'b'};
	const wchar_t wide[] = {L'a', L'b'};
	const void *const pointers[] = {NULL, (void *)(uintptr_t)16};

	TraceLoggingWrite(g_provider, "LongArray", TraceLoggingLongFixedArray(i64, 2, "fixed"));
	TraceLoggingWrite(g_provider, "LongArray", TraceLoggingLongArray(i64, 2 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "IntPtrArray", TraceLoggingIntPtrFixedArray(i64, 2, "fixed"));
	TraceLoggingWrite(g_provider, "IntPtrArray", TraceLoggingIntPtrArray(i64, 2 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "HexLongArray",
			  TraceLoggingHexLongFixedArray(i64, 2, "fixed"));
	TraceLoggingWrite(g_provider, "HexLongArray",
			  TraceLoggingHexLongArray(i64, 2 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "HexIntPtrArray",
			  TraceLoggingHexIntPtrFixedArray(i64, 2, "fixed"));
	TraceLoggingWrite(g_provider, "HexIntPtrArray",
			  TraceLoggingHexIntPtrArray(i64, 2 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "ULongArray", TraceLoggingULongFixedArray(u64, 2, "fixed"));
	TraceLoggingWrite(g_provider, "ULongArray", TraceLoggingULongArray(u64, 2 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "UIntPtrArray",
			  TraceLoggingUIntPtrFixedArray(u64, 2, "fixed"));
	TraceLoggingWrite(g_provider, "UIntPtrArray",
			  TraceLoggingUIntPtrArray(u64, 2 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "HexULongArray",
			  TraceLoggingHexULongFixedArray(u64, 2, "fixed"));
	TraceLoggingWrite(g_provider, "HexULongArray",
			  TraceLoggingHexULongArray(u64, 2 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "HexUIntPtrArray",
			  TraceLoggingHexUIntPtrFixedArray(u64, 2, "fixed"));
	TraceLoggingWrite(g_provider, "HexUIntPtrArray",
			  TraceLoggingHexUIntPtrArray(u64, 2 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "Float32Array",
			  TraceLoggingFloat32FixedArray(f32, 2, "fixed"));
	TraceLoggingWrite(g_provider, "Float32Array",
			  TraceLoggingFloat32Array(f32, 2 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "Float64Array",
			  TraceLoggingFloat64FixedArray(f64, 2, "fixed"));
	TraceLoggingWrite(g_provider, "Float64Array",
			  TraceLoggingFloat64Array(f64, 2 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "BooleanArray",
			  TraceLoggingBooleanFixedArray(i32, 2, "fixed"));
	TraceLoggingWrite(g_provider, "BooleanArray",
			  TraceLoggingBooleanArray(i32, 2 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "BoolArray", TraceLoggingBoolFixedArray(flags, 2, "fixed"));
	TraceLoggingWrite(g_provider, "BoolArray", TraceLoggingBoolArray(flags, 2 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "CharArray", TraceLoggingCharFixedArray(text, 2, "fixed"));
	TraceLoggingWrite(g_provider, "CharArray", TraceLoggingCharArray(text, 2 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "WCharArray", TraceLoggingWCharFixedArray(wide, 2, "fixed"));
	TraceLoggingWrite(g_provider, "WCharArray", TraceLoggingWCharArray(wide, 2 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "Char16Array",
			  TraceLoggingChar16FixedArray(utf16, 2, "fixed"));
	TraceLoggingWrite(g_provider, "Char16Array",
			  TraceLoggingChar16Array(utf16, 2 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "Char32Array",
			  TraceLoggingChar32FixedArray(utf32, 2, "fixed"));
	TraceLoggingWrite(g_provider, "Char32Array",
			  TraceLoggingChar32Array(utf32, 2 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "PointerArray",
			  TraceLoggingPointerFixedArray(pointers, 2, "fixed"));
	TraceLoggingWrite(g_provider, "PointerArray",
			  TraceLoggingPointerArray(pointers, 2 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "CodePointerArray",
			  TraceLoggingCodePointerFixedArray(pointers, 2, "fixed"));
	TraceLoggingWrite(g_provider, "CodePointerArray",
			  TraceLoggingCodePointerArray(pointers, 2 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "FileTimeArray",
			  TraceLoggingFileTimeFixedArray(&epoch, 1, "fixed"));
	TraceLoggingWrite(g_provider, "FileTimeArray",
			  TraceLoggingFileTimeArray(&epoch, 1 - 1, "counted"),
			  TraceLoggingKeyword(0x8000000000000000));
	TraceLoggingWrite(g_provider, "NullArray",
			  TraceLoggingInt32Array((const int32_t *)NULL, 5, "none"));
}

static void shapes(void)
{
	char local[] = "local";
	const char *none = NULL;
	unsigned char small = 255;

	TraceLoggingWrite(g_provider, "Value", TraceLoggingValue(local),
			  TraceLoggingValue(-1, "int"), TraceLoggingValue(2.5),
			  TraceLoggingValue(small), TraceLoggingValue(L"wide", "wide"));
	TraceLoggingWrite(g_provider, "Value", TraceLoggingValue(none, "none"),
			  TraceLoggingValue(UINT64_MAX, "u64"), TraceLoggingValue(-0.5f, "f"),
			  TraceLoggingValue((void *)NULL, "p"));
	TraceLoggingWrite(g_provider, "Struct", TraceLoggingInt32(1, "before"),
			  TraceLoggingStruct(3, "outer"), TraceLoggingString("in", "a"),
			  TraceLoggingStruct(1, "inner"), TraceLoggingInt8(-1, "b"),
			  TraceLoggingInt32(2, "after"));
	TraceLoggingWrite(g_provider, "Struct", TraceLoggingStruct(1, "only"),
			  TraceLoggingGuid(activity, "a"));
	TraceLoggingWrite(
		g_provider, "Sixteen", TraceLoggingInt32(0, "f0"), TraceLoggingInt32(1, "f1"),
		TraceLoggingInt32(2, "f2"), TraceLoggingInt32(3, "f3"), TraceLoggingInt32(4, "f4"),
		TraceLoggingInt32(5, "f5"), TraceLoggingInt32(6, "f6"), TraceLoggingInt32(7, "f7"),
		TraceLoggingInt32(8, "f8"), TraceLoggingInt32(9, "f9"),
		TraceLoggingInt32(10, "f10"), TraceLoggingInt32(11, "f11"),
		TraceLoggingInt32(12, "f12"), TraceLoggingInt32(13, "f13"),
		TraceLoggingInt32(14, "f14"), TraceLoggingInt32(15, "f15"), TraceLoggingLevel(1),
		TraceLoggingKeyword(1), TraceLoggingKeyword(1ull << 63),
		TraceLoggingDescription("d"), TraceLoggingEventTag(7), TraceLoggingChannel(11),
		TraceLoggingOpcode(0));
}

static void options(void)
{
	TraceLoggingWrite(g_provider, "First", TraceLoggingLevel(WINEVENT_LEVEL_CRITICAL),
			  TraceLoggingKeyword(6), TraceLoggingBool(1, "b"));
	TraceLoggingWrite(g_provider, "Last", TraceLoggingBool(1, "b"), TraceLoggingKeyword(6),
			  TraceLoggingLevel(0));
	TraceLoggingWrite(g_provider, "Between", TraceLoggingDescription("text"),
			  TraceLoggingBool(1, "a"), TraceLoggingLevel(WINEVENT_LEVEL_ERROR),
			  TraceLoggingBool(0, "b"), TraceLoggingEventTag(1),
			  TraceLoggingChannel(1));
	TraceLoggingWrite(g_storage, "Stored", TraceLoggingOpcode(WINEVENT_OPCODE_INFO));
	TraceLoggingWrite(g_provider, "Work", TraceLoggingOpcode(WINEVENT_OPCODE_START));
	TraceLoggingWriteActivity(g_provider, "Part", &activity, &related,
				  TraceLoggingInt32(7, "seven"),
				  TraceLoggingOpcode(WINEVENT_OPCODE_START));
	TraceLoggingWriteActivity(g_provider, "Part", &activity, NULL,
				  TraceLoggingOpcode(WINEVENT_OPCODE_STOP));
	TraceLoggingWriteActivity(g_provider, "Plain", &activity, NULL);
	TraceLoggingWrite(g_provider, "Work", TraceLoggingOpcode(WINEVENT_OPCODE_STOP));
}

/* Registration: never, twice, without an end; names and ids. */
static int providers(void)
{
	GUID id = TraceLoggingProviderId(g_provider);
	TraceLoggingHProvider handle = &g_storage;
	int wrong = 0;

	TraceLoggingWrite(g_provider, "Unregistered", TraceLoggingBool(1, "recorded"));
	TraceLoggingUnregister(g_provider);
	wrong += TraceLoggingRegister(g_provider) != 0;
	wrong += TraceLoggingRegister(g_provider) != 0;
	wrong += TraceLoggingRegisterEx(g_storage, callback, NULL) != 0;
	wrong += id.Data1 != 0x3970f9cf || id.Data3 != 0x4f11 || id.Data4[7] != 0x33;
	wrong += __builtin_strcmp(TraceLoggingProviderName(g_provider), "Contoso.Tests") != 0;
	wrong += __builtin_strcmp(handle->name, "Contoso.Storage") != 0;
	wrong += !TraceLoggingProviderEnabled(g_provider, WINEVENT_LEVEL_VERBOSE, 1);
	return wrong;
}

int main(void)
{
	int wrong = providers();

	integers();
	scalars();
	system_values();
	texts();
	integer_arrays();
	other_arrays();
	shapes();
	options();
	TraceLoggingUnregister(g_provider);
	return wrong;
}
