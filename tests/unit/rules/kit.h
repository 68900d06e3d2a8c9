/* tests/unit/rules/kit.h - rules from text, packets from a few words, and the question whether one matches the
 * other. */
#ifndef RULES_KIT_H
#define RULES_KIT_H

#include "rules/rules.h"
#include "wire/view.h"

/* A set made of lines parted by newlines; every line must parse. `from` may be NULL. */
struct rules_set *kit_set(const struct rules_set *from, const char *lines);
/* One command, which must parse. */
struct rules_cmd *kit_cmd(const char *line);
/* Parses a line that may be wrong: errors and warnings are left in `es` (errs_fini() it). */
struct rules_cmd *kit_try(const char *line, struct errs *es);

struct kit_packet {		/* bare IP, real bytes; judged through view_parse() */
	uint8_t bytes[128];
	uint32_t n;
	uint32_t wire_bytes;	/* of a record the snapshot length cut to n; 0: n */
	struct meta meta;
	enum wire_link link;
};

/* Templates to be changed by tests: 10.0.0.1:4000 > 192.0.2.1:80 and 2001:db8::1, 2001:db8::2; ttl 64; incoming. */
struct kit_packet kit_tcp(uint8_t flags);
struct kit_packet kit_udp(uint16_t sport, uint16_t dport);
struct kit_packet kit_ip4(uint8_t proto);	/* 8 bytes of zero behind the header */
struct kit_packet kit_ip6(uint8_t proto);
struct kit_packet kit_icmp(uint8_t type);
struct kit_packet kit_tcp6(uint8_t flags);
void kit_frag(struct kit_packet *p, uint16_t field);	/* IPv4: flags and offset, as in the header */
void kit_src4(struct kit_packet *p, uint32_t addr);

/* What the environment answers while kit_judge() asks; NULL: nothing is known. The test sets it back. */
extern const struct rules_env *kit_env;
extern struct rules_cache *kit_cache;	/* that kit_judge() has; NULL: none. Likewise */

/* Does "add allow BODY" match the packet? */
bool kit_matches(const char *body, const struct kit_packet *p);
/* Index of the deciding rule; counters of rules_count() rules are added to. */
struct rules_answer kit_judge(const struct rules_set *s, const struct kit_packet *p, struct rules_counter *counters);

#endif
