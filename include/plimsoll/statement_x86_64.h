/* SPDX-License-Identifier: MIT */
/*
 * The statement on x86-64 Linux, in inline assembly. Included by tracelog.h; never by itself.
 *
 * What it has to manage, and how (docs/architecture.md, "The statement", has the measurements):
 *  - The site is emitted by the assembler into `plim_sites`, its enable byte into `plim_enable`,
 *    once for each statement of the source, however often the compiler copies the code: `.ifndef`
 *    on a label that names the literal's own label, the line and a counter.
 *  - `plim_enable` is padded to whole pages in each object file (subsection 1 comes after all of
 *    subsection 0), so that pages of the trace file can be mapped over it.
 *  - The test is one compare of memory and a branch; the compiler knows it as a jump.
 *  - With optimisation, up to five words go in vector registers, which integer code never misses.
 *    The statement jumps to plim_x86_emit with its return address in r11; the `nopl` there carries
 *    the site's address. No register of the caller changes, and nothing is pushed.
 *  - Without optimisation, vector operands would be stack slots: each word is handed over alone.
 */
#ifndef PLIMSOLL_STATEMENT_X86_64_H
#define PLIMSOLL_STATEMENT_X86_64_H

#include <plimsoll/statement_site.h>

/* A line of assembly a line. */
/* clang-format off */

/* `inline` keeps the compiler from taking the length of the text for the size of the code. */
#define PLIM_ASM_      __asm__ __volatile__ __inline__
#define PLIM_ASM_GOTO_ __asm__ __volatile__ __inline__ goto

#ifdef __clang__
#define PLIM_COLD_LABEL_
#else
#define PLIM_COLD_LABEL_ __attribute__((cold, unused));
#endif

/*
 * Where words go in the record, and its size, from the slots of the fields; the registrar computes
 * the same (src/host/modules.c). Slots are packed, and the last store is of 8 bytes.
 */
#define PLIM_SLOT_BYTES_(kind)                                                                     \
	((kind) == PLIM_K_I8 || (kind) == PLIM_K_U8 || (kind) == PLIM_K_HEX8 ||                    \
			 (kind) == PLIM_K_BOOL || (kind) == PLIM_K_CHAR || (kind) == PLIM_K_STRUCT \
		 ? 1                                                                               \
	 : (kind) == PLIM_K_I32 || (kind) == PLIM_K_U32 || (kind) == PLIM_K_HEX32 ||               \
			 (kind) == PLIM_K_F32 || (kind) == PLIM_K_IPV4 || (kind) == PLIM_K_ERRNO ||  \
			 (kind) == PLIM_K_NTSTATUS || (kind) == PLIM_K_WIN32 ||                    \
			 (kind) == PLIM_K_HRESULT || (kind) == PLIM_K_CHAR32                       \
		 ? 4                                                                               \
	 : (kind) == PLIM_K_I64 || (kind) == PLIM_K_U64 || (kind) == PLIM_K_HEX64 ||               \
			 (kind) == PLIM_K_F64 || (kind) == PLIM_K_PTR || (kind) == PLIM_K_TIME_NS || \
			 (kind) == PLIM_K_ENUM || (kind) == PLIM_K_FILETIME                        \
		 ? 8                                                                               \
		 : 2)

/* A field's slot and, times 256, how much text it is: 1 a string that ends with a NUL, 2 other. */
#define PLIM_TEXT_WEIGHT_(kind) ((kind) < PLIM_K_STR ? 0 : (kind) == PLIM_K_STR ? 1 : 2)
#define PLIM_SLOT_AND_WEIGHT_(kind) (PLIM_SLOT_BYTES_(kind) + 256 * PLIM_TEXT_WEIGHT_(kind))
#define PLIM_SLOT_(field)           ((field)&255)
#define PLIM_WEIGHT_(field)         ((field) >> 8)

#define PLIM_AT_1_(a, b, c, d) (16 + PLIM_SLOT_(a))
#define PLIM_AT_2_(a, b, c, d) (PLIM_AT_1_(a, b, c, d) + PLIM_SLOT_(b))
#define PLIM_AT_3_(a, b, c, d) (PLIM_AT_2_(a, b, c, d) + PLIM_SLOT_(c))
#define PLIM_AT_4_(a, b, c, d) (PLIM_AT_3_(a, b, c, d) + PLIM_SLOT_(d))

/* The place of the last of so many words. */
#define PLIM_LAST_0_(a, b, c, d) 1
#define PLIM_LAST_1_(a, b, c, d) 16
#define PLIM_LAST_2_ PLIM_AT_1_
#define PLIM_LAST_3_ PLIM_AT_2_
#define PLIM_LAST_4_ PLIM_AT_3_
#define PLIM_LAST_5_ PLIM_AT_4_

#define PLIM_PLACE_OPERANDS_(count, fields)                                                        \
	PLIM_PLACE_OPERANDS_2_(count, PLIM_UNPAREN_ fields, 0, 0, 0, 0, 0)
#define PLIM_PLACE_OPERANDS_2_(count, ...) PLIM_PLACE_OPERANDS_3_(count, __VA_ARGS__)
/* plim_fixed is right where it is used: up to four words, one of them a string. */
#define PLIM_PLACE_OPERANDS_3_(count, none, a, b, c, d, ...)                                       \
	[plim_at_1] "i"(PLIM_AT_1_(a, b, c, d)), [plim_at_2] "i"(PLIM_AT_2_(a, b, c, d)),          \
	[plim_at_3] "i"(PLIM_AT_3_(a, b, c, d)), [plim_at_4] "i"(PLIM_AT_4_(a, b, c, d)),          \
	[plim_size] "i"((PLIM_CALL_PUT_(PLIM_LAST_##count##_, (a, b, c, d)) + 15) & ~7),                             \
	[plim_fixed] "i"(PLIM_AT_4_(a, b, c, d)),                                                  \
	[plim_text_at] "i"(PLIM_WEIGHT_(a) * 16 + PLIM_WEIGHT_(b) * PLIM_AT_1_(a, b, c, d) +       \
			   PLIM_WEIGHT_(c) * PLIM_AT_2_(a, b, c, d) +                              \
			   PLIM_WEIGHT_(d) * PLIM_AT_3_(a, b, c, d))

/*
 * `if (this site is enabled) body`. asm goto, but for clang with optimisation or in C++: clang 14
 * refuses asm goto in functions with scoped initialisation, and folds the flag output into a jump.
 */
#if defined(__clang__) && (defined(__cplusplus) || defined(__OPTIMIZE__))
#define PLIM_IF_ENABLED_(id, site_text, site_operands, body)                                       \
	if (__builtin_expect(__extension__({                                                       \
				     int plim_enabled_##id;                                      \
				     PLIM_ASM_(site_text                                \
							  "cmpb $0, " PLIM_ENABLE_LABEL_(id) "(%%rip)" \
							  : "=@ccne"(plim_enabled_##id)            \
							  : site_operands);                        \
				     plim_enabled_##id;                                            \
			     }),                                                                   \
			     0)) {                                                                 \
		body                                                                               \
	}
#else
#define PLIM_IF_ENABLED_(id, site_text, site_operands, body)                                       \
	{ __label__ plim_on_##id;                                                      \
	PLIM_ASM_GOTO_(site_text "cmpb $0, " PLIM_ENABLE_LABEL_(id) "(%%rip)\n\t"                    \
		     "jne %l[plim_on_" #id "]"                                                     \
		     :                                                                             \
		     : site_operands                                                               \
		     : "cc"                                                                        \
		     : plim_on_##id);                                                              \
	if (0) {                                                                                   \
plim_on_##id:                                                                                      \
		PLIM_COLD_LABEL_;                                                                  \
		body                                                                               \
	} }
#endif

/* Out to a routine and back; at the return address stands the site. */
#define PLIM_JUMP_(id, routine)                                                                    \
	"movq %%r11, %%xmm15\n\t"                                                                  \
	"leaq 771f(%%rip), %%r11\n\t"                                                              \
	"jmp *" routine "@GOTPCREL(%%rip)\n"                                                       \
	"771:\n\t"                                                                                 \
	"nopl " PLIM_SITE_LABEL_(id) "(%%rip)\n\t"                                                 \
	"movq %%xmm15, %%r11"

/*
 * A word is (constraint, value, tag); tag T marks a pointer to text. Words go to xmm11, xmm10, ...
 * (and the last pointer to text to xmm6 as well) from wherever the compiler has them.
 */
#define PLIM_MOVE_WORD_(operand, to, word) "movaps %" operand ", %%" to "\n\t" PLIM_MOVE_TAG_(operand, word)
#define PLIM_MOVE_TAG_(operand, word)      PLIM_CAT(PLIM_MOVE_TAG_, PLIM_WORD_TAG_(word))(operand)
#define PLIM_MOVE_TAG_V(operand)
#define PLIM_MOVE_TAG_T(operand) "movaps %" operand ", %%xmm6\n\t"
/* The word of a field of any type (any_value.h), by the field's number: text if its kind is a string. */
#define PLIM_MOVE_AUTO_(i, operand)                                                                \
	".if %c[plim_kind_" i "] == 40\n\t" PLIM_MOVE_TAG_T(operand) ".endif\n\t"
#define PLIM_MOVE_TAG_plim_auto_0(operand) PLIM_MOVE_AUTO_("0", operand)
#define PLIM_MOVE_TAG_plim_auto_1(operand) PLIM_MOVE_AUTO_("1", operand)
#define PLIM_MOVE_TAG_plim_auto_2(operand) PLIM_MOVE_AUTO_("2", operand)
#define PLIM_MOVE_TAG_plim_auto_3(operand) PLIM_MOVE_AUTO_("3", operand)
#define PLIM_MOVE_TAG_plim_auto_4(operand) PLIM_MOVE_AUTO_("4", operand)
#define PLIM_MOVE_TAG_plim_auto_5(operand) PLIM_MOVE_AUTO_("5", operand)
#define PLIM_MOVE_TAG_plim_auto_6(operand) PLIM_MOVE_AUTO_("6", operand)
#define PLIM_MOVE_TAG_plim_auto_7(operand) PLIM_MOVE_AUTO_("7", operand)
#define PLIM_MOVE_TAG_plim_auto_8(operand) PLIM_MOVE_AUTO_("8", operand)
#define PLIM_MOVE_TAG_plim_auto_9(operand) PLIM_MOVE_AUTO_("9", operand)
#define PLIM_MOVE_TAG_plim_auto_10(operand) PLIM_MOVE_AUTO_("10", operand)
#define PLIM_MOVE_TAG_plim_auto_11(operand) PLIM_MOVE_AUTO_("11", operand)
#define PLIM_MOVE_TAG_plim_auto_12(operand) PLIM_MOVE_AUTO_("12", operand)
#define PLIM_MOVE_TAG_plim_auto_13(operand) PLIM_MOVE_AUTO_("13", operand)
#define PLIM_MOVE_TAG_plim_auto_14(operand) PLIM_MOVE_AUTO_("14", operand)
#define PLIM_MOVE_TAG_plim_auto_15(operand) PLIM_MOVE_AUTO_("15", operand)

#define PLIM_MOVE_0_(...)
#define PLIM_MOVE_1_(a)             PLIM_MOVE_WORD_("0", "xmm11", a)
#define PLIM_MOVE_2_(a, b)          PLIM_MOVE_1_(a) PLIM_MOVE_WORD_("1", "xmm10", b)
#define PLIM_MOVE_3_(a, b, c)       PLIM_MOVE_2_(a, b) PLIM_MOVE_WORD_("2", "xmm9", c)
#define PLIM_MOVE_4_(a, b, c, d)    PLIM_MOVE_3_(a, b, c) PLIM_MOVE_WORD_("3", "xmm8", d)
#define PLIM_MOVE_5_(a, b, c, d, e) PLIM_MOVE_4_(a, b, c, d) PLIM_MOVE_WORD_("4", "xmm7", e)

#define PLIM_VECTOR_(word)          "x"(PLIM_WORD_VALUE_(word)),
#define PLIM_VECTOR_0_(...)
#define PLIM_VECTOR_1_(a)             PLIM_VECTOR_(a)
#define PLIM_VECTOR_2_(a, b)          PLIM_VECTOR_1_(a) PLIM_VECTOR_(b)
#define PLIM_VECTOR_3_(a, b, c)       PLIM_VECTOR_2_(a, b) PLIM_VECTOR_(c)
#define PLIM_VECTOR_4_(a, b, c, d)    PLIM_VECTOR_3_(a, b, c) PLIM_VECTOR_(d)
#define PLIM_VECTOR_5_(a, b, c, d, e) PLIM_VECTOR_4_(a, b, c, d) PLIM_VECTOR_(e)

/* Only as many vector registers as the words need: floating-point code has use for the others. */
#define PLIM_CLOBBERS_0_ "xmm12", "xmm13", "xmm14", "xmm15", "cc"
#define PLIM_CLOBBERS_1_ "xmm11", PLIM_CLOBBERS_0_
#define PLIM_CLOBBERS_2_ "xmm10", PLIM_CLOBBERS_1_
#define PLIM_CLOBBERS_3_ "xmm9", PLIM_CLOBBERS_2_
#define PLIM_CLOBBERS_4_ "xmm8", PLIM_CLOBBERS_3_
#define PLIM_CLOBBERS_5_ "xmm7", PLIM_CLOBBERS_4_

/* Two more for text, named once for each word that is. */
#define PLIM_CLOBBER_WORD_(word)      PLIM_CAT(PLIM_CLOBBER_TAG_, PLIM_WORD_TAG_(word))
#define PLIM_CLOBBER_TAG_V
#define PLIM_CLOBBER_TAG_T            "xmm5", "xmm6",
#define PLIM_CLOBBER_TAG_plim_auto_0 PLIM_CLOBBER_TAG_T
#define PLIM_CLOBBER_TAG_plim_auto_1 PLIM_CLOBBER_TAG_T
#define PLIM_CLOBBER_TAG_plim_auto_2 PLIM_CLOBBER_TAG_T
#define PLIM_CLOBBER_TAG_plim_auto_3 PLIM_CLOBBER_TAG_T
#define PLIM_CLOBBER_TAG_plim_auto_4 PLIM_CLOBBER_TAG_T
#define PLIM_CLOBBER_TAG_plim_auto_5 PLIM_CLOBBER_TAG_T
#define PLIM_CLOBBER_TAG_plim_auto_6 PLIM_CLOBBER_TAG_T
#define PLIM_CLOBBER_TAG_plim_auto_7 PLIM_CLOBBER_TAG_T
#define PLIM_CLOBBER_TAG_plim_auto_8 PLIM_CLOBBER_TAG_T
#define PLIM_CLOBBER_TAG_plim_auto_9 PLIM_CLOBBER_TAG_T
#define PLIM_CLOBBER_TAG_plim_auto_10 PLIM_CLOBBER_TAG_T
#define PLIM_CLOBBER_TAG_plim_auto_11 PLIM_CLOBBER_TAG_T
#define PLIM_CLOBBER_TAG_plim_auto_12 PLIM_CLOBBER_TAG_T
#define PLIM_CLOBBER_TAG_plim_auto_13 PLIM_CLOBBER_TAG_T
#define PLIM_CLOBBER_TAG_plim_auto_14 PLIM_CLOBBER_TAG_T
#define PLIM_CLOBBER_TAG_plim_auto_15 PLIM_CLOBBER_TAG_T
#define PLIM_CLOBBER_TEXT_0_(...)
#define PLIM_CLOBBER_WORDS_1_(a)             PLIM_CLOBBER_WORD_(a)
#define PLIM_CLOBBER_WORDS_2_(a, b)          PLIM_CLOBBER_WORDS_1_(a) PLIM_CLOBBER_WORD_(b)
#define PLIM_CLOBBER_WORDS_3_(a, b, c)       PLIM_CLOBBER_WORDS_2_(a, b) PLIM_CLOBBER_WORD_(c)
#define PLIM_CLOBBER_WORDS_4_(a, b, c, d)    PLIM_CLOBBER_WORDS_3_(a, b, c) PLIM_CLOBBER_WORD_(d)
#define PLIM_CLOBBER_TEXT_1_(...)            PLIM_CLOBBER_WORDS_1_(__VA_ARGS__) "xmm7",
#define PLIM_CLOBBER_TEXT_2_(...)            PLIM_CLOBBER_WORDS_2_(__VA_ARGS__) "xmm7",
#define PLIM_CLOBBER_TEXT_3_(...)            PLIM_CLOBBER_WORDS_3_(__VA_ARGS__) "xmm7",
#define PLIM_CLOBBER_TEXT_4_(...)            PLIM_CLOBBER_WORDS_4_(__VA_ARGS__) "xmm7",
#define PLIM_CLOBBER_TEXT_5_(a, b, c, d, e)  PLIM_CLOBBER_WORDS_4_(a, b, c, d) PLIM_CLOBBER_WORD_(e)

/* Values: the whole path, inline. Where it cannot go on it jumps like text does. Offsets are those
 * of struct plim_ring and struct plim_block (src/core/record.h); the size is the site's. */
#define PLIM_STORE_0_
#define PLIM_STORE_1_ "movq %%xmm11, 16(%%rdi)\n\t"
#define PLIM_STORE_2_ PLIM_STORE_1_ "movq %%xmm10, %c[plim_at_1](%%rdi)\n\t"
#define PLIM_STORE_3_ PLIM_STORE_2_ "movq %%xmm9, %c[plim_at_2](%%rdi)\n\t"
#define PLIM_STORE_4_ PLIM_STORE_3_ "movq %%xmm8, %c[plim_at_3](%%rdi)\n\t"
#define PLIM_STORE_5_ PLIM_STORE_4_ "movq %%xmm7, %c[plim_at_4](%%rdi)\n\t"

#define PLIM_UNPARK_                                                                               \
	"movq %%xmm12, %%rdi\n\t"                                                                  \
	"psrldq $8, %%xmm12\n\t"                                                                   \
	"movq %%xmm15, %%rax\n\t"                                                                  \
	"movq %%xmm14, %%rdx\n\t"                                                                  \
	"movq %%xmm13, %%rcx\n\t"                                                                  \
	"movq %%xmm12, %%rsi\n\t"

#define PLIM_PARK_                                                                                 \
	"movq %%rsi, %%xmm15\n\t"                                                                  \
	"movq %%rdi, %%xmm12\n\t"                                                                  \
	"punpcklqdq %%xmm15, %%xmm12\n\t"                                                          \
	"movq %%rax, %%xmm15\n\t"                                                                  \
	"movq %%rdx, %%xmm14\n\t"                                                                  \
	"movq %%rcx, %%xmm13\n\t"

/*
 * edx = size in bytes -> rdi = the record, rdx = the time, rax = the block. `header` gives rsi the
 * header and rax the ring's `current` as it was when this began, which is in rsi before: what a free
 * word of the block holds, and only in this turn of it. `end` gives rax the end of the record: the
 * block is found from there, because an address that hangs on the outcome of the cmpxchg would keep
 * the next statement's loads waiting, or flush them.
 */
#define PLIM_RESERVE_(header, end)                                                                      \
	"movq plim_tls_ring@gottpoff(%%rip), %%rax\n\t"                                            \
	"movq %%fs:(%%rax), %%rax\n\t"                                                             \
	"movq 8(%%rax), %%rsi\n\t"                                                                 \
	"movq %%rsi, %%rdi\n\t"                                                                    \
	"shlq $16, %%rdi\n\t"                                                                      \
	"shrq $16, %%rdi\n\t"                                                                      \
	"movq 16(%%rdi), %%rcx\n\t"                                                                \
	"leal (%%rcx,%%rdx), %%eax\n\t"                                                            \
	"cmpl 28(%%rdi), %%eax\n\t"                                                                \
	"ja 772f\n\t"                                                                              \
	"movl %%ecx, %%eax\n\t"                                                                    \
	"addq %%rdx, %%rcx\n\t"                                                                    \
	"addq 56(%%rdi), %%rcx\n\t"                                                                \
	"addq %%rax, %%rdi\n\t"                                                                    \
	"rdtsc\n\t"                                                                                \
	"shlq $32, %%rdx\n\t"                                                                      \
	"orq %%rax, %%rdx\n\t" header "cmpxchgq %%rsi, (%%rdi)\n\t"                               \
	"jne 772f\n\t"                                                                             \
	"prefetchw 32768(%%rdi)\n\t" end                                                           \
	"movl %%ecx, %%esi\n\t"                                                                    \
	"subq %%rsi, %%rax\n\t"                                                                    \
	"movq %%rcx, 16(%%rax)\n\t"

/*
 * The registers that the stores went through are written once more, with nothing, before they get
 * the caller's values back. Zen 4 pairs a load with an earlier store of the same base register and
 * displacement, and misses that a movq out of a vector register made the base another one: without
 * the xorl a caller that goes on with 8(%rdi) pays a pipeline flush of 15 ns.
 */
#define PLIM_COMMIT_                                                                               \
	"orb $1, (%%rdi)\n\t"                                                                      \
	"incl 24(%%rax)\n\t"                                                                       \
	"xorl %%edi, %%edi\n\t"                                                                    \
	"xorl %%eax, %%eax\n\t"

/* A site's first 8 bytes are the header of its records, but for the stack pointer above it. */
#define PLIM_INLINE_VALUES_(id, count)                                                             \
	PLIM_PARK_                                                                                 \
	"movl $%c[plim_size], %%edx\n\t"                                                           \
	PLIM_RESERVE_("movq %%rsp, %%rax\n\t"                                                      \
		      "shlq $32, %%rax\n\t"                                                        \
		      "orq " PLIM_SITE_LABEL_(id) "(%%rip), %%rax\n\t"                             \
		      "xchgq %%rax, %%rsi\n\t",                                                    \
		      "leaq %c[plim_size](%%rdi), %%rax\n\t")                                      \
	PLIM_STORE_##count##_                                                                      \
	"movq %%rdx, 8(%%rdi)\n\t" PLIM_COMMIT_ PLIM_UNPARK_ "jmp 773f\n"                         \
	"772:\n\t" PLIM_UNPARK_

/* One string that ends with a NUL. It is scanned 16 bytes at a time, first as it lies if no page
 * ends there, then aligned; xmm5 then holds its length. */
#define PLIM_INLINE_STRING_(id, count)                                                             \
	PLIM_PARK_                                                                                 \
	"movq %%xmm6, %%rsi\n\t"                                                                   \
	"leal -1(%%rsi), %%eax\n\t"                                                                \
	"andl $4095, %%eax\n\t"                                                                    \
	"cmpl $4079, %%eax\n\t"                                                                    \
	"ja 772f\n\t"                                                                              \
	"pxor %%xmm7, %%xmm7\n\t"                                                                  \
	"movq %%rsi, %%rdx\n\t"                                                                    \
	"movdqu (%%rsi), %%xmm5\n\t"                                                               \
	"pcmpeqb %%xmm7, %%xmm5\n\t"                                                               \
	"pmovmskb %%xmm5, %%eax\n\t"                                                               \
	"testl %%eax, %%eax\n\t"                                                                   \
	"jnz 775f\n\t"                                                                             \
	"andq $-16, %%rdx\n"                                                                       \
	"774:\n\t"                                                                                 \
	"addq $16, %%rdx\n\t"                                                                      \
	"leaq 1023(%%rsi), %%rax\n\t"                                                              \
	"cmpq %%rax, %%rdx\n\t"                                                                    \
	"ja 772f\n\t"                                                                              \
	"movdqa (%%rdx), %%xmm5\n\t"                                                               \
	"pcmpeqb %%xmm7, %%xmm5\n\t"                                                               \
	"pmovmskb %%xmm5, %%eax\n\t"                                                               \
	"testl %%eax, %%eax\n\t"                                                                   \
	"jz 774b\n"                                                                                \
	"775:\n\t"                                                                                 \
	"rep bsfl %%eax, %%eax\n\t"                                                                \
	"subl %%esi, %%edx\n\t"                                                                    \
	"addl %%eax, %%edx\n\t"                                                                    \
	"cmpl $1024, %%edx\n\t"                                                                    \
	"ja 772f\n\t"                                                                              \
	"movd %%edx, %%xmm5\n\t"                                                                   \
	"movl " PLIM_SITE_LABEL_(id) "(%%rip), %%esi\n\t"                                          \
	"andl $-8192, %%esi\n\t"                                                                   \
	"cmpl $8, %%edx\n\t"                                                                       \
	"jae 776f\n\t"                                                                             \
	"movl $8, %%edx\n"                                                                         \
	"776:\n\t"                                                                                 \
	"addl $%c[plim_fixed]+7, %%edx\n\t"                                                        \
	"andl $-8, %%edx\n\t"                                                                      \
	"movl %%edx, %%eax\n\t"                                                                    \
	"shrl $2, %%eax\n\t"                                                                       \
	"orl %%eax, %%esi\n\t"                                                                     \
	"movq %%rsp, %%rax\n\t"                                                                    \
	"shlq $32, %%rax\n\t"                                                                      \
	"orq %%rax, %%rsi\n\t"                                                                     \
	"movq %%rsi, %%xmm7\n\t" PLIM_RESERVE_("movq %%rsi, %%rax\n\t"                             \
					       "movq %%xmm7, %%rsi\n\t",                           \
					       "andl $0x1ffe, %%esi\n\t"                           \
					       "leaq (%%rdi,%%rsi,4), %%rax\n\t")                  \
	PLIM_STORE_##count##_                                                                      \
	"movq %%rdx, 8(%%rdi)\n\t"                                                                 \
	"movd %%xmm5, %%edx\n\t"                                                                   \
	"movw %%dx, %c[plim_text_at](%%rdi)\n\t"                                                   \
	"movq %%xmm6, %%rsi\n\t"                                                                   \
	"leaq %c[plim_fixed](%%rdi), %%rcx\n\t"                                                    \
	"subl $16, %%edx\n\t"                                                                      \
	"jb 778f\n"                                                                                \
	"777:\n\t"                                                                                 \
	"movdqu (%%rsi), %%xmm5\n\t"                                                               \
	"movups %%xmm5, (%%rcx)\n\t"                                                               \
	"addq $16, %%rsi\n\t"                                                                      \
	"addq $16, %%rcx\n\t"                                                                      \
	"subl $16, %%edx\n\t"                                                                      \
	"jae 777b\n\t"                                                                             \
	"movslq %%edx, %%rdx\n\t"                                                                  \
	"movdqu (%%rsi,%%rdx), %%xmm5\n\t"                                                         \
	"movups %%xmm5, (%%rcx,%%rdx)\n\t"                                                         \
	"jmp 779f\n"                                                                               \
	"778:\n\t"                                                                                 \
	"addl $8, %%edx\n\t"                                                                       \
	"movq (%%rsi), %%xmm5\n\t"                                                                 \
	"movq %%xmm5, (%%rcx)\n\t"                                                                 \
	"jle 779f\n\t"                                                                             \
	"movq (%%rsi,%%rdx), %%xmm5\n\t"                                                           \
	"movq %%xmm5, (%%rcx,%%rdx)\n"                                                             \
	"779:\n\t" PLIM_COMMIT_ PLIM_UNPARK_ "jmp 773f\n"                                          \
	"772:\n\t" PLIM_UNPARK_

/*
 * plim_text: 0 all words are values; 1 one is a string that ends with a NUL; more: anything else,
 * which goes to a routine, as does everything with -Os, where a statement is to be short.
 */
#ifdef __OPTIMIZE_SIZE__
#define PLIM_INLINE_(id, count)
#else
#define PLIM_INLINE_(id, count)                                                                    \
	".if %c[plim_text] == 0\n\t"                                                               \
	PLIM_INLINE_VALUES_(id, count)                                                             \
	".elseif %c[plim_text] == 1 && " #count " < 5\n\t"                                         \
	PLIM_INLINE_STRING_(id, count)                                                             \
	".endif\n\t"
#endif

#define PLIM_PATH_(id, count)                                                                      \
	PLIM_INLINE_(id, count)                                                                    \
	".if %c[plim_text] == 0\n\t"                                                               \
	PLIM_JUMP_(id, "plim_x86_emit") "\n\t"                                                     \
	".else\n\t"                                                                                \
	PLIM_JUMP_(id, "plim_x86_emit_text") "\n\t"                                                \
	".endif\n"                                                                                 \
	"773:"

/*
 * Up to five words at once. The barriers make the compiler store what pointers lead to. In C each
 * word moves on its own, so that one general register at a time is enough; in C++ temporaries
 * behind a word must live until it is recorded, so that all are operands of one statement.
 */
#ifdef __cplusplus
#define PLIM_RECORD_AT_ONCE_(id, count, has_text, slots, site_text, site_operands, ...)            \
	if (has_text)                                                                              \
		__asm__ __volatile__("" : : : "memory");                                           \
	PLIM_ASM_(site_text PLIM_MOVE_##count##_(__VA_ARGS__) PLIM_PATH_(id, count)                \
		  :                                                                                \
		  : PLIM_VECTOR_##count##_(__VA_ARGS__)[plim_text] "i"(has_text),                  \
		    PLIM_PLACE_OPERANDS_(count, slots), site_operands                              \
		  : PLIM_CLOBBER_TEXT_##count##_(__VA_ARGS__) PLIM_CLOBBERS_##count##_);           \
	if (has_text)                                                                              \
		__asm__ __volatile__("" : : : "memory");
#else
#define PLIM_HOLD_(id, k, word)                                                                    \
	unsigned long long plim_held_##k##_##id;                                                   \
	__asm__ __volatile__("movq %1, %0"                                                         \
			     : "=x"(plim_held_##k##_##id)                                          \
			     : PLIM_WORD_CONSTRAINT_(word)(PLIM_WORD_VALUE_(word)));
#define PLIM_HOLD_0_(...)
#define PLIM_HOLD_1_(id, a)             PLIM_HOLD_(id, 0, a)
#define PLIM_HOLD_2_(id, a, b)          PLIM_HOLD_1_(id, a) PLIM_HOLD_(id, 1, b)
#define PLIM_HOLD_3_(id, a, b, c)       PLIM_HOLD_2_(id, a, b) PLIM_HOLD_(id, 2, c)
#define PLIM_HOLD_4_(id, a, b, c, d)    PLIM_HOLD_3_(id, a, b, c) PLIM_HOLD_(id, 3, d)
#define PLIM_HOLD_5_(id, a, b, c, d, e) PLIM_HOLD_4_(id, a, b, c, d) PLIM_HOLD_(id, 4, e)
/* The register of word k is where the path expects it; that of the last text is xmm6, too. */
#define PLIM_FIXED_(id, k, where)                                                                  \
	register unsigned long long plim_word_##k##_##id __asm__(where) = plim_held_##k##_##id;
#define PLIM_FIXED_0_(id)
#define PLIM_FIXED_1_(id) PLIM_FIXED_0_(id) PLIM_FIXED_(id, 0, "xmm11")
#define PLIM_FIXED_2_(id) PLIM_FIXED_1_(id) PLIM_FIXED_(id, 1, "xmm10")
#define PLIM_FIXED_3_(id) PLIM_FIXED_2_(id) PLIM_FIXED_(id, 2, "xmm9")
#define PLIM_FIXED_4_(id) PLIM_FIXED_3_(id) PLIM_FIXED_(id, 3, "xmm8")
#define PLIM_FIXED_5_(id) PLIM_FIXED_4_(id) PLIM_FIXED_(id, 4, "xmm7")
#define PLIM_INOUT_0_(id)
#define PLIM_INOUT_1_(id) "+x"(plim_word_0_##id)
#define PLIM_INOUT_2_(id) PLIM_INOUT_1_(id), "+x"(plim_word_1_##id)
#define PLIM_INOUT_3_(id) PLIM_INOUT_2_(id), "+x"(plim_word_2_##id)
#define PLIM_INOUT_4_(id) PLIM_INOUT_3_(id), "+x"(plim_word_3_##id)
#define PLIM_INOUT_5_(id) PLIM_INOUT_4_(id), "+x"(plim_word_4_##id)
#define PLIM_TEXT_TO_0_(...)
#define PLIM_TEXT_TO_1_(a)             PLIM_MOVE_TAG_("0", a)
#define PLIM_TEXT_TO_2_(a, b)          PLIM_TEXT_TO_1_(a) PLIM_MOVE_TAG_("1", b)
#define PLIM_TEXT_TO_3_(a, b, c)       PLIM_TEXT_TO_2_(a, b) PLIM_MOVE_TAG_("2", c)
#define PLIM_TEXT_TO_4_(a, b, c, d)    PLIM_TEXT_TO_3_(a, b, c) PLIM_MOVE_TAG_("3", d)
#define PLIM_TEXT_TO_5_(a, b, c, d, e) PLIM_TEXT_TO_4_(a, b, c, d) PLIM_MOVE_TAG_("4", e)

#define PLIM_RECORD_AT_ONCE_(id, count, has_text, slots, site_text, site_operands, ...)            \
	{                                                                                          \
		PLIM_HOLD_##count##_(id, __VA_ARGS__)                                              \
		PLIM_FIXED_##count##_(id)                                                          \
		if (has_text)                                                                      \
			__asm__ __volatile__("" : : : "memory");                                   \
		PLIM_ASM_(site_text PLIM_TEXT_TO_##count##_(__VA_ARGS__) PLIM_PATH_(id, count)     \
			  : PLIM_INOUT_##count##_(id)                                              \
			  : [plim_text] "i"(has_text), PLIM_PLACE_OPERANDS_(count, slots),         \
			    site_operands                                                          \
			  : PLIM_CLOBBER_TEXT_##count##_(__VA_ARGS__) PLIM_CLOBBERS_0_);           \
		if (has_text)                                                                      \
			__asm__ __volatile__("" : : : "memory");                                   \
	}
#endif

#define PLIM_STAGE_CLOBBERS_ "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "cc", "memory"

#define PLIM_STAGE_BEGIN_(id, site_text, site_operands)                                            \
	PLIM_ASM_(site_text PLIM_JUMP_(id, "plim_x86_begin")                            \
			     :                                                                     \
			     : site_operands                                                       \
			     : PLIM_STAGE_CLOBBERS_);

/* One word, from any general register or, for floating point, any vector register. */
#define PLIM_STAGE_PUT_(id, strings, constraint, word)                                             \
	PLIM_ASM_("movq %0, %%xmm11\n\t" PLIM_JUMP_(id, "plim_x86_put")                 \
			     :                                                                     \
			     : constraint(word), [plim_strings] "i"(strings)                       \
			     : PLIM_STAGE_CLOBBERS_);

/* Up to five words come here at -O0 alone, and go on to the path in vector registers. */
#ifdef __OPTIMIZE__
#define PLIM_COMMIT_CLOBBERS_ "xmm8", "xmm9", "xmm10", PLIM_STAGE_CLOBBERS_
#else
#define PLIM_COMMIT_CLOBBERS_ "xmm5", "xmm6", PLIM_CLOBBERS_5_, "memory"
#endif
#define PLIM_STAGE_COMMIT_(id, strings)                                                            \
	PLIM_ASM_(PLIM_JUMP_(id, "plim_x86_commit")                                                \
		  :                                                                                \
		  : [plim_strings] "i"(strings)                                                    \
		  : PLIM_COMMIT_CLOBBERS_);

/* The site's address, for statements that call (C++ without optimisation or beyond five words). */
#define PLIM_SITE_ADDRESS_(id, site_text, site_operands)                                           \
	__extension__({                                                                            \
		const struct plim_site *plim_address_##id;                                         \
		PLIM_ASM_(site_text "leaq " PLIM_SITE_LABEL_(id) "(%%rip), %0"          \
				     : "=r"(plim_address_##id)                                     \
				     : site_operands);                                             \
		plim_address_##id;                                                                 \
	})

/* clang-format on */

#endif
