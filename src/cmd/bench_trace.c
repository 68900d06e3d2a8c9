/* cmd/bench_trace.c - a capture becomes arrivals of flows.
 *
 * A flow is a value of family, protocol, addresses and ports; what is not IP is no load and left out, and so are
 * packets behind the BENCH_TRACE_PACKETS first, or of a flow too many. Times are those of the file, made to begin at
 * 0 and never to go back. Flows are found by a hash table of their key, twice as large as it can become full. */
#include "bench_trace.h"

#include <stdlib.h>
#include <string.h>

#include "base/dice.h"
#include "cap/cap.h"
#include "wire/view.h"

#define CELLS ((size_t)4 * BENCH_TRACE_FLOWS)

struct reader {
	struct bench_trace *t;
	uint64_t *keys;			/* 0: empty */
	uint32_t *flows;		/* of the cells */
	size_t room;
	uint64_t start, last, bytes;
};

/* Two flows with one key would count as one: of 65536, once in 2^33 captures. */
static uint64_t key_of(const struct view *v)
{
	const uint64_t words[] = {
		v->family | (uint64_t)v->proto << 8 | (uint64_t)v->sport << 16 | (uint64_t)v->dport << 32,
		v->src4 | (uint64_t)v->dst4 << 32, v->src6[0], v->src6[1], v->dst6[0], v->dst6[1],
	};
	uint64_t k = 1;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		k = dice_mix(k ^ words[i]) + i;
	return k ? k : 1;
}

static uint32_t flow_of(struct reader *r, uint64_t key)
{
	struct bench_flows *s = &r->t->flows;
	uint64_t i = key % CELLS;

	while (r->keys[i] && r->keys[i] != key)
		i = (i + 1) % CELLS;
	if (r->keys[i])
		return r->flows[i];
	if (s->n == BENCH_TRACE_FLOWS)
		return UINT32_MAX;
	r->keys[i] = key;
	r->flows[i] = s->n;
	s->all[s->n] = (struct bench_flow){ .weight = 1, .least = UINT32_MAX };
	return s->n++;
}

static int add(struct reader *r, const struct pkt *p)
{
	struct bench_trace *t = r->t;
	struct bench_flow *f;
	uint32_t flow;
	struct view v;

	view_parse(&v, p->link, p->data, p->len_bytes, p->wire_bytes);
	flow = v.family && v.ip_bytes ? flow_of(r, key_of(&v)) : UINT32_MAX;
	if (flow == UINT32_MAX || t->n == BENCH_TRACE_PACKETS)
		return 0;
	if (t->n == r->room) {
		struct bench_arrival *all = realloc(t->all, (2 * r->room + 1024) * sizeof(*all));

		if (!all)
			return ERR_NOMEM;
		t->all = all;
		r->room = 2 * r->room + 1024;
	}
	if (!t->n)
		r->start = r->last = p->at;
	r->last = p->at > r->last ? p->at : r->last;
	r->bytes += v.ip_bytes;
	f = &t->flows.all[flow];
	f->least = v.ip_bytes < f->least ? v.ip_bytes : f->least;
	f->most = v.ip_bytes > f->most ? v.ip_bytes : f->most;
	t->all[t->n++] = (struct bench_arrival){ r->last - r->start, flow, v.ip_bytes };
	return 0;
}

static int read_all(struct reader *r, struct cap_reader *in)
{
	struct pkt store[CAP_BURST] = { 0 }, *pkts[CAP_BURST];
	unsigned n;

	for (unsigned i = 0; i < CAP_BURST; i++)
		pkts[i] = &store[i];
	while ((n = cap_read(in, pkts, CAP_BURST)) > 0)
		for (unsigned i = 0; i < n; i++)
			if (add(r, pkts[i]))
				return ERR_NOMEM;
	return 0;
}

static int open_and_read(struct reader *r, const char *path, struct err *e)
{
	struct cap_reader *in;
	int rc = cap_open(&in, path, e);

	if (rc)
		return rc;
	rc = read_all(r, in);
	cap_close(in);
	if (rc)
		return err_set(e, rc, "no memory for the packets of %s", path);
	if (r->t->n < 2 || r->last == r->start)
		return err_set(e, ERR_USAGE, "%s: there must be two IP packets or more, at different times", path);
	r->t->rate = (uint64_t)(8e9 * (double)r->bytes / (double)(r->last - r->start)) + 1;
	return 0;
}

int bench_trace_read(struct bench_trace *t, const char *path, struct err *e)
{
	struct reader r = { .t = t };
	int rc;

	*t = (struct bench_trace){ .n = 0 };
	r.keys = calloc(CELLS, sizeof(*r.keys));
	r.flows = calloc(CELLS, sizeof(*r.flows));
	t->flows.all = calloc(BENCH_TRACE_FLOWS, sizeof(*t->flows.all));
	if (r.keys && r.flows && t->flows.all)
		rc = open_and_read(&r, path, e);
	else
		rc = err_set(e, ERR_NOMEM, "no memory for %u flows", BENCH_TRACE_FLOWS);
	free(r.keys);
	free(r.flows);
	if (rc)
		bench_trace_free(t);
	return rc;
}

void bench_trace_free(struct bench_trace *t)
{
	free(t->all);
	bench_flows_free(&t->flows);
	*t = (struct bench_trace){ .n = 0 };
}
