/* SPDX-License-Identifier: MIT */
#include "stack/frame/noreturn.h"

#include <stdlib.h>
#include <string.h>

/* In order of strcmp(). C and POSIX, GNU C library, C++ ABI, Linux, Windows; each says so itself. */
static const char *const names[] = {
	"ExitProcess",
	"ExitThread",
	"FatalExit",
	"KeBugCheck",
	"KeBugCheckEx",
	"_CxxThrowException",
	"_Exit",
	"_Unwind_Resume",
	"_Unwind_Resume_or_Rethrow",
	"_ZSt9terminatev",
	"__assert",
	"__assert_fail",
	"__assert_func",
	"__assert_perror_fail",
	"__chk_fail",
	"__cxa_bad_cast",
	"__cxa_bad_typeid",
	"__cxa_call_unexpected",
	"__cxa_deleted_virtual",
	"__cxa_pure_virtual",
	"__cxa_rethrow",
	"__cxa_throw",
	"__cxa_throw_bad_array_new_length",
	"__fortify_fail",
	"__fortify_panic",
	"__libc_start_main",
	"__longjmp_chk",
	"__module_put_and_kthread_exit",
	"__stack_chk_fail",
	"__stack_chk_fail_local",
	"_assert",
	"_exit",
	"_longjmp",
	"_wassert",
	"abort",
	"cpu_startup_entry",
	"do_exit",
	"do_group_exit",
	"err",
	"errx",
	"exit",
	"fortify_panic",
	"kthread_complete_and_exit",
	"kthread_exit",
	"longjmp",
	"make_task_dead",
	"panic",
	"pthread_exit",
	"quick_exit",
	"rewind_stack_and_make_dead",
	"siglongjmp",
	"thrd_exit",
	"verr",
	"verrx",
	"xexit",
};

static int compare(const void *a, const void *b)
{
	return strcmp(a, *(const char *const *)b);
}

bool plim_is_noreturn_name(const char *name)
{
	/* The standard library's throwing helpers: std::__throw_...(). */
	if (strncmp(name, "_ZSt", 4) == 0 && strstr(name, "__throw_"))
		return true;
	return bsearch(name, names, sizeof(names) / sizeof(names[0]), sizeof(names[0]), compare);
}

bool plim_is_indirect_thunk(const char *name)
{
	return strncmp(name, "__x86_indirect_thunk_", 21) == 0 ||
	       strncmp(name, "__llvm_retpoline_", 17) == 0;
}

bool plim_is_return_thunk(const char *name)
{
	return strncmp(name, "__x86_return_thunk", 18) == 0;
}
