/* SPDX-License-Identifier: MIT */
/*
 * The memory that a program sees. Addresses inside a program are not the host's: the upper 24 bits
 * name a region, the lower 40 bits a place in it, and nothing else exists. So a program cannot
 * name memory that was not given to it, however it computes, and no host address leaks into it.
 *
 * A region is a row of equal elements. In the program's addresses the elements lie 2^shift bytes
 * apart, which is always more than an element's length: between any two of them, and before and
 * after all of them, there are addresses that are refused. An access one byte outside an element is
 * therefore found in either direction, and the check needs no division.
 */
#ifndef PLIM_EBPF_MEMORY_H
#define PLIM_EBPF_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#define PLIM_BPF_REGION_BITS 40
#define PLIM_BPF_PLACE_MASK  ((UINT64_C(1) << PLIM_BPF_REGION_BITS) - 1)

enum plim_bpf_region_id {
	/* Region 0, so that a packet's addresses fit the 32-bit fields of `struct xdp_md`. */
	PLIM_BPF_REGION_PACKET = 0,
	PLIM_BPF_REGION_STACK,
	PLIM_BPF_REGION_CONTEXT,
	PLIM_BPF_REGION_SPARE,  /* for a hook's own helpers */
	PLIM_BPF_REGION_RECORD, /* reserved ring buffer records, one a region */
	PLIM_BPF_REGION_MAP = PLIM_BPF_REGION_RECORD + 8,
};
#define PLIM_BPF_RECORDS (PLIM_BPF_REGION_MAP - PLIM_BPF_REGION_RECORD)
#define PLIM_BPF_REGIONS (PLIM_BPF_REGION_MAP + 64)

/* The packet's first byte. Not 0: the lowest addresses are what a NULL pointer reaches. */
#define PLIM_BPF_PACKET_ADDRESS  UINT64_C(0x10000)
#define PLIM_BPF_CONTEXT_ADDRESS ((uint64_t)PLIM_BPF_REGION_CONTEXT << PLIM_BPF_REGION_BITS)

/* What ld_imm64 of a map gives: an address in no region, so that it cannot be followed. */
#define PLIM_BPF_MAP_HANDLE (UINT64_C(0xffff) << 48)

/* The stack: frames 1,024 bytes apart, each in the middle of its place. */
#define PLIM_BPF_STACK_SHIFT 10
#define PLIM_BPF_STACK_LOW   256

enum plim_bpf_access { PLIM_BPF_READ = 0, PLIM_BPF_WRITE = 1 };

struct plim_bpf_region {
	uintptr_t base;  /* host address of place 0 of element 0 (`low` need not be 0) */
	uint64_t count;  /* elements; 0: nothing here */
	uint64_t stride; /* distance of the elements in the host */
	uint64_t mask;   /* (1 << shift) - 1 */
	uint64_t shift;  /* log2 of the distance of the elements in the program's addresses */
	struct {
		uint32_t low, high; /* the places of an element that may be reached: [low, high) */
	} span[2];                  /* by enum plim_bpf_access */
	uint64_t unused;            /* 64 bytes, so that the one for an address is a shift away */
};
_Static_assert(sizeof(struct plim_bpf_region) == 64, "a region is found by a shift");

/**
 * One run of memory: `bytes` at `host`, seen from place `low` on; writable where asked. What lies
 * beyond place 2^32 - 2 cannot be reached.
 */
void plim_bpf_region_single(struct plim_bpf_region *region, void *host, uint32_t low,
			    uint64_t bytes, int writable);

/** `count` elements of `bytes`, `stride` apart in the host: 0, or -E2BIG for 2^40 and more. */
int plim_bpf_region_elements(struct plim_bpf_region *region, void *host, uint64_t bytes,
			     uint64_t stride, uint64_t count, int writable);

/** The program's address of an element's first byte. */
static inline uint64_t plim_bpf_region_address(const struct plim_bpf_region *regions, unsigned id,
					       uint64_t element)
{
	return ((uint64_t)id << PLIM_BPF_REGION_BITS) | element << regions[id].shift;
}

/**
 * The host's address of `bytes` at a program's address, or NULL when any of them is out of reach.
 * This is the one door to memory: the machine and every helper go through it.
 */
static inline void *plim_bpf_reach(const struct plim_bpf_region *regions, uint64_t address,
				   uint64_t bytes, enum plim_bpf_access access)
{
	const uint64_t id = address >> PLIM_BPF_REGION_BITS;
	const struct plim_bpf_region *region;
	uint64_t place, element;

	if (__builtin_expect(id >= PLIM_BPF_REGIONS, 0))
		return NULL;
	region = &regions[id];
	element = (address & PLIM_BPF_PLACE_MASK) >> region->shift;
	place = address & region->mask;
	/* place < 2^40; bytes are compared before they are added, so that nothing wraps. */
	if (__builtin_expect(element >= region->count || place < region->span[access].low ||
				     bytes > region->span[access].high ||
				     place > region->span[access].high - bytes,
			     0))
		return NULL;
	return (void *)(region->base + element * region->stride + place);
}

#endif
