# SPDX-License-Identifier: MIT
# 20 functions that begin one after the other and all end at the end: 60,000 instructions each.
	.section xdp,"ax",@progbits
	.macro function number
	.globl f\number
	.type f\number,@function
f\number:
	r0 = \number
	.size f\number, .Lend - f\number
	.endm
	.irp number,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20
	function \number
	.endr
	.rept 60000
	r0 = 0
	.endr
	exit
.Lend:
