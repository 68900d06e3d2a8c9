/* rules/match_dir.c - in, out: the direction in which a packet passes. Each is the other's opposite, and prints so. */
#include "rules_int.h"

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

const struct rules_word match_in = {
	.word = "in",	.kind = WORD_MATCH,	.help = "packets that come in",
	.check = in_check,	.run = in_run,	.keys = in_keys,	.cache = CACHE_F,	.opposite = &match_out,
};

const struct rules_word match_out = {
	.word = "out",	.kind = WORD_MATCH,	.help = "packets that go out",
	.check = out_check,	.run = out_run,	.keys = out_keys,	.cache = CACHE_F,	.opposite = &match_in,
};
