/* SPDX-License-Identifier: MIT */
/*
 * Single-stepping of one's own code by the trap flag (Intel SDM volume 3, 18.3.1.4): a SIGTRAP
 * handler, on a stack of its own, sees every instruction of a function.
 */
#ifndef PLIM_TESTS_STEPPER_H
#define PLIM_TESTS_STEPPER_H

#include <stdint.h>
#include <ucontext.h>

struct stepper {
	/** Called after the instruction before `context`'s; `step` counts from 1. */
	void (*visit)(struct stepper *stepper, ucontext_t *context);
	void *argument;
	uint64_t step;
};

/**
 * Runs `function(argument)` one instruction at a time and returns how many there were. A visit that
 * calls stepper_stop() lets the rest run freely. One at a time in a process.
 */
uint64_t stepper_run(struct stepper *stepper, void (*function)(void *), void *argument);
void stepper_stop(ucontext_t *context);
/** After a visit that left by siglongjmp(3). */
void stepper_abandon(void);
/** Gives the calling thread the alternate stack that visits run on. */
void stepper_prepare_thread(void);

#endif
