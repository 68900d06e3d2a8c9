/* cmd/pcap_report.c - what a run did: for scripts (JSON, every key always there) and for people (a table). Integers
 * only, so that the same run prints the same bytes everywhere, but for the two figures of real time. */
#include "pcap_report.h"

#include <inttypes.h>
#include <stdlib.h>

#include <narrows/version.h>

#include "base/json.h"
#include "base/units.h"

static void json_answers(struct json *j, const struct lane_answers *answers)
{
	json_key(j, "answers");
	json_object(j);
	json_key_u64(j, "packets", answers->packets);
	json_key_u64(j, "bytes", answers->bytes);
	drop_json(j, answers->lost);
	json_end(j);
}

static void json_input(struct json *j, const struct app_pcap_totals *t)
{
	json_key(j, "input");
	json_object(j);
	json_key_u64(j, "packets", t->packets);
	json_key_u64(j, "bytes", t->bytes);
	json_key_u64(j, "first_ns", t->first_ns);
	json_key_u64(j, "last_ns", t->last_ns);
	json_key_u64(j, "not_ip", t->not_ip);
	json_key_u64(j, "backwards", t->backwards);
	json_key_u64(j, "skipped", t->skipped);
	json_key_u64(j, "filtered", t->filtered);
	json_key(j, "truncated");
	json_bool(j, t->truncated);
	json_end(j);
}

/* Is the rule worth a line? All are, but the default rule only if it counted. */
static bool listed(const struct rules_set *rules, const struct rules_counter *c, uint32_t i)
{
	return rules_number(rules, i) != RULES_DEFAULT || c[i].packets;
}

static void json_rules(struct json *j, struct lane *l)
{
	const struct rules_set *rules = lane_rules(l);
	const struct rules_counter *c = lane_counters(l);
	struct rules_walk at = { 0 };
	uint32_t i;

	json_key(j, "rules");
	json_array(j);
	while (rules_next(rules, &at, &i)) {
		if (!listed(rules, c, i))
			continue;
		json_object(j);
		json_key_u64(j, "number", rules_number(rules, i));
		json_key_u64(j, "set", rules_set_of(rules, i));
		json_key_u64(j, "packets", c[i].packets);
		json_key_u64(j, "bytes", c[i].bytes);
		json_key(j, "text");
		json_str(j, rules_text(rules, i));
		json_end(j);
	}
	json_end(j);
}

static void json_objects(struct json *j, struct emu *e, const char *key, enum emu_kind kind)
{
	uint32_t number;

	json_key(j, key);
	json_array(j);
	for (uint32_t i = 0; emu_at(e, kind, i, &number); i++)
		emu_json(e, kind, number, j);
	json_end(j);
}

static uint64_t packets_per_second(const struct app_pcap_totals *t)
{
	struct u128 n = u128_mul64(t->packets, NRW_S);

	return t->wall_ns ? u128_div64(n, t->wall_ns, NULL).lo : 0;
}

void pcap_report_json(FILE *to, struct app_pcap *a, uint64_t seed)
{
	const struct app_pcap_totals *t = app_pcap_totals(a);
	struct json j;

	json_init(&j, to);
	json_object(&j);
	json_key(&j, "job");
	json_str(&j, "pcap");
	json_key(&j, "version");
	json_str(&j, nrw_version());
	json_key_u64(&j, "seed", seed);
	json_input(&j, t);
	json_key(&j, "output");
	json_object(&j);
	json_key_u64(&j, "packets", t->out_packets);
	json_key_u64(&j, "bytes", t->out_bytes);
	json_end(&j);
	drop_json(&j, t->drops);
	json_answers(&j, lane_answers(app_pcap_lane(a)));
	json_rules(&j, app_pcap_lane(a));
	json_objects(&j, lane_emu(app_pcap_lane(a)), "pipes", EMU_PIPE);
	json_objects(&j, lane_emu(app_pcap_lane(a)), "queues", EMU_QUEUE);
	json_objects(&j, lane_emu(app_pcap_lane(a)), "scheds", EMU_SCHED);
	json_key(&j, "wall_s");
	json_fixed(&j, t->wall_ns / NRW_MS);
	json_key_u64(&j, "packets_per_s", packets_per_second(t));
	json_end(&j);
	fputc('\n', to);
}

/* "1.234 s" of nanoseconds, for people: three digits behind the point. */
static const char *human_time(char *to, size_t room, uint64_t ns)
{
	static const struct { uint64_t unit; const char *name; } units[] = {
		{ NRW_S, "s" }, { NRW_MS, "ms" }, { NRW_US, "us" },
	};

	for (unsigned i = 0; i < 3; i++) {
		if (ns >= units[i].unit) {
			uint64_t whole = ns / units[i].unit, milli = ns % units[i].unit / (units[i].unit / 1000);

			snprintf(to, room, "%" PRIu64 ".%03" PRIu64 " %s", whole, milli, units[i].name);
			return to;
		}
	}
	snprintf(to, room, "%" PRIu64 " ns", ns);
	return to;
}

static void text_rules(FILE *to, struct lane *l)
{
	const struct rules_set *rules = lane_rules(l);
	const struct rules_counter *c = lane_counters(l);
	struct rules_walk at = { 0 };
	uint32_t i;

	fprintf(to, "\n%5s %12s %14s  %s\n", "rule", "packets", "bytes", "text");
	while (rules_next(rules, &at, &i))
		if (listed(rules, c, i))
			fprintf(to, "%5" PRIu32 " %12" PRIu64 " %14" PRIu64 "  %s\n", rules_number(rules, i),
				c[i].packets, c[i].bytes, rules_text(rules, i));
}

static void text_drops(FILE *to, const char *margin, const uint64_t drops[DROP_COUNT])
{
	for (int d = 0; d < DROP_COUNT; d++)
		if (drops[d])
			fprintf(to, "%sdropped %-12s %12" PRIu64 "  %s\n", margin, drop_name((enum drop)d), drops[d],
				drop_text((enum drop)d));
}

static void text_object(FILE *to, struct emu *e, enum emu_kind kind, uint32_t number)
{
	char p50[32], p99[32], max[32];
	struct emu_stats st;
	char *line = emu_print(e, kind, number);

	emu_stats(e, kind, number, &st);
	fprintf(to, "\n%s\n", line ? line : "(no memory)");
	fprintf(to, "      in      %20" PRIu64 " packets %14" PRIu64 " bytes\n", st.packets, st.bytes);
	fprintf(to, "      out     %20" PRIu64 " packets %14" PRIu64 " bytes\n", st.out_packets, st.out_bytes);
	text_drops(to, "      ", st.drops);
	fprintf(to, "      backlog %20" PRIu64 " packets %14" PRIu64 " bytes at most\n", st.backlog_max_packets,
		st.backlog_max_bytes);
	if (st.wait_ns->count)
		fprintf(to, "      wait    p50 %s, p99 %s, max %s\n",
			human_time(p50, sizeof(p50), hist_quantile(st.wait_ns, 500)),
			human_time(p99, sizeof(p99), hist_quantile(st.wait_ns, 990)),
			human_time(max, sizeof(max), st.wait_ns->max));
	free(line);
}

static void text_answers(FILE *to, const struct app_pcap_totals *t, const struct lane_answers *answers)
{
	if (t->out_answers)
		fprintf(to, "      %12" PRIu64 " packets of these are answers that rules sent\n", t->out_answers);
	else if (answers->packets)
		fprintf(to, "      %12" PRIu64 " answers of rules were only counted; --answers lets them out\n",
			answers->packets);
	for (int d = 0; d < DROP_COUNT; d++)
		if (answers->lost[d])
			fprintf(to, "unsent  %-16s %8" PRIu64 "  %s\n", drop_name((enum drop)d), answers->lost[d],
				drop_text((enum drop)d));
}

void pcap_report_text(FILE *to, struct app_pcap *a)
{
	const struct app_pcap_totals *t = app_pcap_totals(a);
	struct emu *e = lane_emu(app_pcap_lane(a));
	char span[32], wall[32];
	uint32_t number;

	fprintf(to, "in    %12" PRIu64 " packets %14" PRIu64 " bytes  over %s\n", t->packets, t->bytes,
		human_time(span, sizeof(span), t->last_ns - t->first_ns));
	fprintf(to, "out   %12" PRIu64 " packets %14" PRIu64 " bytes\n", t->out_packets, t->out_bytes);
	text_answers(to, t, lane_answers(app_pcap_lane(a)));
	text_drops(to, "", t->drops);
	if (t->filtered)
		fprintf(to, "      %12" PRIu64 " packets more did not match --filter\n", t->filtered);
	if (t->not_ip)
		fprintf(to, "      %12" PRIu64 " packets were not IP and met no rule\n", t->not_ip);
	if (t->backwards)
		fprintf(to, "      %12" PRIu64 " packets had a time before their predecessor's\n", t->backwards);
	text_rules(to, app_pcap_lane(a));
	for (enum emu_kind kind = EMU_PIPE; kind <= EMU_SCHED; kind++)
		for (uint32_t i = 0; emu_at(e, kind, i, &number); i++)
			text_object(to, e, kind, number);
	fprintf(to, "\n%" PRIu64 " packets/s, %s\n", packets_per_second(t), human_time(wall, sizeof(wall), t->wall_ns));
}
