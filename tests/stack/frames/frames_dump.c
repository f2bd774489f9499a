/* SPDX-License-Identifier: MIT */
/*
 * Prints what src/stack/frame knows of a binary, one line a function (tab-separated), for the tests
 * here. `frames_dump [-c] [-a] [-q] BINARY...`: -c calls, -a accesses, -q only times and counts.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "stack/frame/frame.h"

struct options {
	bool calls;
	bool accesses;
	bool quiet;
	bool lines;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static const char *callee_name(const struct plim_image *image, const struct plim_call *call)
{
	if (call->import != PLIM_NONE)
		return image->imports[call->import].name;
	if (call->callee != PLIM_NONE)
		return image->functions[call->callee].name;
	return "-";
}

static void print_calls(const struct plim_frames *frames, const struct plim_frame *f)
{
	static const char *const kinds[] = {"direct", "import", "ifunc", "indirect"};

	for (uint32_t i = 0; i < f->call_count; i++) {
		const struct plim_call *call = &frames->calls[f->first_call + i];

		printf("\tcall\t%" PRIx64 "\t%s\t%" PRIu64 "\t%s%s%s%s%s%s", call->address,
		       kinds[call->kind], call->depth_bytes, callee_name(frames->image, call),
		       call->flags & PLIM_CALL_TAIL ? " tail" : "",
		       call->flags & PLIM_CALL_LINKED ? " linked" : "",
		       call->flags & PLIM_CALL_DYNAMIC ? " dynamic" : "",
		       call->flags & PLIM_CALL_NORETURN ? " noreturn" : "",
		       call->flags & PLIM_CALL_INTO_MIDDLE ? " middle" : "");
		if (call->kind == PLIM_CALL_INDIRECT)
			printf("\toperand %d base %d disp %d slot %" PRIx64 " param %d",
			       call->operand.kind, call->operand.base, call->operand.displacement,
			       call->operand.slot, call->operand.base_is_parameter);
		printf("\n");
	}
}

static void print_accesses(const struct plim_frames *frames, const struct plim_frame *f)
{
	for (uint32_t i = 0; i < f->access_count; i++) {
		const struct plim_access *access = &frames->accesses[f->first_access + i];

		printf("\taccess\t%" PRIx64 "\t%u\t%u\t%s\n", access->address, access->low_bytes,
		       access->size, access->is_store ? "store" : "load");
	}
}

static void print_function(struct plim_image *image, const struct plim_frames *frames, size_t i,
			   const struct options *options)
{
	const struct plim_function *function = &image->functions[i];
	const struct plim_frame *f = &frames->frames[i];
	const char *file = "-";
	unsigned line = 0;

	if (options->lines)
		plim_image_line(image, function->address, &file, &line);
	printf("%s\t%" PRIx64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%s\t%" PRIu64
	       "\t%x\t%" PRIx64 "\t%" PRIx64 "\t%x\t%s:%u\n",
	       function->name, function->address, function->size, f->frame_bytes, f->red_zone_bytes,
	       plim_frame_status_name(f->status), f->table_bytes, f->flags, f->conflict_address,
	       f->deepest_address, function->flags, file, line);
	if (options->calls)
		print_calls(frames, f);
	if (options->accesses)
		print_accesses(frames, f);
}

static int dump(struct plim_image *image, const struct options *options)
{
	struct plim_frames frames;
	struct plim_error err;
	double start = now();

	if (plim_frames_compute(image, options->accesses ? PLIM_FRAMES_ACCESSES : 0, &frames,
				&err)) {
		fprintf(stderr, "frames_dump: %s\n", err.text);
		return 2;
	}
	if (options->quiet) {
		size_t counts[PLIM_FRAME_UNKNOWN + 1] = {0};

		for (size_t i = 0; i < image->function_count; i++)
			counts[frames.frames[i].status]++;
		printf("%s: %s, %zu functions, %zu calls, %.3f s:", image->path,
		       plim_arch_name(image->arch), image->function_count, frames.call_count,
		       now() - start);
		for (int s = 0; s <= PLIM_FRAME_UNKNOWN; s++)
			printf(" %s %zu", plim_frame_status_name(s), counts[s]);
		printf("\n");
	} else {
		for (size_t i = 0; i < image->function_count; i++)
			print_function(image, &frames, i, options);
	}
	plim_frames_free(&frames);
	return 0;
}

int main(int argc, char **argv)
{
	struct plim_image_list list = {0};
	struct options options = {false};
	struct plim_error err;
	int status = 0;
	int option;

	while ((option = getopt(argc, argv, "caql")) != -1) {
		options.calls |= option == 'c';
		options.accesses |= option == 'a';
		options.quiet |= option == 'q';
		options.lines |= option == 'l';
	}
	for (int i = optind; i < argc; i++) {
		double start = now();

		if (plim_image_open(argv[i], &list, &err)) {
			fprintf(stderr, "frames_dump: %s\n", err.text);
			status = 2;
		} else if (options.quiet) {
			printf("%s: read in %.3f s\n", argv[i], now() - start);
		}
	}
	for (size_t i = 0; i < list.count && !status; i++)
		status = dump(list.images[i], &options);
	plim_image_list_free(&list);
	return status;
}
