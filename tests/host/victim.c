/* SPDX-License-Identifier: MIT */
/* A traced program for session_test.sh: victim WHAT [COUNT]. It must exit 0 whatever tracing does. */
#include <plimsoll/session.h>
#include <plimsoll/tracelog.h>

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

PLIM_PROVIDER_DEFINE(victim, "Victim");

static void log_one(uint64_t n)
{
	PLIM_LOG(victim, PLIM_INFO, 1, "one", PLIM_U64("n", n));
	PLIM_LOG(victim, PLIM_VERBOSE, 2, "detail", PLIM_U64("n", n));
}

__attribute__((constructor)) static void before_main(void)
{
	log_one(1000000);
}

__attribute__((destructor)) static void after_main(void)
{
	log_one(1000001);
}

static pthread_barrier_t barrier;

static void *log_in_thread(void *with_barrier)
{
	log_one(1);
	if (with_barrier)
		pthread_barrier_wait(&barrier);
	log_one(2);
	return NULL;
}

/* All threads alive at once, or one after another. */
static int run_threads(unsigned int count, bool at_once)
{
	pthread_attr_t attributes;
	pthread_t *threads = calloc(count, sizeof(*threads));

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 64 << 10);
	pthread_barrier_init(&barrier, NULL, count);
	for (unsigned int i = 0; i < count; i++) {
		if (pthread_create(&threads[i], &attributes, log_in_thread,
				   at_once ? threads : NULL))
			return 1;
		if (!at_once)
			pthread_join(threads[i], NULL);
	}
	for (unsigned int i = 0; at_once && i < count; i++)
		pthread_join(threads[i], NULL);
	free(threads);
	return 0;
}

/* Child and grandchild, after a change of directory; each logs its own number of records. */
static int run_forks(void)
{
	log_one(1);
	if (chdir("/") || fork()) {
		wait(NULL);
		return 0;
	}
	log_one(2);
	log_one(3);
	if (fork()) {
		wait(NULL);
		_exit(0);
	}
	for (uint64_t n = 4; n < 14; n++)
		log_one(n);
	_exit(0);
}

static void fork_in_handler(int number)
{
	(void)number;
	if (fork()) {
		wait(NULL);
		return;
	}
	for (uint64_t n = 0; n < 5; n++)
		log_one(n);
	_exit(0);
}

static int reopen(const char *path)
{
	struct plim_session_options options = {.path = path, .size_bytes = 64 << 10};

	for (int i = 0; i < 20; i++) {
		if (plim_session_open(&options) || plim_session_open(&options) != -16 /* EBUSY */)
			return 1;
		log_one((uint64_t)i);
		if (plim_session_close() || plim_session_close() != -2 /* ENOENT */)
			return 1;
		log_one(99);
	}
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	unsigned int count = argc > 2 ? (unsigned int)atoi(argv[2]) : 1;
	struct rlimit limit = {1 << 20, 1 << 20};

	if (!strcmp(what, "log")) {
		for (uint64_t n = 0; n < count; n++)
			log_one(n);
	} else if (!strcmp(what, "threads")) {
		return run_threads(count, true);
	} else if (!strcmp(what, "short-threads")) {
		return run_threads(count, false);
	} else if (!strcmp(what, "fork")) {
		return run_forks();
	} else if (!strcmp(what, "fork-in-handler")) {
		signal(SIGUSR1, fork_in_handler);
		log_one(1);
		raise(SIGUSR1);
		log_one(2);
	} else if (!strcmp(what, "limit")) {
		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		execv("/proc/self/exe", (char *[]){argv[0], "log", "3", NULL});
		return 1;
	} else if (!strcmp(what, "reopen")) {
		return reopen(argv[2]);
	} else if (!strcmp(what, "wait")) {
		log_one(1);
		puts("ready");
		fflush(stdout);
		return getchar() == EOF ? 0 : 1;
	}
	return 0;
}
