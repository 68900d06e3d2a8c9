/* tests/unit/rules/parse_test.c - laws of the parser that hold for every word of the table. */
#include <stdio.h>
#include <stdlib.h>

#include "kit.h"
#include "test.h"

static struct word word_of(const char *s)
{
	return (struct word){ s, strlen(s) };
}

TEST(parse, knows_the_commands_of_its_room_and_no_others)
{
	static const char *const ours[] = { "add", "delete", "zero", "resetlog", "list", "show", "print", "flush",
		"set",
		"table", "nat", "enable", "disable", "sysctl" };
	static const char *const others[] = { "pipe", "queue", "sched", "allow", "in", "ad", "Add", "adds", "", "#",
		"me" };

	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		assert_true(rules_knows(word_of(ours[i])));
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		assert_false(rules_knows(word_of(others[i])));
}

static bool begins_with_word(const char *text, const char *word)
{
	return !strncmp(text, word, strlen(word)) && text[strlen(word)] == ':';
}

/* Each word that is marked later, in the place of its kind, is refused by its own name, once, and nothing else is
 * told. */
TEST(parse, every_later_word_is_refused_by_name_alone)
{
	struct rules_word_info info;
	unsigned tried = 0;

	for (size_t i = 0; rules_word_at(i, &info); i++) {
		bool option = !strcmp(info.kind, "match"), action = !strcmp(info.kind, "action");
		char line[128];
		struct errs es;

		if (!info.later || !(option || action))
			continue;
		snprintf(line, sizeof(line), option ? "add allow in %s x y setup" : "add %s 1 ip from any to any",
			info.word);
		if (action && (!strncmp(info.word, "re", 2) || !strncmp(info.word, "ab", 2) || !strcmp(info.word,
			"check-state")))
			snprintf(line, sizeof(line), "add %s ip from any to any", info.word);
		assert_null(kit_try(line, &es));
		if (es.errors != 1 || !begins_with_word(es.notes[0].text, info.word))
			print_message("# %s: %s\n", line, es.notes[0].text);
		assert_int_equal(es.errors, 1);
		assert_int_equal(es.notes[0].code, ERR_LATER);
		assert_true(begins_with_word(es.notes[0].text, info.word));
		assert_int_equal(es.notes[0].width, strlen(info.word));
		errs_fini(&es);
		tried++;
	}
	assert_true(tried > 30);
}

TEST(parse, every_word_has_a_kind_and_a_help)
{
	struct rules_word_info a, b;

	for (size_t i = 0; rules_word_at(i, &a); i++) {
		assert_true(a.kind && *a.kind && a.word && *a.word && a.help && *a.help);
		for (size_t k = 0; k < i; k++)	/* none stands there twice */
			assert_false(rules_word_at(k, &b) && !strcmp(a.word, b.word) && !strcmp(a.kind, b.kind));
	}
}

/* A word cut short is never taken for the word, whatever its length: it is refused. */
TEST(parse, no_abbreviation_is_taken)
{
	static const char *const lines[] = { "add allow ip from any to any in",
		"add count tcp from any to any established",
		"add deny setup", "add skipto 200 tcpflags syn", "add pipe 1 icmptypes 8", "add allow dst-port 80" };
	char cut[128];
	struct errs es;

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		const char *words = lines[i] + 4;

		for (size_t at = 0; words[at]; at++) {	/* leaves out the last letter of each word of letters */
			if (words[at + 1] != ' ' && words[at + 1])
				continue;
			if (words[at] < 'a' || words[at] > 'z' || !strncmp(words + at - 2, "syn", 3))
				continue;
			snprintf(cut, sizeof(cut), "add %.*s%s", (int)at, words, words + at + 1);
			assert_null(kit_try(cut, &es));
			errs_fini(&es);
		}
	}
}

/* The caret stands under what is wrong: its first byte and its width. */
TEST(parse, an_error_has_the_place_of_its_word)
{
	struct errs es;

	assert_null(kit_try("add 100 allow tcp from any 80,99999,443 to 10.0.0.0/40 establshed", &es));
	assert_int_equal(es.errors, 3);
	assert_int_equal(es.notes[0].column, 31);
	assert_int_equal(es.notes[0].width, 5);
	assert_int_equal(es.notes[1].column, 53);
	assert_int_equal(es.notes[1].width, 2);
	assert_int_equal(es.notes[2].column, 56);
	assert_int_equal(es.notes[2].width, 10);
	errs_fini(&es);
}

TEST(parse, a_nul_byte_never_ends_a_word_or_a_comment_in_silence)
{
	static const char nul[] = "add allow in\0 out", in_comment[] = "add allow in // a\0b";
	struct errs es;
	struct lex lx;

	errs_init(&es);
	lex_line(&lx, "kit", 1, nul, sizeof(nul) - 1, &es);
	assert_null(rules_parse(&lx));
	lex_line(&lx, "kit", 1, in_comment, sizeof(in_comment) - 1, &es);
	assert_null(rules_parse(&lx));
	assert_int_equal(es.errors, 2);
	errs_fini(&es);
}

/* 4096 of each, and nothing is cut. */
TEST(parse, lists_have_no_limit)
{
	size_t n = 0, room = 1 << 20;
	char *line = malloc(room), *text;
	struct rules_cmd *c;

	n += (size_t)snprintf(line, room, "add 1 allow tcp from 10.0.0.0");
	for (unsigned i = 1; i < 4096; i++)
		n += (size_t)snprintf(line + n, room - n, ",10.0.%u.%u", i / 256, i % 256);
	n += (size_t)snprintf(line + n, room - n, " to any dst-port 0");
	for (unsigned i = 2; i < 8192; i += 2)
		n += (size_t)snprintf(line + n, room - n, ",%u", i);
	c = kit_cmd(line);
	text = rules_cmd_print(c);
	assert_string_equal(text, line);
	free(text);
	rules_cmd_free(c);
	free(line);
}
