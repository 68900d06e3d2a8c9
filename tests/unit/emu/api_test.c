/* api_test.c - <narrows/emu.h> as its comments promise it: ownership, times that go back, errors, figures. */
#include <narrows/emu.h>

#include <stdio.h>
#include <stdlib.h>

#include "test.h"

static unsigned drops;
static uint64_t last_drop;
static char last_why[32];

static void dropped(void *ctx, uint64_t number, const char *why)
{
	(void)ctx;
	drops++;
	last_drop = number;
	snprintf(last_why, sizeof(last_why), "%s", why);
}

/* IPv4 with a length of its own, which is what counts. */
static void make(unsigned char packet[100], unsigned total)
{
	static const unsigned char header[20] = { 0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2 };

	memset(packet, 0, 100);
	memcpy(packet, header, sizeof(header));
	packet[2] = (unsigned char)(total >> 8);
	packet[3] = (unsigned char)total;
}

static struct nrw_emu *emu_with(const char *line)
{
	struct nrw_emu *e = nrw_emu_new(NRW_EMU_IP, 1);

	assert_non_null(e);
	assert_int_equal(nrw_emu_line(e, line, 0, NULL), 0);
	nrw_emu_on_drop(e, dropped, NULL);
	drops = 0;
	return e;
}

TEST(api, what_counts_is_the_length_that_the_header_says)
{
	struct nrw_emu *e = emu_with("pipe 1 config bw 8Mbit/s");	/* a byte is a microsecond */
	unsigned char packet[100];
	const struct nrw_packet *p;

	make(packet, 1000);
	assert_int_equal(nrw_emu_put(e, NRW_EMU_PIPE, 1, packet, sizeof(packet), 0), 0);
	memset(packet, 0xff, sizeof(packet));		/* it was copied; and this is not IP */
	assert_int_equal(nrw_emu_put(e, NRW_EMU_PIPE, 1, packet, 50, 0), 1);
	assert_null(nrw_emu_take(e, 1000 * NRW_US - 1));
	assert_int_equal(nrw_emu_next(e), 1000 * NRW_US);
	p = nrw_emu_take(e, 5 * NRW_MS);
	assert_non_null(p);
	assert_int_equal(nrw_packet_number(p), 0);
	assert_int_equal(nrw_packet_time(p), 1000 * NRW_US);
	assert_int_equal(nrw_packet_len(p), 100);
	assert_int_equal(((const unsigned char *)nrw_packet_bytes(p))[0], 0x45);
	p = nrw_emu_take(e, 5 * NRW_MS);
	assert_int_equal(nrw_packet_number(p), 1);
	assert_int_equal(nrw_packet_time(p), 1050 * NRW_US);
	assert_null(nrw_emu_take(e, 5 * NRW_MS));
	assert_int_equal(nrw_emu_next(e), NRW_NEVER);
	assert_int_equal(nrw_emu_figure(e, NRW_EMU_PIPE, 1, NRW_EMU_OUT_BYTES, 0), 1050);
	assert_int_equal(nrw_emu_figure(e, NRW_EMU_PIPE, 1, NRW_EMU_WAIT_MAX, 0), 1050 * NRW_US);
	assert_int_equal(nrw_emu_free(e), 0);
}

TEST(api, ethernet_counts_frames)
{
	struct nrw_emu *e = nrw_emu_new(NRW_EMU_ETHERNET, 1);
	unsigned char frame[114] = { 0 };

	frame[12] = 8;
	make(frame + 14, 1000 - 14);
	assert_int_equal(nrw_emu_line(e, "pipe 1 config bw 8Mbit/s", 0, NULL), 0);
	assert_int_equal(nrw_emu_put(e, NRW_EMU_PIPE, 1, frame, 100, 0), 0);
	assert_int_equal(nrw_emu_next(e), 100 * NRW_US);
	assert_int_equal(nrw_emu_free(e), 0);		/* with a packet inside */
}

TEST(api, a_time_that_goes_back_is_the_latest_one)
{
	struct nrw_emu *e = emu_with("pipe 1 config delay 1ms");
	unsigned char packet[100];

	make(packet, 100);
	assert_int_equal(nrw_emu_put(e, NRW_EMU_PIPE, 1, packet, 100, 5 * NRW_MS), 0);
	assert_int_equal(nrw_emu_put(e, NRW_EMU_PIPE, 1, packet, 100, 2 * NRW_MS), 1);
	assert_int_equal(nrw_packet_time(nrw_emu_take(e, 6 * NRW_MS)), 6 * NRW_MS);
	assert_int_equal(nrw_packet_time(nrw_emu_take(e, 0)), 6 * NRW_MS);
	assert_int_equal(nrw_emu_free(e), 0);
}

TEST(api, what_ends_inside_is_told_with_its_number_and_reason)
{
	struct nrw_emu *e = emu_with("pipe 1 config bw 8Kbit/s queue 2");
	unsigned char packet[100];

	make(packet, 100);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(nrw_emu_put(e, NRW_EMU_PIPE, 1, packet, 100, 0), i);
	assert_int_equal(drops, 1);
	assert_int_equal(last_drop, 2);
	assert_string_equal(last_why, "queue-full");
	assert_int_equal(nrw_emu_line(e, "pipe delete 1", 1, NULL), 0);
	assert_int_equal(drops, 3);
	assert_int_equal(nrw_emu_free(e), 0);
}

TEST(api, a_duplicate_bears_the_number_of_its_original)
{
	struct nrw_emu *e = emu_with("pipe 1 config duplicate 1");
	unsigned char packet[100];

	make(packet, 100);
	assert_int_equal(nrw_emu_put(e, NRW_EMU_PIPE, 1, packet, 100, 0), 0);
	assert_int_equal(nrw_packet_number(nrw_emu_take(e, 0)), 0);
	assert_int_equal(nrw_packet_number(nrw_emu_take(e, 0)), 0);
	assert_null(nrw_emu_take(e, 0));
	assert_int_equal(nrw_emu_put(e, NRW_EMU_PIPE, 1, packet, 100, 0), 1);
	assert_int_equal(nrw_emu_free(e), 0);
}

TEST(api, what_cannot_be_put_is_not_taken_over)
{
	struct nrw_emu *e = emu_with("pipe 1 config");
	unsigned char *much = calloc(1, 65536);

	assert_int_equal(nrw_emu_put(e, NRW_EMU_PIPE, 1, much, 0, 0), NRW_ERANGE);
	assert_int_equal(nrw_emu_put(e, NRW_EMU_PIPE, 1, much, 65536, 0), NRW_ERANGE);
	assert_int_equal(nrw_emu_put(e, NRW_EMU_PIPE, 2, much, 100, 0), NRW_EUNKNOWN);
	assert_int_equal(nrw_emu_put(e, NRW_EMU_QUEUE, 1, much, 100, 0), NRW_EUNKNOWN);
	assert_int_equal(nrw_emu_put(e, NRW_EMU_PIPE, 1, much, 65535, 0), 0);
	assert_int_equal(nrw_emu_figure(e, NRW_EMU_SCHED, 7, NRW_EMU_PACKETS, 0), 0);
	assert_int_equal(nrw_emu_free(e), 0);
	free(much);
	assert_int_equal(nrw_emu_free(NULL), 0);
}

TEST(api, an_error_has_a_code_and_a_text_with_its_place)
{
	struct nrw_emu *e = emu_with("pipe 1 config");
	char line[3000];

	assert_int_equal(nrw_emu_line(e, "pipe 1 config bw 1.5bit/s", 0, NULL), NRW_ERANGE);
	assert_non_null(strstr(nrw_emu_error(e), "\npipe 1 config bw 1.5bit/s\n                 ^"));
	assert_int_equal(nrw_emu_line(e, "", 0, NULL), NRW_ESYNTAX);
	assert_int_equal(nrw_emu_line(e, "add allow ip from any to any", 0, NULL), NRW_EUNKNOWN);
	assert_int_equal(nrw_emu_line(e, "pipe delete 9", 0, NULL), NRW_EUNKNOWN);
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	assert_true(nrw_emu_line(e, line, 0, NULL) < 0);
	memcpy(line, "pipe 1 config ", 14);
	assert_true(nrw_emu_line(e, line, 0, NULL) < 0);
	assert_int_equal(nrw_emu_free(e), 0);
}
