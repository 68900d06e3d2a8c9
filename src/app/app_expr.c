/* app/app_expr.c - an expression over a capture: text, program, packets.
 *
 * Our language names what the view has, so one program serves every link type. libpcap's compiler counts bytes from the
 * beginning of the frame, so its code is made for each link type and imported (filter/filter_bpf.h); for some types an
 * expression makes no sense ("ether host" over raw IP), and a packet of such a type ends the run: neither answer would
 * be true. Which of the two languages a text is, is told by trying: ours first. Few texts are both; `--bpf` decides.
 *
 * Built without libpcap only ours is there. Costs: docs/filter.md. One thread. */
#include "app_expr.h"

#include <stdlib.h>
#include <string.h>

#include "filter/filter_bpf.h"

struct app_expr {
	struct filter *own;			/* ours; NULL: */
	struct filter *of_link[LINK_COUNT];	/* libpcap's, NULL where it makes no sense */
	bool bpf;
};

#ifdef HAVE_LIBPCAP
#include <pcap/pcap.h>

#include "app_int.h"

static struct filter *import(const struct bpf_program *code, struct err *e)
{
	struct filter_bpf *insns = calloc(code->bf_len + (size_t)1, sizeof(*insns));
	struct filter *f;

	if (!insns) {
		err_set(e, ERR_NOMEM, "no memory for the program");
		return NULL;
	}
	for (unsigned i = 0; i < code->bf_len; i++)
		insns[i] = (struct filter_bpf){ code->bf_insns[i].code, code->bf_insns[i].jt, code->bf_insns[i].jf,
			code->bf_insns[i].k };
	f = filter_import(insns, code->bf_len, e);
	free(insns);
	return f;
}

static struct filter *compile_bpf(const char *text, enum wire_link link, struct err *e)
{
	struct bpf_program code;
	struct filter *f;

	if (app_bpf_compile(text, link, &code, e))
		return NULL;
	f = import(&code, e);
	pcap_freecode(&code);
	return f;
}
#else
static struct filter *compile_bpf(const char *text, enum wire_link link, struct err *e)
{
	(void)text;
	(void)link;
	err_set(e, ERR_USAGE, "expressions of libpcap need libpcap, which this build was made without");
	return NULL;
}
#endif

/* For each link type; the error, if there is none that it makes sense for, is Ethernet's. */
static int compile_all(struct app_expr *x, const char *text, struct err *e)
{
	struct err ethernet = { 0 };
	bool sense = false;

	for (int link = LINK_UNKNOWN + 1; link < LINK_COUNT; link++) {
		struct err one = { 0 };

		x->of_link[link] = compile_bpf(text, (enum wire_link)link, &one);
		sense |= x->of_link[link] != NULL;
		if (link == LINK_ETHERNET)
			ethernet = one;
	}
	x->bpf = true;
	if (!sense && e)
		*e = ethernet;
	return sense ? 0 : ERR_USAGE;
}

int app_expr_new(struct app_expr **out, const char *text, bool bpf, struct errs *errs, struct err *e)
{
	struct app_expr *x = calloc(1, sizeof(*x));
	struct err theirs = { 0 };
	struct errs ours;
	struct lex lx;
	int rc = 0;

	if (!x)
		return err_set(e, ERR_NOMEM, "no memory for the expression");
	errs_init(&ours);
	if (!bpf) {
		lex_line(&lx, "filter", 1, text, strlen(text), &ours);
		x->own = filter_compile(&lx);
	}
	if (!x->own)
		rc = compile_all(x, text, &theirs);
	if (x->own || (rc && !bpf)) {	/* its warnings, or its errors */
		errs_fini(errs);
		*errs = ours;
	} else {
		errs_fini(&ours);
	}
	if (rc && !bpf)
		rc = errs_add(errs, NULL, ERR_SYNTAX, "nor is it one of libpcap's: %s", theirs.text);
	else if (rc)
		err_set(e, rc, "%s", theirs.text);
	if (rc) {
		app_expr_free(x);
		return rc;
	}
	*out = x;
	return 0;
}

struct filter *app_expr_at_ip(const char *text, struct err *e)
{
	return compile_bpf(text, LINK_RAW, e);
}

void app_expr_free(struct app_expr *x)
{
	if (!x)
		return;
	filter_release(x->own);
	for (int link = 0; link < LINK_COUNT; link++)
		filter_release(x->of_link[link]);
	free(x);
}

bool app_expr_bpf(const struct app_expr *x)
{
	return x->bpf;
}

struct filter *app_expr_for(const struct app_expr *x, enum wire_link link)
{
	return x->own ? x->own : x->of_link[link];
}

void app_expr_native(struct app_expr *x)
{
	if (x->own)
		filter_native(x->own);
	for (int link = 0; link < LINK_COUNT; link++)
		if (x->of_link[link])
			filter_native(x->of_link[link]);
}

/* ---- a capture ---- */

static int one(const struct app_expr_cfg *cfg, struct app_expr_end *end, const struct pkt *p, struct err *e)
{
	const struct filter *f = app_expr_for(cfg->expr, (enum wire_link)p->link);
	struct meta meta = { .dir = META_IN };
	struct view v;
	struct filter_look look = { &v, &meta, p->data, p->len_bytes, p->wire_bytes };

	if (!f)
		return err_set(e, ERR_USAGE, "packet %llu: the expression makes no sense for link type %s",
			(unsigned long long)end->input.records, wire_link_name((enum wire_link)p->link));
	view_parse(&v, (enum wire_link)p->link, p->data, p->len_bytes, p->wire_bytes);
	meta.len_bytes = v.ip_bytes;
	end->packets++;
	if (!filter_run(f, &look))
		return 0;
	end->matched++;
	if (cfg->each)
		cfg->each(cfg->ctx, end->input.records, p->at, &v);
	return 0;
}

static int read_all(const struct app_expr_cfg *cfg, struct cap_reader *in, struct pkt_pool *pool,
	struct app_expr_end *end, struct err *e)
{
	struct pkt *p = pkt_new(pool);
	int rc = p ? 0 : err_set(e, ERR_NOMEM, "no memory for packets");

	while (!rc && !(cfg->stop && cfg->stop()) && cap_read(in, &p, 1)) {
		cap_stats(in, &end->input);
		rc = one(cfg, end, p, e);
	}
	cap_stats(in, &end->input);
	if (p)
		pkt_free(pool, p);
	return rc;
}

static int finish(const struct app_expr_cfg *cfg, const struct cap_reader *in, struct app_expr_end *end, struct err *e)
{
	enum cap_end how = cap_end(in);

	end->truncated = how == CAP_TRUNCATED || how == CAP_DAMAGED;
	if (end->truncated)
		snprintf(end->damage, sizeof(end->damage), "%s", cap_end_text(in));
	if (how == CAP_FAILED)
		return err_set(e, ERR_IO, "%s: %s", cfg->input, cap_end_text(in));
	return 0;
}

int app_expr_run(const struct app_expr_cfg *cfg, struct app_expr_end *end, struct err *e)
{
	struct pkt_pool *pool = pkt_pool_new(0);
	struct cap_reader *in = NULL;
	int rc;

	*end = (struct app_expr_end){ 0 };
	if (!pool)
		return err_set(e, ERR_NOMEM, "no memory for packets");
	rc = cap_open(&in, cfg->input, e);
	if (!rc)
		rc = read_all(cfg, in, pool, end, e) ?: finish(cfg, in, end, e);
	cap_close(in);
	pkt_pool_free(pool);
	return rc;
}
