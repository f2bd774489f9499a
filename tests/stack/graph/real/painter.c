/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into a program: paints the stack below `main` before it begins, and when the program
 * ends writes how far down the paint is gone to the file that STACK_PAINTER names. What a function
 * reserves and never writes stays unseen, so this is at most what the program used.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <fcntl.h>
#include <unistd.h>

#define PAINT_BYTES ((uintptr_t)1 << 20)
#define PAINT       0x5aa55aa5c33cc33cu

static int (*real_main)(int, char **, char **);
static uintptr_t base; /* the stack pointer at the call of `main` */

static void report(void)
{
	const char *path = getenv("STACK_PAINTER");
	const volatile uint64_t *word =
		(const volatile uint64_t *)((base - PAINT_BYTES + 8) & ~7ul);
	char text[32];
	int fd, length;

	while ((uintptr_t)word < base && *word == PAINT)
		word++;
	length = snprintf(text, sizeof(text), "%lu\n", (unsigned long)(base - (uintptr_t)word));
	fd = open(path ? path : "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd >= 0 && write(fd, text, (size_t)length) < 0)
		_exit(9);
}

/* Nothing is called between the painting and `main`, whose frame begins at this stack pointer. */
__attribute__((noinline)) static int painted_main(int argc, char **argv, char **envp)
{
	uintptr_t here;
	int status;

	__asm__ volatile("mov %%rsp, %0" : "=r"(here));
	base = here;
	for (volatile uint64_t *word = (volatile uint64_t *)here - 1;
	     (uintptr_t)word > here - PAINT_BYTES; word--)
		*word = PAINT;
	status = real_main(argc, argv, envp);
	__asm__ volatile("" : "+r"(status)); /* keeps the call from becoming a jump */
	return status;
}

int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void),
		      void (*fini)(void), void (*rtld_fini)(void), void *stack_end);

int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void),
		      void (*fini)(void), void (*rtld_fini)(void), void *stack_end)
{
	__typeof__(&__libc_start_main) next = dlsym(RTLD_NEXT, "__libc_start_main");

	real_main = main;
	atexit(report);
	return next(painted_main, argc, argv, init, fini, rtld_fini, stack_end);
}
