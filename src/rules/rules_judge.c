/* rules/rules_judge.c - one packet through a set: the linear scan, as ipfw means it.
 *
 * Rules are asked in order; the conditions of a rule lie one behind the other in memory, and each says where to go
 * on at yes and at no, so that blocks and `not` cost nothing and the loop has no case for them. skipto names the
 * index to go on at, computed when the set was made; it only goes forward, so the scan ends at the default rule at
 * the latest. Counters are the caller's; a rule counts when its body matched. Called by the lane's thread, never
 * allocates, writes nothing else.
 *
 * Cost, the lowest seen on a busy AMD EPYC with 100 and 1000 rules: 2.5 ns a rule, 3 ns more for each condition asked;
 * 5 ns for the default rule alone. Linear in the rules reached. */
#include "rules_int.h"

static inline bool body_matches(const struct rules_set *s, const struct rule_run *r, const struct rules_look *l)
{
	const char *at = s->runs + r->first, *end = s->runs + r->end;
	uint32_t step;

	for (; at != end; at += step) {
		const struct run *run = (const struct run *)(const void *)at;

		step = run->step[run->run(run + 1, l)];
		if (!step)
			return false;
	}
	return true;
}

typedef void (*trace_fn)(void *ctx, uint32_t rule);

static inline __attribute__((always_inline)) void judge(const struct rules_set *s, const struct rules_look *l,
	struct rules_counter *counters, struct rules_answer *a, trace_fn trace, void *ctx)
{
	for (uint32_t i = 0;;) {
		const struct rule_run *r = &s->rules[i];

		if (!body_matches(s, r, l)) {
			i++;
			continue;
		}
		counters[i].packets++;
		counters[i].bytes += l->meta->len_bytes;
		if (trace)
			trace(ctx, i);
		switch ((enum rule_step)r->step) {
		case STEP_NEXT:
			i++;
			break;
		case STEP_JUMP:
			i = r->arg;
			break;
		case STEP_END:
			*a = (struct rules_answer){ (enum rules_verdict)r->verdict, r->arg, i };
			return;
		}
	}
}

void rules_judge(const struct rules_set *s, const struct rules_look *l, struct rules_counter *counters,
	struct rules_answer *a)
{
	judge(s, l, counters, a, NULL, NULL);
}

void rules_judge_traced(const struct rules_set *s, const struct rules_look *l, struct rules_counter *counters,
	struct rules_answer *a, void (*trace)(void *ctx, uint32_t rule), void *ctx)
{
	judge(s, l, counters, a, trace, ctx);
}
