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
 * Burst: an idle link saves credit, in nanobits too, and a busy period begins with c = min(8 S, what was left + R
 * idle). Credit is taken off the work of each packet before it is added, which comes to the same as T + ceil(max(0, sum
 * - c)). Idle time counts from the last end of service; R and S are those in force when the period begins. The first
 * period of a link begins with all of S.
 *
 * The end of time: a service that would end at 2^64 - 1 ns or later (NRW_NEVER) is refused, and so is all that follows:
 * the link would be busy until then. Only another rate opens it again.
 *
 * Which packet that is, its user knows. A link with a trace, a profile, a schedule or a pause keeps its end here, and
 * has its arithmetic in emu_course.c; the last two calls are where one goes over into the other. */
#include "emu_int.h"

#define NANO UINT64_C(1000000000)

/* Moves the ideal end by so many nanobits. */
static bool add_work(struct emu_link *l, struct u128 nanobits)
{
	struct u128 ns = u128_div64(u128_add(nanobits, u128_of(l->part)), l->rate, &l->part);
	uint64_t room = NRW_NEVER - l->whole, up = l->part > 0;

	if (ns.hi || ns.lo >= room || ns.lo + up >= room) {
		emu_link_end_at(l, NRW_NEVER);
		return false;
	}
	l->whole += ns.lo;
	return true;
}

void emu_link_init(struct emu_link *l)
{
	*l = (struct emu_link){ .credit = { UINT64_MAX / 2, 0 } };
}

struct u128 emu_link_burst(uint64_t bytes)
{
	return u128_mul64(8 * bytes, NANO);
}

static void refill(struct emu_link *l, nrw_time now, struct u128 most)
{
	struct u128 saved = u128_add(l->credit, u128_mul64(l->rate, now - emu_link_end(l)));

	l->credit = u128_cmp(saved, most) < 0 ? saved : most;
}

void emu_link_open(struct emu_link *l, nrw_time now, struct u128 most)
{
	if (l->whole == NRW_NEVER)
		return;
	if (most.hi | most.lo | l->credit.hi | l->credit.lo)
		refill(l, now, most);
	emu_link_end_at(l, now);
}

/* What is left of the work when saved credit has paid. */
static struct u128 pay(struct emu_link *l, struct u128 work)
{
	struct u128 paid = u128_cmp(l->credit, work) < 0 ? l->credit : work;

	l->credit = u128_sub(l->credit, paid);
	return u128_sub(work, paid);
}

bool emu_link_serve_any(struct emu_link *l, uint64_t bytes)
{
	struct u128 work = u128_mul64(8 * bytes, NANO);

	if (l->whole == NRW_NEVER)
		return false;
	if (l->rate && (l->credit.hi | l->credit.lo))
		work = pay(l, work);
	return !l->rate || add_work(l, work);
}

/* What the one in service needs from `now` on, before its end. */
struct u128 emu_link_left(const struct emu_link *l, nrw_time now)
{
	return l->rate ? u128_add(u128_mul64(l->whole - now, l->rate), u128_of(l->part)) : u128_of(0);
}

bool emu_link_set_rate(struct emu_link *l, uint64_t rate, bool busy, nrw_time now)
{
	struct u128 left;

	if (rate == l->rate)
		return true;
	if (!busy || !rate) {
		if (!busy && emu_link_end(l) < now)	/* what it has saved idle it saved at the old rate */
			l->credit = u128_add(l->credit, u128_mul64(l->rate, now - emu_link_end(l)));
		l->rate = rate;
		emu_link_end_at(l, now);
		return true;
	}
	left = emu_link_left(l, now);
	l->rate = rate;
	emu_link_end_at(l, now);
	return add_work(l, left);
}

bool emu_link_go_on(struct emu_link *l, uint64_t rate, bool busy, struct u128 credit, nrw_time from, struct u128 work)
{
	l->rate = rate;
	l->credit = credit;
	emu_link_end_at(l, from);
	return !busy || !rate || add_work(l, work);
}
