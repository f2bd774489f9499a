/* SPDX-License-Identifier: MIT */
/* What core needs of x86-64 Linux; core/port.h says what each means. */
#ifndef PLIM_PORT_X86_64_H
#define PLIM_PORT_X86_64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline uint64_t plim_port_clock(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

static inline bool plim_port_cas_local(uint64_t *word, uint64_t *expected, uint64_t desired)
{
	bool done;

	__asm__ volatile("cmpxchgq %3, %1"
			 : "=@ccz"(done), "+m"(*word), "+a"(*expected)
			 : "r"(desired)
			 : "memory");
	return done;
}

static inline void plim_port_increment_local(uint32_t *word)
{
	__asm__ volatile("incl %0" : "+m"(*word) : : "memory", "cc");
}

static inline void plim_port_increment_local64(uint64_t *word)
{
	__asm__ volatile("incq %0" : "+m"(*word) : : "memory", "cc");
}

static inline void plim_port_fill(uint64_t *words, uint64_t value, size_t count)
{
	__asm__ volatile("rep stosq" : "+D"(words), "+c"(count) : "a"(value) : "memory");
}

static inline void plim_port_copy(void *to, const void *from, size_t bytes)
{
	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
}

static inline uint64_t plim_port_thread(void)
{
	uint64_t self;

	__asm__("movq %%fs:0, %0" : "=r"(self));
	return self;
}

#endif
