/* tests/unit/emu/run_test.c - commands that configure nothing: delete, flush, list, show in all their forms. */
#include <stdlib.h>
#include <unistd.h>

#include "emu/emu_int.h"
#include "kit.h"
#include "test.h"

/* What the command prints, malloc's; `code` is what emu_run() must return. */
static char *run(struct kit *k, nrw_time now, const char *line, int code)
{
	struct emu_cmd *c;
	char *text = NULL;
	struct err e = { 0 };
	struct lex lx;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	lex_line(&lx, "test", 1, line, strlen(line), NULL);
	c = emu_parse(&lx);
	assert_non_null(c);
	assert_int_equal(emu_run(k->emu, c, now, f, &e), code);
	if (code)
		fputs(e.text, f);
	fclose(f);
	emu_cmd_free(c);
	return text;
}

static void prints(struct kit *k, nrw_time now, const char *line, const char *want)
{
	char *text = run(k, now, line, 0);

	assert_string_equal(text, want);
	free(text);
}

static void put_flow(struct kit *k, uint32_t flow, uint32_t bytes, nrw_time now)
{
	struct view v = kit_view(flow, true);

	kit_put_view(k, 1, bytes, &v, now);
}

static void refuses(struct kit *k, const char *line, const char *want)
{
	char *text = run(k, 0, line, ERR_USAGE);

	assert_string_equal(text, want);
	free(text);
}

TEST(run, the_link_of_a_pipe_is_told_at_the_pipe_and_must_suit_its_scheds)
{
	struct kit *k = kit_new(1);
	char path[] = "/tmp/narrows-run-XXXXXX", line[80];
	int fd = mkstemp(path);

	assert_true(fd >= 0 && write(fd, "0ms loss=0.5\n", 13) == 13 && !close(fd));
	kit_line(k, 0, "sched 1 config pipe 1 type rr");
	refuses(k, "sched 1 config bw 1Mbit/s",
		"sched 1 has the link of pipe 1: it is said there; sched 1 replace gives it one of its own");
	snprintf(line, sizeof(line), "pipe 1 config schedule %s", path);
	refuses(k, line, "sched 1 has this link: schedule: loss and queue belong to the queues of a sched; "
		"bw, delay and jitter are allowed");
	prints(k, 0, "pipe list", "");
	kit_line(k, 0, "pipe 1 config bw 1Mbit/s");
	prints(k, 0, "sched list", "sched 1 config pipe 1 type rr\n");
	kit_line(k, 0, "sched 1 replace bw 2Mbit/s");
	kit_line(k, 0, line);
	refuses(k, "sched 1 config pipe 1", "schedule: loss and queue belong to the queues of a sched; "
		"bw, delay and jitter are allowed");
	prints(k, 0, "sched list", "sched 1 config bw 2Mbit/s\n");
	unlink(path);
	kit_free(k);
}

TEST(run, deleting_drops_what_is_inside_by_name)
{
	struct kit *k = kit_new(1);
	uint32_t n;

	kit_line(k, 0, "pipe 1 config bw 8Mbit/s delay 10ms");
	kit_line(k, 0, "pipe 2 config delay 10ms");
	for (unsigned i = 0; i < 4; i++)
		kit_put(k, 1, 1000, 0);
	kit_put(k, 2, 1000, 0);
	prints(k, NRW_MS, "pipe 1 delete", "");		/* one on the line, one in service, two wait */
	assert_int_equal(k->dropped, 4);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(k->drops[i].seq, i);
		assert_int_equal(k->drops[i].why, DROP_NO_PIPE);
		assert_int_equal(k->drops[i].number, 1);
	}
	assert_false(emu_has(k->emu, EMU_PIPE, 1));
	kit_put(k, 1, 1000, NRW_MS);
	assert_int_equal(k->dropped, 5);
	assert_true(emu_at(k->emu, EMU_PIPE, 0, &n));
	assert_int_equal(n, 2);
	kit_take_is(k, NRW_S, 4, 10 * NRW_MS);
	kit_free(k);
}

TEST(run, deleting_a_masked_pipe_drops_all_its_flows)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "pipe 1 config bw 8Mbit/s delay 10ms mask all");
	for (unsigned i = 0; i < 30; i++)
		put_flow(k, 1 + i % 10, 1000, 0);
	prints(k, NRW_MS, "pipe flush", "");
	assert_int_equal(k->dropped, 30);
	assert_int_equal(emu_next(k->emu), NRW_NEVER);
	kit_line(k, NRW_MS, "pipe 1 config");		/* another one of the same number knows nothing of it */
	assert_int_equal(kit_stats(k, 1, NRW_MS).packets, 0);
	kit_free(k);
}

TEST(run, what_is_named_must_exist_and_of_a_range_what_does)
{
	struct kit *k = kit_new(1);
	char *text;

	kit_line(k, 0, "pipe 2 config");
	kit_line(k, 0, "pipe 4 config");
	text = run(k, 0, "pipe delete 2,3", ERR_UNKNOWN);
	assert_string_equal(text, "pipe 3 does not exist");
	free(text);
	assert_true(emu_has(k->emu, EMU_PIPE, 2));
	prints(k, 0, "pipe list 1-3", "pipe 2 config\n");
	prints(k, 0, "pipe delete 1-3", "");
	assert_false(emu_has(k->emu, EMU_PIPE, 2));
	assert_true(emu_has(k->emu, EMU_PIPE, 4));
	kit_free(k);
}

TEST(run, a_list_recreates_what_it_lists)
{
	static const char script[] = "pipe 1 config bw 10Mbit/s delay 20ms burst 10KB queue 64KB "
				     "mask dst-ip /24 expire 1s\n"
				     "pipe 300 config plr 0.1 mask dst-port 0xffff src-ip6 /64 flows 7\n";
	struct kit *k = kit_new(1), *again = kit_new(1);
	char *text, *line;

	kit_line(k, 0, "pipe 300 config mask src-ip6 /64 dst-port 0xffff flows 7 plr 10%");
	kit_line(k, 0, "pipe 1 config bw 10Mbit/s delay 20ms burst 10KB queue 64KB expire 1s "
		"sched_mask dst-ip 0xffffff00");
	prints(k, 0, "pipe list", script);
	text = run(k, 0, "pipe list", 0);
	for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		kit_line(again, 0, line);
	prints(again, 0, "pipe list", script);
	free(text);
	prints(k, 0, "pipe list 300 --json",
		"[{\"number\":300,\"text\":\"pipe 300 config plr 0.1 mask dst-port 0xffff src-ip6 /64 flows 7\"}]\n");
	kit_free(k);
	kit_free(again);
}

static struct kit *busy(void)
{
	struct kit *k = kit_new(1);
	struct kit_out o;

	kit_line(k, 0, "pipe 1 config bw 8Mbit/s delay 20ms queue 2 mask all");
	kit_line(k, 0, "pipe 2 config");
	for (unsigned i = 0; i < 3; i++)
		put_flow(k, 2, 1000, 0);
	put_flow(k, 3, 500, 0);
	while (kit_take(k, 21 * NRW_MS, &o))
		;
	return k;
}

TEST(run, show_tells_what_happened)
{
	struct kit *k = busy();

	prints(k, 21 * NRW_MS, "pipe show 1",
		"pipe 1  8 Mbit/s  delay 20 ms  queue 2  droptail  mask all              in 4  out 2  held 1\n"
		"  drops: queue-full 1    wait p50 1.0 ms p99 2.0 ms    delay p50 21.0 ms p99 22.0 ms    load 7 %\n"
		"  udp 10.0.0.1:1000 > 10.0.0.2:2000                                     in 3  out 1  drops 1  held 1\n"
		"  udp [2001:db8::1]:1000 > [2001:db8::3]:2000                           in 1  out 1  drops 0\n");
	prints(k, 21 * NRW_MS, "pipe 2 show",
		"pipe 2  unlimited  delay 0 ms  queue 50  droptail                       in 0  out 0  held 0\n");
	kit_free(k);
}

TEST(run, show_in_json)
{
	struct kit *k = busy();

	prints(k, 21 * NRW_MS, "pipe show 1 --json",
		"[{\"number\":1,\"bandwidth\":8000000,\"delay_ns\":20000000,\"packets\":4,\"bytes\":3500,"
		"\"out_packets\":2,"
		"\"out_bytes\":1500,\"drops\":{\"queue-full\":1},"
		"\"marks\":0,\"duplicates\":0,\"corruptions\":0,\"reordered\":0,"
		"\"backlog\":{\"max_packets\":3,\"max_bytes\":2500},"
		"\"wait_ns\":{\"min\":500000,\"p50\":1003519,\"p99\":2000000,\"max\":2000000},"
		"\"wait_more_ns\":{\"mean\":1166666,\"p90\":2000000},"
		"\"end_to_end_ns\":{\"min\":20500000,\"mean\":21166666,\"p50\":21003519,\"p90\":22000000,"
		"\"p99\":22000000,\"max\":22000000},"
		"\"held_packets\":1,\"flows_folded\":0,\"flows\":["
		"{\"flow\":\"udp 10.0.0.1:1000 > 10.0.0.2:2000\",\"packets\":3,\"bytes\":3000,\"out_packets\":1,"
		"\"out_bytes\":1000,\"held_packets\":1,\"drops\":{\"queue-full\":1},"
		"\"marks\":0,\"duplicates\":0,\"corruptions\":0,\"reordered\":0,"
		"\"backlog\":{\"max_packets\":2,\"max_bytes\":2000},"
		"\"wait_ns\":{\"min\":1000000,\"mean\":1500000,\"max\":2000000}},"
		"{\"flow\":\"udp [2001:db8::1]:1000 > [2001:db8::3]:2000\",\"packets\":1,\"bytes\":500,"
		"\"out_packets\":1,"
		"\"out_bytes\":500,\"held_packets\":0,\"drops\":{},"
		"\"marks\":0,\"duplicates\":0,\"corruptions\":0,\"reordered\":0,"
		"\"backlog\":{\"max_packets\":1,\"max_bytes\":500},"
		"\"wait_ns\":{\"min\":500000,\"mean\":500000,\"max\":500000}}]}]\n");
	kit_free(k);
}

TEST(run, show_in_dummynets_columns)
{
	struct kit *k = busy();

	prints(k, 21 * NRW_MS, "pipe show --compat",
		"00001:   8.000 Mbit/s    20 ms burst 0\n"
		"q00001   2 sl. 2 flows (16 buckets) sched 1 weight 0 lmax 0 pri 0 droptail\n"
		"    mask: proto: 0xff, flow_id: 0x000fffff,  ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/0xffff -> "
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/0xffff\n"
		"BKT Prot ___Source IP/port____ ____Dest. IP/port____ Tot_pkt/bytes Pkt/Byte Drp\n"
		"  1 udp         10.0.0.1/1000         10.0.0.2/2000     3     3000  0    0   1\n"
		"BKT ___Prot___ _flow-id_ ______________Source IPv6/port_______________ "
		"_______________Dest. IPv6/port_______________ Tot_pkt/bytes Pkt/Byte Drp\n"
		"  2       udp       0                              2001:db8::1/1000                               "
		"2001:db8::3/2000     1      500  0    0   0\n"
		"00002: unlimited         0 ms burst 0\n"
		"q00002  50 sl. 1 flows (1 buckets) sched 2 weight 0 lmax 0 pri 0 droptail\n"
		"BKT Prot ___Source IP/port____ ____Dest. IP/port____ Tot_pkt/bytes Pkt/Byte Drp\n"
		"  0 ip           0.0.0.0/0             0.0.0.0/0        0        0  0    0   0\n");
	kit_free(k);
}
