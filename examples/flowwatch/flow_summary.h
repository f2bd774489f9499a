/* SPDX-License-Identifier: MIT */
#ifndef FLOW_SUMMARY_H
#define FLOW_SUMMARY_H

#include "flow_capture.h"

#include <stdio.h>

/** Adds up what finished workers saw and prints it. The same whatever their number, but for the
 *  last line, which says how much of its stack the busiest worker used. */
void flow_summary_print(FILE *out, const struct flow_capture *capture);

#endif
