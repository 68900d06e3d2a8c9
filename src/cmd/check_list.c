/* cmd/check_list.c - the language as its own tables have it. A word of a later version is listed too, and marked. */
#include "check_list.h"

#include <stdio.h>
#include <string.h>

#include "base/drop.h"
#include "base/json.h"
#include "cmd.h"
#include "emu/emu.h"
#include "links.h"
#include "rules/rules.h"

struct listed {
	const char *word, *help;
	bool later;
};

/* The i-th word of a table; false behind the last. `kind` tells those apart that share one. */
static bool rules_at(size_t i, const char **kind, struct listed *to)
{
	struct rules_word_info info;

	if (!rules_word_at(i, &info))
		return false;
	*kind = info.kind;
	*to = (struct listed){ info.word, info.help, info.later };
	return true;
}

static bool emu_word(size_t i, const char **kind, struct listed *to)
{
	struct emu_word_info info;

	if (!emu_word_at(i, &info))
		return false;
	*kind = info.kind;
	*to = (struct listed){ info.word, info.help, info.later };
	return true;
}

static bool drops_at(size_t i, const char **kind, struct listed *to)
{
	if (i >= DROP_COUNT)
		return false;
	*kind = "drop";
	*to = (struct listed){ drop_name((enum drop)i), drop_text((enum drop)i), false };
	return true;
}

static bool links_at(size_t i, const char **kind, struct listed *to)
{
	const struct link_preset *link = link_at(i);

	if (!link)
		return false;
	*kind = "link";
	*to = (struct listed){ link->name, link->help, false };
	return true;
}

static const struct {
	const char *what, *kind;
	bool (*at)(size_t i, const char **kind, struct listed *to);
} lists[] = {
	{ "matches", "match", rules_at }, { "actions", "action", rules_at },
	{ "pipe-options", "pipe-option", emu_word },
	{ "scheds", "sched", emu_word }, { "aqms", "aqm", emu_word }, { "drops", "drop", drops_at },
	{ "links", "link", links_at },
};
#define LISTS (sizeof(lists) / sizeof(*lists))

static void print_text(const struct listed *w)
{
	printf("%-14s %s%s\n", w->word, w->help ? w->help : "", w->later ? " (not in this version)" : "");
}

static void print_json(struct json *j, const struct listed *w)
{
	json_object(j);
	json_key(j, "word");
	json_str(j, w->word);
	json_key(j, "help");
	json_str(j, w->help ? w->help : "");
	json_key(j, "supported");
	json_bool(j, !w->later);
	json_end(j);
}

static void print_list(size_t k, bool as_json)
{
	struct json j;
	struct listed w;
	const char *kind;

	json_init(&j, stdout);
	if (as_json)
		json_array(&j);
	for (size_t i = 0; lists[k].at(i, &kind, &w); i++) {
		if (strcmp(kind, lists[k].kind))
			continue;
		if (as_json)
			print_json(&j, &w);
		else
			print_text(&w);
	}
	if (!as_json)
		return;
	json_end(&j);
	putchar('\n');
}

int check_list(const char *what, bool json)
{
	for (size_t k = 0; k < LISTS; k++) {
		if (!strcmp(lists[k].what, what)) {
			print_list(k, json);
			return EXIT_DONE;
		}
	}
	return cmd_refuse(
		"check: --list: '%s' is not one of matches, actions, pipe-options, scheds, aqms, links, drops",
		what);
}
