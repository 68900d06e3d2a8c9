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

static void put_spread(struct json *j, const char *key, uint64_t min, uint64_t p50, uint64_t p99, uint64_t max)
{
	json_key(j, key);
	json_object(j);
	json_key_u64(j, "min", min);
	json_key_u64(j, "p50", p50);
	json_key_u64(j, "p99", p99);
	json_key_u64(j, "max", max);
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
	put_spread(j, "wait_ns", st.wait_ns->count ? st.wait_ns->min : 0, hist_quantile(st.wait_ns, 500),
		hist_quantile(st.wait_ns, 990), st.wait_ns->max);
	if (kind != EMU_QUEUE)	/* what comes behind the link is not the queue's */
		put_spread(j, "end_to_end_ns", emu_delay_quantile(e, kind, number, 0),
			emu_delay_quantile(e, kind, number, 500), emu_delay_quantile(e, kind, number, 990),
			emu_delay_quantile(e, kind, number, 1000));
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
