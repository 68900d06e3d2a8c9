/* rules/rules_body.c - the body of a rule: `PROTO from A [PORTS] to B [PORTS] OPTIONS`, or options alone.
 *
 * Every place takes one condition or a block `{ a or b }`, each with a `not` of its own; the conditions land in
 * the rule in the order of their places. After an error the reader goes on at the next word that begins something,
 * so that each wrong value of a line is told, and once: a block at its next `or` or its end, the head at `from` or
 * `to`, the options at the next word that is one. */
#include "rules_int.h"

#include <stdlib.h>
#include <string.h>

#define BODY "PROTOCOL from ADDRESS [PORTS] to ADDRESS [PORTS] OPTIONS"

static struct part *new_part(struct parse *ps, const struct rules_word *rw, enum part_place place)
{
	struct rule *r = ps->rule;

	if (r->count == r->room) {
		size_t room = r->room ? 2 * r->room : 4;
		struct part *p = realloc(r->parts, room * sizeof(*p));

		if (!p) {
			parse_error(ps, token_place(ps), ERR_NOMEM, "no memory for this rule");
			return NULL;
		}
		r->parts = p;
		r->room = room;
	}
	r->parts[r->count] = (struct part){ .word = rw, .place = place, .at = token_place(ps) };
	return &r->parts[r->count++];
}

static bool is_option(struct word w)
{
	return word_find(WORD_MATCH, w) != NULL;
}

/* To the next word that may begin something among the options. */
static void skip_to_option(struct parse *ps)
{
	struct word w;

	while (token_word(ps, &w) && !word_is(w, "not") && !word_is(w, "or") && !is_option(w))
		ps->at++;
}

static bool at_option(const struct parse *ps)
{
	struct word w;

	return token_word(ps, &w) && is_option(w);
}

/* A condition without its `not`, at the current token. */
typedef void (*condition_fn)(struct parse *ps, enum part_place place, bool negated);

static void proto_condition(struct parse *ps, enum part_place place, bool negated)
{
	struct part *p = new_part(ps, &match_proto, place);

	if (p && !parse_proto_value(ps, p))
		p->negated = negated;
}

static void addr_condition(struct parse *ps, enum part_place place, bool negated)
{
	struct part *p = new_part(ps, place == AT_SRC ? &match_src_ip : &match_dst_ip, place);

	if (p && !parse_addr_value(ps, p))
		p->negated = negated;
}

static void refuse_option(struct parse *ps, const struct rules_word *rw, struct word w)
{
	struct word next;

	word_refuse(ps, rw, w);
	for (unsigned i = 0; i < rw->args && token_word(ps, &next); i++)
		ps->at++;
	skip_to_option(ps);
}

/* What is not an option may still be a service: ports have their place, which is past here. */
static void unknown_option(struct parse *ps, struct word w)
{
	const char *service = word_near(WORD_MATCH, w) ? NULL : names_service_near(w);

	if (word_is(w, "or"))
		parse_error(ps, w, ERR_SYNTAX, "or stands only in a block: { A or B }");
	else if (word_is(w, "from") || word_is(w, "to"))
		parse_error(ps, w, ERR_SYNTAX,
			WORD_FMT " does not belong here; allowed: " BODY, WORD_ARGS(w));
	else if (word_find(WORD_PARAM, w))
		parse_error(ps, w, ERR_SYNTAX,
			WORD_FMT ": stands before the protocol: [prob P] ACTION [log] [tag N] BODY", WORD_ARGS(w));
	else if (service)
		parse_error(ps, w, ERR_UNKNOWN, WORD_FMT " is neither an option nor a service; did you mean %s?",
			WORD_ARGS(w), service);
	else
		word_unknown(ps, WORD_MATCH, w, "an option");
	ps->at++;
	if (!word_is(w, "or"))
		skip_to_option(ps);
}

static void option_condition(struct parse *ps, enum part_place place, bool negated)
{
	const struct rules_word *rw;
	struct part *p;
	struct word w;

	if (!token_word(ps, &w)) {
		parse_error(ps, token_place(ps), ERR_SYNTAX, "an option is missing here");
		return;
	}
	rw = word_find(WORD_MATCH, w);
	if (!rw) {
		unknown_option(ps, w);
		return;
	}
	p = rw->when == WORD_NOW ? new_part(ps, rw, place) : NULL;
	ps->at++;
	if (rw->when != WORD_NOW) {
		refuse_option(ps, rw, w);
		return;
	}
	if (rw->parse && !rw->may_be_bare && token_is(ps, "not")) {
		parse_error(ps, token_place(ps), ERR_SYNTAX, "not stands before %s, not behind it", rw->word);
		ps->at++;
	}
	if (!p || (rw->parse && rw->parse(ps, p))) {
		skip_to_option(ps);
		return;
	}
	p->negated = negated;
	if (negated && p->word->opposite) {
		p->word = p->word->opposite;
		p->negated = false;
	}
}

static void condition(struct parse *ps, enum part_place place, condition_fn read)
{
	bool negated = token_take(ps, "not");

	while (token_is(ps, "not")) {
		parse_error(ps, token_place(ps), ERR_SYNTAX, "not stands once before a condition");
		ps->at++;
	}
	read(ps, place, negated);
}

#define NO_NESTING "blocks do not nest"
#define NOT_OPEN "no block is open here"

static bool ends_head(const struct parse *ps)
{
	return token_is(ps, "from") || token_is(ps, "to");
}

/* To where a block may go on after an error: its next `or`, its end, or where the rule goes on without it. Blocks
 * within are passed over whole. */
static void skip_in_block(struct parse *ps)
{
	size_t depth = 0;

	for (; ps->at < ps->count; ps->at++) {
		if (token_kind_is(ps, TOKEN_WORD)) {
			if (ends_head(ps) || (!depth && token_is(ps, "or")))
				return;
		} else if (token_kind_is(ps, TOKEN_OPEN)) {
			depth++;
		} else if (!depth--) {
			return;
		}
	}
}

/* Behind a condition of a block: says whether another follows. `quiet`: the condition was wrong. */
static bool block_goes_on(struct parse *ps, struct word open, bool quiet)
{
	if (!token_is(ps, "or") && !token_kind_is(ps, TOKEN_CLOSE)) {
		if (token_kind_is(ps, TOKEN_OPEN) && !quiet)
			quiet = parse_error(ps, token_place(ps), ERR_SYNTAX, NO_NESTING);
		else if (token_kind_is(ps, TOKEN_WORD) && !ends_head(ps) && !quiet)
			quiet = parse_error(ps, token_place(ps), ERR_SYNTAX,
				"or, or the end of the block, is missing before this");
		skip_in_block(ps);
	}
	if (token_take(ps, "or"))
		return true;
	if (token_kind_is(ps, TOKEN_CLOSE))
		ps->at++;
	else if (!quiet)
		parse_error(ps, open, ERR_SYNTAX, "the block that begins here is not closed; allowed: { A or B }");
	return false;
}

/* A condition of a block, where no other block may begin. Says whether it could be read. */
static bool block_condition(struct parse *ps, enum part_place place, condition_fn read)
{
	size_t told = ps->told;

	if (token_kind_is(ps, TOKEN_OPEN))
		parse_error(ps, token_place(ps), ERR_SYNTAX, NO_NESTING);
	else if (token_kind_is(ps, TOKEN_CLOSE))
		parse_error(ps, token_place(ps), ERR_SYNTAX, "a condition is missing before the end of the block");
	else
		condition(ps, place, read);
	return ps->told == told;
}

/* One condition, or a block of them. */
static void block(struct parse *ps, enum part_place place, condition_fn read)
{
	struct word open = token_place(ps);
	bool good;

	if (!token_kind_is(ps, TOKEN_OPEN)) {
		condition(ps, place, read);
		return;
	}
	ps->at++;
	while (good = block_condition(ps, place, read), block_goes_on(ps, open, !good))
		if (good)
			ps->rule->parts[ps->rule->count - 1].more = true;
}

/* Is this an address more than it is a word written wrongly? */
static bool addr_begins(const struct parse *ps)
{
	struct word w;

	if (!token_word(ps, &w))
		return token_kind_is(ps, TOKEN_OPEN);
	return word_is(w, "any") || word_is(w, "not") || word_find(WORD_PLACE, w) || (w.p[0] >= '0' && w.p[0] <= '9');
}

static bool begins_with_comma(const struct parse *ps)
{
	struct word w;

	return token_word(ps, &w) && w.p[0] == ',';
}

/* Passes `from` or `to`, and tells where it is not there, unless what stands before it was wrong already. Says
 * whether an address may follow. */
static bool expect(struct parse *ps, const char *word, const char *behind, bool quiet)
{
	if (token_take(ps, word))
		return true;
	if (token_is(ps, "or"))
		parse_error(ps, token_place(ps), ERR_SYNTAX, "or stands only in a block: { A or B }");
	else if (token_kind_is(ps, TOKEN_CLOSE))
		parse_error(ps, token_place(ps), ERR_SYNTAX, NOT_OPEN);
	else if (begins_with_comma(ps))
		parse_error(ps, token_place(ps), ERR_SYNTAX, "a blank may stand behind a comma, not before it");
	else if (!quiet)
		parse_error(ps, token_place(ps), ERR_SYNTAX,
			"%s is missing behind the %s; allowed: " BODY, word, behind);
	if (token_ahead(ps, word)) {
		while (!token_take(ps, word))
			ps->at++;
		return true;
	}
	if (ps->at < ps->count && !addr_begins(ps) && !at_option(ps) && !token_is(ps, "to"))	/* written wrongly */
		ps->at++;
	return addr_begins(ps);
}

static bool ports_begin(const struct parse *ps, struct word *w)
{
	struct word name;
	uint64_t port;

	if (!token_word(ps, w) || is_option(*w))
		return false;
	name = *w;
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] == ',' || (i && name.p[i] == '-' && names_service(word_cut(name, 0, i), &port)))
			name.n = i;
	return (w->n && w->p[0] >= '0' && w->p[0] <= '9') || names_service(name, &port) || names_service(*w, &port);
}

/* Behind the source, what is nothing else can only be meant for ports: an error in them is told as such. */
static bool ports_meant(const struct parse *ps)
{
	struct word w;

	if (ends_head(ps) || token_is(ps, "or") || token_is(ps, "any") || begins_with_comma(ps))
		return false;
	return token_word(ps, &w) && !is_option(w);
}

/* Bare ports, with or without `not`. */
static void ports(struct parse *ps, const struct rules_word *rw, enum part_place place)
{
	size_t start = ps->at;
	bool negated = token_take(ps, "not");
	struct part *p;
	struct word w;

	if (!ports_begin(ps, &w) && (place != AT_SRC_PORT || !ports_meant(ps))) {
		ps->at = start;
		return;
	}
	p = new_part(ps, rw, place);
	if (p && !rw->parse(ps, p))
		p->negated = negated;
}

static void options(struct parse *ps)
{
	while (ps->at < ps->count) {
		if (token_kind_is(ps, TOKEN_CLOSE)) {
			parse_error(ps, token_place(ps), ERR_SYNTAX, NOT_OPEN);
			ps->at++;
			continue;
		}
		block(ps, AT_OPTION, option_condition);
	}
}

/* Does the body begin with options and not with a protocol? */
static bool options_alone(const struct parse *ps)
{
	size_t i = ps->at;
	struct word w;

	while (i < ps->count && (ps->tokens[i].kind == TOKEN_OPEN || word_is(ps->tokens[i].w, "not")))
		i++;
	if (i == ps->count || ps->tokens[i].kind != TOKEN_WORD)
		return !token_ahead(ps, "from");
	w = ps->tokens[i].w;
	return is_option(w) || (!proto_begins(w) && !token_ahead(ps, "from"));
}

static void end_of(struct parse *ps, const char *word, const char *behind, bool quiet, enum part_place place)
{
	if (expect(ps, word, behind, quiet))
		block(ps, place, addr_condition);
}

static void head(struct parse *ps)
{
	size_t told = ps->told;

	block(ps, AT_PROTO, proto_condition);
	end_of(ps, "from", "protocol", ps->told != told, AT_SRC);
	if (ps->at == ps->count && ps->told != told)
		return;
	told = ps->told;
	ports(ps, &match_src_port, AT_SRC_PORT);
	end_of(ps, "to", "source", ps->told != told, AT_DST);
	ports(ps, &match_dst_port, AT_OPTION);
}

/* Takes out what asks nothing where it stands: alone, that is in no block, and without `not`. */
static void drop_unsaid(struct rule *r)
{
	bool in_block = false;
	size_t kept = 0;

	for (size_t i = 0; i < r->count; i++) {
		struct part p = r->parts[i];

		if (p.unsaid && !p.negated && !p.more && !in_block)
			free(p.own);
		else
			r->parts[kept++] = p;
		in_block = p.more;
	}
	r->count = kept;
}

void parse_body(struct parse *ps)
{
	if (!options_alone(ps))
		head(ps);
	options(ps);
	drop_unsaid(ps->rule);
}
