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

/* The operands that PLIM_EMIT_SITE_ names. One literal holds all strings of the site. */
#define PLIM_SITE_OPERANDS_(level, keyword, strings)                                               \
	[plim_strings] "i"(strings), [plim_function] "i"(__builtin_FUNCTION()),                    \
	[plim_level] "i"((int)(level)),                                                            \
	[plim_keyword_low] "i"((int)(unsigned)((keyword) & 0xffffffffu)),                          \
	[plim_keyword_high] "i"((int)(unsigned)((unsigned long long)(keyword) >> 32))

#ifdef __clang__
#define PLIM_COLD_LABEL_
#else
#define PLIM_COLD_LABEL_ __attribute__((cold, unused));
#endif

/*
 * `if (this site is enabled) body`. asm goto, but for clang with optimisation or in C++: clang 14
 * refuses asm goto in functions with scoped initialisation, and folds the flag output into a jump.
 */
#if defined(__clang__) && (defined(__cplusplus) || defined(__OPTIMIZE__))
#define PLIM_IF_ENABLED_(id, site_text, site_operands, body)                                       \
	if (__builtin_expect(__extension__({                                                       \
				     int plim_enabled_##id;                                      \
				     __asm__ __volatile__(site_text                                \
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
	__asm__ goto(site_text "cmpb $0, " PLIM_ENABLE_LABEL_(id) "(%%rip)\n\t"                    \
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
 * (and the last pointer to text to xmm12 as well) from wherever the compiler has them.
 */
#define PLIM_MOVE_WORD_(operand, to, word) "movaps %" operand ", %%" to "\n\t" PLIM_MOVE_TAG_(operand, word)
#define PLIM_MOVE_TAG_(operand, word)      PLIM_CAT(PLIM_MOVE_TAG_, PLIM_WORD_TAG_(word))(operand)
#define PLIM_MOVE_TAG_V(operand)
#define PLIM_MOVE_TAG_T(operand) "movaps %" operand ", %%xmm12\n\t"

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
#define PLIM_CLOBBER_TEXT_0_(...)
#define PLIM_CLOBBER_TEXT_1_(a)             PLIM_CLOBBER_WORD_(a)
#define PLIM_CLOBBER_TEXT_2_(a, b)          PLIM_CLOBBER_TEXT_1_(a) PLIM_CLOBBER_WORD_(b)
#define PLIM_CLOBBER_TEXT_3_(a, b, c)       PLIM_CLOBBER_TEXT_2_(a, b) PLIM_CLOBBER_WORD_(c)
#define PLIM_CLOBBER_TEXT_4_(a, b, c, d)    PLIM_CLOBBER_TEXT_3_(a, b, c) PLIM_CLOBBER_WORD_(d)
#define PLIM_CLOBBER_TEXT_5_(a, b, c, d, e) PLIM_CLOBBER_TEXT_4_(a, b, c, d) PLIM_CLOBBER_WORD_(e)

#define PLIM_JUMP_BY_TEXT_(id)                                                                     \
	"movq %%r11, %%xmm15\n\t"                                                                  \
	"leaq 771f(%%rip), %%r11\n\t"                                                              \
	".if %c[plim_text]\n\t"                                                                    \
	"jmp *plim_x86_emit_text@GOTPCREL(%%rip)\n\t"                                              \
	".else\n\t"                                                                                \
	"jmp *plim_x86_emit@GOTPCREL(%%rip)\n\t"                                                   \
	".endif\n"                                                                                 \
	"771:\n\t"                                                                                 \
	"nopl " PLIM_SITE_LABEL_(id) "(%%rip)\n\t"                                                 \
	"movq %%xmm15, %%r11"

/*
 * Up to five words at once. The barriers make the compiler store what pointers lead to. In C each
 * word moves on its own, so that one general register at a time is enough; in C++ temporaries
 * behind a word must live until it is recorded, so that all are operands of one statement.
 */
#ifdef __cplusplus
#define PLIM_RECORD_AT_ONCE_(id, count, has_text, site_text, site_operands, ...)                   \
	if (has_text)                                                                              \
		__asm__ __volatile__("" : : : "memory");                                           \
	__asm__ __volatile__(site_text PLIM_MOVE_##count##_(__VA_ARGS__) PLIM_JUMP_BY_TEXT_(id)    \
			     :                                                                     \
			     : PLIM_VECTOR_##count##_(__VA_ARGS__)[plim_text] "i"(has_text),       \
			       site_operands                                                       \
			     : PLIM_CLOBBER_TEXT_##count##_(__VA_ARGS__)                           \
			       PLIM_CLOBBERS_##count##_);                                          \
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
/* The register of word k is where the routine expects it; that of the only text is xmm12, too. */
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

#define PLIM_RECORD_AT_ONCE_(id, count, has_text, site_text, site_operands, ...)                   \
	{                                                                                          \
		PLIM_HOLD_##count##_(id, __VA_ARGS__)                                              \
		PLIM_FIXED_##count##_(id)                                                          \
		if (has_text)                                                                      \
			__asm__ __volatile__("" : : : "memory");                                   \
		__asm__ __volatile__(site_text PLIM_TEXT_TO_##count##_(__VA_ARGS__)                \
					     PLIM_JUMP_BY_TEXT_(id)                                \
				     : PLIM_INOUT_##count##_(id)                                   \
				     : [plim_text] "i"(has_text), site_operands                    \
				     : PLIM_CLOBBER_TEXT_##count##_(__VA_ARGS__)                   \
				       PLIM_CLOBBERS_0_);                                          \
		if (has_text)                                                                      \
			__asm__ __volatile__("" : : : "memory");                                   \
	}
#endif

#define PLIM_STAGE_CLOBBERS_ "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "cc", "memory"

#define PLIM_STAGE_BEGIN_(id, site_text, site_operands)                                            \
	__asm__ __volatile__(site_text PLIM_JUMP_(id, "plim_x86_begin")                            \
			     :                                                                     \
			     : site_operands                                                       \
			     : PLIM_STAGE_CLOBBERS_);

/* One word, from any general register or, for floating point, any vector register. */
#define PLIM_STAGE_PUT_(id, strings, constraint, word)                                             \
	__asm__ __volatile__("movq %0, %%xmm11\n\t" PLIM_JUMP_(id, "plim_x86_put")                 \
			     :                                                                     \
			     : constraint(word), [plim_strings] "i"(strings)                       \
			     : PLIM_STAGE_CLOBBERS_);

/* Up to five words come here at -O0 alone, and go on to plim_x86_emit in vector registers. */
#ifdef __OPTIMIZE__
#define PLIM_COMMIT_CLOBBERS_ PLIM_STAGE_CLOBBERS_
#else
#define PLIM_COMMIT_CLOBBERS_ "xmm5", "xmm6", PLIM_CLOBBERS_5_, "memory"
#endif
#define PLIM_STAGE_COMMIT_(id, strings)                                                            \
	__asm__ __volatile__(PLIM_JUMP_(id, "plim_x86_commit")                                     \
			     :                                                                     \
			     : [plim_strings] "i"(strings)                                         \
			     : PLIM_COMMIT_CLOBBERS_);

/* The site's address, for statements that call (C++ without optimisation or beyond five words). */
#define PLIM_SITE_ADDRESS_(id, site_text, site_operands)                                           \
	__extension__({                                                                            \
		const struct plim_site *plim_address_##id;                                         \
		__asm__ __volatile__(site_text "leaq " PLIM_SITE_LABEL_(id) "(%%rip), %0"          \
				     : "=r"(plim_address_##id)                                     \
				     : site_operands);                                             \
		plim_address_##id;                                                                 \
	})

#endif
