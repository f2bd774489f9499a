/* SPDX-License-Identifier: MIT */
/*
 * Path bytes (promise P2): how deep the stack goes below a function while a statement of its runs.
 * Two witnesses: the lowest stack pointer, seen by single-stepping, and the lowest byte written, on
 * a stack painted below the red zone whenever the path is entered. The red zone itself must be
 * untouched. Prints the table and fails beyond the promise.
 */
#include "../../support/stepper.h"
#include "core/ring.h"
#include "path_callers.h"

#include <plimsoll/session.h>
#include <plimsoll/tracelog.h>

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

PLIM_PROVIDER_DEFINE(path_figures, "PathFigures");

#define STACK_BYTES   (64 << 10)
#define RED_ZONE      128 /* System V ABI, AMD64 supplement, 3.2.2 */
#define PAINT         0xa5
#define LIMIT_STEADY  0
#define LIMIT_OTHER   (96 + RED_ZONE) /* DESIGN.md, P2 */
#define FILE_BYTES    (64 << 10)
#define RINGS_OF_FILE 16

/* The bounds of the callers' section; the linker makes them. */
extern const uint8_t __start_path_callers[], __stop_path_callers[];

struct figure {
	uint64_t lowest_sp, lowest_byte;
	bool red_zone_is_whole;
};

static struct {
	uint8_t *stack;
	const uint8_t *entered_from; /* instruction pointer of the step before */
	uint8_t *base;               /* stack pointer where the path was entered; NULL: not in it */
	uint8_t red_zone[RED_ZONE];
	struct figure figure;
} seen;

static uint8_t text[4096];
static const char *trace_path;
static int failures;

static bool is_caller(const uint8_t *at)
{
	return at >= __start_path_callers && at < __stop_path_callers;
}

static void enter_path(uint8_t *sp)
{
	seen.base = sp;
	memset(seen.stack, PAINT, (size_t)(sp - RED_ZONE - seen.stack));
	memcpy(seen.red_zone, sp - RED_ZONE, RED_ZONE);
}

static void leave_path(void)
{
	const uint8_t *at = seen.stack;

	while (at < seen.base - RED_ZONE && *at == PAINT)
		at++;
	if (at < seen.base - RED_ZONE && (uint64_t)(seen.base - at) > seen.figure.lowest_byte)
		seen.figure.lowest_byte = (uint64_t)(seen.base - at);
	if (memcmp(seen.red_zone, seen.base - RED_ZONE, RED_ZONE))
		seen.figure.red_zone_is_whole = false;
	seen.base = NULL;
}

static void watch(struct stepper *stepper, ucontext_t *context)
{
	const uint8_t *at = (const uint8_t *)context->uc_mcontext.gregs[REG_RIP];
	uint8_t *sp = (uint8_t *)context->uc_mcontext.gregs[REG_RSP];

	(void)stepper;
	/* Not by a `ret`, which leads back to who called the caller. */
	if (!seen.base && !is_caller(at) && is_caller(seen.entered_from) &&
	    *seen.entered_from != 0xc3)
		enter_path(sp);
	if (seen.base && is_caller(at))
		leave_path();
	if (seen.base && (uint64_t)(seen.base - sp) > seen.figure.lowest_sp && sp < seen.base)
		seen.figure.lowest_sp = (uint64_t)(seen.base - sp);
	seen.entered_from = at;
}

static void run_stepped(void (*function)(void *))
{
	struct stepper stepper = {.visit = watch};

	seen.figure = (struct figure){.red_zone_is_whole = true};
	seen.entered_from = NULL;
	seen.base = NULL;
	stepper_run(&stepper, function, text);
}

/* ------------------------------------------------------------- onto the painted stack */

static path_caller *measured;
static ucontext_t home, painted;
static bool in_handler;

static void on_signal(int number)
{
	(void)number;
	run_stepped(measured);
}

static void on_painted_stack(void)
{
	if (in_handler)
		raise(SIGUSR1);
	else
		run_stepped(measured);
}

static struct figure measure(path_caller *caller)
{
	measured = caller;
	getcontext(&painted);
	painted.uc_stack.ss_sp = seen.stack;
	painted.uc_stack.ss_size = STACK_BYTES;
	painted.uc_link = &home;
	makecontext(&painted, on_painted_stack, 0);
	swapcontext(&home, &painted);
	return seen.figure;
}

/* ----------------------------------------------------------------------- situations */

static void open_session(enum plim_session_mode mode)
{
	struct plim_session_options options = {
		.path = trace_path, .size_bytes = FILE_BYTES, .mode = mode};

	if (plim_session_open(&options)) {
		fprintf(stderr, "path_bytes: %s\n", plim_session_error());
		exit(1);
	}
}

/* Fills the thread's block until `bytes` no longer fit. */
static void fill_block(uint32_t bytes)
{
	for (;;) {
		const struct plim_block *block =
			(const void *)(uintptr_t)(plim_tls_ring->current & ((1ull << 48) - 1));

		if (block->used + bytes > block->limit && block->used + 16u <= block->limit)
			return;
		path_callers_O2[PATH_NO_WORD](text);
	}
}

struct situation {
	const char *name;
	int caller;
	enum { STEADY, FIRST, WRAP, FULL, NO_RING, HANDLER } how;
	uint64_t limit;
};

static const struct situation situations[] = {
	{"steady, no word", PATH_NO_WORD, STEADY, LIMIT_STEADY},
	{"steady, 1 word", PATH_ONE_WORD, STEADY, LIMIT_STEADY},
	{"steady, 5 words", PATH_FIVE_WORDS, STEADY, LIMIT_STEADY},
	{"steady, long string", PATH_LONG_STRING, STEADY, LIMIT_STEADY},
	{"steady, 5 words, 3 measured", PATH_FIVE_WORDS_TEXT, STEADY, LIMIT_STEADY},
	{"steady, 6 words", PATH_SIX_WORDS, STEADY, LIMIT_OTHER},
	{"steady, 16 fields", PATH_SIXTEEN_FIELDS, STEADY, LIMIT_OTHER},
	{"first event, 1 word", PATH_ONE_WORD, FIRST, LIMIT_OTHER},
	{"first event, long string", PATH_LONG_STRING, FIRST, LIMIT_OTHER},
	{"first event, 16 fields", PATH_SIXTEEN_FIELDS, FIRST, LIMIT_OTHER},
	{"ring wraps, 5 words", PATH_FIVE_WORDS, WRAP, LIMIT_OTHER},
	{"ring wraps, long string", PATH_LONG_STRING, WRAP, LIMIT_OTHER},
	{"ring wraps, 16 fields", PATH_SIXTEEN_FIELDS, WRAP, LIMIT_OTHER},
	{"stop mode, full, 5 words", PATH_FIVE_WORDS, FULL, LIMIT_OTHER},
	{"stop mode, full, 16 fields", PATH_SIXTEEN_FIELDS, FULL, LIMIT_OTHER},
	{"no ring left, 1 word", PATH_ONE_WORD, NO_RING, LIMIT_OTHER},
	{"no ring left, 16 fields", PATH_SIXTEEN_FIELDS, NO_RING, LIMIT_OTHER},
	{"in a handler, 5 words", PATH_FIVE_WORDS, HANDLER, LIMIT_STEADY},
	{"in a handler, long string", PATH_LONG_STRING, HANDLER, LIMIT_STEADY},
	{"in a handler, 16 fields", PATH_SIXTEEN_FIELDS, HANDLER, LIMIT_OTHER},
};

struct job {
	const struct situation *situation;
	path_caller *caller;
	struct figure figure;
};

/* In a thread of its own, as what the thread did before makes the situation. */
static void *measure_in_thread(void *argument)
{
	struct job *job = argument;

	stepper_prepare_thread();
	if (job->situation->how == STEADY || job->situation->how == HANDLER) {
		for (int i = 0; i < 8; i++)
			job->caller(text);
	} else if (job->situation->how == WRAP) {
		for (int i = 0; i < 4000; i++) /* twice round the file */
			path_callers_O2[PATH_ONE_WORD](text);
		fill_block(40); /* no more than the smallest record measured */
	} else if (job->situation->how == FULL) {
		for (int i = 0; i < 10000; i++)
			path_callers_O2[PATH_ONE_WORD](text);
	}
	in_handler = job->situation->how == HANDLER;
	job->figure = measure(job->caller);
	return NULL;
}

static sem_t holders_ready, holders_end;

static void *hold_ring(void *argument)
{
	(void)argument;
	path_callers_O2[PATH_NO_WORD](text);
	sem_post(&holders_ready);
	sem_wait(&holders_end);
	return NULL;
}

static struct figure measure_situation(const struct situation *situation,
				       path_caller *const *callers)
{
	struct job job = {.situation = situation, .caller = callers[situation->caller]};
	pthread_t thread, holders[RINGS_OF_FILE];
	unsigned int held = situation->how == NO_RING ? RINGS_OF_FILE : 0;

	open_session(situation->how == FULL ? PLIM_SESSION_STOP : PLIM_SESSION_OVERWRITE);
	for (unsigned int i = 0; i < held; i++)
		pthread_create(&holders[i], NULL, hold_ring, NULL);
	for (unsigned int i = 0; i < held; i++)
		sem_wait(&holders_ready);
	pthread_create(&thread, NULL, measure_in_thread, &job);
	pthread_join(thread, NULL);
	for (unsigned int i = 0; i < held; i++)
		sem_post(&holders_end);
	for (unsigned int i = 0; i < held; i++)
		pthread_join(holders[i], NULL);
	plim_session_close();
	return job.figure;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static void print_row(const struct situation *situation, struct figure o0, struct figure o2)
{
	bool is_within = larger(o0.lowest_sp, o0.lowest_byte) <= situation->limit &&
			 larger(o2.lowest_sp, o2.lowest_byte) <= situation->limit &&
			 o0.red_zone_is_whole && o2.red_zone_is_whole;

	printf("%-28s %8llu %8llu %8llu %8llu %8llu%s%s\n", situation->name,
	       (unsigned long long)o0.lowest_sp, (unsigned long long)o0.lowest_byte,
	       (unsigned long long)o2.lowest_sp, (unsigned long long)o2.lowest_byte,
	       (unsigned long long)situation->limit, is_within ? "" : "  TOO DEEP",
	       o0.red_zone_is_whole && o2.red_zone_is_whole ? "" : "  RED ZONE WRITTEN");
	failures += !is_within;
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = on_signal};

	trace_path = argc > 1 ? argv[1] : "path_bytes.plim";
	memset(text, 'x', sizeof(text) - 1);
	sigaction(SIGUSR1, &action, NULL);
	sem_init(&holders_ready, 0, 0);
	sem_init(&holders_end, 0, 0);
	seen.stack =
		mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (seen.stack == MAP_FAILED)
		return 1;
	printf("path bytes: depth below the statement's function, %u of red zone included\n"
	       "%-28s %17s %17s\n%-28s %8s %8s %8s %8s %8s\n",
	       RED_ZONE, "", "caller at -O0", "caller at -O2", "situation", "lowest sp", "byte",
	       "lowest sp", "byte", "limit");
	for (size_t i = 0; i < sizeof(situations) / sizeof(situations[0]); i++)
		print_row(&situations[i], measure_situation(&situations[i], path_callers_O0),
			  measure_situation(&situations[i], path_callers_O2));
	unlink(trace_path);
	return failures != 0;
}
