/* bloat.c - see bloat.h. */
#include "bloat.h"

#include <stdlib.h>

#include "kit.h"
#include "test.h"

#define PACKETS (1u << 18)
#define RING 4096u			/* above any window */
#define BULK_BYTES 1500u
#define LIGHT_BYTES 100u
#define LIGHT UINT32_MAX

struct sent {
	nrw_time at;
	uint32_t flow, number;
	bool acked;
};

struct ack {
	nrw_time at;
	uint32_t seq;
};

struct bulk {
	double window, threshold;
	uint32_t seqs[RING];		/* by number % RING: the packet's seq in the world */
	uint32_t next, oldest, highest;	/* to send; not known to have come or to be missing; that came */
	uint32_t flying, halved_at;	/* a loss below this number is of the window that was halved */
	nrw_time heard;
};

static struct sent sent[PACKETS];
static struct ack acks[PACKETS];
static struct bulk bulks[BLOAT_FLOWS];

struct world {
	const struct bloat_setup *s;
	struct bloat_result *r;
	struct kit *k;
	uint32_t count, ack_head, ack_tail;
	nrw_time light_next;
};

static void put(struct world *w, uint32_t flow, uint32_t number, uint32_t bytes, nrw_time now)
{
	struct view v = kit_view(flow == LIGHT ? 1 : 2 + flow, false);
	struct pkt *p = pkt_new(w->k->pool);

	assert_true(p && w->count < PACKETS);
	sent[w->count] = (struct sent){ .at = now, .flow = flow, .number = number };
	p->acct_bytes = p->wire_bytes = bytes;
	p->seq = w->count++;
	emu_put(w->k->emu, w->s->kind, 1, p, &v, now);
}

static void send_window(struct world *w, uint32_t flow, nrw_time now)
{
	struct bulk *b = &bulks[flow];

	while (b->flying < (uint32_t)b->window) {
		assert_true(b->next - b->oldest < RING);
		b->seqs[b->next % RING] = w->count;
		put(w, flow, b->next++, BULK_BYTES, now);
		b->flying++;
	}
}

/* All below the one that came by three or more are known by now. */
static void find_missing(struct bulk *b)
{
	bool missing = false;

	while (b->oldest < b->highest && (sent[b->seqs[b->oldest % RING]].acked || b->oldest + 3 <= b->highest)) {
		if (!sent[b->seqs[b->oldest % RING]].acked) {
			b->flying--;
			missing |= b->oldest >= b->halved_at;
		}
		b->oldest++;
	}
	if (!missing)
		return;
	b->threshold = b->window / 2 < 2 ? 2 : b->window / 2;
	b->window = b->threshold;
	b->halved_at = b->next;
}

static void take_ack(struct world *w, const struct ack *a)
{
	struct sent *p = &sent[a->seq];
	struct bulk *b = &bulks[p->flow];

	p->acked = true;
	b->heard = a->at;
	if (p->number >= b->oldest)
		b->flying--;
	if (p->number > b->highest)
		b->highest = p->number;
	b->window += b->window < b->threshold ? 1 : 1 / b->window;
	if (b->window > w->s->window)
		b->window = w->s->window;
	find_missing(b);
	send_window(w, p->flow, a->at);
}

/* Nothing was heard for a second: all is missing. */
static void look_at_timers(struct world *w, nrw_time now)
{
	for (uint32_t i = 0; i < w->s->bulk; i++) {
		struct bulk *b = &bulks[i];

		if (now - b->heard < NRW_S)
			continue;
		b->oldest = b->halved_at = b->next;
		b->flying = 0;
		b->threshold = 2;
		b->window = 1;
		b->heard = now;
		send_window(w, i, now);
	}
}

static void note(struct world *w, const struct kit_out *out)
{
	const struct sent *p = &sent[out->seq];
	nrw_time waited = out->at - p->at - w->s->delay;
	struct bloat_result *r = w->r;

	if (p->flow != LIGHT) {
		acks[w->ack_tail++] = (struct ack){ out->at + w->s->back, (uint32_t)out->seq };
		if (out->at < w->s->until / 2)
			return;
		r->waited_sum += waited;
		r->waited_count++;
		r->bulk_bytes += BULK_BYTES;
		return;
	}
	if (r->samples < BLOAT_SAMPLES) {
		r->at[r->samples] = p->at;
		r->waited[r->samples++] = waited;
	}
}

static nrw_time next_event(const struct world *w)
{
	nrw_time at = w->light_next, ack = w->ack_head < w->ack_tail ? acks[w->ack_head].at : NRW_NEVER;
	nrw_time out = emu_next(w->k->emu);

	at = ack < at ? ack : at;
	return out < at ? out : at;
}

static void step(struct world *w, nrw_time now)
{
	struct kit_out out;

	while (kit_take(w->k, now, &out))
		note(w, &out);
	while (w->ack_head < w->ack_tail && acks[w->ack_head].at <= now)
		take_ack(w, &acks[w->ack_head++]);
	if (w->light_next > now)
		return;
	w->r->light_sent++;
	put(w, LIGHT, 0, LIGHT_BYTES, now);
	w->light_next += w->s->light_gap;
	look_at_timers(w, now);
}

void bloat_run(const struct bloat_setup *s, struct bloat_result *r)
{
	struct world w = { .s = s, .r = r, .k = kit_new(1), .light_next = 5 * NRW_MS };
	nrw_time now;

	*r = (struct bloat_result){ 0 };
	for (int i = 0; i < 3 && s->lines[i]; i++)
		kit_line(w.k, 0, s->lines[i]);
	for (uint32_t i = 0; i < s->bulk; i++) {
		bulks[i] = (struct bulk){ .window = 2, .threshold = s->window };
		send_window(&w, i, i * NRW_MS / 8);
	}
	while ((now = next_event(&w)) < s->until)
		step(&w, now);
	r->dropped = w.k->dropped;
	kit_free(w.k);
}
