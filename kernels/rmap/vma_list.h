/*
 * vma_list.h - all areas of a file on one list: address_space.i_mmap as it was
 * until 2.6.6. To find those of one page is to look at all.
 */
#ifndef KMB_RMAP_VMA_LIST_H
#define KMB_RMAP_VMA_LIST_H

#include "i_mmap.h"

struct vma_list_root {
	struct list_head head;
};

struct vma_list_node {
	struct list_head list;
	uint64_t first, last;
};

struct vma_list_iter {
	struct vma_list_root *root;
	struct list_head *at; /* the last one looked at */
	uint64_t first, last, visited;
};

static inline void vma_list_init(struct vma_list_root *root)
{
	list_init(&root->head);
}

static inline void vma_list_insert(struct vma_list_root *root,
				   struct vma_list_node *node, uint64_t first,
				   uint64_t last)
{
	node->first = first;
	node->last = last;
	list_add_tail(&node->list, &root->head);
}

static inline void vma_list_remove(struct vma_list_root *root,
				   struct vma_list_node *node)
{
	(void)root;
	list_del(&node->list);
}

static inline void vma_list_begin(struct vma_list_iter *iter,
				  struct vma_list_root *root, uint64_t first,
				  uint64_t last)
{
	*iter = (struct vma_list_iter){ root, &root->head, first, last, 0 };
}

static inline struct vma_list_node *vma_list_next(struct vma_list_iter *iter)
{
	while ((iter->at = iter->at->next) != &iter->root->head) {
		struct vma_list_node *node =
			list_entry(iter->at, struct vma_list_node, list);

		iter->visited++;
		if (node->first <= iter->last && node->last >= iter->first)
			return node;
	}
	return NULL;
}

/* Every neighbour agrees. */
static inline bool vma_list_validate(const struct vma_list_root *root)
{
	const struct list_head *at = &root->head;

	do {
		if (at->next->prev != at)
			return false;
		at = at->next;
	} while (at != &root->head);
	return true;
}

#endif
