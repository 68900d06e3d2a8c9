/* action_reset.c, action_unreach.c: what is to be answered. action_setdscp.c, action_setmss.c: what is changed, who
 * sees it, and that a capture's own bytes stay. */
#include <stdlib.h>

#include "kit.h"
#include "pkt/pkt.h"
#include "test.h"

struct judged {
	struct pkt_pool *pool;
	struct pkt *pkt;
	struct view view;
	struct rules_answer answer;
	struct rules_counter *counters;
	uint8_t *bytes;			/* as they were lent */
};

static struct judged judge(const char *lines, const uint8_t *bytes, uint32_t n, bool layer2)
{
	static const struct rules_env nothing_known;
	struct rules_set *s = kit_set(NULL, lines);
	struct judged j = { .pool = pkt_pool_new(0), .counters = rules_counters(s, NULL, NULL), .bytes = malloc(n) };
	struct meta m = { .len_bytes = n, .layer2 = layer2 };
	struct rules_pass x = { .view = &j.view, .meta = &m, .pool = j.pool };

	memcpy(j.bytes, bytes, n);
	j.pkt = x.pkt = pkt_new(j.pool);
	x.pkt->data = j.bytes;
	x.pkt->len_bytes = x.pkt->wire_bytes = n;
	x.pkt->link = LINK_RAW;
	view_parse(&j.view, LINK_RAW, j.bytes, n, n);
	x.look = (struct rules_look){ .view = &j.view, .meta = &m, .env = &nothing_known, .bytes = j.bytes,
		.len_bytes = n, .wire_bytes = n, .counters = j.counters };
	rules_judge(s, &x, &j.answer);
	assert_ptr_equal(x.look.bytes, x.pkt->data);
	rules_release(s);
	return j;
}

static void done(struct judged *j)
{
	pkt_free(j->pool, j->pkt);
	pkt_pool_free(j->pool);
	free(j->counters);
	free(j->bytes);
}

TEST(act, what_is_answered_is_told)
{
	static const struct { const char *action; enum rules_reply reply; uint8_t code; } cases[] = {
		{ "deny", RULES_SILENT, 0 },	{ "reject", RULES_UNREACH, 1 },
		{ "unreach port", RULES_UNREACH, 3 },	{ "unreach 200", RULES_UNREACH, 200 },
		{ "unreach6 address", RULES_UNREACH6, 3 },	{ "reset", RULES_RESET, 0 },
		{ "reset6", RULES_RESET6, 0 },	{ "abort", RULES_ABORT, 0 },	{ "abort6", RULES_ABORT6, 0 },
	};
	struct kit_packet p = kit_tcp(TCP_SYN);

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char line[80];

		snprintf(line, sizeof(line), "add 10 %s in\nadd 20 allow in", cases[i].action);
		for (int layer2 = 0; layer2 < 2; layer2++) {
			struct judged j = judge(line, p.bytes, p.n, layer2);

			assert_int_equal(j.answer.verdict, RULES_DENY);
			assert_int_equal(j.answer.why, DROP_RULE);
			assert_int_equal(j.answer.rule, 0);
			assert_int_equal(j.answer.reply, layer2 ? RULES_SILENT : cases[i].reply);
			assert_int_equal(j.answer.code, layer2 ? 0 : cases[i].code);
			assert_int_equal(j.counters[0].packets, 1);
			done(&j);
		}
	}
}

/* What counted but did not end the scan leaves nothing behind. */
TEST(act, an_answer_is_of_the_rule_that_decides)
{
	struct kit_packet p = kit_tcp(TCP_SYN);
	struct judged j = judge("add 10 reset out\nadd 20 setdscp ef in\nadd 30 deny in", p.bytes, p.n, false);

	assert_int_equal(j.answer.rule, 2);
	assert_int_equal(j.answer.reply, RULES_SILENT);
	done(&j);
}

TEST(setdscp, is_seen_by_later_rules_and_not_by_the_capture)
{
	struct kit_packet p = kit_udp(1, 2);
	struct judged j;

	p.bytes[1] = 0x03;
	wire_put16(p.bytes + 10, wire_checksum(p.bytes, 20));
	j = judge("add 10 count dscp ef\nadd 20 setdscp ef in\nadd 30 count dscp ef\nadd 40 setdscp 5 dscp ef\n"
		"add 50 allow dscp 5", p.bytes, p.n, false);
	assert_int_equal(j.answer.rule, 4);
	assert_int_equal(j.counters[0].packets, 0);
	assert_int_equal(j.counters[2].packets, 1);
	assert_int_equal(j.view.tos, 5 << 2 | 3);
	assert_memory_equal(j.bytes, p.bytes, p.n);
	assert_int_equal(j.pkt->data[1], 5 << 2 | 3);
	assert_int_equal(wire_sum(j.pkt->data, 20, 0), 0xffff);
	assert_memory_equal(j.pkt->data + 12, p.bytes + 12, p.n - 12);
	done(&j);
}

TEST(setdscp, rewrites_the_class_of_ip6)
{
	struct kit_packet p = kit_ip6(PROTO_UDP);
	struct judged j = judge("add 10 setdscp cs6 in\nadd 20 allow dscp cs6", p.bytes, p.n, false);

	assert_int_equal(j.answer.verdict, RULES_ALLOW);
	assert_int_equal(wire_get32(j.pkt->data), 0x6c000000);
	done(&j);
}

/* Nothing to change: not even a copy. A frame at layer 2 neither. */
TEST(setdscp, touches_nothing_where_it_changes_nothing)
{
	struct kit_packet p = kit_udp(1, 2);
	struct judged same = judge("add 10 setdscp 0 in\nadd 20 allow in", p.bytes, p.n, false);
	struct judged frame = judge("add 10 setdscp ef in\nadd 20 allow in", p.bytes, p.n, true);

	assert_ptr_equal(same.pkt->data, same.bytes);
	assert_ptr_equal(frame.pkt->data, frame.bytes);
	assert_int_equal(frame.counters[0].packets, 1);
	assert_memory_equal(frame.bytes, p.bytes, p.n);
	done(&same);
	done(&frame);
}

static struct kit_packet syn(uint16_t mss)
{
	struct kit_packet p = kit_tcp(TCP_SYN);

	p.n = 44;
	wire_put16(p.bytes + 2, 44);
	p.bytes[32] = 0x60;
	wire_put16(p.bytes + 40, 0x0204);
	wire_put16(p.bytes + 42, mss);
	p.meta.len_bytes = p.n;
	return p;
}

TEST(setmss, is_seen_by_later_rules_and_not_by_the_capture)
{
	struct kit_packet p = syn(1460);
	struct judged j = judge("add 10 tcp-setmss 1400 in\nadd 20 tcp-setmss 1410 in\nadd 30 allow tcpmss 1400",
		p.bytes, p.n, false);

	assert_int_equal(j.answer.verdict, RULES_ALLOW);
	assert_int_equal(j.counters[1].packets, 1);
	assert_memory_equal(j.bytes, p.bytes, p.n);
	assert_int_equal(wire_get16(j.pkt->data + 42), 1400);
	assert_int_equal(wire_get16(j.pkt->data + 36), wire_checksum_change(0, 1460, 1400));
	done(&j);
}

TEST(setmss, touches_nothing_where_it_changes_nothing)
{
	struct kit_packet p = syn(1400), udp = kit_udp(1, 2);
	struct judged j = judge("add 10 tcp-setmss 1400 in\nadd 20 allow in", p.bytes, p.n, false);
	struct judged other = judge("add 10 tcp-setmss 1 in\nadd 20 allow in", udp.bytes, udp.n, false);
	struct judged frame = judge("add 10 tcp-setmss 1 in\nadd 20 allow in", p.bytes, p.n, true);

	assert_ptr_equal(j.pkt->data, j.bytes);
	assert_ptr_equal(other.pkt->data, other.bytes);
	assert_ptr_equal(frame.pkt->data, frame.bytes);
	assert_int_equal(j.counters[1].packets, 1);
	assert_int_equal(other.counters[1].packets, 1);
	done(&j);
	done(&other);
	done(&frame);
}

/* A record longer than any buffer cannot be copied. */
TEST(act, a_change_without_memory_ends_the_packet)
{
	static const char *const changes[] = { "setdscp ef", "tcp-setmss 1000" };
	struct kit_packet p = syn(1460);
	uint32_t n = PKT_BYTES_MAX + 1;
	uint8_t *bytes = calloc(1, n);

	memcpy(bytes, p.bytes, p.n);
	for (size_t i = 0; i < 2; i++) {
		char line[80];
		struct judged j;

		snprintf(line, sizeof(line), "add 10 %s in\nadd 20 allow in", changes[i]);
		j = judge(line, bytes, n, false);
		assert_int_equal(j.answer.verdict, RULES_DENY);
		assert_int_equal(j.answer.why, DROP_NO_MEMORY);
		assert_int_equal(j.answer.rule, 0);
		assert_int_equal(j.counters[1].packets, 0);
		assert_memory_equal(j.bytes, p.bytes, p.n);
		done(&j);
	}
	free(bytes);
}
