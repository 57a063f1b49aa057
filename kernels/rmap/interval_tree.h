/*
 * interval_tree.h - areas in a red-black tree by their first page, in which
 * each node knows the last page of its subtree (mm/interval_tree.c of 3.7;
 * Cormen et al., chapter 14). Those of one page are found in O(log n) and O(1)
 * each.
 */
#ifndef KMB_RMAP_INTERVAL_TREE_H
#define KMB_RMAP_INTERVAL_TREE_H

#include "../base/rbtree.h"
#include "i_mmap.h"

struct interval_tree_root {
	struct rb_root rb;
};

struct interval_tree_node {
	struct rb_node rb;
	uint64_t subtree_last; /* of it and all below it */
};

struct interval_tree_iter {
	struct interval_tree_node *next; /* its subtree may have some */
	bool below;			 /* not yet looked into that */
	uint64_t first, last, visited;
};

forceinline struct interval_tree_node *interval_node(struct rb_node *rb)
{
	return rb ? rb_entry(rb, struct interval_tree_node, rb) : NULL;
}

#endif
