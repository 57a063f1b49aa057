/*
 * anon_vma_chain.h - a link from an area to its own and each ancestor's
 * anon_vma, which keep theirs on lists (mm/rmap.c of 2.6.34).
 */
#ifndef KMB_RMAP_ANON_VMA_CHAIN_H
#define KMB_RMAP_ANON_VMA_CHAIN_H

#include "prio_tree.h"
#include "vma_list.h"

#define STRATEGY anon_vma_chain
#define ANON_TYPE(name) KMB_PASTE(vma_list_, name)
#define ANON_TEMPLATE "vma_list_template.h"
#define ANON_SORTED 0
#define AVC_DEGREE 0
#define I_MMAP prio_tree
#define I_MMAP_TEMPLATE "prio_tree_template.h"
#include "avc_template.h"
#undef I_MMAP_TEMPLATE
#undef I_MMAP
#undef AVC_DEGREE
#undef ANON_SORTED
#undef ANON_TEMPLATE
#undef ANON_TYPE
#undef STRATEGY

enum { anon_vma_chain_traits = RMAP_OWN_PAGES };
static const char anon_vma_chain_models[] =
	"an anon_vma for each area and a link to each ancestor's (2.6.34)";

#endif
