/* SPDX-License-Identifier: MIT */
/*
 * Functions that go wrong in a checker which is not careful; trap_frames_test.c knows the truth of
 * each. Assembled, never run.
 */
	.macro function name
	.globl \name
	.type \name, @function
\name:
	.endm
	.macro end name
	.size \name, . - \name
	.endm
	.text

function plain
	.cfi_startproc
	subq $40, %rsp
	.cfi_def_cfa_offset 48
	call external_function
	addq $40, %rsp
	.cfi_def_cfa_offset 8
	ret
	.cfi_endproc
end plain

function red_zone /* 100 bytes below its stack pointer */
	movl %edi, -100(%rsp)
	movl -100(%rsp), %eax
	ret
end red_zone

function realigned /* 16 for rbp; up to the next 64, at worst 48 more; 128 below */
	pushq %rbp
	movq %rsp, %rbp
	andq $-64, %rsp
	subq $128, %rsp
	movq %rsp, %rdi
	call external_function
	leave
	ret
end realigned

function pushed_arguments /* 8 + 8 and three arguments */
	subq $8, %rsp
	pushq $1
	pushq $2
	pushq $3
	call external_function
	addq $32, %rsp
	ret
end pushed_arguments

function never_returns
	subq $72, %rsp
	call abort
end never_returns

function after_noreturn /* what follows the call is another path's: 16, not 24 */
	testq %rdi, %rdi
	je 1f
	pushq %rbx
	call never_returns
1:	subq $8, %rsp
	call external_function
	addq $8, %rsp
	ret
end after_noreturn

function tail_call /* the jump is at the entry's depth */
	subq $24, %rsp
	call external_function
	addq $24, %rsp
	jmp plain
end tail_call

function tail_call_deep /* with its frame still there: 32 below the shared return address */
	subq $32, %rsp
	jmp plain
end tail_call_deep

function grows_in_loop
1:	pushq %rdi
	decq %rdi
	jne 1b
	movq %rbp, %rsp
	ret
end grows_in_loop

function probe_loop /* 5 pages and 40 bytes, a page at a time */
	leaq -20480(%rsp), %r11
1:	subq $4096, %rsp
	orq $0, (%rsp)
	cmpq %r11, %rsp
	jne 1b
	subq $40, %rsp
	call external_function
	addq $20520, %rsp
	ret
end probe_loop

function probe_call /* as ___chkstk_ms is called: the register survives the call */
	movl $30000, %eax
	call probe_stack
	subq %rax, %rsp
	call external_function
	addq $30000, %rsp
	ret
end probe_call

function probe_stack
	ret
end probe_stack

function takes_alloca
	pushq %rbp
	movq %rsp, %rbp
	subq %rdi, %rsp
	movq %rsp, %rdi
	call external_function
	leave
	ret
end takes_alloca

function switches_stack
	movq 8(%rdi), %rsp
	pushq %rbx
	ret
end switches_stack

function by_table /* case 2 takes 200 bytes */
	cmpl $3, %edi
	ja 9f
	leaq table(%rip), %rdx
	movslq (%rdx,%rdi,4), %rax
	addq %rdx, %rax
	notrack jmp *%rax
0:	ret
1:	pushq %rbx
	popq %rbx
	ret
2:	subq $192, %rsp
	call external_function
	addq $192, %rsp
9:	ret
	.section .rodata
	.align 4
table:	.long 0b - table, 1b - table, 2b - table, 9b - table
	.long 0x11111111
	.text
end by_table

function open_jump /* nobody can tell where to; the code behind it counts all the same */
	subq $56, %rsp
	xorq 8(%rdi), %rax
	jmp *%rax
1:	pushq %rbx
	call external_function
	addq $64, %rsp
	ret
end open_jump

function linked_caller /* a call that pushes nothing, at depth 24 */
	subq $16, %rsp
	leaq 1f(%rip), %r11
	notrack jmp *linked_routine@GOTPCREL(%rip)
1:	nopl 4096(%rip)
	call external_function
	addq $16, %rsp
	ret
end linked_caller

function linked_near /* the same in one piece of code, by another register, relaxed by a linker */
	leaq 1f(%rip), %rcx
	jmp linked_by_rcx
	nop
1:	ret
end linked_near

function linked_routine
	movq %r11, %xmm12
	incq %rax
	jmp *%r11
end linked_routine

function linked_by_rcx
	pushq %rax
	popq %rax
	jmp *%rcx
end linked_by_rcx

function calls_own_part /* twice, by a register; the part comes back to both places */
	leaq 1f(%rip), %r9
	jmp 3f
1:	leaq 2f(%rip), %r9
	jmp 3f
2:	subq $24, %rsp
	call external_function
	addq $24, %rsp
	ret
3:	incq %rax
	jmp *%r9
end calls_own_part

function linked_says_table /* where to go back to was kept elsewhere; the table knows */
	.cfi_startproc
	.cfi_def_cfa_offset 0
	.cfi_register %rip, %r11
	movq %r11, %xmm12
	incq %r11
	movq %xmm12, %r11
	jmp *%r11
	.cfi_endproc
end linked_says_table

function by_field
	subq $8, %rsp
	call *24(%rdi)
	addq $8, %rsp
	ret
end by_field

function by_slot
	jmp *hook(%rip)
end by_slot
	.data
	.align 8
hook:	.quad plain
	.text

function by_retpoline
	subq $8, %rsp
	call __x86_indirect_thunk_rax
	addq $8, %rsp
	jmp __x86_return_thunk
end by_retpoline

function __x86_indirect_thunk_rax
	call 2f
1:	pause
	lfence
	jmp 1b
2:	movq %rax, (%rsp)
	ret
end __x86_indirect_thunk_rax

function __x86_return_thunk
	ret
end __x86_return_thunk

function wrong_table /* the table hides 64 bytes */
	.cfi_startproc
	subq $64, %rsp
	.cfi_def_cfa_offset 16
	call external_function
	addq $64, %rsp
	.cfi_def_cfa_offset 8
	ret
	.cfi_endproc
end wrong_table

function restored_pointer /* dynamic realignment: the old pointer comes back from a slot */
	leaq 8(%rsp), %r10
	andq $-32, %rsp
	pushq -8(%r10)
	pushq %rbp
	movq %rsp, %rbp
	pushq %r10
	subq $40, %rsp
	call external_function
	addq $40, %rsp
	popq %r10
	popq %rbp
	leaq -8(%r10), %rsp
	jmp plain
end restored_pointer

function with_cold_half
	subq $24, %rsp
	testl %edi, %edi
	jne with_cold_half.cold
	addq $24, %rsp
	ret
end with_cold_half
	.section .text.unlikely, "ax", @progbits
	.type with_cold_half.cold, @function
with_cold_half.cold:
	pushq %rbx
	call external_function
	popq %rbx
	addq $24, %rsp
	ret
	.size with_cold_half.cold, . - with_cold_half.cold
	.section .note.GNU-stack, "", @progbits
