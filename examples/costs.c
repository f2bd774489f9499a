/* SPDX-License-Identifier: MIT */
/*
 * What a statement costs on this machine, as lines of `name value`: nanoseconds beside the floor
 * (reading the clock and copying the same bytes), and the bytes written below the calling
 * function. The least of many short rounds is taken: interrupts only ever add.
 */
#include <plimsoll/session.h>
#include <plimsoll/tracelog.h>

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <x86intrin.h>

PLIM_PROVIDER_DEFINE(costs, "Costs");

#define COUNT       20000
#define ROUNDS      200
#define RED_ZONE    128 /* System V ABI for AMD64, section 3.2.2 */
#define PAINTED     4096
#define PAINT       0x5a
#define KEYWORD_ON  1
#define KEYWORD_OFF 2
/* A record's header of 16 bytes and what the statement holds: see docs/trace-format.md. */
#define RECORD_A 32
#define RECORD_B 64

static const char *volatile text = "sixteen letters.";
static char ring[1 << 20];

static __attribute__((noinline)) void statement_off(uint64_t a)
{
	PLIM_LOG(costs, PLIM_INFO, KEYWORD_OFF, "off", PLIM_U64("a", a));
}

static __attribute__((noinline)) void statement_a(uint64_t a)
{
	PLIM_LOG(costs, PLIM_INFO, KEYWORD_ON, "a", PLIM_U64("a", a));
}

static __attribute__((noinline)) void statement_b(uint64_t a)
{
	PLIM_LOG(costs, PLIM_INFO, KEYWORD_ON, "b", PLIM_U64("a", a), PLIM_U64("b", a + 1),
		 PLIM_I32("c", 3), PLIM_STR("d", text));
}

static __attribute__((noinline)) void nothing(uint64_t a)
{
	__asm__ volatile("" : : "r"(a));
}

static __attribute__((noinline)) void clock_read(uint64_t a)
{
	__asm__ volatile("" : : "r"(a), "r"(__rdtsc()));
}

/* The least that any record of so many bytes can cost: the clock, and the bytes. */
static inline void floor_of(uint64_t a, size_t bytes)
{
	static size_t at;
	char *to = ring + (at & (sizeof(ring) - 1));
	uint64_t now = __rdtsc();

	memcpy(to, &now, 8);
	memcpy(to + 8, &a, 8);
	memcpy(to + 16, text, 16);
	if (bytes > 32)
		memcpy(to + 32, text, 16);
	at += bytes;
	__asm__ volatile("" : : : "memory");
}

static __attribute__((noinline)) void floor_a(uint64_t a)
{
	floor_of(a, RECORD_A);
}

static __attribute__((noinline)) void floor_b(uint64_t a)
{
	floor_of(a, RECORD_B);
}

static double round_ns(void (*run)(uint64_t))
{
	struct timespec begin, end;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (uint64_t i = 0; i < COUNT; i++)
		run(i);
	clock_gettime(CLOCK_MONOTONIC, &end);
	return ((double)(end.tv_sec - begin.tv_sec) * 1e9 + (double)(end.tv_nsec - begin.tv_nsec)) /
	       COUNT;
}

/*
 * The bytes that `run` writes below its own return address: the stack below is painted, `run`
 * called, and the lowest byte looked for that is not paint any more. All in one piece, so that
 * the compiler puts nothing of its own there.
 */
static __attribute__((noinline)) long path_bytes(void (*run)(uint64_t))
{
	long lowest;

	__asm__ volatile("lea -128(%%rsp), %%rsp\n\t"
			 "push %%rbp\n\t"
			 "mov %%rsp, %%rbp\n\t"
			 "and $-16, %%rsp\n\t"
			 "lea -4096(%%rsp), %%rdi\n\t"
			 "mov $4096, %%ecx\n\t"
			 "mov $0x5a, %%eax\n\t"
			 "rep stosb\n\t"
			 "mov $7, %%edi\n\t"
			 "call *%%rbx\n\t"
			 "lea -4096(%%rsp), %%rdi\n\t"
			 "mov $4096, %%ecx\n\t"
			 "mov $0x5a, %%eax\n\t"
			 "repe scasb\n\t"
			 "lea 1(%%rcx), %%rax\n\t"
			 "mov %%rbp, %%rsp\n\t"
			 "pop %%rbp\n\t"
			 "lea 128(%%rsp), %%rsp"
			 : "=&a"(lowest)
			 : "b"(run)
			 : "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "xmm0", "xmm1",
			   "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
			   "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "cc", "memory");
	return lowest - 8; /* the return address is the call's */
}

static const struct {
	const char *name;
	void (*run)(uint64_t);
} measured[] = {{"call", nothing},   {"clock", clock_read}, {"off", statement_off},
		{"a", statement_a},  {"floor_a", floor_a},  {"b", statement_b},
		{"floor_b", floor_b}};

#define MEASURED (sizeof(measured) / sizeof(measured[0]))

/* The rounds of all take turns, so that a slower minute of the machine is slower for all. */
static void print_times(void)
{
	double least[MEASURED];

	for (size_t i = 0; i < MEASURED; i++)
		least[i] = round_ns(measured[i].run);
	for (int round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < MEASURED; i++) {
			double ns = round_ns(measured[i].run);

			least[i] = ns < least[i] ? ns : least[i];
		}
	}
	for (size_t i = 1; i < MEASURED; i++)
		printf("ns_%s %.1f\n", measured[i].name, least[i] - least[0]);
}

int main(int argc, char **argv)
{
	struct plim_session_options options = {.path = argc > 1 ? argv[1] : "costs.plim",
					       .filter = "Costs::0x1",
					       .size_bytes = 1 << 20};

	if (plim_session_open(&options)) {
		fprintf(stderr, "costs: no session: %s\n", plim_session_error());
		return 2;
	}
	printf("path_first %ld\n", path_bytes(statement_a));
	printf("path_a %ld\n", path_bytes(statement_a));
	printf("path_b %ld\n", path_bytes(statement_b));
	printf("path_off %ld\n", path_bytes(statement_off));
	print_times();
	return fflush(stdout) ? 2 : 0;
}
