/* SPDX-License-Identifier: MIT */
/*
 * plimsoll enable, disable: the enable bytes of a trace's sites and its filter page, which is for
 * the modules that its program loads later. The program needs no thread or signal for it.
 */
#include "cli/cli_trace.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Another command holds the lock for as long as it takes to write a page. */
#define LOCK_TRIES    100
#define LOCK_SLEEP_NS 20000000

struct control {
	const char *command;
	bool turns_on;
	const char *path;
	const char *text;
	struct plim_filter filter;
	struct plim_trace trace;
	unsigned matching;
	unsigned changed;
};

static int lock_file(const struct control *c)
{
	const struct timespec pause = {0, LOCK_SLEEP_NS};
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};

	for (unsigned i = 0; i < LOCK_TRIES; i++) {
		if (fcntl(c->trace.fd, F_SETLK, &lock) == 0)
			return 0;
		if (errno != EACCES && errno != EAGAIN && errno != EINTR)
			break;
		nanosleep(&pause, NULL);
	}
	return cli_error(c->command, "cannot lock %s: %s; is another command changing it?", c->path,
			 strerror(errno));
}

/** Whether every event that `old` speaks of is one that `now` speaks of. */
static bool covers(const struct plim_filter *now, const struct plim_filter *old)
{
	if (strcmp(now->provider, "*") != 0 && strcmp(now->provider, old->provider) != 0)
		return false;
	if (strcmp(now->event, "*") != 0 && strcmp(now->event, old->event) != 0)
		return false;
	if (now->level < old->level)
		return false;
	if (!now->has_keywords)
		return true;
	return old->has_keywords && !(old->keywords & ~now->keywords);
}

/** Adds the filter to the page and leaves out the lines that it makes void. */
static int edit_page(const struct control *c, const char *page, char *edited)
{
	struct plim_filter filter;
	bool turns_on;
	size_t used = 0;

	for (size_t at = 0, start = 0;
	     plim_filter_page_next(page, PLIM_FILTER_BYTES, &at, &filter, &turns_on); start = at) {
		const char *line = page + at;

		/* A line that cannot be read is stepped over, so look for this one's own start. */
		do
			line--;
		while (line > page + start && line[-1] != '\n');
		size_t length = (size_t)(page + at - line);

		if (!covers(&c->filter, &filter)) {
			memcpy(edited + used, line, length);
			used += length;
		}
	}
	if (used + strlen(c->text) + 2 >= PLIM_FILTER_BYTES)
		return cli_error(
			c->command,
			"the trace's list of filters is full (%u bytes); try a filter that "
			"covers earlier ones, such as '*'",
			PLIM_FILTER_BYTES);
	edited[used++] = c->turns_on ? '+' : '-';
	memcpy(edited + used, c->text, strlen(c->text));
	edited[used + strlen(c->text)] = '\n';
	return 0;
}

static int change_page(const struct control *c)
{
	char page[PLIM_FILTER_BYTES] = {0};
	char edited[PLIM_FILTER_BYTES] = {0};
	uint64_t offset = c->trace.header.filter_offset;

	if (plim_trace_read(&c->trace, offset, page, sizeof(page)) != sizeof(page))
		return cli_error(c->command, "%s is cut short: its list of filters is not there",
				 c->path);
	if (edit_page(c, page, edited) != 0)
		return CLI_ERROR;
	if (pwrite(c->trace.fd, edited, sizeof(edited), (off_t)offset) != sizeof(edited))
		return cli_error(c->command, "cannot write to %s: %s", c->path, strerror(errno));
	return 0;
}

/** Turns one site on or off, if the filter speaks of it. */
static int change_site(struct control *c, const struct plim_trace_site *site, bool write)
{
	const char *event = site->type == PLIM_SITE_ENABLED ? NULL : site->event;
	uint8_t before = 0;
	bool on = false;

	if (!plim_filter_apply(&c->filter, c->turns_on, site->provider, event, site->level,
			       site->keyword, &on))
		return 0;
	c->matching++;
	if (!write)
		return 0;
	if (site->enable_offset < PLIM_FILE_HEADER_BYTES ||
	    plim_trace_read(&c->trace, site->enable_offset, &before, 1) != 1)
		return cli_error(c->command, "%s is damaged: %s/%s has no enable byte", c->path,
				 site->provider, site->event);
	uint8_t after = on;

	if (before == after)
		return 0;
	if (pwrite(c->trace.fd, &after, 1, (off_t)site->enable_offset) != 1)
		return cli_error(c->command, "cannot write to %s: %s", c->path, strerror(errno));
	c->changed++;
	return 0;
}

static int change_sites(struct control *c, bool write)
{
	c->matching = 0;
	for (uint32_t i = 0; i < c->trace.site_room; i++) {
		if (c->trace.sites[i] && change_site(c, c->trace.sites[i], write) != 0)
			return CLI_ERROR;
	}
	return 0;
}

static int control_trace(struct control *c)
{
	struct plim_error err;

	if (lock_file(c) != 0)
		return CLI_ERROR;
	change_sites(c, false);
	if (!c->matching)
		return cli_nothing_matches(c->command, &c->trace, c->text);
	/* First the page, then the sites there are: a module that comes between is not missed. */
	if (change_page(c) != 0)
		return CLI_ERROR;
	if (plim_trace_refresh(&c->trace, &err) != 0)
		return cli_error(c->command, "%s: %s", c->path, err.text);
	if (change_sites(c, true) != 0)
		return CLI_ERROR;
	printf("%u of %u matching site%s turned %s\n", c->changed, c->matching,
	       c->matching == 1 ? "" : "s", c->turns_on ? "on" : "off");
	if (!c->trace.is_live)
		fprintf(stderr, "plimsoll %s: note: the program of %s has ended\n", c->command,
			c->path);
	return CLI_OK;
}

static int control(struct control *c, int argc, char **argv)
{
	struct plim_error err;
	int status;

	if (argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		printf("usage: plimsoll %s FILE FILTER\n\n"
		       "Turns the recording of matching events %s, now and for modules loaded "
		       "later.\n"
		       "FILTER is PROVIDER[/EVENT][:LEVEL][:KEYWORDS], for example "
		       "'NetExt/connect_*:warning:0x3'.\n",
		       c->command, c->turns_on ? "on" : "off");
		return CLI_OK;
	}
	if (argc > 1 && argv[1][0] == '-')
		return cli_usage_error(c->command, "unknown option");
	if (argc != 3)
		return cli_usage_error(c->command, "name a trace file and a FILTER");
	c->path = argv[1];
	c->text = argv[2];
	if (plim_filter_parse(&c->filter, c->text, strlen(c->text), &err) != 0)
		return cli_error(c->command, "filter '%s': %s", c->text, err.text);
	if (plim_trace_open(&c->trace, c->path, true, &err) != 0)
		return cli_error(c->command, "%s", err.text);
	status = control_trace(c);
	plim_trace_close(&c->trace);
	return status;
}

int cmd_enable(int argc, char **argv)
{
	struct control c = {.command = "enable", .turns_on = true};

	return control(&c, argc, argv);
}

int cmd_disable(int argc, char **argv)
{
	struct control c = {.command = "disable"};

	return control(&c, argc, argv);
}
