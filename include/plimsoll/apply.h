/* SPDX-License-Identifier: MIT */
/*
 * Preprocessor machinery for tracelog.h: counting and applying a macro to each argument. The
 * preprocessor has no loops, so the steps are written out, for up to 16 fields and 32 words.
 */
#ifndef PLIMSOLL_APPLY_H
#define PLIMSOLL_APPLY_H

/* clang-format off */
#define PLIM_TEXT_(x)   #x
#define PLIM_TEXT(x)    PLIM_TEXT_(x)
#define PLIM_CAT_(a, b) a##b
#define PLIM_CAT(a, b)  PLIM_CAT_(a, b)
/* Calls after the arguments are expanded; one name for each depth, as a macro cannot nest in itself. */
#define PLIM_CALL_APPLY_(macro, arguments) macro arguments
#define PLIM_CALL_FIELD_(macro, arguments) macro arguments
#define PLIM_CALL_WORDS_(macro, arguments) macro arguments
#define PLIM_CALL_PUT_(macro, arguments)   macro arguments
#define PLIM_UNPAREN_(...) __VA_ARGS__

/* How many arguments follow the first. */
#define PLIM_COUNT(...) PLIM_COUNT_(__VA_ARGS__, 40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define PLIM_COUNT_(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, a37, a38, a39, a40, n, ...) n

/* MACRO(index, context, field) for each of up to 16 fields; context is in parentheses. */
#define PLIM_APPLY_0(m, c, ...)
#define PLIM_APPLY_1(m, c, f0) m(0, c, f0)
#define PLIM_APPLY_2(m, c, f0, f1) m(0, c, f0) m(1, c, f1)
#define PLIM_APPLY_3(m, c, f0, f1, f2) m(0, c, f0) m(1, c, f1) m(2, c, f2)
#define PLIM_APPLY_4(m, c, f0, f1, f2, f3) m(0, c, f0) m(1, c, f1) m(2, c, f2) m(3, c, f3)
#define PLIM_APPLY_5(m, c, f0, f1, f2, f3, f4) m(0, c, f0) m(1, c, f1) m(2, c, f2) m(3, c, f3) m(4, c, f4)
#define PLIM_APPLY_6(m, c, f0, f1, f2, f3, f4, f5) m(0, c, f0) m(1, c, f1) m(2, c, f2) m(3, c, f3) m(4, c, f4) m(5, c, f5)
#define PLIM_APPLY_7(m, c, f0, f1, f2, f3, f4, f5, f6) m(0, c, f0) m(1, c, f1) m(2, c, f2) m(3, c, f3) m(4, c, f4) m(5, c, f5) m(6, c, f6)
#define PLIM_APPLY_8(m, c, f0, f1, f2, f3, f4, f5, f6, f7) m(0, c, f0) m(1, c, f1) m(2, c, f2) m(3, c, f3) m(4, c, f4) m(5, c, f5) m(6, c, f6) m(7, c, f7)
#define PLIM_APPLY_9(m, c, f0, f1, f2, f3, f4, f5, f6, f7, f8) m(0, c, f0) m(1, c, f1) m(2, c, f2) m(3, c, f3) m(4, c, f4) m(5, c, f5) m(6, c, f6) m(7, c, f7) m(8, c, f8)
#define PLIM_APPLY_10(m, c, f0, f1, f2, f3, f4, f5, f6, f7, f8, f9) m(0, c, f0) m(1, c, f1) m(2, c, f2) m(3, c, f3) m(4, c, f4) m(5, c, f5) m(6, c, f6) m(7, c, f7) m(8, c, f8) m(9, c, f9)
#define PLIM_APPLY_11(m, c, f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10) m(0, c, f0) m(1, c, f1) m(2, c, f2) m(3, c, f3) m(4, c, f4) m(5, c, f5) m(6, c, f6) m(7, c, f7) m(8, c, f8) m(9, c, f9) m(10, c, f10)
#define PLIM_APPLY_12(m, c, f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11) m(0, c, f0) m(1, c, f1) m(2, c, f2) m(3, c, f3) m(4, c, f4) m(5, c, f5) m(6, c, f6) m(7, c, f7) m(8, c, f8) m(9, c, f9) m(10, c, f10) m(11, c, f11)
#define PLIM_APPLY_13(m, c, f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12) m(0, c, f0) m(1, c, f1) m(2, c, f2) m(3, c, f3) m(4, c, f4) m(5, c, f5) m(6, c, f6) m(7, c, f7) m(8, c, f8) m(9, c, f9) m(10, c, f10) m(11, c, f11) m(12, c, f12)
#define PLIM_APPLY_14(m, c, f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13) m(0, c, f0) m(1, c, f1) m(2, c, f2) m(3, c, f3) m(4, c, f4) m(5, c, f5) m(6, c, f6) m(7, c, f7) m(8, c, f8) m(9, c, f9) m(10, c, f10) m(11, c, f11) m(12, c, f12) m(13, c, f13)
#define PLIM_APPLY_15(m, c, f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14) m(0, c, f0) m(1, c, f1) m(2, c, f2) m(3, c, f3) m(4, c, f4) m(5, c, f5) m(6, c, f6) m(7, c, f7) m(8, c, f8) m(9, c, f9) m(10, c, f10) m(11, c, f11) m(12, c, f12) m(13, c, f13) m(14, c, f14)
#define PLIM_APPLY_16(m, c, f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15) m(0, c, f0) m(1, c, f1) m(2, c, f2) m(3, c, f3) m(4, c, f4) m(5, c, f5) m(6, c, f6) m(7, c, f7) m(8, c, f8) m(9, c, f9) m(10, c, f10) m(11, c, f11) m(12, c, f12) m(13, c, f13) m(14, c, f14) m(15, c, f15)
#define PLIM_APPLY_17(m, c, ...)
#define PLIM_APPLY_18(m, c, ...)
#define PLIM_APPLY_19(m, c, ...)
#define PLIM_APPLY_20(m, c, ...)
#define PLIM_APPLY_21(m, c, ...)
#define PLIM_APPLY_22(m, c, ...)
#define PLIM_APPLY_23(m, c, ...)
#define PLIM_APPLY_24(m, c, ...)
#define PLIM_APPLY_25(m, c, ...)
#define PLIM_APPLY_26(m, c, ...)
#define PLIM_APPLY_27(m, c, ...)
#define PLIM_APPLY_28(m, c, ...)
#define PLIM_APPLY_29(m, c, ...)
#define PLIM_APPLY_30(m, c, ...)
#define PLIM_APPLY_31(m, c, ...)
#define PLIM_APPLY_32(m, c, ...)
#define PLIM_APPLY_33(m, c, ...)
#define PLIM_APPLY_34(m, c, ...)
#define PLIM_APPLY_35(m, c, ...)
#define PLIM_APPLY_36(m, c, ...)
#define PLIM_APPLY_37(m, c, ...)
#define PLIM_APPLY_38(m, c, ...)
#define PLIM_APPLY_39(m, c, ...)
#define PLIM_APPLY_40(m, c, ...)

/* The 17th field is one too many. */
#define PLIM_FIELD_LIMIT_0 1
#define PLIM_FIELD_LIMIT_1 1
#define PLIM_FIELD_LIMIT_2 1
#define PLIM_FIELD_LIMIT_3 1
#define PLIM_FIELD_LIMIT_4 1
#define PLIM_FIELD_LIMIT_5 1
#define PLIM_FIELD_LIMIT_6 1
#define PLIM_FIELD_LIMIT_7 1
#define PLIM_FIELD_LIMIT_8 1
#define PLIM_FIELD_LIMIT_9 1
#define PLIM_FIELD_LIMIT_10 1
#define PLIM_FIELD_LIMIT_11 1
#define PLIM_FIELD_LIMIT_12 1
#define PLIM_FIELD_LIMIT_13 1
#define PLIM_FIELD_LIMIT_14 1
#define PLIM_FIELD_LIMIT_15 1
#define PLIM_FIELD_LIMIT_16 1
#define PLIM_FIELD_LIMIT_17 0
#define PLIM_FIELD_LIMIT_18 0
#define PLIM_FIELD_LIMIT_19 0
#define PLIM_FIELD_LIMIT_20 0
#define PLIM_FIELD_LIMIT_21 0
#define PLIM_FIELD_LIMIT_22 0
#define PLIM_FIELD_LIMIT_23 0
#define PLIM_FIELD_LIMIT_24 0
#define PLIM_FIELD_LIMIT_25 0
#define PLIM_FIELD_LIMIT_26 0
#define PLIM_FIELD_LIMIT_27 0
#define PLIM_FIELD_LIMIT_28 0
#define PLIM_FIELD_LIMIT_29 0
#define PLIM_FIELD_LIMIT_30 0
#define PLIM_FIELD_LIMIT_31 0
#define PLIM_FIELD_LIMIT_32 0
#define PLIM_FIELD_LIMIT_33 0
#define PLIM_FIELD_LIMIT_34 0
#define PLIM_FIELD_LIMIT_35 0
#define PLIM_FIELD_LIMIT_36 0
#define PLIM_FIELD_LIMIT_37 0
#define PLIM_FIELD_LIMIT_38 0
#define PLIM_FIELD_LIMIT_39 0
#define PLIM_FIELD_LIMIT_40 0

/* MACRO(context, word) for each of up to 32 words. */
#define PLIM_WORDS_0(m, c, ...)
#define PLIM_WORDS_1(m, c, w0) m(c, w0)
#define PLIM_WORDS_2(m, c, w0, w1) m(c, w0) m(c, w1)
#define PLIM_WORDS_3(m, c, w0, w1, w2) m(c, w0) m(c, w1) m(c, w2)
#define PLIM_WORDS_4(m, c, w0, w1, w2, w3) m(c, w0) m(c, w1) m(c, w2) m(c, w3)
#define PLIM_WORDS_5(m, c, w0, w1, w2, w3, w4) m(c, w0) m(c, w1) m(c, w2) m(c, w3) m(c, w4)
#define PLIM_WORDS_6(m, c, w0, w1, w2, w3, w4, w5) m(c, w0) m(c, w1) m(c, w2) m(c, w3) m(c, w4) m(c, w5)
#define PLIM_WORDS_7(m, c, w0, w1, w2, w3, w4, w5, w6) m(c, w0) m(c, w1) m(c, w2) m(c, w3) m(c, w4) m(c, w5) m(c, w6)
#define PLIM_WORDS_8(m, c, w0, w1, w2, w3, w4, w5, w6, w7) m(c, w0) m(c, w1) m(c, w2) m(c, w3) m(c, w4) m(c, w5) m(c, w6) m(c, w7)
#define PLIM_WORDS_9(m, c, w0, w1, w2, w3, w4, w5, w6, w7, w8) m(c, w0) m(c, w1) m(c, w2) m(c, w3) m(c, w4) m(c, w5) m(c, w6) m(c, w7) m(c, w8)
#define PLIM_WORDS_10(m, c, w0, w1, w2, w3, w4, w5, w6, w7, w8, w9) m(c, w0) m(c, w1) m(c, w2) m(c, w3) m(c, w4) m(c, w5) m(c, w6) m(c, w7) m(c, w8) m(c, w9)
#define PLIM_WORDS_11(m, c, w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10) m(c, w0) m(c, w1) m(c, w2) m(c, w3) m(c, w4) m(c, w5) m(c, w6) m(c, w7) m(c, w8) m(c, w9) m(c, w10)
#define PLIM_WORDS_12(m, c, w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11) m(c, w0) m(c, w1) m(c, w2) m(c, w3) m(c, w4) m(c, w5) m(c, w6) m(c, w7) m(c, w8) m(c, w9) m(c, w10) m(c, w11)
#define PLIM_WORDS_13(m, c, w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12) m(c, w0) m(c, w1) m(c, w2) m(c, w3) m(c, w4) m(c, w5) m(c, w6) m(c, w7) m(c, w8) m(c, w9) m(c, w10) m(c, w11) m(c, w12)
#define PLIM_WORDS_14(m, c, w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13) m(c, w0) m(c, w1) m(c, w2) m(c, w3) m(c, w4) m(c, w5) m(c, w6) m(c, w7) m(c, w8) m(c, w9) m(c, w10) m(c, w11) m(c, w12) m(c, w13)
#define PLIM_WORDS_15(m, c, w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14) m(c, w0) m(c, w1) m(c, w2) m(c, w3) m(c, w4) m(c, w5) m(c, w6) m(c, w7) m(c, w8) m(c, w9) m(c, w10) m(c, w11) m(c, w12) m(c, w13) m(c, w14)
#define PLIM_WORDS_16(m, c, w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15) m(c, w0) m(c, w1) m(c, w2) m(c, w3) m(c, w4) m(c, w5) m(c, w6) m(c, w7) m(c, w8) m(c, w9) m(c, w10) m(c, w11) m(c, w12) m(c, w13) m(c, w14) m(c, w15)
#define PLIM_WORDS_17(m, c, w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15, w16) m(c, w0) m(c, w1) m(c, w2) m(c, w3) m(c, w4) m(c, w5) m(c, w6) m(c, w7) m(c, w8) m(c, w9) m(c, w10) m(c, w11) m(c, w12) m(c, w13) m(c, w14) m(c, w15) m(c, w16)
#define PLIM_WORDS_18(m, c, w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15, w16, w17) m(c, w0) m(c, w1) m(c, w2) m(c, w3) m(c, w4) m(c, w5) m(c, w6) m(c, w7) m(c, w8) m(c, w9) m(c, w10) m(c, w11) m(c, w12) m(c, w13) m(c, w14) m(c, w15) m(c, w16) m(c, w17)
#define PLIM_WORDS_19(m, c, w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15, w16, w17, w18) m(c, w0) m(c, w1) m(c, w2) m(c, w3) m(c, w4) m(c, w5) m(c, w6) m(c, w7) m(c, w8) m(c, w9) m(c, w10) m(c, w11) m(c, w12) m(c, w13) m(c, w14) m(c, w15) m(c, w16) m(c, w17) m(c, w18)
#define PLIM_WORDS_20(m, c, w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15, w16, w17, w18, w19) m(c, w0) m(c, w1) m(c, w2) m(c, w3) m(c, w4) m(c, w5) m(c, w6) m(c, w7) m(c, w8) m(c, w9) m(c, w10) m(c, w11) m(c, w12) m(c, w13) m(c, w14) m(c, w15) m(c, w16) m(c, w17) m(c, w18) m(c, w19)
#define PLIM_WORDS_21(m, c, w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15, w16, w17, w18, w19, w20) m(c, w0) m(c, w1) m(c, w2) m(c, w3) m(c, w4) m(c, w5) m(c, w6) m(c, w7) m(c, w8) m(c, w9) m(c, w10) m(c, w11) m(c, w12) m(c, w13) m(c, w14) m(c, w15) m(c, w16) m(c, w17) m(c, w18) m(c, w19) m(c, w20)
#define PLIM_WORDS_22(m, c, w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15, w16, w17, w18, w19, w20, w21) m(c, w0) m(c, w1) m(c, w2) m(c, w3) m(c, w4) m(c, w5) m(c, w6) m(c, w7) m(c, w8) m(c, w9) m(c, w10) m(c, w11) m(c, w12) m(c, w13) m(c, w14) m(c, w15) m(c, w16) m(c, w17) m(c, w18) m(c, w19) m(c, w20) m(c, w21)
#define PLIM_WORDS_23(m, c, w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15, w16, w17, w18, w19, w20, w21, w22) m(c, w0) m(c, w1) m(c, w2) m(c, w3) m(c, w4) m(c, w5) m(c, w6) m(c, w7) m(c, w8) m(c, w9) m(c, w10) m(c, w11) m(c, w12) m(c, w13) m(c, w14) m(c, w15) m(c, w16) m(c, w17) m(c, w18) m(c, w19) m(c, w20) m(c, w21) m(c, w22)
#define PLIM_WORDS_24(m, c, w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15, w16, w17, w18, w19, w20, w21, w22, w23) m(c, w0) m(c, w1) m(c, w2) m(c, w3) m(c, w4) m(c, w5) m(c, w6) m(c, w7) m(c, w8) m(c, w9) m(c, w10) m(c, w11) m(c, w12) m(c, w13) m(c, w14) m(c, w15) m(c, w16) m(c, w17) m(c, w18) m(c, w19) m(c, w20) m(c, w21) m(c, w22) m(c, w23)
#define PLIM_WORDS_25(m, c, w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15, w16, w17, w18, w19, w20, w21, w22, w23, w24) m(c, w0) m(c, w1) m(c, w2) m(c, w3) m(c, w4) m(c, w5) m(c, w6) m(c, w7) m(c, w8) m(c, w9) m(c, w10) m(c, w11) m(c, w12) m(c, w13) m(c, w14) m(c, w15) m(c, w16) m(c, w17) m(c, w18) m(c, w19) m(c, w20) m(c, w21) m(c, w22) m(c, w23) m(c, w24)
#define PLIM_WORDS_26(m, c, w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15, w16, w17, w18, w19, w20, w21, w22, w23, w24, w25) m(c, w0) m(c, w1) m(c, w2) m(c, w3) m(c, w4) m(c, w5) m(c, w6) m(c, w7) m(c, w8) m(c, w9) m(c, w10) m(c, w11) m(c, w12) m(c, w13) m(c, w14) m(c, w15) m(c, w16) m(c, w17) m(c, w18) m(c, w19) m(c, w20) m(c, w21) m(c, w22) m(c, w23) m(c, w24) m(c, w25)
#define PLIM_WORDS_27(m, c, w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15, w16, w17, w18, w19, w20, w21, w22, w23, w24, w25, w26) m(c, w0) m(c, w1) m(c, w2) m(c, w3) m(c, w4) m(c, w5) m(c, w6) m(c, w7) m(c, w8) m(c, w9) m(c, w10) m(c, w11) m(c, w12) m(c, w13) m(c, w14) m(c, w15) m(c, w16) m(c, w17) m(c, w18) m(c, w19) m(c, w20) m(c, w21) m(c, w22) m(c, w23) m(c, w24) m(c, w25) m(c, w26)
#define PLIM_WORDS_28(m, c, w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15, w16, w17, w18, w19, w20, w21, w22, w23, w24, w25, w26, w27) m(c, w0) m(c, w1) m(c, w2) m(c, w3) m(c, w4) m(c, w5) m(c, w6) m(c, w7) m(c, w8) m(c, w9) m(c, w10) m(c, w11) m(c, w12) m(c, w13) m(c, w14) m(c, w15) m(c, w16) m(c, w17) m(c, w18) m(c, w19) m(c, w20) m(c, w21) m(c, w22) m(c, w23) m(c, w24) m(c, w25) m(c, w26) m(c, w27)
#define PLIM_WORDS_29(m, c, w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15, w16, w17, w18, w19, w20, w21, w22, w23, w24, w25, w26, w27, w28) m(c, w0) m(c, w1) m(c, w2) m(c, w3) m(c, w4) m(c, w5) m(c, w6) m(c, w7) m(c, w8) m(c, w9) m(c, w10) m(c, w11) m(c, w12) m(c, w13) m(c, w14) m(c, w15) m(c, w16) m(c, w17) m(c, w18) m(c, w19) m(c, w20) m(c, w21) m(c, w22) m(c, w23) m(c, w24) m(c, w25) m(c, w26) m(c, w27) m(c, w28)
#define PLIM_WORDS_30(m, c, w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15, w16, w17, w18, w19, w20, w21, w22, w23, w24, w25, w26, w27, w28, w29) m(c, w0) m(c, w1) m(c, w2) m(c, w3) m(c, w4) m(c, w5) m(c, w6) m(c, w7) m(c, w8) m(c, w9) m(c, w10) m(c, w11) m(c, w12) m(c, w13) m(c, w14) m(c, w15) m(c, w16) m(c, w17) m(c, w18) m(c, w19) m(c, w20) m(c, w21) m(c, w22) m(c, w23) m(c, w24) m(c, w25) m(c, w26) m(c, w27) m(c, w28) m(c, w29)
#define PLIM_WORDS_31(m, c, w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15, w16, w17, w18, w19, w20, w21, w22, w23, w24, w25, w26, w27, w28, w29, w30) m(c, w0) m(c, w1) m(c, w2) m(c, w3) m(c, w4) m(c, w5) m(c, w6) m(c, w7) m(c, w8) m(c, w9) m(c, w10) m(c, w11) m(c, w12) m(c, w13) m(c, w14) m(c, w15) m(c, w16) m(c, w17) m(c, w18) m(c, w19) m(c, w20) m(c, w21) m(c, w22) m(c, w23) m(c, w24) m(c, w25) m(c, w26) m(c, w27) m(c, w28) m(c, w29) m(c, w30)
#define PLIM_WORDS_32(m, c, w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15, w16, w17, w18, w19, w20, w21, w22, w23, w24, w25, w26, w27, w28, w29, w30, w31) m(c, w0) m(c, w1) m(c, w2) m(c, w3) m(c, w4) m(c, w5) m(c, w6) m(c, w7) m(c, w8) m(c, w9) m(c, w10) m(c, w11) m(c, w12) m(c, w13) m(c, w14) m(c, w15) m(c, w16) m(c, w17) m(c, w18) m(c, w19) m(c, w20) m(c, w21) m(c, w22) m(c, w23) m(c, w24) m(c, w25) m(c, w26) m(c, w27) m(c, w28) m(c, w29) m(c, w30) m(c, w31)
#define PLIM_WORDS_33(m, c, ...)
#define PLIM_WORDS_34(m, c, ...)
#define PLIM_WORDS_35(m, c, ...)
#define PLIM_WORDS_36(m, c, ...)
#define PLIM_WORDS_37(m, c, ...)
#define PLIM_WORDS_38(m, c, ...)
#define PLIM_WORDS_39(m, c, ...)
#define PLIM_WORDS_40(m, c, ...)

/* Whether so many words fit the registers of the statement: the suffix of the macro to use. */
#define PLIM_FITS_0 AT_ONCE
#define PLIM_FITS_1 AT_ONCE
#define PLIM_FITS_2 AT_ONCE
#define PLIM_FITS_3 AT_ONCE
#define PLIM_FITS_4 AT_ONCE
#define PLIM_FITS_5 AT_ONCE
#define PLIM_FITS_6 STAGED
#define PLIM_FITS_7 STAGED
#define PLIM_FITS_8 STAGED
#define PLIM_FITS_9 STAGED
#define PLIM_FITS_10 STAGED
#define PLIM_FITS_11 STAGED
#define PLIM_FITS_12 STAGED
#define PLIM_FITS_13 STAGED
#define PLIM_FITS_14 STAGED
#define PLIM_FITS_15 STAGED
#define PLIM_FITS_16 STAGED
#define PLIM_FITS_17 STAGED
#define PLIM_FITS_18 STAGED
#define PLIM_FITS_19 STAGED
#define PLIM_FITS_20 STAGED
#define PLIM_FITS_21 STAGED
#define PLIM_FITS_22 STAGED
#define PLIM_FITS_23 STAGED
#define PLIM_FITS_24 STAGED
#define PLIM_FITS_25 STAGED
#define PLIM_FITS_26 STAGED
#define PLIM_FITS_27 STAGED
#define PLIM_FITS_28 STAGED
#define PLIM_FITS_29 STAGED
#define PLIM_FITS_30 STAGED
#define PLIM_FITS_31 STAGED
#define PLIM_FITS_32 STAGED
#define PLIM_FITS_33 STAGED
#define PLIM_FITS_34 STAGED
#define PLIM_FITS_35 STAGED
#define PLIM_FITS_36 STAGED
#define PLIM_FITS_37 STAGED
#define PLIM_FITS_38 STAGED
#define PLIM_FITS_39 STAGED
#define PLIM_FITS_40 STAGED
/* clang-format on */

#endif
