#include "base/clock.h"

#include "test.h"

TEST(clock, real_time_begins_at_zero_and_never_goes_back)
{
	struct clock c;
	nrw_time last = 0;

	clock_real(&c);
	assert_true(clock_now(&c) < 60 * NRW_S);
	for (unsigned i = 0; i < 10000; i++) {
		nrw_time now = clock_now(&c);

		assert_true(now >= last);
		last = now;
	}
	while (clock_now(&c) == last)		/* and goes on */
		;
}

TEST(clock, a_system_that_goes_back_is_waited_for)
{
	struct clock c;

	clock_real(&c);
	c.now = NRW_S * 3600;			/* as if the system had told this once */
	assert_true(clock_now(&c) == NRW_S * 3600);
	c.start += NRW_S * 7200;		/* now it tells a time before our start */
	assert_true(clock_now(&c) == NRW_S * 3600);
}

TEST(clock, virtual_time_stands_until_it_is_advanced)
{
	struct clock c;

	clock_virtual(&c, 5);
	assert_true(clock_now(&c) == 5);
	clock_advance(&c, 1000);
	assert_true(clock_now(&c) == 1000);
	clock_advance(&c, 999);
	assert_true(clock_now(&c) == 1000);
	clock_advance(&c, NRW_NEVER - 1);
	assert_true(clock_now(&c) == NRW_NEVER - 1);
}
