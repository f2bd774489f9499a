/* SPDX-License-Identifier: MIT */
/*
 * Sorting the arguments of TraceLoggingWrite. Each is (SORT, content): plim_field with a field of
 * tracelog.h, plim_level, plim_keyword or plim_opcode with an expression, or plim_ignored. They come in any order.
 */
#ifndef PLIMSOLL_COMPAT_TRACE_LOGGING_APPLY_H
#define PLIMSOLL_COMPAT_TRACE_LOGGING_APPLY_H

/* clang-format off */
#define PLIM_TL_CALL_(macro, arguments)   macro arguments
#define PLIM_TL_CALL_2_(macro, arguments) macro arguments

/* MACRO(argument) for each of up to 24. */
#define PLIM_TL_EACH_0(m, ...)
#define PLIM_TL_EACH_1(m, a0) m(a0)
#define PLIM_TL_EACH_2(m, a0, a1) m(a0) m(a1)
#define PLIM_TL_EACH_3(m, a0, a1, a2) m(a0) m(a1) m(a2)
#define PLIM_TL_EACH_4(m, a0, a1, a2, a3) m(a0) m(a1) m(a2) m(a3)
#define PLIM_TL_EACH_5(m, a0, a1, a2, a3, a4) m(a0) m(a1) m(a2) m(a3) m(a4)
#define PLIM_TL_EACH_6(m, a0, a1, a2, a3, a4, a5) m(a0) m(a1) m(a2) m(a3) m(a4) m(a5)
#define PLIM_TL_EACH_7(m, a0, a1, a2, a3, a4, a5, a6) m(a0) m(a1) m(a2) m(a3) m(a4) m(a5) m(a6)
#define PLIM_TL_EACH_8(m, a0, a1, a2, a3, a4, a5, a6, a7) m(a0) m(a1) m(a2) m(a3) m(a4) m(a5) m(a6) m(a7)
#define PLIM_TL_EACH_9(m, a0, a1, a2, a3, a4, a5, a6, a7, a8) m(a0) m(a1) m(a2) m(a3) m(a4) m(a5) m(a6) m(a7) m(a8)
#define PLIM_TL_EACH_10(m, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9) m(a0) m(a1) m(a2) m(a3) m(a4) m(a5) m(a6) m(a7) m(a8) m(a9)
#define PLIM_TL_EACH_11(m, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10) m(a0) m(a1) m(a2) m(a3) m(a4) m(a5) m(a6) m(a7) m(a8) m(a9) m(a10)
#define PLIM_TL_EACH_12(m, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11) m(a0) m(a1) m(a2) m(a3) m(a4) m(a5) m(a6) m(a7) m(a8) m(a9) m(a10) m(a11)
#define PLIM_TL_EACH_13(m, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12) m(a0) m(a1) m(a2) m(a3) m(a4) m(a5) m(a6) m(a7) m(a8) m(a9) m(a10) m(a11) m(a12)
#define PLIM_TL_EACH_14(m, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13) m(a0) m(a1) m(a2) m(a3) m(a4) m(a5) m(a6) m(a7) m(a8) m(a9) m(a10) m(a11) m(a12) m(a13)
#define PLIM_TL_EACH_15(m, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14) m(a0) m(a1) m(a2) m(a3) m(a4) m(a5) m(a6) m(a7) m(a8) m(a9) m(a10) m(a11) m(a12) m(a13) m(a14)
#define PLIM_TL_EACH_16(m, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15) m(a0) m(a1) m(a2) m(a3) m(a4) m(a5) m(a6) m(a7) m(a8) m(a9) m(a10) m(a11) m(a12) m(a13) m(a14) m(a15)
#define PLIM_TL_EACH_17(m, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16) m(a0) m(a1) m(a2) m(a3) m(a4) m(a5) m(a6) m(a7) m(a8) m(a9) m(a10) m(a11) m(a12) m(a13) m(a14) m(a15) m(a16)
#define PLIM_TL_EACH_18(m, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17) m(a0) m(a1) m(a2) m(a3) m(a4) m(a5) m(a6) m(a7) m(a8) m(a9) m(a10) m(a11) m(a12) m(a13) m(a14) m(a15) m(a16) m(a17)
#define PLIM_TL_EACH_19(m, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18) m(a0) m(a1) m(a2) m(a3) m(a4) m(a5) m(a6) m(a7) m(a8) m(a9) m(a10) m(a11) m(a12) m(a13) m(a14) m(a15) m(a16) m(a17) m(a18)
#define PLIM_TL_EACH_20(m, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19) m(a0) m(a1) m(a2) m(a3) m(a4) m(a5) m(a6) m(a7) m(a8) m(a9) m(a10) m(a11) m(a12) m(a13) m(a14) m(a15) m(a16) m(a17) m(a18) m(a19)
#define PLIM_TL_EACH_21(m, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20) m(a0) m(a1) m(a2) m(a3) m(a4) m(a5) m(a6) m(a7) m(a8) m(a9) m(a10) m(a11) m(a12) m(a13) m(a14) m(a15) m(a16) m(a17) m(a18) m(a19) m(a20)
#define PLIM_TL_EACH_22(m, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21) m(a0) m(a1) m(a2) m(a3) m(a4) m(a5) m(a6) m(a7) m(a8) m(a9) m(a10) m(a11) m(a12) m(a13) m(a14) m(a15) m(a16) m(a17) m(a18) m(a19) m(a20) m(a21)
#define PLIM_TL_EACH_23(m, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22) m(a0) m(a1) m(a2) m(a3) m(a4) m(a5) m(a6) m(a7) m(a8) m(a9) m(a10) m(a11) m(a12) m(a13) m(a14) m(a15) m(a16) m(a17) m(a18) m(a19) m(a20) m(a21) m(a22)
#define PLIM_TL_EACH_24(m, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23) m(a0) m(a1) m(a2) m(a3) m(a4) m(a5) m(a6) m(a7) m(a8) m(a9) m(a10) m(a11) m(a12) m(a13) m(a14) m(a15) m(a16) m(a17) m(a18) m(a19) m(a20) m(a21) m(a22) m(a23)

/* One question an argument: what it adds to the list of fields, of levels, of keywords, of opcodes. */
#define PLIM_TL_FIELD_OF_(argument) PLIM_TL_FIELD_OF_2_ argument
#define PLIM_TL_FIELD_OF_2_(sort, ...) PLIM_CAT(PLIM_TL_FIELD_OF_, sort)(__VA_ARGS__)
#define PLIM_TL_FIELD_OF_plim_field(...) , __VA_ARGS__
#define PLIM_TL_FIELD_OF_plim_level(...)
#define PLIM_TL_FIELD_OF_plim_keyword(...)
#define PLIM_TL_FIELD_OF_plim_opcode(...)
#define PLIM_TL_FIELD_OF_plim_ignored(...)

#define PLIM_TL_LEVEL_OF_(argument) PLIM_TL_LEVEL_OF_2_ argument
#define PLIM_TL_LEVEL_OF_2_(sort, ...) PLIM_CAT(PLIM_TL_LEVEL_OF_, sort)(__VA_ARGS__)
#define PLIM_TL_LEVEL_OF_plim_field(...)
#define PLIM_TL_LEVEL_OF_plim_level(...) , (__VA_ARGS__)
#define PLIM_TL_LEVEL_OF_plim_keyword(...)
#define PLIM_TL_LEVEL_OF_plim_opcode(...)
#define PLIM_TL_LEVEL_OF_plim_ignored(...)

#define PLIM_TL_KEYWORD_OF_(argument) PLIM_TL_KEYWORD_OF_2_ argument
#define PLIM_TL_KEYWORD_OF_2_(sort, ...) PLIM_CAT(PLIM_TL_KEYWORD_OF_, sort)(__VA_ARGS__)
#define PLIM_TL_KEYWORD_OF_plim_field(...)
#define PLIM_TL_KEYWORD_OF_plim_level(...)
#define PLIM_TL_KEYWORD_OF_plim_keyword(...) | (unsigned long long)(__VA_ARGS__)
#define PLIM_TL_KEYWORD_OF_plim_opcode(...)
#define PLIM_TL_KEYWORD_OF_plim_ignored(...)

#define PLIM_TL_OPCODE_OF_(argument) PLIM_TL_OPCODE_OF_2_ argument
#define PLIM_TL_OPCODE_OF_2_(sort, ...) PLIM_CAT(PLIM_TL_OPCODE_OF_, sort)(__VA_ARGS__)
#define PLIM_TL_OPCODE_OF_plim_field(...)
#define PLIM_TL_OPCODE_OF_plim_level(...)
#define PLIM_TL_OPCODE_OF_plim_keyword(...)
#define PLIM_TL_OPCODE_OF_plim_opcode(...) , (__VA_ARGS__)
#define PLIM_TL_OPCODE_OF_plim_ignored(...)

#define PLIM_TL_FIRST_(...) PLIM_TL_FIRST_2_(__VA_ARGS__)
#define PLIM_TL_FIRST_2_(none, first, ...) first
/* clang-format on */

#endif
