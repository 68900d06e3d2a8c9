/* rules/rules_show.c - the lists that `list`, `show` and `set show` print, in ipfw's columns.
 *
 *      [# DISABLED ]NUMBER [PACKETS BYTES] [TIME] [set N] RULE
 *
 * The number has five digits; packets and bytes are as wide as the widest of those listed; a date has the 24
 * characters of C's asctime(), an epoch ten digits, and a rule that never matched blanks or 0 in their place. Dates
 * are in UTC, so that one input gives one text everywhere. Rules of disabled sets are listed only with sets shown,
 * each in its place by number. Texts are made anew where less than the whole rule is asked for. Control thread. */
#include "rules_int.h"

#include <inttypes.h>
#include <stdlib.h>

#define LAST_SET 31

struct listing {
	const struct rules_set *set;
	const struct rules_counter *counters;
	const struct rules_cmd *cmd;
	struct rules_show how;
	int packets_wide, bytes_wide;
	struct str text;
};

static bool wanted(const struct listing *l, uint32_t i)
{
	bool is_off = i >= l->set->count;

	return (!is_off || l->how.sets) && cmd_wants(l->cmd, l->set->rules[i].number, l->set->cold[i].set);
}

typedef void (*each_fn)(struct listing *l, uint32_t rule);

/* Calls back with each rule that is wanted, in order of (number, id): those that are on, and, where sets are shown,
 * those that are off. */
static void each(struct listing *l, each_fn fn)
{
	struct rules_walk at = { 0 };
	uint32_t i;

	while (rules_next(l->set, &at, &i))
		if (wanted(l, i))
			fn(l, i);
}

static int digits(uint64_t n)
{
	int d = 1;

	for (; n > 9; n /= 10)
		d++;
	return d;
}

static void widen(struct listing *l, uint32_t i)
{
	int p = digits(l->counters[i].packets), b = digits(l->counters[i].bytes);

	l->packets_wide = p > l->packets_wide ? p : l->packets_wide;
	l->bytes_wide = b > l->bytes_wide ? b : l->bytes_wide;
}

/* Days since 1970 as a date of the Gregorian calendar: years are counted from March, so that leap days end them. */
static void date_of(uint64_t days, unsigned *year, unsigned *month, unsigned *day)
{
	uint64_t n = days + 719468, era = n / 146097, in_era = n % 146097;
	uint64_t y = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	uint64_t in_year = in_era - (365 * y + y / 4 - y / 100), m = (5 * in_year + 2) / 153;

	*day = (unsigned)(in_year - (153 * m + 2) / 5 + 1);
	*month = (unsigned)(m < 10 ? m + 3 : m - 9);
	*year = (unsigned)(y + era * 400 + (*month <= 2));
}

static void print_date(struct str *to, uint64_t s)
{
	static const char weekdays[] = "ThuFriSatSunMonTueWed";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	unsigned year, month, day, in_day = (unsigned)(s % 86400);

	date_of(s / 86400, &year, &month, &day);
	str_add(to, "%.3s %.3s %2u ", weekdays + s / 86400 % 7 * 3, months + (size_t)(month - 1) * 3, day);
	str_add(to, "%02u:%02u:%02u %u ", in_day / 3600, in_day / 60 % 60, in_day % 60, year);
}

static void print_stamp(struct listing *l, const struct rules_counter *c)
{
	uint64_t s = (l->how.epoch_ns + c->last) / NRW_S;

	if (l->how.stamp == RULES_EPOCH)
		str_add(&l->text, "%10" PRIu64 " ", c->packets ? s : 0);
	else if (c->packets)
		print_date(&l->text, s);
	else
		str_add(&l->text, "%25s", "");
}

static void print_text(struct listing *l, uint32_t i)
{
	const struct rule *r = l->set->cold[i].rule;
	enum print_how how = l->how.brief ? PRINT_BRIEF : l->how.compact ? PRINT_COMPACT : PRINT_ALL;
	char *text;

	if (how == PRINT_ALL && (!r || !l->how.names)) {
		str_add(&l->text, "%s\n", rules_text(l->set, i));
		return;
	}
	if (!r) {
		str_add(&l->text, "%s\n", l->set->rules[i].verdict == RULES_ALLOW ? "allow" : "deny");
		return;
	}
	text = rule_print(r, how, l->how.names);
	l->text.lost |= !text;
	str_add(&l->text, "%s\n", text ? text : "");
	free(text);
}

static void print_rule(struct listing *l, uint32_t i)
{
	const struct rules_counter *c = &l->counters[i];

	str_add(&l->text, "%s%05u ", i >= l->set->count ? "# DISABLED " : "", l->set->rules[i].number);
	if (l->how.counters)
		str_add(&l->text, "%*" PRIu64 " %*" PRIu64 " ", l->packets_wide, c->packets, l->bytes_wide, c->bytes);
	if (l->how.stamp)
		print_stamp(l, c);
	if (l->how.sets)
		str_add(&l->text, "set %u ", l->set->cold[i].set);
	print_text(l, i);
}

/* As ipfw does: set 31, which is always on, is not told. */
static void print_sets(struct str *to, uint32_t disabled)
{
	if (disabled) {
		str_add(to, "disable");
		for (unsigned i = 0; i < LAST_SET; i++)
			if (disabled >> i & 1)
				str_add(to, " %u", i);
		str_add(to, " ");
	}
	str_add(to, "enable");
	for (unsigned i = 0; i < LAST_SET; i++)
		if (!(disabled >> i & 1))
			str_add(to, " %u", i);
	str_add(to, "\n");
}

char *rules_show(const struct rules_set *s, const struct rules_counter *counters, const struct rules_cmd *c,
	const struct rules_show *how)
{
	struct listing l = { .set = s, .counters = counters, .cmd = c, .how = how ? *how : c->how };

	l.how.counters |= c->kind == CMD_SHOW;
	if (c->kind == CMD_SET_SHOW) {
		print_sets(&l.text, s->disabled);
	} else {
		each(&l, widen);
		each(&l, print_rule);
	}
	return str_take(&l.text);
}
