/* cmd/cmd_pcap.c - `narrows pcap`: options in, the engine of app/app_pcap.c, a report out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app_pcap.h"
#include "base/log.h"
#include "base/os.h"
#include "cmd.h"
#include "lane/lane.h"
#include "pcap_report.h"
#include "progress.h"

enum {
	O_RULES, O_RULE, O_WRITE, O_DROPPED, O_BOTH, O_IN, O_OUT, O_LOCAL, O_DEFAULT, O_SERIES, O_INTERVAL,
	O_PLOT, O_LOOP, O_IFACE, O_LAYER2, O_ME, O_FILTER, O_FOLLOW, O_ANSWERS,
};

static const struct option_desc options[] = {
	[O_RULES] = { "rules", 'r', "FILE", "a script of rules and pipes; with -e in the order given", false },
	[O_RULE] = { "rule", 'e', "RULE", "one line of such a script", false },
	[O_WRITE] = { "write", 'w', "OUT", "what comes out: pcapng, or pcap with ns if OUT ends in .pcap", false },
	[O_DROPPED] = { "dropped", 0, "OUT", "what does not, with the reason as comment (pcapng)", false },
	[O_BOTH] = { "both", 0, "OUT", "interfaces 'before' and 'after' in one pcapng", false },
	[O_IN] = { "in", 0, NULL, "rules see every packet as incoming (default)", false },
	[O_OUT] = { "out", 0, NULL, "rules see every packet as outgoing", false },
	[O_LOCAL] = { "local", 0, "NET", "packets from this address or prefix are outgoing, others incoming", false },
	[O_DEFAULT] = { "default", 0, "allow|deny", "the last rule, 65535 (default allow)", false },
	[O_SERIES] = { "series", 0, "CSV", "what each pipe did in each interval", false },
	[O_INTERVAL] = { "interval", 0, "TIME", "of --series and --plot (default 100ms)", false },
	[O_PLOT] = { "plot", 0, "SVG", "a picture of rates, backlog, waiting and drops", false },
	[O_LOOP] = { "loop", 0, "N", "runs the input N times, one after the other, for measuring", false },
	[O_IFACE] = { "iface", 0, "NAME", "the interface that rules see (default: as in the capture, or pcap0)", false },
	[O_LAYER2] = { "layer2", 0, NULL, "rules see frames: ip matches each, lengths are those on the wire", false },
	[O_ME] = { "me", 0, "ADDR", "an address or prefix that rules know as 'me'; may be repeated", false },
	[O_FILTER] = { "filter", 0, "EXPR", "what libpcap's expression does not match is not there", false },
	[O_FOLLOW] = { "follow", 0, NULL, "IN grows: waits for more, until SIGINT or until it is replaced", false },
	[O_ANSWERS] = { "answers", 0, NULL, "packets that rules send (RST, unreachable) come out too", false },
	/* words of later versions */
	{ "link", 0, "NAME", NULL, true },
	{ "route", 0, "PREFIX", NULL, true },
	{ NULL, 0, NULL, NULL, false },
};

#define OUTPUTS 5	/* -w, --dropped, --both, --series, --plot */

struct pcap_args {
	struct cmd_common common;
	struct app_pcap_cfg cfg;
	struct lane_script *script;
	struct errs errs;
	unsigned lines_given;
	struct {
		const char *option, *path;
	} outputs[OUTPUTS];
	unsigned output_count;
	int direction;		/* the option that said it, + 1 */
	const char **inputs;	/* room for every word of the command line */
	struct lane_net *me;	/* likewise */
};

/* A file that comes out; each may be named once. */
static int add_output(struct pcap_args *p, const char **to, const char *option, const char *path)
{
	if (*to)
		return cmd_refuse("pcap: %s: given twice", option);
	*to = path;
	p->outputs[p->output_count].option = option;
	p->outputs[p->output_count++].path = path;
	return 0;
}

static int add_rules(struct pcap_args *p, const char *path)
{
	struct err e;
	int rc = lane_script_file(p->script, path, NULL, &p->errs, &e);

	return rc ? cmd_fail(cmd_status(rc), &e) : 0;
}

static int add_rule(struct pcap_args *p, const char *text)
{
	if (!lane_script_text(p->script, "-e", ++p->lines_given, text, strlen(text), &p->errs))
		return 0;
	return cmd_no_memory();
}

/* Which way packets go can be said once, in one way. */
static int set_direction(struct pcap_args *p, int opt, enum lane_dir dir)
{
	if (p->direction && (p->direction != opt + 1 || dir == LANE_BY_NET))
		return cmd_refuse("pcap: only one of --in, --out, --local can be given, once");
	p->direction = opt + 1;
	p->cfg.dir = dir;
	return 0;
}

static int set_local(struct pcap_args *p, const char *value)
{
	struct err e;

	if (set_direction(p, O_LOCAL, LANE_BY_NET))
		return EXIT_USAGE;
	return lane_net_parse(&p->cfg.local, value, &e) ? cmd_refuse("--local: %s", e.text) : 0;
}

static int add_me(struct pcap_args *p, const char *value)
{
	struct err e;

	if (lane_net_parse(&p->me[p->cfg.me_count], value, &e))
		return cmd_refuse("--me: %s", e.text);
	p->cfg.me_count++;
	return 0;
}

/* Text that can be given once. */
static int set_once(const char **to, const char *option, const char *value)
{
	if (*to)
		return cmd_refuse("pcap: %s: given twice", option);
	if (!*value)
		return cmd_refuse("pcap: %s: is empty", option);
	*to = value;
	return 0;
}

static int set_default(struct pcap_args *p, const char *value)
{
	p->cfg.default_allow = !strcmp(value, "allow");
	if (p->cfg.default_allow || !strcmp(value, "deny"))
		return 0;
	return cmd_refuse("--default: '%s' is not allow or deny", value);
}

static int take(const struct command *self, struct pcap_args *p, int opt, const char *value)
{
	struct app_pcap_cfg *c = &p->cfg;

	switch (opt) {
	case O_RULES:
		return add_rules(p, value);
	case O_RULE:
		return add_rule(p, value);
	case O_WRITE:
		return add_output(p, &c->out, "-w", value);
	case O_DROPPED:
		return add_output(p, &c->dropped, "--dropped", value);
	case O_BOTH:
		return add_output(p, &c->both, "--both", value);
	case O_SERIES:
		return add_output(p, &c->series, "--series", value);
	case O_PLOT:
		return add_output(p, &c->plot, "--plot", value);
	case O_IN:
		return set_direction(p, opt, LANE_ALL_IN);
	case O_OUT:
		return set_direction(p, opt, LANE_ALL_OUT);
	case O_LOCAL:
		return set_local(p, value);
	case O_DEFAULT:
		return set_default(p, value);
	case O_INTERVAL:
		return cmd_time("--interval", value, &c->interval);
	case O_LOOP:
		return cmd_number("--loop", value, 1, UINT64_MAX, &c->loops);
	case O_IFACE:
		return set_once(&c->iface, "--iface", value);
	case O_LAYER2:
		c->layer2 = true;
		return 0;
	case O_ME:
		return add_me(p, value);
	case O_FILTER:
		return set_once(&c->filter, "--filter", value);
	case O_ANSWERS:
		c->answers = true;
		return 0;
	case O_FOLLOW:
		c->follow = true;
		return 0;
	case ARGS_OPERAND:
		p->inputs[c->input_count++] = value;
		return 0;
	default:
		return cmd_common(self, &p->common, opt, value);
	}
}

static int read_args(const struct command *self, struct pcap_args *p, char **argv)
{
	struct args a;
	const char *value;
	int opt, status = 0;

	args_init(&a, argv, self->options);
	while (!status && (opt = args_next(&a, &value)) != ARGS_END)
		status = opt == ARGS_BAD ? cmd_bad_args(self, &a) : take(self, p, opt, value);
	return status;
}

static unsigned count_to_stdout(const struct pcap_args *p)
{
	unsigned n = 0;

	for (unsigned i = 0; i < p->output_count; i++)
		n += !strcmp(p->outputs[i].path, "-");
	return n;
}

/* A script must not be emptied by an output, and standard input is there once: a second look at the command line. */
static int check_scripts(const struct command *self, const struct pcap_args *p, char **argv)
{
	unsigned from_stdin = 0;
	struct args a;
	const char *value;
	int opt;

	for (unsigned i = 0; i < p->cfg.input_count; i++)
		if (!strcmp(p->inputs[i], "-") && from_stdin++)
			return cmd_refuse("pcap: standard input can be read once: '-' is there twice");
	args_init(&a, argv, self->options);
	while ((opt = args_next(&a, &value)) != ARGS_END) {
		if (opt != O_RULES)
			continue;
		if (!strcmp(value, "-") && from_stdin++)
			return cmd_refuse("pcap: standard input can be read once: as the capture, or as one script");
		for (unsigned i = 0; i < p->output_count; i++)
			if (os_same_file(value, p->outputs[i].path))
				return cmd_refuse("pcap: %s %s: is a script of rules", p->outputs[i].option,
					p->outputs[i].path);
	}
	return 0;
}

/* What no option can tell alone. */
static int check_args(const struct pcap_args *p)
{
	const struct app_pcap_cfg *c = &p->cfg;

	if (p->errs.errors)
		return cmd_fail_errs(&p->errs);
	if (!c->input_count)
		return cmd_refuse("pcap: which capture? give a file, or '-' for standard input");
	if (c->follow && (c->input_count > 1 || c->loops > 1))
		return cmd_refuse("pcap: --follow: one input can be followed, once%s",
			c->loops > 1 ? ", without --loop" : "");
	if (count_to_stdout(p) + p->common.json > 1)
		return cmd_refuse("pcap: only one thing fits on standard output: --json, or one '-' as output");
	return 0;
}

static void report(const struct pcap_args *p, struct app_pcap *a)
{
	if (p->common.json)
		pcap_report_json(stdout, a, p->common.seed);
	else if (!p->common.quiet)
		pcap_report_text(count_to_stdout(p) ? stderr : stdout, a);
}

/* What of an input did not go through as it was. */
static void tell_input(const char *input, const struct cap_stats *st)
{
	for (int why = 0; why < CAP_SKIPS; why++)
		if (st->skips[why])
			log_say("%s: %llu records skipped: %s", input, (unsigned long long)st->skips[why],
				cap_skip_text((enum cap_skip)why));
	if (st->rounded)
		log_say("%s: %llu times were finer than a nanosecond and are rounded down", input,
			(unsigned long long)st->rounded);
	if (st->unknown_blocks)
		log_more("%s: %llu blocks are not packets and were passed over", input,
			(unsigned long long)st->unknown_blocks);
	if (st->timeless)
		log_say("%s: %llu records have no time and take the latest one", input,
			(unsigned long long)st->timeless);
}

static void tell_inputs(const struct app_pcap_cfg *cfg, const struct app_pcap *a)
{
	for (unsigned i = 0; i < cfg->input_count; i++) {
		const char *damage = app_pcap_damage(a, i);
		struct cap_stats st;

		app_pcap_input(a, i, &st);
		tell_input(cfg->inputs[i], &st);
		if (damage)
			log_error("%s: %s", cfg->inputs[i], damage);
	}
}

static int finish(const struct pcap_args *p, struct app_pcap *a, int rc, const struct err *e)
{
	const struct app_pcap_totals *t = app_pcap_totals(a);

	if (rc != ERR_CLOSED)
		report(p, a);
	if (rc && rc != ERR_CLOSED)
		cmd_fail(EXIT_FAILED, e);
	tell_inputs(&p->cfg, a);
	if (rc)
		return EXIT_FAILED;
	return t->truncated ? EXIT_DAMAGED_INPUT : EXIT_DONE;
}

static int run(struct pcap_args *p)
{
	struct progress progress = { 0 };
	struct app_pcap *a;
	struct err e = { 0 };
	int rc, status;

	p->cfg.seed = p->common.seed;
	os_catch_interrupts();
	p->cfg.stop = os_interrupted;
	if (!p->common.quiet)
		progress_start(&progress, &p->cfg);
	rc = app_pcap_open(&a, &p->cfg, p->script, &p->errs, &e);
	if (p->errs.warnings && !p->common.quiet)
		errs_print(&p->errs, stderr, "narrows");
	if (rc)
		return rc == ERR_CLOSED ? EXIT_FAILED : cmd_fail(cmd_status(rc), &e);
	rc = app_pcap_run(a, &e);
	progress_end(&progress);
	status = finish(p, a, rc, &e);
	app_pcap_close(a);
	return status;
}

static int make_room(struct pcap_args *p, char **argv)
{
	size_t words = 1;

	while (argv[words - 1])
		words++;
	p->inputs = calloc(words, sizeof(*p->inputs));
	p->me = calloc(words, sizeof(*p->me));
	p->script = lane_script_new();
	p->cfg.inputs = p->inputs;
	p->cfg.me = p->me;
	return p->inputs && p->me && p->script ? 0 : cmd_no_memory();
}

static int pcap_run(const struct command *self, char **argv)
{
	struct pcap_args p = {
		.common = CMD_COMMON_DEFAULT,
		.cfg = { .interval = 100 * NRW_MS, .loops = 1, .default_allow = true },
	};
	int status;

	errs_init(&p.errs);
	status = make_room(&p, argv);
	if (!status)
		status = read_args(self, &p, argv);
	if (!status && lane_script_check(p.script, &p.errs))
		status = cmd_no_memory();
	if (!status)
		status = check_args(&p);
	if (!status)
		status = check_scripts(self, &p, argv);
	if (!status)
		status = run(&p);
	lane_script_free(p.script);
	free(p.inputs);
	free(p.me);
	errs_fini(&p.errs);
	return status;
}

const struct command cmd_pcap = {
	"pcap", "[-r RULES]... [-e RULE]... [-w OUT] [OPTION]... IN...",
	"captures through rules and pipes, in virtual time, and out again",
	options, pcap_run,
	"IN is pcap or pcapng, also packed by gzip or zstd, '-' for standard input; several are merged by time. An OUT\n"
	"that ends in .gz or .zst is packed. Times are the capture's own: the run takes as long as the machine needs,\n"
	"not as long as the capture lasted.\n"
	"Exit status: 0 done, 1 failed, 2 bad usage or input and nothing was done, 3 done but IN was damaged.\n",
};
