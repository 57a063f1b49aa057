/*
 * i_mmap_prio_tree.h - prio_tree: anonymous pages as in anon_vma, and the areas
 * of a file in a priority search tree.
 */
#ifndef KMB_RMAP_I_MMAP_PRIO_TREE_H
#define KMB_RMAP_I_MMAP_PRIO_TREE_H

#include "prio_tree.h"

#define STRATEGY prio_tree
#define I_MMAP prio_tree
#define I_MMAP_TEMPLATE "prio_tree_template.h"
#include "anon_vma_template.h"
#undef I_MMAP_TEMPLATE
#undef I_MMAP
#undef STRATEGY

enum { prio_tree_traits = RMAP_FILE };
static const char prio_tree_models[] =
	"a file's areas in a priority search tree (2.6.7 to 3.6)";

#endif
