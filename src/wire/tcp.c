/* wire/tcp.c - the TCP header: RFC 9293 3.1.
 *
 *      | sport 2 | dport 2 | seq 4 | ack 4 | length 4 bits, reserved 4 | flags 1 | window 2 | checksum 2 | urgent 2 |
 *      | options 0..40 |
 *
 * Options are kept as they are; wire/tcp_opt.c reads them. Any thread, no state. */
#include "wire/decode.h"

#include <string.h>

#include "base/err.h"
#include "wire/text.h"

enum { TCP_BYTES = 20 };

int wire_tcp_decode(struct wire_tcp *h, const uint8_t *p, size_t n)
{
	size_t bytes;

	if (n < TCP_BYTES)
		return ERR_DAMAGED;
	bytes = (p[12] >> 4) * (size_t)4;
	if (bytes < TCP_BYTES || bytes > n)
		return ERR_DAMAGED;
	h->sport = wire_get16(p);
	h->dport = wire_get16(p + 2);
	h->seq = wire_get32(p + 4);
	h->ack = wire_get32(p + 8);
	h->reserved = p[12] & 15;
	h->flags = p[13];
	h->win = wire_get16(p + 14);
	h->checksum = wire_get16(p + 16);
	h->urgent = wire_get16(p + 18);
	memset(h->options, 0, sizeof(h->options));
	h->options_bytes = (uint8_t)(bytes - TCP_BYTES);
	memcpy(h->options, p + TCP_BYTES, h->options_bytes);
	return (int)bytes;
}

size_t wire_tcp_encode(uint8_t *p, size_t room, const struct wire_tcp *h)
{
	size_t bytes = (size_t)TCP_BYTES + h->options_bytes;

	if (room < bytes || h->options_bytes > WIRE_OPTIONS_MAX || h->options_bytes % 4 || h->reserved > 15)
		return 0;
	wire_put16(p, h->sport);
	wire_put16(p + 2, h->dport);
	wire_put32(p + 4, h->seq);
	wire_put32(p + 8, h->ack);
	p[12] = (uint8_t)(bytes / 4 << 4 | h->reserved);
	p[13] = h->flags;
	wire_put16(p + 14, h->win);
	wire_put16(p + 16, h->checksum);
	wire_put16(p + 18, h->urgent);
	memcpy(p + TCP_BYTES, h->options, h->options_bytes);
	return bytes;
}

static void print_opts(struct text *t, const struct wire_tcp *h)
{
	struct wire_tcp_opts o;
	int rc = wire_tcp_opts_decode(&o, h->options, h->options_bytes);

	if (o.has_mss)
		text_add(t, " mss %u", o.mss);
	if (o.has_wscale)
		text_add(t, " wscale %u", o.wscale);
	if (o.sack_ok)
		text_add(t, " sackOK");
	if (o.has_ts)
		text_add(t, " ts %u %u", o.ts_val, o.ts_echo);
	for (unsigned i = 0; i < o.sacks; i++)
		text_add(t, " sack %u:%u", o.sack[i].left, o.sack[i].right);
	if (rc < 0)
		text_add(t, " bad options");
}

int wire_tcp_print(const struct wire_tcp *h, char *to, size_t room)
{
	struct text t = text_init(to, room);

	text_add(&t, "tcp %u > %u ", h->sport, h->dport);
	text_tcp_flags(&t, h->flags);
	text_add(&t, " seq %u", h->seq);
	if (h->flags & TCP_ACK)
		text_add(&t, " ack %u", h->ack);
	text_add(&t, " win %u", h->win);
	if (h->flags & TCP_URG)
		text_add(&t, " urgent %u", h->urgent);
	print_opts(&t, h);
	return (int)t.len;
}
