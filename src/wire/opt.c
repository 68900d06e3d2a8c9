/* wire/opt.c - lists of options: of IPv4 (RFC 791 3.1), of TCP (RFC 9293 3.1), and in IPv6 extension headers.
 *
 *      IPv4, TCP   0 ends the list, 1 fills; others: | kind | length of all | data |
 *      IPv6        0 fills one byte, 1 fills more (RFC 8200 4.2); all but 0: | type | length of data | data |
 *
 * A walk moves by at least one byte and never past the end, so it ends. Any thread, no state. */
#include "wire/decode.h"

#include "base/err.h"

enum { OPT_END = 0, OPT_FILL = 1, OPT6_PAD1 = 0, OPT6_PADN = 1 };

int wire_opt_next(struct wire_opt *o, const uint8_t *opts, size_t n, size_t *at)
{
	while (*at < n && opts[*at] == OPT_FILL)
		++*at;
	if (*at >= n || opts[*at] == OPT_END)
		return 0;
	if (n - *at < 2 || opts[*at + 1] < 2 || opts[*at + 1] > n - *at)
		return ERR_DAMAGED;
	o->kind = opts[*at];
	o->len_bytes = (uint8_t)(opts[*at + 1] - 2);
	o->data = opts + *at + 2;
	*at += opts[*at + 1];
	return 1;
}

int wire_ext_opt_next(struct wire_opt *o, const struct wire_ext *h, size_t *at)
{
	const uint8_t *p = h->body;
	size_t n = h->body_bytes;

	for (;;) {
		while (*at < n && p[*at] == OPT6_PAD1)
			++*at;
		if (*at >= n)
			return 0;
		if (n - *at < 2 || p[*at + 1] > n - *at - 2)
			return ERR_DAMAGED;
		o->kind = p[*at];
		o->len_bytes = p[*at + 1];
		o->data = p + *at + 2;
		*at += 2u + o->len_bytes;
		if (o->kind != OPT6_PADN)
			return 1;
	}
}
