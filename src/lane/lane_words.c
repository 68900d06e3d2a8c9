/* lane/lane_words.c - commands that are neither of rules nor of pipes, but of what joins them: enable, disable, sysctl.
 *
 *      ( "enable" | "disable" ) ( "one_pass" | "firewall" )
 *      "sysctl" NAME [ "=" VALUE ]         one word, under ipfw's names
 *
 * one_pass: what leaves a pipe is accepted (1, the default), or goes on in the rules behind the one that sent it (0).
 * tables_max: how many there may be. tables_sets: each set of rules has tables of its own; set before the first table.
 * firewall: 0 lets every packet pass unjudged. autoinc_step: between the last number and that of an `add` without one.
 * A sysctl without a value prints what it is. Switches and settings of the language that have nothing to act on here
 * are known and refused by name. Control thread. */
#include "lane_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/units.h"

#define PREFIX "net.inet.ip.fw."

enum setting { SET_ONE_PASS, SET_FIREWALL, SET_STEP, SET_ACCEPT, SET_TABLES_MAX, SET_TABLES_SETS, SETTINGS };

struct lane_word {
	enum setting setting;
	bool by_switch;			/* enable, disable */
	bool asks;
	uint32_t value;
};

static const struct setting_desc {
	const char *name, *on_off;	/* sysctl's, behind PREFIX; of enable and disable, or NULL */
	uint32_t lo, hi;		/* hi 0: cannot be set */
} settings[SETTINGS] = {
	[SET_ONE_PASS] = { "one_pass", "one_pass", 0, 1 },
	[SET_FIREWALL] = { "enable", "firewall", 0, 1 },
	[SET_STEP] = { "autoinc_step", NULL, 1, 1000 },
	[SET_ACCEPT] = { "default_to_accept", NULL, 0, 0 },
	[SET_TABLES_MAX] = { "tables_max", NULL, 1, 65535 },
	[SET_TABLES_SETS] = { "tables_sets", NULL, 0, 1 },
};

/* Of the language, without anything here to act on yet. */
static const char *const later_switches[] = { "debug", "verbose", "dyn_keepalive" };
static const char *const later_settings[] = { "verbose", "verbose_limit", "permit_single_frag6", "debug" };

static const char *const commands[] = { "enable", "disable", "sysctl" };

bool lane_word_knows(struct word first)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (word_is(first, commands[i]))
			return true;
	return false;
}

const char *lane_word_at(size_t i)
{
	return i < sizeof(commands) / sizeof(*commands) ? commands[i] : NULL;
}

static bool is_one_of(struct word w, const char *const *names, size_t n)
{
	while (n--)
		if (word_is(w, names[n]))
			return true;
	return false;
}

static int refuse_rest(struct lex *lx, const char *what)
{
	struct word w;

	if (!lex_peek(lx, &w))
		return 0;
	return lex_error(lx, w, ERR_SYNTAX, "%s: nothing may follow; found '" WORD_FMT "'", what, WORD_ARGS(w));
}

static int parse_switch(struct lex *lx, struct lane_word *to, bool on)
{
	struct word w;

	to->by_switch = true;
	to->value = on;
	if (!lex_next(lx, &w))
		return lex_error(lx, lex_here(lx), ERR_SYNTAX, "what is to be %s? one_pass or firewall",
			on ? "enabled" : "disabled");
	for (int i = 0; i < SETTINGS; i++) {
		if (settings[i].on_off && word_is(w, settings[i].on_off)) {
			to->setting = (enum setting)i;
			return refuse_rest(lx, settings[i].on_off);
		}
	}
	if (is_one_of(w, later_switches, sizeof(later_switches) / sizeof(*later_switches)))
		return lex_error(lx, w, ERR_LATER, WORD_FMT ": known, but not supported by this version", WORD_ARGS(w));
	if (word_is(w, "altq"))
		return lex_error(lx, w, ERR_LATER, "altq: needs FreeBSD's queues; use pipe or queue");
	return lex_error(lx, w, ERR_UNKNOWN, WORD_FMT ": not a switch; known are one_pass, firewall", WORD_ARGS(w));
}

/* NULL: not one of dummynet's. */
static const char *pipes_advice(struct word name)
{
	size_t n = strlen(EMU_SETTINGS);

	return name.n > n && !memcmp(name.p, EMU_SETTINGS, n) ? emu_setting_advice(word_cut(name, n, name.n)) : NULL;
}

static int unknown_setting(struct lex *lx, struct word name)
{
	struct word behind = word_cut(name, strlen(PREFIX), name.n);
	const char *advice = pipes_advice(name);

	if (advice)
		return lex_error(lx, name, ERR_LATER, WORD_FMT ": not a setting here; %s", WORD_ARGS(name), advice);

	if (!strncmp(name.p, PREFIX, name.n < strlen(PREFIX) ? name.n : strlen(PREFIX)) &&
		(is_one_of(behind, later_settings, sizeof(later_settings) / sizeof(*later_settings)) ||
			(behind.n > 4 && !memcmp(behind.p, "dyn_", 4))))
		return lex_error(lx, name, ERR_LATER, WORD_FMT ": known, but not supported by this version",
			WORD_ARGS(name));
	return lex_error(lx, name, ERR_UNKNOWN,
		WORD_FMT ": unknown; known are " PREFIX "one_pass, enable, autoinc_step, default_to_accept, "
		"tables_max, tables_sets",
		WORD_ARGS(name));
}

static int find_setting(struct lex *lx, struct word name, enum setting *found)
{
	size_t n = strlen(PREFIX);

	for (int i = 0; i < SETTINGS && name.n > n && !memcmp(name.p, PREFIX, n); i++) {
		if (word_is(word_cut(name, n, name.n), settings[i].name)) {
			*found = (enum setting)i;
			return 0;
		}
	}
	return unknown_setting(lx, name);
}

static int parse_value(struct lex *lx, struct lane_word *to, struct word w)
{
	const struct setting_desc *d = &settings[to->setting];
	uint64_t n = 0;
	int rc;

	if (!d->hi)
		return lex_error(lx, w, ERR_USAGE, "%s: can only be read; --default allow or deny chooses it", d->name);
	if (!w.n)
		return lex_error(lx, w, ERR_SYNTAX, "%s: a value in %u..%u is missing", d->name, d->lo, d->hi);
	rc = units_num(lx, w, d->name, d->lo, d->hi, &n);
	to->value = (uint32_t)n;
	return rc;
}

static int parse_sysctl(struct lex *lx, struct lane_word *to)
{
	struct word w, name;
	const char *equals;
	int rc;

	if (!lex_next(lx, &w))
		return lex_error(lx, lex_here(lx), ERR_SYNTAX,
		"sysctl: a name is missing, such as " PREFIX "one_pass=0");
	equals = memchr(w.p, '=', w.n);
	to->asks = !equals;
	name = word_cut(w, 0, equals ? (size_t)(equals - w.p) : w.n);
	rc = find_setting(lx, name, &to->setting);
	if (!rc && equals)
		rc = parse_value(lx, to, word_cut(w, name.n + 1, w.n));
	return rc ? rc : refuse_rest(lx, "sysctl");
}

struct lane_word *lane_word_parse(struct lex *lx)
{
	struct lane_word *to = calloc(1, sizeof(*to));
	struct word first;
	int rc;

	if (!to) {
		lex_error(lx, lex_here(lx), ERR_NOMEM, "no memory for this line");
		return NULL;
	}
	lex_next(lx, &first);
	rc = word_is(first, "sysctl") ? parse_sysctl(lx, to) : parse_switch(lx, to, word_is(first, "enable"));
	if (!rc)
		return to;
	free(to);
	return NULL;
}

void lane_word_free(struct lane_word *w)
{
	free(w);
}

char *lane_word_print(const struct lane_word *w)
{
	const struct setting_desc *d = &settings[w->setting];
	char text[80];

	if (w->by_switch)
		snprintf(text, sizeof(text), "%s %s", w->value ? "enable" : "disable", d->on_off);
	else if (w->asks)
		snprintf(text, sizeof(text), "sysctl " PREFIX "%s", d->name);
	else
		snprintf(text, sizeof(text), "sysctl " PREFIX "%s=%u", d->name, w->value);
	return strdup(text);
}

static uint32_t value_of(const struct lane *l, enum setting s)
{
	switch (s) {
	case SET_ONE_PASS:
		return l->one_pass;
	case SET_FIREWALL:
		return l->judged != 0;
	case SET_STEP:
		return l->step;
	case SET_TABLES_MAX:
		return rules_tables_most(l->tables);
	case SET_TABLES_SETS:
		return rules_tables_by_set(l->tables);
	case SET_ACCEPT:
	case SETTINGS:
		break;
	}
	return l->cfg.default_allow;
}

int lane_word_run(struct lane *l, const struct lane_word *w, struct err *e)
{
	if (w->asks) {
		if (l->cfg.lists)
			fprintf(l->cfg.lists, PREFIX "%s: %u\n", settings[w->setting].name, value_of(l, w->setting));
		return 0;
	}
	switch (w->setting) {
	case SET_ONE_PASS:
		l->one_pass = w->value;
		l->by_event |= !w->value;
		break;
	case SET_FIREWALL:
		l->judged = w->value ? VIEW_HAS_IP : 0;
		break;
	case SET_STEP:
		l->step = w->value;
		break;
	case SET_TABLES_MAX:
		rules_tables_set_most(l->tables, w->value);
		break;
	case SET_TABLES_SETS:
		return rules_tables_set_by_set(l->tables, w->value, e);
	case SET_ACCEPT:
	case SETTINGS:
		break;
	}
	return 0;
}
