/* SPDX-License-Identifier: MIT */
/*
 * Promise P6: SIGKILL at a random moment while four threads log, each publishing in shared memory
 * the number of its last finished statement. The trace left behind must hold every finished record
 * but overwritten ones, none torn, none out of order, and account for every statement.
 *
 *	ring_kill [-s] [-h] ROUNDS FILE		-s: stop mode; -h: a handler logs too, at 10 kHz
 */
#include "numbered.h"

#include <plimsoll/session.h>
#include <plimsoll/tracelog.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

PLIM_PROVIDER_DEFINE(numbered, "Numbered");

#define THREADS    4
#define FILE_BYTES (256 << 10)
#define HANDLER_US 100

static struct shared {
	uint64_t last[NUMBERED_WRITERS];
	uint32_t running;
} * shared;

static __thread unsigned int thread_index = THREADS;
static bool with_handler;

/* Publishes only what is finished: SIGKILL may come after any instruction. */
static void log_next(unsigned int writer, unsigned int turn)
{
	uint64_t number = shared->last[writer] + 1;

	if (!shared->last[writer])
		number = ((uint64_t)writer << NUMBERED_WRITER_SHIFT) + 1;
	(turn % 7 == 6 ? numbered_O0 : numbered_O2)[turn % NUMBERED_KINDS](number);
	__atomic_store_n(&shared->last[writer], number, __ATOMIC_RELEASE);
}

static void on_alarm(int number)
{
	static __thread unsigned int turn;

	(void)number;
	if (thread_index < THREADS)
		log_next(NUMBERED_HANDLERS + thread_index, turn++);
}

static void *log_forever(void *argument)
{
	thread_index = (unsigned int)(uintptr_t)argument;
	__atomic_fetch_add(&shared->running, 1, __ATOMIC_RELEASE);
	for (unsigned int turn = 0;; turn++)
		log_next(1 + thread_index, turn);
	return NULL;
}

static void run_victim(const char *path, enum plim_session_mode mode)
{
	struct plim_session_options options = {
		.path = path, .size_bytes = FILE_BYTES, .mode = mode};
	struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
	struct itimerval every = {{0, HANDLER_US}, {0, HANDLER_US}};
	pthread_t thread;

	if (plim_session_open(&options)) {
		fprintf(stderr, "%s\n", plim_session_error());
		_exit(1);
	}
	sigaction(SIGALRM, &action, NULL);
	for (uintptr_t i = 0; i < THREADS; i++)
		pthread_create(&thread, NULL, log_forever, (void *)i);
	if (with_handler)
		setitimer(ITIMER_REAL, &every, NULL);
	for (;;)
		pause();
}

/* Blocks on their way from one ring to another when the program died. */
static uint64_t count_in_transit(const struct walk *walk)
{
	uint64_t count = 0;

	for (uint32_t i = 0; i < walk->header->block_count; i++) {
		const struct plim_block *block =
			(const void *)(walk->base + walk->header->blocks_offset +
				       (uint64_t)i * walk->header->block_bytes);

		count += block->owner && !block->ticket;
	}
	return count;
}

static int check_sum(struct walk *walk, const struct numbered_expect *expect)
{
	uint64_t issued = 0, accounted = walk->unfinished + walk->header->overwritten;
	uint64_t records_a_block = walk->header->block_bytes / 32;
	uint64_t slack = count_in_transit(walk) * records_a_block;

	for (unsigned int i = 0; i < NUMBERED_WRITERS; i++) {
		issued += expect->last[i] & ((1ull << NUMBERED_WRITER_SHIFT) - 1);
		accounted += expect->present[i];
	}
	accounted += walk_drops(walk);
	/* A statement of each writer may have been recorded and not yet published. */
	if (accounted + slack >= issued && accounted <= issued + 2 * THREADS + slack)
		return 0;
	snprintf(walk->error, sizeof(walk->error),
		 "%llu statements finished, %llu accounted for, of which %llu overwritten, %llu "
		 "dropped; %llu blocks in transit",
		 (unsigned long long)issued, (unsigned long long)accounted,
		 (unsigned long long)walk->header->overwritten,
		 (unsigned long long)walk_drops(walk),
		 (unsigned long long)(slack / records_a_block));
	return -1;
}

static int check_round(const char *path, bool stops, uint64_t *seen)
{
	struct numbered_expect expect = {.may_be_one_more = true, .keeps_oldest = stops};
	struct walk walk;
	int result;

	memcpy(expect.last, shared->last, sizeof(expect.last));
	result = walk_open(&walk, path) || walk_scan(&walk, false) ||
		 numbered_check(&walk, &expect) || check_sum(&walk, &expect);
	if (result)
		fprintf(stderr, "%s\n", walk.error);
	*seen += walk.record_count;
	walk_close(&walk);
	return result;
}

static int run_round(const char *path, bool stops, uint64_t *seen)
{
	pid_t victim;

	memset(shared, 0, sizeof(*shared));
	victim = fork();
	if (!victim)
		run_victim(path, stops ? PLIM_SESSION_STOP : PLIM_SESSION_OVERWRITE);
	while (__atomic_load_n(&shared->running, __ATOMIC_ACQUIRE) < THREADS &&
	       !waitpid(victim, NULL, WNOHANG))
		usleep(200);
	usleep((useconds_t)(rand() % 20000));
	kill(victim, SIGKILL);
	waitpid(victim, NULL, 0);
	return check_round(path, stops, seen);
}

int main(int argc, char **argv)
{
	bool stops = false;
	int option, rounds, failures = 0;
	uint64_t seen = 0;

	while ((option = getopt(argc, argv, "sh")) != -1) {
		stops |= option == 's';
		with_handler |= option == 'h';
	}
	if (argc - optind != 2)
		return 2;
	rounds = atoi(argv[optind]);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (shared == MAP_FAILED)
		return 2;
	srand((unsigned int)getpid());
	for (int i = 0; i < rounds; i++)
		failures += run_round(argv[optind + 1], stops, &seen) != 0;
	printf("%d rounds of SIGKILL%s%s, %d with a fault, %llu records read\n", rounds,
	       stops ? ", stop mode" : "", with_handler ? ", handler at 10 kHz" : "", failures,
	       (unsigned long long)seen);
	unlink(argv[optind + 1]);
	return failures || !seen;
}
