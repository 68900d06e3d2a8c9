/* tests/fuzz/fuzz_view.c - any bytes as a frame of any link type, captured whole or in part.
 *
 *      | link 1 | bytes of the frame that were not captured 1, 255: very many | frame |
 *
 * Nothing is read behind what was captured (ASan sees the end), offsets lie inside it and in order, flags agree with
 * each other, and cutting a record never makes more of it. */
#include <stdlib.h>
#include <string.h>

#include "wire/view.h"

#include "holds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_offsets(const struct view *v, uint32_t captured)
{
	uint32_t header = v->family == 4 ? 20 : 40;

	HOLDS(v->l3_off <= captured && captured - v->l3_off >= header);
	HOLDS(v->ip_bytes >= header);
	HOLDS(!v->l4_off || (v->l4_off >= v->l3_off + header && v->l4_off <= captured));
	HOLDS(!v->data_off || (v->data_off >= v->l3_off + header && v->data_off <= captured));
	HOLDS(!v->l4_off || !v->data_off || v->data_off >= v->l4_off);
	HOLDS(!v->l4_off || v->l4_off - v->l3_off <= v->ip_bytes);
	HOLDS(!v->data_off || v->data_off - v->l3_off <= v->ip_bytes);
}

static void check_transport(const struct view *v)
{
	bool l4 = v->has & VIEW_HAS_L4;

	HOLDS(!(v->has & VIEW_HAS_TCP) || (v->has & VIEW_HAS_PORTS && v->proto == PROTO_TCP));
	HOLDS(!(v->has & (VIEW_HAS_PORTS | VIEW_HAS_ICMP)) || l4);
	HOLDS(!(v->has & VIEW_HAS_ICMP) || v->proto == (v->family == 4 ? PROTO_ICMP : PROTO_ICMP6));
	HOLDS(!l4 || (v->stop == VIEW_WHOLE && v->l4_off && v->has & VIEW_HAS_PROTO && !v->frag_off_bytes));
	HOLDS(v->has & VIEW_HAS_PORTS || (!v->sport && !v->dport));
	HOLDS(v->has & VIEW_HAS_TCP || (!v->tcp_seq && !v->tcp_ack && !v->tcp_flags && !v->tcp_win));
	HOLDS(v->has & VIEW_HAS_ICMP || (!v->icmp_type && !v->icmp_code));
	HOLDS((v->stop == VIEW_LATER_FRAGMENT) == (v->frag_off_bytes != 0));
}

static void check_not_ip(const struct view *v)
{
	HOLDS(!v->family && !v->malformed && !v->proto && !v->ip_bytes && !v->l4_off && !v->data_off && !v->src4);
	HOLDS(v->stop >= VIEW_NOT_IP && (v->stop <= VIEW_IP_BAD || v->stop == VIEW_TOO_MANY_TAGS));
	HOLDS(!(v->has & ~(VIEW_HAS_MAC | VIEW_HAS_ARP)));
}

static void check(const struct view *v, uint32_t captured, uint32_t wire)
{
	bool ip = v->has & VIEW_HAS_IP;

	HOLDS(v->stop < VIEW_STOPS && v->tags <= VIEW_TAGS_MAX && v->malformed <= 1);
	HOLDS((v->family == 4) == !!(v->has & VIEW_HAS_IP4) && (v->family == 6) == !!(v->has & VIEW_HAS_IP6));
	HOLDS(!(v->stop == VIEW_L4_CUT || v->stop == VIEW_EXT_SHORT) || (wire > captured && !v->malformed));
	if (!ip)
		return check_not_ip(v);
	HOLDS(v->stop == VIEW_WHOLE || (v->stop >= VIEW_EXT_SHORT && v->stop <= VIEW_LATER_FRAGMENT));
	check_offsets(v, captured);
	check_transport(v);
}

static void check_print(const struct view *v)
{
	char text[400], cut[400];
	int n = view_print(v, text, sizeof(text));

	HOLDS(n > 0 && n < (int)sizeof(text) && strlen(text) == (size_t)n);
	HOLDS(view_print(v, cut, (size_t)n) == n && !strncmp(text, cut, (size_t)n - 1) && strlen(cut) == (size_t)n - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t captured, wire;
	enum wire_link link;
	struct view v, shorter;
	uint8_t *cut;

	if (size < 2 || size > 1 << 18)
		return 0;
	link = data[0] % (LINK_COUNT + 1);
	captured = (uint32_t)size - 2;
	wire = data[1] == 255 ? UINT32_MAX : captured + data[1];
	memset(&v, 0x5a, sizeof(v));
	view_parse(&v, link, data + 2, captured, wire);
	check(&v, captured, wire);
	check_print(&v);
	if (!captured)
		return 0;
	cut = malloc(captured / 2 + 1);
	HOLDS(cut);
	memcpy(cut, data + 2, captured / 2);
	view_parse(&shorter, link, cut, captured / 2, wire);
	check(&shorter, captured / 2, wire);
	if (shorter.ip_bytes == v.ip_bytes) {	/* a jumbo option that was cut off leaves the frame's length */
		HOLDS(!(shorter.has & ~v.has));
		HOLDS(shorter.malformed <= v.malformed);
	}
	free(cut);
	return 0;
}
