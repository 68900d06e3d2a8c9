/* wire/view_opt.c - where the options of a packet stand, and how much data a TCP segment carries.
 *
 *      IPv4    l3_off + 20 .. the end of its header: where the transport begins, or what a later fragment carries
 *      TCP     l4_off + 20 .. data_off
 *
 * What view_parse() has checked is not checked again: a view with an IPv4 header has all of it in the bytes it was
 * parsed from. TCP's options are known only where data_off is: a header length that is a lie, or options that were not
 * all captured, leave nothing to ask. Any thread, no state; some nanoseconds. RFC 791 3.1, RFC 9293 3.1. */
#include "wire/view.h"

enum { IP4_BYTES = 20, TCP_BYTES = 20 };

bool view_ip4_options(const struct view *v, const uint8_t *bytes, const uint8_t **opts, size_t *n)
{
	uint32_t end = v->l4_off ? v->l4_off : v->data_off;

	if (!(v->has & VIEW_HAS_IP4))
		return false;
	*opts = bytes + v->l3_off + IP4_BYTES;
	*n = end - v->l3_off - IP4_BYTES;
	return true;
}

bool view_tcp_options(const struct view *v, const uint8_t *bytes, const uint8_t **opts, size_t *n)
{
	if (!(v->has & VIEW_HAS_TCP) || !v->data_off)
		return false;
	*opts = bytes + v->l4_off + TCP_BYTES;
	*n = v->data_off - v->l4_off - TCP_BYTES;
	return true;
}

/* From lengths alone, so that a record cut by the snapshot length has an answer too. */
bool view_tcp_data(const struct view *v, uint32_t *bytes)
{
	uint32_t headers = v->l4_off - v->l3_off + v->tcp_hlen_bytes;

	if (!(v->has & VIEW_HAS_TCP) || v->tcp_hlen_bytes < TCP_BYTES || headers > v->ip_bytes)
		return false;
	*bytes = v->ip_bytes - headers;
	return true;
}
