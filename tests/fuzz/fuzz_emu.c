/* tests/fuzz/fuzz_emu.c - the language of pipes, then pipes, queues and scheds at work.
 *
 * Bytes before the first NUL are lines: what is accepted must print, and what is printed must parse back to the same
 * text. The rest are operations on the objects so made: put packets of several flows of both families, let time pass,
 * take, settle, and run one of the lines again, whatever it does: configure, change a mask, delete, show. Laws: packets
 * leave in the order of (exit, seq), never early, never before they came; what goes in comes out, is dropped with a
 * name or is held; flows add up to no more than their object. What a queue counts its link counts too, so sums over all
 * are of pipes and scheds. */
#include <stdlib.h>
#include <string.h>

#include "emu/emu.h"

#include "holds.h"

#define CMDS 16

static const enum emu_kind kinds[] = { EMU_PIPE, EMU_SCHED, EMU_QUEUE };
#define LINKS 2u	/* the first of them have one */
#define KINDS 3u

struct run {
	struct pkt_pool *pool;
	struct emu *emu;
	struct emu_cmd *cmds[CMDS];
	unsigned cmd_count;
	nrw_time now;
	uint64_t seq, in, out, dropped;
	uint64_t last_at, last_seq;
	uint64_t gone_in, gone_out, gone_copies;	/* of links that were deleted */
	bool series;
	FILE *shown;
};

static struct emu_cmd *parse(const char *text, size_t n)
{
	struct emu_cmd *c;
	struct errs es;
	struct lex lx;

	errs_init(&es);
	lex_line(&lx, "fuzz", 1, text, n, &es);
	c = emu_parse(&lx);
	HOLDS((c == NULL) == (es.errors > 0));
	errs_fini(&es);
	return c;
}

/* One line; the command is kept for later. */
static void take_line(struct run *r, const char *text, size_t n)
{
	struct emu_cmd *c = parse(text, n), *again;
	char *once, *twice;

	if (!c)
		return;
	once = emu_cmd_print(c);
	again = parse(once, strlen(once));
	HOLDS(again != NULL);
	twice = emu_cmd_print(again);
	HOLDS(!strcmp(once, twice));
	free(once);
	free(twice);
	emu_cmd_free(again);
	if (r->cmd_count < CMDS)
		r->cmds[r->cmd_count++] = c;
	else
		emu_cmd_free(c);
}

static void take_lines(struct run *r, const char *text, size_t n)
{
	while (n) {
		const char *eol = memchr(text, '\n', n);
		size_t len = eol ? (size_t)(eol - text) : n;

		take_line(r, text, len);
		if (eol)
			len++;
		text += len;
		n -= len;
	}
}

static void dropped(void *ctx, struct pkt *p, enum drop why, enum emu_kind kind, uint32_t number)
{
	struct run *r = ctx;

	HOLDS(why < DROP_COUNT && p->at <= r->now);
	r->dropped++;
	pkt_free(r->pool, p);
}

static void put(struct run *r, uint8_t how)
{
	static const enum emu_kind to[] = { EMU_PIPE, EMU_QUEUE, EMU_SCHED, EMU_QUEUE };
	static const uint32_t lengths[] = { 0, 1, 40, 1500, 9000, 65535, UINT32_MAX / 2, UINT32_MAX };
	struct pkt *p = pkt_new(r->pool);
	uint32_t number = 1 + (how & 3), flow = (uint32_t)(r->seq * 7 % 13);
	struct view v = { .family = flow % 3 ? 4 : 6, .proto = 17, .sport = (uint16_t)flow, .dport = 80 };

	v.dst4 = v.family == 4 ? flow << 6 : 0;
	v.dst6[1] = v.family == 6 ? flow : 0;
	v.flow_label = flow & 1;

	if (!p)
		return;
	p->acct_bytes = lengths[how >> 2 & 7];
	p->seq = r->seq++;
	r->in++;
	emu_put(r->emu, to[how >> 5 & 3], number, p, how & 128 ? NULL : &v, r->now);
}

static void take(struct run *r)
{
	nrw_time next = emu_next(r->emu);
	struct pkt *p = emu_take(r->emu, r->now);

	if (!p) {
		HOLDS(emu_next(r->emu) > r->now);
		return;
	}
	HOLDS(p->at <= r->now && p->at >= next && !p->next);
	HOLDS(p->at > r->last_at || (p->at == r->last_at && p->seq >= r->last_seq));
	r->last_at = p->at;
	r->last_seq = p->seq;
	r->out++;
	pkt_free(r->pool, p);
}

static void pass_time(struct run *r, uint8_t how)
{
	uint64_t step = UINT64_C(1) << (how & 63);

	if (how >= 128 && emu_next(r->emu) != NRW_NEVER)
		step = emu_next(r->emu) > r->now ? emu_next(r->emu) - r->now : 0;
	if (step < NRW_NEVER - 1 - r->now)
		r->now += step;
}

struct sums {
	uint64_t in, out, copies, held;
};

static void add_up(struct sums *s, const struct emu_stats *st)
{
	s->in += st->packets;
	s->out += st->out_packets;
	s->copies += st->duplicates;
	s->held += st->held_packets;
}

/* What links have counted so far, before one may go. */
static struct sums count_links(struct run *r)
{
	struct sums s = { 0 };
	uint32_t number;

	for (unsigned k = 0; k < LINKS; k++) {
		for (uint32_t i = 0; emu_at(r->emu, kinds[k], i, &number); i++) {
			struct emu_stats st;

			emu_stats(r->emu, kinds[k], number, &st);
			add_up(&s, &st);
		}
	}
	return s;
}

/* A faster pipe may let older packets go at this very instant, after younger ones of others have left. */
static void configure(struct run *r, uint8_t which)
{
	struct sums before, after;

	if (!r->cmd_count)
		return;
	before = count_links(r);
	emu_run(r->emu, r->cmds[which % r->cmd_count], r->now, r->shown, NULL);
	after = count_links(r);
	r->gone_in += before.in - after.in;
	r->gone_out += before.out - after.out;
	r->gone_copies += before.copies - after.copies;
	r->last_seq = 0;
}

static void check_counts(const uint64_t drops[DROP_COUNT], uint64_t in, uint64_t out, uint64_t held)
{
	for (unsigned d = 0; d < DROP_COUNT; d++)
		out += drops[d];
	HOLDS(in == out + held);
}

static void check_flows(struct run *r, enum emu_kind kind, uint32_t number, const struct emu_stats *whole)
{
	uint64_t backlog = 0, bytes = 0, last_id = 0;
	char text[EMU_FLOW_TEXT];
	struct sums s = { 0 };

	for (struct emu_flow *flow = NULL; (flow = emu_flow_next(r->emu, kind, number, flow));) {
		struct emu_flow_stats st;

		emu_flow_stats(flow, &st);
		check_counts(st.drops, st.packets + st.duplicates, st.out_packets, st.held_packets);
		HOLDS(st.id > last_id && st.backlog_packets <= st.held_packets);
		HOLDS(st.backlog_packets || !st.backlog_bytes);
		HOLDS(emu_flow_print(flow, text)[0] != '\0' && strlen(text) + 1 < EMU_FLOW_TEXT);
		last_id = st.id;
		add_up(&s, &(struct emu_stats){ .packets = st.packets, .out_packets = st.out_packets,
			.duplicates = st.duplicates, .held_packets = st.held_packets });
		backlog += st.backlog_packets;
		bytes += st.backlog_bytes;
	}
	HOLDS(s.in <= whole->packets && s.copies <= whole->duplicates && s.out <= whole->out_packets);
	HOLDS(s.held <= whole->held_packets && backlog <= whole->backlog_packets && bytes <= whole->backlog_bytes);
}

/* As who reads series does it. */
static void take_series(struct run *r)
{
	struct hist h;
	uint32_t number;

	if (!r->series)
		emu_series_start(r->emu);
	r->series = true;
	hist_init(&h);
	emu_settle(r->emu, r->now);
	for (unsigned k = 0; k < KINDS; k++) {
		for (uint32_t i = 0; emu_at(r->emu, kinds[k], i, &number); i++) {
			struct emu_flow *flow = NULL;

			emu_series_take(r->emu, kinds[k], number, &h);
			while ((flow = emu_flow_next(r->emu, kinds[k], number, flow)))
				emu_flow_series_take(flow, &h);
		}
	}
	emu_flows_forget(r->emu);
	hist_fini(&h);
}

static void check_object(struct run *r, enum emu_kind kind, uint32_t number)
{
	struct emu_stats st;

	emu_stats(r->emu, kind, number, &st);
	check_counts(st.drops, st.packets + st.duplicates, st.out_packets, st.held_packets);
	HOLDS(st.backlog_packets <= st.held_packets);
	HOLDS(st.backlog_packets || !st.backlog_bytes);
	check_flows(r, kind, number, &st);
}

static void balance(struct run *r)
{
	struct sums s;
	uint32_t number;
	uint64_t ended;

	emu_settle(r->emu, r->now);
	for (unsigned k = 0; k < KINDS; k++)
		for (uint32_t i = 0; emu_at(r->emu, kinds[k], i, &number); i++)
			check_object(r, kinds[k], number);
	s = count_links(r);
	HOLDS(s.in + r->gone_in <= r->in && s.out + r->gone_out == r->out);
	ended = r->out + r->dropped + s.held;	/* of a copy for which there was no memory nobody is told */
	HOLDS(r->in <= ended && ended <= r->in + s.copies + r->gone_copies);
}

static void operate(struct run *r, const uint8_t *ops, size_t n)
{
	for (size_t i = 0; i + 1 < n; i += 2) {
		switch (ops[i] & 7) {
		case 0:
		case 1:
		case 2:
			put(r, ops[i + 1]);
			break;
		case 3:
		case 4:
			take(r);
			break;
		case 5:
			pass_time(r, ops[i + 1]);
			break;
		case 6:
			balance(r);
			if (ops[i + 1] & 1)
				take_series(r);
			break;
		case 7:
			configure(r, ops[i + 1]);
			break;
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
	size_t text = nul ? (size_t)(nul - data) : size;
	struct run r = { .pool = pkt_pool_new(1024) };

	if (!r.pool)
		return 0;
	r.shown = fopen("/dev/null", "w");
	HOLDS(r.shown != NULL);
	r.emu = emu_new(&(struct emu_cfg){ .seed = 1, .pool = r.pool, .dropped = dropped, .ctx = &r });
	take_lines(&r, (const char *)data, text);
	for (unsigned i = 0; i < r.cmd_count; i++)
		emu_apply(r.emu, r.cmds[i], 0, NULL);
	if (nul)
		operate(&r, nul + 1, size - text - 1);
	balance(&r);
	r.now = NRW_NEVER - 1;
	while (emu_next(r.emu) != NRW_NEVER)
		take(&r);
	balance(&r);
	emu_drop_held(r.emu, r.now);	/* links that stand still */
	balance(&r);
	HOLDS(r.in <= r.out + r.dropped);
	emu_free(r.emu);
	fclose(r.shown);
	for (unsigned i = 0; i < r.cmd_count; i++)
		emu_cmd_free(r.cmds[i]);
	pkt_pool_free(r.pool);
	return 0;
}
