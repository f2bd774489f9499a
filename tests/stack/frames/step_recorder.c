/* SPDX-License-Identifier: MIT */
/*
 * Runs a program one instruction at a time and holds what it sees against the frames that the
 * checker computed from its files: in every function, of the program and of its libraries, the
 * distance from the frame's base to the stack pointer must never be more than was computed.
 *
 * step_recorder STEPS PROGRAM [ARGUMENT...] prints a line and exits 1 if any function went deeper.
 */
#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

#include "stack/frame/frame.h"

#define MAX_MODULES 64
#define MAX_DEPTH   65536
/* All of the program's start is seen; then windows, between which it runs on its own. */
#define FIRST_STEPS      20000
#define WINDOW_STEPS     4000
#define RUN_MICROSECONDS 2000

struct module {
	struct plim_image_list list;
	struct plim_frames frames;
	uint64_t bias;
	uint64_t low;
	uint64_t high;
	uint64_t *observed; /* by function: deepest seen */
};

struct activation {
	uint32_t module;
	uint32_t function;
	uint64_t base; /* the caller's stack pointer before the call */
};

static struct module modules[MAX_MODULES];
static unsigned module_count;
static struct activation shadow[MAX_DEPTH];
static unsigned shadow_count;
static unsigned last_module;

static bool load_module(const char *path, uint64_t start, uint64_t offset)
{
	struct module *m = &modules[module_count];
	struct plim_error err;
	const struct plim_image *image;

	if (module_count == MAX_MODULES || plim_image_open(path, &m->list, &err))
		return false;
	image = m->list.images[0];
	if (plim_frames_compute(image, 0, &m->frames, &err)) {
		plim_image_list_free(&m->list);
		return false;
	}
	/* Executables that are not position-independent are where they say. */
	m->bias = start - offset;
	if (image->function_count && image->functions[0].address >= start - offset)
		m->bias = 0;
	m->low = UINT64_MAX;
	for (size_t i = 0; i < image->section_count; i++) {
		const struct plim_section *s = &image->sections[i];

		if (!(s->flags & PLIM_SECTION_EXEC))
			continue;
		m->low = s->address + m->bias < m->low ? s->address + m->bias : m->low;
		m->high = s->address + s->size + m->bias > m->high ? s->address + s->size + m->bias
								   : m->high;
	}
	m->observed = calloc(image->function_count + 1, sizeof(*m->observed));
	module_count++;
	return true;
}

/* Files are mapped from their beginning first: that line's start is the load address. */
static void load_modules(pid_t pid)
{
	char name[64];
	char line[1024];
	char last[512] = "";
	FILE *maps;

	snprintf(name, sizeof(name), "/proc/%d/maps", pid);
	maps = fopen(name, "r");
	while (maps && fgets(line, sizeof(line), maps)) {
		uint64_t start, end, offset;
		char access[8], path[512];

		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s %" SCNx64 " %*s %*s %511s", &start,
			   &end, access, &offset, path) != 5 ||
		    path[0] != '/' || strcmp(path, last) == 0)
			continue;
		strcpy(last, path);
		load_module(path, start, offset);
	}
	if (maps)
		fclose(maps);
}

static struct module *find_module(uint64_t pc)
{
	struct module *m = &modules[last_module];

	if (pc >= m->low && pc < m->high)
		return m;
	for (unsigned i = 0; i < module_count; i++) {
		if (pc >= modules[i].low && pc < modules[i].high) {
			last_module = i;
			return &modules[i];
		}
	}
	return NULL;
}

static void pop_returned(uint64_t sp)
{
	while (shadow_count && shadow[shadow_count - 1].base <= sp)
		shadow_count--;
}

static void push_entered(const struct module *m, uint32_t function, uint64_t base)
{
	if (shadow_count < MAX_DEPTH)
		shadow[shadow_count++] = (struct activation){
			.module = (uint32_t)(m - modules), .function = function, .base = base};
}

static bool is_start(const struct module *m, uint32_t function, uint64_t address)
{
	return m->list.images[0]->functions[function].address == address;
}

/* One instruction is about to run at pc with this stack pointer. */
static void observe(uint64_t pc, uint64_t sp, bool was_call)
{
	struct module *m = find_module(pc);
	struct activation *top;
	uint32_t function;

	pop_returned(sp);
	if (!m)
		return;
	function = plim_image_owner_at(m->list.images[0], pc - m->bias);
	if (function == PLIM_NONE)
		return;
	if (is_start(m, function, pc - m->bias)) {
		top = shadow_count ? &shadow[shadow_count - 1] : NULL;
		if (was_call || !top || top->base < sp + 8) {
			push_entered(m, function, sp + 8);
		} else if (top->base == sp + 8) { /* a tail call, or a loop to the start */
			top->module = (uint32_t)(m - modules);
			top->function = function;
		}
	}
	if (!shadow_count)
		return;
	top = &shadow[shadow_count - 1];
	if (&modules[top->module] != m || top->function != function)
		return;
	if (top->base - sp > m->observed[function])
		m->observed[function] = top->base - sp;
}

static bool is_call(pid_t pid, uint64_t pc)
{
	uint64_t word = (uint64_t)ptrace(PTRACE_PEEKTEXT, pid, (void *)pc, NULL);
	uint8_t b[8];
	unsigned i = 0;

	memcpy(b, &word, sizeof(b));
	while (i < 4 && (b[i] == 0xf2 || b[i] == 0xf3 || b[i] == 0x3e || b[i] == 0x67 ||
			 (b[i] & 0xf0) == 0x40))
		i++;
	return b[i] == 0xe8 || (b[i] == 0xff && (b[i + 1] >> 3 & 7) == 2);
}

static uint64_t entry_of(pid_t pid)
{
	char name[64];
	uint64_t pair[2];
	uint64_t entry = 0;
	FILE *auxv;

	snprintf(name, sizeof(name), "/proc/%d/auxv", pid);
	auxv = fopen(name, "rb");
	while (auxv && fread(pair, sizeof(pair), 1, auxv) == 1 && pair[0] != AT_NULL)
		entry = pair[0] == AT_ENTRY ? pair[1] : entry;
	if (auxv)
		fclose(auxv);
	return entry;
}

static bool run_to(pid_t pid, uint64_t address)
{
	long saved = ptrace(PTRACE_PEEKTEXT, pid, (void *)address, NULL);
	struct user_regs_struct regs;
	int status;

	ptrace(PTRACE_POKETEXT, pid, (void *)address, (void *)((saved & ~0xffL) | 0xcc));
	ptrace(PTRACE_CONT, pid, NULL, NULL);
	if (waitpid(pid, &status, 0) < 0 || !WIFSTOPPED(status) || WSTOPSIG(status) != SIGTRAP)
		return false;
	ptrace(PTRACE_POKETEXT, pid, (void *)address, (void *)saved);
	ptrace(PTRACE_GETREGS, pid, NULL, &regs);
	regs.rip = address;
	ptrace(PTRACE_SETREGS, pid, NULL, &regs);
	return true;
}

/* Lets the program run on its own for a moment: what it does later is other code. */
static bool run_freely(pid_t pid)
{
	int status;

	shadow_count = 0;
	if (ptrace(PTRACE_CONT, pid, NULL, NULL))
		return false;
	usleep(RUN_MICROSECONDS);
	kill(pid, SIGSTOP);
	return waitpid(pid, &status, 0) >= 0 && WIFSTOPPED(status);
}

static uint64_t step_all(pid_t pid, uint64_t limit)
{
	struct user_regs_struct regs;
	uint64_t last_sp = 0;
	uint64_t last_pc = 0;
	int signal = 0;
	uint64_t steps = 0;

	for (; steps < limit; steps++) {
		int status;
		bool was_call;

		if (steps >= FIRST_STEPS && steps % WINDOW_STEPS == 0 && !run_freely(pid))
			break;
		if (ptrace(PTRACE_GETREGS, pid, NULL, &regs))
			break;
		/* The stack pointer sank by a word and control went elsewhere: look what did it. */
		was_call =
			last_sp == regs.rsp + 8 && regs.rip - last_pc > 15 && is_call(pid, last_pc);
		observe(regs.rip, regs.rsp, was_call);
		last_sp = regs.rsp;
		last_pc = regs.rip;
		if (ptrace(PTRACE_SINGLESTEP, pid, NULL, (void *)(long)signal) ||
		    waitpid(pid, &status, 0) < 0 || !WIFSTOPPED(status))
			break;
		signal = WSTOPSIG(status);
		signal = signal == SIGTRAP || signal == SIGSTOP ? 0 : signal;
	}
	return steps;
}

static int report(const char *program, uint64_t steps)
{
	unsigned seen = 0, exact = 0, unbounded = 0, deeper = 0;

	for (unsigned i = 0; i < module_count; i++) {
		const struct plim_image *image = modules[i].list.images[0];

		for (size_t f = 0; f < image->function_count; f++) {
			const struct plim_frame *frame = &modules[i].frames.frames[f];
			uint64_t observed = modules[i].observed[f];

			if (!observed)
				continue;
			seen++;
			if (frame->status == PLIM_FRAME_DYNAMIC ||
			    frame->status == PLIM_FRAME_UNKNOWN) {
				unbounded++;
				continue;
			}
			exact += observed == frame->frame_bytes;
			if (observed <= frame->frame_bytes)
				continue;
			deeper++;
			printf("  %s %s at %" PRIx64 ": seen %" PRIu64 ", computed %" PRIu64
			       " (%s)\n",
			       image->path, image->functions[f].name, image->functions[f].address,
			       observed, frame->frame_bytes, plim_frame_status_name(frame->status));
		}
	}
	printf("%-28s %9" PRIu64
	       " steps  %5u functions seen  %5u to the byte  %3u dynamic  %u deeper\n",
	       program, steps, seen, exact, unbounded, deeper);
	return deeper || !seen;
}

static void start_program(char **argv)
{
	int null = open("/dev/null", O_RDWR);

	personality(ADDR_NO_RANDOMIZE);
	dup2(null, 0);
	dup2(null, 1);
	dup2(null, 2);
	setenv("LD_BIND_NOW", "1", 1);
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	execv(argv[0], argv);
	_exit(127);
}

int main(int argc, char **argv)
{
	uint64_t steps;
	cpu_set_t one;
	int status;
	pid_t pid;

	if (argc < 3) {
		fprintf(stderr, "usage: step_recorder STEPS PROGRAM [ARGUMENT...]\n");
		return 2;
	}
	/* Both on one processor: a step is two switches between them, and no wake-up elsewhere. */
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	sched_setaffinity(0, sizeof(one), &one);
	pid = fork();
	if (pid == 0)
		start_program(argv + 2);
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFSTOPPED(status) ||
	    !run_to(pid, entry_of(pid))) {
		fprintf(stderr, "step_recorder: %s cannot be run one step at a time\n", argv[2]);
		return 2;
	}
	load_modules(pid);
	steps = step_all(pid, strtoull(argv[1], NULL, 10));
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	status = report(argv[2], steps);
	for (unsigned i = 0; i < module_count; i++) {
		free(modules[i].observed);
		plim_frames_free(&modules[i].frames);
		plim_image_list_free(&modules[i].list);
	}
	return status;
}
