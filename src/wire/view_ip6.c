/* wire/view_ip6.c - IPv6: the fixed header, the chain of extension headers, and the jumbo option.
 *
 * The chain is walked as RFC 8200 4 lays it out: each header names the next and tells its own length. We walk what the
 * IANA registry calls extension headers. Everything else ends the chain and is the transport, known to us or not: an
 * unknown number is no damage (RFC 7045 lets new ones come). ESP ends it because what follows is secret; 59 because
 * nothing follows.
 *
 *      next header            length in bytes      then
 *      0 43 60 135 139 140    (second + 1) * 8     on
 *      51  AH                 (second + 2) * 4     on (RFC 4302 2.2)
 *      44  fragment           8                    on, if this is the first fragment
 *
 * Mobility, HIP and shim6 carry nothing today (next header 59): then they are the payload themselves, and `proto` is
 * theirs, or no rule could name them.
 *
 * Damage, `malformed`: a header that does not fit into L, or into a record that is whole; hop-by-hop options anywhere
 * but first (RFC 8200 4.1). Cut by the snapshot length is not damage. A chain may be long: there are captures of 144
 * fragment headers before an echo request. Its cost is bounded by its bytes, 8 of them a step of 3 ns.
 *
 * L (INTERFACE, "Length"): payload length + 40. Where that is 0: the jumbo option + 40, if the first header is
 * hop-by-hop and holds one of RFC 2675 (65536 or more, and L within 32 bits); else 40 before next header 59; else what
 * the frame has from here on. */
#include "wire/view_int.h"

enum { IP6_BYTES = 40, OPT_PAD1 = 0, OPT_JUMBO = 0xc2, JUMBO_MIN = 65536 };

/* The jumbo payload length among hop-by-hop options at h, `n` bytes of them captured; 0: none that counts. */
static uint32_t jumbo_bytes(const uint8_t *h, uint32_t n)
{
	uint32_t end, at = 2;

	if (n < 8)
		return 0;
	end = (h[1] + 1u) * 8;
	if (end > n)
		end = n;
	while (at + 2 <= end) {
		if (h[at] == OPT_PAD1) {
			at++;
			continue;
		}
		if (at + 2 + h[at + 1] > end)
			return 0;
		if (h[at] == OPT_JUMBO && h[at + 1] == 4) {
			uint32_t len = wire_get32(h + at + 2);

			return len >= JUMBO_MIN && len <= UINT32_MAX - IP6_BYTES ? len : 0;
		}
		at += 2u + h[at + 1];
	}
	return 0;
}

static uint32_t length(const struct view_walk *w, const uint8_t *h)
{
	uint32_t payload = wire_get16(h + 4);

	if (payload)
		return payload + IP6_BYTES;
	if (h[6] == PROTO_NONE)
		return IP6_BYTES;
	if (h[6] == PROTO_HOPOPT)
		payload = jumbo_bytes(h + IP6_BYTES, walk_left(w) - IP6_BYTES);
	return payload ? payload + IP6_BYTES : w->wire - w->off;
}

/* True: 40 bytes of version 6 are there, and taken. */
static bool fixed_header(struct view *v, struct view_walk *w)
{
	const uint8_t *h = w->p + w->off;

	if (walk_left(w) && h[0] >> 4 != 6) {
		v->stop = VIEW_IP_BAD;
		return false;
	}
	if (walk_left(w) < IP6_BYTES) {
		v->stop = VIEW_IP_SHORT;
		return false;
	}
	w->has |= VIEW_HAS_IP6;
	v->family = 6;
	walk_set_ip(v, w, length(w, h));
	v->tos = (uint8_t)(h[0] << 4 | h[1] >> 4);
	v->flow_label = wire_get32(h) & 0xfffff;
	v->proto = h[6];
	v->ttl = h[7];
	v->src6[0] = wire_get64(h + 8);
	v->src6[1] = wire_get64(h + 16);
	v->dst6[0] = wire_get64(h + 24);
	v->dst6[1] = wire_get64(h + 32);
	w->off += IP6_BYTES;
	return true;
}

static bool chain_bad(struct view *v)
{
	v->stop = VIEW_EXT_BAD;
	v->malformed = 1;
	return false;
}

/* `need` bytes of the next header lie inside L and were captured. */
static bool chain_whole(struct view *v, const struct view_walk *w, uint32_t need)
{
	if (walk_left_in_ip(w) < need)
		return chain_bad(v);
	if (walk_left(w) >= need)
		return true;
	if (!w->snapped)
		return chain_bad(v);
	v->stop = VIEW_EXT_SHORT;
	return false;
}

static uint16_t ext_bit(uint8_t proto, const uint8_t *h)
{
	switch (proto) {
	case PROTO_HOPOPT:
		return VIEW_EXT_HOPOPT;
	case PROTO_ROUTING:	/* type 0 is dead (RFC 5095), and still worth a rule */
		return VIEW_EXT_ROUTE | (h[2] == 0 ? VIEW_EXT_RTHDR0 : h[2] == 2 ? VIEW_EXT_RTHDR2 : 0);
	case PROTO_FRAGMENT:
		return VIEW_EXT_FRAG;
	case PROTO_DSTOPTS:
		return VIEW_EXT_DSTOPT;
	case PROTO_AH:
		return VIEW_EXT_AH;
	default:
		return VIEW_EXT_OTHER;
	}
}

static bool is_ext(uint8_t proto)
{
	switch (proto) {
	case PROTO_HOPOPT: case PROTO_ROUTING: case PROTO_FRAGMENT: case PROTO_DSTOPTS: case PROTO_AH:
	case PROTO_MOBILITY: case PROTO_HIP: case PROTO_SHIM6:
		return true;
	default:
		return false;
	}
}

/* RFC 8200 4.5. An atomic fragment (offset 0, nothing to come) is one too: VIEW_HAS_FRAG says there was a header. */
static void fragment(struct view *v, struct view_walk *w, const uint8_t *h)
{
	uint16_t word = wire_get16(h + 2);

	w->has |= VIEW_HAS_FRAG | VIEW_HAS_FRAG6;
	v->frag_off_bytes = word & 0xfff8;
	v->frag_flags = word & 1 ? VIEW_MF : 0;
	v->frag_id = wire_get32(h + 4);
}

/* Another may follow; a transport stands at `off`; neither, and v->stop says why. */
enum chain_step { CHAIN_ON, CHAIN_ENDS, CHAIN_STOP };

/* Takes the extension header that stands at `off`; v->proto is its number, and then that of what follows. */
static enum chain_step ext_header(struct view *v, struct view_walk *w)
{
	const uint8_t *h = w->p + w->off;
	uint32_t bytes = 8;

	if (!chain_whole(v, w, bytes))
		return CHAIN_STOP;
	if (v->proto != PROTO_FRAGMENT)
		bytes = v->proto == PROTO_AH ? (h[1] + 2u) * 4 : (h[1] + 1u) * 8;
	if (!chain_whole(v, w, bytes))
		return CHAIN_STOP;
	v->ext_seen |= ext_bit(v->proto, h);
	if (h[0] == PROTO_NONE && v->proto >= PROTO_MOBILITY)
		return CHAIN_ENDS;
	if (v->proto == PROTO_FRAGMENT)
		fragment(v, w, h);
	v->proto = h[0];
	w->off += bytes;
	if (!v->frag_off_bytes)
		return CHAIN_ON;
	w->has |= VIEW_HAS_PROTO;
	walk_later_fragment(v, w);
	return CHAIN_STOP;
}

bool view_ip6(struct view *v, struct view_walk *w)
{
	enum chain_step step;

	if (!fixed_header(v, w))
		return false;
	while (is_ext(v->proto)) {
		if (v->proto == PROTO_HOPOPT && v->ext_seen)
			return chain_bad(v);
		step = ext_header(v, w);
		if (step == CHAIN_STOP)
			return false;
		if (step == CHAIN_ENDS)
			break;
	}
	w->has |= VIEW_HAS_PROTO;
	if (v->proto == PROTO_ESP)
		v->ext_seen |= VIEW_EXT_ESP;
	return true;
}
