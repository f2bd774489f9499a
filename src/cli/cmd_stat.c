/* SPDX-License-Identifier: MIT */
/* plimsoll stat: how much of what a trace holds, what is lost, and how deep the stacks were. */
#include "cli/cli_trace.h"
#include "export/format.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define COMMAND "stat"

static const char help[] =
	"usage: plimsoll stat FILE\n\n"
	"Prints the events of each site and their rate, the bytes they take, what was lost, and "
	"for\n"
	"each thread and stack how deep the stack was when the thread logged.\n\n"
	"  -h, --help  this text\n";

/** How deep one thread was on one stack. */
struct depth {
	uint32_t tid;
	const struct plim_trace_stack *stack; /* NULL: not a declared one */
	uint32_t lowest;
	uint32_t highest;
	uint64_t events;
};

struct site_count {
	uint64_t events;
	uint64_t bytes;
	uint32_t number;
};

struct stat_run {
	struct plim_trace trace;
	struct site_count *sites; /* by number */
	uint32_t site_room;
	struct plim_list depths; /* struct depth */
	struct depth *last;      /* that the last event was counted in */
	uint64_t events;
	uint64_t bytes;
	uint64_t lost;
	uint64_t first_ns;
	uint64_t last_ns;
	bool no_memory;
};

/** A record keeps the lower half of the stack pointer: is it within the stack's lower half? */
static bool is_within(const struct plim_trace_stack *stack, uint32_t sp)
{
	uint64_t size = stack->high - stack->low;

	return size > UINT32_MAX || (uint64_t)(uint32_t)(sp - (uint32_t)stack->low) <= size;
}

/** The stack that a thread's record lies on; one that the thread itself declared comes first. */
static const struct plim_trace_stack *find_stack(const struct plim_trace *trace, uint32_t tid,
						 uint32_t sp)
{
	const struct plim_trace_stack *stacks = trace->stacks.items;
	const struct plim_trace_stack *found = NULL;

	for (size_t i = 0; i < trace->stacks.count; i++) {
		if (!is_within(&stacks[i], sp))
			continue;
		if (stacks[i].tid == tid)
			return &stacks[i];
		if (!found)
			found = &stacks[i];
	}
	return found;
}

static struct depth *find_depth(struct stat_run *run, uint32_t tid, uint32_t sp)
{
	struct depth *last = run->last;

	if (last && last->tid == tid && last->stack && is_within(last->stack, sp))
		return last;
	const struct plim_trace_stack *stack = find_stack(&run->trace, tid, sp);
	struct depth *depths = run->depths.items;

	for (size_t i = 0; i < run->depths.count; i++) {
		if (depths[i].tid == tid && depths[i].stack == stack)
			return &depths[i];
	}
	struct depth *depth = plim_list_add(&run->depths, sizeof(*depth));

	if (!depth)
		return NULL;
	*depth = (struct depth){.tid = tid, .stack = stack, .lowest = sp, .highest = sp};
	return depth;
}

static bool grow_sites(struct stat_run *run)
{
	uint32_t room = run->trace.site_room;
	struct site_count *sites = reallocarray(run->sites, room, sizeof(*sites));

	if (!sites)
		return false;
	memset(sites + run->site_room, 0, (room - run->site_room) * sizeof(*sites));
	run->sites = sites;
	run->site_room = room;
	return true;
}

static int count_event(void *context, const struct plim_event *event)
{
	struct stat_run *run = context;
	struct depth *depth = find_depth(run, event->tid, event->sp);
	uint32_t number = event->site->number;

	if (!depth || (number >= run->site_room && !grow_sites(run))) {
		run->no_memory = true;
		return -1;
	}
	run->last = depth;
	depth->events++;
	/* Wraps like the addresses do: lower is what is less far from the top of the stack. */
	uint32_t base = depth->stack ? (uint32_t)depth->stack->low : 0;

	if (event->sp - base < depth->lowest - base)
		depth->lowest = event->sp;
	if (event->sp - base > depth->highest - base)
		depth->highest = event->sp;
	run->sites[number].number = number;
	run->sites[number].events++;
	run->sites[number].bytes += event->bytes;
	run->bytes += event->bytes;
	if (!run->events++)
		run->first_ns = event->time_ns;
	run->last_ns = event->time_ns;
	return 0;
}

static int count_lost(void *context, const struct plim_lost *lost)
{
	struct stat_run *run = context;

	run->lost += lost->count;
	return 0;
}

static int compare_counts(const void *a, const void *b)
{
	const struct site_count *x = a;
	const struct site_count *y = b;

	if (x->events != y->events)
		return x->events > y->events ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

static int compare_depths(const void *a, const void *b)
{
	const struct depth *x = a;
	const struct depth *y = b;

	return x->tid < y->tid ? -1 : x->tid > y->tid;
}

static void print_summary(const struct stat_run *run, const struct plim_merge *merge)
{
	const struct plim_file_header *h = &run->trace.header;
	const char *exe = plim_trace_info(&run->trace, "exe");
	double seconds = (double)(run->last_ns - run->first_ns) / 1e9;
	const char *state = run->trace.is_live              ? "recording"
			    : h->state == PLIM_STATE_CLOSED ? "closed"
			    : h->close_ticks                ? "ended"
							    : "killed while it recorded";

	fputs("program      ", stdout);
	cli_print_text(exe ? exe : "(unknown)");
	printf(", pid %u, %s\n", h->pid, state);
	printf("mode         %s, %" PRIu64 " KiB for records in blocks of %u KiB\n",
	       h->mode == PLIM_MODE_STOP ? "stop when full" : "overwrite the oldest",
	       (uint64_t)h->block_count * h->block_bytes / 1024, h->block_bytes / 1024);
	printf("events       %" PRIu64 ", %" PRIu64 " bytes, %.6f s from the first to the last\n",
	       run->events, run->bytes, seconds);
	printf("lost         %" PRIu64 ": %" PRIu64 " overwritten, %" PRIu64 " dropped, %" PRIu64
	       " unfinished\n",
	       run->lost, h->overwritten > merge->overwritten ? h->overwritten : merge->overwritten,
	       run->lost -
		       (h->overwritten > merge->overwritten ? h->overwritten : merge->overwritten) -
		       merge->unfinished,
	       merge->unfinished);
}

static void print_sites(struct stat_run *run)
{
	double seconds = (double)(run->last_ns - run->first_ns) / 1e9;

	qsort(run->sites, run->site_room, sizeof(*run->sites), compare_counts);
	printf("\n%12s %12s %14s  site\n", "events", "events/s", "bytes");
	for (uint32_t i = 0; i < run->site_room && run->sites[i].events; i++) {
		const struct site_count *count = &run->sites[i];
		const struct plim_trace_site *site = run->trace.sites[count->number];

		printf("%12" PRIu64 " ", count->events);
		if (seconds > 0)
			printf("%12.0f ", (double)count->events / seconds);
		else
			printf("%12s ", "-");
		printf("%14" PRIu64 "  ", count->bytes);
		cli_print_text(site->provider);
		putchar('/');
		cli_print_text(site->event);
		fputs("  [", stdout);
		cli_print_text(site->function);
		putchar(' ');
		cli_print_text(site->file);
		printf(":%u]\n", site->line);
	}
}

static void print_stacks(struct stat_run *run)
{
	const struct depth *depths = run->depths.items;

	qsort(run->depths.items, run->depths.count, sizeof(struct depth), compare_depths);
	printf("\n%10s %12s %12s %12s %12s  stack\n", "thread", "events", "stack bytes", "deepest",
	       "left");
	for (size_t i = 0; i < run->depths.count; i++) {
		const struct depth *d = &depths[i];

		printf("%10u %12" PRIu64 " ", d->tid, d->events);
		if (d->stack) {
			uint64_t size = d->stack->high - d->stack->low;
			uint64_t left = (uint32_t)(d->lowest - (uint32_t)d->stack->low);

			printf("%12" PRIu64 " %12" PRIu64 " %12" PRIu64 "  %#" PRIx64 "-%#" PRIx64
			       "\n",
			       size, size - left, left, d->stack->low, d->stack->high);
		} else {
			printf("%12s %12s %12s  not declared; logged within %u bytes\n", "-", "-",
			       "-", d->highest - d->lowest);
		}
	}
}

static int stat_trace(const char *path)
{
	struct stat_run run = {.trace.fd = -1};
	const struct plim_sink sink = {count_event, count_lost, &run};
	struct plim_merge merge;
	struct plim_error err = {""};
	int status = CLI_OK;

	if (plim_trace_open(&run.trace, path, false, &err) != 0)
		return cli_error(COMMAND, "%s", err.text);
	plim_merge_open(&merge, &run.trace);
	if (plim_merge_run(&merge, &sink, false, &err) != 0) {
		status = cli_error(COMMAND, "%s: %s", path,
				   run.no_memory ? "no memory for the counts" : err.text);
	} else {
		print_summary(&run, &merge);
		if (run.events) {
			print_sites(&run);
			print_stacks(&run);
		}
		status = cli_report_damage(COMMAND, path, &run.trace, status);
	}
	plim_merge_close(&merge);
	free(run.sites);
	free(run.depths.items);
	plim_trace_close(&run.trace);
	return status;
}

int cmd_stat(int argc, char **argv)
{
	static const struct option options[] = {
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};

	for (int c; (c = getopt_long(argc, argv, ":h", options, NULL)) != -1;) {
		if (c != 'h')
			return cli_usage_error(COMMAND, "unknown option");
		fputs(help, stdout);
		return CLI_OK;
	}
	if (optind != argc - 1)
		return cli_usage_error(COMMAND, "name one trace file");
	return stat_trace(argv[optind]);
}
