/* SPDX-License-Identifier: MIT */
/*
 * Threads give their ring back when they end. The path cannot ask for that (it calls no library),
 * so thread creation is wrapped: the new thread sets a pthread key whose destructor does it.
 *
 * In the shared library pthread_create() and thrd_create() are interposed; programs that link
 * statically add `-Wl,--wrap=pthread_create` (pkg-config --static says so). Threads made otherwise
 * call plim_thread_end(), or their ring is taken over by the next thread at the same address.
 */
#include "plimsoll/session.h"

#include "core/port.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <threads.h>

typedef int create_function(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

static pthread_key_t key;
static bool has_key;

/* Other keys' destructors may log after ours: come again until the last round. */
static void at_thread_end(void *rounds)
{
	uintptr_t left = (uintptr_t)rounds;

	plim_thread_end();
	if (left > 1)
		pthread_setspecific(key, (void *)(left - 1));
}

__attribute__((constructor(101))) static void make_key(void)
{
	has_key = !pthread_key_create(&key, at_thread_end);
}

static void arm(void)
{
	if (has_key)
		pthread_setspecific(key, (void *)(uintptr_t)(PTHREAD_DESTRUCTOR_ITERATIONS - 1));
}

/* What a starting thread is to run. A fixed pool: no heap while a session is open. */
static struct start {
	void *(*run)(void *);
	int (*run_c11)(void *);
	void *argument;
	uint32_t taken;
} starts[256];

static struct start *take_start(void)
{
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		uint32_t free = 0;

		if (__atomic_compare_exchange_n(&starts[i].taken, &free, 1, false, __ATOMIC_ACQUIRE,
						__ATOMIC_RELAXED))
			return &starts[i];
	}
	return NULL;
}

static struct start give_start(struct start *start)
{
	struct start copy = *start;

	__atomic_store_n(&start->taken, 0, __ATOMIC_RELEASE);
	return copy;
}

static void *run_posix(void *argument)
{
	struct start start = give_start(argument);

	arm();
	return start.run(start.argument);
}

/* With 256 threads just being started, the 257th does without. */
static int create(create_function *real, pthread_t *thread, const pthread_attr_t *attributes,
		  void *(*run)(void *), void *argument)
{
	struct start *start = take_start();
	int result;

	if (!start)
		return real(thread, attributes, run, argument);
	start->run = run;
	start->argument = argument;
	result = real(thread, attributes, run_posix, start);
	if (result)
		give_start(start);
	return result;
}

#ifdef PLIM_SHARED

PLIM_EXPORT int pthread_create(pthread_t *restrict thread,
			       const pthread_attr_t *restrict attributes, void *(*run)(void *),
			       void *restrict argument)
{
	create_function *real = (create_function *)(uintptr_t)dlsym(RTLD_NEXT, "pthread_create");

	return create(real, thread, attributes, run, argument);
}

static int run_c11(void *argument)
{
	struct start start = give_start(argument);

	arm();
	return start.run_c11(start.argument);
}

PLIM_EXPORT int thrd_create(thrd_t *thread, thrd_start_t run, void *argument)
{
	int (*real)(thrd_t *, thrd_start_t, void *) =
		(int (*)(thrd_t *, thrd_start_t, void *))(uintptr_t)dlsym(RTLD_NEXT, "thrd_create");
	struct start *start = take_start();
	int result;

	if (!start)
		return real(thread, run, argument);
	start->run_c11 = run;
	start->argument = argument;
	result = real(thread, run_c11, start);
	if (result != thrd_success)
		give_start(start);
	return result;
}

#else

/* Not weak: that would not fetch it from a static C library. Who does not wrap does not link us. */
extern create_function __real_pthread_create;
create_function __wrap_pthread_create;

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
			  void *argument)
{
	return create(__real_pthread_create, thread, attributes, run, argument);
}

#endif
