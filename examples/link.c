/* link.c - sends packets through an emulated link, and prints when each leaves: <narrows/emu.h> from end to end.
 *
 *      link [--real] [LINE...]        LINE, default: pipe 1 config bw 1Mbit/s delay 20ms queue 5
 *
 * A packet of 1250 bytes, 10 ms of that link, comes each 5 ms, twenty of them; so the queue fills up, and some are
 * dropped.
 * On a clock of its own the program is done at once, and prints the same each time. With --real it lives as
 * long as the link does, and tells how much later than its time each packet was let go: the emulator never says early.
 *
 *      cc link.c -lnarrows */
#define _POSIX_C_SOURCE 200809L
#include <narrows/emu.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define PACKETS 20
#define EVERY (5 * NRW_MS)
#define BYTES 1250

static bool real;
static struct timespec began;
static nrw_time moment;			/* of the clock of its own */

static nrw_time now(void)
{
	struct timespec t;

	if (!real)
		return moment;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (nrw_time)((int64_t)(t.tv_sec - began.tv_sec) * 1000000000 + (t.tv_nsec - began.tv_nsec));
}

static void sleep_until(nrw_time at)
{
	while (real && now() < at) {
		nrw_time left = at - now();
		struct timespec t = { .tv_sec = (time_t)(left / NRW_S), .tv_nsec = (long)(left % NRW_S) };

		if (left < NRW_S * 3600)		/* else it went by between two looks */
			nanosleep(&t, NULL);
	}
	if (!real && at > moment)
		moment = at;
}

/* UDP from 10.0.0.1 to 10.0.0.2: what a link needs to know stands in the IP header. */
static void make(unsigned char packet[BYTES], unsigned number)
{
	static const unsigned char header[28] = {
		0x45, 0, BYTES >> 8, BYTES & 255, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
		0x10, 0, 0, 80, (BYTES - 20) >> 8, (BYTES - 20) & 255, 0, 0,
	};

	memset(packet, 0, BYTES);
	memcpy(packet, header, sizeof(header));
	packet[BYTES - 1] = (unsigned char)number;
}

static void dropped(void *ctx, uint64_t number, const char *why)
{
	(void)ctx;
	printf("packet %llu dropped, %s\n", (unsigned long long)number, why);
}

static void let_out(struct nrw_emu *e)
{
	const struct nrw_packet *p;

	while ((p = nrw_emu_take(e, now())) != NULL) {
		nrw_time at = nrw_packet_time(p);

		printf("packet %llu out at %llu us", (unsigned long long)nrw_packet_number(p),
			(unsigned long long)(at / NRW_US));
		if (real)
			printf(", %llu us late", (unsigned long long)((now() - at) / NRW_US));
		putchar('\n');
	}
}

/* Whichever comes first, again and again: the next packet in, or the next one out. */
static int run(struct nrw_emu *e)
{
	unsigned char packet[BYTES];
	unsigned sent = 0;

	while (sent < PACKETS || nrw_emu_next(e) != NRW_NEVER) {
		nrw_time in = sent < PACKETS ? sent * EVERY : NRW_NEVER, out = nrw_emu_next(e);

		sleep_until(in < out ? in : out);
		let_out(e);
		if (in > out || sent == PACKETS)
			continue;
		make(packet, sent++);
		if (nrw_emu_put(e, NRW_EMU_PIPE, 1, packet, sizeof(packet), now()) < 0) {
			fprintf(stderr, "link: there is no pipe 1\n");
			return 2;
		}
	}
	printf("%llu of %d packets left, the last but one in a hundred waited %llu us\n",
		(unsigned long long)nrw_emu_figure(e, NRW_EMU_PIPE, 1, NRW_EMU_OUT_PACKETS, now()), PACKETS,
		(unsigned long long)nrw_emu_figure(e, NRW_EMU_PIPE, 1, NRW_EMU_WAIT_P99, now()) / 1000);
	return 0;
}

int main(int argc, char **argv)
{
	static char *usual[] = { "pipe 1 config bw 1Mbit/s delay 20ms queue 5", NULL };
	struct nrw_emu *e = nrw_emu_new(NRW_EMU_IP, 1);
	int status = 0;
	char **line;

	(void)argc;
	real = argv[1] && strcmp(argv[1], "--real") == 0;
	line = argv + 1 + real;
	if (!e)
		return 1;
	clock_gettime(CLOCK_MONOTONIC, &began);
	nrw_emu_on_drop(e, dropped, NULL);
	for (line = *line ? line : usual; *line && !status; line++) {
		if (nrw_emu_line(e, *line, 0, stdout)) {
			fprintf(stderr, "link: %s\n", nrw_emu_error(e));
			status = 2;
		}
	}
	status = status ? status : run(e);
	return nrw_emu_free(e) ? 1 : status;
}
