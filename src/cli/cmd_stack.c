/* SPDX-License-Identifier: MIT */
/* plimsoll stack: what a binary's stack can need, and who is to blame. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/cmd_stack.h"
#include "stack/report/analysis.h"
#include "stack/report/blame.h"
#include "stack/report/diff.h"
#include "stack/report/report.h"

static const char help[] =
	"usage: plimsoll stack report BINARY... [--rules FILE] [--json] [--html FILE] [--top N]\n"
	"       plimsoll stack path BINARY... FUNCTION [--rules FILE] [--json] [--top N]\n"
	"       plimsoll stack rules BINARY... [--rules FILE]\n"
	"       plimsoll stack check BINARY... --rules FILE [--json] [--sarif FILE] [--html FILE]\n"
	"       plimsoll stack blame BINARY [FUNCTION] [--rules FILE] [--sinks REGEX] [--top N]\n"
	"       plimsoll stack diff OLD NEW [--rules FILE] [--max-growth N] [--top N]\n"
	"\n"
	"Reads compiled binaries (ELF and PE; programs, libraries, objects, archives, drivers),\n"
	"never runs them, and computes what stack every function can need in the worst case.\n"
	"\n"
	"  report  entries, deepest functions, largest frames, and what is open\n"
	"  path    the worst path of a function, a line a call\n"
	"  rules   a first rules file, with every open item as a question\n"
	"  check   every entry of the rules against its budget: status 0 if all hold, 1 if not\n"
	"  blame   what of the stack belongs to logging, by function or by statement\n"
	"  diff    which functions and entries of two builds grew\n"
	"\n"
	"  --rules FILE    budgets, and answers that no binary can give\n"
	"  --json          the answer as JSON on standard output\n"
	"  --sarif FILE    as SARIF 2.1.0, for code scanning\n"
	"  --html FILE     as one self-contained page\n"
	"  --sinks REGEX   what counts as logging, in place of the loggers that are known\n"
	"  --max-growth N  status 1 if a frame or bound grew by more than N bytes\n"
	"  --top N         lines a list shows; 0 means all of them\n"
	"\n"
	"plimsoll-stack(1) explains the numbers and the rules.\n";

static int fail(const char *verb, const char *text)
{
	char command[32];

	snprintf(command, sizeof(command), "stack %s", verb);
	return cli_error(command, "%s", text);
}

static int run(struct plim_analysis *analysis, const struct stack_options *options,
	       const char *const *paths, size_t path_count)
{
	struct plim_error err;
	const struct plim_rule *rule;
	size_t at = 0;
	int status = CLI_OK;

	if (plim_analysis_run(analysis, paths, path_count, options->rules, options->sinks, &err))
		return fail(options->verb, err.text);
	while ((rule = plim_rules_next_unused(&analysis->rules, &at))) {
		plim_rule_explain_unused(&analysis->rules, rule, &err);
		status = fail(options->verb, err.text);
	}
	return status;
}

static struct plim_report report_of(struct plim_analysis *analysis,
				    const struct stack_options *options, size_t top_default)
{
	struct plim_report report = {.graph = &analysis->cg.graph,
				     .entries = &analysis->entries,
				     .rules = options->rules,
				     .top = options->has_top ? options->top : top_default};

	report.has_colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	return report;
}

/* One of the files that --sarif and --html name; "-" is standard output. */
static int write_file(const struct stack_options *options, const char *path,
		      const struct plim_report *report,
		      int (*write)(const struct plim_report *, FILE *, struct plim_error *))
{
	struct plim_error err;
	FILE *out;
	int result;

	if (!path)
		return CLI_OK;
	if (!strcmp(path, "-"))
		return write(report, stdout, &err) ? fail(options->verb, err.text) : CLI_OK;
	out = fopen(path, "we");
	if (!out) {
		plim_error_set(&err, "%s: cannot be written: %s", path, strerror(errno));
		return fail(options->verb, err.text);
	}
	result = write(report, out, &err);
	if (fclose(out) && !result)
		result = plim_error_set(&err, "%s: cannot be written: %s", path, strerror(errno));
	return result ? fail(options->verb, err.text) : CLI_OK;
}

static int verb_report(const struct stack_options *options)
{
	struct plim_analysis analysis;
	struct plim_report report;
	struct plim_error err;
	int status = run(&analysis, options, options->paths, options->path_count);

	if (status == CLI_OK) {
		report = report_of(&analysis, options, 0);
		status = write_file(options, options->html, &report, plim_report_html);
	}
	if (status == CLI_OK && (options->is_json ? plim_report_json(&report, stdout, &err)
						  : plim_report_text(&report, stdout, &err)))
		status = fail(options->verb, err.text);
	plim_analysis_free(&analysis);
	return status;
}

/* Open items that a worst path lists before it only counts them. */
#define OPENS_SHOWN 12

static int verb_path(const struct stack_options *options)
{
	struct plim_analysis analysis;
	struct plim_entries only = {0};
	struct plim_report report;
	struct plim_error err;
	const struct plim_entry *entry = NULL;
	int64_t node = -1;
	int status = run(&analysis, options, options->paths, options->path_count - 1);

	if (status == CLI_OK) {
		node = plim_analysis_function(&analysis, options->paths[options->path_count - 1],
					      &err);
		status = node < 0 ? fail(options->verb, err.text) : CLI_OK;
	}
	for (size_t i = 0; status == CLI_OK && i < analysis.entries.count; i++) {
		if (analysis.entries.entries[i].node == node)
			entry = &analysis.entries.entries[i];
	}
	if (status == CLI_OK && !entry) {
		if (plim_entries_add(&analysis.cg.graph, (uint32_t)node, NULL, &only, &err))
			status = fail(options->verb, err.text);
		else
			entry = &only.entries[0];
	}
	if (status == CLI_OK) {
		report = report_of(&analysis, options, OPENS_SHOWN);
		for (size_t s = 0; s < entry->step_count; s++) {
			if (entry->steps[s].edge)
				plim_callgraph_locate(&analysis.cg, entry->steps[s].edge);
		}
		if (options->is_json ? plim_report_entry_json(&report, entry, stdout, &err)
				     : plim_report_path(&report, entry, stdout, &err))
			status = fail(options->verb, err.text);
	}
	plim_entries_free(&only);
	plim_analysis_free(&analysis);
	return status;
}

static int verb_rules(const struct stack_options *options)
{
	struct plim_analysis analysis;
	struct plim_report report;
	struct plim_error err;
	int status = run(&analysis, options, options->paths, options->path_count);

	if (status == CLI_OK) {
		report = report_of(&analysis, options, 0);
		if (plim_report_questions(&report, stdout, &err))
			status = fail(options->verb, err.text);
	}
	plim_analysis_free(&analysis);
	return status;
}

static bool all_pass(const struct plim_entries *entries)
{
	for (size_t i = 0; i < entries->count; i++) {
		if (entries->entries[i].verdict != PLIM_VERDICT_PASS)
			return false;
	}
	return true;
}

static int verb_check(const struct stack_options *options)
{
	struct plim_analysis analysis;
	struct plim_report report;
	struct plim_error err;
	int status;

	if (!options->rules)
		return fail(options->verb, "needs --rules FILE; 'plimsoll stack rules BINARY' "
					   "writes a first one");
	status = run(&analysis, options, options->paths, options->path_count);
	if (status == CLI_OK && analysis.entries.is_default) {
		plim_error_set(&err,
			       "%s: has no entry, so there is nothing to check; write: "
			       "entry FUNCTION budget N",
			       options->rules);
		status = fail(options->verb, err.text);
	}
	if (status == CLI_OK) {
		report = report_of(&analysis, options, OPENS_SHOWN);
		status = write_file(options, options->sarif, &report, plim_report_sarif);
	}
	if (status == CLI_OK)
		status = write_file(options, options->html, &report, plim_report_html);
	if (status == CLI_OK && options->is_json && !options->has_top)
		report.top = 0;
	if (status == CLI_OK && (options->is_json ? plim_report_json(&report, stdout, &err)
						  : plim_report_check(&report, stdout, &err)))
		status = fail(options->verb, err.text);
	if (status == CLI_OK && !all_pass(&analysis.entries))
		status = CLI_FAILED;
	plim_analysis_free(&analysis);
	return status;
}

static int verb_blame(const struct stack_options *options)
{
	struct plim_analysis analysis;
	struct plim_error err;
	int64_t node = -1;
	int status = run(&analysis, options, options->paths, 1);

	if (status == CLI_OK && options->path_count > 1) {
		node = plim_analysis_function(&analysis, options->paths[1], &err);
		status = node < 0 ? fail(options->verb, err.text) : CLI_OK;
	}
	if (status == CLI_OK) {
		uint32_t place = (uint32_t)node;

		if (plim_blame_text(&analysis.cg, node < 0 ? NULL : &place, options->top, stdout,
				    &err))
			status = fail(options->verb, err.text);
	}
	plim_analysis_free(&analysis);
	return status;
}

static int verb_diff(const struct stack_options *options)
{
	struct plim_analysis old, new;
	struct plim_diff diff = {0};
	struct plim_error err;
	int status = run(&old, options, options->paths, 1);

	memset(&new, 0, sizeof(new));
	if (status == CLI_OK)
		status = run(&new, options, options->paths + 1, 1);
	if (status == CLI_OK && plim_diff_compute(&old.cg.graph, &new.cg.graph, &diff, &err))
		status = fail(options->verb, err.text);
	if (status == CLI_OK && plim_diff_text(&diff, &old.cg.graph, &old.entries, &new.cg.graph,
					       &new.entries, options->top, stdout, &err))
		status = fail(options->verb, err.text);
	if (status == CLI_OK && options->max_growth >= 0 &&
	    (diff.largest_growth > options->max_growth || diff.newly_open)) {
		fprintf(stdout, "failed: the largest growth is %lld bytes, %lld are allowed%s\n",
			(long long)diff.largest_growth, (long long)options->max_growth,
			diff.newly_open ? ", and bounds that were numbers are open" : "");
		status = CLI_FAILED;
	}
	plim_diff_free(&diff);
	plim_analysis_free(&old);
	plim_analysis_free(&new);
	return status;
}

static const struct verb {
	const char *name;
	int (*run)(const struct stack_options *options);
	size_t least, most; /* operands */
	const char *operands;
	const char *flags; /* the first letters of the options it has */
} verbs[] = {
	{"report", verb_report, 1, SIZE_MAX, "BINARY...", "rjhtS"},
	{"path", verb_path, 2, SIZE_MAX, "BINARY... FUNCTION", "rjtS"},
	{"rules", verb_rules, 1, SIZE_MAX, "BINARY...", "rS"},
	{"check", verb_check, 1, SIZE_MAX, "BINARY... --rules FILE", "rjshtS"},
	{"blame", verb_blame, 1, 2, "BINARY [FUNCTION]", "rtS"},
	{"diff", verb_diff, 2, 2, "OLD NEW", "rtgS"},
};

static int read_number(const struct stack_options *options, const char *flag, const char *text,
		       int64_t *number)
{
	char line[160], *end;

	errno = 0;
	*number = strtoll(text, &end, 10);
	if (errno || *end || end == text || *number < 0) {
		snprintf(line, sizeof(line), "%s needs a number of bytes or lines, not '%.60s'",
			 flag, text);
		return fail(options->verb, line);
	}
	return CLI_OK;
}

static const struct option long_options[] = {
	{"rules", required_argument, NULL, 'r'},
	{"json", no_argument, NULL, 'j'},
	{"sarif", required_argument, NULL, 's'},
	{"html", required_argument, NULL, 'h'},
	{"top", required_argument, NULL, 't'},
	{"sinks", required_argument, NULL, 'S'},
	{"max-growth", required_argument, NULL, 'g'},
	{"help", no_argument, NULL, '?'},
	{NULL, 0, NULL, 0},
};

static int set_option(struct stack_options *options, int letter)
{
	int64_t number = 0;
	int status = CLI_OK;

	switch (letter) {
	case 'r': options->rules = optarg; break;
	case 'j': options->is_json = true; break;
	case 's': options->sarif = optarg; break;
	case 'h': options->html = optarg; break;
	case 'S': options->sinks = optarg; break;
	case 't':
		status = read_number(options, "--top", optarg, &number);
		/* 0 lines means all of them; the writers' own word for that is 0 as well. */
		options->top = number ? (size_t)number : SIZE_MAX;
		options->has_top = true;
		break;
	case 'g':
		status = read_number(options, "--max-growth", optarg, &options->max_growth);
		break;
	default: break;
	}
	return status;
}

static const char *option_name(int letter)
{
	for (const struct option *option = long_options; option->name; option++) {
		if (option->val == letter)
			return option->name;
	}
	return "";
}

static int bad_option(const struct verb *verb, const char *dashes, const char *name,
		      const char *what)
{
	char line[200];

	snprintf(line, sizeof(line), "%s%.80s %s; 'plimsoll stack --help' lists the options",
		 dashes, name, what);
	return fail(verb->name, line);
}

static int run_verb(const struct verb *verb, int argc, char **argv)
{
	struct stack_options options = {.verb = verb->name, .max_growth = -1};
	char line[160];
	int letter, index = 0, status;

	opterr = 0;
	optind = 1;
	while ((letter = getopt_long(argc, argv, ":", long_options, &index)) != -1) {
		const char *word = argv[optind - 1];

		if (letter == ':')
			return bad_option(verb, "", word, "needs a value");
		if (letter == '?' && !strcmp(word, "--help")) {
			fputs(help, stdout);
			return CLI_OK;
		}
		if (letter == '?')
			return bad_option(verb, "", word, "is no option");
		if (!strchr(verb->flags, letter))
			return bad_option(verb, "--", option_name(letter), "has no use here");
		status = set_option(&options, letter);
		if (status != CLI_OK)
			return status;
	}
	options.paths = (const char *const *)(argv + optind);
	options.path_count = (size_t)(argc - optind);
	if (options.path_count < verb->least || options.path_count > verb->most) {
		snprintf(line, sizeof(line), "usage: plimsoll stack %s %s", verb->name,
			 verb->operands);
		return fail(verb->name, line);
	}
	return verb->run(&options);
}

int cmd_stack(int argc, char **argv)
{
	if (argc < 2) {
		fputs(help, stderr);
		return CLI_ERROR;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		fputs(help, stdout);
		return CLI_OK;
	}
	for (size_t v = 0; v < sizeof(verbs) / sizeof(verbs[0]); v++) {
		if (!strcmp(verbs[v].name, argv[1]))
			return run_verb(&verbs[v], argc - 1, argv + 1);
	}
	return cli_error("stack",
			 "no verb '%.60s'; there are report, path, rules, check, blame and diff",
			 argv[1]);
}
