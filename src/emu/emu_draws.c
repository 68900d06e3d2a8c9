/* emu/emu_draws.c - how often the dice of flows that are gone were drawn.
 *
 * A draw depends on how often its flow drew before, also where the flow was idle for so long that it was folded in
 * between. So a flow that drew leaves 32 bytes behind: the key of its dice and the count, which it takes along when it
 * is made again. Only flows of a pipe that loses packets draw. Memory: taken when a flow is folded, given back when it
 * returns; it grows with the flows that were ever lost from sight. Without memory the dice begin anew, with a word in
 * the trace. The order of the table is seen by nobody. */
#include "emu_flow.h"

#include <inttypes.h>

#include "base/log.h"

struct past {
	struct hash_node node;
	uint64_t key, drawn;
};

void emu_draws_init(struct emu_draws *d, struct siphash_key key)
{
	hash_init(&d->table, key);
	pool_init(&d->pool, sizeof(struct past), _Alignof(struct past), 0);
}

void emu_draws_fini(struct emu_draws *d)
{
	struct hash_node *n;

	while ((n = hash_take(&d->table)))
		pool_put(&d->pool, container_of(n, struct past, node));
	hash_fini(&d->table);
	pool_fini(&d->pool);
}

void emu_draws_keep(struct emu_draws *d, const struct dice *dice)
{
	struct past *past = pool_take(&d->pool);

	if (!past) {
		TRACE(emu, "no memory for the dice of a flow: they begin anew after %" PRIu64 " draws", dice->drawn);
		return;
	}
	past->key = dice->key;
	past->drawn = dice->drawn;
	hash_add(&d->table, &past->node, hash_digest(&d->table, &past->key, sizeof(past->key)));
}

void emu_draws_resume(struct emu_draws *d, struct dice *dice)
{
	struct hash_node *n;

	if (!d->table.count)
		return;
	for (n = hash_find(&d->table, hash_digest(&d->table, &dice->key, sizeof(dice->key))); n; n = hash_again(n)) {
		struct past *past = container_of(n, struct past, node);

		if (past->key != dice->key)
			continue;
		dice->drawn = past->drawn;
		hash_remove(&d->table, n);
		pool_put(&d->pool, past);
		return;
	}
}
