/* tests/unit/emu/set_random_test.c - queues and schedulers under lines of all kinds: nothing is lost, and what is
 * printed recreates the state. */
#include "kit.h"

#include <stdio.h>
#include <stdlib.h>

#include "test.h"

#define MS NRW_MS

static const char *pick(struct kit_rng *r, const char *const *from, size_t n)
{
	return from[kit_below(r, n)];
}

#define PICK(r, from) pick(r, from, sizeof(from) / sizeof(*(from)))

/* A line of any kind, mostly harmless. */
static void random_line(struct kit_rng *r, char *to, size_t room)
{
	static const char *const verbs[] = { "config", "config", "config", "config", "replace" };
	static const char *const links[] = { "bw 1Mbit/s", "bw 0", "bw 300Kbit/s delay 4ms", "delay 1ms", "mask none",
		"mask dst-ip /32", "mask dst-ip /31 expire 20ms", "overhead 20", "burst 3000", "bw 5Mbit/s flows 3",
		"mask queue", "trace none", "paused off" };
	static const char *const types[] = { "type fifo", "type rr", "type wf2q+", "type prio",
		"type fq_codel limit 20",
		"type fq_pie flows 4", "type qfq", "" };
	static const char *const queues[] = { "queue 5", "queue 3000B", "queue auto", "plr 0.1", "plr 0", "droptail",
		"codel target 1ms interval 10ms", "pie", "red 0.1/2/8/0.5", "mask all", "mask none",
		"mask src-ip 0x3 dst-ip 0x7 expire 30ms", "weight 7", "lmax 1500 pri 5", "noerror", "duplicate 0.2" };
	static const char *const leads[] = { "sched 1", "sched 2", "pipe 1", "pipe 2", "pipe 3", "sched 1" };
	unsigned n = 1 + (unsigned)kit_below(r, 3);

	switch (kit_below(r, 12)) {
	case 0:
		snprintf(to, room, "%s %u-%u delete", kit_below(r, 2) ? "queue" : kit_below(r, 2) ? "sched" : "pipe", n,
			n);
		return;
	case 1: case 2: case 3:
		snprintf(to, room, "pipe %u %s %s %s", n, PICK(r, verbs), PICK(r, links), PICK(r, queues) + 0);
		return;
	case 4: case 5: case 6:
		snprintf(to, room, "sched %u %s %s %s", n, PICK(r, verbs), PICK(r, links), PICK(r, types));
		return;
	default:
		snprintf(to, room, "queue %u %s %s %s", n, PICK(r, verbs), PICK(r, leads), PICK(r, queues));
	}
}

/* Lines that contradict themselves (`mask` twice) are not taken. */
static void try_line(struct kit *k, nrw_time now, const char *line)
{
	struct emu_cmd *c;
	struct err err = { 0 };
	struct errs es;
	struct lex lx;

	errs_init(&es);
	lex_line(&lx, "random", 1, line, strlen(line), &es);
	c = emu_parse(&lx);
	if (c)
		emu_apply(k->emu, c, now, &err);
	emu_cmd_free(c);
	errs_fini(&es);
}

static void all_conserve(struct kit *k, nrw_time now)
{
	uint64_t held = 0;

	for (enum emu_kind kind = EMU_PIPE; kind <= EMU_SCHED; kind++) {
		uint32_t number;

		for (uint32_t i = 0; emu_at(k->emu, kind, i, &number); i++) {
			struct emu_stats st = kit_stats_of(k, kind, number, now);
			uint64_t of_flows = 0;

			held += kind == EMU_QUEUE ? 0 : st.held_packets;
			for (struct emu_flow *f = NULL; (f = emu_flow_next(k->emu, kind, number, f));) {
				struct emu_flow_stats fs;
				uint64_t drops = 0;

				emu_flow_stats(f, &fs);
				for (unsigned d = 0; d < DROP_COUNT; d++)
					drops += fs.drops[d];
				assert_int_equal(fs.packets + fs.duplicates, fs.out_packets + drops + fs.held_packets);
				of_flows += fs.held_packets;
			}
			assert_true(of_flows <= st.held_packets);
		}
	}
	assert_int_equal(held > 0, emu_next(k->emu) != NRW_NEVER);
}

/* Whatever is configured while packets are under way: every packet comes out or is dropped, once; counters add up; no
 * packet leaves early or before one that is due. */
TEST(set, nothing_is_lost_whatever_happens)
{
	struct kit_rng r = { 99 };

	for (unsigned round = 0; round < 60; round++) {
		struct kit *k = kit_new(round);
		uint64_t put = 0, out_count = 0;
		nrw_time now = 0, last = 0;
		struct kit_out out;
		char line[200];

		if (round % 3 == 0)
			emu_series_start(k->emu);
		for (unsigned step = 0; step < 1500; step++) {
			struct view v = kit_view((uint32_t)kit_below(&r, 6), true);

			now += kit_below(&r, 4) ? kit_below(&r, 2 * MS) : 0;
			while (kit_take(k, now, &out)) {
				assert_true(out.at >= last && out.at <= now);
				last = out.at;
				out_count++;
			}
			if (step < 10 || kit_below(&r, 25) == 0) {
				random_line(&r, line, sizeof(line));
				try_line(k, now, line);
			}
			if (kit_below(&r, 3)) {
				kit_put_to(k, kit_below(&r, 3) ? EMU_QUEUE : EMU_PIPE, 1 + (uint32_t)kit_below(&r, 3),
					40 + (uint32_t)kit_below(&r, 1460), &v, now);
				put++;
			}
			if (kit_below(&r, 50) == 0)
				all_conserve(k, now);
			if (kit_below(&r, 200) == 0)
				emu_flows_forget(k->emu);
		}
		if (round % 2)
			kit_line(k, now, "pipe flush");
		all_conserve(k, now);
		kit_free(k);	/* insists that every packet is back */
		assert_true(out_count > 0 || put == 0);
	}
}

static char *list_all(struct kit *k)
{
	static const char *const lines[] = { "pipe list", "sched list", "queue list" };
	char *text = NULL;
	size_t n = 0;
	FILE *to = open_memstream(&text, &n);

	assert_non_null(to);
	for (unsigned i = 0; i < 3; i++) {
		struct emu_cmd *c;
		struct lex lx;

		lex_line(&lx, "list", 1, lines[i], strlen(lines[i]), NULL);
		c = emu_parse(&lx);
		assert_int_equal(emu_run(k->emu, c, 0, to, NULL), 0);
		emu_cmd_free(c);
	}
	fclose(to);
	return text;
}

TEST(set, what_is_listed_recreates_the_state)
{
	struct kit *k = kit_new(1), *again = kit_new(1);
	char *text, *same, *line, *rest;

	kit_line(k, 0, "queue 3 config pipe 1 weight 7 mask dst-ip /32 queue 20 plr 0.5");
	kit_line(k, 0, "queue 1 config sched 1 pri 3 lmax 1500 codel");
	kit_line(k, 0, "sched 1 config type fq_codel flows 64 bw 3Mbit/s mask src-ip /24");
	kit_line(k, 0, "sched 2 config");
	kit_line(k, 0, "pipe 1 config bw 1Mbit/s delay 3ms");
	text = list_all(k);
	rest = strdup(text);
	for (line = strtok(rest, "\n"); line; line = strtok(NULL, "\n"))
		kit_line(again, 0, line);
	same = list_all(again);
	assert_string_equal(text, same);
	assert_non_null(strstr(text, "queue 3 config pipe 1 weight 7 plr 0.5 queue 20 mask dst-ip /32\n"));
	free(rest);
	free(text);
	free(same);
	kit_free(k);
	kit_free(again);
}
