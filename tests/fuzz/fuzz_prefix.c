/* fuzz_prefix.c - changes of a prefix table as the bytes say, beside a list of what is in it: lookups, exact ones and
 * the walk in order must agree with the list. */
#include <stdbool.h>
#include <string.h>

#include "base/prefix.h"

#include "holds.h"

#define MOST 128

struct world {
	struct prefix_table t;
	struct prefix list[MOST];
	unsigned n, seen;
	struct prefix last;
};

static struct prefix_key cut(struct prefix_key k, unsigned len)
{
	uint64_t hi = len >= 64 ? UINT64_MAX : ~(UINT64_MAX >> len);
	uint64_t lo = len >= 128 ? UINT64_MAX : len > 64 ? ~(UINT64_MAX >> (len - 64)) : 0;

	return (struct prefix_key){ k.hi & hi, k.lo & lo };
}

static bool contains(const struct prefix *p, struct prefix_key a)
{
	struct prefix_key c = cut(a, p->len);

	return c.hi == p->key.hi && c.lo == p->key.lo;
}

static bool before(const struct prefix *a, const struct prefix *b)
{
	if (a->key.hi != b->key.hi)
		return a->key.hi < b->key.hi;
	return a->key.lo != b->key.lo ? a->key.lo < b->key.lo : a->len < b->len;
}

static void visit(void *ctx, const struct prefix *p)
{
	struct world *w = ctx;

	HOLDS(!w->seen++ || before(&w->last, p));
	w->last = *p;
}

static void one(struct world *w, const uint8_t *b, bool is6)
{
	unsigned width = is6 ? 128 : 32, len = b[1] % (width + 1), i;
	struct prefix_key k, address;
	uint32_t best = PREFIX_NONE;
	int best_len = -1;

	/* Few bytes of the address vary, so that prefixes crowd. */
	address = is6 ? (struct prefix_key){ (uint64_t)b[2] << (b[3] & 56), (uint64_t)b[4] << (b[3] & 7) * 8 } :
		prefix_key4((uint32_t)b[2] << 24 | (uint32_t)(b[3] & 1) << 12 | b[4]);
	k = cut(address, len);
	for (i = 0; i < w->n; i++)
		if (w->list[i].len == len && w->list[i].key.hi == k.hi && w->list[i].key.lo == k.lo)
			break;
	HOLDS(prefix_get(&w->t, k, len) == (i < w->n ? w->list[i].value : PREFIX_NONE));
	if (b[0] & 1 && i < MOST) {
		HOLDS(prefix_set(&w->t, k, len, b[0]) == 0);
		w->list[i] = (struct prefix){ k, b[0], (uint8_t)len };
		w->n += i == w->n;
	} else if (b[0] & 2) {
		HOLDS((prefix_remove(&w->t, k, len) == 0) == (i < w->n));
		if (i < w->n)
			w->list[i] = w->list[--w->n];
	}
	for (i = 0; i < w->n; i++) {
		if (contains(&w->list[i], address) && (int)w->list[i].len > best_len) {
			best_len = w->list[i].len;
			best = w->list[i].value;
		}
	}
	HOLDS((is6 ? prefix6_find(&w->t, address) : prefix4_find(&w->t, (uint32_t)(address.hi >> 32))) == best);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct world w = { .n = 0 };
	bool is6 = n && data[0] & 1;

	HOLDS((is6 ? prefix6_init(&w.t) : prefix4_init(&w.t)) == 0);
	for (size_t at = 1; at + 5 <= n; at += 5)
		one(&w, data + at, is6);
	prefix_each(&w.t, visit, &w);
	HOLDS(w.seen == w.n && w.t.count == w.n);
	prefix_fini(&w.t);
	return 0;
}
