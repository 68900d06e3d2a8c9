/* wire/link.c - the link types we look into: numbers of capture files, names as libpcap has them.
 *
 * One table. Capture files number link types as the LINKTYPE_ registry of tcpdump.org does; three numbers mean raw IP,
 * since old files carry the DLT_ numbers of the system that wrote them (12 most, 14 OpenBSD). What is not in the table
 * is LINK_UNKNOWN: readers skip such records with a count. Any thread; no state. */
#include "wire/wire.h"

static const struct link_row {
	uint16_t linktype;
	uint8_t link;
	char name[12];
} rows[] = {
	{ 1, LINK_ETHERNET, "EN10MB" },
	{ 101, LINK_RAW, "RAW" },
	{ 12, LINK_RAW, "RAW" },
	{ 14, LINK_RAW, "RAW" },
	{ 228, LINK_IPV4, "IPV4" },
	{ 229, LINK_IPV6, "IPV6" },
	{ 113, LINK_SLL, "LINUX_SLL" },
	{ 276, LINK_SLL2, "LINUX_SLL2" },
	{ 0, LINK_NULL, "NULL" },
	{ 108, LINK_LOOP, "LOOP" },
	{ 9, LINK_PPP, "PPP" },
	{ 50, LINK_PPP_HDLC, "PPP_SERIAL" },
	{ 51, LINK_PPP_ETHER, "PPP_ETHER" },
	{ 104, LINK_C_HDLC, "C_HDLC" },
	{ 239, LINK_NFLOG, "NFLOG" },
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

enum wire_link wire_link_of(unsigned linktype)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].linktype == linktype)
			return rows[i].link;
	return LINK_UNKNOWN;
}

const char *wire_link_name(enum wire_link link)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].link == link)
			return rows[i].name;
	return "unknown";
}
