/* SPDX-License-Identifier: MIT */
/*
 * What one pair of figures does not show: shapes of statements, 64 sites, threads, disabled cost,
 * memory, and what a reader at the same time can follow. Prints beside the floor of the same run.
 */
#include "bench_sites.h"

#include <plimsoll/session.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS        3000u
#define THREAD_ROUNDS 40u
#define THREAD_EVENTS (1u << 18)
#define THREADS_MAX   64u
#define FILL_EVENTS   (1u << 20)
#define PACE_NS       2e9

static const struct bench_args args = {1, 2, 3, "sixteen letters!"};

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int open_session(const char *path)
{
	struct plim_session_options options = {.path = path, .size_bytes = BENCH_BUFFER_BYTES};

	if (!plim_session_open(&options))
		return 0;
	fprintf(stderr, "bench: %s\n", plim_session_error());
	return 2;
}

static void keep_least(double *least, double value)
{
	if (value < *least)
		*least = value;
}

/* Nanoseconds an event over about 4,096 events. */
static double time_events(bench_function *function, unsigned int events)
{
	unsigned int calls = events >= 4096 ? 1 : 4096 / events;
	double start = now_ns();

	for (unsigned int i = 0; i < calls; i++) {
		function(&args);
		__asm__ volatile("" : : : "memory");
	}
	return (now_ns() - start) / (calls * (double)events);
}

static int run_shapes(void)
{
	double(*ns)[2] = malloc(bench_shape_count * sizeof(*ns));

	if (!ns)
		return 2;
	for (unsigned int i = 0; i < bench_shape_count; i++)
		ns[i][0] = ns[i][1] = 1e18;
	for (unsigned int round = 0; round < ROUNDS; round++) {
		for (unsigned int i = 0; i < bench_shape_count; i++) {
			const struct bench_shape *shape = &bench_shapes[i];

			keep_least(&ns[i][0], time_events(shape->floor, shape->events));
			keep_least(&ns[i][1], time_events(shape->statement, shape->events));
		}
	}
	printf("%-32s %9s %9s %7s\n", "statement", "floor ns", "ns", "ratio");
	for (unsigned int i = 0; i < bench_shape_count; i++)
		printf("%-32s %9.2f %9.2f %6.2fx\n", bench_shapes[i].name, ns[i][0], ns[i][1],
		       ns[i][1] / ns[i][0]);
	free(ns);
	return 0;
}

/* A thread of the floor has a share of the buffer of its own, as a thread of Plimsoll has a ring. */
struct worker {
	pthread_t thread;
	bench_function *function;
	uint32_t events;
	uint8_t *base;
	uint64_t bytes;
	uint64_t used;
};

static pthread_barrier_t barrier;

static void floor_event(struct worker *worker)
{
	uint64_t record[3] = {1, bench_clock(), args.x};

	if (worker->used + sizeof(record) > worker->bytes)
		worker->used = 0;
	memcpy(worker->base + worker->used, record, sizeof(record));
	worker->used += sizeof(record);
}

static void *work(void *pointer)
{
	struct worker *worker = (struct worker *)pointer;

	pthread_barrier_wait(&barrier);
	for (uint32_t i = 0; i < worker->events; i++) {
		if (worker->function)
			worker->function(&args);
		else
			floor_event(worker);
	}
	return NULL;
}

/* Wall nanoseconds an event on each of the CPUs that the threads can fill. */
static double time_threads(unsigned int count, bench_function *function)
{
	static struct worker workers[THREADS_MAX];
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	double busy = cpus < (long)count ? (double)cpus : (double)count;
	double start;

	pthread_barrier_init(&barrier, NULL, count + 1);
	for (unsigned int i = 0; i < count; i++) {
		workers[i] = (struct worker){
			.function = function,
			.events = THREAD_EVENTS / count,
			.base = bench_buffer.base + BENCH_BUFFER_BYTES / count * i,
			.bytes = BENCH_BUFFER_BYTES / count,
		};
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i])) {
			perror("bench: a thread did not start");
			exit(2);
		}
	}
	start = now_ns();
	pthread_barrier_wait(&barrier);
	for (unsigned int i = 0; i < count; i++)
		pthread_join(workers[i].thread, NULL);
	pthread_barrier_destroy(&barrier);
	return (now_ns() - start) * busy / ((double)(THREAD_EVENTS / count) * count);
}

static int run_threads(void)
{
	static const unsigned int counts[] = {1, 2, 64};

	printf("%-32s %9s %9s %7s\n", "threads (statement A)", "floor ns", "ns", "ratio");
	for (unsigned int i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		double floor_ns = 1e18, ns = 1e18;

		for (unsigned int round = 0; round < THREAD_ROUNDS; round++) {
			keep_least(&floor_ns, time_threads(counts[i], NULL));
			keep_least(&ns, time_threads(counts[i], bench_shapes[1].statement));
		}
		printf("%-32u %9.2f %9.2f %6.2fx\n", counts[i], floor_ns, ns, ns / floor_ns);
	}
	return 0;
}

static int run_disabled(void)
{
	bench_function *const functions[] = {bench_disabled_none, bench_disabled_16};
	double ns[2];

	bench_time(functions, 2, &args, ns);
	printf("disabled: %.3f ns a statement (16 in a function: %.2f ns, without: %.2f ns)\n",
	       (ns[1] - ns[0]) / 16, ns[1], ns[0]);
	return 0;
}

static long resident_kib(const char *key)
{
	FILE *from = fopen("/proc/self/status", "re");
	char line[256];
	long kib = -1;

	while (from && fgets(line, sizeof(line), from)) {
		if (!strncmp(line, key, strlen(key)))
			kib = strtol(line + strlen(key), NULL, 10);
	}
	if (from)
		fclose(from);
	return kib;
}

/* How the resident set grows: by the session, by a first event, by a ring once round. */
static int run_memory(const char *path)
{
	long before = resident_kib("VmRSS:");
	long opened, first;

	if (open_session(path))
		return 2;
	opened = resident_kib("VmRSS:");
	bench_shapes[1].statement(&args);
	first = resident_kib("VmRSS:");
	for (uint64_t i = 0; i < BENCH_BUFFER_BYTES / 24 + 1; i++)
		bench_shapes[1].statement(&args);
	printf("resident set: %ld KiB before the session, +%ld by opening it, +%ld by the first "
	       "event, "
	       "+%ld by filling %llu KiB of records\n",
	       before, opened - before, first - opened, resident_kib("VmRSS:") - first,
	       BENCH_BUFFER_BYTES >> 10);
	return 0;
}

/* A trace for the viewers: statements A and B in turn, about a million. */
static int run_fill(void)
{
	for (uint32_t i = 0; i < FILL_EVENTS / 2; i++) {
		bench_shapes[1].statement(&args);
		bench_shapes[6].statement(&args);
	}
	printf("%u\n", FILL_EVENTS);
	return 0;
}

/* Statement A at `rate` events a second (0: as fast as it goes), in bursts of a tenth millisecond. */
static int run_pace(double rate)
{
	double start = now_ns();
	uint64_t events = 0;
	double took;

	while ((took = now_ns() - start) < PACE_NS) {
		uint64_t due = rate > 0 ? (uint64_t)(took * rate / 1e9) : events + 10000;

		for (; events < due; events++)
			bench_shapes[1].statement(&args);
		if (rate > 0)
			nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
	}
	printf("%llu %.0f\n", (unsigned long long)events, (double)events * 1e9 / took);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc >= 3 ? argv[1] : "";
	int status;

	if (!strcmp(what, "memory"))
		return run_memory(argv[2]);
	bench_buffer_open();
	if (argc < 3 || open_session(argv[2])) {
		fputs("bench_scale: give shapes|threads|disabled|memory|fill|pace FILE [RATE]\n",
		      stderr);
		return 2;
	}
	if (!strcmp(what, "shapes"))
		status = run_shapes();
	else if (!strcmp(what, "threads"))
		status = run_threads();
	else if (!strcmp(what, "disabled"))
		status = run_disabled();
	else if (!strcmp(what, "pace"))
		status = run_pace(argc > 3 ? strtod(argv[3], NULL) : 0);
	else
		status = run_fill();
	plim_session_close();
	return status;
}
