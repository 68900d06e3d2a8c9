/* rules/match_tcp.c - setup, established, tcpflags: what TCP's flags say. Never a later fragment, never another
 * protocol.
 *
 * established is (flags & (SYN|ACK|RST)) != SYN, as ipfw's code has it and not as its manual: a segment with FIN
 * alone, or with no flag at all, is of an established connection too, and so is SYN|RST. `tcpflags syn,!ack` is
 * setup and prints so. ece and cwr are ours. Class T. */
#include "rules_emit.h"

static const struct flag_name tcp_flags[] = {
	{ "syn", TCP_SYN }, { "fin", TCP_FIN }, { "ack", TCP_ACK }, { "psh", TCP_PSH }, { "rst", TCP_RST },
	{ "urg", TCP_URG }, { "ece", TCP_ECE }, { "cwr", TCP_CWR }, { NULL, 0 },
};

static int tcpflags_parse(struct parse *ps, struct part *p)
{
	struct flag_pair *f = part_grow(ps, p, sizeof(*f));
	int err = f ? parse_flags(ps, "tcpflags", tcp_flags, f) : ERR_NOMEM;

	if (!err && f->set == TCP_SYN && f->clear == TCP_ACK)
		p->word = &match_setup;
	return err;
}

static bool tcpflags_run(const void *own, const struct rules_look *l)
{
	const struct flag_pair *f = own;

	return l->view->has & VIEW_HAS_TCP && (l->view->tcp_flags & (f->set | f->clear)) == f->set;
}

static bool setup_run(const void *own, const struct rules_look *l)
{
	return l->view->has & VIEW_HAS_TCP && (l->view->tcp_flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
}

static bool established_run(const void *own, const struct rules_look *l)
{
	return l->view->has & VIEW_HAS_TCP && (l->view->tcp_flags & (TCP_SYN | TCP_ACK | TCP_RST)) != TCP_SYN;
}

static bool tcpflags_emit(const void *own, struct code *c)
{
	const struct flag_pair *f = own;

	filter_build_under(c->to, FILTER_TCP_FLAGS, f->set | f->clear, f->set, c->yes, c->no);
	return true;
}

static bool setup_emit(const void *own, struct code *c)
{
	filter_build_under(c->to, FILTER_TCP_FLAGS, TCP_SYN | TCP_ACK, TCP_SYN, c->yes, c->no);
	return true;
}

/* Without TCP there are no flags, and `no` would be `yes`: so that is asked first. */
static bool established_emit(const void *own, struct code *c)
{
	filter_label tcp = filter_build_label(c->to);

	filter_build_under(c->to, FILTER_TCP_FLAGS, 0, 0, tcp, c->no);
	filter_build_here(c->to, tcp);
	filter_build_under(c->to, FILTER_TCP_FLAGS, TCP_SYN | TCP_ACK | TCP_RST, TCP_SYN, c->no, c->yes);
	return true;
}

static void tcpflags_keys(const void *own, struct keys *ks)
{
	const struct flag_pair *f = own;

	keys_add(ks, KEY_TCP_FLAGS, f->set | f->clear, f->set);
}

static void setup_keys(const void *own, struct keys *ks)
{
	keys_add(ks, KEY_TCP_FLAGS, TCP_SYN | TCP_ACK, TCP_SYN);
}

/* All that the three bits can be but SYN alone. */
static void established_keys(const void *own, struct keys *ks)
{
	for (unsigned bits = 0; bits <= (TCP_SYN | TCP_ACK | TCP_RST); bits++)
		if (!(bits & ~(unsigned)(TCP_SYN | TCP_ACK | TCP_RST)) && bits != TCP_SYN)
			keys_add(ks, KEY_TCP_FLAGS, TCP_SYN | TCP_ACK | TCP_RST, bits);
}

static void tcpflags_print(const struct part *p, struct str *to)
{
	const struct flag_pair *f = p->own;

	flags_print(tcp_flags, *f, to);
}

const struct rules_word match_tcpflags = {
	.word = "tcpflags",	.kind = WORD_MATCH,
	.help = "tcpflags [!]F,…: syn fin ack psh rst urg ece cwr, set or (with !) clear",
	.size = sizeof(struct flag_pair),	.parse = tcpflags_parse,	.check = facts_tcp,
	.run = tcpflags_run,	.emit = tcpflags_emit,
	.keys = tcpflags_keys,	.cache = CACHE_T,	.print = tcpflags_print,
};

const struct rules_word match_setup = {
	.word = "setup",	.kind = WORD_MATCH,	.help = "TCP with SYN and without ACK",
	.check = facts_tcp,	.run = setup_run,	.emit = setup_emit,
	.keys = setup_keys,	.cache = CACHE_T,
};

const struct rules_word match_established = {
	.word = "established",	.kind = WORD_MATCH,	.help = "TCP that is not the first SYN of a connection",
	.check = facts_tcp,	.run = established_run,	.emit = established_emit,
	.keys = established_keys,	.cache = CACHE_T,
};
