/* tests/unit/cap/cap_digest.h - captures of any size read whole by file, stream or memory, and compared by their
 * sums. */
#ifndef TESTS_CAP_DIGEST_H
#define TESTS_CAP_DIGEST_H

#include "cap_build.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static inline void temporary(char *path)
{
	int fd;

	strcpy(path, "/tmp/narrows-cap-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
}

static inline void append(const char *path, const void *p, size_t n)
{
	int fd = open(path, O_WRONLY | O_APPEND);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, p, n), n);
	close(fd);
}

/* Sum and count of what a reader gives, so that large inputs can be compared. */
struct digest {
	uint64_t packets, bytes, sum;
	struct cap_stats st;
	enum cap_end end;
	bool steady;
};

static inline void digest_rest(struct cap_reader *r, struct digest *d)
{
	static struct pkt store[CAP_BURST];
	struct pkt *p[CAP_BURST];
	unsigned n;

	for (unsigned i = 0; i < CAP_BURST; i++)
		p[i] = &store[i];
	while ((n = cap_read(r, p, CAP_BURST)) > 0)
		for (unsigned i = 0; i < n; i++) {
			d->packets++;
			d->bytes += store[i].len_bytes;
			d->steady = store[i].flags & PKT_STEADY;
			d->sum = d->sum * 31 + store[i].at + store[i].wire_bytes;
			for (uint32_t k = 0; k < store[i].len_bytes; k++)
				d->sum = d->sum * 31 + store[i].data[k];
		}
	cap_stats(r, &d->st);
	d->end = cap_end(r);
}

static inline struct digest digest_path(const char *path)
{
	struct digest d = { 0 };
	struct cap_reader *r;
	struct err e = { 0 };

	assert_int_equal(cap_open(&r, path, &e), 0);
	digest_rest(r, &d);
	cap_close(r);
	return d;
}

/* The bytes of `path` through a pipe on standard input, in pieces of `piece`. */
static inline struct digest digest_pipe(const uint8_t *p, size_t n, size_t piece)
{
	int ends[2], old = dup(0), status;
	struct digest d;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (!child) {
		close(ends[0]);
		for (size_t at = 0; at < n; at += piece)
			if (write(ends[1], p + at, n - at < piece ? n - at : piece) < 0)
				_exit(1);
		_exit(0);
	}
	dup2(ends[0], 0);
	close(ends[0]);
	close(ends[1]);
	d = digest_path("-");
	dup2(old, 0);
	close(old);
	waitpid(child, &status, 0);
	return d;
}

static inline void assert_same(const struct digest *a, const struct digest *c)
{
	assert_true(a->packets == c->packets && a->bytes == c->bytes && a->sum == c->sum);
	assert_memory_equal(&a->st, &c->st, sizeof(a->st));
	assert_int_equal(a->end, c->end);
}

/* A capture of several buffers' length: packets from 0 to CAP_PACKET_MAX, one above, a block above a buffer, strange
 * ones. */
static inline size_t build_large(uint8_t *to, size_t room)
{
	static const uint32_t sizes[] = { 0, 60, 1514, 65535, CAP_PACKET_MAX, CAP_PACKET_MAX + 1, 1, 9000 };
	static struct bytes b;
	uint32_t fill = 1;
	size_t n;

	b.n = 0;
	b.big = false;
	ng_section(&b);
	ng_iface(&b, 1, 0, 9, 0, "eth0");
	memcpy(to, b.p, n = b.n);
	for (unsigned i = 0; i < 120; i++) {
		uint32_t type = i % 10 == 9 ? 0xbad : 6;
		uint32_t size = type == 6 ? sizes[i % 8] : i, padded;

		if (i == 59 || i == 60)		/* one of either type that no buffer holds */
			size = 3u << 19;
		padded = (size + 3) & ~3u;
		if (n + padded + 64 > room)
			break;
		b.n = 0;
		put32(&b, type);
		put32(&b, padded + 32);
		put32(&b, 0);
		put32(&b, 0);
		put32(&b, (uint64_t)i * 1000);
		put32(&b, size);
		put32(&b, size + i);
		memcpy(to + n, b.p, b.n);
		n += b.n;
		for (uint32_t k = 0; k < padded; k++, fill = fill * 1664525 + 1013904223)
			to[n++] = (uint8_t)(fill >> 24);
		b.n = 0;
		put32(&b, padded + 32);
		memcpy(to + n, b.p, 4);
		n += 4;
	}
	return n;
}

#endif
