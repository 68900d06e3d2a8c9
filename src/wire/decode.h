/* wire/decode.h - one checked struct for each header: bytes <-> numbers <-> text.
 *
 * For each header X:
 *
 *      int wire_X_decode(struct wire_X *h, const uint8_t *p, size_t n)
 *              n bytes stand at p. Returns the header's length, or ERR_DAMAGED: too short, or lengths that contradict
 *              themselves; *h is then not to be used. Checksums are read, not checked: wire_checksum() and pseudo sums.
 *      size_t wire_X_encode(uint8_t *p, size_t room, const struct wire_X *h)
 *              Returns the bytes written, or 0: no room, or a number that the header cannot hold. Reserved bits that no
 *              field holds are sent as zero. Checksums and lengths are written as they stand in *h.
 *      int wire_X_print(const struct wire_X *h, char *to, size_t room)
 *              One line, no newline; returns the length of the whole text as snprintf() does.
 *
 * Laws: decode(encode(x)) = x; encode(decode(bytes)) = bytes, where reserved bits are zero. Numbers are in host order.
 * Pointers in a struct point into the bytes that were decoded. Any thread, no state. A whole packet at once: view.h. */
#ifndef WIRE_DECODE_H
#define WIRE_DECODE_H

#include "wire/wire.h"

/* Ethernet II and 802.3. */
struct wire_eth {
	uint8_t dst[6], src[6];
	uint16_t type;		/* ethertype; below 0x600 a length */
};
int wire_eth_decode(struct wire_eth *h, const uint8_t *p, size_t n);
size_t wire_eth_encode(uint8_t *p, size_t room, const struct wire_eth *h);
int wire_eth_print(const struct wire_eth *h, char *to, size_t room);

/* 802.1Q and 802.1ad, from behind the TPID (0x8100, 0x88a8, 0x9100), which is the type before. */
struct wire_tag {
	uint8_t pcp;		/* 0..7 */
	bool dei;
	uint16_t vid;		/* 0..4095 */
	uint16_t type;		/* what follows */
};
int wire_tag_decode(struct wire_tag *h, const uint8_t *p, size_t n);
size_t wire_tag_encode(uint8_t *p, size_t room, const struct wire_tag *h);
int wire_tag_print(const struct wire_tag *h, char *to, size_t room);

/* RFC 2516; version and type are 1. */
struct wire_pppoe {
	uint8_t code;		/* 0: a session's data */
	uint16_t session;
	uint16_t payload_bytes;
};
int wire_pppoe_decode(struct wire_pppoe *h, const uint8_t *p, size_t n);
size_t wire_pppoe_encode(uint8_t *p, size_t room, const struct wire_pppoe *h);
int wire_pppoe_print(const struct wire_pppoe *h, char *to, size_t room);

/* Linux cooked captures. */
struct wire_sll {
	uint16_t packet_type;	/* 0 to us, 1 broadcast, 2 multicast, 3 to others, 4 from us */
	uint16_t arphrd;
	uint16_t addr_bytes;	/* of the sender's address: may be more than the 8 that are kept */
	uint8_t addr[8];
	uint16_t protocol;	/* an ethertype, for most kinds of device */
};
int wire_sll_decode(struct wire_sll *h, const uint8_t *p, size_t n);
size_t wire_sll_encode(uint8_t *p, size_t room, const struct wire_sll *h);
int wire_sll_print(const struct wire_sll *h, char *to, size_t room);

struct wire_sll2 {
	uint16_t protocol;
	uint32_t ifindex;
	uint16_t arphrd;
	uint8_t packet_type;
	uint8_t addr_bytes;
	uint8_t addr[8];
};
int wire_sll2_decode(struct wire_sll2 *h, const uint8_t *p, size_t n);
size_t wire_sll2_encode(uint8_t *p, size_t room, const struct wire_sll2 *h);
int wire_sll2_print(const struct wire_sll2 *h, char *to, size_t room);

/* RFC 826, for IPv4 over Ethernet; other ARP is ERR_DAMAGED. */
struct wire_arp {
	uint16_t op;		/* 1 request, 2 reply */
	uint8_t sender_mac[6], target_mac[6];
	uint32_t sender_ip, target_ip;
};
int wire_arp_decode(struct wire_arp *h, const uint8_t *p, size_t n);
size_t wire_arp_encode(uint8_t *p, size_t room, const struct wire_arp *h);
int wire_arp_print(const struct wire_arp *h, char *to, size_t room);

/* Options of IPv4 and TCP: kind, length, data; 0 ends them, 1 fills. */
struct wire_opt {
	uint8_t kind;
	uint8_t len_bytes;	/* of data */
	const uint8_t *data;
};
/* The next one from *at on, fillers passed over; moves *at. 1; 0: no more; ERR_DAMAGED: a length that cannot be. */
int wire_opt_next(struct wire_opt *o, const uint8_t *opts, size_t n, size_t *at);

enum { WIRE_OPTIONS_MAX = 40 };		/* of IPv4 and of TCP */

enum { IP4_OPT_RR = 7, IP4_OPT_TS = 68, IP4_OPT_LSRR = 131, IP4_OPT_SSRR = 137, IP4_OPT_ALERT = 148 };

struct wire_ip4hdr {
	uint8_t tos;
	uint8_t ttl;
	uint8_t proto;
	bool rf, df, mf;
	uint16_t frag_off_bytes;	/* multiple of 8 */
	uint16_t total_bytes;		/* 0 (a super-segment's), or at least the header */
	uint16_t id;
	uint16_t checksum;
	uint32_t src, dst;
	uint8_t options_bytes;		/* multiple of 4, 0..40 */
	uint8_t options[WIRE_OPTIONS_MAX];	/* zero behind options_bytes */
};
int wire_ip4hdr_decode(struct wire_ip4hdr *h, const uint8_t *p, size_t n);
size_t wire_ip4hdr_encode(uint8_t *p, size_t room, const struct wire_ip4hdr *h);
int wire_ip4hdr_print(const struct wire_ip4hdr *h, char *to, size_t room);

struct wire_ip6hdr {
	uint8_t tclass;
	uint8_t next;
	uint8_t hop_limit;
	uint32_t flow_label;	/* 20 bits */
	uint16_t payload_bytes;
	uint64_t src[2], dst[2];
};
int wire_ip6hdr_decode(struct wire_ip6hdr *h, const uint8_t *p, size_t n);
size_t wire_ip6hdr_encode(uint8_t *p, size_t room, const struct wire_ip6hdr *h);
int wire_ip6hdr_print(const struct wire_ip6hdr *h, char *to, size_t room);

/* Extension headers that tell their length: hop-by-hop, routing, destination options, AH, mobility, HIP, shim6. */
struct wire_ext {
	uint8_t proto;		/* which one this is: the next header field before it. The caller's */
	uint8_t next;
	uint16_t body_bytes;	/* behind the first two bytes: 8k + 6 (AH: 4k + 6, k >= 1) */
	const uint8_t *body;
};
int wire_ext_decode(struct wire_ext *h, uint8_t proto, const uint8_t *p, size_t n);
size_t wire_ext_encode(uint8_t *p, size_t room, const struct wire_ext *h);
int wire_ext_print(const struct wire_ext *h, char *to, size_t room);
/* Options in a body of hop-by-hop or destination options, as wire_opt_next(); Pad1 and PadN are passed over. */
int wire_ext_opt_next(struct wire_opt *o, const struct wire_ext *h, size_t *at);

struct wire_frag6 {
	uint8_t next;
	bool more;
	uint16_t off_bytes;	/* multiple of 8 */
	uint32_t id;
};
int wire_frag6_decode(struct wire_frag6 *h, const uint8_t *p, size_t n);
size_t wire_frag6_encode(uint8_t *p, size_t room, const struct wire_frag6 *h);
int wire_frag6_print(const struct wire_frag6 *h, char *to, size_t room);

/* ICMP and ICMPv6: the same eight bytes, other types. */
struct wire_icmp {
	uint8_t type, code;
	uint16_t checksum;
	uint32_t rest;		/* id and sequence, MTU, pointer, …: as the type says */
};
int wire_icmp_decode(struct wire_icmp *h, const uint8_t *p, size_t n);
size_t wire_icmp_encode(uint8_t *p, size_t room, const struct wire_icmp *h);
int wire_icmp_print(const struct wire_icmp *h, char *to, size_t room);
int wire_icmp6_print(const struct wire_icmp *h, char *to, size_t room);

struct wire_tcp {
	uint16_t sport, dport;
	uint32_t seq, ack;
	uint8_t reserved;		/* 4 bits, the lowest of them AE (RFC 9768) */
	uint8_t flags;			/* TCP_FIN … TCP_CWR */
	uint16_t win;
	uint16_t checksum;
	uint16_t urgent;
	uint8_t options_bytes;		/* multiple of 4, 0..40 */
	uint8_t options[WIRE_OPTIONS_MAX];	/* zero behind options_bytes */
};
int wire_tcp_decode(struct wire_tcp *h, const uint8_t *p, size_t n);
size_t wire_tcp_encode(uint8_t *p, size_t room, const struct wire_tcp *h);
int wire_tcp_print(const struct wire_tcp *h, char *to, size_t room);

enum { TCP_OPT_MSS = 2, TCP_OPT_WSCALE = 3, TCP_OPT_SACK_OK = 4, TCP_OPT_SACK = 5, TCP_OPT_TS = 8 };

struct wire_tcp_opts {		/* what the options say */
	bool has_mss, has_wscale, has_ts, sack_ok;
	uint8_t wscale;		/* as sent: RFC 7323 2.3 wants more than 14 to be taken as 14 */
	uint8_t sacks;		/* blocks, 0..4 */
	uint16_t mss;
	uint32_t ts_val, ts_echo;
	struct { uint32_t left, right; } sack[4];
};
/* Options nobody here knows, and known ones of a wrong length, are passed over (RFC 9293 3.1). ERR_DAMAGED: the list
 * itself cannot be walked; *o holds what came before. */
int wire_tcp_opts_decode(struct wire_tcp_opts *o, const uint8_t *opts, size_t n);
/* With fillers to a multiple of 4. 0 where there is nothing to say, or no room: 40 bytes do not hold everything. */
size_t wire_tcp_opts_encode(uint8_t *opts, size_t room, const struct wire_tcp_opts *o);

struct wire_udp {
	uint16_t sport, dport;
	uint16_t len_bytes;	/* header and data; 0: a jumbogram (RFC 2675 4) */
	uint16_t checksum;	/* 0: none (IPv4) */
};
int wire_udp_decode(struct wire_udp *h, const uint8_t *p, size_t n);
size_t wire_udp_encode(uint8_t *p, size_t room, const struct wire_udp *h);
int wire_udp_print(const struct wire_udp *h, char *to, size_t room);

struct wire_udplite {		/* RFC 3828 */
	uint16_t sport, dport;
	uint16_t coverage_bytes;	/* 0: everything; else at least 8 */
	uint16_t checksum;
};
int wire_udplite_decode(struct wire_udplite *h, const uint8_t *p, size_t n);
size_t wire_udplite_encode(uint8_t *p, size_t room, const struct wire_udplite *h);
int wire_udplite_print(const struct wire_udplite *h, char *to, size_t room);

struct wire_sctp {		/* common header, RFC 9260 3.1 */
	uint16_t sport, dport;
	uint32_t tag;
	uint32_t checksum;	/* as wire_crc32c() computes it */
};
int wire_sctp_decode(struct wire_sctp *h, const uint8_t *p, size_t n);
size_t wire_sctp_encode(uint8_t *p, size_t room, const struct wire_sctp *h);
int wire_sctp_print(const struct wire_sctp *h, char *to, size_t room);

/* Sums of the pseudo headers, to begin wire_sum() with: RFC 9293 3.1, RFC 8200 8.1. `len_bytes`: transport and data. */
uint16_t wire_pseudo4_sum(uint32_t src, uint32_t dst, uint8_t proto, uint16_t len_bytes);
uint16_t wire_pseudo6_sum(const uint64_t src[2], const uint64_t dst[2], uint8_t proto, uint32_t len_bytes);

#endif
