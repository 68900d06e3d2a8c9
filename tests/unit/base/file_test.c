/* Text files through another program: what it writes is the text, and how it fails is told. */
#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/os.h"
#include "test.h"

static char path[] = "/tmp/narrows-file-test-XXXXXX";

static void write_file(const char *text)
{
	int fd;

	strcpy(path + sizeof(path) - 7, "XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(os_write(fd, text, strlen(text), NULL), 0);
	os_close(fd);
}

TEST(file, a_filter_reads_the_file_and_writes_to_us)
{
	char *const rot[] = { "tr", "a-z", "b-za", NULL };
	struct err e = { 0 };
	char *text;
	size_t n;

	write_file("hal\n");
	assert_int_equal(file_read_through(rot, path, 100, &text, &n, &e), 0);
	assert_int_equal(n, 4);
	assert_string_equal(text, "ibm\n");
	free(text);
	assert_int_equal(file_read_through(rot, path, 3, &text, &n, &e), ERR_RANGE);
	unlink(path);
}

/* valgrind makes a fork of posix_spawn()'s vfork, and then nobody learns why a program could not be begun. */
static bool under_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload && strstr(preload, "vgpreload");
}

TEST(file, a_filter_that_fails_is_an_error_that_says_how)
{
	static const struct { const char *argv[4], *says; } bad[] = {
		{ { "false", NULL }, "false: ended with status 1" },
		{ { "sh", "-c", "kill -9 $$", NULL }, "sh: ended by signal 9" },
		{ { "/nowhere/at-all", NULL }, "/nowhere/at-all: No such file or directory" },
	};
	const char *unbegun = "/nowhere/at-all: ended with status 127";
	struct err e = { 0 };
	char *text;
	size_t n;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(file_read_through((char *const *)bad[i].argv, "/dev/null", 100, &text, &n, &e),
			ERR_IO);
		assert_string_equal(e.text, i == 2 && under_valgrind() ? unbegun : bad[i].says);
	}
	assert_int_equal(file_read_through((char *const *)bad[0].argv, "/nowhere/file", 100, &text, &n, &e), ERR_IO);
	assert_string_equal(e.text, "/nowhere/file: No such file or directory");
}

TEST(file, a_filter_of_which_nobody_reads_more_ends)
{
	char *const yes[] = { "yes", NULL };	/* ended by SIGPIPE, which we ourselves ignore */
	struct err e = { 0 };
	char *text;
	size_t n;

	os_start();
	assert_int_equal(file_read_through(yes, "/dev/null", 100, &text, &n, &e), ERR_RANGE);
	assert_non_null(strstr(e.text, "larger than 100 bytes"));
}
