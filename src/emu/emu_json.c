/* emu/emu_json.c - pipes, queues and scheds as JSON: one object each, of the keys that docs promise, the same
 * wherever it stands (the report of `narrows pcap --json`, `pipe show --json`).
 *
 * `flows` is there where the pipe has a mask or flows of one drain: each flow with what it counted, by first packet;
 * those forgotten meanwhile are in the pipe's own counts and in `flows_folded`. Integers only. */
#include "emu_int.h"

#include <stdlib.h>

static void put_counts(struct json *j, uint64_t packets, uint64_t bytes, uint64_t out_packets, uint64_t out_bytes)
{
	json_key_u64(j, "packets", packets);
	json_key_u64(j, "bytes", bytes);
	json_key_u64(j, "out_packets", out_packets);
	json_key_u64(j, "out_bytes", out_bytes);
}

static void put_chance(struct json *j, uint64_t duplicates, uint64_t corruptions, uint64_t reordered)
{
	json_key_u64(j, "duplicates", duplicates);
	json_key_u64(j, "corruptions", corruptions);
	json_key_u64(j, "reordered", reordered);
}

static void put_backlog(struct json *j, uint64_t packets, uint64_t bytes)
{
	json_key(j, "backlog");
	json_object(j);
	json_key_u64(j, "max_packets", packets);
	json_key_u64(j, "max_bytes", bytes);
	json_end(j);
}

struct spread {
	uint64_t min, mean, p50, p90, p99, max;
};

static struct spread spread_of(const struct hist *h)
{
	return (struct spread){ h->count ? h->min : 0, hist_mean(h), hist_quantile(h, 500), hist_quantile(h, 900),
		hist_quantile(h, 990), h->max };
}

static void put_all(struct json *j, const char *key, struct spread s)
{
	json_key(j, key);
	json_object(j);
	json_key_u64(j, "min", s.min);
	json_key_u64(j, "mean", s.mean);
	json_key_u64(j, "p50", s.p50);
	json_key_u64(j, "p90", s.p90);
	json_key_u64(j, "p99", s.p99);
	json_key_u64(j, "max", s.max);
	json_end(j);
}

/* `wait_ns` has the keys that it always had. */
static void put_waits(struct json *j, const struct hist *wait)
{
	struct spread s = spread_of(wait);

	json_key(j, "wait_ns");
	json_object(j);
	json_key_u64(j, "min", s.min);
	json_key_u64(j, "p50", s.p50);
	json_key_u64(j, "p99", s.p99);
	json_key_u64(j, "max", s.max);
	json_end(j);
	json_key(j, "wait_more_ns");
	json_object(j);
	json_key_u64(j, "mean", s.mean);
	json_key_u64(j, "p90", s.p90);
	json_end(j);
}

/* What comes behind the link, and the link itself, are not the queue's. */
static void put_link(struct json *j, const struct emu *e, enum emu_kind kind, uint32_t number)
{
	const struct hist *late = emu_late(e, kind, number);
	struct emu_load load;

	put_all(j, "end_to_end_ns", (struct spread){
		emu_delay_quantile(e, kind, number, 0), emu_delay_mean(e, kind, number),
		emu_delay_quantile(e, kind, number, 500), emu_delay_quantile(e, kind, number, 900),
		emu_delay_quantile(e, kind, number, 990), emu_delay_quantile(e, kind, number, 1000) });
	if (late->count)
		put_all(j, "late_ns", spread_of(late));
	if (!emu_load(e, kind, number, &load))
		return;
	json_key(j, "busy");
	json_object(j);
	json_key_u64(j, "seconds", load.seconds);
	json_key_u64(j, "sum_ns", load.sum);
	json_key_u64(j, "last_ns", load.last);
	json_key_u64(j, "max_ns", load.most);
	json_end(j);
}

static void put_flow(struct json *j, const struct emu_flow *flow)
{
	struct emu_flow_stats st;
	char text[EMU_FLOW_TEXT];

	emu_flow_stats(flow, &st);
	json_object(j);
	json_key(j, "flow");
	json_str(j, emu_flow_print(flow, text));
	put_counts(j, st.packets, st.bytes, st.out_packets, st.out_bytes);
	json_key_u64(j, "held_packets", st.held_packets);
	drop_json(j, st.drops);
	json_key_u64(j, "marks", st.marks);
	put_chance(j, st.duplicates, st.corruptions, st.reordered);
	put_backlog(j, st.backlog_max_packets, st.backlog_max_bytes);
	json_key(j, "wait_ns");
	json_object(j);
	json_key_u64(j, "min", st.wait_min);
	json_key_u64(j, "mean", st.wait_count ? u128_div64(st.wait_sum, st.wait_count, NULL).lo : 0);
	json_key_u64(j, "max", st.wait_max);
	json_end(j);
	json_end(j);
}

static void put_flows(struct json *j, const struct emu *e, enum emu_kind kind, uint32_t number, uint64_t folded)
{
	json_key_u64(j, "flows_folded", folded);
	json_key(j, "flows");
	json_array(j);
	for (const struct emu_flow *flow = NULL; (flow = emu_flow_next(e, kind, number, flow));)
		put_flow(j, flow);
	json_end(j);
}

static void put_params(struct json *j, enum emu_kind kind, const struct emu_params *p)
{
	if (kind == EMU_QUEUE) {
		json_key_u64(j, emu_kind_name(p->to ? p->to_kind : EMU_SCHED), p->to);
		json_key_u64(j, "weight", p->weight);
		json_key_u64(j, "pri", p->pri);
		return;
	}
	if (p->type) {
		json_key(j, "type");
		json_str(j, p->type);
		if (p->to)	/* whose link it has */
			json_key_u64(j, "pipe", p->to);
	}
	json_key_u64(j, "bandwidth", p->bandwidth);
	json_key_u64(j, "delay_ns", p->delay);
}

void emu_json(const struct emu *e, enum emu_kind kind, uint32_t number, struct json *j)
{
	struct emu_params params;
	struct emu_stats st;

	emu_params(e, kind, number, &params);
	emu_stats(e, kind, number, &st);
	json_object(j);
	json_key_u64(j, "number", number);
	put_params(j, kind, &params);
	put_counts(j, st.packets, st.bytes, st.out_packets, st.out_bytes);
	drop_json(j, st.drops);
	json_key_u64(j, "marks", st.marks);
	put_chance(j, st.duplicates, st.corruptions, st.reordered);
	put_backlog(j, st.backlog_max_packets, st.backlog_max_bytes);
	put_waits(j, st.wait_ns);
	if (kind != EMU_QUEUE)
		put_link(j, e, kind, number);
	json_key_u64(j, "held_packets", st.held_packets);
	if (st.masked || st.flows)
		put_flows(j, e, kind, number, st.flows_folded);
	json_end(j);
}

static void put_line(struct json *j, const struct emu *e, enum emu_kind kind, uint32_t number)
{
	char *line = emu_print(e, kind, number);

	json_object(j);
	json_key_u64(j, "number", number);
	json_key(j, "text");
	json_str(j, line ? line : "");
	json_end(j);
	free(line);
}

void emu_show_json(const struct emu *e, const struct emu_cmd *c, FILE *to)
{
	struct json j;
	uint32_t number;

	json_init(&j, to);
	json_array(&j);
	for (uint32_t i = 0; emu_at(e, c->kind, i, &number); i++) {
		if (!emu_cmd_names(c, number))
			continue;
		if (c->verb == VERB_LIST)
			put_line(&j, e, c->kind, number);
		else
			emu_json(e, c->kind, number, &j);
	}
	json_end(&j);
	fputc('\n', to);
}
