/* SPDX-License-Identifier: MIT */
#include "kernel_bpf.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "insn_macros.h"

int kernel_bpf_load(const struct plim_bpf_insn *insns, uint32_t count, char *log,
		    uint32_t log_bytes)
{
	union bpf_attr attr;
	long fd;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_XDP;
	attr.insns = (uintptr_t)insns;
	attr.insn_cnt = count;
	attr.license = (uintptr_t) "GPL";
	fd = syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
	if (fd < 0 && log) {
		attr.log_buf = (uintptr_t)log;
		attr.log_size = log_bytes;
		attr.log_level = 1;
		fd = syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
	}
	return fd < 0 ? -errno : (int)fd;
}

int kernel_bpf_run(int fd, void *packet, uint32_t bytes, uint32_t repeat, uint32_t *result,
		   uint32_t *duration_ns)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.test.prog_fd = (uint32_t)fd;
	attr.test.data_in = (uintptr_t)packet;
	attr.test.data_size_in = bytes;
	attr.test.data_out = (uintptr_t)packet;
	attr.test.data_size_out = bytes;
	attr.test.repeat = repeat;
	if (syscall(SYS_bpf, BPF_PROG_TEST_RUN, &attr, sizeof(attr)) < 0)
		return -errno;
	*result = attr.test.retval;
	if (duration_ns)
		*duration_ns = attr.test.duration;
	return 0;
}

int kernel_bpf_probe(void)
{
	static const struct plim_bpf_insn pass[] = {ALU64_K(MOV, R0, 2), EXIT};
	unsigned char packet[64] = {0};
	uint32_t result;
	int fd = kernel_bpf_load(pass, 2, NULL, 0), rc;

	if (fd < 0)
		return fd;
	rc = kernel_bpf_run(fd, packet, sizeof(packet), 1, &result, NULL);
	close(fd);
	return rc;
}
