/* rmap_ranges.h - which pages of its area a script's process has mapped. */
#ifndef KMB_RMAP_RANGES_H
#define KMB_RMAP_RANGES_H

#include <stdbool.h>
#include <stdint.h>

#include "../kernels/base/rbtree.h"

struct rmap_range {
	struct rb_node rb;
	uint64_t start, end; /* [start, end) */
};

/* Ascending, none touches the next. */
struct rmap_ranges {
	struct rb_root tree;
	uint64_t nr;
};

/* Is any page of [start, end) mapped? Are all? */
bool rmap_ranges_any(const struct rmap_ranges *r, uint64_t start, uint64_t end);
bool rmap_ranges_all(const struct rmap_ranges *r, uint64_t start, uint64_t end);

/* Map or unmap all of it; or put what `from` has where nothing is. False: out
 * of memory, and only to be freed. */
bool rmap_ranges_set(struct rmap_ranges *r, uint64_t start, uint64_t end,
		     bool mapped);
bool rmap_ranges_copy(struct rmap_ranges *r, const struct rmap_ranges *from);
void rmap_ranges_free(struct rmap_ranges *r);

#endif
