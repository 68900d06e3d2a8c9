/* wire/answer.h - packets that answer a packet: ICMP and ICMPv6 unreachable, TCP's RST, SCTP's ABORT.
 *
 * An answer goes back where the packet came from, as if its destination had sent it, with the packet's own link header
 * turned round. Whether a packet may be answered at all is decided by the RFCs and by what was captured of it. */
#ifndef WIRE_ANSWER_H
#define WIRE_ANSWER_H

#include "wire/view.h"

enum answer_kind {
	ANSWER_NONE,
	ANSWER_UNREACH,		/* ICMP destination unreachable; code: RFC 792, 1122, 1812 */
	ANSWER_UNREACH6,	/* the same of ICMPv6; code: RFC 4443 3.1 */
	ANSWER_RESET,		/* RST for TCP over IPv4 */
	ANSWER_RESET6,		/* over IPv6 */
	ANSWER_ABORT,		/* ABORT for SCTP over IPv4 */
	ANSWER_ABORT6,		/* over IPv6 */
	ANSWER_KINDS
};

struct answer {
	uint8_t kind;		/* enum answer_kind */
	uint8_t code;		/* of UNREACH, UNREACH6 */
};

enum answer_fit {
	ANSWER_FITS,
	ANSWER_NOT_MEANT,	/* another family or protocol than this answer is for */
	ANSWER_FORBIDDEN,	/* an RFC forbids it */
	ANSWER_SHORT,		/* not enough was captured to decide, or to build it */
	ANSWER_NO_WAY,		/* its link header cannot be turned round */
};

/* The most bytes that an answer has: a link header of 44 bytes at most, and IPv6's least MTU. */
enum { ANSWER_BYTES_MAX = 44 + 1280 };

/* May, and can, the packet of `v` be answered with `a`? `captured` bytes stand at `p`, which `v` was parsed from. */
enum answer_fit answer_fit(const struct answer *a, const struct view *v, enum wire_link link, const uint8_t *p,
	uint32_t captured);
/* Writes the answer, link header and all, and returns its length. Only where answer_fit() said ANSWER_FITS. Any thread,
 * no state. */
uint32_t answer_build(uint8_t to[ANSWER_BYTES_MAX], const struct answer *a, const struct view *v, enum wire_link link,
	const uint8_t *p, uint32_t captured);

#endif
