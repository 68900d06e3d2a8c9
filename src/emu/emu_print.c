/* emu/emu_print.c - commands and pipes as text that parses back to the same.
 *
 * A command prints what it named, in the order of the table of words, so that two lines that say the same print the
 * same; what it named and what happens to be the default stays, because `config` on a live pipe would change it. A pipe
 * prints what differs from the defaults. Words with nothing to keep (buckets) vanish; synonyms print as what they mean.
 * */
#include "emu_int.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "wire/text.h"

#define HEAD_TEXT 32	/* "queue 65535 replace" */
#define SPAN_TEXT 13	/* ",65535-65535" */

/* The line, longer by this option. NULL: no memory; the line is gone. */
static char *append(char *line, const char *text)
{
	size_t n = strlen(line), more = strlen(text);
	char *longer = realloc(line, n + more + 2);

	if (!longer) {
		free(line);
		return NULL;
	}
	if (more)
		snprintf(longer + n, more + 2, " %s", text);
	return longer;
}

/* Each option of `named` in its canonical form. */
static char *print(enum emu_kind kind, uint32_t number, const char *verb, const struct emu_conf *c, uint64_t named)
{
	char *line = malloc(HEAD_TEXT), text[EMU_OPTION_TEXT];
	const struct emu_word *word;

	if (line)
		snprintf(line, HEAD_TEXT, "%s %" PRIu32 " %s", emu_kind_name(kind), number, verb);
	for (size_t i = 0; line && (word = emu_word_get(i)); i++) {
		if (!word->print || !(named >> word->option & 1))
			continue;
		word->print(text, c);
		line = append(line, text);
	}
	return line;
}

bool emu_option_differs(const struct emu_word *word, const struct emu_conf *c)
{
	char is[EMU_OPTION_TEXT], was[EMU_OPTION_TEXT];

	word->print(is, c);
	word->print(was, &emu_conf_default);
	return strcmp(is, was) != 0;
}

/* The options whose text is not that of the defaults. */
static uint64_t changed(const struct emu_conf *c)
{
	const struct emu_word *word;
	uint64_t named = 0;

	for (size_t i = 0; (word = emu_word_get(i)); i++)
		if (word->print && emu_option_differs(word, c))
			named |= UINT64_C(1) << word->option;
	return named;
}

static const char *verb_name(enum emu_verb verb)
{
	const struct emu_word *word;

	for (size_t i = 0; (word = emu_word_get(i)); i++)
		if (word->kind == WORD_VERB && word->verb == verb)
			return word->word;
	return "";
}

/* "pipe delete 1,3-5", "pipe show --json". */
static char *print_named(const struct emu_cmd *c)
{
	static const char *const forms[] = { [FORM_TEXT] = "", [FORM_JSON] = " --json", [FORM_COMPAT] = " --compat" };
	size_t room = HEAD_TEXT + (size_t)c->span_count * SPAN_TEXT + 16;
	char *line = malloc(room);
	struct text t;

	if (!line)
		return NULL;
	t = text_init(line, room);
	text_add(&t, "%s %s", emu_kind_name(c->kind), verb_name(c->verb));
	for (uint32_t i = 0; i < c->span_count; i++) {
		text_add(&t, "%s%" PRIu32, i ? "," : " ", c->spans[i].from);
		if (c->spans[i].to != c->spans[i].from)
			text_add(&t, "-%" PRIu32, c->spans[i].to);
	}
	text_add(&t, "%s", forms[c->form]);
	return line;
}

char *emu_cmd_print(const struct emu_cmd *c)
{
	if (c->verb != VERB_CONFIG && c->verb != VERB_REPLACE)
		return print_named(c);
	return print(c->kind, c->number, verb_name(c->verb), &c->conf, c->named);
}

/* A link that is a pipe's is told there. */
static uint64_t told(const struct emu_pipe *pipe)
{
	const struct emu_conf *c = &pipe->record->conf;
	uint64_t borrowed = pipe->kind == EMU_SCHED && c->to.number ? emu_link_options() : 0;

	return changed(c) & ~borrowed;
}

char *emu_print(const struct emu *e, enum emu_kind kind, uint32_t number)
{
	const struct emu_pipe *pipe = emu_find(e, kind, number);

	if (!pipe)
		return NULL;
	return print(kind, number, "config", &pipe->record->conf, told(pipe));
}
