/* lane/lane_answer.c - packets that rules send: what reject, unreach, reset, abort ask for.
 *
 *      rules: deny, and answer so --> may it be answered? --> within the limit? --> built, wire/answer.h --> ops.answer
 *
 * An answer leaves at the instant its packet is judged, behind what that packet brings about; it meets no rule and no
 * pipe, since it is no packet of the input, and rules that see their own answers would answer those.
 *
 * At most ANSWERS_PER_S are sent in each whole second of the lane's time, all kinds and rules together, as FreeBSD
 * limits its own: a flood of packets makes no flood of answers. What is not sent has a name and a count
 * (lane_answers()): over the limit, forbidden, not enough captured, no way back, no memory. An answer that was not
 * meant for the packet, such as `reset` for UDP, is none of these.
 *
 * Cost: about 200 ns, of packets that are answered. Thread: the lane's. */
#include "lane_int.h"

#include "wire/answer.h"

#define ANSWERS_PER_S 200

static const uint8_t kinds[] = {
	[RULES_SILENT] = ANSWER_NONE,
	[RULES_UNREACH] = ANSWER_UNREACH,
	[RULES_UNREACH6] = ANSWER_UNREACH6,
	[RULES_RESET] = ANSWER_RESET,
	[RULES_RESET6] = ANSWER_RESET6,
	[RULES_ABORT] = ANSWER_ABORT,
	[RULES_ABORT6] = ANSWER_ABORT6,
};

static struct pkt *lost(struct lane *l, enum drop why)
{
	l->answering.total.lost[why]++;
	return NULL;
}

static bool within_limit(struct answering *a, nrw_time now)
{
	if (now / NRW_S != a->second) {
		a->second = now / NRW_S;
		a->sent = 0;
	}
	return a->sent++ < ANSWERS_PER_S;
}

static struct pkt *make(struct lane *l, const struct pkt *p, const struct view *v, const struct answer *how,
	nrw_time now)
{
	struct pkt_pool *pool = l->cfg.pool;
	struct pkt *to = pkt_new(pool);

	if (!to)
		return lost(l, DROP_NO_MEMORY);
	if (pkt_room(pool, to, ANSWER_BYTES_MAX)) {
		pkt_free(pool, to);
		return lost(l, DROP_NO_MEMORY);
	}
	to->len_bytes = to->wire_bytes = answer_build(to->data, how, v, p->link, p->data, p->len_bytes);
	to->acct_bytes = to->len_bytes - v->l3_off;
	to->at = now;
	to->seq = p->seq;
	to->iface = p->iface;
	to->link = p->link;
	l->answering.total.packets++;
	l->answering.total.bytes += to->wire_bytes;
	return to;
}

struct pkt *lane_answer(struct lane *l, const struct pkt *p, const struct view *v, const struct rules_answer *a,
	nrw_time now)
{
	const struct answer how = { kinds[a->reply], a->code };

	switch (answer_fit(&how, v, p->link, p->data, p->len_bytes)) {
	case ANSWER_NOT_MEANT:
		return NULL;
	case ANSWER_FORBIDDEN:
		return lost(l, DROP_ANSWER_FORBIDDEN);
	case ANSWER_SHORT:
		return lost(l, DROP_ANSWER_SHORT);
	case ANSWER_NO_WAY:
		return lost(l, DROP_ANSWER_LINK);
	case ANSWER_FITS:
		break;
	}
	return within_limit(&l->answering, now) ? make(l, p, v, &how, now) : lost(l, DROP_ANSWER_LIMIT);
}

const struct lane_answers *lane_answers(const struct lane *l)
{
	return &l->answering.total;
}
