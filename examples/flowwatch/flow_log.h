/* SPDX-License-Identifier: MIT */
/* flowwatch's two providers and their keywords: what `plimsoll enable` can turn on by itself. */
#ifndef FLOW_LOG_H
#define FLOW_LOG_H

/* Entry, exit and return events of functions get this keyword. */
#define PLIM_FUNCTION_KEYWORD FLOW_FUNCTION

#include <plimsoll/tracelog.h>

PLIM_PROVIDER_DECLARE(flow_capture); /* "FlowCapture": files, decoding, hand-over to workers */
PLIM_PROVIDER_DECLARE(flow_track);   /* "FlowTrack": what a worker decides about a flow */

#define FLOW_FILE     0x001 /* captures opened, read, refused; time in them */
#define FLOW_DECODE   0x002 /* each packet's headers */
#define FLOW_QUEUE    0x004 /* hand-over between threads */
#define FLOW_LIFE     0x008 /* flows that begin and end */
#define FLOW_STATE    0x010 /* handshake, teardown, reset */
#define FLOW_SEQUENCE 0x020 /* retransmissions, gaps, windows */
#define FLOW_DATA     0x040 /* the first bytes of a payload */
#define FLOW_FUNCTION 0x080 /* functions entered and left */
#define FLOW_THREAD   0x100 /* workers that start and stop */

#endif
