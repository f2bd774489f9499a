/* SPDX-License-Identifier: MIT */
/*
 * A program whose stack is known: every entry runs to its deepest call, where probe() notes the
 * stack pointer, and the program prints how far below the entry's base that was. The checker has to
 * compute the same number from the binary alone.
 */
#include <alloca.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#ifdef __clang__
#define NOINLINE __attribute__((noinline))
#else
#define NOINLINE __attribute__((noinline, noclone))
#endif
#define KEEP() __asm__ volatile("" ::: "memory")

uintptr_t base, lowest, interrupted, taken_bytes;
volatile int number = 5;

/* probe: keeps the lowest stack pointer, uses none itself. run: notes the base of what it calls. */
void probe(void);
void run(void (*entry)(void));
void interrupt_at(int (*raiser)(int), int signal_number);
__asm__(".text\n"
	".globl probe\n.type probe,@function\nprobe:\n.cfi_startproc\n"
	"	cmp %rsp, lowest(%rip)\n	jbe 1f\n	mov %rsp, lowest(%rip)\n1:	"
	"ret\n"
	".cfi_endproc\n.size probe,.-probe\n"
	".globl run\n.type run,@function\nrun:\n.cfi_startproc\n"
	"	sub $8, %rsp\n	.cfi_adjust_cfa_offset 8\n"
	"	mov %rsp, base(%rip)\n	mov %rsp, lowest(%rip)\n	call *%rdi\n"
	"	add $8, %rsp\n	.cfi_adjust_cfa_offset -8\n	ret\n"
	".cfi_endproc\n.size run,.-run\n");

/* Direct calls, and a sibling that is less deep. */
NOINLINE static void shallow(void)
{
	volatile char bytes[64];

	bytes[0] = 1;
	probe();
	bytes[1] = bytes[0];
}

NOINLINE static void deep(void)
{
	volatile char bytes[200];

	bytes[0] = 1;
	probe();
	bytes[1] = bytes[0];
}

NOINLINE static void middle(void)
{
	volatile char bytes[40];

	bytes[0] = 1;
	shallow();
	deep();
	bytes[1] = bytes[0];
}

NOINLINE void entry_direct(void)
{
	volatile char bytes[24];

	bytes[0] = 1;
	middle();
	bytes[1] = bytes[0];
}

/* A tail call: the callee takes the caller's place (at -O0 it is a call like others). */
NOINLINE static void tail_target(void)
{
	volatile char bytes[300];

	bytes[0] = 1;
	probe();
	bytes[1] = bytes[0];
}

NOINLINE void entry_tail(void)
{
	number++;
	tail_target();
}

/* An indirect call by the field of a structure; a deeper function is in another field. */
struct ops {
	int (*read)(int);
	int (*write)(int);
};

NOINLINE static int read_small(int n)
{
	volatile char bytes[100];

	bytes[0] = (char)n;
	probe();
	return bytes[0];
}

NOINLINE static int read_large(int n)
{
	volatile char bytes[500];

	bytes[0] = (char)n;
	probe();
	return bytes[0];
}

NOINLINE static int write_huge(int n)
{
	volatile char bytes[9000];

	bytes[0] = (char)n;
	probe();
	return bytes[0];
}

static const struct ops small = {read_small, write_huge}, large = {read_large, write_huge};
const struct ops *volatile chosen = &large, *volatile other = &small;

struct conn {
	long id;
	const struct ops *ops;
};

NOINLINE static int use(struct conn *conn, int n)
{
	return conn->ops->read(n) + 1;
}

NOINLINE void entry_field(void)
{
	struct conn conn = {1, chosen};

	number += use(&conn, number);
	conn.ops = other;
	number += use(&conn, number);
}

/* Recursion, five activations deep. */
NOINLINE static int walk(int n)
{
	volatile char bytes[80];

	bytes[0] = (char)n;
	if (n > 1)
		bytes[0] = (char)walk(n - 1);
	else
		probe();
	return bytes[0] + 1;
}

NOINLINE void entry_recursion(void)
{
	number += walk(5);
	number = 5;
}

/* A frame that only the program knows: it says how many bytes alloca took. */
NOINLINE static void take(unsigned bytes)
{
	uintptr_t before, after;
	char *space;

	__asm__ volatile("mov %%rsp, %0" : "=r"(before)::"memory");
	space = alloca(bytes);
	__asm__ volatile("mov %%rsp, %0" : "=r"(after), "+r"(space)::"memory");
	taken_bytes = before - after;
	space[0] = 1;
	probe();
	__asm__ volatile("" ::"r"(space) : "memory");
}

NOINLINE void entry_alloca(void)
{
	take(1000u + (unsigned)number);
	KEEP();
}

/* A signal's handler is an entry of its own, on top of what the kernel pushes. */
NOINLINE static void handle_more(int signal_number)
{
	volatile char bytes[120];

	bytes[0] = (char)signal_number;
	probe();
	bytes[1] = bytes[0];
}

void on_signal(int signal_number)
{
	base = (uintptr_t)__builtin_frame_address(0) + 16; /* return address and saved rbp */
	lowest = base;
	handle_more(signal_number);
	KEEP();
}

NOINLINE void entry_signal(void)
{
	__asm__ volatile("mov %%rsp, %0" : "=r"(interrupted)::"memory");
	raise(SIGUSR1);
	KEEP();
}

static void show(const char *name)
{
	printf("%s %lu\n", name, (unsigned long)(base - lowest));
}

int main(void)
{
	struct sigaction action = {.sa_handler = on_signal};

	run(entry_direct);
	show("entry_direct");
	run(entry_tail);
	show("entry_tail");
	run(entry_field);
	show("entry_field");
	run(entry_recursion);
	show("entry_recursion");
	run(entry_alloca);
	show("entry_alloca");
	printf("alloca %lu\n", (unsigned long)taken_bytes);
	sigaction(SIGUSR1, &action, NULL);
	entry_signal();
	show("on_signal");
	printf("signal %lu\n", (unsigned long)(interrupted - base));
	return 0;
}
