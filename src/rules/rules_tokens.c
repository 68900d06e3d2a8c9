/* rules/rules_tokens.c - a line cut into tokens, and what is read from tokens in more than one place.
 *
 * Words are separated by blanks. A brace or parenthesis at the beginning of a word opens a block, one at its end
 * closes it, whether glued ("{tcp", "udp}") or alone. A brace in the middle belongs to its word ("1.2.3.0/24{1,5}",
 * "table(t)"), and so does the one that closes it, even a word later after a comma. "//" at the beginning of a word
 * begins the comment.
 *
 * All tokens of a line are read before any is judged: resynchronizing after an error is then a matter of an index. One
 * thread, called by rules_parse() only. Cost: one allocation a line, linear. */
#include "rules_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/units.h"

static bool is_open(char c) { return c == '{' || c == '('; }
static bool is_close(char c) { return c == '}' || c == ')'; }

static int put_token(struct parse *ps, enum token_kind kind, struct word w)
{
	if (ps->count == ps->room) {
		size_t room = ps->room ? 2 * ps->room : 32;
		struct token *t = realloc(ps->tokens, room * sizeof(*t));

		if (!t)
			return parse_error(ps, w, ERR_NOMEM, "no memory for this line");
		ps->tokens = t;
		ps->room = room;
	}
	ps->tokens[ps->count++] = (struct token){ kind, w };
	return 0;
}

/* How many bytes of `w` are left when the closing braces at its end that no brace inside it opened are cut off. `inner`
 * carries braces left open by the word before, which ended in a comma. */
static size_t without_closers(struct word w, size_t *inner)
{
	size_t opened = *inner, closed = 0, end = w.n;

	for (size_t i = 0; i < w.n; i++) {
		opened += is_open(w.p[i]);
		closed += is_close(w.p[i]);
	}
	*inner = opened > closed && w.n && w.p[w.n - 1] == ',' ? opened - closed : 0;
	for (; end && is_close(w.p[end - 1]) && closed > opened; end--)
		closed--;
	return end;
}

static int put_word(struct parse *ps, struct word w, size_t *inner)
{
	int err = 0;
	size_t end;

	while (!err && !*inner && w.n && is_open(w.p[0])) {
		err = put_token(ps, TOKEN_OPEN, word_cut(w, 0, 1));
		w = word_cut(w, 1, w.n - 1);
	}
	end = without_closers(w, inner);
	if (!err && end)
		err = put_token(ps, TOKEN_WORD, word_cut(w, 0, end));
	for (; !err && end < w.n; end++)
		err = put_token(ps, TOKEN_CLOSE, word_cut(w, end, 1));
	return err;
}

static void take_comment(struct parse *ps, struct word first)
{
	const char *end = ps->lx->text + ps->lx->len;
	struct lex rest = *ps->lx;

	rest.at = (size_t)(first.p - rest.text) + 2;
	ps->comment = lex_rest(&rest);
	if (!ps->comment.p)
		ps->comment.p = end;
}

int tokens_read(struct parse *ps)
{
	size_t inner = 0;
	struct word w;
	int err = 0;

	while (!err && lex_next(ps->lx, &w)) {
		if (w.n >= 2 && w.p[0] == '/' && w.p[1] == '/') {
			take_comment(ps, w);
			break;
		}
		err = put_word(ps, w, &inner);
	}
	return err;
}

bool token_kind_is(const struct parse *ps, enum token_kind k)
{
	return ps->at < ps->count && ps->tokens[ps->at].kind == k;
}

bool token_word(const struct parse *ps, struct word *w)
{
	if (!token_kind_is(ps, TOKEN_WORD))
		return false;
	*w = ps->tokens[ps->at].w;
	return true;
}

bool token_is(const struct parse *ps, const char *s)
{
	return token_kind_is(ps, TOKEN_WORD) && word_is(ps->tokens[ps->at].w, s);
}

bool token_take(struct parse *ps, const char *s)
{
	if (!token_is(ps, s))
		return false;
	ps->at++;
	return true;
}

bool token_ahead(const struct parse *ps, const char *s)
{
	for (size_t i = ps->at; i < ps->count; i++)
		if (ps->tokens[i].kind == TOKEN_WORD && word_is(ps->tokens[i].w, s))
			return true;
	return false;
}

/* The end of what is parsed: behind the last token, so that a comment is not blamed for what is missing before it. */
struct word token_place(const struct parse *ps)
{
	struct word w;

	if (ps->at < ps->count)
		return ps->tokens[ps->at].w;
	if (!ps->comment.p || !ps->count)
		return lex_here(ps->lx);
	w = ps->tokens[ps->count - 1].w;
	return (struct word){ w.p + w.n, 1 };
}

bool token_value(const struct parse *ps, struct word *w)
{
	static const char *const stops[] = { "from", "to", "or", "not" };

	if (!token_word(ps, w))
		return false;
	for (size_t i = 0; i < sizeof(stops) / sizeof(*stops); i++)
		if (word_is(*w, stops[i]))
			return false;
	return !word_find(WORD_MATCH, *w);
}

/* May the list begin or go on with the current token? */
static bool continues(const struct items *it, struct word *w)
{
	return token_value(it->ps, w) || (it->owns && token_word(it->ps, w) && it->owns(*w));
}

void items_begin_owning(struct items *it, struct parse *ps, bool (*owns)(struct word w))
{
	*it = (struct items){ .ps = ps, .owns = owns };
	it->over = !continues(it, &it->left);
	ps->at += !it->over;
}

void items_begin(struct items *it, struct parse *ps)
{
	items_begin_owning(it, ps, NULL);
}

/* Length of the first item of `w`: up to a comma outside braces; w.n: there is none. */
static size_t item_end(struct word w, bool *in_braces)
{
	size_t depth = 0, i;

	for (i = 0; i < w.n; i++) {
		if (w.p[i] == ',' && !depth)
			break;
		depth += is_open(w.p[i]);
		depth -= is_close(w.p[i]) && depth;
	}
	*in_braces = depth > 0;
	return i;
}

static struct word cut_item(struct items *it)
{
	bool in_braces;
	struct word item, next;
	size_t end = item_end(it->left, &in_braces);

	/* A blank after a comma inside braces: the item reaches into the next word. */
	while (end == it->left.n && in_braces && end && it->left.p[end - 1] == ',' && continues(it, &next)) {
		it->ps->at++;
		it->left.n = (size_t)(next.p + next.n - it->left.p);
		end = item_end(it->left, &in_braces);
	}
	item = word_cut(it->left, 0, end);
	it->over = end == it->left.n;
	if (it->over)
		return item;
	it->left = word_cut(it->left, end + 1, it->left.n - end - 1);
	if (!it->left.n && continues(it, &next)) {
		it->left = next;
		it->ps->at++;
	}
	return item;
}

bool items_next(struct items *it, struct word *item)
{
	while (!it->over) {
		*item = cut_item(it);
		if (item->n)
			return true;
		/* The caret goes to the comma that is too many: here, or the one just passed where the list ends. */
		parse_error(it->ps, (struct word){ item->p - it->over, 1 }, ERR_SYNTAX,
			"an item of the list is missing beside this comma");
	}
	return false;
}

int parse_num(struct parse *ps, struct word w, const char *what, uint64_t lo, uint64_t hi, uint64_t *n)
{
	int err = units_num(ps->lx, w, what, lo, hi, n);

	if (err)
		ps->told++;
	return err;
}

int parse_one_num(struct parse *ps, const char *what, uint64_t hi, uint64_t *n)
{
	struct word w;

	if (!token_value(ps, &w))
		return parse_error(ps, token_place(ps), ERR_SYNTAX, "%s: a number in 0..%llu is missing", what,
			(unsigned long long)hi);
	ps->at++;
	return parse_num(ps, w, what, 0, hi, n);
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_value(struct word w, names_fn names)
{
	uint64_t n;

	return w.n && (is_digit(w.p[0]) || (names && names(w, &n)));
}

static int parse_value(struct parse *ps, struct word w, const char *what, uint64_t hi, names_fn names, uint64_t *n)
{
	const char *near;

	if (names && names(w, n))
		return 0;
	if (!names || !w.n || is_digit(w.p[0]))
		return parse_num(ps, w, what, 0, hi, n);
	near = names == names_service ? names_service_near(w) : NULL;
	if (near)
		return parse_error(ps, w, ERR_UNKNOWN, "%s: " WORD_FMT " is not a known name; did you mean %s?", what,
			WORD_ARGS(w), near);
	return parse_error(ps, w, ERR_UNKNOWN, "%s: " WORD_FMT " is neither a known name nor a number in 0..%llu",
		what, WORD_ARGS(w),
		(unsigned long long)hi);
}

/* Where a range is parted. A dash may also belong to a name, alone or behind a backslash: the whole word is tried
 * as a name first, then the first dash with a value on either side, then one behind a value. w.n: there is none. */
static size_t range_dash(struct word w, names_fn names)
{
	size_t fallback = w.n;
	uint64_t n;

	if (names && names(w, &n))
		return w.n;
	for (size_t i = 1; i < w.n; i++) {
		if (w.p[i] != '-' || w.p[i - 1] == '\\' || !is_value(word_cut(w, 0, i), names))
			continue;
		if (is_value(word_cut(w, i + 1, w.n), names))
			return i;
		fallback = fallback < w.n ? fallback : i;
	}
	return fallback;
}

int parse_range(struct parse *ps, struct word w, const char *what, uint64_t hi, names_fn names, uint64_t *from,
	uint64_t *to)
{
	size_t dash = range_dash(w, names);
	struct word upper;
	int err = parse_value(ps, word_cut(w, 0, dash), what, hi, names, from);

	*to = *from;
	if (dash == w.n)
		return err;
	upper = word_cut(w, dash + 1, w.n - dash - 1);
	if (!upper.n)
		return parse_error(ps, w, ERR_SYNTAX, "%s: " WORD_FMT " has no upper end; allowed: N or N-M", what,
			WORD_ARGS(w));
	err = parse_value(ps, upper, what, hi, names, to) ?: err;
	if (!err && *from > *to)
		return parse_error(ps, w, ERR_RANGE,
			"%s: " WORD_FMT " is empty; the lower end of a range stands first", what, WORD_ARGS(w));
	return err;
}

int parse_ranges(struct parse *ps, struct part *p, const char *what, uint64_t hi, names_fn names)
{
	return parse_ranges_owning(ps, p, what, hi, names, NULL);
}

int parse_ranges_owning(struct parse *ps, struct part *p, const char *what, uint64_t hi, names_fn names,
	bool (*owns)(struct word w))
{
	size_t told = ps->told;
	struct ranges *rs = part_grow(ps, p, sizeof(*rs));
	uint64_t from = 0, to = 0;
	struct items it;
	struct word w;

	items_begin_owning(&it, ps, owns);
	if (it.over)
		return parse_error(ps, token_place(ps), ERR_SYNTAX,
			"%s: a number in 0..%u, a range N-M or a list of them is missing", what, (unsigned)hi);
	while (items_next(&it, &w)) {
		if (parse_range(ps, w, what, hi, names, &from, &to) || !part_grow(ps, p, sizeof(rs->r[0])))
			continue;
		rs = p->own;
		rs->r[rs->count].lo = (uint16_t)from;
		rs->r[rs->count++].hi = (uint16_t)to;
	}
	return ps->told != told ? ERR_SYNTAX : 0;
}

void ranges_print(const struct part *p, struct str *to)
{
	const struct ranges *rs = p->own;

	for (uint32_t i = 0; i < rs->count; i++) {
		str_add(to, "%s%u", i ? "," : "", rs->r[i].lo);
		if (rs->r[i].lo != rs->r[i].hi)
			str_add(to, "-%u", rs->r[i].hi);
	}
}

void *part_grow(struct parse *ps, struct part *p, size_t bytes)
{
	char *own = realloc(p->own, p->own_size + bytes);

	if (!own) {
		parse_error(ps, p->at, ERR_NOMEM, "no memory for this rule");
		return NULL;
	}
	memset(own + p->own_size, 0, bytes);
	p->own = own;
	p->own_size += bytes;
	return own + p->own_size - bytes;
}

static const struct flag_name *flag_find(const struct flag_name *names, struct word w)
{
	for (; names->name; names++)
		if (word_is(w, names->name))
			return names;
	return NULL;
}

bool flags_begin(const struct flag_name *names, struct word w)
{
	size_t n = 0;

	if (w.n && w.p[0] == '!')
		w = word_cut(w, 1, w.n - 1);
	while (n < w.n && w.p[n] != ',')
		n++;
	return flag_find(names, word_cut(w, 0, n)) != NULL;
}

static int flag_unknown(struct parse *ps, const char *what, const struct flag_name *names, struct word w,
	const char *why)
{
	char all[80];
	size_t n = 0;

	all[0] = '\0';
	for (; names->name && n < sizeof(all) - 16; names++)
		n += (size_t)snprintf(all + n, sizeof(all) - n, " %s", names->name);
	return parse_error(ps, w, ERR_UNKNOWN, "%s: %s; allowed:%s, each also with ! before it", what, why, all);
}

int parse_flags(struct parse *ps, const char *what, const struct flag_name *names, struct flag_pair *f)
{
	const struct flag_name *name;
	struct items it;
	struct word w;
	size_t told = ps->told;
	bool no;

	items_begin(&it, ps);
	if (it.over)
		return flag_unknown(ps, what, names, token_place(ps), "a flag is missing");
	while (items_next(&it, &w)) {
		no = w.p[0] == '!';
		name = flag_find(names, no ? word_cut(w, 1, w.n - 1) : w);
		if (!name)
			flag_unknown(ps, what, names, w, "no such flag");
		else if ((no ? f->set : f->clear) & name->bit)
			parse_error(ps, w, ERR_RANGE, "%s: %s cannot be both set and clear", what, name->name);
		else
			*(no ? &f->clear : &f->set) |= name->bit;
	}
	return ps->told != told ? ERR_SYNTAX : 0;
}

void flags_print(const struct flag_name *names, struct flag_pair f, struct str *to)
{
	const char *comma = "";
	uint32_t left = f.set | f.clear;	/* a synonym stands behind what it is one of */

	for (; names->name; names++) {
		if (!(left & names->bit))
			continue;
		str_add(to, "%s%s%s", comma, f.clear & names->bit ? "!" : "", names->name);
		comma = ",";
		left &= ~names->bit;
	}
}
