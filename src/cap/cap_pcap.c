/* cap/cap_pcap.c - classic capture files: one header, one link type, then records (draft-ietf-opsawg-pcap).
 *
 *      file:   magic  version  zone  sigfigs  snaplen  linktype           24 bytes, in the order the magic shows
 *      record: seconds  fraction  captured  original  [8 bytes]  bytes    16 or 24 bytes before the packet
 *
 * Magics: a1b2c3d4 us, a1b23c4d ns, a1b2cd34 us with eight more bytes in a record (Linux 2.2's patched libpcap),
 * which is as many as tcpdump reads. Files older than version 2.4 may have the two lengths the other way round, as
 * libpcap knows: always before 2.3 and in 543.0, and in 2.3 where captured > original.
 *
 * Decisions. The zone is ignored, as by everyone. A fraction of a second or more is added as it stands: the sum is
 * exact and fits 64 bits. Captured > original: the packet is kept, original becomes captured, since bytes that are
 * there were on the wire. Snaplen is a claim, told and not believed (libpcap cuts packets to it). Of the link type
 * the low 16 bits count; those above tell of a frame check sequence. Called by cap_read.c, on the reader's thread;
 * about 5 ns a packet. */
#include "cap/cap_int.h"

#define MAGIC_US 0xa1b2c3d4u
#define MAGIC_NS 0xa1b23c4du
#define MAGIC_PATCHED 0xa1b2cd34u

#define FILE_BYTES 24u

enum cap_swapped { LENGTHS_RIGHT, LENGTHS_SWAPPED, LENGTHS_PERHAPS };

static bool is_magic(uint32_t m)
{
	return m == MAGIC_US || m == MAGIC_NS || m == MAGIC_PATCHED;
}

bool cap_pcap_knows(const uint8_t *magic)
{
	return is_magic(cap_get32(magic, false)) || is_magic(cap_get32(magic, true));
}

static int check_version(struct cap_reader *r, unsigned major, unsigned minor, struct err *e)
{
	if (major == 543 && minor == 0)
		r->pcap.swapped = LENGTHS_SWAPPED;
	else if (major == 2 && minor <= 4)
		r->pcap.swapped = minor < 3 ? LENGTHS_SWAPPED : minor == 3 ? LENGTHS_PERHAPS : LENGTHS_RIGHT;
	else
		return err_set(e, ERR_DAMAGED, "%s: pcap version %u.%u; 2.0 to 2.4 are known", r->src.path, major,
			minor);
	return 0;
}

int cap_pcap_start(struct cap_reader *r, struct err *e)
{
	int rc = cap_need_header(r, FILE_BYTES, "a pcap header", e);
	const uint8_t *p;
	struct cap_if *i;
	uint32_t magic;
	bool full;

	if (rc)
		return rc;
	p = r->src.at;
	r->big = is_magic(cap_get32(p, true));
	magic = cap_get32(p, r->big);
	r->pcap.header_bytes = magic == MAGIC_PATCHED ? 24 : 16;
	r->pcap.frac_scale = magic == MAGIC_NS ? 1 : 1000;
	rc = check_version(r, cap_get16(p + 4, r->big), cap_get16(p + 6, r->big), e);
	if (rc)
		return rc;
	i = cap_ifs_add(&r->ifs, &full);
	if (!i)
		return err_set(e, ERR_NOMEM, "%s: no memory", r->src.path);
	i->pub.snap_bytes = cap_get32(p + 16, r->big);
	i->pub.linktype = (uint16_t)cap_get32(p + 20, r->big);
	i->link = (uint8_t)wire_link_of(i->pub.linktype);
	r->src.at += FILE_BYTES;
	return 0;
}

static void right_lengths(enum cap_swapped how, uint32_t *captured, uint32_t *original)
{
	if (how == LENGTHS_SWAPPED || (how == LENGTHS_PERHAPS && *captured > *original)) {
		uint32_t t = *captured;

		*captured = *original;
		*original = t;
	}
}

/* Whole records at hand, in order. Made twice, for either byte order. */
static inline __attribute__((always_inline)) unsigned burst(struct cap_reader *r, struct pkt **pkts, unsigned n,
	const bool big)
{
	const uint32_t header = r->pcap.header_bytes, scale = r->pcap.frac_scale;
	const enum cap_swapped swapped = r->pcap.swapped;
	const uint8_t *p = r->src.at, *const end = r->src.end;
	const uint8_t flags = r->src.steady ? PKT_STEADY : 0, link = cap_ifs_at(&r->ifs, 0)->link;
	uint64_t latest = r->latest_ns;
	unsigned got = 0;

	while (got < n && (size_t)(end - p) >= header) {
		uint32_t captured = cap_get32(p + 8, big), original = cap_get32(p + 12, big);
		struct pkt *to = pkts[got];

		if (__builtin_expect(swapped != LENGTHS_RIGHT, 0))
			right_lengths(swapped, &captured, &original);
		if (__builtin_expect(captured > CAP_PACKET_MAX || captured > (size_t)(end - p) - header, 0))
			break;
		to->at = cap_get32(p, big) * UINT64_C(1000000000) + (uint64_t)cap_get32(p + 4, big) * scale;
		to->data = (uint8_t *)(uintptr_t)(p + header);	/* lent: pkt.h says that nobody writes there */
		to->len_bytes = captured;
		to->wire_bytes = original > captured ? original : captured;
		to->iface = 0;
		to->link = link;
		to->flags = flags;
		latest = to->at > latest ? to->at : latest;
		p += header + captured;
		/* Its own headers go on in the next cache line; and the next records are likely as long as this one:
		 * asking early hides the cache misses. */
		__builtin_prefetch(to->data + 48);
		__builtin_prefetch((const void *)((uintptr_t)p + 3 * (uintptr_t)(header + captured)));
		got++;
	}
	r->src.at = p;
	r->latest_ns = latest;
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

/* One record that the burst stopped at. True: go on. */
static bool edge(struct cap_reader *r)
{
	const uint32_t header = r->pcap.header_bytes;
	uint64_t byte = cap_src_at_byte(&r->src);
	uint32_t captured, original;
	struct err e = { 0 };
	enum cap_need got = cap_src_need(&r->src, header, &e);

	if (got != CAP_HAVE)
		return cap_end_short(r, got, byte, header, &e);
	captured = cap_get32(r->src.at + 8, r->big);
	original = cap_get32(r->src.at + 12, r->big);
	right_lengths(r->pcap.swapped, &captured, &original);
	if (captured > CAP_PACKET_MAX)
		return cap_skip_over(r, (uint64_t)header + captured, CAP_SKIP_LARGE);
	if (cap_ifs_at(&r->ifs, 0)->link == LINK_UNKNOWN)
		return cap_skip_over(r, (uint64_t)header + captured, CAP_SKIP_LINK);
	got = cap_src_need(&r->src, (size_t)header + captured, &e);
	return got == CAP_HAVE || cap_end_short(r, got, byte, (uint64_t)header + captured, &e);
}

unsigned cap_pcap_read(struct cap_reader *r, struct pkt **pkts, unsigned n)
{
	bool known = cap_ifs_at(&r->ifs, 0)->link != LINK_UNKNOWN;
	unsigned got = 0;

	do
		if (known)
			got = r->big ? burst_big(r, pkts, n) : burst_little(r, pkts, n);
	while (!got && edge(r));
	return got;
}
