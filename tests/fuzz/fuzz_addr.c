/* tests/fuzz/fuzz_addr.c - any text as an IPv4 or IPv6 address: taken exactly where the system's inet_pton() takes it,
 * with the same result; and what is printed reads back the same. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "wire/wire.h"

#include "holds.h"

#define LONGEST 80u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ip4(const char *text, size_t n)
{
	char printed[WIRE_IP4_TEXT];
	uint32_t addr, again;
	uint8_t theirs[4];
	bool taken = wire_ip4_parse(text, n, &addr);

	HOLDS(taken == (inet_pton(AF_INET, text, theirs) == 1));
	if (!taken)
		return;
	HOLDS(addr == wire_get32(theirs));
	HOLDS(wire_ip4_parse(printed, (size_t)wire_ip4_print(addr, printed), &again) && again == addr);
}

static void ip6(const char *text, size_t n)
{
	char printed[WIRE_IP6_TEXT];
	uint64_t addr[2], again[2];
	uint8_t theirs[16];
	bool taken = wire_ip6_parse(text, n, addr);

	HOLDS(taken == (inet_pton(AF_INET6, text, theirs) == 1));
	if (!taken)
		return;
	HOLDS(addr[0] == wire_get64(theirs) && addr[1] == wire_get64(theirs + 8));
	HOLDS(wire_ip6_parse(printed, (size_t)wire_ip6_print(addr, printed), again));
	HOLDS(again[0] == addr[0] && again[1] == addr[1]);
}

/* Ours needs no NUL, and must not look for one. */
static void without_nul(const uint8_t *data, size_t size)
{
	char *bare = malloc(size ? size : 1);
	uint64_t six[2];
	uint32_t four;

	HOLDS(bare);
	memcpy(bare, data, size);
	(void)wire_ip4_parse(bare, size, &four);
	(void)wire_ip6_parse(bare, size, six);
	free(bare);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[LONGEST + 1];

	if (!size || size > LONGEST || memchr(data, 0, size))	/* inet_pton() wants a string */
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	without_nul(data, size);
	ip4(text, size);
	ip6(text, size);
	return 0;
}
