/* emu/emu_extra.c - what flows have beyond a queue and a link: its memory and its dice. The drawing is in emu_extra.h.
 *
 * One pool for each object that has flows, since the state of its queue management is part of the object's size. Taken
 * on the way of a packet that makes a flow, never otherwise. Thread: the owner's lane. */
#include "emu_extra.h"

#include <string.h>

unsigned emu_parts(const struct emu_conf *c)
{
	unsigned parts = 0;

	return parts;
}

void emu_extras_init(struct emu_extras *x, size_t aqm_bytes)
{
	*x = (struct emu_extras){ .size = sizeof(struct emu_extra) + aqm_bytes };
	pool_init(&x->pool, x->size, alignof(struct emu_extra), 0);
}

void emu_extras_fini(struct emu_extras *x)
{
	if (x->size)
		pool_fini(&x->pool);
	x->size = 0;
}

struct emu_extra *emu_extra_take(struct emu_extras *x, const struct emu_who *who)
{
	struct emu_extra *extra = pool_take(&x->pool);

	if (!extra)
		return NULL;
	memset(extra, 0, x->size);
	for (unsigned i = 1; i < EMU_DICES; i++)
		extra->dice[i].key = dice_key(who->seed, who->kind, who->number, who->flow, i);
	return extra;
}

void emu_extra_put(struct emu_extras *x, struct emu_extra *extra)
{
	pool_put(&x->pool, extra);
}
