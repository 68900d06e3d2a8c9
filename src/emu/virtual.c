/* emu/virtual.c - virtual time: flows that come, go and change their weight. emu/virtual.h has the theory and the part
 * that runs for each packet. */
#include "emu/virtual.h"

#include "base/u128.h"

/* Slots of 2^class units, the smallest with lmax / weight <= slot. */
uint8_t virtual_class(uint64_t lmax, uint64_t weight)
{
	uint64_t most = (lmax < VIRTUAL_LONGEST ? lmax : VIRTUAL_LONGEST) << VIRTUAL_SHIFT;
	uint64_t units = most / weight + (most % weight != 0);

	return units > 1 ? (uint8_t)(64 - __builtin_clzll(units - 1)) : 0;
}

uint64_t virtual_bytes(uint64_t units, uint64_t weight)
{
	struct u128 scaled = u128_mul64(units, weight);

	return scaled.hi << (64 - VIRTUAL_SHIFT) | scaled.lo >> VIRTUAL_SHIFT;
}

uint64_t virtual_slot_bytes(unsigned class, uint64_t weight)
{
	return virtual_bytes(UINT64_C(1) << class, weight);
}

static uint64_t times(uint64_t a, uint64_t b)
{
	uint64_t product;

	return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

/* Bytes taken in advance, scaled; 0: it is not ahead. */
static uint64_t lead(const struct virtual_time *t, const struct virtual_stamp *s, uint32_t weight)
{
	return virtual_after(s->at, t->v) ? times(s->at - t->v, weight) : 0;
}

void virtual_rebase(struct virtual_time *t)
{
	uint64_t all = t->weights + t->gone, dv = t->sent / all;

	t->base += dv;
	t->sent -= dv * all;
}

/* The sum of weights is another from V = v on. */
static void restart(struct virtual_time *t, uint64_t v)
{
	t->base = v;
	t->sent = 0;
}

void virtual_pay(struct virtual_time *t, uint64_t v)
{
	uint64_t paid = times(t->gone, v - t->v);

	t->owed = t->owed > paid ? t->owed - paid : 0;
	if (t->owed)
		return;
	t->gone = 0;
	restart(t, v);
}

void virtual_to(struct virtual_time *t, uint64_t v)
{
	virtual_pay(t, v);
	restart(t, v);
	virtual_set(t, v);
}

/* Idle for so long that the sign of a difference says nothing any more. */
static bool stale(const struct virtual_time *t, const struct virtual_stamp *s)
{
	return (uint16_t)(t->era - s->era) >= 2;
}

static void come_back(struct virtual_time *t, uint32_t weight, uint64_t bytes)
{
	t->owed = t->owed > bytes ? t->owed - bytes : 0;
	if (t->gone > weight)
		t->gone -= weight;
	if (!t->owed)
		t->gone = 0;
}

void virtual_enter(struct virtual_time *t, struct virtual_stamp *s, uint32_t weight)
{
	if (stale(t, s) || !virtual_after(s->at, t->v)) {
		s->at = t->v;
		s->rest = 0;
	} else {
		come_back(t, weight, lead(t, s, weight));
	}
	t->weights += weight;
	restart(t, t->v);
}

void virtual_leave(struct virtual_time *t, struct virtual_stamp *s, uint32_t weight)
{
	uint64_t bytes = lead(t, s, weight);

	t->weights -= weight;
	restart(t, t->v);
	s->era = t->era;
	if (!bytes)
		return;
	t->gone += weight;
	if (__builtin_add_overflow(t->owed, bytes, &t->owed))
		t->owed = UINT64_MAX;
}

static uint64_t scale(uint64_t distance, uint32_t old, uint32_t weight)
{
	uint64_t rem;
	struct u128 d = u128_div64(u128_mul64(distance, old), weight, &rem);

	return d.hi || d.lo >> 62 ? UINT64_C(1) << 62 : d.lo + (rem != 0);
}

void virtual_reweigh(struct virtual_time *t, struct virtual_stamp *s, uint32_t old, uint32_t weight, bool backlogged)
{
	s->rest = 0;
	if (backlogged) {
		t->weights += weight;
		t->weights -= old;
		restart(t, t->v);
	} else if (stale(t, s)) {
		return;
	}
	if (virtual_after(s->at, t->v))
		s->at = t->v + scale(s->at - t->v, old, weight);
	else
		s->at = t->v - scale(t->v - s->at, old, weight);
}
