/* SPDX-License-Identifier: MIT */
/*
 * The log macros of the eBPF for Windows core, on the Plimsoll statement: same names, same order of
 * arguments. Put include/plimsoll/compat on the include path before the original.
 *
 * Stack, context and threads: as PLIM_LOG. One file of the program defines the provider:
 *	EBPF_TRACELOG_PROVIDER_DEFINE();
 */
#ifndef PLIMSOLL_COMPAT_EBPF_TRACELOG_H
#define PLIMSOLL_COMPAT_EBPF_TRACELOG_H

#include <plimsoll/compat/ebpf_log_events.h>

PLIM_PROVIDER_DECLARE(ebpf_tracelog_provider);
#define EBPF_TRACELOG_PROVIDER_DEFINE()                                                         \
	PLIM_PROVIDER_DEFINE_GUID(ebpf_tracelog_provider, "EbpfForWindowsProvider", 0x394f321c, \
				  0x5cf4, 0x404c, 0xaa, 0x34, 0x4d, 0xf1, 0x42, 0x8a, 0x7f, 0x9c)

#define EBPF_TRACELOG_EVENT_SUCCESS         "EbpfSuccess"
#define EBPF_TRACELOG_EVENT_RETURN          "EbpfReturn"
#define EBPF_TRACELOG_EVENT_GENERIC_ERROR   "EbpfGenericError"
#define EBPF_TRACELOG_EVENT_GENERIC_MESSAGE "EbpfGenericMessage"
#define EBPF_TRACELOG_EVENT_API_ERROR       "EbpfApiError"

/* Keywords are masks, all the way. */
#define EBPF_TRACELOG_KEYWORD_FUNCTION_ENTRY_EXIT 0x1
#define EBPF_TRACELOG_KEYWORD_BASE                0x2
#define EBPF_TRACELOG_KEYWORD_ERROR               0x4
#define EBPF_TRACELOG_KEYWORD_EPOCH               0x8
#define EBPF_TRACELOG_KEYWORD_CORE                0x10
#define EBPF_TRACELOG_KEYWORD_LINK                0x20
#define EBPF_TRACELOG_KEYWORD_MAP                 0x40
#define EBPF_TRACELOG_KEYWORD_PROGRAM             0x80
#define EBPF_TRACELOG_KEYWORD_API                 0x100
#define EBPF_TRACELOG_KEYWORD_PRINTK              0x200
#define EBPF_TRACELOG_KEYWORD_NATIVE              0x400

#define EBPF_TRACELOG_LEVEL_LOG_ALWAYS            PLIM_ALWAYS
#define EBPF_TRACELOG_LEVEL_CRITICAL              PLIM_CRITICAL
#define EBPF_TRACELOG_LEVEL_ERROR                 PLIM_ERROR
#define EBPF_TRACELOG_LEVEL_WARNING               PLIM_WARNING
#define EBPF_TRACELOG_LEVEL_INFO                  PLIM_INFO
#define EBPF_TRACELOG_LEVEL_VERBOSE               PLIM_VERBOSE

/* Functions: entered, left, and what they return. */
#define EBPF_LOG_ENTRY()                                                                    \
	PLIM_EBPF_ENTRY_(ebpf_tracelog_provider, EBPF_TRACELOG_KEYWORD_FUNCTION_ENTRY_EXIT, \
			 EBPF_TRACELOG_EVENT_GENERIC_MESSAGE)
#define EBPF_LOG_EXIT()                                                                    \
	PLIM_EBPF_EXIT_(ebpf_tracelog_provider, EBPF_TRACELOG_KEYWORD_FUNCTION_ENTRY_EXIT, \
			EBPF_TRACELOG_EVENT_GENERIC_MESSAGE)
#define EBPF_LOG_FUNCTION_SUCCESS()                                                \
	PLIM_LOG(ebpf_tracelog_provider, PLIM_VERBOSE, EBPF_TRACELOG_KEYWORD_BASE, \
		 EBPF_TRACELOG_EVENT_SUCCESS, PLIM_STR("Message", "returned success"))
#define EBPF_LOG_FUNCTION_ERROR(result)                                               \
	PLIM_EBPF_FUNCTION_ERROR_(ebpf_tracelog_provider, EBPF_TRACELOG_KEYWORD_BASE, \
				  EBPF_TRACELOG_EVENT_GENERIC_ERROR,                  \
				  PLIM_EBPF_RESULT_FIELD_("Error", result))
#define EBPF_LOG_FUNCTION_STATUS_(status)                                             \
	PLIM_EBPF_FUNCTION_ERROR_(ebpf_tracelog_provider, EBPF_TRACELOG_KEYWORD_BASE, \
				  EBPF_TRACELOG_EVENT_GENERIC_ERROR,                  \
				  PLIM_NTSTATUS("Error", (uint32_t)(status)))
#define EBPF_LOG_FUNCTION_RESULT(result)                                                      \
	PLIM_LOG(ebpf_tracelog_provider, PLIM_VERBOSE, EBPF_TRACELOG_KEYWORD_BASE,            \
		 EBPF_TRACELOG_EVENT_GENERIC_MESSAGE, PLIM_STR("Message", "returned result"), \
		 PLIM_EBPF_RESULT_FIELD_("Result", result))
#define EBPF_RETURN_RESULT(result)                                                                \
	PLIM_EBPF_RETURN_(ebpf_result_t, result, PLIM_EBPF_IS_ZERO_, EBPF_LOG_FUNCTION_SUCCESS(), \
			  EBPF_LOG_FUNCTION_ERROR(plim_result))
#define EBPF_RETURN_NTSTATUS(result)                                                 \
	PLIM_EBPF_RETURN_(NTSTATUS, result, NT_SUCCESS, EBPF_LOG_FUNCTION_SUCCESS(), \
			  EBPF_LOG_FUNCTION_STATUS_(plim_result))
#define EBPF_RETURN_ERROR(result)                                                            \
	PLIM_EBPF_RETURN_(uint32_t, result, PLIM_EBPF_IS_ZERO_, EBPF_LOG_FUNCTION_SUCCESS(), \
			  EBPF_LOG_FUNCTION_ERROR(plim_result))
#define EBPF_RETURN_POINTER(type, pointer)                                          \
	PLIM_EBPF_RETURN_VALUE_(ebpf_tracelog_provider, EBPF_TRACELOG_KEYWORD_BASE, \
				EBPF_TRACELOG_EVENT_RETURN, type, (type)(pointer),  \
				PLIM_PTR(#pointer, plim_result))
#define EBPF_RETURN_BOOL(flag)                                                      \
	PLIM_EBPF_RETURN_VALUE_(ebpf_tracelog_provider, EBPF_TRACELOG_KEYWORD_BASE, \
				EBPF_TRACELOG_EVENT_RETURN, bool, flag,             \
				PLIM_BOOL(#flag, plim_result))
#define EBPF_RETURN_FD(fd)                                                          \
	PLIM_EBPF_RETURN_VALUE_(ebpf_tracelog_provider, EBPF_TRACELOG_KEYWORD_BASE, \
				EBPF_TRACELOG_EVENT_RETURN, fd_t, fd, PLIM_I32(#fd, plim_result))
#define EBPF_RETURN_VOID()       \
	do {                     \
		EBPF_LOG_EXIT(); \
		return;          \
	} while (0)
#define EBPF_RETURN_FUNCTION_RESULT(result)            \
	do {                                           \
		ebpf_result_t plim_result = (result);  \
		EBPF_LOG_FUNCTION_RESULT(plim_result); \
		return plim_result;                    \
	} while (0)

/* Messages with values, each named with its own text. */
#define EBPF_LOG_MESSAGE(trace_level, keyword, message)        \
	PLIM_LOG(ebpf_tracelog_provider, trace_level, keyword, \
		 EBPF_TRACELOG_EVENT_GENERIC_MESSAGE, PLIM_STR("Message", message))
#define EBPF_LOG_MESSAGE_STRING(trace_level, keyword, message, value)    \
	PLIM_EBPF_MESSAGE_(ebpf_tracelog_provider, trace_level, keyword, \
			   EBPF_TRACELOG_EVENT_GENERIC_MESSAGE, message, PLIM_STR(#value, value))
#define EBPF_LOG_MESSAGE_UTF8_STRING(trace_level, keyword, message, value) \
	PLIM_EBPF_MESSAGE_(ebpf_tracelog_provider, trace_level, keyword,   \
			   EBPF_TRACELOG_EVENT_GENERIC_MESSAGE, message,   \
			   PLIM_EBPF_UTF8_FIELD_(#value, value))
#define EBPF_LOG_MESSAGE_WSTRING(trace_level, keyword, message, wstring) \
	PLIM_EBPF_MESSAGE_(ebpf_tracelog_provider, trace_level, keyword, \
			   EBPF_TRACELOG_EVENT_GENERIC_MESSAGE, message, \
			   PLIM_WSTR(#wstring, wstring))
#define EBPF_LOG_MESSAGE_NTSTATUS(trace_level, keyword, message, status) \
	PLIM_EBPF_MESSAGE_(ebpf_tracelog_provider, trace_level, keyword, \
			   EBPF_TRACELOG_EVENT_GENERIC_MESSAGE, message, \
			   PLIM_EBPF_STATUS_FIELD_(status))
#define EBPF_LOG_MESSAGE_ERROR(trace_level, keyword, message, error)     \
	PLIM_EBPF_MESSAGE_(ebpf_tracelog_provider, trace_level, keyword, \
			   EBPF_TRACELOG_EVENT_GENERIC_MESSAGE, message, \
			   PLIM_EBPF_RESULT_FIELD_("Error", error))
#define EBPF_LOG_MESSAGE_UINT32(trace_level, keyword, message, value)    \
	PLIM_EBPF_MESSAGE_(ebpf_tracelog_provider, trace_level, keyword, \
			   EBPF_TRACELOG_EVENT_GENERIC_MESSAGE, message, \
			   PLIM_U32(#value, (uint32_t)(value)))
#define EBPF_LOG_MESSAGE_UINT64(trace_level, keyword, message, value)    \
	PLIM_EBPF_MESSAGE_(ebpf_tracelog_provider, trace_level, keyword, \
			   EBPF_TRACELOG_EVENT_GENERIC_MESSAGE, message, \
			   PLIM_U64(#value, (uint64_t)(value)))
#define EBPF_LOG_MESSAGE_UINT64_UINT64(trace_level, keyword, message, value1, value2) \
	PLIM_EBPF_MESSAGE_(ebpf_tracelog_provider, trace_level, keyword,              \
			   EBPF_TRACELOG_EVENT_GENERIC_MESSAGE, message,              \
			   PLIM_U64(#value1, (uint64_t)(value1)),                     \
			   PLIM_U64(#value2, (uint64_t)(value2)))
#define EBPF_LOG_MESSAGE_UINT64_UINT64_UINT64(trace_level, keyword, message, value1, value2,       \
					      value3)                                              \
	PLIM_EBPF_MESSAGE_(                                                                        \
		ebpf_tracelog_provider, trace_level, keyword, EBPF_TRACELOG_EVENT_GENERIC_MESSAGE, \
		message, PLIM_U64(#value1, (uint64_t)(value1)),                                    \
		PLIM_U64(#value2, (uint64_t)(value2)), PLIM_U64(#value3, (uint64_t)(value3)))
#define EBPF_LOG_MESSAGE_BOOL(trace_level, keyword, message, value)      \
	PLIM_EBPF_MESSAGE_(ebpf_tracelog_provider, trace_level, keyword, \
			   EBPF_TRACELOG_EVENT_GENERIC_MESSAGE, message, PLIM_BOOL(#value, value))
#define EBPF_LOG_MESSAGE_POINTER(trace_level, keyword, message, value)   \
	PLIM_EBPF_MESSAGE_(ebpf_tracelog_provider, trace_level, keyword, \
			   EBPF_TRACELOG_EVENT_GENERIC_MESSAGE, message, PLIM_PTR(#value, value))
#define EBPF_LOG_MESSAGE_POINTER_ENUM(trace_level, keyword, message, pointer, value) \
	PLIM_EBPF_MESSAGE_(ebpf_tracelog_provider, trace_level, keyword,             \
			   EBPF_TRACELOG_EVENT_GENERIC_MESSAGE, message,             \
			   PLIM_PTR(#pointer, pointer), PLIM_U32(#value, (uint32_t)(value)))
#define EBPF_LOG_MESSAGE_GUID(trace_level, keyword, message, guid)       \
	PLIM_EBPF_MESSAGE_(ebpf_tracelog_provider, trace_level, keyword, \
			   EBPF_TRACELOG_EVENT_GENERIC_MESSAGE, message, PLIM_GUID(#guid, guid))
#define EBPF_LOG_MESSAGE_GUID_GUID(trace_level, keyword, message, guid1, guid2)                    \
	PLIM_EBPF_MESSAGE_(ebpf_tracelog_provider, trace_level, keyword,                           \
			   EBPF_TRACELOG_EVENT_GENERIC_MESSAGE, message, PLIM_GUID(#guid1, guid1), \
			   PLIM_GUID(#guid2, guid2))
#define EBPF_LOG_MESSAGE_GUID_STATUS(trace_level, keyword, message, guid, status)                \
	PLIM_EBPF_MESSAGE_(ebpf_tracelog_provider, trace_level, keyword,                         \
			   EBPF_TRACELOG_EVENT_GENERIC_MESSAGE, message, PLIM_GUID(#guid, guid), \
			   PLIM_EBPF_STATUS_FIELD_(status))
#define EBPF_LOG_MESSAGE_GUID_GUID_STRING(trace_level, keyword, message, string, guid1, guid2) \
	PLIM_EBPF_MESSAGE_(ebpf_tracelog_provider, trace_level, keyword,                       \
			   EBPF_TRACELOG_EVENT_GENERIC_MESSAGE, message,                       \
			   PLIM_STR(#string, string), PLIM_GUID(#guid1, guid1),                \
			   PLIM_GUID(#guid2, guid2))
#define EBPF_LOG_MESSAGE_WSTRING_ERROR(trace_level, keyword, message, wstring, error) \
	PLIM_EBPF_MESSAGE_(ebpf_tracelog_provider, trace_level, keyword,              \
			   EBPF_TRACELOG_EVENT_GENERIC_MESSAGE, message,              \
			   PLIM_WSTR(#wstring, wstring), PLIM_EBPF_RESULT_FIELD_("Error", error))
#define EBPF_LOG_MESSAGE_BINARY(trace_level, keyword, message, data, data_size) \
	PLIM_EBPF_MESSAGE_(ebpf_tracelog_provider, trace_level, keyword,        \
			   EBPF_TRACELOG_EVENT_GENERIC_MESSAGE, message,        \
			   PLIM_BIN(#data, data, data_size))

/*
 * Calls that failed. WinError comes first: a call between words would make the compiler spill them.
 * The core names the function itself, the extensions give a string. */
#define EBPF_LOG_NTSTATUS_API_FAILURE(keyword, api, status)                                  \
	PLIM_LOG(ebpf_tracelog_provider, PLIM_ERROR, keyword, EBPF_TRACELOG_EVENT_API_ERROR, \
		 PLIM_STR("Api", #api), PLIM_EBPF_STATUS_FIELD_(status))
#define EBPF_LOG_NTSTATUS_API_FAILURE_MESSAGE(keyword, api, status, message)                 \
	PLIM_LOG(ebpf_tracelog_provider, PLIM_ERROR, keyword, EBPF_TRACELOG_EVENT_API_ERROR, \
		 PLIM_STR("Api", #api), PLIM_EBPF_STATUS_FIELD_(status),                     \
		 PLIM_STR("Message", message))
#define EBPF_LOG_NTSTATUS_API_FAILURE_MESSAGE_STRING(keyword, api, status, message, value)   \
	PLIM_LOG(ebpf_tracelog_provider, PLIM_ERROR, keyword, EBPF_TRACELOG_EVENT_API_ERROR, \
		 PLIM_STR("Api", #api), PLIM_EBPF_STATUS_FIELD_(status),                     \
		 PLIM_STR("Message", message), PLIM_STR(#value, value))
#define EBPF_LOG_NTSTATUS_API_FAILURE_UINT64_UINT64(keyword, api, status, value1, value2)    \
	PLIM_LOG(ebpf_tracelog_provider, PLIM_ERROR, keyword, EBPF_TRACELOG_EVENT_API_ERROR, \
		 PLIM_STR("Api", #api), PLIM_EBPF_STATUS_FIELD_(status),                     \
		 PLIM_U64(#value1, (uint64_t)(value1)), PLIM_U64(#value2, (uint64_t)(value2)))
#define EBPF_LOG_NTSTATUS_WSTRING_API(keyword, wstring, api, status)                              \
	PLIM_LOG(ebpf_tracelog_provider, PLIM_INFO, keyword, EBPF_TRACELOG_EVENT_GENERIC_MESSAGE, \
		 PLIM_WSTR(#wstring, wstring), PLIM_STR("Api", #api),                             \
		 PLIM_EBPF_STATUS_FIELD_(status))
#define EBPF_LOG_WIN32_API_FAILURE(keyword, api)                                             \
	PLIM_LOG(ebpf_tracelog_provider, PLIM_ERROR, keyword, EBPF_TRACELOG_EVENT_API_ERROR, \
		 PLIM_WIN32("WinError", (uint32_t)PLIM_COMPAT_LAST_ERROR()),                 \
		 PLIM_STR("Api", #api))
#define EBPF_LOG_WIN32_API_FAILURE_WITH_ERROR(keyword, api, error)                           \
	PLIM_LOG(ebpf_tracelog_provider, PLIM_ERROR, keyword, EBPF_TRACELOG_EVENT_API_ERROR, \
		 PLIM_STR("Api", #api), PLIM_WIN32("WinError", (uint32_t)(error)))
#define EBPF_LOG_WIN32_STRING_API_FAILURE(keyword, message, api)                             \
	PLIM_LOG(ebpf_tracelog_provider, PLIM_ERROR, keyword, EBPF_TRACELOG_EVENT_API_ERROR, \
		 PLIM_WIN32("WinError", (uint32_t)PLIM_COMPAT_LAST_ERROR()),                 \
		 PLIM_STR("Message", message), PLIM_STR("Api", #api))
#define EBPF_LOG_WIN32_WSTRING_API_FAILURE(keyword, wstring, api)                            \
	PLIM_LOG(ebpf_tracelog_provider, PLIM_ERROR, keyword, EBPF_TRACELOG_EVENT_API_ERROR, \
		 PLIM_WIN32("WinError", (uint32_t)PLIM_COMPAT_LAST_ERROR()),                 \
		 PLIM_WSTR("Message", wstring), PLIM_STR("Api", #api))
#define EBPF_LOG_WIN32_GUID_API_FAILURE(keyword, guid, api)                                  \
	PLIM_LOG(ebpf_tracelog_provider, PLIM_ERROR, keyword, EBPF_TRACELOG_EVENT_API_ERROR, \
		 PLIM_WIN32("WinError", (uint32_t)PLIM_COMPAT_LAST_ERROR()),                 \
		 PLIM_GUID(#guid, guid), PLIM_STR("Api", #api))

/* Calls that failed, and the way out: to the label Exit. */
#define EBPF_BAIL_ON_ALLOC_FAILURE(keyword, ptr, ptr_name, result)                             \
	PLIM_EBPF_BAIL_(!(ptr),                                                                \
			PLIM_EBPF_FAIL_(ebpf_tracelog_provider, keyword,                       \
					EBPF_TRACELOG_EVENT_GENERIC_MESSAGE,                   \
					PLIM_STR("Message", "Failed to allocate " #ptr_name)), \
			(result) = EBPF_NO_MEMORY, Exit)
#define EBPF_BAIL_ON_NTSTATUS_API_FAILURE(keyword, api, status)                        \
	do {                                                                           \
		NTSTATUS plim_result = (status);                                       \
		PLIM_EBPF_BAIL_(!NT_SUCCESS(plim_result),                              \
				PLIM_EBPF_FAIL_(ebpf_tracelog_provider, keyword,       \
						EBPF_TRACELOG_EVENT_API_ERROR,         \
						PLIM_STR("Api", #api),                 \
						PLIM_EBPF_STATUS_FIELD_(plim_result)), \
				(void)0, Exit);                                        \
	} while (0)
#define EBPF_BAIL_ON_WIN32_API_FAILURE(keyword, api, error)                           \
	do {                                                                          \
		uint32_t plim_result = (error);                                       \
		PLIM_EBPF_BAIL_(plim_result != 0,                                     \
				PLIM_EBPF_FAIL_(ebpf_tracelog_provider, keyword,      \
						EBPF_TRACELOG_EVENT_API_ERROR,        \
						PLIM_STR("Api", #api),                \
						PLIM_WIN32("WinError", plim_result)), \
				(void)0, Exit);                                       \
	} while (0)
#define EBPF_BAIL_ON_OBJECT_REF_ERROR(keyword, api, result)                                     \
	do {                                                                                    \
		ebpf_result_t plim_result = (result);                                           \
		PLIM_EBPF_BAIL_(plim_result != EBPF_SUCCESS,                                    \
				PLIM_EBPF_FAIL_(ebpf_tracelog_provider, keyword,                \
						EBPF_TRACELOG_EVENT_API_ERROR,                  \
						PLIM_STR("Api", #api),                          \
						PLIM_EBPF_RESULT_FIELD_("Error", plim_result)), \
				(void)0, Exit);                                                 \
	} while (0)

/* A program's formatted text: integers, and as everywhere up to 12 arguments. */
#define bpf_printk(...) \
	PLIM_PRINTF(ebpf_tracelog_provider, PLIM_INFO, EBPF_TRACELOG_KEYWORD_PRINTK, __VA_ARGS__)
#define bpf_trace_printk2(fmt, fmt_size) \
	do {                             \
		(void)sizeof(fmt_size);  \
		bpf_printk(fmt);         \
	} while (0)
#define bpf_trace_printk3(fmt, fmt_size, arg3) \
	do {                                   \
		(void)sizeof(fmt_size);        \
		bpf_printk(fmt, arg3);         \
	} while (0)
#define bpf_trace_printk4(fmt, fmt_size, arg3, arg4) \
	do {                                         \
		(void)sizeof(fmt_size);              \
		bpf_printk(fmt, arg3, arg4);         \
	} while (0)
#define bpf_trace_printk5(fmt, fmt_size, arg3, arg4, arg5) \
	do {                                               \
		(void)sizeof(fmt_size);                    \
		bpf_printk(fmt, arg3, arg4, arg5);         \
	} while (0)

#endif
