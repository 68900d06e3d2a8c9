/* prefix_test.c - prefix tables against a list that is searched from end to end, through random changes; of shapes that
 * make every kind of node: few, many, crowded, nested, from 0 to all bits. The long build makes 10^6 changes in all. */
#include "base/prefix.h"

#include <malloc.h>
#include <stdlib.h>

#include "base/dice.h"
#include "base/err.h"
#include "test.h"

#ifndef STEPS
#define STEPS 8000
#endif
#define MOST 400

struct shape {
	const char *name;
	unsigned most;			/* prefixes at once, at most MOST */
	unsigned shared;		/* bits that all of them begin with, */
	unsigned spread;		/* then so many random ones, then zeros */
	unsigned shortest;		/* length */
};

static const struct shape shapes[] = {
	{ "few", 12, 0, 128, 0 },
	{ "many", MOST, 0, 128, 0 },
	{ "nested", MOST, 0, 7, 0 },		/* few addresses, all lengths */
	{ "crowded", MOST, 21, 9, 21 },
	{ "crowded below a shorter one", MOST, 24, 8, 18 },	/* bits 20..23 of all are 0, as of a /20 */
	{ "crowded at the end", MOST, 22, 10, 26 },
	{ "crowded in the middle", MOST, 59, 9, 60 },	/* IPv4: all are /32, or nearly */
	{ "around the seam", 60, 61, 6, 58 },
	{ "hosts", MOST, 8, 120, 32 },
};

struct table {
	struct prefix_table t;
	unsigned width;
	struct prefix list[MOST];
	unsigned n;
	struct dice dice;
};

static uint32_t find(const struct table *x, struct prefix_key a)
{
	return x->width == 32 ? prefix4_find(&x->t, (uint32_t)(a.hi >> 32)) : prefix6_find(&x->t, a);
}

static struct prefix_key cut(struct prefix_key k, unsigned len)
{
	static struct prefix_key masks[129];

	if (!masks[1].hi) {	/* bit by bit: plain */
		for (unsigned l = 1; l <= 128; l++) {
			masks[l] = masks[l - 1];
			if (l <= 64)
				masks[l].hi |= UINT64_C(1) << (64 - l);
			else
				masks[l].lo |= UINT64_C(1) << (128 - l);
		}
	}
	len = len < 128 ? len : 128;
	return (struct prefix_key){ k.hi & masks[len].hi, k.lo & masks[len].lo };
}

static struct prefix_key random_key(struct table *x, const struct shape *s, unsigned spread)
{
	struct prefix_key r = { dice_draw(&x->dice), dice_draw(&x->dice) };
	struct prefix_key base = { 0xa5c3f00d12345678, 0x9abcdef011223344 };
	unsigned random = s->shared + spread > 128 ? 128 : s->shared + spread;
	struct prefix_key high = cut(base, s->shared), low = cut(r, s->shared), k = cut(r, random);

	k.hi = (k.hi ^ low.hi) | high.hi;
	k.lo = (k.lo ^ low.lo) | high.lo;
	return cut(k, x->width);
}

static bool contains(const struct prefix *p, struct prefix_key a)
{
	struct prefix_key c = cut(a, p->len);

	return c.hi == p->key.hi && c.lo == p->key.lo;
}

static uint32_t find_in_list(const struct table *x, struct prefix_key a)
{
	const struct prefix *best = NULL;

	for (unsigned i = 0; i < x->n; i++)
		if (contains(&x->list[i], a) && (!best || x->list[i].len > best->len))
			best = &x->list[i];
	return best ? best->value : PREFIX_NONE;
}

static unsigned index_in_list(const struct table *x, struct prefix_key k, unsigned len)
{
	unsigned i;

	for (i = 0; i < x->n; i++)
		if (x->list[i].len == len && x->list[i].key.hi == k.hi && x->list[i].key.lo == k.lo)
			break;
	return i;
}

static void change(struct table *x, const struct shape *s, bool grow)
{
	unsigned least = s->shortest < x->width ? s->shortest : x->width;
	unsigned len = least + (unsigned)(dice_draw(&x->dice) % (x->width - least + 1)), i;
	struct prefix_key k = cut(random_key(x, s, s->spread), len);
	uint32_t value = (uint32_t)dice_draw(&x->dice) % 1000;

	if (grow || !x->n) {
		i = index_in_list(x, k, len);
		if (i == x->n && x->n == s->most)
			return;
		assert_int_equal(prefix_get(&x->t, k, len), i < x->n ? x->list[i].value : PREFIX_NONE);
		assert_int_equal(prefix_set(&x->t, k, len, value), 0);
		x->list[i] = (struct prefix){ k, value, (uint8_t)len };
		x->n += i == x->n;
		return;
	}
	i = index_in_list(x, k, len);
	assert_int_equal(prefix_remove(&x->t, k, len), i < x->n ? 0 : ERR_UNKNOWN);
	if (i == x->n) {
		i = (unsigned)(dice_draw(&x->dice) % x->n);
		assert_int_equal(prefix_remove(&x->t, x->list[i].key, x->list[i].len), 0);
	}
	x->list[i] = x->list[--x->n];
}

/* The last address of a prefix, or of its first half. */
static struct prefix_key end_of(const struct table *x, const struct prefix *p, unsigned half)
{
	struct prefix_key ones = cut((struct prefix_key){ UINT64_MAX, UINT64_MAX }, p->len + half);

	return cut((struct prefix_key){ p->key.hi | ~ones.hi, p->key.lo | ~ones.lo }, x->width);
}

static void look(struct table *x, const struct shape *s)
{
	for (unsigned i = 0; i < 2 && x->n; i++) {
		struct prefix_key a = end_of(x, &x->list[dice_draw(&x->dice) % x->n], i);

		assert_int_equal(find(x, a), find_in_list(x, a));
	}
	for (unsigned i = 0; i < 4; i++) {
		struct prefix_key a = random_key(x, s, 128);

		if (i && x->n) {	/* at, in, just before or just after one there is */
			a = x->list[dice_draw(&x->dice) % x->n].key;
			a.lo ^= x->width > 32 ? dice_draw(&x->dice) >> (dice_draw(&x->dice) & 63) : 0;
			a.hi += i == 2 ? (uint64_t)1 << 32 : i == 3 ? (uint64_t)-1 << 32 : 0;
		}
		assert_int_equal(find(x, a), find_in_list(x, a));
	}
}

static bool before(const struct prefix *a, const struct prefix *b)
{
	if (a->key.hi != b->key.hi)
		return a->key.hi < b->key.hi;
	return a->key.lo != b->key.lo ? a->key.lo < b->key.lo : a->len < b->len;
}

struct walk {
	struct table *x;
	unsigned seen;
	struct prefix last;
};

static void visit(void *ctx, const struct prefix *p)
{
	struct walk *w = ctx;
	unsigned i = index_in_list(w->x, p->key, p->len);

	assert_true(i < w->x->n);
	assert_int_equal(p->value, w->x->list[i].value);
	if (w->seen++)
		assert_true(before(&w->last, p));
	w->last = *p;
}

static void walk(struct table *x)
{
	struct walk w = { .x = x };

	prefix_each(&x->t, visit, &w);
	assert_int_equal(w.seen, x->n);
	assert_int_equal(x->t.count, x->n);
}

static void lives(const struct shape *s, unsigned width)
{
	static struct table x;
	size_t empty;

	x = (struct table){ .width = width, .dice = { .key = width + s->shared } };
	assert_int_equal(width == 32 ? prefix4_init(&x.t) : prefix6_init(&x.t), 0);
	empty = x.t.bytes;
	for (unsigned i = 0; i < STEPS; i++) {
		unsigned tide = i / 2000 % 2 ? 3 : 12;		/* of 16: grows, shrinks */

		change(&x, s, dice_draw(&x.dice) % 16 < tide);
		look(&x, s);
		if (i % 997 == 0)
			walk(&x);
	}
	while (x.n) {
		x.n--;
		assert_int_equal(prefix_remove(&x.t, x.list[x.n].key, x.list[x.n].len), 0);
		look(&x, s);
	}
	walk(&x);
	assert_int_equal(x.t.bytes, empty);
	prefix_fini(&x.t);
}

TEST(prefix4, finds_what_a_search_of_all_finds)
{
	for (unsigned i = 0; i < sizeof(shapes) / sizeof(*shapes); i++)
		lives(&shapes[i], 32);
}

TEST(prefix6, finds_what_a_search_of_all_finds)
{
	for (unsigned i = 0; i < sizeof(shapes) / sizeof(*shapes); i++)
		lives(&shapes[i], 128);
}

TEST(prefix, refuses_what_is_none)
{
	struct prefix_table t;

	assert_int_equal(prefix4_init(&t), 0);
	assert_int_equal(prefix_set(&t, prefix_key4(0x0a000000), 33, 1), ERR_RANGE);
	assert_int_equal(prefix_set(&t, prefix_key4(0x0a000001), 31, 1), ERR_RANGE);
	assert_int_equal(prefix_set(&t, prefix_key4(1), 0, 1), ERR_RANGE);
	assert_int_equal(prefix_set(&t, prefix_key4(0), 0, PREFIX_NONE), ERR_RANGE);
	assert_int_equal(prefix_set(&t, (struct prefix_key){ 0, 1 }, 32, 1), ERR_RANGE);
	assert_int_equal(prefix_remove(&t, prefix_key4(0x0a000001), 31), ERR_UNKNOWN);
	assert_int_equal(prefix_get(&t, prefix_key4(0x0a000001), 31), PREFIX_NONE);
	assert_int_equal(t.count, 0);
	assert_int_equal(prefix4_find(&t, 0), PREFIX_NONE);
	prefix_fini(&t);
}

/* IPv6 as it stands on the wire: 2001:db8:: is the documentation's, ::1 and ::/0 the ends. */
TEST(prefix6, reads_addresses_in_wire_order)
{
	static const uint8_t doc[16] = { 0x20, 0x01, 0x0d, 0xb8 }, host[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };
	static const uint8_t one[16] = { [15] = 1 };
	struct prefix_table t;

	assert_int_equal(prefix6_init(&t), 0);
	assert_int_equal(prefix_set(&t, prefix_key6(doc), 32, 1), 0);
	assert_int_equal(prefix_set(&t, prefix_key6(host), 128, 2), 0);
	assert_int_equal(prefix_set(&t, (struct prefix_key){ 0, 0 }, 0, 3), 0);
	assert_int_equal(prefix6_find(&t, prefix_key6(doc)), 1);
	assert_int_equal(prefix6_find(&t, prefix_key6(host)), 2);
	assert_int_equal(prefix6_find(&t, prefix_key6(one)), 3);
	assert_int_equal(prefix6_find(&t, (struct prefix_key){ 0x20010db8ffffffff, 0 }), 1);
	assert_int_equal(prefix6_find(&t, (struct prefix_key){ 0x20010db900000000, 0 }), 3);
	prefix_fini(&t);
}

#define LARGE 100000

static struct prefix large[LARGE];

/* Distinct prefixes of random bits, lengths 8..32 as they come: most of the shortest are taken soon. */
static void fill_large(struct prefix_table *t)
{
	struct dice d = { .key = 42 };

	for (uint32_t n = 0; n < LARGE;) {
		unsigned len = 8 + (unsigned)(dice_draw(&d) % 25);
		struct prefix_key k = cut((struct prefix_key){ dice_draw(&d), 0 }, len);

		if (prefix_get(t, k, len) != PREFIX_NONE)
			continue;
		assert_int_equal(prefix_set(t, k, len, n), 0);
		large[n] = (struct prefix){ k, n, (uint8_t)len };
		n++;
	}
	assert_int_equal(t->count, LARGE);
}

TEST(prefix4, takes_16_bytes_a_prefix_of_100000)
{
	struct prefix_table t;
	struct dice d = { .key = 7 };
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;	/* with what malloc adds */
#endif

	assert_int_equal(prefix4_init(&t), 0);
	fill_large(&t);
	print_message("# %zu bytes asked for: %zu.%02zu a prefix\n", t.bytes, t.bytes / LARGE, t.bytes % LARGE / 1000);
	assert_true(t.bytes <= 16 * LARGE);
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	before = mallinfo2().uordblks + mallinfo2().hblkhd - before;
	print_message("# %zu bytes used by malloc\n", before);
	assert_true(before <= 16 * LARGE);
#endif
	for (unsigned i = 0; i < 300; i++) {
		struct prefix_key a = prefix_key4((uint32_t)dice_draw(&d));
		const struct prefix *best = NULL;

		for (uint32_t k = 0; k < LARGE; k++)
			if (contains(&large[k], a) && (!best || large[k].len > best->len))
				best = &large[k];
		assert_int_equal(prefix4_find(&t, (uint32_t)(a.hi >> 32)), best ? best - large : PREFIX_NONE);
	}
	prefix_fini(&t);
}
