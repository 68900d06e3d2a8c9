/* Matches on the TCP header: match_tcp_num.c, match_tcp_opt.c. Bytes are laid out as RFC 9293 3.1, 7323 and 2018 draw
 * them. */
#include "kit.h"
#include "test.h"

#define YES(body) assert_true(kit_matches(body, &p))
#define NO(body) assert_false(kit_matches(body, &p))

/* TCP with `n` bytes of options (a multiple of 4) and `data` bytes of data. */
static struct kit_packet segment(const uint8_t *opts, size_t n, uint32_t data)
{
	struct kit_packet p = kit_tcp(TCP_SYN);

	if (n)
		memcpy(p.bytes + 40, opts, n);
	p.bytes[32] = (uint8_t)((5 + n / 4) << 4);
	p.n = (uint32_t)(40 + n + data);
	wire_put16(p.bytes + 2, (uint16_t)p.n);
	return p;
}

TEST(match_tcp, numbers_are_compared_as_they_stand)
{
	struct kit_packet p = kit_tcp(TCP_ACK);

	wire_put32(p.bytes + 24, 0xfffffffe);
	wire_put32(p.bytes + 28, 0x80000000);
	wire_put16(p.bytes + 34, 0xff00);
	YES("tcpseq 4294967294");
	NO("tcpseq 4294967293");
	YES("tcpack 0x80000000");
	NO("tcpack 0");
	YES("tcpwin 65280");
	NO("tcpwin 0-65279,65281-65535");
	p.bytes[33] = 0;
	YES("tcpack 2147483648");	/* whatever the flags */
}

TEST(match_tcp, data_is_what_the_headers_leave_of_l)
{
	struct kit_packet p = segment(NULL, 0, 0);

	YES("tcpdatalen 0");
	p = segment((const uint8_t[]){ 1, 1, 1, 1 }, 4, 7);
	YES("tcpdatalen 7");
	NO("tcpdatalen 0-6,8-65535");
	p.n += 6;	/* padding of the link, behind L */
	YES("tcpdatalen 7");
	p.wire_bytes = p.n;
	p.n = 40;	/* data and options not captured */
	YES("tcpdatalen 7");
	NO("tcpoptions !mss");
	p = kit_tcp6(TCP_ACK);
	YES("tcpdatalen 0");
	wire_put16(p.bytes + 4, 25);
	p.n = 65;
	YES("tcpdatalen 5");
}

TEST(match_tcp, a_header_length_that_cannot_be_is_false)
{
	struct kit_packet p = segment(NULL, 0, 8);

	p.bytes[32] = 0x40;
	NO("tcpdatalen 0-65535");
	NO("tcpoptions !mss");
	NO("tcpmss 0-65535");
	YES("not tcpoptions mss");
	p.bytes[32] = 0xf0;
	NO("tcpdatalen 0-65535");
	NO("tcpoptions !mss");
	YES("tcpwin 0");
}

TEST(match_tcp, options_are_found_by_kind)
{
	static const uint8_t syn[] = { 2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7 };
	struct kit_packet p = segment(syn, sizeof(syn), 0);

	YES("tcpoptions mss,sack,ts,window");
	YES("tcpoptions maxseg,timestamp");
	NO("tcpoptions !mss");
	NO("tcpoptions cc");
	YES("tcpoptions !cc");
	p = segment((const uint8_t[]){ 1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 2 }, 12, 0);
	YES("tcpoptions sack,!mss,!ts,!window");
	p = segment((const uint8_t[]){ 11, 6, 0, 0, 0, 1, 1, 1 }, 8, 0);	/* RFC 1644 3.1: CC */
	NO("tcpoptions cc");
	p = segment((const uint8_t[]){ 0, 2, 4, 1 }, 4, 0);	/* behind the end */
	YES("tcpoptions !mss");
	p = segment((const uint8_t[]){ 3, 3, 7, 2, 200, 8, 10, 0 }, 8, 0);	/* a length past the list */
	YES("tcpoptions window,!ts");
	p = segment(NULL, 0, 0);
	YES("tcpoptions !mss,!window,!sack,!ts,!cc");
	NO("tcpoptions mss");
}

TEST(match_tcp, mss_is_the_option_s_value)
{
	struct kit_packet p = segment((const uint8_t[]){ 1, 1, 1, 1, 2, 4, 5, 0xb4 }, 8, 0);

	YES("tcpmss 1460");
	YES("tcpmss 1,1400-1500");
	NO("tcpmss 0-1459,1461-65535");
	p = segment((const uint8_t[]){ 2, 3, 5, 1 }, 4, 0);	/* not its length */
	NO("tcpmss 0-65535");
	YES("tcpoptions mss");
	p = segment(NULL, 0, 0);
	NO("tcpmss 0-65535");
	YES("not tcpmss 0-65535");
}

/* Later fragments, other protocols, headers cut: false, and true under not. */
TEST(match_tcp, what_is_not_there_is_false_and_its_not_true)
{
	static const char *const words[] = { "tcpseq 0", "tcpack 0", "tcpwin 0-65535", "tcpdatalen 0-65535",
		"tcpoptions !mss", "tcpmss 0-65535" };
	struct kit_packet later = segment((const uint8_t[]){ 2, 4, 5, 0xb4 }, 4, 0), cut = later, udp = kit_udp(1, 2);
	char negated[64];

	kit_frag(&later, 0x2003);
	cut.wire_bytes = cut.n;
	cut.n = 39;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		snprintf(negated, sizeof(negated), "not %s", words[i]);
		assert_false(kit_matches(words[i], &later));
		assert_true(kit_matches(negated, &later));
		assert_false(kit_matches(words[i], &cut));
		assert_true(kit_matches(negated, &cut));
		assert_false(kit_matches(words[i], &udp));
		assert_true(kit_matches(negated, &udp));
	}
}
