/* tests/unit/emu/impair_test.c - impairments as functions: what they draw, how often they hit, what they leave alone.
 *
 * Rates are held against closed forms of the chains, deviations against what the distributions have on paper. The draws
 * themselves are made again here, from the definition of the dice. */
#include <math.h>
#include <stdlib.h>

#include "emu/emu_extra.h"
#include "test.h"

#define PACKETS 200000u
#define KEY UINT64_C(0x123456789abcdef0)

static struct emu_extra *extra_new(void)
{
	struct emu_extra *x = calloc(1, sizeof(*x));

	assert_non_null(x);
	for (unsigned i = 0; i < EMU_DICES; i++)
		x->dice[i].key = KEY + i;
	return x;
}

/* Draw n of a purpose, by the definition. */
static uint64_t drawn(enum dice_purpose purpose, uint64_t n)
{
	uint64_t z = KEY + purpose + (n + 1) * UINT64_C(0x9e3779b97f4a7c15);

	z ^= z >> 30;
	z *= UINT64_C(0xbf58476d1ce4e5b9);
	z ^= z >> 27;
	z *= UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static struct prob prob(double p)	/* of tests alone: no exactness is claimed */
{
	return p >= 1 ? (struct prob){ 0, true } : (struct prob){ (uint64_t)ldexp(p, 64), false };
}

static double loss_rate(const struct emu_loss *l, struct emu_extra *x)
{
	unsigned lost = 0;

	for (unsigned i = 0; i < PACKETS; i++)
		lost += emu_loss_hits(l, x);
	return (double)lost / PACKETS;
}

static void near(double is, double want, double within)
{
	if (fabs(is - want) > within)
		print_message("# %.6f, not %.6f +- %.6f\n", is, want, within);
	assert_true(fabs(is - want) <= within);
}

TEST(loss, random_draws_once_a_packet)
{
	struct emu_loss l = { .p = { prob(0.3) } };
	struct emu_extra *x = extra_new();

	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(emu_loss_hits(&l, x), drawn(DICE_LOSS, i) < l.p[0].below);
	assert_int_equal(x->dice[DICE_LOSS].drawn, 1000);
	free(x);
}

TEST(loss, what_is_not_configured_draws_nothing)
{
	struct emu_impair none = { 0 };
	struct emu_extra *x = extra_new();
	bool overtakes;

	for (unsigned i = 0; i < 100; i++) {
		assert_false(emu_loss_hits(&none.loss, x));
		assert_false(emu_duplicate_hits(&none.duplicate, x));
		assert_int_equal(emu_jitter_exit(&none, x, 70, 7, &overtakes), 77);
		assert_false(overtakes);
	}
	for (unsigned i = 0; i < EMU_DICES; i++)
		assert_int_equal(x->dice[i].drawn, 0);
	assert_false(emu_impair_entry(&none) || emu_impair_exit(&none) || emu_impair_overtakes(&none));
	free(x);
}

TEST(loss, certain_is_always)
{
	struct emu_loss l = { .p = { { 0, true } } };
	struct emu_extra *x = extra_new();

	near(loss_rate(&l, x), 1, 0);
	free(x);
}

/* The chain by one draw, then the loss by one of other dice where chance decides it. */
TEST(loss, gemodel_draws_for_its_chain_then_for_the_loss)
{
	struct emu_loss l = { .model = LOSS_GEMODEL, .p = { prob(0.1), prob(0.4), prob(0.7), { 0 } } };
	struct emu_extra *x = extra_new();
	uint64_t losses = 0;
	bool bad = false, lost;

	for (unsigned i = 0; i < 10000; i++) {
		if (drawn(DICE_LOSS_CHAIN, i) < l.p[bad ? 1 : 0].below)
			bad = !bad;
		lost = bad && drawn(DICE_LOSS, losses++) < l.p[LOSS_BAD].below;
		assert_int_equal(emu_loss_hits(&l, x), lost);
	}
	assert_int_equal(x->dice[DICE_LOSS_CHAIN].drawn, 10000);
	assert_int_equal(x->dice[DICE_LOSS].drawn, losses);
	free(x);
}

/* (r (1-k) + p (1-h)) / (p + r); neighbours are correlated by 1 - p - r, which widens the deviation of a mean. */
TEST(loss, gemodel_has_its_stationary_rate)
{
	static const double set[][4] = { { 0.01, 0.1, 1, 0 }, { 0.05, 0.3, 0.8, 0.01 }, { 0.5, 0.5, 0.2, 0.1 } };

	for (unsigned i = 0; i < 3; i++) {
		double p = set[i][0], r = set[i][1], h = set[i][2], k = set[i][3];
		double rate = (r * k + p * h) / (p + r), wide = (2 - p - r) / (p + r);
		struct emu_loss l = { LOSS_GEMODEL, { prob(p), prob(r), prob(h), prob(k) }, .after = false };
		struct emu_extra *x = extra_new();

		near(loss_rate(&l, x), rate, 3 * sqrt(rate * (1 - rate) * (wide > 1 ? wide : 1) / PACKETS));
		free(x);
	}
}

TEST(loss, bursts_of_gemodel_are_geometric)
{
	struct emu_loss l = { LOSS_GEMODEL, { prob(0.02), prob(0.25), { 0, true }, { 0 } }, .after = false };
	struct emu_extra *x = extra_new();
	double of_length[8] = { 0 }, bursts = 0, chi = 0, left = 0;
	unsigned run = 0;

	for (unsigned i = 0; i < PACKETS; i++) {
		if (emu_loss_hits(&l, x)) {
			run++;
		} else if (run) {
			of_length[run < 8 ? run - 1 : 7]++;
			bursts++;
			run = 0;
		}
	}
	for (unsigned i = 0; i < 8; i++) {
		double want = bursts * (i < 7 ? 0.25 * pow(0.75, i) : pow(0.75, 7));

		chi += (of_length[i] - want) * (of_length[i] - want) / want;
		left += want;
	}
	near(left, bursts, 1e-6 * bursts);
	assert_true(chi < 18.48);	/* 7 degrees of freedom, 1 % */
	free(x);
}

TEST(loss, state_has_its_stationary_rate)
{
	static const double set[][5] = {
		{ 0.02, 0.3, 0.2, 0.5, 0.01 }, { 0.1, 0.9, 0, 1, 0 }, { 0.01, 0.2, 0.1, 0.3, 0.05 },
	};

	for (unsigned i = 0; i < 3; i++) {
		double p13 = set[i][0], p31 = set[i][1], p32 = set[i][2], p23 = set[i][3], p14 = set[i][4];
		double pi1 = 1 / (1 + p14 + p13 / p31 * (1 + p32 / p23)), rate = pi1 * (p13 / p31 + p14);
		struct emu_loss l = { .model = LOSS_STATE,
			.p = { prob(p13), prob(p31), prob(p32), prob(p23), prob(p14) } };
		struct emu_extra *x = extra_new();

		near(loss_rate(&l, x), rate, 3 * sqrt(rate * (1 - rate) * 2 * (2 - p31 - p13) / (p31 + p13) / PACKETS));
		assert_int_equal(x->dice[DICE_LOSS].drawn, 0);
		assert_int_equal(x->dice[DICE_LOSS_CHAIN].drawn, PACKETS);
		free(x);
	}
}

TEST(loss, correlation_changes_no_rate)
{
	struct emu_loss l = { .p = { prob(0.2) }, .corr = prob(0.6) };
	struct emu_extra *x = extra_new();
	double lost = 0, both = 0;
	bool before = false, now;

	for (unsigned i = 0; i < PACKETS; i++, before = now) {
		now = emu_loss_hits(&l, x);
		lost += now;
		both += now && before;
	}
	lost /= PACKETS;
	near(lost, 0.2, 3 * sqrt(0.2 * 0.8 * 1.6 / 0.4 / PACKETS));
	near((both / PACKETS - lost * lost) / (lost * (1 - lost)), 0.6, 0.02);
	assert_int_equal(x->dice[DICE_CORR_LOSS].drawn, PACKETS);
	assert_true(x->dice[DICE_LOSS].drawn < (uint64_t)(PACKETS * 0.42));
	free(x);
}

TEST(loss, the_first_draw_is_made_whatever_the_correlation)
{
	struct emu_loss l = { .p = { { 1, false } }, .corr = { 0, true } };
	struct emu_extra *x = extra_new();

	for (unsigned i = 0; i < 100; i++)
		assert_false(emu_loss_hits(&l, x));
	assert_int_equal(x->dice[DICE_LOSS].drawn, 1);
	assert_int_equal(x->dice[DICE_CORR_LOSS].drawn, 100);
	free(x);
}

static struct emu_file *say(const struct emu_file_reader *reader, const char *text)
{
	struct emu_file *f = emu_file_parse("said", text, strlen(text), reader, NULL);

	assert_non_null(f);
	return f;
}

static void loses_as(const char *file, bool once, const char *want)
{
	struct emu_loss l = { .model = LOSS_PATTERN, .once = once, .file = say(&emu_pattern_reader, file) };
	struct emu_extra *x = extra_new();

	for (size_t i = 0; want[i]; i++)
		assert_int_equal(emu_loss_hits(&l, x), want[i] == '1');
	emu_file_release(l.file);
	free(x);
}

TEST(loss, a_pattern_goes_round)
{
	loses_as("001 # x\n1", false, "00110011001100110011");
	loses_as("0011", true, "00110000000000");
	loses_as("packets 2 3\n5", false, "011010110101101");
	loses_as("packets\n2 3 5", true, "01101000000000");
	loses_as("1", true, "100");
}

TEST(loss, another_model_begins_anew)
{
	struct emu_loss chain = { LOSS_STATE, { { 0, true }, { 0, true }, { 0 }, { 0 }, { 0 } }, .after = false };
	struct emu_loss pattern = { .model = LOSS_PATTERN, .file = say(&emu_pattern_reader, "01") };
	struct emu_extra *x = extra_new();

	assert_true(emu_loss_hits(&chain, x));
	assert_false(emu_loss_hits(&pattern, x));
	assert_true(emu_loss_hits(&chain, x));
	assert_false(emu_loss_hits(&pattern, x));
	assert_true(emu_loss_hits(&pattern, x));
	emu_file_release(pattern.file);
	free(x);
}

/* ---- corrupt ---- */

static const uint8_t frame[] = {
	2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0,
	0x45, 0, 0, 32, 0, 1, 0, 0, 64, 17, 0x66, 0xca, 10, 0, 0, 1, 10, 0, 0, 2,
	0x03, 0xe8, 0x07, 0xd0, 0, 12, 0, 0, 'a', 'b', 'c', 'd',
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,	/* padding */
};

static struct pkt *packet(struct pkt_pool *pool, uint32_t captured)
{
	struct pkt *p = pkt_new(pool);

	assert_non_null(p);
	p->data = (uint8_t *)(uintptr_t)frame;
	p->flags = PKT_STEADY;
	p->len_bytes = captured;
	p->wire_bytes = sizeof(frame);
	p->link = LINK_ETHERNET;
	return p;
}

/* How many bits differ from the frame in [from, to); outside of it none may. */
static unsigned flipped(const struct pkt *p, uint32_t from, uint32_t to)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < p->len_bytes; i++) {
		unsigned bits = (unsigned)__builtin_popcount(p->data[i] ^ frame[i]);

		assert_true(!bits || (i >= from && i < to));
		n += bits;
	}
	return n;
}

TEST(corrupt, flips_so_many_bits_behind_the_header)
{
	struct emu_corrupt c = { .p = { 0, true } };
	struct pkt_pool *pool = pkt_pool_new(0);
	struct emu_extra *x = extra_new();

	for (unsigned n = 1; n <= EMU_BITS_MAX; n++) {
		for (unsigned any = 0; any < 2; any++) {
			struct pkt *p = packet(pool, sizeof(frame)), *copy = pkt_clone(pool, p);

			c.bits = n;
			c.any = any;
			assert_int_equal(emu_corrupt(&c, x, pool, p), 1);
			assert_int_equal(flipped(p, any ? 14 : 34, 46), n);
			assert_int_equal(flipped(copy, 0, 0), 0);
			pkt_free(pool, p);
			pkt_free(pool, copy);
		}
	}
	free(x);
	pkt_pool_free(pool);
}

TEST(corrupt, reaches_every_bit_and_no_other)
{
	struct emu_corrupt c = { .p = { 0, true }, .bits = 1 };
	struct pkt_pool *pool = pkt_pool_new(0);
	struct emu_extra *x = extra_new();
	unsigned seen[96] = { 0 };

	for (unsigned i = 0; i < 96 * 200; i++) {
		struct pkt *p = packet(pool, sizeof(frame));

		assert_int_equal(emu_corrupt(&c, x, pool, p), 1);
		for (unsigned bit = 0; bit < 96; bit++)
			seen[bit] += (p->data[34 + bit / 8] ^ frame[34 + bit / 8]) >> (7 - bit % 8) & 1;
		assert_int_equal(p->data[34 + u128_mul64(drawn(DICE_WHICH_BITS, i), 96).hi / 8] ^
				frame[34 + u128_mul64(drawn(DICE_WHICH_BITS, i), 96).hi / 8],
			0x80 >> u128_mul64(drawn(DICE_WHICH_BITS, i), 96).hi % 8);
		pkt_free(pool, p);
	}
	for (unsigned bit = 0; bit < 96; bit++)
		near(seen[bit], 200, 5 * sqrt(200));
	free(x);
	pkt_pool_free(pool);
}

TEST(corrupt, touches_what_was_captured_and_no_more)
{
	struct emu_corrupt c = { .p = { 0, true }, .bits = 64 };
	struct pkt_pool *pool = pkt_pool_new(0);
	struct emu_extra *x = extra_new();

	for (uint32_t captured = 0; captured <= sizeof(frame); captured++) {
		struct pkt *p = packet(pool, captured);
		uint32_t from = captured < 34 ? 0 : 34, to = captured < 46 ? captured : 46;
		uint32_t room = 8 * (to - from);

		assert_int_equal(emu_corrupt(&c, x, pool, p), room > 0);
		assert_int_equal(flipped(p, from, to), room < 64 ? room : 64);
		pkt_free(pool, p);
	}
	free(x);
	pkt_pool_free(pool);
}

TEST(corrupt, a_hole_has_nothing_to_flip)
{
	struct emu_corrupt c = { .p = { 0, true }, .bits = 1 };
	struct pkt_pool *pool = pkt_pool_new(0);
	struct emu_extra *x = extra_new();
	struct pkt *p = pkt_hole(pool, 1500);

	assert_int_equal(emu_corrupt(&c, x, pool, p), 0);
	pkt_free(pool, p);
	free(x);
	pkt_pool_free(pool);
}

/* ---- jitter, reorder ---- */

TEST(jitter, uniform_is_the_formula)
{
	struct emu_impair im = { .jitter = { .scale = 5 * NRW_MS } };
	struct emu_extra *x = extra_new();
	bool overtakes;

	for (unsigned i = 0; i < 10000; i++) {
		unsigned __int128 product = (unsigned __int128)drawn(DICE_JITTER, i) * 10000001;
		uint64_t exit = emu_jitter_exit(&im, x, NRW_S, 20 * NRW_MS, &overtakes);

		assert_int_equal(exit, NRW_S + 15 * NRW_MS + (uint64_t)(product >> 64));
		assert_false(overtakes);
	}
	free(x);
}

static void has(const struct emu_jitter *j, double mean, double sd, double low)
{
	struct emu_impair im = { .jitter = *j };
	struct emu_extra *x = extra_new();
	double sum = 0, squares = 0, least = 0;
	bool overtakes;

	for (unsigned i = 0; i < PACKETS; i++) {
		double v = (double)emu_jitter_exit(&im, x, 0, NRW_S, &overtakes) - 1e9;

		sum += v;
		squares += v * v;
		least = v < least ? v : least;
	}
	sum /= PACKETS;
	near(sum, mean, 4 * sd / sqrt(PACKETS));
	near(sqrt(squares / PACKETS - sum * sum), sd, 0.02 * sd);
	near(least, low, -low / 100);
	free(x);
}

TEST(jitter, deviates_as_it_says)
{
	struct emu_jitter j = { .scale = 10 * NRW_MS };

	has(&j, 0, 1e7 / sqrt(3), -1e7);
	j.dist = DIST_NORMAL;
	has(&j, 0, 1e7, -3.74e7);
	j.dist = DIST_PARETO;
	has(&j, 0, 1e7, -1e7 * 0.5 / sqrt(0.75));
	j.dist = DIST_PARETONORMAL;
	has(&j, 0, 1e7, -1.4587e7);
}

/* Of the tables themselves: mean 0, deviation 1; and they are those that scripts/make-tables writes. */
TEST(jitter, tables_are_those_of_the_script)
{
	static const struct { const int32_t *table; uint64_t fnv; } tables[] = {
		{ emu_table_normal, UINT64_C(0x8e276e97ae5a7a3f) }, { emu_table_pareto, UINT64_C(0x5e4e21d21b525f9) },
		{ emu_table_paretonormal, UINT64_C(0xdd087ed4ba2a16e) },
	};

	for (unsigned t = 0; t < 3; t++) {
		uint64_t fnv = UINT64_C(0xcbf29ce484222325);
		double sum = 0, squares = 0;

		for (unsigned i = 0; i < EMU_TABLE; i++) {
			double v = tables[t].table[i] / 8192.0;

			sum += v;
			squares += v * v;
			for (unsigned byte = 4; byte--;)
				fnv = (fnv ^ ((uint32_t)tables[t].table[i] >> 8 * byte & 255)) *
					UINT64_C(0x100000001b3);
		}
		near(sum / EMU_TABLE, 0, 1e-5);
		near(squares / EMU_TABLE, 1, 1e-5);
		if (fnv != tables[t].fnv)
			print_message("# table %u: 0x%llx\n", t, (unsigned long long)fnv);
		assert_true(fnv == tables[t].fnv);
	}
}

TEST(jitter, never_leaves_before_its_service_ended)
{
	struct emu_impair im = { .jitter = { .scale = 50 * NRW_MS, .dist = DIST_NORMAL } };
	struct emu_extra *x = extra_new();
	unsigned at_once = 0;
	bool overtakes;

	for (unsigned i = 0; i < 10000; i++) {
		nrw_time exit = emu_jitter_exit(&im, x, 1000, NRW_MS, &overtakes);

		assert_true(exit >= 1000);
		at_once += exit == 1000;
	}
	assert_true(at_once > 4000 && at_once < 6000);
	free(x);
}

TEST(jitter, the_end_of_time_is_the_end)
{
	struct emu_impair im = { .jitter = { .scale = EMU_JITTER_MAX, .dist = DIST_PARETO },
		.reorder = { .p = { 0, true }, .by = UINT64_C(1) << 62 } };
	struct emu_extra *x = extra_new();
	bool overtakes;

	for (unsigned i = 0; i < 10000; i++) {
		assert_int_equal(emu_jitter_exit(&im, x, NRW_NEVER - 5, UINT64_C(1) << 62, &overtakes), NRW_NEVER);
		assert_true(emu_jitter_exit(&im, x, 0, UINT64_C(1) << 62, &overtakes) >= UINT64_C(1) << 62);
	}
	free(x);
}

TEST(reorder, each_gap_th_may_and_skips_the_jitter)
{
	struct emu_impair im = { .jitter = { .scale = 5 * NRW_MS }, .reorder = { .p = { 0, true }, .gap = 3 } };
	struct emu_extra *x = extra_new();
	bool overtakes;

	for (unsigned i = 1; i <= 999; i++) {
		nrw_time exit = emu_jitter_exit(&im, x, 0, 20 * NRW_MS, &overtakes);

		assert_int_equal(overtakes, i % 3 == 0);
		assert_true(!overtakes || exit == 20 * NRW_MS);
	}
	assert_int_equal(x->dice[DICE_REORDER].drawn, 333);
	assert_int_equal(x->dice[DICE_JITTER].drawn, 666);
	free(x);
}

TEST(reorder, by_is_added_to_what_would_have_been)
{
	struct emu_impair im = { .reorder = { .p = prob(0.5), .gap = 1, .by = 7 } };
	struct emu_extra *x = extra_new();
	bool overtakes;

	for (unsigned i = 0; i < 1000; i++) {
		nrw_time exit = emu_jitter_exit(&im, x, 100, 20, &overtakes);

		assert_int_equal(overtakes, drawn(DICE_REORDER, i) < im.reorder.p.below);
		assert_int_equal(exit, overtakes ? 127 : 120);
	}
	free(x);
}

/* ---- files of distributions ---- */

TEST(dist, a_table_of_any_length_is_met_evenly)
{
	struct emu_impair im = { .jitter = { .scale = 8192, .dist = DIST_TABLE,
		.file = say(&emu_dist_reader, "-8192 0\n8192 # three\n") } };
	struct emu_extra *x = extra_new();
	unsigned seen[3] = { 0 };
	bool overtakes;

	for (unsigned i = 0; i < 30000; i++) {
		nrw_time exit = emu_jitter_exit(&im, x, 0, 8192, &overtakes);

		assert_true(exit % 8192 == 0 && exit <= 2 * 8192);
		seen[exit / 8192]++;
	}
	for (unsigned i = 0; i < 3; i++)
		near(seen[i], 10000, 4 * 82);
	emu_file_release(im.jitter.file);
	free(x);
}

TEST(dist, an_ecdf_is_turned_round_exactly)
{
	static const char text[] = "10ms 0.25\n20ms 0.5\n20ms 0.625\n40ms 0.625\n80ms 1\n";
	static const struct { uint64_t u; nrw_time at; } points[] = {
		{ 0, 10 * NRW_MS }, { (UINT64_C(1) << 62) - 1, 10 * NRW_MS }, { UINT64_C(1) << 62, 10 * NRW_MS },
		{ UINT64_C(3) << 61, 15 * NRW_MS }, { UINT64_C(1) << 63, 20 * NRW_MS },
		{ (UINT64_C(5) << 61) - 1, 20 * NRW_MS }, { UINT64_C(5) << 61, 40 * NRW_MS },
		{ UINT64_C(13) << 60, 60 * NRW_MS }, { UINT64_MAX, 80 * NRW_MS - 1 },
	};
	struct emu_file *f = say(&emu_ecdf_reader, text), *line = say(&emu_ecdf_reader, "0 0\n1s 1"), *one;

	for (unsigned i = 0; i < sizeof(points) / sizeof(*points); i++)
		assert_int_equal(emu_ecdf_at(f, points[i].u), points[i].at);
	for (unsigned i = 1; i < 64; i++)	/* a width of all 2^64 */
		assert_int_equal(emu_ecdf_at(line, UINT64_C(1) << i), NRW_S >> (64 - i));
	one = say(&emu_ecdf_reader, "7ns 1");
	assert_int_equal(emu_ecdf_at(one, 0), 7);
	assert_int_equal(emu_ecdf_at(one, UINT64_MAX), 7);
	emu_file_release(f);
	emu_file_release(line);
	emu_file_release(one);
}

/* ---- overheads ---- */

TEST(overhead, counts_frames_and_cells)
{
	struct emu_overhead ethernet = { FRAMING_ETHERNET, 0 }, atm = { FRAMING_ATM, 0 }, aal5 = { FRAMING_ATM, 8 };
	struct emu_overhead plain = { FRAMING_PLAIN, 14 };

	assert_int_equal(emu_overhead_add(&ethernet, 1500, false), 1538);
	assert_int_equal(emu_overhead_add(&ethernet, 46, false), 84);
	assert_int_equal(emu_overhead_add(&ethernet, 47, false), 85);
	assert_int_equal(emu_overhead_add(&ethernet, 20, false), 84);
	assert_int_equal(emu_overhead_add(&ethernet, 1514, true), 1538);
	assert_int_equal(emu_overhead_add(&ethernet, 60, true), 84);
	assert_int_equal(emu_overhead_add(&ethernet, 42, true), 84);
	assert_int_equal(emu_overhead_add(&atm, 48, false), 53);
	assert_int_equal(emu_overhead_add(&atm, 49, false), 106);
	assert_int_equal(emu_overhead_add(&atm, 1500, true), 32 * 53);
	assert_int_equal(emu_overhead_add(&aal5, 40, false), 53);
	assert_int_equal(emu_overhead_add(&aal5, 41, false), 106);
	assert_int_equal(emu_overhead_add(&atm, UINT32_MAX, false), UINT64_C(89478486) * 53);
	assert_int_equal(emu_overhead_add(&plain, 1500, true), 1514);
}
