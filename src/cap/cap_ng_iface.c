/* cap/cap_ng_iface.c - what a pcapng file says about an interface, and options in general.
 *
 *      IDB 1:   linktype(16) reserved(16) snaplen  options
 *      option:  code(16) length(16) value, padded to 4; code 0 ends them
 *
 * Used here: if_name 2, if_tsresol 9, if_tsoffset 14 (draft-ietf-opsawg-pcapng, 4.2). A description that makes no
 * sense (options past its end, a clock said twice or in the wrong size) is kept as an interface, so that the numbers
 * of those after it stay right, and its packets are skipped with a count: their times would be guesses. Past
 * CAP_IFS_MAX interfaces are not kept, and their packets belong to none. Called by cap_ng.c once for each such block.
 */
#include "cap/cap_int.h"

#include <string.h>

#define IDB_HEAD 16u		/* before the options; 4 after */

enum { OPT_END = 0, OPT_COMMENT = 1, OPT_IF_NAME = 2, OPT_IF_TSRESOL = 9, OPT_IF_TSOFFSET = 14 };

#define TSRESOL_DEFAULT 6	/* us */

/* The option at *p; false at the end. *bad: it does not fit. Steps on. */
static bool next_option(const uint8_t **p, size_t *n, bool big, uint16_t *code, const uint8_t **value, size_t *len,
	bool *bad)
{
	size_t padded;

	if (*n < 4) {
		*bad |= *n != 0;
		return false;
	}
	*code = cap_get16(*p, big);
	*len = cap_get16(*p + 2, big);
	*value = *p + 4;
	if (*code == OPT_END)
		return false;
	padded = (*len + 3) & ~(size_t)3;
	if (padded > *n - 4) {
		*bad = true;
		return false;
	}
	*p += 4 + padded;
	*n -= 4 + padded;
	return true;
}

const uint8_t *cap_ng_option(const uint8_t *p, size_t n, bool big, uint16_t wanted, size_t *len)
{
	const uint8_t *value;
	bool bad = false;
	uint16_t code;

	while (next_option(&p, &n, big, &code, &value, len, &bad))
		if (code == wanted)
			return value;
	return NULL;
}

const char *cap_comment(const struct cap_reader *r, unsigned i, size_t *n)
{
	if (!r->ng || i >= r->burst || !r->options[i].n)
		return NULL;
	return (const char *)cap_ng_option(r->options[i].p, r->options[i].n, r->big, OPT_COMMENT, n);
}

/* Longer names are cut where a character begins, and say so by an ellipsis. */
static void take_name(char *to, size_t room, const uint8_t *name, size_t len)
{
	static const char more[] = "\xe2\x80\xa6";
	size_t n = strnlen((const char *)name, len);

	if (n >= room) {
		n = room - sizeof(more);
		while (n && (name[n] & 0xc0) == 0x80)
			n--;
		memcpy(to + n, more, sizeof(more));
	} else {
		to[n] = '\0';
	}
	memcpy(to, name, n);
}

int cap_ng_iface(struct cap_reader *r, const uint8_t *p, size_t size)
{
	uint8_t tsresol = TSRESOL_DEFAULT;
	int64_t tsoffset = 0;
	unsigned seen = 0;	/* a bit for each code below 32 */
	const uint8_t *value;
	struct cap_if *i;
	bool full, again;
	uint16_t code;
	size_t len, n;

	i = cap_ifs_add(&r->ifs, &full);
	if (!i)
		return full ? 0 : ERR_NOMEM;
	i->bad = size < IDB_HEAD + 4;
	if (i->bad)
		return 0;
	i->pub.linktype = cap_get16(p + 8, r->big);
	i->pub.snap_bytes = cap_get32(p + 12, r->big);
	i->link = (uint8_t)wire_link_of(i->pub.linktype);
	n = size - IDB_HEAD - 4;
	p += IDB_HEAD;
	while (next_option(&p, &n, r->big, &code, &value, &len, &i->bad)) {
		again = code < 32 && (seen & 1u << code);
		seen |= code < 32 ? 1u << code : 0;
		if (code == OPT_IF_NAME && !again)
			take_name(i->pub.name, sizeof(i->pub.name), value, len);
		if (code != OPT_IF_TSRESOL && code != OPT_IF_TSOFFSET)
			continue;
		i->bad |= again || len != (code == OPT_IF_TSRESOL ? 1u : 8u);
		if (i->bad)
			break;
		if (code == OPT_IF_TSRESOL)
			tsresol = *value;
		else
			tsoffset = (int64_t)cap_get64(value, r->big);
	}
	cap_clock_init(&i->clock, tsresol, tsoffset);
	return 0;
}
