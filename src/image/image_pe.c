/* SPDX-License-Identifier: MIT */
#include "image/image_build.h"
int plim_pe_read(struct plim_image *image, struct plim_error *err)
{
	return plim_error_set(err, "%s: neither an ELF nor a PE binary", image->path);
}
