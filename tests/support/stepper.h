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
	/** Called before the instruction at `context`'s; `step` counts from 1. */
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

/** A moment: before the `occurrence`th time that `place` is reached, and `repeats` steps on. */
struct stepper_moment {
	uint8_t *place;
	uint32_t occurrence; /* from 1 */
	uint32_t repeats;    /* of an instruction with a `rep` prefix, which stays at its place */
};

/**
 * Runs `function(argument)` at full speed to a moment, by a breakpoint, visits once, and lets the
 * rest run. Far faster than stepping there, but no other thread may run the same code meanwhile.
 * Returns the visits: 0 if the moment never came.
 */
uint64_t stepper_run_to(struct stepper *stepper, struct stepper_moment moment,
			void (*function)(void *), void *argument);

#endif
