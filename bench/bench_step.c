/* SPDX-License-Identifier: MIT */
/*
 * Runs a peer's program and single-steps it between its breakpoints: exact counts of instructions,
 * the lowest stack pointer below the probe (path bytes) and the probe's own frame, red zone included.
 * Prints a line a region: LABEL FLAVOUR PROBE instructions frame path text.
 */
#include <Zydis/Zydis.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define RED_ZONE 128u

struct region {
	char label[80];
	uint64_t start;
	uint64_t stop;
	uint64_t entry_sp; /* at the probe's first instruction */
	uint64_t own_low;  /* lowest byte of the probe's frame */
	uint64_t sp_low;   /* lowest stack pointer of all that ran */
	uint64_t own_sp;   /* lowest stack pointer while in the probe */
	uint64_t instructions;
};

static ZydisDecoder decoder;

static bool read_child(pid_t pid, uint64_t from, void *to, size_t bytes)
{
	struct iovec local = {to, bytes}, remote = {(void *)(uintptr_t)from, bytes};

	return process_vm_readv(pid, &local, 1, &remote, 1, 0) == (ssize_t)bytes;
}

static uint64_t register_value(const struct user_regs_struct *regs, ZydisRegister which)
{
	switch (which) {
	case ZYDIS_REGISTER_RSP: return regs->rsp;
	case ZYDIS_REGISTER_RBP: return regs->rbp;
	default: return 0;
	}
}

/* The lowest byte that the instruction touches in the red zone, or the stack pointer. */
static uint64_t lowest_touched(pid_t pid, const struct user_regs_struct *regs)
{
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
	ZydisDecodedInstruction insn;
	uint64_t lowest = regs->rsp;
	uint8_t code[15];

	if (!read_child(pid, regs->rip, code, sizeof(code)) ||
	    !ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, code, sizeof(code), &insn, operands)))
		return lowest;
	for (unsigned int i = 0; i < insn.operand_count; i++) {
		const ZydisDecodedOperand *operand = &operands[i];
		uint64_t address;

		if (operand->type != ZYDIS_OPERAND_TYPE_MEMORY ||
		    operand->mem.type != ZYDIS_MEMOP_TYPE_MEM || operand->mem.index ||
		    operand->visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN)
			continue;
		address =
			register_value(regs, operand->mem.base) + (uint64_t)operand->mem.disp.value;
		if (address < lowest && address >= regs->rsp - RED_ZONE)
			lowest = address;
	}
	return lowest;
}

static void observe(struct region *region, pid_t pid, const struct user_regs_struct *regs)
{
	if (regs->rsp < region->sp_low)
		region->sp_low = regs->rsp;
	if (regs->rip < region->start || regs->rip >= region->stop)
		return;
	if (!region->entry_sp)
		region->entry_sp = regs->rsp;
	if (regs->rsp < region->own_sp)
		region->own_sp = regs->rsp;
	uint64_t low = lowest_touched(pid, regs);

	if (low < region->own_low)
		region->own_low = low;
}

static void print_region(const struct region *region)
{
	printf("%s %llu %llu %llu %llu\n", region->label, (unsigned long long)region->instructions,
	       (unsigned long long)(region->entry_sp + 8 - region->own_low),
	       (unsigned long long)(region->own_sp - region->sp_low),
	       (unsigned long long)(region->stop - region->start));
}

/* Waits for the child to stop. Returns its signal, or -1 when it has ended. */
static int wait_stop(pid_t pid, int *status)
{
	while (waitpid(pid, status, 0) < 0) {
		if (errno != EINTR)
			return -1;
	}
	return WIFSTOPPED(*status) ? WSTOPSIG(*status) : -1;
}

static bool at_breakpoint(pid_t pid)
{
	siginfo_t info;

	return !ptrace(PTRACE_GETSIGINFO, pid, NULL, &info) && info.si_code == SI_KERNEL;
}

/* From the first breakpoint to the second. False if the child ended in between. */
static bool step_region(pid_t pid, int *status)
{
	struct region region = {.own_low = UINT64_MAX, .sp_low = UINT64_MAX, .own_sp = UINT64_MAX};
	struct user_regs_struct regs;
	uint64_t last = 0;
	int deliver = 0;

	ptrace(PTRACE_GETREGS, pid, NULL, &regs);
	region.start = regs.rsi;
	region.stop = regs.rdx;
	read_child(pid, regs.rdi, region.label, sizeof(region.label) - 1);
	for (;;) {
		int signal_number;

		ptrace(PTRACE_SINGLESTEP, pid, NULL, (void *)(intptr_t)deliver);
		signal_number = wait_stop(pid, status);
		if (signal_number < 0)
			return false;
		deliver = signal_number == SIGTRAP ? 0 : signal_number;
		if (signal_number == SIGTRAP && at_breakpoint(pid))
			break;
		ptrace(PTRACE_GETREGS, pid, NULL, &regs);
		/* A repeated string instruction traps at each turn and is one all the same. */
		region.instructions += regs.rip != last;
		last = regs.rip;
		observe(&region, pid, &regs);
	}
	print_region(&region);
	return true;
}

int main(int argc, char **argv)
{
	int status = 0, signal_number;
	pid_t pid;

	if (argc < 2) {
		fputs("bench_step: no program; give PROGRAM ARGS\n", stderr);
		return 2;
	}
	ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	pid = fork();
	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execv(argv[1], argv + 1);
		perror(argv[1]);
		_exit(2);
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal_number = wait_stop(pid, &status);
	while (signal_number >= 0) {
		int deliver = signal_number == SIGTRAP ? 0 : signal_number;

		if (signal_number == SIGTRAP && at_breakpoint(pid) && !step_region(pid, &status))
			break;
		ptrace(PTRACE_CONT, pid, NULL, (void *)(intptr_t)deliver);
		signal_number = wait_stop(pid, &status);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}
