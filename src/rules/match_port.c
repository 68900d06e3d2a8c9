/* rules/match_port.c - src-port, dst-port: lists of ports, ranges and services.
 *
 * True only for packets whose ports are seen: TCP, UDP, UDP-Lite and SCTP, never a later fragment
 * (VIEW_HAS_PORTS). Lists are of any length and print as they were written, services as numbers, or by name where a
 * list of rules asks for names. Bare ports after the source are the same match in another place. Class F. */
#include "rules_emit.h"

static int port_parse(struct parse *ps, struct part *p)
{
	return parse_ranges(ps, p, "port", 65535, names_service);
}

static void port_print(const struct part *p, struct str *to)
{
	const struct ranges *rs = p->own;
	const char *name;

	if (!to->names) {
		ranges_print(p, to);
		return;
	}
	for (uint32_t i = 0; i < rs->count; i++) {
		name = rs->r[i].lo == rs->r[i].hi ? names_service_text(rs->r[i].lo) : NULL;
		str_add(to, i ? "," : "");
		if (name)
			str_add(to, "%s", name);
		else
			str_add(to, rs->r[i].lo == rs->r[i].hi ? "%u" : "%u-%u", rs->r[i].lo, rs->r[i].hi);
	}
}

static void port_check(const void *own, struct facts *f)
{
	static const uint8_t with_ports[] = { PROTO_TCP, PROTO_UDP, PROTO_SCTP, PROTO_UDPLITE };

	facts_protos(f, with_ports, sizeof(with_ports));
}

static void src_port_keys(const void *own, struct keys *ks) { keys_add_ranges(ks, KEY_SPORT, own); }
static void dst_port_keys(const void *own, struct keys *ks) { keys_add_ranges(ks, KEY_DPORT, own); }

static bool src_port_run(const void *own, const struct rules_look *l)
{
	return l->view->has & VIEW_HAS_PORTS && ranges_hold(own, l->view->sport);
}

static bool dst_port_run(const void *own, const struct rules_look *l)
{
	return l->view->has & VIEW_HAS_PORTS && ranges_hold(own, l->view->dport);
}

static bool src_port_emit(const void *own, struct code *c) { return emit_ranges(own, FILTER_SRC_PORT, c); }
static bool dst_port_emit(const void *own, struct code *c) { return emit_ranges(own, FILTER_DST_PORT, c); }

const struct rules_word match_src_port = {
	.word = "src-port",	.kind = WORD_MATCH,
	.help = "src-port P[-P][,…]: source ports of TCP, UDP, UDP-Lite, SCTP",
	.size = sizeof(struct ranges),	.parse = port_parse,	.check = port_check,
	.run = src_port_run,	.emit = src_port_emit,
	.keys = src_port_keys,	.cache = CACHE_F,	.print = port_print,
};

const struct rules_word match_dst_port = {
	.word = "dst-port",	.kind = WORD_MATCH,
	.help = "dst-port P[-P][,…]: destination ports of TCP, UDP, UDP-Lite, SCTP",
	.size = sizeof(struct ranges),	.parse = port_parse,	.check = port_check,
	.run = dst_port_run,	.emit = dst_port_emit,
	.keys = dst_port_keys,	.cache = CACHE_F,	.print = port_print,
};
