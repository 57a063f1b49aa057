/*
 * vma_list.h - areas on one list: address_space.i_mmap as it was until 2.6.6,
 * an anon_vma's areas until 3.6. To find those of one page is to look at all.
 */
#ifndef KMB_RMAP_VMA_LIST_H
#define KMB_RMAP_VMA_LIST_H

#include "../base/list.h"
#include "i_mmap.h"

struct vma_list_root {
	struct list_head head;
};

struct vma_list_node {
	struct list_head list;
};

struct vma_list_iter {
	const struct vma_list_root *root;
	struct list_head *at; /* the last one looked at */
	uint64_t first, last, visited;
};

#endif
