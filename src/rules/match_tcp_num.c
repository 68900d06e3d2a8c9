/* rules/match_tcp_num.c - tcpseq, tcpack, tcpwin, tcpdatalen: numbers of a TCP header.
 *
 * Sequence numbers are compared as they stand there, one exact number; so is the window, which no option scales.
 * tcpdatalen is what is left of L behind both headers, captured or not; it is false where the header length is a lie.
 * An acknowledgement number counts without the flag ACK too. Never a later fragment. Class P. RFC 9293 3.1. */
#include "rules_emit.h"

static int number_parse(struct parse *ps, struct part *p, const char *what)
{
	uint32_t *number = part_grow(ps, p, sizeof(*number));
	uint64_t n = 0;
	int err = number ? parse_one_num(ps, what, UINT32_MAX, &n) : ERR_NOMEM;

	if (number)
		*number = (uint32_t)n;
	return err;
}

static int tcpseq_parse(struct parse *ps, struct part *p) { return number_parse(ps, p, "tcpseq"); }
static int tcpack_parse(struct parse *ps, struct part *p) { return number_parse(ps, p, "tcpack"); }
static int tcpwin_parse(struct parse *ps, struct part *p) { return parse_ranges(ps, p, "tcpwin", 65535, NULL); }
static int tcpdatalen_parse(struct parse *ps, struct part *p) { return parse_ranges(ps, p, "tcpdatalen", 65535, NULL); }

static bool tcpseq_run(const void *own, const struct rules_look *l)
{
	return l->view->has & VIEW_HAS_TCP && l->view->tcp_seq == *(const uint32_t *)own;
}

static bool tcpack_run(const void *own, const struct rules_look *l)
{
	return l->view->has & VIEW_HAS_TCP && l->view->tcp_ack == *(const uint32_t *)own;
}

static bool tcpwin_run(const void *own, const struct rules_look *l)
{
	return l->view->has & VIEW_HAS_TCP && ranges_hold(own, l->view->tcp_win);
}

static bool tcpdatalen_run(const void *own, const struct rules_look *l)
{
	uint32_t bytes;

	return view_tcp_data(l->view, &bytes) && ranges_hold(own, bytes);
}

static bool tcpseq_emit(const void *own, struct code *c)
{
	filter_build_is(c->to, FILTER_TCP_SEQ, *(const uint32_t *)own, c->yes, c->no);
	return true;
}

static bool tcpack_emit(const void *own, struct code *c)
{
	filter_build_is(c->to, FILTER_TCP_ACK, *(const uint32_t *)own, c->yes, c->no);
	return true;
}

static bool tcpwin_emit(const void *own, struct code *c) { return emit_ranges(own, FILTER_TCP_WIN, c); }

static void number_print(const struct part *p, struct str *to)
{
	str_add(to, "%u", *(const uint32_t *)p->own);
}

const struct rules_word match_tcpseq = {
	.word = "tcpseq",	.kind = WORD_MATCH,	.help = "tcpseq N: sequence number of TCP",
	.size = sizeof(uint32_t),	.parse = tcpseq_parse,	.check = facts_tcp,
	.run = tcpseq_run,	.emit = tcpseq_emit,	.cache = CACHE_P,	.print = number_print,
};

const struct rules_word match_tcpack = {
	.word = "tcpack",	.kind = WORD_MATCH,	.help = "tcpack N: acknowledgement number of TCP",
	.size = sizeof(uint32_t),	.parse = tcpack_parse,	.check = facts_tcp,
	.run = tcpack_run,	.emit = tcpack_emit,	.cache = CACHE_P,	.print = number_print,
};

const struct rules_word match_tcpwin = {
	.word = "tcpwin",	.kind = WORD_MATCH,	.help = "tcpwin N[-N][,…]: window of TCP as the header has it",
	.size = sizeof(struct ranges),	.parse = tcpwin_parse,	.check = facts_tcp,
	.run = tcpwin_run,	.emit = tcpwin_emit,	.cache = CACHE_P,	.print = ranges_print,
};

const struct rules_word match_tcpdatalen = {
	.word = "tcpdatalen",	.kind = WORD_MATCH,	.help = "tcpdatalen N[-N][,…]: bytes of TCP data",
	.size = sizeof(struct ranges),	.parse = tcpdatalen_parse,	.check = facts_tcp,
	.run = tcpdatalen_run,	.cache = CACHE_P,	.print = ranges_print,
};
