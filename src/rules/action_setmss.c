/* rules/action_setmss.c - tcp-setmss N: the MSS that a SYN offers becomes N where it is more; the scan goes on.
 *
 * It lowers and never raises, and adds no option where there is none. TCP's checksum is changed by the difference
 * (wire/change.h), so a record that the snapshot length cut is changed as well as a whole one; where the option was
 * not captured, nothing can be done. Bytes of a mapped capture are read-only: the change copies the packet, and one
 * that finds no memory for that ends as `no-memory`. Frames judged at layer 2 stay as they are. */
#include "rules_int.h"

#include "pkt/pkt.h"
#include "wire/change.h"

static int setmss_parse(struct parse *ps, struct part *p)
{
	uint16_t *mss = part_grow(ps, p, sizeof(*mss));
	uint64_t n = 0;
	struct word w;
	int rc;

	if (!mss)
		return ERR_NOMEM;
	if (!token_value(ps, &w) || !w.n || (proto_begins(w) && !(w.p[0] >= '0' && w.p[0] <= '9')))
		return parse_error(ps, token_place(ps), ERR_SYNTAX,
			"tcp-setmss: a number in 1..65535 is missing");
	ps->at++;
	p->at = w;
	rc = parse_num(ps, w, "tcp-setmss", 1, UINT16_MAX, &n);
	*mss = (uint16_t)n;
	return rc;
}

static void setmss_print(const struct part *p, struct str *to)
{
	str_add(to, "%u", *(const uint16_t *)p->own);
}

static enum rule_step setmss_act(const void *own, struct rules_pass *x)
{
	uint16_t mss = *(const uint16_t *)own;

	if (x->meta->layer2 || !wire_mss_above(x->look.bytes, x->look.len_bytes, x->view, mss))
		return STEP_NEXT;
	if (!act_writable(x))
		return STEP_END;
	wire_mss_lower(x->pkt->data, x->look.len_bytes, x->view, mss);
	return STEP_NEXT;
}

const struct rules_word action_setmss = {
	.word = "tcp-setmss",	.kind = WORD_ACTION,
	.help = "tcp-setmss N: lowers the MSS option of a SYN to N; the next rule is asked",
	.size = sizeof(uint16_t),	.parse = setmss_parse,	.print = setmss_print,
	.step = STEP_NEXT,	.act = setmss_act,
};
