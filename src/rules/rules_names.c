/* rules/rules_names.c - names of protocols, services, ICMP types, DS codepoints and ethertypes: a selection of IANA's
 * registries and a few names that everybody uses, kept here so that a rule means the same on every machine, whatever
 * its /etc/services says.
 *
 * Searched from the first to the last, by the parser alone; the first name of a number is the one that prints. A
 * service has one port whatever the protocol: where TCP's and UDP's differ, so do their names here. Any thread. */
#include "rules_int.h"

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

struct name {
	const char *name;
	uint16_t value;
};

static const struct name protos[] = {
	{ "hopopt", 0 }, { "icmp", 1 }, { "igmp", 2 }, { "ggp", 3 }, { "ipencap", 4 }, { "st", 5 }, { "tcp", 6 },
	{ "cbt", 7 }, { "egp", 8 }, { "igp", 9 }, { "pup", 12 }, { "udp", 17 }, { "hmp", 20 }, { "xns-idp", 22 },
	{ "rdp", 27 }, { "iso-tp4", 29 }, { "dccp", 33 }, { "xtp", 36 }, { "ddp", 37 }, { "idpr-cmtp", 38 },
	{ "ipv6-route", 43 }, { "ipv6-frag", 44 }, { "idrp", 45 }, { "rsvp", 46 }, { "gre", 47 }, { "esp", 50 },
	{ "ah", 51 }, { "skip", 57 }, { "ipv6-icmp", 58 }, { "icmp6", 58 }, { "icmpv6", 58 }, { "ipv6-nonxt", 59 },
	{ "ipv6-opts", 60 }, { "vmtp", 81 }, { "eigrp", 88 }, { "ospf", 89 }, { "ax.25", 93 }, { "ipip", 94 },
	{ "etherip", 97 }, { "encap", 98 }, { "pim", 103 }, { "ipcomp", 108 }, { "vrrp", 112 }, { "l2tp", 115 },
	{ "isis", 124 }, { "sctp", 132 }, { "fc", 133 }, { "mobility-header", 135 }, { "udplite", 136 },
	{ "mpls-in-ip", 137 }, { "manet", 138 }, { "hip", 139 }, { "shim6", 140 }, { "wesp", 141 }, { "rohc", 142 },
};

static const struct name icmp_types[] = {
	{ "echo-reply", 0 }, { "echoreply", 0 }, { "unreach", 3 }, { "source-quench", 4 }, { "redirect", 5 },
	{ "echo", 8 }, { "echo-request", 8 }, { "router-advert", 9 }, { "router-solicit", 10 },
	{ "time-exceeded", 11 }, { "timex", 11 }, { "param-problem", 12 }, { "timestamp", 13 },
	{ "timestamp-reply", 14 }, { "info-request", 15 }, { "info-reply", 16 }, { "mask-request", 17 },
	{ "mask-reply", 18 }, { "traceroute", 30 },
};

static const struct name icmp6_types[] = {
	{ "unreach", 1 }, { "too-big", 2 }, { "packet-too-big", 2 }, { "time-exceeded", 3 }, { "timex", 3 },
	{ "param-problem", 4 }, { "echo-request", 128 }, { "echo", 128 }, { "echo-reply", 129 }, { "echoreply", 129 },
	{ "mld-query", 130 }, { "mld-report", 131 }, { "mld-done", 132 }, { "router-solicit", 133 },
	{ "router-advert", 134 }, { "neighbor-solicit", 135 }, { "neighbor-advert", 136 }, { "redirect", 137 },
	{ "router-renumber", 138 }, { "node-query", 139 }, { "node-reply", 140 }, { "mld2-report", 143 },
	{ "mobile-prefix-solicit", 146 }, { "mobile-prefix-advert", 147 }, { "rpl", 155 },
};

/* RFC 2474 (cs), 2597 (af), 3246 (ef). */
static const struct name dscps[] = {
	{ "be", 0 }, { "cs0", 0 }, { "cs1", 8 }, { "af11", 10 }, { "af12", 12 }, { "af13", 14 }, { "cs2", 16 },
	{ "af21", 18 }, { "af22", 20 }, { "af23", 22 }, { "cs3", 24 }, { "af31", 26 }, { "af32", 28 }, { "af33", 30 },
	{ "cs4", 32 }, { "af41", 34 }, { "af42", 36 }, { "af43", 38 }, { "cs5", 40 }, { "ef", 46 }, { "cs6", 48 },
	{ "cs7", 56 },
};

static const struct name ethertypes[] = {
	{ "ip", 0x0800 }, { "ip4", 0x0800 }, { "ipv4", 0x0800 }, { "arp", 0x0806 }, { "wol", 0x0842 },
	{ "trill", 0x22f3 }, { "rarp", 0x8035 }, { "at", 0x809b }, { "atalk", 0x809b }, { "aarp", 0x80f3 },
	{ "vlan", 0x8100 }, { "ipx", 0x8137 }, { "ip6", 0x86dd }, { "ipv6", 0x86dd }, { "pause", 0x8808 },
	{ "slow", 0x8809 }, { "mpls", 0x8847 }, { "mpls-multi", 0x8848 }, { "pppoe_disc", 0x8863 },
	{ "pppoe_sess", 0x8864 }, { "eapol", 0x888e }, { "profinet", 0x8892 }, { "ethercat", 0x88a4 },
	{ "qinq", 0x88a8 }, { "lldp", 0x88cc }, { "macsec", 0x88e5 }, { "ptp", 0x88f7 }, { "loop", 0x9000 },
};

static const struct name services[] = {
	{ "tcpmux", 1 }, { "echo", 7 }, { "discard", 9 }, { "systat", 11 }, { "daytime", 13 }, { "qotd", 17 },
	{ "chargen", 19 }, { "ftp-data", 20 }, { "ftp", 21 }, { "ssh", 22 }, { "telnet", 23 }, { "smtp", 25 },
	{ "time", 37 }, { "nameserver", 42 }, { "whois", 43 }, { "nicname", 43 }, { "tacacs", 49 }, { "domain", 53 },
	{ "bootps", 67 }, { "bootpc", 68 }, { "tftp", 69 }, { "gopher", 70 }, { "finger", 79 }, { "http", 80 },
	{ "www", 80 }, { "kerberos", 88 }, { "iso-tsap", 102 }, { "acr-nema", 104 }, { "pop2", 109 }, { "pop3", 110 },
	{ "sunrpc", 111 }, { "auth", 113 }, { "ident", 113 }, { "nntp", 119 }, { "ntp", 123 }, { "epmap", 135 },
	{ "loc-srv", 135 }, { "netbios-ns", 137 }, { "netbios-dgm", 138 }, { "netbios-ssn", 139 }, { "imap", 143 },
	{ "imap2", 143 }, { "snmp", 161 }, { "snmptrap", 162 }, { "snmp-trap", 162 }, { "cmip-man", 163 },
	{ "cmip-agent", 164 }, { "xdmcp", 177 }, { "bgp", 179 }, { "irc", 194 }, { "smux", 199 }, { "at-rtmp", 201 },
	{ "qmtp", 209 }, { "z3950", 210 }, { "ipx", 213 }, { "imap3", 220 }, { "pawserv", 345 }, { "zserv", 346 },
	{ "rpc2portmap", 369 }, { "codaauth2", 370 }, { "clearcase", 371 }, { "ldap", 389 }, { "svrloc", 427 },
	{ "https", 443 }, { "snpp", 444 }, { "microsoft-ds", 445 }, { "kpasswd", 464 }, { "urd", 465 },
	{ "ssmtp", 465 }, { "smtps", 465 }, { "submissions", 465 }, { "saft", 487 }, { "isakmp", 500 },
	{ "exec", 512 }, { "biff", 512 }, { "login", 513 }, { "who", 513 }, { "shell", 514 }, { "syslog", 514 },
	{ "printer", 515 }, { "talk", 517 }, { "ntalk", 518 }, { "route", 520 }, { "ripng", 521 }, { "timed", 525 },
	{ "tempo", 526 }, { "courier", 530 }, { "netnews", 532 }, { "uucp", 540 }, { "klogin", 543 },
	{ "kshell", 544 }, { "dhcpv6-client", 546 }, { "dhcpv6-server", 547 }, { "afpovertcp", 548 }, { "rtsp", 554 },
	{ "remotefs", 556 }, { "nntps", 563 }, { "submission", 587 }, { "nqs", 607 }, { "asf-rmcp", 623 },
	{ "ipp", 631 }, { "ldaps", 636 }, { "ldp", 646 }, { "tinc", 655 }, { "silc", 706 }, { "kerberos-adm", 749 },
	{ "webster", 765 }, { "domain-s", 853 }, { "rsync", 873 }, { "ftps-data", 989 }, { "ftps", 990 },
	{ "telnets", 992 }, { "imaps", 993 }, { "pop3s", 995 }, { "socks", 1080 }, { "rmiregistry", 1099 },
	{ "openvpn", 1194 }, { "ms-sql-s", 1433 }, { "ms-sql-m", 1434 }, { "ingreslock", 1524 },
	{ "datametrics", 1645 }, { "sa-msg-port", 1646 }, { "kermit", 1649 }, { "groupwise", 1677 }, { "l2f", 1701 },
	{ "l2tp", 1701 }, { "pptp", 1723 }, { "radius", 1812 }, { "radius-acct", 1813 }, { "mqtt", 1883 },
	{ "ssdp", 1900 }, { "cisco-sccp", 2000 }, { "nfs", 2049 }, { "gnunet", 2086 }, { "rtcm-sc104", 2101 },
	{ "gsigatekeeper", 2119 }, { "gris", 2135 }, { "cvspserver", 2401 }, { "venus", 2430 }, { "venus-se", 2431 },
	{ "codasrv", 2432 }, { "codasrv-se", 2433 }, { "mon", 2583 }, { "gsiftp", 2811 }, { "diameter", 3868 },
	{ "iscsi-target", 3260 }, { "mysql", 3306 }, { "nut", 3493 }, { "stun", 3478 }, { "stuns", 5349 },
	{ "ms-wbt-server", 3389 }, { "svn", 3690 }, { "suucp", 4031 }, { "sysrqd", 4094 }, { "epmd", 4369 },
	{ "ipsec-nat-t", 4500 }, { "f5-iquery", 4353 }, { "vxlan", 4789 }, { "iax", 4569 }, { "mtn", 4691 },
	{ "radmin-port", 4899 }, { "sip", 5060 }, { "sip-tls", 5061 }, { "sips", 5061 }, { "xmpp-client", 5222 },
	{ "xmpp-server", 5269 }, { "cfengine", 5308 }, { "mdns", 5353 }, { "llmnr", 5355 }, { "postgresql", 5432 },
	{ "freeciv", 5556 }, { "amqps", 5671 }, { "amqp", 5672 }, { "vnc", 5900 }, { "coap", 5683 },
	{ "coaps", 5684 }, { "x11", 6000 }, { "redis", 6379 }, { "syslog-tls", 6514 }, { "ircs-u", 6697 },
	{ "http-alt", 8080 }, { "webcache", 8080 }, { "secure-mqtt", 8883 }, { "git", 9418 }, { "bacula-dir", 9101 },
	{ "bacula-fd", 9102 }, { "bacula-sd", 9103 }, { "amanda", 10080 }, { "zabbix-agent", 10050 },
	{ "zabbix-trapper", 10051 }, { "memcache", 11211 }, { "puppet", 8140 }, { "wireguard", 51820 },
};

/* Equal, where a backslash before a dash of `w` counts for nothing. */
static bool same(struct word w, const char *name)
{
	size_t i = 0;

	for (; i < w.n && *name; i++) {
		if (w.p[i] == '\\' && i + 1 < w.n && w.p[i + 1] == '-')
			continue;
		if (w.p[i] != *name++)
			return false;
	}
	return i == w.n && !*name;
}

static const struct name *find(const struct name *names, size_t n, struct word w)
{
	if (!w.n || (w.p[0] >= '0' && w.p[0] <= '9'))	/* most words asked are numbers; no name begins with a digit */
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (names[i].name[0] == w.p[0] && same(w, names[i].name))
			return &names[i];
	return NULL;
}

static bool value(const struct name *at, uint64_t *to)
{
	if (at)
		*to = at->value;
	return at != NULL;
}

/* The first of its names; NULL: it has none. */
static const char *text_of(const struct name *names, size_t n, unsigned value)
{
	for (size_t i = 0; i < n; i++)
		if (names[i].value == value)
			return names[i].name;
	return NULL;
}

bool names_proto(struct word w, uint8_t *proto)
{
	const struct name *at = find(protos, LENGTH(protos), w);

	if (at)
		*proto = (uint8_t)at->value;
	return at != NULL;
}

const char *names_proto_text(uint8_t proto)
{
	return text_of(protos, LENGTH(protos), proto);
}

bool names_service(struct word w, uint64_t *port) { return value(find(services, LENGTH(services), w), port); }
bool names_icmp(struct word w, uint64_t *type) { return value(find(icmp_types, LENGTH(icmp_types), w), type); }
bool names_icmp6(struct word w, uint64_t *type) { return value(find(icmp6_types, LENGTH(icmp6_types), w), type); }
bool names_dscp(struct word w, uint64_t *code) { return value(find(dscps, LENGTH(dscps), w), code); }
bool names_ethertype(struct word w, uint64_t *type) { return value(find(ethertypes, LENGTH(ethertypes), w), type); }

const char *names_dscp_text(unsigned code) { return text_of(dscps, LENGTH(dscps), code); }
const char *names_service_text(unsigned port) { return text_of(services, LENGTH(services), port); }
const char *names_ethertype_text(unsigned type) { return text_of(ethertypes, LENGTH(ethertypes), type); }

static const char *name_at(const void *names, size_t i)
{
	return ((const struct name *)names)[i].name;
}

const char *names_service_near(struct word w) { return lex_suggest(w, name_at, services, LENGTH(services)); }
const char *names_proto_near(struct word w) { return lex_suggest(w, name_at, protos, LENGTH(protos)); }
