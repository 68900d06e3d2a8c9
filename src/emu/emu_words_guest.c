/* emu/emu_words_guest.c - what a line says of queue management that came from a plug-in: NAME { WORD [ VALUE ] }.
 *
 *      pipe 1 config bw 1Mbit/s stale age 20ms ecn
 *
 * Its words stand in a table of its own (struct nrw_aqm_param), each with a unit; their values are numbers of 64 bits,
 * kept in the order of the table. The first word that is none of them ends the list, as everywhere. Printed is what
 * differs from what is usual. Runs while scripts are read. */
#include "emu_words.h"

#include <inttypes.h>
#include <string.h>

void emu_guest_default(struct aqm_conf *a)
{
	for (size_t i = 0; i < a->ops->word_count; i++)
		a->u.own[i] = a->ops->words[i].usual;
}

static int read_prob(struct lex *lx, struct word w, const struct nrw_aqm_param *p, uint64_t *to)
{
	struct prob prob;
	int rc = units_prob(lx, w, p->word, &prob);

	*to = rc || prob.always ? UINT64_MAX : prob.below;
	return rc;
}

static int read_value(struct lex *lx, struct word name, const struct nrw_aqm_param *p, uint64_t *to)
{
	static const char *const allowed[] = {
		[NRW_AQM_TIME] = "a time with its unit, as 15ms", [NRW_AQM_COUNT] = "a whole number",
		[NRW_AQM_PROB] = "a probability, 0..1 or 0%..100%",
	};
	struct word w;

	*to = 1;
	if (p->unit == NRW_AQM_FLAG)
		return 0;
	if (emu_value(lx, name, allowed[p->unit], &w))
		return ERR_SYNTAX;
	if (p->unit == NRW_AQM_TIME)
		return emu_time_within(lx, w, p->word, p->least, p->most, to);
	return p->unit == NRW_AQM_PROB ? read_prob(lx, w, p, to) : units_num(lx, w, p->word, p->least, p->most, to);
}

bool emu_guest_param(struct lex *lx, struct aqm_conf *a, uint32_t *said, int *rc)
{
	const struct nrw_aqm_ops *ops = a->ops;
	struct word w;
	size_t i = 0;

	if (!lex_peek(lx, &w))
		return false;
	while (i < ops->word_count && !word_is(w, ops->words[i].word))
		i++;
	if (i == ops->word_count)
		return false;
	lex_next(lx, &w);
	if (*said >> i & 1)
		*rc |= lex_error(lx, w, ERR_TWICE, "%s: given twice; once is allowed", ops->words[i].word);
	else
		*rc |= read_value(lx, w, &ops->words[i], &a->u.own[i]);
	*said |= UINT32_C(1) << i;
	return true;
}

static void print_value(struct text *t, const struct nrw_aqm_param *p, uint64_t value)
{
	char text[UNITS_TEXT];

	switch (p->unit) {
	case NRW_AQM_TIME:
		units_print_time(text, value);
		text_add(t, " %s", text);
		break;
	case NRW_AQM_COUNT:
		text_add(t, " %" PRIu64, value);
		break;
	case NRW_AQM_PROB:
		units_print_prob(text, (struct prob){ .below = value, .always = value == UINT64_MAX });
		text_add(t, " %s", text);
		break;
	case NRW_AQM_FLAG:
		break;
	}
}

void emu_guest_print(struct text *t, const struct aqm_conf *a)
{
	for (size_t i = 0; i < a->ops->word_count; i++) {
		const struct nrw_aqm_param *p = &a->ops->words[i];

		if (a->u.own[i] == p->usual)
			continue;
		text_add(t, " %s", p->word);
		print_value(t, p, a->u.own[i]);
	}
}
