/* SPDX-License-Identifier: MIT */
/* What a stranger writes after the installation: a provider, a statement, a thread that logs. */
#include <plimsoll/session.h>
#include <plimsoll/tracelog.h>
#include <plimsoll/version.h>

#include <pthread.h>
#include <stddef.h>

PLIM_PROVIDER_DEFINE(stranger, "Stranger");

static void *run(void *argument)
{
	PLIM_LOG(stranger, PLIM_INFO, 0, "installed", PLIM_I32("answer", 42));
	return argument;
}

int main(void)
{
	pthread_t thread;

	return pthread_create(&thread, NULL, run, NULL) || pthread_join(thread, NULL);
}
