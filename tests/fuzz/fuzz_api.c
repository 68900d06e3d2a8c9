/* fuzz_api - the emulator as a library, driven by hostile callers: lines, packets, times and takes in any order.
 *
 * The bytes are a program: a command, then what it needs. Files are out of reach, since a line with a slash or a dot is
 * left out. What came must be what left, what was dropped and what is held; no packet leaves early. */
#include <narrows/emu.h>

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct bytes {
	const uint8_t *p;
	size_t n;
};

static uint64_t number(struct bytes *b, unsigned bytes)
{
	uint64_t x = 0;

	for (; bytes-- && b->n; b->p++, b->n--)
		x = x << 8 | *b->p;
	return x;
}

static void dropped(void *ctx, uint64_t packet, const char *why)
{
	BUG_ON(!*why || packet == UINT64_MAX);
	++*(uint64_t *)ctx;
}

static void do_line(struct nrw_emu *e, struct bytes *b, nrw_time now)
{
	size_t n = number(b, 1);
	char line[256];

	n = n < b->n ? n : b->n;
	memcpy(line, b->p, n);
	line[n] = '\0';
	b->p += n;
	b->n -= n;
	if (strpbrk(line, "/.") || strstr(line, "file") || strstr(line, "log") || strstr(line, "pcap"))
		return;
	BUG_ON(nrw_emu_line(e, line, now, NULL) && !*nrw_emu_error(e));
}

static void do_put(struct nrw_emu *e, struct bytes *b, nrw_time now)
{
	unsigned how = (unsigned)number(b, 1);
	enum nrw_emu_kind kind = (how & 127) % 3;
	uint32_t to = (uint32_t)number(b, 1);
	size_t n = number(b, 1);

	n = n < b->n ? n : b->n;
	if (how & 128)
		nrw_emu_put_segments(e, kind, to, b->p, n, (uint16_t)how, NULL, now);
	else
		nrw_emu_put(e, kind, to, b->p, n, now);
	b->p += n;
	b->n -= n;
}

static void do_take(struct nrw_emu *e, nrw_time now)
{
	const struct nrw_packet *p;

	for (unsigned i = 0; i < 64 && (p = nrw_emu_take(e, now)) != NULL; i++)
		BUG_ON(nrw_packet_time(p) > now || !nrw_packet_len(p) || !nrw_packet_bytes(p));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct bytes b = { data, n };
	struct nrw_emu *e = nrw_emu_new(number(&b, 1) % 2 ? NRW_EMU_ETHERNET : NRW_EMU_IP, number(&b, 1));
	uint64_t drops = 0;
	nrw_time now = 0;

	if (!e)
		return 0;
	nrw_emu_on_drop(e, dropped, &drops);
	while (b.n) {
		switch (number(&b, 1) % 4) {
		case 0:
			do_line(e, &b, now);
			break;
		case 1:
			do_put(e, &b, now);
			break;
		case 2:
			do_take(e, now);
			break;
		case 3:
			now += number(&b, 4) << (number(&b, 1) % 24);
			break;
		}
	}
	nrw_emu_figure(e, NRW_EMU_PIPE, 1, NRW_EMU_WAIT_P99, now);
	nrw_emu_free(e);
	return 0;
}
