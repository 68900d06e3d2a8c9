/* rules/rules_mask.c - masks and prefix lengths, of both families and of MAC addresses. A mask whose ones do not all
 * stand first has holes. */
#include "rules_int.h"

uint32_t mask4_of(unsigned len)
{
	return len ? UINT32_MAX << (32 - len) : 0;
}

static uint64_t mask64_of(unsigned len)
{
	return len ? UINT64_MAX << (64 - len) : 0;
}

void mask6_of(unsigned len, uint64_t mask[2])
{
	mask[0] = mask64_of(len < 64 ? len : 64);
	mask[1] = mask64_of(len < 64 ? 0 : len - 64);
}

/* A mask without holes, inverted, is one less than a power of two. */
static int mask64_len(uint64_t mask)
{
	uint64_t hosts = ~mask;

	if (hosts & (hosts + 1))
		return -1;
	return hosts ? __builtin_clzll(hosts) : 64;
}

int mask4_len(uint32_t mask)
{
	return mask64_len((uint64_t)mask << 32);
}

uint64_t mask48_of(unsigned len)
{
	return mask64_of(len) >> 16;
}

int mask48_len(uint64_t mask)
{
	return mask64_len(mask << 16);
}

int mask6_len(const uint64_t mask[2])
{
	int high = mask64_len(mask[0]), low = mask64_len(mask[1]);

	if (high < 0 || low < 0 || (high < 64 && low > 0))
		return -1;
	return high + low;
}
