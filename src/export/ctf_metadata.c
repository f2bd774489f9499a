/* SPDX-License-Identifier: MIT */
/* The metadata of a CTF trace: what each event is, in TSDL (CTF 1.8.3, section 7 and appendix C). */
#include "export/ctf.h"
#include "export/value.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The longest identifier; a longer name is cut, and told apart by its number. */
#define IDENTIFIER_BYTES 96

bool plim_ctf_is_text(const struct plim_trace_field *field)
{
	switch (field->kind) {
	case PLIM_K_CHAR:
	case PLIM_K_CHAR16:
	case PLIM_K_CHAR32:
	case PLIM_K_IPV4: return true;
	default: return false;
	}
}

enum plim_ctf_class plim_ctf_class(const struct plim_trace_field *field)
{
	if (field->is_array || field->kind == PLIM_K_BIN)
		return PLIM_CTF_SEQUENCE;
	if (field->is_measured || plim_ctf_is_text(field))
		return PLIM_CTF_STRING;
	return PLIM_CTF_INTEGER;
}

/** A string literal: TSDL knows \" and \\; what is not printable was escaped before. */
static void put_literal(FILE *out, const char *text)
{
	size_t bytes = strlen(text);
	char *plain = malloc(bytes * 6 + 1);

	fputc('"', out);
	if (plain) {
		char *end = plim_put_escaped(plain, text, bytes, PLIM_STYLE_BARE);

		for (const char *c = plain; c < end; c++) {
			if (*c == '"' || *c == '\\')
				fputc('\\', out);
			fputc(*c, out);
		}
	}
	free(plain);
	fputc('"', out);
}

/**
 * A field's name as an identifier. The leading underscore keeps it from being a word of TSDL;
 * readers take it away (CTF 1.8.3, section 7.3.1).
 */
static void name_field(const struct plim_trace_site *site, unsigned index, char *to)
{
	const char *name = site->fields[index].name;
	size_t used = 0;
	bool is_repeated = strlen(name) >= IDENTIFIER_BYTES - 8 || !*name;

	to[used++] = '_';
	for (; *name && used < IDENTIFIER_BYTES - 8; name++) {
		bool fits = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') ||
			    (*name >= '0' && *name <= '9') || *name == '_';

		/* Two names may become one this way. */
		is_repeated |= !fits;
		to[used++] = fits ? *name : '_';
	}
	for (unsigned i = 0; i < index; i++)
		is_repeated |= !strcmp(site->fields[i].name, site->fields[index].name);
	if (is_repeated)
		used += (size_t)sprintf(to + used, "_%u", index);
	to[used] = '\0';
}

static void put_integer(FILE *out, unsigned bytes, bool is_signed, unsigned base)
{
	fprintf(out, "integer { size = %u; align = 8; signed = %s; base = %u; }", bytes * 8,
		is_signed ? "true" : "false", base);
}

static void put_enum(FILE *out, const struct plim_trace_enum *table)
{
	if (!table || !table->count) {
		put_integer(out, 8, true, 10);
		return;
	}
	fputs("enum : ", out);
	put_integer(out, 8, true, 10);
	fputs(" { ", out);
	for (uint32_t i = 0; i < table->count; i++) {
		put_literal(out, table->names[i]);
		fprintf(out, " = %lld, ", (long long)table->values[i]);
	}
	fputs("}", out);
}

/** The type of one value. A table by kind. */
static void put_type(FILE *out, const struct plim_trace_field *field)
{
	unsigned bytes = field->item_bytes;

	if (plim_ctf_is_text(field)) {
		fputs("string { encoding = UTF8; }", out);
		return;
	}
	switch (field->kind) {
	case PLIM_K_F32:
		fputs("floating_point { exp_dig = 8; mant_dig = 24; align = 8; }", out);
		break;
	case PLIM_K_F64:
		fputs("floating_point { exp_dig = 11; mant_dig = 53; align = 8; }", out);
		break;
	case PLIM_K_ENUM: put_enum(out, field->table); break;
	case PLIM_K_I8:
	case PLIM_K_I16:
	case PLIM_K_I32:
	case PLIM_K_I64:
	case PLIM_K_ERRNO:
	case PLIM_K_TIME_NS: put_integer(out, bytes, true, 10); break;
	case PLIM_K_HEX8:
	case PLIM_K_HEX16:
	case PLIM_K_HEX32:
	case PLIM_K_HEX64:
	case PLIM_K_PTR:
	case PLIM_K_NTSTATUS:
	case PLIM_K_HRESULT: put_integer(out, bytes, false, 16); break;
	case PLIM_K_BIN: put_integer(out, 1, false, 16); break;
	default: put_integer(out, bytes, false, 10); break;
	}
}

static void put_field(FILE *out, const struct plim_trace_site *site, unsigned index)
{
	const struct plim_trace_field *field = &site->fields[index];
	char name[IDENTIFIER_BYTES];

	name_field(site, index, name);
	fputs("\t\t", out);
	switch (plim_ctf_class(field)) {
	case PLIM_CTF_STRING: fprintf(out, "string { encoding = UTF8; } %s;\n", name); return;
	case PLIM_CTF_SEQUENCE:
		put_integer(out, 2, false, 10);
		fprintf(out, " _%s_length;\n\t\t", name);
		put_type(out, field);
		fprintf(out, " %s[_%s_length];\n", name, name);
		return;
	default: put_type(out, field); fprintf(out, " %s;\n", name);
	}
}

/**
 * LTTng's numbers, which viewers show as syslog's: always is emergency, so that no level hides it.
 */
static unsigned loglevel(uint8_t level)
{
	static const unsigned char levels[] = {0, 2, 3, 4, 6, 14};

	return level < sizeof(levels) ? levels[level] : 14;
}

/** A byte of a URI's query (RFC 3986, section 2.3). */
static void put_uri_part(FILE *out, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    strchr("-._~/", c))
			fputc(c, out);
		else
			fprintf(out, "%%%02X", c);
	}
}

/** Keywords and place have no attribute of their own in CTF 1.8, and unknown ones make readers warn. */
static void put_uri(FILE *out, const struct plim_trace_site *site)
{
	fprintf(out, "\tmodel.emf.uri = \"plimsoll:keywords=%#llx&function=",
		(unsigned long long)site->keyword);
	put_uri_part(out, site->function);
	fputs("&file=", out);
	put_uri_part(out, site->file);
	fprintf(out, "&line=%u\";\n", site->line);
}

static void put_event(FILE *out, const struct plim_trace_site *site)
{
	size_t bytes = strlen(site->provider) + strlen(site->event) + 2;
	char *name = malloc(bytes);

	if (!name)
		return;
	snprintf(name, bytes, "%s:%s", site->provider, site->event);
	fputs("event {\n\tname = ", out);
	put_literal(out, name);
	free(name);
	fprintf(out, ";\n\tid = %u;\n\tstream_id = 0;\n\tloglevel = %u;\n", site->number,
		loglevel(site->level));
	put_uri(out, site);
	fputs("\tfields := struct {\n", out);
	for (unsigned i = 0; i < site->field_count; i++)
		put_field(out, site, i);
	fputs("\t};\n};\n\n", out);
}

static const char head[] =
	"/* CTF 1.8 */\n\n"
	"typealias integer { size = 32; align = 8; signed = false; } := uint32_t;\n"
	"typealias integer { size = 64; align = 8; signed = false; } := uint64_t;\n\n"
	"trace {\n\tmajor = 1;\n\tminor = 8;\n\tbyte_order = le;\n"
	"\tpacket.header := struct {\n\t\tuint32_t magic;\n\t\tuint32_t stream_id;\n\t};\n};\n\n";

static const char clock_and_stream[] =
	"clock {\n\tname = utc;\n\tdescription = \"UTC\";\n\tfreq = 1000000000;\n\toffset = 0;\n"
	"\tabsolute = true;\n};\n\n"
	"typealias integer { size = 64; align = 8; signed = false; map = clock.utc.value; } := "
	"utc_t;\n\n"
	"stream {\n\tid = 0;\n"
	"\tpacket.context := struct {\n\t\tutc_t timestamp_begin;\n\t\tutc_t timestamp_end;\n"
	"\t\tuint64_t content_size;\n\t\tuint64_t packet_size;\n\t\tuint64_t "
	"events_discarded;\n\t};\n"
	"\tevent.header := struct {\n\t\tuint32_t id;\n\t\tutc_t timestamp;\n\t};\n"
	"\tevent.context := struct {\n\t\tuint32_t _tid;\n"
	"\t\tinteger { size = 32; align = 8; signed = false; base = 16; } _sp;\n\t};\n};\n\n";

static void put_env(FILE *out, const struct plim_trace *trace)
{
	const char *host = plim_trace_info(trace, "host");
	const char *exe = plim_trace_info(trace, "exe");

	fputs("env {\n\ttracer_name = \"plimsoll\";\n", out);
	if (host) {
		fputs("\thostname = ", out);
		put_literal(out, host);
		fputs(";\n", out);
	}
	if (exe) {
		fputs("\tprocname = ", out);
		put_literal(out, exe);
		fputs(";\n", out);
	}
	fprintf(out, "\tvpid = %u;\n};\n\n", trace->header.pid);
}

int plim_ctf_write_metadata(const struct plim_trace *trace, int dir)
{
	int fd = openat(dir, "metadata", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");

	if (!out)
		return errno;
	fputs(head, out);
	put_env(out, trace);
	fputs(clock_and_stream, out);
	for (uint32_t i = 0; i < trace->site_room; i++) {
		if (trace->sites[i] && trace->sites[i]->type != PLIM_SITE_ENABLED)
			put_event(out, trace->sites[i]);
	}
	bool failed = ferror(out) != 0;

	if (fclose(out) != 0)
		return errno;
	return failed ? EIO : 0;
}
