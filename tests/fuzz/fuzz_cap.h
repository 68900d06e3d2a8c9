/* tests/fuzz/fuzz_cap.h - what both fuzzers of captures hold against any bytes.
 *
 * Every packet lies inside the input; counts add up; the input ends in one of the ways there are; a second pass gives
 * the same; and what is written of it, in either format, reads back equal packet for packet. */
#ifndef TESTS_FUZZ_CAP_H
#define TESTS_FUZZ_CAP_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cap/cap.h"

#define HOLDS(cond) ((cond) ? (void)0 : fuzz_fail(__LINE__, #cond))
#define PACKETS_MAX 4096u	/* of one input; more are read, not kept */

static void fuzz_fail(int line, const char *what)
{
	fprintf(stderr, "fuzz_cap.h:%d: %s\n", line, what);
	abort();
}

struct fuzz_all {
	struct pkt pkts[PACKETS_MAX];
	uint64_t n;
	struct cap_stats st;
};

static void fuzz_check_packet(const struct pkt *p, const struct cap_reader *r, const uint8_t *data, size_t size)
{
	HOLDS(p->data >= data && p->data + p->len_bytes <= data + size);
	HOLDS(p->len_bytes <= CAP_PACKET_MAX && p->wire_bytes >= p->len_bytes);
	HOLDS(p->iface < cap_ifaces(r) && p->at != UINT64_MAX);
	HOLDS(p->link && !p->buf && p->flags == PKT_STEADY);
}

static void fuzz_read(struct cap_reader *r, struct fuzz_all *all, const uint8_t *data, size_t size)
{
	static struct pkt store[CAP_BURST];
	struct pkt *to[CAP_BURST];
	struct cap_stats before;
	unsigned n;

	cap_stats(r, &before);
	for (unsigned i = 0; i < CAP_BURST; i++)
		to[i] = &store[i];
	all->n = 0;
	while ((n = cap_read(r, to, CAP_BURST)) > 0)
		for (unsigned i = 0; i < n; i++) {
			size_t len = 0;
			const char *c = cap_comment(r, i, &len);

			fuzz_check_packet(&store[i], r, data, size);
			HOLDS(!c || ((const uint8_t *)c >= data && (const uint8_t *)c + len <= data + size));
			if (all->n < PACKETS_MAX)
				all->pkts[all->n] = store[i];
			all->n++;
		}
	cap_stats(r, &all->st);
	all->st.records -= before.records;
	all->st.skipped -= before.skipped;
	HOLDS(all->st.records - all->st.skipped == all->n);
	HOLDS(cap_end(r) == CAP_WHOLE || cap_end(r) == CAP_TRUNCATED || cap_end(r) == CAP_DAMAGED);
	HOLDS(cap_end_text(r)[0] && cap_at_byte(r) <= size);
}

static void fuzz_equal(const struct pkt *a, const struct pkt *b)
{
	HOLDS(a->at == b->at && a->len_bytes == b->len_bytes && a->wire_bytes == b->wire_bytes);
	HOLDS(!a->len_bytes || !memcmp(a->data, b->data, a->len_bytes));
}

/* Writes what was read and reads it again, from memory. */
static void fuzz_again(const struct cap_reader *r, const struct fuzz_all *all, enum cap_format f)
{
	static struct fuzz_all copy;
	static uint8_t bytes[8 << 20];
	static char path[40];
	uint64_t kept = all->n < PACKETS_MAX ? all->n : PACKETS_MAX, written = 0;
	struct cap_reader *again;
	struct cap_writer *w;
	FILE *in;
	size_t n;

	if (!path[0])
		snprintf(path, sizeof(path), "/dev/shm/fuzz-cap-%d", (int)getpid());
	HOLDS(!cap_writer_open(&w, path, f, NULL));
	for (unsigned i = 0; i < cap_ifaces(r); i++)
		if (cap_writer_iface(w, cap_iface(r, i), NULL) < 0)
			break;
	for (uint64_t i = 0; i < kept; i++) {
		const struct pkt *p = &all->pkts[i];
		int rc = cap_write(w, f == CAP_PCAPNG ? p->iface : 0, p->at, p, NULL, NULL);

		HOLDS(!rc || (rc == ERR_RANGE && f == CAP_PCAP_NS));
		if (rc)
			break;
		written++;
	}
	HOLDS(!cap_writer_close(w, NULL));
	in = fopen(path, "rb");
	HOLDS(in);
	n = fread(bytes, 1, sizeof(bytes), in);
	fclose(in);
	if (n < sizeof(bytes)) {
		HOLDS(!cap_open_mem(&again, bytes, n, NULL));
		fuzz_read(again, &copy, bytes, n);
		HOLDS(cap_end(again) == CAP_WHOLE && copy.n == written);
		for (uint64_t i = 0; i < written; i++)
			fuzz_equal(&all->pkts[i], &copy.pkts[i]);
		cap_close(again);
	}
	unlink(path);
}

static int fuzz_capture(const uint8_t *data, size_t size)
{
	static struct fuzz_all all, twice;
	struct cap_reader *r;
	struct err e = { 0 };
	int rc = cap_open_mem(&r, data, size, &e);

	if (rc) {
		HOLDS(rc == ERR_DAMAGED && e.text[0] && !r);
		return 0;
	}
	fuzz_read(r, &all, data, size);
	if (all.n && (data[size - 1] & 3) == 0) {	/* a file costs more than all the rest */
		fuzz_again(r, &all, CAP_PCAPNG);
		if (cap_ifaces(r) == 1)
			fuzz_again(r, &all, CAP_PCAP_NS);
	}
	HOLDS(!cap_rewind(r));
	fuzz_read(r, &twice, data, size);
	HOLDS(all.n == twice.n && all.st.skipped == twice.st.skipped);
	for (uint64_t i = 0; i < all.n && i < PACKETS_MAX; i++)
		fuzz_equal(&all.pkts[i], &twice.pkts[i]);
	cap_close(r);
	return 0;
}

#endif
