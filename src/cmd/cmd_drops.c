/* cmd/cmd_drops.c - `narrows drops --list`: every reason for which a packet can end, by its stable name. */
#include <stdio.h>

#include "base/drop.h"
#include "base/json.h"
#include "cmd.h"

enum { DROPS_LIST };

static const struct option_desc options[] = {
	{ "list", 0, NULL, "the names and what they mean", false },
	{ "name", 'i', "NAME", NULL, true },
	{ NULL, 0, NULL, NULL, false },
};

static void print_json(void)
{
	struct json j;

	json_init(&j, stdout);
	json_array(&j);
	for (int d = 0; d < DROP_COUNT; d++) {
		json_object(&j);
		json_key(&j, "name");
		json_str(&j, drop_name((enum drop)d));
		json_key(&j, "text");
		json_str(&j, drop_text((enum drop)d));
		json_end(&j);
	}
	json_end(&j);
	putchar('\n');
}

static int drops_run(const struct command *self, char **argv)
{
	struct cmd_common common = CMD_COMMON_DEFAULT;
	bool list = false;
	const char *value;
	struct args a;
	int opt, status = 0;

	args_init(&a, argv, self->options);
	while (!status && (opt = args_next(&a, &value)) != ARGS_END) {
		if (opt == ARGS_BAD)
			status = cmd_bad_args(self, &a);
		else if (opt == DROPS_LIST)
			list = true;
		else if (opt == ARGS_OPERAND)
			status = cmd_refuse("drops: %s: takes no operand", value);
		else
			status = cmd_common(self, &common, opt, value);
	}
	if (status)
		return status;
	if (!list)
		return cmd_refuse("drops: counters of a live instance are not supported by this version; give --list");
	if (common.json)
		print_json();
	for (int d = 0; d < DROP_COUNT && !common.json; d++)
		printf("%-12s %s\n", drop_name((enum drop)d), drop_text((enum drop)d));
	return EXIT_DONE;
}

const struct command cmd_drops = { "drops", "--list", "the names of all reasons for which a packet can end", options,
	drops_run, NULL };
