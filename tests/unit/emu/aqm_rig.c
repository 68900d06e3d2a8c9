/* aqm_rig.c - see aqm_rig.h. */
#include "aqm_rig.h"

#include <stdlib.h>

#include "base/u128.h"
#include "test.h"

uint64_t aqm_rig_draw(void *dice)
{
	return dice_draw(dice);
}

void aqm_rig_init(struct aqm_rig *r, const struct aqm_conf *conf, uint64_t rate)
{
	memset(r, 0, sizeof(*r));
	r->conf = *conf;
	r->rate = rate;
	r->dice.key = 2;
	r->state = calloc(1, conf->ops->size);
	assert_non_null(r->state);
	if (conf->ops->init)
		conf->ops->init(aqm_params(conf), r->state, 0);
	memset(r->fates, '?', RIG_PACKETS);
}

void aqm_rig_fini(struct aqm_rig *r)
{
	free(r->state);
}

static enum nrw_aqm_verdict ask(struct aqm_rig *r, uint32_t n, nrw_time now, bool put)
{
	const struct rig_pkt *p = &r->pkts[n];
	struct nrw_aqm_look look = {
		.now = now, .arrived = p->at, .bytes = p->bytes, .packets = r->tail - r->head, .queued = r->queued,
		.rate = r->rate, .slots = r->slots, .room = r->room, .ect = p->ect, .draw = aqm_rig_draw,
		.dice = &r->dice,
	};
	enum nrw_aqm_verdict (*fn)(const void *, void *, const struct nrw_aqm_look *) =
		put ? r->conf.ops->put : r->conf.ops->take;
	enum nrw_aqm_verdict verdict = fn ? fn(aqm_params(&r->conf), r->state, &look) : NRW_AQM_PASS;

	if (r->seen)
		r->seen(r);
	assert_true(verdict != NRW_AQM_MARK || p->ect);		/* the law that needs no scenario */
	if (verdict == NRW_AQM_MARK)
		r->fates[n] = 'm';
	if (verdict == NRW_AQM_DROP)
		r->fates[n] = 'd';
	return verdict;
}

/* Until one passes: it begins its service. */
static void serve(struct aqm_rig *r, nrw_time now)
{
	while (r->head != r->tail) {
		uint32_t n = r->queue[r->head++];
		bool drop;

		r->queued -= r->pkts[n].bytes;
		r->left[n] = now;
		drop = ask(r, n, now, false) == NRW_AQM_DROP;
		if (r->head == r->tail && r->conf.ops->emptied)
			r->conf.ops->emptied(aqm_params(&r->conf), r->state, now);
		if (drop)
			continue;
		if (r->fates[n] == '?')
			r->fates[n] = '.';
		r->free = now + u128_muldiv_ceil(8 * r->pkts[n].bytes, NRW_S, r->rate);
		return;
	}
}

void aqm_rig_drain(struct aqm_rig *r, nrw_time until)
{
	while (r->head != r->tail && r->free <= until)
		serve(r, r->free);
}

void aqm_rig_put(struct aqm_rig *r, nrw_time at, uint64_t bytes, bool ect)
{
	uint32_t n = r->count++;

	assert_true(n < RIG_PACKETS);
	aqm_rig_drain(r, at);
	r->pkts[n] = (struct rig_pkt){ at, bytes, ect };
	if (ask(r, n, at, true) == NRW_AQM_DROP)
		return;
	r->queue[r->tail++] = n;
	r->queued += bytes;
	if (r->free <= at)
		serve(r, at);
}

void aqm_rig_run(struct aqm_rig *r, const struct rig_load *load)
{
	struct dice d = { .key = 1 };
	nrw_time at = 0;

	for (uint32_t i = 0; i < load->packets; i++) {
		uint64_t bytes;

		at += dice_draw(&d) % load->gaps[i / load->stretch % load->gap_count];
		bytes = 40 + dice_draw(&d) % 1461;
		aqm_rig_put(r, at, bytes, dice_draw(&d) & 1);
	}
	aqm_rig_drain(r, UINT64_C(1) << 63);
	r->fates[r->count] = '\0';
}
