/* SPDX-License-Identifier: MIT */
/*
 * The ring protocol as a model, run through every interleaving: a writer whose signal handler comes
 * at any moment, and a second thread that takes the file's blocks meanwhile. docs/ring-model.md says
 * what a step is and what is left out. `ring_model MISTAKE` makes a known mistake and must fail.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCKS     3
#define SLOTS      3
#define CONTEXTS   3 /* thread 0, its signal handler, thread 1 */
#define TRIES      (2 * BLOCKS)
#define TABLE_SIZE (1u << 23)

enum { OUTER, HANDLER, OTHER };
/* A word: free for a turn of the block (1 + ticket), or one of these. */
enum { PAD = 0x40, UNFINISHED = 0x80, FINISHED = 0xc0 };
enum { SEALED = 0x80 };

enum step {
	LOAD,
	USED,
	TRY,
	HINT,
	FINISH,
	COUNT,
	PADDING,
	TICKET,
	OWNER,
	EMPTY,
	INSTALL,
	MOVE,
	LEAVE,
	DONE
};

struct context {
	uint8_t step, left; /* records to log */
	uint8_t block, turn, used, at;
	uint8_t next, next_turn, seen, tries, count;
};

struct state {
	struct {
		uint8_t words[SLOTS], used, committed, count, owner;
	} blocks[BLOCKS];
	struct {
		uint8_t block, turn;
	} rings[2];
	struct context contexts[CONTEXTS];
	uint8_t ticket, handler_came;
};

static struct state *table;
static uint8_t *is_taken;
static uint32_t *queue;
static uint32_t queued;
static bool mistake;

static unsigned int ring_of(unsigned int who)
{
	return who == OTHER;
}

static void add(const struct state *state)
{
	uint64_t hash = 14695981039346656037ull; /* FNV-1a */

	for (size_t i = 0; i < sizeof(*state); i++)
		hash = (hash ^ ((const uint8_t *)state)[i]) * 1099511628211ull;
	for (uint32_t at = hash % TABLE_SIZE;; at = (at + 1) % TABLE_SIZE) {
		if (!is_taken[at]) {
			is_taken[at] = 1;
			table[at] = *state;
			queue[queued++] = at;
			if (queued > TABLE_SIZE / 10 * 9) {
				fprintf(stderr, "too many states\n");
				exit(2);
			}
			return;
		}
		if (!memcmp(&table[at], state, sizeof(*state)))
			return;
	}
}

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "after %u states: %s\n", queued, what);
	exit(1);
}

/* A reservation: the word must be free in the turn that the writer began with. */
static void try_reserve(struct state *s, unsigned int who)
{
	struct context *c = &s->contexts[who];
	uint8_t *word = &s->blocks[c->block].words[c->used];
	uint8_t turn = mistake && s->rings[ring_of(who)].block == c->block
			       ? s->rings[ring_of(who)].turn
			       : c->turn;

	if (*word == turn) {
		*word = (uint8_t)(UNFINISHED + who);
		c->step = HINT;
	} else if (*word >= PAD) {
		c->used++;
		c->step = c->used < SLOTS ? TRY : PADDING;
		c->at = c->used;
	} else {
		c->step = LOAD;
	}
}

static void pad(struct state *s, struct context *c)
{
	uint8_t *word = &s->blocks[c->block].words[c->at];

	if (c->at >= SLOTS) {
		c->tries = 0;
		c->step = TICKET;
	} else if (*word == c->turn) {
		*word = PAD;
		c->at = SLOTS;
	} else if (*word >= PAD) {
		c->at++;
	} else {
		c->step = LOAD;
	}
}

static void take(struct state *s, struct context *c)
{
	uint8_t owner = s->blocks[c->next].owner;

	c->step = TICKET;
	if (owner == c->seen && (!owner || owner & SEALED)) {
		s->blocks[c->next].owner = c->count; /* whose ring: see TICKET */
		c->at = 0;
		c->step = EMPTY;
	}
}

static void finish(struct state *s, unsigned int who)
{
	struct context *c = &s->contexts[who];
	uint8_t *word = &s->blocks[c->block].words[c->used];

	must(*word == UNFINISHED + who, "a record was overwritten before it was finished");
	for (unsigned int i = 0; i < c->used; i++)
		must(s->blocks[c->block].words[i] >= PAD, "a record lies behind free room");
	*word = FINISHED;
	c->step = COUNT;
}

static void step(struct state *s, unsigned int who)
{
	struct context *c = &s->contexts[who];
	unsigned int ring = ring_of(who);

	switch (c->step) {
	case LOAD:
		c->block = s->rings[ring].block;
		c->turn = s->rings[ring].turn;
		c->step = USED;
		break;
	case USED:
		c->used = c->at = s->blocks[c->block].used;
		c->step = c->used < SLOTS ? TRY : PADDING;
		break;
	case TRY: try_reserve(s, who); break;
	case HINT:
		s->blocks[c->block].used = (uint8_t)(c->used + 1);
		c->step = FINISH;
		break;
	case FINISH: finish(s, who); break;
	case COUNT:
		s->blocks[c->block].committed++;
		c->step = --c->left ? LOAD : DONE;
		break;
	case PADDING: pad(s, c); break;
	case TICKET:
		c->count = (uint8_t)(1 + ring);
		if (c->tries++ == TRIES) { /* dropped and counted */
			c->step = --c->left ? LOAD : DONE;
			break;
		}
		c->next = s->ticket % BLOCKS;
		c->next_turn = ++s->ticket;
		c->step = OWNER;
		break;
	case OWNER:
		c->seen = s->blocks[c->next].owner;
		if (c->seen && (!(c->seen & SEALED) ||
				s->blocks[c->next].committed != s->blocks[c->next].count))
			c->step = TICKET;
		else
			take(s, c);
		break;
	case EMPTY:
		s->blocks[c->next].words[c->at++] = c->next_turn;
		c->step = c->at < SLOTS ? EMPTY : INSTALL;
		break;
	case INSTALL:
		s->blocks[c->next].used = s->blocks[c->next].committed = 0;
		c->step = MOVE;
		break;
	case MOVE:
		if (s->rings[ring].block == c->block && s->rings[ring].turn == c->turn) {
			s->rings[ring].block = c->next;
			s->rings[ring].turn = c->next_turn;
			c->step = LEAVE;
		} else {
			s->blocks[c->next].owner = 0;
			c->step = LOAD;
		}
		break;
	case LEAVE:
		s->blocks[c->block].count = 0;
		for (unsigned int i = 0; i < SLOTS; i++)
			s->blocks[c->block].count += s->blocks[c->block].words[i] >= UNFINISHED;
		s->blocks[c->block].owner |= SEALED;
		c->step = LOAD;
		break;
	default: break;
	}
}

static bool can_run(const struct state *s, unsigned int who)
{
	if (who == HANDLER)
		return s->contexts[HANDLER].step != DONE && s->contexts[OUTER].step != DONE;
	/* A handler that has come runs to its end before its thread goes on. */
	if (who == OUTER && s->handler_came && s->contexts[HANDLER].step != DONE)
		return false;
	return s->contexts[who].step != DONE && s->ticket < PAD - 1;
}

static void check_end(const struct state *s)
{
	for (unsigned int i = 0; i < BLOCKS; i++) {
		for (unsigned int j = 0; j < SLOTS; j++)
			must(s->blocks[i].words[j] < UNFINISHED ||
				     s->blocks[i].words[j] == FINISHED,
			     "an unfinished record remains");
	}
}

int main(int argc, char **argv)
{
	struct state first;

	(void)argv;
	mistake = argc > 1;
	table = calloc(TABLE_SIZE, sizeof(*table));
	is_taken = calloc(TABLE_SIZE, 1);
	queue = calloc(TABLE_SIZE, sizeof(*queue));
	if (!table || !is_taken || !queue)
		return 2;
	memset(&first, 0, sizeof(first));
	first.contexts[OUTER].left = 3;
	first.contexts[HANDLER].left = 5; /* from the last word of a block, once round, and one */
	first.contexts[OTHER].left = 4;
	for (uint8_t ring = 0; ring < 2; ring++) { /* each ring has a block to begin with */
		first.rings[ring].block = ring;
		first.rings[ring].turn = ++first.ticket;
		first.blocks[ring].owner = (uint8_t)(1 + ring);
		memset(first.blocks[ring].words, first.ticket, SLOTS);
	}
	add(&first);
	for (uint32_t at = 0; at < queued; at++) {
		bool ends = true;

		for (unsigned int who = 0; who < CONTEXTS; who++) {
			struct state next = table[queue[at]];

			if (!can_run(&next, who))
				continue;
			ends = false;
			next.handler_came |= who == HANDLER;
			step(&next, who);
			add(&next);
		}
		if (ends)
			check_end(&table[queue[at]]);
	}
	printf("%u states, every one sound\n", queued);
	return 0;
}
