/* SPDX-License-Identifier: MIT */
/*
 * Inline logging as TraceLogging does it: in the caller an array of descriptors of 16 bytes, two of
 * them for provider and event and one for each field, and a temporary for each scalar.
 */
#include <string.h>

struct inline_descriptor {
	const void *data;
	uint32_t bytes;
	uint32_t type;
};

extern volatile int inline_enabled;
void inline_write(struct inline_descriptor *descriptors, unsigned int count);

#define PEER_A(x)                                                          \
	do {                                                               \
		static const char inline_event_[] = "statement_a\0x\x0a";  \
		if (inline_enabled) {                                      \
			uint64_t inline_x_ = (x);                          \
			struct inline_descriptor inline_data_[3] = {       \
				{0, 0, 2},                                 \
				{inline_event_, sizeof(inline_event_), 1}, \
				{&inline_x_, sizeof(inline_x_), 0},        \
			};                                                 \
			inline_write(inline_data_, 3);                     \
		}                                                          \
	} while (0)
#define PEER_B(x, y, n, s)                                                               \
	do {                                                                             \
		static const char inline_event_[] = "statement_b\0x\x0ay\x0an\x07s\x02"; \
		if (inline_enabled) {                                                    \
			uint64_t inline_x_ = (x), inline_y_ = (y);                       \
			int32_t inline_n_ = (n);                                         \
			const char *inline_s_ = (s);                                     \
			struct inline_descriptor inline_data_[6] = {                     \
				{0, 0, 2},                                               \
				{inline_event_, sizeof(inline_event_), 1},               \
				{&inline_x_, sizeof(inline_x_), 0},                      \
				{&inline_y_, sizeof(inline_y_), 0},                      \
				{&inline_n_, sizeof(inline_n_), 0},                      \
				{inline_s_, (uint32_t)strlen(inline_s_) + 1, 0},         \
			};                                                               \
			inline_write(inline_data_, 6);                                   \
		}                                                                        \
	} while (0)
