/* SPDX-License-Identifier: MIT */
#include "host/clock_host.h"

#include "core/port.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#ifdef __x86_64__
#include <cpuid.h>
#endif

#define NS_PER_S 1000000000ull
/* Long enough that reading two clocks 50 ns apart errs by 25 parts in a million at most. */
#define MEASURE_NS 2000000ull

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

/* A pair whose halves were read within the shortest of several tries. */
static void read_pair(clockid_t clock, uint64_t *ticks, uint64_t *ns)
{
	uint64_t shortest = UINT64_MAX;

	for (int i = 0; i < 8; i++) {
		uint64_t before = plim_port_clock();
		uint64_t time = clock_ns(clock);
		uint64_t after = plim_port_clock();

		if (after - before < shortest) {
			shortest = after - before;
			*ticks = before + (after - before) / 2;
			*ns = time;
		}
	}
}

void plim_clock_now(uint64_t *ticks, uint64_t *utc_ns)
{
	read_pair(CLOCK_REALTIME, ticks, utc_ns);
}

static uint64_t measure_hz(void)
{
	uint64_t ticks0, ns0, ticks1, ns1;

	read_pair(CLOCK_MONOTONIC_RAW, &ticks0, &ns0);
	do {
		read_pair(CLOCK_MONOTONIC_RAW, &ticks1, &ns1);
	} while (ns1 - ns0 < MEASURE_NS);
	return (uint64_t)((unsigned __int128)(ticks1 - ticks0) * NS_PER_S / (ns1 - ns0));
}

/* Which clock plim_port_clock() reads, and whether it keeps one pace on all CPUs. */
static uint32_t clock_kind(void)
{
#if defined(__x86_64__)
	unsigned int eax, ebx, ecx, edx;

	/* CPUID 8000_0007h, EDX bit 8: invariant TSC (AMD64 APM volume 3, E.4.6). */
	if (__get_cpuid(0x80000007, &eax, &ebx, &ecx, &edx) && edx & (1u << 8))
		return PLIM_CLOCK_TSC;
	return PLIM_CLOCK_TSC | PLIM_CLOCK_UNSTABLE;
#elif defined(__aarch64__)
	return PLIM_CLOCK_CNTVCT;
#else
	return PLIM_CLOCK_RDTIME;
#endif
}

static void read_boot_id(uint8_t id[16])
{
	char text[64] = "";
	FILE *from = fopen("/proc/sys/kernel/random/boot_id", "re");
	unsigned int digits = 0;

	if (from) {
		if (!fgets(text, sizeof(text), from))
			text[0] = '\0';
		fclose(from);
	}
	memset(id, 0, 16);
	for (const char *c = text; *c && digits < 32; c++) {
		int digit = isdigit((unsigned char)*c)    ? *c - '0'
			    : isxdigit((unsigned char)*c) ? tolower((unsigned char)*c) - 'a' + 10
							  : -1;

		if (digit < 0)
			continue;
		id[digits / 2] = (uint8_t)(id[digits / 2] << 4 | digit);
		digits++;
	}
}

void plim_clock_describe(struct plim_file_header *header)
{
	header->clock = clock_kind();
	header->clock_hz = measure_hz();
	read_boot_id(header->boot_id);
	plim_clock_now(&header->open_ticks, &header->open_utc_ns);
}
