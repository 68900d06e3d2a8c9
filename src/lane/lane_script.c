/* lane/lane_script.c - scripts: text becomes parsed commands, one a line, without effect.
 *
 * As `ipfw FILE` reads them: a command a line, without the word ipfw; blank lines and lines whose first byte that is
 * not blank is '#' mean nothing. The first word chooses the room that parses the rest; the lane knows first words only.
 * Every wrong line is told, not only the first, so nothing stops here before the end of the text. A line may be as long
 * as memory allows. Runs at start and on control commands, never on the packet path. */
#include "lane_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"

#define SCRIPT_MAX_BYTES (64u << 20)	/* of one file: a mistaken -r on a capture must not eat the machine */

struct lane_script *lane_script_new(void)
{
	return calloc(1, sizeof(struct lane_script));
}

void lane_script_free(struct lane_script *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->count; i++) {
		if (s->lines[i].room == SCRIPT_RULES)
			rules_cmd_free(s->lines[i].rules);
		else
			emu_cmd_free(s->lines[i].emu);
	}
	free(s->lines);
	free(s);
}

static int reserve_line(struct lane_script *s)
{
	size_t room = s->room ? s->room * 2 : 64;
	struct script_line *lines;

	if (s->count < s->room)
		return 0;
	lines = realloc(s->lines, room * sizeof(*lines));
	if (!lines)
		return ERR_NOMEM;
	s->lines = lines;
	s->room = room;
	return 0;
}

/* Commands of the language that no room has yet, so that they are refused by name. */
static bool is_later(struct word w)
{
	return word_is(w, "at") || word_is(w, "nat");
}

static const char *command_at(const void *ctx, size_t i)
{
	static const char *const commands[] = { "add", "pipe" };

	return commands[i];
}

static void refuse_first_word(struct lex *lx, struct word first)
{
	const char *near = lex_suggest(first, command_at, NULL, 2);

	if (is_later(first))
		lex_error(lx, first, ERR_LATER, "%.*s: known, but not supported by this version", (int)first.n,
			first.p);
	else if (word_is(first, "ipfw") || word_is(first, "narrows"))
		lex_error(lx, first, ERR_SYNTAX, "a line of a script begins with the command: leave out '%.*s'",
			(int)first.n, first.p);
	else if (near)
		lex_error(lx, first, ERR_UNKNOWN, "unknown command; did you mean %s?", near);
	else
		lex_error(lx, first, ERR_UNKNOWN, "unknown command; a line begins with add or pipe");
}

static int parse_line(struct lane_script *s, struct lex *lx)
{
	struct script_line *line;
	struct word first;

	if (!lex_peek(lx, &first) || first.p[0] == '#')
		return 0;
	if (reserve_line(s))
		return ERR_NOMEM;
	line = &s->lines[s->count];
	line->line = lx->line;
	if (rules_knows(first)) {
		line->room = SCRIPT_RULES;
		line->rules = rules_parse(lx);
		s->count += line->rules != NULL;
	} else if (emu_knows(first)) {
		line->room = SCRIPT_EMU;
		line->emu = emu_parse(lx);
		s->count += line->emu != NULL;
	} else {
		refuse_first_word(lx, first);
	}
	return 0;
}

int lane_script_text(struct lane_script *s, const char *file, unsigned first_line, const char *text, size_t n,
	struct errs *errs)
{
	const char *end = text + n;

	for (unsigned number = first_line; text < end; number++) {
		const char *eol = memchr(text, '\n', (size_t)(end - text));
		size_t len = (size_t)((eol ? eol : end) - text);
		struct lex lx;

		if (len && text[len - 1] == '\r')
			len--;
		lex_line(&lx, file, number, text, len, errs);
		if (parse_line(s, &lx))
			return ERR_NOMEM;
		if (!eol)
			break;
		text = eol + 1;
	}
	return 0;
}

int lane_script_file(struct lane_script *s, const char *path, struct errs *errs, struct err *e)
{
	size_t n;
	char *text;
	int rc = file_read(path, SCRIPT_MAX_BYTES, &text, &n, e);

	if (rc)
		return rc;
	rc = lane_script_text(s, strcmp(path, "-") ? path : "stdin", 1, text, n, errs);
	free(text);
	if (rc)
		err_set(e, rc, "%s: no memory", path);
	return rc;
}

struct rules_cmd **script_rules(const struct lane_script *s, size_t *n)
{
	struct rules_cmd **cmds = calloc(s->count ? s->count : 1, sizeof(struct rules_cmd *));

	*n = 0;
	for (size_t i = 0; cmds && i < s->count; i++)
		if (s->lines[i].room == SCRIPT_RULES)
			cmds[(*n)++] = s->lines[i].rules;
	return cmds;
}

int lane_script_check(struct lane_script *s, struct errs *errs)
{
	size_t n;
	struct rules_cmd **cmds = script_rules(s, &n);

	if (!cmds)
		return ERR_NOMEM;
	rules_check(NULL, NULL, cmds, n, errs);
	free(cmds);
	return 0;
}

int lane_script_print(struct lane_script *s, void (*line)(void *ctx, unsigned line, const char *text), void *ctx,
	struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < s->count && !rc; i++) {
		const struct script_line *l = &s->lines[i];
		char *text = l->room == SCRIPT_RULES ? rules_cmd_print(l->rules) : emu_cmd_print(l->emu);

		if (text)
			line(ctx, l->line, text);
		else
			rc = err_set(e, ERR_NOMEM, "no memory");
		free(text);
	}
	return rc;
}
