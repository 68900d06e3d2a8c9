#include "kit.h"

#include <stdlib.h>

#include "test.h"

static void saw(struct world *w, struct seen s)
{
	assert_true(w->count < KIT_PACKETS);
	w->seen[w->count++] = s;
}

static void on_out(void *ctx, struct pkt *p, enum lane_way way)
{
	struct world *w = ctx;

	saw(w, (struct seen){ .kind = "bpr"[way], .seq = p->seq, .at = p->at });
	pkt_free(w->pool, p);
}

static void on_drop(void *ctx, struct pkt *p, const struct lane_end *end)
{
	struct world *w = ctx;

	saw(w, (struct seen){ .kind = 'd', .seq = p->seq, .at = p->at, .why = end->why, .where = end->where,
		.number = end->number, .held = end->held });
	pkt_free(w->pool, p);
}

static void on_held(void *ctx, const struct pkt *p)
{
	saw(ctx, (struct seen){ .kind = 'h', .seq = p->seq });
}

static void on_said(void *ctx, enum lane_said what, const char *text)
{
	struct world *w = ctx;
	size_t n = strlen(w->said);

	snprintf(w->said + n, sizeof(w->said) - n, "%s%s\n", what == LANE_FAILED ? "failed: " : "", text);
}

void kit_begin_cfg(struct world *w, const char *script, struct lane_cfg cfg)
{
	struct errs errs;
	struct err e;

	*w = (struct world){ .pool = pkt_pool_new(0), .lists = tmpfile() };
	cfg.seed = 1;
	cfg.default_allow = true;
	cfg.pool = w->pool;
	cfg.lists = w->lists;
	cfg.ops = (struct lane_ops){ .out = on_out, .drop = on_drop, .held = on_held, .said = on_said, .ctx = w };
	w->lane = lane_new(&cfg);
	w->script = lane_script_new();
	errs_init(&errs);
	assert_int_equal(lane_script_text(w->script, "test", 1, script, strlen(script), &errs), 0);
	if (errs.errors)
		errs_print(&errs, stderr, "#");
	assert_int_equal(errs.errors, 0);
	assert_int_equal(lane_commit(w->lane, w->script, &errs, &e), 0);
	errs_fini(&errs);
}

void kit_begin(struct world *w, const char *script)
{
	kit_begin_cfg(w, script, (struct lane_cfg){ 0 });
}

void kit_end(struct world *w)
{
	lane_free(w->lane);
	lane_script_free(w->script);
	pkt_pool_free(w->pool);
	fclose(w->lists);
}

void kit_send(struct world *w, nrw_time now, unsigned bytes, uint16_t dport)
{
	static uint8_t frames[KIT_PACKETS][28];
	static unsigned turn;
	uint8_t *f = frames[turn++ % KIT_PACKETS];
	struct pkt *p = pkt_new(w->pool);

	memset(f, 0, 28);
	f[0] = 0x45;
	f[2] = (uint8_t)(bytes >> 8);
	f[3] = (uint8_t)bytes;
	f[8] = 64;
	f[9] = 17;
	f[22] = (uint8_t)(dport >> 8);
	f[23] = (uint8_t)dport;
	f[25] = 8;
	p->data = f;
	p->len_bytes = 28;
	p->wire_bytes = bytes;
	p->link = LINK_RAW;
	p->flags = PKT_STEADY;
	p->at = 7777;
	lane_input(w->lane, p, now);
}

const char *kit_order(const struct world *w)
{
	static char text[KIT_PACKETS * 8];
	char *at = text;

	*at = '\0';
	for (unsigned i = 0; i < w->count; i++)
		at += sprintf(at, "%s%c%u", i ? " " : "", w->seen[i].kind, (unsigned)w->seen[i].seq);
	return text;
}

const char *kit_times(const struct world *w)
{
	static char text[KIT_PACKETS * 40];
	char *at = text;

	*at = '\0';
	for (unsigned i = 0; i < w->count; i++)
		if (w->seen[i].kind != 'h')
			at += sprintf(at, "%s%c%u@%llu", at == text ? "" : " ", w->seen[i].kind,
				(unsigned)w->seen[i].seq,
				(unsigned long long)w->seen[i].at);
	return text;
}

const char *kit_lists(struct world *w)
{
	static char text[4000];
	size_t n;

	fflush(w->lists);
	rewind(w->lists);
	n = fread(text, 1, sizeof(text) - 1, w->lists);
	text[n] = '\0';
	return text;
}
