/* SPDX-License-Identifier: MIT */
/*
 * The layout of a site: what the statement emits, the registrar completes, and readers decode.
 *
 * A site is the static descriptor of one statement. The statement's inline assembly puts it into
 * the section `plim_sites` of its module, so `plimsoll list BINARY` finds it in a file that never
 * ran. References inside a site are 32-bit offsets from the referring word itself: they need no
 * relocation when the module is loaded.
 */
#ifndef PLIMSOLL_SITE_H
#define PLIMSOLL_SITE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Levels (ETW's numbers). A statement is recorded when its level <= the filter's. */
#define PLIM_ALWAYS     0
#define PLIM_CRITICAL   1
#define PLIM_ERROR      2
#define PLIM_WARNING    3
#define PLIM_INFO       4
#define PLIM_VERBOSE    5

#define PLIM_MAX_FIELDS 16
/** The most words that the fields of one statement can have: a field has at most two. */
#define PLIM_MAX_WORDS 32
/** A string, blob or array is cut to this many bytes and marked as cut. */
#define PLIM_TEXT_BYTES_MAX 1024

/*
 * Field kinds: PLIM_KIND(name, number, words, slot bytes, how the payload is measured).
 * This list is the only place that a new kind is added to; the numbers are part of the trace
 * format. "words" is how many machine words the statement passes; "slot" is what the field takes
 * in the fixed part of a record. A kind with a measure other than NONE has a 2-byte slot for its
 * length, and its bytes follow the fixed part.
 */
#define PLIM_KINDS(PLIM_KIND)                    \
	PLIM_KIND(I8, 1, 1, 1, NONE)             \
	PLIM_KIND(I16, 2, 1, 2, NONE)            \
	PLIM_KIND(I32, 3, 1, 4, NONE)            \
	PLIM_KIND(I64, 4, 1, 8, NONE)            \
	PLIM_KIND(U8, 5, 1, 1, NONE)             \
	PLIM_KIND(U16, 6, 1, 2, NONE)            \
	PLIM_KIND(U32, 7, 1, 4, NONE)            \
	PLIM_KIND(U64, 8, 1, 8, NONE)            \
	PLIM_KIND(HEX8, 9, 1, 1, NONE)           \
	PLIM_KIND(HEX16, 10, 1, 2, NONE)         \
	PLIM_KIND(HEX32, 11, 1, 4, NONE)         \
	PLIM_KIND(HEX64, 12, 1, 8, NONE)         \
	PLIM_KIND(BOOL, 13, 1, 1, NONE)          \
	PLIM_KIND(CHAR, 14, 1, 1, NONE)          \
	PLIM_KIND(F32, 15, 1, 4, NONE)           \
	PLIM_KIND(F64, 16, 1, 8, NONE)           \
	PLIM_KIND(PTR, 17, 1, 8, NONE)           \
	PLIM_KIND(IPV4, 18, 1, 4, NONE)          \
	PLIM_KIND(PORT, 19, 1, 2, NONE)          \
	PLIM_KIND(ERRNO, 20, 1, 4, NONE)         \
	PLIM_KIND(NTSTATUS, 21, 1, 4, NONE)      \
	PLIM_KIND(WIN32, 22, 1, 4, NONE)         \
	PLIM_KIND(HRESULT, 23, 1, 4, NONE)       \
	PLIM_KIND(TIME_NS, 24, 1, 8, NONE)       \
	PLIM_KIND(ENUM, 25, 1, 8, NONE)          \
	PLIM_KIND(FILETIME, 26, 1, 8, NONE)      \
	PLIM_KIND(CHAR16, 27, 1, 2, NONE)        \
	PLIM_KIND(CHAR32, 28, 1, 4, NONE)        \
	PLIM_KIND(STRUCT, 29, 1, 1, NONE)        \
	PLIM_KIND(STR, 40, 1, 2, NUL8)           \
	PLIM_KIND(STR16, 41, 1, 2, NUL16)        \
	PLIM_KIND(STR32, 42, 1, 2, NUL32)        \
	PLIM_KIND(STRN, 43, 2, 2, COUNTED)       \
	PLIM_KIND(STRN16, 44, 2, 2, COUNTED)     \
	PLIM_KIND(STRN32, 45, 2, 2, COUNTED)     \
	PLIM_KIND(BIN, 46, 2, 2, COUNTED)        \
	PLIM_KIND(SOCKADDR, 47, 2, 2, COUNTED)   \
	PLIM_KIND(GUID, 48, 1, 2, FIXED16)       \
	PLIM_KIND(IPV6, 49, 1, 2, FIXED16)       \
	PLIM_KIND(SYSTEMTIME, 50, 1, 2, FIXED16) \
	PLIM_KIND(MAC, 51, 1, 2, FIXED6)

/** Added to the number of a kind with measure NONE: a counted array of that kind, two words. */
#define PLIM_KIND_ARRAY 0x80

/* The same numbers as macros, because the statement needs them as text for the assembler. */
#define PLIM_K_I8         1
#define PLIM_K_I16        2
#define PLIM_K_I32        3
#define PLIM_K_I64        4
#define PLIM_K_U8         5
#define PLIM_K_U16        6
#define PLIM_K_U32        7
#define PLIM_K_U64        8
#define PLIM_K_HEX8       9
#define PLIM_K_HEX16      10
#define PLIM_K_HEX32      11
#define PLIM_K_HEX64      12
#define PLIM_K_BOOL       13
#define PLIM_K_CHAR       14
#define PLIM_K_F32        15
#define PLIM_K_F64        16
#define PLIM_K_PTR        17
#define PLIM_K_IPV4       18
#define PLIM_K_PORT       19
#define PLIM_K_ERRNO      20
#define PLIM_K_NTSTATUS   21
#define PLIM_K_WIN32      22
#define PLIM_K_HRESULT    23
#define PLIM_K_TIME_NS    24
#define PLIM_K_ENUM       25
#define PLIM_K_FILETIME   26
#define PLIM_K_CHAR16     27
#define PLIM_K_CHAR32     28
#define PLIM_K_STRUCT     29
#define PLIM_K_STR        40
#define PLIM_K_STR16      41
#define PLIM_K_STR32      42
#define PLIM_K_STRN       43
#define PLIM_K_STRN16     44
#define PLIM_K_STRN32     45
#define PLIM_K_BIN        46
#define PLIM_K_SOCKADDR   47
#define PLIM_K_GUID       48
#define PLIM_K_IPV6       49
#define PLIM_K_SYSTEMTIME 50
#define PLIM_K_MAC        51

/* What a statement is, besides an event of its own name. */
#define PLIM_SITE_EVENT   0
#define PLIM_SITE_ENTER   1 /* a function was entered */
#define PLIM_SITE_EXIT    2 /* a function is left */
#define PLIM_SITE_RETURN  3 /* a function is left with a value */
#define PLIM_SITE_FAIL    4 /* a call failed and the function bails out */
#define PLIM_SITE_PRINTF  5 /* the event's name is a printf format for the fields */
#define PLIM_SITE_ENABLED 6 /* PLIM_ENABLED: a question, never recorded */
#define PLIM_SITE_START   7 /* an activity starts (opcode START) */
#define PLIM_SITE_STOP    8 /* an activity ends (opcode STOP) */

/** How the bytes behind a pointer word are measured; `hot.measure` holds it for each word. */
enum plim_measure {
	PLIM_MEASURE_NONE = 0, /* the word is the value */
	PLIM_MEASURE_NUL8 = 1,
	PLIM_MEASURE_COUNTED = 2, /* the next word is the length in bytes */
	PLIM_MEASURE_FIXED16 = 3,
	PLIM_MEASURE_FIXED6 = 4,
	PLIM_MEASURE_NUL16 = 5,
	PLIM_MEASURE_NUL32 = 6,
	PLIM_MEASURE_LENGTH = 7, /* the length of the word before: takes no slot */
};

/** One source of events. Define with PLIM_PROVIDER_DEFINE, never by hand. */
struct plim_provider {
	const char *name;
	uint8_t guid[16]; /* all zero unless the provider has one */
};

/** One entry of the table of a PLIM_ENUM field; a NULL name ends the table. */
struct plim_enum_entry {
	int64_t value;
	const char *name;
};

/**
 * A site in memory. The first 24 bytes are zero in the file and completed when the module is
 * registered; they are all that the path reads. Aligned to 16 bytes so that they share one
 * cache line. After `kinds` (one byte a field) come, aligned to 4, one 32-bit offset for the table
 * of each PLIM_ENUM field, in order; the site ends at the next multiple of 16.
 */
struct plim_site {
	uint64_t header;      /* number << 13 | fixed size in 8-byte units << 1; above it 0 */
	uint16_t fixed_bytes; /* header and fixed slots: where the measured bytes start */
	uint8_t text_slot;    /* where in the record the length of the one string goes */
	uint8_t text;         /* PLIM_SITE_TEXT_*: what of the words is measured */
	uint8_t offset[5];    /* where in the record each of the first five words goes */
	uint8_t word_count;   /* all words of all fields */
	uint8_t measure[5];   /* enum plim_measure of the first five words */
	uint8_t reserved0;
	uint64_t provider; /* address of a struct plim_provider */
	int32_t enable;    /* to the enable byte */
	int32_t strings;   /* to event, file and field names, each ended by a NUL */
	int32_t function;  /* to the function's name */
	uint32_t line;
	uint32_t keyword_low;
	uint32_t keyword_high;
	uint8_t level;
	uint8_t field_count;
	uint8_t type;    /* PLIM_SITE_* */
	uint8_t version; /* PLIM_SITE_VERSION */
	uint32_t reserved1;
	__extension__ uint8_t kinds[];
};

#define PLIM_SITE_VERSION         1

#define PLIM_SITE_TEXT_NONE       0 /* all words are values */
#define PLIM_SITE_TEXT_ONE_STRING 1 /* one is a string that ends with a NUL */
#define PLIM_SITE_TEXT_ANY        2
#define PLIM_SITE_ALIGN           16

#ifdef __cplusplus
}
#endif

#endif
