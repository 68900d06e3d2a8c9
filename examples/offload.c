/* offload.c - super-segments through an emulated link: what goes in is what a socket with segmentation offload sends,
 * what comes out are the packets of the wire, each with its time.
 *
 *      offload LINE... < packets         LINE: pipe 1 config bw 10Mbit/s queue 20
 *
 * A line of the input is a packet that comes to pipe 1: its time in ns, how many bytes of data a packet of the wire may
 * have (0: it is one), and its bytes from the IP header on, in hexadecimal. A line of the output is the number of a
 * packet, the time at which it leaves and its bytes, or why it was dropped.
 *
 *      0 1000 45000bb8...        -->        0 820000 45000410...
 *                                           1 1640000 45000410...
 *
 *      cc offload.c -lnarrows */
#include <narrows/emu.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BYTES_MAX 262144

static unsigned char bytes[BYTES_MAX];
static char text[2 * BYTES_MAX + 64];

static void dropped(void *ctx, uint64_t number, const char *why)
{
	(void)ctx;
	printf("%llu dropped, %s\n", (unsigned long long)number, why);
}

static void let_out(struct nrw_emu *e, nrw_time now)
{
	const struct nrw_packet *p;

	while ((p = nrw_emu_take(e, now)) != NULL) {
		const unsigned char *b = nrw_packet_bytes(p);

		printf("%llu %llu ", (unsigned long long)nrw_packet_number(p), (unsigned long long)nrw_packet_time(p));
		for (size_t i = 0; i < nrw_packet_len(p); i++)
			printf("%02x", b[i]);
		putchar('\n');
	}
}

/* Until then; NRW_NEVER: until nothing is left. */
static void run_until(struct nrw_emu *e, nrw_time end)
{
	nrw_time next;

	while ((next = nrw_emu_next(e)) < end)
		let_out(e, next);
}

/* How many bytes were read: two digits each, until something else stands there. */
static size_t read_hex(const char *hex)
{
	static const char digits[] = "0123456789abcdef";
	const char *high, *low;
	size_t n = 0;

	for (; n < BYTES_MAX && hex[0] && hex[1]; hex += 2) {
		high = strchr(digits, tolower((unsigned char)hex[0]));
		low = strchr(digits, tolower((unsigned char)hex[1]));
		if (!high || !low)
			break;
		bytes[n++] = (unsigned char)((high - digits) << 4 | (low - digits));
	}
	return n;
}

static int put_line(struct nrw_emu *e, const char *line)
{
	char *rest;
	nrw_time at = strtoull(line, &rest, 10);
	unsigned segment = (unsigned)strtoul(rest, &rest, 10);
	size_t n = read_hex(rest + strspn(rest, " "));
	int64_t first;

	run_until(e, at);
	let_out(e, at);
	if (segment)
		first = nrw_emu_put_segments(e, NRW_EMU_PIPE, 1, bytes, n, (uint16_t)segment, NULL, at);
	else
		first = nrw_emu_put(e, NRW_EMU_PIPE, 1, bytes, n, at);
	if (first < 0)
		fprintf(stderr, "offload: a packet of %zu bytes is refused: %lld\n", n, (long long)first);
	return first < 0 ? 2 : 0;
}

int main(int argc, char **argv)
{
	struct nrw_emu *e = nrw_emu_new(NRW_EMU_IP, 1);
	int status = 0;

	if (!e)
		return 1;
	nrw_emu_on_drop(e, dropped, NULL);
	for (int i = 1; i < argc && !status; i++) {
		if (nrw_emu_line(e, argv[i], 0, NULL)) {
			fprintf(stderr, "offload: %s\n", nrw_emu_error(e));
			status = 2;
		}
	}
	while (!status && fgets(text, sizeof(text), stdin))
		status = put_line(e, text);
	run_until(e, NRW_NEVER);
	return nrw_emu_free(e) ? 1 : status;
}
