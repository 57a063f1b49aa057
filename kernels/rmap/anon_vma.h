/*
 * anon_vma.h - one list of areas for each family, and the areas of a file in a
 * prio_tree (mm/rmap.c of 2.6.7 to 2.6.33).
 */
#ifndef KMB_RMAP_ANON_VMA_H
#define KMB_RMAP_ANON_VMA_H

#include "prio_tree.h"

#define STRATEGY anon_vma
#define I_MMAP prio_tree
#define I_MMAP_TEMPLATE "prio_tree_template.h"
#include "anon_vma_template.h"
#undef I_MMAP_TEMPLATE
#undef I_MMAP
#undef STRATEGY

enum { anon_vma_traits = RMAP_OWN_PAGES };
static const char anon_vma_models[] =
	"one list of areas for all that a fork made of one (2.6.7 to 2.6.33)";

#endif
