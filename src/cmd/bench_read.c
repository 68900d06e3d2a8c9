/* cmd/bench_read.c - reading alone: every header of a capture beside libpcap and a plain parse, a capture packed by
 * zstd beside libzstd.
 *
 * The parse beside ours is what a careful programmer writes into a callback of pcap_loop(): Ethernet with VLAN tags,
 * IPv4 and IPv6, TCP, UDP and ICMP, each length asked before it is used, the same fields kept. Both sides add up what
 * they found, and opening fails should they differ: an equal result is what makes it an equal parse.
 *
 * The packed capture is one frame for the file's header and one for each copy of the records, so that no copy is found
 * in the window of the one before it, which would unpack at the speed of memcpy(). */
#include "bench_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_LIBPCAP
#include <pcap/pcap.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

#include "bench.h"
#include "cap/cap.h"
#include "wire/view.h"

#define FILE_HEADER 24		/* of classic pcap */

static char capture_path[300], packed_path[320];
static unsigned loops;

struct seen {
	uint64_t packets, ip, l4, sum;
};

/* ---- ours */

static void add_view(struct seen *s, const struct view *v)
{
	s->ip += (v->has & VIEW_HAS_IP) != 0;
	s->l4 += (v->has & VIEW_HAS_L4) != 0;
	s->sum += v->src4 + v->dst4 + v->sport + v->dport + v->ip_bytes + v->ttl + v->tcp_seq + v->tcp_flags;
}

/* All packets of one pass. */
static void ours_pass(struct cap_reader *r, struct seen *s, bool parse)
{
	static struct pkt store[CAP_BURST];
	struct pkt *to[CAP_BURST];
	unsigned n;

	for (unsigned i = 0; i < CAP_BURST; i++)
		to[i] = &store[i];
	while ((n = cap_read(r, to, CAP_BURST)) > 0) {
		s->packets += n;
		for (unsigned i = 0; i < n && parse; i++) {
			struct view v;

			view_parse(&v, store[i].link, store[i].data, store[i].len_bytes, store[i].wire_bytes);
			add_view(s, &v);
		}
	}
}

static double ours(const char *path, unsigned passes, bool parse, struct seen *s)
{
	struct cap_reader *r;
	double began = bench_ns();

	*s = (struct seen){ 0 };
	if (cap_open(&r, path, NULL))
		return 0;
	for (unsigned i = 0; i < passes; i++) {
		if (i)
			cap_rewind(r);
		ours_pass(r, s, parse);
	}
	cap_close(r);
	return s->packets ? (bench_ns() - began) / (double)s->packets : 0;
}

double bench_read_ours(void *ctx)
{
	struct seen s;

	return ours(capture_path, loops, true, &s);
}

/* ---- libpcap, and a parse by hand */

#ifdef HAVE_LIBPCAP
struct plain {
	uint8_t mac_dst[6], mac_src[6];
	uint16_t ethertype, vlan[4];
	unsigned vlans, family;
	bool has_l4, fragment;
	uint8_t proto, ttl, tos, tcp_flags, icmp_type, icmp_code;
	uint16_t sport, dport, ip_id, frag, tcp_win;
	uint32_t src4, dst4, ip_bytes, tcp_seq, tcp_ack, l3, l4, data;
	uint8_t src6[16], dst6[16];
};

static uint16_t be16(const u_char *p) { return (uint16_t)(p[0] << 8 | p[1]); }
static uint32_t be32(const u_char *p) { return (uint32_t)be16(p) << 16 | be16(p + 2); }

static void plain_transport(struct plain *o, const u_char *p, uint32_t n, uint32_t ip_end)
{
	uint32_t left = (n < ip_end ? n : ip_end) - o->l4;
	const u_char *t = p + o->l4;

	if (o->proto == 6 && left >= 20) {
		o->sport = be16(t);
		o->dport = be16(t + 2);
		o->tcp_seq = be32(t + 4);
		o->tcp_ack = be32(t + 8);
		o->tcp_flags = t[13];
		o->tcp_win = be16(t + 14);
		o->data = o->l4 + (t[12] >> 4) * 4u;
		o->has_l4 = true;
	} else if (o->proto == 17 && left >= 8) {
		o->sport = be16(t);
		o->dport = be16(t + 2);
		o->data = o->l4 + 8;
		o->has_l4 = true;
	} else if (o->proto == (o->family == 4 ? 1 : 58) && left >= 4) {
		o->icmp_type = t[0];
		o->icmp_code = t[1];
		o->data = o->l4 + 4;
		o->has_l4 = true;
	}
}

static void plain_ip4(struct plain *o, const u_char *p, uint32_t n, uint32_t wire)
{
	const u_char *h = p + o->l3;
	uint32_t hlen, total;

	if (n - o->l3 < 20 || h[0] >> 4 != 4)
		return;
	hlen = (h[0] & 15) * 4u;
	total = be16(h + 2);
	if (hlen < 20 || hlen > n - o->l3 || (total && total < hlen))
		return;
	o->family = 4;
	o->ip_bytes = total ? total : wire - o->l3;
	o->tos = h[1];
	o->ip_id = be16(h + 4);
	o->frag = be16(h + 6);
	o->ttl = h[8];
	o->proto = h[9];
	o->src4 = be32(h + 12);
	o->dst4 = be32(h + 16);
	o->fragment = o->frag & 0x3fff;
	o->l4 = o->l3 + hlen;
	if (!(o->frag & 0x1fff))
		plain_transport(o, p, n, o->l3 + o->ip_bytes);
}

static void plain_ip6(struct plain *o, const u_char *p, uint32_t n, uint32_t wire)
{
	const u_char *h = p + o->l3;

	if (n - o->l3 < 40 || h[0] >> 4 != 6)
		return;
	o->family = 6;
	o->ip_bytes = be16(h + 4) ? be16(h + 4) + 40u : wire - o->l3;
	o->tos = (uint8_t)(h[0] << 4 | h[1] >> 4);
	o->proto = h[6];
	o->ttl = h[7];
	memcpy(o->src6, h + 8, 16);
	memcpy(o->dst6, h + 24, 16);
	o->l4 = o->l3 + 40;
	plain_transport(o, p, n, o->l3 + o->ip_bytes);
}

static void plain_parse(struct plain *o, const u_char *p, uint32_t n, uint32_t wire)
{
	memset(o, 0, sizeof(*o));
	if (n < 14)
		return;
	memcpy(o->mac_dst, p, 6);
	memcpy(o->mac_src, p + 6, 6);
	o->ethertype = be16(p + 12);
	o->l3 = 14;
	while ((o->ethertype == 0x8100 || o->ethertype == 0x88a8 || o->ethertype == 0x9100) && o->vlans < 4) {
		if (n - o->l3 < 4)
			return;
		o->vlan[o->vlans++] = be16(p + o->l3);
		o->ethertype = be16(p + o->l3 + 2);
		o->l3 += 4;
	}
	if (o->ethertype == 0x0800)
		plain_ip4(o, p, n, wire);
	else if (o->ethertype == 0x86dd)
		plain_ip6(o, p, n, wire);
}

static void on_packet(u_char *user, const struct pcap_pkthdr *h, const u_char *bytes)
{
	struct seen *s = (struct seen *)(void *)user;
	struct plain o;

	plain_parse(&o, bytes, h->caplen, h->len);
	s->packets++;
	s->ip += o.family != 0;
	s->l4 += o.has_l4;
	s->sum += o.src4 + o.dst4 + o.sport + o.dport + o.ip_bytes + o.ttl + o.tcp_seq + o.tcp_flags;
}

static void on_packet_view(u_char *user, const struct pcap_pkthdr *h, const u_char *bytes)
{
	struct seen *s = (struct seen *)(void *)user;
	struct view v;

	view_parse(&v, LINK_ETHERNET, bytes, h->caplen, h->len);
	s->packets++;
	add_view(s, &v);
}

static double libpcap(pcap_handler each, unsigned passes, struct seen *s)
{
	double began = bench_ns();

	*s = (struct seen){ 0 };
	for (unsigned i = 0; i < passes; i++) {
		char why[PCAP_ERRBUF_SIZE];
		pcap_t *p = pcap_open_offline_with_tstamp_precision(capture_path, PCAP_TSTAMP_PRECISION_NANO, why);

		if (!p)
			return 0;
		pcap_loop(p, -1, each, (u_char *)s);
		pcap_close(p);
	}
	return s->packets ? (bench_ns() - began) / (double)s->packets : 0;
}

double bench_read_libpcap(void *ctx)
{
	struct seen s;

	return libpcap(on_packet, loops, &s);
}

double bench_read_libpcap_view(void *ctx)
{
	struct seen s;

	return libpcap(on_packet_view, loops, &s);
}

/* Do the two parses see the same? Of Ethernet only is that asked; other links have no plain one. */
static int check_equal(struct err *e)
{
	struct seen a, b;

	ours(capture_path, 1, true, &a);
	libpcap(on_packet, 1, &b);
	if (!memcmp(&a, &b, sizeof(a)))
		return 0;
	return err_set(e, ERR_USAGE, "%s: the plain parse of this bench sees other things there than ours: it knows "
		"Ethernet, and IPv6 without extension headers", capture_path);
}
#endif

/* ---- zstd */

#ifdef HAVE_ZSTD
static int put_frame(FILE *out, const char *from, size_t n)
{
	size_t room = ZSTD_compressBound(n), made;
	char *to = malloc(room);
	int bad = 1;

	if (to) {
		made = ZSTD_compress(to, room, from, n, ZSTD_CLEVEL_DEFAULT);
		bad = ZSTD_isError(made) || fwrite(to, 1, made, out) != made;
	}
	free(to);
	return bad;
}

static char *whole_file(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	char *bytes = NULL;
	long size = -1;

	if (f && !fseek(f, 0, SEEK_END) && (size = ftell(f)) > FILE_HEADER && (bytes = malloc((size_t)size))) {
		rewind(f);
		*n = fread(bytes, 1, (size_t)size, f);
	}
	if (f)
		fclose(f);
	return bytes;
}

static int pack(struct err *e)
{
	size_t n = 0;
	char *bytes = whole_file(capture_path, &n);
	FILE *out = fopen(packed_path, "wb");
	int bad = !bytes || !out || put_frame(out, bytes, FILE_HEADER);

	for (unsigned i = 0; i < loops && !bad; i++)
		bad = put_frame(out, bytes + FILE_HEADER, n - FILE_HEADER);
	if (out)
		bad |= fclose(out);
	free(bytes);
	return bad ? err_set(e, ERR_IO, "%s: cannot be written", packed_path) : 0;
}

/* The cost of a packet; the plain loop knows none, so it is told how many there are. */
static uint64_t packed_packets;

double bench_zstd_ours(void *ctx)
{
	struct seen s;
	double ns = ours(packed_path, 1, false, &s);

	packed_packets = s.packets;
	return ns;
}

static uint64_t unpack_plainly(FILE *in, char *from, size_t from_room, char *to, size_t to_room)
{
	ZSTD_DCtx *z = ZSTD_createDCtx();
	uint64_t bytes = 0;
	size_t n;

	while (z && (n = fread(from, 1, from_room, in)) > 0) {
		ZSTD_inBuffer input = { from, n, 0 };

		while (input.pos < input.size) {
			ZSTD_outBuffer output = { to, to_room, 0 };

			if (ZSTD_isError(ZSTD_decompressStream(z, &output, &input)))
				return 0;
			bytes += output.pos;
		}
	}
	ZSTD_freeDCtx(z);
	return bytes;
}

double bench_zstd_plain(void *ctx)
{
	double began = bench_ns();
	FILE *in = fopen(packed_path, "rb");
	char *from = malloc(ZSTD_DStreamInSize()), *to = malloc(ZSTD_DStreamOutSize());
	uint64_t bytes = 0;

	if (in && from && to)
		bytes = unpack_plainly(in, from, ZSTD_DStreamInSize(), to, ZSTD_DStreamOutSize());
	if (in)
		fclose(in);
	free(from);
	free(to);
	return bytes && packed_packets ? (bench_ns() - began) / (double)packed_packets : 0;
}
#endif

int bench_read_open(const char *path, unsigned times, struct err *e)
{
	int rc = 0;

	snprintf(capture_path, sizeof(capture_path), "%s", path);
	snprintf(packed_path, sizeof(packed_path), "%s.zst", path);
	loops = times;
#ifdef HAVE_LIBPCAP
	rc = check_equal(e);
#endif
#ifdef HAVE_ZSTD
	if (!rc)
		rc = pack(e);
#endif
	return rc;
}

void bench_read_close(void)
{
	remove(packed_path);
}
