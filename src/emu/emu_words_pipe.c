/* emu/emu_words_pipe.c - readers and printers of what pipes have had from the first day: rate, delay, burst, the limit
 * of the queue, how many flows.
 *
 * Exactness: what base/units.c cannot represent it refuses; here only what is special to pipes is checked. Runs while
 * scripts are read. */
#include "emu_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The value of an option, unless the next word begins another one: then it was forgotten. */
int emu_value(struct lex *lx, struct word name, const char *allowed, struct word *w)
{
	if (!lex_peek(lx, w))
		return lex_error(lx, lex_here(lx), ERR_SYNTAX, "%.*s: its value is missing; %s", (int)name.n, name.p,
			allowed);
	if (emu_option_find(*w))
		return lex_error(lx, *w, ERR_SYNTAX, "%.*s: its value is missing before this word; %s", (int)name.n,
			name.p, allowed);
	lex_next(lx, w);
	return 0;
}

int emu_time_within(struct lex *lx, struct word w, const char *what, nrw_time least, nrw_time most, nrw_time *to)
{
	char from[UNITS_TEXT], up_to[UNITS_TEXT];
	int rc = units_time(lx, w, what, 0, to);

	if (rc || (*to >= least && *to <= most))
		return rc;
	units_print_time(from, least);
	units_print_time(up_to, most);
	if (most == NRW_NEVER)
		return lex_error(lx, w, ERR_RANGE, "%s: %.*s is too short; %s or more", what, emu_shown(w), w.p, from);
	return lex_error(lx, w, ERR_RANGE, "%s: %.*s is not in %s..%s", what, emu_shown(w), w.p, from, up_to);
}

int emu_parse_bw(struct lex *lx, struct word name, struct emu_conf *c)
{
	struct word w;
	int rc = emu_value(lx, name, "a rate, as 10Mbit/s; 0 is no limit", &w);

	return rc ?: units_rate(lx, w, "bw", &c->bw);
}

void emu_print_bw(char *to, const struct emu_conf *c)
{
	memcpy(to, "bw ", 3);
	if (c->bw)
		units_print_rate(to + 3, c->bw);
	else
		strcpy(to + 3, "0");
}

int emu_parse_delay(struct lex *lx, struct word name, struct emu_conf *c)
{
	struct word w;
	int rc = emu_value(lx, name, "a time, as 20ms; a bare number is ms", &w);

	return rc ?: units_time(lx, w, "delay", NRW_MS, &c->delay);
}

void emu_print_delay(char *to, const struct emu_conf *c)
{
	memcpy(to, "delay ", 6);
	if (c->delay)
		units_print_time(to + 6, c->delay);
	else
		strcpy(to + 6, "0");
}

int emu_parse_burst(struct lex *lx, struct word name, struct emu_conf *c)
{
	struct word w;
	int rc = emu_value(lx, name, "bytes that an idle link may save, as 64KB; 0 is none", &w);

	rc = rc ?: units_size(lx, w, "burst", &c->burst);
	if (rc || c->burst <= EMU_BURST_MAX)
		return rc;
	return lex_error(lx, w, ERR_RANGE, "burst: %.*s is not in 0..%" PRIu64 " bytes (2^48-1)", emu_shown(w), w.p,
		EMU_BURST_MAX);
}

void emu_print_burst(char *to, const struct emu_conf *c)
{
	memcpy(to, "burst ", 6);
	if (c->burst)
		units_print_size(to + 6, c->burst);
	else
		strcpy(to + 6, "0");
}

static const char queue_allowed[] = "packets (50), bytes (64KB), a time at bw (50ms), or auto";

/* Bytes or a time of which nothing would pass. Of packets units_num() knows. */
static int refuse_zero(struct lex *lx, struct word w, const struct emu_limit *limit)
{
	return limit->amount ? 0 : lex_error(lx, w, ERR_RANGE, "queue: 0 is not allowed: nothing would pass");
}

static bool is_one_of(struct word w, const char *const *names)
{
	for (; *names; names++)
		if (word_is_nocase(w, *names))
			return true;
	return false;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static struct word unit_of(struct word w)	/* the letters at its end */
{
	size_t n = w.n;

	while (n && is_letter(w.p[n - 1]))
		n--;
	return word_cut(w, n, w.n);
}

static int parse_limit_bytes(struct lex *lx, struct word w, struct emu_limit *limit)
{
	int rc = units_size(lx, w, "queue", &limit->amount) ?: refuse_zero(lx, w, limit);

	limit->kind = LIMIT_BYTES;
	if (rc || limit->amount <= EMU_QUEUE_BYTES_MAX)
		return rc;
	return lex_error(lx, w, ERR_RANGE, "queue: %.*s is not in 1B..1GB", emu_shown(w), w.p);
}

/* What the number counts is told by its unit. ipfw takes `10K` for slots; people mean bytes: refused. */
int emu_parse_limit(struct lex *lx, struct word w, struct emu_limit *limit)
{
	static const char *const times[] = { "s", "ms", "us", "ns", NULL };
	static const char *const prefixes[] = { "k", "m", "g", "t", NULL };
	static const char *const bytes[] = {
		"b", "kb", "mb", "gb", "tb",
		"byte", "kbyte", "mbyte", "gbyte", "bytes", "kbytes", "mbytes", "gbytes", NULL,
	};
	struct word unit = unit_of(w);

	if (!unit.n) {
		limit->kind = LIMIT_PACKETS;
		return units_num(lx, w, "queue", 1, EMU_SLOTS_MAX, &limit->amount);
	}
	if (unit.n < w.n && is_one_of(unit, times)) {
		limit->kind = LIMIT_TIME;
		return units_time(lx, w, "queue", 0, &limit->amount) ?: refuse_zero(lx, w, limit);
	}
	if (unit.n < w.n && is_one_of(unit, bytes))
		return parse_limit_bytes(lx, w, limit);
	if (unit.n < w.n && is_one_of(unit, prefixes))
		return lex_error(lx, w, ERR_SYNTAX,
			"queue: packets or bytes? A plain number is packets, one with B or KB is bytes");
	return lex_error(lx, w, ERR_SYNTAX, "queue: '%.*s' is not a limit; %s", emu_shown(w), w.p, queue_allowed);
}

int emu_parse_queue(struct lex *lx, struct word name, struct emu_conf *c)
{
	struct word w;
	int rc = emu_value(lx, name, queue_allowed, &w);

	if (rc)
		return rc;
	if (word_is(w, "auto")) {
		c->queue = (struct emu_limit){ LIMIT_AUTO, 0 };
		return 0;
	}
	return emu_parse_limit(lx, w, &c->queue);
}

void emu_print_queue(char *to, const struct emu_conf *c)
{
	memcpy(to, "queue ", 6);
	to += 6;
	switch (c->queue.kind) {
	case LIMIT_PACKETS:
		snprintf(to, EMU_OPTION_TEXT - 6, "%" PRIu64, c->queue.amount);
		break;
	case LIMIT_BYTES:
		units_print_size(to, c->queue.amount);
		break;
	case LIMIT_TIME:
		units_print_time(to, c->queue.amount);
		break;
	case LIMIT_AUTO:
		strcpy(to, "auto");
		break;
	}
}

int emu_parse_noerror(struct lex *lx, struct word name, struct emu_conf *c)
{
	c->noerror = true;
	return 0;
}

int emu_parse_error(struct lex *lx, struct word name, struct emu_conf *c)
{
	c->noerror = false;
	return 0;
}

void emu_print_noerror(char *to, const struct emu_conf *c)
{
	strcpy(to, c->noerror ? "noerror" : "error");
}

int emu_parse_flows(struct lex *lx, struct word name, struct emu_conf *c)
{
	struct word w;
	uint64_t n = 0;
	int rc = emu_value(lx, name, "how many flows a mask may make, 1..16777216", &w);

	rc = rc ?: units_num(lx, w, "flows", 1, EMU_FLOWS_MAX, &n);
	c->flows = (uint32_t)n;
	return rc;
}

void emu_print_flows(char *to, const struct emu_conf *c)
{
	snprintf(to, EMU_OPTION_TEXT, "flows %" PRIu32, c->flows);
}

int emu_parse_expire(struct lex *lx, struct word name, struct emu_conf *c)
{
	struct word w;
	int rc = emu_value(lx, name, "how long an idle flow is kept, as 60s", &w);

	rc = rc ?: units_time(lx, w, "expire", 0, &c->expire);
	if (!rc && !c->expire)
		return lex_error(lx, w, ERR_RANGE, "expire: 0 is not allowed: no flow would be kept");
	return rc;
}

void emu_print_expire(char *to, const struct emu_conf *c)
{
	memcpy(to, "expire ", 7);
	units_print_time(to + 7, c->expire);
}

int emu_parse_buckets(struct lex *lx, struct word name, struct emu_conf *c)
{
	struct word w;
	uint64_t n;
	int rc = emu_value(lx, name, "a number", &w) ?: units_num(lx, w, "buckets", 1, UINT32_MAX, &n);

	if (!rc)
		lex_warn(lx, name, "buckets: ignored, tables grow as they need");
	return rc;
}
