/* cmd/world.h - what commands are told of the world in which rules judge: scripts, direction, names of things. The same
 * options with the same words for each command that takes them. */
#ifndef CMD_WORLD_H
#define CMD_WORLD_H

#include "cmd/cmd.h"
#include "lane/lane.h"

/* The first options of a command's table, as WORLD_TABLE has them; its own follow from WORLD_OPTIONS on. */
enum world_option {
	W_RULES, W_RULE, W_PREPROC, W_PLUGIN, W_DEFAULT, W_IN, W_OUT, W_LOCAL, W_IFACE, W_LAYER2, W_ME,
	W_NO_INDEX, W_NO_CACHE, W_NO_JIT, WORLD_OPTIONS
};

#define WORLD_RULE { "rule", 'e', "RULE", "one line of a script; may be repeated", false }
#define WORLD_PREPROC { "preproc", 'p', "COMMAND", "scripts go through this first: -p 'cpp -DWEB=80'", false }
#define WORLD_PLUGIN { "plugin", 0, "FILE.so", "its scheduler or queue management is one more; may be repeated", false }
#define WORLD_TABLE_WAY                                                                                                \
	[W_IN] = { "in", 0, NULL, "rules see every packet as incoming (default)", false },                             \
	[W_OUT] = { "out", 0, NULL, "rules see every packet as outgoing", false },                                     \
	[W_LOCAL] = { "local", 0, "NET", "packets from this address or prefix are outgoing, others incoming", false }
/* Of a command that knows which way its packets go. */
#define WORLD_TABLE_NO_WAY                                                                                             \
	[W_IN] = { "in", 0, NULL, NULL, false }, [W_OUT] = { "out", 0, NULL, NULL, false },                            \
	[W_LOCAL] = { "local", 0, "NET", NULL, false }
#define WORLD_TABLE_REST                                                                                               \
	[W_RULES] = { "rules", 'r', "FILE", "a script of rules and pipes; with -e in the order given", false },        \
	[W_RULE] = WORLD_RULE, [W_PREPROC] = WORLD_PREPROC, [W_PLUGIN] = WORLD_PLUGIN,                                 \
	[W_DEFAULT] = { "default", 0, "allow|deny", "the last rule, 65535 (default allow)", false },                   \
	[W_IFACE] = { "iface", 0, "NAME", "the interface that rules see (default: as in the capture, or pcap0)",       \
		false },                                                                                               \
	[W_LAYER2] = { "layer2", 0, NULL, "rules see frames: ip matches each, lengths are those on the wire", false }, \
	[W_ME] = { "me", 0, "ADDR", "an address or prefix that rules know as 'me'; may be repeated", false },     \
	[W_NO_INDEX] = { "no-index", 0, NULL, NULL, false }, [W_NO_CACHE] = { "no-cache", 0, NULL, NULL, false }, \
	[W_NO_JIT] = { "no-jit", 0, NULL, NULL, false }
#define WORLD_TABLE WORLD_TABLE_REST, WORLD_TABLE_WAY

struct world {
	const struct command *command;
	struct lane_script *script;
	struct errs errs;
	unsigned lines_given;		/* -e, which counts as a line each */
	char **preproc;			/* the words of -p, behind them NULL; NULL: not given */
	char *preproc_text;		/* they stand in */
	int direction;			/* the option that said it, + 1 */
	struct lane_net *me;		/* room for every word of the command line */
	const char *iface;		/* NULL: not given */
	struct lane_cfg cfg;		/* default_allow, dir, local, layer2, me */
};

/* Looks for options `preproc` and `plugin` of the command in the whole line, since they hold for every script. 0, or
 * the exit status after telling; fini in any case. */
int world_init(struct world *w, const struct command *self, char **argv, int preproc, int plugin);
void world_fini(struct world *w);
int world_take(struct world *w, int opt, const char *value);	/* one of enum world_option: 0 or the exit status */
int world_file(struct world *w, const char *path);	/* a script: 0 or the exit status; wrong lines are in errs */
int world_link(struct world *w, const char *name);	/* the script of a link preset */
int world_line(struct world *w, const char *text);	/* a line of one, as -e gives it */
/* Once all is read: what no line shows by itself. All errors are told; 0 or the exit status. */
int world_check(struct world *w);
/* What engines are given: the lane of these options, which lists to where no JSON goes. */
struct lane_cfg world_lane(const struct world *w, const struct cmd_common *common);
/* The warnings that scripts gave rise to, unless -q. */
void world_tell_warnings(const struct world *w, const struct cmd_common *common);
/* For struct lane_ops: log lines and failed commands as messages. */
void world_said(enum lane_said what, const char *text);
/* Commands of `at` that came too late to run, and the first of them, as lane_waiting() says. */
void world_tell_late(size_t waiting, const char *first);

#endif
