/* emu/emu_corrupt.c - bits that flip on their way: `corrupt P [bits N] [any]`.
 *
 *      | link header | IP header | ............... L ............... | padding |
 *                                '---- M = 8 x bytes captured -------'
 *                    '----------- `any` -----------------------------'
 *
 * With probability P (one draw) a packet is hit; then as many draws of other dice as bits are to flip say which, no
 * bit twice: the i-th draw, i from 0, is floor(draw (M - i) / 2^64), an index into those bits that are left, in their
 * order; bit 0 is the highest of the first byte. Where fewer bits are there than are to flip, all flip; where none is
 * (nothing captured behind the header), the packet stays as it is, and is not counted. A frame that is not IP has no
 * header to spare: all its bytes behind the link header may be hit, or all of them where that is not known.
 *
 * Checksums stay as they were: a receiver sees it. So does who looks later: the packet is looked at here only, so that
 * rules it goes back to meet what became of it, while its flow and its L stay those of its entry.
 *
 * Bytes that others see too (a mapped file, a copy) are copied first, by pkt_writable(). */
#include "emu_extra.h"

#include "wire/view.h"

struct span {			/* of bytes that may be hit */
	uint32_t from, to;
};

static struct span within(const struct pkt *p, bool any)
{
	struct span s = { 0, p->len_bytes };
	struct view v;
	uint64_t end;

	view_parse(&v, p->link, p->data, p->len_bytes, p->wire_bytes);
	if (!(v.has & VIEW_HAS_IP))
		return s;
	s.from = v.l3_off;
	end = (uint64_t)v.l3_off + v.ip_bytes;
	if (end < s.to)
		s.to = (uint32_t)end;
	if (!any)
		s.from += v.family == 6 ? 40 : (p->data[v.l3_off] & 15) * 4u;
	if (s.from > s.to)
		s.from = s.to;
	return s;
}

/* The r-th of those bits that are not in taken[], which is sorted; enters it there. */
static uint64_t pick(uint64_t taken[EMU_BITS_MAX], uint32_t count, uint64_t r)
{
	uint32_t at = 0;

	while (at < count && taken[at] <= r) {
		at++;
		r++;
	}
	for (uint32_t i = count; i > at; i--)
		taken[i] = taken[i - 1];
	taken[at] = r;
	return r;
}

static void flip(struct pkt *p, struct span s, uint32_t bits, struct dice *which)
{
	uint64_t taken[EMU_BITS_MAX], room = 8 * (uint64_t)(s.to - s.from);

	for (uint32_t i = 0; i < bits && i < room; i++) {
		uint64_t bit = pick(taken, i, u128_mul64(dice_draw(which), room - i).hi);

		p->data[s.from + bit / 8] ^= (uint8_t)(0x80u >> bit % 8);
	}
}

int emu_corrupt(const struct emu_corrupt *c, struct emu_extra *x, struct pkt_pool *pool, struct pkt *p)
{
	struct span s;

	if (!emu_prob_some(c->p) || !dice_hit(&x->dice[DICE_CORRUPT], c->p) || !p->len_bytes)
		return 0;
	s = within(p, c->any);
	if (s.from == s.to)
		return 0;
	if (pkt_writable(pool, p))
		return ERR_NOMEM;
	flip(p, s, c->bits ? c->bits : 1, &x->dice[DICE_WHICH_BITS]);
	return 1;
}
