/* base/log.c - messages and traces.
 *
 * A message is formatted into a buffer of the stack, made harmless for terminals and written by one call, so that lines
 * of several threads do not mix and a trace of a million lines costs a million writes and not ten. What is longer than
 * the buffer ends in "...". The level and the mask are set while options are read, before there are threads; then
 * everyone only reads them. */
#include "base/log.h"

#include <string.h>

#include "base/err_int.h"

#define LINE_MAX_BYTES 1200

uint32_t log_traced;
static enum log_level heard = LOG_NORMAL;

_Static_assert(LOG_ROOM_COUNT <= 32, "the mask has 32 bits");

static const char *const rooms[LOG_ROOM_COUNT] = {
#define X(room) #room,
	LOG_ROOMS(X)
#undef X
};

void log_set_level(enum log_level level)
{
	heard = level;
}

static int unknown_room(const char *word, size_t n, struct err *e)
{
	char list[300] = "all";
	size_t used = 3;

	for (size_t i = 0; i < LOG_ROOM_COUNT; i++)
		used += (size_t)snprintf(list + used, sizeof(list) - used, " %s", rooms[i]);
	BUG_ON(used >= sizeof(list));
	return err_set(e, ERR_UNKNOWN, "'%.*s' is no room; allowed are %s", n > 40 ? 40 : (int)n, word, list);
}

static uint32_t mask_of(const char *word, size_t n)
{
	if (n == 3 && !memcmp(word, "all", 3))
		return UINT32_MAX;
	for (unsigned i = 0; i < LOG_ROOM_COUNT; i++)
		if (strlen(rooms[i]) == n && !memcmp(rooms[i], word, n))
			return UINT32_C(1) << i;
	return 0;
}

int log_trace_rooms(const char *list, struct err *e)
{
	uint32_t mask = 0;

	for (const char *word = list;; word++) {
		size_t n = strcspn(word, ",");
		uint32_t bit = mask_of(word, n);

		if (!bit)
			return unknown_room(word, n, e);
		mask |= bit;
		word += n;
		if (!*word)
			break;
	}
	log_traced |= mask;
	return 0;
}

static void write_line(const char *before, const char *fmt, va_list ap)
{
	char text[LINE_MAX_BYTES], line[LINE_MAX_BYTES + ERR_SHOWN_MAX + 8];
	int n = vsnprintf(text, sizeof(text), fmt, ap), columns;
	size_t len = n < 0 ? 0 : (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1;
	size_t used = (size_t)snprintf(line, sizeof(line), "narrows: %s%s", before, *before ? ": " : "");
	bool cut = n < 0 || (size_t)n >= sizeof(text);

	for (size_t at = 0; at < len;) {
		char shown[ERR_SHOWN_MAX];

		at += err_show_one(text + at, len - at, shown, &columns);
		if (used + strlen(shown) > LINE_MAX_BYTES) {
			cut = true;
			break;
		}
		memcpy(line + used, shown, strlen(shown));
		used += strlen(shown);
	}
	if (cut) {
		memcpy(line + used, "...", 3);
		used += 3;
	}
	line[used++] = '\n';
	fwrite(line, 1, used, stderr);
}

#define WRITE_LINE(before)                   \
	do {                                 \
		va_list ap;                  \
		va_start(ap, fmt);           \
		write_line(before, fmt, ap); \
		va_end(ap);                  \
	} while (0)

void log_error(const char *fmt, ...)
{
	WRITE_LINE("");
}

void log_say(const char *fmt, ...)
{
	if (heard >= LOG_NORMAL)
		WRITE_LINE("");
}

void log_more(const char *fmt, ...)
{
	if (heard >= LOG_VERBOSE)
		WRITE_LINE("");
}

void log_trace(enum log_room room, const char *fmt, ...)
{
	WRITE_LINE(rooms[room]);
}
