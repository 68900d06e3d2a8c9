/* base/os_windows.c - what the core needs of Windows, over its C library and a few calls of the system's.
 *
 * The twin of os_posix.c, function for function. Descriptors are those of the C library, opened binary; paths are in
 * the process's code page. There is no SIGPIPE to silence, and Ctrl-C comes as SIGINT on a thread of its own, which a
 * flag does not mind. Any thread may call; os_start() and os_catch_interrupts() are for main(). */
#include "base/os.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <ntsecapi.h>

#include "base/os_thread.h"

void os_error_text(int sys, char *to, size_t room)
{
	if (strerror_s(to, room, sys))
		snprintf(to, room, "error %d", sys);
}

static int open_or_say(const char *path, int flags, struct err *e)
{
	int fd = _open(path, flags | _O_BINARY | _O_NOINHERIT, _S_IREAD | _S_IWRITE);

	return fd >= 0 ? fd : err_sys(e, errno, "%s", path);
}

int os_open_read(const char *path, struct err *e)
{
	return open_or_say(path, _O_RDONLY, e);
}

int os_open_write(const char *path, struct err *e)
{
	return open_or_say(path, _O_WRONLY | _O_CREAT | _O_TRUNC, e);
}

int os_close(int fd)
{
	return _close(fd) ? -errno : 0;
}

int64_t os_read(int fd, void *to, size_t n)
{
	int got;

	if (os_interrupted())
		return -EINTR;
	got = _read(fd, to, n < INT_MAX ? (unsigned)n : INT_MAX);
	return got < 0 ? -errno : got;
}

int os_write(int fd, const void *from, size_t n, size_t *done)
{
	const char *p = from;
	size_t left = n;
	int ret = 0;

	while (left) {
		int put = _write(fd, p, left < INT_MAX ? (unsigned)left : INT_MAX);

		if (put < 0) {
			ret = errno == EINVAL ? -EPIPE : -errno;	/* how a closed pipe looks here */
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
	if (_chsize_s(fd, (int64_t)bytes) || _lseeki64(fd, (int64_t)bytes, SEEK_SET) < 0)
		return -errno;
	return 0;
}

bool os_reserve(int fd, uint64_t at, uint64_t n)
{
	return false;
}

int os_seek(int fd, uint64_t bytes)
{
	if (bytes > INT64_MAX)
		return -EFBIG;
	return _lseeki64(fd, (int64_t)bytes, SEEK_SET) < 0 ? -errno : 0;
}

static HANDLE handle_of(int fd)
{
	return (HANDLE)_get_osfhandle(fd);
}

bool os_is_file(int fd)
{
	return GetFileType(handle_of(fd)) == FILE_TYPE_DISK;
}

int64_t os_file_bytes(int fd)
{
	int64_t bytes = _filelengthi64(fd);

	return bytes < 0 ? -errno : bytes;
}

bool os_is_same_file(int fd, const char *path)
{
	BY_HANDLE_FILE_INFORMATION a, b;
	int other = _open(path, _O_RDONLY | _O_BINARY);
	bool same;

	if (other < 0)
		return false;
	same = GetFileInformationByHandle(handle_of(fd), &a) && GetFileInformationByHandle(handle_of(other), &b) &&
		a.dwVolumeSerialNumber == b.dwVolumeSerialNumber && a.nFileIndexHigh == b.nFileIndexHigh &&
		a.nFileIndexLow == b.nFileIndexLow;
	_close(other);
	return same;
}

bool os_same_file(const char *a, const char *b)
{
	int fd = _open(a, _O_RDONLY | _O_BINARY);
	bool same;

	if (fd < 0)
		return false;
	same = os_is_file(fd) && os_is_same_file(fd, b);
	_close(fd);
	return same;
}

bool os_is_terminal(int fd)
{
	return _isatty(fd);
}

bool os_nobody_reads(int fd)
{
	(void)fd;
	return false;	/* told as an error of the output */
}

int os_map(struct os_map *m, int fd, const char *name, struct err *e)
{
	int64_t bytes = os_file_bytes(fd);
	HANDLE mapping;
	void *p;

	*m = (struct os_map){ .bytes = (const uint8_t *)"" };
	if (bytes < 0)
		return err_sys(e, (int)-bytes, "%s", name);
	if (!bytes)
		return 0;
	if ((uint64_t)bytes > SIZE_MAX / 2)
		return err_set(e, ERR_IO, "%s: %lld bytes do not fit into this machine's addresses", name,
			(long long)bytes);
	mapping = CreateFileMappingW(handle_of(fd), NULL, PAGE_READONLY, 0, 0, NULL);
	p = mapping ? MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, (size_t)bytes) : NULL;
	if (mapping)
		CloseHandle(mapping);	/* the view keeps it */
	if (!p)
		return err_set(e, ERR_IO, "%s: cannot be mapped, error %lu", name, GetLastError());
	m->bytes = m->handle = p;
	m->n = (size_t)bytes;
	return 0;
}

void os_unmap(struct os_map *m)
{
	if (m->handle)
		UnmapViewOfFile(m->handle);
	*m = (struct os_map){ .bytes = (const uint8_t *)"" };
}

void os_map_drop(const struct os_map *m, size_t from, size_t n)
{
	if (m->handle && from + n <= m->n)
		VirtualUnlock((char *)m->handle + from, n);	/* not locked, so: out of the working set */
}

static uint64_t ticks(const FILETIME *t)
{
	return (uint64_t)t->dwHighDateTime << 32 | t->dwLowDateTime;
}

void os_large_pages(void *p, size_t n)	/* a privilege there */
{
	(void)p;
	(void)n;
}

uint64_t os_cpu_ns(void)
{
	FILETIME made, ended, kernel, user;	/* in 100 ns */

	GetProcessTimes(GetCurrentProcess(), &made, &ended, &kernel, &user);
	return 100 * (ticks(&kernel) + ticks(&user));
}

bool os_program_directory(char *to, size_t room)
{
	DWORD n = GetModuleFileNameA(NULL, to, (DWORD)room);
	char *slash;

	if (!n || n >= room)
		return false;
	slash = strrchr(to, '\\');
	if (!slash)
		return false;
	*slash = '\0';
	return true;
}

long os_pid(void)
{
	return (long)GetCurrentProcessId();
}

int os_filter_start(struct os_filter *f, char *const argv[], const char *path, struct err *e)
{
	return err_set(e, ERR_LATER, "%s: running a text through a program is not supported on this system", argv[0]);
}

int os_filter_end(struct os_filter *f, struct err *e)
{
	return 0;
}

uint64_t os_now_ns(void)
{
	LARGE_INTEGER count, per_s;
	uint64_t s;

	QueryPerformanceCounter(&count);	/* neither can fail since Windows XP */
	QueryPerformanceFrequency(&per_s);
	s = (uint64_t)(count.QuadPart / per_s.QuadPart);
	return s * 1000000000 + (uint64_t)(count.QuadPart % per_s.QuadPart) * 1000000000 / (uint64_t)per_s.QuadPart;
}

void os_sleep(uint64_t ns)
{
	Sleep((DWORD)((ns + 999999) / 1000000));
}

void *os_load(const char *path, struct err *e)
{
	char whole[MAX_PATH];
	HMODULE object = NULL;

	/* A name alone would be looked for where the system's own are. */
	if (GetFullPathNameA(path, sizeof(whole), whole, NULL) - 1 < sizeof(whole) - 1)
		object = LoadLibraryA(whole);
	if (!object)
		err_set(e, ERR_IO, "%s: cannot be loaded, error %lu of the system", path, GetLastError());
	return object;
}

const void *os_load_symbol(void *object, const char *name)
{
	return (const void *)(uintptr_t)GetProcAddress(object, name);
}

void os_unload(void *object)
{
	FreeLibrary(object);
}

int os_random(void *to, size_t n)
{
	return RtlGenRandom(to, (ULONG)n) ? 0 : -EIO;
}

static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;	/* the C library has set the action back to ending us */
}

void os_catch_interrupts(void)
{
	signal(SIGINT, on_interrupt);
	signal(SIGTERM, on_interrupt);
}

bool os_interrupted(void)
{
	return interrupted;
}

void os_start(void)
{
	_setmode(OS_STDIN, _O_BINARY);
	_setmode(OS_STDOUT, _O_BINARY);
}

static DWORD WINAPI thread_main(void *ctx)
{
	struct os_thread *t = ctx;

	t->fn(t->ctx);
	return 0;
}

int os_thread_start(struct os_thread *t, void (*fn)(void *ctx), void *ctx, uint32_t cpu)
{
	HANDLE h;

	*t = (struct os_thread){ .fn = fn, .ctx = ctx, .cpu = cpu };
	h = CreateThread(NULL, 0, thread_main, t, 0, NULL);
	if (!h)
		return -EAGAIN;
	if (cpu < 8 * sizeof(DWORD_PTR))
		SetThreadAffinityMask(h, (DWORD_PTR)1 << cpu);
	t->handle = (uintptr_t)h;
	return 0;
}

void os_thread_join(struct os_thread *t)
{
	WaitForSingleObject((HANDLE)t->handle, INFINITE);
	CloseHandle((HANDLE)t->handle);
}

void os_yield(void)
{
	SwitchToThread();
}

_Static_assert(sizeof(SRWLOCK) <= sizeof(struct os_mutex), "room");

void os_mutex_init(struct os_mutex *m)
{
	InitializeSRWLock((SRWLOCK *)(void *)m);
}

void os_mutex_fini(struct os_mutex *m)
{
	(void)m;
}

void os_mutex_lock(struct os_mutex *m)
{
	AcquireSRWLockExclusive((SRWLOCK *)(void *)m);
}

void os_mutex_unlock(struct os_mutex *m)
{
	ReleaseSRWLockExclusive((SRWLOCK *)(void *)m);
}
