/* emu/emu_super.c - super-segments come to a pipe as the wire packets for which they stand.
 *
 * They are taken apart at the door, so that each wire packet is lost, copied, damaged, counted, queued, marked and
 * served by itself, with headers and overhead of its own: what comes out, and when, is what would have come out had
 * they been put one by one at that instant. One that cannot be taken apart (seg.h) is one packet. Where there is no
 * memory for all parts the whole is dropped before the pipe sees it. Thread: the owner's lane. */
#include "emu_int.h"

#include "seg/seg.h"

void emu_put_super(struct emu *e, enum emu_kind kind, uint32_t number, struct pkt *p, const struct view *v,
	nrw_time now)
{
	const struct emu_cfg *cfg = emu_cfg_of(e);
	struct pkt_fifo parts = { 0 };
	struct pkt *part;
	struct seg s;

	if (seg_begin(&s, p) < 2) {
		p->flags &= (uint8_t)~PKT_SUPER;
		emu_put(e, kind, number, p, v, now);
		return;
	}
	if (seg_split(&s, cfg->pool, &parts)) {
		p->at = now;
		cfg->dropped(cfg->ctx, p, DROP_NO_MEMORY, kind, number);
		return;
	}
	pkt_free(cfg->pool, p);
	while ((part = pkt_fifo_take(&parts)))
		emu_put(e, kind, number, part, v, now);
}
