/* cmd/args.c - a small reader of command lines.
 *
 * `--name VALUE`, `--name=VALUE`, `-x VALUE`, `-xVALUE`, bundled flags, `--`, and `-` as an operand. Names are never
 * guessed from a prefix: a script must not change its meaning when an option is added; the nearest name is offered
 * instead. Ours because it must be the same on every system, tell help from the same table, and know words that are
 * refused by name. */
#include "args.h"

#include <string.h>

#include "base/lex.h"

static const struct option_desc common[] = {
	{ "help", 'h', NULL, "this text", false },
	{ "version", 0, NULL, "version of Narrows", false },
	{ "json", 0, NULL, "one JSON document on standard output", false },
	{ "seed", 0, "N", "fixes all chance (default 1)", false },
	{ "trace", 0, "ROOM,...", "tells what these rooms do, on standard error", false },
	{ "verbose", 'v', NULL, "tells more", false },
	{ "quiet", 'q', NULL, "tells errors only", false },
	{ NULL, 0, NULL, NULL, false },
};

void args_init(struct args *a, char **argv, const struct option_desc *table)
{
	*a = (struct args){ .argv = argv, .table = table };
}

static unsigned table_size(const struct option_desc *t)
{
	unsigned n = 0;

	while (t[n].name)
		n++;
	return n;
}

struct names {
	const struct option_desc *own;
	unsigned own_count;
};

static const char *name_at(const void *ctx, size_t i)
{
	const struct names *n = ctx;

	return i < n->own_count ? n->own[i].name : common[i - n->own_count].name;
}

static int refuse_unknown(struct args *a, const char *name, size_t n)
{
	struct names names = { a->table, table_size(a->table) };
	const char *near = lex_suggest((struct word){ name, n }, name_at, &names, names.own_count + table_size(common));

	if (near)
		err_set(&a->err, ERR_USAGE, "--%.*s: unknown option; did you mean --%s?", (int)n, name, near);
	else
		err_set(&a->err, ERR_USAGE, "--%.*s: unknown option; --help lists them", (int)n, name);
	return ARGS_BAD;
}

static const struct option_desc *find(const struct args *a, const char *name, size_t n, char letter, int *index)
{
	const struct option_desc *tables[] = { a->table, common };

	for (int t = 0; t < 2; t++) {
		for (int i = 0; tables[t][i].name; i++) {
			const struct option_desc *d = &tables[t][i];

			if (name ? strlen(d->name) == n && !memcmp(d->name, name, n) : d->letter == letter) {
				*index = t ? OPTION_HELP + i : i;
				return d;
			}
		}
	}
	return NULL;
}

static int refuse_later(struct args *a, const struct option_desc *d)
{
	err_set(&a->err, ERR_LATER, "--%s: known, but not supported by this version", d->name);
	return ARGS_BAD;
}

/* The value of option d: what is `glued` to it, or the next word. */
static int take_value(struct args *a, const struct option_desc *d, const char *glued, int index, const char **value)
{
	*value = glued;
	if (!glued) {
		*value = *a->argv;
		if (!*value) {
			err_set(&a->err, ERR_USAGE, "--%s: needs %s", d->name, d->arg);
			return ARGS_BAD;
		}
		a->argv++;
	}
	return index;
}

static int long_option(struct args *a, const char *name, const char **value)
{
	const char *eq = strchr(name, '=');
	size_t n = eq ? (size_t)(eq - name) : strlen(name);
	int index;
	const struct option_desc *d = find(a, name, n, 0, &index);

	if (!d)
		return refuse_unknown(a, name, n);
	if (d->later)
		return refuse_later(a, d);
	if (d->arg)
		return take_value(a, d, eq ? eq + 1 : NULL, index, value);
	if (eq) {
		err_set(&a->err, ERR_USAGE, "--%s: takes no value", d->name);
		return ARGS_BAD;
	}
	return index;
}

static int short_option(struct args *a, const char *at, const char **value)
{
	int index;
	const struct option_desc *d = find(a, NULL, 0, *at, &index);

	a->bundle = NULL;
	if (!d) {
		err_set(&a->err, ERR_USAGE, "-%c: unknown option; --help lists them", *at);
		return ARGS_BAD;
	}
	if (d->later)
		return refuse_later(a, d);
	if (d->arg)
		return take_value(a, d, at[1] ? at + 1 : NULL, index, value);
	a->bundle = at[1] ? at + 1 : NULL;
	return index;
}

int args_next(struct args *a, const char **value)
{
	const char *word;

	*value = NULL;
	if (a->bundle)
		return short_option(a, a->bundle, value);
	word = *a->argv;
	if (!word)
		return ARGS_END;
	a->argv++;
	if (a->operands_only || word[0] != '-' || !word[1]) {
		*value = word;
		return ARGS_OPERAND;
	}
	if (word[1] != '-')
		return short_option(a, word + 1, value);
	if (word[2])
		return long_option(a, word + 2, value);
	a->operands_only = true;
	return args_next(a, value);
}

static void help_line(FILE *to, const struct option_desc *d)
{
	char left[64];
	char letter[8] = "    ";

	if (!d->help || d->later)
		return;
	if (d->letter)
		snprintf(letter, sizeof(letter), "-%c, ", d->letter);
	snprintf(left, sizeof(left), "  %s--%s%s%s", letter, d->name, d->arg ? " " : "", d->arg ? d->arg : "");
	fprintf(to, "%-28s %s\n", left, d->help);
}

void args_help(FILE *to, const struct option_desc *table)
{
	for (; table->name; table++)
		help_line(to, table);
	fputc('\n', to);
	for (const struct option_desc *d = common; d->name; d++)
		help_line(to, d);
}
