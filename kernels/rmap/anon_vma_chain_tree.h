/*
 * anon_vma_chain_tree.h - anon_vma_chain with an interval tree in each anon_vma
 * (3.7) and the rule that bounds their number (3.19).
 */
#ifndef KMB_RMAP_ANON_VMA_CHAIN_TREE_H
#define KMB_RMAP_ANON_VMA_CHAIN_TREE_H

#include "interval_tree.h"
#include "vma_list.h"

#define STRATEGY anon_vma_chain_tree
#define ANON_TYPE(name) KMB_PASTE(interval_tree_, name)
#define ANON_TEMPLATE "interval_tree_template.h"
#define ANON_SORTED 1
#define AVC_DEGREE 1
#define I_MMAP interval_tree
#define I_MMAP_TEMPLATE "interval_tree_template.h"
#include "avc_template.h"
#undef I_MMAP_TEMPLATE
#undef I_MMAP
#undef AVC_DEGREE
#undef ANON_SORTED
#undef ANON_TEMPLATE
#undef ANON_TYPE
#undef STRATEGY

enum { anon_vma_chain_tree_traits = RMAP_OWN_PAGES };
static const char anon_vma_chain_tree_models[] =
	"the same in an interval tree (3.7), anon_vmas taken over by degree "
	"(3.19)";

#endif
