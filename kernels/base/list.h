/* list.h - the circular doubly linked list with its head outside. */
#ifndef KMB_LIST_H
#define KMB_LIST_H

#include <stdbool.h>

#include "compiler.h"

struct list_head {
	struct list_head *next, *prev;
};

forceinline void list_init(struct list_head *head)
{
	head->next = head->prev = head;
}

forceinline bool list_empty(const struct list_head *head)
{
	return head->next == head;
}

/* Add right behind the head: the next list_first() returns it (LIFO). */
forceinline void list_add(struct list_head *entry, struct list_head *head)
{
	entry->next = head->next;
	entry->prev = head;
	head->next->prev = entry;
	head->next = entry;
}

forceinline void list_add_tail(struct list_head *entry, struct list_head *head)
{
	list_add(entry, head->prev);
}

/* The entry's own pointers are left as they were. */
forceinline void list_del(struct list_head *entry)
{
	entry->prev->next = entry->next;
	entry->next->prev = entry->prev;
}

#define list_entry(ptr, type, member) container_of(ptr, type, member)
#define list_first_entry(head, type, member) \
	list_entry((head)->next, type, member)
#define list_for_each(pos, head) \
	for (pos = (head)->next; pos != (head); pos = pos->next)

#endif
