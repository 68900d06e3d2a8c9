/* tests/fuzz/fuzz_answer.c - any bytes as a frame of any link type that a rule answers in every way, and changes.
 *
 *      | link 1 | bytes of the frame that were not captured 1, 255: very many | code 1 | frame |
 *
 * An answer has room, is read as a packet of the same link with the addresses swapped and good checksums, and may
 * itself not be answered in the same way. A change leaves the view that a new look would give; MSS is lowered once and
 * for all. */
#include <stdlib.h>
#include <string.h>

#include "wire/answer.h"
#include "wire/change.h"
#include "wire/decode.h"

#include "holds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct frame {
	enum wire_link link;
	const uint8_t *p;
	uint32_t captured, wire;
};

static void check_sums(const uint8_t *p, const struct view *v)
{
	const uint8_t *body = p + v->l4_off;
	uint32_t bytes = v->ip_bytes - (v->l4_off - v->l3_off);
	uint16_t sum = 0;
	struct wire_sctp h;

	HOLDS(v->family == 6 || wire_sum(p + v->l3_off, 20, 0) == 0xffff);
	if (v->proto == PROTO_SCTP) {
		uint8_t copy[16];

		HOLDS(bytes == 16 && wire_sctp_decode(&h, body, bytes) == 12);
		memcpy(copy, body, 16);
		memset(copy + 8, 0, 4);
		HOLDS(wire_crc32c_portable(copy, 16, 0) == h.checksum);
		return;
	}
	if (v->family == 6)
		sum = wire_pseudo6_sum(v->src6, v->dst6, v->proto, bytes);
	else if (v->proto == PROTO_TCP)
		sum = wire_pseudo4_sum(v->src4, v->dst4, v->proto, (uint16_t)bytes);
	HOLDS(wire_sum_portable(body, bytes, sum) == 0xffff);
}

static void check_answer(const struct answer *a, const struct view *of, enum wire_link link, const uint8_t *p,
	uint32_t n)
{
	struct view v;

	HOLDS(n <= ANSWER_BYTES_MAX);
	view_parse(&v, link, p, n, n);
	HOLDS(v.has & VIEW_HAS_IP && v.has & VIEW_HAS_L4 && v.stop == VIEW_WHOLE && !v.malformed);
	HOLDS(v.family == of->family && v.l3_off == of->l3_off && v.l3_off + v.ip_bytes == n);
	HOLDS(v.src4 == of->dst4 && v.dst4 == of->src4);
	HOLDS(!memcmp(v.src6, of->dst6, 16) && !memcmp(v.dst6, of->src6, 16));
	HOLDS(v.ip_bytes <= (v.family == 4 ? 576 : 1280));
	HOLDS(v.tags == of->tags && !memcmp(v.tag_tci, of->tag_tci, sizeof(v.tag_tci)));
	check_sums(p, &v);
	HOLDS(answer_fit(a, &v, link, p, n) == ANSWER_FORBIDDEN);
}

static void answer(const struct frame *f, const struct view *v, uint8_t code)
{
	for (unsigned kind = 0; kind < ANSWER_KINDS; kind++) {
		const struct answer a = { (uint8_t)kind, code };
		enum answer_fit fit = answer_fit(&a, v, f->link, f->p, f->captured);
		uint8_t *to;
		uint32_t n;

		HOLDS(fit <= ANSWER_NO_WAY && (v->has & VIEW_HAS_IP || fit == ANSWER_NOT_MEANT));
		if (fit != ANSWER_FITS)
			continue;
		to = malloc(ANSWER_BYTES_MAX);
		HOLDS(to);
		n = answer_build(to, &a, v, f->link, f->p, f->captured);
		check_answer(&a, v, f->link, to, n);
		free(to);
	}
}

static void change(const struct frame *f, struct view v, uint8_t code)
{
	uint8_t *copy = malloc(f->captured);
	struct view again;

	HOLDS(copy);
	memcpy(copy, f->p, f->captured);
	wire_dscp_set(copy, &v, code % 64);
	view_parse(&again, f->link, copy, f->captured, f->wire);
	HOLDS(!memcmp(&again, &v, sizeof(v)));
	wire_mss_lower(copy, f->captured, &v, (uint16_t)(code * 257u));
	HOLDS(!wire_mss_above(copy, f->captured, &v, (uint16_t)(code * 257u)));
	view_parse(&again, f->link, copy, f->captured, f->wire);
	HOLDS(!memcmp(&again, &v, sizeof(v)));
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct frame f;
	struct view v;

	if (size < 3 || size > 1 << 18)
		return 0;
	f = (struct frame){ data[0] % (LINK_COUNT + 1), data + 3, (uint32_t)size - 3, 0 };
	f.wire = data[1] == 255 ? UINT32_MAX : f.captured + data[1];
	view_parse(&v, f.link, f.p, f.captured, f.wire);
	answer(&f, &v, data[2]);
	if (v.has & VIEW_HAS_IP)
		change(&f, v, data[2]);
	return 0;
}
