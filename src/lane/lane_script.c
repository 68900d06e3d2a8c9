/* lane/lane_script.c - scripts: text becomes parsed commands, one a line, without effect.
 *
 *      line = [ "at" TIME ] { flag } command
 *
 * As `ipfw FILE` reads them: a command a line, without the word ipfw; blank lines and lines whose first byte that is
 * not blank is '#' mean nothing, unless a preprocessor made the text and they say where the next line came from
 * (lane_marks.c). The first word chooses the room that parses the rest; the lane knows first words only, and those of
 * its own commands. A line that begins with none of them and has the word => is an expectation (lane_expect.c), for
 * `narrows test`; it has no effect on a lane.
 *
 * Every wrong line is told, not only the first, so nothing stops here before the end of the text. A line may be as long
 * as memory allows. Runs at start and on control commands, never on the packet path. */
#include "lane_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/units.h"

#define SCRIPT_MAX_BYTES (64u << 20)	/* of one file: a mistaken -r on a capture must not eat the machine */

struct lane_script *lane_script_new(void)
{
	return calloc(1, sizeof(struct lane_script));
}

void script_line_free(struct script_line *line)
{
	switch (line->room) {
	case SCRIPT_RULES:
		rules_cmd_free(line->rules);
		break;
	case SCRIPT_EMU:
		emu_cmd_free(line->emu);
		break;
	case SCRIPT_LANE:
		lane_word_free(line->lane);
		break;
	case SCRIPT_EXPECT:
		lane_expect_free(line->expect);
		break;
	}
}

void script_files_free(struct script_files *f)
{
	for (size_t i = 0; i < f->count; i++)
		free(f->names[i]);
	free(f->names);
	*f = (struct script_files){ 0 };
}

void lane_script_free(struct lane_script *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->count; i++)
		script_line_free(&s->lines[i]);
	script_files_free(&s->files);
	free(s->lines);
	free(s);
}

/* A copy of the name that lives as long as the script's commands; NULL: no memory. */
static const char *keep_name(struct lane_script *s, const char *file)
{
	struct script_files *f = &s->files;
	char **names;

	if (f->count && !strcmp(f->names[f->count - 1], file))
		return f->names[f->count - 1];
	names = realloc(f->names, (f->count + 1) * sizeof(char *));
	if (!names)
		return NULL;
	f->names = names;
	names[f->count] = strdup(file);
	return names[f->count] ? names[f->count++] : NULL;
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

static const char *command_at(const void *ctx, size_t i)
{
	static const char *const commands[] = { "add", "delete", "zero", "resetlog", "flush", "set", "list", "show",
		"print", "table", "pipe", "at" };
	const size_t n = sizeof(commands) / sizeof(*commands);

	return i < n ? commands[i] : lane_word_at(i - n);
}

static size_t count_commands(void)
{
	size_t n = 0;

	while (command_at(NULL, n))
		n++;
	return n;
}

static void refuse_first_word(struct lex *lx, struct word first)
{
	const char *near = lex_suggest(first, command_at, NULL, count_commands());

	if (word_is(first, "nat"))
		lex_error(lx, first, ERR_LATER, WORD_FMT ": known, but not supported by this version",
			WORD_ARGS(first));
	else if (word_is(first, "ipfw") || word_is(first, "narrows"))
		lex_error(lx, first, ERR_SYNTAX, "a line of a script begins with the command: leave out '" WORD_FMT "'",
			WORD_ARGS(first));
	else if (near)
		lex_error(lx, first, ERR_UNKNOWN, "unknown command; did you mean %s?", near);
	else
		lex_error(lx, first, ERR_UNKNOWN,
			"unknown command; a line begins with add or pipe, or with delete, set, list, at and the like");
}

/* The first word behind flags; those of commands that are not of rules are taken here. False: told. */
static bool pass_flags(struct lex *lx, struct word *first)
{
	struct lex ahead = *lx;
	int rc = 0;

	while (rules_flag(*first)) {
		lex_next(&ahead, first);
		if (!lex_peek(&ahead, first))
			return !lex_error(lx, lex_end(lx) ? lex_here(lx) : *first, ERR_SYNTAX,
				"a command is missing behind the flags");
	}
	while (!rules_knows(*first) && lex_peek(lx, first) && rules_flag(*first)) {
		lex_next(lx, first);
		rc |= rules_take_flag(lx, *first, NULL);
		lex_peek(lx, first);
	}
	return !rc;
}

/* The command from its first word on. True: line has it; false: nothing is there, or every error is told. */
static bool parse_command(struct lex *lx, struct word first, struct script_line *line)
{
	if (rules_flag(first) && !pass_flags(lx, &first))
		return false;
	if (lane_word_knows(first)) {
		line->room = SCRIPT_LANE;
		line->lane = lane_word_parse(lx);
		return line->lane != NULL;
	}
	if (rules_knows(first)) {
		line->room = SCRIPT_RULES;
		line->rules = rules_parse(lx);
		return line->rules != NULL;
	}
	if (emu_knows(first)) {
		line->room = SCRIPT_EMU;
		line->emu = emu_parse(lx);
		return line->emu != NULL;
	}
	if (lane_expect_begins(lx)) {
		line->room = SCRIPT_EXPECT;
		line->expect = lane_expect_parse(lx);
		return line->expect != NULL;
	}
	refuse_first_word(lx, first);
	return false;
}

/* "at TIME", and moves on to the command behind it. False: told. */
static bool parse_time(struct lex *lx, struct word *first, struct script_line *line)
{
	struct word w;
	bool good;

	lex_next(lx, &w);
	if (!lex_next(lx, &w)) {
		lex_error(lx, lex_here(lx), ERR_SYNTAX, "at: a time is missing, such as 1.5s, and a command");
		return false;
	}
	good = !units_time(lx, w, "at", 0, &line->at);
	line->timed = true;
	if (!lex_peek(lx, first)) {
		lex_error(lx, lex_here(lx), ERR_SYNTAX, "at: a command is missing behind the time");
		return false;
	}
	if (word_is(*first, "at")) {
		lex_error(lx, *first, ERR_SYNTAX, "at: given twice; one time is allowed");
		return false;
	}
	return good;
}

static int parse_line(struct lane_script *s, struct lex *lx)
{
	struct script_line line = { .line = lx->line };
	struct word first;
	bool good = true;

	if (!lex_peek(lx, &first) || first.p[0] == '#')
		return 0;
	line.file = keep_name(s, lx->file);
	if (!line.file || reserve_line(s))
		return ERR_NOMEM;
	if (word_is(first, "at"))
		good = parse_time(lx, &first, &line);
	if (!first.n || word_is(first, "at"))
		return 0;
	if (!parse_command(lx, first, &line))
		return 0;
	if (good)
		s->lines[s->count++] = line;
	else
		script_line_free(&line);
	return 0;
}

/* A text on its way through parse_line(). */
struct reading {
	struct lane_script *script;
	const char *input;	/* what its file is called */
	const char *file;	/* where the next line comes from, */
	unsigned line;		/* and its number there */
	bool marked;		/* a preprocessor made it */
};

/* True: the line says where the next ones came from. */
static bool follow_mark(struct reading *r, const char *text, size_t n)
{
	struct mark m;

	if (!r->marked || !mark_read(text, n, &m))
		return false;
	if (m.file)
		r->file = m.is_input ? r->input : keep_name(r->script, m.file);
	if (!r->file)
		r->file = r->input;
	r->line = m.line;
	free(m.file);
	return true;
}

static int read_text(struct reading *r, const char *text, size_t n, struct errs *errs)
{
	const char *end = text + n, *eol;

	for (; text < end; text = eol + 1) {
		size_t len;
		struct lex lx;

		eol = memchr(text, '\n', (size_t)(end - text));
		eol = eol ? eol : end;
		len = (size_t)(eol - text);
		if (len && text[len - 1] == '\r')
			len--;
		if (follow_mark(r, text, len))
			continue;
		lex_line(&lx, r->file, r->line++, text, len, errs);
		if (parse_line(r->script, &lx))
			return ERR_NOMEM;
		if (eol == end)
			break;
	}
	return 0;
}

int lane_script_text(struct lane_script *s, const char *file, unsigned first_line, const char *text, size_t n,
	struct errs *errs)
{
	struct reading r = { .script = s, .input = file, .file = file, .line = first_line };

	return read_text(&r, text, n, errs);
}

int lane_script_made(struct lane_script *s, const char *file, const char *text, size_t n, struct errs *errs)
{
	struct reading r = { .script = s, .input = file, .file = file, .line = 1, .marked = true };

	return read_text(&r, text, n, errs);
}

int lane_script_file(struct lane_script *s, const char *path, char *const preproc[], struct errs *errs, struct err *e)
{
	const char *name = strcmp(path, "-") ? path : "stdin";
	size_t n;
	char *text;
	int rc = preproc ? file_read_through(preproc, path, SCRIPT_MAX_BYTES, &text, &n, e) :
		file_read(path, SCRIPT_MAX_BYTES, &text, &n, e);

	if (rc)
		return rc;
	rc = preproc ? lane_script_made(s, name, text, n, errs) : lane_script_text(s, name, 1, text, n, errs);
	free(text);
	if (rc)
		err_set(e, rc, "%s: no memory", path);
	return rc;
}

static char *print_command(const struct script_line *line)
{
	switch (line->room) {
	case SCRIPT_RULES:
		return rules_cmd_print(line->rules);
	case SCRIPT_EMU:
		return emu_cmd_print(line->emu);
	case SCRIPT_LANE:
		return lane_word_print(line->lane);
	case SCRIPT_EXPECT:
		return lane_expect_print(line->expect);
	}
	return NULL;
}

/* malloc's, or NULL. */
static char *print_line(const struct script_line *line)
{
	char *command = print_command(line), *text, at[UNITS_TEXT];
	size_t room;

	if (!command || !line->timed)
		return command;
	units_print_time(at, line->at);
	room = strlen(command) + strlen(at) + sizeof("at  ");
	text = malloc(room);
	if (text)
		snprintf(text, room, "at %s %s", at, command);
	free(command);
	return text;
}

int lane_script_print(struct lane_script *s, void (*line)(void *ctx, unsigned line, const char *text), void *ctx,
	struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < s->count && !rc; i++) {
		char *text = print_line(&s->lines[i]);

		if (text)
			line(ctx, s->lines[i].line, text);
		else
			rc = err_set(e, ERR_NOMEM, "no memory");
		free(text);
	}
	return rc;
}
