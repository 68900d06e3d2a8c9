/* base/list.h - a ring of two pointers, embedded in what it links. Start with list_init(); a linked node knows its
 * place, so removal needs no head. Nothing here allocates; all is O(1) and used by one thread. */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
	struct list *next, *prev;
};

#define container_of(ptr, type, member) ((type *)(void *)((char *)(ptr) - offsetof(type, member)))

static inline void list_init(struct list *l) { l->next = l->prev = l; }
static inline bool list_empty(const struct list *l) { return l->next == l; }

static inline void list_put_tail(struct list *head, struct list *n)
{
	n->prev = head->prev;
	n->next = head;
	head->prev->next = n;
	head->prev = n;
}

static inline void list_remove(struct list *n)	/* and leaves n a ring of its own */
{
	n->next->prev = n->prev;
	n->prev->next = n->next;
	list_init(n);
}

#define list_each(pos, head) for (struct list *pos = (head)->next; pos != (head); pos = pos->next)
/* The current one may be removed. */
#define list_each_safe(pos, head) \
	for (struct list *pos = (head)->next, *pos##_next = pos->next; pos != (head); \
		pos = pos##_next, pos##_next = pos->next)

#endif
