/* wire/addr_parse.c - text to addresses: the counterpart of addr.c.
 *
 * IPv4 as four decimal numbers, no leading zeros (which some read as octal), no shorter forms. IPv6 as RFC 4291 2.2 has
 * it, with at most one "::" and an IPv4 tail allowed; no zone. MAC addresses as six hexadecimal numbers between colons.
 * Ours, since the answer must be the same on every system. */
#include "wire/wire.h"

static bool octet(const char **p, const char *end, uint32_t *to)
{
	const char *from = *p;
	uint32_t n = 0;

	while (*p < end && **p >= '0' && **p <= '9' && *p - from < 4)
		n = n * 10 + (uint32_t)(*(*p)++ - '0');
	*to = n;
	return *p > from && n <= 255 && (*from != '0' || *p - from == 1);
}

bool wire_ip4_parse(const char *p, size_t n, uint32_t *addr)
{
	const char *end = p + n;
	uint32_t part;

	*addr = 0;
	for (int i = 0; i < 4; i++) {
		if (i && (p == end || *p++ != '.'))
			return false;
		if (!octet(&p, end, &part))
			return false;
		*addr = *addr << 8 | part;
	}
	return p == end;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One to four hex digits. */
static bool hextet(const char **p, const char *end, uint16_t *to)
{
	const char *from = *p;
	unsigned n = 0;

	while (*p < end && hex_digit(**p) >= 0 && *p - from < 5)
		n = n << 4 | (unsigned)hex_digit(*(*p)++);
	*to = (uint16_t)n;
	return *p > from && *p - from <= 4;
}

struct groups {
	uint16_t g[8];
	int count;
	int gap;		/* groups before "::"; -1: none */
};

/* Dots before the next colon: the last 32 bits as IPv4. */
static bool is_ip4_tail(const char *p, const char *end)
{
	while (p < end && *p != ':' && *p != '.')
		p++;
	return p < end && *p == '.';
}

static bool put_tail(struct groups *s, const char *p, const char *end)
{
	uint32_t tail;

	if (s->count > 6 || !wire_ip4_parse(p, (size_t)(end - p), &tail))
		return false;
	s->g[s->count++] = (uint16_t)(tail >> 16);
	s->g[s->count++] = (uint16_t)tail;
	return true;
}

static bool read_groups(struct groups *s, const char *p, const char *end)
{
	if (end - p >= 2 && p[0] == ':' && p[1] == ':') {
		s->gap = 0;
		p += 2;
	}
	while (p < end) {
		if (s->count == 8)
			return false;
		if (is_ip4_tail(p, end))
			return put_tail(s, p, end);
		if (!hextet(&p, end, &s->g[s->count++]))
			return false;
		if (p == end)
			break;
		if (*p++ != ':' || p == end)
			return false;
		if (*p == ':') {
			if (s->gap >= 0)
				return false;
			s->gap = s->count;
			p++;
		}
	}
	return true;
}

bool wire_ip6_parse(const char *p, size_t n, uint64_t addr[2])
{
	struct groups s = { .gap = -1 };
	uint16_t full[8] = { 0 };
	int tail;

	if (!read_groups(&s, p, p + n) || (s.gap < 0 ? s.count != 8 : s.count > 7))
		return false;
	tail = s.gap < 0 ? 0 : s.count - s.gap;
	for (int i = 0; i < s.count - tail; i++)
		full[i] = s.g[i];
	for (int i = 0; i < tail; i++)
		full[8 - tail + i] = s.g[s.count - tail + i];
	addr[0] = addr[1] = 0;
	for (int i = 0; i < 8; i++)
		addr[i / 4] = addr[i / 4] << 16 | full[i];
	return true;
}

bool wire_mac_parse(const char *p, size_t n, uint8_t mac[6])
{
	const char *end = p + n;
	uint16_t part;

	for (int i = 0; i < 6; i++) {
		const char *from;

		if (i && (p == end || *p++ != ':'))
			return false;
		from = p;
		if (!hextet(&p, end, &part) || p - from > 2)
			return false;
		mac[i] = (uint8_t)part;
	}
	return p == end;
}
