/* tests/unit/cap/cap_src_test.c - laws of inputs: file, stream and memory give the same; a file may grow or shrink
 * meanwhile. */
#include "cap_digest.h"

#include <signal.h>

#include "base/os.h"

static struct bytes b;

static uint8_t large[12 << 20];

TEST(src, file_stream_and_memory_give_the_same)
{
	size_t n = build_large(large, sizeof(large));
	struct digest file, memory = { 0 }, stream;
	struct cap_reader *r;
	char path[40];

	assert_true(n > 8u << 20);	/* more than a step of the mapping */
	temporary(path);
	append(path, large, n);
	file = digest_path(path);
	assert_true(file.steady);
	assert_true(file.packets > 80);
	assert_int_equal(file.st.skips[CAP_SKIP_LARGE], 13);
	assert_int_equal(file.st.unknown_blocks, 12);
	assert_int_equal(cap_open_mem(&r, large, n, NULL), 0);
	digest_rest(r, &memory);
	cap_close(r);
	assert_same(&file, &memory);
	for (size_t piece = 4093; piece < 1u << 20; piece *= 13) {
		stream = digest_pipe(large, n, piece);
		assert_false(stream.steady);
		assert_same(&file, &stream);
	}
	stream = digest_pipe(large, n - 1, 65536);
	assert_int_equal(stream.end, CAP_TRUNCATED);
	unlink(path);
}

TEST(src, a_stream_gives_what_it_has_before_it_waits)
{
	static struct pkt store[2];
	struct pkt *p[2] = { &store[0], &store[1] };
	int ends[2], old = dup(0);
	struct cap_reader *r;

	b.n = 0;
	pcap_header(&b, 0xa1b2c3d4, 1);
	pcap_record(&b, 1, 0, 10, 10);
	pcap_record(&b, 2, 0, 10, 10);
	assert_int_equal(pipe(ends), 0);
	dup2(ends[0], 0);
	/* The second is not all there: waiting for it would hang. */
	assert_int_equal(write(ends[1], b.p, b.n - 5), b.n - 5);
	assert_int_equal(cap_open(&r, "-", NULL), 0);
	assert_int_equal(cap_read(r, p, 2), 1);
	assert_int_equal(write(ends[1], b.p + b.n - 5, 5), 5);
	assert_int_equal(cap_read(r, p, 2), 1);
	assert_true(store[0].at == 2000000000);
	close(ends[1]);
	assert_int_equal(cap_read(r, p, 2), 0);
	assert_int_equal(cap_end(r), CAP_WHOLE);
	assert_int_equal(cap_rewind(r), ERR_IO);
	cap_close(r);
	dup2(old, 0);
	close(old);
	close(ends[0]);
}

TEST(src, an_interrupt_breaks_the_wait_for_a_stream)
{
	int ends[2], status;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	b.n = 0;
	b.big = false;
	pcap_header(&b, 0xa1b2c3d4, 1);
	assert_int_equal(write(ends[1], b.p, b.n), b.n);
	child = fork();
	if (!child) {
		struct pkt store = { 0 }, *p = &store;
		struct cap_reader *r;

		dup2(ends[0], 0);
		os_catch_interrupts();
		alarm(5);	/* ends a wait that is not broken */
		if (cap_open(&r, "-", NULL))
			_exit(1);
		raise(SIGINT);
		_exit(cap_read(r, &p, 1) == 0 && cap_end(r) == CAP_MORE ? 0 : 2);
	}
	waitpid(child, &status, 0);
	assert_int_equal(status, 0);
	close(ends[0]);
	close(ends[1]);
}

TEST(src, a_growing_file_is_read_to_its_end)
{
	struct digest whole, d = { 0 };
	size_t n = build_large(large, 3 << 20), half = n / 2 + 7;
	struct pkt store = { 0 }, *p = &store;
	struct cap_reader *r;
	char path[40];

	temporary(path);
	append(path, large, n);
	whole = digest_path(path);
	assert_int_equal(truncate(path, (off_t)half), 0);	/* in the middle of a record */
	assert_int_equal(cap_open(&r, path, NULL), 0);
	append(path, large + half, n - half);
	digest_rest(r, &d);
	assert_same(&whole, &d);
	assert_true(cap_size_bytes(r) == n);
	assert_true(cap_at_byte(r) == n);

	d = (struct digest){ .st = d.st };
	assert_int_equal(cap_rewind(r), 0);
	assert_int_equal(cap_read(r, &p, 1), 1);
	assert_int_equal(store.flags, PKT_STEADY);	/* out of the mapping again */
	assert_int_equal(cap_rewind(r), 0);
	digest_rest(r, &d);
	assert_true(d.packets == whole.packets && d.sum == whole.sum);
	cap_close(r);
	unlink(path);
}

TEST(src, a_file_that_shrank_ends_without_a_fault)
{
	size_t n = build_large(large, sizeof(large));
	static struct pkt store;
	struct pkt *p = &store;
	struct digest d = { 0 };
	struct cap_reader *r;
	char path[40];

	temporary(path);
	append(path, large, n);
	assert_int_equal(cap_open(&r, path, NULL), 0);
	assert_int_equal(cap_read(r, &p, 1), 1);
	assert_int_equal(truncate(path, 6 << 20), 0);
	digest_rest(r, &d);
	assert_int_equal(d.end, CAP_TRUNCATED);
	assert_non_null(strstr(cap_end_text(r), "became shorter while it was read"));
	cap_close(r);
	unlink(path);
}

TEST(src, what_cannot_be_opened_is_told)
{
	struct cap_reader *r;
	struct err e = { 0 };

	assert_int_equal(cap_open(&r, "/nowhere/x.pcap", &e), ERR_IO);
	assert_string_equal(e.text, "/nowhere/x.pcap: No such file or directory");
	assert_int_equal(cap_open(&r, "/tmp", &e), ERR_IO);
	assert_string_equal(e.text, "/tmp: Is a directory");
	assert_int_equal(cap_open(&r, "/dev/null", &e), ERR_DAMAGED);
	assert_string_equal(e.text, "/dev/null: empty, where pcap or pcapng is wanted");
}

TEST(src, knows_the_file_it_reads)
{
	struct cap_reader *r;
	char path[40], other[40];

	temporary(path);
	temporary(other);
	b.n = 0;
	pcap_header(&b, 0xa1b2c3d4, 1);
	append(path, b.p, b.n);
	assert_int_equal(cap_open(&r, path, NULL), 0);
	assert_true(cap_reads(r, path));
	assert_false(cap_reads(r, other));
	assert_false(cap_reads(r, "/nowhere"));
	unlink(other);
	assert_int_equal(symlink(path, other), 0);
	assert_true(cap_reads(r, other));
	cap_close(r);
	unlink(path);
	unlink(other);
}

static long resident_bytes(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	char line[200];

	assert_non_null(fgets(line, sizeof(line), f));
	fclose(f);
	return strtol(strchr(line, ' '), NULL, 10) * getpagesize();	/* its second word */
}

/* The resident set must not grow with the file: pages behind the reader go back. */
TEST(src, pages_behind_are_given_back)
{
	enum { RECORDS = 3200, RECORD = 65536 };	/* 200 MiB, sparse */
	struct pkt store = { 0 }, *p = &store;
	struct cap_reader *r;
	long before, most = 0;
	unsigned n = 0;
	char path[40];
	int fd;

	temporary(path);
	b.n = 0;
	b.big = false;
	pcap_header(&b, 0xa1b2c3d4, 1);
	append(path, b.p, b.n);
	b.n = 0;
	pcap_record(&b, 1, 0, RECORD - 16, RECORD - 16);
	fd = open(path, O_WRONLY);
	for (int i = 0; i < RECORDS; i++)
		assert_int_equal(pwrite(fd, b.p, 16, 24 + (off_t)i * RECORD), 16);
	assert_int_equal(ftruncate(fd, 24 + (off_t)RECORDS * RECORD), 0);
	close(fd);
	assert_int_equal(cap_open(&r, path, NULL), 0);
	for (before = resident_bytes(); cap_read(r, &p, 1); n++) {
		long now;

		for (unsigned i = 0; i < store.len_bytes; i += 4096)
			assert_int_equal(((volatile uint8_t *)store.data)[i], 0);
		now = n % 64 ? 0 : resident_bytes();
		most = now > most ? now : most;
	}
	assert_int_equal(n, RECORDS);
	assert_true(most - before > 16 << 20);	/* else this measures nothing */
	assert_true(most - before < 100 << 20);
	cap_close(r);
	unlink(path);
}
