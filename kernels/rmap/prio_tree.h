/*
 * prio_tree.h - areas in a radix tree by their first page that is a heap by
 * their last one (lib/prio_tree.c of 2.6.7 to 3.6; McCreight's priority search
 * tree, SIAM J. Comput. 14(2), 1985, on radix bits). Those of one page are
 * found in O(log n) and O(1) each.
 *
 * Of a subtree the area with the greatest last page is on top (of several: that
 * with the least first page); the others are left or right of it by a bit of
 * their first page, from bit index_bits - 1 down, a level each. Below these
 * levels all first pages are one, and the bits of their sizes go on, from the
 * highest of a word down: as they never move, an overflow subtree stays what it
 * is when index_bits grows. So areas of one place are at most 2 * 64 levels
 * deep; those of the very same pages hang on the one that is in the tree.
 */
#ifndef KMB_RMAP_PRIO_TREE_H
#define KMB_RMAP_PRIO_TREE_H

#include "../base/bitops.h"
#include "../base/list.h"
#include "i_mmap.h"

struct prio_tree_root {
	struct prio_tree_node *top;
	unsigned index_bits; /* of any last page that was ever inserted */
};

struct prio_tree_node {
	union {
		struct prio_tree_node *child[2]; /* in the tree */
		struct list_head set;		 /* hung on one that is */
	};
	struct prio_tree_node *parent; /* top: itself; NULL: not in the tree */
	/* Of one in the tree: the first of those that hang on it; of that: who
	 * it hangs on. Or NULL. */
	struct prio_tree_node *head;
};
_Static_assert(sizeof(struct prio_tree_node) == 32, "as in 64-bit kernels");

struct prio_tree_iter {
	struct prio_tree_root *root;
	struct prio_tree_node *at;  /* NULL: not begun */
	struct prio_tree_node *set; /* hangs on `at` and comes next, or NULL */
	unsigned level;		    /* of `at` */
	uint64_t least;		    /* first page of any at or below it */
	uint64_t first, last, visited;
};

#endif
