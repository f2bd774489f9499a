/* SPDX-License-Identifier: MIT */
/* The cure known so far: one call of an out-of-line function a statement. */
struct call_site {
	const char *event;
	const char *const *fields;
};

extern volatile char call_enabled;
void call_log_a(const struct call_site *site, uint64_t x);
void call_log_b(const struct call_site *site, uint64_t x, uint64_t y, int32_t n, const char *s);

#define PEER_A(x)                                                                         \
	do {                                                                              \
		static const char *const call_fields_[] = {"x"};                          \
		static const struct call_site call_site_ = {"statement_a", call_fields_}; \
		if (call_enabled)                                                         \
			call_log_a(&call_site_, x);                                       \
	} while (0)
#define PEER_B(x, y, n, s)                                                                \
	do {                                                                              \
		static const char *const call_fields_[] = {"x", "y", "n", "s"};           \
		static const struct call_site call_site_ = {"statement_b", call_fields_}; \
		if (call_enabled)                                                         \
			call_log_b(&call_site_, x, y, n, s);                              \
	} while (0)
