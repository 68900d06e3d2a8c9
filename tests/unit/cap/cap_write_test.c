/* tests/unit/cap/cap_write_test.c - laws of the writer: what is written is read back, and no half record is ever
 * left. */
#include "cap_build.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static uint8_t body[CAP_PACKET_MAX + 1];
static uint8_t file[4 << 20];
static struct got g;

static void temporary(char *path, const char *suffix)
{
	int fd;

	sprintf(path, "/tmp/narrows-cap-XXXXXX%s", suffix);
	fd = mkstemps(path, (int)strlen(suffix));
	assert_true(fd >= 0);
	close(fd);
}

static size_t load(const char *path)
{
	FILE *f = fopen(path, "rb");
	size_t n = fread(file, 1, sizeof(file), f);

	fclose(f);
	return n;
}

static struct pkt packet(uint32_t len, uint32_t wire)
{
	for (uint32_t i = 0; i < len; i++)
		body[i] = (uint8_t)(i * 11 + len);
	return (struct pkt){ .data = body, .len_bytes = len, .wire_bytes = wire };
}

static struct cap_writer *open_new(const char *path, enum cap_format f)
{
	static const struct cap_iface eth = { .linktype = 1, .snap_bytes = 0, .name = "before" };
	struct cap_writer *w;
	struct err e = { 0 };

	assert_int_equal(cap_writer_open(&w, path, f, &e), 0);
	assert_int_equal(cap_writer_iface(w, &eth, &e), 0);
	return w;
}

TEST(write, either_format_is_read_back)
{
	static const uint32_t lens[] = { 0, 1, 2, 3, 4, 60, 1514, CAP_PACKET_MAX };

	for (int f = CAP_PCAPNG; f <= CAP_PCAP_NS; f++) {
		struct cap_reader *r;
		struct cap_writer *w;
		char path[40];

		temporary(path, f == CAP_PCAPNG ? ".pcapng" : ".pcap");
		assert_int_equal(cap_format_of(path), f);
		w = open_new(path, f);
		for (unsigned i = 0; i < 8; i++) {
			struct pkt p = packet(lens[i], lens[i] + i);
			const char *comment = f == CAP_PCAPNG && i & 1 ? "odd" : NULL;

			assert_int_equal(cap_write(w, 0, UINT64_C(1700000000123456789) + i, &p, comment, NULL), 0);
		}
		assert_int_equal(cap_writer_close(w, NULL), 0);
		assert_int_equal(cap_open(&r, path, NULL), 0);
		read_all(r, &g);
		assert_int_equal(g.n, 8);
		assert_int_equal(g.end, CAP_WHOLE);
		assert_string_equal(cap_iface(r, 0)->name, f == CAP_PCAPNG ? "before" : "");
		assert_int_equal(cap_iface(r, 0)->linktype, 1);
		for (unsigned i = 0; i < 8; i++) {
			packet(lens[i], 0);
			assert_true(g.pkts[i].at == UINT64_C(1700000000123456789) + i);
			assert_int_equal(g.pkts[i].len_bytes, lens[i]);
			assert_int_equal(g.pkts[i].wire_bytes, lens[i] + i);
			assert_memory_equal(g.pkts[i].data, body, lens[i]);
			assert_string_equal(g.comment[i], f == CAP_PCAPNG && i & 1 ? "odd" : "");
		}
		cap_close(r);
		unlink(path);
	}
}

/* The same bytes on any machine: one packet of either format, written out by hand from the drafts. */
TEST(write, bytes_are_little_endian_everywhere)
{
	static const uint8_t classic[] =
		"\x4d\x3c\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\0\0\4\0\1\0\0\0"
		"\4\3\2\1\x15\xcd\x5b\7\3\0\0\0\x3c\0\0\0\3\x0e\x19";
	static const uint8_t ng_tail[] =
		"\1\0\0\0\x2c\0\0\0\1\0\0\0\0\0\0\0" "\2\0\6\0before\0\0" "\x09\0\1\0\x09\0\0\0" "\0\0\0\0" "\x2c\0\0\0"
		"\6\0\0\0\x30\0\0\0\0\0\0\0" "\x4e\x30\xb3\0" "\x15\xa1\x7a\x3c" "\3\0\0\0\x3c\0\0\0\3\x0e\x19\0"
		"\1\0\4\0drop\0\0\0\0" "\x30\0\0\0";
	struct pkt p = packet(3, 60);
	struct cap_writer *w;
	char path[40];
	size_t n;

	temporary(path, ".pcap");
	w = open_new(path, CAP_PCAP_NS);
	assert_int_equal(cap_write(w, 0, UINT64_C(16909060123456789), &p, NULL, NULL), 0);
	cap_writer_close(w, NULL);
	assert_int_equal(load(path), sizeof(classic) - 1);
	assert_memory_equal(file, classic, sizeof(classic) - 1);

	w = open_new(path, CAP_PCAPNG);
	assert_int_equal(cap_write(w, 0, UINT64_C(0x00b3304e3c7aa115), &p, "drop", NULL), 0);
	cap_writer_close(w, NULL);
	n = load(path);
	assert_true(n > sizeof(ng_tail));
	assert_memory_equal(file, "\x0a\x0d\x0d\x0a", 4);
	assert_memory_equal(file + 8, "\x4d\x3c\x2b\x1a\1\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\4\0", 18);
	assert_memory_equal(file + n - (sizeof(ng_tail) - 1), ng_tail, sizeof(ng_tail) - 1);
	unlink(path);
}

TEST(write, headers_go_out_at_once)
{
	for (int f = CAP_PCAPNG; f <= CAP_PCAP_NS; f++) {
		struct cap_reader *r;
		struct cap_writer *w;
		char path[40];

		temporary(path, "");
		w = open_new(path, f);
		assert_int_equal(cap_open(&r, path, NULL), 0);	/* while the writer is still open */
		assert_int_equal(cap_read(r, NULL, 0), 0);
		cap_close(r);
		cap_writer_close(w, NULL);
		unlink(path);
	}
}

TEST(write, without_an_interface_the_file_is_valid_still)
{
	for (int f = CAP_PCAPNG; f <= CAP_PCAP_NS; f++) {
		struct cap_reader *r;
		struct cap_writer *w;
		char path[40];

		temporary(path, "");
		assert_int_equal(cap_writer_open(&w, path, f, NULL), 0);
		assert_int_equal(cap_writer_close(w, NULL), 0);
		assert_int_equal(cap_open(&r, path, NULL), 0);
		read_all(r, &g);
		assert_int_equal(g.end, CAP_WHOLE);
		cap_close(r);
		unlink(path);
	}
}

TEST(write, what_a_format_cannot_hold_is_refused_and_the_rest_goes_on)
{
	static const struct cap_iface raw = { .linktype = 101 }, eth = { .linktype = 1 };
	struct pkt p = packet(4, 4), large = packet(CAP_PACKET_MAX + 1, 1);
	struct err e = { 0 };
	struct cap_writer *w;
	char path[40], *comment;
	struct cap_reader *r;

	temporary(path, ".pcap");
	w = open_new(path, CAP_PCAP_NS);
	assert_int_equal(cap_writer_iface(w, &eth, NULL), 0);
	assert_int_equal(cap_writer_iface(w, &raw, &e), ERR_USAGE);
	assert_int_equal(cap_write(w, 0, 1, &p, "text", &e), ERR_USAGE);
	assert_int_equal(cap_write(w, 0, UINT64_C(4294967296000000000), &p, NULL, &e), ERR_RANGE);
	assert_int_equal(cap_write(w, 0, UINT64_C(4294967295999999999), &p, NULL, &e), 0);
	assert_int_equal(cap_write(w, 0, 0, &large, NULL, &e), ERR_RANGE);
	assert_int_equal(cap_writer_close(w, &e), 0);
	assert_int_equal(cap_open(&r, path, NULL), 0);
	read_all(r, &g);
	assert_int_equal(g.n, 1);
	assert_true(g.pkts[0].at == UINT64_C(4294967295999999999));
	cap_close(r);

	w = open_new(path, CAP_PCAPNG);
	comment = calloc(1, CAP_COMMENT_MAX + 2);
	memset(comment, 'c', CAP_COMMENT_MAX + 1);
	assert_int_equal(cap_write(w, 0, 1, &p, comment, &e), ERR_RANGE);
	comment[CAP_COMMENT_MAX] = '\0';
	p = packet(CAP_PACKET_MAX, CAP_PACKET_MAX);
	assert_int_equal(cap_write(w, 0, 1, &p, comment, &e), 0);
	assert_int_equal(cap_writer_close(w, &e), 0);
	assert_int_equal(cap_open(&r, path, NULL), 0);
	read_all(r, &g);
	assert_int_equal(g.n, 1);
	cap_close(r);
	free(comment);
	unlink(path);
}

/* A disk that is full at any byte: the file ends with the last whole record, and the writer says so from then on. */
static void fill_disk(enum cap_format f, rlim_t room)
{
	struct rlimit old, now;
	struct pkt p = packet(1000, 1000);
	struct err e = { 0 };
	struct cap_reader *r;
	struct cap_writer *w;
	char path[40];
	struct stat st;
	int rc = 0;

	temporary(path, "");
	w = open_new(path, f);
	getrlimit(RLIMIT_FSIZE, &old);
	now = (struct rlimit){ room, old.rlim_max };
	setrlimit(RLIMIT_FSIZE, &now);
	for (unsigned i = 0; i < 4000 && !rc; i++)
		rc = cap_write(w, 0, i, &p, NULL, &e);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_int_equal(rc, ERR_IO);
	assert_memory_equal(e.text, path, strlen(path));
	assert_string_equal(e.text + strlen(path), ": File too large");
	assert_int_equal(cap_write(w, 0, 0, &p, NULL, &e), ERR_IO);
	assert_int_equal(cap_writer_close(w, &e), ERR_IO);
	assert_int_equal(stat(path, &st), 0);
	assert_true((rlim_t)st.st_size <= room);
	assert_true((rlim_t)st.st_size + 1100 > room);
	assert_int_equal(cap_open(&r, path, NULL), 0);
	for (;;) {
		static struct pkt one;
		struct pkt *to = &one;

		if (!cap_read(r, &to, 1))
			break;
	}
	assert_int_equal(cap_end(r), CAP_WHOLE);
	cap_close(r);
	unlink(path);
}

TEST(write, a_full_disk_leaves_whole_records)
{
	signal(SIGXFSZ, SIG_IGN);
	for (int f = CAP_PCAPNG; f <= CAP_PCAP_NS; f++)
		for (rlim_t room = 300000; room < 301040; room += 13)
			fill_disk((enum cap_format)f, room);
}

TEST(write, a_full_device_is_told)
{
	struct err e = { 0 };
	struct cap_writer *w;

	assert_int_equal(cap_writer_open(&w, "/dev/full", CAP_PCAPNG, &e), ERR_IO);
	assert_string_equal(e.text, "/dev/full: No space left on device");
	assert_int_equal(cap_writer_open(&w, "/nowhere/x", CAP_PCAPNG, &e), ERR_IO);
	assert_string_equal(e.text, "/nowhere/x: No such file or directory");
}

TEST(write, a_closed_pipe_is_told_apart)
{
	int ends[2], old = dup(1);
	struct err e = { 0 };
	struct cap_writer *w;
	struct pkt p = packet(10, 10);
	int opened, wrote;

	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(ends), 0);
	fflush(stdout);
	dup2(ends[1], 1);
	close(ends[0]);
	opened = cap_writer_open(&w, "-", CAP_PCAPNG, &e);
	wrote = opened ? 0 : cap_write(w, 0, 1, &p, NULL, &e);
	if (!opened)
		cap_writer_close(w, NULL);
	dup2(old, 1);
	close(old);
	close(ends[1]);
	assert_int_equal(opened, 0);
	assert_int_equal(wrote, ERR_CLOSED);
}

/* Standard output may append to a file that was there: its bytes are not ours to cut. */
TEST(write, what_stood_before_us_stays)
{
	struct rlimit old_room, room;
	struct pkt p = packet(1000, 1000);
	int fd, old = dup(1), rc = 0;
	struct cap_writer *w;
	struct cap_iface eth = { .linktype = 1 };
	char path[40];
	size_t n;

	signal(SIGXFSZ, SIG_IGN);
	temporary(path, "");
	fd = open(path, O_WRONLY | O_APPEND);
	assert_int_equal(write(fd, "before us", 9), 9);
	fflush(stdout);
	dup2(fd, 1);
	getrlimit(RLIMIT_FSIZE, &old_room);
	room = (struct rlimit){ 300000, old_room.rlim_max };
	if (!cap_writer_open(&w, "-", CAP_PCAP_NS, NULL)) {
		cap_writer_iface(w, &eth, NULL);
		setrlimit(RLIMIT_FSIZE, &room);
		for (int i = 0; i < 4000 && !rc; i++)
			rc = cap_write(w, 0, 1, &p, NULL, NULL);
		setrlimit(RLIMIT_FSIZE, &old_room);
		cap_writer_close(w, NULL);
	}
	dup2(old, 1);
	close(old);
	close(fd);
	n = load(path);
	assert_int_equal(rc, ERR_IO);
	assert_memory_equal(file, "before us", 9);
	assert_int_equal((n - 9 - 24) % 1016, 0);
	unlink(path);
}
