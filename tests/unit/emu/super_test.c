/* super_test.c - super-segments meet pipes as the packets for which they stand, also where something fails. That they
 * depart as these do is tests/cli/segments_test.py. */
#include "kit.h"

#include "pkt/pkt_lazy.h"
#include "seg/seg.h"
#include "test.h"

#define HEADER 28u
#define DATA 1000u

/* IPv4 and UDP, put as packets with `each` bytes of data. */
static void put_super(struct kit *k, uint32_t pipe, uint16_t each, uint64_t seq)
{
	static const uint8_t header[HEADER] = {
		0x45, 0, (HEADER + DATA) >> 8, (HEADER + DATA) & 255, 0, 9, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1,
		10, 0, 0, 2, 0, 80, 0x10, 0, (8 + DATA) >> 8, (8 + DATA) & 255,
	};
	struct pkt *p = pkt_new(k->pool);
	struct view v;

	assert_int_equal(pkt_room(k->pool, p, HEADER + DATA), 0);
	memset(p->data, 0, HEADER + DATA);
	memcpy(p->data, header, HEADER);
	p->link = LINK_RAW;
	p->acct_bytes = HEADER + DATA;
	p->seq = seq;
	assert_int_equal(seg_mark(k->pool, p, PKT_GSO_UDP, each), 0);
	view_parse(&v, LINK_RAW, p->data, p->len_bytes, p->wire_bytes);
	emu_put(k->emu, EMU_PIPE, pipe, p, &v, 0);
}

TEST(super, each_packet_is_counted_and_numbered)
{
	struct kit *k = kit_new(1);
	struct emu_stats st;

	kit_line(k, 0, "pipe 1 config bw 8Mbit/s overhead 2");	/* a byte is a microsecond */
	put_super(k, 1, 300, 7);
	st = kit_stats(k, 1, 0);
	assert_int_equal(st.packets, 4);
	assert_int_equal(st.bytes, DATA + 4 * (HEADER + 2));
	assert_int_equal(st.backlog_packets, 4);
	for (uint64_t i = 0; i < 3; i++)
		kit_take_is(k, NRW_S, 7 + i, 330 * (i + 1) * NRW_US);
	kit_take_is(k, NRW_S, 10, (3 * 330 + 130) * NRW_US);
	kit_take_none(k, NRW_S);
	kit_free(k);
}

TEST(super, each_packet_to_a_missing_pipe_is_a_drop)
{
	struct kit *k = kit_new(1);

	put_super(k, 9, 300, 0);
	assert_int_equal(k->dropped, 4);
	for (uint64_t i = 0; i < 4; i++) {
		assert_int_equal(k->drops[i].seq, i);
		assert_int_equal(k->drops[i].why, DROP_NO_PIPE);
	}
	kit_free(k);
}

TEST(super, what_cannot_be_taken_apart_is_one_packet)
{
	struct kit *k = kit_new(1);

	kit_line(k, 0, "pipe 1 config");
	put_super(k, 1, 0, 5);
	kit_take_is(k, 0, 5, 0);
	kit_take_none(k, 0);
	assert_int_equal(kit_stats(k, 1, 0).bytes, HEADER + DATA);
	kit_free(k);
}

static void count_drop(void *ctx, struct pkt *p, enum drop why, enum emu_kind kind, uint32_t number)
{
	struct kit *k = ctx;

	k->drops[k->dropped++] = (struct kit_drop){ p->seq, p->at, why, number };
	pkt_free(k->pool, p);
}

TEST(super, without_memory_for_all_of_it_none_enters)
{
	struct kit k = { .pool = pkt_pool_new(4) };

	k.emu = emu_new(&(struct emu_cfg){ .seed = 1, .pool = k.pool, .dropped = count_drop, .ctx = &k });
	assert_non_null(k.emu);
	kit_line(&k, 0, "pipe 1 config");
	put_super(&k, 1, 300, 3);
	assert_int_equal(k.dropped, 1);
	assert_int_equal(k.drops[0].why, DROP_NO_MEMORY);
	assert_int_equal(k.drops[0].seq, 3);
	assert_int_equal(kit_stats(&k, 1, 0).packets, 0);
	kit_take_none(&k, 0);
	emu_free(k.emu);
	pkt_pool_free(k.pool);
}
