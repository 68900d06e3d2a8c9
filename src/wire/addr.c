/* wire/addr.c - addresses as text.
 *
 * IPv6 is printed as RFC 5952 4 wants it: lower case, no leading zeros, the longest run of two or more zero groups as
 * "::", the first one where two are equally long; an IPv4-mapped address shows its last 32 bits in dots (section 5).
 * Our own rather than inet_ntop(), whose choice of form differs between systems. Any thread. */
#include "wire/wire.h"

#include <stdio.h>

int wire_ip4_print(uint32_t addr, char to[WIRE_IP4_TEXT])
{
	return snprintf(to, WIRE_IP4_TEXT, "%u.%u.%u.%u", addr >> 24, addr >> 16 & 255, addr >> 8 & 255, addr & 255);
}

static unsigned group(const uint64_t addr[2], unsigned i)
{
	return (unsigned)(addr[i / 4] >> (48 - i % 4 * 16)) & 0xffff;
}

/* The run of zero groups to leave out; *len 0: none. */
static unsigned zero_run(const uint64_t addr[2], unsigned *len)
{
	unsigned best = 0;

	*len = 0;
	for (unsigned i = 0; i < 8; i++) {
		unsigned n = 0;

		while (i + n < 8 && !group(addr, i + n))
			n++;
		if (n >= 2 && n > *len) {
			best = i;
			*len = n;
		}
		i += n;
	}
	return best;
}

int wire_ip6_print(const uint64_t addr[2], char to[WIRE_IP6_TEXT])
{
	unsigned run_len, run = zero_run(addr, &run_len);
	int n = 0;

	if (!addr[0] && addr[1] >> 32 == 0xffff) {
		char dots[WIRE_IP4_TEXT];

		wire_ip4_print((uint32_t)addr[1], dots);
		return snprintf(to, WIRE_IP6_TEXT, "::ffff:%s", dots);
	}
	for (unsigned i = 0; i < 8; i++) {
		if (run_len && i == run) {
			n += snprintf(to + n, WIRE_IP6_TEXT - (size_t)n, i + run_len == 8 ? "::" : ":");
			i += run_len - 1;
			continue;
		}
		n += snprintf(to + n, WIRE_IP6_TEXT - (size_t)n, i ? ":%x" : "%x", group(addr, i));
	}
	return n;
}

int wire_mac_print(const uint8_t mac[6], char to[WIRE_MAC_TEXT])
{
	return snprintf(to, WIRE_MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
		mac[5]);
}
