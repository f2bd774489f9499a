/* SPDX-License-Identifier: MIT */
/* What unwind_steps.py steps through: each statement in a function with a caller of its own. */
#include <plimsoll/tracelog.h>

PLIM_PROVIDER_DEFINE(unwind, "Unwind");

int log_values(long a);
int log_text(const char *text);
int log_blobs(const char *text);
int log_many(long a);
int outer(int round);

__attribute__((noinline)) int log_values(long a)
{
	PLIM_LOG(unwind, PLIM_INFO, 0, "values", PLIM_I64("a", a), PLIM_I64("b", a + 1));
	return (int)a;
}

__attribute__((noinline)) int log_text(const char *text)
{
	PLIM_LOG(unwind, PLIM_INFO, 0, "text", PLIM_STR("text", text));
	return text[0];
}

__attribute__((noinline)) int log_blobs(const char *text)
{
	PLIM_LOG(unwind, PLIM_INFO, 0, "blobs", PLIM_STR("text", text), PLIM_BIN("bin", text, 3),
		 PLIM_STR("none", (const char *)0));
	return text[1];
}

__attribute__((noinline)) int log_many(long a)
{
	PLIM_LOG(unwind, PLIM_INFO, 0, "many", PLIM_I64("a", a), PLIM_I64("b", a + 1),
		 PLIM_I64("c", a), PLIM_I64("d", a), PLIM_I64("e", a), PLIM_I64("f", a));
	return (int)a;
}

/* The first round takes a ring and a block: the slow way. */
__attribute__((noinline)) int outer(int round)
{
	int sum = log_values(round);

	sum += log_text("a text");
	sum += log_blobs("blobs of text");
	sum += log_many(round);
	return sum;
}

int main(void)
{
	int sum = 0;

	for (int round = 0; round < 2; round++)
		sum += outer(round);
	return sum == 0;
}
