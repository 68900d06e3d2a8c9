/* pkt/pkt_lazy.h - the second line of a packet: what most packets never need. Made by pkt_lazy() when first wanted. */
#ifndef PKT_PKT_LAZY_H
#define PKT_PKT_LAZY_H

#include "pkt/pkt.h"

#define PKT_VLANS_MAX 4
#define PKT_TAGS_MAX 8		/* ipfw's packet tags, 1..65534 */
#define PKT_CALLS_MAX 16	/* rules that called and wait for a return */

enum pkt_gso { PKT_GSO_NONE, PKT_GSO_TCP, PKT_GSO_UDP };

struct pkt_lazy {
	struct pkt_fifo rest;		/* pieces after the first */
	uint32_t rest_count;
	uint64_t rest_len, rest_wire;	/* their bytes */
	uint8_t next_hop[16];		/* address the rules chose; IPv4 in the first 4 bytes */
	uint8_t next_hop_family;	/* 4, 6; 0: none */
	uint8_t vlans;			/* tags, outermost first */
	uint8_t tags;			/* of tag[] */
	uint8_t gso_type;		/* enum pkt_gso */
	uint16_t gso_bytes;		/* payload of each wire packet */
	uint16_t vlan_tpid[PKT_VLANS_MAX], vlan_tci[PKT_VLANS_MAX];
	uint16_t tag[PKT_TAGS_MAX];
	uint8_t calls;			/* of call[] */
	uint16_t call[PKT_CALLS_MAX];	/* numbers of rules, the last caller last */
	uint8_t mac_dst[6], mac_src[6];
	uint32_t cdom;			/* connection domain: tells equal addresses of different worlds apart */
	/* The way back to the rules, out of a pipe: behind the rule that sent it there. */
	bool returns;			/* it goes back; else it is accepted */
	uint8_t returned;		/* how often it did */
	uint16_t rule_number;
	uint32_t rule, rule_generation;	/* its index in the rule set of this generation */
	uint64_t rule_id;
	bool has_own;
	uint64_t own;			/* its own time: what p->at was when it came to its lane */
};

/* The lazy line of `p`, cleared when made here. NULL: no memory. */
struct pkt_lazy *pkt_lazy(struct pkt_pool *pool, struct pkt *p);

#endif
