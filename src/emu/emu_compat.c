/* emu/emu_compat.c - `show --compat`: the columns that dummynet prints, for scripts that read them.
 *
 *      00001:   1.000 Mbit/s    0 ms burst 0
 *      q00001  50 sl. 1 flows (1 buckets) sched 1 weight 1 lmax 0 pri 0 droptail
 *       sched 1 type WF2Q+ flags 0x0 0 buckets 1 active
 *         Children flowsets: 1
 *      BKT Prot ___Source IP/port____ ____Dest. IP/port____ Tot_pkt/bytes Pkt/Byte Drp
 *
 * A pipe prints the first two lines, a queue the second, a sched the first, third and fourth; then come flows. Where
 * there is no mask dummynet has one flow, all of whose fields are zero. Numbers of objects that dummynet makes for
 * itself (q131073) are those of ours. */
#include "emu_order.h"

#include <inttypes.h>

#include "wire/wire.h"

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
	const struct emu_limit *limit = &pipe->record->conf.queue;
	const struct emu_room *r = &pipe->room;

	if (limit->kind == LIMIT_PACKETS)
		fprintf(to, "%3" PRIu64 " sl.", limit->amount);
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

static void compat_counts(FILE *to, uint64_t packets, uint64_t bytes, const struct emu_queue *q,
	const uint64_t drops[DROP_COUNT])
{
	uint64_t n = 0;

	for (unsigned i = 0; i < DROP_COUNT; i++)
		n += drops[i];
	fprintf(to, "%4" PRIu64 " %8" PRIu64 " %2" PRIu32 " %4" PRIu64 " %3" PRIu64 "\n", packets, bytes, q->packets,
		q->bytes, n);
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
	compat_counts(to, st.packets, st.bytes, &flow->queue, st.drops);
}

static void compat_flows(const struct emu *e, const struct emu_pipe *pipe, const struct emu_stats *st, FILE *to)
{
	struct emu_queue q = { .packets = (uint32_t)st->backlog_packets, .bytes = st->backlog_bytes };
	struct emu_flow *flow = NULL;
	unsigned family = 0;

	if (!st->masked) {
		fputs("BKT Prot ___Source IP/port____ ____Dest. IP/port____ Tot_pkt/bytes Pkt/Byte Drp\n", to);
		fprintf(to, "  0 ip   %15s/%-5u %15s/%-5u ", "0.0.0.0", 0u, "0.0.0.0", 0u);
		compat_counts(to, st->packets, st->bytes, &q, st->drops);
	}
	while ((flow = emu_flow_next(e, pipe->kind, pipe->number, flow)))
		compat_flow(to, flow, &family);
}

static void compat_link(const struct emu_pipe *pipe, FILE *to)
{
	const struct emu_conf *c = &pipe->record->conf;

	fprintf(to, "%05" PRIu32 ": ", pipe->number);
	compat_rate(to, c->bw);
	fprintf(to, " %4" PRIu64 " ms burst %" PRIu64 "\n", c->delay / NRW_MS, c->burst);
}

static void compat_flowset(const struct emu_pipe *pipe, const struct emu_stats *st, FILE *to)
{
	const struct emu_conf *c = &pipe->record->conf;
	bool queue = pipe->kind == EMU_QUEUE;

	fprintf(to, "q%05" PRIu32 " ", pipe->number);
	compat_limit(to, pipe);
	fprintf(to, " %" PRIu64 " flows (%u buckets) sched %" PRIu32 " weight %" PRIu32 " lmax %" PRIu64 " pri %" PRIu32
		" %s\n", st->masked ? st->flows : 1, st->masked ? pipe->flows->table.buckets : 1,
		queue ? c->to.number : pipe->number, queue ? c->weight : 0, c->lmax, c->pri,
		c->aqm.ops ? c->aqm.ops->name : "droptail");
	compat_mask(to, &c->mask);
}

static void compat_sched(const struct emu_pipe *pipe, const struct emu_stats *st, FILE *to)
{
	const char *name = emu_sched_type(&pipe->record->conf)->name;

	fprintf(to, " sched %" PRIu32 " type ", pipe->number);
	for (; *name; name++)
		fputc(*name >= 'a' && *name <= 'z' ? *name - 'a' + 'A' : *name, to);
	fprintf(to, " flags 0x0 0 buckets %" PRIu64 " active\n", st->masked ? st->flows : 1);
	compat_mask(to, &pipe->record->conf.mask);
	if (list_empty(&pipe->flows->feeders))
		return;
	fputs("   Children flowsets: ", to);
	list_each(at, &pipe->flows->feeders)
		fprintf(to, "%" PRIu32 " ", container_of(at, struct emu_flows, feeder)->pipe->number);
	fputc('\n', to);
}

void emu_compat(const struct emu *e, const struct emu_pipe *pipe, FILE *to)
{
	struct emu_stats st;

	emu_stats(e, pipe->kind, pipe->number, &st);
	if (pipe->kind != EMU_QUEUE)
		compat_link(pipe, to);
	if (pipe->kind == EMU_SCHED)
		compat_sched(pipe, &st, to);
	else
		compat_flowset(pipe, &st, to);
	compat_flows(e, pipe, &st, to);
}
