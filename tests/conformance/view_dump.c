/* tests/conformance/view_dump.c - what view_parse() sees of each packet of a capture, a line each, for tests that ask
 * others the same.
 *
 *      view_dump CAPTURE
 *
 * name=value pairs between blanks; what was not seen is left out. Exits 0 for a whole capture. */
#include <inttypes.h>
#include <stdio.h>

#include "cap/cap.h"
#include "pkt/pkt.h"
#include "wire/view.h"

static void dump_ip(const struct view *v)
{
	char src[WIRE_IP6_TEXT], dst[WIRE_IP6_TEXT];

	if (v->family == 4) {
		wire_ip4_print(v->src4, src);
		wire_ip4_print(v->dst4, dst);
		printf(" id=%u", v->ip_id);
	} else {
		wire_ip6_print(v->src6, src);
		wire_ip6_print(v->dst6, dst);
		printf(" flow=%" PRIu32, v->flow_label);
	}
	printf(" src=%s dst=%s L=%" PRIu32 " ttl=%u tos=%u proto=%u l3=%" PRIu32, src, dst, v->ip_bytes, v->ttl, v->tos,
		v->proto, v->l3_off);
	if (v->has & VIEW_HAS_FRAG)
		printf(" fragoff=%u more=%u", v->frag_off_bytes, !!(v->frag_flags & VIEW_MF));
}

static void dump(const struct view *v)
{
	printf("family=%u stop=%u malformed=%u tags=%u", v->family, v->stop, v->malformed, v->tags);
	for (unsigned i = 0; i < v->tags; i++)
		printf(" vlan%u=%u", i, v->tag_tci[i] & 0xfff);
	if (v->has & VIEW_HAS_IP)
		dump_ip(v);
	if (v->has & VIEW_HAS_PORTS)
		printf(" sport=%u dport=%u", v->sport, v->dport);
	if (v->has & VIEW_HAS_TCP)
		printf(" seq=%" PRIu32 " ack=%" PRIu32 " flags=%u win=%u hlen=%u", v->tcp_seq, v->tcp_ack, v->tcp_flags,
			v->tcp_win, v->tcp_hlen_bytes);
	if (v->has & VIEW_HAS_ICMP)
		printf(" l4=%" PRIu32 " type=%u code=%u", v->l4_off, v->icmp_type, v->icmp_code);
	printf("\n");
}

int main(int argc, char **argv)
{
	struct cap_reader *r;
	struct err e = { 0 };
	struct pkt p = { 0 }, *one = &p;
	struct view v;
	enum cap_end end;

	if (argc != 2)
		return 2;
	if (cap_open(&r, argv[1], &e) < 0) {
		fprintf(stderr, "view_dump: %s\n", e.text);
		return 1;
	}
	while (cap_read(r, &one, 1)) {
		view_parse(&v, p.link, p.data, p.len_bytes, p.wire_bytes);
		dump(&v);
	}
	end = cap_end(r);
	cap_close(r);
	return end == CAP_WHOLE ? 0 : 1;
}
