/* base/rcu.h - data that is read without asking while another thread replaces it: publish, wait for readers, free.
 *
 * Readers do nothing at all to read, and say now and then that they hold no pointer: once a round of a lane's loop
 * (quiescent-state-based reclamation; Hart et al., "Performance of memory reclamation for lockless synchronization",
 * 2007). A pointer from rcu_read() is good until the thread's next rcu_quiescent(), rcu_sleeps() or rcu_wait().
 * Teardown has three steps: unpublish, rcu_wait() or rcu_after(), free.
 *
 * One of two files is linked: rcu_urcu.c, over liburcu (-Durcu=enabled), for any number of threads; rcu_single.c, for
 * a program of one thread, where a wait is nothing. The laws are the same and so are the tests. RCU ends at the
 * process: nothing under it lies in shared memory.
 *
 *	at the same time as	rcu_read	rcu_publish (one pointer)	rcu_wait	rcu_after
 *	rcu_read		yes		yes				yes		yes
 *	rcu_publish (same)	yes		no: one writer			yes		yes
 *	rcu_wait, rcu_after	yes		yes				yes		yes */
#ifndef BASE_RCU_H
#define BASE_RCU_H

#include <stdbool.h>

/* Every thread that calls rcu_read() is added first, and removed before it ends; it holds nothing then. */
void rcu_thread_add(void);
void rcu_thread_remove(void);

void rcu_quiescent(void);	/* this thread holds no pointer of rcu_read() right now */
/* Nor will it until rcu_wakes(): around waiting for something, or every rcu_wait() would wait for that too. */
void rcu_sleeps(void);
void rcu_wakes(void);

/* The pointer that is published at `from`, for a reader; it may be NULL. Acquire, with the release of rcu_publish(). */
#define rcu_read(from) __atomic_load_n((from), __ATOMIC_ACQUIRE)
/* From now on readers find `p`; what it points to was written before. */
#define rcu_publish(at, p) __atomic_store_n((at), (p), __ATOMIC_RELEASE)

/* Returns when no thread holds a pointer that was unpublished before the call: microseconds, or as long as the slowest
 * reader's round. The caller may be a reader, and then it is quiescent. Never from an rcu_after() function. */
void rcu_wait(void);

/* Instead of waiting: fn(a) some time after no thread can hold what was unpublished before the call; on any thread, or
 * within a later call of this header. `a` lies in what is to be freed. */
struct rcu_after {
	void *place[2];			/* the implementation's */
	void (*fn)(struct rcu_after *a);
};
void rcu_after(struct rcu_after *a, void (*fn)(struct rcu_after *a));
void rcu_drain(void);			/* returns when all functions of rcu_after() so far have run; as rcu_wait() */

bool rcu_threads(void);			/* may there be more than one? */

#endif
