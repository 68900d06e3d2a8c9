/* cap/cap_time.c - the units of a capture's clock to whole nanoseconds since 1970.
 *
 * pcapng lets an interface count in 10^-k or 2^-k seconds, k in 0..127 (if_tsresol), from an origin moved by any
 * signed number of seconds (if_tsoffset); units are unsigned and have 64 bits (draft-ietf-opsawg-pcapng, 4.2). Then
 *
 *      ns = floor(units * scale / divide / 2^shift) + offset_s * 10^9
 *
 * where only one of scale, divide, shift does anything for 10^-k, and scale = 10^9 for 2^-k. For k <= 9 decimal and
 * no offset this is one multiplication that cannot overflow up to `max`, decided once for each interface; all else,
 * and all that might overflow, goes the long way in 128 bits. Finer than a ns is rounded down and counted by the
 * caller. The last value of 64 bits means "never" elsewhere and is not a time. Pure functions. */
#include "cap/cap_int.h"

#include "base/u128.h"

#define NS_PER_S UINT64_C(1000000000)

static uint64_t pow10_u64(unsigned n)	/* n <= 19 */
{
	uint64_t p = 1;

	while (n--)
		p *= 10;
	return p;
}

void cap_clock_init(struct cap_clock *c, uint8_t tsresol, int64_t tsoffset_s)
{
	unsigned k = tsresol & 0x7f;

	*c = (struct cap_clock){ .scale = 1, .divide = 1, .offset_s = tsoffset_s };
	if (tsresol & 0x80) {
		c->scale = NS_PER_S;
		c->shift = k;
	} else if (k <= 9) {
		c->scale = pow10_u64(9 - k);
	} else {
		c->divide = k - 9 <= 19 ? pow10_u64(k - 9) : 0;	/* 0: past 64 bits, the quotient is always 0 */
	}
	if (c->divide == 1 && !c->shift && !tsoffset_s)
		c->max = (UINT64_MAX - 1) / c->scale;
}

/* floor(n / 2^shift), and whether that lost something. */
static struct u128 shift_down(struct u128 n, unsigned shift, bool *lost)
{
	struct u128 q;

	if (!shift)
		return n;
	if (shift >= 64) {
		*lost |= n.lo != 0;
		n = (struct u128){ 0, n.hi };
		shift -= 64;
		if (!shift)
			return n;
	}
	*lost |= (n.lo << (64 - shift)) != 0;
	q.hi = n.hi >> shift;
	q.lo = n.lo >> shift | n.hi << (64 - shift);
	return q;
}

/* n and the offset are below 2^94: a sum cannot wrap, and a difference below 0 does, to where no time is. */
static struct u128 move_origin(struct u128 n, int64_t offset_s)
{
	uint64_t magnitude = offset_s < 0 ? 0 - (uint64_t)offset_s : (uint64_t)offset_s;
	struct u128 by = u128_mul64(magnitude, NS_PER_S);

	return offset_s < 0 ? u128_sub(n, by) : u128_add(n, by);
}

bool cap_clock_ns_long(const struct cap_clock *c, uint64_t units, uint64_t *ns, bool *rounded)
{
	struct u128 n = u128_mul64(units, c->scale);
	uint64_t rest = 0;

	*rounded = false;
	if (c->divide > 1) {
		n = u128_div64(n, c->divide, &rest);
	} else if (!c->divide) {
		rest = units;
		n = u128_of(0);
	}
	*rounded = rest != 0;
	n = shift_down(n, c->shift, rounded);
	n = move_origin(n, c->offset_s);
	*ns = n.lo;
	return !n.hi && n.lo != UINT64_MAX;
}
