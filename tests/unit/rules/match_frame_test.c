/* Matches on the frame and on what the environment knows: match_mac.c, match_mac_type.c, match_vlan.c, match_iface.c,
 * match_me.c. Frames are laid out as IEEE 802.3 and 802.1Q draw them. */
#include "kit.h"
#include "test.h"

#define YES(body) assert_true(kit_matches(body, &p))
#define NO(body) assert_false(kit_matches(body, &p))

/* 02:00:5e:00:53:01 > ff:ff:ff:ff:ff:ff, the tags given as TPID << 16 | TCI, then `type`. */
static struct kit_packet frame(const uint32_t *tags, unsigned n, uint16_t type)
{
	struct kit_packet ip = kit_udp(1, 2), p = { .link = LINK_ETHERNET, .meta = { .layer2 = 1 } };

	memset(p.bytes, 0xff, 6);
	memcpy(p.bytes + 6, "\x02\0\x5e\0\x53\1", 6);
	for (unsigned i = 0; i < n; i++)
		wire_put32(p.bytes + 12 + 4 * i, tags[i]);
	wire_put16(p.bytes + 12 + 4 * n, type);
	memcpy(p.bytes + 14 + 4 * n, ip.bytes, ip.n);
	p.n = p.meta.len_bytes = 14 + 4 * n + ip.n;
	return p;
}

TEST(match_frame, mac_addresses_are_destination_first)
{
	struct kit_packet p = frame(NULL, 0, 0x0800);

	YES("MAC any any");
	YES("MAC ff:ff:ff:ff:ff:ff 2:0:5e:0:53:1");
	NO("MAC 2:0:5e:0:53:1 ff:ff:ff:ff:ff:ff");
	YES("MAC any 02:00:5e:00:00:00/32");
	NO("MAC any 02:00:5e:00:00:00/40");
	YES("MAC any 02:00:5e:00:53:00/47");
	NO("MAC any 02:00:5e:00:53:00/48");
	YES("MAC any 9:9:5e:9:9:1&0:0:ff:0:0:ff");
	NO("MAC any 9:9:5f:9:9:1&0:0:ff:0:0:ff");
	YES("MAC 9:9:9:9:9:9/0 any");
	YES("src-mac 1:1:1:1:1:1,02:00:5e:00:53:01");
	NO("src-mac 1:1:1:1:1:1,02:00:5e:00:53:02");
	YES("dst-mac 01:00:00:00:00:00&1:0:0:0:0:0");	/* the group bit */
	NO("src-mac 01:00:00:00:00:00&1:0:0:0:0:0");
	YES("src-mac any dst-mac 2:2:2:2:2:2,any");
	YES("layer2");
	YES("bridged");
}

TEST(match_frame, without_the_link_header_nothing_of_it_is_asked)
{
	static const char *const words[] = { "MAC any any", "src-mac any", "dst-mac any", "mac-type 0-0xffff",
		"layer2" };
	struct kit_packet at_layer3 = frame(NULL, 0, 0x0800), raw = kit_udp(1, 2);
	char negated[64];

	at_layer3.meta.layer2 = 0;
	raw.meta.layer2 = 1;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		snprintf(negated, sizeof(negated), "not %s", words[i]);
		assert_false(kit_matches(words[i], &at_layer3));
		assert_true(kit_matches(negated, &at_layer3));
		assert_int_equal(kit_matches(words[i], &raw), i == 4);
	}
}

TEST(match_frame, ethertypes_of_tags_and_of_what_they_carry)
{
	struct kit_packet p = frame(NULL, 0, 0x0800);

	YES("mac-type ip");
	YES("mac-type 0x0700-0x0900");
	NO("mac-type 0-0x07ff,0x0801-0xffff");
	p = frame(NULL, 0, 0x0806);
	YES("mac-type arp");
	p = frame((const uint32_t[]){ 0x88a80005, 0x81000007 }, 2, 0x86dd);
	YES("mac-type 0x88a8");
	YES("mac-type vlan");
	YES("mac-type ipv6");
	NO("mac-type ip,arp");
	p = frame(NULL, 0, 0);	/* 802.3: a length */
	YES("mac-type 0");
	p = frame((const uint32_t[]){ 0x81000001 }, 1, 0x0800);
	p.wire_bytes = p.n;
	p.n = 16;	/* cut in the tag */
	NO("mac-type 0");
	NO("mac-type ip");
}

TEST(match_frame, vlan_tags_outermost_first)
{
	struct kit_packet p = frame((const uint32_t[]){ 0x88a8b064, 0x81000007 }, 2, 0x0800);	/* 100, pcp 5, dei; 7 */

	YES("vlan 100");
	YES("vlan 100.7");
	YES("vlan 1,90-110.7");
	YES("vlan 100.1-7");
	NO("vlan 7");
	NO("vlan 7.100");
	NO("vlan 100.8");
	NO("vlan 100.7.0");
	YES("vlan-pcp 5");
	NO("vlan-pcp 0-4,6,7");
	p.meta.layer2 = 0;	/* known there too */
	YES("vlan 100.7");
	p = frame((const uint32_t[]){ 0x81000001, 0x81000002, 0x81000003, 0x8100ffff }, 4, 0x0800);
	YES("vlan 1.2.3.4095");
	NO("vlan 1.2.3.4094");
	p = frame((const uint32_t[]){ 0x81000000 }, 1, 0x0800);
	YES("vlan 0");
	YES("vlan-pcp 0");
	p = frame(NULL, 0, 0x0800);
	NO("vlan 0-4095");
	NO("vlan-pcp 0-7");
	YES("not vlan 0-4095");
}

static const char *name_of(void *ctx, uint16_t iface)
{
	static const char *const names[] = { "eth0", "eth10", "vlan7" };

	assert_string_equal(ctx, "ctx");
	return iface <= 3 ? names[iface - 1] : NULL;
}

static bool me4(void *ctx, uint32_t addr) { return addr == 0x0a000001; }
static bool me6(void *ctx, const uint64_t addr[2]) { return addr[0] == UINT64_C(0x20010db800000000) && addr[1] == 2; }

static char ctx[] = "ctx";
static const struct rules_env env = { .ctx = ctx, .iface_name = name_of, .is_me4 = me4, .is_me6 = me6 };

/* What comes in came by eth0; what goes out came by eth10 and leaves by vlan7. */
TEST(match_frame, interfaces_by_the_way_a_packet_goes)
{
	struct kit_packet p = kit_tcp(0);

	kit_env = &env;
	p.meta.iface_in = 1;
	YES("recv eth0");
	YES("via eth0");
	NO("recv eth");
	NO("recv eth10");
	NO("recv eth00");
	NO("xmit eth0");
	NO("xmit any");
	p.meta.iface_out = 3;	/* known already, as on a bridge: still not on its way out */
	NO("xmit vlan7");
	NO("via vlan7");
	p.meta.dir = META_OUT;
	p.meta.iface_in = 2;
	YES("recv eth10");
	YES("xmit vlan7");
	YES("via vlan7");
	NO("via eth10");
	YES("xmit any");
	kit_env = NULL;
}

TEST(match_frame, a_star_is_any_rest)
{
	struct kit_packet p = kit_tcp(0);

	kit_env = &env;
	p.meta.iface_in = 2;
	YES("recv eth*");
	YES("recv eth1*");
	YES("recv eth10*");
	YES("recv *");
	NO("recv eth0*");
	NO("recv eth100*");
	NO("recv vlan*");
	kit_env = NULL;
}

TEST(match_frame, any_is_to_have_one_where_it_stands)
{
	struct kit_packet p = kit_tcp(0);

	YES("recv any");	/* asks nothing */
	YES("not recv any");
	NO("{ recv any or out }");
	p.meta.iface_in = 9;	/* of no name */
	NO("not recv any");
	YES("{ recv any or out }");
	NO("{ xmit any or out }");
	NO("recv *");
	kit_env = &env;
	NO("recv *");
	kit_env = NULL;
}

TEST(match_frame, without_an_environment_nothing_has_a_name)
{
	struct kit_packet p = kit_tcp(0);

	p.meta.iface_in = 1;
	NO("recv eth0");
	NO("recv e*");
	YES("not recv eth0");
	NO("ip from me to any");
	NO("ip from any to me6");
	YES("ip from not me to any");
}

TEST(match_frame, me_is_an_address_of_the_environment)
{
	struct kit_packet p = kit_tcp(0);

	kit_env = &env;
	YES("ip from me to any");
	NO("ip from any to me");
	NO("ip from me6 to any");
	YES("src-ip me");
	NO("src-ip6 me");
	YES("ip from { 1.2.3.4 or me } to not me");
	p = kit_tcp6(0);
	NO("ip from me to any");
	YES("ip from any to me");
	YES("ip from any to me6");
	YES("dst-ip me dst-ip6 me6");
	p = kit_ip4(0);
	p.link = LINK_ETHERNET;
	memset(p.bytes, 0, sizeof(p.bytes));
	NO("ip from me to any");
	YES("ip from not me to any");
	kit_env = NULL;
}
