/* SPDX-License-Identifier: MIT */
#include "flow_capture.h"
#include "flow_log.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <time.h>

PLIM_PROVIDER_DEFINE(flow_capture, "FlowCapture");

#define SECOND_NS 1000000000ull
/* A longer silence than this is a damaged time stamp or another day: flows are over either way. */
#define JUMP_MAX_NS (3600 * SECOND_NS)

static uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

/* Sleeps until frame number `frames` is due. A signal ends the sleep early. */
static void keep_pace(struct flow_capture *capture)
{
	uint64_t now = clock_ns(), due;
	struct timespec sleep;

	if (!capture->rate)
		return;
	if (!capture->start_ns)
		capture->start_ns = now;
	due = capture->start_ns + capture->frames * SECOND_NS / capture->rate;
	/* Fine steps cost more than they show. */
	if (due < now + SECOND_NS / 1000)
		return;
	sleep.tv_sec = (time_t)((due - now) / SECOND_NS);
	sleep.tv_nsec = (long)((due - now) % SECOND_NS);
	nanosleep(&sleep, NULL);
}

/*
 * Moves capture time on by what lies between two frames of one capture. `*last_ns` is the time
 * stamp of the frame before, 0 for the first.
 */
static void advance_time(struct flow_capture *capture, uint64_t *last_ns, uint64_t stamp_ns)
{
	if (*last_ns && stamp_ns < *last_ns) {
		PLIM_LOG(flow_capture, PLIM_WARNING, FLOW_FILE, "time_runs_back",
			 PLIM_TIME_NS("from", *last_ns), PLIM_TIME_NS("to", stamp_ns));
	} else if (*last_ns && stamp_ns - *last_ns > JUMP_MAX_NS) {
		PLIM_LOG(flow_capture, PLIM_WARNING, FLOW_FILE, "time_jumps",
			 PLIM_TIME_NS("from", *last_ns), PLIM_TIME_NS("to", stamp_ns));
		capture->now_ns += JUMP_MAX_NS;
	} else if (*last_ns) {
		capture->now_ns += stamp_ns - *last_ns;
	}
	*last_ns = stamp_ns;
}

static void deal(struct flow_capture *capture, const struct flow_frame *frame)
{
	struct flow_packet packet;
	enum flow_verdict verdict = flow_packet_decode(&packet, frame);
	struct flow_worker *worker;

	capture->frames++;
	capture->wire_bytes += frame->wire;
	capture->verdicts[verdict]++;
	if (verdict != FLOW_TRACKED)
		return;
	packet.time_ns = capture->now_ns;
	/* The table uses the low bits. */
	worker = &capture->workers[(packet.hash >> 16) % capture->worker_count];
	PLIM_LOG(flow_capture, PLIM_VERBOSE, FLOW_QUEUE, "dealt",
		 PLIM_U64("frame", capture->frames), PLIM_U32("worker", worker->number),
		 PLIM_HEX32("hash", packet.hash));
	flow_worker_give(worker, &packet);
}

/* The time stamp as it lies in the file: libpcap passes on what no clock ever showed. */
static uint64_t stamp_of(const struct pcap_pkthdr *header)
{
	uint64_t seconds = (uint32_t)header->ts.tv_sec;
	uint64_t nanoseconds = (uint32_t)header->ts.tv_usec;

	return seconds * SECOND_NS + (nanoseconds < SECOND_NS ? nanoseconds : SECOND_NS - 1);
}

static int read_frames(struct flow_capture *capture, pcap_t *pcap)
{
	struct flow_frame frame = {.link_type = pcap_datalink(pcap)};
	struct pcap_pkthdr *header;
	uint64_t last_ns = 0;
	int result = 1;

	while (!*capture->stop && (result = pcap_next_ex(pcap, &header, &frame.bytes)) == 1) {
		frame.captured = header->caplen;
		frame.wire = header->len;
		keep_pace(capture);
		advance_time(capture, &last_ns, stamp_of(header));
		deal(capture, &frame);
	}
	return result == PCAP_ERROR ? -EIO : 0;
}

int flow_capture_read(struct flow_capture *capture, const char *path)
{
	char message[PCAP_ERRBUF_SIZE] = "";
	uint64_t before = capture->frames;
	pcap_t *pcap;
	int link_type;

	PLIM_ENTER(flow_capture);
	capture->captures++;
	pcap = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, message);
	if (!pcap) {
		/* libpcap puts the file's name before some of its messages. */
		snprintf(capture->why, sizeof(capture->why), "%s", message);
		PLIM_FAIL_GOTO(flow_capture, damaged, "pcap_open_offline",
			       PLIM_STR("why", message));
	}
	link_type = pcap_datalink(pcap);
	PLIM_LOG(flow_capture, PLIM_INFO, FLOW_FILE, "capture_opened", PLIM_STR("path", path),
		 PLIM_I32("link_type", link_type), PLIM_I32("snapshot_bytes", pcap_snapshot(pcap)));
	if (!flow_link_is_known(link_type)) {
		snprintf(capture->why, sizeof(capture->why), "link type %d is not one of ours",
			 link_type);
		PLIM_FAIL_GOTO(flow_capture, damaged, "link_type", PLIM_I32("number", link_type));
	}
	if (read_frames(capture, pcap)) {
		snprintf(capture->why, sizeof(capture->why), "%s", pcap_geterr(pcap));
		PLIM_FAIL_GOTO(flow_capture, damaged, "pcap_next", PLIM_STR("why", capture->why));
	}
	PLIM_LOG(flow_capture, PLIM_INFO, FLOW_FILE, "capture_read", PLIM_STR("path", path),
		 PLIM_U64("frames", capture->frames - before));
	pcap_close(pcap);
	PLIM_RETURN(flow_capture, int, 0);

damaged:
	capture->damaged++;
	if (pcap)
		pcap_close(pcap);
	PLIM_RETURN(flow_capture, int, -EIO);
}
