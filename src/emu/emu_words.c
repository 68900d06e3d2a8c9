/* emu/emu_words.c - the words of the language of pipes: one entry each, in one table.
 *
 * An entry says how its values are read, where they are kept, how they are printed. A word that this version does not
 * have stands here too, without a reader, so that it is refused by its name and not taken for a slip of the finger.
 * Adding an option is: a member of struct emu_conf, a reader, a printer, a line below. Two words may set one option
 * (plr and loss): given both, the second is refused like one said twice.
 *
 * Exactness: what base/units.c cannot represent it refuses; here only what is special to pipes is checked. Kinds
 * are those of `narrows check --list`. Runs while scripts are read. */
#include "emu_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const struct emu_conf emu_conf_default = {
	.queue = { LIMIT_PACKETS, EMU_DEFAULT_SLOTS }, .flows = EMU_FLOWS_DEFAULT, .expire = EMU_EXPIRE_DEFAULT,
};

/* The value of an option, unless the next word begins another one: then it was forgotten. */
static int value(struct lex *lx, struct word name, const char *allowed, struct word *w)
{
	if (!lex_peek(lx, w))
		return lex_error(lx, lex_here(lx), ERR_SYNTAX, "%.*s: its value is missing; %s", (int)name.n, name.p,
			allowed);
	if (emu_option_find(*w))
		return lex_error(lx, *w, ERR_SYNTAX, "%.*s: its value is missing before this word; %s", (int)name.n,
			name.p, allowed);
	lex_next(lx, w);
	return 0;
}

static int parse_bw(struct lex *lx, struct word name, struct emu_conf *c)
{
	struct word w;
	int rc = value(lx, name, "a rate, as 10Mbit/s; 0 is no limit", &w);

	return rc ?: units_rate(lx, w, "bw", &c->bw);
}

static void print_bw(char *to, const struct emu_conf *c)
{
	memcpy(to, "bw ", 3);
	if (c->bw)
		units_print_rate(to + 3, c->bw);
	else
		strcpy(to + 3, "0");
}

static int parse_delay(struct lex *lx, struct word name, struct emu_conf *c)
{
	struct word w;
	int rc = value(lx, name, "a time, as 20ms; a bare number is ms", &w);

	return rc ?: units_time(lx, w, "delay", NRW_MS, &c->delay);
}

static void print_delay(char *to, const struct emu_conf *c)
{
	memcpy(to, "delay ", 6);
	if (c->delay)
		units_print_time(to + 6, c->delay);
	else
		strcpy(to + 6, "0");
}

static int parse_burst(struct lex *lx, struct word name, struct emu_conf *c)
{
	struct word w;
	int rc = value(lx, name, "bytes that an idle link may save, as 64KB; 0 is none", &w);

	rc = rc ?: units_size(lx, w, "burst", &c->burst);
	if (rc || c->burst <= EMU_BURST_MAX)
		return rc;
	return lex_error(lx, w, ERR_RANGE, "burst: %.*s is not in 0..%" PRIu64 " bytes (2^48-1)", emu_shown(w), w.p,
		EMU_BURST_MAX);
}

static void print_burst(char *to, const struct emu_conf *c)
{
	memcpy(to, "burst ", 6);
	if (c->burst)
		units_print_size(to + 6, c->burst);
	else
		strcpy(to + 6, "0");
}

static int parse_plr(struct lex *lx, struct word name, struct emu_conf *c)
{
	struct word w;
	int rc = value(lx, name, "a probability, 0..1 or 0%..100%", &w);

	return rc ?: units_prob(lx, w, "plr", &c->plr);
}

static void print_plr(char *to, const struct emu_conf *c)
{
	memcpy(to, "plr ", 4);
	units_print_prob(to + 4, c->plr);
}

static int parse_loss(struct lex *lx, struct word name, struct emu_conf *c)
{
	static const char allowed[] = "random P, with P 0..1 or 0%..100%";
	struct word model, w;
	int rc = value(lx, name, allowed, &model);

	if (rc)
		return rc;
	if (word_is(model, "gemodel") || word_is(model, "state") || word_is(model, "pattern"))
		return emu_refuse_later(lx, model);
	if (!word_is(model, "random"))
		return lex_error(lx, model, ERR_UNKNOWN, "loss: unknown model; %s", allowed);
	rc = value(lx, name, "a probability, 0..1 or 0%..100%", &w) ?: units_prob(lx, w, "loss", &c->plr);
	if (lex_peek(lx, &w) && (word_is(w, "corr") || word_is(w, "after"))) {
		lex_next(lx, &w);
		return emu_refuse_later(lx, w);
	}
	return rc;
}

static int parse_overhead(struct lex *lx, struct word name, struct emu_conf *c)
{
	struct word w;
	uint64_t n = 0;
	int rc = value(lx, name, "bytes a packet, 0..65535", &w);

	if (rc)
		return rc;
	if (word_is(w, "ethernet") || word_is(w, "atm"))
		return emu_refuse_later(lx, w);
	rc = units_num(lx, w, "overhead", 0, EMU_OVERHEAD_MAX, &n);
	c->overhead = (uint32_t)n;
	return rc;
}

static void print_overhead(char *to, const struct emu_conf *c)
{
	snprintf(to, EMU_OPTION_TEXT, "overhead %" PRIu32, c->overhead);
}

static const char queue_allowed[] = "packets (50), bytes (64KB), a time at bw (50ms), or auto";

/* Bytes or a time of which nothing would pass. Of packets units_num() knows. */
static int refuse_zero(struct lex *lx, struct word w, const struct emu_limit *limit)
{
	return limit->amount ? 0 : lex_error(lx, w, ERR_RANGE, "queue: 0 is not allowed: nothing would pass");
}

static bool is_one_of(struct word w, const char *const *names)
{
	for (; *names; names++)
		if (word_is_nocase(w, *names))
			return true;
	return false;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static struct word unit_of(struct word w)	/* the letters at its end */
{
	size_t n = w.n;

	while (n && is_letter(w.p[n - 1]))
		n--;
	return word_cut(w, n, w.n);
}

static int parse_limit_bytes(struct lex *lx, struct word w, struct emu_limit *limit)
{
	int rc = units_size(lx, w, "queue", &limit->amount) ?: refuse_zero(lx, w, limit);

	limit->kind = LIMIT_BYTES;
	if (rc || limit->amount <= EMU_QUEUE_BYTES_MAX)
		return rc;
	return lex_error(lx, w, ERR_RANGE, "queue: %.*s is not in 1B..1GB", emu_shown(w), w.p);
}

/* What the number counts is told by its unit. ipfw takes `10K` for slots; people mean bytes: refused. */
static int parse_limit(struct lex *lx, struct word w, struct emu_limit *limit)
{
	static const char *const times[] = { "s", "ms", "us", "ns", NULL };
	static const char *const prefixes[] = { "k", "m", "g", "t", NULL };
	static const char *const bytes[] = {
		"b", "kb", "mb", "gb", "tb",
		"byte", "kbyte", "mbyte", "gbyte", "bytes", "kbytes", "mbytes", "gbytes", NULL,
	};
	struct word unit = unit_of(w);

	if (!unit.n) {
		limit->kind = LIMIT_PACKETS;
		return units_num(lx, w, "queue", 1, EMU_SLOTS_MAX, &limit->amount);
	}
	if (unit.n < w.n && is_one_of(unit, times)) {
		limit->kind = LIMIT_TIME;
		return units_time(lx, w, "queue", 0, &limit->amount) ?: refuse_zero(lx, w, limit);
	}
	if (unit.n < w.n && is_one_of(unit, bytes))
		return parse_limit_bytes(lx, w, limit);
	if (unit.n < w.n && is_one_of(unit, prefixes))
		return lex_error(lx, w, ERR_SYNTAX,
			"queue: packets or bytes? A plain number is packets, one with B or KB is bytes");
	return lex_error(lx, w, ERR_SYNTAX, "queue: '%.*s' is not a limit; %s", emu_shown(w), w.p, queue_allowed);
}

static int parse_queue(struct lex *lx, struct word name, struct emu_conf *c)
{
	struct word w;
	int rc = value(lx, name, queue_allowed, &w);

	if (rc)
		return rc;
	if (word_is(w, "auto")) {
		c->queue = (struct emu_limit){ LIMIT_AUTO, 0 };
		return 0;
	}
	return parse_limit(lx, w, &c->queue);
}

static void print_queue(char *to, const struct emu_conf *c)
{
	memcpy(to, "queue ", 6);
	to += 6;
	switch (c->queue.kind) {
	case LIMIT_PACKETS:
		snprintf(to, EMU_OPTION_TEXT - 6, "%" PRIu64, c->queue.amount);
		break;
	case LIMIT_BYTES:
		units_print_size(to, c->queue.amount);
		break;
	case LIMIT_TIME:
		units_print_time(to, c->queue.amount);
		break;
	case LIMIT_AUTO:
		strcpy(to, "auto");
		break;
	}
}

static int parse_droptail(struct lex *lx, struct word name, struct emu_conf *c)
{
	c->aqm = AQM_DROPTAIL;
	return 0;
}

static void print_aqm(char *to, const struct emu_conf *c)
{
	strcpy(to, "droptail");
}

static int parse_noerror(struct lex *lx, struct word name, struct emu_conf *c)
{
	c->noerror = true;
	return 0;
}

static void print_noerror(char *to, const struct emu_conf *c)
{
	strcpy(to, c->noerror ? "noerror" : "");
}

static int parse_flows(struct lex *lx, struct word name, struct emu_conf *c)
{
	struct word w;
	uint64_t n = 0;
	int rc = value(lx, name, "how many flows a mask may make, 1..16777216", &w);

	rc = rc ?: units_num(lx, w, "flows", 1, EMU_FLOWS_MAX, &n);
	c->flows = (uint32_t)n;
	return rc;
}

static void print_flows(char *to, const struct emu_conf *c)
{
	snprintf(to, EMU_OPTION_TEXT, "flows %" PRIu32, c->flows);
}

static int parse_expire(struct lex *lx, struct word name, struct emu_conf *c)
{
	struct word w;
	int rc = value(lx, name, "how long an idle flow is kept, as 60s", &w);

	rc = rc ?: units_time(lx, w, "expire", 0, &c->expire);
	if (!rc && !c->expire)
		return lex_error(lx, w, ERR_RANGE, "expire: 0 is not allowed: no flow would be kept");
	return rc;
}

static void print_expire(char *to, const struct emu_conf *c)
{
	memcpy(to, "expire ", 7);
	units_print_time(to + 7, c->expire);
}

static int parse_buckets(struct lex *lx, struct word name, struct emu_conf *c)
{
	struct word w;
	uint64_t n;
	int rc = value(lx, name, "a number", &w) ?: units_num(lx, w, "buckets", 1, UINT32_MAX, &n);

	if (!rc)
		lex_warn(lx, name, "buckets: ignored, tables grow as they need");
	return rc;
}

#define LATER(kind_, word_, help_) { kind_, word_, help_, true, .option = OPT_NONE }
#define NOW(kind_, word_, option_, parse_, print_, field_, help_) \
	{ kind_, word_, help_, false, option_, parse_, print_, offsetof(struct emu_conf, field_), \
	  sizeof(((struct emu_conf *)0)->field_), VERB_CONFIG }

/* In the order in which they are printed. */
static const struct emu_word words[] = {
	NOW(WORD_OPTION, "bw", OPT_BW, parse_bw, print_bw, bw, "rate of the link; 0: no limit"),
	NOW(WORD_OPTION, "bandwidth", OPT_BW, parse_bw, NULL, bw, "the same as bw"),
	NOW(WORD_OPTION, "delay", OPT_DELAY, parse_delay, print_delay, delay,
		"time from the end of service to the exit; a bare number is ms"),
	NOW(WORD_OPTION, "burst", OPT_BURST, parse_burst, print_burst, burst,
		"credit that an idle link may save, in bytes"),
	NOW(WORD_OPTION, "plr", OPT_PLR, parse_plr, print_plr, plr, "probability of loss before the queue"),
	NOW(WORD_OPTION, "loss", OPT_PLR, parse_loss, NULL, plr, "random P: the same as plr P"),
	NOW(WORD_OPTION, "queue", OPT_QUEUE, parse_queue, print_queue, queue,
		"limit: packets (50), bytes (64KB), time at bw (50ms), or auto"),
	NOW(WORD_OPTION, "overhead", OPT_OVERHEAD, parse_overhead, print_overhead, overhead,
		"bytes that each packet counts and takes beyond its own"),
	NOW(WORD_AQM, "droptail", OPT_AQM, parse_droptail, print_aqm, aqm, "refuse what finds the queue full"),
	NOW(WORD_OPTION, "noerror", OPT_NOERROR, parse_noerror, print_noerror, noerror,
		"a drop is no error to a local sender; so it is anyway"),
	NOW(WORD_OPTION, "mask", OPT_MASK, emu_mask_parse, emu_mask_print, mask,
		"a queue and a link for each value of these fields"),
	NOW(WORD_OPTION, "flow_mask", OPT_MASK, emu_mask_parse, NULL, mask, "on a pipe the same as mask"),
	NOW(WORD_OPTION, "sched_mask", OPT_MASK, emu_mask_parse, NULL, mask, "on a pipe the same as mask"),
	NOW(WORD_OPTION, "flows", OPT_FLOWS, parse_flows, print_flows, flows, "how many flows a mask may make (65536)"),
	NOW(WORD_OPTION, "expire", OPT_EXPIRE, parse_expire, print_expire, expire,
		"how long an idle flow is kept (60s)"),
	{ WORD_OPTION, "buckets", "ignored: tables grow as they need", .option = OPT_BUCKETS,
		.parse = parse_buckets },
	LATER(WORD_OPTION, "profile", "random airtime by a file"),
	LATER(WORD_OPTION, "error", "a drop is an error to a local sender"),
	LATER(WORD_OPTION, "weight", "share of a queue"),
	LATER(WORD_OPTION, "lmax", "largest packet of a queue"),
	LATER(WORD_OPTION, "maxlen", "largest packet of a queue"),
	LATER(WORD_OPTION, "pri", "strict band of a queue"),
	LATER(WORD_OPTION, "priority", "strict band of a queue"),
	LATER(WORD_OPTION, "pipe", "the link of a queue"),
	LATER(WORD_OPTION, "sched", "the scheduler of a queue"),
	LATER(WORD_OPTION, "type", "kind of scheduler"),
	LATER(WORD_OPTION, "quantum", "bytes a turn"),
	LATER(WORD_OPTION, "limit", "packets in all queues"),
	LATER(WORD_OPTION, "ecn", "mark instead of dropping"),
	LATER(WORD_OPTION, "noecn", "drop, never mark"),
	LATER(WORD_OPTION, "target", "of codel, pie: the delay aimed at"),
	LATER(WORD_OPTION, "interval", "of codel"),
	LATER(WORD_OPTION, "tupdate", "of pie"),
	LATER(WORD_OPTION, "alpha", "of pie"),
	LATER(WORD_OPTION, "beta", "of pie"),
	LATER(WORD_OPTION, "max_burst", "of pie"),
	LATER(WORD_OPTION, "max_ecnth", "of pie"),
	LATER(WORD_OPTION, "capdrop", "of pie"),
	LATER(WORD_OPTION, "drand", "of pie"),
	LATER(WORD_OPTION, "derand", "of pie"),
	LATER(WORD_OPTION, "onoff", "of pie"),
	LATER(WORD_OPTION, "dre", "of pie"),
	LATER(WORD_OPTION, "ts", "of pie"),
	LATER(WORD_OPTION, "jitter", "random delay"),
	LATER(WORD_OPTION, "duplicate", "packets that come twice"),
	LATER(WORD_OPTION, "corrupt", "bits that flip"),
	LATER(WORD_OPTION, "reorder", "packets that overtake"),
	LATER(WORD_OPTION, "trace", "chances to send by a file"),
	LATER(WORD_OPTION, "schedule", "parameters that change by a file"),
	LATER(WORD_OPTION, "seed", "dice of its own"),
	LATER(WORD_OPTION, "pcap", "a capture of what leaves"),
	LATER(WORD_OPTION, "paused", "hold all"),
	LATER(WORD_OPTION, "cut", "drop all"),
	LATER(WORD_AQM, "red", "random early detection"),
	LATER(WORD_AQM, "gred", "gentle random early detection"),
	LATER(WORD_AQM, "codel", "controlled delay"),
	LATER(WORD_AQM, "pie", "proportional integral controller"),
	LATER(WORD_AQM, "dualpi2", "dual queue for low latency"),
	LATER(WORD_AQM, "cobalt", "codel and blue"),
	LATER(WORD_SCHED, "fifo", "first come, first served"),
	LATER(WORD_SCHED, "rr", "deficit round robin"),
	LATER(WORD_SCHED, "drr", "deficit round robin"),
	LATER(WORD_SCHED, "wf2q+", "worst-case fair weighted fair queueing"),
	LATER(WORD_SCHED, "qfq", "quick fair queueing"),
	LATER(WORD_SCHED, "qfq+", "quick fair queueing over aggregates"),
	LATER(WORD_SCHED, "kps", "interleaved stratified timer wheels"),
	LATER(WORD_SCHED, "prio", "strict bands"),
	LATER(WORD_SCHED, "fq_codel", "a codel for each flow, sparse ones first"),
	LATER(WORD_SCHED, "fq_pie", "a pie for each flow, sparse ones first"),
	{ WORD_VERB, "config", "changes what it names", .option = OPT_NONE, .verb = VERB_CONFIG },
	{ WORD_VERB, "replace", "starts from defaults", .option = OPT_NONE, .verb = VERB_REPLACE },
	{ WORD_VERB, "delete", "removes; packets inside are dropped", .option = OPT_NONE, .verb = VERB_DELETE },
	{ WORD_VERB, "list", "prints commands that recreate", .option = OPT_NONE, .verb = VERB_LIST },
	{ WORD_VERB, "show", "prints counters", .option = OPT_NONE, .verb = VERB_SHOW },
	{ WORD_VERB, "flush", "removes all", .option = OPT_NONE, .verb = VERB_FLUSH },
};

#define WORDS (sizeof(words) / sizeof(*words))

const struct emu_word *emu_word_get(size_t i)
{
	return i < WORDS ? &words[i] : NULL;
}

static const struct emu_word *find(struct word w, bool verb)
{
	for (size_t i = 0; i < WORDS; i++)
		if ((words[i].kind == WORD_VERB) == verb && word_is(w, words[i].word))
			return &words[i];
	return NULL;
}

const struct emu_word *emu_option_find(struct word w)
{
	return find(w, false);
}

const struct emu_word *emu_verb_find(struct word w)
{
	return find(w, true);
}

bool emu_word_at(size_t i, struct emu_word_info *info)
{
	static const char *const kinds[] = {
		[WORD_OPTION] = "pipe-option", [WORD_AQM] = "aqm", [WORD_SCHED] = "sched", [WORD_VERB] = "verb",
	};

	if (i >= WORDS)
		return false;
	*info = (struct emu_word_info){ kinds[words[i].kind], words[i].word, words[i].help, words[i].later };
	return true;
}

int emu_refuse_later(struct lex *lx, struct word w)
{
	return lex_error(lx, w, ERR_LATER, "%.*s: known, but not supported by this version", (int)w.n, w.p);
}

/* Copies what was named: each value as its word's entry says. */
void emu_conf_merge(struct emu_conf *into, const struct emu_conf *from, unsigned named)
{
	for (size_t i = 0; i < WORDS; i++)
		if (words[i].option != OPT_NONE && named >> words[i].option & 1)
			memcpy((char *)into + words[i].offset, (const char *)from + words[i].offset, words[i].size);
}
