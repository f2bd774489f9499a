/* SPDX-License-Identifier: MIT */
/*
 * A program of src/core and a statement alone: no C library, no start-up code, nothing but what the
 * linker is given. It runs its statements disabled and ends with status 0.
 */
#include <plimsoll/tracelog.h>

PLIM_PROVIDER_DEFINE(bare, "Bare");

/* What host/modules.c is for; here nobody records. */
void plim_module_register(struct plim_module *module)
{
	(void)module;
}

void plim_module_unregister(struct plim_module *module)
{
	(void)module;
}

void _start(void);

void _start(void)
{
	PLIM_LOG(bare, PLIM_INFO, 0, "values", PLIM_U64("a", 1), PLIM_STR("b", "text"));
	PLIM_LOG(bare, PLIM_INFO, 0, "many", PLIM_U8("a", 1), PLIM_U8("b", 1), PLIM_U8("c", 1),
		 PLIM_U8("d", 1), PLIM_U8("e", 1), PLIM_STR("f", "text"));
	/* exit(0): x86-64 Linux, arch/x86/entry/syscalls/syscall_64.tbl */
	__asm__ volatile("syscall" : : "a"(60), "D"(0) : "rcx", "r11", "memory");
	__builtin_unreachable();
}
