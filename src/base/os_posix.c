/* base/os_posix.c - what the core needs of a POSIX system: Linux (glibc, musl), the BSDs, macOS.
 *
 * Thin: each function is the call it is named for, with its loops (a write that was short, a call that a signal broke
 * off) done once. Capture files are mapped whole with advice to read ahead; the kernel takes the pages back when it
 * wants them, so memory does not grow with the file. A signal handler sets one flag. Any thread may call; os_start()
 * and os_catch_interrupts() are for main(). */
#include "base/os.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/vfs.h>
#endif

#include "base/os_thread.h"

#define EXT4 0xef53		/* statfs(2); the header that names it is not everywhere */

void os_error_text(int sys, char *to, size_t room)
{
#ifdef __GLIBC__	/* its strerror_r gives a pointer, the POSIX one a number */
	char buf[100];

	snprintf(to, room, "%s", strerror_r(sys, buf, sizeof(buf)));
#else
	if (strerror_r(sys, to, room))
		snprintf(to, room, "error %d", sys);
#endif
}

static int open_or_say(const char *path, int flags, struct err *e)
{
	int fd;

	do
		fd = open(path, flags | O_CLOEXEC | O_NOCTTY, 0666);
	while (fd < 0 && errno == EINTR && !os_interrupted());
	return fd >= 0 ? fd : err_sys(e, errno, "%s", path);
}

int os_open_read(const char *path, struct err *e)
{
	return open_or_say(path, O_RDONLY, e);
}

int os_open_write(const char *path, struct err *e)
{
	return open_or_say(path, O_WRONLY | O_CREAT | O_TRUNC, e);
}

int os_close(int fd)
{
	/* After EINTR the descriptor is gone on Linux; closing again could close another thread's. */
	return close(fd) && errno != EINTR ? -errno : 0;
}

int64_t os_read(int fd, void *to, size_t n)
{
	ssize_t got;

	do {
		if (os_interrupted())
			return -EINTR;
		got = read(fd, to, n < SSIZE_MAX ? n : SSIZE_MAX);
	} while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : got;
}

int os_write(int fd, const void *from, size_t n, size_t *done)
{
	const char *p = from;
	size_t left = n;
	int ret = 0;

	while (left) {
		ssize_t put = write(fd, p, left < SSIZE_MAX ? left : SSIZE_MAX);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0) {
			ret = -errno;
			break;
		}
		p += put;
		left -= (size_t)put;
	}
	if (done)
		*done = n - left;
	return ret;
}

int os_truncate(int fd, uint64_t bytes)
{
	if (bytes > INT64_MAX)
		return -EFBIG;
	if (ftruncate(fd, (off_t)bytes) || lseek(fd, (off_t)bytes, SEEK_SET) < 0)
		return -errno;
	return 0;
}

/* On ext4 a write into reserved room costs two thirds of one that makes room for itself; on tmpfs reserving costs more
 * than it gives, so it is asked where it was measured. */
bool os_reserve(int fd, uint64_t at, uint64_t n)
{
#ifdef __linux__
	struct statfs fs;

	return at <= INT64_MAX - n && !fstatfs(fd, &fs) && fs.f_type == EXT4 &&
		!fallocate(fd, FALLOC_FL_KEEP_SIZE, (off_t)at, (off_t)n);
#else
	return false;
#endif
}

int os_seek(int fd, uint64_t bytes)
{
	if (bytes > INT64_MAX)
		return -EFBIG;
	return lseek(fd, (off_t)bytes, SEEK_SET) < 0 ? -errno : 0;
}

bool os_is_file(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode);
}

int64_t os_file_bytes(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? -errno : st.st_size;
}

bool os_is_same_file(int fd, const char *path)
{
	struct stat a, b;

	return !fstat(fd, &a) && !stat(path, &b) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

bool os_same_file(const char *a, const char *b)
{
	struct stat x, y;

	return !stat(a, &x) && !stat(b, &y) && S_ISREG(x.st_mode) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

bool os_is_terminal(int fd)
{
	return isatty(fd);
}

bool os_nobody_reads(int fd)
{
	struct pollfd p = { .fd = fd };

	return poll(&p, 1, 0) == 1 && p.revents & (POLLERR | POLLHUP);
}

int os_map(struct os_map *m, int fd, const char *name, struct err *e)
{
	int64_t bytes = os_file_bytes(fd);
	void *p;

	*m = (struct os_map){ .bytes = (const uint8_t *)"" };
	if (bytes < 0)
		return err_sys(e, (int)-bytes, "%s", name);
	if (!bytes)
		return 0;
	if ((uint64_t)bytes > SIZE_MAX / 2)
		return err_set(e, ERR_IO, "%s: %lld bytes do not fit into this machine's addresses", name,
			(long long)bytes);
	p = mmap(NULL, (size_t)bytes, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return err_sys(e, errno, "%s", name);
	madvise(p, (size_t)bytes, MADV_SEQUENTIAL);	/* a wish: its failure changes nothing */
	m->bytes = m->handle = p;
	m->n = (size_t)bytes;
	return 0;
}

void os_unmap(struct os_map *m)
{
	if (m->handle)
		munmap(m->handle, m->n);
	*m = (struct os_map){ .bytes = (const uint8_t *)"" };
}

void os_map_drop(const struct os_map *m, size_t from, size_t n)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), end = from + n;

	from = (from + page - 1) / page * page;
	end = end / page * page;
	if (m->handle && end <= m->n && from < end)
		madvise((char *)m->handle + from, end - from, MADV_DONTNEED);	/* a wish, too */
}

void os_large_pages(void *p, size_t n)
{
#ifdef MADV_HUGEPAGE
	uintptr_t first = ((uintptr_t)p + OS_LARGE_PAGE - 1) & ~(uintptr_t)(OS_LARGE_PAGE - 1);
	uintptr_t end = ((uintptr_t)p + n) & ~(uintptr_t)(OS_LARGE_PAGE - 1);

	if (first < end)
		madvise((void *)first, end - first, MADV_HUGEPAGE);
#else
	(void)p;
	(void)n;
#endif
}

extern char **environ;	/* NOLINT: POSIX wants it declared here; glibc has done so already */

/* The child gets `in` and `out` as its standard ones, and dies of SIGPIPE as programs do, which we ignore. */
static int spawn(pid_t *pid, char *const argv[], int in, int out)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t pipe_only;
	int rc;

	sigemptyset(&pipe_only);
	sigaddset(&pipe_only, SIGPIPE);
	rc = posix_spawn_file_actions_init(&files);
	if (rc)
		return rc;
	rc = posix_spawnattr_init(&attr);
	if (rc)
		goto fini_files;
	rc = posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
	rc = rc ? rc : posix_spawnattr_setsigdefault(&attr, &pipe_only);
	rc = rc ? rc : posix_spawn_file_actions_adddup2(&files, in, OS_STDIN);
	rc = rc ? rc : posix_spawn_file_actions_adddup2(&files, out, OS_STDOUT);
	rc = rc ? rc : posix_spawnp(pid, argv[0], &files, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
fini_files:
	posix_spawn_file_actions_destroy(&files);
	return rc;
}

int os_filter_start(struct os_filter *f, char *const argv[], const char *path, struct err *e)
{
	int in = strcmp(path, "-") ? os_open_read(path, e) : OS_STDIN, ends[2], rc;
	pid_t pid = -1;

	if (in < 0)
		return ERR_IO;
	rc = pipe(ends) ? errno : 0;
	if (rc) {
		err_sys(e, rc, "a pipe for %s", argv[0]);
		goto close_in;
	}
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	rc = spawn(&pid, argv, in, ends[1]);
	close(ends[1]);
	if (rc) {
		close(ends[0]);
		err_sys(e, rc, "%s", argv[0]);
	}
	*f = (struct os_filter){ .fd = ends[0], .pid = pid, .name = argv[0] };
close_in:
	if (in != OS_STDIN)
		close(in);
	return rc ? ERR_IO : 0;
}

int os_filter_end(struct os_filter *f, struct err *e)
{
	int status = 0;

	close(f->fd);
	while (waitpid((pid_t)f->pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_sys(e, errno, "%s", f->name);
	if (WIFSIGNALED(status))
		return err_set(e, ERR_IO, "%s: ended by signal %d", f->name, WTERMSIG(status));
	if (WEXITSTATUS(status))
		return err_set(e, ERR_IO, "%s: ended with status %d", f->name, WEXITSTATUS(status));
	return 0;
}

uint64_t os_cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

bool os_program_directory(char *to, size_t room)
{
	ssize_t n = readlink("/proc/self/exe", to, room);
	char *slash;

	if (n <= 0 || (size_t)n >= room)
		return false;
	to[n] = '\0';
	slash = strrchr(to, '/');
	if (!slash)
		return false;
	*slash = '\0';
	return true;
}

long os_pid(void)
{
	return getpid();
}

uint64_t os_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

void os_sleep(uint64_t ns)
{
	struct timespec t = { (time_t)(ns / 1000000000), (long)(ns % 1000000000) };

	nanosleep(&t, NULL);
}

void *os_load(const char *path, struct err *e)
{
	char here[PATH_MAX];
	void *object;

	if (!strchr(path, '/')) {
		if ((size_t)snprintf(here, sizeof(here), "./%s", path) >= sizeof(here)) {
			err_set(e, ERR_IO, "%s: the path is too long", path);
			return NULL;
		}
		path = here;
	}
	object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!object) {
		const char *why = dlerror();

		err_set(e, ERR_IO, "%s", why ? why : path);
	}
	return object;
}

const void *os_load_symbol(void *object, const char *name)
{
	return dlsym(object, name);
}

void os_unload(void *object)
{
	dlclose(object);
}

int os_random(void *to, size_t n)
{
	return getentropy(to, n) ? -errno : 0;
}

static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

void os_catch_interrupts(void)
{
	/* No SA_RESTART: a read that waits for input must come back. SA_RESETHAND: the second signal ends us. */
	struct sigaction sa = { .sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND };

	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
}

bool os_interrupted(void)
{
	return interrupted;
}

void os_start(void)
{
	signal(SIGPIPE, SIG_IGN);
	setvbuf(stderr, NULL, _IOLBF, BUFSIZ);	/* a line of an error is one write, not one a character */
}

static void *thread_main(void *ctx)
{
	struct os_thread *t = ctx;
#ifdef __linux__
	cpu_set_t one;

	CPU_ZERO(&one);
	if (t->cpu < CPU_SETSIZE) {
		CPU_SET(t->cpu, &one);
		sched_setaffinity(0, sizeof(one), &one);
	}
#endif
	t->fn(t->ctx);
	return NULL;
}

_Static_assert(sizeof(pthread_t) <= sizeof(uintptr_t), "a handle");

int os_thread_start(struct os_thread *t, void (*fn)(void *ctx), void *ctx, uint32_t cpu)
{
	pthread_t thread;
	int error;

	*t = (struct os_thread){ .fn = fn, .ctx = ctx, .cpu = cpu };
	error = pthread_create(&thread, NULL, thread_main, t);
	if (!error)
		t->handle = (uintptr_t)thread;
	return -error;
}

void os_thread_join(struct os_thread *t)
{
	pthread_join((pthread_t)t->handle, NULL);
}

void os_yield(void)
{
	sched_yield();
}

_Static_assert(sizeof(pthread_mutex_t) <= sizeof(struct os_mutex), "room");

void os_mutex_init(struct os_mutex *m)
{
	pthread_mutex_init((pthread_mutex_t *)(void *)m, NULL);
}

void os_mutex_fini(struct os_mutex *m)
{
	pthread_mutex_destroy((pthread_mutex_t *)(void *)m);
}

void os_mutex_lock(struct os_mutex *m)
{
	pthread_mutex_lock((pthread_mutex_t *)(void *)m);
}

void os_mutex_unlock(struct os_mutex *m)
{
	pthread_mutex_unlock((pthread_mutex_t *)(void *)m);
}
