/* SPDX-License-Identifier: MIT */
/* What core needs of any other CPU, by the compiler's builtins; core/port.h says what each means. */
#ifndef PLIM_PORT_GENERIC_H
#define PLIM_PORT_GENERIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline uint64_t plim_port_clock(void)
{
	uint64_t ticks;

#if defined(__aarch64__)
	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
#elif defined(__riscv) && __riscv_xlen == 64
	__asm__ volatile("rdtime %0" : "=r"(ticks));
#elif defined(__x86_64__)
	ticks = __builtin_ia32_rdtsc();
#else
#error "plimsoll: no clock is known for this CPU; give one in port_generic.h"
#endif
	return ticks;
}

static inline bool plim_port_cas_local(uint64_t *word, uint64_t *expected, uint64_t desired)
{
	return __atomic_compare_exchange_n(word, expected, desired, false, __ATOMIC_RELAXED,
					   __ATOMIC_RELAXED);
}

static inline void plim_port_increment_local(uint32_t *word)
{
	__atomic_fetch_add(word, 1, __ATOMIC_RELEASE);
}

static inline void plim_port_increment_local64(uint64_t *word)
{
	__atomic_fetch_add(word, 1, __ATOMIC_RELAXED);
}

static inline void plim_port_fill(uint64_t *words, uint64_t value, size_t count)
{
	for (size_t i = 0; i < count; i++)
		__atomic_store_n(&words[i], value, __ATOMIC_RELAXED);
}

static inline void plim_port_copy(void *to, const void *from, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		((volatile uint8_t *)to)[i] = ((const uint8_t *)from)[i];
}

static inline uint64_t plim_port_thread(void)
{
	return (uint64_t)(uintptr_t)__builtin_thread_pointer();
}

#endif
