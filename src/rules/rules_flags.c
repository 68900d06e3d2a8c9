/* rules/rules_flags.c - flags of a command: letters behind a dash, as ipfw takes them before it, and behind list and
 * show too.
 *
 *      -a counters   -b action and comment alone   -c without `ip from any to any`   -N names of services, ethertypes
 *      -S sets, and rules that are off             -t, -T the last match as date or epoch
 *      -i values of tables as addresses
 *      -f, -q no questions, quiet: there is nothing to ask or to hush in a script, so they mean nothing, anywhere but
 *             in `-q table T add`, where what is there already gets another value
 *
 * Those of lists stand before or behind the numbers and may share a dash (-aS). Printed they stand behind the verb, one
 * by one. The others of ipfw are refused by name. Control thread. */
#include "rules_int.h"

enum flag_use { FLAG_LIST, FLAG_ANY, FLAG_LATER, FLAG_NOT_HERE };

static const struct flag {
	char letter;
	enum flag_use use;
	const char *why;
} flags[] = {
	{ 'a', FLAG_LIST, "" },
	{ 'b', FLAG_LIST, "" },
	{ 'c', FLAG_LIST, "" },
	{ 'N', FLAG_LIST, "" },
	{ 'S', FLAG_LIST, "" },
	{ 't', FLAG_LIST, "" },
	{ 'T', FLAG_LIST, "" },
	{ 'i', FLAG_LIST, "" },
	{ 'f', FLAG_ANY, "" },
	{ 'q', FLAG_ANY, "" },
	{ 'd', FLAG_LATER, "states" },
	{ 'D', FLAG_LATER, "states" },
	{ 'e', FLAG_LATER, "states" },
	{ 's', FLAG_LATER, "pipes in order of a counter" },
	{ 'n', FLAG_NOT_HERE, "lines of a script are run; narrows check touches nothing" },
	{ 'p', FLAG_NOT_HERE, "a preprocessor is chosen on the command line" },
	{ 'h', FLAG_NOT_HERE, "help is on the command line" },
};

bool rules_flag(struct word w)
{
	return w.n > 1 && w.p[0] == '-' && ((w.p[1] | 0x20) >= 'a' && (w.p[1] | 0x20) <= 'z');
}

static const struct flag *find(char letter)
{
	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (flags[i].letter == letter)
			return &flags[i];
	return NULL;
}

static int set(struct lex *lx, struct word letter, struct rules_show *how)
{
	enum rules_stamp stamp = letter.p[0] == 't' ? RULES_DATE : RULES_EPOCH;

	switch (letter.p[0]) {
	case 'a':
		how->counters = true;
		break;
	case 'b':
		how->brief = true;
		break;
	case 'c':
		how->compact = true;
		break;
	case 'N':
		how->names = true;
		break;
	case 'S':
		how->sets = true;
		break;
	case 'i':
		how->addresses = true;
		break;
	default:
		if (how->stamp && how->stamp != stamp)
			return lex_error(lx, letter, ERR_TWICE, "-t and -T: one of them is allowed");
		how->stamp = stamp;
	}
	return 0;
}

static int take_letter(struct lex *lx, struct word letter, struct rules_show *how)
{
	const struct flag *f = find(letter.p[0]);

	if (!f)
		return lex_error(lx, letter, ERR_UNKNOWN,
			"-%c: unknown flag; allowed are a, b, c, i, N, S, t, T, f and q", letter.p[0]);
	if (f->use == FLAG_LATER)
		return lex_error(lx, letter, ERR_LATER, "-%c: known, but not supported by this version: %s", f->letter,
			f->why);
	if (f->use == FLAG_NOT_HERE)
		return lex_error(lx, letter, ERR_USAGE, "-%c does not belong here: %s", f->letter, f->why);
	if (f->use == FLAG_ANY && how && f->letter == 'q')
		how->quiet = true;
	if (f->use == FLAG_ANY)
		return 0;
	if (!how)
		return lex_error(lx, letter, ERR_USAGE, "-%c: belongs to list and show of rules", f->letter);
	return set(lx, letter, how);
}

int rules_take_flag(struct lex *lx, struct word w, struct rules_show *how)
{
	int rc = 0;

	for (size_t i = 1; i < w.n; i++)
		rc |= take_letter(lx, word_cut(w, i, i + 1), how);
	return rc ? ERR_USAGE : 0;
}

void flags_text(struct str *to, const struct rules_show *how)
{
	if (how->counters)
		str_add(to, " -a");
	if (how->brief)
		str_add(to, " -b");
	if (how->compact)
		str_add(to, " -c");
	if (how->addresses)
		str_add(to, " -i");
	if (how->names)
		str_add(to, " -N");
	if (how->sets)
		str_add(to, " -S");
	if (how->stamp)
		str_add(to, how->stamp == RULES_DATE ? " -t" : " -T");
}
