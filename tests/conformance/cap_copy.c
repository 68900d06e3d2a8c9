/* tests/conformance/cap_copy.c - reads a capture and writes it again, for tests that ask others what they see in
 * either.
 *
 *      cap_copy IN OUT [COMMENT]      OUT ends in .pcap: classic; COMMENT (pcapng) goes on each packet that has none
 *
 * Prints "packets skipped unknown_blocks rounded timeless end" and exits 0 for a whole input, 3 for a damaged one, 1
 * else. Comments of the input are kept where the output can hold them. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/os.h"
#include "cap/cap.h"
#include "pkt/pkt.h"

static int fail(const struct err *e)
{
	fprintf(stderr, "cap_copy: %s\n", e->text);
	return 1;
}

/* The comment of packet i as a string, or `otherwise`. */
static const char *comment_of(const struct cap_reader *r, unsigned i, const char *otherwise)
{
	static char text[CAP_COMMENT_MAX + 1];
	const char *c;
	size_t n;

	c = cap_comment(r, i, &n);
	if (!c)
		return otherwise;
	memcpy(text, c, n);
	text[n] = '\0';
	return text;
}

static int copy(struct cap_reader *r, struct cap_writer *w, bool comments, const char *comment, struct err *e)
{
	struct pkt store[CAP_BURST] = { 0 }, *pkts[CAP_BURST];
	unsigned ifaces = 0, n;

	for (unsigned i = 0; i < CAP_BURST; i++)
		pkts[i] = &store[i];
	do {
		n = cap_read(r, pkts, CAP_BURST);
		for (; ifaces < cap_ifaces(r); ifaces++)
			if (cap_writer_iface(w, cap_iface(r, ifaces), e) < 0)
				return 1;
		for (unsigned i = 0; i < n; i++)
			if (cap_write(w, comments ? store[i].iface : 0, store[i].at, &store[i],
				    comments ? comment_of(r, i, comment) : NULL, e))
				return 1;
	} while (n || cap_end(r) == CAP_MORE);
	return 0;
}

int main(int argc, char **argv)
{
	struct err e = { 0 };
	struct cap_reader *r;
	struct cap_writer *w;
	struct cap_stats st;
	int rc;

	if (argc < 3)
		return 2;
	os_start();
	if (cap_open(&r, argv[1], &e))
		return fail(&e);
	if (cap_writer_open(&w, argv[2], cap_format_of(argv[2]), &e))
		return fail(&e);
	rc = copy(r, w, cap_format_of(argv[2]) == CAP_PCAPNG, argc > 3 ? argv[3] : NULL, &e);
	if (cap_writer_close(w, rc ? NULL : &e) || rc)
		return fail(&e);
	cap_stats(r, &st);
	fprintf(stderr, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %s\n", st.records - st.skipped,
		st.skipped, st.unknown_blocks, st.rounded, st.timeless, cap_end_text(r));
	rc = cap_end(r) == CAP_WHOLE ? 0 : 3;
	cap_close(r);
	return rc;
}
