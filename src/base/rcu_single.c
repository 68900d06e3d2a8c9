/* rcu_single.c - RCU in a program of one thread: the core needs no library for it.
 *
 * The one thread holds nothing when it says so, and then there is nobody to wait for: rcu_wait() is empty but for the
 * functions that rcu_after() kept back. Those run at the next quiescent point and not at once, because the law of the
 * header is that a pointer is good until there: a lane that replaces a rule set in the middle of a burst must find the
 * old one whole until the burst ends, with this file as with threads. */
#include "base/rcu.h"

#include <stddef.h>

#include "base/err.h"

static void *first, **end = &first;	/* of struct rcu_after, by place[0] */
static unsigned added;
static bool asleep;

static void run_all(void)
{
	while (first) {
		struct rcu_after *a = first;

		first = a->place[0];
		if (!first)
			end = &first;
		a->fn(a);	/* may call rcu_after() again */
	}
}

void rcu_thread_add(void)
{
	BUG_ON(added++);
}

void rcu_thread_remove(void)
{
	BUG_ON(added-- != 1);
	run_all();
}

void rcu_quiescent(void)
{
	run_all();
}

void rcu_sleeps(void)
{
	BUG_ON(asleep);
	asleep = true;
	run_all();
}

void rcu_wakes(void)
{
	BUG_ON(!asleep);
	asleep = false;
}

void rcu_wait(void)
{
	run_all();
}

void rcu_after(struct rcu_after *a, void (*fn)(struct rcu_after *a))
{
	a->fn = fn;
	a->place[0] = NULL;
	*end = a;
	end = &a->place[0];
}

void rcu_drain(void)
{
	run_all();
}

bool rcu_threads(void)
{
	return false;
}
