/* lane/lane_net.c - prefixes: of --local, which side of a capture is ours; of --me, which addresses are. */
#include "lane_int.h"

#include <stdlib.h>
#include <string.h>

#include "wire/wire.h"

static bool parse_bits(const char *text, unsigned most, uint8_t *bits)
{
	unsigned n = 0;

	if (!*text || strlen(text) > 3)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		n = n * 10 + (unsigned)(*text - '0');
	}
	*bits = (uint8_t)n;
	return n <= most;
}

int lane_net_parse(struct lane_net *net, const char *text, struct err *e)
{
	const char *slash = strchr(text, '/');
	size_t n = slash ? (size_t)(slash - text) : strlen(text);

	*net = (struct lane_net){ 0 };
	if (wire_ip4_parse(text, n, &net->addr4))
		net->family = 4;
	else if (wire_ip6_parse(text, n, net->addr6))
		net->family = 6;
	else
		return err_set(e, ERR_SYNTAX, "'%s' is not an address or prefix such as 10.0.0.0/8 or 2001:db8::/32",
			text);
	net->bits = net->family == 4 ? 32 : 128;
	if (slash && !parse_bits(slash + 1, net->bits, &net->bits))
		return err_set(e, ERR_RANGE, "'%s': the length after / is not in 0..%u", text,
			net->family == 4 ? 32 : 128);
	return 0;
}

bool lane_net_has4(const struct lane_net *net, uint32_t addr)
{
	return net->bits == 0 || (addr ^ net->addr4) >> (32 - net->bits) == 0;
}

bool lane_net_has6(const struct lane_net *net, const uint64_t addr[2])
{
	uint64_t hi = addr[0] ^ net->addr6[0], lo = addr[1] ^ net->addr6[1];

	if (net->bits <= 64)
		return net->bits == 0 || hi >> (64 - net->bits) == 0;
	return hi == 0 && lo >> (128 - net->bits) == 0;
}
