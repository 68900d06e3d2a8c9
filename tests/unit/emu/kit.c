/* tests/unit/emu/kit.c - see kit.h. */
#include "kit.h"

#include <stdlib.h>

#include "test.h"

static void dropped(void *ctx, struct pkt *p, enum drop why, enum emu_kind kind, uint32_t number)
{
	struct kit *k = ctx;

	if (k->dropped < KIT_DROPS)
		k->drops[k->dropped] = (struct kit_drop){ p->seq, p->at, why, number };
	k->dropped++;
	pkt_free(k->pool, p);
}

struct kit *kit_new(uint64_t seed)
{
	struct kit *k = calloc(1, sizeof(*k));

	assert_non_null(k);
	k->pool = pkt_pool_new(0);
	assert_non_null(k->pool);
	k->emu = emu_new(&(struct emu_cfg){ .seed = seed, .pool = k->pool, .dropped = dropped, .ctx = k });
	assert_non_null(k->emu);
	return k;
}

void kit_free(struct kit *k)
{
	emu_free(k->emu);
	pkt_pool_free(k->pool);	/* insists that every packet is back */
	free(k);
}

void kit_line(struct kit *k, nrw_time now, const char *line)
{
	struct emu_cmd *c;
	struct errs es;
	struct lex lx;

	errs_init(&es);
	lex_line(&lx, "test", 1, line, strlen(line), &es);
	c = emu_parse(&lx);
	if (!c)
		errs_print(&es, stderr, "test");
	assert_non_null(c);
	assert_int_equal(emu_apply(k->emu, c, now, NULL), 0);
	emu_cmd_free(c);
	errs_fini(&es);
}

static void put(struct kit *k, enum emu_kind kind, uint32_t number, uint32_t bytes, uint64_t seq, const struct view *v,
	nrw_time now)
{
	struct pkt *p = pkt_new(k->pool);

	assert_non_null(p);
	p->acct_bytes = p->wire_bytes = bytes;
	p->seq = seq;
	p->at = UINT64_C(0x5a5a5a5a5a5a5a5a);
	emu_put(k->emu, kind, number, p, v, now);
}

void kit_put_seq(struct kit *k, uint32_t pipe, uint32_t bytes, uint64_t seq, nrw_time now)
{
	put(k, EMU_PIPE, pipe, bytes, seq, NULL, now);
}

struct view kit_view(uint32_t flow, bool v6)
{
	struct view v = { .family = 4, .proto = 17, .sport = 1000, .dport = 2000, .has = VIEW_HAS_IP4 };

	v.src4 = UINT32_C(0x0a000001);
	v.dst4 = UINT32_C(0x0a000000) | flow;
	if (v6 && flow % 2) {
		v.family = 6;
		v.has = VIEW_HAS_IP6;
		v.src4 = v.dst4 = 0;
		v.src6[0] = v.dst6[0] = UINT64_C(0x20010db800000000);
		v.src6[1] = 1;
		v.dst6[1] = flow;
	}
	return v;
}

uint64_t kit_put_to(struct kit *k, enum emu_kind kind, uint32_t number, uint32_t bytes, const struct view *v,
	nrw_time now)
{
	put(k, kind, number, bytes, k->seq, v, now);
	return k->seq++;
}

uint64_t kit_put_view(struct kit *k, uint32_t pipe, uint32_t bytes, const struct view *v, nrw_time now)
{
	return kit_put_to(k, EMU_PIPE, pipe, bytes, v, now);
}

uint64_t kit_put(struct kit *k, uint32_t pipe, uint32_t bytes, nrw_time now)
{
	kit_put_seq(k, pipe, bytes, k->seq, now);
	return k->seq++;
}

bool kit_take(struct kit *k, nrw_time now, struct kit_out *out)
{
	struct pkt *p = emu_take(k->emu, now);

	if (!p)
		return false;
	assert_null(p->next);
	*out = (struct kit_out){ p->seq, p->at, p->acct_bytes };
	pkt_free(k->pool, p);
	return true;
}

void kit_take_is(struct kit *k, nrw_time now, uint64_t seq, nrw_time at)
{
	struct kit_out out;

	assert_int_equal(emu_next(k->emu), at);
	if (at)
		kit_take_none(k, at - 1);	/* never early */
	assert_true(kit_take(k, now, &out));
	assert_int_equal(out.seq, seq);
	assert_int_equal(out.at, at);
}

void kit_take_none(struct kit *k, nrw_time now)
{
	assert_null(emu_take(k->emu, now));
}

uint64_t kit_dropped(const struct emu_stats *st)
{
	uint64_t drops = 0;

	for (unsigned i = 0; i < DROP_COUNT; i++)
		drops += st->drops[i];
	return drops;
}

struct emu_stats kit_stats_of(struct kit *k, enum emu_kind kind, uint32_t number, nrw_time now)
{
	struct emu_stats st;

	emu_settle(k->emu, now);
	emu_stats(k->emu, kind, number, &st);
	assert_int_equal(st.packets + st.duplicates, st.out_packets + kit_dropped(&st) + st.held_packets);
	return st;
}

struct emu_stats kit_stats(struct kit *k, uint32_t pipe, nrw_time now)
{
	return kit_stats_of(k, EMU_PIPE, pipe, now);
}

uint64_t kit_random(struct kit_rng *r)	/* xorshift64* */
{
	r->x ^= r->x >> 12;
	r->x ^= r->x << 25;
	r->x ^= r->x >> 27;
	return r->x * UINT64_C(2685821657736338717);
}

uint64_t kit_below(struct kit_rng *r, uint64_t n)
{
	return kit_random(r) % n;
}
