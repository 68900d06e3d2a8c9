/* wire/view_print.c - a packet in one line, for people.
 *
 *      tcp 10.0.0.1:4000 > 10.0.0.2:80 S.        flags as tcpdump writes them: F S R P . U E W
 *      icmp 10.0.0.1 > 10.0.0.2 type 8 code 0
 *      udp 10.0.0.1 > 10.0.0.2 fragment at 1480
 *      tcp [2001:db8::1] > [2001:db8::2] (transport header too short)
 *      not IP, ethertype 0x0806
 *
 * Any thread; not on the packet path. */
#include "wire/text.h"
#include "wire/view.h"

static void print_proto(struct text *t, uint8_t proto)
{
	static const struct { uint8_t proto; char name[10]; } known[] = {
		{ PROTO_TCP, "tcp" }, { PROTO_UDP, "udp" }, { PROTO_ICMP, "icmp" }, { PROTO_ICMP6, "icmp6" },
		{ PROTO_SCTP, "sctp" }, { PROTO_UDPLITE, "udplite" }, { PROTO_IGMP, "igmp" }, { PROTO_GRE, "gre" },
		{ PROTO_ESP, "esp" }, { PROTO_AH, "ah" },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].proto == proto)
			return text_add(t, "%s", known[i].name);
	text_add(t, "proto %u", proto);
}

static void print_end(struct text *t, const struct view *v, bool src)
{
	char addr[WIRE_IP6_TEXT];

	if (v->family == 4)
		wire_ip4_print(src ? v->src4 : v->dst4, addr);
	else
		wire_ip6_print(src ? v->src6 : v->dst6, addr);
	text_add(t, v->family == 4 ? "%s" : "[%s]", addr);
	if (v->has & VIEW_HAS_PORTS)
		text_add(t, ":%u", src ? v->sport : v->dport);
}

static void print_not_ip(struct text *t, const struct view *v)
{
	text_add(t, "%s", view_stop_text(v->stop));
	if (v->stop == VIEW_NOT_IP && v->ethertype)
		text_add(t, ", ethertype 0x%04x", v->ethertype);
}

int view_print(const struct view *v, char *to, size_t room)
{
	struct text t = text_init(to, room);

	if (!(v->has & VIEW_HAS_IP)) {
		print_not_ip(&t, v);
		return (int)t.len;
	}
	print_proto(&t, v->proto);
	text_add(&t, " ");
	print_end(&t, v, true);
	text_add(&t, " > ");
	print_end(&t, v, false);
	if (v->has & VIEW_HAS_TCP) {
		text_add(&t, " ");
		text_tcp_flags(&t, v->tcp_flags);
	}
	if (v->has & VIEW_HAS_ICMP)
		text_add(&t, " type %u code %u", v->icmp_type, v->icmp_code);
	if (v->stop == VIEW_LATER_FRAGMENT)
		text_add(&t, " fragment at %u", v->frag_off_bytes);
	else if (v->stop != VIEW_WHOLE)
		text_add(&t, " (%s)", view_stop_text(v->stop));
	return (int)t.len;
}
