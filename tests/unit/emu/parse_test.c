/* tests/unit/emu/parse_test.c - laws of the table of words, and random configurations that print and parse back. */
#include "emu/emu_int.h"

#include <stdlib.h>

#include "kit.h"
#include "test.h"

static struct emu_cmd *parse(const char *text, struct errs *es)
{
	struct lex lx;

	errs_init(es);
	lex_line(&lx, "test", 1, text, strlen(text), es);
	return emu_parse(&lx);
}

TEST(parse, every_later_option_is_refused_by_its_name)
{
	struct emu_word_info info;

	for (size_t i = 0; emu_word_at(i, &info); i++) {
		char line[80], text[80];
		struct errs es;

		if (!info.later)
			continue;
		snprintf(line, sizeof(line), "pipe 1 %s%s", strcmp(info.kind, "verb") ? "config " : "", info.word);
		snprintf(text, sizeof(text), "%s: known, but not supported by this version", info.word);
		assert_null(parse(line, &es));
		assert_int_equal(es.errors, 1);
		assert_int_equal(es.notes[0].code, ERR_LATER);
		assert_int_equal(es.notes[0].column, strlen(line) - strlen(info.word) + 1);
		assert_int_equal(es.notes[0].width, strlen(info.word));
		assert_string_equal(es.notes[0].text, text);
		errs_fini(&es);
	}
}

TEST(parse, a_word_stands_once_in_the_table_and_has_help)
{
	const struct emu_word *a, *b;

	for (size_t i = 0; (a = emu_word_get(i)); i++) {
		assert_true(a->help[0] != '\0');
		assert_true(a->later || a->kind == WORD_VERB || a->parse);
		for (size_t j = 0; j < i && (b = emu_word_get(j)); j++)
			assert_string_not_equal(a->word, b->word);
	}
}

static struct emu_conf random_conf(struct kit_rng *r)
{
	struct emu_conf c = emu_conf_default;

	c.bw = kit_random(r) >> 24 & (UINT64_MAX >> (26 + kit_below(r, 38)));
	c.delay = kit_random(r) >> (2 + kit_below(r, 62));
	c.plr.below = kit_random(r) >> kit_below(r, 64);
	c.plr.always = kit_below(r, 20) == 0;
	if (c.plr.always)
		c.plr.below = 0;
	c.queue.kind = (enum emu_limit_kind)kit_below(r, 4);
	c.queue.amount = c.queue.kind == LIMIT_AUTO ? 0 : 1 + kit_below(r, EMU_SLOTS_MAX);
	c.overhead = (uint32_t)kit_below(r, 65536);
	c.noerror = kit_below(r, 2);
	return c;
}

static bool same(const struct emu_conf *a, const struct emu_conf *b)
{
	return a->bw == b->bw && a->delay == b->delay && a->plr.below == b->plr.below &&
		a->plr.always == b->plr.always && a->queue.kind == b->queue.kind &&
		a->queue.amount == b->queue.amount && a->overhead == b->overhead && a->aqm == b->aqm &&
		a->noerror == b->noerror;
}

TEST(parse, what_is_printed_means_the_same)
{
	struct kit_rng r = { 7 };

	for (unsigned i = 0; i < 3000; i++) {
		struct emu_cmd c = { .number = 1 + (uint32_t)kit_below(&r, 65535), .replace = i & 1 }, *again;
		struct errs es;
		char *text;

		c.named = (1u << OPT_BUCKETS) - 1;
		c.conf = random_conf(&r);
		c.conf.bw = c.conf.bw > UINT64_C(1000000000000) ? UINT64_C(1000000000000) : c.conf.bw;
		text = emu_cmd_print(&c);
		again = parse(text, &es);
		if (!again)
			errs_print(&es, stderr, "test");
		assert_non_null(again);
		assert_int_equal(again->number, c.number);
		assert_int_equal(again->replace, c.replace);
		assert_true(same(&again->conf, &c.conf));
		free(text);
		emu_cmd_free(again);
		errs_fini(&es);
	}
}

TEST(parse, first_words)
{
	assert_true(emu_knows((struct word){ "pipe", 4 }));
	assert_true(emu_knows((struct word){ "queue", 5 }));
	assert_true(emu_knows((struct word){ "sched", 5 }));
	assert_false(emu_knows((struct word){ "pip", 3 }));
	assert_false(emu_knows((struct word){ "add", 3 }));
}
