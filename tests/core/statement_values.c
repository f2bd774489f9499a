/* SPDX-License-Identifier: MIT */
/*
 * One statement for each thing that a statement can be asked; statement_builds.py compiles it in
 * every way that a program is built, runs it and compares what its trace says. C11 and C++17.
 */
#include "statement_inline.h"

#include <float.h>
#include <limits.h>
#include <string.h>

PLIM_PROVIDER_DEFINE(values, "Values");

static const struct plim_enum_entry colours[] = {{1, "red"}, {-5, "none"}, {0, 0}};

static volatile long zero;
static int calls;

static int count_call(int value)
{
	calls++;
	return value;
}

static void log_integers(void)
{
	long z = zero;

	PLIM_LOG(values, PLIM_INFO, 1, "low", PLIM_I8("i8", (int8_t)(SCHAR_MIN + z)),
		 PLIM_I16("i16", (int16_t)(SHRT_MIN + z)), PLIM_I32("i32", (int)(INT_MIN + z)),
		 PLIM_I64("i64", LONG_MIN + z));
	PLIM_LOG(values, PLIM_ERROR, 0x8000000000000002, "high", PLIM_I8("i8", SCHAR_MAX),
		 PLIM_I16("i16", SHRT_MAX), PLIM_I32("i32", INT_MAX), PLIM_I64("i64", LONG_MAX),
		 PLIM_U8("u8", (uint8_t)(UCHAR_MAX + z)));
	PLIM_LOG(values, PLIM_ALWAYS, 0, "unsigned", PLIM_U16("u16", USHRT_MAX),
		 PLIM_U32("u32", UINT_MAX), PLIM_U64("u64", ULONG_MAX - (unsigned long)z),
		 PLIM_U8("u8", 0));
	PLIM_LOG(values, PLIM_WARNING, 0, "hex", PLIM_HEX8("h8", 0xab), PLIM_HEX16("h16", 0xabcd),
		 PLIM_HEX32("h32", 0xabcdef01u), PLIM_HEX64("h64", 0xabcdef0123456789ul));
	PLIM_LOG(values, PLIM_CRITICAL, 0, "small", PLIM_BOOL("yes", z + 256), PLIM_BOOL("no", z),
		 PLIM_CHAR("char", 'x'), PLIM_CHAR16("char16", 0x20ac),
		 PLIM_CHAR32("char32", 0x1f600));
	PLIM_LOG(values, PLIM_INFO, 0, "system", PLIM_PTR("ptr", (void *)0x123456789abcul),
		 PLIM_IPV4("ipv4", 0x0100007fu), PLIM_PORT("port", 0x5000),
		 PLIM_ERRNO("errno", -22), PLIM_NTSTATUS("nt", 0xc0000005u));
	PLIM_LOG(values, PLIM_INFO, 0, "windows", PLIM_WIN32("win32", 5u),
		 PLIM_HRESULT("hr", 0x80004005u), PLIM_TIME_NS("ns", 1700000000123456789ul),
		 PLIM_FILETIME("ft", 0x01d0000000000000ul), PLIM_ENUM("colour", 1 + z, colours));
	PLIM_LOG(values, PLIM_INFO, 0, "enums", PLIM_ENUM("known", -5, colours),
		 PLIM_ENUM("unknown", 77, colours));
}

static void log_floats(void)
{
	double one = 1.5 + (double)zero;

	PLIM_LOG(values, PLIM_INFO, 0, "floats", PLIM_F32("f32", FLT_MAX),
		 PLIM_F64("f64", -DBL_MIN), PLIM_F64("one", one), PLIM_F32("half", 0.5f));
}

static char text[1200];
static const uint16_t wide[] = {'w', 0x20ac, 0};
static const uint32_t wider[] = {'W', 0x1f600, 0};
static const uint8_t bytes[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255};

static void log_text(void)
{
	const char *none = zero ? "" : 0;
	size_t lengths[] = {1023, 1024, 1025};

	memset(text, 'a', sizeof(text) - 1);
	PLIM_LOG(values, PLIM_INFO, 0, "strings", PLIM_STR("none", none), PLIM_STR("empty", ""),
		 PLIM_STR("short", "h\xc3\xa4"), PLIM_U16("after", 7));
	for (int i = 0; i < 3; i++) {
		text[lengths[i]] = 0;
		PLIM_LOG(values, PLIM_INFO, 0, "long", PLIM_STR("text", text));
		PLIM_LOG(values, PLIM_INFO, 0, "counted", PLIM_BIN("blob", text, lengths[i]),
			 PLIM_U8("after", 9));
		text[lengths[i]] = 'a';
	}
	PLIM_LOG(values, PLIM_INFO, 0, "wide", PLIM_STR16("s16", wide), PLIM_STR32("s32", wider),
		 PLIM_STR16("none", (const uint16_t *)none));
	PLIM_LOG(values, PLIM_INFO, 0, "parts", PLIM_STRN("n", "abcdef", 3),
		 PLIM_STRN16("n16", wide, sizeof(wide[0])));
	PLIM_LOG(values, PLIM_INFO, 0, "part32", PLIM_STRN32("n32", wider, sizeof(wider[0])),
		 PLIM_BIN("none", none, 5));
	PLIM_LOG(values, PLIM_INFO, 0, "blobs", PLIM_GUID("guid", bytes), PLIM_IPV6("ipv6", bytes),
		 PLIM_MAC("mac", bytes), PLIM_SYSTEMTIME("st", bytes));
	PLIM_LOG(values, PLIM_INFO, 0, "arrays", PLIM_SOCKADDR("sa", bytes, sizeof(bytes)),
		 PLIM_ARRAY("array", PLIM_K_U16, bytes, 4));
	PLIM_LOG(values, PLIM_INFO, 0, "group", PLIM_STRUCT("pair", 2), PLIM_U8("a", 1),
		 PLIM_U8("b", 2));
}

static void log_many(void)
{
	uint64_t v = 100 + (uint64_t)zero;

	PLIM_LOG(values, PLIM_INFO, 0, "none");
	PLIM_LOG(values, PLIM_INFO, 0, "six", PLIM_U64("a", v), PLIM_U64("b", v + 1),
		 PLIM_STR("c", "text"), PLIM_F64("d", 2.5), PLIM_I8("e", -1), PLIM_F32("f", 0.25f));
	PLIM_LOG(values, PLIM_INFO, 0, "sixteen", PLIM_U64("f0", v), PLIM_U64("f1", v + 1),
		 PLIM_U64("f2", v + 2), PLIM_U64("f3", v + 3), PLIM_U64("f4", v + 4),
		 PLIM_U64("f5", v + 5), PLIM_U64("f6", v + 6), PLIM_U64("f7", v + 7),
		 PLIM_U64("f8", v + 8), PLIM_U64("f9", v + 9), PLIM_U64("f10", v + 10),
		 PLIM_U64("f11", v + 11), PLIM_U64("f12", v + 12), PLIM_U64("f13", v + 13),
		 PLIM_U64("f14", v + 14), PLIM_BIN("f15", bytes, 2));
}

static int log_nested(int depth)
{
	if (depth)
		PLIM_LOG(values, PLIM_INFO, 0, "nested", PLIM_I32("depth", depth),
			 PLIM_I32("below", log_nested(depth - 1)), PLIM_STR("text", "nest"));
	return depth;
}

static int log_nested_many(int depth)
{
	if (depth)
		PLIM_LOG(values, PLIM_INFO, 0, "nested_many", PLIM_I32("depth", depth),
			 PLIM_I32("below", log_nested_many(depth - 1)), PLIM_I32("c", 3),
			 PLIM_I32("d", 4), PLIM_I32("e", 5), PLIM_I32("f", log_nested(1)));
	return depth;
}

static void log_arguments(void)
{
	PLIM_LOG(values, PLIM_VERBOSE, 0, "disabled", PLIM_I32("never", count_call(1)));
	PLIM_LOG(values, PLIM_INFO, 0, "enabled", PLIM_I32("once", count_call(2)),
		 PLIM_BOOL("once_too", count_call(3)), PLIM_CHAR("and", (char)count_call('c')));
	PLIM_LOG(values, PLIM_INFO, 0, "calls", PLIM_I32("calls", calls));
	log_nested(2);
	log_nested_many(2);
	for (int i = 0; i < 3; i++)
		PLIM_LOG(values, PLIM_INFO, 0, "unrolled", PLIM_I32("i", i));
}

static int returns(int value)
{
	PLIM_ENTER(values);
	if (value < 0)
		PLIM_FAIL_GOTO(values, out, "open", PLIM_ERRNO("errno", value));
	PLIM_RETURN(values, int, value * 2);
out:
	PLIM_EXIT(values);
	return -1;
}

/* Registers that a statement must leave alone, seen from the optimiser's side. */
static long keeps_registers(long a, long b, long c, long d, long e, long f)
{
	long s = a;

	for (int i = 0; i < 4; i++) {
		s = s * 3 + b + c * d - e * f;
		PLIM_LOG(values, PLIM_INFO, 0, "registers", PLIM_I64("a", a), PLIM_I64("b", b),
			 PLIM_I64("c", c), PLIM_STR("d", "register"), PLIM_I64("s", s));
	}
	return s + a + b + c + d + e + f;
}

int main(void)
{
	int result;

	log_integers();
	log_floats();
	log_text();
	log_many();
	log_arguments();
	result = log_inline(1) + other_file(2);
	PLIM_LOG(values, PLIM_INFO, 0, "results", PLIM_I32("inline", result),
		 PLIM_I32("failed", returns(-2)), PLIM_I32("returned", returns(4)),
		 PLIM_I64("kept", keeps_registers(1, 2, 3, 4, 5, 6)),
		 PLIM_BOOL("verbose", PLIM_ENABLED(values, PLIM_VERBOSE, 0)));
	return 0;
}
