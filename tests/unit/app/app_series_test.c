/* The series: held against sums made from the packets themselves, interval by interval, with those left out. */
#include "app/app_series.h"

#include <stdlib.h>

#include "test.h"

#define PACKETS 2000
#define PIPES 3
#define DELAY (7 * NRW_MS)	/* of every pipe */

struct passage {		/* of one packet */
	nrw_time in, out;	/* out NRW_NEVER: dropped */
	unsigned pipe, bytes;
};

struct row {
	unsigned pipe;
	char flow[64];
	struct series_point p;
};

struct world {
	struct pkt_pool *pool;
	struct lane *lane;
	struct app_series *series;
	nrw_time interval, now;
	struct passage passages[PACKETS];
	unsigned sent;
	struct row *rows;
	size_t count;
};

static void on_out(void *ctx, struct pkt *p, enum lane_way way)
{
	struct world *w = ctx;

	w->passages[p->seq].out = way == LANE_RELEASED ? p->at : w->now;
	pkt_free(w->pool, p);
}

static void on_drop(void *ctx, struct pkt *p, const struct lane_end *end)
{
	struct world *w = ctx;

	pkt_free(w->pool, p);
}

static void on_point(void *ctx, const char *object, const char *flow, const struct series_point *p)
{
	struct world *w = ctx;

	w->rows = realloc(w->rows, (w->count + 1) * sizeof(*w->rows));
	assert_non_null(w->rows);
	w->rows[w->count] = (struct row){ .pipe = (unsigned)strtoul(object + strlen("pipe "), NULL, 10), .p = *p };
	snprintf(w->rows[w->count++].flow, sizeof(w->rows->flow), "%s", flow);
}

static void begin(struct world *w, nrw_time interval, const char *script)
{
	struct lane_cfg cfg = { .seed = 1, .default_allow = true, .ops = { .out = on_out, .drop = on_drop, .ctx = w } };
	struct lane_script *s = lane_script_new();
	struct errs errs;
	struct err e;

	*w = (struct world){ .pool = pkt_pool_new(0), .interval = interval };
	cfg.pool = w->pool;
	w->lane = lane_new(&cfg);
	errs_init(&errs);
	assert_int_equal(lane_script_text(s, "test", 1, script, strlen(script), &errs), 0);
	assert_int_equal(lane_commit(w->lane, s, &errs, &e), 0);
	assert_int_equal(errs.errors + errs.warnings, 0);
	errs_fini(&errs);
	lane_script_free(s);
	w->series = app_series_new(w->lane, interval, NULL);
	app_series_to(w->series, on_point, w, false);
}

static void send(struct world *w, nrw_time now, unsigned pipe, unsigned bytes)
{
	static uint8_t frames[PACKETS][28];
	uint8_t *f = frames[w->sent];
	struct pkt *p = pkt_new(w->pool);

	memset(f, 0, 28);
	f[0] = 0x45;
	f[2] = (uint8_t)(bytes >> 8);
	f[3] = (uint8_t)bytes;
	f[9] = 17;
	f[23] = (uint8_t)pipe;	/* destination port */
	f[25] = 8;
	p->data = f;
	p->len_bytes = 28;
	p->wire_bytes = bytes;
	p->link = LINK_RAW;
	p->flags = PKT_STEADY;
	w->passages[w->sent++] = (struct passage){ now, NRW_NEVER, pipe, bytes };
	w->now = now;
	app_series_until(w->series, now);
	lane_input(w->lane, p, now);
}

/* As the engine does it: departures with samples between them. */
static void finish(struct world *w)
{
	nrw_time next;

	while ((next = lane_next(w->lane)) != NRW_NEVER) {
		app_series_until(w->series, next);
		lane_advance(w->lane, next);
		w->now = next > w->now ? next : w->now;
	}
	app_series_finish(w->series, w->now);
}

static void end(struct world *w)
{
	app_series_free(w->series);
	lane_free(w->lane);
	pkt_pool_free(w->pool);
	free(w->rows);
}

static bool within(nrw_time t, nrw_time at, nrw_time length)	/* time 0 belongs to the first interval */
{
	return t <= at && (t > at - length || (t == 0 && at == length));
}

/* What the interval that ends at `at` should say, from the packets. */
static struct series_point expected(const struct world *w, unsigned pipe, nrw_time at)
{
	struct series_point p = { .at = at, .length = w->interval };

	for (unsigned i = 0; i < w->sent; i++) {
		const struct passage *x = &w->passages[i];
		bool dropped = x->out == NRW_NEVER;
		nrw_time served = dropped ? 0 : x->out - DELAY;

		if (x->pipe != pipe)
			continue;
		if (within(x->in, at, w->interval)) {
			p.in_bytes += x->bytes;
			p.drops += dropped;
		}
		if (dropped)
			continue;
		if (within(x->out, at, w->interval))
			p.out_bytes += x->bytes;
		if (x->in <= at && served > at) {
			p.backlog_packets++;
			p.backlog_bytes += x->bytes;
		}
		if (within(served, at, w->interval)) {
			p.wait_count++;
			p.wait_max_ns = served - x->in > p.wait_max_ns ? served - x->in : p.wait_max_ns;
			p.wait_sum_ns = u128_add(p.wait_sum_ns, u128_of(served - x->in));
		}
	}
	return p;
}

static void same_point(const struct series_point *got, const struct series_point *want)
{
	assert_int_equal(got->at, want->at);
	assert_int_equal(got->length, want->length);
	assert_int_equal(got->in_bytes, want->in_bytes);
	assert_int_equal(got->out_bytes, want->out_bytes);
	assert_int_equal(got->backlog_packets, want->backlog_packets);
	assert_int_equal(got->backlog_bytes, want->backlog_bytes);
	assert_int_equal(got->wait_count, want->wait_count);
	assert_int_equal(got->wait_max_ns, want->wait_max_ns);
	assert_int_equal(got->wait_sum_ns.lo, want->wait_sum_ns.lo);
	assert_int_equal(got->drops, want->drops);
}

static bool is_idle(const struct series_point *p, const struct series_point *last)
{
	return !p->in_bytes && !p->out_bytes && !p->wait_count && !p->drops &&
		p->backlog_packets == last->backlog_packets && p->backlog_bytes == last->backlog_bytes;
}

/* Every interval up to the end: its row says what the packets say; where there is no row nothing happened, and the
 * backlog is that of the last row. */
static void rows_are_right(const struct world *w, unsigned pipe)
{
	const struct series_point *last = NULL;
	size_t next = 0;

	for (nrw_time at = w->interval; !last || last->at < w->now; at += w->interval) {
		struct series_point want = expected(w, pipe, at);

		while (next < w->count && w->rows[next].pipe != pipe)
			next++;
		if (next < w->count && w->rows[next].p.at == at) {
			last = &w->rows[next++].p;
			same_point(last, &want);
		} else {
			assert_true(last && is_idle(&want, last));
			assert_true(at <= w->now);
		}
	}
	for (; next < w->count; next++)
		assert_int_not_equal(w->rows[next].pipe, pipe);
}

#define SCRIPT                                                                                              \
	"add 1 pipe 1 udp from any to any dst-port 1\nadd 2 pipe 2 udp from any to any dst-port 2\n"           \
	"add 3 pipe 3 udp from any to any dst-port 3\npipe 1 config bw 1Mbit/s delay 7ms queue 4\n"           \
	"pipe 2 config bw 100Kbit/s delay 7ms queue 2000Bytes\npipe 3 config delay 7ms\n"

TEST(series, every_interval_says_what_the_packets_say)
{
	struct world w;
	uint64_t x = 88172645463325252;
	nrw_time now = 0;

	begin(&w, 10 * NRW_MS, SCRIPT);
	for (unsigned i = 0; i < 600; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		send(&w, now, 1 + (unsigned)(x % PIPES), 40 + (unsigned)(x / 8 % 1400));
		/* crowds, whole intervals, and gaps of half a second */
		now += x / 4096 % 50 == 0 ? 500 * NRW_MS : x / 4096 % 5 == 0 ? 10 * NRW_MS - now % (10 * NRW_MS)
									     : x / 4096 % (3 * NRW_MS);
	}
	finish(&w);
	for (unsigned pipe = 1; pipe <= PIPES; pipe++)
		rows_are_right(&w, pipe);
	end(&w);
}

TEST(series, what_comes_at_the_end_of_an_interval_belongs_to_it)
{
	struct world w;

	begin(&w, 10, "add 1 pipe 1 ip from any to any\npipe 1 config\n");
	send(&w, 0, 1, 100);
	send(&w, 10, 1, 200);
	send(&w, 11, 1, 400);
	finish(&w);
	assert_int_equal(w.count, 2);
	assert_int_equal(w.rows[0].p.at, 10);
	assert_int_equal(w.rows[0].p.in_bytes, 300);
	assert_int_equal(w.rows[0].p.out_bytes, 300);
	assert_int_equal(w.rows[1].p.at, 20);
	assert_int_equal(w.rows[1].p.in_bytes, 400);
	end(&w);
}

TEST(series, of_an_idle_stretch_the_first_and_the_last_interval_are_given)
{
	struct world w;

	begin(&w, 10, "add 1 pipe 1 ip from any to any\npipe 1 config\n");
	send(&w, 5, 1, 100);
	send(&w, UINT64_C(1000000000000000005), 1, 100);
	finish(&w);
	assert_int_equal(w.count, 4);
	assert_int_equal(w.rows[1].p.at, 20);
	assert_true(w.rows[2].p.at == UINT64_C(1000000000000000000));
	assert_true(w.rows[3].p.at == UINT64_C(1000000000000000010));
	assert_int_equal(w.rows[3].p.in_bytes, 100);
	end(&w);
}

TEST(series, of_a_backlog_that_stands_still_the_first_and_the_last_interval_are_given)
{
	struct world w;

	begin(&w, 10, "add 1 pipe 1 ip from any to any\npipe 1 config paused\n");
	send(&w, 5, 1, 100);
	send(&w, UINT64_C(1000000000000000005), 1, 100);
	finish(&w);
	assert_int_equal(w.count, 4);
	assert_int_equal(w.rows[1].p.at, 20);
	assert_int_equal(w.rows[1].p.backlog_packets, 1);
	assert_true(w.rows[2].p.at == UINT64_C(1000000000000000000));
	assert_int_equal(w.rows[2].p.backlog_packets, 1);
	assert_int_equal(w.rows[3].p.backlog_packets, 2);
	end(&w);
}

TEST(series, a_packet_on_its_way_is_not_jumped_over)
{
	struct world w;

	begin(&w, 10, "add 1 pipe 1 ip from any to any\npipe 1 config delay 95ns\n");
	send(&w, 0, 1, 100);
	send(&w, 1000, 1, 50);
	assert_int_equal(w.rows[w.count - 2].p.at, 100);
	assert_int_equal(w.rows[w.count - 2].p.out_bytes, 100);
	finish(&w);
	assert_int_equal(w.rows[w.count - 1].p.at, 1100);
	assert_int_equal(w.rows[w.count - 1].p.out_bytes, 50);
	end(&w);
}

TEST(series, times_never_go_back_from_row_to_row)
{
	struct world w;

	begin(&w, 10,
		"add 1 pipe 1 udp from any to any dst-port 1\nadd 2 pipe 2 ip from any to any\n"
		"pipe 1 config\npipe 2 config\n");
	for (unsigned i = 0; i < 4; i++)
		send(&w, 10 * i + 5, 1, 100);
	send(&w, 35, 2, 50);
	finish(&w);
	for (unsigned i = 0; i + 1 < w.count; i++)
		assert_true(w.rows[i].p.at <= w.rows[i + 1].p.at);
	assert_int_equal(w.rows[w.count - 1].p.at, 40);
	end(&w);
}

TEST(series, the_last_interval_before_the_end_of_time_is_shorter)
{
	struct world w;
	nrw_time last = NRW_NEVER - 1;

	begin(&w, 10 * NRW_S, "add 1 pipe 1 ip from any to any\npipe 1 config\n");
	send(&w, 0, 1, 100);
	send(&w, last, 1, 200);
	finish(&w);
	assert_true(w.rows[w.count - 1].p.at == last);
	assert_int_equal(w.rows[w.count - 1].p.in_bytes, 200);
	assert_true(w.rows[w.count - 1].p.length == last % (10 * NRW_S));
	end(&w);
}

static struct series_point sum_of_rows(const struct world *w, const char *flow, bool every_flow, nrw_time at)
{
	struct series_point sum = { .at = at };

	for (size_t i = 0; i < w->count; i++) {
		const struct row *r = &w->rows[i];

		if ((every_flow ? !r->flow[0] : strcmp(r->flow, flow) != 0) || (at && r->p.at != at))
			continue;
		sum.in_bytes += r->p.in_bytes;
		sum.out_bytes += r->p.out_bytes;
		sum.drops += r->p.drops;
		sum.wait_count += r->p.wait_count;
		sum.wait_sum_ns = u128_add(sum.wait_sum_ns, r->p.wait_sum_ns);
		sum.backlog_bytes += r->p.backlog_bytes;
	}
	return sum;
}

static void same_sums(const struct series_point *a, const struct series_point *b)
{
	assert_int_equal(a->in_bytes, b->in_bytes);
	assert_int_equal(a->out_bytes, b->out_bytes);
	assert_int_equal(a->drops, b->drops);
	assert_int_equal(a->wait_count, b->wait_count);
	assert_int_equal(a->wait_sum_ns.lo, b->wait_sum_ns.lo);
	assert_int_equal(a->backlog_bytes, b->backlog_bytes);
}

/* Also where flows are forgotten in the middle of an interval: of each interval the flows' rows add up to the pipe's.
 * */
TEST(series, flows_add_up_to_their_pipe)
{
	struct world w;
	struct series_point all, flows;
	nrw_time now = 0;

	begin(&w, 10 * NRW_MS,
		"add 1 pipe 1 ip from any to any\npipe 1 config bw 1Mbit/s delay 7ms queue 3 mask dst-port 0xffff "
		"expire 5ms flows 1000\n");
	for (unsigned i = 0; i < 900; i++) {
		send(&w, now, 1 + (i * 7 + i / 100) % 30, 40 + i % 1000);
		now += i % 90 == 0 ? 300 * NRW_MS : NRW_MS / 3;
	}
	finish(&w);
	for (nrw_time at = 10 * NRW_MS; at <= w.now; at += 10 * NRW_MS) {
		all = sum_of_rows(&w, "", false, at);
		flows = sum_of_rows(&w, NULL, true, at);
		same_sums(&all, &flows);
	}
	all = sum_of_rows(&w, "", false, 0);
	assert_true(all.in_bytes > 100000);
	for (size_t i = 0; i + 1 < w.count; i++)
		assert_true(w.rows[i].p.at <= w.rows[i + 1].p.at);
	end(&w);
}

TEST(series, a_flow_is_named_by_its_masked_fields)
{
	struct world w;

	begin(&w, 10, "add 1 pipe 1 ip from any to any\npipe 1 config mask proto 0xff dst-port 0xffff\n");
	send(&w, 0, 5, 100);
	finish(&w);
	assert_int_equal(w.count, 2);
	assert_string_equal(w.rows[0].flow, "");
	assert_string_equal(w.rows[1].flow, "udp any > any:5");
	assert_int_equal(w.rows[1].p.in_bytes, 100);
	end(&w);
}

TEST(series, watched_totals_go_to_who_wants_them)
{
	struct world w;
	uint64_t in = 0, out = 0, drops[DROP_COUNT] = { 0 };
	struct series_totals totals = { &in, &out, drops };

	begin(&w, 10, "");
	assert_int_equal(app_series_watch(w.series, "all packets", &totals), 0);
	in = 70;
	out = 50;
	drops[DROP_RULE] = 2;
	app_series_finish(w.series, 3);
	assert_int_equal(w.count, 0);	/* this reader asked for pipes alone */
	app_series_to(w.series, on_point, &w, true);
	in = 100;
	app_series_finish(w.series, 13);
	assert_int_equal(w.count, 1);
	assert_int_equal(w.rows[0].p.in_bytes, 30);
	assert_int_equal(w.rows[0].p.drops, 0);
	end(&w);
}

TEST(series, a_row_of_csv_is_exact)
{
	struct series_point p = {
		.at = 1500 * NRW_MS, .length = 100 * NRW_MS, .in_bytes = 12500, .out_bytes = 1, .backlog_packets = 3,
		.backlog_bytes = 4500,
		.wait_p50_ns = 7, .wait_p99_ns = 8, .drops = 9, .marks = 10,
	};
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	series_csv_head(f);
	series_csv_row(f, "pipe 12", "", &p);
	p = (struct series_point){ .at = NRW_NEVER, .length = 1, .in_bytes = UINT64_MAX };
	series_csv_row(f, "pipe 1", "udp any > any:5", &p);
	fclose(f);
	assert_string_equal(text,
		"time_s,object,flow,in_bps,out_bps,backlog_packets,backlog_bytes,wait_p50_ns,wait_p99_ns,drops,marks\n"
				  "1.500000000,pipe 12,,1000000,80,3,4500,7,8,9,10\n"
				  "18446744073.709551615,pipe 1,udp any > any:5,18446744073709551615,0,0,0,0,0,0,0\n");
	free(text);
}
