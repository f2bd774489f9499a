/* SPDX-License-Identifier: MIT */
/* A program whose logging costs are known: WITHOUT_LOGGING takes every statement away. */
#include <stdio.h>
#include <string.h>

#ifdef WITHOUT_LOGGING
#define LOG(a, b) \
	do {      \
	} while (0)
#else
/* As inline loggers do it: a descriptor and a copy of each value in the caller's frame. */
struct piece {
	const char *name;
	const void *bytes;
	unsigned long size;
};
__attribute__((noinline)) void trace_write(const struct piece *pieces, int count);
__attribute__((noinline)) void trace_write(const struct piece *pieces, int count)
{
	volatile char buffer[256];

	buffer[0] = (char)(pieces[0].size + (unsigned long)count);
}
#define LOG(a, b)                                                       \
	do {                                                            \
		unsigned long log_a = (a), log_b = (b);                 \
		struct piece pieces[2] = {{#a, &log_a, sizeof(log_a)},  \
					  {#b, &log_b, sizeof(log_b)}}; \
		trace_write(pieces, 2);                                 \
	} while (0)
#endif

__attribute__((noinline)) void settle(volatile char *bytes);
__attribute__((noinline)) void settle(volatile char *bytes)
{
	bytes[1] = bytes[2];
}

__attribute__((noinline)) int work(int n);
__attribute__((noinline)) int work(int n)
{
	volatile char bytes[64];

	memset((char *)bytes, n, sizeof(bytes));
	LOG((unsigned long)n, 1ul);
	bytes[n & 63] = 7;
	settle(bytes); /* so that it is no leaf without its logging either */
	LOG((unsigned long)bytes[3], 2ul);
	return bytes[n & 31];
}

int main(int argc, char **argv)
{
	(void)argv;
	return work(argc);
}
