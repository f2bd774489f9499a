/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a binary: the readers of ELF, PE and archives, and the frames of what they found.
 * Whatever comes out must keep the promises of image.h and frame.h that a caller relies on.
 */
#include <stdlib.h>

#include "stack/frame/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void check_image(const struct plim_image *image)
{
	uint64_t last = 0;

	for (size_t i = 0; i < image->function_count; i++) {
		const struct plim_function *f = &image->functions[i];

		require(f->name && f->size && f->address >= last);
		require(plim_image_bytes(image, f->address, f->size) != NULL);
		require(f->parent == PLIM_NONE || f->parent < image->function_count);
		last = f->address + f->size;
	}
	for (size_t i = 0; i < image->pointer_count; i++)
		require(image->pointers[i].import == PLIM_NONE ||
			image->pointers[i].import < image->import_count);
	for (size_t i = 0; i < image->stub_count; i++)
		require(image->stubs[i].import == PLIM_NONE ||
			image->stubs[i].import < image->import_count);
	for (size_t i = 0; i < image->import_count; i++)
		require(plim_image_import_at(image, image->imports[i].address) ==
			&image->imports[i]);
}

static void check_frames(const struct plim_frames *frames)
{
	for (size_t i = 0; i < frames->image->function_count; i++) {
		const struct plim_frame *f = &frames->frames[i];

		require(f->first_call + (size_t)f->call_count <= frames->call_count);
		require(f->first_access + (size_t)f->access_count <= frames->access_count);
		require(f->first_ref + (size_t)f->ref_count <= frames->ref_count);
		require(f->status == PLIM_FRAME_PROVED || f->status == PLIM_FRAME_TRACKED ||
			f->reason);
	}
	for (size_t i = 0; i < frames->call_count; i++) {
		const struct plim_call *call = &frames->calls[i];

		require(call->kind != PLIM_CALL_IMPORT ||
			call->import < frames->image->import_count);
		require(call->callee == PLIM_NONE || call->callee < frames->image->function_count);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct plim_image_list list = {0};
	struct plim_error err;

	if (plim_image_open_memory("fuzz", data, size, &list, &err))
		return 0;
	for (size_t i = 0; i < list.count; i++) {
		struct plim_frames frames;

		check_image(list.images[i]);
		if (plim_frames_compute(list.images[i], PLIM_FRAMES_ACCESSES, &frames, &err))
			continue;
		check_frames(&frames);
		plim_frames_free(&frames);
	}
	plim_image_list_free(&list);
	return 0;
}
