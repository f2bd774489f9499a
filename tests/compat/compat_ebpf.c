/* SPDX-License-Identifier: MIT */
/*
 * Each macro of both families once or more, with values at their limits; the trace is compared with
 * compat_ebpf.expected. C11 and C++17.
 */
#include <stdint.h>
#include <wchar.h>

static uint32_t last_error;
static uint32_t GetLastError(void)
{
	return last_error;
}

#include <plimsoll/compat/ebpf_ext_tracelog.h>
#include <plimsoll/compat/ebpf_tracelog.h>

EBPF_TRACELOG_PROVIDER_DEFINE();
EBPF_EXT_TRACELOG_PROVIDER_DEFINE();

static uint8_t guids[2][16] = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, {255}};
static int calls;

static NTSTATUS once(NTSTATUS status)
{
	calls++;
	return status;
}

static ebpf_result_t ebpf_result(ebpf_result_t result)
{
	EBPF_LOG_ENTRY();
	EBPF_RETURN_RESULT(result);
}

static NTSTATUS ebpf_ntstatus(NTSTATUS status)
{
	EBPF_RETURN_NTSTATUS(status);
}

static uint32_t ebpf_error(uint32_t error)
{
	EBPF_RETURN_ERROR(error);
}

static const void *ebpf_pointer(const void *address)
{
	EBPF_RETURN_POINTER(const void *, address);
}

static bool ebpf_bool(int flags)
{
	EBPF_RETURN_BOOL((flags & 4) != 0);
}

static fd_t ebpf_fd(fd_t fd)
{
	EBPF_RETURN_FD(fd + 1);
}

static ebpf_result_t ebpf_function_result(ebpf_result_t result)
{
	EBPF_RETURN_FUNCTION_RESULT(result);
}

static void ebpf_void(void)
{
	EBPF_LOG_FUNCTION_SUCCESS();
	EBPF_LOG_FUNCTION_ERROR(EBPF_FAILED);
	EBPF_LOG_FUNCTION_RESULT(EBPF_PENDING);
	EBPF_RETURN_VOID();
}

static void ebpf_returns(void)
{
	ebpf_result(EBPF_SUCCESS);
	ebpf_result(EBPF_CANCELED);
	ebpf_ntstatus(0);
	ebpf_ntstatus((NTSTATUS)0xc0000005);
	ebpf_error(0);
	ebpf_error(5);
	ebpf_pointer(NULL);
	ebpf_pointer((const void *)(uintptr_t)0xfffffffffffffff0u);
	ebpf_bool(4);
	ebpf_bool(3);
	ebpf_fd(INT32_MAX - 1);
	ebpf_fd(-3);
	ebpf_function_result(EBPF_NO_MEMORY);
	ebpf_void();
}

static void ebpf_messages(const char *text, const wchar_t *wide)
{
	uint64_t big = UINT64_MAX;
	uint8_t raw[4] = {0, 127, 128, 255};
	cxplat_utf8_string_t utf8 = {raw, 0};
	bool yes = true;

	EBPF_LOG_MESSAGE(EBPF_TRACELOG_LEVEL_LOG_ALWAYS, EBPF_TRACELOG_KEYWORD_BASE, "plain");
	EBPF_LOG_MESSAGE(EBPF_TRACELOG_LEVEL_CRITICAL,
			 EBPF_TRACELOG_KEYWORD_BASE | EBPF_TRACELOG_KEYWORD_FUNCTION_ENTRY_EXIT,
			 text);
	EBPF_LOG_MESSAGE_STRING(EBPF_TRACELOG_LEVEL_ERROR, EBPF_TRACELOG_KEYWORD_BASE, "string",
				text);
	EBPF_LOG_MESSAGE_STRING(EBPF_TRACELOG_LEVEL_ERROR, EBPF_TRACELOG_KEYWORD_BASE, "empty", "");
	EBPF_LOG_MESSAGE_UTF8_STRING(EBPF_TRACELOG_LEVEL_INFO, EBPF_TRACELOG_KEYWORD_BASE, "utf8",
				     &utf8);
	utf8.length = 2;
	EBPF_LOG_MESSAGE_UTF8_STRING(EBPF_TRACELOG_LEVEL_INFO, EBPF_TRACELOG_KEYWORD_BASE, "utf8",
				     &utf8);
	EBPF_LOG_MESSAGE_WSTRING(EBPF_TRACELOG_LEVEL_WARNING, EBPF_TRACELOG_KEYWORD_BASE, "wide",
				 wide);
	EBPF_LOG_MESSAGE_WSTRING(EBPF_TRACELOG_LEVEL_WARNING, EBPF_TRACELOG_KEYWORD_BASE, "wide",
				 L"w\u00e4\u20ac");
	EBPF_LOG_MESSAGE_NTSTATUS(EBPF_TRACELOG_LEVEL_ERROR, EBPF_TRACELOG_KEYWORD_BASE, "status",
				  (NTSTATUS)0xc000009a);
	EBPF_LOG_MESSAGE_ERROR(EBPF_TRACELOG_LEVEL_ERROR, EBPF_TRACELOG_KEYWORD_BASE, "error",
			       EBPF_OUT_OF_SPACE);
	EBPF_LOG_MESSAGE_UINT32(EBPF_TRACELOG_LEVEL_INFO, EBPF_TRACELOG_KEYWORD_BASE, "u32",
				UINT32_MAX);
	EBPF_LOG_MESSAGE_UINT64(EBPF_TRACELOG_LEVEL_INFO, EBPF_TRACELOG_KEYWORD_BASE, "u64", big);
	EBPF_LOG_MESSAGE_UINT64_UINT64(EBPF_TRACELOG_LEVEL_VERBOSE, EBPF_TRACELOG_KEYWORD_BASE,
				       "two", big - 1, big & 0xff);
	EBPF_LOG_MESSAGE_UINT64_UINT64_UINT64(
		EBPF_TRACELOG_LEVEL_VERBOSE, EBPF_TRACELOG_KEYWORD_BASE, "three", big, 0, big >> 1);
	EBPF_LOG_MESSAGE_BOOL(EBPF_TRACELOG_LEVEL_INFO, EBPF_TRACELOG_KEYWORD_BASE, "bool", yes);
	EBPF_LOG_MESSAGE_POINTER(EBPF_TRACELOG_LEVEL_INFO, EBPF_TRACELOG_KEYWORD_BASE, "pointer",
				 (void *)(uintptr_t)0x1234);
	EBPF_LOG_MESSAGE_POINTER_ENUM(EBPF_TRACELOG_LEVEL_INFO, EBPF_TRACELOG_KEYWORD_BASE,
				      "pointer and enum", (void *)0, EBPF_NO_MEMORY);
	EBPF_LOG_MESSAGE_GUID(EBPF_TRACELOG_LEVEL_INFO, EBPF_TRACELOG_KEYWORD_BASE, "guid",
			      guids[0]);
	EBPF_LOG_MESSAGE_GUID(EBPF_TRACELOG_LEVEL_INFO, EBPF_TRACELOG_KEYWORD_BASE, "guid",
			      (const uint8_t *)text);
	EBPF_LOG_MESSAGE_GUID_GUID(EBPF_TRACELOG_LEVEL_INFO, EBPF_TRACELOG_KEYWORD_BASE, "guids",
				   guids[0], guids[1]);
	EBPF_LOG_MESSAGE_GUID_STATUS(EBPF_TRACELOG_LEVEL_INFO, EBPF_TRACELOG_KEYWORD_BASE,
				     "guid and status", guids[1], 0);
	EBPF_LOG_MESSAGE_GUID_GUID_STRING(EBPF_TRACELOG_LEVEL_INFO, EBPF_TRACELOG_KEYWORD_BASE,
					  "guids and text", "text", guids[1], guids[0]);
	EBPF_LOG_MESSAGE_WSTRING_ERROR(EBPF_TRACELOG_LEVEL_INFO, EBPF_TRACELOG_KEYWORD_BASE, "wide",
				       L"w", EBPF_FAILED);
	EBPF_LOG_MESSAGE_BINARY(EBPF_TRACELOG_LEVEL_INFO, EBPF_TRACELOG_KEYWORD_BASE, "binary", raw,
				sizeof(raw));
	EBPF_LOG_MESSAGE_BINARY(EBPF_TRACELOG_LEVEL_INFO, EBPF_TRACELOG_KEYWORD_BASE, "binary",
				text, 0);
}

static void ebpf_failures(void)
{
	NTSTATUS status = (NTSTATUS)0xc0000022;
	uint64_t first = 1;

	EBPF_LOG_NTSTATUS_API_FAILURE(EBPF_TRACELOG_KEYWORD_BASE, ZwOpen, status);
	EBPF_LOG_NTSTATUS_API_FAILURE_MESSAGE(EBPF_TRACELOG_KEYWORD_BASE, ZwOpen, status, "why");
	EBPF_LOG_NTSTATUS_API_FAILURE_MESSAGE_STRING(EBPF_TRACELOG_KEYWORD_BASE, ZwOpen, status,
						     "why", "value");
	EBPF_LOG_NTSTATUS_API_FAILURE_UINT64_UINT64(EBPF_TRACELOG_KEYWORD_BASE, ZwOpen, status,
						    first, first + 1);
	EBPF_LOG_NTSTATUS_WSTRING_API(EBPF_TRACELOG_KEYWORD_BASE, L"wide", ZwOpen, status);
	last_error = 2;
	EBPF_LOG_WIN32_API_FAILURE(EBPF_TRACELOG_KEYWORD_BASE, OpenFile);
	EBPF_LOG_WIN32_API_FAILURE_WITH_ERROR(EBPF_TRACELOG_KEYWORD_BASE, OpenFile, 87);
	EBPF_LOG_WIN32_STRING_API_FAILURE(EBPF_TRACELOG_KEYWORD_BASE, "message", OpenFile);
	EBPF_LOG_WIN32_WSTRING_API_FAILURE(EBPF_TRACELOG_KEYWORD_BASE, L"wide", OpenFile);
	EBPF_LOG_WIN32_GUID_API_FAILURE(EBPF_TRACELOG_KEYWORD_BASE, guids[0], OpenFile);
}

static int ebpf_bails(int step)
{
	ebpf_result_t result = EBPF_SUCCESS;
	void *memory = step == 1 ? NULL : guids;

	EBPF_BAIL_ON_ALLOC_FAILURE(EBPF_TRACELOG_KEYWORD_BASE, memory, memory, result);
	EBPF_BAIL_ON_NTSTATUS_API_FAILURE(EBPF_TRACELOG_KEYWORD_CORE, ZwCreate,
					  once(step == 2 ? -1 : 0));
	EBPF_BAIL_ON_WIN32_API_FAILURE(EBPF_TRACELOG_KEYWORD_MAP, CreateFile, step == 3 ? 5u : 0u);
	EBPF_BAIL_ON_OBJECT_REF_ERROR(EBPF_TRACELOG_KEYWORD_LINK, reference,
				      step == 4 ? EBPF_INVALID_OBJECT : EBPF_SUCCESS);
	return -1;
Exit:
	return (int)result;
}

static void printk(void)
{
	bpf_printk("nothing\n");
	bpf_printk("%d of %u", -1, 7u);
	bpf_trace_printk2("two", sizeof("two"));
	bpf_trace_printk3("%d", 3, -3);
	bpf_trace_printk4("%d %x", 6, 4, 255);
	bpf_trace_printk5("%d %lu %lld", 12, 5, ~0ul, -5ll);
}

static ebpf_result_t ebpf_ext_result(ebpf_result_t result)
{
	EBPF_EXT_LOG_ENTRY();
	EBPF_EXT_RETURN_RESULT(result);
}

static NTSTATUS ebpf_ext_ntstatus(NTSTATUS status)
{
	EBPF_EXT_RETURN_NTSTATUS(status);
}

static uint32_t ebpf_ext_error(uint32_t error)
{
	EBPF_EXT_RETURN_ERROR(error);
}

static const void *ebpf_ext_pointer(const void *address)
{
	EBPF_EXT_RETURN_POINTER(const void *, address);
}

static bool ebpf_ext_bool(int flags)
{
	EBPF_EXT_RETURN_BOOL((flags & 4) != 0);
}

static fd_t ebpf_ext_fd(fd_t fd)
{
	EBPF_EXT_RETURN_FD(fd + 1);
}

static ebpf_result_t ebpf_ext_function_result(ebpf_result_t result)
{
	EBPF_EXT_RETURN_FUNCTION_RESULT(result);
}

static void ebpf_ext_void(void)
{
	EBPF_EXT_LOG_FUNCTION_SUCCESS();
	EBPF_EXT_LOG_FUNCTION_ERROR(EBPF_FAILED);
	EBPF_EXT_LOG_FUNCTION_RESULT(EBPF_PENDING);
	EBPF_EXT_RETURN_VOID();
}

static void ebpf_ext_returns(void)
{
	ebpf_ext_result(EBPF_SUCCESS);
	ebpf_ext_result(EBPF_CANCELED);
	ebpf_ext_ntstatus(0);
	ebpf_ext_ntstatus((NTSTATUS)0xc0000005);
	ebpf_ext_error(0);
	ebpf_ext_error(5);
	ebpf_ext_pointer(NULL);
	ebpf_ext_pointer((const void *)(uintptr_t)0xfffffffffffffff0u);
	ebpf_ext_bool(4);
	ebpf_ext_bool(3);
	ebpf_ext_fd(INT32_MAX - 1);
	ebpf_ext_fd(-3);
	ebpf_ext_function_result(EBPF_NO_MEMORY);
	ebpf_ext_void();
}

static void ebpf_ext_messages(const char *text, const wchar_t *wide)
{
	uint64_t big = UINT64_MAX;
	uint8_t raw[4] = {0, 127, 128, 255};
	cxplat_utf8_string_t utf8 = {raw, 0};
	bool yes = true;

	EBPF_EXT_LOG_MESSAGE(EBPF_EXT_TRACELOG_LEVEL_LOG_ALWAYS, EBPF_EXT_TRACELOG_KEYWORD_BASE,
			     "plain");
	EBPF_EXT_LOG_MESSAGE(EBPF_EXT_TRACELOG_LEVEL_CRITICAL,
			     EBPF_EXT_TRACELOG_KEYWORD_BASE |
				     EBPF_EXT_TRACELOG_KEYWORD_FUNCTION_ENTRY_EXIT,
			     text);
	EBPF_EXT_LOG_MESSAGE_STRING(EBPF_EXT_TRACELOG_LEVEL_ERROR, EBPF_EXT_TRACELOG_KEYWORD_BASE,
				    "string", text);
	EBPF_EXT_LOG_MESSAGE_STRING(EBPF_EXT_TRACELOG_LEVEL_ERROR, EBPF_EXT_TRACELOG_KEYWORD_BASE,
				    "empty", "");
	EBPF_EXT_LOG_MESSAGE_UTF8_STRING(EBPF_EXT_TRACELOG_LEVEL_INFO,
					 EBPF_EXT_TRACELOG_KEYWORD_BASE, "utf8", &utf8);
	utf8.length = 2;
	EBPF_EXT_LOG_MESSAGE_UTF8_STRING(EBPF_EXT_TRACELOG_LEVEL_INFO,
					 EBPF_EXT_TRACELOG_KEYWORD_BASE, "utf8", &utf8);
	EBPF_EXT_LOG_MESSAGE_WSTRING(EBPF_EXT_TRACELOG_LEVEL_WARNING,
				     EBPF_EXT_TRACELOG_KEYWORD_BASE, "wide", wide);
	EBPF_EXT_LOG_MESSAGE_WSTRING(EBPF_EXT_TRACELOG_LEVEL_WARNING,
				     EBPF_EXT_TRACELOG_KEYWORD_BASE, "wide", L"w\u00e4\u20ac");
	EBPF_EXT_LOG_MESSAGE_NTSTATUS(EBPF_EXT_TRACELOG_LEVEL_ERROR, EBPF_EXT_TRACELOG_KEYWORD_BASE,
				      "status", (NTSTATUS)0xc000009a);
	EBPF_EXT_LOG_MESSAGE_ERROR(EBPF_EXT_TRACELOG_LEVEL_ERROR, EBPF_EXT_TRACELOG_KEYWORD_BASE,
				   "error", EBPF_OUT_OF_SPACE);
	EBPF_EXT_LOG_MESSAGE_UINT32(EBPF_EXT_TRACELOG_LEVEL_INFO, EBPF_EXT_TRACELOG_KEYWORD_BASE,
				    "u32", UINT32_MAX);
	EBPF_EXT_LOG_MESSAGE_UINT64(EBPF_EXT_TRACELOG_LEVEL_INFO, EBPF_EXT_TRACELOG_KEYWORD_BASE,
				    "u64", big);
	EBPF_EXT_LOG_MESSAGE_UINT64_UINT64(EBPF_EXT_TRACELOG_LEVEL_VERBOSE,
					   EBPF_EXT_TRACELOG_KEYWORD_BASE, "two", big - 1,
					   big & 0xff);
	EBPF_EXT_LOG_MESSAGE_UINT64_UINT64_UINT64(EBPF_EXT_TRACELOG_LEVEL_VERBOSE,
						  EBPF_EXT_TRACELOG_KEYWORD_BASE, "three", big, 0,
						  big >> 1);
	EBPF_EXT_LOG_MESSAGE_BOOL(EBPF_EXT_TRACELOG_LEVEL_INFO, EBPF_EXT_TRACELOG_KEYWORD_BASE,
				  "bool", yes);
	EBPF_EXT_LOG_MESSAGE_POINTER(EBPF_EXT_TRACELOG_LEVEL_INFO, EBPF_EXT_TRACELOG_KEYWORD_BASE,
				     "pointer", (void *)(uintptr_t)0x1234);
	EBPF_EXT_LOG_MESSAGE_POINTER_ENUM(EBPF_EXT_TRACELOG_LEVEL_INFO,
					  EBPF_EXT_TRACELOG_KEYWORD_BASE, "pointer and enum",
					  (void *)0, EBPF_NO_MEMORY);
	EBPF_EXT_LOG_MESSAGE_GUID(EBPF_EXT_TRACELOG_LEVEL_INFO, EBPF_EXT_TRACELOG_KEYWORD_BASE,
				  "guid", guids[0]);
	EBPF_EXT_LOG_MESSAGE_GUID(EBPF_EXT_TRACELOG_LEVEL_INFO, EBPF_EXT_TRACELOG_KEYWORD_BASE,
				  "guid", (const uint8_t *)text);
	EBPF_EXT_LOG_MESSAGE_GUID_GUID(EBPF_EXT_TRACELOG_LEVEL_INFO, EBPF_EXT_TRACELOG_KEYWORD_BASE,
				       "guids", guids[0], guids[1]);
	EBPF_EXT_LOG_MESSAGE_GUID_STATUS(EBPF_EXT_TRACELOG_LEVEL_INFO,
					 EBPF_EXT_TRACELOG_KEYWORD_BASE, "guid and status",
					 guids[1], 0);
	EBPF_EXT_LOG_MESSAGE_GUID_GUID_STRING(EBPF_EXT_TRACELOG_LEVEL_INFO,
					      EBPF_EXT_TRACELOG_KEYWORD_BASE, "guids and text",
					      "text", guids[1], guids[0]);
	EBPF_EXT_LOG_MESSAGE_WSTRING_ERROR(EBPF_EXT_TRACELOG_LEVEL_INFO,
					   EBPF_EXT_TRACELOG_KEYWORD_BASE, "wide", L"w",
					   EBPF_FAILED);
	EBPF_EXT_LOG_MESSAGE_BINARY(EBPF_EXT_TRACELOG_LEVEL_INFO, EBPF_EXT_TRACELOG_KEYWORD_BASE,
				    "binary", raw, sizeof(raw));
	EBPF_EXT_LOG_MESSAGE_BINARY(EBPF_EXT_TRACELOG_LEVEL_INFO, EBPF_EXT_TRACELOG_KEYWORD_BASE,
				    "binary", text, 0);
}

static void ebpf_ext_failures(void)
{
	NTSTATUS status = (NTSTATUS)0xc0000022;
	uint64_t first = 1;

	EBPF_EXT_LOG_NTSTATUS_API_FAILURE(EBPF_EXT_TRACELOG_KEYWORD_BASE, "ZwOpen", status);
	EBPF_EXT_LOG_NTSTATUS_API_FAILURE_MESSAGE(EBPF_EXT_TRACELOG_KEYWORD_BASE, "ZwOpen", status,
						  "why");
	EBPF_EXT_LOG_NTSTATUS_API_FAILURE_MESSAGE_STRING(EBPF_EXT_TRACELOG_KEYWORD_BASE, "ZwOpen",
							 status, "why", "value");
	EBPF_EXT_LOG_NTSTATUS_API_FAILURE_UINT64_UINT64(EBPF_EXT_TRACELOG_KEYWORD_BASE, "ZwOpen",
							status, first, first + 1);
	EBPF_EXT_LOG_NTSTATUS_WSTRING_API(EBPF_EXT_TRACELOG_KEYWORD_BASE, L"wide", "ZwOpen",
					  status);
	last_error = 2;
	EBPF_EXT_LOG_WIN32_API_FAILURE(EBPF_EXT_TRACELOG_KEYWORD_BASE, "OpenFile");
	EBPF_EXT_LOG_WIN32_API_FAILURE_WITH_ERROR(EBPF_EXT_TRACELOG_KEYWORD_BASE, "OpenFile", 87);
	EBPF_EXT_LOG_WIN32_STRING_API_FAILURE(EBPF_EXT_TRACELOG_KEYWORD_BASE, "message",
					      "OpenFile");
	EBPF_EXT_LOG_WIN32_WSTRING_API_FAILURE(EBPF_EXT_TRACELOG_KEYWORD_BASE, L"wide", "OpenFile");
	EBPF_EXT_LOG_WIN32_GUID_API_FAILURE(EBPF_EXT_TRACELOG_KEYWORD_BASE, guids[0], "OpenFile");
}

static int ebpf_ext_bails(int step)
{
	ebpf_result_t result = EBPF_SUCCESS;
	NTSTATUS status = 0;
	void *memory = step == 3 ? NULL : guids;
	void *other = step == 4 ? NULL : guids;

	EBPF_EXT_BAIL_ON_ERROR_RESULT(step == 1 ? EBPF_FAILED : EBPF_SUCCESS);
	EBPF_EXT_BAIL_ON_ERROR_STATUS(once(step == 2 ? (NTSTATUS)0xc0000001 : 0));
	EBPF_EXT_BAIL_ON_ALLOC_FAILURE_RESULT(EBPF_EXT_TRACELOG_KEYWORD_BIND, memory, memory,
					      result);
	EBPF_EXT_BAIL_ON_ALLOC_FAILURE_STATUS(EBPF_EXT_TRACELOG_KEYWORD_XDP, other, other, status);
	EBPF_EXT_BAIL_ON_API_FAILURE_STATUS(EBPF_EXT_TRACELOG_KEYWORD_SOCK_OPS, "FwpmOpen",
					    step == 5 ? -1 : 0);
	return -1;
Exit:
	return (int)result | status;
}

static void sock_addr(void)
{
	NET_EBPF_EXT_LOG_SOCK_ADDR_CLASSIFY_IPV4(PLIM_INFO, "reject", 77, 6, 0x0100007fu, 1024,
						 0x0200007fu, 80, 1, 2);
	NET_EBPF_EXT_LOG_SOCK_ADDR_CLASSIFY_IPV6(PLIM_VERBOSE, "permit", 77, 17, guids[0], 1024,
						 guids[1], 80, 0, 2);
	NET_EBPF_EXT_LOG_SOCK_ADDR_REDIRECT_CLASSIFY_IPV4("redirect", 77, 6, 0x0100007fu, 1024,
							  0x0200007fu, 80, 0x0300007fu, 8080, 1, 2);
	NET_EBPF_EXT_LOG_SOCK_ADDR_REDIRECT_CLASSIFY_IPV6("redirect", 77, 6, guids[0], 1024,
							  guids[1], 80, guids[0], 8080, 1, 2);
}

int main(void)
{
	ebpf_returns();
	ebpf_messages(NULL, NULL);
	ebpf_failures();
	for (int step = 0; step <= 4; step++)
		ebpf_bails(step);
	printk();
	ebpf_ext_returns();
	ebpf_ext_messages(NULL, NULL);
	ebpf_ext_failures();
	for (int step = 0; step <= 5; step++)
		ebpf_ext_bails(step);
	sock_addr();
	/* Each argument is evaluated once: steps 0, 2, 3, 4 of the core, all but 1 of the other. */
	return calls == 4 + 5 ? 0 : 1;
}
