/* SPDX-License-Identifier: MIT */
/*
 * flowwatch: tracks the TCP and UDP flows of packet captures, in threads on 16 KiB stacks, and
 * logs every decision through Plimsoll. It does not know whether anybody records that.
 */
#include "flow_log.h"
#include "flow_summary.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* golang-github-google-gopacket-dev ships real captures. */
#define DEFAULT_CAPTURES "/usr/share/gocode/src/github.com/google/gopacket"
#define WORKERS_MAX      64
#define FLOWS_PER_WORKER 4096
#define EXIT_REFUSED     2

static const char help[] =
	"usage: flowwatch [--workers N] [--loop N|forever] [--rate PPS] [--quiet] [CAPTURE]...\n\n"
	"Tracks the TCP and UDP flows of packet captures and prints a summary. CAPTURE is a file "
	"or\n"
	"a directory of *.pcap and *.pcapng; without one, the captures of Debian's package\n"
	"golang-github-google-gopacket-dev are read.\n\n"
	"  -w, --workers N         threads that track flows, 1 to 64 (default 2)\n"
	"  -l, --loop N|forever    read the captures so often (default 1)\n"
	"  -r, --rate PPS          frames a second (default: as fast as it goes)\n"
	"  -q, --quiet             no summary\n"
	"  -h, --help              this text\n\n"
	"To see its decisions: PLIMSOLL_TRACE=FILE flowwatch ..., then plimsoll view FILE.\n";

struct options {
	uint32_t workers;
	uint64_t loops; /* UINT64_MAX: forever */
	uint64_t rate;
	bool quiet;
};

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	PLIM_LOG(flow_capture, PLIM_ALWAYS, FLOW_FILE, "asked_to_stop", PLIM_I32("signal", number));
	stop = 1;
}

static int complain(const char *what, const char *why)
{
	fprintf(stderr, "flowwatch: %s: %s\n", what, why);
	return EXIT_REFUSED;
}

/* A whole decimal number from 1 to `max`, else 0. */
static uint64_t parse_count(const char *text, uint64_t max)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 10);
	return errno || *text < '0' || *text > '9' || *end || value > max ? 0 : value;
}

static int parse_options(struct options *options, int argc, char **argv)
{
	static const struct option longs[] = {
		{"workers", required_argument, NULL, 'w'}, {"loop", required_argument, NULL, 'l'},
		{"rate", required_argument, NULL, 'r'},    {"quiet", no_argument, NULL, 'q'},
		{"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0}};
	int letter;

	while ((letter = getopt_long(argc, argv, "w:l:r:qh", longs, NULL)) != -1) {
		switch (letter) {
		case 'w': options->workers = (uint32_t)parse_count(optarg, WORKERS_MAX); break;
		case 'l':
			options->loops = strcmp(optarg, "forever")
						 ? parse_count(optarg, UINT64_MAX - 1)
						 : UINT64_MAX;
			break;
		case 'r': options->rate = parse_count(optarg, 1000000000); break;
		case 'q': options->quiet = true; break;
		case 'h': fputs(help, stdout); exit(EXIT_SUCCESS);
		default: return complain("options", "'flowwatch --help' lists them");
		}
		if (!options->workers || !options->loops || !options->rate)
			return complain(optarg, "not a count that this option takes; try --help");
	}
	return 0;
}

static int find_captures(struct flow_files *files, int argc, char **argv)
{
	int status;

	if (optind == argc && flow_files_add(files, DEFAULT_CAPTURES))
		return complain(DEFAULT_CAPTURES,
				"no captures there; install "
				"golang-github-google-gopacket-dev or name a file");
	for (int i = optind; i < argc; i++) {
		status = flow_files_add(files, argv[i]);
		if (status == -ENOENT)
			return complain(argv[i], "no capture there; name a file of libpcap's");
		if (status)
			return complain(argv[i], strerror(-status));
	}
	return 0;
}

/* Reads all captures `loops` times. A damaged one that the user named is told once and counts. */
static int read_all(struct flow_capture *capture, const struct flow_files *files, uint64_t loops)
{
	int status = EXIT_SUCCESS;

	for (uint64_t loop = 0; loop < loops && !stop; loop++) {
		for (size_t i = 0; i < files->count && !stop; i++) {
			if (!flow_capture_read(capture, files->paths[i]) || !files->is_named[i])
				continue;
			if (!loop)
				complain(files->paths[i], capture->why);
			status = EXIT_REFUSED;
		}
		/* A pass in which nothing can be read would spin for ever. */
		if (!capture->frames)
			break;
	}
	return status;
}

static int run(const struct options *options, const struct flow_files *files)
{
	struct flow_worker *workers = calloc(options->workers, sizeof(*workers));
	struct flow_capture capture = {.workers = workers, .rate = options->rate, .stop = &stop};
	int status = workers ? 0 : -ENOMEM;
	int result = EXIT_REFUSED;

	if (capture.rate == UINT64_MAX)
		capture.rate = 0;
	while (!status && capture.worker_count < options->workers) {
		status = flow_worker_start(&workers[capture.worker_count], capture.worker_count + 1,
					   FLOWS_PER_WORKER);
		capture.worker_count += !status;
	}
	if (!status)
		result = read_all(&capture, files, options->loops);
	for (uint32_t i = 0; i < capture.worker_count; i++)
		flow_worker_finish(&workers[i], capture.now_ns);
	if (status)
		complain("a worker cannot start", strerror(-status));
	else if (!options->quiet)
		flow_summary_print(stdout, &capture);
	for (uint32_t i = 0; i < capture.worker_count; i++)
		flow_worker_free(&workers[i]);
	free(workers);
	return result;
}

int main(int argc, char **argv)
{
	struct options options = {.workers = 2, .loops = 1, .rate = UINT64_MAX};
	struct sigaction action = {.sa_handler = on_signal};
	struct flow_files files = {0};
	int result = parse_options(&options, argc, argv);

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	if (!result)
		result = find_captures(&files, argc, argv);
	if (!result)
		result = run(&options, &files);
	flow_files_free(&files);
	if (fflush(stdout) && !result)
		result = complain("standard output", strerror(errno));
	return result;
}
