/* Axes: round steps, nothing cut, labels that say exactly what they stand at; for every magnitude of 64 bits. */
#include "app/plot_int.h"

#include "test.h"

static bool is_round(uint64_t step)	/* 1, 2 or 5 times a power of ten */
{
	while (step % 10 == 0)
		step /= 10;
	return step == 1 || step == 2 || step == 5;
}

static void axis_is_right(uint64_t largest)
{
	struct plot_axis a;

	plot_axis_fit(&a, PLOT_BYTES, largest);
	assert_true(is_round(a.step));
	assert_true(a.top >= largest && a.top > 0);
	assert_true(a.top - a.step < largest || a.top == a.step);	/* no empty step on top */
	assert_in_range(a.top / a.step, 1, 5);
	/* whose multiple does not fit */
	assert_true(a.top % a.step == 0 || largest > UINT64_C(15000000000000000000));
}

TEST(axis, covers_every_value_with_at_most_five_round_steps)
{
	uint64_t x = 88172645463325252;

	for (uint64_t n = 0; n < 3000; n++)
		axis_is_right(n);
	for (unsigned bit = 0; bit < 64; bit++)
		for (unsigned i = 0; i < 200; i++) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			axis_is_right(x >> bit);
		}
	for (uint64_t d = 0; d < 3; d++)
		axis_is_right(UINT64_MAX - d);
}

TEST(axis, has_a_step_for_nothing_at_all)
{
	struct plot_axis a;

	plot_axis_fit(&a, PLOT_NS, 0);
	assert_int_equal(a.top, 1);
	assert_int_equal(plot_axis_px(&a, 0, 150), 0);
}

TEST(axis, pixels_are_rounded_down_and_never_leave_the_panel)
{
	struct plot_axis a = { .top = 7, .step = 1 };

	assert_int_equal(plot_axis_px(&a, 1, 150), 21);
	assert_int_equal(plot_axis_px(&a, 6, 150), 128);
	assert_int_equal(plot_axis_px(&a, 7, 150), 150);
	assert_int_equal(plot_axis_px(&a, UINT64_MAX, 150), 150);
	a.top = UINT64_MAX;
	assert_int_equal(plot_axis_px(&a, UINT64_MAX - 1, 1000), 999);
	assert_int_equal(plot_axis_px(&a, UINT64_MAX / 2 + 1, 1000), 500);
}

static void label_is(enum plot_unit unit, uint64_t top, uint64_t value, const char *text)
{
	struct plot_axis a = { .top = top, .step = 1, .unit = unit };
	char to[48];

	assert_string_equal(plot_axis_label(&a, value, to, sizeof(to)), text);
}

TEST(axis, labels_are_exact_in_the_unit_of_the_top)
{
	label_is(PLOT_BIT_RATE, 2000000, 1500000, "1.5 Mbit/s");
	label_is(PLOT_BIT_RATE, 2000000, 0, "0 Mbit/s");
	label_is(PLOT_BIT_RATE, 999, 999, "999 bit/s");
	label_is(PLOT_BIT_RATE, 1000, 999, "0.999 kbit/s");
	label_is(PLOT_BIT_RATE, UINT64_C(1000000000000), UINT64_C(1000000000000), "1000 Gbit/s");
	label_is(PLOT_BYTES, 75000, 75000, "75 kB");
	label_is(PLOT_BYTES, 5, 3, "3 B");
	label_is(PLOT_NS, NRW_S, 1, "0.000000001 s");
	label_is(PLOT_NS, 20 * NRW_MS, 5 * NRW_MS, "5 ms");
	label_is(PLOT_NS, 1000, 500, "0.5 us");
	label_is(PLOT_NS, UINT64_MAX, UINT64_MAX, "18446744073.709551615 s");
	label_is(PLOT_PER_S, 40, 20, "20 /s");
	label_is(PLOT_PER_S, 40000, 25000, "25 k/s");
}
