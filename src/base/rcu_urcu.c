/* rcu_urcu.c - RCU for many threads: liburcu's QSBR flavour, called as a library.
 *
 * A reader's cost is one call a round, about a nanosecond; a wait looks at every thread's counter, 1 to 7 microseconds
 * where all are at work. rcu_after() hands its function to liburcu's own thread, which the first call starts.
 *
 * ThreadSanitizer cannot see into liburcu, whose barriers are instructions it does not know. So it is told of the
 * orders that matter: all that a reader did before it was quiescent comes before the end of a wait that began earlier;
 * what was unpublished comes before what the reader does next; what was done before a function was put off comes before
 * the function, and this before the end of a drain. */
#include "base/rcu.h"

#include <urcu/urcu-qsbr.h>

#if defined(__SANITIZE_THREAD__)
#define TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TSAN 1
#endif
#endif

#ifdef TSAN
void __tsan_acquire(void *at);
void __tsan_release(void *at);
static char readers, writers, put_off;	/* addresses to hang the orders on */
#define ORDER_READ() (__tsan_release(&readers), __tsan_acquire(&writers))
#define ORDER_WAIT_BEGINS() __tsan_release(&writers)
#define ORDER_WAIT_ENDS() __tsan_acquire(&readers)
#define ORDER_RUNS() (__tsan_acquire(&readers), __tsan_acquire(&writers))
#define ORDER_RAN() __tsan_release(&put_off)
#define ORDER_DRAINED() __tsan_acquire(&put_off)
/* What liburcu does to memory of its own; the sanitizer's library has to find this in the program. */
__attribute__((visibility("default"))) const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void) { return "called_from_lib:liburcu-qsbr\n"; }
#else
#define ORDER_READ() ((void)0)
#define ORDER_WAIT_BEGINS() ((void)0)
#define ORDER_WAIT_ENDS() ((void)0)
#define ORDER_RUNS() ((void)0)
#define ORDER_RAN() ((void)0)
#define ORDER_DRAINED() ((void)0)
#endif

_Static_assert(sizeof(struct rcu_head) <= sizeof(((struct rcu_after *)0)->place), "liburcu's node fits");

void rcu_thread_add(void)
{
	urcu_qsbr_register_thread();
	ORDER_READ();
}

void rcu_thread_remove(void)
{
	ORDER_READ();
	urcu_qsbr_unregister_thread();
}

void rcu_quiescent(void)
{
	ORDER_READ();
	urcu_qsbr_quiescent_state();
}

void rcu_sleeps(void)
{
	ORDER_READ();
	urcu_qsbr_thread_offline();
}

void rcu_wakes(void)
{
	urcu_qsbr_thread_online();
	ORDER_READ();
}

void rcu_wait(void)
{
	ORDER_READ();
	ORDER_WAIT_BEGINS();
	urcu_qsbr_synchronize_rcu();
	ORDER_WAIT_ENDS();
}

static void run(struct rcu_head *head)
{
	struct rcu_after *a = (struct rcu_after *)(void *)head;	/* its first member */

	ORDER_RUNS();
	a->fn(a);
	ORDER_RAN();
}

void rcu_after(struct rcu_after *a, void (*fn)(struct rcu_after *a))
{
	a->fn = fn;
	ORDER_WAIT_BEGINS();
	urcu_qsbr_call_rcu((struct rcu_head *)(void *)a->place, run);
}

void rcu_drain(void)
{
	ORDER_READ();
	ORDER_WAIT_BEGINS();
	urcu_qsbr_barrier();
	ORDER_WAIT_ENDS();
	ORDER_DRAINED();
}

bool rcu_threads(void)
{
	return true;
}
