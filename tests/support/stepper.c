/* SPDX-License-Identifier: MIT */
#include "stepper.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>

#define TRAP_FLAG   0x100
#define BREAKPOINT  0xcc /* int3 */
#define VISIT_STACK (256 << 10)
#define PAGE        4096ul

static struct stepper *current;

/* The breakpoint of stepper_run_to(). */
static struct {
	struct stepper_moment moment;
	uint8_t saved;
	bool is_set;
	bool is_stepping_over;
} stop;

static void set_breakpoint(bool set)
{
	*stop.moment.place = set ? BREAKPOINT : stop.saved;
	stop.is_set = set;
}

static void set_trap_flag(ucontext_t *context, bool set)
{
	greg_t *flags = &context->uc_mcontext.gregs[REG_EFL];

	*flags = set ? *flags | TRAP_FLAG : *flags & ~(greg_t)TRAP_FLAG;
}

/* True when the moment is there. */
static bool approach(ucontext_t *context)
{
	greg_t *at = &context->uc_mcontext.gregs[REG_RIP];

	if (stop.is_stepping_over) { /* an earlier occurrence is behind */
		stop.is_stepping_over = false;
		set_trap_flag(context, false);
		set_breakpoint(true);
		return false;
	}
	if (stop.is_set) {
		*at = (greg_t)stop.moment.place;
		set_breakpoint(false);
		set_trap_flag(context, true);
		if (--stop.moment.occurrence) {
			stop.is_stepping_over = true;
			return false;
		}
	} else {
		stop.moment.repeats--;
	}
	if (stop.moment.repeats && *at == (greg_t)stop.moment.place)
		return false;
	set_trap_flag(context, false);
	stop.moment.place = NULL;
	return true;
}

static void on_trap(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)info;
	if (!current || (stop.moment.place && !approach(context)))
		return;
	current->step++;
	current->visit(current, context);
}

void stepper_stop(ucontext_t *context)
{
	set_trap_flag(context, false);
}

void stepper_abandon(void)
{
	current = NULL;
}

void stepper_prepare_thread(void)
{
	struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO | SA_ONSTACK};
	stack_t stack = {.ss_size = VISIT_STACK};

	stack.ss_sp =
		mmap(NULL, VISIT_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
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

uint64_t stepper_run_to(struct stepper *stepper, struct stepper_moment moment,
			void (*function)(void *), void *argument)
{
	uint8_t *page = (uint8_t *)((uintptr_t)moment.place & ~(PAGE - 1));

	if (mprotect(page, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC))
		abort();
	stop.moment = moment;
	stop.saved = *moment.place;
	stop.is_stepping_over = false;
	stepper->step = 0;
	current = stepper;
	set_breakpoint(true);
	function(argument);
	if (stop.is_set)
		set_breakpoint(false);
	stop.moment.place = NULL;
	current = NULL;
	return stepper->step;
}
