/* wire/answer_icmp.c - destination unreachable, with the beginning of the packet it is about.
 *
 *      | type 3 | code | checksum 2 | 0 | IP header and data of the packet |      RFC 792; IPv6: type 1, RFC 4443 3.1
 *
 * As much of the packet as makes an answer of 576 bytes (RFC 1812 4.3.2.3), of 1280 in IPv6 (RFC 4443 3.1), and was
 * captured. At least its headers and eight bytes behind them, or all of it (RFC 1122 3.2.2): with less the sender
 * could not tell which of its packets is meant, so nothing is sent. The MTU of `needfrag` is 0, not known: RFC 1191 3
 * and 5 tell hosts what to do then.
 *
 * An error is not answered, nor a redirect (RFC 1122 3.2.2, RFC 4443 2.4 (e.1), (e.2)). Of ICMP a type that is not
 * known is taken for an error; ICMPv6 tells by the number, errors being below 128. Any thread, no state. */
#include "wire/answer_int.h"

#include <string.h>

enum {
	ICMP_BYTES = 8, TYPE_UNREACH = 3, TYPE_UNREACH6 = 1, FIRST_BYTES = 8,
	ICMP4_MAX = 576 - IP4_HEADER_BYTES - ICMP_BYTES, ICMP6_MAX = 1280 - IP6_HEADER_BYTES - ICMP_BYTES,
	ICMP6_FIRST_INFO = 128, ICMP6_REDIRECT = 137,
};

/* Asks or tells, and reports no error: IANA's registry of ICMP types. */
static bool is_info4(uint8_t type)
{
	switch (type) {
	case 0: case 8:			/* echo */
	case 9: case 10:		/* router discovery, RFC 1256 */
	case 13: case 14: case 15: case 16: case 17: case 18:
	case 42: case 43:		/* extended echo, RFC 8335 */
		return true;
	default:
		return false;
	}
}

static bool is_icmp(const struct view *v)
{
	return v->proto == (v->family == 4 ? PROTO_ICMP : PROTO_ICMP6);
}

static bool is_error(const struct view *v)
{
	if (v->family == 4)
		return !is_info4(v->icmp_type);
	return v->icmp_type < ICMP6_FIRST_INFO || v->icmp_type == ICMP6_REDIRECT;
}

static uint32_t most(const struct view *v)
{
	return v->family == 4 ? ICMP4_MAX : ICMP6_MAX;
}

enum answer_fit answer_icmp_fit(const struct answered *o)
{
	const struct view *v = o->v;
	uint32_t need = v->l4_off - v->l3_off + FIRST_BYTES;

	if (is_icmp(v) && !(v->has & VIEW_HAS_ICMP))
		return answered_no_header(o);
	if (is_icmp(v) && is_error(v))
		return ANSWER_FORBIDDEN;
	if (need > v->ip_bytes)
		need = v->ip_bytes;
	if (need > most(v))
		need = most(v);
	return answered_bytes(o) < need ? ANSWER_SHORT : ANSWER_FITS;
}

uint32_t answer_icmp_put(uint8_t *to, const struct answered *o, uint8_t code)
{
	uint32_t quoted = answered_bytes(o);

	if (quoted > most(o->v))
		quoted = most(o->v);
	memset(to, 0, ICMP_BYTES);
	to[0] = o->v->family == 4 ? TYPE_UNREACH : TYPE_UNREACH6;
	to[1] = code;
	memcpy(to + ICMP_BYTES, o->p + o->v->l3_off, quoted);
	return ICMP_BYTES + quoted;
}
