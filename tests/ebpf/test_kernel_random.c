/* SPDX-License-Identifier: MIT */
/*
 * Random programs, run here and in the kernel over the same packet: registers, stack and packet
 * must be the same afterwards. Arguments: how many programs, and the first seed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf_fixture.h"
#include "kernel_bpf.h"
#include "random_program.h"

#define PACKET_WORDS (RANDOM_PACKET_BYTES / 8)

static char verifier_log[1 << 20];

static void print_program(const struct random_program *program, uint64_t seed)
{
	printf("seed %llu, %u instructions\n", (unsigned long long)seed, program->count);
	for (uint32_t i = 0; i < program->count; i++) {
		const struct plim_bpf_insn *insn = &program->insns[i];

		printf("%4u: %02x dst r%u src r%u off %d imm %d\n", i, insn->code, insn->dst,
		       insn->src, insn->off, insn->imm);
	}
}

/* 0 where both agree; -errno of the kernel's load or run; 1 with the difference printed. */
static int compare(struct bpf_fixture *fixture, const struct random_program *random, int fd,
		   const uint64_t *packet)
{
	uint64_t theirs[PACKET_WORDS], ours[PACKET_WORDS], result = 0;
	struct plim_error err = {""};
	struct plim_bpf_program *program;
	uint32_t kernel_result;
	int rc;

	memcpy(theirs, packet, sizeof(theirs));
	memcpy(ours, packet, sizeof(ours));
	rc = kernel_bpf_run(fd, theirs, sizeof(theirs), 1, &kernel_result, NULL);
	if (rc)
		return rc;
	program = bpf_fixture_load(fixture, random->insns, random->count, NULL, 0, &err);
	if (!program) {
		printf("we refuse what the kernel loads: %s\n", err.text);
		return 1;
	}
	rc = bpf_fixture_run(fixture, program, ours, sizeof(ours), &result);
	plim_bpf_object_close(&program->object);
	if (rc) {
		plim_bpf_fault_text(&fixture->invocation->fault, &err);
		printf("a fault here, none in the kernel: %s\n", err.text);
		return 1;
	}
	rc = (uint32_t)result != kernel_result;
	for (int i = 0; i < PACKET_WORDS; i++) {
		if (ours[i] != theirs[i]) {
			printf("%s %d: 0x%llx here, 0x%llx in the kernel\n",
			       i < 10 ? "register" : "stack slot", i < 10 ? i : i - 10,
			       (unsigned long long)ours[i], (unsigned long long)theirs[i]);
			rc = 1;
		}
	}
	return rc;
}

int main(int argc, char **argv)
{
	const uint64_t wanted = argc > 1 ? strtoull(argv[1], NULL, 0) : 1000;
	const uint64_t first = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
	const int probe = kernel_bpf_probe();
	uint64_t insns = 0;
	struct random_program random;
	struct bpf_fixture fixture;

	if (probe) {
		printf("skipped: bpf(2) cannot load and run a program here: %s\n",
		       strerror(-probe));
		return 77;
	}
	bpf_fixture_open(&fixture);
	for (uint64_t done = 0; done < wanted; done++) {
		uint64_t packet[PACKET_WORDS];
		int fd, rc;

		random.state = first + done;
		random_program_make(&random);
		random_packet_make(&random, packet);
		fd = kernel_bpf_load(random.insns, random.count, verifier_log,
				     sizeof(verifier_log));
		if (fd < 0) {
			print_program(&random, first + done);
			printf("the kernel refuses it: %s\n%s\n", strerror(-fd), verifier_log);
			return 1;
		}
		rc = compare(&fixture, &random, fd, packet);
		close(fd);
		if (rc) {
			print_program(&random, first + done);
			printf("%s\n", rc < 0 ? strerror(-rc) : "FAIL");
			return 1;
		}
		insns += random.count;
	}
	printf("%llu random programs of %llu instructions agree with the kernel\n",
	       (unsigned long long)wanted, (unsigned long long)(insns / (wanted ? wanted : 1)));
	bpf_fixture_close(&fixture);
	return 0;
}
