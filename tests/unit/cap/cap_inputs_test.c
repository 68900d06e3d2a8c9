/* tests/unit/cap/cap_inputs_test.c - laws of several inputs as one: order, interfaces, ends. */
#include "cap_digest.h"

#define INPUTS 9
#define EACH 200

/* An input of EACH packets: the first bytes of each tell the input and the packet's place. */
static struct bytes files[INPUTS];
static char paths[INPUTS][40];
static const char *names[INPUTS];
static uint64_t times[INPUTS][EACH];

/* Times from a small set, so that many are equal; those of the last input go back here and there. */
static void build(unsigned seed)
{
	uint32_t x = seed * 2654435761u + 1;

	for (unsigned i = 0; i < INPUTS; i++) {
		struct bytes *b = &files[i];
		uint64_t now = 0;

		b->n = 0;
		b->big = i % 2;
		pcap_header(b, 0xa1b23c4d, i % 3 ? 1 : 101);
		for (uint32_t k = 0; k < EACH; k++) {
			x = x * 1664525 + 1013904223;
			now += x >> 30;
			times[i][k] = i == INPUTS - 1 && x % 7 == 0 ? now / 2 : now;
			put32(b, 0);
			put32(b, times[i][k]);
			put32(b, 8);
			put32(b, 8 + i);
			b->big = false;
			put32(b, i);
			put32(b, k);
			b->big = i % 2;
		}
		temporary(paths[i]);
		append(paths[i], b->p, b->n);
		names[i] = paths[i];
	}
}

static void forget(void)
{
	for (unsigned i = 0; i < INPUTS; i++)
		unlink(paths[i]);
}

/* Which input comes next, by the definition: the least (time of its head, place). */
static unsigned next_of(const unsigned at[INPUTS], unsigned count)
{
	unsigned best = INPUTS;

	for (unsigned i = 0; i < count; i++)
		if (at[i] < EACH && (best == INPUTS || times[i][at[i]] < times[best][at[best]]))
			best = i;
	return best;
}

/* All packets of `in` come as the definition says; returns how many did. */
static unsigned follow_definition(struct cap_inputs *in, unsigned count)
{
	static struct pkt store[CAP_BURST];
	unsigned at[INPUTS] = { 0 }, all = 0, n;
	struct pkt *to[CAP_BURST];

	for (unsigned i = 0; i < CAP_BURST; i++)
		to[i] = &store[i];
	while ((n = cap_inputs_read(in, to, CAP_BURST)) > 0)
		for (unsigned k = 0; k < n; k++, all++) {
			unsigned i = next_of(at, count);
			const struct pkt *p = &store[k];

			assert_true(i < INPUTS);
			assert_true(p->at == times[i][at[i]] && p->len_bytes == 8 && p->wire_bytes == 8 + i);
			assert_int_equal(p->data[0], i);
			assert_int_equal(p->data[4], at[i]);
			assert_int_equal(cap_inputs_iface(in, p->iface)->linktype, i % 3 ? 1 : 101);
			assert_int_equal(p->iface, i);		/* one each, known when they were opened */
			at[i]++;
		}
	return all;
}

TEST(inputs, the_least_head_goes_next_and_at_one_time_the_first_named)
{
	for (unsigned seed = 1; seed < 20; seed++) {
		build(seed);
		for (unsigned count = 1; count <= INPUTS; count++) {
			struct cap_inputs *in;
			struct err e = { 0 };

			assert_int_equal(cap_inputs_open(&in, names, count, false, &e), 0);
			assert_int_equal(cap_inputs_ifaces(in), count);
			assert_int_equal(follow_definition(in, count), count * EACH);
			assert_int_equal(cap_inputs_end(in), CAP_WHOLE);
			assert_int_equal(cap_inputs_rewind(in), 0);
			assert_int_equal(cap_inputs_end(in), CAP_MORE);
			assert_int_equal(follow_definition(in, count), count * EACH);
			assert_int_equal(cap_inputs_ifaces(in), count);
			cap_inputs_close(in);
		}
		forget();
	}
}

TEST(inputs, it_may_be_rewound_in_the_middle)
{
	struct pkt store = { 0 }, *p = &store;
	struct cap_inputs *in;

	build(3);
	assert_int_equal(cap_inputs_open(&in, names, 4, false, NULL), 0);
	for (unsigned i = 0; i < 333; i++)
		assert_int_equal(cap_inputs_read(in, &p, 1), 1);
	assert_int_equal(cap_inputs_rewind(in), 0);
	assert_int_equal(follow_definition(in, 4), 4 * EACH);
	cap_inputs_close(in);
	forget();
}

TEST(inputs, a_damaged_one_ends_alone_and_is_the_worst_of_all)
{
	static struct pkt store[CAP_BURST];
	struct pkt *to[CAP_BURST];
	unsigned all = 0, n;
	struct cap_inputs *in;

	for (unsigned i = 0; i < CAP_BURST; i++)
		to[i] = &store[i];
	build(5);
	assert_int_equal(truncate(paths[1], (off_t)files[1].n - 3), 0);
	assert_int_equal(truncate(paths[2], 24), 0);		/* no packet at all */
	assert_int_equal(cap_inputs_open(&in, names, 3, false, NULL), 0);
	while ((n = cap_inputs_read(in, to, CAP_BURST)) > 0) {
		all += n;
		assert_int_equal(cap_inputs_end(in), CAP_MORE);
	}
	assert_int_equal(all, 2 * EACH - 1);
	assert_int_equal(cap_inputs_end(in), CAP_TRUNCATED);
	assert_int_equal(cap_end(cap_inputs_at(in, 0)), CAP_WHOLE);
	assert_int_equal(cap_end(cap_inputs_at(in, 1)), CAP_TRUNCATED);
	assert_int_equal(cap_end(cap_inputs_at(in, 2)), CAP_WHOLE);
	cap_inputs_close(in);
	forget();
}

TEST(inputs, interfaces_that_appear_late_get_the_next_numbers)
{
	static struct bytes ng[2];
	static struct pkt store[CAP_BURST];
	struct pkt *to[CAP_BURST];
	struct cap_inputs *in;
	char name[2][40];
	const char *path[2] = { name[0], name[1] };
	unsigned n, seen = 0;

	for (unsigned i = 0; i < CAP_BURST; i++)
		to[i] = &store[i];
	for (unsigned f = 0; f < 2; f++) {
		ng_section(&ng[f]);
		for (unsigned k = 0; k < 3; k++) {	/* each interface stands before its packet */
			char text[16];

			snprintf(text, sizeof(text), "%c%u", 'a' + (int)f, k);
			ng_iface(&ng[f], 1, 0, 9, 0, text);
			ng_packet(&ng[f], k, 100 * k + f, 10, 10, NULL);
		}
		temporary(name[f]);
		append(name[f], ng[f].p, ng[f].n);
	}
	assert_int_equal(cap_inputs_open(&in, path, 2, false, NULL), 0);
	while ((n = cap_inputs_read(in, to, CAP_BURST)) > 0)
		for (unsigned i = 0; i < n; i++, seen++) {
			const struct cap_iface *iface = cap_inputs_iface(in, store[i].iface);
			char text[16];

			snprintf(text, sizeof(text), "%c%u", 'a' + (int)(seen % 2), seen / 2);
			assert_string_equal(iface->name, text);
		}
	assert_int_equal(seen, 6);
	assert_int_equal(cap_inputs_ifaces(in), 6);
	assert_null(cap_inputs_iface(in, 6));
	cap_inputs_close(in);
	unlink(name[0]);
	unlink(name[1]);
}

TEST(inputs, the_first_that_cannot_be_opened_is_told)
{
	const char *path[3];
	struct cap_inputs *in;
	struct err e = { 0 };

	build(1);
	path[0] = paths[0];
	path[1] = "/nowhere/x.pcap";
	path[2] = "/dev/null";
	assert_int_equal(cap_inputs_open(&in, path, 3, false, &e), ERR_IO);
	assert_string_equal(e.text, "/nowhere/x.pcap: No such file or directory");
	assert_null(in);
	assert_int_equal(cap_inputs_open(&in, path, 1, true, &e), 0);
	cap_inputs_close(in);
	path[0] = "/dev/null";
	assert_int_equal(cap_inputs_open(&in, path, 1, true, &e), ERR_USAGE);
	assert_non_null(strstr(e.text, "only a regular file can be followed"));
	forget();
}
