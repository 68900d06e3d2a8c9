/* cap/cap_write_ng.c - the three pcapng blocks we write: section, interface, packet (draft-ietf-opsawg-pcapng).
 *
 *      SHB   order magic, version 1.0, length of the section not told        shb_userappl: narrows and its version
 *      IDB   link type, snaplen                                              if_name, if_tsresol 9: ns since 1970
 *      EPB   interface, time, lengths, bytes                                 opt_comment
 *
 * Nothing of the machine, the user or the hour goes in, so that one input and one seed give one file. The caller has
 * made sure of the room: a packet of CAP_PACKET_MAX bytes and a comment of CAP_COMMENT_MAX fit. Called by
 * cap_write.c. */
#include "cap/cap_int.h"

#include <string.h>

#include <narrows/version.h>

enum { OPT_END = 0, OPT_COMMENT = 1, SHB_USERAPPL = 4, IF_NAME = 2, IF_TSRESOL = 9 };

/* Bytes and the zeros behind them up to a multiple of 4. */
static uint8_t *put_padded(uint8_t *to, const void *p, size_t n)
{
	size_t pad = -n & 3;

	if (n)
		memcpy(to, p, n);
	memset(to + n, 0, pad);
	return to + n + pad;
}

static uint8_t *put_option(uint8_t *to, uint32_t code, const void *p, size_t n)
{
	to = cap_put16(to, code);
	to = cap_put16(to, (uint32_t)n);
	return put_padded(to, p, n);
}

static uint8_t *begin(uint8_t *to, uint32_t type)
{
	return cap_put32(to, type) + 4;	/* the size is known at the end */
}

static uint8_t *finish(uint8_t *block, uint8_t *to)
{
	uint32_t size = (uint32_t)(to - block) + 4;

	cap_put32(block + 4, size);
	return cap_put32(to, size);
}

uint8_t *cap_ng_put_section(uint8_t *block)
{
	static const char application[] = "narrows " NRW_VERSION;
	uint8_t *to = begin(block, 0x0a0d0d0a);

	to = cap_put32(to, 0x1a2b3c4d);
	to = cap_put16(to, 1);
	to = cap_put16(to, 0);
	to = cap_put32(to, 0xffffffff);
	to = cap_put32(to, 0xffffffff);
	to = put_option(to, SHB_USERAPPL, application, sizeof(application) - 1);
	to = put_option(to, OPT_END, NULL, 0);
	return finish(block, to);
}

uint8_t *cap_ng_put_iface(uint8_t *block, const struct cap_iface *i)
{
	uint8_t *to = begin(block, 1);
	const uint8_t ns = 9;
	size_t name = strnlen(i->name, sizeof(i->name));

	to = cap_put16(to, i->linktype);
	to = cap_put16(to, 0);
	to = cap_put32(to, i->snap_bytes);
	if (name)
		to = put_option(to, IF_NAME, i->name, name);
	to = put_option(to, IF_TSRESOL, &ns, 1);
	to = put_option(to, OPT_END, NULL, 0);
	return finish(block, to);
}

uint8_t *cap_ng_put_packet(uint8_t *block, uint32_t iface, uint64_t time_ns, const struct pkt *p, const char *comment,
	size_t comment_len)
{
	uint8_t *to = begin(block, 6);

	to = cap_put32(to, iface);
	to = cap_put32(to, (uint32_t)(time_ns >> 32));
	to = cap_put32(to, (uint32_t)time_ns);
	to = cap_put32(to, p->len_bytes);
	to = cap_put32(to, p->wire_bytes);
	to = put_padded(to, p->data, p->len_bytes);
	if (comment) {
		to = put_option(to, OPT_COMMENT, comment, comment_len);
		to = put_option(to, OPT_END, NULL, 0);
	}
	return finish(block, to);
}
