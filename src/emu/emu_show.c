/* emu/emu_show.c - pipes as text for people: `pipe list`, `pipe show`, `pipe show --compat`.
 *
 *      list      the lines that recreate the pipes
 *      show      pipe 1  10 Mbit/s  delay 20 ms  queue 50  droptail                in 16004  out 4317  held 50
 *                  drops: queue-full 11637    wait p50 42.1 ms p99 43.0 ms    delay p50 62.1 ms p99 63.0 ms
 *                  tcp 10.0.0.1:5001 > 10.0.0.2:80                              in 9021  out 2210  drops 6811
 *      --compat  the columns that dummynet prints, for scripts that read them
 *
 * `wait` ends with the service, `delay` with the exit. Integers only, and what does not fit is left out, not rounded.
 * */
#include "emu_flow.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "wire/text.h"
#include "wire/wire.h"

#define COLUMN 72
#define SHOW_TEXT 1024

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

static void add_head(struct text *t, const struct emu_pipe *pipe)
{
	const struct emu_conf *c = &pipe->record->conf;
	char value[EMU_OPTION_TEXT];
	const struct emu_word *word;

	text_add(t, "pipe %" PRIu32 "  ", pipe->number);
	units_print_rate(value, c->bw);
	add_spaced(t, c->bw ? value : "unlimited");
	units_print_time(value, c->delay);
	text_add(t, "  delay ");
	add_spaced(t, c->delay ? value : "0 ms");
	for (size_t i = 0; (word = emu_word_get(i)); i++) {
		if (!word->print || word->option == OPT_BW || word->option == OPT_DELAY)
			continue;
		if (word->option != OPT_QUEUE && word->option != OPT_AQM && !emu_option_differs(word, c))
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

static void add_chance(struct text *t, const struct emu_stats *st)
{
	if (st->duplicates)
		text_add(t, "    duplicates %" PRIu64, st->duplicates);
	if (st->corruptions)
		text_add(t, "    corruptions %" PRIu64, st->corruptions);
	if (st->reordered)
		text_add(t, "    reordered %" PRIu64, st->reordered);
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

static void show_pipe(const struct emu *e, const struct emu_pipe *pipe, FILE *to)
{
	char line[SHOW_TEXT];
	struct text t = text_init(line, sizeof(line));
	struct emu_stats st;

	emu_stats(e, EMU_PIPE, pipe->number, &st);
	add_head(&t, pipe);
	pad(&t, COLUMN);
	fprintf(to, "%sin %" PRIu64 "  out %" PRIu64 "  held %" PRIu64 "\n", line, st.packets, st.out_packets,
		st.held_packets);
	t = text_init(line, sizeof(line));
	add_drops(&t, st.drops);
	add_chance(&t, &st);
	if (st.wait_ns->count) {
		text_add(&t, "    wait p50 ");
		add_ns(&t, hist_quantile(st.wait_ns, 500));
		text_add(&t, " p99 ");
		add_ns(&t, hist_quantile(st.wait_ns, 990));
		text_add(&t, "    delay p50 ");
		add_ns(&t, emu_delay_quantile(e, EMU_PIPE, pipe->number, 500));
		text_add(&t, " p99 ");
		add_ns(&t, emu_delay_quantile(e, EMU_PIPE, pipe->number, 990));
		if (st.flows_folded)
			text_add(&t, "    flows forgotten %" PRIu64, st.flows_folded);
	}
	if (t.len)
		fprintf(to, "%s\n", line + 2);
	for (struct emu_flow *flow = NULL; (flow = emu_flow_next(e, EMU_PIPE, pipe->number, flow));)
		show_flow(flow, to);
}

/* ---- dummynet's columns ---- */

static void compat_rate(FILE *to, uint64_t rate)
{
	uint64_t unit = rate >= 1000000 ? 1000000 : rate >= 1000 ? 1000 : 1;
	const char *name = rate >= 1000000 ? "Mbit/s" : rate >= 1000 ? "Kbit/s" : "bit/s";

	if (!rate)
		fprintf(to, "unlimited     ");
	else
		fprintf(to, "%3" PRIu64 ".%03" PRIu64 " %s ", rate / unit,
			unit > 1 ? rate % unit / (unit / 1000) : 0, name);
}

static void compat_limit(FILE *to, const struct emu_pipe *pipe)
{
	const struct emu_room *r = &pipe->room;

	if (r->kind == LIMIT_PACKETS)
		fprintf(to, "%3" PRIu64 " sl.", r->slots);
	else if (r->bytes >= 8192)
		fprintf(to, "%" PRIu64 " KB", r->bytes / 1024);
	else
		fprintf(to, "%" PRIu64 " B", r->bytes);
}

static void compat_mask(FILE *to, const struct emu_mask *m)
{
	char src[WIRE_IP6_TEXT], dst[WIRE_IP6_TEXT];

	if (!m->on)
		return;
	if (!(m->src6[0] | m->src6[1] | m->dst6[0] | m->dst6[1] | m->label)) {
		fprintf(to, "    mask: %s 0x%02x 0x%08x/0x%04x -> 0x%08x/0x%04x\n", m->queue ? "queue," : "", m->proto,
			m->src4, m->sport, m->dst4, m->dport);
		return;
	}
	wire_ip6_print(m->src6, src);
	wire_ip6_print(m->dst6, dst);
	fprintf(to, "    mask: %sproto: 0x%02x, flow_id: 0x%08x,  %s/0x%04x -> %s/0x%04x\n", m->queue ? "queue," : "",
		m->proto, m->label, src, m->sport, dst, m->dport);
}

static void compat_proto(FILE *to, unsigned proto, int width)
{
	static const struct { uint8_t proto; const char *name; } names[] = {
		{ 0, "ip" }, { PROTO_ICMP, "icmp" }, { PROTO_TCP, "tcp" }, { PROTO_UDP, "udp" },
		{ PROTO_ICMP6, "ipv6-icmp" }, { PROTO_SCTP, "sctp" },
	};

	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (names[i].proto == proto) {
			fprintf(to, "%*s ", width, names[i].name);
			return;
		}
	}
	fprintf(to, "%*u ", width < 0 ? -width : width, proto);
}

static void compat_counts(FILE *to, uint64_t packets, uint64_t bytes, const struct emu_queue *q, uint64_t drops)
{
	fprintf(to, "%4" PRIu64 " %8" PRIu64 " %2" PRIu64 " %4" PRIu64 " %3" PRIu64 "\n", packets, bytes, q->packets,
		q->bytes, drops);
}

static void compat_flow(FILE *to, const struct emu_flow *flow, unsigned *family)
{
	struct emu_flow_stats st;
	struct emu_addresses a;
	struct emu_key key;
	char src[WIRE_IP6_TEXT], dst[WIRE_IP6_TEXT];

	emu_flow_stats(flow, &st);
	key = emu_flow_key(flow);
	emu_key_read(&key, &a);
	if (a.family == 6 && *family != 6)
		fputs("BKT ___Prot___ _flow-id_ ______________Source IPv6/port_______________ "
		      "_______________Dest. IPv6/port_______________ Tot_pkt/bytes Pkt/Byte Drp\n", to);
	else if (a.family != 6 && *family != 4)
		fputs("BKT Prot ___Source IP/port____ ____Dest. IP/port____ Tot_pkt/bytes Pkt/Byte Drp\n", to);
	*family = a.family == 6 ? 6 : 4;
	fprintf(to, "%3u ", (unsigned)(flow->id & 0xff));
	compat_proto(to, a.proto, a.family == 6 ? 9 : -4);
	if (a.family == 6) {
		wire_ip6_print(a.src6, src);
		wire_ip6_print(a.dst6, dst);
		fprintf(to, "%7" PRIu32 "  %39s/%-5u  %39s/%-5u ", a.label, src, a.sport, dst, a.dport);
	} else {
		wire_ip4_print(a.src4, src);
		wire_ip4_print(a.dst4, dst);
		fprintf(to, "%15s/%-5u %15s/%-5u ", src, a.sport, dst, a.dport);
	}
	compat_counts(to, st.packets, st.bytes, &flow->queue, sum(st.drops));
}

/* Without a mask dummynet has one line, all of whose fields are zero. */
static void compat_pipe(const struct emu *e, const struct emu_pipe *pipe, FILE *to)
{
	const struct emu_conf *c = &pipe->record->conf;
	struct emu_flow *flow = NULL;
	struct emu_stats st;
	unsigned family = 0;

	emu_stats(e, EMU_PIPE, pipe->number, &st);
	fprintf(to, "%05" PRIu32 ": ", pipe->number);
	compat_rate(to, c->bw);
	fprintf(to, " %4" PRIu64 " ms burst %" PRIu64 "\nq%05" PRIu32 " ", c->delay / NRW_MS, c->burst, pipe->number);
	compat_limit(to, pipe);
	fprintf(to, " %" PRIu64 " flows (%u buckets) sched %" PRIu32 " weight 0 lmax 0 pri 0 droptail\n",
		c->mask.on ? st.flows : 1, c->mask.on ? pipe->flows->table.buckets : 1, pipe->number);
	compat_mask(to, &c->mask);
	if (!c->mask.on) {
		fputs("BKT Prot ___Source IP/port____ ____Dest. IP/port____ Tot_pkt/bytes Pkt/Byte Drp\n", to);
		fprintf(to, "  0 ip   %15s/%-5u %15s/%-5u ", "0.0.0.0", 0u, "0.0.0.0", 0u);
		compat_counts(to, st.packets, st.bytes, &pipe->queue, sum(st.drops));
	}
	while ((flow = emu_flow_next(e, EMU_PIPE, pipe->number, flow)))
		compat_flow(to, flow, &family);
}

static void list_pipe(const struct emu *e, const struct emu_pipe *pipe, FILE *to)
{
	char *line = emu_print(e, EMU_PIPE, pipe->number);

	fprintf(to, "%s\n", line ? line : "(no memory)");
	free(line);
}

void emu_show(const struct emu *e, const struct emu_cmd *c, FILE *to)
{
	uint32_t number;

	for (uint32_t i = 0; emu_at(e, EMU_PIPE, i, &number); i++) {
		const struct emu_pipe *pipe = emu_find(e, EMU_PIPE, number);

		if (!emu_cmd_names(c, number))
			continue;
		if (c->verb == VERB_LIST)
			list_pipe(e, pipe, to);
		else if (c->form == FORM_COMPAT)
			compat_pipe(e, pipe, to);
		else
			show_pipe(e, pipe, to);
	}
}
