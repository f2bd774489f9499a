/* SPDX-License-Identifier: MIT */
/*
 * A program for the commands' tests to record. logged_program count N THREADS [STATUS]: each thread
 * logs the numbers below N; logged_program wait: logs every millisecond until the file `stop` is
 * there, for 20 seconds at most.
 */
#include <plimsoll/tracelog.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

PLIM_PROVIDER_DEFINE(logged, "Logged");

static const struct plim_enum_entry parities[] = {{0, "even"}, {1, "odd"}, {0, NULL}};

static long count;

static void *count_up(void *argument)
{
	long thread = (long)argument;

	for (long i = 0; i < count; i++) {
		PLIM_LOG(logged, PLIM_INFO, 1, "number", PLIM_I64("thread", thread),
			 PLIM_I64("i", i), PLIM_STR("text", "some text"));
		if (i % 64 == 63)
			usleep(100);
	}
	return NULL;
}

static int count_in_threads(long threads)
{
	pthread_t ids[16];

	for (long t = 0; t < threads; t++) {
		if (pthread_create(&ids[t], NULL, count_up, (void *)t) != 0)
			return 1;
	}
	for (long t = 0; t < threads; t++)
		pthread_join(ids[t], NULL);
	return 0;
}

static int wait_for_stop(void)
{
	for (long i = 0; i < 20000 && access("stop", F_OK) != 0; i++) {
		PLIM_LOG(logged, PLIM_VERBOSE, 2, "quiet", PLIM_ENUM("parity", i & 1, parities));
		PLIM_LOG(logged, PLIM_INFO, 1, "beat", PLIM_I64("i", i));
		usleep(1000);
	}
	return 0;
}

int main(int argc, char **argv)
{
	PLIM_LOG(logged, PLIM_ALWAYS, 0, "started");
	if (argc == 2 && !strcmp(argv[1], "wait"))
		return wait_for_stop();
	if (argc < 4 || atol(argv[3]) > 16)
		return 2;
	count = atol(argv[2]);
	if (count_in_threads(atol(argv[3])) != 0)
		return 1;
	return argc > 4 ? atoi(argv[4]) : 0;
}
