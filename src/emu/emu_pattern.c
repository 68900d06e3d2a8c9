/* emu/emu_pattern.c - losses by a file: `loss pattern FILE [once]`.
 *
 *      0010000001              one packet a digit, 1 is lost; blanks and ends of lines say nothing
 *
 *      packets                 or, behind this word: numbers of the packets to lose, from 1, rising
 *      3 10 11                 a round is as long as the last one says
 *
 * Behind the last packet of a round it begins again; `once`: nothing is lost any more. Memory: a bit or 8 bytes for
 * each. Cost: a bit, or a search by halves among the numbers. */
#include "emu_impair.h"

#include <inttypes.h>
#include <stdlib.h>

#define NUMBER_MAX (UINT64_C(1) << 62)

struct pattern {
	bool begun, listed;
	uint64_t *said;			/* bits, 64 a word, the lowest first; or numbers */
	uint64_t count, room;		/* of bits, of numbers; room counts words */
};

/* Room for one more. */
static int reserve(struct pattern *p)
{
	uint64_t need = p->listed ? p->count + 1 : p->count / 64 + 1, room = p->room ? 2 * p->room : 64;
	uint64_t *said;

	if (need <= p->room)
		return 0;
	said = realloc(p->said, (size_t)room * sizeof(*said));	/* of a file of 64 MiB at most */
	if (!said)
		return ERR_NOMEM;
	for (uint64_t i = p->room; i < room; i++)
		said[i] = 0;
	p->said = said;
	p->room = room;
	return 0;
}

static int read_bits(struct pattern *p, struct lex *lx, struct word w)
{
	for (size_t i = 0; i < w.n; i++) {
		if (w.p[i] != '0' && w.p[i] != '1')
			return lex_error(lx, word_cut(w, i, 1), ERR_SYNTAX,
				"pattern: 0 (passes) or 1 (lost) for each packet; numbers of packets stand behind the "
				"word packets");
		if (reserve(p))
			return lex_error(lx, w, ERR_NOMEM, "pattern: no memory");
		p->said[p->count / 64] |= (uint64_t)(w.p[i] == '1') << p->count % 64;
		p->count++;
	}
	return 0;
}

static int read_number(struct pattern *p, struct lex *lx, struct word w)
{
	uint64_t n = 0;
	int rc = units_num(lx, w, "pattern", 1, NUMBER_MAX, &n);

	if (rc)
		return rc;
	if (p->count && n <= p->said[p->count - 1])
		return lex_error(lx, w, ERR_RANGE, "pattern: numbers of packets rise; %" PRIu64 " stands before this",
			p->said[p->count - 1]);
	if (reserve(p))
		return lex_error(lx, w, ERR_NOMEM, "pattern: no memory");
	p->said[p->count++] = n;
	return 0;
}

static int read_line(void *said, struct lex *lx)
{
	struct pattern *p = said;
	struct word w;
	int bad = 0;

	while (!bad && lex_next(lx, &w)) {
		if (!p->begun && word_is(w, "packets"))
			p->listed = true;
		else
			bad = p->listed ? read_number(p, lx, w) : read_bits(p, lx, w);
		p->begun = true;
	}
	return bad;
}

static int read_end(void *said, struct lex *lx)
{
	const struct pattern *p = said;

	return p->count ? 0 : lex_error(lx, lex_here(lx), ERR_SYNTAX, "pattern: it says nothing of any packet");
}

static void fini(void *said)
{
	struct pattern *p = said;

	free(p->said);
}

const struct emu_file_reader emu_pattern_reader = {
	.what = "pattern", .size = sizeof(struct pattern), .line = read_line, .end = read_end, .fini = fini,
};

static bool listed(const struct pattern *p, uint64_t n)
{
	uint64_t lo = 0, hi = p->count;

	while (lo < hi) {
		uint64_t mid = lo + (hi - lo) / 2;

		if (p->said[mid] < n)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < p->count && p->said[lo] == n;
}

bool emu_pattern_loses(const struct emu_file *f, bool once, uint64_t *at)
{
	const struct pattern *p = emu_file_said(f);
	uint64_t round = p->listed ? p->said[p->count - 1] : p->count, i = *at;

	if (i >= round) {
		if (once)
			return false;
		i = 0;
	}
	*at = i + 1;
	return p->listed ? listed(p, i + 1) : p->said[i / 64] >> i % 64 & 1;
}
