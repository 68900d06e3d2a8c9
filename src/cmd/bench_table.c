/* cmd/bench_table.c - `narrows bench table`: the longest prefix that contains an address, among 10^5.
 *
 * Prefixes of random bits and lengths (IPv4 8..32, IPv6 8..128), random addresses. Each lookup's answer goes into the
 * next address, so the figure is the time until an answer is there, memory and all, and not how many can be under way
 * at once.
 *
 * Bases, naive code of ours: the ends of all ranges in one array, by binary search (its answer is ready, nothing can be
 * changed); and a hash table for each length, the longest first, which is how a table is made that needs no thought. */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

#include "base/dice.h"
#include "base/prefix.h"

#define PREFIXES 100000
#define QUICK 2000
#define ROUND 200000
#define QUICK_ROUND 10000

struct edge {			/* from here on, up to the next one, this value */
	struct prefix_key from;
	uint32_t value;
};

struct cell {			/* of a hash table: open addressing, at most half full */
	struct prefix_key key;
	uint32_t value;
};

struct family {
	unsigned width;
	uint32_t n;
	struct prefix *list;	/* in order */
	struct prefix_table table;
	struct edge *edges;
	size_t edge_count;
	struct cell *cells[129];	/* by length; NULL: none */
	uint32_t masks[129];
};

static struct family families[2];
static uint32_t lookups;

static struct prefix_key cut(struct prefix_key k, unsigned len)
{
	struct prefix_key mask = { len >= 64 ? UINT64_MAX : ~(UINT64_MAX >> len), 0 };

	if (len > 64)
		mask.lo = len >= 128 ? UINT64_MAX : ~(UINT64_MAX >> (len - 64));
	return (struct prefix_key){ k.hi & mask.hi, k.lo & mask.lo };
}

static bool below(struct prefix_key a, struct prefix_key b)
{
	return a.hi != b.hi ? a.hi < b.hi : a.lo < b.lo;
}

static struct prefix_key draw_key(struct dice *d, unsigned width)
{
	struct prefix_key k = { dice_draw(d), 0 };

	if (width > 64)
		k.lo = dice_draw(d);
	return cut(k, width);
}

static inline uint64_t cell_of(const struct family *f, struct prefix_key k, unsigned len)
{
	return dice_mix(k.hi ^ dice_mix(k.lo)) & f->masks[len];
}

static uint32_t find_by_hash(const struct family *f, struct prefix_key address)
{
	for (unsigned len = f->width; len; len--) {
		struct prefix_key k;

		if (!f->cells[len])
			continue;
		k = cut(address, len);
		for (uint64_t i = cell_of(f, k, len);; i = (i + 1) & f->masks[len]) {
			const struct cell *c = &f->cells[len][i];

			if (c->value == PREFIX_NONE)
				break;
			if (c->key.hi == k.hi && c->key.lo == k.lo)
				return c->value;
		}
	}
	return PREFIX_NONE;
}

static uint32_t find_by_range(const struct family *f, struct prefix_key address)
{
	size_t lo = 0, hi = f->edge_count;	/* the first edge is at 0 */

	while (hi - lo > 1) {
		size_t mid = (lo + hi) / 2;

		if (below(address, f->edges[mid].from))
			hi = mid;
		else
			lo = mid;
	}
	return f->edges[lo].value;
}

/* A round of lookups, one waiting for the other. */
#define ROUND_OF(name, width_bits, find) \
	static double name(void *ctx) \
	{ \
		const struct family *f = ctx; \
		struct dice d = { .key = 3 }; \
		double begin = bench_ns(); \
		for (uint32_t i = 0; i < lookups; i++) { \
			struct prefix_key a = draw_key(&d, width_bits); \
			d.key += find; \
		} \
		return (bench_ns() - begin) / lookups; \
	}

ROUND_OF(ours4, 32, prefix4_find(&f->table, (uint32_t)(a.hi >> 32)))
ROUND_OF(ours6, 128, prefix6_find(&f->table, a))
ROUND_OF(range4, 32, find_by_range(f, a))
ROUND_OF(range6, 128, find_by_range(f, a))
ROUND_OF(hash4, 32, find_by_hash(f, a))
ROUND_OF(hash6, 128, find_by_hash(f, a))

/* Takes out and puts back, each a random one. */
static double change(void *ctx)
{
	struct family *f = ctx;
	struct dice d = { .key = 5 };
	uint32_t n = lookups / 8;
	double begin = bench_ns();

	for (uint32_t i = 0; i < n; i++) {
		const struct prefix *p = &f->list[dice_draw(&d) % f->n];

		prefix_remove(&f->table, p->key, p->len);
		prefix_set(&f->table, p->key, p->len, p->value);
	}
	return (bench_ns() - begin) / (2 * n);
}

static double bytes(void *ctx)
{
	const struct family *f = ctx;

	return (double)f->table.bytes / f->n;
}

static void take(void *ctx, const struct prefix *p)
{
	struct family *f = ctx;

	f->list[f->n++] = *p;
}

static struct prefix_key behind(const struct prefix *p)	/* the first address after it; 0: none */
{
	struct prefix_key k = p->key;
	unsigned len = p->len;

	if (len > 64) {
		k.lo += (uint64_t)1 << (128 - len);
		k.hi += k.lo == 0;
	} else if (len) {
		k.hi += (uint64_t)1 << (64 - len);
	} else {
		k = (struct prefix_key){ 0, 0 };
	}
	return k;
}

static bool contains(const struct prefix *p, struct prefix_key address)
{
	struct prefix_key k = cut(address, p->len);

	return k.hi == p->key.hi && k.lo == p->key.lo;
}

static void edge(struct family *f, struct prefix_key from, uint32_t value)
{
	struct edge *last = f->edge_count ? &f->edges[f->edge_count - 1] : NULL;

	if (last && !below(last->from, from))
		last->value = value;
	else
		f->edges[f->edge_count++] = (struct edge){ from, value };
}

/* The list is in order, so those that contain the next one are a stack. */
static void make_edges(struct family *f)
{
	const struct prefix *open[130];
	unsigned depth = 0;

	edge(f, (struct prefix_key){ 0, 0 }, PREFIX_NONE);
	for (uint32_t i = 0; i <= f->n; i++) {
		const struct prefix *p = i < f->n ? &f->list[i] : NULL;

		while (depth && !(p && contains(open[depth - 1], p->key))) {
			struct prefix_key end = behind(open[--depth]);

			if (end.hi | end.lo)
				edge(f, end, depth ? open[depth - 1]->value : PREFIX_NONE);
		}
		if (!p)
			break;
		edge(f, p->key, p->value);
		open[depth++] = p;
	}
}

static int make_hashes(struct family *f)
{
	uint32_t count[129] = { 0 };

	for (uint32_t i = 0; i < f->n; i++)
		count[f->list[i].len]++;
	for (unsigned len = 1; len <= f->width; len++) {
		uint32_t cells = 8;

		if (!count[len])
			continue;
		while (cells < 2 * count[len])
			cells *= 2;
		f->cells[len] = malloc(cells * sizeof(struct cell));
		if (!f->cells[len])
			return ERR_NOMEM;
		memset(f->cells[len], 0xff, cells * sizeof(struct cell));
		f->masks[len] = cells - 1;
	}
	for (uint32_t k = 0; k < f->n; k++) {
		const struct prefix *p = &f->list[k];
		uint64_t i = cell_of(f, p->key, p->len);

		while (f->cells[p->len][i].value != PREFIX_NONE)
			i = (i + 1) & f->masks[p->len];
		f->cells[p->len][i] = (struct cell){ p->key, p->value };
	}
	return 0;
}

static void fini(struct family *f)
{
	if (f->table.family)
		prefix_fini(&f->table);
	for (unsigned i = 0; i <= 128; i++)
		free(f->cells[i]);
	free(f->list);
	free(f->edges);
	*f = (struct family){ 0 };
}

static int init(struct family *f, unsigned width, uint32_t n)
{
	struct dice d = { .key = width };
	int rc = width == 32 ? prefix4_init(&f->table) : prefix6_init(&f->table);

	f->width = width;
	f->list = calloc(n, sizeof(*f->list));
	f->edges = calloc(2 * (size_t)n + 1, sizeof(*f->edges));
	if (rc || !f->list || !f->edges)
		return ERR_NOMEM;
	while (f->table.count < n) {
		unsigned len = 8 + (unsigned)(dice_draw(&d) % (width - 7));

		if (prefix_set(&f->table, cut(draw_key(&d, width), len), len, (uint32_t)f->table.count))
			return ERR_NOMEM;
	}
	prefix_each(&f->table, take, f);
	make_edges(f);
	return make_hashes(f);
}

static uint32_t find(const struct family *f, struct prefix_key a)
{
	return f->width == 32 ? prefix4_find(&f->table, (uint32_t)(a.hi >> 32)) : prefix6_find(&f->table, a);
}

/* Three ways to one answer: who measures something wrong measures nothing. */
static bool agree(const struct family *f)
{
	struct dice d = { .key = 11 };

	for (unsigned i = 0; i < 1000; i++) {
		struct prefix_key a = draw_key(&d, f->width);
		uint32_t found = find(f, a);

		if (found != find_by_range(f, a) || found != find_by_hash(f, a))
			return false;
	}
	return true;
}

static const struct bench_case cases[] = {
	{ "IPv4, longest of 100 k", NULL, "binary search of ranges", 0, ours4, range4, &families[0] },
	{ "IPv4, longest of 100 k", NULL, "a hash table a length", 0, ours4, hash4, &families[0] },
	{ "IPv6, longest of 100 k", NULL, "binary search of ranges", 0, ours6, range6, &families[1] },
	{ "IPv6, longest of 100 k", NULL, "a hash table a length", 0, ours6, hash6, &families[1] },
	{ "IPv4, a change", NULL, NULL, 0, change, NULL, &families[0] },
	{ "IPv6, a change", NULL, NULL, 0, change, NULL, &families[1] },
	{ "IPv4, memory a prefix", "bytes", NULL, 0, bytes, NULL, &families[0] },
	{ "IPv6, memory a prefix", "bytes", NULL, 0, bytes, NULL, &families[1] },
};

static void table_close(void)
{
	fini(&families[0]);
	fini(&families[1]);
}

static int table_open(const struct bench_case **c, size_t *n, char **args, bool quick, struct err *e)
{
	if (args[0])
		return err_set(e, ERR_USAGE, "table: '%s': it takes no operand", args[0]);
	lookups = quick ? QUICK_ROUND : ROUND;
	if (init(&families[0], 32, quick ? QUICK : PREFIXES) || init(&families[1], 128, quick ? QUICK : PREFIXES)) {
		table_close();
		return err_set(e, ERR_NOMEM, "table: no memory");
	}
	BUG_ON(!agree(&families[0]) || !agree(&families[1]));
	*c = cases;
	*n = sizeof(cases) / sizeof(*cases);
	return 0;
}

const struct bench bench_table = {
	"table", "longest prefix match, among 10^5 random prefixes", table_open, table_close,
};
