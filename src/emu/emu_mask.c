/* emu/emu_mask.c - the option `mask`: its words in, canonical text out.
 *
 *      mask  = "all" | "none" | "queue" | { field value }
 *      field = "proto" | "src-ip" | "dst-ip" | "src-port" | "dst-port" | "src-ip6" | "dst-ip6" | "flow-id"
 *      value = "0x" hex | "/" bits that lead | an address (of src-ip ... dst-ip6) | a number (of the others)
 *
 * On a pipe flow_mask and sched_mask mean the same: its FIFO and its link are one for each flow. `all` is all fields of
 * both families. A value of 0 takes a field out again; a mask without a field is `none`, and so no mask. `/24` are the
 * 24 bits that lead, of every field, where ipfw takes the last ones in silence. `queue` tells queues apart that feed
 * one scheduler; a pipe has one FIFO, so there it makes one flow of each family. Where `queue` is followed by a limit
 * it is not the mask's word but the option. A bare number for an address (`dst-ip 24`) is refused: it may mean /24 or
 * 0x18.
 *
 * Printed are the fields with bits, in the order above, addresses as /bits where that says it. */
#include "emu_flow.h"

#include <inttypes.h>
#include <string.h>

#include "wire/text.h"
#include "wire/wire.h"

enum field_kind { FIELD_NUMBER, FIELD_IP4, FIELD_IP6 };

struct field {
	const char *word;
	enum field_kind kind;
	unsigned bits, bytes;
	size_t offset;
};

#define FIELD(word_, kind_, bits_, member) \
	{ word_, kind_, bits_, sizeof(((struct emu_mask *)0)->member), offsetof(struct emu_mask, member) }

static const struct field fields[] = {
	FIELD("proto", FIELD_NUMBER, 8, proto),
	FIELD("src-ip", FIELD_IP4, 32, src4),
	FIELD("dst-ip", FIELD_IP4, 32, dst4),
	FIELD("src-port", FIELD_NUMBER, 16, sport),
	FIELD("dst-port", FIELD_NUMBER, 16, dport),
	FIELD("src-ip6", FIELD_IP6, 128, src6),
	FIELD("dst-ip6", FIELD_IP6, 128, dst6),
	FIELD("flow-id", FIELD_NUMBER, 20, label),
};
#define FIELDS (sizeof(fields) / sizeof(*fields))

static const char allowed[] = "all, none, queue, or proto, src-ip, dst-ip, src-port, dst-port, src-ip6, dst-ip6, "
			      "flow-id, each with its mask";

static void set_field(struct emu_mask *m, const struct field *f, const uint64_t value[2])
{
	char *at = (char *)m + f->offset;
	uint8_t n8 = (uint8_t)value[0];
	uint16_t n16 = (uint16_t)value[0];
	uint32_t n32 = (uint32_t)value[0];

	memcpy(at, f->bytes == 1 ? (void *)&n8 : f->bytes == 2 ? (void *)&n16 : f->bytes == 4 ? (void *)&n32 :
		(const void *)value, f->bytes);
}

static void get_field(const struct emu_mask *m, const struct field *f, uint64_t value[2])
{
	const char *at = (const char *)m + f->offset;
	uint32_t n32;
	uint16_t n16;

	value[1] = 0;
	if (f->bytes == 16) {
		memcpy(value, at, 16);
	} else if (f->bytes == 4) {
		memcpy(&n32, at, 4);
		value[0] = n32;
	} else if (f->bytes == 2) {
		memcpy(&n16, at, 2);
		value[0] = n16;
	} else {
		value[0] = (uint8_t)*at;
	}
}

/* n bits that lead in a field of so many. */
static void leading(unsigned n, unsigned bits, uint64_t value[2])
{
	value[0] = value[1] = 0;
	if (bits <= 64) {
		uint64_t all = bits == 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;

		value[0] = n ? all & ~(all >> n) : 0;
		return;
	}
	value[0] = n >= 64 ? UINT64_MAX : n ? ~(UINT64_MAX >> n) : 0;
	value[1] = n >= 128 ? UINT64_MAX : n > 64 ? ~(UINT64_MAX >> (n - 64)) : 0;
}

static const struct field *find_field(struct word w)
{
	for (size_t i = 0; i < FIELDS; i++)
		if (word_is(w, fields[i].word))
			return &fields[i];
	return NULL;
}

static bool is_hex(struct word w)
{
	return w.n > 2 && w.p[0] == '0' && (w.p[1] | 0x20) == 'x';
}

static int parse_hex6(struct lex *lx, struct word w, const char *what, uint64_t value[2])
{
	if (w.n > 34)
		return lex_error(lx, w, ERR_RANGE, "%s: a mask has at most 32 hexadecimal digits", what);
	value[0] = value[1] = 0;
	for (size_t i = 2; i < w.n; i++) {
		char c = (char)(w.p[i] | 0x20);
		unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0') : c >= 'a' && c <= 'f' ?
			(unsigned)(c - 'a') + 10 : 16;

		if (digit > 15)
			return lex_error(lx, w, ERR_SYNTAX, "%s: '%.*s' is not a mask, as /64, 0xffff or ffff::", what,
				emu_shown(w), w.p);
		value[0] = value[0] << 4 | value[1] >> 60;
		value[1] = value[1] << 4 | digit;
	}
	return 0;
}

static int parse_value(struct lex *lx, const struct field *f, struct word w, uint64_t value[2])
{
	uint64_t n = 0, most = f->bits < 64 ? (UINT64_C(1) << f->bits) - 1 : UINT64_MAX;
	uint32_t addr;
	int rc;

	value[0] = value[1] = 0;
	if (w.n > 1 && w.p[0] == '/') {
		rc = units_num(lx, word_cut(w, 1, w.n), f->word, 0, f->bits, &n);
		leading((unsigned)n, f->bits, value);
		return rc;
	}
	if (f->kind == FIELD_IP6 && is_hex(w))
		return parse_hex6(lx, w, f->word, value);
	if (f->kind == FIELD_IP6)
		return wire_ip6_parse(w.p, w.n, value) ? 0 : lex_error(lx, w, ERR_SYNTAX,
			"%s: '%.*s' is not a mask, as /64, 0xffff or ffff::", f->word, emu_shown(w), w.p);
	if (f->kind == FIELD_NUMBER || is_hex(w))
		return units_num(lx, w, f->word, 0, most, value);
	if (!wire_ip4_parse(w.p, w.n, &addr))
		return lex_error(lx, w, ERR_SYNTAX, "%s: '%.*s' is not a mask, as /24, 0xffffff00 or 255.255.255.0",
			f->word, emu_shown(w), w.p);
	value[0] = addr;
	return 0;
}

static void set_all(struct emu_mask *m)
{
	for (size_t i = 0; i < FIELDS; i++) {
		uint64_t value[2];

		leading(fields[i].bits, fields[i].bits, value);
		set_field(m, &fields[i], value);
	}
}

/* `queue` and then a limit is the option. */
static bool begins_option(struct lex lx)
{
	struct word w;

	lex_next(&lx, &w);
	return lex_next(&lx, &w) && ((w.p[0] >= '0' && w.p[0] <= '9') || word_is(w, "auto"));
}

static int parse_field(struct lex *lx, struct emu_mask *m, unsigned *seen)
{
	const struct field *f;
	struct word name, w;
	uint64_t value[2];
	int rc;

	lex_next(lx, &name);
	f = find_field(name);
	if (!lex_peek(lx, &w) || find_field(w) || emu_option_find(w))
		return lex_error(lx, lex_end(lx) ? lex_here(lx) : w, ERR_SYNTAX,
			"%s: its mask is missing%s; as 0x..., /bits, or an address", f->word,
			lex_end(lx) ? "" : " before this word");
	lex_next(lx, &w);
	rc = parse_value(lx, f, w, value);
	if (!rc && *seen >> (f - fields) & 1)
		rc = lex_error(lx, name, ERR_TWICE, "%s: given twice; once is allowed", f->word);
	*seen |= 1u << (f - fields);
	if (!rc)
		set_field(m, f, value);
	return rc;
}

/* The words that stand alone. */
static bool parse_alone(struct lex *lx, struct emu_mask *m)
{
	struct word w;

	if (!lex_peek(lx, &w))
		return false;
	if (word_is(w, "all"))
		set_all(m);
	else if (word_is(w, "queue") && !begins_option(*lx))
		m->queue = true;
	else if (!word_is(w, "none"))
		return false;
	return lex_next(lx, &w);
}

static bool has_bits(const struct emu_mask *m)
{
	uint64_t value[2];

	for (size_t i = 0; i < FIELDS; i++) {
		get_field(m, &fields[i], value);
		if (value[0] | value[1])
			return true;
	}
	return m->queue;
}

int emu_mask_parse(struct lex *lx, struct word name, struct emu_conf *c)
{
	struct emu_mask *m = &c->mask;
	unsigned seen = 0;
	struct word w;
	int rc = 0;

	*m = (struct emu_mask){ 0 };
	if (parse_alone(lx, m)) {
		if (lex_peek(lx, &w) && find_field(w))
			rc = lex_error(lx, w, ERR_SYNTAX, "%.*s: all, none and queue stand alone", (int)w.n, w.p);
	} else {
		while (!rc && lex_peek(lx, &w) && find_field(w))
			rc = parse_field(lx, m, &seen);
		if (!rc && !seen)
			rc = lex_error(lx, lex_peek(lx, &w) ? w : lex_here(lx), ERR_SYNTAX,
				"%.*s: what it keeps is missing; %s", (int)name.n, name.p, allowed);
	}
	m->on = has_bits(m);
	return rc;
}

int emu_prefix4(uint32_t mask)
{
	int bits = mask ? __builtin_clz(~mask | 1) : 0;

	if (mask == UINT32_MAX)
		return 32;
	return mask == (bits ? ~(UINT32_MAX >> bits) : 0) ? bits : -1;
}

int emu_prefix6(const uint64_t mask[2])
{
	for (int bits = 0; bits <= 128; bits++) {
		uint64_t value[2];

		leading((unsigned)bits, 128, value);
		if (value[0] == mask[0] && value[1] == mask[1])
			return bits;
	}
	return -1;
}

static void print_field(struct text *t, const struct field *f, const uint64_t value[2])
{
	char addr[WIRE_IP6_TEXT];
	int bits = -1;

	if (f->kind == FIELD_IP4)
		bits = emu_prefix4((uint32_t)value[0]);
	else if (f->kind == FIELD_IP6)
		bits = emu_prefix6(value);
	if (bits >= 0) {
		text_add(t, " %s /%d", f->word, bits);
	} else if (f->kind == FIELD_IP6) {
		wire_ip6_print(value, addr);
		text_add(t, " %s %s", f->word, addr);
	} else {
		text_add(t, " %s 0x%" PRIx64, f->word, value[0]);
	}
}

void emu_mask_print(char *to, const struct emu_conf *c)
{
	struct text t = text_init(to, EMU_OPTION_TEXT);
	struct emu_mask all = { .on = true };
	uint64_t value[2];

	set_all(&all);
	text_add(&t, "mask");
	if (!c->mask.on)
		text_add(&t, " none");
	else if (c->mask.queue)
		text_add(&t, " queue");
	else if (emu_mask_equal(&c->mask, &all))
		text_add(&t, " all");
	for (size_t i = 0; i < FIELDS && c->mask.on && !emu_mask_equal(&c->mask, &all); i++) {
		get_field(&c->mask, &fields[i], value);
		if (value[0] | value[1])
			print_field(&t, &fields[i], value);
	}
}

bool emu_mask_equal(const struct emu_mask *a, const struct emu_mask *b)
{
	for (size_t i = 0; i < FIELDS; i++) {
		uint64_t x[2], y[2];

		get_field(a, &fields[i], x);
		get_field(b, &fields[i], y);
		if (x[0] != y[0] || x[1] != y[1])
			return false;
	}
	return a->on == b->on && a->queue == b->queue;
}

void emu_mask_add(struct emu_mask *m, const struct emu_mask *more)
{
	for (size_t i = 0; i < FIELDS; i++) {
		uint64_t x[2], y[2];

		get_field(m, &fields[i], x);
		get_field(more, &fields[i], y);
		set_field(m, &fields[i], (uint64_t[]){ x[0] | y[0], x[1] | y[1] });
	}
	m->on = m->on || more->on;
}
