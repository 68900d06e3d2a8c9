#include "kit.h"

#include <stdlib.h>

#include "pkt/pkt.h"
#include "test.h"

struct rules_cmd *kit_try(const char *line, struct errs *es)
{
	struct lex lx;

	errs_init(es);
	lex_line(&lx, "kit", 1, line, strlen(line), es);
	return rules_parse(&lx);
}

struct rules_cmd *kit_cmd(const char *line)
{
	struct errs es;
	struct rules_cmd *c = kit_try(line, &es);

	if (!c)
		print_message("# refused: %s: %s\n", line, es.count ? es.notes[0].text : "?");
	errs_fini(&es);
	assert_non_null(c);
	return c;
}

struct rules_set *kit_set(const struct rules_set *from, const char *lines)
{
	struct rules_cmd *cmds[256];
	struct rules_set *s;
	size_t n = 0;
	char *text = strdup(lines), *rest = text, *line;
	struct err e = { 0 };

	while ((line = strsep(&rest, "\n")))
		if (*line && n < sizeof(cmds) / sizeof(*cmds))
			cmds[n++] = kit_cmd(line);
	assert_null(line);
	s = rules_build(from, NULL, cmds, n, &e);
	if (!s)
		print_message("# %s\n", e.text);
	assert_non_null(s);
	while (n)
		rules_cmd_free(cmds[--n]);	/* the set needs them no longer */
	free(text);
	return s;
}

static struct kit_packet finish(struct kit_packet p)
{
	p.meta = (struct meta){ .dir = META_IN, .len_bytes = p.n };
	p.link = LINK_RAW;
	return p;
}

struct kit_packet kit_ip4(uint8_t proto)
{
	struct kit_packet p = { .n = 28 };

	p.bytes[0] = 0x45;
	wire_put16(p.bytes + 2, 28);
	p.bytes[8] = 64;
	p.bytes[9] = proto;
	wire_put32(p.bytes + 12, 0x0a000001);
	wire_put32(p.bytes + 16, 0xc0000201);
	return finish(p);
}

struct kit_packet kit_tcp(uint8_t flags)
{
	struct kit_packet p = kit_ip4(PROTO_TCP);

	p.n = 40;
	wire_put16(p.bytes + 2, 40);
	wire_put16(p.bytes + 20, 4000);
	wire_put16(p.bytes + 22, 80);
	p.bytes[32] = 0x50;
	p.bytes[33] = flags;
	return finish(p);
}

struct kit_packet kit_udp(uint16_t sport, uint16_t dport)
{
	struct kit_packet p = kit_ip4(PROTO_UDP);

	wire_put16(p.bytes + 20, sport);
	wire_put16(p.bytes + 22, dport);
	wire_put16(p.bytes + 24, 8);
	return finish(p);
}

struct kit_packet kit_icmp(uint8_t type)
{
	struct kit_packet p = kit_ip4(PROTO_ICMP);

	p.bytes[20] = type;
	return finish(p);
}

struct kit_packet kit_ip6(uint8_t proto)
{
	struct kit_packet p = { .n = 48 };

	p.bytes[0] = 0x60;
	wire_put16(p.bytes + 4, 8);
	p.bytes[6] = proto;
	p.bytes[7] = 64;
	wire_put64(p.bytes + 8, UINT64_C(0x20010db800000000));
	wire_put64(p.bytes + 16, 1);
	wire_put64(p.bytes + 24, UINT64_C(0x20010db800000000));
	wire_put64(p.bytes + 32, 2);
	return finish(p);
}

struct kit_packet kit_tcp6(uint8_t flags)
{
	struct kit_packet p = kit_ip6(PROTO_TCP);

	p.n = 60;
	wire_put16(p.bytes + 4, 20);
	wire_put16(p.bytes + 40, 4000);
	wire_put16(p.bytes + 42, 80);
	p.bytes[52] = 0x50;
	p.bytes[53] = flags;
	return finish(p);
}

void kit_frag(struct kit_packet *p, uint16_t field)
{
	wire_put16(p->bytes + 6, field);
}

void kit_src4(struct kit_packet *p, uint32_t addr)
{
	wire_put32(p->bytes + 12, addr);
}

const struct rules_env *kit_env;
struct rules_cache *kit_cache;

struct rules_answer kit_judge(const struct rules_set *s, const struct kit_packet *p, struct rules_counter *counters)
{
	struct rules_counter *own = rules_counters(s, NULL, NULL);
	struct pkt_pool *pool = pkt_pool_new(0);
	struct pkt *pkt = pkt_new(pool);
	uint8_t *bytes = malloc(p->n);	/* of its very length, so that a byte too many is seen */
	struct meta meta = p->meta;
	struct rules_answer a;
	static const struct rules_env nothing_known;
	struct view v;
	struct rules_found found = { 0 };
	const struct rules_env *env = kit_env ? kit_env : &nothing_known;
	struct rules_pass x = { .look = { .view = &v, .meta = &meta, .env = env, .bytes = bytes, .len_bytes = p->n,
		.counters = counters ? counters : own, .found = &found }, .view = &v, .meta = &meta, .pkt = pkt,
		.pool = pool, .cache = kit_cache };

	memcpy(bytes, p->bytes, p->n);
	pkt->data = bytes;
	pkt->len_bytes = p->n;
	pkt->wire_bytes = p->wire_bytes ? p->wire_bytes : p->n;
	pkt->link = (uint8_t)p->link;
	view_parse(&v, p->link, bytes, p->n, pkt->wire_bytes);
	rules_judge(s, &x, &a);
	pkt_free(pool, pkt);
	pkt_pool_free(pool);
	free(bytes);
	free(own);
	return a;
}

bool kit_matches(const char *body, const struct kit_packet *p)
{
	char line[512];
	struct rules_set *s;
	bool yes;

	snprintf(line, sizeof(line), "add allow %s", body);
	s = kit_set(NULL, line);
	yes = kit_judge(s, p, NULL).verdict == RULES_ALLOW;
	rules_release(s);
	return yes;
}
