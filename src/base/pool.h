/* base/pool.h - objects of one size, taken and put back in about a nanosecond; memory comes in slabs.
 *
 * What is put back last is taken first, so that caches stay warm. A pool grows by a slab at a time up to `max` objects
 * and gives slabs back when it has been empty often enough (pool.c). Under AddressSanitizer each object is malloc's.
 * One thread. */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stddef.h>
#include <stdint.h>

#if defined(__SANITIZE_ADDRESS__)
#define POOL_MALLOC 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POOL_MALLOC 1
#endif
#endif

struct pool_free {		/* lies in the object while nobody has it */
	struct pool_free *next;
};

struct pool_slab;

struct pool {
	struct pool_free *free;
	uint64_t used;			/* objects out */
	struct pool_slab *first, *current;
	unsigned char *fresh;		/* next object of `current` that nobody had since the pool was empty */
	uint32_t fresh_left;
	size_t size_bytes, align_bytes;
	uint64_t carved;		/* out or in `free`: at most `max`, and the peak since the pool was empty */
	uint64_t max, peak, refused;
	uint32_t slabs, touched;	/* slabs there are; slabs carved from since the pool was empty */
};

/* `align` is a power of two; `max` 0: until memory ends. Takes no memory yet. */
void pool_init(struct pool *p, size_t size_bytes, size_t align, uint64_t max);
void pool_fini(struct pool *p);		/* everything must be back: BUG_ON otherwise */
uint64_t pool_peak(const struct pool *p);	/* most objects that were out at once */

void *pool_more(struct pool *p);	/* the slow half of pool_take() */
void pool_settle(struct pool *p);	/* the slow half of pool_put(): the pool is empty and has several slabs */
void pool_drop(void *object);		/* pool_put() under AddressSanitizer */

/* Not cleared. NULL: `max` are out, or no memory; counted in `refused`. */
static inline void *pool_take(struct pool *p)
{
	struct pool_free *f = p->free;

	if (__builtin_expect(!f, 0))
		return pool_more(p);
	p->free = f->next;
	p->used++;
	return f;
}

static inline void pool_put(struct pool *p, void *object)
{
#ifdef POOL_MALLOC
	p->used--;
	pool_drop(object);
#else
	struct pool_free *f = object;

	f->next = p->free;
	p->free = f;
	if (--p->used == 0 && p->slabs > 1)
		pool_settle(p);
#endif
}

#endif
