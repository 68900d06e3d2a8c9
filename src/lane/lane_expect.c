/* lane/lane_expect.c - expectations: lines of a script that say what is to become of a packet.
 *
 *      line    = protocol end ">" end { word } "=>" verdict [ rule ]
 *      end     = address [ ":" port ]                an IPv6 address with a port stands in brackets
 *      verdict = an action that ends the way through the rules: "allow", "deny", "pipe" number, "unreach" code, …
 *
 *      tcp 10.0.0.1:4000 > 192.0.2.1:80 syn in eth0 => deny 200
 *      udp [2001:db8::1]:53 > [2001:db8::2]:4000 len 1000 out => pipe 1 300
 *
 * Words between: those of the tables below, each once, in any order. What is not said is the plainest there is: a
 * source port of 40000, ACK alone for TCP, an echo request, ttl 64, no data, in. The number behind the verdict is that
 * of the rule that decides; without it any rule may.
 *
 * Like every line of a script it is parsed when it is read, all its errors told, and it prints in one canonical form.
 * It has no effect on a lane; `narrows test` builds the packet (lane_packet.c) and asks. Control thread. */
#include "lane_int.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "wire/wire.h"

enum { IFACE_BYTES = 63, ICMP_ECHO = 8, ICMP6_ECHO = 128 };

const uint8_t expect_macs[2][6] = { { 2, 0, 0, 0, 0, 1 }, { 2, 0, 0, 0, 0, 2 } };

const struct expect_name expect_protos[] = {	/* of two names for one number the first is canonical */
	{ "tcp", PROTO_TCP }, { "udp", PROTO_UDP }, { "icmp", PROTO_ICMP }, { "icmp6", PROTO_ICMP6 },
	{ "ipv6-icmp", PROTO_ICMP6 }, { "sctp", PROTO_SCTP }, { "udplite", PROTO_UDPLITE }, { "igmp", PROTO_IGMP },
	{ "gre", PROTO_GRE }, { "esp", PROTO_ESP }, { "ah", PROTO_AH }, { NULL, 0 },
};

const struct expect_name expect_flags[] = {
	{ "syn", TCP_SYN }, { "fin", TCP_FIN }, { "ack", TCP_ACK }, { "psh", TCP_PSH }, { "rst", TCP_RST },
	{ "urg", TCP_URG }, { "ece", TCP_ECE }, { "cwr", TCP_CWR }, { "noflags", 0 }, { NULL, 0 },
};

enum word_of { FOR_ANY, FOR_IP4, FOR_IP6, FOR_TCP, FOR_ICMP };

/* Words with a number behind them: where it is kept, and what it may be. */
static const struct number_word {
	const char *name;
	enum word_of of;
	size_t at;
	uint8_t bytes;
	uint32_t bit;			/* EXPECT_ bit that it sets */
	uint32_t hi;
} numbers[] = {
	{ "len", FOR_ANY, offsetof(struct lane_expect, len), 2, EXPECT_LEN, 65535 },
	{ "ttl", FOR_ANY, offsetof(struct lane_expect, ttl), 1, 0, 255 },
	{ "tos", FOR_ANY, offsetof(struct lane_expect, tos), 1, 0, 255 },
	{ "id", FOR_IP4, offsetof(struct lane_expect, ip_id), 2, 0, 65535 },
	{ "frag", FOR_IP4, offsetof(struct lane_expect, frag_off), 2, EXPECT_FRAG, 65528 },
	{ "flow", FOR_IP6, offsetof(struct lane_expect, flow_label), 4, 0, 0xfffff },
	{ "win", FOR_TCP, offsetof(struct lane_expect, win), 2, 0, 65535 },
	{ "mss", FOR_TCP, offsetof(struct lane_expect, mss), 2, EXPECT_MSS, 65535 },
	{ "type", FOR_ICMP, offsetof(struct lane_expect, icmp_type), 1, EXPECT_TYPE, 255 },
	{ "code", FOR_ICMP, offsetof(struct lane_expect, icmp_code), 1, 0, 255 },
};
enum { NUMBERS = sizeof(numbers) / sizeof(*numbers) };

/* The rest of the words. */
enum { WORD_VLAN = NUMBERS, WORD_SRC_MAC, WORD_DST_MAC, WORD_DF, WORD_MF, WORD_IN, WORD_OUT, WORD_RECV, WORD_XMIT,
	WORDS };
static const char *const others[] = { "vlan", "src-mac", "dst-mac", "df", "mf", "in", "out", "recv", "xmit" };

static const char *const verdicts[] = { "allow", "accept", "pass", "permit", "deny", "drop", "pipe", "queue", "reject",
	"unreach", "unreach6", "reset", "reset6", "abort", "abort6" };
enum { VERDICTS = sizeof(verdicts) / sizeof(*verdicts) };

struct reading {
	struct lex *lx;
	struct lane_expect *x;
	uint64_t said;			/* a bit for each word that stood */
	int bad;
};

static void wrong(struct reading *r, int code)
{
	if (!r->bad)
		r->bad = code;
}

#define tell(r, ...) wrong(r, lex_error((r)->lx, __VA_ARGS__))

bool lane_expect_begins(const struct lex *lx)
{
	struct lex ahead = *lx;
	struct word w;

	while (lex_next(&ahead, &w))
		if (word_is(w, "=>"))
			return true;
	return false;
}

static const char *word_at(const void *ctx, size_t i)
{
	if (i < NUMBERS)
		return numbers[i].name;
	return i < WORDS ? others[i - NUMBERS] : expect_flags[i - WORDS].name;
}

static size_t count_flags(void)
{
	size_t n = 0;

	while (expect_flags[n].name)
		n++;
	return n;
}

static void parse_proto(struct reading *r)
{
	uint64_t n = 0;
	struct word w;

	lex_next(r->lx, &w);
	for (const struct expect_name *p = expect_protos; p->name; p++) {
		if (word_is(w, p->name)) {
			r->x->proto = p->value;
			return;
		}
	}
	if (w.p[0] >= '0' && w.p[0] <= '9')
		wrong(r, units_num(r->lx, w, "protocol", 0, 255, &n));
	else
		tell(r, w, ERR_UNKNOWN,
			WORD_FMT ": neither a command nor a protocol: tcp, udp, icmp, icmp6, sctp, or a number",
			WORD_ARGS(w));
	r->x->proto = (uint8_t)n;
}

static bool has_ports(uint8_t proto)
{
	return proto == PROTO_TCP || proto == PROTO_UDP || proto == PROTO_SCTP || proto == PROTO_UDPLITE;
}

/* The address part of an end, and where its port begins; 0: no port. */
static struct word cut_end(struct word w, size_t *port)
{
	const char *close = w.n && w.p[0] == '[' ? memchr(w.p, ']', w.n) : NULL, *colon;
	size_t n;

	*port = 0;
	if (close) {
		n = (size_t)(close - w.p);
		if (n + 1 < w.n && close[1] == ':')
			*port = n + 2;
		return word_cut(w, 1, n + 1 == w.n || *port ? n - 1 : w.n);
	}
	colon = memchr(w.p, ':', w.n);
	if (!colon || memchr(colon + 1, ':', w.n - (size_t)(colon + 1 - w.p)))
		return w;
	*port = (size_t)(colon - w.p) + 1;
	return word_cut(w, 0, *port - 1);
}

static void parse_end(struct reading *r, const char *what, uint32_t *a4, uint64_t a6[2], uint16_t *port)
{
	struct lane_expect *x = r->x;
	struct word w, addr;
	size_t port_at;
	uint64_t n = 0;
	uint8_t family;

	if (!lex_next(r->lx, &w) || word_is(w, "=>")) {
		tell(r, w.n ? w : lex_here(r->lx), ERR_SYNTAX, "the %s is missing here", what);
		return;
	}
	addr = cut_end(w, &port_at);
	family = wire_ip4_parse(addr.p, addr.n, a4) ? 4 : wire_ip6_parse(addr.p, addr.n, a6) ? 6 : 0;
	if (!family)
		tell(r, addr, ERR_SYNTAX,
			WORD_FMT ": not an address such as 10.0.0.1:80 or [2001:db8::1]:80", WORD_ARGS(addr));
	else if (x->family && x->family != family)
		return tell(r, addr, ERR_SYNTAX, "both addresses must be of one family");
	x->family = family ? family : x->family;
	if (port_at && !has_ports(x->proto))
		tell(r, word_cut(w, port_at, w.n), ERR_SYNTAX, "this protocol has no ports");
	else if (port_at)
		wrong(r, units_num(r->lx, word_cut(w, port_at, w.n), "port", 0, 65535, &n));
	else if (has_ports(x->proto) && family && port == &x->dport)
		tell(r, w, ERR_SYNTAX, "the port is missing, as in %s" WORD_FMT "%s",
			family == 4 ? "" : "[", WORD_ARGS(addr), family == 4 ? ":80" : "]:80");
	if (port_at)
		*port = (uint16_t)n;
}

static void parse_arrow(struct reading *r)
{
	struct word w;

	if (lex_peek(r->lx, &w) && word_is(w, ">"))
		lex_next(r->lx, &w);
	else
		tell(r, w.n ? w : lex_here(r->lx), ERR_SYNTAX, "'>' is missing between the addresses");
}

static void parse_ends(struct reading *r)
{
	parse_end(r, "source", &r->x->src4, r->x->src6, &r->x->sport);
	if (!r->bad)
		parse_arrow(r);
	if (!r->bad)
		parse_end(r, "destination", &r->x->dst4, r->x->dst6, &r->x->dport);
}

/* May the word stand here? A word for TCP, say, and the packet is TCP. */
static bool fits(struct reading *r, struct word w, enum word_of of)
{
	const struct lane_expect *x = r->x;
	static const char *const whose[] = { "", "IPv4", "IPv6", "tcp", "icmp and icmp6" };
	bool good = of == FOR_ANY || (of == FOR_IP4 && x->family != 6) || (of == FOR_IP6 && x->family != 4) ||
		(of == FOR_TCP && x->proto == PROTO_TCP) ||
		(of == FOR_ICMP && (x->proto == PROTO_ICMP || x->proto == PROTO_ICMP6));

	if (!good)
		tell(r, w, ERR_SYNTAX, WORD_FMT ": only %s has that", WORD_ARGS(w), whose[of]);
	return good;
}

static bool value_follows(struct reading *r, struct word name, struct word *value)
{
	if (lex_peek(r->lx, value) && !word_is(*value, "=>")) {
		lex_next(r->lx, value);
		return true;
	}
	tell(r, lex_peek(r->lx, value) ? *value : lex_here(r->lx), ERR_SYNTAX,
		WORD_FMT ": its value is missing here", WORD_ARGS(name));
	return false;
}

static void parse_number(struct reading *r, struct word name, const struct number_word *d)
{
	char *to = (char *)r->x + d->at;
	uint64_t n = 0;
	struct word w;

	if (!value_follows(r, name, &w) || !fits(r, name, d->of))
		return;
	wrong(r, units_num(r->lx, w, d->name, 0, d->hi, &n));
	if (d->bit == EXPECT_FRAG && n % 8)
		tell(r, w, ERR_RANGE, "frag: an offset is a multiple of 8");
	r->x->given |= d->bit;
	if (d->bytes == 1)
		*(uint8_t *)to = (uint8_t)n;
	else if (d->bytes == 2)
		*(uint16_t *)(void *)to = (uint16_t)n;
	else
		*(uint32_t *)(void *)to = (uint32_t)n;
}

/* "10", "100.10": the outer one first. */
static void parse_vlans(struct reading *r, struct word name)
{
	struct word w;
	uint64_t n = 0;

	if (!value_follows(r, name, &w))
		return;
	for (size_t at = 0; at <= w.n;) {
		struct word rest = word_cut(w, at, w.n);
		const char *dot = memchr(rest.p, '.', rest.n);
		struct word one = word_cut(rest, 0, dot ? (size_t)(dot - rest.p) : rest.n);

		if (r->x->vlans == 4) {
			tell(r, rest, ERR_RANGE, "vlan: at most four tags");
			return;
		}
		wrong(r, units_num(r->lx, one, "vlan", 0, 4095, &n));
		r->x->vlan[r->x->vlans++] = (uint16_t)n;
		at += one.n + 1;
	}
}

static void parse_mac(struct reading *r, struct word name, uint8_t mac[6])
{
	struct word w;

	if (value_follows(r, name, &w) && !wire_mac_parse(w.p, w.n, mac))
		tell(r, w, ERR_SYNTAX, WORD_FMT ": not a MAC address such as 02:00:5e:00:53:01",
			WORD_ARGS(w));
}

static bool is_known(struct word w)
{
	for (size_t i = 0; i < WORDS + count_flags(); i++)
		if (word_is(w, word_at(NULL, i)))
			return true;
	return false;
}

static void set_iface(struct reading *r, struct word w, char **to)
{
	if (*to)
		tell(r, w, ERR_TWICE, "this interface is named already");
	else if (w.n > IFACE_BYTES)
		tell(r, w, ERR_RANGE, "a name has at most %d bytes", IFACE_BYTES);
	else if (!(*to = calloc(1, w.n + 1)))	/* no strndup(): not every system has it */
		tell(r, w, ERR_NOMEM, "no memory");
	else
		memcpy(*to, w.p, w.n);
}

/* in, out: and the name of the interface, if one follows. */
static void parse_way(struct reading *r, struct word name, bool out)
{
	struct word w;

	if (r->said & UINT64_C(1) << (out ? WORD_IN : WORD_OUT))
		tell(r, name, ERR_TWICE, "a packet goes in or out, not both");
	r->x->out = out;
	if (!lex_peek(r->lx, &w) || word_is(w, "=>") || is_known(w))
		return;
	lex_next(r->lx, &w);
	set_iface(r, w, out ? &r->x->xmit : &r->x->recv);
}

static void parse_other(struct reading *r, struct word name, size_t which)
{
	struct word w;

	switch (which) {
	case WORD_VLAN:
		parse_vlans(r, name);
		break;
	case WORD_SRC_MAC:
	case WORD_DST_MAC:
		parse_mac(r, name, which == WORD_SRC_MAC ? r->x->src_mac : r->x->dst_mac);
		break;
	case WORD_DF:
	case WORD_MF:
		if (fits(r, name, FOR_IP4))
			r->x->given |= which == WORD_DF ? EXPECT_DF : EXPECT_MF;
		break;
	case WORD_IN:
	case WORD_OUT:
		parse_way(r, name, which == WORD_OUT);
		break;
	default:
		if (value_follows(r, name, &w))
			set_iface(r, w, which == WORD_RECV ? &r->x->recv : &r->x->xmit);
	}
}

static bool parse_flag(struct reading *r, struct word w)
{
	for (size_t i = 0; expect_flags[i].name; i++) {
		if (!word_is(w, expect_flags[i].name))
			continue;
		if (r->said >> (WORDS + i) & 1)
			tell(r, w, ERR_TWICE, WORD_FMT ": given twice", WORD_ARGS(w));
		r->said |= UINT64_C(1) << (WORDS + i);
		r->x->given |= EXPECT_FLAGS;
		if (fits(r, w, FOR_TCP))
			r->x->tcp_flags |= expect_flags[i].value;
		return true;
	}
	return false;
}

static void parse_word(struct reading *r)
{
	const char *near;
	struct word w;

	lex_next(r->lx, &w);
	if (parse_flag(r, w))
		return;
	for (size_t i = 0; i < WORDS; i++) {
		if (!word_is(w, word_at(NULL, i)))
			continue;
		if (r->said >> i & 1)
			tell(r, w, ERR_TWICE, WORD_FMT ": given twice; once is allowed", WORD_ARGS(w));
		r->said |= UINT64_C(1) << i;
		if (i < NUMBERS)
			parse_number(r, w, &numbers[i]);
		else
			parse_other(r, w, i);
		return;
	}
	near = lex_suggest(w, word_at, NULL, WORDS + count_flags());
	tell(r, w, ERR_UNKNOWN, WORD_FMT ": not a word of an expectation%s%s%s", WORD_ARGS(w),
		near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

static const char *verdict_at(const void *ctx, size_t i)
{
	return verdicts[i];
}

static bool is_verdict(struct word w)
{
	for (size_t i = 0; i < VERDICTS; i++)
		if (word_is(w, verdicts[i]))
			return true;
	return false;
}

static void unknown_verdict(struct reading *r, struct word w)
{
	const char *near = lex_suggest(w, verdict_at, NULL, VERDICTS);

	if (near)
		tell(r, w, ERR_UNKNOWN, WORD_FMT ": not a verdict; did you mean %s?", WORD_ARGS(w), near);
	else
		tell(r, w, ERR_UNKNOWN,
			WORD_FMT ": not a verdict; allow, deny, pipe N, queue N, reject, unreach CODE or reset",
			WORD_ARGS(w));
}

static bool takes_argument(struct word w)
{
	return word_is(w, "pipe") || word_is(w, "queue") || word_is(w, "unreach") || word_is(w, "unreach6");
}

/* The action as a rule prints it: who knows synonyms and codes is the parser of rules. NULL: it does not know it. */
static char *canonical(struct word action, struct word arg)
{
	static const char body[] = " ip from any to any";
	char line[200], *text = NULL, *end;
	struct rules_cmd *cmd;
	struct lex lx;
	int n = snprintf(line, sizeof(line), "add 1 %.*s%s%.*s%s", (int)action.n, action.p, arg.n ? " " : "",
		(int)(arg.n < 64 ? arg.n : 64), arg.p, body);

	lex_line(&lx, "", 0, line, (size_t)n, NULL);
	cmd = rules_parse(&lx);
	if (cmd)
		text = rules_cmd_print(cmd);
	rules_cmd_free(cmd);
	end = text ? strstr(text, body) : NULL;
	if (!end) {
		free(text);
		return NULL;
	}
	*end = '\0';
	memmove(text, text + strlen("add 1 "), strlen(text) - strlen("add 1 ") + 1);
	return text;
}

static void parse_verdict(struct reading *r)
{
	struct word w, arg = { "", 0 };
	uint64_t n = 0;

	if (!lex_next(r->lx, &w)) {
		tell(r, lex_here(r->lx), ERR_SYNTAX, "what is expected? allow, deny, pipe N or another");
		return;
	}
	if (!is_verdict(w)) {
		unknown_verdict(r, w);
		return;
	}
	if (takes_argument(w) && !lex_next(r->lx, &arg)) {
		tell(r, lex_here(r->lx), ERR_SYNTAX, WORD_FMT ": its number is missing", WORD_ARGS(w));
		return;
	}
	r->x->verdict = canonical(w, arg);
	if (!r->x->verdict)
		tell(r, arg.n ? arg : w, ERR_SYNTAX, "no rule can say '" WORD_FMT "%s" WORD_FMT "'",
			WORD_ARGS(w), arg.n ? " " : "", WORD_ARGS(arg));
	if (lex_next(r->lx, &w)) {
		wrong(r, units_num(r->lx, w, "rule", 1, 65535, &n));
		r->x->rule = (uint32_t)n;
	}
	if (lex_next(r->lx, &w))
		tell(r, w, ERR_SYNTAX, "nothing may follow the rule's number");
}

/* What is not said, and what the whole line shows. */
static void complete(struct reading *r, struct word first)
{
	struct lane_expect *x = r->x;
	uint8_t wrong_icmp = x->family == 4 ? PROTO_ICMP6 : PROTO_ICMP;
	uint32_t least;

	if (x->proto == PROTO_TCP && !(x->given & EXPECT_FLAGS))
		x->tcp_flags = TCP_ACK;
	if ((x->proto == PROTO_ICMP || x->proto == PROTO_ICMP6) && !(x->given & EXPECT_TYPE))
		x->icmp_type = x->proto == PROTO_ICMP ? ICMP_ECHO : ICMP6_ECHO;
	if (x->family && x->proto == wrong_icmp)
		tell(r, first, ERR_SYNTAX, "%s goes with %s addresses", x->family == 4 ? "icmp6" : "icmp",
			x->family == 4 ? "IPv6" : "IPv4");
	if (r->bad || !x->family)
		return;
	least = expect_headers(x);
	if (!(x->given & EXPECT_LEN))
		x->len = (uint16_t)least;
	else if (x->len < least)
		tell(r, first, ERR_RANGE, "len: %u is less than its headers' %u bytes", x->len, least);
}

struct lane_expect *lane_expect_parse(struct lex *lx)
{
	struct lane_expect *x = calloc(1, sizeof(*x));
	struct reading r = { .lx = lx, .x = x };
	struct word first, w;

	lex_peek(lx, &first);
	if (!x) {
		lex_error(lx, first, ERR_NOMEM, "no memory for this line");
		return NULL;
	}
	*x = (struct lane_expect){ .sport = EXPECT_SPORT, .ttl = EXPECT_TTL, .win = EXPECT_WIN };
	memcpy(x->src_mac, expect_macs[0], sizeof(x->src_mac));
	memcpy(x->dst_mac, expect_macs[1], sizeof(x->dst_mac));
	parse_proto(&r);
	if (!r.bad)
		parse_ends(&r);
	if (!r.bad) {	/* else nobody knows what the rest is about */
		while (lex_peek(lx, &w) && !word_is(w, "=>"))
			parse_word(&r);
		lex_next(lx, &w);
		parse_verdict(&r);
		complete(&r, first);
	}
	if (!r.bad)
		return x;
	lane_expect_free(x);
	return NULL;
}

void lane_expect_free(struct lane_expect *x)
{
	if (!x)
		return;
	free(x->recv);
	free(x->xmit);
	free(x->verdict);
	free(x);
}
