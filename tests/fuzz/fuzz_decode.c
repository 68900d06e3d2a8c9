/* tests/fuzz/fuzz_decode.c - any bytes as any header: the laws of tests/lib/wire_headers.h, and options as lists.
 *
 *      | which header 1 | bytes |
 */
#include <stdio.h>
#include <stdlib.h>

#include "wire_headers.h"

#include "holds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A walk ends, and what it gives lies inside. */
static void walk_options(const uint8_t *p, size_t n)
{
	struct wire_opt o;
	size_t at = 0, steps = 0;
	int rc;

	while ((rc = wire_opt_next(&o, p, n, &at)) > 0) {
		HOLDS(o.data >= p && o.data + o.len_bytes <= p + n && at <= n);
		HOLDS(++steps <= n);
	}
	HOLDS(rc == 0 || rc == ERR_DAMAGED);
}

static void walk_ext_options(const uint8_t *p, size_t n)
{
	struct wire_opt o;
	struct wire_ext h;
	size_t at = 0, steps = 0;
	int rc;

	if (wire_ext_decode(&h, PROTO_HOPOPT, p, n) < 0)
		return;
	HOLDS(h.body >= p && h.body + h.body_bytes <= p + n);
	while ((rc = wire_ext_opt_next(&o, &h, &at)) > 0) {
		HOLDS(o.data >= h.body && o.data + o.len_bytes <= h.body + h.body_bytes && at <= h.body_bytes);
		HOLDS(++steps <= h.body_bytes);
	}
	HOLDS(rc == 0 || rc == ERR_DAMAGED);
}

/* What the options say fits into 40 bytes again, or is refused, and says the same. */
static void tcp_options(const uint8_t *p, size_t n)
{
	struct wire_tcp_opts a, b;
	uint8_t again[WIRE_OPTIONS_MAX];
	size_t len;
	int rc = wire_tcp_opts_decode(&a, p, n);

	HOLDS(rc == 0 || rc == ERR_DAMAGED);
	HOLDS(a.sacks <= 4);
	len = wire_tcp_opts_encode(again, sizeof(again), &a);
	HOLDS(len % 4 == 0 && len <= sizeof(again));
	if (!len)
		return;
	HOLDS(wire_tcp_opts_decode(&b, again, len) == 0);
	HOLDS(!memcmp(&a, &b, sizeof(a)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct header *t;
	const char *broken;

	if (size < 1 || size > 4096)
		return 0;
	t = &headers[data[0] % HEADERS];
	broken = header_law(t, data + 1, size - 1);
	if (broken) {
		fprintf(stderr, "%s: %s\n", t->name, broken);
		abort();
	}
	walk_options(data + 1, size - 1);
	walk_ext_options(data + 1, size - 1);
	tcp_options(data + 1, size - 1);
	return 0;
}
