/* wire/icmp.c - the first eight bytes of ICMP and ICMPv6: RFC 792, RFC 4443 2.1.
 *
 *      | type 1 | code 1 | checksum 2 | rest 4: as the type says |
 *
 * Every message of ICMP has eight. ICMPv6 promises four, but every type it has defined has four more.
 * Any thread, no state. */
#include "wire/decode.h"

#include "base/err.h"
#include "wire/text.h"

enum { ICMP_BYTES = 8 };

int wire_icmp_decode(struct wire_icmp *h, const uint8_t *p, size_t n)
{
	if (n < ICMP_BYTES)
		return ERR_DAMAGED;
	h->type = p[0];
	h->code = p[1];
	h->checksum = wire_get16(p + 2);
	h->rest = wire_get32(p + 4);
	return ICMP_BYTES;
}

size_t wire_icmp_encode(uint8_t *p, size_t room, const struct wire_icmp *h)
{
	if (room < ICMP_BYTES)
		return 0;
	p[0] = h->type;
	p[1] = h->code;
	wire_put16(p + 2, h->checksum);
	wire_put32(p + 4, h->rest);
	return ICMP_BYTES;
}

struct type_name {
	uint8_t type;
	bool echo;		/* rest is an identifier and a sequence number */
	const char *name;
};

static int print(const char *family, const struct type_name *names, size_t n, const struct wire_icmp *h, struct text t)
{
	for (size_t i = 0; i < n; i++) {
		if (names[i].type != h->type)
			continue;
		text_add(&t, "%s %s", family, names[i].name);
		if (names[i].echo)
			text_add(&t, " id %u seq %u", h->rest >> 16, h->rest & 0xffff);
		else
			text_add(&t, " code %u rest 0x%08x", h->code, h->rest);
		return (int)t.len;
	}
	text_add(&t, "%s type %u code %u rest 0x%08x", family, h->type, h->code, h->rest);
	return (int)t.len;
}

int wire_icmp_print(const struct wire_icmp *h, char *to, size_t room)
{
	static const struct type_name names[] = {
		{ 0, true, "echo reply" }, { 3, false, "unreachable" }, { 4, false, "source quench" },
		{ 5, false, "redirect" }, { 8, true, "echo request" }, { 9, false, "router advertisement" },
		{ 10, false, "router solicitation" }, { 11, false, "time exceeded" },
		{ 12, false, "parameter problem" }, { 13, true, "timestamp request" }, { 14, true, "timestamp reply" },
	};

	return print("icmp", names, sizeof(names) / sizeof(names[0]), h, text_init(to, room));
}

int wire_icmp6_print(const struct wire_icmp *h, char *to, size_t room)
{
	static const struct type_name names[] = {
		{ 1, false, "unreachable" }, { 2, false, "packet too big" }, { 3, false, "time exceeded" },
		{ 4, false, "parameter problem" }, { 128, true, "echo request" }, { 129, true, "echo reply" },
		{ 130, false, "listener query" }, { 131, false, "listener report" }, { 132, false, "listener done" },
		{ 133, false, "router solicitation" }, { 134, false, "router advertisement" },
		{ 135, false, "neighbor solicitation" }, { 136, false, "neighbor advertisement" },
		{ 137, false, "redirect" }, { 143, false, "listener report v2" },
	};

	return print("icmp6", names, sizeof(names) / sizeof(names[0]), h, text_init(to, room));
}
