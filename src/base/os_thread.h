/* base/os_thread.h - what differs between systems about threads: to start one, to wait for one, to exclude the others.
 *
 * Part of os.h, and a header of its own since hardly anyone needs it: an instance belongs to one thread. Implemented in
 * os_posix.c and os_windows.c. */
#ifndef BASE_OS_THREAD_H
#define BASE_OS_THREAD_H

#include <stdint.h>

#define OS_ANY_CPU UINT32_MAX

struct os_thread {
	void (*fn)(void *ctx);
	void *ctx;
	uint32_t cpu;
	uintptr_t handle;
};

/* Runs fn(ctx) in a thread, on processor `cpu` if the system lets it (a wish). `t` stays where it is until the join.
 * 0, or minus the errno. */
int os_thread_start(struct os_thread *t, void (*fn)(void *ctx), void *ctx, uint32_t cpu);
void os_thread_join(struct os_thread *t);
void os_yield(void);			/* lets another thread run, if one waits to */

struct os_mutex {			/* never moves */
	uint64_t room[8];
};
void os_mutex_init(struct os_mutex *m);
void os_mutex_fini(struct os_mutex *m);
void os_mutex_lock(struct os_mutex *m);
void os_mutex_unlock(struct os_mutex *m);

#endif
