/* emu/emu_link.c - a link: one packet in service, and the arithmetic of when that ends.
 *
 *          busy period                                   idle          busy period
 *      T                                                             T'
 *      |-- L1 --|---- L2 ----|-- L3 --|                              |---- L4 ----|
 *               ^            ^        ^
 *               end of the k-th = T + ceil(8 (L1 + ... + Lk) 10^9 / R): the sum is rounded, never its terms
 *
 * The unit of work is the nanobit: R bit/s are R nanobits a nanosecond, a packet of L bytes is 8 L 10^9 of them. So
 * every work is a whole number, and so is what is left of it at any whole nanosecond. Kept is not the sum (which may
 * pass 2^64) but what it comes to: the ideal end of all service so far, whole + part / R, a mixed number. Adding a
 * packet is one addition and one division with remainder, which loses nothing; so after a year of one busy period the
 * k-th end is still exact. Work of one packet may pass 2^64 (from 2.3 GB on), hence 128 bits (base/u128.h).
 *
 * A packet that comes at the very instant `end` begins a new busy period: who calls settles first (emu_pipe.c), finds
 * the link free, and opens it anew; the fraction is then dropped, as the formula says.
 *
 * A change of rate cuts the service in two: what is left at `now` is (whole - now) R + part nanobits, exactly; it goes
 * on at the new rate. Rate 0 takes no time at all: the end is the beginning.
 *
 * The end of time: a service that would end at 2^64 - 1 ns or later (NRW_NEVER) is refused, and so is all that follows:
 * the link would be busy until then. Only another rate opens it again.
 *
 * What comes here later has its place already: saved credit (burst) is taken off the work before it is added; extra
 * airtime is added to it; a link that stops, or sends by a list of chances, answers another `end` to the same three
 * calls. */
#include "emu_int.h"

#define NANO UINT64_C(1000000000)

/* Moves the ideal end by so many nanobits. */
static bool add_work(struct emu_link *l, struct u128 nanobits)
{
	struct u128 ns = u128_div64(u128_add(nanobits, u128_of(l->part)), l->rate, &l->part);
	uint64_t room = NRW_NEVER - l->whole, up = l->part > 0;

	if (ns.hi || ns.lo >= room || ns.lo + up >= room) {
		l->whole = l->end = NRW_NEVER;
		l->part = 0;
		return false;
	}
	l->whole += ns.lo;
	l->end = l->whole + up;
	return true;
}

static void start_at(struct emu_link *l, nrw_time now)
{
	l->whole = l->end = now;
	l->part = 0;
}

void emu_link_open(struct emu_link *l, nrw_time now)
{
	if (l->end != NRW_NEVER)
		start_at(l, now);
}

bool emu_link_serve(struct emu_link *l, struct pkt *p, uint64_t bytes)
{
	if (l->end == NRW_NEVER || (l->rate && !add_work(l, u128_mul64(8 * bytes, NANO))))
		return false;
	l->pkt = p;
	l->bytes = bytes;
	return true;
}

bool emu_link_set_rate(struct emu_link *l, uint64_t rate, nrw_time now)
{
	struct u128 left;

	if (rate == l->rate)
		return true;
	if (!l->pkt || !rate) {
		l->rate = rate;
		start_at(l, now);
		return true;
	}
	left = u128_add(u128_mul64(l->whole - now, l->rate), u128_of(l->part));
	l->rate = rate;
	start_at(l, now);
	return add_work(l, left);
}
