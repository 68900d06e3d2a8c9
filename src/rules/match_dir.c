/* rules/match_dir.c - in, out: the direction in which a packet passes. Each is the other's opposite, and prints so. */
#include "rules_emit.h"

static void in_check(const void *own, struct facts *f)
{
	f->dirs &= FACT_IN;
}

static void out_check(const void *own, struct facts *f)
{
	f->dirs &= FACT_OUT;
}

static bool in_run(const void *own, const struct rules_look *l)
{
	return l->meta->dir == META_IN;
}

static bool out_run(const void *own, const struct rules_look *l)
{
	return l->meta->dir == META_OUT;
}

static void in_keys(const void *own, struct keys *ks) { keys_add(ks, KEY_DIR, 1, META_IN); }
static void out_keys(const void *own, struct keys *ks) { keys_add(ks, KEY_DIR, 1, META_OUT); }

static bool in_emit(const void *own, struct code *c)
{
	filter_build_is(c->to, FILTER_DIR_OUT, META_IN, c->yes, c->no);
	return true;
}

static bool out_emit(const void *own, struct code *c)
{
	filter_build_is(c->to, FILTER_DIR_OUT, META_OUT, c->yes, c->no);
	return true;
}

const struct rules_word match_in = {
	.word = "in",	.kind = WORD_MATCH,	.help = "packets that come in",
	.check = in_check,	.run = in_run,	.emit = in_emit,
	.keys = in_keys,	.cache = CACHE_F,	.opposite = &match_out,
};

const struct rules_word match_out = {
	.word = "out",	.kind = WORD_MATCH,	.help = "packets that go out",
	.check = out_check,	.run = out_run,	.emit = out_emit,
	.keys = out_keys,	.cache = CACHE_F,	.opposite = &match_in,
};
