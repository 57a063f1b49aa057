/*
 * i_mmap_list.h - anonymous pages as in anon_vma, and the areas of a file on
 * one list: objrmap as it was proposed for 2.5.65, and the i_mmap lists of its
 * time.
 */
#ifndef KMB_RMAP_I_MMAP_LIST_H
#define KMB_RMAP_I_MMAP_LIST_H

#include "vma_list.h"

#define STRATEGY i_mmap_list
#define I_MMAP vma_list
#define I_MMAP_TEMPLATE "vma_list_template.h"
#include "anon_vma_template.h"
#undef I_MMAP_TEMPLATE
#undef I_MMAP
#undef STRATEGY

enum { i_mmap_list_traits = RMAP_FILE };
static const char i_mmap_list_models[] =
	"a file's areas on one list (i_mmap until 2.6.6)";

#endif
