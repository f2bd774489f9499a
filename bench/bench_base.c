/* SPDX-License-Identifier: MIT */
/* The floor, the buffer and the clock work that all bench programs share. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

volatile int bench_flag = 1;
struct bench_buffer bench_buffer;
unsigned int bench_calls_a_round = 4000;
/* A neighbour on the machine disturbs for seconds on end: rounds must outlast it. */
#define LEAST_ROUNDS 200u
#define LEAST_NS     2e9

/* A record's header: what happened, where the stack was, when. */
struct floor_header {
	uint32_t site;
	uint32_t sp;
	uint64_t ticks;
};

__attribute__((noinline)) uint64_t bench_next(uint64_t value)
{
	__asm__ volatile("" : "+r"(value));
	return value + 1;
}

void bench_buffer_open(void)
{
	void *base = mmap(NULL, BENCH_BUFFER_BYTES, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (base == MAP_FAILED) {
		perror("bench: no memory for the buffer; free 64 MiB");
		exit(2);
	}
	bench_buffer.base = base;
}

static inline uint8_t *floor_header(uint64_t bytes, uint32_t site)
{
	struct floor_header header = {site, (uint32_t)(uintptr_t)__builtin_frame_address(0),
				      bench_clock()};
	uint8_t *to = bench_buffer_take(bytes);

	memcpy(to, &header, sizeof(header));
	return to + sizeof(header);
}

__attribute__((noinline)) uint64_t bench_floor_a(const struct bench_args *args)
{
	memcpy(floor_header(24, 1), &args->x, 8);
	return 0;
}

__attribute__((noinline)) uint64_t bench_floor_b(const struct bench_args *args)
{
	uint8_t *to = floor_header(56, 2);
	uint16_t length = 16;

	memcpy(to, &args->x, 8);
	memcpy(to + 8, &args->y, 8);
	memcpy(to + 16, &args->n, 4);
	memcpy(to + 20, &length, 2);
	memcpy(to + 22, args->s, 16);
	return 0;
}

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static double one_round(bench_function *function, const struct bench_args *args)
{
	double start = now_ns();

	for (unsigned int i = 0; i < bench_calls_a_round; i++) {
		function(args);
		__asm__ volatile("" : : : "memory");
	}
	return (now_ns() - start) / bench_calls_a_round;
}

void bench_time(bench_function *const *functions, unsigned int count, const struct bench_args *args,
		double *ns)
{
	double start = now_ns();

	for (unsigned int i = 0; i < count; i++)
		ns[i] = 1e18;
	for (unsigned int round = 0; round < LEAST_ROUNDS || now_ns() - start < LEAST_NS; round++) {
		for (unsigned int i = 0; i < count; i++) {
			double took = one_round(functions[i], args);

			if (took < ns[i])
				ns[i] = took;
		}
	}
}
