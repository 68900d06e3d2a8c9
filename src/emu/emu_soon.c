/* emu/emu_soon.c - packets that were told before they come: whose flow they are is looked for ahead of time.
 *
 *      told so many ago    0       its digest; the bucket is fetched
 *                          3       which flow stands first in the bucket; it is fetched
 *                          6       the one behind it, where that is another; it is fetched
 *                          9       is it its flow? what a packet touches of it is fetched
 *                          12      it comes
 *
 * So no step waits for the one before, and when the packet comes, a look at the ring says whose it is: its key is not
 * digested again, and the table not asked. Who tells may be wrong: a packet that is not in the ring, or third in its
 * bucket, is looked up, and those told before one that came do not come any more. A flow that leaves the table leaves
 * the ring too, so the others in it are there; key and digest stay right whatever happens. */
#include "emu_flow.h"

#define FIRST 3u	/* so many told later, the next step is taken */
#define SECOND 6u
#define KNOWN 9u

static struct emu_told *told_before(struct emu_soon *s, unsigned n)
{
	return &s->told[(s->next - n) % EMU_TOLD];
}

static struct emu_flow *flow_of(struct hash_node *n)
{
	return n ? container_of(n, struct emu_flow, node) : NULL;
}

static void look_first(struct emu_told *t)
{
	t->flow = t->bucket ? flow_of(*t->bucket) : NULL;
	emu_fetch(t->flow);
}

static void look_second(struct emu_told *t)
{
	if (t->flow && t->flow->node.digest != t->digest) {
		t->flow = flow_of(t->flow->node.next);
		emu_fetch(t->flow);
	}
}

static void know(struct emu_told *t)
{
	t->known = t->flow && t->flow->node.digest == t->digest &&
		emu_key_is(&t->key, t->words, t->flow->key, t->flow->key_more);
	if (t->known)
		emu_flow_warm(t->flow);
}

void emu_flows_soon(struct emu_flows *f, const struct view *v)
{
	struct emu_soon *s = &f->soon;
	struct emu_told *now = told_before(s, 0);

	if (s->next - s->first == EMU_TOLD)
		s->first++;
	know(told_before(s, KNOWN));
	look_second(told_before(s, SECOND));
	look_first(told_before(s, FIRST));
	now->words = emu_key_make(&now->key, f->shape, v);
	now->digest = hash_digest(&f->table, now->key.w, now->words * sizeof(*now->key.w));
	now->bucket = hash_bucket(&f->table, now->digest);
	now->flow = NULL;
	now->known = false;
	__builtin_prefetch(now->bucket);
	s->next++;
}

const struct emu_told *emu_soon_find(struct emu_soon *s, const struct emu_key *key, unsigned words)
{
	for (uint64_t i = s->first; i != s->next; i++) {
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
	for (unsigned i = 0; i < EMU_TOLD && s->next; i++) {
		s->told[i].bucket = NULL;
		if (s->told[i].flow == flow) {
			s->told[i].flow = NULL;
			s->told[i].known = false;
		}
	}
}
