/* seg/seg.h - super-segments: one packet in memory that stands for several on the wire, and how they are taken apart.
 *
 *      | headers | data 1 | data 2 | data 3 |  -->  | headers 1 | data 1 |  | headers 2 | data 2 |  | headers 3 | ...
 *
 * A device with offload hands them over and takes them (TSO, USO, GRO; `gso_size` of virtio), and so may a program.
 * seg_mark() says that a packet is one; whoever must see wire packets splits it: pipes do (emu/emu_super.c). One
 * thread, that of the pool. */
#ifndef SEG_SEG_H
#define SEG_SEG_H

#include "pkt/pkt.h"
#include "pkt/pkt_lazy.h"
#include "wire/view.h"

/* From now on it stands for wire packets with `bytes` data each, the last one with what is left. 0 or ERR_NOMEM. */
int seg_mark(struct pkt_pool *pool, struct pkt *p, enum pkt_gso type, uint16_t bytes);

struct seg {
	const struct pkt *of;
	struct view view;
	uint32_t data_bytes, each;
};

/* For how many wire packets `p` stands. 1: it is one. 0: it is marked, but cannot be taken apart: not what the mark
 * says, not all there, a fragment, or with something in it that is said once (wire/part.h). */
uint32_t seg_begin(struct seg *s, const struct pkt *p);

/* The packets for which it stands, more than one, at the end of `to`, with all that is known of `p` beside its bytes;
 * the i-th has seq p->seq + i, and counts what `p` does less the data of others. p stays the caller's. 0, or ERR_NOMEM:
 * then there are none. */
int seg_split(const struct seg *s, struct pkt_pool *pool, struct pkt_fifo *to);

#endif
