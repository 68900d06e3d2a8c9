/* emu/emu_show.c - pipes, queues and scheds as text for people: `pipe list`, `queue show`.
 *
 *      list      the lines that recreate the pipes
 *      show      pipe 1  10 Mbit/s  delay 20 ms  queue 50  droptail                in 16004  out 4317  held 50
 *                  drops: queue-full 11637    wait p50 42.1 ms p99 43.0 ms    delay p50 62.1 ms p99 63.0 ms
 *                  tcp 10.0.0.1:5001 > 10.0.0.2:80                              in 9021  out 2210  drops 6811
 *
 * `wait` ends with the service, `delay` with the exit. `load` is the part of the time since the rate was set that went
 * into sending what has come out; an excess of rounding is left out; behind it how busy the link was in the last whole
 * second, and in the busiest, where it is metered. `late` is how long after their time packets were taken, where time
 * is real. Integers only, and what does not fit is left out,
 * not rounded. */
#include "emu_flow.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "wire/text.h"

#define COLUMN 72
#define SHOW_TEXT (10 * EMU_OPTION_TEXT)	/* more than all options that name a file */

/* "62.1 ms": one digit behind the point, the rest left out. */
static void add_ns(struct text *t, uint64_t ns)
{
	static const struct { uint64_t unit; const char *name; } units[] = {
		{ NRW_S, "s" }, { NRW_MS, "ms" }, { NRW_US, "us" },
	};

	for (unsigned i = 0; i < 3; i++) {
		if (ns >= units[i].unit) {
			text_add(t, "%" PRIu64 ".%" PRIu64 " %s", ns / units[i].unit,
				ns % units[i].unit / (units[i].unit / 10), units[i].name);
			return;
		}
	}
	text_add(t, "%" PRIu64 " ns", ns);
}

/* "10Mbit/s" with a blank before the unit. */
static void add_spaced(struct text *t, const char *value)
{
	size_t n = strspn(value, "0123456789.");

	text_add(t, "%.*s%s%s", (int)n, value, n && value[n] != ' ' ? " " : "", value + n);
}

static void add_link(struct text *t, const struct emu_conf *c)
{
	char value[EMU_OPTION_TEXT];

	units_print_rate(value, c->bw);
	add_spaced(t, c->bw ? value : "unlimited");
	units_print_time(value, c->delay);
	text_add(t, "  delay ");
	add_spaced(t, c->delay ? value : "0 ms");
}

/* Told though it is the default. */
static bool is_told(enum emu_kind kind, enum emu_option o)
{
	switch (kind) {
	case EMU_SCHED:
		return o == OPT_TYPE;
	case EMU_QUEUE:
		return o == OPT_WEIGHT || o == OPT_QUEUE || o == OPT_AQM;
	case EMU_PIPE:
		break;
	}
	return o == OPT_QUEUE || o == OPT_AQM;
}

static void add_head(struct text *t, const struct emu_pipe *pipe)
{
	const struct emu_conf *c = &pipe->record->conf;
	char value[EMU_OPTION_TEXT];
	const struct emu_word *word;

	text_add(t, "%s %" PRIu32, emu_kind_name(pipe->kind), pipe->number);
	if (pipe->kind != EMU_QUEUE) {
		text_add(t, "  ");
		add_link(t, c);
	}
	for (size_t i = 0; (word = emu_word_get(i)); i++) {
		if (!word->print || word->option == OPT_BW || word->option == OPT_DELAY)
			continue;
		if (!is_told(pipe->kind, word->option) && !emu_option_differs(word, c))
			continue;
		word->print(value, c);
		if (value[0])
			text_add(t, "  %s", value);
	}
}

static void pad(struct text *t, size_t column)
{
	text_add(t, "  ");
	while (t->len < column)
		text_add(t, " ");
}

static uint64_t sum(const uint64_t drops[DROP_COUNT])
{
	uint64_t n = 0;

	for (unsigned i = 0; i < DROP_COUNT; i++)
		n += drops[i];
	return n;
}

static void add_drops(struct text *t, const uint64_t drops[DROP_COUNT])
{
	if (!sum(drops))
		return;
	text_add(t, "    drops:");
	for (unsigned i = 0; i < DROP_COUNT; i++)
		if (drops[i])
			text_add(t, " %s %" PRIu64, drop_name((enum drop)i), drops[i]);
}

static void add_counts(struct text *t, const struct emu_stats *st)
{
	const struct { const char *name; uint64_t n; } counts[] = {
		{ "marks", st->marks }, { "duplicates", st->duplicates }, { "corruptions", st->corruptions },
		{ "reordered", st->reordered },
	};

	for (unsigned i = 0; i < sizeof(counts) / sizeof(*counts); i++)
		if (counts[i].n)
			text_add(t, "    %s %" PRIu64, counts[i].name, counts[i].n);
}

static void show_flow(const struct emu_flow *flow, FILE *to)
{
	char line[SHOW_TEXT], name[EMU_FLOW_TEXT];
	struct text t = text_init(line, sizeof(line));
	struct emu_flow_stats st;

	emu_flow_stats(flow, &st);
	text_add(&t, "  %s", emu_flow_print(flow, name));
	pad(&t, COLUMN);
	text_add(&t, "in %" PRIu64 "  out %" PRIu64 "  drops %" PRIu64, st.packets, st.out_packets, sum(st.drops));
	if (st.held_packets)
		text_add(&t, "  held %" PRIu64, st.held_packets);
	fprintf(to, "%s\n", line);
}

static void add_waits(struct text *t, const struct emu *e, const struct emu_pipe *pipe, const struct hist *wait)
{
	if (!wait->count)
		return;
	text_add(t, "    wait p50 ");
	add_ns(t, hist_quantile(wait, 500));
	text_add(t, " p99 ");
	add_ns(t, hist_quantile(wait, 990));
	if (pipe->kind == EMU_QUEUE)	/* what comes behind is not its own */
		return;
	text_add(t, "    delay p50 ");
	add_ns(t, emu_delay_quantile(e, pipe->kind, pipe->number, 500));
	text_add(t, " p99 ");
	add_ns(t, emu_delay_quantile(e, pipe->kind, pipe->number, 990));
}

static bool add_load(struct text *t, const struct emu_pipe *pipe, nrw_time now)
{
	const struct emu_record *r = pipe->record;
	struct u128 sent = u128_mul64(pipe->out_bytes - r->load_from, UINT64_C(800) * NRW_S);
	struct u128 able = u128_mul64(r->conf.bw, now - r->load_since);
	uint64_t percent;

	if (!r->conf.bw || now <= r->load_since || able.hi)
		return false;
	percent = u128_div64(sent, able.lo, NULL).lo;
	text_add(t, "    load %" PRIu64 " %%", percent < 100 ? percent : 100);
	return true;
}

/* Of the last second, and of the busiest. */
static void add_seconds(struct text *t, const struct emu *e, const struct emu_pipe *pipe)
{
	struct emu_load load;

	if (!emu_load(e, pipe->kind, pipe->number, &load) || !load.seconds)
		return;
	text_add(t, ", last second %" PRIu64 " %%, busiest %" PRIu64 " %%", load.last / (NRW_S / 100),
		load.most / (NRW_S / 100));
}

static void add_late(struct text *t, const struct hist *late)
{
	if (!late->count)
		return;
	text_add(t, "    late p99 ");
	add_ns(t, hist_quantile(late, 990));
}

static void show_object(const struct emu *e, const struct emu_pipe *pipe, nrw_time now, FILE *to)
{
	char line[SHOW_TEXT];
	struct text t = text_init(line, sizeof(line));
	struct emu_stats st;

	emu_stats(e, pipe->kind, pipe->number, &st);
	add_head(&t, pipe);
	pad(&t, COLUMN);
	fprintf(to, "%sin %" PRIu64 "  out %" PRIu64 "  held %" PRIu64 "\n", line, st.packets, st.out_packets,
		st.held_packets);
	t = text_init(line, sizeof(line));
	add_drops(&t, st.drops);
	add_counts(&t, &st);
	add_waits(&t, e, pipe, st.wait_ns);
	add_late(&t, &pipe->record->late);
	if (st.packets && add_load(&t, pipe, now))
		add_seconds(&t, e, pipe);
	if (st.flows_folded)
		text_add(&t, "    flows forgotten %" PRIu64, st.flows_folded);
	if (t.len)
		fprintf(to, "%s\n", line + 2);
	for (struct emu_flow *flow = NULL; (flow = emu_flow_next(e, pipe->kind, pipe->number, flow));)
		show_flow(flow, to);
}

static void list_object(const struct emu *e, const struct emu_pipe *pipe, FILE *to)
{
	char *line = emu_print(e, pipe->kind, pipe->number);

	fprintf(to, "%s\n", line ? line : "(no memory)");
	free(line);
}

void emu_show(const struct emu *e, const struct emu_cmd *c, nrw_time now, FILE *to)
{
	uint32_t number;

	for (uint32_t i = 0; emu_at(e, c->kind, i, &number); i++) {
		const struct emu_pipe *pipe = emu_find(e, c->kind, number);

		if (!emu_cmd_names(c, number))
			continue;
		if (c->verb == VERB_LIST)
			list_object(e, pipe, to);
		else if (c->form == FORM_COMPAT)
			emu_compat(e, pipe, to);
		else
			show_object(e, pipe, now, to);
	}
}
