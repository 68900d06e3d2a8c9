/* pkt/pkt_int.h - what the files of the room share: the pool's parts and the buffer. */
#ifndef PKT_PKT_INT_H
#define PKT_PKT_INT_H

#include "base/pool.h"
#include "pkt/pkt.h"
#include "pkt/pkt_lazy.h"

#define BUF_BYTES_MIN 128
#define BUF_CLASSES 12		/* 128, 256, ... 256 KiB */

struct pkt_buf {
	uint32_t refs;
	uint32_t class;		/* room for 128 << class bytes */
	uint8_t bytes[];	/* headroom, then them */
};

struct pkt_pool {
	struct pool packets, lazies;
	struct pool bufs[BUF_CLASSES];
	uint64_t bytes_held, bytes_peak, refused;
};

/* Room for `bytes` behind the headroom, reference count 1; NULL counts as refused. */
struct pkt_buf *pkt_buf_new(struct pkt_pool *pool, uint32_t bytes);
void pkt_buf_release(struct pkt_pool *pool, struct pkt_buf *b);

void pkt_chain_free(struct pkt_pool *pool, struct pkt_lazy *l);
int pkt_chain_clone(struct pkt_pool *pool, struct pkt *to, const struct pkt_lazy *from);
int pkt_chain_keep(struct pkt_pool *pool, struct pkt *first);

#endif
