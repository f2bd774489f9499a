/* SPDX-License-Identifier: MIT */
/*
 * The program of one peer: `time` prints nanoseconds beside the floor's, `step` runs the probes
 * between breakpoints for bench_step, which counts instructions and bytes.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TABLE(flavour) extern const struct bench_probe probes_##flavour##_table[PROBE_COUNT];
BENCH_FLAVOURS(TABLE)
#undef TABLE

#define TABLE(flavour) probes_##flavour##_table,
static const struct bench_probe *const flavours[] = {BENCH_FLAVOURS(TABLE)};
#undef TABLE
#define FLAVOUR_COUNT (sizeof(flavours) / sizeof(flavours[0]))
/* Times, instructions and path bytes are those of gcc -O2. */
#define USUAL probes_gcc_O2_table

/* bench_step finds label, start and stop in the registers and steps from the first breakpoint to the
 * second. */
static void step(const char *label, const struct bench_probe *probe, const struct bench_args *args)
{
	char text[80];

	snprintf(text, sizeof(text), "%s %s", label, probe->name);
	__asm__ volatile("int3" : : "D"(text), "S"(probe->start), "d"(probe->stop) : "memory");
	probe->run(args);
	__asm__ volatile("int3" : : "D"(0) : "memory");
}

static int run_steps(const struct bench_args *args, const char *directory)
{
	for (int i = PROBE_REF; i <= PROBE_B; i++) {
		USUAL[i].run(args);
		step("off", &USUAL[i], args);
	}
	if (bench_peer_start(directory))
		return 2;
	step("cold", &USUAL[PROBE_A], args);
	step("cold", &USUAL[PROBE_B], args);
	for (int round = 0; round < 3; round++) {
		for (int i = PROBE_REF; i <= PROBE_B; i++)
			step("warm", &USUAL[i], args);
	}
	for (size_t f = 0; f < FLAVOUR_COUNT; f++) {
		for (int i = PROBE_REF_A16; i < PROBE_COUNT; i++) {
			flavours[f][i].run(args);
			step("frame", &flavours[f][i], args);
		}
	}
	return 0;
}

static int run_times(const struct bench_args *args, const char *directory)
{
	bench_function *const off[] = {USUAL[PROBE_REF].run, USUAL[PROBE_A].run};
	bench_function *const on[] = {bench_floor_a, USUAL[PROBE_A].run, bench_floor_b,
				      USUAL[PROBE_B].run};
	double off_ns[2], ns[4];

	bench_time(off, 2, args, off_ns);
	if (bench_peer_start(directory))
		return 2;
	if (!strcmp(bench_peer_name, "syslog"))
		bench_calls_a_round = 50;
	bench_time(on, 4, args, ns);
	printf("time %.2f %.2f %.2f %.2f %.2f\n", ns[0], ns[1], ns[2], ns[3],
	       off_ns[1] - off_ns[0]);
	return 0;
}

int main(int argc, char **argv)
{
	const struct bench_args args = {1, 2, 3, strdup("sixteen letters!")};
	const char *directory = argc > 2 ? argv[2] : "/tmp";
	int status;

	setvbuf(stdout, NULL, _IOLBF, 0);
	bench_buffer_open();
	if (argc > 1 && !strcmp(argv[1], "step"))
		status = run_steps(&args, directory);
	else
		status = run_times(&args, directory);
	bench_peer_stop();
	return status;
}
