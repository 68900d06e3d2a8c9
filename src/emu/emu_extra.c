/* emu/emu_extra.c - what flows have beyond a queue and a link: its memory and its dice. The drawing is in emu_extra.h.
 *
 * One pool for each object that has flows, since the state of its queue management is part of the object's size: where
 * a line asks for another kind, all extras move to a new pool, made whole before the old one goes. Otherwise one is
 * taken when a flow is made, and given back with it. An extra that nothing asks for any more stays, because its dice
 * have been drawn. The dice of plain loss are the flow's own (emu_flow.loss), so they are handed over where an extra
 * begins or ends to be asked. Thread: the owner's lane. */
#include "emu_extra.h"

#include <string.h>

#include "emu_order.h"

unsigned emu_parts(const struct emu_conf *c)
{
	unsigned parts = 0;

	if (c->aqm.ops)
		parts |= PART_AQM;
	if (!emu_road_is_plain(c))
		parts |= PART_SERVICE;
	if (c->cut)
		parts |= PART_ENTRY;
	if (emu_impair_entry(&c->impair))
		parts |= PART_ENTRY;
	if (emu_impair_exit(&c->impair) || emu_road_jitters(c))
		parts |= PART_EXIT;
	if (c->pcap || c->log.mm || c->log.events)
		parts |= PART_TAP;
	return parts;
}

void emu_extras_fini(struct emu_extras *x)
{
	if (x->size)
		pool_fini(&x->pool);
	x->size = 0;
}

static void manage_anew(const struct emu_extras *x, struct emu_extra *extra, nrw_time now)
{
	if (!x->aqm)
		return;
	memset(extra->aqm, 0, x->aqm->size);
	if (x->aqm->init)
		x->aqm->init(emu_extras_params(x), extra->aqm, now);
}

/* Dice as if none was drawn, for the flow of this number. */
static void begin(const struct emu_flows *f, struct emu_extra *extra, uint64_t number)
{
	const struct emu_pipe *pipe = f->pipe;

	memset(extra, 0, sizeof(*extra));
	emu_course_init(&extra->course);
	for (unsigned i = 1; i < EMU_DICES; i++)
		extra->dice[i].key = dice_key(emu_seed(pipe), emu_dice_kind(pipe), pipe->number, number, i);
}

int emu_extra_new(struct emu_flows *f, struct emu_flow *flow, uint64_t number, nrw_time now)
{
	struct emu_extra *extra = pool_take(&f->extras.pool);

	if (!extra)
		return ERR_NOMEM;
	begin(f, extra, number);
	for (unsigned i = 1; i < EMU_DICES; i++)
		emu_draws_resume(&f->draws, &extra->dice[i]);
	manage_anew(&f->extras, extra, now);
	flow->extra = extra;
	return 0;
}

void emu_extra_free(struct emu_flows *f, struct emu_flow *flow)
{
	if (flow->extra)
		pool_put(&f->extras.pool, flow->extra);
	flow->extra = NULL;
}

/* Another seed: dice begin anew, and nothing is remembered of draws. */
void emu_extras_reseed(struct emu_flows *f)
{
	const struct emu_pipe *pipe = f->pipe;

	list_each(at, &f->all) {
		struct emu_flow *flow = container_of(at, struct emu_flow, all);
		struct emu_key key = emu_flow_key(flow);
		uint64_t number = flow == f->sole ? 0 : emu_key_number(&key);

		flow->loss = (struct dice){ .key = dice_key(emu_seed(pipe), emu_dice_kind(pipe), pipe->number, number,
			DICE_LOSS) };
		for (unsigned i = 1; flow->extra && i < EMU_DICES; i++)
			flow->extra->dice[i] = (struct dice){ .key = dice_key(emu_seed(pipe), emu_dice_kind(pipe),
				pipe->number, number, i) };
		if (flow->extra)
			flow->extra->chance = (struct emu_chance){ .seq_out = flow->extra->chance.seq_out };
	}
}

/* ---- another configuration ---- */

struct waiting {		/* an extra that nobody has yet */
	struct waiting *next;
};

/* As many as there are flows; NULL: no memory, or no flow, which *rc tells. */
static struct waiting *take_all(struct emu_extras *x, uint32_t n, int *rc)
{
	struct waiting *all = NULL, *one;

	*rc = 0;
	while (n-- && !*rc) {
		one = pool_take(&x->pool);
		if (one) {
			one->next = all;
			all = one;
		} else {
			*rc = ERR_NOMEM;
		}
	}
	while (*rc && (one = all)) {
		all = one->next;
		pool_put(&x->pool, one);
	}
	return all;
}

static void move(struct emu_flows *f, struct emu_extras *to, struct emu_flow *flow, struct emu_extra *extra,
	nrw_time now)
{
	struct emu_key key = emu_flow_key(flow);

	if (flow->extra)
		memcpy(extra, flow->extra, sizeof(*extra));
	else
		begin(f, extra, flow == f->sole ? 0 : emu_key_number(&key));
	manage_anew(to, extra, now);
	emu_extra_free(f, flow);
	flow->extra = extra;
}

/* All flows get extras of another size, or their first ones. */
static int move_all(struct emu_flows *f, const struct nrw_aqm_ops *aqm, const struct aqm_conf *conf, nrw_time now)
{
	struct emu_extras to = { .aqm = aqm, .conf = *conf, .size = sizeof(struct emu_extra) + (aqm ? aqm->size : 0) };
	struct waiting *all;
	int rc;

	pool_init(&to.pool, to.size, alignof(struct emu_extra), 0);
	all = take_all(&to, f->alive, &rc);
	if (rc) {
		pool_fini(&to.pool);
		return rc;
	}
	list_each(at, &f->all) {
		struct waiting *one = all;

		all = one->next;
		move(f, &to, container_of(at, struct emu_flow, all), (struct emu_extra *)(void *)one, now);
	}
	emu_extras_fini(&f->extras);
	f->extras = to;
	return 0;
}

/* Plain loss draws from the flow's dice, what PART_ENTRY knows from the extra's: one purpose, one count. */
static void hand_over_loss(struct emu_flows *f, unsigned parts)
{
	list_each(at, &f->all) {
		struct emu_flow *flow = container_of(at, struct emu_flow, all);
		struct emu_order *o = emu_order_of(flow);
		struct dice *loss = o && o->direct ? &o->direct->flow.loss : &flow->loss;

		if (parts & PART_ENTRY)
			flow->extra->dice[DICE_LOSS] = *loss;
		else
			*loss = flow->extra->dice[DICE_LOSS];
	}
}

int emu_extras_config(struct emu_flows *f, unsigned parts, const struct aqm_conf *aqm, nrw_time now)
{
	const struct nrw_aqm_ops *ops = parts & PART_AQM ? aqm->ops : NULL;

	if (!parts && !f->extras.size)
		return 0;
	if ((!f->extras.size || ops != f->extras.aqm) && move_all(f, ops, aqm, now))
		return ERR_NOMEM;
	f->extras.conf = *aqm;
	if ((parts ^ f->parts) & PART_ENTRY)
		hand_over_loss(f, parts);
	f->parts = parts;
	if (f->ordered)
		emu_order_equip(f);
	return 0;
}
