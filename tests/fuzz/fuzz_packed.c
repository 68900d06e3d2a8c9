/* tests/fuzz/fuzz_packed.c - any bytes as a packed capture, and a capture packed by us with a byte changed.
 *
 * The first byte chooses. What is read must be the same twice, add up, and end in one of the ways there are; a capture
 * that we packed, in pieces of any size, must read as it does unpacked, unless it was packed before: packing is undone
 * once. Inputs are short: a bomb of 4 KiB becomes 128 MiB at most, and memory must not care. */
#include <stdint.h>
#include <string.h>

#include "cap/cap.h"
#include "cap/cap_codec.h"

#include "holds.h"

#define INPUT_MAX 4096u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct digest {
	uint64_t packets, sum;
	enum cap_end end;
	int opened;
};

static void read_pass(struct cap_reader *r, struct digest *d)
{
	static struct pkt store[CAP_BURST];
	struct pkt *to[CAP_BURST];
	struct cap_stats before, after;
	unsigned n;

	for (unsigned i = 0; i < CAP_BURST; i++)
		to[i] = &store[i];
	cap_stats(r, &before);
	while ((n = cap_read(r, to, CAP_BURST)) > 0)
		for (unsigned i = 0; i < n; i++, d->packets++) {
			const struct pkt *p = &store[i];

			HOLDS(p->len_bytes <= CAP_PACKET_MAX && p->wire_bytes >= p->len_bytes);
			HOLDS(p->iface < cap_ifaces(r));
			d->sum = d->sum * 31 + p->at + p->wire_bytes;
			for (uint32_t k = 0; k < p->len_bytes; k++)
				d->sum = d->sum * 31 + p->data[k];
		}
	cap_stats(r, &after);
	d->end = cap_end(r);
	HOLDS(d->end == CAP_WHOLE || d->end == CAP_TRUNCATED || d->end == CAP_DAMAGED);
	HOLDS(after.records - before.records - (after.skipped - before.skipped) == d->packets);
	HOLDS(cap_at_byte(r) <= cap_size_bytes(r) && cap_end_text(r)[0]);
}

static struct digest read_bytes(const uint8_t *p, size_t n)
{
	struct digest d = { 0 }, again = { 0 };
	struct cap_reader *r;
	struct err e = { 0 };
	int rc = cap_open_mem(&r, p, n, &e);

	d.opened = rc;
	if (rc) {
		HOLDS((rc == ERR_DAMAGED || rc == ERR_USAGE) && e.text[0] && !r);
		return d;
	}
	read_pass(r, &d);
	HOLDS(!cap_rewind(r));
	read_pass(r, &again);
	HOLDS(d.packets == again.packets && d.sum == again.sum && d.end == again.end);
	cap_close(r);
	return d;
}

static bool same(const struct digest *a, const struct digest *b)
{
	if (a->opened || b->opened)
		return a->opened == b->opened;
	return a->packets == b->packets && a->sum == b->sum && a->end == b->end;
}

/* `data` as a capture, packed in pieces, one frame or one each. */
static void pack_and_read(const struct cap_codec *c, const uint8_t *data, size_t size, size_t piece, bool frames,
	size_t hurt)
{
	static uint8_t packed[INPUT_MAX * 64 + 16384];
	void *state = c->pack_new();
	struct digest plain = read_bytes(data, size), got;
	size_t n = 0;

	HOLDS(state);
	if (piece < size / 64 + 1)
		piece = size / 64 + 1;
	for (size_t at = 0; at < size; at += piece) {
		n += c->pack(state, packed + n, sizeof(packed) - n, data + at, size - at < piece ? size - at : piece);
		if (!frames && at + piece < size)
			continue;
		n += c->pack_end(state, packed + n);
		c->pack_free(state);
		HOLDS((state = c->pack_new()));
	}
	c->pack_free(state);
	if (!n)
		return;
	got = read_bytes(packed, n);
	HOLDS(same(&plain, &got));
	packed[hurt % n] ^= 0x41;
	read_bytes(packed, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct cap_codec *const codecs[] = { &cap_gzip, &cap_zstd };
	const struct cap_codec *c;

	if (size < 4 || size > INPUT_MAX)
		return 0;
	c = codecs[data[0] & 1];
	if (data[0] & 2 && c->pack && (size < 8 || !cap_codec_of_magic(data + 4)))
		pack_and_read(c, data + 4, size - 4, data[1] * 8u + 1, data[0] & 4, data[2] * 256u + data[3]);
	else
		read_bytes(data + 1, size - 1);
	return 0;
}
