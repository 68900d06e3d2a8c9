/* lane/lane_explain.c - what the rules say of a packet, without doing it.
 *
 * The way of lane_input() up to the answer, with every rule that matched told on the way: commands of `at` run at their
 * time, counters count, `log` reports, tags and rewritten fields are the packet's for the rest of its way through the
 * rules. Then nothing: no pipe, no answer, no way back. A packet that would go back to the rules out of a pipe is told
 * with the pipe as verdict, since when it comes back depends on what else is in there. The lane's thread. */
#include "lane_int.h"

/* "pipe tablearg" with what that was for this packet. */
static struct word by_number(struct lane *l, const struct rules_answer *a, struct word action)
{
	int n;

	if ((a->verdict != RULES_PIPE && a->verdict != RULES_QUEUE) || action.p[action.n - 1] != 'g')
		return action;
	n = snprintf(l->by_number, sizeof(l->by_number), "%s %u", a->verdict == RULES_PIPE ? "pipe" : "queue", a->arg);
	return (struct word){ l->by_number, (size_t)n };
}

void lane_explain(struct lane *l, struct pkt *p, nrw_time now, const struct lane_seen *seen,
	void (*matched)(void *ctx, uint32_t rule), void *ctx, struct lane_verdict *v)
{
	if (l->next_at <= now || emu_next(l->emu) <= now)
		lane_advance(l, now);
	p->seq = l->arrivals++;
	*v = (struct lane_verdict){ .judged = lane_look_at(l, p, now), .view = &l->view };
	if (!v->judged)
		return;
	if (seen) {
		l->meta.dir = (uint8_t)seen->dir;
		l->meta.iface_in = seen->iface_in;
		l->meta.iface_out = seen->iface_out;
	}
	l->pass.from = 0;
	l->pass.again = false;
	rules_judge_traced(l->rules, &l->pass, &v->answer, matched, ctx);
	v->action = rules_action(l->rules, v->answer.rule);
	v->action = by_number(l, &v->answer, v->action);
	if (v->answer.verdict == RULES_PIPE || v->answer.verdict == RULES_QUEUE)
		v->missing = !emu_has(l->emu, v->answer.verdict == RULES_PIPE ? EMU_PIPE : EMU_QUEUE, v->answer.arg);
}
