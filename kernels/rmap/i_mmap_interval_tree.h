/*
 * i_mmap_interval_tree.h - interval_tree: anonymous pages as in anon_vma, and
 * the areas of a file in an augmented red-black tree.
 */
#ifndef KMB_RMAP_I_MMAP_INTERVAL_TREE_H
#define KMB_RMAP_I_MMAP_INTERVAL_TREE_H

#include "interval_tree.h"

#define STRATEGY interval_tree
#define I_MMAP interval_tree
#define I_MMAP_TEMPLATE "interval_tree_template.h"
#include "anon_vma_template.h"
#undef I_MMAP_TEMPLATE
#undef I_MMAP
#undef STRATEGY

enum { interval_tree_traits = RMAP_FILE };
static const char interval_tree_models[] =
	"a file's areas in an augmented red-black tree (since 3.7)";

#endif
