/* rules/rules_action.c - what a rule does, in the words of its line: "deny", "pipe 1", "unreach port".
 *
 * A piece of the canonical text, which begins with `prob` where there is one, then has the action's word and, where
 * the action takes one, its argument, always one word. No allocation, so that `log` may ask on a packet's way. Any
 * thread. */
#include "rules_int.h"

#include <string.h>

static size_t word_bytes(const char *text)
{
	return strcspn(text, " ");
}

struct word rules_action(const struct rules_set *s, uint32_t rule)
{
	const struct rule *r = s->cold[rule].rule;
	const char *text = rules_text(s, rule);
	size_t n;

	if (!strncmp(text, "prob ", 5)) {
		text += 5;
		text += word_bytes(text) + 1;
	}
	n = word_bytes(text);
	if (r && r->action.word->print && text[n] == ' ')
		n += 1 + word_bytes(text + n + 1);
	return (struct word){ text, n };
}
