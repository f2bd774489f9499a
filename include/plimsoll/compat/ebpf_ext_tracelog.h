/* SPDX-License-Identifier: MIT */
/*
 * The log macros of the eBPF for Windows extensions, on the Plimsoll statement: same names, same
 * order of arguments. Put include/plimsoll/compat on the include path before the original.
 *
 * Stack, context and threads: as PLIM_LOG. One file of each extension defines the provider:
 *	EBPF_EXT_TRACELOG_PROVIDER_DEFINE();
 */
#ifndef PLIMSOLL_COMPAT_EBPF_EXT_TRACELOG_H
#define PLIMSOLL_COMPAT_EBPF_EXT_TRACELOG_H

#include <plimsoll/compat/ebpf_log_events.h>

PLIM_PROVIDER_DECLARE(ebpf_ext_tracelog_provider);
#define EBPF_EXT_TRACELOG_PROVIDER_DEFINE()                                                     \
	PLIM_PROVIDER_DEFINE_GUID(ebpf_ext_tracelog_provider, "NetEbpfExtProvider", 0xf2f2ca01, \
				  0xad02, 0x4a07, 0x9e, 0x90, 0x95, 0xa2, 0x33, 0x4f, 0x36, 0x92)

#define EBPF_EXT_TRACELOG_EVENT_SUCCESS         "EbpfExtSuccess"
#define EBPF_EXT_TRACELOG_EVENT_RETURN          "EbpfExtReturn"
#define EBPF_EXT_TRACELOG_EVENT_GENERIC_ERROR   "EbpfExtGenericError"
#define EBPF_EXT_TRACELOG_EVENT_GENERIC_MESSAGE "EbpfExtGenericMessage"
#define EBPF_EXT_TRACELOG_EVENT_API_ERROR       "EbpfExtApiError"

/* Keywords are masks, all the way. */
#define EBPF_EXT_TRACELOG_KEYWORD_FUNCTION_ENTRY_EXIT 0x1
#define EBPF_EXT_TRACELOG_KEYWORD_BASE                0x2
#define EBPF_EXT_TRACELOG_KEYWORD_EXTENSION           0x4
#define EBPF_EXT_TRACELOG_KEYWORD_XDP                 0x8
#define EBPF_EXT_TRACELOG_KEYWORD_BIND                0x10
#define EBPF_EXT_TRACELOG_KEYWORD_SOCK_ADDR           0x20
#define EBPF_EXT_TRACELOG_KEYWORD_SOCK_OPS            0x40

#define EBPF_EXT_TRACELOG_LEVEL_LOG_ALWAYS            PLIM_ALWAYS
#define EBPF_EXT_TRACELOG_LEVEL_CRITICAL              PLIM_CRITICAL
#define EBPF_EXT_TRACELOG_LEVEL_ERROR                 PLIM_ERROR
#define EBPF_EXT_TRACELOG_LEVEL_WARNING               PLIM_WARNING
#define EBPF_EXT_TRACELOG_LEVEL_INFO                  PLIM_INFO
#define EBPF_EXT_TRACELOG_LEVEL_VERBOSE               PLIM_VERBOSE

/* Functions: entered, left, and what they return. */
#define EBPF_EXT_LOG_ENTRY()                                            \
	PLIM_EBPF_ENTRY_(ebpf_ext_tracelog_provider,                    \
			 EBPF_EXT_TRACELOG_KEYWORD_FUNCTION_ENTRY_EXIT, \
			 EBPF_EXT_TRACELOG_EVENT_GENERIC_MESSAGE)
#define EBPF_EXT_LOG_EXIT()                                                                        \
	PLIM_EBPF_EXIT_(ebpf_ext_tracelog_provider, EBPF_EXT_TRACELOG_KEYWORD_FUNCTION_ENTRY_EXIT, \
			EBPF_EXT_TRACELOG_EVENT_GENERIC_MESSAGE)
#define EBPF_EXT_LOG_FUNCTION_SUCCESS()                                                    \
	PLIM_LOG(ebpf_ext_tracelog_provider, PLIM_VERBOSE, EBPF_EXT_TRACELOG_KEYWORD_BASE, \
		 EBPF_EXT_TRACELOG_EVENT_SUCCESS, PLIM_STR("Message", "returned success"))
#define EBPF_EXT_LOG_FUNCTION_ERROR(result)                                                   \
	PLIM_EBPF_FUNCTION_ERROR_(ebpf_ext_tracelog_provider, EBPF_EXT_TRACELOG_KEYWORD_BASE, \
				  EBPF_EXT_TRACELOG_EVENT_GENERIC_ERROR,                      \
				  PLIM_EBPF_RESULT_FIELD_("Error", result))
#define EBPF_EXT_LOG_FUNCTION_STATUS_(status)                                                 \
	PLIM_EBPF_FUNCTION_ERROR_(ebpf_ext_tracelog_provider, EBPF_EXT_TRACELOG_KEYWORD_BASE, \
				  EBPF_EXT_TRACELOG_EVENT_GENERIC_ERROR,                      \
				  PLIM_NTSTATUS("Error", (uint32_t)(status)))
#define EBPF_EXT_LOG_FUNCTION_RESULT(result)                                                      \
	PLIM_LOG(ebpf_ext_tracelog_provider, PLIM_VERBOSE, EBPF_EXT_TRACELOG_KEYWORD_BASE,        \
		 EBPF_EXT_TRACELOG_EVENT_GENERIC_MESSAGE, PLIM_STR("Message", "returned result"), \
		 PLIM_EBPF_RESULT_FIELD_("Result", result))
#define EBPF_EXT_RETURN_RESULT(result)                               \
	PLIM_EBPF_RETURN_(ebpf_result_t, result, PLIM_EBPF_IS_ZERO_, \
			  EBPF_EXT_LOG_FUNCTION_SUCCESS(),           \
			  EBPF_EXT_LOG_FUNCTION_ERROR(plim_result))
#define EBPF_EXT_RETURN_NTSTATUS(result)                                                 \
	PLIM_EBPF_RETURN_(NTSTATUS, result, NT_SUCCESS, EBPF_EXT_LOG_FUNCTION_SUCCESS(), \
			  EBPF_EXT_LOG_FUNCTION_STATUS_(plim_result))
#define EBPF_EXT_RETURN_ERROR(result)                                                            \
	PLIM_EBPF_RETURN_(uint32_t, result, PLIM_EBPF_IS_ZERO_, EBPF_EXT_LOG_FUNCTION_SUCCESS(), \
			  EBPF_EXT_LOG_FUNCTION_ERROR(plim_result))
#define EBPF_EXT_RETURN_POINTER(type, pointer)                                              \
	PLIM_EBPF_RETURN_VALUE_(ebpf_ext_tracelog_provider, EBPF_EXT_TRACELOG_KEYWORD_BASE, \
				EBPF_EXT_TRACELOG_EVENT_RETURN, type, (type)(pointer),      \
				PLIM_PTR(#pointer, plim_result))
#define EBPF_EXT_RETURN_BOOL(flag)                                                          \
	PLIM_EBPF_RETURN_VALUE_(ebpf_ext_tracelog_provider, EBPF_EXT_TRACELOG_KEYWORD_BASE, \
				EBPF_EXT_TRACELOG_EVENT_RETURN, bool, flag,                 \
				PLIM_BOOL(#flag, plim_result))
#define EBPF_EXT_RETURN_FD(fd)                                                              \
	PLIM_EBPF_RETURN_VALUE_(ebpf_ext_tracelog_provider, EBPF_EXT_TRACELOG_KEYWORD_BASE, \
				EBPF_EXT_TRACELOG_EVENT_RETURN, fd_t, fd,                   \
				PLIM_I32(#fd, plim_result))
#define EBPF_EXT_RETURN_VOID()       \
	do {                         \
		EBPF_EXT_LOG_EXIT(); \
		return;              \
	} while (0)
#define EBPF_EXT_RETURN_FUNCTION_RESULT(result)            \
	do {                                               \
		ebpf_result_t plim_result = (result);      \
		EBPF_EXT_LOG_FUNCTION_RESULT(plim_result); \
		return plim_result;                        \
	} while (0)

/* Messages with values, each named with its own text. */
#define EBPF_EXT_LOG_MESSAGE(trace_level, keyword, message)        \
	PLIM_LOG(ebpf_ext_tracelog_provider, trace_level, keyword, \
		 EBPF_EXT_TRACELOG_EVENT_GENERIC_MESSAGE, PLIM_STR("Message", message))
#define EBPF_EXT_LOG_MESSAGE_STRING(trace_level, keyword, message, value)    \
	PLIM_EBPF_MESSAGE_(ebpf_ext_tracelog_provider, trace_level, keyword, \
			   EBPF_EXT_TRACELOG_EVENT_GENERIC_MESSAGE, message, \
			   PLIM_STR(#value, value))
#define EBPF_EXT_LOG_MESSAGE_UTF8_STRING(trace_level, keyword, message, value) \
	PLIM_EBPF_MESSAGE_(ebpf_ext_tracelog_provider, trace_level, keyword,   \
			   EBPF_EXT_TRACELOG_EVENT_GENERIC_MESSAGE, message,   \
			   PLIM_EBPF_UTF8_FIELD_(#value, value))
#define EBPF_EXT_LOG_MESSAGE_WSTRING(trace_level, keyword, message, wstring) \
	PLIM_EBPF_MESSAGE_(ebpf_ext_tracelog_provider, trace_level, keyword, \
			   EBPF_EXT_TRACELOG_EVENT_GENERIC_MESSAGE, message, \
			   PLIM_WSTR(#wstring, wstring))
#define EBPF_EXT_LOG_MESSAGE_NTSTATUS(trace_level, keyword, message, status) \
	PLIM_EBPF_MESSAGE_(ebpf_ext_tracelog_provider, trace_level, keyword, \
			   EBPF_EXT_TRACELOG_EVENT_GENERIC_MESSAGE, message, \
			   PLIM_EBPF_STATUS_FIELD_(status))
#define EBPF_EXT_LOG_MESSAGE_ERROR(trace_level, keyword, message, error)     \
	PLIM_EBPF_MESSAGE_(ebpf_ext_tracelog_provider, trace_level, keyword, \
			   EBPF_EXT_TRACELOG_EVENT_GENERIC_MESSAGE, message, \
			   PLIM_EBPF_RESULT_FIELD_("Error", error))
#define EBPF_EXT_LOG_MESSAGE_UINT32(trace_level, keyword, message, value)    \
	PLIM_EBPF_MESSAGE_(ebpf_ext_tracelog_provider, trace_level, keyword, \
			   EBPF_EXT_TRACELOG_EVENT_GENERIC_MESSAGE, message, \
			   PLIM_U32(#value, (uint32_t)(value)))
#define EBPF_EXT_LOG_MESSAGE_UINT64(trace_level, keyword, message, value)    \
	PLIM_EBPF_MESSAGE_(ebpf_ext_tracelog_provider, trace_level, keyword, \
			   EBPF_EXT_TRACELOG_EVENT_GENERIC_MESSAGE, message, \
			   PLIM_U64(#value, (uint64_t)(value)))
#define EBPF_EXT_LOG_MESSAGE_UINT64_UINT64(trace_level, keyword, message, value1, value2) \
	PLIM_EBPF_MESSAGE_(ebpf_ext_tracelog_provider, trace_level, keyword,              \
			   EBPF_EXT_TRACELOG_EVENT_GENERIC_MESSAGE, message,              \
			   PLIM_U64(#value1, (uint64_t)(value1)),                         \
			   PLIM_U64(#value2, (uint64_t)(value2)))
#define EBPF_EXT_LOG_MESSAGE_UINT64_UINT64_UINT64(trace_level, keyword, message, value1, value2, \
						  value3)                                        \
	PLIM_EBPF_MESSAGE_(ebpf_ext_tracelog_provider, trace_level, keyword,                     \
			   EBPF_EXT_TRACELOG_EVENT_GENERIC_MESSAGE, message,                     \
			   PLIM_U64(#value1, (uint64_t)(value1)),                                \
			   PLIM_U64(#value2, (uint64_t)(value2)),                                \
			   PLIM_U64(#value3, (uint64_t)(value3)))
#define EBPF_EXT_LOG_MESSAGE_BOOL(trace_level, keyword, message, value)      \
	PLIM_EBPF_MESSAGE_(ebpf_ext_tracelog_provider, trace_level, keyword, \
			   EBPF_EXT_TRACELOG_EVENT_GENERIC_MESSAGE, message, \
			   PLIM_BOOL(#value, value))
#define EBPF_EXT_LOG_MESSAGE_POINTER(trace_level, keyword, message, value)   \
	PLIM_EBPF_MESSAGE_(ebpf_ext_tracelog_provider, trace_level, keyword, \
			   EBPF_EXT_TRACELOG_EVENT_GENERIC_MESSAGE, message, \
			   PLIM_PTR(#value, value))
#define EBPF_EXT_LOG_MESSAGE_POINTER_ENUM(trace_level, keyword, message, pointer, value) \
	PLIM_EBPF_MESSAGE_(ebpf_ext_tracelog_provider, trace_level, keyword,             \
			   EBPF_EXT_TRACELOG_EVENT_GENERIC_MESSAGE, message,             \
			   PLIM_PTR(#pointer, pointer), PLIM_U32(#value, (uint32_t)(value)))
#define EBPF_EXT_LOG_MESSAGE_GUID(trace_level, keyword, message, guid)       \
	PLIM_EBPF_MESSAGE_(ebpf_ext_tracelog_provider, trace_level, keyword, \
			   EBPF_EXT_TRACELOG_EVENT_GENERIC_MESSAGE, message, \
			   PLIM_GUID(#guid, guid))
#define EBPF_EXT_LOG_MESSAGE_GUID_GUID(trace_level, keyword, message, guid1, guid2) \
	PLIM_EBPF_MESSAGE_(ebpf_ext_tracelog_provider, trace_level, keyword,        \
			   EBPF_EXT_TRACELOG_EVENT_GENERIC_MESSAGE, message,        \
			   PLIM_GUID(#guid1, guid1), PLIM_GUID(#guid2, guid2))
#define EBPF_EXT_LOG_MESSAGE_GUID_STATUS(trace_level, keyword, message, guid, status) \
	PLIM_EBPF_MESSAGE_(ebpf_ext_tracelog_provider, trace_level, keyword,          \
			   EBPF_EXT_TRACELOG_EVENT_GENERIC_MESSAGE, message,          \
			   PLIM_GUID(#guid, guid), PLIM_EBPF_STATUS_FIELD_(status))
#define EBPF_EXT_LOG_MESSAGE_GUID_GUID_STRING(trace_level, keyword, message, string, guid1, guid2) \
	PLIM_EBPF_MESSAGE_(ebpf_ext_tracelog_provider, trace_level, keyword,                       \
			   EBPF_EXT_TRACELOG_EVENT_GENERIC_MESSAGE, message,                       \
			   PLIM_STR(#string, string), PLIM_GUID(#guid1, guid1),                    \
			   PLIM_GUID(#guid2, guid2))
#define EBPF_EXT_LOG_MESSAGE_WSTRING_ERROR(trace_level, keyword, message, wstring, error) \
	PLIM_EBPF_MESSAGE_(ebpf_ext_tracelog_provider, trace_level, keyword,              \
			   EBPF_EXT_TRACELOG_EVENT_GENERIC_MESSAGE, message,              \
			   PLIM_WSTR(#wstring, wstring), PLIM_EBPF_RESULT_FIELD_("Error", error))
#define EBPF_EXT_LOG_MESSAGE_BINARY(trace_level, keyword, message, data, data_size) \
	PLIM_EBPF_MESSAGE_(ebpf_ext_tracelog_provider, trace_level, keyword,        \
			   EBPF_EXT_TRACELOG_EVENT_GENERIC_MESSAGE, message,        \
			   PLIM_BIN(#data, data, data_size))

/*
 * Calls that failed. WinError comes first: a call between words would make the compiler spill them.
 * The core names the function itself, the extensions give a string. */
#define EBPF_EXT_LOG_NTSTATUS_API_FAILURE(keyword, api, status)           \
	PLIM_LOG(ebpf_ext_tracelog_provider, PLIM_ERROR, keyword,         \
		 EBPF_EXT_TRACELOG_EVENT_API_ERROR, PLIM_STR("Api", api), \
		 PLIM_EBPF_STATUS_FIELD_(status))
#define EBPF_EXT_LOG_NTSTATUS_API_FAILURE_MESSAGE(keyword, api, status, message) \
	PLIM_LOG(ebpf_ext_tracelog_provider, PLIM_ERROR, keyword,                \
		 EBPF_EXT_TRACELOG_EVENT_API_ERROR, PLIM_STR("Api", api),        \
		 PLIM_EBPF_STATUS_FIELD_(status), PLIM_STR("Message", message))
#define EBPF_EXT_LOG_NTSTATUS_API_FAILURE_MESSAGE_STRING(keyword, api, status, message, value) \
	PLIM_LOG(ebpf_ext_tracelog_provider, PLIM_ERROR, keyword,                              \
		 EBPF_EXT_TRACELOG_EVENT_API_ERROR, PLIM_STR("Api", api),                      \
		 PLIM_EBPF_STATUS_FIELD_(status), PLIM_STR("Message", message),                \
		 PLIM_STR(#value, value))
#define EBPF_EXT_LOG_NTSTATUS_API_FAILURE_UINT64_UINT64(keyword, api, status, value1, value2) \
	PLIM_LOG(ebpf_ext_tracelog_provider, PLIM_ERROR, keyword,                             \
		 EBPF_EXT_TRACELOG_EVENT_API_ERROR, PLIM_STR("Api", api),                     \
		 PLIM_EBPF_STATUS_FIELD_(status), PLIM_U64(#value1, (uint64_t)(value1)),      \
		 PLIM_U64(#value2, (uint64_t)(value2)))
#define EBPF_EXT_LOG_NTSTATUS_WSTRING_API(keyword, wstring, api, status)                \
	PLIM_LOG(ebpf_ext_tracelog_provider, PLIM_INFO, keyword,                        \
		 EBPF_EXT_TRACELOG_EVENT_GENERIC_MESSAGE, PLIM_WSTR(#wstring, wstring), \
		 PLIM_STR("Api", api), PLIM_EBPF_STATUS_FIELD_(status))
#define EBPF_EXT_LOG_WIN32_API_FAILURE(keyword, api)              \
	PLIM_LOG(ebpf_ext_tracelog_provider, PLIM_ERROR, keyword, \
		 EBPF_EXT_TRACELOG_EVENT_API_ERROR,               \
		 PLIM_WIN32("WinError", (uint32_t)PLIM_COMPAT_LAST_ERROR()), PLIM_STR("Api", api))
#define EBPF_EXT_LOG_WIN32_API_FAILURE_WITH_ERROR(keyword, api, error)    \
	PLIM_LOG(ebpf_ext_tracelog_provider, PLIM_ERROR, keyword,         \
		 EBPF_EXT_TRACELOG_EVENT_API_ERROR, PLIM_STR("Api", api), \
		 PLIM_WIN32("WinError", (uint32_t)(error)))
#define EBPF_EXT_LOG_WIN32_STRING_API_FAILURE(keyword, message, api)         \
	PLIM_LOG(ebpf_ext_tracelog_provider, PLIM_ERROR, keyword,            \
		 EBPF_EXT_TRACELOG_EVENT_API_ERROR,                          \
		 PLIM_WIN32("WinError", (uint32_t)PLIM_COMPAT_LAST_ERROR()), \
		 PLIM_STR("Message", message), PLIM_STR("Api", api))
#define EBPF_EXT_LOG_WIN32_WSTRING_API_FAILURE(keyword, wstring, api)        \
	PLIM_LOG(ebpf_ext_tracelog_provider, PLIM_ERROR, keyword,            \
		 EBPF_EXT_TRACELOG_EVENT_API_ERROR,                          \
		 PLIM_WIN32("WinError", (uint32_t)PLIM_COMPAT_LAST_ERROR()), \
		 PLIM_WSTR("Message", wstring), PLIM_STR("Api", api))
#define EBPF_EXT_LOG_WIN32_GUID_API_FAILURE(keyword, guid, api)              \
	PLIM_LOG(ebpf_ext_tracelog_provider, PLIM_ERROR, keyword,            \
		 EBPF_EXT_TRACELOG_EVENT_API_ERROR,                          \
		 PLIM_WIN32("WinError", (uint32_t)PLIM_COMPAT_LAST_ERROR()), \
		 PLIM_GUID(#guid, guid), PLIM_STR("Api", api))

/* Calls that failed, and the way out: to the label Exit. */
#define EBPF_EXT_BAIL_ON_ERROR_RESULT(result)                                             \
	do {                                                                              \
		ebpf_result_t plim_result = (result);                                     \
		PLIM_EBPF_BAIL_(plim_result != EBPF_SUCCESS,                              \
				EBPF_EXT_LOG_FUNCTION_ERROR(plim_result), (void)0, Exit); \
	} while (0)
#define EBPF_EXT_BAIL_ON_ERROR_STATUS(status)                                               \
	do {                                                                                \
		NTSTATUS plim_result = (status);                                            \
		PLIM_EBPF_BAIL_(!NT_SUCCESS(plim_result),                                   \
				EBPF_EXT_LOG_FUNCTION_STATUS_(plim_result), (void)0, Exit); \
	} while (0)
#define EBPF_EXT_BAIL_ON_ALLOC_FAILURE_RESULT(keyword, ptr, ptr_name, result)                  \
	PLIM_EBPF_BAIL_(!(ptr),                                                                \
			PLIM_EBPF_FAIL_(ebpf_ext_tracelog_provider, keyword,                   \
					EBPF_EXT_TRACELOG_EVENT_GENERIC_MESSAGE,               \
					PLIM_STR("Message", "Failed to allocate " #ptr_name)), \
			(result) = EBPF_NO_MEMORY, Exit)
#define EBPF_EXT_BAIL_ON_ALLOC_FAILURE_STATUS(keyword, ptr, ptr_name, status)                  \
	PLIM_EBPF_BAIL_(!(ptr),                                                                \
			PLIM_EBPF_FAIL_(ebpf_ext_tracelog_provider, keyword,                   \
					EBPF_EXT_TRACELOG_EVENT_GENERIC_MESSAGE,               \
					PLIM_STR("Message", "Failed to allocate " #ptr_name)), \
			(status) = STATUS_INSUFFICIENT_RESOURCES, Exit)
#define EBPF_EXT_BAIL_ON_API_FAILURE_STATUS(keyword, api, status)                      \
	do {                                                                           \
		NTSTATUS plim_result = (status);                                       \
		PLIM_EBPF_BAIL_(!NT_SUCCESS(plim_result),                              \
				PLIM_EBPF_FAIL_(ebpf_ext_tracelog_provider, keyword,   \
						EBPF_EXT_TRACELOG_EVENT_API_ERROR,     \
						PLIM_STR("Api", api),                  \
						PLIM_EBPF_STATUS_FIELD_(plim_result)), \
				(void)0, Exit);                                        \
	} while (0)

/* Socket addresses: IPv4 in network order, IPv6 by pointer, ports in host order. */
#define NET_EBPF_EXT_SOCK_ADDR_CLASSIFY_MESSAGE "NetEbpfExtSockAddrClassify"
#define NET_EBPF_EXT_SOCK_ADDR_REDIRECT_MESSAGE "NetEbpfExtSockAddrRedirect"
#define NET_EBPF_EXT_LOG_SOCK_ADDR_CLASSIFY_IPV4(trace_level, message, handle, protocol,        \
						 source_ip, source_port, destination_ip,        \
						 destination_port, verdict, compartment_id)     \
	PLIM_LOG(ebpf_ext_tracelog_provider, trace_level, EBPF_EXT_TRACELOG_KEYWORD_SOCK_ADDR,  \
		 NET_EBPF_EXT_SOCK_ADDR_CLASSIFY_MESSAGE, PLIM_STR("message", message),         \
		 PLIM_U64("transport_endpoint_handle", (uint64_t)(handle)),                     \
		 PLIM_U64("protocol", (uint64_t)(protocol)), PLIM_IPV4("source_ip", source_ip), \
		 PLIM_U16("source_port", (uint16_t)(source_port)),                              \
		 PLIM_IPV4("destination_ip", destination_ip),                                   \
		 PLIM_U16("destination_port", (uint16_t)(destination_port)),                    \
		 PLIM_U32("verdict", (uint32_t)(verdict)),                                      \
		 PLIM_U32("compartment_id", (uint32_t)(compartment_id)))
#define NET_EBPF_EXT_LOG_SOCK_ADDR_REDIRECT_CLASSIFY_IPV4(                                      \
	message, handle, protocol, source_ip, source_port, destination_ip, destination_port,    \
	redirected_ip, redirected_port, verdict, compartment_id)                                \
	PLIM_LOG(ebpf_ext_tracelog_provider, PLIM_INFO, EBPF_EXT_TRACELOG_KEYWORD_SOCK_ADDR,    \
		 NET_EBPF_EXT_SOCK_ADDR_REDIRECT_MESSAGE, PLIM_STR("message", message),         \
		 PLIM_U64("transport_endpoint_handle", (uint64_t)(handle)),                     \
		 PLIM_U64("protocol", (uint64_t)(protocol)), PLIM_IPV4("source_ip", source_ip), \
		 PLIM_U16("source_port", (uint16_t)(source_port)),                              \
		 PLIM_IPV4("destination_ip", destination_ip),                                   \
		 PLIM_U16("destination_port", (uint16_t)(destination_port)),                    \
		 PLIM_IPV4("redirected_ip", redirected_ip),                                     \
		 PLIM_U16("redirected_port", (uint16_t)(redirected_port)),                      \
		 PLIM_U32("verdict", (uint32_t)(verdict)),                                      \
		 PLIM_U32("compartment_id", (uint32_t)(compartment_id)))
#define NET_EBPF_EXT_LOG_SOCK_ADDR_CLASSIFY_IPV6(trace_level, message, handle, protocol,        \
						 source_ip, source_port, destination_ip,        \
						 destination_port, verdict, compartment_id)     \
	PLIM_LOG(ebpf_ext_tracelog_provider, trace_level, EBPF_EXT_TRACELOG_KEYWORD_SOCK_ADDR,  \
		 NET_EBPF_EXT_SOCK_ADDR_CLASSIFY_MESSAGE, PLIM_STR("message", message),         \
		 PLIM_U64("transport_endpoint_handle", (uint64_t)(handle)),                     \
		 PLIM_U64("protocol", (uint64_t)(protocol)), PLIM_IPV6("source_ip", source_ip), \
		 PLIM_U16("source_port", (uint16_t)(source_port)),                              \
		 PLIM_IPV6("destination_ip", destination_ip),                                   \
		 PLIM_U16("destination_port", (uint16_t)(destination_port)),                    \
		 PLIM_U32("verdict", (uint32_t)(verdict)),                                      \
		 PLIM_U32("compartment_id", (uint32_t)(compartment_id)))
#define NET_EBPF_EXT_LOG_SOCK_ADDR_REDIRECT_CLASSIFY_IPV6(                                      \
	message, handle, protocol, source_ip, source_port, destination_ip, destination_port,    \
	redirected_ip, redirected_port, verdict, compartment_id)                                \
	PLIM_LOG(ebpf_ext_tracelog_provider, PLIM_INFO, EBPF_EXT_TRACELOG_KEYWORD_SOCK_ADDR,    \
		 NET_EBPF_EXT_SOCK_ADDR_REDIRECT_MESSAGE, PLIM_STR("message", message),         \
		 PLIM_U64("transport_endpoint_handle", (uint64_t)(handle)),                     \
		 PLIM_U64("protocol", (uint64_t)(protocol)), PLIM_IPV6("source_ip", source_ip), \
		 PLIM_U16("source_port", (uint16_t)(source_port)),                              \
		 PLIM_IPV6("destination_ip", destination_ip),                                   \
		 PLIM_U16("destination_port", (uint16_t)(destination_port)),                    \
		 PLIM_IPV6("redirected_ip", redirected_ip),                                     \
		 PLIM_U16("redirected_port", (uint16_t)(redirected_port)),                      \
		 PLIM_U32("verdict", (uint32_t)(verdict)),                                      \
		 PLIM_U32("compartment_id", (uint32_t)(compartment_id)))

#endif
