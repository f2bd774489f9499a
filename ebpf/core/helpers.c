/* SPDX-License-Identifier: MIT */
/*
 * The helpers every program may call. Numbers and meaning are Linux's (linux/bpf.h, enum
 * bpf_func_id). What Linux's verifier would have refused at load time (a pointer that leads
 * nowhere, a number where a map should be) ends the run with a fault.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "core/map_prog_array.h"
#include "core/map_ringbuf.h"
#include "core/printk.h"
#include "core/vm.h"

static uint64_t failed(int rc)
{
	return (uint64_t)(int64_t)rc;
}

/* The map in a register, and its number in the program; NULL with the fault set. */
static struct plim_bpf_map *map_argument(struct plim_bpf_invocation *inv, unsigned reg,
					 unsigned *number)
{
	const uint64_t index = inv->regs[reg] ^ PLIM_BPF_MAP_HANDLE;

	if (index >= inv->program->map_count) {
		plim_bpf_fault_set(inv, PLIM_BPF_FAULT_MAP, inv->regs[reg], 0);
		return NULL;
	}
	*number = (unsigned)index;
	return inv->program->maps[index];
}

/* A map with keys, and the key that r2 points to. */
static struct plim_bpf_map *keyed_map(struct plim_bpf_invocation *inv, const void **key,
				      unsigned *number)
{
	struct plim_bpf_map *map = map_argument(inv, 1, number);

	if (!map)
		goto out;
	if (map->spec.key_bytes == 0) {
		plim_bpf_fault_set(inv, PLIM_BPF_FAULT_MAP, inv->regs[1], 0);
		map = NULL;
		goto out;
	}
	*key = plim_bpf_argument(inv, inv->regs[2], map->spec.key_bytes, PLIM_BPF_READ);
	if (!*key)
		map = NULL;
out:
	return map;
}

static bool is_read_only(const struct plim_bpf_map *map)
{
	return map->region.count && map->region.span[PLIM_BPF_WRITE].high == 0;
}

static uint64_t map_lookup_elem(struct plim_bpf_invocation *inv)
{
	const void *key;
	unsigned number;
	struct plim_bpf_map *map = keyed_map(inv, &key, &number);
	int64_t element;

	if (!map)
		return 0;
	element = plim_bpf_map_lookup(map, key, inv->slot);
	if (element < 0)
		return 0;
	return plim_bpf_region_address(inv->regions, PLIM_BPF_REGION_MAP + number,
				       (uint64_t)element);
}

static uint64_t map_update_elem(struct plim_bpf_invocation *inv)
{
	const void *key, *value;
	unsigned number;
	struct plim_bpf_map *map = keyed_map(inv, &key, &number);

	if (!map)
		return 0;
	value = plim_bpf_argument(inv, inv->regs[3], map->spec.value_bytes, PLIM_BPF_READ);
	if (!value)
		return 0;
	if (is_read_only(map))
		return failed(-EPERM);
	return failed(plim_bpf_map_update(map, key, value, inv->regs[4], inv->slot));
}

static uint64_t map_delete_elem(struct plim_bpf_invocation *inv)
{
	const void *key;
	unsigned number;
	struct plim_bpf_map *map = keyed_map(inv, &key, &number);

	if (!map)
		return 0;
	if (is_read_only(map) || map->spec.type == BPF_MAP_TYPE_PROG_ARRAY)
		return failed(-EPERM);
	return failed(plim_bpf_map_erase(map, key));
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static uint64_t ktime_get_ns(struct plim_bpf_invocation *inv)
{
	(void)inv;
	return clock_ns(CLOCK_MONOTONIC);
}

static uint64_t ktime_get_boot_ns(struct plim_bpf_invocation *inv)
{
	(void)inv;
	return clock_ns(CLOCK_BOOTTIME);
}

/* Marsaglia's xorshift64 with the shifts 13, 7, 17; the upper half is the better one. */
static uint64_t get_prandom_u32(struct plim_bpf_invocation *inv)
{
	inv->random ^= inv->random << 13;
	inv->random ^= inv->random >> 7;
	inv->random ^= inv->random << 17;
	return inv->random >> 32;
}

/* Programs use the processor's number to tell contexts apart: here those are the slots. */
static uint64_t get_smp_processor_id(struct plim_bpf_invocation *inv)
{
	return inv->slot;
}

static uint64_t get_current_pid_tgid(struct plim_bpf_invocation *inv)
{
	const struct plim_bpf_task *task = inv->input->task;

	if (task)
		return (uint64_t)task->tgid << 32 | task->pid;
	return (uint64_t)(uint32_t)getpid() << 32 | (uint32_t)gettid();
}

static uint64_t get_current_uid_gid(struct plim_bpf_invocation *inv)
{
	const struct plim_bpf_task *task = inv->input->task;

	if (task)
		return (uint64_t)task->gid << 32 | task->uid;
	return (uint64_t)getgid() << 32 | getuid();
}

static uint64_t get_current_comm(struct plim_bpf_invocation *inv)
{
	const struct plim_bpf_task *task = inv->input->task;
	const uint64_t bytes = inv->regs[2];
	char name[16] = ""; /* TASK_COMM_LEN */
	char *out;

	if (bytes == 0 || bytes > UINT32_MAX)
		return failed(-EINVAL);
	out = plim_bpf_argument(inv, inv->regs[1], bytes, PLIM_BPF_WRITE);
	if (!out)
		return 0;
	if (task)
		memcpy(name, task->comm, sizeof(name));
	else
		prctl(PR_GET_NAME, name);
	name[sizeof(name) - 1] = '\0';
	memset(out, 0, bytes);
	memcpy(out, name, bytes < sizeof(name) ? bytes - 1 : sizeof(name));
	return 0;
}

static uint64_t tail_call(struct plim_bpf_invocation *inv)
{
	unsigned number;
	struct plim_bpf_map *map = map_argument(inv, 2, &number);
	struct plim_bpf_program *next = NULL;
	int rc = -EFAULT;

	if (!map)
		goto out;
	if (map->spec.type != BPF_MAP_TYPE_PROG_ARRAY) {
		plim_bpf_fault_set(inv, PLIM_BPF_FAULT_MAP, inv->regs[2], 0);
		goto out;
	}
	rc = -E2BIG;
	if (inv->tail_calls == PLIM_BPF_MAX_TAIL_CALLS)
		goto out;
	next = plim_bpf_prog_array_get(map, (uint32_t)inv->regs[3]);
	rc = -ENOENT;
	if (!next)
		goto out;
	rc = -EINVAL; /* a program of another type would misread the context */
	if (next->type != inv->program->type)
		goto out;
	inv->tail_programs[inv->tail_calls++] = next;
	inv->tail_call = true;
	rc = 0;
out:
	if (rc && next)
		plim_bpf_object_put(&next->object);
	return failed(rc);
}

static struct plim_bpf_map *ringbuf_argument(struct plim_bpf_invocation *inv)
{
	unsigned number;
	struct plim_bpf_map *map = map_argument(inv, 1, &number);

	if (map && map->spec.type != BPF_MAP_TYPE_RINGBUF) {
		plim_bpf_fault_set(inv, PLIM_BPF_FAULT_MAP, inv->regs[1], 0);
		map = NULL;
	}
	return map;
}

static uint64_t ringbuf_output(struct plim_bpf_invocation *inv)
{
	struct plim_bpf_map *map = ringbuf_argument(inv);
	const uint64_t bytes = inv->regs[3];
	const void *data;
	void *record;

	if (!map)
		return 0;
	if (bytes == 0)
		return failed(-EINVAL);
	data = plim_bpf_argument(inv, inv->regs[2], bytes, PLIM_BPF_READ);
	if (!data)
		return 0;
	record = plim_bpf_ringbuf_reserve(map, bytes);
	if (!record)
		return failed(-EAGAIN);
	memcpy(record, data, bytes);
	plim_bpf_ringbuf_commit(map, record, false, inv->regs[4]);
	return 0;
}

static uint64_t ringbuf_reserve(struct plim_bpf_invocation *inv)
{
	struct plim_bpf_map *map = ringbuf_argument(inv);
	unsigned i = 0;

	if (!map || inv->regs[3])
		return 0;
	while (i < PLIM_BPF_RECORDS && inv->records[i].map)
		i++;
	if (i == PLIM_BPF_RECORDS)
		return 0;
	inv->records[i].bytes = plim_bpf_ringbuf_reserve(map, inv->regs[2]);
	if (!inv->records[i].bytes)
		return 0;
	inv->records[i].map = map;
	plim_bpf_region_single(&inv->regions[PLIM_BPF_REGION_RECORD + i], inv->records[i].bytes, 0,
			       inv->regs[2], 1);
	return (uint64_t)(PLIM_BPF_REGION_RECORD + i) << PLIM_BPF_REGION_BITS;
}

/* A record's address is its region's first; afterwards the region is gone. */
static uint64_t finish_record(struct plim_bpf_invocation *inv, bool discard)
{
	const uint64_t address = inv->regs[1];
	const uint64_t i = (address >> PLIM_BPF_REGION_BITS) - PLIM_BPF_REGION_RECORD;

	if (i >= PLIM_BPF_RECORDS || address & PLIM_BPF_PLACE_MASK || !inv->records[i].map)
		return plim_bpf_fault_set(inv, PLIM_BPF_FAULT_RECORD, address, 0);
	plim_bpf_ringbuf_commit(inv->records[i].map, inv->records[i].bytes, discard, inv->regs[2]);
	inv->records[i].map = NULL;
	inv->regions[PLIM_BPF_REGION_RECORD + i].count = 0;
	return 0;
}

static uint64_t ringbuf_submit(struct plim_bpf_invocation *inv)
{
	return finish_record(inv, false);
}

static uint64_t ringbuf_discard(struct plim_bpf_invocation *inv)
{
	return finish_record(inv, true);
}

static uint64_t ringbuf_query(struct plim_bpf_invocation *inv)
{
	struct plim_bpf_map *map = ringbuf_argument(inv);

	return map ? plim_bpf_ringbuf_query(map, inv->regs[2]) : 0;
}

static const struct plim_bpf_helper core_helpers[] = {
	{BPF_FUNC_map_lookup_elem, "map_lookup_elem", map_lookup_elem},
	{BPF_FUNC_map_update_elem, "map_update_elem", map_update_elem},
	{BPF_FUNC_map_delete_elem, "map_delete_elem", map_delete_elem},
	{BPF_FUNC_ktime_get_ns, "ktime_get_ns", ktime_get_ns},
	{BPF_FUNC_ktime_get_boot_ns, "ktime_get_boot_ns", ktime_get_boot_ns},
	{BPF_FUNC_trace_printk, "trace_printk", plim_bpf_trace_printk},
	{BPF_FUNC_trace_vprintk, "trace_vprintk", plim_bpf_trace_vprintk},
	{BPF_FUNC_get_prandom_u32, "get_prandom_u32", get_prandom_u32},
	{BPF_FUNC_get_smp_processor_id, "get_smp_processor_id", get_smp_processor_id},
	{BPF_FUNC_get_current_pid_tgid, "get_current_pid_tgid", get_current_pid_tgid},
	{BPF_FUNC_get_current_uid_gid, "get_current_uid_gid", get_current_uid_gid},
	{BPF_FUNC_get_current_comm, "get_current_comm", get_current_comm},
	{BPF_FUNC_tail_call, "tail_call", tail_call},
	{BPF_FUNC_ringbuf_output, "ringbuf_output", ringbuf_output},
	{BPF_FUNC_ringbuf_reserve, "ringbuf_reserve", ringbuf_reserve},
	{BPF_FUNC_ringbuf_submit, "ringbuf_submit", ringbuf_submit},
	{BPF_FUNC_ringbuf_discard, "ringbuf_discard", ringbuf_discard},
	{BPF_FUNC_ringbuf_query, "ringbuf_query", ringbuf_query},
};

static const struct plim_bpf_helper *find(const struct plim_bpf_helper *helpers, size_t count,
					  int32_t id)
{
	for (size_t i = 0; i < count; i++) {
		if (helpers[i].id == (uint32_t)id)
			return &helpers[i];
	}
	return NULL;
}

const struct plim_bpf_helper *plim_bpf_helper_find(const struct plim_bpf_type *type, int32_t id)
{
	const struct plim_bpf_helper *helper = find(type->helpers, type->helper_count, id);

	return helper ? helper
		      : find(core_helpers, sizeof(core_helpers) / sizeof(core_helpers[0]), id);
}
