/* base/siphash.h - a short keyed digest: who does not know the key cannot make two inputs meet more often than chance.
 *
 * SipHash-c-d of Aumasson and Bernstein ("SipHash: a fast short-input PRF", 2012): c rounds a word, d at the end.
 * Tables use 1-3, half the cost of 2-4, with no attack known that would help against a table. Any thread. */
#ifndef BASE_SIPHASH_H
#define BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

struct siphash_key {
	uint64_t k0, k1;
};

struct siphash_key siphash_key(const uint8_t bytes[16]);
uint64_t siphash13(const struct siphash_key *key, const void *p, size_t n);
uint64_t siphash24(const struct siphash_key *key, const void *p, size_t n);

#endif
