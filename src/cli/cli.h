/* SPDX-License-Identifier: MIT */
/* What the commands share: exit statuses and how an error is said. */
#ifndef PLIM_CLI_H
#define PLIM_CLI_H

/** Exit statuses of every command. */
enum cli_status {
	CLI_OK = 0,     /* done, and the answer is good */
	CLI_FAILED = 1, /* done, and the check failed */
	CLI_ERROR = 2,  /* it could not be done */
};

/** Prints `plimsoll COMMAND: LINE` on stderr and returns CLI_ERROR. */
int cli_error(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The commands; argv[0] is the command's own name. */
int cmd_record(int argc, char **argv);
int cmd_view(int argc, char **argv);
int cmd_enable(int argc, char **argv);
int cmd_disable(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_stat(int argc, char **argv);
int cmd_export(int argc, char **argv);

#endif
