/* SPDX-License-Identifier: MIT */
/* The example of docs/migrate.md; with -DBEFORE each statement expands inline, as it did. */
#include <wchar.h>
#include <plimsoll/compat/ebpf_tracelog.h>
EBPF_TRACELOG_PROVIDER_DEFINE();
#ifdef BEFORE
#undef PLIM_RECORD_
struct descriptor {
	unsigned long long at;
	unsigned bytes, kind;
};
extern void event_write(const char *site, unsigned count, const struct descriptor *data);
#define PLIM_RECORD_(id, strings, has_text, slots, site_text, site_operands, count, words) \
	PLIM_CAT(INLINE_, count) words
#define VALUE(i, w) unsigned long long v##i = (unsigned long long)PLIM_WORD_VALUE_(w);
#define D(i)                                    \
	{                                       \
		(unsigned long long)&v##i, 8, 0 \
	}
#define INLINE_1(n, a)                                                            \
	{                                                                         \
		VALUE(0, a) struct descriptor d[] = {{0, 0, 1}, {0, 0, 2}, D(0)}; \
		event_write("", 3, d);                                            \
	}
#define INLINE_2(n, a, b)                                                               \
	{                                                                               \
		VALUE(0, a)                                                             \
		VALUE(1, b) struct descriptor d[] = {{0, 0, 1}, {0, 0, 2}, D(0), D(1)}; \
		event_write("", 4, d);                                                  \
	}
#define INLINE_3(n, a, b, c)                                                                  \
	{                                                                                     \
		VALUE(0, a)                                                                   \
		VALUE(1, b)                                                                   \
		VALUE(2, c) struct descriptor d[] = {{0, 0, 1}, {0, 0, 2}, D(0), D(1), D(2)}; \
		event_write("", 5, d);                                                        \
	}
void event_write(const char *site, unsigned count, const struct descriptor *data)
{
	(void)site;
	(void)count;
	(void)data;
}
#endif
static int lookup(int handle, uint64_t id)
{
	return (handle ^ (int)id) & 1 ? EBPF_SUCCESS : EBPF_OBJECT_NOT_FOUND;
}
ebpf_result_t open_program(int handle, uint64_t id, const char *name);
ebpf_result_t open_program(int handle, uint64_t id, const char *name)
{
	EBPF_LOG_ENTRY();
	if (!name) {
		EBPF_LOG_MESSAGE_UINT64(EBPF_TRACELOG_LEVEL_ERROR, EBPF_TRACELOG_KEYWORD_PROGRAM,
					"no name", id);
		EBPF_RETURN_RESULT(EBPF_INVALID_ARGUMENT);
	}
	if (lookup(handle, id)) {
		EBPF_LOG_MESSAGE_STRING(EBPF_TRACELOG_LEVEL_WARNING, EBPF_TRACELOG_KEYWORD_PROGRAM,
					"not found", name);
		EBPF_RETURN_RESULT(EBPF_OBJECT_NOT_FOUND);
	}
	EBPF_LOG_MESSAGE_UINT64_UINT64(EBPF_TRACELOG_LEVEL_INFO, EBPF_TRACELOG_KEYWORD_PROGRAM,
				       "opened", id, (uint64_t)handle);
	EBPF_RETURN_RESULT(EBPF_SUCCESS);
}
int main(int argc, char **argv)
{
	return (int)open_program(argc, (uint64_t)argc, argv[0]);
}
