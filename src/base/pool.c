/* base/pool.c - slabs behind a stack of free objects.
 *
 *      first            current
 *      +------+    +------+    +------+
 *      |######| -> |###...| -> |......| -> NULL        # carved: out, or on the stack `free`      . fresh
 *      +------+    +------+    +------+
 *
 * An object comes from the stack; only when that is empty is a fresh one carved, and only when no slab has one left is
 * a slab made. Hence `carved` is the largest number that was out at once, and the limit is checked there alone: taking
 * and putting are a pop and a push. Pages of a slab are not touched before their objects are carved.
 *
 * A slab is 256 KiB; from the ninth on it is 4 MiB in large pages, since objects of a large pool are touched at random
 * and the processor's table of pages covers few MiB otherwise.
 *
 * Slabs go back when the pool is empty, since only then no object has to be looked for: kept are the slabs that were
 * needed since it was empty the last time, or half of those there are, whichever is more. So a load that comes in waves
 * keeps its memory, and one great wave is forgotten after a few small ones. The first slab stays.
 *
 * Limits: a pool in which one object stays out for ever never shrinks. Alignment is ours, not aligned_alloc()'s, which
 * Windows does not have. */
#include "base/pool.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/os.h"

#define SLAB_BYTES ((size_t)256 << 10)
#define SLAB_OBJECTS_MIN 4
#define SMALL_SLABS 8			/* after so many a pool is large: */
#define LARGE_SLAB_BYTES (2 * OS_LARGE_PAGE)

struct pool_slab {
	struct pool_slab *next;
	unsigned char *objects;
	uint32_t count;
};

void pool_init(struct pool *p, size_t size_bytes, size_t align, uint64_t max)
{
	size_t least = size_bytes > sizeof(struct pool_free) ? size_bytes : sizeof(struct pool_free);

	align = align > _Alignof(struct pool_free) ? align : _Alignof(struct pool_free);
	least = (least + align - 1) & ~(align - 1);
	*p = (struct pool){ .size_bytes = least, .align_bytes = align, .max = max ? max : UINT64_MAX };
}

static void free_slabs(struct pool_slab *s)
{
	while (s) {
		struct pool_slab *next = s->next;

		free(s);
		s = next;
	}
}

void pool_fini(struct pool *p)
{
	BUG_ON(p->used);
	free_slabs(p->first);
	*p = (struct pool){ .max = p->max, .peak = pool_peak(p), .refused = p->refused };
}

uint64_t pool_peak(const struct pool *p)
{
	return p->peak > p->carved ? p->peak : p->carved;
}

static void carve_from(struct pool *p, struct pool_slab *s)
{
	p->current = s;
	p->fresh = s->objects;
	p->fresh_left = s->count;
	p->touched++;
}

#ifndef POOL_MALLOC

static void *align_up(void *p, size_t align)
{
	return (void *)(((uintptr_t)p + align - 1) & ~(uintptr_t)(align - 1));
}

static struct pool_slab *slab_new(const struct pool *p)
{
	bool large = p->slabs >= SMALL_SLABS;
	size_t align = large ? OS_LARGE_PAGE : p->align_bytes;
	size_t count = (large ? LARGE_SLAB_BYTES : SLAB_BYTES) / p->size_bytes;
	struct pool_slab *s;
	size_t bytes;

	count = count > SLAB_OBJECTS_MIN ? count : SLAB_OBJECTS_MIN;
	if (p->size_bytes > (SIZE_MAX - sizeof(*s) - align - OS_LARGE_PAGE) / count)
		return NULL;
	bytes = count * p->size_bytes;
	if (large)	/* whole pages, or the last one is made of small ones */
		bytes = (bytes + OS_LARGE_PAGE - 1) & ~(OS_LARGE_PAGE - 1);
	s = malloc(sizeof(*s) + align + bytes);
	if (!s)
		return NULL;
	*s = (struct pool_slab){ .objects = align_up(s + 1, align), .count = (uint32_t)count };
	if (large)
		os_large_pages(s->objects, bytes);
	return s;
}

static bool next_slab(struct pool *p)
{
	struct pool_slab *s = p->current ? p->current->next : p->first;

	if (!s) {
		s = slab_new(p);
		if (!s)
			return false;
		*(p->current ? &p->current->next : &p->first) = s;
		p->slabs++;
	}
	carve_from(p, s);
	return true;
}

static void *carve(struct pool *p)
{
	void *object = p->fresh;

	p->fresh += p->size_bytes;
	p->fresh_left--;
	return object;
}

#else /* POOL_MALLOC: an object's end is the end of its memory, and what is put back is poisoned */

static bool next_slab(struct pool *p)
{
	(void)p;
	return true;
}

static void *carve(struct pool *p)
{
	return aligned_alloc(p->align_bytes, p->size_bytes);
}

#endif

void *pool_more(struct pool *p)
{
	void *object = NULL;
#ifdef POOL_MALLOC
	uint64_t carved = p->used;
#else
	uint64_t carved = p->carved;
#endif

	if (carved < p->max && (p->fresh_left || next_slab(p)))
		object = carve(p);
	if (!object) {
		p->refused++;
		return NULL;
	}
	p->used++;
	p->carved = p->carved > carved + 1 ? p->carved : carved + 1;
	return object;
}

void pool_settle(struct pool *p)
{
	uint32_t keep = p->touched > p->slabs / 2 ? p->touched : p->slabs / 2;
	struct pool_slab *last = p->first;

	if (keep < p->slabs) {
		for (uint32_t i = 1; i < keep; i++)
			last = last->next;
		free_slabs(last->next);
		last->next = NULL;
		p->slabs = keep;
	}
	p->peak = pool_peak(p);
	p->carved = 0;
	p->touched = 0;
	p->free = NULL;
	carve_from(p, p->first);
}

void pool_drop(void *object)
{
	free(object);
}
