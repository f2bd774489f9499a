/* SPDX-License-Identifier: MIT */
/*
 * How the sites of an executable or shared object become known. Every file that includes
 * tracelog.h carries a constructor that registers the module it was linked into; the first of a
 * module does it, the others find it done. Nobody calls this by hand.
 */
#ifndef PLIMSOLL_MODULE_H
#define PLIMSOLL_MODULE_H

#include <plimsoll/site.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One executable or shared object with statements in it. */
struct plim_module {
	struct plim_site *sites_begin;
	struct plim_site *sites_end;
	uint8_t *enable_begin; /* whole pages */
	uint8_t *enable_end;
	/* The library's own: */
	struct plim_module *next;
	uint32_t state;
	uint32_t number;
};

/**
 * Makes a module's statements known to the session, now or when one opens. May be called again.
 *
 * Stack: as the C library needs (it maps and reads files). Context: constructors; not in a signal
 * handler. Threads: any.
 */
void plim_module_register(struct plim_module *module);

/** Forgets a module that is about to be unloaded. Stack, context and threads: the same. */
void plim_module_unregister(struct plim_module *module);

/* Bounds of this module's sections, made by the linker; absent if no statement was compiled. */
extern uint8_t __start_plim_sites[] __attribute__((weak, visibility("hidden")));
extern uint8_t __stop_plim_sites[] __attribute__((weak, visibility("hidden")));
extern uint8_t __start_plim_enable[] __attribute__((weak, visibility("hidden")));
extern uint8_t __stop_plim_enable[] __attribute__((weak, visibility("hidden")));

/* One for each module: the linker keeps the first of the weak definitions. */
__attribute__((weak, visibility("hidden"))) struct plim_module plim_this_module = {
	(struct plim_site *)(void *)__start_plim_sites,
	(struct plim_site *)(void *)__stop_plim_sites,
	__start_plim_enable,
	__stop_plim_enable,
	0,
	0,
	0};

/* Before ordinary constructors, so that those can log already; after the library's own. */
__attribute__((constructor(102))) static void plim_module_enter(void)
{
	plim_module_register(&plim_this_module);
}

__attribute__((destructor(102))) static void plim_module_leave(void)
{
	plim_module_unregister(&plim_this_module);
}

#ifdef __cplusplus
}
#endif

#endif
