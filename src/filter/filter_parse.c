/* filter/filter_parse.c - the language of filters: text becomes a tree. docs/filter.md is its description for people.
 *
 *      expr    = or-else with C's levels:  || && | ^ & (== !=) (< <= > >= s< s<= s> s>= in) (<< >>) (+ -) (* / %)
 *      unary   = { "!" | "~" | "-" } primary                        all from left to right
 *      primary = number | address | field | name | load | "(" expr ")"
 *      load    = ( "u8" | "u16" | "u32" | "u64" | base ) "[" expr [ ":" 1|2|4|8 ] "]"    base = eth ip tcp udp l4
 *      in      = "in" "{" item { "," item } "}"     item = value [ "-" value ] | address "/" bits
 *
 * Numbers are decimal, 0x or octal behind a 0, of 64 bits. An IPv4 or MAC address is a number. What is known when it is
 * read is computed then. Depth is bounded (parentheses, signs before a value, chains), so that no text can use the
 * stack up.
 *
 * `a & b == c` means a & (b == c), as in C; libpcap means (a & b) == c. It is read as in C and warned of. Control
 * thread. Every error has its place; reading stops at the first, since what follows would only guess. */
#include "filter_lang.h"

#include <stdlib.h>
#include <string.h>

#include "wire/wire.h"

#define DEPTH_MAX 64u

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_SIGN };

struct reader {
	struct tree *t;
	const char *p, *end;
	enum token_kind kind;	/* the current token */
	struct word w;
	unsigned depth;
};

#define tell(r, ...) ((r)->t->bad = true, lex_error((r)->t->lx, __VA_ARGS__))

static bool is_word_char(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' || c == '.' || c == ':';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Signs of more than one character, longest first; s< and its kin begin with a letter. */
static const char *const signs[] = { "s<=", "s>=", "s<", "s>", "||", "&&", "==", "!=", "<=", ">=", "<<", ">>" };

static size_t sign_at(const struct reader *r)
{
	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
		size_t n = strlen(signs[i]);

		if ((size_t)(r->end - r->p) >= n && !memcmp(r->p, signs[i], n))
			return n;
	}
	return is_word_char(*r->p) && *r->p != ':' ? 0 : 1;
}

/* A colon begins an address (::1) and parts a load from its width ([2:2]). */
static bool begins_address(const struct reader *r)
{
	return r->end - r->p > 1 && r->p[0] == ':' && r->p[1] == ':';
}

/* One colon is no address: it parts an offset from a width. */
static size_t before_colon(struct word w)
{
	const char *colon = memchr(w.p, ':', w.n);

	if (!colon || memchr(colon + 1, ':', w.n - (size_t)(colon + 1 - w.p)))
		return w.n;
	return (size_t)(colon - w.p);
}

static void advance(struct reader *r)
{
	const char *from;
	size_t n;

	while (r->p < r->end && (*r->p == ' ' || *r->p == '\t' || *r->p == '\r' || *r->p == '\n'))
		r->p++;
	from = r->p;
	r->kind = TOKEN_END;
	r->w = (struct word){ r->p, 0 };
	if (r->p == r->end)
		return;
	n = begins_address(r) ? 0 : sign_at(r);
	r->kind = n ? TOKEN_SIGN : TOKEN_WORD;
	while (!n && r->p < r->end && is_word_char(*r->p))
		r->p++;
	r->w.n = n ? n : before_colon((struct word){ from, (size_t)(r->p - from) });
	r->p = from + r->w.n;
}

static bool is(const struct reader *r, const char *s)
{
	return r->kind != TOKEN_END && word_is(r->w, s);
}

static bool take(struct reader *r, const char *s)
{
	if (!is(r, s))
		return false;
	advance(r);
	return true;
}

/* ---- nodes ---- */

static uint32_t add_node(struct reader *r, struct node n)
{
	struct tree *t = r->t;
	unsigned left = n.left == NODE_NONE ? 0 : t->nodes[n.left].depth;
	unsigned right = n.right == NODE_NONE ? 0 : t->nodes[n.right].depth;

	n.depth = (uint16_t)(1 + (left > right ? left : right));
	if (n.depth > NODE_DEPTH_MAX) {
		tell(r, n.at, ERR_RANGE, "more than %u operators in a chain; `in` takes sets", NODE_DEPTH_MAX);
		return NODE_NONE;
	}
	if (t->count == t->room) {
		uint32_t room = 2 * t->room + 32;
		struct node *nodes = t->count < 4 * FILTER_INSNS_MAX ? realloc(t->nodes, room * sizeof(*nodes)) : NULL;

		if (!nodes) {
			tell(r, r->w, ERR_RANGE, "the expression is too long");
			return NODE_NONE;
		}
		t->nodes = nodes;
		t->room = room;
	}
	t->nodes[t->count] = n;
	return t->count++;
}

static struct node *node(const struct reader *r, uint32_t i)
{
	return &r->t->nodes[i];
}

static uint32_t add_number(struct reader *r, uint64_t value, struct word at)
{
	return add_node(r, (struct node){ .kind = NODE_NUMBER, .value = value, .left = NODE_NONE, .right = NODE_NONE,
		.next = NODE_NONE, .at = at });
}

uint64_t node_fold(enum node_op op, uint64_t x, uint64_t y)
{
	switch (op) {
	case NODE_OR_ELSE:
		return x || y;
	case NODE_AND_THEN:
		return x && y;
	case NODE_OR:
		return x | y;
	case NODE_XOR:
		return x ^ y;
	case NODE_AND:
		return x & y;
	case NODE_EQ:
		return x == y;
	case NODE_NE:
		return x != y;
	case NODE_LT:
		return x < y;
	case NODE_LE:
		return x <= y;
	case NODE_GT:
		return x > y;
	case NODE_GE:
		return x >= y;
	case NODE_SLT:
		return (int64_t)x < (int64_t)y;
	case NODE_SLE:
		return (int64_t)x <= (int64_t)y;
	case NODE_SGT:
		return (int64_t)x > (int64_t)y;
	case NODE_SGE:
		return (int64_t)x >= (int64_t)y;
	case NODE_LSH:
		return y < 64 ? x << y : 0;
	case NODE_RSH:
		return y < 64 ? x >> y : 0;
	case NODE_ADD:
		return x + y;
	case NODE_SUB:
		return x - y;
	case NODE_MUL:
		return x * y;
	case NODE_DIV:
		return y ? x / y : 0;
	case NODE_MOD:
		return y ? x % y : x;
	case NODE_LNOT:
		return !x;
	case NODE_NOT:
		return ~x;
	case NODE_NEG:
		return -x;
	}
	return 0;
}

/* ---- words ---- */

static const struct {
	const char *name, *field;	/* there where that field is */
	uint8_t width;			/* of a load that is written NAME[...]; 0: no load */
} names[] = {
	{ "eth", "eth.type", 1 }, { "vlan", "vlan.id", 0 }, { "ip", "ip.start", 1 }, { "ip4", "ip.src", 0 },
	{ "ip6", "ip6.label", 0 }, { "tcp", "tcp.start", 1 }, { "udp", "udp.start", 1 }, { "icmp", "icmp.type", 0 },
	{ "icmp6", "icmp6.type", 0 }, { "l4", "l4.start", 1 },
	{ "u8", NULL, 1 }, { "u16", NULL, 2 }, { "u32", NULL, 4 }, { "u64", NULL, 8 },
};
#define NAMES (sizeof(names) / sizeof(*names))

static const char *any_name(const void *ctx, size_t i)
{
	return i < filter_field_count ? filter_fields[i].name : names[i - filter_field_count].name;
}

static uint32_t field_node(struct reader *r, enum node_kind kind, const char *name, struct word at)
{
	int number = filter_field_find((struct word){ name, strlen(name) });

	return add_node(r, (struct node){ .kind = (uint8_t)kind, .value = (uint64_t)number, .left = NODE_NONE,
		.right = NODE_NONE, .next = NODE_NONE, .at = at });
}

static uint32_t parse_expr(struct reader *r);

/* Behind `[`; the brackets are its own. */
static uint32_t parse_load(struct reader *r, unsigned which, struct word at)
{
	uint8_t width = names[which].width;
	uint64_t base = NODE_FRAME;
	uint32_t offset = parse_expr(r);

	if (names[which].field && strcmp(names[which].name, "eth"))
		base = (uint64_t)filter_field_find((struct word){ names[which].field, strlen(names[which].field) });
	if (offset != NODE_NONE && take(r, ":")) {
		if (!is(r, "1") && !is(r, "2") && !is(r, "4") && !is(r, "8")) {
			tell(r, r->w, ERR_RANGE, "so many bytes cannot be read at once; 1, 2, 4 or 8");
			return NODE_NONE;
		}
		width = (uint8_t)(r->w.p[0] - '0');
		advance(r);
	}
	if (offset != NODE_NONE && !take(r, "]")) {
		tell(r, r->w, ERR_SYNTAX, "] is missing here");
		return NODE_NONE;
	}
	if (offset == NODE_NONE)
		return NODE_NONE;
	if (node(r, offset)->kind == NODE_NUMBER && node(r, offset)->value > FILTER_OFFSET_MAX - 8) {
		tell(r, node(r, offset)->at, ERR_RANGE, "an offset past any packet; 0..%u", FILTER_OFFSET_MAX - 8);
		return NODE_NONE;
	}
	return add_node(r, (struct node){ .kind = NODE_LOAD, .width = width, .value = base, .left = offset,
		.right = NODE_NONE, .next = NODE_NONE, .at = at });
}

static uint32_t parse_name(struct reader *r, struct word w)
{
	int field = filter_field_find(w);
	const char *near;

	if (word_is(w, "ip6.src"))
		return field_node(r, NODE_FIELD6, "ip6.src.high", w);
	if (word_is(w, "ip6.dst"))
		return field_node(r, NODE_FIELD6, "ip6.dst.high", w);
	if (field >= 0)
		return field_node(r, NODE_FIELD, filter_fields[field].name, w);
	for (unsigned i = 0; i < NAMES; i++) {
		if (!word_is(w, names[i].name))
			continue;
		if (names[i].width && take(r, "["))
			return parse_load(r, i, w);
		if (names[i].field)
			return field_node(r, NODE_HAS, names[i].field, w);
		tell(r, w, ERR_SYNTAX, WORD_FMT ": an offset is missing, as u16[12]", WORD_ARGS(w));
		return NODE_NONE;
	}
	near = lex_suggest(w, any_name, NULL, filter_field_count + NAMES);
	if (near)
		tell(r, w, ERR_UNKNOWN, WORD_FMT ": unknown field; did you mean %s?", WORD_ARGS(w), near);
	else
		tell(r, w, ERR_UNKNOWN, WORD_FMT ": unknown field; narrows filter --list names them", WORD_ARGS(w));
	return NODE_NONE;
}

/* ---- numbers and addresses ---- */

static int digit_of(char c)
{
	return is_digit(c) ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : 99;
}

static uint32_t parse_number(struct reader *r, struct word w)
{
	unsigned base = w.n > 1 && w.p[0] == '0' ? (w.p[1] | 0x20) == 'x' ? 16 : 8 : 10;
	uint64_t n = 0;

	for (size_t i = base == 16 ? 2 : base == 8; i < w.n; i++) {
		unsigned digit = (unsigned)digit_of(w.p[i]);

		if (digit >= base) {
			tell(r, w, ERR_SYNTAX, "'" WORD_FMT "' is not %s number", WORD_ARGS(w),
				base == 8 ? "an octal" : "a");
			return NODE_NONE;
		}
		if (n > (UINT64_MAX - digit) / base) {
			tell(r, w, ERR_RANGE, WORD_FMT " is more than 18446744073709551615", WORD_ARGS(w));
			return NODE_NONE;
		}
		n = n * base + digit;
	}
	if (base == 16 && w.n == 2) {
		tell(r, w, ERR_SYNTAX, "digits are missing behind 0x");
		return NODE_NONE;
	}
	return add_number(r, n, w);
}

static bool read_mac(struct word w, uint64_t *mac)
{
	unsigned groups = 0, digits = 0;

	*mac = 0;
	for (size_t i = 0; i <= w.n; i++) {
		if (i == w.n || w.p[i] == ':') {
			if (!digits || digits > 2)
				return false;
			groups++;
			digits = 0;
			continue;
		}
		if (digit_of(w.p[i]) > 15)
			return false;
		if (!digits)
			*mac <<= 8;
		*mac = digits++ ? (*mac & ~UINT64_C(0xff)) | (*mac & 0xff) << 4 | (unsigned)digit_of(w.p[i]) :
			*mac | (unsigned)digit_of(w.p[i]);
	}
	return groups == 6;
}

/* "/len" right behind an address, without blanks: else it is a division. */
static bool parse_bits(struct reader *r, unsigned most, unsigned *bits)
{
	const char *behind = r->p;
	unsigned n = 0;

	*bits = most;
	if (!is(r, "/") || behind == r->end || !is_digit(*behind))
		return true;
	advance(r);
	for (size_t i = 0; i < r->w.n; i++)
		n = is_digit(r->w.p[i]) && n <= most ? n * 10 + (unsigned)(r->w.p[i] - '0') : most + 1;
	if (n > most) {
		tell(r, r->w, ERR_RANGE, "a prefix of " WORD_FMT " bits; 0..%u", WORD_ARGS(r->w), most);
		return false;
	}
	advance(r);
	*bits = n;
	return true;
}

static uint32_t parse_address(struct reader *r, struct word w)
{
	struct node n = { .kind = NODE_NET, .left = NODE_NONE, .right = NODE_NONE, .next = NODE_NONE, .at = w };
	unsigned bits;
	uint32_t addr;
	uint64_t mac;

	if (wire_ip4_parse(w.p, w.n, &addr)) {
		if (!parse_bits(r, 32, &bits))
			return NODE_NONE;
		if (bits == 32)
			return add_number(r, addr, w);
		n.addr[0] = bits ? addr & ~(UINT32_MAX >> bits) : 0;
		n.family = 4;
	} else if (read_mac(w, &mac)) {
		return add_number(r, mac, w);
	} else if (wire_ip6_parse(w.p, w.n, n.addr)) {
		if (!parse_bits(r, 128, &bits))
			return NODE_NONE;
		n.family = 6;
		if (bits < 128)
			n.addr[1] = bits <= 64 ? 0 : n.addr[1] & ~(UINT64_MAX >> (bits - 64));
		if (bits < 64)
			n.addr[0] = bits ? n.addr[0] & ~(UINT64_MAX >> bits) : 0;
	} else {
		tell(r, w, ERR_SYNTAX, "'" WORD_FMT "' is neither a number nor an address", WORD_ARGS(w));
		return NODE_NONE;
	}
	n.bits = (uint8_t)bits;
	return add_node(r, n);
}

static bool looks_like_address(struct word w)
{
	return memchr(w.p, ':', w.n) || (is_digit(w.p[0]) && memchr(w.p, '.', w.n));
}

/* ---- expressions ---- */

static uint32_t parse_primary(struct reader *r)
{
	struct word w = r->w;
	uint32_t inner;

	if (take(r, "(")) {
		inner = parse_expr(r);
		if (inner != NODE_NONE && !take(r, ")")) {
			tell(r, r->w, ERR_SYNTAX, ") is missing here");
			return NODE_NONE;
		}
		if (inner != NODE_NONE)
			node(r, inner)->bracketed = true;
		return inner;
	}
	if (r->kind != TOKEN_WORD) {
		tell(r, w.n ? w : (struct word){ r->end, 0 }, ERR_SYNTAX, "a value is missing here");
		return NODE_NONE;
	}
	advance(r);
	if (looks_like_address(w))
		return parse_address(r, w);
	return is_digit(w.p[0]) ? parse_number(r, w) : parse_name(r, w);
}

static bool too_deep(struct reader *r)
{
	if (r->depth <= DEPTH_MAX)	/* the whole is 1 */
		return false;
	tell(r, r->w, ERR_RANGE, "nested deeper than %u", DEPTH_MAX);
	return true;
}

static uint32_t parse_unary(struct reader *r)
{
	struct word at = r->w;
	enum node_op op = is(r, "!") ? NODE_LNOT : is(r, "~") ? NODE_NOT : NODE_NEG;
	uint32_t inner;

	if (!is(r, "!") && !is(r, "~") && !is(r, "-"))
		return parse_primary(r);
	if (too_deep(r))
		return NODE_NONE;
	advance(r);
	r->depth++;
	inner = parse_unary(r);
	r->depth--;
	if (inner == NODE_NONE)
		return NODE_NONE;
	if (node(r, inner)->kind == NODE_NUMBER)
		return add_number(r, node_fold(op, node(r, inner)->value, 0), at);
	return add_node(r, (struct node){ .kind = NODE_UNARY, .op = (uint8_t)op, .left = inner, .right = NODE_NONE,
		.next = NODE_NONE, .at = at });
}

static const struct sign {
	const char *text;
	uint8_t level, op;
} operators[] = {
	{ "||", 0, NODE_OR_ELSE }, { "&&", 1, NODE_AND_THEN }, { "|", 2, NODE_OR }, { "^", 3, NODE_XOR },
	{ "&", 4, NODE_AND }, { "==", 5, NODE_EQ }, { "!=", 5, NODE_NE }, { "<", 6, NODE_LT }, { "<=", 6, NODE_LE },
	{ ">", 6, NODE_GT }, { ">=", 6, NODE_GE }, { "s<", 6, NODE_SLT }, { "s<=", 6, NODE_SLE },
	{ "s>", 6, NODE_SGT }, { "s>=", 6, NODE_SGE }, { "<<", 7, NODE_LSH }, { ">>", 7, NODE_RSH },
	{ "+", 8, NODE_ADD }, { "-", 8, NODE_SUB }, { "*", 9, NODE_MUL }, { "/", 9, NODE_DIV }, { "%", 9, NODE_MOD },
};
#define LEVEL_IN 6u
#define LEVELS 10u

static const struct sign *operator_at(const struct reader *r, unsigned level)
{
	for (size_t i = 0; r->kind == TOKEN_SIGN && i < sizeof(operators) / sizeof(*operators); i++)
		if (operators[i].level == level && word_is(r->w, operators[i].text))
			return &operators[i];
	return NULL;
}

static bool is_comparison(const struct node *n)
{
	if (n->kind != NODE_BINARY && n->kind != NODE_NUMBER)
		return n->kind == NODE_IN;
	return n->op >= NODE_EQ && n->op <= NODE_SGE;
}

/* libpcap's users expect the bits to bind first. */
static void warn_of_bits(struct reader *r, struct word at, uint32_t left, uint32_t right)
{
	const struct node *a = node(r, left), *b = node(r, right);

	if ((is_comparison(a) && !a->bracketed) || (is_comparison(b) && !b->bracketed))
		lex_warn(r->t->lx, at, WORD_FMT ": binds less than a comparison, as in C; (a " WORD_FMT
			" b) == c needs its parentheses", WORD_ARGS(at), WORD_ARGS(at));
}

static uint32_t join(struct reader *r, const struct sign *s, struct word at, uint32_t left, uint32_t right)
{
	if (s->level >= 2 && s->level <= 4)
		warn_of_bits(r, at, left, right);
	if (node(r, left)->kind == NODE_NUMBER && node(r, right)->kind == NODE_NUMBER) {
		left = add_number(r, node_fold((enum node_op)s->op, node(r, left)->value, node(r, right)->value),
			node(r, left)->at);
		if (left != NODE_NONE)
			node(r, left)->op = s->op;	/* for warn_of_bits() */
		return left;
	}
	return add_node(r, (struct node){ .kind = NODE_BINARY, .op = s->op, .left = left, .right = right,
		.next = NODE_NONE, .at = at });
}

/* Items are values that are known: they are read above the level of + and -, so that 5-9 is a range. */
static uint32_t parse_item(struct reader *r)
{
	struct word at = r->w;
	uint32_t lo = parse_unary(r), hi = NODE_NONE;

	if (lo != NODE_NONE && take(r, "-")) {
		hi = parse_unary(r);
		if (hi == NODE_NONE)
			return NODE_NONE;
	}
	if (lo == NODE_NONE)
		return NODE_NONE;
	if ((node(r, lo)->kind != NODE_NUMBER && node(r, lo)->kind != NODE_NET) ||
		(hi != NODE_NONE && (node(r, hi)->kind != NODE_NUMBER || node(r, lo)->kind != NODE_NUMBER))) {
		tell(r, at, ERR_SYNTAX, "a set holds numbers, addresses, ranges of them and prefixes");
		return NODE_NONE;
	}
	if (hi != NODE_NONE && node(r, hi)->value < node(r, lo)->value) {
		tell(r, at, ERR_RANGE, "the lower end of a range stands first");
		return NODE_NONE;
	}
	return add_node(r, (struct node){ .kind = NODE_ITEM, .left = lo, .right = hi, .next = NODE_NONE, .at = at });
}

static uint32_t parse_in(struct reader *r, uint32_t left, struct word at)
{
	uint32_t first = NODE_NONE, last = NODE_NONE, item;

	if (!take(r, "{")) {
		tell(r, r->w, ERR_SYNTAX, "in: a set is missing here, as {80, 8000-8010}");
		return NODE_NONE;
	}
	do {
		item = parse_item(r);
		if (item == NODE_NONE)
			return NODE_NONE;
		if (last == NODE_NONE)
			first = item;
		else
			node(r, last)->next = item;
		last = item;
	} while (take(r, ","));
	if (!take(r, "}")) {
		tell(r, r->w, ERR_SYNTAX, "} is missing here");
		return NODE_NONE;
	}
	return add_node(r, (struct node){ .kind = NODE_IN, .left = left, .right = first, .next = NODE_NONE, .at = at });
}

/* Operators of one level, from left to right; those that bind more are read below it. */
static uint32_t parse_level(struct reader *r, unsigned level)
{
	uint32_t left = level < LEVELS ? parse_level(r, level + 1) : parse_unary(r);

	while (left != NODE_NONE) {
		const struct sign *s = operator_at(r, level);
		struct word at = r->w;
		uint32_t right;

		if (level == LEVEL_IN && take(r, "in")) {
			left = parse_in(r, left, at);
			continue;
		}
		if (!s)
			break;
		advance(r);
		right = parse_level(r, level + 1);
		left = right == NODE_NONE ? NODE_NONE : join(r, s, at, left, right);
	}
	return left;
}

static uint32_t parse_expr(struct reader *r)
{
	uint32_t n;

	if (too_deep(r))
		return NODE_NONE;
	r->depth++;
	n = parse_level(r, 0);
	r->depth--;
	return n;
}

int tree_parse(struct tree *t, struct lex *lx)
{
	struct reader r = { .t = t, .p = lx->text + lx->at, .end = lx->text + lx->len };

	*t = (struct tree){ .lx = lx, .root = NODE_NONE };
	advance(&r);
	if (r.kind == TOKEN_END)
		return tell(&r, r.w, ERR_SYNTAX, "an expression is missing here");
	t->root = parse_expr(&r);
	if (t->root != NODE_NONE && r.kind != TOKEN_END)
		tell(&r, r.w, ERR_SYNTAX, WORD_FMT " does not belong here", WORD_ARGS(r.w));
	return t->bad ? ERR_SYNTAX : 0;
}

void tree_fini(struct tree *t)
{
	free(t->nodes);
	t->nodes = NULL;
}
