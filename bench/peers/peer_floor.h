/* SPDX-License-Identifier: MIT */
/* Clock read and copy, expanded in the caller. */
#include <string.h>

#define FLOOR_HEADER_(bytes, number)                                                             \
	uint64_t floor_ticks_ = bench_clock();                                                   \
	uint8_t *floor_to_ = bench_buffer_take(bytes);                                           \
	uint64_t floor_head_ = (uint64_t)(uintptr_t)__builtin_frame_address(0) << 32 | (number); \
                                                                                                 \
	memcpy(floor_to_, &floor_head_, 8);                                                      \
	memcpy(floor_to_ + 8, &floor_ticks_, 8)

#define PEER_A(x)                                     \
	do {                                          \
		uint64_t floor_x_ = (x);              \
		FLOOR_HEADER_(24, 1);                 \
		memcpy(floor_to_ + 16, &floor_x_, 8); \
	} while (0)
#define PEER_B(x, y, n, s)                                 \
	do {                                               \
		uint64_t floor_x_ = (x), floor_y_ = (y);   \
		int32_t floor_n_ = (n);                    \
		uint16_t floor_length_ = 16;               \
		FLOOR_HEADER_(56, 2);                      \
		memcpy(floor_to_ + 16, &floor_x_, 8);      \
		memcpy(floor_to_ + 24, &floor_y_, 8);      \
		memcpy(floor_to_ + 32, &floor_n_, 4);      \
		memcpy(floor_to_ + 36, &floor_length_, 2); \
		memcpy(floor_to_ + 38, (s), 16);           \
	} while (0)
