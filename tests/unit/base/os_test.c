/* The system through base/os.h: what the promises of that header are. */
#include "base/os.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/os_thread.h"
#include "test.h"

static char path[] = "/tmp/narrows-os-test-XXXXXX";

/* A file of n bytes, its descriptor open for writing. */
static int some_file(const char *bytes, size_t n)
{
	struct err e = { 0 };
	int fd;

	strcpy(path + sizeof(path) - 7, "XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(os_close(fd), 0);
	fd = os_open_write(path, &e);
	assert_true(fd >= 0);
	assert_int_equal(os_write(fd, bytes, n, NULL), 0);
	return fd;
}

TEST(os, files_are_written_mapped_and_cut)
{
	struct err e = { 0 };
	struct os_map m;
	char back[10] = "";
	int w = some_file("abcdef", 6), r = os_open_read(path, &e);

	assert_true(r >= 0);
	assert_true(os_is_file(r));
	assert_int_equal(os_file_bytes(r), 6);
	assert_int_equal(os_map(&m, r, path, &e), 0);
	assert_int_equal(m.n, 6);
	assert_memory_equal(m.bytes, "abcdef", 6);
	os_unmap(&m);
	assert_int_equal(os_truncate(w, 2), 0);
	assert_int_equal(os_write(w, "X", 1, NULL), 0);		/* goes behind what is left */
	assert_int_equal(os_read(r, back, sizeof(back)), 3);
	assert_memory_equal(back, "abX", 3);
	assert_int_equal(os_read(r, back, sizeof(back)), 0);
	assert_int_equal(os_seek(r, 1), 0);
	assert_int_equal(os_read(r, back, sizeof(back)), 2);
	assert_memory_equal(back, "bX", 2);
	assert_int_equal(os_close(r), 0);
	assert_int_equal(os_close(w), 0);
	unlink(path);
}

TEST(os, an_empty_file_maps_to_nothing)
{
	struct err e = { 0 };
	struct os_map m;
	int fd = some_file("", 0), r = os_open_read(path, &e);

	assert_int_equal(os_map(&m, r, path, &e), 0);
	assert_int_equal(m.n, 0);
	assert_non_null(m.bytes);
	os_unmap(&m);
	os_close(r);
	os_close(fd);
	unlink(path);
}

TEST(os, a_file_is_known_under_another_name)
{
	char other[sizeof(path) + 2];
	int fd = some_file("x", 1);

	snprintf(other, sizeof(other), "%s.2", path);
	assert_int_equal(link(path, other), 0);
	assert_true(os_is_same_file(fd, path) && os_is_same_file(fd, other));
	assert_false(os_is_same_file(fd, "/dev/null"));
	assert_false(os_is_same_file(fd, "/nowhere/at/all"));
	assert_true(os_same_file(path, other));
	assert_false(os_same_file(path, "/nowhere/at/all"));
	assert_false(os_same_file("/dev/null", "/dev/null"));	/* not a file that writing would harm */
	os_close(fd);
	unlink(path);
	unlink(other);
}

TEST(os, failures_have_their_reason)
{
	struct err e = { 0 };
	char text[100];

	assert_int_equal(os_open_read("/nowhere/at/all", &e), ERR_IO);
	assert_string_equal(e.text, "/nowhere/at/all: No such file or directory");
	assert_int_equal(os_close(-1), -EBADF);
	assert_int_equal(os_read(-1, text, 1), -EBADF);
	assert_int_equal(os_file_bytes(-1), -EBADF);
	assert_false(os_is_file(-1));
	assert_false(os_is_terminal(-1));
	os_error_text(EACCES, text, sizeof(text));
	assert_string_equal(text, "Permission denied");
	os_error_text(EACCES, text, 5);
	assert_string_equal(text, "Perm");
}

TEST(os, a_full_disk_tells_how_far_it_went)
{
	struct err e = { 0 };
	size_t done = 99;
	int fd = os_open_write("/dev/full", &e);

	if (fd < 0)
		skip();
	assert_int_equal(os_write(fd, "abc", 3, &done), -ENOSPC);
	assert_int_equal(done, 0);
	os_close(fd);
}

TEST(os, a_closed_pipe_is_an_error_and_no_signal)
{
	int fds[2];

	os_start();
	assert_int_equal(pipe(fds), 0);
	assert_false(os_is_file(fds[0]));
	os_close(fds[0]);
	assert_int_equal(os_write(fds[1], "x", 1, NULL), -EPIPE);
	os_close(fds[1]);
}

TEST(os, time_does_not_go_back)
{
	uint64_t last = os_now_ns();

	for (unsigned i = 0; i < 10000; i++) {
		uint64_t now = os_now_ns();

		assert_true(now >= last);
		last = now;
	}
}

TEST(os, work_uses_cpu_time_and_sleep_does_not)
{
	uint64_t cpu = os_cpu_ns(), start = os_now_ns();

	usleep(50000);
	assert_true(os_now_ns() - start >= 50 * 1000000);
	assert_true(os_cpu_ns() - cpu < 40 * 1000000);
	for (cpu = os_cpu_ns(); os_cpu_ns() == cpu;)
		;
}

/* Pages given back come from the file again. */
TEST(os, dropped_pages_are_read_again)
{
	static char bytes[100000];
	struct err e = { 0 };
	struct os_map m;
	int w, r;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 7);
	w = some_file(bytes, sizeof(bytes));
	r = os_open_read(path, &e);
	assert_int_equal(os_map(&m, r, path, &e), 0);
	assert_memory_equal(m.bytes, bytes, sizeof(bytes));
	os_map_drop(&m, 5000, 60000);
	os_map_drop(&m, 99999, 1);
	assert_memory_equal(m.bytes, bytes, sizeof(bytes));
	os_unmap(&m);
	os_close(r);
	os_close(w);
	unlink(path);
}

TEST(os, random_bytes_differ)
{
	uint8_t a[32] = { 0 }, b[32] = { 0 };

	assert_int_equal(os_random(a, sizeof(a)), 0);
	assert_int_equal(os_random(b, sizeof(b)), 0);
	assert_memory_not_equal(a, b, sizeof(a));
}

/* Last: the flag stays. */
TEST(os, an_interrupt_sets_a_flag_once)
{
	struct sigaction now;
	char c;

	os_catch_interrupts();
	assert_false(os_interrupted());
	raise(SIGINT);
	assert_true(os_interrupted());
	assert_int_equal(os_read(0, &c, 1), -EINTR);	/* and a reader who waits is let go */
	sigaction(SIGINT, NULL, &now);
	assert_ptr_equal(now.sa_handler, SIG_DFL);	/* the second one ends the process */
}

struct counted {
	struct os_mutex lock;
	uint64_t n;
};

static void count_up(void *ctx)
{
	struct counted *c = ctx;

	for (unsigned i = 0; i < 20000; i++) {
		os_mutex_lock(&c->lock);
		c->n++;
		os_mutex_unlock(&c->lock);
		if (i % 1000 == 0)
			os_yield();
	}
}

TEST(os_thread, a_mutex_keeps_threads_apart)
{
	struct os_thread threads[3];
	struct counted c = { .n = 0 };

	os_mutex_init(&c.lock);
	for (uint32_t i = 0; i < 3; i++)	/* one may be on no processor there is: a wish */
		assert_int_equal(os_thread_start(&threads[i], count_up, &c, i < 2 ? OS_ANY_CPU - i : i), 0);
	for (unsigned i = 0; i < 3; i++)
		os_thread_join(&threads[i]);
	assert_int_equal(c.n, 60000);
	os_mutex_fini(&c.lock);
}
