/* base/os.h - what differs between systems and the core needs: files, the clock, a terminal, an interrupt.
 *
 * One implementation a system (os_posix.c, os_windows.c); nothing else in the core includes a header of the system's.
 * Files are descriptors as open() gives them, always binary. A failing call returns minus the errno, or ERR_IO with a
 * text in `e` where it takes one. */
#ifndef BASE_OS_H
#define BASE_OS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* The system's text for errno `sys`. Any thread. */
void os_error_text(int sys, char *to, size_t room);

#define OS_STDIN 0
#define OS_STDOUT 1
#define OS_STDERR 2

int os_open_read(const char *path, struct err *e);	/* a descriptor, or ERR_IO */
int os_open_write(const char *path, struct err *e);	/* makes it, or empties it */
int os_close(int fd);
/* At most n bytes: how many, 0 at the end. Comes back with -EINTR once os_interrupted(), else goes on. */
int64_t os_read(int fd, void *to, size_t n);
/* All n bytes: 0, or minus the errno. *done, if given, says how many went out even then. */
int os_write(int fd, const void *from, size_t n, size_t *done);
int os_truncate(int fd, uint64_t bytes);		/* and the next write goes there */
int os_seek(int fd, uint64_t bytes);			/* the next read begins there */
/* A wish: room on the disk for `n` bytes from byte `at` of a file that grows, without changing its size. What stays
 * unused goes back with os_truncate(). False: not here, and not worth asking again. */
bool os_reserve(int fd, uint64_t at, uint64_t n);
bool os_is_file(int fd);				/* a regular one: it has a size, can be mapped and truncated */
int64_t os_file_bytes(int fd);
bool os_is_same_file(int fd, const char *path);		/* is `path` the file open at fd? then it must not be emptied */
bool os_same_file(const char *a, const char *b);		/* do two paths name one regular file? */
bool os_is_terminal(int fd);
bool os_nobody_reads(int fd);	/* a pipe whose other end is closed */

/* A whole regular file as read-only memory; stays valid when fd is closed. Bytes that another process cuts off the file
 * while it is mapped end this one (SIGBUS), as with every mapped file. */
struct os_map {
	const uint8_t *bytes;	/* never NULL, also for an empty file */
	size_t n;
	void *handle;		/* the system's */
};
int os_map(struct os_map *m, int fd, const char *name, struct err *e);	/* `name` for the text; 0, ERR_IO */
void os_unmap(struct os_map *m);
/* These pages of it are not wanted soon; touched again they come back from the file. */
void os_map_drop(const struct os_map *m, size_t from, size_t n);

/* os_code.c: `n` bytes of machine code in memory that can be run and not be written. NULL: the system allows none. */
void *os_code_new(const void *code, size_t n);
void os_code_free(void *p, size_t n);	/* NULL is fine */

/* A filter as the shell would run it: argv[0], found by PATH, reads the file `path` ("-": our standard input) and
 * writes; its messages go where ours do. A child that runs until os_filter_end(). */
struct os_filter {
	int fd;			/* to read what it writes */
	long pid;
	const char *name;	/* argv[0] */
};
int os_filter_start(struct os_filter *f, char *const argv[], const char *path, struct err *e);	/* 0, ERR_IO */
/* Reads no more, and waits for it. ERR_IO: it ended with a status other than 0, or by a signal, and `e` says which. */
int os_filter_end(struct os_filter *f, struct err *e);

uint64_t os_now_ns(void);			/* monotonic, from some start */
void os_sleep(uint64_t ns);			/* so long, or until a signal comes; a few seconds at most */
uint64_t os_cpu_ns(void);			/* CPU time this process has used */
long os_pid(void);
/* Where this program's file is, without a slash at its end. False: nobody knows, or there is no room. */
bool os_program_directory(char *to, size_t room);
/* A wish: large pages, aligned at OS_LARGE_PAGE, under this memory, which is touched at random. */
#define OS_LARGE_PAGE ((size_t)2 << 20)
void os_large_pages(void *p, size_t n);
int os_random(void *to, size_t n);		/* bytes nobody can guess, n <= 256: keys of hash tables */

/* Code of others: a shared object, with all that it needs. A path without a directory is one of here, not of the
 * system's. NULL: the system refuses. What it exports by a name; NULL: nothing. */
void *os_load(const char *path, struct err *e);
const void *os_load_symbol(void *object, const char *name);
void os_unload(void *object);			/* nothing of it is in use */

/* SIGINT and SIGTERM from now on only set a flag, so that who works in a loop can end it properly; the second one
 * ends the process at once, as ever. */
void os_catch_interrupts(void);
bool os_interrupted(void);
/* Writing to a closed pipe is an error of that write (EPIPE) and no longer ends the process; stdin and stdout are
 * binary; stderr goes out line by line (who writes half a line, a progress bar, calls fflush). main() calls it first.
 * */
void os_start(void);

#endif
