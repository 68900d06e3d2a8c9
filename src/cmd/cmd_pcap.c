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
#include "world.h"

enum {
	O_WRITE = WORLD_OPTIONS, O_DROPPED, O_BOTH, O_SERIES, O_INTERVAL, O_PLOT, O_LOOP, O_FILTER, O_FOLLOW, O_ANSWERS,
	O_LINK,
};

static const struct option_desc options[] = {
	WORLD_TABLE,
	[O_WRITE] = { "write", 'w', "OUT", "what comes out: pcapng, or pcap with ns if OUT ends in .pcap", false },
	[O_DROPPED] = { "dropped", 0, "OUT", "what does not, with the reason as comment (pcapng)", false },
	[O_BOTH] = { "both", 0, "OUT", "interfaces 'before' and 'after' in one pcapng", false },
	[O_SERIES] = { "series", 0, "CSV", "what each pipe did in each interval", false },
	[O_INTERVAL] = { "interval", 0, "TIME", "of --series and --plot (default 100ms)", false },
	[O_PLOT] = { "plot", 0, "SVG", "a picture of rates, backlog, waiting and drops", false },
	[O_LOOP] = { "loop", 0, "N", "runs the input N times, one after the other, for measuring", false },
	[O_FILTER] = { "filter", 0, "EXPR", "what libpcap's expression does not match is not there", false },
	[O_FOLLOW] = { "follow", 0, NULL, "IN grows: waits for more, until SIGINT or until it is replaced", false },
	[O_ANSWERS] = { "answers", 0, NULL, "packets that rules send (RST, unreachable) come out too", false },
	[O_LINK] = { "link", 0, "NAME", "the rules and pipes of a kind of link: check --list links has them", false },
	/* words of later versions */
	{ "route", 0, "PREFIX", NULL, true },
	{ NULL, 0, NULL, NULL, false },
};

#define OUTPUTS 5	/* -w, --dropped, --both, --series, --plot */

struct pcap_args {
	struct cmd_common common;
	struct world world;
	struct app_pcap_cfg cfg;
	struct {
		const char *option, *path;
	} outputs[OUTPUTS];
	unsigned output_count;
	const char **inputs;	/* room for every word of the command line */
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

static int take(const struct command *self, struct pcap_args *p, int opt, const char *value)
{
	struct app_pcap_cfg *c = &p->cfg;

	switch (opt) {
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
	case O_INTERVAL:
		return cmd_time("--interval", value, &c->interval);
	case O_LOOP:
		return cmd_number("--loop", value, 1, UINT64_MAX, &c->loops);
	case O_FILTER:
		return set_once(&c->filter, "--filter", value);
	case O_ANSWERS:
		c->answers = true;
		return 0;
	case O_FOLLOW:
		c->follow = true;
		return 0;
	case O_LINK:
		return world_link(&p->world, value);
	case ARGS_OPERAND:
		p->inputs[c->input_count++] = value;
		return 0;
	default:
		return opt >= 0 ? world_take(&p->world, opt, value) : cmd_common(self, &p->common, opt, value);
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
		if (opt != W_RULES)
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
	char late[300];

	if (rc != ERR_CLOSED)
		report(p, a);
	if (rc && rc != ERR_CLOSED)
		cmd_fail(EXIT_FAILED, e);
	tell_inputs(&p->cfg, a);
	world_tell_late(lane_waiting(app_pcap_lane(a), late, sizeof(late)), late);
	if (rc || t->failed_commands)
		return EXIT_FAILED;
	return t->truncated ? EXIT_DAMAGED_INPUT : EXIT_DONE;
}

/* What the options of the world say, for the engine. */
static void describe_world(struct pcap_args *p)
{
	struct app_pcap_cfg *c = &p->cfg;

	c->lane = world_lane(&p->world, &p->common);
	if (count_to_stdout(p))
		c->lane.lists = stderr;
	c->iface = p->world.iface;
	c->said = world_said;
}

static int run(struct pcap_args *p)
{
	struct progress progress = { 0 };
	struct app_pcap *a;
	struct err e = { 0 };
	int rc, status;

	describe_world(p);
	os_catch_interrupts();
	p->cfg.stop = os_interrupted;
	if (!p->common.quiet)
		progress_start(&progress, &p->cfg);
	rc = app_pcap_open(&a, &p->cfg, p->world.script, &p->world.errs, &e);
	world_tell_warnings(&p->world, &p->common);
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
	p->cfg.inputs = p->inputs;
	return p->inputs ? 0 : cmd_no_memory();
}

static int pcap_run(const struct command *self, char **argv)
{
	struct pcap_args p = {
		.common = CMD_COMMON_DEFAULT,
		.cfg = { .interval = 100 * NRW_MS, .loops = 1 },
	};
	int status = world_init(&p.world, self, argv, W_PREPROC, W_PLUGIN);

	if (!status)
		status = make_room(&p, argv);
	if (!status)
		status = read_args(self, &p, argv);
	if (!status)
		status = world_check(&p.world);
	if (!status)
		status = check_args(&p);
	if (!status)
		status = check_scripts(self, &p, argv);
	if (!status)
		status = run(&p);
	world_fini(&p.world);
	free(p.inputs);
	return status;
}

const struct command cmd_pcap = {
	"pcap", "[-r RULES]... [-e RULE]... [-w OUT] [OPTION]... IN...",
	"captures through rules and pipes, in virtual time, and out again",
	options, pcap_run,
	"IN is pcap or pcapng, also packed by gzip or zstd, '-' for standard input; several merge by time. An OUT\n"
	"that ends in .gz or .zst is packed. Times are the capture's own: the run takes as long as the machine needs,\n"
	"not as long as the capture lasted.\n"
	"Exit status: 0 done, 1 failed, 2 bad usage or input and nothing was done, 3 done but IN was damaged.\n",
};
