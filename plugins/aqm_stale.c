/* aqm_stale.c - drops what is not worth sending any more: packets that waited longer than an age.
 *
 *      pipe 1 config bw 1Mbit/s queue 1000 stale age 20ms
 *
 * A call, or a game, has no use for what comes late, and each packet that is dropped lets those behind it be in time.
 * Looked at is each packet when the link is free for it. With `ecn` what may be marked is marked, and still sent. */
#include <narrows/plugin.h>

enum { AGE, ECN };

static const struct nrw_aqm_param words[] = {
	[AGE] = { "age", NRW_AQM_TIME, 50 * NRW_MS, 1, NRW_NEVER },
	[ECN] = { "ecn", NRW_AQM_FLAG, 0, 0, 0 },
};

static enum nrw_aqm_verdict stale_take(const void *params, void *state, const struct nrw_aqm_look *look)
{
	const uint64_t *p = params;

	(void)state;
	if (look->now - look->arrived <= p[AGE])
		return NRW_AQM_PASS;
	return p[ECN] && look->ect ? NRW_AQM_MARK : NRW_AQM_DROP;
}

static const struct nrw_aqm_ops stale = {
	.name = "stale",
	.help = "drops what waited longer than [age 50ms], or marks it [ecn]",
	.words = words,
	.word_count = 2,
	.take = stale_take,
};

const struct nrw_plugin nrw_plugin = { NRW_PLUGIN_ABI, sizeof(struct nrw_plugin), NULL, &stale };
