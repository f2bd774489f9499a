/* SPDX-License-Identifier: MIT */
/* The list of captures: files as named, directories searched for *.pcap and *.pcapng. */
#include "flow_capture.h"
#include "flow_log.h"

#include <errno.h>
#include <fnmatch.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int append(struct flow_files *files, const char *path, bool is_named)
{
	char **paths = realloc(files->paths, (files->count + 1) * sizeof(*paths));
	bool *named;

	if (!paths)
		return -ENOMEM;
	files->paths = paths;
	named = realloc(files->is_named, (files->count + 1) * sizeof(*named));
	if (!named)
		return -ENOMEM;
	files->is_named = named;
	paths[files->count] = strdup(path);
	if (!paths[files->count])
		return -ENOMEM;
	named[files->count++] = is_named;
	return 0;
}

/* The same order on every file system. */
static int by_name(const FTSENT **left, const FTSENT **right)
{
	return strcmp((*left)->fts_name, (*right)->fts_name);
}

static int append_tree(struct flow_files *files, const char *directory)
{
	char *roots[] = {(char *)(uintptr_t)directory, NULL};
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	size_t before = files->count;
	int status = 0;
	FTSENT *entry;

	if (!tree)
		return -errno;
	while (!status && (entry = fts_read(tree))) {
		if (entry->fts_info == FTS_F && (!fnmatch("*.pcap", entry->fts_name, 0) ||
						 !fnmatch("*.pcapng", entry->fts_name, 0)))
			status = append(files, entry->fts_path, false);
	}
	fts_close(tree);
	PLIM_LOG(flow_capture, PLIM_INFO, FLOW_FILE, "directory_searched",
		 PLIM_STR("path", directory), PLIM_U64("captures", files->count - before));
	if (!status && files->count == before)
		status = -ENOENT;
	return status;
}

int flow_files_add(struct flow_files *files, const char *path)
{
	struct stat status;

	if (stat(path, &status))
		return -errno;
	return S_ISDIR(status.st_mode) ? append_tree(files, path) : append(files, path, true);
}

void flow_files_free(struct flow_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		free(files->paths[i]);
	free(files->paths);
	free(files->is_named);
	memset(files, 0, sizeof(*files));
}
