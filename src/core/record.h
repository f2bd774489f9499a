/* SPDX-License-Identifier: MIT */
/*
 * The trace file, byte by byte: what the writer lays down and a reader decodes. docs/trace-format.md
 * is the same in words. All numbers are in the writer's byte order, which the header names.
 *
 *   header page | filter | rings | metadata chunk | enable bytes | blocks | later chunks ...
 */
#ifndef PLIM_CORE_RECORD_H
#define PLIM_CORE_RECORD_H

#include <stddef.h>
#include <stdint.h>

#define PLIM_FILE_MAGIC        "PLIMSOLL" /* 8 bytes, no NUL */
#define PLIM_FILE_BYTE_ORDER   0x0a0b0c0du
#define PLIM_FILE_VERSION      1u
#define PLIM_FILE_HEADER_BYTES 4096u
#define PLIM_FILE_PAGE_BYTES   4096u

#define PLIM_MODE_OVERWRITE    0u
#define PLIM_MODE_STOP         1u

#define PLIM_STATE_SETUP       0u /* not yet complete: no reader believes it */
#define PLIM_STATE_RECORDING   1u /* or killed while it was */
#define PLIM_STATE_CLOSED      2u

#define PLIM_SIZE_MIN          (64ull << 10)
#define PLIM_SIZE_MAX          (64ull << 30)
#define PLIM_SIZE_DEFAULT      (64ull << 20)
#define PLIM_BLOCK_MIN         8192u /* blocks are aligned to it: low 13 bits of an address are 0 */
#define PLIM_BLOCK_USUAL       32768u
#define PLIM_FILTER_BYTES      4096u
#define PLIM_RING_COUNT_MAX    4096u

/* The CPU whose clock stamped the records; the frequency is in the header in any case. */
#define PLIM_CLOCK_TSC    1u
#define PLIM_CLOCK_CNTVCT 2u
#define PLIM_CLOCK_RDTIME 3u
/** Set with one of the above when the kernel does not vouch for a constant, synchronised clock. */
#define PLIM_CLOCK_UNSTABLE 0x100u

struct plim_file_header {
	char magic[8];
	uint32_t byte_order;
	uint32_t version;
	uint64_t file_bytes; /* as created; later chunks lie beyond */
	uint32_t state;      /* PLIM_STATE_*; stored last when the file is set up */
	uint32_t mode;
	uint32_t block_bytes;
	uint32_t block_count;
	uint32_t ring_count;
	uint32_t clock; /* PLIM_CLOCK_* */
	uint64_t filter_offset;
	uint64_t rings_offset;
	uint64_t metadata_offset; /* the first struct plim_chunk */
	uint64_t blocks_offset;
	uint64_t clock_hz;   /* as measured when the session opened */
	uint64_t open_ticks; /* the clock and UTC at the same instant, at open */
	uint64_t open_utc_ns;
	uint64_t close_ticks; /* and at close; 0 if the program was killed */
	uint64_t close_utc_ns;
	uint8_t boot_id[16]; /* so that a reader on the same boot can relate the clocks itself */
	uint32_t pid;
	uint32_t reserved;
	uint8_t pad0[1024 - 144];

	/* Shared by all writers, each on cache lines of its own; changed with locked instructions. */
	uint64_t ticket; /* blocks ever handed out */
	uint8_t pad1[120];
	uint32_t serial;         /* rings ever taken */
	uint32_t pinned;         /* blocks that an unfinished statement holds */
	uint64_t overwritten;    /* records in blocks that were taken again */
	uint64_t retired_drops;  /* drops of rings that were given back */
	uint64_t ringless_drops; /* statements of threads that found no ring */
	uint64_t unfinished; /* unfinished records in blocks that were taken again all the same */
	uint8_t pad2[4096 - 1024 - 168];
};

/*
 * A ring belongs to one thread at a time. The fields before `tid` are of use to the writing process
 * alone (addresses); a reader takes `tid`, `serial` and `drops`.
 */
struct plim_ring {
	uint64_t owner;   /* the thread pointer of the thread, 0 if free */
	uint64_t current; /* the block written to: its address | ticket << 48 */
	uint64_t left;    /* a `current` that a dead thread did not give up */
	uint64_t stage;   /* address of this ring's staging slots */
	uint64_t stage_top;
	uint32_t tid;
	uint32_t serial; /* identifies the ring's turn with this thread; blocks carry it */
	uint64_t drops;  /* statements of this thread that were not recorded */
	uint64_t stage_turn;
	uint64_t advances; /* moves to another block that have begun and not ended */
	uint64_t pad[7];
};

/*
 * A block is a run of records of one ring. `ticket` is 0 while the block is being made ready and
 * is stored last. Records start behind this header, each at a multiple of 8, and follow each other
 * without a gap up to a free word: one whose low 13 bits are 0. (It holds the `current` of the ring,
 * so that only this ring, and only in this turn of the block, can reserve there.)
 */
struct plim_block {
	uint64_t ticket;
	uint32_t owner; /* 0 free, else PLIM_OWNER_* flags and the ring's index + 1 */
	uint32_t tid;
	uint32_t used; /* a hint, never too high: records before `used` are `count` */
	uint32_t count;
	uint32_t committed;    /* how many of them are finished */
	uint32_t limit;        /* block_bytes */
	uint64_t first_record; /* records of this ring before this block */
	uint64_t drops_before; /* the ring's drops when the block was opened */
	uint32_t serial;       /* the ring's */
	uint32_t sealed_count; /* records in all, once the block is left */
	uint64_t one_record;   /* 1 << 32: what a record adds to `used` and `count` as one word */
};

#define PLIM_OWNER_SEALED 0x80000000u /* its ring has moved on */
#define PLIM_OWNER_PINNED 0x40000000u /* and it holds a statement that has not finished */
#define PLIM_OWNER_INDEX  0x0000ffffu

/*
 * A record: this header, the fixed slots of the fields without padding, then the measured bytes of
 * strings and blobs in order, then padding to a multiple of 8. Bit 0 of `header` is stored last.
 */
struct plim_record {
	uint32_t header; /* site number << 13 | size in 8-byte units << 1 | finished */
	uint32_t sp;     /* low half of the stack pointer at the statement */
	uint64_t ticks;  /* the clock */
};

#define PLIM_RECORD_FINISHED   1u
#define PLIM_RECORD_SIZE_MASK  0x1ffeu /* in header: bytes / 4 */
#define PLIM_RECORD_SITE_SHIFT 13
#define PLIM_RECORD_BYTES_MAX  (0xfffu * 8)
#define PLIM_SITE_COUNT_MAX    (1u << 19)
/** Site 0 is no site: the rest of a block that was left, only 8 bytes of header for certain. */
#define PLIM_SITE_PAD 0u

static inline uint32_t plim_record_bytes(uint32_t header)
{
	return (header & PLIM_RECORD_SIZE_MASK) << 2;
}

/* The 2-byte slot of a measured field. */
#define PLIM_LENGTH_NULL 0xffffu
#define PLIM_LENGTH_CUT  0x8000u
#define PLIM_LENGTH_MASK 0x7fffu

/*
 * Metadata: chunks of entries. `used` is stored after the entries it covers; `next` (a file offset)
 * after the chunk it leads to is complete. An entry starts at a multiple of 8.
 */
struct plim_chunk {
	uint64_t next;
	uint32_t bytes; /* of the chunk, this header included */
	uint32_t used;  /* of those */
};

struct plim_entry {
	uint32_t type;  /* PLIM_ENTRY_* */
	uint32_t bytes; /* this header included, a multiple of 8 */
};

#define PLIM_ENTRY_INFO     1u /* key NUL value NUL */
#define PLIM_ENTRY_MODULE   2u
#define PLIM_ENTRY_PROVIDER 3u
#define PLIM_ENTRY_SITE     4u
#define PLIM_ENTRY_ENUM     5u
#define PLIM_ENTRY_STACK    6u

struct plim_entry_module {
	struct plim_entry entry;
	uint32_t number;
	uint32_t site_count;
	uint64_t enable_offset; /* in the file; whole pages */
	uint64_t enable_bytes;
	char text[]; /* path NUL build id in hexadecimal NUL */
};

struct plim_entry_provider {
	struct plim_entry entry;
	uint32_t number;
	uint8_t guid[16];
	char name[]; /* NUL */
};

struct plim_entry_site {
	struct plim_entry entry;
	uint32_t number;
	uint32_t module;
	uint32_t provider;
	uint32_t line;
	uint64_t keyword;
	uint64_t enable_offset; /* of its enable byte, in the file: 0 off, 1 on */
	uint8_t level;
	uint8_t type;
	uint8_t field_count;
	uint8_t reserved[5];
	uint8_t kinds[16];
	uint32_t enums[16]; /* for a field of kind ENUM the number of its table, else 0 */
	char text[];        /* event, function, file, then the field names, each with its NUL */
};

struct plim_entry_enum {
	struct plim_entry entry;
	uint32_t number;
	uint32_t count;
	/* count times: int64_t value; then the names in order, each with its NUL */
	int64_t values[];
};

struct plim_entry_stack {
	struct plim_entry entry;
	uint64_t low;
	uint64_t high;
	uint32_t tid; /* that declared it */
	uint32_t reserved;
};

#endif
