/* SPDX-License-Identifier: MIT */
/* What the start and end of the process ask of the session. */
#ifndef PLIM_HOST_SESSION_HOST_H
#define PLIM_HOST_SESSION_HOST_H

/** Notes clock and UTC in the open file, if any, so that readers know the clock's true pace. */
void plim_session_mark_end(void);

/** Defined beside the constructor that opens the session of PLIMSOLL_TRACE. */
extern const char plim_autostart_is_linked;

#endif
