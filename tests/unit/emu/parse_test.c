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
		assert_true(a->later || a->kind == WORD_VERB || a->parse || !a->on);
		for (size_t j = 0; j < i && (b = emu_word_get(j)); j++)
			assert_string_not_equal(a->word, b->word);
	}
}

static struct emu_conf random_conf(struct kit_rng *r)
{
	struct emu_conf c = emu_conf_default;

	c.bw = kit_random(r) >> 24 & (UINT64_MAX >> (26 + kit_below(r, 38)));
	c.delay = kit_random(r) >> (2 + kit_below(r, 62));
	c.impair.loss.p[LOSS_P].below = kit_random(r) >> kit_below(r, 64);
	c.impair.loss.p[LOSS_P].always = kit_below(r, 20) == 0;
	if (c.impair.loss.p[LOSS_P].always)
		c.impair.loss.p[LOSS_P].below = 0;
	c.queue.kind = (enum emu_limit_kind)kit_below(r, 4);
	c.queue.amount = c.queue.kind == LIMIT_AUTO ? 0 : 1 + kit_below(r, EMU_SLOTS_MAX);
	c.overhead.bytes = (uint32_t)kit_below(r, 65536);
	c.noerror = kit_below(r, 2);
	c.to = (struct emu_to){ kit_below(r, 2) ? EMU_PIPE : EMU_SCHED, 1 + (uint32_t)kit_below(r, 65535) };
	c.weight = 1 + (uint32_t)kit_below(r, EMU_WEIGHT_MAX);
	c.pri = (uint32_t)kit_below(r, EMU_PRI_MAX + 1);
	c.lmax = 1 + kit_below(r, EMU_LMAX_MAX);
	c.type.ops = sched_at(kit_below(r, 4));
	return c;
}

/* What an object of this kind may be told, of what the conf above has; a sched has a link, or a pipe's. */
static uint64_t all_of(enum emu_kind kind, bool borrows)
{
	const struct emu_word *word;
	uint64_t named = 0;

	for (size_t i = 0; (word = emu_word_get(i)); i++)
		if (word->print && word->on & 1u << kind && word->option <= OPT_TYPE)
			named |= UINT64_C(1) << word->option;
	if (kind == EMU_SCHED)
		named &= ~(borrows ? emu_link_options() : UINT64_C(1) << OPT_TO);
	return named;
}

static bool same_queue(const struct emu_conf *a, const struct emu_conf *b)
{
	return a->to.kind == b->to.kind && a->to.number == b->to.number && a->weight == b->weight &&
		a->pri == b->pri && a->lmax == b->lmax;
}

static bool same_loss(const struct prob *a, const struct prob *b)
{
	return a->below == b->below && a->always == b->always;
}

static bool same(const struct emu_conf *a, const struct emu_conf *b)
{
	return a->type.ops == b->type.ops && a->bw == b->bw && a->delay == b->delay &&
		same_loss(&a->impair.loss.p[LOSS_P], &b->impair.loss.p[LOSS_P]) && a->queue.kind == b->queue.kind &&
		a->queue.amount == b->queue.amount && a->overhead.bytes == b->overhead.bytes &&
		a->aqm.ops == b->aqm.ops && a->noerror == b->noerror && a->burst == b->burst &&
		a->flows == b->flows && a->expire == b->expire && emu_mask_equal(&a->mask, &b->mask);
}

/* Any bits, or those that lead, or none; a mask without a bit is no mask. */
static uint64_t random_bits(struct kit_rng *r, unsigned bits)
{
	uint64_t all = bits == 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
	uint64_t n = kit_below(r, bits + 1);

	switch (kit_below(r, 3)) {
	case 0:
		return 0;
	case 1:
		return n == bits ? all : all & ~(all >> n);
	default:
		return kit_random(r) & all;
	}
}

static struct emu_mask random_mask(struct kit_rng *r)
{
	struct emu_mask m = {
		.src4 = (uint32_t)random_bits(r, 32), .dst4 = (uint32_t)random_bits(r, 32),
		.proto = (uint8_t)random_bits(r, 8), .sport = (uint16_t)random_bits(r, 16),
		.dport = (uint16_t)random_bits(r, 16), .label = (uint32_t)random_bits(r, 20),
		.src6 = { random_bits(r, 64), random_bits(r, 64) }, .dst6 = { random_bits(r, 64), random_bits(r, 64) },
	};

	m.on = m.src4 || m.dst4 || m.proto || m.sport || m.dport || m.label || m.src6[0] || m.src6[1] || m.dst6[0] ||
		m.dst6[1];
	if (!m.on && kit_below(r, 2))
		m.on = m.queue = true;
	return m;
}

TEST(parse, what_is_printed_means_the_same)
{
	struct kit_rng r = { 7 };

	for (unsigned i = 0; i < 3000; i++) {
		struct emu_cmd c = { .number = 1 + (uint32_t)kit_below(&r, 65535), .kind = (enum emu_kind)(i % 3),
			.verb = i & 1 ? VERB_REPLACE : VERB_CONFIG }, *again;
		struct emu_conf said = emu_conf_default;
		struct errs es;
		char *text;

		c.named = all_of(c.kind, i & 4);
		c.conf = random_conf(&r);
		if (c.kind == EMU_SCHED)
			c.conf.to.kind = EMU_PIPE;
		c.conf.mask = random_mask(&r);
		c.conf.burst = kit_random(&r) >> 16 >> kit_below(&r, 48);
		c.conf.flows = 1 + (uint32_t)kit_below(&r, EMU_FLOWS_MAX);
		c.conf.expire = 1 + kit_below(&r, NRW_S * 1000);
		c.conf.bw = c.conf.bw > UINT64_C(1000000000000) ? UINT64_C(1000000000000) : c.conf.bw;
		text = emu_cmd_print(&c);
		again = parse(text, &es);
		if (!again)
			errs_print(&es, stderr, "test");
		assert_non_null(again);
		assert_int_equal(again->number, c.number);
		assert_int_equal(again->verb, c.verb);
		emu_conf_merge(&said, &c.conf, c.named);
		assert_int_equal(again->kind, c.kind);
		assert_true(same(&again->conf, &said) && same_queue(&again->conf, &said));
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
