/* emu/emu_soon.c - packets that were told before they come: whose flow they are is looked for ahead of time.
 *
 *      told   [k][k][k][k][k][k][k][k][k][k][k][k][k]                        a ring
 *              ^ first: comes next        ^  ^  ^  ^ just told: its digest, and the bucket is fetched
 *                                         |  |  the node that stands first there is fetched
 *                                         |  the one behind it, where that is another
 *                                         all are surely come: the flow is found, and what a packet touches is fetched
 *
 * So none of these steps waits for the one before, and when the packet comes, a look at the ring says whose it is: its
 * key is not digested again, and the table not asked. Who tells may be wrong: a packet that is not in the ring is looked
 * up as if nothing had been told, and those told before one that came do not come any more. A flow that leaves the table
 * leaves the ring too; its key and digest stay right whatever happens. */
#include "emu_flow.h"

#define NODE 3u		/* so many told later, the next step is taken */
#define SECOND 6u
#define FLOW 9u

static struct emu_told *told_before(struct emu_soon *s, unsigned n)
{
	return &s->told[(s->next - n) % EMU_TOLD];
}

void emu_flows_soon(struct emu_flows *f, const struct view *v)
{
	struct emu_soon *s = &f->soon;
	struct emu_told *now = told_before(s, 0), *known = told_before(s, FLOW);

	if (s->next - s->first == EMU_TOLD)
		s->first++;
	known->flow = emu_flow_find(f, &known->key, known->words, known->digest);
	if (known->flow)
		emu_flow_warm(known->flow);
	hash_fetch_second(&f->table, told_before(s, SECOND)->digest);
	hash_fetch_node(&f->table, told_before(s, NODE)->digest);
	now->words = emu_key_make(&now->key, f->shape, v);
	now->digest = hash_digest(&f->table, now->key.w, now->words * sizeof(*now->key.w));
	now->flow = NULL;
	hash_fetch_bucket(&f->table, now->digest);
	s->next++;
}

const struct emu_told *emu_soon_meet(struct emu_soon *s, const struct emu_key *key, unsigned words)
{
	for (unsigned i = s->first; i != s->next; i++) {
		const struct emu_told *t = &s->told[i % EMU_TOLD];

		if (emu_key_is(key, words, t->key.w, &t->key.w[2])) {
			s->first = i + 1;
			return t;
		}
	}
	return NULL;
}

void emu_soon_forget(struct emu_soon *s, const struct emu_flow *flow)
{
	for (unsigned i = s->first; i != s->next; i++)
		if (s->told[i % EMU_TOLD].flow == flow)
			s->told[i % EMU_TOLD].flow = NULL;
}
