/* wire/meta.h - what is known about a packet beside its bytes. Filled by who carries it (the lane), read by matches. */
#ifndef WIRE_META_H
#define WIRE_META_H

#include <stdint.h>

enum meta_dir { META_IN, META_OUT };

struct meta {
	uint8_t dir;		/* enum meta_dir */
	uint8_t layer2;		/* judged with its link header: `ip` matches every frame */
	uint16_t iface_in;	/* interface it came by: 1, 2, ... as the environment numbers them; 0: none known */
	uint16_t iface_out;
	uint16_t fib;
	uint8_t tags;		/* how many stand in tag */
	const uint16_t *tag;	/* ipfw's packet tags, 1..65534; NULL where there are none */
	uint32_t len_bytes;	/* L of docs/ARCHITECTURE.md: what rules count and iplen compares */
};

#endif
