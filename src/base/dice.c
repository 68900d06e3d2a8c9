/* base/dice.c - the key of a sequence of draws.
 *
 *     key:     k = mix(seed);  for x in (kind, number, flow, purpose):  k = mix(k ^ x)
 *     draw n:  mix(k + (n + 1) * 0x9e3779b97f4a7c15)                    n = 0, 1, 2, ... for this key
 *
 * A counter-based generator: the n-th draw of a key is a pure function of both, so nothing is shared between those who
 * draw and nothing shifts when another one comes or goes. mix() is the finaliser of splitmix64 (Steele, Lea, Flood,
 * "Fast splittable pseudorandom number generators", OOPSLA 2014) and the draws of one key are splitmix64's sequence
 * from the state k. Not for secrets: who sees draws can go back to the key.
 *
 * A key is made where an object is made, not on the packet path; draws are inline in dice.h. */
#include "base/dice.h"

uint64_t dice_key(uint64_t seed, uint64_t kind, uint64_t number, uint64_t flow, uint64_t purpose)
{
	uint64_t k = dice_mix(seed);

	k = dice_mix(k ^ kind);
	k = dice_mix(k ^ number);
	k = dice_mix(k ^ flow);
	return dice_mix(k ^ purpose);
}
