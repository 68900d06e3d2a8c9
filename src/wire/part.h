/* wire/part.h - the headers of one wire packet of a super-segment, made of those of the whole. Any thread, no state. */
#ifndef WIRE_PART_H
#define WIRE_PART_H

#include "wire/view.h"

struct wire_part {
	uint32_t index;		/* among the parts, from 0 */
	uint32_t offset;	/* of its data in that of the whole */
	uint32_t bytes;		/* of data; with the headers it fits into a packet of its family */
	bool last;
};

/* Can the packet that begins at `p`, of this view, stand for several that differ in data alone? TCP or UDP, whole, no
 * fragment, nothing in it that is said once (SYN, RST, URG) or that covers all of it (AH, jumbo option). */
bool wire_part_can(const uint8_t *p, const struct view *v);

/* `p` begins with a copy of the headers of the whole, of this view, for which wire_part_can() said yes; behind them
 * stand the data of the part. Makes the headers those of the part; checksums are worked out anew. */
void wire_part_set(uint8_t *p, const struct view *v, const struct wire_part *part);

#endif
