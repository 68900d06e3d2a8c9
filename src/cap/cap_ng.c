/* cap/cap_ng.c - pcapng files: sections of blocks, read in order (draft-ietf-opsawg-pcapng).
 *
 *      block:  type  size  body ...  size        sizes count all of it; a section shows the byte order from there
 *      EPB 6:  interface  time-high  time-low  captured  original  bytes, padded to 4  options
 *      PB  2:  interface(16) drops(16), then as EPB      SPB 3:  original  bytes, padded to 4 (no time, interface 0)
 *
 * Interfaces are numbered anew in each section; ours are numbered over the whole file, so the same description in two
 * sections makes two. A block that is not a packet, a section or an interface is passed over and counted.
 *
 * Damage. The size of a block is what finds the next one: below 12, or unlike its copy at the end, ends the input, as
 * it does in Wireshark and libpcap; one that is no multiple of 4 is rounded up, as Wireshark does. Whatever is wrong
 * inside a block costs that block alone: lengths that do not fit, an interface that is not there, a time out of range
 * are skipped with a count. Captured > original: original becomes captured, as in cap_pcap.c. The length of a section
 * and the snaplen are claims, not believed, except for an SPB, whose captured length nothing else tells. A packet
 * block above CAP_WINDOW is skipped, also where the file is mapped, so that a file and a stream give the same. Called
 * by cap_read.c, on the reader's thread; about 6 ns a packet. */
#include "cap/cap_int.h"

#include <string.h>

enum {
	BLOCK_IDB = 1, BLOCK_PB = 2, BLOCK_SPB = 3, BLOCK_EPB = 6,
};
#define BLOCK_SHB 0x0a0d0d0au		/* the same in either order */
#define ORDER_MAGIC 0x1a2b3c4du

#define BLOCK_HEAD 12u		/* type, size, and of a section its byte order; also the shortest block */
#define SHB_LEAST 28u
#define EPB_HEAD 28u			/* before the bytes; 4 after */
#define SPB_HEAD 12u

/* ---- packets */

/* What a burst keeps in registers, since a store to a packet might be one to the reader for all that a compiler
 * knows. */
struct walk {
	uint32_t id;			/* the interface of the last packet, as the section numbers it */
	const struct cap_if *iface;	/* NULL: none yet */
	uint64_t latest_ns;
	uint8_t flags;
};

/* The interface `id` of this section, or why a packet of it is not given (enum cap_skip; -1: it is). */
static __attribute__((noinline)) int find_iface(const struct cap_reader *r, uint32_t id, const struct cap_if **found)
{
	const struct cap_if *i;

	*found = NULL;
	if (id >= r->ifs.now - r->sec.first_if)
		return CAP_SKIP_IFACE;
	i = cap_ifs_at(&r->ifs, r->sec.first_if + id);
	if (i->bad)
		return CAP_SKIP_IFACE;
	if (i->link == LINK_UNKNOWN)
		return CAP_SKIP_LINK;
	*found = i;
	return -1;
}

static inline void fill(struct pkt *to, const struct cap_if *i, uint8_t flags, const uint8_t *p, uint32_t captured,
	uint32_t original)
{
	to->data = (uint8_t *)(uintptr_t)p;	/* lent: pkt.h says that nobody writes there */
	to->len_bytes = captured;
	to->wire_bytes = original > captured ? original : captured;
	to->iface = i->number;
	to->link = i->link;
	to->flags = flags;
}

/* EPB, and PB which differs in where the interface stands only. -1, or why it is skipped. */
static inline __attribute__((always_inline)) int take_timed(struct cap_reader *r, struct walk *w, const uint8_t *p,
	uint32_t size, struct pkt *to, struct cap_options *options, bool obsolete, const bool big)
{
	uint32_t id = obsolete ? cap_get16(p + 8, big) : cap_get32(p + 8, big);
	uint32_t room = size - EPB_HEAD - 4, captured, padded;
	bool rounded = false;
	uint64_t units;
	int why;

	if (__builtin_expect(size < EPB_HEAD + 4, 0))
		return CAP_SKIP_LENGTH;
	if (__builtin_expect(!w->iface || id != w->id, 0)) {
		why = find_iface(r, id, &w->iface);
		if (why >= 0)
			return why;
		w->id = id;
	}
	captured = cap_get32(p + 20, big);
	if (__builtin_expect(captured > room || captured > CAP_PACKET_MAX, 0))
		return captured > CAP_PACKET_MAX ? CAP_SKIP_LARGE : CAP_SKIP_LENGTH;
	units = (uint64_t)cap_get32(p + 12, big) << 32 | cap_get32(p + 16, big);
	to->at = units * w->iface->clock.scale;
	if (__builtin_expect(units > w->iface->clock.max, 0)) {
		if (!cap_clock_ns_long(&w->iface->clock, units, &to->at, &rounded))
			return CAP_SKIP_TIME;
		r->st.rounded += rounded;
	}
	fill(to, w->iface, w->flags, p + EPB_HEAD, captured, cap_get32(p + 24, big));
	w->latest_ns = to->at > w->latest_ns ? to->at : w->latest_ns;
	padded = (captured + 3) & ~3u;	/* the padding may be missing where no options follow */
	options->n = padded < room ? room - padded : 0;
	if (__builtin_expect(options->n, 0))
		options->p = p + EPB_HEAD + padded;
	return -1;
}

static int take_simple(struct cap_reader *r, struct walk *w, const uint8_t *p, uint32_t size, struct pkt *to,
	struct cap_options *options)
{
	uint32_t room = size - SPB_HEAD - 4, original, captured;
	const struct cap_if *i;
	int why;

	if (size < SPB_HEAD + 4)
		return CAP_SKIP_LENGTH;
	why = find_iface(r, 0, &i);
	if (why >= 0)
		return why;
	captured = original = cap_get32(p + 8, r->big);
	if (i->pub.snap_bytes && captured > i->pub.snap_bytes)
		captured = i->pub.snap_bytes;
	if (captured > CAP_PACKET_MAX)
		return CAP_SKIP_LARGE;
	if (captured > room)
		return CAP_SKIP_LENGTH;
	fill(to, i, w->flags, p + SPB_HEAD, captured, original);
	to->at = w->latest_ns;
	r->st.timeless++;
	options->n = 0;
	return -1;
}

/* ---- blocks */

/* A whole block at hand whose two sizes agree? Its size, rounded up to 4; else 0. */
static inline uint32_t framed(const uint8_t *p, size_t left, const bool big)
{
	uint32_t said, size, again;

	if (left < 12)
		return 0;
	said = cap_get32(p + 4, big);
	if (said < 12 || said > CAP_WINDOW)
		return 0;
	size = (said + 3) & ~3u;
	if (size > left)
		return 0;
	again = cap_get32(p + size - 4, big);
	return again == said || again == size ? size : 0;
}

/* Packet blocks at hand, in order, up to the first that is anything else. Made twice, for either byte order. */
static inline __attribute__((always_inline)) unsigned burst(struct cap_reader *r, struct pkt **pkts, unsigned n,
	const bool big)
{
	struct walk w = { .latest_ns = r->latest_ns, .flags = r->src.steady ? PKT_STEADY : 0 };
	const uint8_t *p = r->src.at, *const end = r->src.end;
	unsigned got = 0;

	while (got < n) {
		uint32_t size = framed(p, (size_t)(end - p), big), type;
		int why;

		if (!size)
			break;
		type = cap_get32(p, big);
		if (__builtin_expect(type == BLOCK_EPB, 1))
			why = take_timed(r, &w, p, size, pkts[got], &r->options[got], false, big);
		else if (type == BLOCK_PB)
			why = take_timed(r, &w, p, size, pkts[got], &r->options[got], true, big);
		else if (type == BLOCK_SPB)
			why = take_simple(r, &w, p, size, pkts[got], &r->options[got]);
		else
			break;
		p += size;
		/* The next blocks are likely as long as this one; asking early hides the cache miss that each header
		 * is. */
		__builtin_prefetch((const void *)((uintptr_t)p + 3 * (uintptr_t)size));
		if (__builtin_expect(why < 0, 1))
			got++;
		else
			cap_skipped(r, (enum cap_skip)why);
	}
	r->src.at = p;
	r->latest_ns = w.latest_ns;
	r->st.records += got;
	return got;
}

static __attribute__((noinline)) unsigned burst_little(struct cap_reader *r, struct pkt **pkts, unsigned n)
{
	return burst(r, pkts, n, false);
}

static __attribute__((noinline)) unsigned burst_big(struct cap_reader *r, struct pkt **pkts, unsigned n)
{
	return burst(r, pkts, n, true);
}

/* A new section: its byte order, its version. The block stands whole at p. */
static bool take_section(struct cap_reader *r, const uint8_t *p, uint32_t size, uint64_t byte)
{
	unsigned major = cap_get16(p + 12, r->big), minor = cap_get16(p + 14, r->big);

	if (size < SHB_LEAST)
		return cap_end_at(r, CAP_DAMAGED, byte, "a section header of %u bytes, where %u are the least", size,
			SHB_LEAST);
	if (major != 1 || (minor != 0 && minor != 2))
		return cap_end_at(r, CAP_DAMAGED, byte, "pcapng version %u.%u; 1.0 and 1.2 are known", major, minor);
	r->sec.first_if = r->ifs.now;
	return true;
}

/* One block that the burst stopped at, of a type that it passes to us, whole at hand. */
static bool take_other(struct cap_reader *r, const uint8_t *p, uint32_t size, uint64_t byte)
{
	uint32_t type = cap_get32(p, r->big);

	if (type == BLOCK_SHB && !take_section(r, p, size, byte))
		return false;
	if (type == BLOCK_IDB && cap_ng_iface(r, p, size))
		return cap_end_at(r, CAP_FAILED, byte, "no memory for another interface");
	if (type != BLOCK_SHB && type != BLOCK_IDB)
		r->st.unknown_blocks++;
	r->src.at += size;
	return true;
}

static bool is_packet(uint32_t type)
{
	return type == BLOCK_EPB || type == BLOCK_PB || type == BLOCK_SPB;
}

/* A block too large to be looked into. */
static bool pass_large(struct cap_reader *r, uint32_t type, uint32_t said, uint64_t byte)
{
	uint64_t size;

	if (type == BLOCK_SHB || type == BLOCK_IDB)
		return cap_end_at(r, CAP_DAMAGED, byte, "a block of type %u and %u bytes, where %u are the most",
			type, said, CAP_WINDOW);
	size = ((uint64_t)said + 3) & ~UINT64_C(3);
	return cap_skip_over(r, size, is_packet(type) ? CAP_SKIP_LARGE : CAP_SKIP_NO_PACKET);
}

/* The byte order of the section that begins at `at`; false: it shows none. */
static bool find_order(struct cap_reader *r)
{
	if (cap_get32(r->src.at + 8, false) == ORDER_MAGIC)
		r->big = false;
	else if (cap_get32(r->src.at + 8, true) == ORDER_MAGIC)
		r->big = true;
	else
		return false;
	return true;
}

/* One block that the burst stopped at, whatever it is. True: go on. */
static bool edge(struct cap_reader *r)
{
	uint64_t byte = cap_src_at_byte(&r->src);
	struct err e = { 0 };
	enum cap_need got = cap_src_need(&r->src, 12, &e);
	uint32_t type, said, size;

	if (got != CAP_HAVE)
		return cap_end_short(r, got, byte, 12, &e);
	type = cap_get32(r->src.at, r->big);
	if (type == BLOCK_SHB && !find_order(r))
		return cap_end_at(r, CAP_DAMAGED, byte, "a section whose byte order cannot be told");
	said = cap_get32(r->src.at + 4, r->big);
	if (said < 12)
		return cap_end_at(r, CAP_DAMAGED, byte, "a block of %u bytes, where 12 are the least", said);
	if (said > CAP_WINDOW)
		return pass_large(r, type, said, byte);
	size = (said + 3) & ~3u;
	got = cap_src_need(&r->src, size, &e);
	if (got != CAP_HAVE)
		return cap_end_short(r, got, byte, size, &e);
	if (!framed(r->src.at, size, r->big))
		return cap_end_at(r, CAP_DAMAGED, byte, "a block that says %u bytes at its begin and %u at its end",
			said, cap_get32(r->src.at + size - 4, r->big));
	return is_packet(type) || take_other(r, r->src.at, size, byte);
}

int cap_ng_start(struct cap_reader *r, struct err *e)
{
	int rc = cap_need_header(r, BLOCK_HEAD, "a pcapng section header", e);

	if (rc)
		return rc;
	while (!edge(r)) {
		if (r->end != CAP_MORE)
			return err_set(e, r->end == CAP_FAILED ? ERR_IO : ERR_DAMAGED, "%s: %s", r->src.path,
				r->end_text);
		if (os_interrupted())
			return err_set(e, ERR_IO, "%s: interrupted", r->src.path);
	}
	return 0;
}

unsigned cap_ng_read(struct cap_reader *r, struct pkt **pkts, unsigned n)
{
	unsigned got;

	do
		got = r->big ? burst_big(r, pkts, n) : burst_little(r, pkts, n);
	while (!got && edge(r));
	return got;
}
