/*
 * i_mmap.h - the contract of collections of areas that are asked which of them
 * cover a page: a file's (i_mmap), an anon_vma's.
 *
 * A kind K (vma_list, interval_tree, prio_tree) is a header of types, K.h, and
 * a template of functions, K_template.h, that a strategy includes once for each
 * use, with TREE(name) defined as the names of that use. All are static inline
 * and under the lock of whom they belong to:
 *
 *   struct K_root, struct K_node;    one collection; one area's part in it
 *   struct K_iter;                   ->visited: nodes looked at so far
 *   uint64_t TREE(first)(const struct K_node *node);
 *   uint64_t TREE(last)(const struct K_node *node);
 *       The includer's: the pages that the area covers now, first..last. They
 *       do not change while the node is in a collection.
 *   void TREE(init)(struct K_root *root);
 *   bool TREE(empty)(const struct K_root *root);
 *   void TREE(insert)(struct K_root *root, struct K_node *node);
 *   void TREE(remove)(struct K_root *root, struct K_node *node);
 *   void TREE(begin)(struct K_iter *iter, struct K_root *root, uint64_t first,
 *                    uint64_t last);
 *   struct K_node *TREE(next)(struct K_iter *iter);
 *       Each node that covers a page of first..last, once; NULL: no more.
 *   bool TREE(valid)(const struct K_root *root);
 */
#ifndef KMB_RMAP_I_MMAP_H
#define KMB_RMAP_I_MMAP_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/compiler.h"

/* A type of the kind that a strategy keeps the areas of files in. */
#define I_MMAP_TYPE(name) KMB_PASTE(KMB_PASTE(I_MMAP, _), name)

#endif
