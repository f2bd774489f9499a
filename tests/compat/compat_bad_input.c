/* SPDX-License-Identifier: MIT */
/*
 * What the API is handed wrongly: lengths of 0, huge and with NULL, sequences of 0 and of 65,535
 * elements, a provider that is registered twice and unregistered while other threads log. Nothing
 * crashes; what is too long is cut and marked; every record of every thread is there, whole.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include <plimsoll/compat/TraceLoggingProvider.h>

TRACELOGGING_DEFINE_PROVIDER(g_provider, "Bad", (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));

#define THREADS 4
#define EVENTS  200

static uint16_t sequence[65535];
static char text[70000];
static wchar_t wide[70000];

static void lengths(void)
{
	const char *none = NULL;

	TraceLoggingWrite(g_provider, "Counted", TraceLoggingCountedString(text, 0, "zero"),
			  TraceLoggingCountedString(text, sizeof(text), "huge"));
	TraceLoggingWrite(g_provider, "Counted", TraceLoggingCountedString(none, SIZE_MAX, "none"),
			  TraceLoggingCountedWideString(wide, 69999, "huge"));
	TraceLoggingWrite(g_provider, "Text", TraceLoggingString(text, "long"),
			  TraceLoggingWideString(wide, "long wide"));
	TraceLoggingWrite(g_provider, "Bytes", TraceLoggingBinary(text, 0, "zero"),
			  TraceLoggingBinary(none, 70000, "none"));
	TraceLoggingWrite(g_provider, "Sequence", TraceLoggingUInt16Array(sequence, 0, "zero"),
			  TraceLoggingUInt16Array(sequence, 65535, "all"));
	TraceLoggingWrite(g_provider, "Sequence",
			  TraceLoggingUInt64Array((const uint64_t *)NULL, 65535, "none"));
}

static void *log_on(void *argument)
{
	for (int i = 0; i < EVENTS; i++)
		TraceLoggingWrite(g_provider, "Thread", TraceLoggingInt32(i, "i"),
				  TraceLoggingString("whole", "text"));
	return argument;
}

int main(void)
{
	pthread_t threads[THREADS];

	memset(text, 'a', sizeof(text) - 1);
	for (size_t i = 0; i + 1 < sizeof(wide) / sizeof(wide[0]); i++)
		wide[i] = L'w';
	lengths();
	for (int i = 0; i < THREADS; i++) {
		if (pthread_create(&threads[i], NULL, log_on, NULL)) {
			perror("pthread_create");
			return 1;
		}
	}
	for (int i = 0; i < 1000; i++) {
		TraceLoggingRegister(g_provider);
		TraceLoggingRegister(g_provider);
		TraceLoggingUnregister(g_provider);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
