/* SPDX-License-Identifier: MIT */
#include "export/ctf.h"
#include "export/value.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define CTF_MAGIC    0xc1fc1fc1u /* CTF 1.8.3, section 5.1 */
#define PACKET_BYTES (256u << 10)

/* Header and context of a packet, as the metadata declares them: all fields on byte boundaries. */
struct packet_head {
	uint32_t magic;
	uint32_t stream_id;
	uint64_t timestamp_begin;
	uint64_t timestamp_end;
	uint64_t content_bits;
	uint64_t packet_bits;
	uint64_t events_discarded;
};

/* Header and context of an event: number, time, thread, stack pointer. */
#define EVENT_HEAD_BYTES 20

static bool is_empty_dir(int dir)
{
	int copy = dup(dir);
	DIR *list = copy < 0 ? NULL : fdopendir(copy);
	bool is_empty = list != NULL;

	for (struct dirent *entry; list && (entry = readdir(list));) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			is_empty = false;
	}
	if (list)
		closedir(list);
	else if (copy >= 0)
		close(copy);
	return is_empty;
}

static int write_all(int fd, const uint8_t *bytes, size_t count)
{
	while (count) {
		ssize_t done = write(fd, bytes, count);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return errno;
		bytes += done;
		count -= (size_t)done;
	}
	return 0;
}

static int end_packet(struct plim_ctf *ctf)
{
	struct packet_head head = {
		.magic = CTF_MAGIC,
		.timestamp_begin = ctf->begin_ns,
		.timestamp_end = ctf->end_ns,
		.content_bits = ctf->used * 8,
		.packet_bits = ctf->used * 8,
		.events_discarded = ctf->discarded,
	};

	memcpy(ctf->packet, &head, sizeof(head));
	ctf->error = write_all(ctf->stream, ctf->packet, ctf->used);
	ctf->used = sizeof(head);
	ctf->begin_ns = ctf->end_ns;
	ctf->has_events = false;
	return ctf->error ? -1 : 0;
}

int plim_ctf_open(struct plim_ctf *ctf, const char *dir, struct plim_trace *trace,
		  struct plim_error *err)
{
	memset(ctf, 0, sizeof(*ctf));
	ctf->trace = trace;
	ctf->stream = -1;
	if (mkdir(dir, 0777) != 0 && errno != EEXIST)
		return plim_error_set(err, "cannot make the folder %s: %s", dir, strerror(errno));
	ctf->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (ctf->dir < 0)
		return plim_error_set(err, "cannot open the folder %s: %s", dir, strerror(errno));
	if (!is_empty_dir(ctf->dir)) {
		close(ctf->dir);
		return plim_error_set(err,
				      "%s is not empty, and CTF takes every file in a folder for a "
				      "part of the trace; name a new folder",
				      dir);
	}
	ctf->stream = openat(ctf->dir, "stream", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	ctf->room = 2 * PACKET_BYTES;
	ctf->packet = malloc(ctf->room);
	if (ctf->stream < 0 || !ctf->packet) {
		plim_error_set(err, "cannot write to %s: %s", dir, strerror(errno));
		if (ctf->stream >= 0)
			close(ctf->stream);
		close(ctf->dir);
		free(ctf->packet);
		return -1;
	}
	ctf->used = sizeof(struct packet_head);
	return 0;
}

static char *put_text(char *p, const struct plim_value *value)
{
	p = plim_put_value(p, value, PLIM_STYLE_BARE);
	*p++ = '\0';
	return p;
}

static char *put_sequence(char *p, const struct plim_value *value)
{
	uint32_t step = value->field->is_array ? value->field->item_bytes : 1;
	uint16_t count = (uint16_t)(value->length / step);

	p = plim_put_bytes(p, &count, sizeof(count));
	if (!plim_ctf_is_text(value->field))
		return plim_put_bytes(p, value->bytes, (size_t)count * step);
	struct plim_trace_field item_field = *value->field;

	item_field.is_array = false;
	item_field.is_measured = false;
	for (uint32_t i = 0; i < count; i++) {
		struct plim_value item = {.field = &item_field, .slot = value->bytes + i * step};

		p = put_text(p, &item);
	}
	return p;
}

static char *put_field(char *p, const struct plim_value *value)
{
	switch (plim_ctf_class(value->field)) {
	case PLIM_CTF_SEQUENCE: return put_sequence(p, value);
	case PLIM_CTF_STRING: return put_text(p, value);
	default: break;
	}
	if (value->field->kind == PLIM_K_PORT) {
		*p++ = (char)value->slot[1];
		*p++ = (char)value->slot[0];
		return p;
	}
	return plim_put_bytes(p, value->slot, value->field->item_bytes);
}

/** Room for an event; NULL without memory. */
static char *reserve(struct plim_ctf *ctf, size_t bytes)
{
	if (ctf->room - ctf->used < bytes) {
		size_t room = ctf->used + bytes + PACKET_BYTES;
		uint8_t *larger = realloc(ctf->packet, room);

		if (!larger) {
			ctf->error = ENOMEM;
			return NULL;
		}
		ctf->packet = larger;
		ctf->room = room;
	}
	return (char *)ctf->packet + ctf->used;
}

/** Times within a stream must not run backwards, and lost records are told of by their end. */
static void note_time(struct plim_ctf *ctf, uint64_t ns)
{
	if (!ctf->has_events && ctf->end_ns == 0)
		ctf->begin_ns = ns;
	if (ns > ctf->end_ns)
		ctf->end_ns = ns;
}

int plim_ctf_event(void *context, const struct plim_event *event)
{
	struct plim_ctf *ctf = context;
	struct plim_values values;
	struct plim_value value;
	size_t room = plim_values_room(event->site, event->bytes) + EVENT_HEAD_BYTES;

	if (ctf->used >= PACKET_BYTES && end_packet(ctf) != 0)
		return -1;
	char *p = reserve(ctf, room);

	if (!p)
		return -1;
	note_time(ctf, event->time_ns);
	p = plim_put_bytes(p, &event->site->number, 4);
	p = plim_put_bytes(p, &ctf->end_ns, 8);
	p = plim_put_bytes(p, &event->tid, 4);
	p = plim_put_bytes(p, &event->sp, 4);
	plim_values_start(&values, event->site, event->record);
	while (plim_values_next(&values, &value))
		p = put_field(p, &value);
	ctf->used = (size_t)((uint8_t *)p - ctf->packet);
	ctf->has_events = true;
	return 0;
}

int plim_ctf_lost(void *context, const struct plim_lost *lost)
{
	struct plim_ctf *ctf = context;

	/* The count belongs to what lies between two packets' ends, so a packet ends here. */
	if (ctf->end_ns == 0)
		note_time(ctf, lost->from_ns);
	if (end_packet(ctf) != 0)
		return -1;
	ctf->discarded += lost->count;
	note_time(ctf, lost->to_ns);
	return end_packet(ctf);
}

int plim_ctf_close(struct plim_ctf *ctf, struct plim_error *err)
{
	if (!ctf->error)
		end_packet(ctf);
	if (close(ctf->stream) != 0 && !ctf->error)
		ctf->error = errno;
	if (!ctf->error)
		ctf->error = plim_ctf_write_metadata(ctf->trace, ctf->dir);
	close(ctf->dir);
	free(ctf->packet);
	if (ctf->error)
		return plim_error_set(err, "cannot write the export: %s", strerror(ctf->error));
	return 0;
}
