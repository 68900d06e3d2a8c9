/* Command lines: what is an option, what its value, what an operand; and that nothing is guessed. */
#include "cmd/args.h"

#include <stdio.h>
#include <stdlib.h>

#include "test.h"

enum { ALL, RULE, WRITE, LATER, LATER_VALUE };

static const struct option_desc table[] = {
	[ALL] = { "all", 'a', NULL, "takes none", false },
	[RULE] = { "rule", 'e', "RULE", "takes one", false },
	[WRITE] = { "write", 'w', "OUT", "takes one", false },
	[LATER] = { "follow", 'f', NULL, NULL, true },
	[LATER_VALUE] = { "filter", 0, "EXPR", NULL, true },
	{ NULL, 0, NULL, NULL, false },
};

static const char *common_name(int opt)
{
	switch (opt) {
	case OPTION_HELP: return "help";
	case OPTION_QUIET: return "quiet";
	case OPTION_VERBOSE: return "verbose";
	case OPTION_SEED: return "seed";
	case OPTION_JSON: return "json";
	default: return "?";
	}
}

/* Reads all of it into "a e=x . / o=y b" form: letter of the option, '=' and the value, '.' and an operand. */
static char *read_all(char **argv, struct args *a)
{
	static char text[400];
	char *to = text;
	const char *value;
	int opt;

	args_init(a, argv, table);
	*to = '\0';
	while ((opt = args_next(a, &value)) != ARGS_END) {
		if (opt == ARGS_BAD)
			return a->err.text;
		if (to != text)
			*to++ = ' ';
		if (opt == ARGS_OPERAND)
			to += sprintf(to, ".");
		else if (opt < 0)
			to += sprintf(to, "%s", common_name(opt));
		else
			to += sprintf(to, "%s", table[opt].name);
		if (value)
			to += sprintf(to, "=%s", value);
	}
	return text;
}

#define READS(text, ...)                                                                                    \
	do {                                                                                                \
		char *argv[] = { __VA_ARGS__, NULL };                                                       \
		struct args a;                                                                              \
		assert_string_equal(read_all(argv, &a), text);                                              \
	} while (0)

TEST(args, a_value_stands_behind_its_option_or_is_glued_to_it)
{
	READS("rule=x", "-e", "x");
	READS("rule=x", "-ex");
	READS("rule=x", "--rule", "x");
	READS("rule=x", "--rule=x");
	READS("rule=", "--rule=");
	READS("rule=", "-e", "");
	READS("rule==x", "-e=x");	/* a letter has no equals sign */
	READS("rule=a=b", "--rule=a=b");
}

TEST(args, whatever_follows_an_option_with_a_value_is_its_value)
{
	READS("rule=-w", "-e", "-w");
	READS("rule=--", "-e", "--");
	READS("rule=--help", "--rule", "--help");
	READS("write=-", "-w", "-");
	READS("seed=-1", "--seed", "-1");
}

TEST(args, letters_without_a_value_may_be_bundled)
{
	READS("all quiet verbose", "-aqv");
	READS("all rule=x", "-aex");
	READS("all rule=x", "-ae", "x");
	READS("all all", "-aa");
	READS("all rule=aq", "-aeaq");
}

TEST(args, operands_and_options_come_in_any_order)
{
	READS(".=one all .=two", "one", "-a", "two");
	READS(".=- all", "-", "-a");
	READS(".=", "");
	READS("all .=-a .=-- .=--all", "-a", "--", "-a", "--", "--all");
}

TEST(args, every_command_takes_the_common_ones)
{
	READS("help quiet verbose json seed=7", "-h", "--quiet", "-v", "--json", "--seed=7");
}

TEST(args, nothing_is_guessed_from_a_prefix)
{
	READS("--rul: unknown option; did you mean --rule?", "--rul", "x");
	READS("--xyzzy: unknown option; --help lists them", "--xyzzy");
	READS("--: unknown option; --help lists them", "--=x");
	READS("--Rule: unknown option; did you mean --rule?", "--Rule", "x");
	READS("-Z: unknown option; --help lists them", "-Z");
	READS("-Z: unknown option; --help lists them", "-aZ");
}

TEST(args, a_missing_value_and_one_too_many_are_told)
{
	READS("--rule: needs RULE", "-e");
	READS("--rule: needs RULE", "-ae");
	READS("--seed: needs N", "--seed");
	READS("--all: takes no value", "--all=yes");
	READS("--all: takes no value", "--all=");
	READS("--json: takes no value", "--json=1");
}

TEST(args, what_a_later_version_has_is_refused_by_name)
{
	READS("--follow: known, but not supported by this version", "--follow");
	READS("--follow: known, but not supported by this version", "-f");
	READS("--follow: known, but not supported by this version", "-af");
	READS("--filter: known, but not supported by this version", "--filter=tcp");
	READS("--filter: known, but not supported by this version", "--filter");
}

TEST(args, help_names_what_there_is_and_hides_what_comes_later)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	args_help(f, table);
	fclose(f);
	assert_non_null(strstr(text, "  -e, --rule RULE "));
	assert_non_null(strstr(text, "  -a, --all "));
	assert_non_null(strstr(text, "      --seed N "));
	assert_null(strstr(text, "follow"));
	assert_null(strstr(text, "filter"));
	free(text);
}
