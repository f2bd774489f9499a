/* SPDX-License-Identifier: MIT */
#include "image/intern.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	struct entry *next;
	uint64_t hash;
	unsigned mark;
	char text[];
};

struct plim_strings {
	struct entry **buckets;
	size_t bucket_count, count;
};

struct plim_strings *plim_strings_new(void)
{
	struct plim_strings *strings = calloc(1, sizeof(*strings));

	if (!strings)
		return NULL;
	strings->bucket_count = 1024;
	strings->buckets = calloc(strings->bucket_count, sizeof(*strings->buckets));
	if (!strings->buckets) {
		free(strings);
		return NULL;
	}
	return strings;
}

void plim_strings_free(struct plim_strings *strings)
{
	if (!strings)
		return;
	for (size_t i = 0; i < strings->bucket_count; i++) {
		while (strings->buckets[i]) {
			struct entry *next = strings->buckets[i]->next;

			free(strings->buckets[i]);
			strings->buckets[i] = next;
		}
	}
	free(strings->buckets);
	free(strings);
}

/* FNV-1a, 64 bits: its offset basis and prime. */
static uint64_t hash_of(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
	return hash;
}

/* Without memory for more buckets the lists only get longer. */
static void widen(struct plim_strings *strings)
{
	size_t wanted = strings->bucket_count * 2;
	struct entry **buckets = calloc(wanted, sizeof(*buckets));

	if (!buckets)
		return;
	for (size_t i = 0; i < strings->bucket_count; i++) {
		while (strings->buckets[i]) {
			struct entry *entry = strings->buckets[i];

			strings->buckets[i] = entry->next;
			entry->next = buckets[entry->hash % wanted];
			buckets[entry->hash % wanted] = entry;
		}
	}
	free(strings->buckets);
	strings->buckets = buckets;
	strings->bucket_count = wanted;
}

const char *plim_strings_intern(struct plim_strings *strings, const char *text)
{
	uint64_t hash = hash_of(text);
	size_t length = strlen(text);
	struct entry *entry = strings->buckets[hash % strings->bucket_count];

	for (; entry; entry = entry->next) {
		if (entry->hash == hash && !strcmp(entry->text, text))
			return entry->text;
	}
	if (strings->count >= strings->bucket_count)
		widen(strings);
	entry = calloc(1, sizeof(*entry) + length + 1);
	if (!entry)
		return NULL;
	memcpy(entry->text, text, length);
	entry->hash = hash;
	entry->next = strings->buckets[hash % strings->bucket_count];
	strings->buckets[hash % strings->bucket_count] = entry;
	strings->count++;
	return entry->text;
}

bool plim_strings_mark(const char *interned, unsigned number)
{
	struct entry *entry = (struct entry *)(interned - offsetof(struct entry, text));

	if (entry->mark == number)
		return false;
	entry->mark = number;
	return true;
}
