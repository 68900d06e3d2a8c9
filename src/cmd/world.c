/* cmd/world.c - scripts and what rules see, from the options of a command line.
 *
 * Options are read from left to right, and scripts as they come, so that -r and -e make one text in the order given;
 * but -p holds for every script, wherever it stands, so it is looked for first. Its value is cut into words at blanks;
 * who needs more has `sh -c`. Wrong lines are collected, and told together by world_check(). */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "emu/emu_plugin.h"
#include "links.h"

static int split(struct world *w, const char *text)
{
	size_t n = 0;
	char *at;

	w->preproc_text = strdup(text);
	w->preproc = calloc(strlen(text) / 2 + 2, sizeof(char *));
	if (!w->preproc_text || !w->preproc)
		return cmd_no_memory();
	for (at = w->preproc_text; *(at += strspn(at, " \t")); n++) {
		w->preproc[n] = at;
		at += strcspn(at, " \t");
		if (*at)
			*at++ = '\0';
	}
	return n ? 0 : cmd_refuse("%s: -p: is empty; give a command such as 'cpp -DWEB=80'", w->command->name);
}

static int load(const char *path)
{
	struct err e;

	if (emu_plugin_load(path, &e))
		return 0;
	return cmd_fail(cmd_status(e.code), &e);
}

static int look_ahead(struct world *w, char **argv, int preproc, int plugin)
{
	struct args a;
	const char *value;
	int opt, status = 0;

	args_init(&a, argv, w->command->options);
	while (!status && (opt = args_next(&a, &value)) != ARGS_END && opt != ARGS_BAD) {
		if (opt == plugin)
			status = load(value);
		if (opt != preproc)
			continue;
		if (w->preproc)
			return cmd_refuse("%s: -p: given twice", w->command->name);
		status = split(w, value);
	}
	return status;
}

int world_init(struct world *w, const struct command *self, char **argv, int preproc, int plugin)
{
	size_t words = 0;

	while (argv[words])
		words++;
	*w = (struct world){ .command = self, .script = lane_script_new(), .cfg = { .default_allow = true } };
	errs_init(&w->errs);
	w->me = calloc(words + 1, sizeof(*w->me));
	w->cfg.me = w->me;
	if (!w->script || !w->me)
		return cmd_no_memory();
	return look_ahead(w, argv, preproc, plugin);
}

void world_fini(struct world *w)
{
	lane_script_free(w->script);
	errs_fini(&w->errs);
	free(w->preproc_text);
	free(w->preproc);
	free(w->me);
}

int world_file(struct world *w, const char *path)
{
	struct err e;
	int rc = lane_script_file(w->script, path, w->preproc, &w->errs, &e);

	return rc ? cmd_fail(cmd_status(rc), &e) : 0;
}

/* As it is, whatever -p says: it is ours. */
int world_link(struct world *w, const char *name)
{
	struct err e;
	char *path = link_path(name, &e);
	int rc;

	if (!path)
		return cmd_fail(cmd_status(e.code), &e);
	rc = lane_script_file(w->script, path, NULL, &w->errs, &e);
	free(path);
	return rc ? cmd_fail(cmd_status(rc), &e) : 0;
}

int world_line(struct world *w, const char *text)
{
	if (!lane_script_text(w->script, "-e", ++w->lines_given, text, strlen(text), &w->errs))
		return 0;
	return cmd_no_memory();
}

/* Which way packets go can be said once, in one way. */
static int set_direction(struct world *w, int opt, enum lane_dir dir)
{
	if (w->direction && (w->direction != opt + 1 || dir == LANE_BY_NET))
		return cmd_refuse("%s: only one of --in, --out, --local can be given, once", w->command->name);
	w->direction = opt + 1;
	w->cfg.dir = dir;
	return 0;
}

static int set_local(struct world *w, const char *value)
{
	struct err e;

	if (set_direction(w, W_LOCAL, LANE_BY_NET))
		return EXIT_USAGE;
	return lane_net_parse(&w->cfg.local, value, &e) ? cmd_refuse("--local: %s", e.text) : 0;
}

static int add_me(struct world *w, const char *value)
{
	struct err e;

	if (lane_net_parse(&w->me[w->cfg.me_count], value, &e))
		return cmd_refuse("--me: %s", e.text);
	w->cfg.me_count++;
	return 0;
}

static int set_default(struct world *w, const char *value)
{
	w->cfg.default_allow = !strcmp(value, "allow");
	if (w->cfg.default_allow || !strcmp(value, "deny"))
		return 0;
	return cmd_refuse("--default: '%s' is not allow or deny", value);
}

static int set_iface(struct world *w, const char *value)
{
	if (w->iface)
		return cmd_refuse("%s: --iface: given twice", w->command->name);
	if (!*value)
		return cmd_refuse("%s: --iface: is empty", w->command->name);
	w->iface = value;
	return 0;
}

int world_take(struct world *w, int opt, const char *value)
{
	switch ((enum world_option)opt) {
	case W_RULES:
		return world_file(w, value);
	case W_RULE:
		return world_line(w, value);
	case W_DEFAULT:
		return set_default(w, value);
	case W_IN:
		return set_direction(w, opt, LANE_ALL_IN);
	case W_OUT:
		return set_direction(w, opt, LANE_ALL_OUT);
	case W_LOCAL:
		return set_local(w, value);
	case W_IFACE:
		return set_iface(w, value);
	case W_LAYER2:
		w->cfg.layer2 = true;
		return 0;
	case W_ME:
		return add_me(w, value);
	case W_NO_INDEX:	/* docs/limits.md */
		w->cfg.no_index = true;
		return 0;
	case W_NO_CACHE:
		w->cfg.no_cache = true;
		return 0;
	case W_NO_JIT:
		w->cfg.no_jit = true;
		return 0;
	case W_PREPROC:		/* world_init() has them */
	case W_PLUGIN:
	case WORLD_OPTIONS:
		break;
	}
	return 0;
}

int world_check(struct world *w)
{
	if (lane_script_check(w->script, &w->errs))
		return cmd_no_memory();
	return w->errs.errors ? cmd_fail_errs(&w->errs) : 0;
}

struct lane_cfg world_lane(const struct world *w, const struct cmd_common *common)
{
	struct lane_cfg cfg = w->cfg;

	cfg.seed = common->seed;
	cfg.lists = common->json ? stderr : stdout;
	return cfg;
}

void world_tell_warnings(const struct world *w, const struct cmd_common *common)
{
	if (w->errs.warnings && !common->quiet)
		errs_print(&w->errs, stderr, "narrows");
}

void world_said(enum lane_said what, const char *text)
{
	if (what == LANE_FAILED)
		log_error("%s", text);
	else
		log_say("%s", text);
}

void world_tell_late(size_t waiting, const char *first)
{
	if (waiting)
		log_say("%s: comes after the last packet%s: not done", first, waiting > 1 ? ", and so do others" : "");
}
