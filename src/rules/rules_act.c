/* rules/rules_act.c - what actions do alike when they act: ask for an answer, make the packet's bytes their own.
 *
 * Called on the lane's thread while a packet is judged. */
#include "rules_int.h"

#include "pkt/pkt.h"

enum rule_step act_reply(struct rules_pass *x, enum rules_reply reply, uint8_t code)
{
	if (!x->meta->layer2) {
		x->answer->reply = reply;
		x->answer->code = code;
	}
	return STEP_NEXT;
}

bool act_writable(struct rules_pass *x)
{
	if (pkt_writable(x->pool, x->pkt)) {
		x->answer->verdict = RULES_DENY;
		x->answer->why = DROP_NO_MEMORY;
		return false;
	}
	x->look.bytes = x->pkt->data;
	return true;
}
