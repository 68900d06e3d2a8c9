/* base/log.h - messages and traces, to stderr, a line each: "narrows: TEXT", "narrows: emu: TEXT".
 *
 * Traces are in every build: TRACE(emu, "pipe %u: ...", n) costs one load and one branch, predicted, while its room is
 * off, and does not evaluate its arguments. Rooms are switched on by --trace ROOM[,ROOM], before threads start. Any
 * thread may write: a message is one write. Text of others in it is shown as errors show it, \xNN for controls. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdint.h>

#include "base/err.h"

#define LOG_ROOMS(X)                                                                                          \
	X(base) X(wire) X(pkt) X(cap) X(seg) X(frag) X(hook) X(dev) X(filter) X(state) X(nat) X(rules) X(emu) \
	X(lane) X(link) X(ip) X(udp) X(tcp) X(stream) X(sock) X(dhcp) X(stack) X(posix) X(demux) X(ctl)       \
	X(client) X(mgmt) X(netd) X(app) X(cmd)

enum log_room {
#define X(room) LOG_##room,
	LOG_ROOMS(X)
#undef X
	LOG_ROOM_COUNT
};

enum log_level {
	LOG_QUIET = -1,		/* -q: errors only */
	LOG_NORMAL,
	LOG_VERBOSE,		/* -v */
};

extern uint32_t log_traced;	/* bit 1 << room */

#define TRACE(room, ...)                                                                                      \
	do {                                                                                                  \
		if (__builtin_expect(log_traced & (UINT32_C(1) << LOG_##room), 0))                            \
			log_trace(LOG_##room, __VA_ARGS__);                                                   \
	} while (0)

void log_set_level(enum log_level level);
/* "emu,rules", or "all"; ERR_UNKNOWN names the word and lists the rooms, and then no switch was moved. */
int log_trace_rooms(const char *list, struct err *e);

void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));	/* always */
void log_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));	/* not with -q: warnings, notices */
void log_more(const char *fmt, ...) __attribute__((format(printf, 1, 2)));	/* with -v only */
void log_trace(enum log_room room, const char *fmt, ...) __attribute__((format(printf, 2, 3), cold));

#endif
