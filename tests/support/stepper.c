/* SPDX-License-Identifier: MIT */
#include "stepper.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>

#define TRAP_FLAG      0x100
#define VISIT_STACK    (256 << 10)

static struct stepper *current;

static void on_trap(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)info;
	if (!current)
		return;
	current->step++;
	current->visit(current, context);
}

void stepper_stop(ucontext_t *context)
{
	context->uc_mcontext.gregs[REG_EFL] &= ~(greg_t)TRAP_FLAG;
}

void stepper_abandon(void)
{
	current = NULL;
}

void stepper_prepare_thread(void)
{
	struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO | SA_ONSTACK};
	stack_t stack = {.ss_size = VISIT_STACK};

	stack.ss_sp = mmap(NULL, VISIT_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);
	if (stack.ss_sp == MAP_FAILED || sigaltstack(&stack, NULL) ||
	    sigaction(SIGTRAP, &action, NULL))
		abort();
}

__attribute__((noinline)) uint64_t stepper_run(struct stepper *stepper, void (*function)(void *),
					       void *argument)
{
	stepper->step = 0;
	current = stepper;
	__asm__ volatile("pushfq; orq %0, (%%rsp); popfq" : : "i"(TRAP_FLAG) : "memory", "cc");
	function(argument);
	__asm__ volatile("pushfq; andq %0, (%%rsp); popfq" : : "i"(~TRAP_FLAG) : "memory", "cc");
	current = NULL;
	return stepper->step;
}
