/* emu/emu_words_link.c - words that say how a link serves, and what is written of it.
 *
 *      profile FILE | none            extra airtime (emu_profile.c); a `bw` in it is the pipe's, unless the line says
 * one
 *      trace FILE [once] [mtu N]      chances to send (emu_trace.c)
 *      schedule FILE [once]           parameters that change (emu_schedule.c); once: not in rounds
 *      paused [on | off]              the link stops; what comes waits
 *      cut [on | off]                 all that is inside is dropped, and all that comes
 *      seed N | none                  dice of its own
 *      pcap FILE | none               a capture of what leaves
 *      log mm FILE | events FILE | none       both may follow one `log`
 *
 * `none` takes back what an earlier line said; a file of that name is ./none. Files that are read are read here, when
 * the line is parsed. Paths of files to be written are only kept: emu_tap.c opens them when the line takes effect. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/os.h"
#include "emu_course.h"
#include "emu_profile.h"
#include "emu_schedule.h"
#include "emu_words.h"

#define MTU_MAX 1048576u

/* A file, read; NULL with *rc 0: none. */
static struct emu_file *read_file(struct lex *lx, struct word name, const char *allowed,
	const struct emu_file_reader *reader, int *rc)
{
	struct emu_file *f;
	struct word w;

	*rc = emu_value(lx, name, allowed, &w);
	if (*rc || word_is(w, "none"))
		return NULL;
	f = emu_file_read(lx, w, reader);
	if (!f)
		*rc = ERR_SYNTAX;
	return f;
}

static bool next_is(struct lex *lx, const char *word, struct word *w)
{
	return lex_peek(lx, w) && word_is(*w, word) && lex_next(lx, w);
}

static void print_file(char *to, const char *word, const struct emu_file *f, const char *behind)
{
	snprintf(to, EMU_OPTION_TEXT, "%s %s%s", word, f ? emu_file_path(f) : "none", f ? behind : "");
}

/* ---- profile ---- */

int emu_parse_profile(struct lex *lx, struct word name, struct emu_conf *c)
{
	int rc;

	emu_file_set(&c->profile, read_file(lx, name, "a file, or none", &emu_profile_reader, &rc));
	return rc;
}

void emu_print_profile(char *to, const struct emu_conf *c)
{
	print_file(to, "profile", c->profile, "");
}

void emu_hold_profile(const struct emu_conf *c)
{
	emu_file_hold(c->profile);
}

void emu_release_profile(struct emu_conf *c)
{
	emu_file_set(&c->profile, NULL);
}

/* The line is read: a profile's rate is the pipe's. */
void emu_profile_settle(struct emu_conf *c, uint64_t *named)
{
	const struct emu_profile *p = c->profile ? emu_file_said(c->profile) : NULL;
	uint64_t bw = UINT64_C(1) << OPT_BW;

	if (!(*named >> OPT_PROFILE & 1) || *named & bw || !p || !emu_profile_has_bw(p))
		return;
	c->bw = p->bw;
	*named |= bw;
}

/* ---- trace ---- */

static int parse_mtu(struct lex *lx, uint32_t *mtu)
{
	struct word w;
	uint64_t n = 0;
	int rc;

	if (!lex_next(lx, &w))
		return lex_error(lx, lex_here(lx), ERR_SYNTAX, "mtu: the bytes of a chance are missing, 1..%u",
			MTU_MAX);
	rc = units_num(lx, w, "mtu", 1, MTU_MAX, &n);
	*mtu = (uint32_t)n;
	return rc;
}

int emu_parse_trace(struct lex *lx, struct word name, struct emu_conf *c)
{
	struct emu_trace_conf t = { .mtu = EMU_TRACE_MTU };
	bool mtu = false;
	struct word w;
	int rc;

	t.file = read_file(lx, name, "a file, or none", &emu_trace_reader, &rc);
	while (!rc && t.file) {
		if (!t.once && next_is(lx, "once", &w))
			t.once = true;
		else if (!mtu && next_is(lx, "mtu", &w))
			mtu = !(rc = parse_mtu(lx, &t.mtu));
		else
			break;
	}
	emu_file_release(c->trace.file);
	c->trace = t;
	return rc;
}

void emu_print_trace(char *to, const struct emu_conf *c)
{
	char behind[40] = "";

	if (c->trace.mtu != EMU_TRACE_MTU)
		snprintf(behind, sizeof(behind), "%s mtu %" PRIu32, c->trace.once ? " once" : "", c->trace.mtu);
	else if (c->trace.once)
		strcpy(behind, " once");
	print_file(to, "trace", c->trace.file, behind);
}

void emu_hold_trace(const struct emu_conf *c)
{
	emu_file_hold(c->trace.file);
}

void emu_release_trace(struct emu_conf *c)
{
	emu_file_set(&c->trace.file, NULL);
}

/* ---- schedule ---- */

int emu_parse_schedule(struct lex *lx, struct word name, struct emu_conf *c)
{
	struct emu_schedule_conf s = { 0 };
	struct word w;
	int rc;

	s.file = read_file(lx, name, "a file, or none", &emu_schedule_reader, &rc);
	s.once = s.file && next_is(lx, "once", &w);
	emu_file_release(c->schedule.file);
	c->schedule = s;
	return rc;
}

void emu_print_schedule(char *to, const struct emu_conf *c)
{
	print_file(to, "schedule", c->schedule.file, c->schedule.once ? " once" : "");
}

void emu_hold_schedule(const struct emu_conf *c)
{
	emu_file_hold(c->schedule.file);
}

void emu_release_schedule(struct emu_conf *c)
{
	emu_file_set(&c->schedule.file, NULL);
}

/* ---- switches ---- */

static bool parse_switch(struct lex *lx)
{
	struct word w;

	if (next_is(lx, "off", &w))
		return false;
	next_is(lx, "on", &w);
	return true;
}

int emu_parse_paused(struct lex *lx, struct word name, struct emu_conf *c)
{
	c->paused = parse_switch(lx);
	return 0;
}

void emu_print_paused(char *to, const struct emu_conf *c)
{
	strcpy(to, c->paused ? "paused" : "paused off");
}

int emu_parse_cut(struct lex *lx, struct word name, struct emu_conf *c)
{
	c->cut = parse_switch(lx);
	return 0;
}

void emu_print_cut(char *to, const struct emu_conf *c)
{
	strcpy(to, c->cut ? "cut" : "cut off");
}

int emu_parse_seed(struct lex *lx, struct word name, struct emu_conf *c)
{
	struct word w;
	int rc = emu_value(lx, name, "a number, 0..18446744073709551615, or none", &w);

	c->seed = (struct emu_seed){ .own = !rc && !word_is(w, "none") };
	return rc || !c->seed.own ? rc : units_num(lx, w, "seed", 0, UINT64_MAX, &c->seed.value);
}

void emu_print_seed(char *to, const struct emu_conf *c)
{
	if (c->seed.own)
		snprintf(to, EMU_OPTION_TEXT, "seed %" PRIu64, c->seed.value);
	else
		strcpy(to, "seed none");
}

/* ---- files that are written ---- */

/* Nothing is read of it; only its path is kept, and counted. */
static const struct emu_file_reader path_reader = { .what = "output" };

/* NULL with *rc 0: none. It must not be the script that is being read. */
static struct emu_file *read_path(struct lex *lx, struct word name, int *rc)
{
	char path[EMU_PATH_MAX];
	struct emu_file *f;
	struct word w;

	*rc = emu_value(lx, name, "a file to be written, or none", &w);
	if (*rc || word_is(w, "none"))
		return NULL;
	*rc = ERR_RANGE;
	if (w.n >= sizeof(path) || memchr(w.p, '\0', w.n) || word_is(w, "-")) {
		lex_error(lx, w, ERR_RANGE, "%.*s: this is no name of a file", (int)name.n, name.p);
		return NULL;
	}
	memcpy(path, w.p, w.n);
	path[w.n] = '\0';
	if (lx->file && os_same_file(path, lx->file)) {
		lex_error(lx, w, ERR_RANGE, "%.*s: this is the script itself", (int)name.n, name.p);
		return NULL;
	}
	f = emu_file_parse(path, "", 0, &path_reader, lx->errs);
	*rc = f ? 0 : ERR_NOMEM;
	return f;
}

int emu_parse_pcap(struct lex *lx, struct word name, struct emu_conf *c)
{
	int rc;

	emu_file_set(&c->pcap, read_path(lx, name, &rc));
	return rc;
}

void emu_print_pcap(char *to, const struct emu_conf *c)
{
	print_file(to, "pcap", c->pcap, "");
}

void emu_hold_pcap(const struct emu_conf *c)
{
	emu_file_hold(c->pcap);
}

void emu_release_pcap(struct emu_conf *c)
{
	emu_file_set(&c->pcap, NULL);
}

int emu_parse_log(struct lex *lx, struct word name, struct emu_conf *c)
{
	bool mm = false, events = false;
	struct word w;
	int rc = 0;

	emu_release_log(c);
	if (next_is(lx, "none", &w))
		return 0;
	while (!rc) {
		if (!mm && next_is(lx, "mm", &w)) {
			mm = true;
			emu_file_set(&c->log.mm, read_path(lx, w, &rc));
		} else if (!events && next_is(lx, "events", &w)) {
			events = true;
			emu_file_set(&c->log.events, read_path(lx, w, &rc));
		} else {
			break;
		}
	}
	if (rc || mm || events)
		return rc;
	return lex_error(lx, lex_here(lx), ERR_SYNTAX, "log: its kind is missing: mm FILE, events FILE, or none");
}

void emu_print_log(char *to, const struct emu_conf *c)
{
	const struct emu_file *mm = c->log.mm, *events = c->log.events;

	snprintf(to, EMU_OPTION_TEXT, "log%s%s%s%s%s", mm ? " mm " : "", mm ? emu_file_path(mm) : "",
		events ? " events " : "", events ? emu_file_path(events) : "", mm || events ? "" : " none");
}

void emu_hold_log(const struct emu_conf *c)
{
	emu_file_hold(c->log.mm);
	emu_file_hold(c->log.events);
}

void emu_release_log(struct emu_conf *c)
{
	emu_file_set(&c->log.mm, NULL);
	emu_file_set(&c->log.events, NULL);
}

/* ---- what goes together ---- */

int emu_conf_check(const struct emu_conf *c, enum emu_kind kind, struct err *e)
{
	const struct emu_schedule *s = c->schedule.file ? emu_file_said(c->schedule.file) : NULL;

	if (kind == EMU_SCHED && s && (emu_schedule_has(s, SCHEDULED_LOSS) || emu_schedule_has(s, SCHEDULED_QUEUE)))
		return err_set(e, ERR_USAGE,
			"schedule: loss and queue belong to the queues of a sched; bw, delay and jitter are allowed");
	if (s && emu_schedule_has(s, SCHEDULED_LOSS) && !emu_loss_is_plain(&c->impair.loss))
		return err_set(e, ERR_USAGE,
			"schedule and loss: a schedule says the probability of plain loss; another model goes with one "
			"without loss");
	if (!c->trace.file)
		return 0;
	if (c->bw)
		return err_set(e, ERR_USAGE, "trace and bw: both say how fast the link is; bw 0 lets the trace");
	if (c->burst)
		return err_set(e, ERR_USAGE,
			"trace and burst: a chance to send cannot be saved; burst 0 saves nothing");
	if (s && emu_schedule_has(s, SCHEDULED_BW))
		return err_set(e, ERR_USAGE, "trace and schedule: both say how fast the link is; a schedule without bw "
			"goes with a trace");
	return 0;
}

/* ---- roads ---- */

bool emu_road_is_plain(const struct emu_conf *c)
{
	return !c->profile && !c->trace.file && !c->schedule.file && !c->paused;
}

bool emu_road_jitters(const struct emu_conf *c)
{
	return c->schedule.file && emu_schedule_has(emu_file_said(c->schedule.file), SCHEDULED_JITTER);
}

void emu_road_of(struct emu_road *r, const struct emu_conf *c)
{
	const struct emu_schedule *s = c->schedule.file ? emu_file_said(c->schedule.file) : NULL;

	*r = (struct emu_road){
		.rates = { .once = c->schedule.once, .own = c->bw }, .burst = emu_link_burst(c->burst),
		.trace = c->trace.file ? emu_file_said(c->trace.file) : NULL, .mtu = c->trace.mtu,
		.trace_once = c->trace.once, .paused = c->paused,
		.profile = c->profile ? emu_file_said(c->profile) : NULL,
		.schedule = s, .schedule_once = c->schedule.once,
		.files = { emu_file_hold(c->trace.file), emu_file_hold(c->profile), emu_file_hold(c->schedule.file) },
	};
	if (s && emu_schedule_has(s, SCHEDULED_BW))
		r->rates.curve = &s->curves[SCHEDULED_BW];
}

void emu_road_release(struct emu_road *r)
{
	for (unsigned i = 0; i < 3; i++)
		emu_file_set(&r->files[i], NULL);
}
