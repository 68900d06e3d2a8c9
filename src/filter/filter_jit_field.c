/* filter/filter_jit_field.c - instructions that ask a field, as machine code of x86-64.
 *
 * A field is there by a bit of view.has, by its transport or by its VLAN tags; what was asked on every way that leads
 * here (struct known) is not asked again. A whole member is compared where it stands, and two of them that stand side
 * by side, as ports and IPv4 addresses do, in one comparison: a branch less to be foretold. Control thread. */
#include "filter_jit.h"

#if defined(__x86_64__) && !defined(_WIN32)

#define FIELD_MAC_BYTES 6

/* On where the packet has the field; else to `missing`. What a field before it has asked is not asked again. */
static void guard(struct jit *j, uint32_t at, const struct filter_field *f, uint32_t missing)
{
	if (f->has && !(j->known[at].has & f->has)) {
		bool low = !(f->has >> 8), high = !(f->has & 0xff);

		x64_byte(&j->x, low || high ? 0xf6 : 0xf7);	/* test byte or dword [view.has], bits */
		x64_modrm_mem(&j->x, 0, RSI, offsetof(struct view, has) + high);
		if (low || high)
			x64_byte(&j->x, high ? f->has >> 8 : f->has);
		else
			x64_u32(&j->x, f->has);
		jit_jump_if(j, IF_EQUAL, missing);
	}
	if (f->proto) {
		x64_byte(&j->x, 0x80);		/* cmp byte */
		x64_modrm_mem(&j->x, 7, RSI, offsetof(struct view, proto));
		x64_byte(&j->x, f->proto);
		jit_jump_if(j, IF_NOT_EQUAL, missing);
	}
	if (f->tags) {
		x64_byte(&j->x, 0x80);
		x64_modrm_mem(&j->x, 7, RSI, offsetof(struct view, tags));
		x64_byte(&j->x, f->tags);
		jit_jump_if(j, IF_BELOW, missing);
	}
}

/* The register that points to what the field is a member of. */
static unsigned field_base(struct jit *j, const struct filter_field *f)
{
	if (f->where == FIELD_VIEW)
		return RSI;
	if (f->where == FIELD_LOOK)
		return RDI;
	x64_load(&j->x, RDX, RDI, offsetof(struct filter_look, meta), 8);
	return RDX;
}

static void get_field(struct jit *j, unsigned to, const struct filter_field *f)
{
	unsigned base = field_base(j, f);

	if (f->bytes == FIELD_MAC_BYTES) {	/* two bytes more are read, which the view has behind it */
		x64_load(&j->x, to, base, f->offset, 8);
		x64_rex(&j->x, true, 0, to);
		x64_byte(&j->x, 0x0f);
		x64_byte(&j->x, 0xc8 | (to & 7));	/* bswap */
		x64_shift(&j->x, 5, to, 16);
	} else {
		x64_load(&j->x, to, base, f->offset, f->bytes);
	}
	if (f->shift)
		x64_shift(&j->x, 5, to, f->shift);
	if (f->mask != UINT64_MAX)
		x64_reg_number(&j->x, 4, to, (uint32_t)f->mask);
}

_Static_assert(offsetof(struct view, mac_src) + 8 <= sizeof(struct view), "a MAC address is read as 8 bytes");

void jit_ldf(struct jit *j, uint32_t at, const struct filter_insn *i)
{
	const struct filter_field *f = &filter_fields[i->k];
	unsigned to = jit_host[i->a];

	if (f->has || f->proto || f->tags)
		x64_load_number(&j->x, to, 0);
	guard(j, at, f, at + 1 + i->c);
	get_field(j, to, f);
}

/* All of a member of 1, 2 or 4 bytes, and a number that it may be. */
static bool is_whole(const struct filter_field *f, uint32_t k)
{
	uint64_t most = f->bytes == 1 ? 0xff : f->bytes == 2 ? 0xffff : UINT32_MAX;

	return !f->shift && f->mask == UINT64_MAX && f->bytes <= 4 && k <= most;
}

/* It is compared where it stands. */
static void compare_in_place(struct jit *j, const struct filter_field *f, uint32_t k)
{
	unsigned base = field_base(j, f);

	if (f->bytes == 2) {		/* by way of a register: an operand of 16 bits is slow to decode */
		x64_load(&j->x, RCX, base, f->offset, 2);
		x64_reg_number(&j->x, 7, RCX, k);
		return;
	}
	x64_byte(&j->x, f->bytes == 1 ? 0x80 : 0x81);
	x64_modrm_mem(&j->x, 7, base, f->offset);
	if (f->bytes == 1)
		x64_byte(&j->x, k);
	else
		x64_u32(&j->x, k);
}

/* Ports, or IPv4 addresses: the next instruction asks the other of two that stand side by side, nothing else leads
 * there, and both have one way out. Then the two are one number. */
static bool is_half(const struct jit *j, uint32_t at, const struct filter_insn *i)
{
	const struct filter_insn *next = i + 1;
	const struct filter_field *f = &filter_fields[i->a], *g = &filter_fields[next->a];

	if (next->op != OP_FEQ || i->b || i->c != next->c + 1u || !j->known[at].reached || j->known[at + 1].joined)
		return false;
	if (f->where != FIELD_VIEW || g->where != FIELD_VIEW || f->bytes != g->bytes || f->bytes < 2 ||
		!is_whole(f, i->k) || !is_whole(g, next->k))
		return false;
	return (f->offset + f->bytes == g->offset || g->offset + g->bytes == f->offset) && !g->guarded &&
		!(g->has & ~j->known[at + 1].has);
}

static void compare_both(struct jit *j, const struct filter_insn *i)
{
	const struct filter_field *f = &filter_fields[i->a], *g = &filter_fields[i[1].a];
	bool up = f->offset < g->offset;
	uint64_t low = up ? i->k : i[1].k, high = up ? i[1].k : i->k;
	uint32_t offset = up ? f->offset : g->offset;

	if (f->bytes == 2) {
		x64_byte(&j->x, 0x81);
		x64_modrm_mem(&j->x, 7, RSI, offset);
		x64_u32(&j->x, (uint32_t)(high << 16 | low));
		return;
	}
	x64_load_number(&j->x, RCX, high << 32 | low);
	x64_rex(&j->x, true, RCX, RSI);
	x64_byte(&j->x, 0x39);
	x64_modrm_mem(&j->x, RCX, RSI, offset);
}

uint32_t jit_feq(struct jit *j, uint32_t at, const struct filter_insn *i)
{
	const struct filter_field *f = &filter_fields[i->a];
	uint32_t to[2];

	filter_targets(i, at, to);
	guard(j, at, f, to[1]);
	if (is_half(j, at, i)) {
		compare_both(j, i++);
		filter_targets(i, ++at, to);
	} else if (is_whole(f, i->k)) {
		compare_in_place(j, f, i->k);
	} else {
		get_field(j, RCX, f);
		x64_reg_number(&j->x, 7, RCX, i->k);
	}
	jit_branch(j, IF_EQUAL, at, to);
	return at;
}

#endif
