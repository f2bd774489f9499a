/* SPDX-License-Identifier: MIT */
/* plimsoll record: runs a program with its session opened from outside. */
#include "cli/cli_trace.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define COMMAND "record"

static const char help[] =
	"usage: plimsoll record [-o FILE] [-e FILTER]... [--size N] [--mode overwrite|stop] [--]\n"
	"                       PROGRAM [ARGUMENT]...\n\n"
	"Runs a program that is linked with libplimsoll and records its events.\n\n"
	"  -o, --output FILE    the trace; PROGRAM.plim in this folder if not given\n"
	"  -e, --filter FILTER  what to record; PROVIDER[/EVENT][:LEVEL][:KEYWORDS]; everything "
	"up\n"
	"                       to level info if none is given\n"
	"      --size N         bytes for records: 64K to 64G, 64M if not given\n"
	"      --mode MODE      overwrite: keep the newest events (the default);\n"
	"                       stop: keep the oldest\n"
	"  -h, --help           this text\n\n"
	"The exit status is the program's; 128 + N if signal N ended it.\n";

struct record {
	char name[PATH_MAX]; /* of the trace when none was given */
	char path[PATH_MAX]; /* absolute: the program may change its folder before it forks */
	const char *output;
	char *filters; /* comma separated, NULL for none */
	const char *size;
	const char *mode;
	char **program;
	struct stat before; /* of what the path named before; st_ino 0: nothing */
};

static volatile sig_atomic_t child_pid;

static void forward(int signal_number, siginfo_t *info, void *context)
{
	(void)context;
	/* The terminal has signalled the program itself, as one of its foreground group. */
	if (child_pid > 0 && info->si_code <= 0)
		kill((pid_t)child_pid, signal_number);
}

static void forward_signals(void)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};
	struct sigaction action = {.sa_sigaction = forward, .sa_flags = SA_SIGINFO | SA_RESTART};

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
}

static int add_filter(struct record *r, const char *text)
{
	struct plim_filter filter;
	struct plim_error err;
	size_t used = r->filters ? strlen(r->filters) + 1 : 0;

	if (plim_filter_parse(&filter, text, strlen(text), &err) != 0)
		return cli_error(COMMAND, "filter '%s': %s", text, err.text);
	if (strchr(text, ','))
		return cli_error(COMMAND, "filter '%s': a comma separates filters; use '?' for it",
				 text);
	char *longer = realloc(r->filters, used + strlen(text) + 1);

	if (!longer)
		return cli_error(COMMAND, "no memory for a filter");
	if (used)
		longer[used - 1] = ',';
	strcpy(longer + used, text);
	r->filters = longer;
	return 0;
}

/** 64K, 16M, 2G or plain bytes, as PLIMSOLL_SIZE takes it. */
static bool is_size(const char *text)
{
	char *end;

	errno = 0;
	unsigned long long value = strtoull(text, &end, 10);
	const char *units = "KMG";
	const char *unit = *end ? strchr(units, *end) : NULL;

	if (*text < '0' || *text > '9' || errno || (*end && (!unit || end[1])))
		return false;
	unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;

	return value <= PLIM_SIZE_MAX >> shift && value << shift >= PLIM_SIZE_MIN;
}

static int parse_options(struct record *r, int argc, char **argv)
{
	static const struct option options[] = {
		{"output", required_argument, NULL, 'o'}, {"filter", required_argument, NULL, 'e'},
		{"size", required_argument, NULL, 's'},   {"mode", required_argument, NULL, 'm'},
		{"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0},
	};

	/* '+': what follows the program's name is the program's. */
	for (int c; (c = getopt_long(argc, argv, "+:o:e:h", options, NULL)) != -1;) {
		switch (c) {
		case 'o': r->output = optarg; break;
		case 'e':
			if (add_filter(r, optarg) != 0)
				return CLI_ERROR;
			break;
		case 's':
			if (!is_size(optarg))
				return cli_error(COMMAND, "'%s' is not a size; give 64K to 64G",
						 optarg);
			r->size = optarg;
			break;
		case 'm':
			if (strcmp(optarg, "overwrite") != 0 && strcmp(optarg, "stop") != 0)
				return cli_error(COMMAND,
						 "'%s' is not a mode; give overwrite or stop",
						 optarg);
			r->mode = optarg;
			break;
		case 'h': fputs(help, stdout); return -1;
		case ':': return cli_usage_error(COMMAND, "an option needs a value");
		default: return cli_usage_error(COMMAND, "unknown option");
		}
	}
	if (optind >= argc)
		return cli_usage_error(COMMAND, "name the program to run");
	r->program = argv + optind;
	return 0;
}

/** Makes the trace's path, and refuses to write over what is no trace. */
static int choose_path(struct record *r)
{
	char folder[PATH_MAX] = "";
	struct plim_trace trace;
	struct plim_error err;
	const char *slash = strrchr(r->program[0], '/');

	snprintf(r->name, sizeof(r->name), "%s.plim", slash ? slash + 1 : r->program[0]);
	if (!r->output)
		r->output = r->name;
	if (r->output[0] != '/' && !getcwd(folder, sizeof(folder)))
		return cli_error(COMMAND,
				 "cannot tell this folder's path: %s; give -o a path from /",
				 strerror(errno));
	int length =
		snprintf(r->path, sizeof(r->path), "%s%s%s", folder, *folder ? "/" : "", r->output);

	if (length < 0 || (size_t)length >= sizeof(r->path))
		return cli_error(COMMAND, "the trace's path is too long; give -o a shorter one");
	if (stat(r->path, &r->before) != 0) {
		memset(&r->before, 0, sizeof(r->before));
		return 0;
	}
	if (r->before.st_size == 0 && S_ISREG(r->before.st_mode))
		return 0;
	if (plim_trace_open(&trace, r->path, false, &err) != 0)
		return cli_error(COMMAND,
				 "%s is there already and is no trace; remove it, or give "
				 "another name with -o",
				 r->path);
	bool is_live = trace.is_live;
	uint32_t pid = trace.header.pid;

	plim_trace_close(&trace);
	if (is_live)
		return cli_error(COMMAND, "process %u records to %s; give another name with -o",
				 pid, r->path);
	return 0;
}

/** In the child: sets the session's environment and becomes the program; tells why if it cannot. */
static void run_program(const struct record *r, int report)
{
	setenv("PLIMSOLL_TRACE", r->path, 1);
	if (r->filters)
		setenv("PLIMSOLL_FILTER", r->filters, 1);
	if (r->size)
		setenv("PLIMSOLL_SIZE", r->size, 1);
	if (r->mode)
		setenv("PLIMSOLL_MODE", r->mode, 1);
	execvp(r->program[0], r->program);
	int cause = errno;

	/* The parent reads it, and says it; if even that fails it sees our status. */
	if (write(report, &cause, sizeof(cause)) != sizeof(cause))
		_exit(126);
	_exit(127);
}

/** Runs the program; returns its wait status, or -1 with the line printed. */
static int run(const struct record *r)
{
	int report[2];
	int cause = 0;
	int status;

	if (pipe2(report, O_CLOEXEC) != 0) {
		cli_error(COMMAND, "cannot make a pipe: %s", strerror(errno));
		return -1;
	}
	pid_t pid = fork();

	if (pid == 0)
		run_program(r, report[1]);
	close(report[1]);
	if (pid < 0) {
		cli_error(COMMAND, "cannot start a process: %s", strerror(errno));
		close(report[0]);
		return -1;
	}
	child_pid = pid;
	forward_signals();
	if (read(report[0], &cause, sizeof(cause)) != sizeof(cause))
		cause = 0;
	close(report[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (cause) {
		cli_error(COMMAND, "cannot run %s: %s; check its name and permissions",
			  r->program[0], strerror(cause));
		return -1;
	}
	return status;
}

struct counts {
	uint64_t events;
	uint64_t lost;
};

static int count_event(void *context, const struct plim_event *event)
{
	struct counts *counts = context;

	(void)event;
	counts->events++;
	return 0;
}

static int count_lost(void *context, const struct plim_lost *lost)
{
	struct counts *counts = context;

	counts->lost += lost->count;
	return 0;
}

/** Says what the trace holds. */
static int report_trace(const struct record *r)
{
	struct counts counts = {0};
	const struct plim_sink sink = {count_event, count_lost, &counts};
	struct plim_trace trace;
	struct plim_merge merge;
	struct plim_error err;
	int status;

	if (plim_trace_open(&trace, r->path, false, &err) != 0)
		return cli_error(COMMAND, "%s", err.text);
	plim_merge_open(&merge, &trace);
	status = plim_merge_run(&merge, &sink, false, &err);
	plim_merge_close(&merge);
	if (status)
		cli_error(COMMAND, "%s: %s", r->path, err.text);
	else
		fprintf(stderr,
			"plimsoll record: %" PRIu64 " events in %s, %" PRIu64
			" lost; 'plimsoll view %s' shows them\n",
			counts.events, r->path, counts.lost, r->output);
	plim_trace_close(&trace);
	return status ? CLI_ERROR : CLI_OK;
}

/** Whether the path names another file than before the program ran: a session makes a new one. */
static bool has_new_trace(const struct record *r)
{
	struct stat after;

	if (stat(r->path, &after) != 0 || after.st_size == 0)
		return false;
	return r->before.st_ino == 0 || r->before.st_size == 0 ||
	       after.st_ino != r->before.st_ino || after.st_dev != r->before.st_dev;
}

static int record(struct record *r)
{
	int status;
	int result;

	if (choose_path(r) != 0)
		return CLI_ERROR;
	status = run(r);
	if (status < 0)
		return CLI_ERROR;
	if (has_new_trace(r))
		result = report_trace(r);
	else
		result = cli_error(
			COMMAND,
			"%s made no trace: it is not linked with libplimsoll, or runs with "
			"more rights than you; link it with -lplimsoll ('plimsoll list' "
			"shows the statements in a binary)",
			r->program[0]);
	if (WIFSIGNALED(status))
		return 128 + WTERMSIG(status);
	return WEXITSTATUS(status) ? WEXITSTATUS(status) : result;
}

int cmd_record(int argc, char **argv)
{
	struct record r = {0};
	int status = parse_options(&r, argc, argv);

	if (status == 0)
		status = record(&r);
	free(r.filters);
	return status < 0 ? CLI_OK : status;
}
