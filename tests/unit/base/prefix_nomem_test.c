/* prefix_nomem_test.c - prefix tables where memory runs out at any allocation: a change that fails changes nothing, one
 * that does not is whole, and nothing is lost. The writer's files are compiled here once more, with an allocator that
 * says no. */
#include <stdbool.h>
#include <stdlib.h>

static unsigned allowed;	/* calls that still succeed; 0: the next one fails, once */
static bool armed;
static unsigned refused;

static bool refuse(void)
{
	if (!armed || allowed--)
		return false;
	armed = false;
	refused++;
	return true;
}

#define calloc(n, size) (refuse() ? NULL : calloc(n, size))
#define malloc(size) (refuse() ? NULL : malloc(size))
#include "base/prefix.c"
#include "base/prefix_build.c"
#undef calloc
#undef malloc

#include "base/dice.h"
#include "test.h"

#define MOST 600

static struct prefix list[MOST];
static bool in[MOST];

static void check_all(const struct prefix_table *t)
{
	size_t count = 0;

	for (unsigned i = 0; i < MOST; i++) {
		assert_int_equal(prefix_get(t, list[i].key, list[i].len), in[i] ? i : PREFIX_NONE);
		count += in[i];
	}
	assert_int_equal(t->count, count);
}

static void run_out(unsigned width, unsigned shared)
{
	struct dice d = { .key = width };
	struct prefix_table t;
	unsigned failed = 0;

	assert_int_equal(width == 32 ? prefix4_init(&t) : prefix6_init(&t), 0);
	refused = 0;
	for (unsigned i = 0; i < MOST; i++) {
		do {	/* most crowd behind `shared` bits, some are all over */
			list[i].len = (uint8_t)(4 + dice_draw(&d) % (width - 3));
			list[i].key = (struct prefix_key){ dice_draw(&d) >> (i % 8 ? shared : 0), dice_draw(&d) };
			list[i].key = prefix_cut(list[i].key, list[i].len);
		} while (prefix_get(&t, list[i].key, list[i].len) != PREFIX_NONE);
		assert_int_equal(prefix_set(&t, list[i].key, list[i].len, i), 0);
		in[i] = true;
	}
	for (unsigned step = 0; step < 6000; step++) {
		unsigned i = (unsigned)(dice_draw(&d) % MOST), most = step / 1000 % 2 ? 14 : 2;
		int rc;

		allowed = (unsigned)(dice_draw(&d) % 8);
		armed = true;
		if (dice_draw(&d) % 16 < most) {
			rc = prefix_set(&t, list[i].key, list[i].len, i);
			assert_true(rc == 0 || rc == ERR_NOMEM);
			in[i] |= rc == 0;
		} else {
			rc = prefix_remove(&t, list[i].key, list[i].len);
			assert_true(rc == 0 || rc == ERR_NOMEM || (rc == ERR_UNKNOWN && !in[i]));
			in[i] &= rc == ERR_NOMEM;
		}
		armed = false;
		failed += rc == ERR_NOMEM;
		if (rc == ERR_NOMEM || step % 64 == 0)
			check_all(&t);
	}
	assert_true(failed > 100 && refused > failed);	/* some only kept a node from being made anew */
	prefix_fini(&t);
	armed = true;
	allowed = 0;
	assert_int_equal(width == 32 ? prefix4_init(&t) : prefix6_init(&t), ERR_NOMEM);
}

TEST(prefix_nomem, a_change_of_ipv4_is_whole_or_nothing) { run_out(32, 12); }
TEST(prefix_nomem, a_change_of_ipv6_is_whole_or_nothing) { run_out(128, 40); }
