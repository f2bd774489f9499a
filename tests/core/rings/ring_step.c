/* SPDX-License-Identifier: MIT */
/*
 * A signal at every instruction of a statement. For each kind of statement, in each state of the
 * ring, the statement is single-stepped up to its first, second, third ... instruction; there a
 * handler logs so many records itself, and returns or leaves by siglongjmp(3). After each round the
 * whole trace is read: every record intact, in order and counted.
 *
 *	ring_step [-r | -a] FILE
 *	-r: while another thread takes the file's blocks again and again
 *	-a: also leaving a thread's first event, which may cost the file a ring
 */
#include "../../support/stepper.h"
#include "core/ring.h"
#include "numbered.h"

#include <plimsoll/session.h>
#include <plimsoll/tracelog.h>

#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

PLIM_PROVIDER_DEFINE(numbered, "Numbered");

#define FILE_BYTES (64 << 10)
/* Of a `rep` instruction, which is a step for each repetition, every so manieth is interrupted. */
#define REP_SAMPLE 341
/* Likewise of the turns of a loop after the third. */
#define LOOP_SAMPLE 16

/* Records of a lap of the whole file, more than there is room for. */
#define LAP 3000

enum { OUTER = 1, INNER = 2, OTHER = 3 }; /* writers */

enum state { STEADY, BLOCK_END, FIRST_EVENT, STATES };
static const char *const state_names[] = {"steady", "block end", "first event"};

static const struct action {
	const char *name;
	unsigned int records;
	bool leaves;
} actions[] = {
	{"1 record", 1, false},
	{"3 records", 3, false},
	{"a block", 170, false},
	{"the whole ring", LAP, false},
	{"1 record and siglongjmp", 1, true},
	{"a block and siglongjmp", 170, true},
};

struct round {
	numbered_statement *statement;
	const struct action *action;
	uint64_t at; /* step to interrupt */
	uint64_t number;
	bool only_counts;
};

/* The steps of one run of the statement, and the moments to interrupt others at. */
#define STEPS_MAX 20000
static struct stepper_moment steps[STEPS_MAX];
static bool with_other, with_all;
static struct walk walk;
static struct numbered_expect expect;
static sigjmp_buf left;
static uint8_t abandoned[1 << 21];

static bool was_abandoned(uint64_t number)
{
	return number >> NUMBERED_WRITER_SHIFT == OUTER &&
	       abandoned[number & (sizeof(abandoned) - 1)];
}

static uint64_t next_number(unsigned int writer)
{
	if (!expect.last[writer])
		expect.last[writer] = (uint64_t)writer << NUMBERED_WRITER_SHIFT;
	return ++expect.last[writer];
}

static uint64_t current_block(void)
{
	return plim_tls_ring->current & ((1ull << 48) - 1);
}

/* The handler's records; a lap ends in the block that it began in, when that is new again. */
static void log_inner(unsigned int count)
{
	uint64_t start = current_block();
	bool has_left = false;

	for (unsigned int i = 0; i < count; i++) {
		(i & 1 ? numbered_O2 : numbered_O0)[i % NUMBERED_KINDS](next_number(INNER));
		has_left |= current_block() != start;
		if (count == LAP && has_left && current_block() == start)
			return;
	}
}

/* A step's place, and how often it was there before; of a `rep`, how often it repeated. */
static void note_step(uint64_t step, uint8_t *place)
{
	struct stepper_moment *now = &steps[step];

	*now = (struct stepper_moment){.place = place, .occurrence = 1};
	if (step > 1 && steps[step - 1].place == place) {
		*now = steps[step - 1];
		now->repeats++;
		return;
	}
	for (uint64_t i = step - 1; i; i--) {
		if (steps[i].place == place) {
			now->occurrence = steps[i].occurrence + 1;
			return;
		}
	}
}

static void visit(struct stepper *stepper, ucontext_t *context)
{
	struct round *round = stepper->argument;

	if (round->only_counts) {
		if (stepper->step < STEPS_MAX)
			note_step(stepper->step, (uint8_t *)context->uc_mcontext.gregs[REG_RIP]);
		return;
	}
	if (with_other && stepper->step != round->at)
		return;
	stepper_stop(context);
	log_inner(round->action->records);
	if (round->action->leaves) {
		abandoned[round->number & (sizeof(abandoned) - 1)] = 1;
		expect.abandoned++;
		stepper_abandon();
		siglongjmp(left, 1);
	}
}

static void run_statement(void *argument)
{
	const struct round *round = argument;

	round->statement(round->number);
}

/* Fills the thread's block until a record of this kind no longer fits. */
static void fill_block(void)
{
	for (;;) {
		const struct plim_block *block = (const void *)(uintptr_t)current_block();

		if (block->used + 32u > block->limit)
			return;
		numbered_O2[NUMBERED_FAST](next_number(OUTER));
	}
}

static void prepare(enum state state)
{
	numbered_O2[NUMBERED_FAST](next_number(OUTER));
	if (state == BLOCK_END)
		fill_block();
	else if (state == FIRST_EVENT)
		plim_thread_end();
}

/* -------------------------------------------------------------- the other thread, with -r */

static uint32_t other_may_run, other_runs;
static bool other_ends;

static void *other_thread(void *argument)
{
	(void)argument;
	while (!__atomic_load_n(&other_ends, __ATOMIC_ACQUIRE)) {
		bool may_run = __atomic_load_n(&other_may_run, __ATOMIC_ACQUIRE);

		__atomic_store_n(&other_runs, may_run, __ATOMIC_RELEASE);
		for (int i = 0; may_run && i < 100; i++)
			numbered_O2[i % NUMBERED_KINDS](next_number(OTHER));
		if (!may_run)
			usleep(1);
	}
	return NULL;
}

static void let_other(bool run)
{
	if (!with_other)
		return;
	__atomic_store_n(&other_may_run, run, __ATOMIC_RELEASE);
	while (__atomic_load_n(&other_runs, __ATOMIC_ACQUIRE) != run)
		;
}

/* ---------------------------------------------------------------------------- checking */

static int check_sum(void)
{
	uint64_t issued = 0, present = 0, accounted;

	for (unsigned int writer = OUTER; writer <= OTHER; writer++) {
		issued += expect.last[writer] & ((1ull << NUMBERED_WRITER_SHIFT) - 1);
		present += expect.present[writer];
	}
	/*
	 * A block that was being taken when its statement was left is not counted: what was in it is
	 * missing from the sum. Else the sum is exact.
	 */
	if (expect.abandoned)
		return 0;
	/* Counted as overwritten is all that was in a block, whether finished or not. */
	accounted = present + walk.unfinished + walk.header->overwritten + walk_drops(&walk);
	if (accounted > issued || accounted < issued) {
		snprintf(walk.error, sizeof(walk.error),
			 "%llu statements, %llu accounted for: %llu present, %llu unfinished, %llu "
			 "overwritten, %llu dropped",
			 (unsigned long long)issued, (unsigned long long)accounted,
			 (unsigned long long)present, (unsigned long long)walk.unfinished,
			 (unsigned long long)walk.header->overwritten,
			 (unsigned long long)walk_drops(&walk));
		return -1;
	}
	return 0;
}

static int check_trace(const struct round *round, const char *name)
{
	int result;

	let_other(false);
	result = walk_scan(&walk, !expect.abandoned) || numbered_check(&walk, &expect) ||
		 check_sum();
	/* With few blocks and another thread there may be none to take, which is counted. */
	if (!result && !expect.abandoned &&
	    (walk.unfinished || (!with_other && walk_drops(&walk)))) {
		snprintf(walk.error, sizeof(walk.error), "%llu unfinished, %llu dropped",
			 (unsigned long long)walk.unfinished,
			 (unsigned long long)walk_drops(&walk));
		result = -1;
	}
	/* Abandonment costs at most the statement itself: what comes after must be there. */
	if (!result && expect.abandoned && !expect.present[OUTER]) {
		snprintf(walk.error, sizeof(walk.error), "the ring records no more");
		result = -1;
	}
	if (result)
		fprintf(stderr, "%s, interrupted at step %llu: %s\n", name,
			(unsigned long long)round->at, walk.error);
	let_other(true);
	return result;
}

static uint64_t count_steps(struct round *round, enum state state)
{
	struct stepper stepper = {.visit = visit, .argument = round};
	uint64_t count;

	round->only_counts = true;
	prepare(state);
	round->number = next_number(OUTER);
	count = stepper_run(&stepper, run_statement, round);
	round->only_counts = false;
	return count < STEPS_MAX ? count : STEPS_MAX;
}

static void run_round(struct round *round, enum state state)
{
	struct stepper stepper = {.visit = visit, .argument = round};

	prepare(state);
	round->number = next_number(OUTER);
	if (!sigsetjmp(left, 1)) {
		/* By a breakpoint where nobody else runs the same code, else step by step. */
		if (with_other)
			stepper_run(&stepper, run_statement, round);
		else
			stepper_run_to(&stepper, steps[round->at], run_statement, round);
	}
	if (round->action->leaves) {
		for (int i = 0; i < 3; i++)
			numbered_O2[i](next_number(OUTER));
	}
}

static int run_case(struct round *round, enum state state, const char *name)
{
	uint64_t count = count_steps(round, state), rounds = 0;

	for (uint64_t at = 1; at < count; at++) {
		if (steps[at].repeats % REP_SAMPLE > 1 ||
		    (steps[at].occurrence > 3 && steps[at].occurrence % LOOP_SAMPLE))
			continue;
		round->at = at;
		run_round(round, state);
		rounds++;
		/* With the other thread, stopping it costs more than the round. */
		if ((!with_other || rounds % 8 == 0 || at + 1 == count) && check_trace(round, name))
			return -1;
	}
	return 0;
}

static int open_trace(const char *path)
{
	struct plim_session_options options = {.path = path, .size_bytes = FILE_BYTES};

	memset(&expect, 0, sizeof(expect));
	memset(abandoned, 0, sizeof(abandoned));
	expect.was_abandoned = was_abandoned;
	if (plim_session_open(&options)) {
		fprintf(stderr, "%s\n", plim_session_error());
		return -1;
	}
	return walk_open(&walk, path);
}

static int run_cases(numbered_statement *const *statements, const char *level, const char *path)
{
	int failures = 0;

	for (int kind = 0; kind < NUMBERED_KINDS; kind++) {
		for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
			for (enum state state = STEADY; state < STATES; state++) {
				struct round round = {.statement = statements[kind],
						      .action = &actions[i]};
				pthread_t other;
				char name[128];

				/* A ring that is left while it is taken is lost, and there are 16. */
				if (state == FIRST_EVENT && actions[i].leaves && !with_all)
					continue;
				/* Step by step takes long: the paths that differ most. */
				if (with_other && kind != NUMBERED_FAST && kind != NUMBERED_LONG)
					continue;
				if (open_trace(path))
					return -1;
				snprintf(name, sizeof(name), "-%s, kind %d, %s, handler logs %s",
					 level, kind, state_names[state], actions[i].name);
				other_ends = false;
				if (with_other)
					pthread_create(&other, NULL, other_thread, NULL);
				let_other(true);
				failures += run_case(&round, state, name) != 0;
				__atomic_store_n(&other_ends, true, __ATOMIC_RELEASE);
				if (with_other)
					pthread_join(other, NULL);
				walk_close(&walk);
				plim_session_close();
			}
		}
	}
	return failures;
}

int main(int argc, char **argv)
{
	int failures;

	with_other = argc > 2 && !strcmp(argv[1], "-r");
	with_all = argc > 2 && !strcmp(argv[1], "-a");
	if (argc < 2)
		return 2;
	stepper_prepare_thread();
	failures = run_cases(numbered_O2, "O2", argv[argc - 1]);
	if (!with_other)
		failures += run_cases(numbered_O0, "O0", argv[argc - 1]);
	unlink(argv[argc - 1]);
	return failures != 0;
}
