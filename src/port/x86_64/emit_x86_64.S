/* SPDX-License-Identifier: MIT */
/*
 * The path from a statement to the committed record on x86-64, without a byte of stack.
 *
 * A statement jumps here; it does not call. On entry
 *	r11		the address to go back to; a `nopl SITE(%rip)` stands there, so its displacement
 *			leads from r11 to the site
 *	xmm15 low	the statement's own r11
 *	xmm11 ... xmm7	up to five words, first to last
 * and on the way out every general register is what it was. The words' registers, xmm12 to xmm15,
 * and the flags are declared clobbered by the statement. The scratch registers are parked:
 *	xmm15 = r11, r8		xmm14 = rax, rcx	xmm13 = rdx, rsi	xmm12 = rdi
 *
 * Nothing here moves or writes below the stack pointer but OUT_OF_LINE, which first steps over the
 * 128 bytes of red zone that a leaf function may use (System V ABI, AMD64 supplement, 3.2.2). So
 * the unwind rule is: CFA = rsp, return address in r11.
 *
 * How a reservation is safe against signals, threads and SIGKILL is told in docs/architecture.md
 * ("The ring protocol"); core/ring.c holds the same protocol in C.
 */

/* Offsets in struct plim_site, struct plim_ring, struct plim_block and struct plim_stage_slot; the
 * assertions in core/ring.c hold them to the C declarations. */
#define SITE_FIXED	8
#define SITE_TEXT	11
#define SITE_OFFSET	12
#define SITE_WORDS	17
#define SITE_MEASURE	18
#define RING_CURRENT	8
#define RING_STAGE	24
#define RING_STAGE_TOP	32
#define RING_DROPS	48
#define RING_STAGE_TURN	56
#define BLOCK_USED	16
#define BLOCK_COMMITTED	24
#define BLOCK_LIMIT	28
#define SLOT_KEY	0
#define SLOT_COUNT	8
#define SLOT_WORDS	16
#define SLOT_BYTES	272
#define SLOT_TOTAL	56
#define MAX_WORDS	32

#define TEXT_NONE	0
#define TEXT_MAX	1024
#define LENGTH_NULL	0xffff
#define LENGTH_CUT	0x8000
#define SIZE_MASK	0x1ffe

#define MEASURE_NUL8	1
#define MEASURE_COUNTED	2
#define MEASURE_FIXED16	3
#define MEASURE_FIXED6	4
#define MEASURE_NUL16	5
#define MEASURE_NUL32	6
#define MEASURE_LENGTH	7

	.section .rodata.plim_x86, "a", @progbits
	.balign 16
.Lone_record:			/* adds one to the count half of used | count << 32 */
	.quad 1 << 32
.Laddress:			/* of a block, without the ticket above it */
	.quad (1 << 48) - 1
.Lones:
	.quad 0x0101010101010101
.Lhighs:
	.quad 0x8080808080808080

	.section .text.plim_x86, "ax", @progbits

.macro ENTRY name
	.balign 64
	.globl \name
	.type \name, @function
\name:
	.cfi_startproc
	.cfi_def_cfa %rsp, 0
	.cfi_register %rip, %r11
	.cfi_val_offset %rsp, 0
	endbr64
.endm

.macro END name
	.cfi_endproc
	.size \name, . - \name
.endm

.macro PARK
	movq %r8, %xmm14
	punpcklqdq %xmm14, %xmm15
	movq %rdx, %xmm13
	movq %rsi, %xmm12
	punpcklqdq %xmm12, %xmm13
	movq %rax, %xmm14
	movq %rcx, %xmm12
	punpcklqdq %xmm12, %xmm14
	movq %rdi, %xmm12
.endm

/* Restores all but r11, which the statement itself takes back from xmm15, and goes back. What was
 * stored through is written first, or Zen 4 takes it for the caller's (statement_x86_64.h,
 * PLIM_COMMIT_). */
.macro LEAVE
	xorl %edi, %edi
	xorl %eax, %eax
	xorl %esi, %esi
	xorl %r8d, %r8d
	movq %xmm12, %rdi
	movq %xmm13, %rdx
	movq %xmm14, %rax
	psrldq $8, %xmm13
	psrldq $8, %xmm14
	movq %xmm13, %rsi
	movhlps %xmm15, %xmm13
	movq %xmm14, %rcx
	movq %xmm13, %r8
	notrack jmp *%r11
.endm

.macro LOAD_SITE into
	movslq 3(%r11), \into
	leaq 7(%r11,\into), \into
.endm

.macro LOAD_RING into
	movq plim_tls_ring@gottpoff(%rip), \into
	movq %fs:(\into), \into
.endm

/*
 * Calls a C function that uses general registers alone. Its arguments are in rdi, rsi, rdx. What
 * the function may change and is not parked (r9, r10, and r11, where to go back to) is saved on the
 * stack beyond the red zone: 24 bytes and the return address.
 */
.macro OUT_OF_LINE function
	leaq -128(%rsp), %rsp
	.cfi_adjust_cfa_offset 128
	pushq %r11
	.cfi_adjust_cfa_offset 8
	.cfi_offset %rip, -136
	pushq %r9
	.cfi_adjust_cfa_offset 8
	pushq %r10
	.cfi_adjust_cfa_offset 8
	call \function
	popq %r10
	.cfi_adjust_cfa_offset -8
	popq %r9
	.cfi_adjust_cfa_offset -8
	popq %r11
	.cfi_adjust_cfa_offset -8
	.cfi_register %rip, %r11
	leaq 128(%rsp), %rsp
	.cfi_adjust_cfa_offset -128
.endm

/* Parks a register in the high half of \xmm. (pinsrw is SSE2, pinsrq is not.) */
.macro PARK_HIGH register, low, xmm
	.irp word, 4, 5, 6, 7
	pinsrw $\word, \low, \xmm
	rorq $16, \register
	.endr
.endm

/* The thread's ring, with an end to what a dead thread left in it; to \none if there is none. */
.macro ACQUIRE none
	OUT_OF_LINE plim_ring_acquire
	testl %eax, %eax
	jnz \none
	OUT_OF_LINE plim_ring_settle
.endm

/*
 * Reserves and stamps. In: esi = size and site of the record. Out: rdi = the record, its header
 * stored, not finished; rdx = its time; rax = its block. Changes rcx, rsi, r8. To \slow with esi as
 * it was if there is no room.
 *
 * The clock is read after the place is known and the reservation fails if anything was reserved in
 * between, so the order of records in a ring is the order of their times. r8 is the ring's `current`
 * from before `used` was read: a free word holds it in this turn of the block and in no other.
 */
.macro RESERVE slow
1:
	LOAD_RING %r8
	movq RING_CURRENT(%r8), %r8
	movq %r8, %rdi
	andq .Laddress(%rip), %rdi
	movq BLOCK_USED(%rdi), %rcx
2:
	movl %esi, %eax
	andl $SIZE_MASK, %eax
	leal (%rcx,%rax,4), %eax
	cmpl BLOCK_LIMIT(%rdi), %eax
	ja \slow
	movl %ecx, %eax
	addq %rax, %rdi
	movq %rsp, %rax
	shlq $32, %rax
	orq %rax, %rsi
	rdtsc
	shlq $32, %rdx
	orq %rax, %rdx
	movq %r8, %rax
	cmpxchgq %rsi, (%rdi)	/* unlocked: only this thread's own signal handlers compete */
	je 4f
	/* Not free: a handler's record, or one of a statement that this handler interrupted. */
	movl %ecx, %edx
	subq %rdx, %rdi
	andl $SIZE_MASK, %eax
	jz 1b			/* the ring has another block by now */
	leaq (%rcx,%rax,4), %rcx
	addq .Lone_record(%rip), %rcx
	jmp 2b
4:
	/* The place of this record in the block that comes next, with blocks of the usual size: what
	 * is not in the cache yet will be when it is emptied. Never faults. */
	prefetchw 32768(%rdi)
	movq %r8, %rax		/* not the outcome of the cmpxchg: the address is known earlier */
	andq .Laddress(%rip), %rax
	andl $SIZE_MASK, %esi
	leaq (%rcx,%rsi,4), %rcx
	addq .Lone_record(%rip), %rcx
	movq %rcx, BLOCK_USED(%rax)
.endm

/* All five words and the time to their places. rdi = record. Changes rcx to the site, and rsi. */
.macro STORE_WORDS
	LOAD_SITE %rcx
	movzbl SITE_OFFSET(%rcx), %esi
	movq %xmm11, (%rdi,%rsi)
	movzbl SITE_OFFSET+1(%rcx), %esi
	movq %xmm10, (%rdi,%rsi)
	movzbl SITE_OFFSET+2(%rcx), %esi
	movq %xmm9, (%rdi,%rsi)
	movzbl SITE_OFFSET+3(%rcx), %esi
	movq %xmm8, (%rdi,%rsi)
	movzbl SITE_OFFSET+4(%rcx), %esi
	movq %xmm7, (%rdi,%rsi)
	movq %rdx, 8(%rdi)
.endm

/* rdi = record, rax = block */
.macro COMMIT
	orb $1, (%rdi)
	incl BLOCK_COMMITTED(%rax)
.endm

/*
 * Statements of up to five words that are values. All five registers are stored, in order, because
 * slots are packed and each store runs 8 bytes into what the next one overwrites; the words that
 * a site does not have go where the time is stored last.
 */
ENTRY plim_x86_emit
	PARK
.Lemit:
	LOAD_SITE %rsi
	movl (%rsi), %esi
	RESERVE .Lemit_slow
	STORE_WORDS
	COMMIT
.Lemit_leave:
	LEAVE
.Lemit_slow:
	ACQUIRE .Lemit_leave
	LOAD_SITE %rdi
	movl (%rdi), %edi
	OUT_OF_LINE plim_ring_advance
	testl %eax, %eax
	jz .Lemit
	jmp .Lemit_leave
END plim_x86_emit

/*
 * Statements with strings, blobs or arrays among their five words. (One string and up to three
 * values have a faster way inline, in statement_x86_64.h.) r9 is parked in the high half of xmm12.
 * Two passes over the words share .Lmeasure and .Lcopy, which are called without a stack as well: their return
 * addresses are in rsi and r9.
 */

/* Length and marks of what the word in \xmm points to, if it does, to bits 64 to 79 of \xmm. */
.macro MEASURE k, xmm, next
	LOAD_SITE %rax
	movzbl SITE_MEASURE+\k(%rax), %eax
	testl %eax, %eax
	jz 1f
	movq \xmm, %rdi
	.ifnc \next,
	movq \next, %rdx
	.endif
	leaq 2f(%rip), %rsi
	jmp .Lmeasure
2:
	pinsrw $4, %edx, \xmm	/* SSE2 */
1:
.endm

/* The word, or the 2-byte length of what it points to, to its place. rdi = record */
.macro PUT k, xmm
	LOAD_SITE %rax
	cmpb $\k, SITE_WORDS(%rax)
	jbe .Lput
	movzbl SITE_OFFSET+\k(%rax), %ecx
	movzbl SITE_MEASURE+\k(%rax), %edx
	testl %edx, %edx
	jnz 1f
	movq \xmm, (%rdi,%rcx)
	jmp 2f
1:
	cmpl $MEASURE_LENGTH, %edx
	je 2f
	pextrw $4, \xmm, %edx
	movw %dx, (%rdi,%rcx)
2:
.endm

/* The bytes that the word points to, to r8, which moves on. */
.macro COPY k, xmm
	LOAD_SITE %rax
	movzbl SITE_MEASURE+\k(%rax), %edx
	testl %edx, %edx
	jz 1f
	pextrw $4, \xmm, %ecx
	movq \xmm, %rax
	leaq 1f(%rip), %r9
	jmp .Lcopy
1:
.endm

ENTRY plim_x86_emit_text
	PARK
.Lemit_any:
	PARK_HIGH %r9, %r9d, %xmm12
	xorl %r8d, %r8d
	MEASURE 0, %xmm11, %xmm10
	MEASURE 1, %xmm10, %xmm9
	MEASURE 2, %xmm9, %xmm8
	MEASURE 3, %xmm8, %xmm7
	MEASURE 4, %xmm7
	LOAD_SITE %rsi
	movzwl SITE_FIXED(%rsi), %eax
	leal 7(%r8,%rax), %eax
	shrl $2, %eax
	movl (%rsi), %edx
	movl %edx, %ecx
	andl $SIZE_MASK, %ecx
	andl $SIZE_MASK, %eax	/* size in 8-byte units << 1 */
	cmpl %ecx, %eax
	cmovbl %ecx, %eax
	andl $~SIZE_MASK, %edx
	leal (%rdx,%rax), %r9d
.Lany:
	movl %r9d, %esi
	RESERVE .Lany_slow
	movq %rdx, 8(%rdi)
	movq %rax, %rsi
	PUT 0, %xmm11
	PUT 1, %xmm10
	PUT 2, %xmm9
	PUT 3, %xmm8
	PUT 4, %xmm7
.Lput:
	LOAD_SITE %rax
	movzwl SITE_FIXED(%rax), %r8d
	addq %rdi, %r8
	COPY 0, %xmm11
	COPY 1, %xmm10
	COPY 2, %xmm9
	COPY 3, %xmm8
	COPY 4, %xmm7
	movq %rsi, %rax
	COMMIT
.Lany_leave:
	movq %xmm12, %rdi
	movhlps %xmm12, %xmm12
	movq %xmm12, %r9
	movq %rdi, %xmm12
	LEAVE
.Lany_slow:
	ACQUIRE .Lany_leave
	movl %r9d, %edi
	OUT_OF_LINE plim_ring_advance
	testl %eax, %eax
	jz .Lany
	jmp .Lany_leave

/*
 * eax = how, rdi = pointer, rdx = the next word, back to rsi. Gives edx = the 2-byte slot and adds
 * the length to r8. Changes rax, rcx, rdi, r9. A string is scanned in aligned words of 8 bytes,
 * which never cross a page that it does not reach.
 */
.Lmeasure:
	cmpl $MEASURE_LENGTH, %eax
	je .Lmeasure_back
	testq %rdi, %rdi
	jz .Lmeasure_null
	cmpl $MEASURE_NUL8, %eax
	jne .Lmeasure_other
	leaq TEXT_MAX(%rdi), %r9
	movl %edi, %ecx
	andl $7, %ecx
	shll $3, %ecx
	andq $-8, %rdi
	movq $-1, %rdx
	shlq %cl, %rdx
	notq %rdx		/* bytes before the string must not look like its end */
	orq (%rdi), %rdx
1:
	movq %rdx, %rax
	notq %rax
	subq .Lones(%rip), %rdx
	andq %rax, %rdx
	andq .Lhighs(%rip), %rdx
	jnz 2f
	addq $8, %rdi
	cmpq %r9, %rdi
	ja .Lmeasure_cut
	movq (%rdi), %rdx
	jmp 1b
2:
	rep bsfq %rdx, %rdx
	shrl $3, %edx
	addq %rdi, %rdx
	subq %r9, %rdx		/* length - TEXT_MAX */
	jg .Lmeasure_cut
	addl $TEXT_MAX, %edx
.Lmeasure_add:
	addl %edx, %r8d
.Lmeasure_back:
	notrack jmp *%rsi
.Lmeasure_null:
	movl $LENGTH_NULL, %edx
	jmp .Lmeasure_back
.Lmeasure_cut:
	addl $TEXT_MAX, %r8d
	movl $(TEXT_MAX | LENGTH_CUT), %edx
	jmp .Lmeasure_back
.Lmeasure_other:
	cmpl $MEASURE_COUNTED, %eax
	jne 1f
	cmpq $TEXT_MAX, %rdx
	jbe .Lmeasure_add
	jmp .Lmeasure_cut
1:
	movl $16, %edx
	cmpl $MEASURE_FIXED16, %eax
	je .Lmeasure_add
	movl $6, %edx
	cmpl $MEASURE_FIXED6, %eax
	je .Lmeasure_add
	xorl %edx, %edx
	cmpl $MEASURE_NUL16, %eax
	jne 3f
2:
	cmpw $0, (%rdi,%rdx)
	je .Lmeasure_add
	addl $2, %edx
	cmpl $TEXT_MAX, %edx
	jbe 2b
	jmp .Lmeasure_cut
3:
	cmpl $0, (%rdi,%rdx)
	je .Lmeasure_add
	addl $4, %edx
	cmpl $TEXT_MAX, %edx
	jbe 3b
	jmp .Lmeasure_cut

/*
 * edx = how, rax = source, ecx = the 2-byte slot, r8 = target, back to r9. Writes not one byte
 * more than the length. Changes rax, rcx, rdx; moves r8 on.
 */
.Lcopy:
	cmpl $MEASURE_LENGTH, %edx
	je 9f
	cmpl $LENGTH_NULL, %ecx
	je 9f
	andl $~LENGTH_CUT, %ecx
	cmpl $8, %ecx
	jb 2f
	addq %rcx, %rax		/* ends of source and target, rcx counts up to 0 */
	addq %rcx, %r8
	negq %rcx
1:
	movq (%rax,%rcx), %rdx
	movq %rdx, (%r8,%rcx)
	addq $8, %rcx
	cmpq $-8, %rcx
	jle 1b
	movq -8(%rax), %rdx	/* the last 8, some of them again */
	movq %rdx, -8(%r8)
	jmp 9f
2:
	testl $4, %ecx
	jz 3f
	movl (%rax), %edx
	movl %edx, (%r8)
	addq $4, %rax
	addq $4, %r8
3:
	testl $2, %ecx
	jz 4f
	movzwl (%rax), %edx
	movw %dx, (%r8)
	addq $2, %rax
	addq $2, %r8
4:
	testl $1, %ecx
	jz 9f
	movzbl (%rax), %edx
	movb %dl, (%r8)
	incq %r8
9:
	notrack jmp *%r9
END plim_x86_emit_text

/*
 * Staging: how a statement hands over its words one at a time (-O0, and more than five words). Its
 * slot is known by stack pointer and site number together, which no two unfinished statements of a
 * thread share; so fibers may interleave, and a statement left half way costs nothing but a slot
 * that the next one at the same place takes over.
 */

/* rdx = the statement's key. Changes rcx. */
.macro KEY
	LOAD_SITE %rcx
	movl (%rcx), %ecx
	shrl $13, %ecx
	movq %rsp, %rdx
	shlq $17, %rdx
	orq %rcx, %rdx
.endm

/* rdi = ring -> rdi = the slot with key rdx. Changes rax, rcx. */
.macro FIND none
	movq RING_STAGE_TOP(%rdi), %rax
	testq %rax, %rax
	jz \none
	cmpq SLOT_KEY(%rax), %rdx
	je 2f
	movq RING_STAGE(%rdi), %rax
	movl $SLOT_TOTAL, %ecx
1:
	cmpq SLOT_KEY(%rax), %rdx
	je 2f
	addq $SLOT_BYTES, %rax
	decl %ecx
	jnz 1b
	jmp \none
2:
	movq %rax, %rdi
.endm

ENTRY plim_x86_begin
	PARK
	LOAD_RING %rdi
	cmpq $0, RING_STAGE(%rdi)
	je .Lbegin_first
.Lbegin:
	KEY
	movq RING_STAGE(%rdi), %rsi
	movl $SLOT_TOTAL, %ecx
1:
	movq SLOT_KEY(%rsi), %rax
	cmpq %rax, %rdx
	je 4f
	testq %rax, %rax
	jnz 2f
	cmpxchgq %rdx, SLOT_KEY(%rsi)
	je 3f
2:
	addq $SLOT_BYTES, %rsi
	decl %ecx
	jnz 1b
	/* Every slot is taken, by statements left half way for all one knows: the oldest turn goes. */
	incq RING_DROPS(%rdi)
	incq RING_STAGE_TURN(%rdi)
	movq RING_STAGE_TURN(%rdi), %rax
	xorl %ecx, %ecx
	movq %rdx, %rsi
	xorl %edx, %edx
	movl $SLOT_TOTAL, %ecx
	divq %rcx
	imulq $SLOT_BYTES, %rdx, %rax
	movq %rsi, %rdx
	movq RING_STAGE(%rdi), %rsi
	addq %rax, %rsi
	movq %rdx, SLOT_KEY(%rsi)
3:
	movl $0, SLOT_COUNT(%rsi)
	movq %rsi, RING_STAGE_TOP(%rdi)
.Lbegin_leave:
	LEAVE
4:				/* the statement before at this very place was left half way */
	incq RING_DROPS(%rdi)
	jmp 3b
.Lbegin_first:
	ACQUIRE .Lbegin_leave
	LOAD_RING %rdi
	jmp .Lbegin
END plim_x86_begin

ENTRY plim_x86_put
	PARK
	LOAD_RING %rdi
	KEY
	FIND .Lput_none
	movl SLOT_COUNT(%rdi), %eax
	cmpl $MAX_WORDS, %eax
	jae .Lput_none
	movq %xmm11, SLOT_WORDS(%rdi,%rax,8)
	incl SLOT_COUNT(%rdi)
.Lput_none:
	LEAVE
END plim_x86_put

ENTRY plim_x86_commit
	PARK
	LOAD_RING %rdi
	KEY
	FIND .Lcommit_none
	LOAD_SITE %rcx
	movzbl SITE_WORDS(%rcx), %eax
	cmpl SLOT_COUNT(%rdi), %eax
	jne .Lcommit_incomplete
	cmpl $5, %eax
	ja .Lcommit_many
	movq SLOT_WORDS(%rdi), %xmm11
	movq SLOT_WORDS+8(%rdi), %xmm10
	movq SLOT_WORDS+16(%rdi), %xmm9
	movq SLOT_WORDS+24(%rdi), %xmm8
	movq SLOT_WORDS+32(%rdi), %xmm7
	movq $0, SLOT_KEY(%rdi)
	cmpb $TEXT_NONE, SITE_TEXT(%rcx)
	je .Lemit
	jmp .Lemit_any
.Lcommit_many:
	/* The words are in memory, so xmm8 to xmm11 are free: xmm11 keeps the slot, xmm10 the
	 * header, xmm9 the record, xmm8 its block. A handler may have taken the slot meanwhile. */
	movq %rdi, %xmm11
	leaq SLOT_WORDS(%rdi), %rsi
	movq %rcx, %rdi
	OUT_OF_LINE plim_words_header
	movd %eax, %xmm10
.Lmany:
	movd %xmm10, %esi
	RESERVE .Lmany_slow
	movq %rdx, 8(%rdi)
	movq %rdi, %xmm9
	movq %rax, %xmm8
	KEY
	movq %xmm11, %rsi
	cmpq SLOT_KEY(%rsi), %rdx
	jne .Lmany_leave
	addq $SLOT_WORDS, %rsi
	LOAD_SITE %rdi
	movq %xmm9, %rdx
	OUT_OF_LINE plim_words_fill
	movq %xmm9, %rdi
	movq %xmm8, %rax
	COMMIT
.Lmany_free:
	KEY
	movq %xmm11, %rsi
	cmpq SLOT_KEY(%rsi), %rdx
	jne .Lmany_leave
	movq $0, SLOT_KEY(%rsi)
.Lmany_leave:
	LEAVE
.Lmany_slow:
	ACQUIRE .Lmany_free
	movd %xmm10, %edi
	OUT_OF_LINE plim_ring_advance
	testl %eax, %eax
	jz .Lmany
	jmp .Lmany_free
.Lcommit_incomplete:
	movq $0, SLOT_KEY(%rdi)
	LOAD_RING %rdi
	incq RING_DROPS(%rdi)
.Lcommit_none:
	LEAVE
END plim_x86_commit

	.section .note.GNU-stack, "", @progbits

/* Indirect branch tracking and shadow stacks are kept (System V ABI, AMD64 supplement, 13.2). */
	.section .note.gnu.property, "a", @note
	.balign 8
	.long 4, 16, 5
	.asciz "GNU"
	.long 0xc0000002, 4, 3, 0
