/* emu/emu_words.c - the words of the language of pipes: one entry each, in one table.
 *
 * An entry says on which objects it may stand, how its values are read, where they are kept, how they are printed. A
 * word that this version does not have stands here too, without a reader, so that it is refused by its name and not
 * taken for a slip of the finger. Adding an option is: a member of struct emu_conf, a bit of enum emu_option, a reader
 * and a printer in the file of its idea (emu_words_*.c, declared in emu_words.h), a line below. Two words may set one
 * option (plr and loss): given both, the second is refused like one said twice.
 *
 * What a line keeps beyond plain values (a file that was read) is counted: such an entry says how it is held and
 * released, and whoever copies or drops a struct emu_conf goes through emu_conf_copy(), _merge(), _release(). Kinds are
 * those of `narrows check --list`. Runs while scripts are read. */
#include "emu_words.h"

#include "emu_trace.h"

#include <string.h>

const struct emu_conf emu_conf_default = {
	.queue = { LIMIT_PACKETS, EMU_DEFAULT_SLOTS }, .flows = EMU_FLOWS_DEFAULT, .expire = EMU_EXPIRE_DEFAULT,
		.noerror = true,
	.trace = { .mtu = EMU_TRACE_MTU },
	.weight = 1,
};

_Static_assert(OPT_COUNT <= 64, "struct emu_cmd.named has a bit for each option");

#define LINK (ON_PIPE | ON_SCHED)
#define FIFO (ON_PIPE | ON_QUEUE)

#define LATER(kind_, word_, help_) { kind_, word_, help_, true, .option = OPT_NONE }
/* Belongs to another word, which reads it. */
#define PART(word_, help_) { WORD_OPTION, word_, help_, .option = OPT_NONE }
#define NOW(kind_, on_, word_, option_, parse_, print_, field_, help_) \
	{ kind_, word_, help_, .option = option_, .on = on_, .parse = parse_, .print = print_, \
	  .offset = offsetof(struct emu_conf, field_), .size = sizeof(((struct emu_conf *)0)->field_) }
#define COUNTED(kind_, on_, word_, option_, parse_, print_, field_, hold_, release_, help_) \
	{ kind_, word_, help_, .option = option_, .on = on_, .parse = parse_, .print = print_, \
	  .offset = offsetof(struct emu_conf, field_), .size = sizeof(((struct emu_conf *)0)->field_), \
	  .hold = hold_, .release = release_ }

/* In the order in which they are printed. */
static const struct emu_word words[] = {
	NOW(WORD_OPTION, ON_QUEUE | ON_SCHED, "pipe", OPT_TO, emu_parse_to, emu_print_to, to,
		"the pipe that a queue feeds, or whose link a sched has"),
	NOW(WORD_OPTION, ON_QUEUE, "sched", OPT_TO, emu_parse_to, NULL, to, "the scheduler that it feeds"),
	NOW(WORD_OPTION, ON_QUEUE, "weight", OPT_WEIGHT, emu_parse_weight, emu_print_weight, weight,
		"share of the link, 1..65536 (1)"),
	NOW(WORD_OPTION, ON_QUEUE, "pri", OPT_PRI, emu_parse_pri, emu_print_pri, pri,
		"strict band 0..63, lowest first (0)"),
	NOW(WORD_OPTION, ON_QUEUE, "priority", OPT_PRI, emu_parse_pri, NULL, pri, "the same as pri"),
	NOW(WORD_OPTION, ON_QUEUE, "lmax", OPT_LMAX, emu_parse_lmax, emu_print_lmax, lmax,
		"largest packet in bytes, 1..65575; else it is learned"),
	NOW(WORD_OPTION, ON_QUEUE, "maxlen", OPT_LMAX, emu_parse_lmax, NULL, lmax, "the same as lmax"),
	NOW(WORD_OPTION, ON_SCHED, "type", OPT_TYPE, emu_parse_type, emu_print_type, type,
		"kind of scheduler (wf2q+); fq_codel and fq_pie take quantum, limit, flows"),
	NOW(WORD_OPTION, LINK, "bw", OPT_BW, emu_parse_bw, emu_print_bw, bw, "rate of the link; 0: no limit"),
	NOW(WORD_OPTION, LINK, "bandwidth", OPT_BW, emu_parse_bw, NULL, bw, "the same as bw"),
	NOW(WORD_OPTION, LINK, "delay", OPT_DELAY, emu_parse_delay, emu_print_delay, delay,
		"time from the end of service to the exit; a bare number is ms"),
	COUNTED(WORD_OPTION, LINK, "jitter", OPT_JITTER, emu_parse_jitter, emu_print_jitter, impair.jitter,
		emu_hold_jitter, emu_release_jitter,
		"T [uniform|normal|pareto|paretonormal|table FILE] or ecdf FILE [corr R] [reorder]: random delay"),
	NOW(WORD_OPTION, LINK, "reorder", OPT_REORDER, emu_parse_reorder, emu_print_reorder, impair.reorder,
		"P [corr R] [gap N] [by T]: packets that skip the jitter, or are held T longer"),
	NOW(WORD_OPTION, LINK, "burst", OPT_BURST, emu_parse_burst, emu_print_burst, burst,
		"credit that an idle link may save, in bytes"),
	NOW(WORD_OPTION, FIFO, "plr", OPT_PLR, emu_parse_plr, emu_print_loss, impair.loss,
		"probability of loss before the queue"),
	COUNTED(WORD_OPTION, FIFO, "loss", OPT_PLR, emu_parse_loss, NULL, impair.loss, emu_hold_loss, emu_release_loss,
		"random P [corr R], gemodel p [r [1-h [1-k]]], state p13 ..., pattern FILE [once]; [after] the link"),
	NOW(WORD_OPTION, FIFO, "duplicate", OPT_DUPLICATE, emu_parse_duplicate, emu_print_duplicate, impair.duplicate,
		"P [corr R]: a copy follows, and takes room too"),
	NOW(WORD_OPTION, FIFO, "corrupt", OPT_CORRUPT, emu_parse_corrupt, emu_print_corrupt, impair.corrupt,
		"P [bits N] [any]: bits flip behind the IP header, any: in it too"),
	NOW(WORD_OPTION, FIFO, "queue", OPT_QUEUE, emu_parse_queue, emu_print_queue, queue,
		"limit: packets (50), bytes (64KB), time at bw (50ms), or auto"),
	NOW(WORD_OPTION, LINK, "overhead", OPT_OVERHEAD, emu_parse_overhead, emu_print_overhead, overhead,
		"N, ethernet, [N] atm: what each packet counts and takes beyond its own bytes"),
	NOW(WORD_AQM, FIFO, "droptail", OPT_AQM, emu_parse_droptail, emu_print_aqm, aqm,
		"refuse what finds the queue full"),
	NOW(WORD_AQM, FIFO, "red", OPT_AQM, emu_parse_red, NULL, aqm,
		"random early detection: w_q/min/max/max_p [ecn [dctcp] | noecn]"),
	NOW(WORD_AQM, FIFO, "gred", OPT_AQM, emu_parse_red, NULL, aqm, "the same, gentle from max to twice max"),
	NOW(WORD_AQM, FIFO, "codel", OPT_AQM, emu_parse_aqm, NULL, aqm,
		"controlled delay: [target 5ms] [interval 100ms] [ecn | noecn]"),
	NOW(WORD_AQM, FIFO, "pie", OPT_AQM, emu_parse_aqm, NULL, aqm, "proportional integral controller: [target 15ms] "
		"[tupdate 15ms] [alpha 0.125] [beta 1.25] [max_burst 150ms] [max_ecnth 0.1] and words"),
	PART("target", "of codel and pie, fq_codel and fq_pie: the delay aimed at"),
	PART("interval", "of codel, fq_codel: how long a delay above target is borne"),
	PART("tupdate", "of pie, fq_pie: how often its probability moves"),
	PART("alpha", "of pie, fq_pie: how much the distance to target moves it, 0..7"),
	PART("beta", "of pie, fq_pie: how much a change of delay moves it, 0..7"),
	PART("max_burst", "of pie, fq_pie: how long a burst passes, 0..10s"),
	PART("max_ecnth", "of pie, fq_pie: the probability from which ECN does not save a packet"),
	PART("ecn", "of red, gred, codel, pie, fq_codel, fq_pie: mark what may be marked instead of dropping it"),
	PART("noecn", "of the same: drop, never mark"),
	PART("capdrop", "of pie, fq_pie: steps of 2% at most where it drops a tenth (so it is)"),
	PART("nocapdrop", "the contrary"),
	PART("drand", "of pie, fq_pie: drops are spread out (so they are)"),
	PART("nodrand", "the contrary"),
	PART("derand", "the same as drand"),
	PART("noderand", "the same as nodrand"),
	PART("onoff", "of pie, fq_pie: sleeps until a third of the limit waits"),
	PART("dre", "of pie, fq_pie: delay by a rate of departure (so it is of pie)"),
	PART("ts", "of pie, fq_pie: delay of the last packet that left (so it is of fq_pie)"),
	NOW(WORD_OPTION, FIFO, "noerror", OPT_NOERROR, emu_parse_noerror, emu_print_noerror, noerror,
		"a drop is no error to a local sender; so it is anyway"),
	NOW(WORD_OPTION, FIFO, "error", OPT_NOERROR, emu_parse_error, NULL, noerror,
		"a drop is an error to a local sender, of whom captures have none"),
	COUNTED(WORD_OPTION, LINK, "profile", OPT_PROFILE, emu_parse_profile, emu_print_profile, profile,
		emu_hold_profile, emu_release_profile, "FILE: random airtime of each packet; none"),
	COUNTED(WORD_OPTION, LINK, "trace", OPT_TRACE, emu_parse_trace, emu_print_trace, trace, emu_hold_trace,
		emu_release_trace, "FILE [once] [mtu N]: chances to send, each of 1504 bytes; none"),
	COUNTED(WORD_OPTION, LINK, "schedule", OPT_SCHEDULE, emu_parse_schedule, emu_print_schedule, schedule,
		emu_hold_schedule, emu_release_schedule, "FILE [once]: bw, delay, loss, queue, jitter over time; none"),
	NOW(WORD_OPTION, LINK, "paused", OPT_PAUSED, emu_parse_paused, emu_print_paused, paused,
		"[on | off]: the link stops, what comes waits"),
	NOW(WORD_OPTION, ON_ALL, "cut", OPT_CUT, emu_parse_cut, emu_print_cut, cut,
		"[on | off]: all that is inside and all that comes is dropped"),
	NOW(WORD_OPTION, ON_ALL, "seed", OPT_SEED, emu_parse_seed, emu_print_seed, seed,
		"N: dice of its own, whatever --seed says; none"),
	COUNTED(WORD_OPTION, ON_ALL, "pcap", OPT_PCAP, emu_parse_pcap, emu_print_pcap, pcap, emu_hold_pcap,
		emu_release_pcap, "FILE: a capture of what leaves; none"),
	COUNTED(WORD_OPTION, ON_ALL, "log", OPT_LOG, emu_parse_log, emu_print_log, log, emu_hold_log, emu_release_log,
		"mm FILE | events FILE: what happens, a line each, as mahimahi writes it or with all there is; none"),
	NOW(WORD_OPTION, ON_ALL, "mask", OPT_MASK, emu_mask_parse, emu_mask_print, mask,
		"a queue and a link for each value of these fields"),
	NOW(WORD_OPTION, FIFO, "flow_mask", OPT_MASK, emu_mask_parse, NULL, mask,
		"on a pipe or queue the same as mask"),
	NOW(WORD_OPTION, LINK, "sched_mask", OPT_MASK, emu_mask_parse, NULL, mask,
		"on a pipe or sched the same as mask"),
	NOW(WORD_OPTION, ON_ALL, "flows", OPT_FLOWS, emu_parse_flows, emu_print_flows, flows,
		"how many flows a mask may make (65536)"),
	NOW(WORD_OPTION, ON_ALL, "expire", OPT_EXPIRE, emu_parse_expire, emu_print_expire, expire,
		"how long an idle flow is kept (60s)"),
	{ WORD_OPTION, "buckets", "ignored: tables grow as they need", .option = OPT_BUCKETS, .on = ON_ALL,
		.parse = emu_parse_buckets },
	{ WORD_OPTION, "quantum", "of type fq_codel and fq_pie: bytes a turn", .option = OPT_NONE },
	{ WORD_OPTION, "limit", "of type fq_codel and fq_pie: packets in all queues", .option = OPT_NONE },
	LATER(WORD_AQM, "dualpi2", "dual queue for low latency"),
	LATER(WORD_AQM, "cobalt", "codel and blue"),
	{ WORD_SCHED, "drr", "the same as rr", .option = OPT_NONE },
	{ WORD_VERB, "config", "changes what it names", .option = OPT_NONE, .verb = VERB_CONFIG },
	{ WORD_VERB, "replace", "starts from defaults", .option = OPT_NONE, .verb = VERB_REPLACE },
	{ WORD_VERB, "delete", "removes; packets inside are dropped", .option = OPT_NONE, .verb = VERB_DELETE },
	{ WORD_VERB, "list", "prints commands that recreate", .option = OPT_NONE, .verb = VERB_LIST },
	{ WORD_VERB, "show", "prints counters", .option = OPT_NONE, .verb = VERB_SHOW },
	{ WORD_VERB, "flush", "removes all", .option = OPT_NONE, .verb = VERB_FLUSH },
};

#define WORDS (sizeof(words) / sizeof(*words))

/* Queue management that came from plug-ins has no line of its own: it is made when it is looked for. One thread: that
 * which reads scripts. */
static const struct emu_word *guest_word(size_t i)
{
	static struct emu_word guests[AQM_GUESTS];
	const struct nrw_aqm_ops *ops = aqm_guest(i);

	if (!ops)
		return NULL;
	if (!guests[i].word)
		guests[i] = (struct emu_word)NOW(WORD_AQM, FIFO, ops->name, OPT_AQM, emu_parse_aqm, NULL, aqm,
			ops->help);
	return &guests[i];
}

const struct emu_word *emu_word_get(size_t i)
{
	return i < WORDS ? &words[i] : guest_word(i - WORDS);
}

static const struct emu_word *find(struct word w, bool verb)
{
	const struct emu_word *word;

	for (size_t i = 0; (word = emu_word_get(i)); i++)
		if ((word->kind == WORD_VERB) == verb && word_is(w, word->word))
			return word;
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

/* Masks are the object's own. */
uint64_t emu_link_options(void)
{
	uint64_t options = 0;

	for (size_t i = 0; i < WORDS; i++)
		if (words[i].on == LINK && words[i].option != OPT_MASK)
			options |= UINT64_C(1) << words[i].option;
	return options;
}

const char *emu_kind_name(enum emu_kind kind)
{
	static const char *const names[] = { [EMU_PIPE] = "pipe", [EMU_QUEUE] = "queue", [EMU_SCHED] = "sched" };

	return names[kind];
}

/* Words of the table, then kinds of schedulers of theirs. */
bool emu_word_at(size_t i, struct emu_word_info *info)
{
	static const char *const kinds[] = {
		[WORD_OPTION] = "pipe-option", [WORD_AQM] = "aqm", [WORD_SCHED] = "sched", [WORD_VERB] = "verb",
	};
	const struct emu_word *word = emu_word_get(i);
	const struct nrw_sched_ops *ops;
	size_t all = WORDS;

	if (word) {
		*info = (struct emu_word_info){ kinds[word->kind], word->word, word->help, word->later };
		return true;
	}
	while (emu_word_get(all))
		all++;
	ops = sched_at(i - all);
	if (ops)
		*info = (struct emu_word_info){ "sched", ops->name, ops->help, false };
	return ops;
}

int emu_refuse_later(struct lex *lx, struct word w)
{
	return lex_error(lx, w, ERR_LATER, "%.*s: known, but not supported by this version", (int)w.n, w.p);
}

/* Whether an option was said, or, of what was copied whole, is there. */
static bool is_of(const struct emu_word *word, uint64_t named)
{
	return word->option != OPT_NONE && named >> word->option & 1;
}

static void hold(const struct emu_conf *c, uint64_t named)
{
	for (size_t i = 0; i < WORDS; i++)
		if (words[i].hold && is_of(&words[i], named))
			words[i].hold(c);
}

static void release(struct emu_conf *c, uint64_t named)
{
	for (size_t i = 0; i < WORDS; i++)
		if (words[i].release && is_of(&words[i], named))
			words[i].release(c);
}

void emu_conf_copy(struct emu_conf *to, const struct emu_conf *from)
{
	*to = *from;
	hold(to, UINT64_MAX);
}

void emu_conf_release(struct emu_conf *c)
{
	release(c, UINT64_MAX);
}

/* Copies what was named: each value as its word's entry says. */
void emu_conf_merge(struct emu_conf *into, const struct emu_conf *from, uint64_t named)
{
	hold(from, named);
	release(into, named);
	for (size_t i = 0; i < WORDS; i++)
		if (is_of(&words[i], named) && words[i].size)
			memcpy((char *)into + words[i].offset, (const char *)from + words[i].offset, words[i].size);
}
