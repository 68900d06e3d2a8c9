/* rules/rules_words.c - the table: every word of the language, one entry each.
 *
 * What works has its descriptor at the end of its own file and one line here. What comes later, or never, is an
 * entry without functions, so that it is refused by its name and not as a typing mistake; when its time comes, the
 * entry is replaced by a descriptor and nothing else changes. The parser, `check --list` and did-you-mean all read
 * this one table. Words of commands that belong to this room are here too, and words of the address grammar
 * (PLACE). Constant; any thread. */
#include "rules_table.h"

#include <string.h>

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

static const struct rules_word *const words_now[] = {
	&command_add, &command_delete, &command_zero, &command_resetlog, &command_flush, &command_set, &command_list,
	&command_show, &command_table,
	&param_set, &param_prob, &param_log, &param_logamount, &param_tag, &param_untag,
	&action_allow, &action_deny, &action_count, &action_skipto, &action_pipe, &action_queue, &action_call,
	&action_return,
	&action_reject, &action_unreach, &action_unreach6, &action_reset, &action_reset6, &action_abort, &action_abort6,
	&action_setdscp, &action_setmss,
	&match_in, &match_out, &match_tagged, &match_proto, &match_lookup, &match_flow,
	&match_src_ip, &match_dst_ip, &match_src_ip6, &match_dst_ip6, &match_src_port, &match_dst_port,
	&match_setup, &match_established, &match_tcpflags, &match_icmptypes, &match_iplen, &match_ipttl, &match_frag,
		&match_ipver,
	&place_me, &place_me6,
	&match_recv, &match_xmit, &match_via, &match_layer2, &match_mac, &match_src_mac, &match_dst_mac,
	&match_mac_type, &match_vlan, &match_vlan_pcp, &match_ipid, &match_iptos, &match_ipprecedence, &match_dscp,
	&match_ipoptions, &match_ext6hdr, &match_flow_id, &match_tcpoptions, &match_tcpseq, &match_tcpack,
	&match_tcpwin, &match_tcpdatalen, &match_tcpmss, &match_icmp6types, &match_malformed, &match_fib, &match_filter,
};

#define REFUSED(kind_, when_, word_, args_, text) \
	{ .word = word_, .kind = kind_, .when = when_, .args = args_, .help = text, .why = text }
#define LATER(kind_, word_, args_, text) REFUSED(kind_, WORD_LATER, word_, args_, text)
#define NEVER(kind_, word_, args_, text) REFUSED(kind_, WORD_NEVER, word_, args_, text)

static const struct rules_word words_more[] = {
	{ .word = "print",	.kind = WORD_COMMAND, .same_as = &command_list, .help = "the same as list" },
	{ .word = "accept",	.kind = WORD_ACTION, .same_as = &action_allow, .help = "the same as allow" },
	{ .word = "pass",	.kind = WORD_ACTION, .same_as = &action_allow, .help = "the same as allow" },
	{ .word = "permit",	.kind = WORD_ACTION, .same_as = &action_allow, .help = "the same as allow" },
	{ .word = "drop",	.kind = WORD_ACTION, .same_as = &action_deny, .help = "the same as deny" },
	{ .word = "ipversion",	.kind = WORD_MATCH, .same_as = &match_ipver, .help = "the same as ipver" },
	{ .word = "bridged",	.kind = WORD_MATCH, .same_as = &match_layer2, .help = "the same as layer2" },
	{ .word = "mac",	.kind = WORD_MATCH, .same_as = &match_mac, .help = "the same as MAC" },

	LATER(WORD_COMMAND, "nat", 0, "instances of address translation"),
	LATER(WORD_COMMAND, "enable", 0, "turns a setting on"),
	LATER(WORD_COMMAND, "disable", 0, "turns a setting off"),
	LATER(WORD_COMMAND, "sysctl", 0, "settings by name"),

	LATER(WORD_ACTION, "reass", 0, "gathers IPv4 fragments"),
	LATER(WORD_ACTION, "check-state", 0, "looks up states"),
	LATER(WORD_ACTION, "divert", 1, "hands the packet to a reader"),
	LATER(WORD_ACTION, "tee", 1, "hands a copy to a reader"),
	LATER(WORD_ACTION, "setfib", 1, "chooses a routing table"),
	LATER(WORD_ACTION, "fwd", 1, "chooses the next hop"),
	LATER(WORD_ACTION, "forward", 1, "the same as fwd"),
	LATER(WORD_ACTION, "nat", 1, "translates addresses"),
	LATER(WORD_ACTION, "setmark", 1, "sets the mark"),
	LATER(WORD_ACTION, "nptv6", 1, "translates IPv6 prefixes"),
	LATER(WORD_ACTION, "target", 1, "an action of a plug-in"),
	NEVER(WORD_ACTION, "netgraph", 1, "there is no netgraph outside FreeBSD; the nearest is divert"),
	NEVER(WORD_ACTION, "ngtee", 1, "there is no netgraph outside FreeBSD; the nearest is tee"),
	NEVER(WORD_ACTION, "eaction", 1, "modules of FreeBSD's kernel cannot be loaded; the nearest is target"),
	NEVER(WORD_ACTION, "nat64lsn", 1, "protocols are not translated here; the nearest is nat"),
	NEVER(WORD_ACTION, "nat64stl", 1, "protocols are not translated here; the nearest is nat"),
	NEVER(WORD_ACTION, "nat64clat", 1, "protocols are not translated here; the nearest is nat"),

	NEVER(WORD_PARAM, "altq", 1, "there is no ALTQ outside FreeBSD; the nearest is queue"),


	LATER(WORD_MATCH, "keep-state", 0, "makes and looks up a state"),
	LATER(WORD_MATCH, "record-state", 0, "makes a state"),
	LATER(WORD_MATCH, "limit", 2, "makes states up to a limit"),
	LATER(WORD_MATCH, "set-limit", 2, "the same without lookup"),
	LATER(WORD_MATCH, "mark", 1, "carries a mark"),
	LATER(WORD_MATCH, "verrevpath", 0, "the way back leaves by the interface it came by"),
	LATER(WORD_MATCH, "versrcreach", 0, "there is a way back"),
	LATER(WORD_MATCH, "antispoof", 0, "a local source came by its own interface"),
	LATER(WORD_MATCH, "uid", 1, "owner of the local socket"),
	LATER(WORD_MATCH, "gid", 1, "group of the local socket"),
	LATER(WORD_MATCH, "jail", 1, "network namespace of the local socket"),
	LATER(WORD_MATCH, "sockarg", 0, "cookie of the local socket"),
	LATER(WORD_MATCH, "diverted", 0, "comes back from a reader"),
	LATER(WORD_MATCH, "diverted-loopback", 0, "comes back from a reader as input"),
	LATER(WORD_MATCH, "diverted-output", 0, "comes back from a reader as output"),
	LATER(WORD_MATCH, "defer-action", 0, "the first packet only makes the state"),
	LATER(WORD_MATCH, "defer-immediate-action", 0, "the first packet only makes the state"),
	LATER(WORD_MATCH, "hook", 1, "place where the packet is judged"),
	NEVER(WORD_MATCH, "ipsec", 0, "there is no IPsec below us; the nearest is proto esp"),
};

const struct rules_word *word_at(size_t i)
{
	if (i < LENGTH(words_now))
		return words_now[i];
	i -= LENGTH(words_now);
	return i < LENGTH(words_more) ? &words_more[i] : NULL;
}

const struct rules_word *word_find(enum word_kind kind, struct word w)
{
	const struct rules_word *rw;

	for (size_t i = 0; w.n && (rw = word_at(i)); i++)
		if (rw->kind == kind && rw->word[0] == w.p[0] && word_is(w, rw->word))
			return rw->same_as ? rw->same_as : rw;
	return NULL;
}

/* The first word that `w` begins, what works before what comes later. */
static const char *spelt_out(enum word_kind kind, struct word w)
{
	const struct rules_word *rw;

	for (size_t i = 0; w.n && (rw = word_at(i)); i++)
		if (rw->kind == kind && w.n < strlen(rw->word) && !memcmp(w.p, rw->word, w.n))
			return rw->word;
	return NULL;
}

static const char *name_at(const void *kind, size_t i)
{
	const struct rules_word *rw = word_at(i);

	return rw && rw->kind == *(const enum word_kind *)kind ? rw->word : "";
}

const char *word_near(enum word_kind kind, struct word w)
{
	const char *near = lex_suggest(w, name_at, &kind, LENGTH(words_now) + LENGTH(words_more));

	return near && *near ? near : NULL;
}

int word_unknown(struct parse *ps, enum word_kind kind, struct word w, const char *what)
{
	const char *full = spelt_out(kind, w), *near = word_near(kind, w);

	if (full)
		return parse_error(ps, w, ERR_UNKNOWN, WORD_FMT ": abbreviations are not taken; did you mean %s?",
			WORD_ARGS(w), full);
	if (near)
		return parse_error(ps, w, ERR_UNKNOWN, WORD_FMT " is not %s; did you mean %s?", WORD_ARGS(w), what,
			near);
	return parse_error(ps, w, ERR_UNKNOWN, WORD_FMT " is not %s; allowed: see narrows check --list %s",
		WORD_ARGS(w), what,
		kind == WORD_ACTION ? "actions" : "matches");
}

int word_refuse(struct parse *ps, const struct rules_word *rw, struct word w)
{
	if (rw->when == WORD_NEVER)
		return parse_error(ps, w, ERR_LATER, "%s: known, but not supported: %s", rw->word, rw->why);
	return parse_error(ps, w, ERR_LATER, "%s: known, but not supported by this version", rw->word);
}

bool rules_knows(struct word first)
{
	return word_find(WORD_COMMAND, first) != NULL;
}

bool rules_word_at(size_t i, struct rules_word_info *info)
{
	static const char *const kinds[] = { "command", "action", "parameter", "match", "address" };
	const struct rules_word *rw = word_at(i);

	if (!rw)
		return false;
	*info = (struct rules_word_info){ kinds[rw->kind], rw->word, rw->help, rw->when != WORD_NOW };
	return true;
}
