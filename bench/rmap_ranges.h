/* rmap_ranges.h - which pages of its area a script's process has mapped. */
#ifndef KMB_RMAP_RANGES_H
#define KMB_RMAP_RANGES_H

#include <stdbool.h>
#include <stdint.h>

struct rmap_range {
	uint64_t start, end; /* [start, end) */
};

/* Ascending, none touches the next. */
struct rmap_ranges {
	struct rmap_range *at;
	uint64_t nr, room;
};

/* Is any page of [start, end) mapped? Are all? */
bool rmap_ranges_any(const struct rmap_ranges *r, uint64_t start, uint64_t end);
bool rmap_ranges_all(const struct rmap_ranges *r, uint64_t start, uint64_t end);

/* Map or unmap all of it; or make it what `from` is: false: out of memory. */
bool rmap_ranges_set(struct rmap_ranges *r, uint64_t start, uint64_t end,
		     bool mapped);
bool rmap_ranges_copy(struct rmap_ranges *r, const struct rmap_ranges *from);
void rmap_ranges_free(struct rmap_ranges *r);

#endif
