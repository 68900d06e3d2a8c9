/* tests/unit/emu/flows_test.c - a pipe with a mask is as many pipes as it has flows: held against just that, one pipe
 * without a mask for each flow, in an emulator of their own, with every change of configuration made in all of them. */
#include "emu/emu_flow.h"

#include <stdlib.h>

#include "kit.h"
#include "test.h"

#define FLOWS 12
#define PACKETS 300

struct twins {
	struct kit *masked, *plain;
	struct kit_rng r;
	nrw_time now;
};

static void both(struct twins *t, const char *options)
{
	char line[256];

	snprintf(line, sizeof(line), "pipe 1 config %s", options);
	kit_line(t->masked, t->now, line);
	for (unsigned i = 1; i <= FLOWS; i++) {
		snprintf(line, sizeof(line), "pipe %u config %s", 100 + i, options);
		kit_line(t->plain, t->now, line);
	}
}

/* What may change, with values that often meet. */
static void random_options(struct kit_rng *r, char *to, size_t room)
{
	static const char *const rates[] = { "0", "8Mbit/s", "80Mbit/s", "7777777", "1Tbit/s" };
	static const char *const delays[] = { "0", "1ms", "3ms", "20ms", "100us" };
	static const char *const queues[] = { "1", "3", "50", "4000B", "2ms", "auto" };
	static const char *const bursts[] = { "0", "3000B", "100B", "10KB" };
	size_t n = 0;

	to[0] = '\0';
	if (kit_below(r, 2))
		n += (size_t)snprintf(to + n, room - n, " bw %s", rates[kit_below(r, 5)]);
	if (kit_below(r, 2))
		n += (size_t)snprintf(to + n, room - n, " delay %s", delays[kit_below(r, 5)]);
	if (kit_below(r, 2))
		n += (size_t)snprintf(to + n, room - n, " queue %s", queues[kit_below(r, 6)]);
	if (kit_below(r, 3) == 0)
		n += (size_t)snprintf(to + n, room - n, " burst %s", bursts[kit_below(r, 4)]);
	if (kit_below(r, 4) == 0)
		snprintf(to + n, room - n, " overhead %u", (unsigned)kit_below(r, 3) * 20);
}

static void take_alike(struct twins *t, nrw_time until)
{
	struct kit_out a, b;
	bool more = true;

	while (more) {
		more = kit_take(t->plain, until, &b);
		assert_int_equal(kit_take(t->masked, until, &a), more);
		if (!more)
			break;
		assert_int_equal(a.seq, b.seq);
		assert_int_equal(a.at, b.at);
	}
}

static void step(struct twins *t)
{
	uint32_t flow = 1 + (uint32_t)kit_below(&t->r, kit_below(&t->r, 2) ? 3 : FLOWS);
	uint32_t bytes = kit_below(&t->r, 2) ? 1000 : 1 + (uint32_t)kit_below(&t->r, 1500);
	struct view v = kit_view(flow, true);
	char options[128];

	t->now += kit_below(&t->r, 3) * kit_below(&t->r, 2 * NRW_MS) / 1000 * 1000;
	if (kit_below(&t->r, 2))
		take_alike(t, t->now);
	if (kit_below(&t->r, 15) == 0) {
		random_options(&t->r, options, sizeof(options));
		both(t, options);
	}
	kit_put_view(t->masked, 1, bytes, &v, t->now);
	kit_put(t->plain, 100 + flow, bytes, t->now);
	assert_int_equal(t->masked->dropped, t->plain->dropped);
}

static void sums_are_alike(struct twins *t)
{
	struct emu_stats all = kit_stats(t->masked, 1, t->now), sum = { 0 };

	for (unsigned i = 1; i <= FLOWS; i++) {
		struct emu_stats st = kit_stats(t->plain, 100 + i, t->now);

		sum.packets += st.packets;
		sum.bytes += st.bytes;
		sum.out_packets += st.out_packets;
		sum.out_bytes += st.out_bytes;
		sum.held_packets += st.held_packets;
		sum.backlog_packets += st.backlog_packets;
		sum.backlog_bytes += st.backlog_bytes;
	}
	assert_int_equal(all.packets, sum.packets);
	assert_int_equal(all.bytes, sum.bytes);
	assert_int_equal(all.out_packets, sum.out_packets);
	assert_int_equal(all.out_bytes, sum.out_bytes);
	assert_int_equal(all.held_packets, sum.held_packets);
	assert_int_equal(all.backlog_packets, sum.backlog_packets);
	assert_int_equal(all.backlog_bytes, sum.backlog_bytes);
}

static void one_run(uint64_t seed)
{
	struct twins t = { kit_new(1), kit_new(1), { seed }, 0 };
	char options[128];

	kit_line(t.masked, 0, "pipe 1 config mask dst-ip 0xff dst-ip6 0xffff");
	random_options(&t.r, options, sizeof(options));
	both(&t, options);
	for (unsigned i = 0; i < PACKETS; i++) {
		step(&t);
		if (i % 50 == 0)
			sums_are_alike(&t);
	}
	take_alike(&t, NRW_NEVER - 1);
	sums_are_alike(&t);
	assert_int_equal(emu_next(t.masked->emu), NRW_NEVER);
	kit_free(t.masked);
	kit_free(t.plain);
}

TEST(flows, a_masked_pipe_is_a_pipe_for_each_flow)
{
	for (uint64_t seed = 1; seed <= 400; seed++)
		one_run(seed * 7919);
}

static struct emu_key key_of(const struct emu_mask *mask, const struct view *v, struct emu_shape *s)
{
	struct emu_key k = { { 0 } };

	emu_shape_init(s, &(struct emu_sort){ .mask = *mask });
	emu_key_make(&k, s, v);
	return k;
}

static struct emu_mask mask_of(const char *text)
{
	struct emu_mask mask;
	struct emu_cmd *c;
	char line[160];
	struct lex lx;

	snprintf(line, sizeof(line), "pipe 1 config mask %s", text);
	lex_line(&lx, "test", 1, line, strlen(line), NULL);
	c = emu_parse(&lx);
	assert_non_null(c);
	mask = c->conf.mask;
	emu_cmd_free(c);
	return mask;
}

static void number_is(const char *mask_text, uint32_t flow, uint32_t label, uint64_t number, const char *text)
{
	struct emu_mask mask = mask_of(mask_text);
	struct view v = kit_view(flow, true);
	char is[EMU_FLOW_TEXT];
	struct emu_shape s;
	struct emu_key k;

	v.flow_label = label;
	k = key_of(&mask, &v, &s);
	assert_true(emu_key_number(&k) == number);
	emu_key_print(&k, &s, is, sizeof(is));
	assert_string_equal(is, text);
}

/* Worked out in Python from the definition. */
TEST(flows, numbers_of_flows_are_fnv1a_of_the_masked_fields)
{
	number_is("all", 2, 0, UINT64_C(0x3ab414a1895b01ab), "udp 10.0.0.1:1000 > 10.0.0.2:2000");
	number_is("all", 3, 0, UINT64_C(0xa3458601819f7aea), "udp [2001:db8::1]:1000 > [2001:db8::3]:2000");
	number_is("all", 3, 0xabcde, UINT64_C(0x4b022e014f2af99a),
		"udp [2001:db8::1]:1000 > [2001:db8::3]:2000 flow-id 0xabcde");
	number_is("dst-ip /24", 2, 0, UINT64_C(0x7857976bd94f3963), "ip any > 10.0.0.0/24");
	number_is("dst-ip /24", 3, 0xabcde, UINT64_C(0x0e7739e5139ce87b), "ip6 any > any");
	number_is("proto /8 dst-port 0xffff", 2, 0, UINT64_C(0xf4750779f376ecb9), "udp any > any:2000");
}

TEST(flows, cut_fields_are_named_with_their_masks)
{
	struct emu_mask mask = mask_of("proto 0xf0 src-ip 0xff dst-port 0xf0 src-ip6 ::ffff dst-ip6 /32 flow-id 0xf");
	struct view v4 = kit_view(2, true), v6 = kit_view(3, true);
	char is[EMU_FLOW_TEXT];
	struct emu_shape s;
	struct emu_key k;

	v6.flow_label = 0x12;
	k = key_of(&mask, &v4, &s);
	emu_key_print(&k, &s, is, sizeof(is));
	assert_string_equal(is, "ip proto 0x10/0xf0 0.0.0.1/0xff > any:0xd0/0xf0");
	k = key_of(&mask, &v6, &s);
	emu_key_print(&k, &s, is, sizeof(is));
	assert_string_equal(is, "ip6 proto 0x10/0xf0 [::1/::ffff] > [2001:db8::/32]:0xd0/0xf0 flow-id 0x2/0xf");
	k = key_of(&mask, NULL, &s);
	emu_key_print(&k, &s, is, sizeof(is));
	assert_string_equal(is, "other");
}

/* Which of the first forty packets of a flow are lost at P = 0.5, from the same Python. */
TEST(flows, each_flow_has_dice_of_its_own)
{
	static const char v4[] = "1101111110010000001100101110011101101011";
	static const char v6[] = "1001011101000100001101001101010000000010";
	struct kit *k = kit_new(1);
	struct view a = kit_view(2, true), b = kit_view(3, true);

	kit_line(k, 0, "pipe 1 config plr 0.5 mask all");
	for (unsigned i = 0; i < 40; i++) {
		uint32_t before = k->dropped;

		kit_put_view(k, 1, 100, &a, i);
		assert_int_equal(k->dropped - before, v4[i] - '0');
		before = k->dropped;
		kit_put_view(k, 1, 100, &b, i);
		assert_int_equal(k->dropped - before, v6[i] - '0');
	}
	kit_free(k);
}

static uint64_t flow_count(struct kit *k, nrw_time now)
{
	return kit_stats(k, 1, now).flows;
}

static void put_flow(struct kit *k, uint32_t flow, nrw_time now)
{
	struct view v = kit_view(flow, false);

	kit_put_view(k, 1, 1000, &v, now);
}

TEST(flows, an_idle_flow_is_kept_for_a_time_and_its_counts_for_ever)
{
	struct kit *k = kit_new(1);
	struct emu_stats st;
	struct kit_out o;

	kit_line(k, 0, "pipe 1 config bw 8Mbit/s delay 9ms expire 5ms mask all");
	put_flow(k, 2, 0);			/* leaves at 10 ms */
	put_flow(k, 3, 2 * NRW_MS);		/* leaves at 12 ms */
	while (kit_take(k, 12 * NRW_MS, &o))
		;
	assert_int_equal(flow_count(k, 15 * NRW_MS - 1), 2);
	assert_int_equal(flow_count(k, 15 * NRW_MS), 1);
	assert_int_equal(flow_count(k, 17 * NRW_MS - 1), 1);
	put_flow(k, 3, 17 * NRW_MS - 1);
	assert_int_equal(flow_count(k, 17 * NRW_MS), 1);	/* it is busy */
	st = kit_stats(k, 1, 17 * NRW_MS);
	assert_int_equal(st.flows_folded, 1);
	assert_int_equal(st.packets, 3);
	assert_int_equal(st.out_packets, 2);
	assert_int_equal(st.wait_ns->count, 2);
	kit_free(k);
}

TEST(flows, a_flow_without_a_place_takes_that_of_the_longest_idle)
{
	struct kit *k = kit_new(1);
	struct kit_out o;

	kit_line(k, 0, "pipe 1 config bw 8Mbit/s flows 3 mask all");
	for (uint32_t f = 1; f <= 3; f++)
		put_flow(k, f, 0);
	put_flow(k, 4, 0);			/* all are busy */
	assert_int_equal(k->dropped, 1);
	assert_int_equal(k->drops[0].why, DROP_FLOWS);
	while (kit_take(k, NRW_MS, &o))
		;
	put_flow(k, 1, 2 * NRW_MS);		/* so 2 is idle the longest */
	while (kit_take(k, 4 * NRW_MS, &o))
		;
	put_flow(k, 4, 5 * NRW_MS);
	assert_int_equal(k->dropped, 1);
	assert_int_equal(flow_count(k, 5 * NRW_MS), 3);
	assert_int_equal(kit_stats(k, 1, 5 * NRW_MS).flows_folded, 1);
	for (struct emu_flow *f = NULL; (f = emu_flow_next(k->emu, EMU_PIPE, 1, f));)
		assert_int_not_equal(f->key[1] & 0xff, 2);
	kit_free(k);
}

/* What an old mask, or none, put into queues leaves at its time; newcomers find flows of their own. */
TEST(flows, a_change_of_mask_lets_what_is_queued_drain)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "pipe 1 config bw 8Mbit/s");
	put_flow(k, 2, 0);
	put_flow(k, 2, 0);			/* 2 ms */
	kit_line(k, 0, "pipe 1 config mask dst-ip /24");
	put_flow(k, 2, 0);			/* 1 ms */
	put_flow(k, 3, 0);			/* 2 ms */
	kit_line(k, 0, "pipe 1 config mask dst-ip /32");
	put_flow(k, 3, 0);			/* 1 ms */
	kit_line(k, 0, "pipe 1 config mask none");
	put_flow(k, 2, 0);			/* 3 ms: behind the first two */
	kit_take_is(k, NRW_S, 0, NRW_MS);
	kit_take_is(k, NRW_S, 2, NRW_MS);
	kit_take_is(k, NRW_S, 4, NRW_MS);
	assert_int_equal(flow_count(k, NRW_MS), 1);
	kit_take_is(k, NRW_S, 1, 2 * NRW_MS);
	kit_take_is(k, NRW_S, 3, 2 * NRW_MS);
	kit_take_is(k, NRW_S, 5, 3 * NRW_MS);
	assert_int_equal(flow_count(k, 3 * NRW_MS), 0);
	kit_free(k);
}

/* A hundred thousand idle flows: what they take of memory, tables included. */
TEST(flows, an_idle_flow_takes_at_most_512_bytes)
{
	size_t table = 2 * sizeof(struct hash_node *), ends = sizeof(struct emu_end) * 3 / 2;

	assert_true(sizeof(struct emu_flow) + table + ends <= 512);
}

TEST(flows, many_are_many)
{
	struct kit *k = kit_new(1);
	struct kit_out o;
	uint64_t out = 0;

	kit_line(k, 0, "pipe 1 config bw 8Mbit/s delay 1ms flows 100000 mask all");
	for (uint32_t f = 0; f < 20000; f++) {
		struct view soon = kit_view(f + EMU_SOON, false);

		emu_soon(k->emu, &soon);	/* a hint, right or wrong, changes nothing */
		put_flow(k, f, f);
	}
	assert_true(emu_wants_soon(k->emu));
	while (kit_take(k, NRW_S, &o)) {
		assert_int_equal(o.seq, out);
		assert_int_equal(o.at, out + 2 * NRW_MS);
		out++;
	}
	assert_int_equal(out, 20000);
	assert_int_equal(flow_count(k, NRW_S), 20000);
	kit_free(k);
}

#define MANY 1200		/* flows at most, and packets of somewhat more to choose from */
#define SOME 12000

struct told {
	struct kit *k, *deaf;
	struct kit_rng r;
	struct view views[SOME];
	nrw_time now;
	uint32_t wanted;		/* how often it listened */
};

static void line_to_both(struct told *t, const char *line)
{
	kit_line(t->k, t->now, line);
	kit_line(t->deaf, t->now, line);
}

static void take_from_both(struct told *t)
{
	struct kit_out a, b;

	while (kit_take(t->deaf, t->now, &b)) {
		assert_true(kit_take(t->k, t->now, &a));
		assert_int_equal(a.seq, b.seq);
		assert_int_equal(a.at, b.at);
	}
	kit_take_none(t->k, t->now);
}

/* Mostly the packet that comes so many later; at times none, one that never comes, or one twice. */
static void tell(struct told *t, uint32_t i)
{
	struct view wrong = kit_view((uint32_t)kit_below(&t->r, 2 * MANY), true);

	if (kit_below(&t->r, 50) == 0)
		emu_soon(t->k->emu, &wrong);
	for (uint64_t n = kit_below(&t->r, 20); i + EMU_SOON < SOME && n >= 1; n = n == 19 ? 1 : 0)
		emu_soon(t->k->emu, &t->views[i + EMU_SOON]);
}

static void told_step(struct told *t, uint32_t i)
{
	static const char *const lines[] = {
		"pipe 1 config mask all", "pipe 1 config mask dst-ip 0xffff dst-ip6 0xffffff",
		"pipe 1 config mask none",
	};

	if (kit_below(&t->r, 4000) == 0)
		line_to_both(t, lines[kit_below(&t->r, 5) / 2]);
	t->now += kit_below(&t->r, 3000) ? kit_below(&t->r, 2000) : 5 * NRW_MS;
	take_from_both(t);
	t->wanted += emu_wants_soon(t->k->emu);
	tell(t, i);
	kit_put_view(t->k, 1, 1000, &t->views[i], t->now);
	kit_put_view(t->deaf, 1, 1000, &t->views[i], t->now);
	assert_int_equal(t->k->dropped, t->deaf->dropped);
}

/* Flows are folded between word and packet: their time is up, or others want their place, or another mask comes. */
TEST(flows, what_is_told_changes_nothing)
{
	uint32_t wanted = 0;

	for (uint64_t seed = 1; seed <= 4; seed++) {
		struct told *t = calloc(1, sizeof(*t));

		*t = (struct told){ .k = kit_new(1), .deaf = kit_new(1), .r = { seed } };
		line_to_both(t, "pipe 1 config bw 80Mbit/s delay 100us expire 4ms flows 1200 mask all");
		for (uint32_t i = 0; i < SOME; i++)
			t->views[i] = kit_view((uint32_t)(i < MANY ? i : kit_below(&t->r, MANY + MANY / 4)), true);
		for (uint32_t i = 0; i < SOME; i++)
			told_step(t, i);
		t->now += NRW_S;
		take_from_both(t);
		assert_int_equal(flow_count(t->k, t->now), flow_count(t->deaf, t->now));
		wanted += t->wanted;
		kit_free(t->k);
		kit_free(t->deaf);
		free(t);
	}
	assert_true(wanted > SOME / 2);
}
