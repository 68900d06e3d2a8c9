/* emu/fair.c - how fair a scheduler was: worst-case fair indices in bytes and in time, and Jain's index.
 *
 * B-WFI (Bennett, Zhang 1996) of flow k is the least alpha with W_k(t1, t2) >= share_k * W(t1, t2) - alpha for every
 * interval of a time in which it is backlogged and the weights stand still. W are all bytes of the link, counted as
 * they go; W_k those of k's packets that are complete. So D_k = share_k * W - W_k rises while any packet goes, and
 * falls by L when one of k's is complete: alpha is the largest rise, and its ends lie at k's own packets:
 *
 *      D_k   .       /|          when one of k's is complete:
 *            |     /| |            alpha = max(alpha, D_k just before - base)
 *            |   /  |/             D_k falls by L;  base = min(base, D_k)
 *      base -+-/------------       one look for each packet of k, none at those of others
 *
 * Exact: D_k times the sum of weights is a whole number (128 bits); alpha is kept as a whole part and a fraction, for
 * sums differ between periods. When the sum changes, the periods of all flows end. That would be a look at each of
 * them; instead a flow is brought up to date when its own next packet leaves. Since its last look there may have been
 * many epochs (times in which the sum stood still): the one it was in, which ends as above; and others in which it sent
 * nothing, of which only the one with the largest bytes / weights counts. `peaks` finds that one: ended epochs, each
 * with a smaller quotient than the one before, so the first of them that is younger than the look is the largest.
 * When EPOCHS of them are kept, all flows are looked at and the list begins anew.
 *
 * Cost: a packet O(1), O(log EPOCHS) after a change of the sum; a change O(1), less than n / EPOCHS looks on average.
 *
 * T-WFI is the largest of (time in the queue - bytes found there, itself included, / its share of the rate): how long
 * a packet waited beyond what a link of its own would have taken; in ns, rounded up. Jain's index of x = bytes / weight
 * is (sum x)^2 / (n sum x^2). Integers alone. */
#include "emu/fair.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/u128.h"

#define EPOCHS 4096u

static struct u128 wide(struct fair_signed s)
{
	return (struct u128){ s.hi, s.lo };
}

static bool negative(struct u128 a)
{
	return a.hi >> 63;
}

int fair_cmp(struct fair_ratio a, struct fair_ratio b)
{
	if (a.whole != b.whole)
		return a.whole < b.whole ? -1 : 1;
	if (!a.of || !b.of)
		return (a.part != 0) - (b.part != 0);
	return u128_cmp(u128_mul64(a.part, b.of), u128_mul64(b.part, a.of));
}

/* scaled / weights may be a new alpha. */
static void rise(struct fair_flow *f, struct u128 scaled, uint64_t weights)
{
	struct fair_ratio r = { .of = weights };

	if (negative(scaled))
		return;
	r.whole = u128_div64(scaled, weights, &r.part).lo;
	if (fair_cmp(r, f->alpha) > 0)
		f->alpha = r;
}

int fair_init(struct fair *m)
{
	*m = (struct fair){ .count = 1 };
	list_init(&m->backlogged);
	m->epochs = calloc(EPOCHS, sizeof(*m->epochs));
	m->peaks = calloc(EPOCHS, sizeof(*m->peaks));
	if (m->epochs && m->peaks)
		return 0;
	fair_fini(m);
	return ERR_NOMEM;
}

void fair_fini(struct fair *m)
{
	free(m->epochs);
	free(m->peaks);
	m->epochs = NULL;
	m->peaks = NULL;
}

void fair_flow_init(struct fair_flow *f, uint32_t weight)
{
	*f = (struct fair_flow){ .weight = weight, .late = INT64_MIN };
	list_init(&f->link);
}

/* ---- epochs ---- */
static struct fair_epoch *present(const struct fair *m)
{
	return &m->epochs[m->count - 1];
}

static uint64_t end_of(const struct fair *m, uint32_t i)
{
	return i + 1 < m->count ? m->epochs[i + 1].begin : m->bytes;
}

static uint64_t bytes_of(const struct fair *m, uint32_t i)
{
	return end_of(m, i) - m->epochs[i].begin;
}

/* D_k times the sum of weights, where epoch i ends, with what the flow has sent in it. */
static struct u128 distance(const struct fair *m, const struct fair_flow *f, uint32_t i)
{
	return u128_sub(u128_mul64(f->weight, bytes_of(m, i)), u128_mul64(m->epochs[i].weights, f->own));
}

static bool is_peak_over(const struct fair *m, uint32_t a, uint32_t b)
{
	struct u128 of_a = u128_mul64(bytes_of(m, a), m->epochs[b].weights);
	struct u128 of_b = u128_mul64(bytes_of(m, b), m->epochs[a].weights);

	return u128_cmp(of_a, of_b) > 0;
}

/* The largest bytes / weights of ended epochs from i on. */
static const uint32_t *peak_from(const struct fair *m, uint32_t i)
{
	uint32_t low = 0, high = m->peak_count;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (m->peaks[mid] < i)
			low = mid + 1;
		else
			high = mid;
	}
	return low < m->peak_count ? &m->peaks[low] : NULL;
}

static void begin_in_present(const struct fair *m, struct fair_flow *f)
{
	f->epoch = m->first + m->count - 1;
	f->own = 0;
	f->base = (struct fair_signed){ 0 };
}

/* Ends the flow's periods before the present epoch. */
static void look(const struct fair *m, struct fair_flow *f)
{
	uint32_t i = (uint32_t)(f->epoch - m->first);
	const uint32_t *peak;

	if (i == m->count - 1)
		return;
	rise(f, u128_sub(distance(m, f, i), wide(f->base)), m->epochs[i].weights);
	peak = peak_from(m, i + 1);
	if (peak)
		rise(f, u128_mul64(f->weight, bytes_of(m, *peak)), m->epochs[*peak].weights);
	begin_in_present(m, f);
}

static void look_at_all(struct fair *m)
{
	list_each(l, &m->backlogged)
		look(m, container_of(l, struct fair_flow, link));
}

/* Only the present one stays: nobody is in another. */
static void forget_epochs(struct fair *m)
{
	look_at_all(m);
	m->first += m->count - 1;
	m->epochs[0] = *present(m);
	m->count = 1;
	m->peak_count = 0;
}

static void new_epoch(struct fair *m)
{
	uint32_t ended = m->count - 1;

	while (m->peak_count && !is_peak_over(m, m->peaks[m->peak_count - 1], ended))
		m->peak_count--;
	m->peaks[m->peak_count++] = ended;
	m->epochs[m->count++] = (struct fair_epoch){ m->bytes, m->weights };
	if (m->count == EPOCHS)
		forget_epochs(m);
}

/* The sum of weights is another from here on. */
static void weigh(struct fair *m, uint64_t more, uint64_t less)
{
	m->weights += more;
	m->weights -= less;
	if (more == less)
		return;
	if (present(m)->begin == m->bytes)
		present(m)->weights = m->weights;	/* nothing was sent in it */
	else
		new_epoch(m);
}

/* ---- what happens to flows ---- */
void fair_ready(struct fair *m, struct fair_flow *f)
{
	weigh(m, f->weight, 0);
	begin_in_present(m, f);
	list_put_tail(&m->backlogged, &f->link);
}

void fair_sent(struct fair *m, struct fair_flow *f, uint64_t bytes)
{
	uint32_t i;
	struct u128 d;

	look(m, f);
	m->bytes += bytes;
	i = m->count - 1;
	rise(f, u128_sub(distance(m, f, i), wide(f->base)), m->epochs[i].weights);
	f->bytes += bytes;
	f->own += bytes;
	d = distance(m, f, i);
	if (negative(u128_sub(d, wide(f->base))))
		f->base = (struct fair_signed){ d.hi, d.lo };
}

static void close_present(struct fair *m, struct fair_flow *f)
{
	uint32_t i = m->count - 1;

	look(m, f);
	rise(f, u128_sub(distance(m, f, i), wide(f->base)), m->epochs[i].weights);
}

void fair_idle(struct fair *m, struct fair_flow *f)
{
	close_present(m, f);
	list_remove(&f->link);
	weigh(m, 0, f->weight);
}

void fair_reweigh(struct fair *m, struct fair_flow *f, uint32_t weight)
{
	uint32_t old = f->weight;

	if (list_empty(&f->link))
		f->weight = weight;
	if (weight == old || list_empty(&f->link))
		return;
	close_present(m, f);
	f->weight = weight;
	weigh(m, weight, old);
	begin_in_present(m, f);
}

void fair_settle(struct fair *m)
{
	list_each(l, &m->backlogged)
		close_present(m, container_of(l, struct fair_flow, link));
}

/* ---- time, and evenness ---- */
static uint64_t gcd(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t c = a % b;

		a = b;
		b = c;
	}
	return a;
}

void fair_waited(const struct fair *m, struct fair_flow *f, nrw_time wait, uint64_t queued, uint64_t rate)
{
	uint64_t g = gcd(UINT64_C(8000000000), rate), bits, down;
	struct u128 ideal;
	int64_t late;

	if (__builtin_mul_overflow(queued, UINT64_C(8000000000) / g, &bits) ||
		__builtin_mul_overflow(rate / g, (uint64_t)f->weight, &down))
		return;		/* years of waiting: nothing is late against that */
	ideal = u128_div64(u128_mul64(bits, m->weights), down, NULL);
	if (ideal.hi || ideal.lo >> 62)
		return;
	late = (int64_t)wait - (int64_t)ideal.lo;
	if (late > f->late)
		f->late = late;
}

static uint64_t share_of(const struct fair_flow *f)
{
	struct u128 x = u128_div64((struct u128){ f->bytes >> 48, f->bytes << 16 }, f->weight, NULL);

	return x.hi ? UINT64_MAX : x.lo;
}

/* Shares are shifted so that their sum has 42 bits: n times its square times 2^20 fits 128 for a million flows. */
static unsigned shift_for(const struct fair_flow *flows, size_t n)
{
	struct u128 sum = { 0 };
	unsigned shift = 0;

	for (size_t i = 0; i < n; i++)
		sum = u128_add(sum, u128_of(share_of(&flows[i])));
	for (; sum.hi || sum.lo >> 42; shift++)
		sum = (struct u128){ sum.hi >> 1, sum.lo >> 1 | sum.hi << 63 };
	return shift;
}

static struct u128 times(struct u128 a, uint64_t b)
{
	struct u128 low = u128_mul64(a.lo, b);

	return (struct u128){ low.hi + a.hi * b, low.lo };
}

uint32_t fair_jain(const struct fair_flow *flows, size_t n)
{
	unsigned shift = shift_for(flows, n);
	struct u128 squares = { 0 }, square, down;
	uint64_t sum = 0;
	uint32_t index = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t x = share_of(&flows[i]) >> shift;

		sum += x;
		squares = u128_add(squares, u128_mul64(x, x));
	}
	square = times(u128_mul64(sum, sum), 1000000);
	down = times(squares, n);
	if (!sum)
		return 0;
	for (uint32_t bit = UINT32_C(1) << 19; bit; bit >>= 1)
		if (u128_cmp(times(down, index | bit), square) <= 0)
			index |= bit;
	return index;
}
