/* SPDX-License-Identifier: MIT */
/* Names of status values, in one place. */
#ifndef PLIM_EXPORT_STATUS_NAMES_H
#define PLIM_EXPORT_STATUS_NAMES_H

#include <stdint.h>

/** Each returns NULL for a value without a name here. */
const char *plim_name_ntstatus(uint32_t value);
const char *plim_name_hresult(uint32_t value);
const char *plim_name_win32(uint32_t value);
const char *plim_name_errno(int32_t value);

#endif
