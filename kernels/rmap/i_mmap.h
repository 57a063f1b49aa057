/*
 * i_mmap.h - the contract of what a file keeps of the areas that map it: which
 * of them map a given page.
 *
 * A structure M (I_MMAP, by its bare name) is one header that defines, all
 * static inline, under the file's i_mmap_lock:
 *
 *   struct M_root;                      one file's; zeroed, then M_init
 *   struct M_node;                      one area's part
 *   void M_init(struct M_root *root);
 *   void M_insert(struct M_root *root, struct M_node *node, uint64_t first,
 *                 uint64_t last);
 *       An area that maps the file's pages first..last.
 *   void M_remove(struct M_root *root, struct M_node *node);
 *   struct M_iter;
 *   void M_begin(struct M_iter *iter, struct M_root *root, uint64_t first,
 *                uint64_t last);
 *   struct M_node *M_next(struct M_iter *iter);
 *       Each node that has a page of first..last, once, in any order; NULL: no
 *       more. iter->visited is how many were looked at so far.
 *   bool M_validate(const struct M_root *root);
 */
#ifndef KMB_RMAP_I_MMAP_H
#define KMB_RMAP_I_MMAP_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/compiler.h"
#include "../base/list.h"

/* M(name): a name of the structure at hand. */
#define M(name) KMB_PASTE(KMB_PASTE(I_MMAP, _), name)

#endif
