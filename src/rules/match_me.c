/* rules/match_me.c - `me` and `me6` where an address may stand: an address of this instance, asked of the environment
 * for each packet, so that a rule follows them when they change.
 *
 * `me` is of either family, `me6` of IPv6 alone; as an option the latter prints with src-ip6 or dst-ip6, as IPv6
 * addresses do. Where the environment knows no addresses nothing is me. Four words of the same name as those on lists
 * of addresses (match_addr.c), which hand over to them. Class E. Cost: a call of the environment. */
#include "rules_int.h"

static bool is_me(const struct rules_look *l, uint32_t four, const uint64_t six[2])
{
	const struct rules_env *env = l->env;

	if (l->view->family == 4)
		return env->is_me4 && env->is_me4(env->ctx, four);
	return l->view->family == 6 && env->is_me6 && env->is_me6(env->ctx, six);
}

static bool src_me_run(const void *own, const struct rules_look *l)
{
	return is_me(l, l->view->src4, l->view->src6);
}

static bool dst_me_run(const void *own, const struct rules_look *l)
{
	return is_me(l, l->view->dst4, l->view->dst6);
}

static bool src_me6_run(const void *own, const struct rules_look *l)
{
	return l->view->family == 6 && src_me_run(own, l);
}

static bool dst_me6_run(const void *own, const struct rules_look *l)
{
	return l->view->family == 6 && dst_me_run(own, l);
}

static void me_print(const struct part *p, struct str *to) { str_add(to, "me"); }
static void me6_print(const struct part *p, struct str *to) { str_add(to, "me6"); }

#define ME_WORD(id, name, check_, run_, print_)                                                                \
	const struct rules_word id = {                                                                         \
		.word = name, .kind = WORD_MATCH, .check = check_, .run = run_, .cache = CACHE_E,              \
		.print = print_,                                                                               \
	}

const struct rules_word place_me = {
	.word = "me",	.kind = WORD_PLACE,	.help = "every address of this instance",
};

const struct rules_word place_me6 = {
	.word = "me6",	.kind = WORD_PLACE,	.help = "every IPv6 address of this instance",
};

ME_WORD(match_src_me, "src-ip", facts_ip, src_me_run, me_print);
ME_WORD(match_dst_me, "dst-ip", facts_ip, dst_me_run, me_print);
ME_WORD(match_src_me6, "src-ip6", facts_ip6, src_me6_run, me6_print);
ME_WORD(match_dst_me6, "dst-ip6", facts_ip6, dst_me6_run, me6_print);
