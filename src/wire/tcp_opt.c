/* wire/tcp_opt.c - what the options of a TCP header say: MSS, window scale, SACK, timestamps.
 *
 *      mss     | 2 | 4 | mss 2 |                   RFC 9293 3.7.1
 *      wscale  | 3 | 3 | shift 1 |                 RFC 7323 2
 *      sackOK  | 4 | 2 |                           RFC 2018 2
 *      sack    | 5 | 8n + 2 | left 4, right 4 |…   RFC 2018 3
 *      ts      | 8 | 10 | value 4, echo 4 |        RFC 7323 3
 *
 * encode writes mss, sackOK, ts, wscale, sack, each on a bound of 4 bytes as most stacks have it: sackOK fills up a
 * timestamp, NOPs the rest. Where an option comes twice, the last one counts. Any thread, no state. */
#include "wire/decode.h"

#include <string.h>

#include "base/err.h"

enum { NOP = 1, MSS_BYTES = 4, WSCALE_BYTES = 3, SACK_OK_BYTES = 2, TS_BYTES = 10, SACKS_MAX = 4 };

static void take_sack(struct wire_tcp_opts *o, const struct wire_opt *opt)
{
	if (opt->len_bytes % 8 || opt->len_bytes == 0 || opt->len_bytes > 8 * SACKS_MAX)
		return;
	memset(o->sack, 0, sizeof(o->sack));
	o->sacks = opt->len_bytes / 8;
	for (size_t i = 0; i < o->sacks; i++) {
		o->sack[i].left = wire_get32(opt->data + 8 * i);
		o->sack[i].right = wire_get32(opt->data + 8 * i + 4);
	}
}

static void take(struct wire_tcp_opts *o, const struct wire_opt *opt)
{
	unsigned bytes = opt->len_bytes + 2u;

	if (opt->kind == TCP_OPT_MSS && bytes == MSS_BYTES) {
		o->has_mss = true;
		o->mss = wire_get16(opt->data);
	} else if (opt->kind == TCP_OPT_WSCALE && bytes == WSCALE_BYTES) {
		o->has_wscale = true;
		o->wscale = opt->data[0];
	} else if (opt->kind == TCP_OPT_SACK_OK && bytes == SACK_OK_BYTES) {
		o->sack_ok = true;
	} else if (opt->kind == TCP_OPT_TS && bytes == TS_BYTES) {
		o->has_ts = true;
		o->ts_val = wire_get32(opt->data);
		o->ts_echo = wire_get32(opt->data + 4);
	} else if (opt->kind == TCP_OPT_SACK) {
		take_sack(o, opt);
	}
}

int wire_tcp_opts_decode(struct wire_tcp_opts *o, const uint8_t *opts, size_t n)
{
	struct wire_opt opt;
	size_t at = 0;
	int rc;

	memset(o, 0, sizeof(*o));
	while ((rc = wire_opt_next(&opt, opts, n, &at)) > 0)
		take(o, &opt);
	return rc;
}

struct out {
	uint8_t bytes[64];	/* everything at once is 56, more than fits: told at the end */
	size_t n;
};

static uint8_t *begin(struct out *out, uint8_t kind, unsigned bytes)
{
	uint8_t *p = out->bytes + out->n;

	p[0] = kind;
	p[1] = (uint8_t)bytes;
	out->n += bytes;
	return p + 2;
}

static void nops(struct out *out, unsigned n)
{
	while (n--)
		out->bytes[out->n++] = NOP;
}

static void put_ts(struct out *out, const struct wire_tcp_opts *o)
{
	uint8_t *p;

	if (o->sack_ok)
		begin(out, TCP_OPT_SACK_OK, SACK_OK_BYTES);
	else if (o->has_ts)
		nops(out, 2);
	if (o->has_ts) {
		p = begin(out, TCP_OPT_TS, TS_BYTES);
		wire_put32(p, o->ts_val);
		wire_put32(p + 4, o->ts_echo);
	} else if (o->sack_ok) {
		nops(out, 2);
	}
}

static void put_sacks(struct out *out, const struct wire_tcp_opts *o)
{
	uint8_t *p;

	nops(out, 2);
	p = begin(out, TCP_OPT_SACK, 2u + 8u * o->sacks);
	for (size_t i = 0; i < o->sacks; i++) {
		wire_put32(p + 8 * i, o->sack[i].left);
		wire_put32(p + 8 * i + 4, o->sack[i].right);
	}
}

size_t wire_tcp_opts_encode(uint8_t *opts, size_t room, const struct wire_tcp_opts *o)
{
	struct out out = { .n = 0 };

	if (o->sacks > SACKS_MAX)
		return 0;
	if (o->has_mss)
		wire_put16(begin(&out, TCP_OPT_MSS, MSS_BYTES), o->mss);
	put_ts(&out, o);
	if (o->has_wscale) {
		nops(&out, 1);
		*begin(&out, TCP_OPT_WSCALE, WSCALE_BYTES) = o->wscale;
	}
	if (o->sacks)
		put_sacks(&out, o);
	if (out.n > room || out.n > WIRE_OPTIONS_MAX)
		return 0;
	memcpy(opts, out.bytes, out.n);
	return out.n;
}
