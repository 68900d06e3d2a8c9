/* base/os_code.c - memory for machine code: written first, then made executable, never both at once.
 *
 * A system may forbid it (a hardened kernel, a policy of seccomp): then there is none, and who asked goes on without.
 * Whole pages; how many are in use is the caller's business. Any thread. */
#include "base/os.h"

#include <string.h>

#ifdef _WIN32
#include <windows.h>

void *os_code_new(const void *code, size_t n)
{
	void *p = n ? VirtualAlloc(NULL, n, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE) : NULL;
	DWORD old;

	if (!p)
		return NULL;
	memcpy(p, code, n);
	if (VirtualProtect(p, n, PAGE_EXECUTE_READ, &old) && FlushInstructionCache(GetCurrentProcess(), p, n))
		return p;
	VirtualFree(p, 0, MEM_RELEASE);
	return NULL;
}

void os_code_free(void *p, size_t n)
{
	if (p)
		VirtualFree(p, 0, MEM_RELEASE);
}
#else
#include <sys/mman.h>

void *os_code_new(const void *code, size_t n)
{
	void *p = n ? mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) : MAP_FAILED;

	if (p == MAP_FAILED)
		return NULL;
	memcpy(p, code, n);
	if (!mprotect(p, n, PROT_READ | PROT_EXEC)) {
		__builtin___clear_cache(p, (char *)p + n);
		return p;
	}
	munmap(p, n);
	return NULL;
}

void os_code_free(void *p, size_t n)
{
	if (p)
		munmap(p, n);
}
#endif
