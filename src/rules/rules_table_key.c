/* rules/rules_table_key.c - the types of tables, and their keys as text.
 *
 *      addr     10.0.0.0/8  10.0.0.1  2001:db8::/32      masked, printed with its length
 *      iface    eth0                                     no pattern
 *      number   0..4294967295
 *      flow     10.0.0.1,tcp,4000,192.0.2.1,80           the fields of its type, in the order of the type
 *      mac      02:00:5e:00:53:01[/0..48]
 *
 * A line names no type, so a key is read when its command is done, and its table known. Control thread. */
#include "rules_table.h"

#include <string.h>

static const char *const type_names[TABLE_TYPES] = { "addr", "iface", "number", "flow", "mac" };
static const char *const field_names[] = { "src-ip", "proto", "src-port", "dst-ip", "dst-port" };	/* FLOW_ bits */
enum { FIELDS = sizeof(field_names) / sizeof(*field_names) };

const char *table_type_name(enum table_type type)
{
	return type_names[type];
}

static size_t find(struct word w, char c)
{
	const char *at = w.n ? memchr(w.p, c, w.n) : NULL;

	return at ? (size_t)(at - w.p) : w.n;
}

/* What stands before the next comma of *w, which moves behind it. False: nothing is left. */
static bool next_field(struct word *w, struct word *field)
{
	size_t end = find(*w, ',');

	if (!w->p)
		return false;
	*field = word_cut(*w, 0, end);
	*w = end < w->n ? word_cut(*w, end + 1, w->n) : (struct word){ NULL, 0 };
	return true;
}

static bool flow_fields(struct word w, uint8_t *bits)
{
	struct word field;
	unsigned i;

	for (*bits = 0; next_field(&w, &field); *bits |= (uint8_t)(1u << i)) {
		for (i = 0; i < FIELDS && !word_is(field, field_names[i]); i++)
			;
		if (i == FIELDS || *bits >> i & 1)
			return false;
	}
	return true;
}

bool table_type_read(struct word w, struct table_desc *d)
{
	size_t colon = find(w, ':');

	for (unsigned i = 0; i < TABLE_TYPES; i++) {
		if (!word_is(word_cut(w, 0, colon), type_names[i]))
			continue;
		d->type = (uint8_t)i;
		d->flow = i == TABLE_FLOW ? FLOW_ALL : 0;
		if (colon == w.n)
			return true;
		return i == TABLE_FLOW && flow_fields(word_cut(w, colon + 1, w.n), &d->flow);
	}
	return false;
}

void table_type_print(const struct table_desc *d, struct str *to)
{
	const char *before = ":";

	str_add(to, "%s", type_names[d->type]);
	if (d->type != TABLE_FLOW || d->flow == FLOW_ALL)
		return;
	for (unsigned i = 0; i < FIELDS; i++) {
		if (!(d->flow >> i & 1))
			continue;
		str_add(to, "%s%s", before, field_names[i]);
		before = ",";
	}
}

/* ---- reading ---- */

/* "/24" behind an address; none: `most`. */
static int read_len(struct lex *lx, struct word w, size_t slash, unsigned most, uint8_t *len)
{
	uint64_t n = most;
	int err = 0;

	if (slash + 1 == w.n)
		err = lex_error(lx, w, ERR_SYNTAX, "a prefix length in 0..%u is missing behind the slash", most);
	else if (slash < w.n)
		err = units_num(lx, word_cut(w, slash + 1, w.n), "prefix length", 0, most, &n);
	*len = (uint8_t)n;
	return err;
}

static void cut(struct table_key *k)
{
	uint64_t mask[2];

	mask6_of(k->len, mask);
	k->prefix.hi &= mask[0];
	k->prefix.lo &= mask[1];
}

static int read_addr(struct lex *lx, const struct table_desc *d, struct word w, struct table_key *k)
{
	size_t slash = find(w, '/');
	struct word host = word_cut(w, 0, slash);
	uint64_t six[2];
	uint32_t four;
	uint8_t must;

	if (wire_ip4_parse(host.p, host.n, &four)) {
		k->family = 4;
		k->prefix = prefix_key4(four);
	} else if (wire_ip6_parse(host.p, host.n, six)) {
		k->family = 6;
		k->prefix = (struct prefix_key){ six[0], six[1] };
	} else {
		return lex_error(lx, w, ERR_SYNTAX, WORD_FMT
			" is not a key of type addr; allowed: 10.0.0.1, 10.0.0.0/8, 2001:db8::/32", WORD_ARGS(w));
	}
	if (read_len(lx, w, slash, k->family == 4 ? 32 : 128, &k->len))
		return ERR_RANGE;
	must = k->family == 4 ? d->len4 : d->len6;
	if (d->hashed && slash == w.n)
		k->len = must;
	if (d->hashed && k->len != must)
		return lex_error(lx, w, ERR_RANGE, WORD_FMT ": addr:hash of this table takes /%u alone", WORD_ARGS(w),
			must);
	cut(k);
	return 0;
}

static int read_mac(struct lex *lx, struct word w, struct table_key *k)
{
	size_t slash = find(w, '/');
	uint8_t mac[6];

	if (!wire_mac_parse(w.p, slash, mac))
		return lex_error(lx, w, ERR_SYNTAX,
			WORD_FMT " is not a key of type mac; allowed: 02:00:5e:00:53:01, with /0..48 behind it",
			WORD_ARGS(w));
	k->prefix.hi = wire_get48(mac) << 16;
	if (read_len(lx, w, slash, 48, &k->len))
		return ERR_RANGE;
	cut(k);
	return 0;
}

static int read_number(struct lex *lx, struct word w, struct table_key *k)
{
	uint64_t n = 0;
	int err = units_num(lx, w, "key of type number", 0, UINT32_MAX, &n);

	k->prefix = prefix_key4((uint32_t)n);
	k->len = 32;
	return err;
}

static int read_iface(struct lex *lx, struct word w, struct table_key *k)
{
	if (w.n > TABLE_KEY_BYTES || memchr(w.p, '\0', w.n))
		return lex_error(lx, w, ERR_RANGE, "a key of type iface is text of 1..%u bytes", TABLE_KEY_BYTES);
	if (memchr(w.p, '*', w.n) || memchr(w.p, '?', w.n))
		return lex_error(lx, w, ERR_SYNTAX, WORD_FMT ": a key of type iface is a whole name, no pattern",
			WORD_ARGS(w));
	k->len = (uint8_t)w.n;
	memcpy(k->bytes, w.p, w.n);
	return 0;
}

static int flow_addr(struct lex *lx, struct word w, struct flow_key *f, uint64_t addr[2])
{
	uint32_t four;
	uint8_t family = 6;

	if (wire_ip4_parse(w.p, w.n, &four)) {
		addr[1] = four;
		family = 4;
	} else if (!wire_ip6_parse(w.p, w.n, addr)) {
		return lex_error(lx, w, ERR_SYNTAX, WORD_FMT " is not an address", WORD_ARGS(w));
	}
	if (f->family && f->family != family)
		return lex_error(lx, w, ERR_SYNTAX, WORD_FMT ": both addresses of a flow are of one family",
			WORD_ARGS(w));
	f->family = family;
	return 0;
}

static int flow_number(struct lex *lx, struct word w, unsigned field, struct flow_key *f)
{
	uint64_t n = 0;
	int err = 0;

	if (1u << field == FLOW_PROTO) {
		if (!names_proto(w, &f->proto)) {
			err = units_num(lx, w, "proto", 0, 255, &n);
			f->proto = (uint8_t)n;
		}
		return err;
	}
	if (!names_service(w, &n))
		err = units_num(lx, w, field_names[field], 0, 65535, &n);
	*(1u << field == FLOW_SPORT ? &f->sport : &f->dport) = (uint16_t)n;
	return err;
}

static int flow_wrong(struct lex *lx, const struct table_desc *d, struct word w)
{
	char fields[64];
	size_t n = 0;

	for (unsigned i = 0; i < FIELDS; i++)
		if (d->flow >> i & 1)
			n += (size_t)snprintf(fields + n, sizeof(fields) - n, "%s%s", n ? "," : "", field_names[i]);
	return lex_error(lx, w, ERR_SYNTAX, WORD_FMT " is not a key of this flow table; it has the fields %s",
		WORD_ARGS(w), fields);
}

static int read_flow(struct lex *lx, const struct table_desc *d, struct word w, struct table_key *k)
{
	struct flow_key f = { .zero = 0 };
	struct word rest = w, field;
	int err = 0;

	for (unsigned i = 0; i < FIELDS && !err; i++) {
		if (!(d->flow >> i & 1))
			continue;
		if (!next_field(&rest, &field) || !field.n)
			return flow_wrong(lx, d, w);
		if (1u << i == FLOW_SRC || 1u << i == FLOW_DST)
			err = flow_addr(lx, field, &f, 1u << i == FLOW_SRC ? f.src : f.dst);
		else
			err = flow_number(lx, field, i, &f);
	}
	if (!err && rest.p)
		return flow_wrong(lx, d, w);
	k->len = sizeof(f);
	memcpy(k->bytes, &f, sizeof(f));
	return err;
}

int table_key_read(struct lex *lx, const struct table_desc *d, struct word w, struct table_key *k)
{
	*k = (struct table_key){ 0 };
	switch ((enum table_type)d->type) {
	case TABLE_ADDR:
		return read_addr(lx, d, w, k);
	case TABLE_IFACE:
		return read_iface(lx, w, k);
	case TABLE_NUMBER:
		return read_number(lx, w, k);
	case TABLE_FLOW:
		return read_flow(lx, d, w, k);
	case TABLE_MAC:
		return read_mac(lx, w, k);
	case TABLE_TYPES:
		break;
	}
	return ERR_SYNTAX;
}

bool table_key_guess(struct word w, struct table_desc *d)
{
	struct word host = word_cut(w, 0, find(w, '/'));
	uint64_t six[2];
	uint32_t four;
	uint8_t mac[6];
	bool digits = w.n > 0;

	*d = (struct table_desc){ .type = TABLE_ADDR };
	if (wire_ip4_parse(host.p, host.n, &four) || wire_ip6_parse(host.p, host.n, six))
		return true;
	d->type = TABLE_MAC;
	if (wire_mac_parse(host.p, host.n, mac))
		return true;
	d->type = TABLE_NUMBER;
	for (size_t i = 0; i < w.n; i++)
		digits &= w.p[i] >= '0' && w.p[i] <= '9';
	return digits;
}

/* ---- printing ---- */

static void print_ip(uint8_t family, const uint64_t addr[2], struct str *to)
{
	char text[WIRE_IP6_TEXT];

	if (family == 4)
		wire_ip4_print((uint32_t)addr[1], text);
	else
		wire_ip6_print(addr, text);
	str_add(to, "%s", text);
}

static void print_flow(const struct table_desc *d, const struct table_key *k, struct str *to)
{
	const char *comma = "";
	struct flow_key f;

	memcpy(&f, k->bytes, sizeof(f));
	for (unsigned i = 0; i < FIELDS; i++) {
		if (!(d->flow >> i & 1))
			continue;
		str_add(to, "%s", comma);
		comma = ",";
		if (1u << i == FLOW_SRC || 1u << i == FLOW_DST)
			print_ip(f.family, 1u << i == FLOW_SRC ? f.src : f.dst, to);
		else
			str_add(to, "%u", 1u << i == FLOW_PROTO ? f.proto : 1u << i == FLOW_SPORT ? f.sport : f.dport);
	}
}

static void print_mac(const struct table_key *k, struct str *to)
{
	char text[WIRE_MAC_TEXT];
	uint8_t mac[6];

	for (unsigned i = 0; i < 6; i++)
		mac[i] = (uint8_t)(k->prefix.hi >> (56 - 8 * i));
	wire_mac_print(mac, text);
	str_add(to, "%s/%u", text, k->len);
}

void table_key_print(const struct table_desc *d, const struct table_key *k, struct str *to)
{
	const uint64_t four[2] = { 0, k->prefix.hi >> 32 }, six[2] = { k->prefix.hi, k->prefix.lo };

	switch ((enum table_type)d->type) {
	case TABLE_ADDR:
		print_ip(k->family, k->family == 4 ? four : six, to);
		str_add(to, "/%u", k->len);
		break;
	case TABLE_IFACE:
		str_addn(to, (const char *)k->bytes, k->len);
		break;
	case TABLE_NUMBER:
		str_add(to, "%u", (uint32_t)four[1]);
		break;
	case TABLE_FLOW:
		print_flow(d, k, to);
		break;
	case TABLE_MAC:
		print_mac(k, to);
		break;
	case TABLE_TYPES:
		break;
	}
}

static int compare_addr(const uint64_t a[2], const uint64_t b[2])
{
	if (a[0] != b[0])
		return a[0] < b[0] ? -1 : 1;
	return a[1] < b[1] ? -1 : a[1] > b[1];
}

static int compare_flow(const struct table_key *a, const struct table_key *b)
{
	struct flow_key f, g;
	uint64_t x, y;
	int c;

	memcpy(&f, a->bytes, sizeof(f));
	memcpy(&g, b->bytes, sizeof(g));
	if (f.family != g.family)
		return f.family < g.family ? -1 : 1;
	c = compare_addr(f.src, g.src) ?: compare_addr(f.dst, g.dst);
	x = (uint64_t)f.proto << 32 | (uint64_t)f.sport << 16 | f.dport;
	y = (uint64_t)g.proto << 32 | (uint64_t)g.sport << 16 | g.dport;
	return c ?: (x < y ? -1 : x > y);
}

int table_key_compare(enum table_type type, const struct table_key *a, const struct table_key *b)
{
	size_t n = a->len < b->len ? a->len : b->len;
	int c;

	if (type == TABLE_FLOW)
		return compare_flow(a, b);
	c = memcmp(a->bytes, b->bytes, n);
	return c ?: (a->len < b->len ? -1 : a->len > b->len);
}
