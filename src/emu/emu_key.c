/* emu/emu_key.c - which packets are one flow: the fields a mask keeps, as words, as a number, as text.
 *
 * Two packets are of one flow when they are of one family and the masked fields are equal. Words of one family mask
 * nothing of the other, so under `mask dst-ip /24` all IPv6 packets are one flow. The family is never masked. Ports and
 * the flow label count as 0 where a packet has none.
 *
 * The key is two words for IPv4 and six for IPv6, so that masking is as many ands. Its number is FNV-1a of 64 bits
 * (offset 0xcbf29ce484222325, prime 0x100000001b3) over the masked family, protocol (a byte each), source, destination
 * (4 or 16 bytes each), ports (2 each) and flow label (4), all big-endian: chance depends on it, so it is part of the
 * interface. Tables are keyed otherwise (base/hash.h): FNV's collisions anybody can compute.
 *
 * Text: `tcp 10.0.0.1:5001 > 10.0.0.2:80`. A field that the mask leaves out is `ip`, `ip6`, `any`, or not there; one
 * that it cuts stands with its mask, `10.0.0.0/24`, `:0x50/0xfff0`. Ports and labels that are 0 are left out. */
#include "emu_flow.h"

#include <inttypes.h>
#include <string.h>

#include "emu/sched_fq.h"
#include "wire/text.h"
#include "wire/wire.h"

#define FAMILY_SHIFT 56
#define PROTO_SHIFT 48
#define SPORT_SHIFT 32
#define DPORT_SHIFT 16

static uint64_t first_word(uint64_t family, uint64_t proto, uint64_t sport, uint64_t dport)
{
	return family << FAMILY_SHIFT | proto << PROTO_SHIFT | sport << SPORT_SHIFT | dport << DPORT_SHIFT;
}

static unsigned family_of(const struct emu_key *k) { return (unsigned)(k->w[0] >> FAMILY_SHIFT); }
static unsigned proto_of(const struct emu_key *k) { return k->w[0] >> PROTO_SHIFT & 0xff; }
static unsigned sport_of(const struct emu_key *k) { return k->w[0] >> SPORT_SHIFT & 0xffff; }
static unsigned dport_of(const struct emu_key *k) { return k->w[0] >> DPORT_SHIFT & 0xffff; }

static unsigned low_of(const struct emu_key *k) { return k->w[0] & EMU_KEY_LOW; }

void emu_shape_init(struct emu_shape *s, const struct emu_sort *sort)
{
	const struct emu_mask *m = &sort->mask;
	uint64_t first = first_word(0xff, m->proto, m->sport, m->dport);

	s->sort = *sort;
	s->many = m->on || sort->buckets;
	s->special = !m->on || sort->buckets;
	s->v4 = (struct emu_key){ { first, (uint64_t)m->src4 << 32 | m->dst4 } };
	s->v6 = (struct emu_key){ { first, m->label, m->src6[0], m->src6[1], m->dst6[0], m->dst6[1] } };
}

bool emu_sort_equal(const struct emu_sort *a, const struct emu_sort *b)
{
	return emu_mask_equal(&a->mask, &b->mask) && a->buckets == b->buckets && a->key.k0 == b->key.k0 &&
		a->key.k1 == b->key.k1;
}

static unsigned make_masked(struct emu_key *k, const struct emu_shape *s, const struct view *v)
{
	if (!v || !v->family) {
		*k = (struct emu_key){ { 0 } };
		return 2;
	}
	k->w[0] = first_word(v->family, v->proto, v->sport, v->dport) & s->v4.w[0];
	if (v->family == 4) {
		k->w[1] = ((uint64_t)v->src4 << 32 | v->dst4) & s->v4.w[1];
		k->w[2] = k->w[3] = k->w[4] = k->w[5] = 0;
		return 2;
	}
	k->w[1] = v->flow_label & s->v6.w[1];
	k->w[2] = v->src6[0] & s->v6.w[2];
	k->w[3] = v->src6[1] & s->v6.w[3];
	k->w[4] = v->dst6[0] & s->v6.w[4];
	k->w[5] = v->dst6[1] & s->v6.w[5];
	return 6;
}

/* Without a mask not even families are told apart; a bucket stands in bits that no field has. */
static __attribute__((noinline)) unsigned make_special(struct emu_key *k, const struct emu_shape *s,
	const struct view *v)
{
	unsigned words = 2;

	*k = (struct emu_key){ { 0 } };
	if (s->sort.mask.on)
		words = make_masked(k, s, v);
	if (s->sort.buckets)
		k->w[0] |= fq_bucket(&s->sort.key, v, s->sort.buckets);
	return words;
}

unsigned emu_key_make(struct emu_key *k, const struct emu_shape *s, const struct view *v)
{
	return __builtin_expect(s->special, 0) ? make_special(k, s, v) : make_masked(k, s, v);
}

struct emu_key emu_flow_key(const struct emu_flow *flow)
{
	struct emu_key k = { { flow->key[0], flow->key[1] } };

	memcpy(&k.w[2], flow->key_more, sizeof(flow->key_more));
	return k;
}

static uint64_t fnv1a(uint64_t h, uint64_t value, unsigned bytes)
{
	while (bytes--) {
		h ^= value >> 8 * bytes & 0xff;
		h *= UINT64_C(0x100000001b3);
	}
	return h;
}

uint64_t emu_key_number(const struct emu_key *k)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325), label = 0;

	h = fnv1a(h, family_of(k), 1);
	h = fnv1a(h, proto_of(k), 1);
	if (family_of(k) == 6) {
		for (unsigned i = 2; i < 6; i++)
			h = fnv1a(h, k->w[i], 8);
		label = k->w[1];
	} else {
		h = fnv1a(h, k->w[1], 8);
	}
	h = fnv1a(h, sport_of(k), 2);
	h = fnv1a(h, dport_of(k), 2);
	return fnv1a(h, label, 4) ^ low_of(k);
}

static const char *proto_name(unsigned proto)
{
	static const struct { uint8_t proto; const char *name; } names[] = {
		{ PROTO_TCP, "tcp" }, { PROTO_UDP, "udp" }, { PROTO_ICMP, "icmp" }, { PROTO_ICMP6, "icmp6" },
		{ PROTO_SCTP, "sctp" }, { PROTO_UDPLITE, "udplite" }, { PROTO_IGMP, "igmp" }, { PROTO_GRE, "gre" },
		{ PROTO_ESP, "esp" }, { PROTO_AH, "ah" },
	};

	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].proto == proto)
			return names[i].name;
	return NULL;
}

static void print_proto(struct text *t, const struct emu_key *k, const struct emu_mask *m)
{
	unsigned family = family_of(k), proto = proto_of(k);
	const char *name = proto_name(proto);

	if (!family)
		text_add(t, "other");
	else if (!m->proto)
		text_add(t, family == 4 ? "ip" : "ip6");
	else if (m->proto != 0xff)
		text_add(t, "%s proto 0x%x/0x%x", family == 4 ? "ip" : "ip6", proto, m->proto);
	else if (name)
		text_add(t, "%s", name);
	else
		text_add(t, "proto %u", proto);
}

void emu_key_read(const struct emu_key *k, struct emu_addresses *a)
{
	*a = (struct emu_addresses){ family_of(k), proto_of(k), sport_of(k), dport_of(k), 0, 0, 0, { 0 }, { 0 } };
	if (a->family == 6) {
		a->label = (uint32_t)k->w[1];
		memcpy(a->src6, &k->w[2], sizeof(a->src6));
		memcpy(a->dst6, &k->w[4], sizeof(a->dst6));
	} else {
		a->src4 = (uint32_t)(k->w[1] >> 32);
		a->dst4 = (uint32_t)k->w[1];
	}
}

static void print_port(struct text *t, unsigned port, uint16_t mask)
{
	if (port && mask == 0xffff)
		text_add(t, ":%u", port);
	else if (port)
		text_add(t, ":0x%x/0x%x", port, mask);
}

static void print_end4(struct text *t, uint32_t addr, uint32_t mask, unsigned port, uint16_t port_mask)
{
	char dots[WIRE_IP4_TEXT];
	int len = emu_prefix4(mask);

	wire_ip4_print(addr, dots);
	if (!mask)
		text_add(t, "any");
	else if (len == 32)
		text_add(t, "%s", dots);
	else if (len >= 0)
		text_add(t, "%s/%d", dots, len);
	else
		text_add(t, "%s/0x%" PRIx32, dots, mask);
	print_port(t, port, port_mask);
}

static void print_end6(struct text *t, const uint64_t addr[2], const uint64_t mask[2], unsigned port,
	uint16_t port_mask)
{
	char colons[WIRE_IP6_TEXT], of_mask[WIRE_IP6_TEXT];
	int len = emu_prefix6(mask);

	wire_ip6_print(addr, colons);
	wire_ip6_print(mask, of_mask);
	if (!len)
		text_add(t, "any");
	else if (len == 128)
		text_add(t, "[%s]", colons);
	else if (len > 0)
		text_add(t, "[%s/%d]", colons, len);
	else
		text_add(t, "[%s/%s]", colons, of_mask);
	print_port(t, port, port_mask);
}

int emu_key_print(const struct emu_key *k, const struct emu_shape *s, char *to, size_t room)
{
	const struct emu_mask *m = &s->sort.mask;
	struct text t = text_init(to, room);

	if (s->sort.buckets)
		text_add(&t, "bucket %u%s", low_of(k), m->on ? " " : "");
	else if (low_of(k))
		text_add(&t, "queue %u ", low_of(k));
	if (!m->on)
		return (int)t.len;
	print_proto(&t, k, m);
	if (family_of(k) == 4) {
		text_add(&t, " ");
		print_end4(&t, (uint32_t)(k->w[1] >> 32), m->src4, sport_of(k), m->sport);
		text_add(&t, " > ");
		print_end4(&t, (uint32_t)k->w[1], m->dst4, dport_of(k), m->dport);
	} else if (family_of(k) == 6) {
		text_add(&t, " ");
		print_end6(&t, &k->w[2], m->src6, sport_of(k), m->sport);
		text_add(&t, " > ");
		print_end6(&t, &k->w[4], m->dst6, dport_of(k), m->dport);
		if (k->w[1] && m->label == EMU_LABEL_ALL)
			text_add(&t, " flow-id 0x%" PRIx64, k->w[1]);
		else if (k->w[1])
			text_add(&t, " flow-id 0x%" PRIx64 "/0x%" PRIx32, k->w[1], m->label);
	}
	return (int)t.len;
}
