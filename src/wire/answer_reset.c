/* wire/answer_reset.c - RST for a TCP segment: RFC 9293 3.10.7.1, the connection that does not exist.
 *
 *      with ACK       <SEQ=SEG.ACK><CTL=RST>
 *      without        <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>
 *
 * SEG.LEN counts data by L, captured or not, and SYN and FIN as one each. A first fragment does not tell it, so one
 * without ACK is not answered. An RST never is. A header length that cannot be makes a segment which no TCP would take.
 * Any thread, no state. */
#include "wire/answer_int.h"
#include "wire/decode.h"

enum { TCP_BYTES = 20 };

/* Data, SYN and FIN. */
static uint32_t segment_length(const struct view *v)
{
	uint32_t before = v->l4_off - v->l3_off + v->tcp_hlen_bytes;

	return v->ip_bytes - before + !!(v->tcp_flags & TCP_SYN) + !!(v->tcp_flags & TCP_FIN);
}

enum answer_fit answer_reset_fit(const struct answered *o)
{
	const struct view *v = o->v;

	if (!(v->has & VIEW_HAS_TCP))
		return answered_no_header(o);
	if (v->tcp_flags & TCP_RST || v->tcp_hlen_bytes < TCP_BYTES)
		return ANSWER_FORBIDDEN;
	if (v->tcp_hlen_bytes > v->ip_bytes - (v->l4_off - v->l3_off))
		return ANSWER_FORBIDDEN;
	return v->frag_flags & VIEW_MF && !(v->tcp_flags & TCP_ACK) ? ANSWER_SHORT : ANSWER_FITS;
}

uint32_t answer_reset_put(uint8_t *to, const struct answered *o)
{
	const struct view *v = o->v;
	struct wire_tcp h = { .sport = v->dport, .dport = v->sport, .flags = TCP_RST };

	if (v->tcp_flags & TCP_ACK) {
		h.seq = v->tcp_ack;
	} else {
		h.ack = v->tcp_seq + segment_length(v);
		h.flags |= TCP_ACK;
	}
	return (uint32_t)wire_tcp_encode(to, TCP_BYTES, &h);
}
