/* emu/emu_line.c - the delay line: packets whose service has ended, until they leave.
 *
 *      head                              tail
 *      [at 10][at 12][at 15][at 15][at 15] <-- put
 *                  ^before
 *
 * A list in the order of (exit, seq). Exits never decrease: where the delay got shorter, a packet leaves with the last
 * one before it, not earlier. So putting is appending, O(1), but for one case: packets that leave at one instant leave
 * in their order of arrival at the lane, and a packet that has been through another pipe first may be older than those
 * it meets here. Then its place is looked for among those of that instant, which begin behind `before`.
 *
 * A million packets held cost nothing but themselves. Impairments that let packets overtake will bring a line of their
 * own behind the same two calls. */
#include "emu_int.h"

static void insert(struct emu_line *l, struct pkt *p)
{
	struct pkt **link = l->before ? &l->before->next : &l->way.head;

	while ((*link)->seq <= p->seq)
		link = &(*link)->next;
	p->next = *link;
	*link = p;
}

void emu_line_put(struct emu_line *l, struct pkt *p, nrw_time exit)
{
	struct pkt *tail = l->way.tail;
	bool same = tail && exit <= l->last;	/* that of the tail; it may be cold, so it is not asked */

	l->count++;
	p->at = l->last = exit > l->last ? exit : l->last;
	if (same && tail->seq > p->seq) {
		insert(l, p);
		return;
	}
	if (!same)
		l->before = tail;
	pkt_fifo_put(&l->way, p);
}
