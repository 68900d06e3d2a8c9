/* wire/answer_int.h - what the files of answers share: the packet that is answered, and their parts.
 *
 *      answer_fit(), answer_build()  answer.c       who may be answered; IP headers, checksums
 *      link_                         answer_link.c  the link header, turned round
 *      icmp_                         answer_icmp.c  ICMP, ICMPv6
 *      reset_                        answer_reset.c TCP
 *      abort_                        answer_abort.c SCTP */
#ifndef WIRE_ANSWER_INT_H
#define WIRE_ANSWER_INT_H

#include "wire/answer.h"

struct answered {
	const struct view *v;
	const uint8_t *p;
	uint32_t captured;
	enum wire_link link;
};

enum { IP4_HEADER_BYTES = 20, IP6_HEADER_BYTES = 40 };

/* Bytes of the packet that were captured, from its IP header on, and no byte behind L. */
static inline uint32_t answered_bytes(const struct answered *o)
{
	uint32_t seen = o->captured - o->v->l3_off;

	return seen < o->v->ip_bytes ? seen : o->v->ip_bytes;
}

/* A header's fixed part is not there: is that the snapshot's doing, or the packet's own? */
static inline enum answer_fit answered_no_header(const struct answered *o)
{
	return o->v->stop == VIEW_L4_CUT || o->v->stop == VIEW_EXT_SHORT ? ANSWER_SHORT : ANSWER_FORBIDDEN;
}

enum answer_fit answer_link_fit(const struct answered *o);
/* The header for an answer whose IP packet has `ip_bytes`; returns its length, at most 44. */
uint32_t answer_link_put(uint8_t *to, const struct answered *o, uint32_t ip_bytes);

/* What stands behind the IP header: may it be, and its bytes. Checksums are zero, but for SCTP's, which covers nothing
 * else. */
enum answer_fit answer_icmp_fit(const struct answered *o);
uint32_t answer_icmp_put(uint8_t *to, const struct answered *o, uint8_t code);
enum answer_fit answer_reset_fit(const struct answered *o);
uint32_t answer_reset_put(uint8_t *to, const struct answered *o);
enum answer_fit answer_abort_fit(const struct answered *o);
uint32_t answer_abort_put(uint8_t *to, const struct answered *o);

#endif
