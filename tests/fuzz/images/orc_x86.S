/* SPDX-License-Identifier: MIT */
/* A kernel module in small: two functions with ORC entries, of which the second's are wrong. */
	.macro orc at, offset
	.section .orc_unwind_ip, "a"
	.long \at - .
	.section .orc_unwind, "a"
	.short \offset, 0
	.byte 5, 0 /* the stack pointer plus the offset */
	.text
	.endm
	.section .modinfo, "a"
	.asciz "license=MIT"
	.text
	.globl confirmed, contradicted
	.type confirmed, @function
confirmed:
	orc confirmed, 8
	pushq %rbx
0:	orc 0b, 16
	call printk
	popq %rbx
0:	orc 0b, 8
	ret
	.size confirmed, . - confirmed
	.type contradicted, @function
contradicted:
	orc contradicted, 8
	subq $40, %rsp
0:	orc 0b, 16
	call printk
	addq $40, %rsp
0:	orc 0b, 8
	ret
	.size contradicted, . - contradicted
	.section .note.GNU-stack, "", @progbits
