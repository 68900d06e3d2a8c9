/* What the rules say of a packet is what lane_input() would do, and nothing is done. And what rules may ask and report.
 * */
#include "kit.h"

#include <stdlib.h>

#include "test.h"

static void matched(void *ctx, uint32_t rule)
{
	sprintf((char *)ctx + strlen(ctx), "%u ", rule);
}

static struct pkt *packet(struct world *w, uint16_t dport)
{
	static uint8_t f[28];
	struct pkt *p = pkt_new(w->pool);

	memcpy(f, (uint8_t[28]){ 0x45, 0, 0, 28, [8] = 64, [9] = 17, [12] = 10, [15] = 1, [16] = 10, [19] = 2,
		[25] = 8 }, 28);
	f[22] = (uint8_t)(dport >> 8);
	f[23] = (uint8_t)dport;
	p->data = f;
	p->len_bytes = p->wire_bytes = 28;
	p->link = LINK_RAW;
	p->flags = PKT_STEADY;
	return p;
}

static void says(const char *script, const struct lane_seen *seen, const char *action, const char *rules)
{
	struct lane_verdict v;
	char text[200] = "";
	struct world w;
	struct pkt *p;

	kit_begin(&w, script);
	p = packet(&w, 80);
	lane_explain(w.lane, p, 10, seen, matched, text, &v);
	assert_int_equal(v.action.n, strlen(action));
	assert_memory_equal(v.action.p, action, v.action.n);
	assert_string_equal(text, rules);
	assert_int_equal(w.count, 0);
	pkt_free(w.pool, p);
	kit_end(&w);
}

TEST(explain, every_rule_that_matched_is_told_and_the_action_in_its_words)
{
	const struct lane_seen out = { .dir = META_OUT };

	says("", NULL, "allow", "0 ");
	says("add 1 count ip from any to any\nadd 2 deny tcp from any to any\n"
		"add 3 unreach port udp from any to any // x\n",
		NULL, "unreach port", "0 2 ");
	says("add 1 pipe 7 log ip from any to any out\nadd 2 reject ip from any to any\n", &out, "pipe 7", "0 ");
	says("add 1 pipe 7 ip from any to any out\nadd 2 reject ip from any to any\n", NULL, "reject", "1 ");
	says("at 10ns add 1 prob 1 deny ip from any to any\n", NULL, "deny", "0 ");
	says("disable one_pass\nadd 1 pipe 1 ip from any to any\nadd 2 deny ip from any to any\npipe 1 config\n", NULL,
		"pipe 1", "0 ");
}

TEST(env, a_log_line_tells_when_which_rule_and_what)
{
	struct lane_cfg cfg = { .dir = LANE_ALL_OUT };
	struct world w;

	kit_begin_cfg(&w, "add 5 deny log logamount 2 ip from any to any dst-port 80\n", cfg);
	for (unsigned i = 0; i < 3; i++)
		kit_send(&w, NRW_S * i + 7, 28, 80);
	assert_string_equal(w.said,
		"0.000000007 s: rule 5 deny udp 0.0.0.0:0 > 0.0.0.0:80 out\n"
		"1.000000007 s: rule 5 deny udp 0.0.0.0:0 > 0.0.0.0:80 out (limit 2 reached)\n");
	kit_end(&w);
}

static const char *iface_name(void *ctx, uint16_t iface)
{
	return iface == 1 ? "eth0" : NULL;
}

static char name[300];

static const char *long_name(void *ctx, uint16_t iface)
{
	return name;
}

/* A capture may name its interfaces as it likes. */
TEST(env, a_log_line_shows_255_bytes_of_a_name_and_says_that_there_are_more)
{
	struct lane_cfg cfg = { .iface_name = long_name };
	const char *via;
	struct world w;

	memset(name, 'n', 255);
	kit_begin_cfg(&w, "add 5 deny log ip from any to any\n", cfg);
	kit_send(&w, 0, 28, 80);
	via = strstr(w.said, "in via ");
	assert_non_null(via);
	assert_int_equal(strspn(via + 7, "n"), 255);
	assert_string_equal(via + 7 + 255, "\n");
	kit_end(&w);
	name[255] = 'n';
	kit_begin_cfg(&w, "add 5 deny log ip from any to any\n", cfg);
	kit_send(&w, 0, 28, 80);
	via = strstr(w.said, "in via ");
	assert_non_null(via);
	assert_string_equal(via + 7 + 255, "...\n");
	kit_end(&w);
}

TEST(env, the_interface_is_where_the_direction_says)
{
	struct lane_cfg cfg = { .iface_name = iface_name };
	struct world w;

	kit_begin_cfg(&w, "add 1 deny ip from any to any in recv eth0\n", cfg);
	kit_send(&w, 0, 28, 80);
	assert_string_equal(kit_order(&w), "d0");
	kit_end(&w);
	cfg.dir = LANE_ALL_OUT;
	kit_begin_cfg(&w, "add 1 deny ip from any to any recv eth0\nadd 2 reject ip from any to any out xmit eth0\n",
		cfg);
	kit_send(&w, 0, 28, 80);
	assert_int_equal(w.seen[0].number, 2);
	kit_end(&w);
}

TEST(env, me_is_every_address_given)
{
	struct lane_net me[2];
	struct lane_cfg cfg = { .me = me, .me_count = 2 };
	struct world w;
	struct err e;

	assert_int_equal(lane_net_parse(&me[0], "2001:db8::1", &e), 0);
	assert_int_equal(lane_net_parse(&me[1], "0.0.0.0/31", &e), 0);
	kit_begin_cfg(&w, "add 1 deny ip from me to any\n", cfg);
	kit_send(&w, 0, 28, 80);
	assert_string_equal(kit_order(&w), "d0");
	kit_end(&w);
	cfg.me_count = 1;
	kit_begin_cfg(&w, "add 1 deny ip from me to any\n", cfg);
	kit_send(&w, 0, 28, 80);
	assert_string_equal(kit_order(&w), "p0");
	kit_end(&w);
}
