/* lane/lane_expect_print.c - an expectation as one canonical line, and the expectations of a script for who asks them.
 *
 * Words stand in one order, and only where they say something else than what is understood without them, so that a line
 * read again prints the same. Control thread. */
#include "lane_int.h"

#include <stdlib.h>
#include <string.h>

#include "wire/text.h"
#include "wire/wire.h"

enum { TEXT_BYTES = 700 };

static void print_end(struct text *t, const struct lane_expect *x, bool src)
{
	bool ports = x->proto == PROTO_TCP || x->proto == PROTO_UDP || x->proto == PROTO_SCTP ||
		x->proto == PROTO_UDPLITE;
	char addr[WIRE_IP6_TEXT];

	if (x->family == 4)
		wire_ip4_print(src ? x->src4 : x->dst4, addr);
	else
		wire_ip6_print(src ? x->src6 : x->dst6, addr);
	text_add(t, x->family == 6 && ports ? "[%s]" : "%s", addr);
	if (ports)
		text_add(t, ":%u", src ? x->sport : x->dport);
}

static void print_proto(struct text *t, uint8_t proto)
{
	for (const struct expect_name *p = expect_protos; p->name; p++)
		if (p->value == proto)
			return text_add(t, "%s ", p->name);
	text_add(t, "%u ", proto);
}

static void print_flags(struct text *t, const struct lane_expect *x)
{
	if (!(x->given & EXPECT_FLAGS))
		return;
	if (!x->tcp_flags)
		text_add(t, " noflags");
	for (const struct expect_name *f = expect_flags; f->name; f++)
		if (x->tcp_flags & f->value)
			text_add(t, " %s", f->name);
}

static void print_number(struct text *t, const char *name, uint32_t value, uint32_t usual)
{
	if (value != usual)
		text_add(t, " %s %u", name, value);
}

static void print_ip(struct text *t, const struct lane_expect *x)
{
	print_number(t, "len", x->len, expect_headers(x));
	print_number(t, "ttl", x->ttl, EXPECT_TTL);
	print_number(t, "tos", x->tos, 0);
	print_number(t, "id", x->ip_id, 0);
	if (x->given & EXPECT_FRAG)
		text_add(t, " frag %u", x->frag_off);
	if (x->given & EXPECT_DF)
		text_add(t, " df");
	if (x->given & EXPECT_MF)
		text_add(t, " mf");
	print_number(t, "flow", x->flow_label, 0);
}

static void print_transport(struct text *t, const struct lane_expect *x)
{
	print_flags(t, x);
	print_number(t, "win", x->win, EXPECT_WIN);
	if (x->given & EXPECT_MSS)
		text_add(t, " mss %u", x->mss);
	if (x->given & EXPECT_TYPE)
		text_add(t, " type %u", x->icmp_type);
	print_number(t, "code", x->icmp_code, 0);
}

static void print_link(struct text *t, const struct lane_expect *x)
{
	char mac[WIRE_MAC_TEXT];

	for (unsigned i = 0; i < x->vlans; i++)
		text_add(t, "%s%u", i ? "." : " vlan ", x->vlan[i]);
	if (memcmp(x->src_mac, expect_macs[0], sizeof(x->src_mac))) {
		wire_mac_print(x->src_mac, mac);
		text_add(t, " src-mac %s", mac);
	}
	if (memcmp(x->dst_mac, expect_macs[1], sizeof(x->dst_mac))) {
		wire_mac_print(x->dst_mac, mac);
		text_add(t, " dst-mac %s", mac);
	}
}

/* "in eth0", "out", "out eth1 recv eth0" */
static void print_way(struct text *t, const struct lane_expect *x)
{
	const char *own = x->out ? x->xmit : x->recv, *other = x->out ? x->recv : x->xmit;

	if (x->out || own)
		text_add(t, " %s", x->out ? "out" : "in");
	if (own)
		text_add(t, " %s", own);
	if (other)
		text_add(t, " %s %s", x->out ? "recv" : "xmit", other);
}

char *lane_expect_print(const struct lane_expect *x)
{
	char to[TEXT_BYTES];
	struct text t = text_init(to, sizeof(to));

	print_proto(&t, x->proto);
	print_end(&t, x, true);
	text_add(&t, " > ");
	print_end(&t, x, false);
	print_transport(&t, x);
	print_ip(&t, x);
	print_link(&t, x);
	print_way(&t, x);
	text_add(&t, " => %s", x->verdict);
	if (x->rule)
		text_add(&t, " %u", x->rule);
	return t.len < sizeof(to) ? strdup(to) : NULL;
}

static int by_time(const void *a, const void *b)
{
	const struct script_line *x = *(const struct script_line *const *)a, *y = *(const struct script_line *const *)b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x < y ? -1 : x > y;	/* both are of one array */
}

static int tell(const struct script_line *line, lane_expected_fn fn, void *ctx)
{
	const struct lane_expect *x = line->expect;
	const struct lane_expected told = { .file = line->file, .line = line->line, .at = line->at, .out = x->out,
		.recv = x->recv, .xmit = x->xmit, .verdict = x->verdict, .rule = x->rule, .expect = x };

	return fn(ctx, &told);
}

int lane_script_expected(const struct lane_script *s, lane_expected_fn fn, void *ctx)
{
	const struct script_line **lines = calloc(s->count + 1, sizeof(*lines));
	size_t n = 0;
	int rc = 0;

	if (!lines)
		return ERR_NOMEM;
	for (size_t i = 0; i < s->count; i++)
		if (s->lines[i].room == SCRIPT_EXPECT)
			lines[n++] = &s->lines[i];
	qsort(lines, n, sizeof(*lines), by_time);
	for (size_t i = 0; i < n && !rc; i++)
		rc = tell(lines[i], fn, ctx);
	free(lines);
	return rc;
}

uint32_t lane_expected_packet(const struct lane_expected *x, uint8_t to[LANE_EXPECTED_BYTES])
{
	return expect_build(x->expect, to, LANE_EXPECTED_BYTES);
}

char *lane_expected_text(const struct lane_expected *x)
{
	return lane_expect_print(x->expect);
}
