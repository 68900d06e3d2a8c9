/* wire/arp.c - ARP for IPv4 over Ethernet: RFC 826.
 *
 *      | hardware 2 = 1 | protocol 2 = 0x0800 | 6 | 4 | op 2 | sender MAC 6, IP 4 | target MAC 6, IP 4 |
 *
 * Other hardware and protocols have other lengths; nobody here could answer them, so they are refused as damaged.
 * Any thread, no state. */
#include "wire/decode.h"

#include <string.h>

#include "base/err.h"
#include "wire/text.h"

enum { ARP_BYTES = 28, ARP_REQUEST = 1, ARP_REPLY = 2 };

static const uint8_t ethernet_ip4[6] = { 0, 1, 8, 0, 6, 4 };

int wire_arp_decode(struct wire_arp *h, const uint8_t *p, size_t n)
{
	if (n < ARP_BYTES || memcmp(p, ethernet_ip4, sizeof(ethernet_ip4)))
		return ERR_DAMAGED;
	h->op = wire_get16(p + 6);
	memcpy(h->sender_mac, p + 8, 6);
	h->sender_ip = wire_get32(p + 14);
	memcpy(h->target_mac, p + 18, 6);
	h->target_ip = wire_get32(p + 24);
	return ARP_BYTES;
}

size_t wire_arp_encode(uint8_t *p, size_t room, const struct wire_arp *h)
{
	if (room < ARP_BYTES)
		return 0;
	memcpy(p, ethernet_ip4, sizeof(ethernet_ip4));
	wire_put16(p + 6, h->op);
	memcpy(p + 8, h->sender_mac, 6);
	wire_put32(p + 14, h->sender_ip);
	memcpy(p + 18, h->target_mac, 6);
	wire_put32(p + 24, h->target_ip);
	return ARP_BYTES;
}

int wire_arp_print(const struct wire_arp *h, char *to, size_t room)
{
	struct text t = text_init(to, room);
	char sender[WIRE_IP4_TEXT], target[WIRE_IP4_TEXT], mac[WIRE_MAC_TEXT];

	wire_ip4_print(h->sender_ip, sender);
	wire_ip4_print(h->target_ip, target);
	wire_mac_print(h->sender_mac, mac);
	if (h->op == ARP_REQUEST)
		text_add(&t, "arp who has %s, tell %s at %s", target, sender, mac);
	else if (h->op == ARP_REPLY)
		text_add(&t, "arp %s is at %s", sender, mac);
	else
		text_add(&t, "arp op %u from %s at %s to %s", h->op, sender, mac, target);
	return (int)t.len;
}
