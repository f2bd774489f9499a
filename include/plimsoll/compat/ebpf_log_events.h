/* SPDX-License-Identifier: MIT */
/*
 * What the macro families of ebpf_tracelog.h and ebpf_ext_tracelog.h share: the few types that they
 * need, and one event a shape. Included by these two alone.
 *
 * Code that has types of its own (ebpf_result_t, NTSTATUS, GUID ...) defines PLIM_COMPAT_OWN_TYPES
 * before the include.
 */
#ifndef PLIMSOLL_COMPAT_EBPF_LOG_EVENTS_H
#define PLIMSOLL_COMPAT_EBPF_LOG_EVENTS_H

#include <plimsoll/tracelog.h>

#ifndef __cplusplus
#include <stdbool.h>
#endif

#ifndef PLIM_COMPAT_OWN_TYPES
/* Result codes of the public eBPF for Windows API, in its order. */
typedef enum ebpf_result {
	EBPF_SUCCESS = 0,
	EBPF_VERIFICATION_FAILED,
	EBPF_JIT_COMPILATION_FAILED,
	EBPF_PROGRAM_LOAD_FAILED,
	EBPF_INVALID_FD,
	EBPF_INVALID_OBJECT,
	EBPF_INVALID_ARGUMENT,
	EBPF_OBJECT_NOT_FOUND,
	EBPF_OBJECT_ALREADY_EXISTS,
	EBPF_FILE_NOT_FOUND,
	EBPF_ALREADY_PINNED,
	EBPF_NOT_PINNED,
	EBPF_NO_MEMORY,
	EBPF_PROGRAM_TOO_LARGE,
	EBPF_RPC_EXCEPTION,
	EBPF_ALREADY_INITIALIZED,
	EBPF_ELF_PARSING_FAILED,
	EBPF_FAILED,
	EBPF_OPERATION_NOT_SUPPORTED,
	EBPF_KEY_NOT_FOUND,
	EBPF_ACCESS_DENIED,
	EBPF_BLOCKED_BY_POLICY,
	EBPF_ARITHMETIC_OVERFLOW,
	EBPF_EXTENSION_FAILED_TO_LOAD,
	EBPF_INSUFFICIENT_BUFFER,
	EBPF_NO_MORE_KEYS,
	EBPF_KEY_ALREADY_EXISTS,
	EBPF_NO_MORE_TAIL_CALLS,
	EBPF_PENDING,
	EBPF_OUT_OF_SPACE,
	EBPF_CANCELED,
} ebpf_result_t;
typedef int32_t NTSTATUS;
typedef int32_t fd_t;
typedef struct cxplat_utf8_string {
	uint8_t *value;
	size_t length;
} cxplat_utf8_string_t;
#endif

#ifndef NT_SUCCESS
#define NT_SUCCESS(status) ((int32_t)(status) >= 0)
#endif
#ifndef STATUS_INSUFFICIENT_RESOURCES
#define STATUS_INSUFFICIENT_RESOURCES ((NTSTATUS)0xC000009A)
#endif
/* The error that the WIN32 macros record; code with a GetLastError() of its own says which. */
#ifndef PLIM_COMPAT_LAST_ERROR
#define PLIM_COMPAT_LAST_ERROR() GetLastError()
#endif

/* Names of `value` parameters are stringified by the family's macro, before they are expanded. */
#define PLIM_EBPF_MESSAGE_(provider, level, keyword, event, message, ...) \
	PLIM_LOG(provider, level, keyword, event, PLIM_STR("Message", message), __VA_ARGS__)
#define PLIM_EBPF_FUNCTION_ERROR_(provider, keyword, event, field)                                 \
	PLIM_LOG(provider, PLIM_ERROR, keyword, event, PLIM_STR("ErrorMessage", "returned error"), \
		 field)
#define PLIM_EBPF_RESULT_FIELD_(name, value) PLIM_I32(name, (int32_t)(value))
#define PLIM_EBPF_STATUS_FIELD_(value)       PLIM_NTSTATUS("NTStatus", (uint32_t)(value))
/* The argument stands in two words; it is evaluated twice. */
#define PLIM_EBPF_UTF8_FIELD_(name, string) \
	PLIM_STRN(name, (const char *)(string)->value, (string)->length)

/* Entry and exit carry the function's name as the original's fields do. */
#define PLIM_EBPF_ENTRY_(provider, keyword, event)                               \
	PLIM_STATEMENT_(PLIM_SITE_ENTER, provider, PLIM_VERBOSE, keyword, event, \
			PLIM_STR("Entry", __func__))
#define PLIM_EBPF_EXIT_(provider, keyword, event)                               \
	PLIM_STATEMENT_(PLIM_SITE_EXIT, provider, PLIM_VERBOSE, keyword, event, \
			PLIM_STR("Exit", __func__))

/* Evaluates `expr` once, records `success` or `error`, and returns it. */
#define PLIM_EBPF_RETURN_(type, expr, is_success, success, error) \
	do {                                                      \
		type plim_result = (expr);                        \
		if (is_success(plim_result))                      \
			success;                                  \
		else                                              \
			error;                                    \
		return plim_result;                               \
	} while (0)
#define PLIM_EBPF_IS_ZERO_(value) ((value) == 0)
/* The same for a value that is no result: event and one field, named with the expression's text. */
#define PLIM_EBPF_RETURN_VALUE_(provider, keyword, event, type, expr, field)                      \
	do {                                                                                      \
		type plim_result = (expr);                                                        \
		PLIM_STATEMENT_(PLIM_SITE_RETURN, provider, PLIM_VERBOSE, keyword, event, field); \
		return plim_result;                                                               \
	} while (0)

#define PLIM_EBPF_FAIL_(provider, keyword, event, ...) \
	PLIM_STATEMENT_(PLIM_SITE_FAIL, provider, PLIM_ERROR, keyword, event, __VA_ARGS__)
/* If `failed`: records the event, sets what the function is to return, goes to `label`. */
#define PLIM_EBPF_BAIL_(failed, log, set, label) \
	do {                                     \
		if (failed) {                    \
			log;                     \
			set;                     \
			goto label;              \
		}                                \
	} while (0)

#endif
