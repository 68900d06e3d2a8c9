/* app/plot_axis.c - round axes in integers: at most five steps of 1, 2 or 5 times a power of ten, labels with units.
 * Exact for every value of 64 bits: what is not drawn true is not drawn. */
#include <inttypes.h>

#include "plot_int.h"

#define STEPS 5

void plot_axis_fit(struct plot_axis *a, enum plot_unit unit, uint64_t largest)
{
	static const uint64_t round[] = { 1, 2, 5 };
	uint64_t least = largest / STEPS + (largest % STEPS != 0), power = 1, rest;
	unsigned i = 0;

	while (round[i] * power < least) {
		if (++i == 3) {
			i = 0;
			power *= 10;
		}
	}
	a->unit = unit;
	a->step = round[i] * power;
	rest = largest ? (a->step - largest % a->step) % a->step : a->step;
	a->top = rest <= UINT64_MAX - largest ? largest + rest : largest;
}

unsigned plot_axis_px(const struct plot_axis *a, uint64_t value, unsigned px)
{
	if (value >= a->top)
		return px;
	return (unsigned)u128_div64(u128_mul64(value, px), a->top, NULL).lo;
}

struct scale {
	uint64_t unit;
	const char *name;
};

static const struct scale *scale_of(enum plot_unit unit, uint64_t largest)
{
	static const struct scale rates[] = {
		{ 1000000000, "Gbit/s" }, { 1000000, "Mbit/s" }, { 1000, "kbit/s" }, { 1, "bit/s" },
	};
	static const struct scale bytes[] = { { 1000000000, "GB" }, { 1000000, "MB" }, { 1000, "kB" }, { 1, "B" } };
	static const struct scale times[] = { { 1000000000, "s" }, { 1000000, "ms" }, { 1000, "us" }, { 1, "ns" } };
	static const struct scale counts[] = {
		{ 1000000000, "G/s" }, { 1000000, "M/s" }, { 1000, "k/s" }, { 1, "/s" },
	};
	static const struct scale *const all[] = {
		[PLOT_BIT_RATE] = rates, [PLOT_BYTES] = bytes, [PLOT_NS] = times, [PLOT_PER_S] = counts,
	};
	const struct scale *s = all[unit];

	while (s->unit > 1 && largest < s->unit)
		s++;
	return s;
}

const char *plot_axis_label(const struct plot_axis *a, uint64_t value, char *to, size_t room)
{
	const struct scale *s = scale_of(a->unit, a->top);
	uint64_t whole = value / s->unit, rest = value % s->unit;
	char digits[16] = "";
	size_t n = 0;

	/* decimals of the rest, as many as it has */
	for (uint64_t unit = s->unit; rest && n < 9; n++) {
		unit /= 10;
		digits[n] = (char)('0' + rest / unit);
		rest %= unit;
	}
	snprintf(to, room, "%" PRIu64 "%s%s %s", whole, n ? "." : "", digits, s->name);
	return to;
}
