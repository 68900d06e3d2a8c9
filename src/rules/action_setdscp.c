/* rules/action_setdscp.c - setdscp X: the DS field of the packet becomes X, its ECN stays; the scan goes on.
 *
 * Later rules see the new value, and so does what comes out. The checksum of IPv4 is changed by the difference
 * (wire/change.h). Bytes of a mapped capture are read-only: the first change copies the packet, and one that finds no
 * memory for that ends as `no-memory`. A packet that has the value already is not touched; nor is a frame judged at
 * layer 2. RFC 2474; names of RFC 2597 and 3246. */
#include "rules_int.h"

#include "pkt/pkt.h"
#include "wire/change.h"

#define BY_ARG 255		/* tablearg */

static int setdscp_parse(struct parse *ps, struct part *p)
{
	uint8_t *dscp = part_grow(ps, p, sizeof(*dscp));
	uint64_t n = 0;
	struct word w;
	int rc = 0;

	if (!dscp)
		return ERR_NOMEM;
	if (!token_value(ps, &w) || !w.n || (proto_begins(w) && !(w.p[0] >= '0' && w.p[0] <= '9')))
		return parse_error(ps, token_place(ps), ERR_SYNTAX,
			"setdscp: a value is missing here; allowed: 0..63, be, ef, cs0..cs7, af11..af43");
	ps->at++;
	p->at = w;
	if (word_is(w, "tablearg")) {
		*dscp = BY_ARG;
		arg_use(ps, w, ARG_DSCP);
		return 0;
	}
	if (!names_dscp(w, &n) && !(w.p[0] >= '0' && w.p[0] <= '9'))
		return parse_error(ps, w, ERR_UNKNOWN, "setdscp: " WORD_FMT
			" is not a DS field; allowed: 0..63, be, ef, cs0..cs7, af11..af43", WORD_ARGS(w));
	if (!names_dscp(w, &n))
		rc = parse_num(ps, w, "setdscp", 0, WIRE_DSCP_MAX, &n);
	*dscp = (uint8_t)n;
	return rc;
}

static void setdscp_print(const struct part *p, struct str *to)
{
	unsigned dscp = *(const uint8_t *)p->own;
	const char *name = names_dscp_text(dscp);

	if (dscp == BY_ARG)
		str_add(to, "tablearg");
	else if (name)
		str_add(to, "%s", name);
	else
		str_add(to, "%u", dscp);
}

static enum rule_step setdscp_act(const void *own, struct rules_pass *x)
{
	uint8_t dscp = *(const uint8_t *)own;
	uint32_t n = 0;

	if (dscp == BY_ARG && arg_value(&x->look, ARG_DSCP, &n))
		dscp = (uint8_t)n;
	if (!(x->view->has & VIEW_HAS_IP) || x->meta->layer2 || x->view->tos >> 2 == dscp)
		return STEP_NEXT;
	if (!act_writable(x))
		return STEP_END;
	wire_dscp_set(x->pkt->data, x->view, dscp);
	return STEP_NEXT;
}

const struct rules_word action_setdscp = {
	.word = "setdscp",	.kind = WORD_ACTION,
	.help = "setdscp X|tablearg: the DS field becomes X (be, ef, cs0..cs7, af11..af43, 0..63); on at the next rule",
	.size = sizeof(uint8_t),	.parse = setdscp_parse,	.print = setdscp_print,
	.step = STEP_NEXT,	.act = setdscp_act,
};
