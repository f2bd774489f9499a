/* SPDX-License-Identifier: MIT */
/* Maps as the host sees them: each kind against a plain model of it, with random operations. */
#include <errno.h>
#include <linux/bpf.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/map_ringbuf.h"

static struct plim_bpf_host *host;
static int failed;

#define CHECK(condition)                                                            \
	do {                                                                        \
		if (!(condition)) {                                                 \
			printf("FAIL %s:%d: %s\n", __func__, __LINE__, #condition); \
			failed++;                                                   \
		}                                                                   \
	} while (0)

static struct plim_bpf_map *make(uint32_t type, uint32_t key, uint32_t value, uint32_t entries)
{
	const struct plim_bpf_map_spec spec = {"map", type, key, value, entries, 0};
	struct plim_error err = {""};
	struct plim_bpf_map *map;

	if (plim_bpf_map_new(host, &spec, &map, &err)) {
		printf("FAIL %s\n", err.text);
		exit(1);
	}
	return map;
}

static uint32_t random_below(uint32_t limit)
{
	static uint64_t state = 1;

	state = state * 6364136223846793005 + 1442695040888963407;
	return (uint32_t)(state >> 33) % limit;
}

static int update(struct plim_bpf_map *map, const void *key, const void *value, uint64_t flags)
{
	return plim_bpf_map_update(map, key, value, flags, 0);
}

static void test_refused_shapes(void)
{
	static const struct {
		struct plim_bpf_map_spec spec;
		const char *reason;
	} cases[] = {
		{{"m", 9999, 4, 4, 1, 0}, "map m: this host has no map of type 9999"},
		{{"m", BPF_MAP_TYPE_HASH, 4, 4, 0, 0}, "max_entries is 0"},
		{{"m", BPF_MAP_TYPE_HASH, 0, 4, 1, 0}, "needs keys and values"},
		{{"m", BPF_MAP_TYPE_HASH, 4, 0, 1, 0}, "needs keys and values"},
		{{"m", BPF_MAP_TYPE_HASH, 513, 4, 1, 0}, "a key of 513 bytes"},
		{{"m", BPF_MAP_TYPE_HASH, 4, 4, 1, 0x80000000}, "unknown flags"},
		{{"m", BPF_MAP_TYPE_HASH, 4, UINT32_MAX, UINT32_MAX, 0},
		 "more than a map may have"},
		{{"m", BPF_MAP_TYPE_ARRAY, 8, 4, 1, 0}, "needs keys of 4 bytes"},
		{{"m", BPF_MAP_TYPE_ARRAY, 4, UINT32_MAX, UINT32_MAX, 0},
		 "more than a map may have"},
		{{"m", BPF_MAP_TYPE_ARRAY, 4, 1, UINT32_MAX, 0}, "more than a map may have"},
		{{"m", BPF_MAP_TYPE_PERCPU_ARRAY, 4, 8, UINT32_MAX, 0}, "more than a map may have"},
		{{"m", BPF_MAP_TYPE_PROG_ARRAY, 4, 8, 4, 0}, "values of 4 bytes"},
		{{"m", BPF_MAP_TYPE_LPM_TRIE, 4, 8, 4, 0}, "keys of 5 to 260 bytes"},
		{{"m", BPF_MAP_TYPE_LPM_TRIE, 261, 8, 4, 0}, "keys of 5 to 260 bytes"},
		{{"m", BPF_MAP_TYPE_LPM_TRIE, 8, 8, UINT32_MAX, 0}, "more than a map may have"},
		{{"m", BPF_MAP_TYPE_RINGBUF, 0, 0, 5000, 0}, "a power of two"},
		{{"m", BPF_MAP_TYPE_RINGBUF, 0, 0, 2048, 0}, "a power of two"},
		{{"m", BPF_MAP_TYPE_RINGBUF, 4, 0, 4096, 0}, "neither keys nor values"},
		{{"m", BPF_MAP_TYPE_RINGBUF, 0, 0, 0x80000000, 0}, "more than a map may have"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct plim_error err = {""};
		struct plim_bpf_map *map;

		CHECK(plim_bpf_map_new(host, &cases[i].spec, &map, &err) < 0 && !map);
		if (!strstr(err.text, cases[i].reason)) {
			printf("FAIL \"%s\" instead of \"%s\"\n", err.text, cases[i].reason);
			failed++;
		}
	}
}

static void test_array(void)
{
	struct plim_bpf_map *map = make(BPF_MAP_TYPE_ARRAY, 4, 6, 3);
	uint32_t key = 2, next;
	char value[6] = "hello";

	CHECK(update(map, &key, value, BPF_ANY) == 0);
	CHECK(update(map, &key, value, BPF_EXIST) == 0);
	CHECK(update(map, &key, value, BPF_NOEXIST) == -EEXIST);
	CHECK(update(map, &key, value, 7) == -EINVAL);
	memset(value, 0, sizeof(value));
	CHECK(plim_bpf_map_read(map, &key, value) == 0 && strcmp(value, "hello") == 0);
	CHECK(plim_bpf_map_erase(map, &key) == -EINVAL);
	key = 3;
	CHECK(update(map, &key, value, BPF_ANY) == -E2BIG);
	CHECK(plim_bpf_map_read(map, &key, value) == -ENOENT);
	CHECK(plim_bpf_map_next_key(map, NULL, &next) == 0 && next == 0);
	CHECK(plim_bpf_map_next_key(map, &next, &next) == 0 && next == 1);
	key = 2;
	CHECK(plim_bpf_map_next_key(map, &key, &next) == -ENOENT);
	plim_bpf_object_close(&map->object);
}

static void test_per_thread(void)
{
	struct plim_bpf_map *map = make(BPF_MAP_TYPE_PERCPU_ARRAY, 4, 4, 2);
	uint64_t values[PLIM_BPF_SLOTS];
	uint32_t key = 1, one = 11, two = 22;

	CHECK(plim_bpf_map_value_bytes(map) == sizeof(values));
	CHECK(plim_bpf_map_update(map, &key, &one, BPF_ANY, 0) == 0);
	CHECK(plim_bpf_map_update(map, &key, &two, BPF_ANY, PLIM_BPF_SLOTS - 1) == 0);
	CHECK(plim_bpf_map_read(map, &key, values) == 0);
	CHECK(values[0] == 11 && values[1] == 0 && values[PLIM_BPF_SLOTS - 1] == 22);
	CHECK(plim_bpf_map_lookup(map, &key, 0) != plim_bpf_map_lookup(map, &key, 1));
	values[5] = 55;
	CHECK(update(map, &key, values, BPF_NOEXIST) == -EEXIST);
	CHECK(plim_bpf_map_update(map, &key, values, BPF_ANY, PLIM_BPF_NO_SLOT) == 0);
	CHECK(*(uint32_t *)plim_bpf_map_value(map, plim_bpf_map_lookup(map, &key, 5)) == 55);
	key = 2;
	CHECK(plim_bpf_map_lookup(map, &key, 0) == -ENOENT);
	plim_bpf_object_close(&map->object);
}

/* Hash: 40 possible keys, room for 20; the model is a row of flags and values. */
static void test_hash(void)
{
	struct plim_bpf_map *map = make(BPF_MAP_TYPE_HASH, 3, 8, 20);
	uint64_t model[40] = {0};
	int entries = 0;

	for (int i = 0; i < 20000; i++) {
		const uint32_t k = random_below(40), operation = random_below(4);
		const unsigned char key[3] = {(unsigned char)k, 7, (unsigned char)(k * 5)};
		const uint64_t flags = random_below(3), value = (uint64_t)i + 1;
		uint64_t got = 0;
		int rc, expect;

		if (operation == 0) {
			rc = plim_bpf_map_erase(map, key);
			expect = model[k] ? 0 : -ENOENT;
			entries -= model[k] ? 1 : 0;
			model[k] = 0;
		} else if (operation == 1) {
			rc = update(map, key, &value, flags);
			expect = flags == BPF_NOEXIST && model[k]  ? -EEXIST
				 : flags == BPF_EXIST && !model[k] ? -ENOENT
				 : !model[k] && entries == 20      ? -E2BIG
								   : 0;
			if (!expect) {
				entries += model[k] ? 0 : 1;
				model[k] = value;
			}
		} else {
			rc = plim_bpf_map_read(map, key, &got);
			expect = model[k] ? 0 : -ENOENT;
			CHECK(got == model[k]);
		}
		CHECK(rc == expect);
	}
	plim_bpf_object_close(&map->object);
}

/* Every key once, however the walk is done, also when keys vanish on the way. */
static void test_walk(void)
{
	struct plim_bpf_map *map = make(BPF_MAP_TYPE_HASH, 4, 4, 100);
	uint32_t key, next, seen = 0;

	for (key = 0; key < 100; key++)
		update(map, &key, &key, BPF_ANY);
	for (int rc = plim_bpf_map_next_key(map, NULL, &next); rc == 0;
	     rc = plim_bpf_map_next_key(map, &key, &next)) {
		key = next;
		seen++;
	}
	CHECK(seen == 100);
	while (plim_bpf_map_next_key(map, NULL, &key) == 0) {
		CHECK(plim_bpf_map_erase(map, &key) == 0);
		seen--;
	}
	CHECK(seen == 0);
	plim_bpf_object_close(&map->object);
}

/* LRU: the model is a list of keys in the order of their use. */
static void test_lru(void)
{
	struct plim_bpf_map *map = make(BPF_MAP_TYPE_LRU_HASH, 4, 4, 5);
	uint32_t order[5], count = 0;

	for (int i = 0; i < 20000; i++) {
		const uint32_t key = random_below(9), operation = random_below(3);
		uint32_t at = 0, value = key * 3;
		int64_t element;

		while (at < count && order[at] != key)
			at++;
		if (operation == 0) {
			CHECK(plim_bpf_map_erase(map, &key) == (at < count ? 0 : -ENOENT));
			if (at < count)
				memmove(order + at, order + at + 1,
					(--count - at) * sizeof(*order));
			continue;
		}
		if (operation == 1) {
			element = plim_bpf_map_lookup(map, &key, 0);
			CHECK((element >= 0) == (at < count));
			if (at == count)
				continue;
		} else {
			CHECK(update(map, &key, &value, BPF_ANY) == 0);
		}
		if (at == count && count == 5) { /* the one used longest ago goes: the last */
			CHECK(plim_bpf_map_read(map, &order[4], &value) == -ENOENT);
			at = 4;
		} else if (at == count) {
			count++;
		}
		memmove(order + 1, order, at * sizeof(*order));
		order[0] = key;
	}
	plim_bpf_object_close(&map->object);
}

struct prefix {
	uint32_t bits;
	uint8_t bytes[2];
} __attribute__((packed));

static int covers(const struct prefix *prefix, const struct prefix *key)
{
	const unsigned a = (unsigned)prefix->bytes[0] << 8 | prefix->bytes[1];
	const unsigned b = (unsigned)key->bytes[0] << 8 | key->bytes[1];

	return prefix->bits <= key->bits && (a ^ b) >> (16 - prefix->bits) == 0;
}

/* LPM: the model looks at all prefixes. Few bits are random, so that prefixes meet often. */
static void test_lpm(void)
{
	enum { ROOM = 24 };
	struct plim_bpf_map *map = make(BPF_MAP_TYPE_LPM_TRIE, sizeof(struct prefix), 4, ROOM);
	struct prefix model[ROOM];
	uint32_t values[ROOM], count = 0;

	for (uint32_t i = 0; i < 60000; i++) {
		struct prefix key = {random_below(17),
				     {(uint8_t)(random_below(4) << 6 | random_below(2)),
				      (uint8_t)(random_below(4) << 3)}};
		uint32_t at = 0, best = ROOM, got = 0;
		int rc;

		while (at < count && !(model[at].bits == key.bits && covers(&model[at], &key)))
			at++;
		switch (random_below(3)) {
		case 0:
			rc = plim_bpf_map_erase(map, &key);
			CHECK(rc == (at < count ? 0 : -ENOENT));
			if (at < count) {
				model[at] = model[--count];
				values[at] = values[count];
			}
			break;
		case 1:
			rc = update(map, &key, &i, BPF_ANY);
			CHECK(rc == (at == ROOM ? -ENOSPC : 0));
			if (rc == 0) {
				model[at] = key;
				values[at] = i;
				count += at == count;
			}
			break;
		default:
			for (uint32_t m = 0; m < count; m++) {
				if (covers(&model[m], &key) &&
				    (best == ROOM || model[m].bits > model[best].bits))
					best = m;
			}
			rc = plim_bpf_map_read(map, &key, &got);
			CHECK(rc == (best < ROOM ? 0 : -ENOENT));
			CHECK(rc || got == values[best]);
		}
	}
	plim_bpf_object_close(&map->object);
}

static void test_lpm_edges(void)
{
	struct plim_bpf_map *map = make(BPF_MAP_TYPE_LPM_TRIE, sizeof(struct prefix), 4, 4);
	struct prefix key = {17, {1, 2}}, all = {0, {0, 0}}, next;
	uint32_t value = 9;

	CHECK(update(map, &key, &value, BPF_ANY) == -EINVAL);
	CHECK(plim_bpf_map_erase(map, &key) == -EINVAL);
	key.bits = UINT32_MAX;
	CHECK(plim_bpf_map_read(map, &key, &value) == -ENOENT);
	CHECK(update(map, &all, &value, BPF_EXIST) == -ENOENT);
	CHECK(update(map, &all, &value, BPF_NOEXIST) == 0);
	CHECK(update(map, &all, &value, BPF_NOEXIST) == -EEXIST);
	key.bits = 16;
	CHECK(plim_bpf_map_read(map, &key, &value) == 0 && value == 9);
	CHECK(plim_bpf_map_next_key(map, NULL, &next) == 0 && next.bits == 0);
	CHECK(plim_bpf_map_next_key(map, &next, &next) == -ENOENT);
	plim_bpf_object_close(&map->object);
}

struct reader {
	uint32_t next;
	int count;
};

static int take(void *arg, const void *record, uint32_t bytes)
{
	struct reader *reader = arg;
	uint32_t number;

	memcpy(&number, record, 4);
	CHECK(number == reader->next);
	for (uint32_t i = 4; i < bytes; i++)
		CHECK(((const uint8_t *)record)[i] == (uint8_t)number);
	reader->next++;
	reader->count++;
	return 0;
}

/* Records of all lengths through a small ring: none lost uncounted, none changed, in order. */
static void test_ring(void)
{
	struct plim_bpf_map *map = make(BPF_MAP_TYPE_RINGBUF, 0, 0, 4096);
	struct reader reader = {0, 0};
	uint32_t written = 0, lost = 0;

	CHECK(plim_bpf_ringbuf_reserve(map, 0) == NULL);
	CHECK(plim_bpf_ringbuf_reserve(map, 2041) == NULL);
	CHECK(plim_bpf_ringbuf_reserve(map, UINT64_MAX) == NULL);
	lost = 3;
	for (int i = 0; i < 50000; i++) {
		const uint32_t bytes = 4 + random_below(random_below(20) ? 100 : 2000);
		uint8_t *record = plim_bpf_ringbuf_reserve(map, bytes);

		if (!record) {
			lost++;
			plim_bpf_ringbuf_consume(map, 1 + (int)random_below(50), take, &reader);
			continue;
		}
		memset(record, (int)written, bytes);
		memcpy(record, &written, 4);
		if (random_below(5) == 0) {
			plim_bpf_ringbuf_commit(map, record, true, 0);
		} else {
			plim_bpf_ringbuf_commit(map, record, false, 0);
			written++;
		}
	}
	plim_bpf_ringbuf_consume(map, 1 << 30, take, &reader);
	CHECK(reader.next == written && plim_bpf_ringbuf_lost(map) == lost);
	CHECK(plim_bpf_ringbuf_query(map, BPF_RB_AVAIL_DATA) == 0);
	/* A record that is still open holds back those behind it. */
	uint8_t *first = plim_bpf_ringbuf_reserve(map, 4);
	uint8_t *second = plim_bpf_ringbuf_reserve(map, 4);

	memcpy(second, &written, 4);
	plim_bpf_ringbuf_commit(map, second, false, 0);
	CHECK(plim_bpf_ringbuf_consume(map, 10, take, &reader) == 0);
	plim_bpf_ringbuf_commit(map, first, true, 0);
	CHECK(plim_bpf_ringbuf_consume(map, 10, take, &reader) == 1);
	plim_bpf_object_close(&map->object);
}

static struct plim_bpf_map *shared[3];

static void *hammer(void *arg)
{
	const uint32_t slot = (uint32_t)(uintptr_t)arg;

	for (uint32_t i = 0; i < 20000; i++) {
		const uint32_t key = (i * 7 + slot) % 50;
		struct plim_bpf_map *map = shared[i % 3];
		struct prefix prefix = {key % 17, {(uint8_t)key, (uint8_t)(key * 3)}};
		const void *which = i % 3 == 2 ? (const void *)&prefix : &key;
		const uint64_t value = key;

		switch ((i >> 2) % 3) {
		case 0: plim_bpf_map_update(map, which, &value, BPF_ANY, slot); break;
		case 1: plim_bpf_map_erase(map, which); break;
		default: plim_bpf_map_lookup(map, which, slot); break;
		}
	}
	return NULL;
}

/* Four threads on the same maps; afterwards each map must still be able to take and give all. */
static void test_threads(void)
{
	pthread_t threads[4];
	uint64_t value;
	uint32_t key, left = 0;

	shared[0] = make(BPF_MAP_TYPE_HASH, 4, 8, 32);
	shared[1] = make(BPF_MAP_TYPE_LRU_HASH, 4, 8, 32);
	shared[2] = make(BPF_MAP_TYPE_LPM_TRIE, sizeof(struct prefix), 8, 32);
	for (uintptr_t i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, hammer, (void *)i);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < 2; i++) {
		while (plim_bpf_map_next_key(shared[i], NULL, &key) == 0) {
			CHECK(plim_bpf_map_read(shared[i], &key, &value) == 0 && value == key);
			CHECK(plim_bpf_map_erase(shared[i], &key) == 0);
			left++;
		}
		for (key = 0; key < 32; key++)
			CHECK(update(shared[i], &key, &value, BPF_NOEXIST) == 0);
	}
	CHECK(left > 0);
	for (int i = 0; i < 3; i++)
		plim_bpf_object_close(&shared[i]->object);
}

int main(void)
{
	host = plim_bpf_host_new();
	test_refused_shapes();
	test_array();
	test_per_thread();
	test_hash();
	test_walk();
	test_lru();
	test_lpm();
	test_lpm_edges();
	test_ring();
	test_threads();
	CHECK(plim_bpf_host_free(host) == 0);
	printf("%d checks failed\n", failed);
	return failed ? 1 : 0;
}
