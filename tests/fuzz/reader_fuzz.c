/* SPDX-License-Identifier: MIT */
/* Any bytes as a trace, through every format that events are written in. */
#include "export/ctf.h"
#include "export/format.h"
#include "export/spans.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** One pass over the trace with one format. */
static void pass(struct plim_trace *trace, const struct plim_sink *sink)
{
	struct plim_error err;
	struct plim_merge merge;

	plim_merge_open(&merge, trace);
	plim_merge_run(&merge, sink, false, &err);
	plim_merge_close(&merge);
}

static void write_formats(struct plim_trace *trace)
{
	struct plim_format text, json, csv;
	struct plim_out out;
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (null < 0 || plim_out_open(&out, null) != 0)
		abort();
	plim_text_open(&text, &out, trace, true);
	pass(trace, &(struct plim_sink){plim_text_event, plim_text_lost, &text});
	plim_format_close(&text);
	plim_json_open(&json, &out, trace);
	pass(trace, &(struct plim_sink){plim_json_event, plim_json_lost, &json});
	plim_format_close(&json);
	plim_csv_open(&csv, &out, trace);
	pass(trace, &(struct plim_sink){plim_csv_event, plim_csv_lost, &csv});
	plim_format_close(&csv);
	struct plim_spans spans;

	plim_spans_open(&spans, &out, true);
	pass(trace, &(struct plim_sink){plim_spans_event, plim_spans_lost, &spans});
	plim_spans_close(&spans);
	plim_out_close(&out);
	close(null);
}

static void write_ctf(struct plim_trace *trace)
{
	char dir[] = "/tmp/plimsoll-fuzz-XXXXXX";
	struct plim_error err;
	struct plim_ctf ctf;
	char path[64];

	if (!mkdtemp(dir))
		return;
	if (plim_ctf_open(&ctf, dir, trace, &err) == 0) {
		pass(trace, &(struct plim_sink){plim_ctf_event, plim_ctf_lost, &ctf});
		plim_ctf_close(&ctf, &err);
	}
	snprintf(path, sizeof(path), "%s/stream", dir);
	unlink(path);
	snprintf(path, sizeof(path), "%s/metadata", dir);
	unlink(path);
	rmdir(dir);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct plim_trace trace;
	struct plim_error err;
	char path[64];
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (plim_trace_open(&trace, path, false, &err) == 0) {
		write_formats(&trace);
		write_ctf(&trace);
		plim_trace_close(&trace);
	}
	close(fd);
	return 0;
}
