/* Scripts: whatever the bytes, errors have places; what is accepted prints, and what is printed is read back to the
 * same text; expectations build packets that the view takes for whole; a lane takes the script and lives through its
 * commands. The first byte says whether a preprocessor made the text. */
#include <stdlib.h>
#include <string.h>

#include "lane/lane.h"
#include "wire/view.h"

#include "holds.h"

struct printed {
	char *text;
	size_t n, room;
};

static void print_line(void *ctx, unsigned line, const char *text)
{
	struct printed *p = ctx;
	size_t n = strlen(text);

	if (p->n + n + 2 > p->room) {
		p->room = (p->n + n + 2) * 2;
		p->text = realloc(p->text, p->room);
	}
	memcpy(p->text + p->n, text, n);
	p->n += n;
	p->text[p->n++] = '\n';
	p->text[p->n] = '\0';
}

static int build(void *ctx, const struct lane_expected *x)
{
	static uint8_t bytes[LANE_EXPECTED_BYTES];
	uint32_t n = lane_expected_packet(x, bytes);
	struct view v;

	view_parse(&v, LINK_ETHERNET, bytes, n, n);
	HOLDS(v.has & VIEW_HAS_IP && v.ip_bytes <= n);
	return 0;
}

static void out(void *ctx, struct pkt *p, enum lane_way way) { pkt_free(ctx, p); }
static void drop(void *ctx, struct pkt *p, const struct lane_end *end) { pkt_free(ctx, p); }

/* Loads it, and lets packets pass at times when commands may run. */
static void live(struct lane_script *s)
{
	static uint8_t bytes[28] = { 0x45, 0, 0, 28, [8] = 64, [9] = 17, [12] = 10, [16] = 10, [23] = 80, [25] = 8 };
	struct lane_cfg cfg = { .seed = 1, .pool = pkt_pool_new(1000), .default_allow = true };
	struct lane *l;
	struct errs warnings;
	struct err e;

	cfg.ops = (struct lane_ops){ .out = out, .drop = drop, .ctx = cfg.pool };
	l = lane_new(&cfg);
	errs_init(&warnings);
	if (!lane_commit(l, s, &warnings, &e)) {
		for (unsigned i = 0; i < 20; i++) {
			struct pkt *p = pkt_new(cfg.pool);

			if (!p)
				break;
			p->data = bytes;
			p->len_bytes = p->wire_bytes = sizeof(bytes);
			p->link = LINK_RAW;
			p->flags = PKT_STEADY;
			lane_input(l, p, (nrw_time)1 << (2 * i));
		}
	}
	errs_fini(&warnings);
	lane_free(l);
	pkt_pool_free(cfg.pool);
}

static struct lane_script *read_script(const char *text, size_t n, bool marked, struct errs *errs)
{
	struct lane_script *s = lane_script_new();

	errs_init(errs);
	HOLDS(s);
	if (marked)
		HOLDS(!lane_script_made(s, "fuzz", text, n, errs));
	else
		HOLDS(!lane_script_text(s, "fuzz", 1, text, n, errs));
	HOLDS(!lane_script_check(s, errs));
	for (size_t i = 0; i < errs->count; i++)
		HOLDS(!errs->notes[i].line || errs->notes[i].text);
	return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct printed first = { 0 }, second = { 0 };
	struct lane_script *s, *again;
	struct errs errs, none;
	struct err e;

	if (!n || n > 4000)
		return 0;
	s = read_script((const char *)data + 1, n - 1, data[0] & 1, &errs);
	if (!errs.errors) {
		HOLDS(!lane_script_print(s, print_line, &first, &e));
		again = read_script(first.text ? first.text : "", first.n, false, &none);
		HOLDS(!none.errors && !lane_script_print(again, print_line, &second, &e));
		HOLDS(first.n == second.n && !memcmp(first.text ? first.text : "", second.text ? second.text : "",
			first.n));
		HOLDS(!lane_script_expected(s, build, NULL));
		live(s);
		lane_script_free(again);
		errs_fini(&none);
	}
	errs_fini(&errs);
	lane_script_free(s);
	free(first.text);
	free(second.text);
	return 0;
}
