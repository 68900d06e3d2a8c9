/* rules/rules_table_value.c - what a table says of a key: one number for every use, or a column for each.
 *
 *      legacy                  100           10.0.0.1, of the same 32 bits
 *      skipto,fib,ipv4         1000,2,10.0.0.1
 *
 * 0 in a column is "none" and fits no action but fib and dscp. A row of one number below 2^31 stands where its number
 * would, so that a lookup reads no line of memory more. Others lie in segments of 64, 128, 256 ... that never move. One
 * that is given back may still be read: it is used again after a wait for readers, many at a time. */
#include "rules_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/rcu.h"

#define BATCH 64		/* rows given back before a wait */

static const struct use {
	const char *name;
	uint32_t most;
} uses[VALUE_USES] = {
	[VALUE_SKIPTO] = { "skipto", 65535 },	[VALUE_PIPE] = { "pipe", 65535 },	[VALUE_FIB] = { "fib", 65535 },
	[VALUE_NAT] = { "nat", 65535 },	[VALUE_DSCP] = { "dscp", 63 },	[VALUE_TAG] = { "tag", 65534 },
	[VALUE_DIVERT] = { "divert", 65535 },	[VALUE_NETGRAPH] = { "netgraph", UINT32_MAX },
	[VALUE_LIMIT] = { "limit", UINT32_MAX },	[VALUE_IPV4] = { "ipv4", UINT32_MAX },
	[VALUE_MARK] = { "mark", UINT32_MAX },	[VALUE_IPV6] = { "ipv6", 0 },
};

const char *value_column_name(enum value_use use)
{
	return uses[use].name;
}

bool value_column_read(struct word w, uint8_t *column)
{
	for (unsigned i = 0; i < VALUE_USES; i++) {
		if (word_is(w, uses[i].name)) {
			*column = (uint8_t)i;
			return true;
		}
	}
	return false;
}

unsigned value_words(const struct table_desc *d)
{
	unsigned n = d->columns ? d->columns : 1;

	for (unsigned i = 0; i < d->columns; i++)
		n += d->column[i] == VALUE_IPV6 ? 3 : 0;
	return n;
}

int value_word_of(const struct table_desc *d, enum value_use use)
{
	int at = 0;

	if (!d->columns)
		return use == VALUE_IPV6 ? -1 : 0;
	for (unsigned i = 0; i < d->columns; i++) {
		if (d->column[i] == use)
			return at;
		at += d->column[i] == VALUE_IPV6 ? 4 : 1;
	}
	return -1;
}

static int read_ip6(struct lex *lx, struct word w, uint32_t *to)
{
	uint64_t six[2];

	if (!wire_ip6_parse(w.p, w.n, six))
		return lex_error(lx, w, ERR_SYNTAX, "ipv6: " WORD_FMT " is not an IPv6 address", WORD_ARGS(w));
	for (unsigned i = 0; i < 4; i++)
		to[i] = (uint32_t)(six[i / 2] >> (i % 2 ? 0 : 32));
	return 0;
}

static bool is_whole(struct word w)
{
	return w.n && w.p[0] >= '0' && w.p[0] <= '9' && !memchr(w.p, '.', w.n);
}

static int read_one(struct lex *lx, struct word w, enum value_use use, bool legacy, uint32_t *to)
{
	uint64_t n = 0;
	int err;

	if (use == VALUE_IPV6)
		return read_ip6(lx, w, to);
	if (use == VALUE_IPV4 && !is_whole(w)) {
		if (wire_ip4_parse(w.p, w.n, to))
			return 0;
		return lex_error(lx, w, ERR_SYNTAX, WORD_FMT " is not a value; allowed: a number in 0..4294967295, or "
			"an IPv4 address (keys and values take turns)", WORD_ARGS(w));
	}
	if (use == VALUE_DSCP && names_dscp(w, &n)) {
		*to = (uint32_t)n;
		return 0;
	}
	err = units_num(lx, w, legacy ? "value" : uses[use].name, 0, uses[use].most, &n);
	*to = (uint32_t)n;
	return err;
}

int value_read(struct lex *lx, const struct table_desc *d, struct word w, uint32_t row[VALUE_WORDS_MAX])
{
	size_t at = 0;

	if (!d->columns)
		return read_one(lx, w, VALUE_IPV4, true, row);
	for (unsigned i = 0; i < d->columns; i++) {
		const char *comma = w.n ? memchr(w.p, ',', w.n) : NULL;
		size_t n = comma ? (size_t)(comma - w.p) : w.n;

		if (!n || (i + 1u == d->columns) == (comma != NULL))
			return lex_error(lx, w, ERR_SYNTAX, "%u values, parted by commas, are wanted here", d->columns);
		if (read_one(lx, word_cut(w, 0, n), (enum value_use)d->column[i], false, row + at))
			return ERR_RANGE;
		at += d->column[i] == VALUE_IPV6 ? 4 : 1;
		w = word_cut(w, n + 1, w.n);
	}
	return 0;
}

static void print_one(const uint32_t *v, bool four, bool six, struct str *to)
{
	const uint64_t addr[2] = { six ? (uint64_t)v[0] << 32 | v[1] : 0, six ? (uint64_t)v[2] << 32 | v[3] : 0 };
	char text[WIRE_IP6_TEXT];

	if (six)
		wire_ip6_print(addr, text);
	else if (four)
		wire_ip4_print(*v, text);
	else
		snprintf(text, sizeof(text), "%u", *v);
	str_add(to, "%s", text);
}

void value_print(const struct table_desc *d, const uint32_t *row, bool as_address, struct str *to)
{
	if (!d->columns)
		print_one(row, as_address, false, to);
	for (unsigned i = 0; i < d->columns; i++) {
		bool six = d->column[i] == VALUE_IPV6;

		str_add(to, "%s", i ? "," : "");
		print_one(row, d->column[i] == VALUE_IPV4, six, to);
		row += six ? 4 : 1;
	}
}

/* ---- rows ---- */

static uint32_t fresh_row(struct values *v)
{
	uint32_t n = v->used + 64, k = 25 - (uint32_t)__builtin_clz(n);

	if (v->used >= VALUE_KEPT - 128)
		return TABLE_NONE;
	if (!v->segment[k]) {
		v->segment[k] = calloc((size_t)64 << k, v->words * sizeof(uint32_t));
		if (!v->segment[k])
			return TABLE_NONE;
	}
	return v->used++;
}

static uint32_t new_row(struct values *v)
{
	uint32_t row;

	if (!v->settled && v->back_count >= BATCH) {
		rcu_wait();
		v->settled = v->back_count;
	}
	if (!v->settled)
		return fresh_row(v);
	row = v->back[--v->settled];
	v->back[v->settled] = v->back[--v->back_count];	/* the last of those that wait fills its place */
	return row;
}

uint32_t values_put(struct values *v, const uint32_t *row)
{
	uint32_t i;

	if (v->words == 1 && !(*row & VALUE_KEPT))
		return *row;
	i = new_row(v);
	if (i == TABLE_NONE)
		return i;
	memcpy(values_kept(v, i), row, v->words * sizeof(*row));
	return i | VALUE_KEPT;
}

/* Without memory to remember it, a row is lost until the table goes: it costs a few bytes. */
void values_back(struct values *v, uint32_t i)
{
	if (!(i & VALUE_KEPT))
		return;
	if (v->back_count == v->back_room) {
		uint32_t room = v->back_room ? 2 * v->back_room : BATCH;
		uint32_t *back = realloc(v->back, room * sizeof(*back));

		if (!back)
			return;
		v->back = back;
		v->back_room = room;
	}
	v->back[v->back_count++] = i & ~VALUE_KEPT;
}

size_t values_bytes(const struct values *v)
{
	size_t bytes = v->back_room * sizeof(*v->back);

	for (unsigned i = 0; i < VALUE_SEGMENTS && v->segment[i]; i++)
		bytes += ((size_t)64 << i) * v->words * sizeof(uint32_t);
	return bytes;
}

void values_fini(struct values *v)
{
	for (unsigned i = 0; i < VALUE_SEGMENTS; i++)
		free(v->segment[i]);
	free(v->back);
}
